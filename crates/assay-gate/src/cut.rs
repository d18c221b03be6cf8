//! Rows and cells out of a block of CSV. The places of separators, line ends and quotes are found for some thousand bytes
//! at a time, sixty-four in one comparison; what is quoted as it should be is told from what is not by a few operations on
//! words. A row that is not plain (a quote within a cell, a line end of another kind, a NUL, a row of many kilobytes) is
//! cut by `csv-core` alone, byte by byte, so that every row is cut as that library cuts it.

use assay_simd::{Bits, CHUNK};

use crate::slow::{Cut, Slow, lines_in};
use crate::{Fault, MAX_WANTED};

/// Chunks that are looked at before rows are cut out of them.
const WINDOW: usize = 128;

/// Where a cell stands in the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Cell {
    /// A cell that the row does not have.
    pub(crate) const NONE: Self = Self { start: u32::MAX, end: u32::MAX };
}

/// A row that was cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Lines before it in the block.
    pub(crate) line: u32,
    /// One more than its place among [`Rows::slow`]; 0 where its cells stand in the block.
    pub(crate) slow: u32,
}

/// What a caller wants cut out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) delimiter: u8,
    /// The columns that are wanted, ascending, none twice, at most [`MAX_WANTED`].
    pub(crate) columns: Vec<usize>,
}

/// Rows of a window, and what cutting them needs; used again and again.
#[derive(Default)]
pub(crate) struct Rows {
    pub(crate) rows: Vec<Row>,
    /// The cells of the rows, as many a row as columns are wanted.
    cells: Vec<Cell>,
    /// The wanted cells of rows that were cut the slow way, without their quotes.
    pub(crate) slow: Vec<[Option<Vec<u8>>; MAX_WANTED]>,
    /// Whether every byte of the window is ASCII.
    pub(crate) ascii: bool,
    both: Vec<u64>,
    ends: Vec<u64>,
    inner: Vec<u64>,
    cutter: Slow,
}

/// How cutting a window ended.
pub(crate) enum Next {
    /// At the begin of a row; so many lines were passed.
    At(usize, u32),
    /// The block ends within the row that begins there.
    Within(usize, u32),
}

/// How far the places of separators are known.
struct Known {
    /// Words that were filled.
    words: usize,
    /// Something is not plain right behind them.
    odd: bool,
    /// There are line ends within quotes.
    inner: bool,
}

impl Rows {
    /// Cuts some rows out of `bytes[from..end]`, where a row begins at `from` and `line` lines lie before it in the block.
    /// Behind `end` stand 64 bytes of any kind.
    #[inline(always)]
    pub(crate) fn cut<B: Bits>(
        &mut self,
        bits: B,
        layout: &Layout,
        bytes: &[u8],
        (from, end): (usize, usize),
        line: u32,
    ) -> Result<Next, Fault> {
        self.rows.clear();
        self.slow.clear();
        // No row is shorter than two bytes with its line end.
        self.cells.resize(layout.columns.len() * WINDOW * CHUNK / 2, Cell::NONE);
        let known = self.look(bits, layout.delimiter, bytes, from, end);
        let (mut at, mut line) = (from, line);
        while let Some((next, lines)) = self.row(layout, bytes, (from, at), line, &known) {
            at = next;
            line += lines;
            if at >= end {
                return Ok(Next::At(at, line));
            }
        }
        // A row that was not cut: it is not plain, or longer than a window; else the next window begins with it.
        if at > from && !known.odd {
            return Ok(Next::At(at, line));
        }
        self.one_slowly(layout, bytes, (at, end), line)
    }

    /// Fills the words with the places of separators and line ends, up to the first thing that is not plain.
    #[inline(always)]
    fn look<B: Bits>(&mut self, bits: B, delimiter: u8, bytes: &[u8], from: usize, end: usize) -> Known {
        self.both.resize(WINDOW, 0);
        self.ends.resize(WINDOW, 0);
        self.inner.resize(WINDOW, 0);
        let (both, ends, inner) =
            (&mut self.both[..WINDOW], &mut self.ends[..WINDOW], &mut self.inner[..WINDOW]);
        let mut high = 0;
        // All ones within quotes; whether a quote may open now; whether one closed, or a carriage return stood (and where it
        // ends a row), just before.
        let (mut quoted, mut may_open, mut closed, mut returned, mut any_return) =
            (0u64, 1u64, 0u64, 0u64, 0u64);
        let mut any_inner = 0;
        let mut words = 0;
        while words < WINDOW {
            let base = from + words * CHUNK;
            if base >= end {
                break;
            }
            let Some(chunk) = bytes.get(base..).and_then(|rest| rest.first_chunk::<CHUNK>()) else { break };
            let valid = if end - base >= CHUNK { u64::MAX } else { (1 << (end - base)) - 1 };
            let quote = bits.equal(chunk, b'"') & valid;
            let line_end = bits.equal(chunk, b'\n') & valid;
            let separator = bits.equal(chunk, delimiter) & valid;
            let carriage = bits.equal(chunk, b'\r') & valid;
            let nul = bits.equal(chunk, 0) & valid;
            high |= bits.high(chunk) & valid;
            if quote | carriage | nul | quoted | closed | returned | any_return == 0 {
                may_open = (separator | line_end) >> 63;
                both[words] = separator | line_end;
                ends[words] = line_end;
                inner[words] = 0;
                words += 1;
                continue;
            }
            let within = prefix_xor(quote) ^ quoted;
            let (opening, closing) = (quote & within, quote & !within);
            let (separator, outer) = (separator & !within, line_end & !within);
            // LF, CRLF and CR each end a line, within quotes too.
            let lines_within = ((line_end & !(carriage << 1 | any_return)) | carriage) & within;
            any_return = carriage >> 63;
            let carriage = carriage & !within;
            let before = (separator | outer | closing) << 1 | may_open;
            let odd = nul
                | opening & !before
                | (closing << 1 | closed) & !(separator | outer | carriage | opening)
                | (carriage << 1 | returned) & !outer;
            // What lies behind the block is not there to be looked at.
            let odd = odd & valid;
            let sure = if odd == 0 { u64::MAX } else { (1 << odd.trailing_zeros()) - 1 };
            both[words] = (separator | outer) & sure;
            ends[words] = outer & sure;
            inner[words] = lines_within & sure;
            any_inner |= inner[words];
            words += 1;
            if odd != 0 {
                self.ascii = high == 0;
                return Known { words, odd: true, inner: any_inner != 0 };
            }
            quoted = if within >> 63 == 1 { u64::MAX } else { 0 };
            may_open = (separator | outer | closing) >> 63;
            closed = closing >> 63;
            returned = carriage >> 63;
        }
        self.ascii = high == 0;
        Known { words, odd: false, inner: any_inner != 0 }
    }

