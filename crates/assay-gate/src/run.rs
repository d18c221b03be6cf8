//! A whole catalogue: blocks are given out in their order, judged by as many threads as are asked for, and their lines are
//! written in the same order. A block whose first row began in the block before is judged again with what that one left.

use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::sync::{Condvar, Mutex, PoisonError};

use assay::gate::Decision;
use assay::gate::judge::{Judge, Judged};
use assay::gtin::{Gtin14, GtinError, given_by_a_shop, read_cell};
use assay::listing::Listed;
use assay::snapshot::Found;
use assay_simd::{Bits, Engine, WithBits};

use crate::catalogue::{Catalogue, CatalogueError, Csv, MAX_RECORD, Rows};
use crate::columns::Words;
use crate::cut::{Cell, Layout, MOST, Next, Row, Rows as Cutter};
use crate::feed::{Block, FRONT, Feed, Stopped};
use crate::listing::Listings;
use crate::number::{self, Digits, digits_of};
use crate::numbers::{Numbers, View};
use crate::sheet::{Column, Said, Sheet, Sku};
use crate::source::text;
use crate::summary::{Counts, Summary};
use crate::{Fault, MAX_WANTED, What};

/// How a catalogue is judged; what comes of it is the same.
#[derive(Clone, Debug)]
pub struct How {
    /// What is written.
    pub columns: Vec<Column>,
    /// Threads that judge a CSV file.
    pub threads: usize,
    /// Bytes a block of it.
    pub block: usize,
    /// What the loops are compiled for.
    pub engine: Engine,
    /// Whether numbers are spread over a table first: worth it for a catalogue of millions of rows.
    pub table: bool,
}

impl Default for How {
    /// All columns, one thread, the best of this machine, no table.
    fn default() -> Self {
        Self {
            columns: Column::ALL.to_vec(),
            threads: 1,
            block: 256 << 10,
            engine: Engine::best(),
            table: false,
        }
    }
}

/// Why a run ended before the last row. What was written until then must not be left looking complete.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    /// The catalogue.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// The verdicts could not be handed on.
    #[error("the verdicts could not be written: {0}")]
    Write(io::Error),
}

/// Judges every row of a catalogue and writes a line of CSV for each, in their order, behind a header line.
///
/// # Errors
/// The first fault of the file or of the writer; then not every row has a verdict.
pub fn run<R: Read + Send, W: Write + Send>(
    judge: &Judge<'_>,
    catalogue: Catalogue<R>,
    how: &How,
    mut to: W,
) -> Result<Summary, GateError> {
    let sheet = Sheet::new(&how.columns, judge);
    to.write_all(sheet.header().as_bytes()).map_err(GateError::Write)?;
    let counts = match catalogue.rows {
        Rows::Csv(csv) => in_blocks(judge, &sheet, csv, how, to)?,
        rows => one_by_one(judge, &sheet, Catalogue { rows }, to)?,
    };
    Ok(counts.summary(judge.snapshot()))
}

fn one_by_one<R: Read, W: Write>(
    judge: &Judge<'_>,
    sheet: &Sheet,
    catalogue: Catalogue<R>,
    mut to: W,
) -> Result<Counts, GateError> {
    let mut rows = Listings::of(catalogue);
    let mut counts = Counts::default();
    let mut out = Vec::new();
    let mut written = 0;
    while let Some(row) = rows.next()? {
        let Words { category, title, brand, model } = &row.words;
        let listed = Listed { category, title, brand, model, gtin_hint: None };
        let Judged { gtin, decision, found } = judge.listing(row.gtin, row.own, &listed);
        counts.add(decision);
        let digits = gtin.map(|gtin| digits_of(gtin.number()));
        let said = Said { line: row.line, sku: Sku::Text(&row.sku), digits, decision, found };
        written = sheet.line(&mut out, written, &said);
        if written > AT_ONCE {
            to.write_all(&out[..written]).map_err(GateError::Write)?;
            written = 0;
        }
    }
    to.write_all(&out[..written]).and_then(|()| to.flush()).map_err(GateError::Write)?;
    Ok(counts)
}

/// Bytes that are written at once.
const AT_ONCE: usize = 256 << 10;

