//! A delimited text file as blocks of units: read in order by several threads, or one block again. Cells are cut here and
//! nowhere else.
//!
//! ```text
//! bytes ──┬─ block 0 ─┬─ block 1 ─┬─ …      a block ends where a record ends
//!         │  header   │           │
//! ```
//! A block whose rows all have their cells, nearly every one, is cut in one sweep of the vector unit (`even`); one with a
//! quotation mark goes through `quoted`, one with a bad row cell by cell.

mod even;
mod quoted;
#[cfg(test)]
mod tests;

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use memchr::{memchr, memchr2_iter, memrchr};

use crate::core72::Affix;
use crate::lanes::Engine;
use crate::layout::Layout;
use crate::names::{is_no_value, may_be_none};
use crate::place::{Place, Tally};
use crate::rows::{Block, Cell};
use crate::source::Bytes;

/// What is read at once. Small enough that a block fits into the second-level cache and that reading one again is cheap.
const BLOCK: usize = 32 << 10;
/// The longest record that is read; a longer one is a bad row.
pub const LONGEST_ROW: usize = 4 << 20;

/// Why a batch cannot be read to its end.
#[derive(Debug, thiserror::Error)]
pub enum ReadProblem {
    /// The medium failed.
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It ended before its length.
    #[error("it became shorter while it was read: {0} bytes are missing")]
    Shorter(u64),
    /// It is larger than the audit can number.
    #[error("it has more blocks than can be numbered")]
    Large,
}

/// A file that is being read.
pub struct Table<'a> {
    bytes: &'a dyn Bytes,
    layout: Layout,
    engine: Engine,
    cursor: Mutex<Cursor>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Cursor {
    /// Where the next block begins.
    at: u64,
    /// Where each block began.
    starts: Vec<u64>,
}

/// What is known of the blocks that were cut.
#[derive(Default)]
struct Known {
    /// Lines in each block.
    lines: Vec<u32>,
    rows: u64,
    rejected: Tally,
    why: Rejected,
}

/// Why rows were rejected, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rejected {
    /// More or fewer cells than the first row.
    pub ragged: u64,
    /// Longer than [`LONGEST_ROW`].
    pub long: u64,
    /// A line break inside a password.
    pub broken: u64,
    /// A mask or a placeholder where a password should be: `********`, `(none)`.
    pub masked: u64,
}

impl Rejected {
    /// In words, the most frequent first; empty where there is none.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let mut kinds = [
            (self.ragged, "with more or fewer cells than the first row"),
            (self.masked, "with a mask or a placeholder instead of a password"),
            (self.broken, "with a line break inside a password"),
            (self.long, "longer than 4 MiB"),
        ];
        kinds.sort_by_key(|(n, _)| std::cmp::Reverse(*n));
        kinds.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect()
    }
}

impl<'a> Table<'a> {
    /// Begins to read where the layout says that the first unit stands.
    #[must_use]
    pub fn new(bytes: &'a dyn Bytes, layout: Layout) -> Self {
        let at = layout.first_byte;
        let cursor = Mutex::new(Cursor { at, starts: Vec::new() });
        Self { bytes, layout, engine: Engine::best(), cursor, known: Mutex::default() }
    }

    /// Which columns are read.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The next block that nobody has taken yet; `false` at the end. Threads share one table.
    ///
    /// # Errors
    /// The medium fails, or the file became shorter.
    pub fn next(&self, block: &mut Block) -> Result<bool, ReadProblem> {
        self.next_of(Wanted::All, block)
    }

    /// The same; cells that are not wanted may be left empty.
    pub(crate) fn next_of(&self, wanted: Wanted, block: &mut Block) -> Result<bool, ReadProblem> {
        let found = {
            let mut cursor = held(&self.cursor);
            if cursor.at >= self.bytes.len() {
                return Ok(false);
            }
            let number = u32::try_from(cursor.starts.len()).map_err(|_| ReadProblem::Large)?;
            if number >= MOST_BLOCKS - 1 {
                return Err(ReadProblem::Large);
            }
            block.number = number;
            let (next, found) = self.load(cursor.at, block)?;
            let start = cursor.at;
            cursor.starts.push(start);
            cursor.at = next;
            found
        };
        let (lines, rejected) = self.cut(block, found, wanted);
        let mut known = held(&self.known);
        let n = block.number as usize;
        if known.lines.len() <= n {
            known.lines.resize(n + 1, 0);
        }
        known.lines[n] = lines;
        known.rows += block.len() as u64;
        let Known { rejected: tally, why, .. } = &mut *known;
        for (line, what) in rejected {
            tally.add(Place { block: block.number, line });
            match what {
                Bad::Ragged => why.ragged += 1,
                Bad::Long => why.long += 1,
                Bad::Broken => why.broken += 1,
                Bad::Masked => why.masked += 1,
            }
        }
        Ok(true)
    }

