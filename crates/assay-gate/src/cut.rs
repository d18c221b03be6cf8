//! Rows and cells out of a block of CSV. The places of separators, line ends and quotes are found for some thousand bytes
//! at a time, sixty-four in one comparison; what is quoted as it should be is told from what is not by a few operations on
//! words. A row that is not plain (a quote within a cell, a line end of another kind, a NUL, a row of many kilobytes) is
//! cut by `csv-core` alone, byte by byte, so that every row is cut as that library cuts it.

use assay_simd::{Bits, CHUNK};

use crate::slow::{Cut, Slow, lines_in};
use crate::{Fault, MAX_WANTED};

/// Chunks that are looked at before rows are cut out of them.
const WINDOW: usize = 128;

/// Rows of a window at most: none is shorter than two bytes with its line end.
pub(crate) const MOST: usize = WINDOW * CHUNK / 2;

/// What stands behind a block: nothing that a row is cut by.
pub(crate) const FILL: u8 = b'.';

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
    /// The columns that are wanted, ascending, none twice, at least one and at most [`MAX_WANTED`].
    pub(crate) columns: Vec<usize>,
    /// Columns that are passed over before each of them.
    passed: Vec<usize>,
}

impl Layout {
    /// Of columns in any order.
    pub(crate) fn new(delimiter: u8, mut columns: Vec<usize>) -> Self {
        columns.sort_unstable();
        columns.dedup();
        let before = std::iter::once(0).chain(columns.iter().map(|column| column + 1));
        let passed = columns.iter().zip(before).map(|(column, before)| column - before).collect();
        Self { delimiter, columns, passed }
    }
}

/// Rows of a window, and what cutting them needs; used again and again.
#[derive(Default)]
pub(crate) struct Rows {
    rows: Vec<Row>,
    /// So many of them were cut.
    count: usize,
    /// The cells of the rows, as many a row as columns are wanted.
    cells: Vec<Cell>,
    /// The wanted cells of rows that were cut the slow way, without their quotes.
    pub(crate) slow: Vec<[Option<Vec<u8>>; MAX_WANTED]>,
    /// Whether every byte of the window is ASCII.
    pub(crate) ascii: bool,
    /// One word more than a window has.
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
#[derive(Default)]
struct Known {
    /// Words that were filled.
    words: usize,
    /// Something is not plain right behind them.
    odd: bool,
    /// There are line ends within quotes.
    inner: bool,
    /// There are carriage returns.
    returns: bool,
}

impl Rows {
    /// Cuts some rows out of `bytes[from..end]`, where a row begins at `from` and `line` lines lie before it in the block.
    /// Behind `end` stand 64 times [`FILL`].
    #[inline(always)]
    pub(crate) fn cut<B: Bits>(
        &mut self,
        bits: B,
        layout: &Layout,
        bytes: &[u8],
        (from, end): (usize, usize),
        line: u32,
    ) -> Result<Next, Fault> {
        self.slow.clear();
        self.rows.resize(MOST, Row { line: 0, slow: 0 });
        self.cells.resize(layout.columns.len() * MOST, Cell::NONE);
        let known = self.look(bits, layout.delimiter, bytes, from, end);
        let (at, line) = self.take(layout, bytes, from, line, &known);
        // A row that was not cut: it is not plain, or longer than a window; else the next window begins with it.
        if at >= end || at > from && !known.odd {
            return Ok(Next::At(at, line));
        }
        self.one_slowly(layout, bytes, (at, end), line)
    }

    /// Fills the words with the places of separators and line ends, up to the first thing that is not plain.
    #[inline(always)]
    fn look<B: Bits>(&mut self, bits: B, delimiter: u8, bytes: &[u8], from: usize, end: usize) -> Known {
        self.both.resize(WINDOW + 1, 0);
        self.ends.resize(WINDOW, 0);
        self.inner.resize(WINDOW, 0);
        let mut known = Known::default();
        let mut high = 0;
        // All ones within quotes; whether a quote may open now; whether one closed, or a carriage return stood (and where it
        // ends a row), just before.
        let (mut quoted, mut may_open, mut closed, mut returned, mut any_return) =
            (0u64, 1u64, 0u64, 0u64, 0u64);
        let chunks = bytes.get(from..).unwrap_or_default().as_chunks::<CHUNK>().0;
        let chunks = &chunks[..(end - from).div_ceil(CHUNK).min(chunks.len())];
        let words = self.both.iter_mut().zip(&mut self.ends).zip(&mut self.inner);
        for (chunk, ((both, ends), inner)) in chunks.iter().zip(words) {
            known.words += 1;
            let quote = bits.equal(chunk, b'"');
            let line_end = bits.equal(chunk, b'\n');
            let separator = bits.equal(chunk, delimiter);
            // No byte is both, so the sum is the union. As a union the compiler would make one of the bytes that were compared,
            // and carry those across the branch one by one.
            let ending = separator.wrapping_add(line_end);
            high |= bits.high(chunk);
            // NUL and the carriage return are among them.
            let control = bits.at_most(chunk, b'\r') & !ending;
            if quote | control | quoted | closed | returned | any_return == 0 {
                may_open = ending >> 63;
                (*both, *ends, *inner) = (ending, line_end, 0);
                continue;
            }
            let (carriage, nul) =
                if control == 0 { (0, 0) } else { (bits.equal(chunk, b'\r'), bits.equal(chunk, 0)) };
            known.returns |= carriage != 0;
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
            let sure = if odd == 0 { u64::MAX } else { (1 << odd.trailing_zeros()) - 1 };
            (*both, *ends, *inner) = ((separator | outer) & sure, outer & sure, lines_within & sure);
            known.inner |= *inner != 0;
            if odd != 0 {
                known.odd = true;
                break;
            }
            quoted = if within >> 63 == 1 { u64::MAX } else { 0 };
            may_open = (separator | outer | closing) >> 63;
            closed = closing >> 63;
            returned = carriage >> 63;
        }
        self.ascii = high == 0;
        known
    }

