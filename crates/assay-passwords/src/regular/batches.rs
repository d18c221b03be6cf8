//! Batches for the tests: a small source of chance with a seed, alphabets, and units of rows.

use crate::place::Place;
use crate::rows::{Block, Cell, Unit};

/// Letters and digits without look-alikes.
pub(crate) const CLEAR: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
pub(crate) const DIGITS: &[u8] = b"0123456789";
pub(crate) const HEX: &[u8] = b"0123456789abcdef";

/// SplitMix64 (G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", 2014).
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }

    pub(crate) fn word(&mut self, alphabet: &[u8], length: usize) -> Vec<u8> {
        (0..length).map(|_| alphabet[self.below(alphabet.len())]).collect()
    }
}

/// A block of rows; all have as many cells as the first.
pub(crate) fn block(number: u32, rows: &[Vec<Vec<u8>>]) -> Block {
    let mut block = Block::default();
    block.number = number;
    block.width = rows.first().map_or(1, Vec::len);
    for (line, row) in rows.iter().enumerate() {
        for cell in row {
            block.cells.push(Cell { start: block.bytes.len() as u32, len: cell.len() as u32 });
            block.bytes.extend_from_slice(cell);
            block.bytes.push(b',');
        }
        block.lines.push(line as u32);
    }
    block
}

/// A block with a column of passwords and nothing else.
pub(crate) fn passwords(number: u32, words: &[Vec<u8>]) -> Block {
    block(number, &words.iter().map(|word| vec![word.clone()]).collect::<Vec<_>>())
}

/// The rows as a sample that took every one of them.
pub(crate) fn units(rows: Vec<Vec<Vec<u8>>>) -> Vec<Unit> {
    rows.into_iter()
        .enumerate()
        .map(|(line, cells)| Unit { place: Place { block: 0, line: line as u32 }, cells })
        .collect()
}
