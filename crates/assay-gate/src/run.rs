//! A whole catalogue: blocks are given out in their order, judged by as many threads as are asked for, and their lines are
//! written in the same order. A block whose first row began in the block before is judged again with what that one left.

use std::borrow::Cow;
use std::io::{Read, Write};
use std::sync::{Condvar, Mutex, PoisonError};

use assay::gate::{Answer, Decision, Reason};
use assay::gtin::{Gtin14, GtinError};
use assay::snapshot::Found;
use assay_simd::{Bits, Engine, WithBits};

use crate::cut::{Cell, Layout, Next, Row, Rows};
use crate::feed::{Block, FRONT, Feed, Stopped};
use crate::judge::Judge;
use crate::number::{self, Digits, digits_of};
use crate::sheet::{Column, Said, Sheet, Sku};
use crate::table::Table;
use crate::{Error, Fault, MAX_RECORD, MAX_WANTED, What};

/// How a catalogue is read and written.
#[derive(Clone, Debug)]
pub struct Options {
    /// What separates cells.
    pub delimiter: u8,
    /// The column of the GTIN, from 0.
    pub gtin: usize,
    /// The column of the article number.
    pub sku: Option<usize>,
    /// What is written.
    pub columns: Vec<Column>,
    /// Threads that judge.
    pub threads: usize,
    /// Bytes a block.
    pub block: usize,
    /// What the loops are compiled for.
    pub engine: Engine,
    /// Whether numbers are spread over a table first: worth it for a catalogue of millions of rows.
    pub table: bool,
}

/// What a catalogue came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows by answer and reason.
    counts: Vec<u64>,
}

const REASONS: usize = Reason::ALL.len();

impl Summary {
    fn merge(&mut self, other: &Self) {
        self.counts.resize(4 * REASONS, 0);
        for (sum, more) in self.counts.iter_mut().zip(&other.counts) {
            *sum += more;
        }
    }

    /// Rows that were read, each of which has exactly one verdict.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Rows of an answer.
    #[must_use]
    pub fn of(&self, answer: Answer) -> u64 {
        self.counts.iter().skip(answer as usize * REASONS).take(REASONS).sum()
    }

    /// Rows of a reason.
    #[must_use]
    pub fn because(&self, reason: Reason) -> u64 {
        self.counts.iter().skip(reason as usize).step_by(REASONS).sum()
    }
}

/// Judges every row of `source`, whose first bytes `first` were read already and begin with line `line`, and writes a line for
/// each to `to`, in their order.
///
/// # Errors
/// The first fault of the file or of the writer; then not every row has a verdict.
pub fn run<R: Read + Send, W: Write + Send>(
    judge: &Judge<'_>,
    options: &Options,
    (source, first, line): (R, Vec<u8>, u64),
    mut to: W,
) -> Result<Summary, Error> {
    let table = if options.table { Table::of(judge.snapshot(), options.engine) } else { None };
    let sheet = Sheet::new(&options.columns, judge);
    to.write_all(sheet.header().as_bytes()).map_err(Error::Write)?;
    let mut columns = vec![options.gtin];
    columns.extend(options.sku);
    columns.sort_unstable();
    columns.dedup();
    let place = |column: usize| columns.iter().position(|c| *c == column);
    let work = Work {
        judge,
        sheet: &sheet,
        table: table.as_ref(),
        gtin: place(options.gtin).unwrap_or(0),
        sku: options.sku.and_then(place),
        layout: Layout { delimiter: options.delimiter, columns: columns.clone() },
        engine: options.engine,
        own_numbers: judge.snapshot().header().own_numbers,
    };
    let feed = Mutex::new(Feed::new(source, options.engine, options.block.max(1), first, line));
    let turn = (
        Mutex::new(Turn {
            next: 0,
            left: Vec::new(),
            left_line: 0,
            summary: Summary::default(),
            to,
            error: None,
        }),
        Condvar::new(),
    );
    let threads = options.threads.max(1);
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(|| work.until_done(&feed, &turn));
        }
        work.until_done(&feed, &turn);
    });
    let mut turn = turn.0.into_inner().unwrap_or_else(PoisonError::into_inner);
    if turn.error.is_none() && !turn.left.is_empty() {
        // The file ended with the block that left it: one more line end shows whether the row is whole.
        let mut desk = Desk { block: Block::last(), ..Desk::default() };
        turn.error = work.commit(&mut desk, &mut turn, Ok(None)).err();
    }
    if let Some(error) = turn.error {
        return Err(error);
    }
    turn.to.flush().map_err(Error::Write)?;
    Ok(turn.summary)
}

/// What the threads hand on in order.
struct Turn<W> {
    /// The block whose turn it is.
    next: u64,
    /// What the block before left: the begin of a row.
    left: Vec<u8>,
    left_line: u64,
    summary: Summary,
    to: W,
    error: Option<Error>,
}