    /// Cuts all rows that end in what is known; where the next one begins, and the lines before it. An empty line is no row.
    #[inline(always)]
    fn take(
        &mut self,
        layout: &Layout,
        bytes: &[u8],
        from: usize,
        mut line: u32,
        known: &Known,
    ) -> (usize, u32) {
        let Self { rows, cells, both, ends, inner, .. } = self;
        // A word behind them, so that there is always a next one.
        if let Some(behind) = both.get_mut(known.words) {
            *behind = 0;
        }
        let (both, ends) = (&both[..=known.words], &ends[..known.words]);
        let mut places = rows.iter_mut().zip(cells.chunks_exact_mut(layout.columns.len()));
        // Both counted from where the window begins.
        let mut begin = 0;
        let mut count = 0;
        for (word, ends) in ends.iter().enumerate() {
            let mut left = *ends;
            while left != 0 {
                let place = word * CHUNK + left.trailing_zeros() as usize;
                left &= left - 1;
                // The carriage return before the line end belongs to no cell.
                let returned = known.returns && place > begin && bytes.get(from + place - 1) == Some(&b'\r');
                let end = place - usize::from(returned);
                if end > begin
                    && let Some((row, cells)) = places.next()
                {
                    count += 1;
                    *row = Row { line, slow: 0 };
                    if !near(layout, both, (begin, place), from, cells) {
                        far(layout, both, (begin, place), from, cells);
                    }
                    if returned {
                        let (place, end) = ((from + place) as u32, (from + end) as u32);
                        cells.iter_mut().filter(|cell| cell.end == place).for_each(|cell| cell.end = end);
                    }
                }
                line += 1 + if known.inner { lines_within(inner, begin, place) } else { 0 };
                begin = place + 1;
            }
        }
        self.count = count;
        (from + begin, line)
    }

    /// The rows that were cut, each with its cells: [`Cell::NONE`] where it was cut the slow way, or has too few.
    #[inline(always)]
    pub(crate) fn rows(&self, layout: &Layout) -> impl ExactSizeIterator<Item = (Row, &[Cell])> {
        self.rows.iter().copied().zip(self.cells.chunks_exact(layout.columns.len())).take(self.count)
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
                let first = self.count * layout.columns.len();
                if let Some(cells) = self.cells.get_mut(first..first + layout.columns.len()) {
                    cells.fill(Cell::NONE);
                }
                if let Some(row) = self.rows.get_mut(self.count) {
                    *row = Row { line, slow: self.slow.len() as u32 };
                }
                self.count += 1;
                Ok(Next::At(at + consumed, line + lines(consumed)))
            }
        }
    }
}

/// The wanted cells of a row whose separators lie among the sixty-four bytes from its begin on; `false` where they do not.
#[inline(always)]
fn near(
    layout: &Layout,
    both: &[u64],
    (begin, end): (usize, usize),
    from: usize,
    cells: &mut [Cell],
) -> bool {
    let (word, bit) = (begin / CHUNK, begin % CHUNK);
    let (Some(here), Some(next)) = (both.get(word), both.get(word + 1)) else { return false };
    let mut left = here >> bit | next << 1 << (CHUNK - 1 - bit);
    let mut start = from + begin;
    let mut place = 0;
    let mut enough = true;
    for (cell, passed) in cells.iter_mut().zip(&layout.passed) {
        for _ in 0..*passed {
            start = from + begin + left.trailing_zeros() as usize + 1;
            left &= left.wrapping_sub(1);
        }
        enough = left != 0;
        place = from + begin + left.trailing_zeros() as usize;
        left &= left.wrapping_sub(1);
        *cell = Cell { start: start as u32, end: place as u32 };
        start = place + 1;
    }
    enough && place <= from + end
}

/// The wanted cells of any row.
fn far(layout: &Layout, both: &[u64], (begin, end): (usize, usize), from: usize, cells: &mut [Cell]) {
    cells.fill(Cell::NONE);
    let mut wanted = cells.iter_mut().zip(&layout.passed);
    let Some((mut cell, passed)) = wanted.next() else { return };
    let (mut passed, mut start) = (*passed, begin);
    let first = begin / CHUNK;
    let mut sure = u64::MAX << (begin % CHUNK);
    for (word, both) in both.iter().enumerate().skip(first) {
        let mut left = both & sure;
        sure = u64::MAX;
        while left != 0 {
            let place = word * CHUNK + left.trailing_zeros() as usize;
            left &= left - 1;
            if passed == 0 {
                *cell = Cell { start: (from + start) as u32, end: (from + place) as u32 };
                match wanted.next() {
                    Some((next, more)) => (cell, passed) = (next, *more),
                    None => return,
                }
            } else {
                passed -= 1;
            }
            if place >= end {
                return;
            }
            start = place + 1;
        }
    }
}

/// Line ends within quotes from a place to another.
fn lines_within(inner: &[u64], begin: usize, end: usize) -> u32 {
    let mask = |at: usize| (1u64 << (at % CHUNK)) - 1;
    let (first, last) = (begin / CHUNK, end / CHUNK);
    let words = inner.get(first..=last).unwrap_or_default();
    let all: u32 = words.iter().map(|word| word.count_ones()).sum();
    let before = words.first().map_or(0, |word| (word & mask(begin)).count_ones());
    let behind = words.last().map_or(0, |word| (word & !mask(end)).count_ones());
    all - before - behind
}

/// Each bit is the sum, modulo two, of all bits up to itself.
#[inline(always)]
fn prefix_xor(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}