fn in_blocks<R: Read + Send, W: Write + Send>(
    judge: &Judge<'_>,
    sheet: &Sheet,
    csv: Csv<R>,
    how: &How,
    to: W,
) -> Result<Counts, GateError> {
    let Csv { delimiter, chosen, first, line, rest, .. } = csv;
    let table = how.table.then(|| Numbers::new(judge.snapshot(), how.engine));
    let mut columns = vec![chosen.gtin];
    columns.extend(chosen.sku);
    if judge.sorts() {
        columns.extend(chosen.words.into_array().into_iter().flatten());
    }
    let layout = Layout::new(delimiter, columns);
    let place = |column: usize| layout.columns.iter().position(|c| *c == column);
    let work = Work {
        judge,
        sheet,
        table: table.as_ref().map(Numbers::view),
        gtin: place(chosen.gtin).unwrap_or(0),
        sku: chosen.sku.and_then(place),
        words: chosen.words.map(|column| column.and_then(place)),
        layout,
        engine: how.engine,
        own_numbers: judge.snapshot().header().own_numbers,
    };
    let feed = Mutex::new(Feed::new(rest, how.engine, how.block.max(1), first, line));
    let turn = Turn { next: 0, left: Vec::new(), left_line: 0, counts: Counts::default(), to, error: None };
    let turn = (Mutex::new(turn), Condvar::new());
    std::thread::scope(|scope| {
        for _ in 1..how.threads {
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
    turn.to.flush().map_err(GateError::Write)?;
    Ok(turn.counts)
}

/// Wakes the other threads when one of them ends in a panic: nobody's turn comes any more then.
struct Alarm<'a, W>(&'a (Mutex<Turn<W>>, Condvar));

impl<W> Drop for Alarm<'_, W> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let (order, changed) = self.0;
            let mut order = order.lock().unwrap_or_else(PoisonError::into_inner);
            order
                .error
                .get_or_insert(GateError::Write(io::Error::other("a thread that judged ended in a panic")));
            changed.notify_all();
        }
    }
}

/// What the threads hand on in order.
struct Turn<W> {
    /// The block whose turn it is.
    next: u64,
    /// What the block before left: the begin of a row.
    left: Vec<u8>,
    left_line: u64,
    counts: Counts,
    to: W,
    error: Option<GateError>,
}

struct Work<'a> {
    judge: &'a Judge<'a>,
    sheet: &'a Sheet,
    table: Option<View<'a>>,
    layout: Layout,
    /// Places among the wanted columns.
    gtin: usize,
    sku: Option<usize>,
    words: Words<Option<usize>>,
    engine: Engine,
    own_numbers: bool,
}

/// What judging a block needs; used again and again.
#[derive(Default)]
struct Desk {
    block: Block,
    rows: Cutter,
    numbers: Vec<Numbered>,
    faults: Vec<GtinError>,
    out: Vec<u8>,
    written: usize,
    counts: Counts,
}

/// A row's number.
#[derive(Clone, Copy)]
struct Numbered {
    payload: u64,
    digits: Digits,
    kind: Kind,
    /// Of what is no number, or one within a shop alone: the place of the reason among the window's faults.
    fault: u32,
}

impl Numbered {
    const NONE: Self = Self { payload: 0, digits: [0; 2], kind: Kind::Fault, fault: 0 };
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    /// Digits that say something within one shop, for a snapshot that may hold such.
    Own,
    Fault,
}

