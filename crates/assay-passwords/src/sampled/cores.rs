//! Passwords as the hypotheses see them: without what all of them share, whole or cut, and how likely chance makes one.

use std::collections::BTreeSet;

use zeroize::Zeroize;

use crate::structure::chance::Letters;

/// The positions of a password that are not the same in all of the units looked at, and the characters of those that are;
/// nothing is left out where lengths differ.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    len: usize,
    positions: Vec<usize>,
    shared: Vec<(usize, u8)>,
}

impl Kept {
    /// Of the passwords of some units, of which there must be `enough` for a shared character to mean something.
    pub(super) fn of<'a>(passwords: impl Iterator<Item = &'a [u8]>, enough: u64) -> Self {
        let mut letters = Letters::default();
        let mut lengths = BTreeSet::new();
        let mut first = None;
        for password in passwords {
            letters.add(password);
            lengths.insert(password.len());
            first.get_or_insert(password);
        }
        let len = lengths.first().copied().unwrap_or(0);
        if lengths.len() != 1 || letters.rows() < enough {
            return Self { len: 0, positions: Vec::new(), shared: Vec::new() };
        }
        let (positions, same): (Vec<usize>, Vec<usize>) = (0..len).partition(|at| letters.distinct(*at) != 1);
        let shared = same.into_iter().filter_map(|at| Some((at, *first?.get(at)?))).collect();
        Self { len, positions, shared }
    }

    /// What is left of a password; all of it where it has not the look of the others.
    pub(super) fn core(&self, password: &[u8]) -> Vec<u8> {
        if self.shared.is_empty()
            || password.len() != self.len
            || self.shared.iter().any(|(at, byte)| password[*at] != *byte)
        {
            return password.to_vec();
        }
        self.positions.iter().map(|at| password[*at]).collect()
    }
}

/// Which part of a password may be what was made from the identifier: a policy that wants a capital or a mark is often met
/// by hand, behind or before what the program made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cut {
    Whole,
    /// Letters and digits alone.
    Bare,
    /// In lower case.
    Lower,
    /// Letters and digits in lower case.
    BareLower,
    /// From its last character to its first.
    Backwards,
    ButFirst,
    ButLast,
    ButLastTwo,
    Inner,
}

impl Cut {
    /// Those that leave something out.
    pub(super) const ALL: [Self; 8] = [
        Self::Bare,
        Self::Lower,
        Self::BareLower,
        Self::Backwards,
        Self::ButFirst,
        Self::ButLast,
        Self::ButLastTwo,
        Self::Inner,
    ];

    /// The part; empty where it would be all, or too short to say anything.
    pub(super) fn of(self, core: &[u8]) -> Vec<u8> {
        let bare = || core.iter().copied().filter(u8::is_ascii_alphanumeric).collect::<Vec<u8>>();
        let len = core.len();
        let cut = match self {
            Self::Whole => return core.to_vec(),
            Self::Bare => bare(),
            Self::Lower => core.to_ascii_lowercase(),
            Self::BareLower if bare().len() < len => bare().to_ascii_lowercase(),
            Self::BareLower => Vec::new(),
            Self::Backwards => core.iter().rev().copied().collect(),
            Self::ButFirst => core[len.min(1)..].to_vec(),
            Self::ButLast => core[..len.saturating_sub(1)].to_vec(),
            Self::ButLastTwo => core[..len.saturating_sub(2)].to_vec(),
            Self::Inner => core.get(1..len.saturating_sub(1)).unwrap_or_default().to_vec(),
        };
        if cut == core || cut.len() < SHORTEST { Vec::new() } else { cut }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Whole => "",
            Self::Bare => "without marks, ",
            Self::Lower => "in lower case, ",
            Self::BareLower => "without marks and in lower case, ",
            Self::Backwards => "read backwards, ",
            Self::ButFirst => "without its first character, ",
            Self::ButLast => "without its last character, ",
            Self::ButLastTwo => "without its last two characters, ",
            Self::Inner => "without its first and last character, ",
        }
    }
}

/// A shorter part agrees by chance too often.
const SHORTEST: usize = 6;

/// The same part of all passwords; wiped when dropped.
pub(super) struct Cores {
    pub(super) texts: Vec<Vec<u8>>,
    /// How likely a password of so many characters is any given one.
    ones: Vec<f64>,
    /// Passwords of at least so many characters.
    at_least: Vec<u64>,
}

impl Cores {
    pub(super) fn of(texts: Vec<Vec<u8>>) -> Self {
        let mut letters = Letters::default();
        texts.iter().filter(|text| !text.is_empty()).for_each(|text| letters.add(text));
        let mut ones = vec![1.0];
        for agreement in letters.agreement() {
            ones.push(ones[ones.len() - 1] * agreement);
        }
        let at_least = (0..ones.len()).map(|len| texts.iter().filter(|c| c.len() >= len).count() as u64);
        let at_least = at_least.collect();
        Self { texts, ones, at_least }
    }

    /// How likely a password of this length is any given one.
    pub(super) fn one(&self, len: usize) -> f64 {
        self.ones[len.min(self.ones.len() - 1)]
    }

    /// Bits that a character at a place is worth, where one as frequent as any agrees.
    pub(super) fn bits(&self, at: usize) -> f64 {
        match (self.ones.get(at), self.ones.get(at + 1)) {
            (Some(before), Some(with)) => (before.max(1e-300) / with.max(1e-300)).log2(),
            _ => 0.0,
        }
    }

    /// Passwords of this length and longer that chance alone makes as a rule says. One shorter than what a rule made is no
    /// evidence against it: a batch may hold a few short ones beside strong ones.
    pub(super) fn by_chance(&self, shortest: usize) -> f64 {
        self.one(shortest) * self.at_least[shortest.min(self.at_least.len() - 1)] as f64
    }
}

impl Drop for Cores {
    fn drop(&mut self) {
        self.texts.iter_mut().for_each(Zeroize::zeroize);
    }
}
