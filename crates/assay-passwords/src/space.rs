//! The space that a batch uses: characters by position, lengths, entropy, and how long guessing takes. [`Space`] is filled
//! over every row; what it says is an upper estimate. A batch can show that its generator is weak, never that it is strong:
//! a generator with a 32-bit seed fills every position evenly.

pub mod entropy;
pub mod guess;

use zeroize::Zeroize;

use crate::rows::Block;

/// Positions that are told apart, from the left. What stands further right is counted in one place together.
pub const POSITIONS: usize = 64;

/// Characters by position, lengths, and what all passwords of a column begin and end with. Works on any column.
#[derive(Clone)]
pub struct Space {
    rows: u64,
    empty: u64,
    lengths: Vec<u64>,
    /// Counts of every byte value, position by position; the last place is for everything beyond.
    counts: Vec<[u64; 256]>,
    prefix: Vec<u8>,
    suffix: Vec<u8>,
}

impl Default for Space {
    fn default() -> Self {
        Self {
            rows: 0,
            empty: 0,
            lengths: vec![0; POSITIONS + 2],
            counts: vec![[0; 256]; POSITIONS + 1],
            prefix: Vec::new(),
            suffix: Vec::new(),
        }
    }
}

impl Drop for Space {
    fn drop(&mut self) {
        self.prefix.zeroize();
        self.suffix.zeroize();
    }
}

impl Space {
    /// Counts the passwords of a block. Empty cells are counted apart and nothing else is learnt from them.
    pub fn see(&mut self, block: &Block, column: usize) {
        for unit in 0..block.len() {
            self.one(block.cell(unit, column));
        }
    }

    /// Counts one password.
    pub fn one(&mut self, password: &[u8]) {
        if password.is_empty() {
            self.empty += 1;
            return;
        }
        if self.rows == 0 {
            self.prefix.extend_from_slice(password);
            self.suffix.extend_from_slice(password);
        } else {
            // Nearly always there is none, and nothing to compare.
            if !self.prefix.is_empty() && !password.starts_with(&self.prefix) {
                shorten_prefix(&mut self.prefix, password);
            }
            if !self.suffix.is_empty() && !password.ends_with(&self.suffix) {
                shorten_suffix(&mut self.suffix, password);
            }
        }
        self.rows += 1;
        self.lengths[password.len().min(POSITIONS + 1)] += 1;
        let (near, far) = password.split_at(password.len().min(POSITIONS));
        for (counts, byte) in self.counts.iter_mut().zip(near) {
            counts[usize::from(*byte)] += 1;
        }
        for byte in far {
            self.counts[POSITIONS][usize::from(*byte)] += 1;
        }
    }

    /// Counts what another thread counted. Joining in any order gives the same.
    pub fn join(&mut self, other: &Self) {
        self.empty += other.empty;
        if other.rows == 0 {
            return;
        }
        if self.rows == 0 {
            self.prefix.extend_from_slice(&other.prefix);
            self.suffix.extend_from_slice(&other.suffix);
        } else {
            shorten_prefix(&mut self.prefix, &other.prefix);
            shorten_suffix(&mut self.suffix, &other.suffix);
        }
        self.rows += other.rows;
        for (mine, theirs) in self.lengths.iter_mut().zip(&other.lengths) {
            *mine += theirs;
        }
        for (mine, theirs) in self.counts.iter_mut().flatten().zip(other.counts.iter().flatten()) {
            *mine += theirs;
        }
    }

    /// What all passwords begin with, and what they all end with. The two never overlap in the shortest password, so both
    /// can be cut off any of them. They are parts of secrets: do not show them.
    #[must_use]
    pub fn affix(&self) -> (&[u8], &[u8]) {
        let room = self.shortest().saturating_sub(self.prefix.len()).min(self.suffix.len());
        (&self.prefix, &self.suffix[self.suffix.len() - room..])
    }

    /// Passwords counted, without the empty cells.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Cells that were empty.
    #[must_use]
    pub fn empty(&self) -> u64 {
        self.empty
    }

    /// How many passwords have each length; the last entry is for all that are longer than [`POSITIONS`].
    #[must_use]
    pub fn lengths(&self) -> &[u64] {
        &self.lengths
    }

    /// How often each byte value stands in a position, counted from 0 on the left; [`POSITIONS`] is everything beyond.
    #[must_use]
    pub fn characters(&self, position: usize) -> &[u64; 256] {
        &self.counts[position.min(POSITIONS)]
    }

    /// Positions that at least one password reaches, without the place for everything beyond.
    #[must_use]
    pub fn positions(&self) -> usize {
        self.longest().min(POSITIONS)
    }

    /// How many different characters stand in a position.
    #[must_use]
    pub fn alphabet(&self, position: usize) -> usize {
        self.characters(position).iter().filter(|count| **count > 0).count()
    }

    /// How many different characters the batch uses anywhere.
    #[must_use]
    pub fn alphabet_of_all(&self) -> usize {
        (0..256).filter(|byte| self.counts.iter().any(|counts| counts[*byte] > 0)).count()
    }

    /// Positions, counted from 0, where every password that reaches them has the same character. Nothing is said of fewer
    /// than [`FEW`] passwords: among those a character repeats by chance.
    #[must_use]
    pub fn constant(&self) -> Vec<usize> {
        (0..self.positions())
            .filter(|at| self.characters(*at).iter().sum::<u64>() >= FEW && self.alphabet(*at) == 1)
            .collect()
    }

    /// The share of passwords of a length (up to [`POSITIONS`]; one more means longer).
    #[must_use]
    pub fn share_of_length(&self, length: usize) -> f64 {
        share(self.lengths[length.min(POSITIONS + 1)], self.rows)
    }

    /// The share of a character among the passwords that reach a position.
    #[must_use]
    pub fn share_at(&self, position: usize, byte: u8) -> f64 {
        let counts = self.characters(position);
        share(counts[usize::from(byte)], counts.iter().sum())
    }

    fn shortest(&self) -> usize {
        self.lengths.iter().position(|rows| *rows > 0).unwrap_or(0)
    }

    fn longest(&self) -> usize {
        self.lengths.iter().rposition(|rows| *rows > 0).unwrap_or(0)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a count of rows is far below 2^52")]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Passwords below which a character that repeats says nothing: twenty digits agree by chance once in 10^19.
pub const FEW: u64 = 20;

/// What is cut off is wiped where it stood.
fn shorten_prefix(prefix: &mut Vec<u8>, other: &[u8]) {
    let same = prefix.iter().zip(other).take_while(|(a, b)| a == b).count();
    prefix[same..].zeroize();
    prefix.truncate(same);
}

fn shorten_suffix(suffix: &mut Vec<u8>, other: &[u8]) {
    let same = suffix.iter().rev().zip(other.iter().rev()).take_while(|(a, b)| a == b).count();
    let cut = suffix.len() - same;
    suffix[..cut].zeroize();
    suffix.copy_within(cut.., 0);
    suffix[same..].zeroize();
    suffix.truncate(same);
}

#[cfg(test)]
mod tests;