    /// A block that was read before, again.
    ///
    /// # Errors
    /// The medium fails, or the file became shorter.
    pub fn again(&self, number: u32, block: &mut Block) -> Result<(), ReadProblem> {
        let start = held(&self.cursor).starts.get(number as usize).copied();
        block.number = number;
        match start {
            Some(start) => {
                let (_, found) = self.load(start, block)?;
                self.cut(block, found, Wanted::All);
            }
            None => empty(block, self.layout.picks.len()),
        }
        Ok(())
    }

    /// How many bytes the file has.
    pub(crate) fn len(&self) -> u64 {
        self.bytes.len()
    }

    /// What the passwords of the first rows all begin and end with, column by column. Read without moving on.
    ///
    /// # Errors
    /// The medium fails.
    pub(crate) fn affixes(&self) -> Result<Vec<Affix>, ReadProblem> {
        let mut block = Block::default();
        if self.layout.first_byte < self.bytes.len() {
            let (_, found) = self.load(self.layout.first_byte, &mut block)?;
            self.cut(&mut block, found, Wanted::All);
        } else {
            empty(&mut block, self.layout.picks.len());
        }
        let affix = |column: usize| {
            let mut space = crate::space::Space::default();
            space.see(&block, column);
            let (prefix, suffix) = space.affix();
            Affix { prefix: prefix.to_vec(), suffix: suffix.to_vec() }
        };
        Ok(self.layout.passwords().map(affix).collect())
    }

    /// How many blocks were read.
    #[must_use]
    pub fn blocks(&self) -> u32 {
        u32::try_from(held(&self.cursor).starts.len()).unwrap_or(u32::MAX)
    }

    /// How many units were read, the rows that were rejected with the first of them, and why they were.
    #[must_use]
    pub fn counts(&self) -> (u64, Tally, Rejected) {
        let known = held(&self.known);
        (known.rows, known.rejected.clone(), known.why)
    }

    /// The line in the file, counted from 1, for each place; in the places' order. All blocks up to theirs must have been read.
    #[must_use]
    pub fn lines_of(&self, places: &[Place]) -> Vec<u64> {
        let first = self.first_lines();
        let beyond = first.last().copied().unwrap_or(1);
        let of = |p: &Place| first.get(p.block as usize).copied().unwrap_or(beyond) + u64::from(p.line);
        places.iter().map(of).collect()
    }

    /// The first line of every block, and of what would follow.
    pub(crate) fn first_lines(&self) -> Vec<u64> {
        let known = held(&self.known);
        let mut line = 1 + u64::from(self.layout.header_lines);
        let mut first = vec![line];
        first.extend(known.lines.iter().map(|lines| {
            line += u64::from(*lines);
            line
        }));
        first
    }

    /// Reads the block that begins at `start`: its whole records, and where the next begins. A record that is too long comes
    /// as an empty block.
    fn load(&self, start: u64, block: &mut Block) -> Result<(u64, Loaded), ReadProblem> {
        let mut want = BLOCK;
        loop {
            let left = self.bytes.len() - start;
            let whole = left <= want as u64;
            let take = usize::try_from(left).unwrap_or(usize::MAX).min(want);
            block.bytes.resize(take, 0);
            self.fill(start, &mut block.bytes)?;
            let quoted = self.layout.quotes && memchr(b'"', &block.bytes).is_some();
            let found = if quoted { Loaded::Quoted } else { Loaded::Plain };
            if whole {
                return Ok((start + take as u64, found));
            }
            let end = match found {
                Loaded::Quoted => quoted::last_end(&block.bytes, self.layout.delimiter),
                _ => memrchr(b'\n', &block.bytes).map(|at| at + 1),
            };
            if let Some(end) = end {
                block.bytes.truncate(end);
                return Ok((start + end as u64, found));
            }
            if take >= LONGEST_ROW {
                let next = self.line_end(start + take as u64)?;
                block.bytes.clear();
                return Ok((next, Loaded::Long));
            }
            want = (want * 4).min(LONGEST_ROW);
        }
    }

    fn fill(&self, start: u64, into: &mut [u8]) -> Result<(), ReadProblem> {
        let mut done = 0;
        while done < into.len() {
            match self.bytes.read_at(start + done as u64, &mut into[done..])? {
                0 => return Err(ReadProblem::Shorter((into.len() - done) as u64)),
                n => done += n,
            }
        }
        Ok(())
    }

    /// Where the line that `from` stands in ends.
    fn line_end(&self, from: u64) -> Result<u64, ReadProblem> {
        let mut at = from;
        let mut buffer = vec![0; BLOCK];
        while at < self.bytes.len() {
            let take = usize::try_from(self.bytes.len() - at).unwrap_or(BLOCK).min(BLOCK);
            self.fill(at, &mut buffer[..take])?;
            if let Some(end) = memchr(b'\n', &buffer[..take]) {
                return Ok(at + end as u64 + 1);
            }
            at += take as u64;
        }
        Ok(self.bytes.len())
    }