    /// Cuts the row that begins at `at`; where the next one begins, and how many lines it takes. None where it does not end
    /// within the window. An empty line is no row.
    #[inline(always)]
    fn row(
        &mut self,
        layout: &Layout,
        bytes: &[u8],
        (from, at): (usize, usize),
        line: u32,
        known: &Known,
    ) -> Option<(usize, u32)> {
        let (both, ends) = (self.both.get(..known.words)?, self.ends.get(..known.words)?);
        let wanted = &layout.columns[..];
        let first = self.rows.len() * wanted.len();
        let cells = self.cells.get_mut(first..first + wanted.len())?;
        let begin = at - from;
        let mut word = begin / CHUNK;
        let mut left = both.get(word)? & (u64::MAX << (begin % CHUNK));
        let (mut column, mut start) = (0, at);
        let mut found = 0;
        let place = loop {
            while left == 0 {
                word += 1;
                left = *both.get(word)?;
            }
            let bit = left.trailing_zeros();
            left &= left - 1;
            let place = from + word * CHUNK + bit as usize;
            if wanted.get(found) == Some(&column) {
                cells[found] = Cell { start: start as u32, end: place as u32 };
                found += 1;
            }
            start = place + 1;
            column += 1;
            if ends[word] >> bit & 1 == 1 {
                break place;
            }
            if found == wanted.len() {
                // No more cells of it: where it ends.
                let mut left = ends[word] & left;
                while left == 0 {
                    word += 1;
                    left = *ends.get(word)?;
                }
                break from + word * CHUNK + left.trailing_zeros() as usize;
            }
        };
        // The carriage return before the line end belongs to no cell.
        let end = if place > at && bytes.get(place - 1) == Some(&b'\r') { place - 1 } else { place };
        let lines = 1 + if known.inner { self.lines_within(begin, place - from) } else { 0 };
        if end > at {
            let cells = self.cells.get_mut(first..first + wanted.len())?;
            if let Some(last) = found.checked_sub(1).and_then(|last| cells.get_mut(last))
                && last.end == place as u32
            {
                last.end = end as u32;
            }
            cells[found..].fill(Cell::NONE);
            self.rows.push(Row { line, slow: 0 });
        }
        Some((place + 1, lines))
    }

    /// The cell of a row's wanted column; [`Cell::NONE`] where the row was cut the slow way.
    #[inline(always)]
    pub(crate) fn cell(&self, layout: &Layout, row: usize, place: usize) -> Cell {
        self.cells.get(row * layout.columns.len() + place).copied().unwrap_or(Cell::NONE)
    }

    fn lines_within(&self, begin: usize, end: usize) -> u32 {
        let mask = |at: usize| (1u64 << (at % CHUNK)) - 1;
        let (first, last) = (begin / CHUNK, end / CHUNK);
        let words = self.inner.get(first..=last).unwrap_or_default();
        let all: u32 = words.iter().map(|word| word.count_ones()).sum();
        let before = words.first().map_or(0, |word| (word & mask(begin)).count_ones());
        let behind = words.last().map_or(0, |word| (word & !mask(end)).count_ones());
        all - before - behind
    }

    #[cold]
    fn one_slowly(
        &mut self,
        layout: &Layout,
        bytes: &[u8],
        (at, end): (usize, usize),
        line: u32,
    ) -> Result<Next, Fault> {
        let rest = bytes.get(at..end).unwrap_or_default();
        let lines = |consumed: usize| lines_in(rest.get(..consumed).unwrap_or_default());
        match self.cutter.row(layout.delimiter, rest).map_err(|what| Fault { line, what })? {
            Cut::Within => Ok(Next::Within(at, line)),
            Cut::Empty(consumed) => Ok(Next::At(at + consumed, line + lines(consumed))),
            Cut::Row(consumed) => {
                let mut cells = [const { None }; MAX_WANTED];
                for (slot, column) in cells.iter_mut().zip(&layout.columns) {
                    *slot = self.cutter.cell(*column).map(<[u8]>::to_vec);
                }
                self.slow.push(cells);
                let first = self.rows.len() * layout.columns.len();
                if let Some(cells) = self.cells.get_mut(first..first + layout.columns.len()) {
                    cells.fill(Cell::NONE);
                }
                self.rows.push(Row { line, slow: self.slow.len() as u32 });
                Ok(Next::At(at + consumed, line + lines(consumed)))
            }
        }
    }
}

/// Each bit is the sum, modulo two, of all bits up to itself.
#[inline(always)]
fn prefix_xor(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}
