//! The random sample on which the dear hypotheses are tried. Which rows it takes depends on what stands in them and on a
//! seed, not on their order: the same rows in another order give the same sample, and with the seed anybody can take it again.

use crate::fingerprint::Key;
use crate::rows::{Block, Unit};

/// Rows that the full set of hypotheses is tried on.
pub const SAMPLE: usize = 100_000;

/// One thread's share of the sample: the rows with the lowest numbers so far.
pub struct Sampler {
    key: Key,
    size: usize,
    /// Nothing above it can still enter.
    below: u64,
    kept: Vec<(u64, Unit)>,
}

impl Sampler {
    /// An empty one.
    #[must_use]
    pub fn new(seed: u64, size: usize) -> Self {
        Self { key: Key::new([seed, !seed]), size, below: u64::MAX, kept: Vec::new() }
    }

    /// Looks at the units of a block.
    pub fn see(&mut self, block: &Block) {
        if self.size == 0 {
            return;
        }
        for unit in 0..block.len() {
            let mut number = 0_u64;
            for column in 0..block.width {
                number = number.rotate_left(23) ^ self.key.of(block.cell(unit, column));
            }
            if number < self.below {
                let cells = (0..block.width).map(|c| block.cell(unit, c).to_vec()).collect();
                self.kept.push((number, Unit { place: block.place(unit), cells }));
                if self.kept.len() >= self.size * 2 {
                    self.trim();
                }
            }
        }
    }

    /// Takes in what another thread kept.
    pub fn join(&mut self, other: Self) {
        self.kept.extend(other.kept);
        self.trim();
    }

    fn trim(&mut self) {
        if self.kept.len() > self.size {
            // Rows that are equal to the last byte differ in their place alone.
            self.kept.select_nth_unstable_by_key(self.size, |(n, u)| (*n, u.place));
            self.kept.truncate(self.size);
            self.below = self.kept.iter().map(|(n, _)| *n).max().unwrap_or(u64::MAX);
        }
    }

    /// The sample, in the order of the file.
    #[must_use]
    pub fn finish(mut self) -> Vec<Unit> {
        self.trim();
        let mut units: Vec<Unit> = self.kept.into_iter().map(|(_, unit)| unit).collect();
        units.sort_unstable_by_key(|u| u.place);
        units
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::{Layout, Said};
    use crate::table::Table;

    fn taken(rows: &[String], threads: usize) -> Vec<String> {
        let bytes = ("serial,password\n".to_owned() + &rows.concat()).into_bytes();
        let table = Table::new(&bytes, Layout::find(&bytes, &Said::default()).unwrap());
        let mut samplers: Vec<Sampler> = (0..threads).map(|_| Sampler::new(7, 500)).collect();
        let mut block = Block::default();
        let mut turn = 0;
        while table.next(&mut block).unwrap() {
            samplers[turn % threads].see(&block);
            turn += 1;
        }
        let mut all = samplers.pop().unwrap();
        samplers.into_iter().for_each(|s| all.join(s));
        let mut taken: Vec<String> =
            all.finish().iter().map(|u| String::from_utf8(u.cells[0].clone()).unwrap()).collect();
        taken.sort();
        taken
    }

    #[test]
    fn order_and_threads_do_not_change_which_rows_are_taken() {
        let mut rows: Vec<String> = (0..20_000).map(|n| format!("SN{n},pw{}\n", n * 7)).collect();
        let once = taken(&rows, 1);
        assert_eq!(once.len(), 500);
        rows.reverse();
        rows.rotate_left(4321);
        assert_eq!(taken(&rows, 3), once);
    }

    #[test]
    fn a_small_batch_is_its_own_sample() {
        let rows: Vec<String> = (0..30).map(|n| format!("SN{n},pw{n}\n")).collect();
        assert_eq!(taken(&rows, 2).len(), 30);
    }
}