    /// Cuts a block's bytes into cells; says how many lines it has and which of them are bad rows.
    fn cut(&self, block: &mut Block, found: Loaded, wanted: Wanted) -> (u32, Vec<(u32, Bad)>) {
        empty(block, self.layout.picks.len());
        let mut bad = Vec::new();
        let lines = match found {
            Loaded::Long => return (1, vec![(0, Bad::Long)]),
            Loaded::Quoted => quoted::cut(&self.layout, block, &mut bad),
            Loaded::Plain => even::cut(&self.layout, self.engine, wanted, block)
                .unwrap_or_else(|| cut_plain(&self.layout, block, &mut bad)),
        };
        self.unmask(block, &mut bad);
        (lines, bad)
    }
}

impl Table<'_> {
    /// Takes out the units of which a password is masked: nothing can be said of what is behind, and equal masks accuse nobody.
    fn unmask(&self, block: &mut Block, bad: &mut Vec<(u32, Bad)>) {
        let passwords = self.layout.passwords().count();
        let Block { bytes, cells, lines, width, odd, .. } = block;
        let width = *width;
        odd.clear();
        for (unit, cells) in cells.chunks_exact(width).enumerate() {
            let may_be_none = |cell: &Cell| {
                bytes.get(cell.start as usize).is_none_or(|first| may_be_none(*first, cell.len as usize))
            };
            if cells[..passwords].iter().any(may_be_none) {
                odd.push(unit);
            }
        }
        let is_masked =
            |cell: &Cell| is_no_value(&bytes[cell.start as usize..(cell.start + cell.len) as usize]);
        let masked = |unit: &usize| cells[unit * width..][..passwords].iter().any(is_masked);
        let out: Vec<usize> = odd.iter().copied().filter(masked).collect();
        let Some(first) = out.first() else { return };
        bad.extend(out.iter().map(|unit| (lines[*unit], Bad::Masked)));
        let mut kept = *first;
        for unit in *first..lines.len() {
            if out.binary_search(&unit).is_err() {
                cells.copy_within(unit * width..(unit + 1) * width, kept * width);
                lines[kept] = lines[unit];
                kept += 1;
            }
        }
        cells.truncate(kept * width);
        lines.truncate(kept);
        odd.retain(|unit| out.binary_search(unit).is_err());
        for unit in odd {
            *unit -= out.partition_point(|other| other < unit);
        }
    }
}

/// More blocks than any file has that a disk holds: 2^24 of 32 KiB are half a terabyte, and their numbers fit beside 40 bits
/// of a fingerprint.
pub(crate) const MOST_BLOCKS: u32 = 1 << 24;

/// Which cells of a block are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// All that the layout picks.
    All,
    /// Those of the passwords.
    Passwords,
}

/// What was read as a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Loaded {
    /// No quotation mark that means something.
    Plain,
    /// There may be some.
    Quoted,
    /// A record that is too long to be read.
    Long,
}

/// Why a row is bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bad {
    Ragged,
    Long,
    Broken,
    Masked,
}

fn empty(block: &mut Block, width: usize) {
    block.cells.clear();
    block.lines.clear();
    block.odd.clear();
    block.width = width.max(1);
}

/// A lock whose holder panicked is of no concern to what it guards: counters.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Cuts a block in which no cell is quoted.
fn cut_plain(layout: &Layout, block: &mut Block, bad: &mut Vec<(u32, Bad)>) -> u32 {
    let Block { bytes, cells, lines, width, .. } = block;
    let bytes = bytes.as_slice();
    let mut line = 0_u32;
    let mut start = 0;
    let mut field = 0;
    let mut first = 0;
    let mut row = 0;
    cells.resize(*width, Cell::default());
    let mut end_row = |cells: &mut Vec<Cell>, fields: usize, row_bytes: &[u8], line: u32| {
        // In a file of one column an empty line is no unit either.
        if fields == layout.fields && !(fields == 1 && row_bytes.is_empty()) {
            lines.push(line);
            row += *width;
            cells.resize(row + *width, Cell::default());
        } else if !is_blank(row_bytes) {
            bad.push((line, Bad::Ragged));
        }
        row
    };
    let delimiter = layout.delimiter.unwrap_or(b'\n');
    let mut at_row = 0;
    for at in memchr2_iter(delimiter, b'\n', bytes) {
        let is_line_end = bytes[at] == b'\n';
        let mut end = at;
        if is_line_end && end > start && bytes[end - 1] == b'\r' {
            end -= 1;
        }
        if let Some(slot) = layout.slots.get(field).copied().flatten() {
            cells[at_row + slot] = cell(start, end);
        }
        field += 1;
        start = at + 1;
        if is_line_end {
            at_row = end_row(cells, field, &bytes[first..end], line);
            line += 1;
            field = 0;
            first = start;
        }
    }
    if start < bytes.len() || field > 0 {
        let end = bytes.len() - usize::from(bytes.ends_with(b"\r") && start < bytes.len());
        if let Some(slot) = layout.slots.get(field).copied().flatten() {
            cells[at_row + slot] = cell(start, end);
        }
        at_row = end_row(cells, field + 1, &bytes[first..end], line);
        line += 1;
    }
    cells.truncate(at_row);
    line
}

#[expect(clippy::cast_possible_truncation, reason = "a block is at most twice LONGEST_ROW long")]
fn cell(start: usize, end: usize) -> Cell {
    Cell { start: start as u32, len: (end - start) as u32 }
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}
