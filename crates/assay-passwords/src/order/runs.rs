//! Runs of neighbours that step evenly, among rows that stand in some order. A neighbour is up to four rows away, so that
//! counters of two, three or four lines of production that take turns are seen as well.

use super::step::{ALL, Step, step};
use crate::rows::Block;

/// How far a neighbour may be.
pub(super) const REACH: usize = 4;

/// Rows that a run must have to count; a longer run is worth more. A batch with few possible passwords makes short ones by
/// chance, see [`super::Counted::judge`].
pub const LEVELS: [usize; 4] = [3, 5, 8, 16];

/// Rows that a run on [`LEVELS`] can reach back, and one of reach for its first step.
pub(super) const LOOK_BACK: usize = LEVELS[LEVELS.len() - 1] * REACH;

/// Rows in some order.
pub(super) trait Rows {
    fn len(&self) -> usize;
    /// Up to sixteen bytes of the password in one number, equal for equal passwords.
    fn head(&self, row: usize) -> u128;
    fn password(&self, row: usize) -> &[u8];
    /// Bytes that take part but are not in `password`; counters never move them.
    fn rest(&self, _row: usize) -> u32 {
        0
    }
}

#[derive(Clone, Copy)]
struct Run {
    /// The last row of it.
    at: usize,
    rows: usize,
    step: Step,
}

/// Goes through the rows and says of each, once a level, that it stands in a run of as many rows as the level says.
///
/// Most rows are decided by comparing sixteen bytes with each neighbour: where more than half of them differ, and no run
/// is going on, there is nothing. A carry that changes as many (0999, 1000) is made up for when the next row steps evenly.
pub(super) fn scan(rows: &impl Rows, mut newly: impl FnMut(usize, usize)) {
    let mut before = [0u128; REACH];
    let mut runs: [[Option<Run>; 2 * REACH]; REACH] = [[None; 2 * REACH]; REACH];
    let mut marks = Marks::default();
    let mut watch_until = 0;
    for row in 0..rows.len() {
        let head = rows.head(row);
        let near = before.map(|other| few_differ(head, other));
        before = [head, before[0], before[1], before[2]];
        if near == [false; REACH] && row >= watch_until {
            continue;
        }
        for back in 1..=REACH.min(row) {
            let last = runs[back - 1][(row - back) % (2 * REACH)].filter(|run| run.at + back == row);
            if !near[back - 1] && last.is_none() {
                continue;
            }
            // In a run only the numeral systems that it has left are of interest.
            let longer = last.and_then(|run| {
                let now = between(rows, row - back, row, run.step.systems())?;
                Some((run.rows + 1, run.step.and(&now)?))
            });
            let began = || {
                let now = near[back - 1].then(|| between(rows, row - back, row, ALL)).flatten()?;
                Some(began_earlier(rows, row, back, &now).map_or((2, now), |step| (3, step)))
            };
            let Some((length, step)) = longer.or_else(began) else { continue };
            runs[back - 1][row % (2 * REACH)] = Some(Run { at: row, rows: length, step });
            watch_until = row + REACH + 1;
            let longest = LEVELS[LEVELS.len() - 1];
            for (level, wanted) in LEVELS.iter().enumerate().filter(|(_, wanted)| **wanted <= length) {
                // At the moment a run becomes long enough all of it counts, from then on the new row only.
                let count = if length == *wanted { *wanted } else { 1 };
                for nth in 0..count {
                    if marks.first_time(level, row, nth * back) {
                        newly(level, row - nth * back);
                    }
                }
            }
            // Rows of a plain counter are neighbours at every distance; the nearest has said all.
            if length > longest {
                break;
            }
        }
    }
}

fn between(rows: &impl Rows, from: usize, to: usize, among: u16) -> Option<Step> {
    if rows.rest(from) != rows.rest(to) {
        return None;
    }
    step(rows.password(from), rows.password(to), among)
}

fn began_earlier(rows: &impl Rows, row: usize, back: usize, now: &Step) -> Option<Step> {
    let middle = row - back;
    let first = middle.checked_sub(back)?;
    between(rows, first, middle, now.systems())?.and(now)
}

/// Whether at most half of the bytes differ, and at least three may.
#[inline]
fn few_differ(a: u128, b: u128) -> bool {
    let differ = a ^ b;
    let count = changed(differ as u64) + changed((differ >> 64) as u64);
    // More than half of sixteen: no need to know how many are in use.
    if count > 8 {
        return false;
    }
    // The bytes in use: those that are not zero in both. A password with NUL bytes is only looked at more closely.
    let used = 16 - ((a | b).leading_zeros() / 8).min(16);
    count <= (used / 2).max(3)
}

/// How many bytes of a word are not zero.
#[inline]
fn changed(word: u64) -> u32 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let high_bits = ((word & LOW).wrapping_add(LOW) | word) & !LOW;
    // Eight ones at most, added up in the top byte.
    ((high_bits >> 7).wrapping_mul(0x0101_0101_0101_0101) >> 56) as u32
}

/// Which of the last rows have been said already, a bit a row.
#[derive(Default)]
struct Marks {
    row: usize,
    levels: [u128; LEVELS.len()],
}

impl Marks {
    fn first_time(&mut self, level: usize, row: usize, back: usize) -> bool {
        let moved = row - self.row;
        if moved > 0 {
            for bits in &mut self.levels {
                *bits = u32::try_from(moved).ok().and_then(|by| bits.checked_shl(by)).unwrap_or(0);
            }
            self.row = row;
        }
        let bit = 1u128 << back;
        let first = self.levels[level] & bit == 0;
        self.levels[level] |= bit;
        first
    }
}

/// Sixteen bytes that stand for a password in the quick comparison: all of a short one, both ends of a long one.
#[inline]
pub(super) fn head(password: &[u8]) -> u128 {
    let mut bytes = [0; 16];
    if password.len() <= 16 {
        bytes[..password.len()].copy_from_slice(password);
    } else {
        bytes[..8].copy_from_slice(&password[..8]);
        bytes[8..].copy_from_slice(&password[password.len() - 8..]);
    }
    u128::from_le_bytes(bytes)
}

/// A column of a block, in the order of the file.
pub(super) struct InBlock<'a> {
    pub(super) block: &'a Block,
    pub(super) column: usize,
}

impl Rows for InBlock<'_> {
    fn len(&self) -> usize {
        self.block.len()
    }

    #[inline]
    fn head(&self, row: usize) -> u128 {
        let cell = self.block.cells[row * self.block.width + self.column];
        self.block.head(cell).unwrap_or_else(|| head(self.password(row)))
    }

    #[inline]
    fn password(&self, row: usize) -> &[u8] {
        self.block.cell(row, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_bytes_are_counted() {
        for (word, count) in
            [(0, 0), (1, 1), (0x8000_0000_0000_0000, 1), (0xff00_0100_8000_7f01, 5), (u64::MAX, 8)]
        {
            assert_eq!(changed(word), count, "{word:x}");
        }
    }
}
