//! Passwords that count up, in the order of the file and in the order of the serial numbers: neighbours that are the same
//! save for a counter that moves by the same small step. [`Neighbours`] sees every row in the order of the file;
//! [`serial`] holds what is needed to look at them in the order of their serial numbers.

mod runs;
pub mod serial;
mod step;
pub(crate) mod system;

use std::collections::BTreeMap;

use assay::outcome::Confidence;
use statrs::distribution::{DiscreteCDF, Poisson};
use zeroize::Zeroize;

pub use runs::LEVELS;
use runs::{InBlock, LOOK_BACK, REACH, Rows, head, scan};
pub use step::MOST;
use system::SYSTEMS;

use crate::place::{Place, Tally};
use crate::rows::Block;

/// Counters in the order of the file, over every row, on any number of threads. The first and last passwords of a block
/// are kept, wiped when dropped, so that a run across two blocks counts whoever saw them.
#[derive(Default)]
pub struct Neighbours {
    rows: u64,
    levels: [Tally; LEVELS.len()],
    edges: BTreeMap<u32, Edge>,
}

impl Neighbours {
    /// Looks at the passwords of a block. Every block must be seen once, those without units too.
    pub fn see(&mut self, block: &Block, column: usize) {
        let rows = block.len();
        self.rows += rows as u64;
        let in_block = InBlock { block, column };
        let mut edge = Edge::of(&in_block);
        scan(&in_block, |level, row| {
            self.levels[level].add(block.place(row));
            edge.mark(level, row);
        });
        self.edges.insert(block.number, edge);
    }

    /// Takes in what another thread saw.
    pub fn join(&mut self, mut other: Self) {
        self.rows += other.rows;
        for (mine, theirs) in self.levels.iter_mut().zip(&other.levels) {
            mine.join(theirs);
        }
        self.edges.append(&mut other.edges);
    }

    /// Looks across the boundaries of the blocks and gives the result. The order in which blocks were seen changes nothing.
    #[must_use]
    pub fn finish(mut self) -> Counted {
        let mut chain = Kept::default();
        let mut next = None;
        for (number, edge) in std::mem::take(&mut self.edges) {
            if next != Some(number) {
                self.across(&chain);
                chain = Kept::default();
            }
            next = number.checked_add(1);
            chain.append(&edge.first);
            if let Some(last) = &edge.last {
                self.across(&chain);
                chain = Kept::default();
                chain.append(last);
            }
        }
        self.across(&chain);
        Counted { rows: self.rows, levels: self.levels }
    }

    fn across(&mut self, chain: &Kept) {
        scan(chain, |level, row| {
            let kept = &chain.rows[row];
            if kept.said & (1 << level) == 0 {
                self.levels[level].add(kept.place);
            }
        });
    }
}

/// The rows of a block that a run across its boundary can touch.
struct Edge {
    rows: usize,
    first: Kept,
    /// `None` when the block is so small that `first` holds all of it.
    last: Option<Kept>,
}

/// Enough rows for a run of the highest level on either side.
const EDGE: usize = LOOK_BACK;

impl Edge {
    fn of(block: &InBlock<'_>) -> Self {
        let rows = block.len();
        if rows <= 2 * EDGE {
            return Self { rows, first: Kept::of(block, 0, rows), last: None };
        }
        Self { rows, first: Kept::of(block, 0, EDGE), last: Some(Kept::of(block, rows - EDGE, rows)) }
    }

    fn mark(&mut self, level: usize, row: usize) {
        if let Some(kept) = self.first.rows.get_mut(row) {
            kept.said |= 1 << level;
        } else if let Some(last) = &mut self.last
            && let Some(kept) = (row + EDGE).checked_sub(self.rows).and_then(|at| last.rows.get_mut(at))
        {
            kept.said |= 1 << level;
        }
    }
}

#[derive(Default)]
struct Kept {
    bytes: Vec<u8>,
    rows: Vec<KeptRow>,
}

/// Small, because a sixth of all rows stands near a boundary.
#[derive(Clone, Copy)]
struct KeptRow {
    start: u32,
    len: u32,
    place: Place,
    /// The levels at which it has been counted, a bit each.
    said: u8,
}

impl Kept {
    fn of(block: &InBlock<'_>, from: usize, to: usize) -> Self {
        // All memory at once: a vector that grows leaves copies behind that nobody wipes.
        let size = (from..to).map(|row| block.password(row).len()).sum();
        let mut kept = Self { bytes: Vec::with_capacity(size), rows: Vec::with_capacity(to - from) };
        for row in from..to {
            let password = block.password(row);
            kept.rows.push(KeptRow {
                start: short(kept.bytes.len()),
                len: short(password.len()),
                place: block.block.place(row),
                said: 0,
            });
            kept.bytes.extend_from_slice(password);
        }
        kept
    }