struct Work<'a> {
    judge: &'a Judge<'a>,
    sheet: &'a Sheet,
    table: Option<&'a Table>,
    layout: Layout,
    /// Places among the wanted columns.
    gtin: usize,
    sku: Option<usize>,
    engine: Engine,
    own_numbers: bool,
}

/// What judging a block needs; used again and again.
#[derive(Default)]
struct Desk {
    block: Block,
    rows: Rows,
    numbers: Vec<Numbered>,
    out: Vec<u8>,
    written: usize,
    summary: Summary,
}

/// A row's number.
#[derive(Clone, Copy)]
struct Numbered {
    payload: u64,
    digits: Digits,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    /// One of restricted circulation, in a snapshot that may hold such.
    Own,
    Fault(GtinError),
}

impl Work<'_> {
    fn until_done<R: Read, W: Write>(&self, feed: &Mutex<Feed<R>>, turn: &(Mutex<Turn<W>>, Condvar)) {
        let mut desk = Desk::default();
        let (order, changed) = turn;
        loop {
            let next = feed.lock().unwrap_or_else(PoisonError::into_inner).next(&mut desk.block);
            let (index, stopped) = match next {
                Ok(true) => (desk.block.index, None),
                Ok(false) => return,
                Err((index, stopped)) => (index, Some(stopped)),
            };
            let outcome = if stopped.is_none() { self.block(&mut desk, 0) } else { Ok(None) };
            let mut now = order.lock().unwrap_or_else(PoisonError::into_inner);
            while now.next != index && now.error.is_none() {
                now = changed.wait(now).unwrap_or_else(PoisonError::into_inner);
            }
            if now.error.is_some() {
                return;
            }
            let done = match stopped {
                None => self.commit(&mut desk, &mut now, outcome),
                Some(Stopped::Read(line, source)) => Err(Error::Read { line, source }),
                Some(Stopped::What(line, what)) => Err(Error::Fault { line, what }),
            };
            now.error = done.err();
            now.next += 1;
            changed.notify_all();
        }
    }

    /// Writes what a block came to, in its turn; with what the one before left it is judged again.
    fn commit<W: Write>(
        &self,
        desk: &mut Desk,
        turn: &mut Turn<W>,
        outcome: Result<Option<(usize, u32)>, Fault>,
    ) -> Result<(), Error> {
        let outcome = if turn.left.is_empty() {
            outcome
        } else {
            if turn.left.len() > MAX_RECORD {
                return Err(Error::Fault { line: turn.left_line, what: What::Record });
            }
            let left = turn.left.len();
            desk.block.bytes.splice(FRONT..FRONT, turn.left.drain(..));
            desk.block.end += left;
            desk.block.line = turn.left_line;
            self.block(desk, 0)
        };
        let fault = |fault: Fault, block: &Block| Error::Fault {
            line: block.line
                + u64::from(fault.line)
                + match fault.what {
                    What::Nul(lines) => u64::from(lines),
                    _ => 0,
                },
            what: fault.what,
        };
        let left = outcome.map_err(|f| fault(f, &desk.block))?;
        turn.to.write_all(&desk.out[..desk.written]).map_err(Error::Write)?;
        turn.summary.merge(&desk.summary);
        if let Some((at, line)) = left {
            if desk.block.last {
                return Err(fault(Fault { line, what: What::OpenQuote }, &desk.block));
            }
            turn.left.extend_from_slice(&desk.block.bytes[at..desk.block.end]);
            turn.left_line = desk.block.line + u64::from(line);
        }
        Ok(())
    }

    /// Judges a block; says where a row begins that does not end in it.
    fn block(&self, desk: &mut Desk, line: u32) -> Result<Option<(usize, u32)>, Fault> {
        desk.written = 0;
        desk.summary = Summary { counts: vec![0; 4 * REASONS] };
        self.engine.with_bits(Judging { work: self, desk, line })
    }
}

struct Judging<'a, 'b> {
    work: &'a Work<'b>,
    desk: &'a mut Desk,
    line: u32,
}

impl WithBits for Judging<'_, '_> {
    type Output = Result<Option<(usize, u32)>, Fault>;

    #[inline(always)]
    fn with_bits<B: Bits>(self, bits: B) -> Self::Output {
        let Self { work, desk, mut line } = self;
        let mut at = FRONT;
        while at < desk.block.end {
            let Desk { block, rows, .. } = &mut *desk;
            let next = rows.cut(bits, &work.layout, &block.bytes, (at, block.end), line)?;
            work.window(bits, desk);
            match next {
                Next::At(next, lines) => (at, line) = (next, lines),
                Next::Within(begin, line) => return Ok(Some((begin, line))),
            }
        }
        Ok(None)
    }
}

