//! Common passwords: a small list that is built in, and the user's own. A password is found as it stands in a list in
//! either case, with digits or signs for letters, and (built-in list) with a few digits or signs behind. What lists of
//! millions hit by chance in a batch of short passwords is said, see [`Hits::judge`].

mod fold;
mod table;

use assay::outcome::Confidence;
use statrs::distribution::{DiscreteCDF, Poisson};

use crate::place::Tally;
use crate::rows::Block;
use crate::space::Space;
use table::{Match, Table};

const BUILT_IN: &str = include_str!("../data/common.txt");

/// The lists, ready for look-ups from any number of threads.
pub struct Common {
    built_in: Table,
    lists: Table,
}

impl Common {
    /// The built-in list and the user's: bytes of files with one password a line. A byte order mark, CRLF and empty lines
    /// are taken as in any text file; nothing is a comment, for a password may begin with `#`.
    pub fn new<'a>(lists: impl IntoIterator<Item = &'a [u8]>) -> (Self, Read) {
        let mut common = Self { built_in: Table::default(), lists: Table::default() };
        for word in built_in() {
            common.built_in.push(word);
        }
        let mut read = Read::default();
        for list in lists {
            for word in lines(list) {
                if common.lists.push(word) {
                    read.words += 1;
                } else {
                    read.left_out += 1;
                }
            }
        }
        common.built_in.index();
        common.lists.index();
        (common, read)
    }

    /// Looks all passwords of a block up.
    pub fn see(&self, block: &Block, column: usize, hits: &mut Hits) {
        // A few rows at a time: the hashes first, then the look-ups, so that the misses of the cache overlap.
        const AT_ONCE: usize = 32;
        let mut hashes = [0u64; AT_ONCE];
        let rows = block.len();
        hits.rows += rows as u64;
        for from in (0..rows).step_by(AT_ONCE) {
            let to = (from + AT_ONCE).min(rows);
            for (row, hash) in (from..to).zip(&mut hashes) {
                let word = block.cell(row, column);
                let known = self.lists.has_length(word.len()) || self.built_in.has_length(word.len());
                *hash = if known { fold::hash(word) } else { 0 };
            }
            for (row, hash) in (from..to).zip(hashes) {
                let length = block.cells[row * block.width + column].len as usize;
                let may = self.lists.may_hold(length, hash) || self.built_in.may_hold(length, hash);
                if let Some(how) = may.then(|| self.look(block.cell(row, column), hash)).flatten() {
                    hits.add(how, block, row);
                } else if ends_in_a_tail(block, row, column)
                    && let Some(stem) = self.before_a_tail(block.cell(row, column))
                {
                    hits.tailed[stem].add(block.place(row));
                }
            }
        }
    }

    fn look(&self, word: &[u8], hash: u64) -> Option<Match> {
        let both = [self.lists.find(word, hash), self.built_in.find(word, hash)];
        if both.contains(&Some(Match::Same)) { Some(Match::Same) } else { both[0].or(both[1]) }
    }

    /// `admin2024`, `Password!`: a word of the built-in list with up to four digits or signs behind. The word's place in
    /// [`Hits::tailed`].
    fn before_a_tail(&self, word: &[u8]) -> Option<usize> {
        let tail = word.iter().rev().take_while(|byte| is_tail(**byte)).count();
        let stem = &word[..word.len() - tail];
        if !(1..=TAIL).contains(&tail) || stem.len() < STEM {
            return None;
        }
        let hash = fold::hash(stem);
        let known = self.built_in.may_hold(stem.len(), hash) && self.built_in.find(stem, hash).is_some();
        known.then(|| of_stem(stem.len()))
    }

    /// Words in the user's lists and the built-in one, those that stand in several counted several times.
    #[must_use]
    pub fn len(&self) -> usize {
        self.built_in.len() + self.lists.len()
    }

    /// Never: the built-in list is there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What was read of the user's lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// Words that are looked up.
    pub words: u64,
    /// Lines that are too long to be anybody's common password (more than 64 bytes), or beyond 4 GiB of lists.
    pub left_out: u64,
}

/// Bytes a tail can have.
const TAIL: usize = 4;
/// Bytes that must stand before it.
const STEM: usize = 5;
/// Lengths of stems that are counted apart, the last for all that are longer: the longer the word, the less it is chance.
const STEMS: usize = 4;

fn of_stem(length: usize) -> usize {
    (length - STEM).min(STEMS - 1)
}

fn is_tail(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'!' | b'.' | b'#' | b'*' | b'@' | b'$' | b'_' | b'-' | b'?')
}

/// Whether the last byte can be a tail's and a byte before one cannot: of random passwords few get further.
#[inline]
fn ends_in_a_tail(block: &Block, row: usize, column: usize) -> bool {
    let word = block.cell(row, column);
    match word {
        [head @ .., last] if head.len() >= STEM => is_tail(*last) && head[STEM - 1].is_ascii_alphabetic(),
        _ => false,
    }
}