    fn append(&mut self, other: &Self) {
        let mut bytes = Vec::with_capacity(self.bytes.len() + other.bytes.len());
        bytes.extend_from_slice(&self.bytes);
        bytes.extend_from_slice(&other.bytes);
        let moved = short(self.bytes.len());
        self.bytes.zeroize();
        self.bytes = bytes;
        self.rows.extend(other.rows.iter().map(|row| KeptRow { start: row.start + moved, ..*row }));
    }
}

/// Edges are parts of blocks, and no block reaches four gigabytes.
fn short(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

impl Rows for Kept {
    fn len(&self) -> usize {
        self.rows.len()
    }

    fn head(&self, row: usize) -> u128 {
        head(self.password(row))
    }

    fn password(&self, row: usize) -> &[u8] {
        let row = self.rows[row];
        &self.bytes[row.start as usize..(row.start + row.len) as usize]
    }
}

/// Rows that stand in runs, by the length of the run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    rows: u64,
    levels: [Tally; LEVELS.len()],
}

/// Passwords that count up.
#[derive(Clone, Debug, PartialEq)]
pub struct Incremental {
    /// How sure.
    pub confidence: Confidence,
    /// The units that stand in runs of at least `run`.
    pub tally: Tally,
    /// The length of run, in rows, from which the units were counted.
    pub run: usize,
    /// Runs of that length that chance was expected to make in this batch.
    pub expected: f64,
}

/// A false alarm is certain less than once in this many clean batches.
const CERTAIN_IN: f64 = 1e9;
/// And likely less than once in this many.
const LIKELY_IN: f64 = 1e7;

impl Counted {
    /// Takes in another part of the rows.
    pub fn join(&mut self, other: &Self) {
        self.rows += other.rows;
        for (mine, theirs) in self.levels.iter_mut().zip(&other.levels) {
            mine.join(theirs);
        }
    }

    /// Units in runs of at least as many rows as the level of [`LEVELS`] says.
    #[must_use]
    pub fn level(&self, level: usize) -> &Tally {
        &self.levels[level]
    }

    /// What the runs mean in a batch whose most probable password has the chance `top`
    /// ([`crate::space::Space::top_probability`]). `None` when no three neighbours step evenly.
    ///
    /// The bound: two independent passwords make a step with at most `2 · MOST · top` in each numeral system, and every
    /// further row must be one given password, `top`. So `rows · reach · systems · min(1, 2 · MOST · top) · top^(run - 2)`
    /// runs are expected at most. The lowest length of run that shows more than chance does is reported.
    #[must_use]
    pub fn judge(&self, top: f64) -> Option<Incremental> {
        let says = |at: usize, confidence| Incremental {
            confidence,
            tally: self.levels[at].clone(),
            run: LEVELS[at],
            expected: self.expected(LEVELS[at], top),
        };
        for (confidence, once_in) in [(Confidence::Certain, CERTAIN_IN), (Confidence::Likely, LIKELY_IN)] {
            for (at, run) in LEVELS.iter().enumerate() {
                // Half as many runs as the rows could make: two that chance made may share rows.
                let rows = self.levels[at].rows();
                let runs = (rows / (2 * *run as u64)).max(u64::from(rows > 0));
                if tail(runs, self.expected(*run, top)) * LEVELS.len() as f64 * once_in < 1.0 {
                    return Some(says(at, confidence));
                }
            }
        }
        (self.levels[0].rows() > 0).then(|| says(0, Confidence::Possible))
    }

    fn expected(&self, run: usize, top: f64) -> f64 {
        let pairs = self.rows as f64 * REACH as f64 * SYSTEMS as f64;
        let further = i32::try_from(run - 2).unwrap_or(i32::MAX);
        pairs * (2.0 * MOST as f64 * top).min(1.0) * top.powi(further)
    }
}

/// The chance that a Poisson variable of this mean reaches `count`.
fn tail(count: u64, mean: f64) -> f64 {
    match Poisson::new(mean) {
        _ if count == 0 => 1.0,
        _ if mean < 1e-12 => mean,
        Ok(poisson) => poisson.sf(count - 1),
        Err(_) => 1.0,
    }
}

#[cfg(test)]
mod tests;