impl Work<'_> {
    fn until_done<R: Read, W: Write>(&self, feed: &Mutex<Feed<R>>, turn: &(Mutex<Turn<W>>, Condvar)) {
        let mut desk = Desk::default();
        let (order, changed) = turn;
        let _alarm = Alarm(turn);
        loop {
            let next = feed.lock().unwrap_or_else(PoisonError::into_inner).next(&mut desk.block);
            let (index, stopped) = match next {
                Ok(true) => (desk.block.index, None),
                Ok(false) => return,
                Err(stopped) => (stopped.index, Some(stopped)),
            };
            let outcome = if stopped.is_none() { self.block(&mut desk) } else { Ok(None) };
            let mut now = order.lock().unwrap_or_else(PoisonError::into_inner);
            while now.next != index && now.error.is_none() {
                now = changed.wait(now).unwrap_or_else(PoisonError::into_inner);
            }
            if now.error.is_some() {
                return;
            }
            let done = match stopped {
                None => self.commit(&mut desk, &mut now, outcome),
                Some(Stopped { line, source, .. }) => Err(CatalogueError::Read { line, source }.into()),
            };
            now.error = done.err();
            now.next += 1;
            changed.notify_all();
            if now.error.is_some() {
                return;
            }
        }
    }

    /// Writes what a block came to, in its turn; with what the one before left it is judged again.
    fn commit<W: Write>(
        &self,
        desk: &mut Desk,
        turn: &mut Turn<W>,
        outcome: Result<Option<(usize, u32)>, Fault>,
    ) -> Result<(), GateError> {
        let outcome = if turn.left.is_empty() {
            outcome
        } else {
            if turn.left.len() > MAX_RECORD {
                return Err(What::Record.at(turn.left_line).into());
            }
            let left = turn.left.len();
            desk.block.bytes.splice(FRONT..FRONT, turn.left.drain(..));
            desk.block.end += left;
            desk.block.line = turn.left_line;
            self.block(desk)
        };
        let fault = |fault: Fault, block: &Block| fault.what.at(block.line + u64::from(fault.line));
        let left = outcome.map_err(|f| fault(f, &desk.block))?;
        turn.to.write_all(&desk.out[..desk.written]).map_err(GateError::Write)?;
        turn.counts.merge(&desk.counts);
        if let Some((at, line)) = left {
            if desk.block.last {
                return Err(fault(Fault { line, what: What::OpenQuote }, &desk.block).into());
            }
            turn.left.extend_from_slice(&desk.block.bytes[at..desk.block.end]);
            turn.left_line = desk.block.line + u64::from(line);
        }
        Ok(())
    }

    /// Judges a block; says where a row begins that does not end in it.
    fn block(&self, desk: &mut Desk) -> Result<Option<(usize, u32)>, Fault> {
        desk.written = 0;
        desk.counts = Counts::default();
        self.engine.with_bits(Judging { work: self, desk })
    }
}

struct Judging<'a, 'b> {
    work: &'a Work<'b>,
    desk: &'a mut Desk,
}

impl WithBits for Judging<'_, '_> {
    type Output = Result<Option<(usize, u32)>, Fault>;

    #[inline(always)]
    fn with_bits<B: Bits>(self, bits: B) -> Self::Output {
        let Self { work, desk } = self;
        let (mut at, mut line) = (FRONT, 0);
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
        let Desk { block, rows, numbers, faults, out, written, counts } = desk;
        let bytes = &block.bytes[..];
        faults.clear();
        numbers.resize(MOST, Numbered::NONE);
        for ((row, cells), place) in rows.rows(&self.layout).zip(&mut *numbers) {
            self.number(bytes, rows, (row, cells), faults, place);
            if let (Some(table), Kind::Number | Kind::Own) = (self.table, place.kind) {
                table.prefetch(bits, place.payload);
            }
        }
        let mut end = *written;
        // An article number can be copied as it stands where it is ASCII and needs no quotes for what it holds.
        let plain = rows.ascii && self.layout.delimiter == b',';
        for ((row, cells), numbered) in rows.rows(&self.layout).zip(&*numbers) {
            let (found, digits) = self.look_up(numbered);
            let decision = match found {
                Some(found) => self.judge.found(found),
                None => self.not_found(bytes, rows, (row, cells), numbered, faults),
            };
            counts.add(decision);
            let line = block.line + u64::from(row.line);
            let cell;
            let sku = match self.sku {
                None => Sku::Text(""),
                Some(place) => match plain_sku(bytes, cells, place, plain) {
                    Some((bytes, length)) => Sku::Plain(bytes, length),
                    None => {
                        cell = text_of(bytes, rows, (row, cells), place);
                        Sku::Text(&cell)
                    }
                },
            };
            end = self.sheet.line(out, end, &Said { line, sku, digits, decision, found });
        }
        *written = end;
    }

    /// Reads a row's number into its place: part by part, for a copy of the whole would wait for the parts.
    #[inline(always)]
    fn number(
        &self,
        bytes: &[u8],
        rows: &Cutter,
        (row, cells): (Row, &[Cell]),
        faults: &mut Vec<GtinError>,
        place: &mut Numbered,
    ) {
        let cell = cells.get(self.gtin).copied().unwrap_or(Cell::NONE);
        let (start, end) = (cell.start as usize, cell.end as usize);
        let mut plain = number::plain(bytes, start, end);
        if plain.is_none() && bytes.get(start) == Some(&b'"') && end > start + 1 {
            plain = number::plain(bytes, start + 1, end - 1);
        }
        let Some(plain) = plain else {
            return self.carefully(&text_of(bytes, rows, (row, cells), self.gtin), faults, place);
        };
        (place.payload, place.digits, place.kind) = (plain.payload, plain.digits, Kind::Number);
        if let Some(restricted) = plain.restricted {
            place.fault = faults.len() as u32;
            place.kind = if self.own_numbers { Kind::Own } else { Kind::Fault };
            faults.push(restricted);
        }
    }