impl Work<'_> {
    /// Judges the rows of a window.
    #[inline(always)]
    fn window<B: Bits>(&self, bits: B, desk: &mut Desk) {
        let Desk { block, rows, numbers, out, written, summary } = desk;
        let bytes = &block.bytes[..];
        numbers.clear();
        for row in &rows.rows {
            let numbered = self.number(bytes, rows, row);
            if let (Some(table), Kind::Number | Kind::Own) = (self.table, numbered.kind) {
                table.prefetch(bits, numbered.payload);
            }
            numbers.push(numbered);
        }
        let mut at = *written;
        let ascii = rows.ascii;
        for (row, numbered) in rows.rows.iter().zip(&*numbers) {
            let (decision, found, digits) = self.judged(numbered);
            summary.counts[decision.verdict as usize * REASONS + decision.reason as usize] += 1;
            let line = block.line + u64::from(row.line);
            let text;
            let sku = match self.sku {
                None => Sku::Text(""),
                Some(place) => match self.plain_sku(bytes, row, place, ascii) {
                    Some((bytes, length)) => Sku::Plain(bytes, length),
                    None => {
                        text = self.text(bytes, rows, row, place);
                        Sku::Text(&text)
                    }
                },
            };
            at = self.sheet.line(out, at, &Said { line, sku, digits, decision, found });
        }
        *written = at;
    }

    #[inline(always)]
    fn number(&self, bytes: &[u8], rows: &Rows, row: &Row) -> Numbered {
        let cell = row.cells[self.gtin];
        let mut plain = number::plain(bytes, cell.start as usize, cell.end as usize);
        if plain.is_none() && bytes.get(cell.start as usize) == Some(&b'"') && cell.end != Cell::NONE.end {
            plain = number::plain(bytes, cell.start as usize + 1, cell.end as usize - 1);
        }
        match plain {
            Some(plain) if !plain.restricted => {
                Numbered { payload: plain.payload, digits: plain.digits, kind: Kind::Number }
            }
            Some(plain) if self.own_numbers => {
                Numbered { payload: plain.payload, digits: plain.digits, kind: Kind::Own }
            }
            _ => self.carefully(bytes, rows, row),
        }
    }

    /// What is not plain.
    #[cold]
    fn carefully(&self, bytes: &[u8], rows: &Rows, row: &Row) -> Numbered {
        let cell = self.text(bytes, rows, row, self.gtin);
        match Gtin14::parse(&cell) {
            Ok(gtin) => {
                Numbered { payload: gtin.payload(), digits: digits_of(gtin.number()), kind: Kind::Number }
            }
            Err(fault) => Numbered { payload: 0, digits: [0; 2], kind: Kind::Fault(fault) },
        }
    }

    #[inline(always)]
    fn judged(&self, numbered: &Numbered) -> (Decision, Option<Found>, Option<Digits>) {
        if let Kind::Fault(fault) = numbered.kind {
            return (self.judge.unmatched(fault), None, None);
        }
        let found = match self.table {
            Some(table) => match table.find(numbered.payload) {
                Some(found) if self.judge.is_rare(found) => {
                    self.judge.snapshot().find_payload(numbered.payload)
                }
                found => found,
            },
            None => self.judge.snapshot().find_payload(numbered.payload),
        };
        match found {
            Some(found) => (self.judge.found(found), Some(found), Some(numbered.digits)),
            None if numbered.kind == Kind::Own => {
                (self.judge.unmatched(GtinError::RetailerOwned), None, None)
            }
            None => (self.judge.unknown(), None, Some(numbered.digits)),
        }
    }

    /// An article number that can be copied as it stands.
    #[inline(always)]
    fn plain_sku<'b>(
        &self,
        bytes: &'b [u8],
        row: &Row,
        place: usize,
        ascii: bool,
    ) -> Option<(&'b [u8; 32], usize)> {
        let cell = row.cells[place];
        let length = (cell.end as usize).wrapping_sub(cell.start as usize);
        if row.slow != 0 || !ascii || length > 32 || self.layout.delimiter != b',' {
            return None;
        }
        let from = bytes.get(cell.start as usize..)?.first_chunk::<32>()?;
        (from[0] != b'"').then_some((from, length))
    }

    /// A cell's text.
    fn text<'b>(&self, bytes: &'b [u8], rows: &'b Rows, row: &Row, place: usize) -> Cow<'b, str> {
        if let Some(slow) = (row.slow as usize).checked_sub(1) {
            let cells: Option<&[Option<Vec<u8>>; MAX_WANTED]> = rows.slow.get(slow);
            return decoded(cells.and_then(|cells| cells[place].as_deref()).unwrap_or_default());
        }
        let cell = row.cells[place];
        let raw = bytes.get(cell.start as usize..cell.end as usize).unwrap_or_default();
        match raw.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) {
            Some(within) if within.contains(&b'"') => Cow::Owned(decoded(within).replace("\"\"", "\"")),
            Some(within) => decoded(within),
            None => decoded(raw),
        }
    }
}

/// UTF-8, or Latin-1 where it is none.
fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    match str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|b| char::from(*b)).collect()),
    }
}