/// The built-in words. The head of the file ends at its first empty line.
fn built_in() -> impl Iterator<Item = &'static [u8]> {
    let words = BUILT_IN.split_once("\n\n").map_or("", |(_, words)| words);
    lines(words.as_bytes())
}

fn lines(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    let list = list.strip_prefix(b"\xef\xbb\xbf").unwrap_or(list);
    let mut start = 0;
    memchr::memchr_iter(b'\n', list)
        .chain([list.len()])
        .map(move |end| {
            let line = &list[start.min(end)..end];
            start = end + 1;
            line.strip_suffix(b"\r").unwrap_or(line)
        })
        .filter(|line| !line.is_empty())
}

/// Passwords that are common, by how they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    rows: u64,
    /// In a list as they stand, in either case.
    pub same: Tally,
    /// In a list, with digits or signs for letters.
    pub folded: Tally,
    /// A word of the built-in list, with a few digits or signs behind, by the length of the word.
    pub tailed: [Tally; STEMS],
}

/// Common passwords of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// How sure.
    pub confidence: Confidence,
    /// How they are common, in words that follow on "the password".
    pub how: &'static str,
    /// The units.
    pub tally: Tally,
    /// Units of which chance alone was expected to make as much, at most.
    pub expected: f64,
}

/// A false alarm is certain less than once in this many clean batches.
const CERTAIN_IN: f64 = 1e6;

impl Hits {
    fn add(&mut self, how: Match, block: &Block, row: usize) {
        match how {
            Match::Same => self.same.add(block.place(row)),
            Match::Folded => self.folded.add(block.place(row)),
        }
    }

    /// Takes in what another thread found.
    pub fn join(&mut self, other: &Self) {
        self.rows += other.rows;
        self.same.join(&other.same);
        self.folded.join(&other.folded);
        for (mine, theirs) in self.tailed.iter_mut().zip(&other.tailed) {
            mine.join(theirs);
        }
    }

    /// What the hits mean in a batch of this space. A list of ten million words holds some random passwords of eight
    /// characters; how many is worked out word by word from the characters of the batch. More than that is certain,
    /// as many is possible.
    #[must_use]
    pub fn judge(&self, common: &Common, space: &Space) -> Vec<Known> {
        let rows = self.rows as f64;
        let whole = |class: fn(u8) -> u8| {
            let of_length = |length| space.share_of_length(length);
            let share = |table: &Table| table.share_by_chance(space, class, of_length);
            rows * (share(&common.lists) + share(&common.built_in))
        };
        let tailed = |stem: usize| {
            let weight = |length| match length >= STEM && of_stem(length) == stem {
                true => share_of_tail(space, length),
                false => 0.0,
            };
            rows * common.built_in.share_by_chance(space, fold::fold, weight)
        };
        let same = whole(|byte| byte.to_ascii_lowercase());
        let folded = "stands in a list of common passwords, with digits or signs for letters";
        let mut kinds = vec![
            (&self.same, "stands in a list of common passwords", same),
            // What stands there as it is does not count twice.
            (&self.folded, folded, (whole(fold::fold) - same).max(0.0)),
        ];
        for (stem, tally) in self.tailed.iter().enumerate() {
            kinds.push((tally, TAILED, tailed(stem)));
        }
        let tests = kinds.len() as f64;
        let mut known: Vec<Known> = Vec::new();
        for (tally, how, expected) in kinds.into_iter().filter(|(tally, ..)| tally.rows() > 0) {
            let chance = match Poisson::new(expected) {
                _ if expected < 1e-12 => expected,
                Ok(poisson) => poisson.sf(tally.rows() - 1),
                Err(_) => 1.0,
            };
            let certain = chance * tests * CERTAIN_IN < 1.0;
            let confidence = if certain { Confidence::Certain } else { Confidence::Possible };
            // Words of several lengths are told together where they are as sure.
            match known.iter_mut().find(|k| k.how == how && k.confidence == confidence) {
                Some(all) => {
                    all.tally.join(tally);
                    all.expected += expected;
                }
                None => known.push(Known { confidence, how, tally: tally.clone(), expected }),
            }
        }
        known
    }
}

const TAILED: &str = "is a common password with a few digits or signs behind";

/// The share of passwords that have so many bytes and then a tail, and nothing else.
fn share_of_tail(space: &Space, length: usize) -> f64 {
    let of_tail = |at| (0..=u8::MAX).filter(|b| is_tail(*b)).map(|b| space.share_at(at, b)).sum::<f64>();
    let mut tail = 1.0;
    let mut share = 0.0;
    for more in 1..=TAIL {
        tail *= of_tail(length + more - 1);
        share += space.share_of_length(length + more) * tail;
    }
    share
}

#[cfg(test)]
mod tests;
