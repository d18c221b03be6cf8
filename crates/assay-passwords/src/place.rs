//! Where a unit stands in the file, and how many there are of a kind with the first few of them as examples.

/// Line numbers given as examples of one finding.
pub const EXAMPLES: usize = 10;

/// A place in the file: a block, and a line within it counted from 0. Places are ordered as the file is. The line in the
/// whole file is known when all blocks have been counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The block, counted from 0.
    pub block: u32,
    /// The line within the block, counted from 0.
    pub line: u32,
}

/// How many units, and the first few of them. Joining tallies in any order gives the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    rows: u64,
    first: Vec<Place>,
}

impl Tally {
    /// Counts one more.
    pub fn add(&mut self, place: Place) {
        self.rows += 1;
        if self.first.len() < EXAMPLES || self.first.last().is_some_and(|last| place < *last) {
            let at = self.first.partition_point(|p| *p < place);
            self.first.insert(at, place);
            self.first.truncate(EXAMPLES);
        }
    }

    /// Counts so many more of which no place is kept.
    pub fn add_rows(&mut self, rows: u64) {
        self.rows += rows;
    }

    /// Counts what another thread counted.
    pub fn join(&mut self, other: &Tally) {
        self.rows += other.rows;
        self.first.extend_from_slice(&other.first);
        self.first.sort_unstable();
        self.first.truncate(EXAMPLES);
    }

    /// How many.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The first of them, in the order of the file, [`EXAMPLES`] at most.
    #[must_use]
    pub fn first(&self) -> &[Place] {
        &self.first
    }
}
