//! What chance alone would do. A hit is worth what it is unlikely: the batch's own characters, position by position, say
//! how often a password would look derived if it were not. No single hit that they explain is more than *possible*.

use crate::place::Tally;
use crate::rows::Role;

/// How far a finding goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Chance may have done it: look at the examples, accuse nobody.
    Possible,
    /// Chance did not do it: all tests of a batch together come out so by accident less than once in [`ONE_IN`].
    Certain,
}

/// Passwords that follow from what identifies the unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Derived {
    /// The column of the passwords.
    pub password: usize,
    /// The columns they follow from.
    pub from: Vec<usize>,
    /// The rule that is broken: `Serial` is derived-from-serial, `Mac` derived-from-mac, `Public` derived-from-public.
    pub role: Role,
    /// How, in words that follow on "the password".
    pub how: String,
    /// The units of which it was seen.
    pub tally: Tally,
    /// Bits of the password that a hit explains, by the batch's own characters.
    pub bits: f64,
    /// Hits that chance alone was expected to make among the same units.
    pub expected: f64,
    /// What follows.
    pub confidence: Confidence,
}

/// All tests of one batch together accuse wrongly at most once in this many clean batches.
pub const ONE_IN: f64 = 1e6;

/// What a test of `rows` hits says where chance makes `expected`, among `tests` tests. `None`: nothing worth a word.
#[must_use]
pub fn confidence(rows: u64, expected: f64, tests: f64) -> Option<Confidence> {
    let tail = ln_tail(rows, expected);
    if tail + tests.max(1.0).ln() < -ONE_IN.ln() {
        Some(Confidence::Certain)
    } else if tail < 0.01f64.ln() {
        Some(Confidence::Possible)
    } else {
        None
    }
}

/// The logarithm of a bound on the chance that a Poisson variable of this mean reaches `rows` (Chernoff).
#[must_use]
pub fn ln_tail(rows: u64, mean: f64) -> f64 {
    let rows = rows as f64;
    if rows <= mean {
        return 0.0;
    }
    rows * (mean.max(1e-300) / rows).ln() + rows - mean
}

/// Positions that are looked at.
pub const POSITIONS: usize = 64;

/// The characters of a column by position, counted from the left.
#[derive(Clone, Debug)]
pub struct Letters {
    counts: Vec<[u32; 256]>,
    lengths: [u64; POSITIONS + 1],
    rows: u64,
    longest: usize,
}

impl Default for Letters {
    fn default() -> Self {
        Self { counts: vec![[0; 256]; POSITIONS], lengths: [0; POSITIONS + 1], rows: 0, longest: 0 }
    }
}

impl Letters {
    /// Counts the characters of one password.
    #[inline]
    pub fn add(&mut self, text: &[u8]) {
        self.rows += 1;
        self.longest = self.longest.max(text.len().min(POSITIONS));
        self.lengths[text.len().min(POSITIONS)] += 1;
        for (counts, byte) in self.counts.iter_mut().zip(text) {
            let count = &mut counts[usize::from(*byte)];
            *count = count.saturating_add(1);
        }
    }

    /// Counts what another thread counted.
    pub fn join(&mut self, other: &Self) {
        self.rows += other.rows;
        self.longest = self.longest.max(other.longest);
        for (mine, theirs) in self.lengths.iter_mut().zip(&other.lengths) {
            *mine += theirs;
        }
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            for (a, b) in mine.iter_mut().zip(theirs) {
                *a = a.saturating_add(*b);
            }
        }
    }

    /// Passwords counted.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Passwords of these lengths.
    #[must_use]
    pub fn of_lengths(&self, lengths: std::ops::RangeInclusive<usize>) -> u64 {
        self.lengths.get(lengths).map_or(0, |all| all.iter().sum())
    }

    /// The longest password, in positions looked at.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// Different characters at a position.
    #[must_use]
    pub fn distinct(&self, position: usize) -> usize {
        self.counts.get(position).map_or(0, |c| c.iter().filter(|n| **n > 0).count())
    }

    /// The share of the most frequent character at each position: whatever an identifier says there, a password of this
    /// batch agrees with it no more often. Small batches come out near 1, which is on the side of silence.
    #[must_use]
    pub fn agreement(&self) -> Vec<f64> {
        self.agreement_with(0..=255)
    }

    /// The same where the identifier says a decimal digit.
    #[must_use]
    pub fn agreement_with_digits(&self) -> Vec<f64> {
        self.agreement_with(b'0'..=b'9')
    }

    fn agreement_with(&self, said: std::ops::RangeInclusive<u8>) -> Vec<f64> {
        let rows = self.rows as f64;
        let said = usize::from(*said.start())..=usize::from(*said.end());
        self.counts[..self.longest]
            .iter()
            .map(|counts| {
                let most = counts[said.clone()].iter().max().copied().unwrap_or(0);
                ((f64::from(most) + 1.0) / (rows + 1.0)).min(1.0)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_hit_that_chance_explains_is_at_most_possible() {
        assert_eq!(confidence(1, 1.0, 1.0), None);
        assert_eq!(confidence(1, 1e-4, 1000.0), Some(Confidence::Possible));
        assert_eq!(confidence(1, 1e-15, 1000.0), Some(Confidence::Certain));
        assert_eq!(confidence(1000, 1.0, 1e6), Some(Confidence::Certain));
    }

    #[test]
    fn the_tail_bounds_the_true_tail() {
        // P(X >= 3 | 1) = 0.0803, P(X >= 10 | 2) = 4.65e-5
        assert!(ln_tail(3, 1.0).exp() >= 0.0803);
        assert!(ln_tail(10, 2.0).exp() >= 4.65e-5 && ln_tail(10, 2.0).exp() < 1e-3);
    }

    #[test]
    fn a_constant_position_agrees_always_and_a_free_one_seldom() {
        let mut letters = Letters::default();
        for n in 0..10_000 {
            letters.add(format!("A{:02}", n % 100).as_bytes());
        }
        let agreement = letters.agreement();
        assert_eq!(agreement.len(), 3);
        assert!(agreement[0] > 0.999 && (agreement[2] - 0.1).abs() < 0.01, "{agreement:?}");
    }
}