    /// What is not plain.
    #[cold]
    fn carefully(&self, cell: &str, faults: &mut Vec<GtinError>, place: &mut Numbered) {
        let error = match read_cell(cell) {
            Ok(gtin) => {
                let (payload, digits) = (gtin.payload(), digits_of(gtin.number()));
                *place = Numbered { payload, digits, kind: Kind::Number, fault: 0 };
                return;
            }
            Err(error) => error,
        };
        *place = Numbered { fault: faults.len() as u32, ..Numbered::NONE };
        faults.push(error);
        if self.own_numbers
            && let Some(own) = given_by_a_shop(cell, error)
        {
            (place.payload, place.digits, place.kind) = (own.payload(), digits_of(own.number()), Kind::Own);
        }
    }

    /// What the snapshot has of a row's number, and the digits of what is a number.
    #[inline(always)]
    fn look_up(&self, numbered: &Numbered) -> (Option<Found>, Option<Digits>) {
        if numbered.kind == Kind::Fault {
            return (None, None);
        }
        let found = match self.table {
            Some(table) => table.find(numbered.payload),
            None => self.judge.snapshot().find_payload(numbered.payload),
        };
        let is_number = found.is_some() || numbered.kind == Kind::Number;
        (found, is_number.then_some(numbered.digits))
    }

    /// What a row comes to whose number the snapshot does not have, or that has none.
    #[inline(always)]
    fn not_found(
        &self,
        bytes: &[u8],
        rows: &Cutter,
        row: (Row, &[Cell]),
        numbered: &Numbered,
        faults: &[GtinError],
    ) -> Decision {
        let fault = (numbered.kind != Kind::Number)
            .then(|| faults.get(numbered.fault as usize).copied().unwrap_or(GtinError::Absent));
        if self.judge.sorts() {
            let gtin = fault.map_or_else(|| Ok(Gtin14::of_payload(numbered.payload)), Err);
            return self.by_words(bytes, rows, row, gtin);
        }
        fault.map_or_else(|| self.judge.unknown(), |fault| self.judge.unmatched(fault))
    }

    /// The same where the listing's words count.
    fn by_words(
        &self,
        bytes: &[u8],
        rows: &Cutter,
        row: (Row, &[Cell]),
        gtin: Result<Gtin14, GtinError>,
    ) -> Decision {
        let Words { category, title, brand, model } = self.words.map(|place| match place {
            Some(place) => text_of(bytes, rows, row, place),
            None => Cow::Borrowed(""),
        });
        let listed =
            Listed { category: &category, title: &title, brand: &brand, model: &model, gtin_hint: None };
        self.judge.by_words(gtin, &listed)
    }
}

/// An article number that can be copied as it stands.
#[inline(always)]
fn plain_sku<'b>(
    bytes: &'b [u8],
    cells: &[Cell],
    place: usize,
    plain: bool,
) -> Option<(&'b [u8; 32], usize)> {
    // A row that was cut the slow way has no cells here.
    let cell = cells.get(place)?;
    let length = (cell.end as usize).wrapping_sub(cell.start as usize);
    if !plain || length > 32 {
        return None;
    }
    let from = bytes.get(cell.start as usize..)?.first_chunk::<32>()?;
    (from[0] != b'"').then_some((from, length))
}

/// A cell's text.
fn text_of<'b>(
    bytes: &'b [u8],
    rows: &'b Cutter,
    (row, cells): (Row, &[Cell]),
    place: usize,
) -> Cow<'b, str> {
    if let Some(slow) = (row.slow as usize).checked_sub(1) {
        let cells: Option<&[Option<Vec<u8>>; MAX_WANTED]> = rows.slow.get(slow);
        return text(cells.and_then(|cells| cells[place].as_deref()).unwrap_or_default());
    }
    let cell = cells.get(place).copied().unwrap_or(Cell::NONE);
    let raw = bytes.get(cell.start as usize..cell.end as usize).unwrap_or_default();
    match raw.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) {
        Some(within) if within.contains(&b'"') => Cow::Owned(text(within).replace("\"\"", "\"")),
        Some(within) => text(within),
        None => text(raw),
    }
}
