//! Numbers by the thousand, without a catalogue around them: a list of cells in, one JSON document out with an answer for each
//! in their order. What an answer is made of is written once for a snapshot, a scheme and a day, so that a number costs its
//! reading, a look into the snapshot, and the copying of a few pieces. A number comes to what [`Judge::row`] says of a row
//! that has nothing else, under a judge with words.

use std::sync::Arc;

use assay::assess::Variant;
use assay::gate::{Answer, Decision, Reason, decide, unmatched};
use assay::gtin::{Gtin14, GtinError, given_by_a_shop, read_cell};
use assay::listing::{Listed, Sorter};
use assay::scheme::Scheme;
use assay::scope::Place;
use assay::seller::Scope;
use assay::snapshot::{Found, Snapshot};
use assay_simd::{Bits, Engine, WithBits};
use jiff::civil::Date;
use serde_json::json;

use crate::judge::{Judge, Judged, Shown};
use crate::number::{self, Digits, Plain, digits_of};
use crate::source::text;
use crate::summary::{Counts, SnapshotUsed};
use crate::table::Table;

/// A snapshot's numbers, spread over a table in which one place in memory is read for each: 13 to 27 bytes a number. It may be
/// shared by the look-ups of every scheme and day.
pub struct Numbers {
    snapshot: Arc<Snapshot>,
    table: Option<Table>,
    engine: Engine,
}

impl Numbers {
    /// Spreads the numbers.
    #[must_use]
    pub fn new(snapshot: Arc<Snapshot>) -> Self {
        let engine = Engine::best();
        Self { table: Table::of(&snapshot, engine), snapshot, engine }
    }

    /// The snapshot.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }
}

/// The decision table over a snapshot's numbers, laid out for one scheme and one day; it may be shared by threads.
pub struct Lookups {
    numbers: Arc<Numbers>,
    own_numbers: bool,
    scheme: &'static Scheme,
    on: Date,
    plain: Vec<[Decision; 3]>,
    rare: Vec<bool>,
    shown: Vec<Shown>,
    unknown: Decision,
    today: u32,
    sorter: Sorter,
    pieces: Pieces,
}

/// Why a list of numbers has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LookupsError {
    /// More numbers than asked for.
    #[error("there are more than {most} numbers: send them in several requests, or as a catalogue")]
    TooMany {
        /// The most.
        most: usize,
    },
    /// JSON of another shape.
    #[error(
        "byte {at}: a JSON array of strings is wanted, such as [\"4006381333931\"], and {what} (or send one number a line)"
    )]
    Json {
        /// How many bytes stand before.
        at: usize,
        /// What is wrong there.
        what: &'static str,
    },
}

impl Lookups {
    /// The names of what each answer of the document has, in this order.
    pub const COLUMNS: [&str; 5] = ["gtin14", "verdict", "reason", "updates_until", "label"];

    /// Lays out the table and the pieces.
    #[must_use]
    pub fn new(numbers: Arc<Numbers>, scheme: &'static Scheme, on: Date) -> Self {
        let snapshot = numbers.snapshot();
        let Judge { plain, rare, shown, unknown, today, .. } = Judge::new(snapshot, scheme, on);
        let (pieces, own_numbers) = (Pieces::new(snapshot, scheme, on), snapshot.header().own_numbers);
        let sorter = Sorter::new(scheme, on, None::<Place>);
        let unknown = unknown[0];
        Self { numbers, own_numbers, scheme, on, plain, rare, shown, unknown, today, sorter, pieces }
    }

    /// The snapshot.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        self.numbers.snapshot()
    }

    /// The scheme.
    #[must_use]
    pub fn scheme(&self) -> &'static Scheme {
        self.scheme
    }

    /// The day of the sale.
    #[must_use]
    pub fn on(&self) -> Date {
        self.on
    }

    /// The snapshot as documents name it.
    #[must_use]
    pub fn used(&self) -> SnapshotUsed {
        used(self.snapshot())
    }

    /// What one cell comes to.
    #[must_use]
    pub fn cell(&self, cell: &str) -> Judged {
        let (gtin, own) = match read_cell(cell) {
            Ok(gtin) => (Ok(gtin), None),
            Err(fault) => (Err(fault), given_by_a_shop(cell, fault)),
        };
        self.judged(gtin, own)
    }

    /// The last day until which security updates are promised for a number that was found, where its entry stands.
    #[must_use]
    pub fn updates_until(&self, found: Found) -> Option<Date> {
        let stands = self.shown.get(found.code as usize).is_some_and(|shown| shown.stands);
        stands.then(|| self.snapshot().day(found.day)).flatten()
    }

    /// The sign of its label under the scheme, where its entry stands.
    #[must_use]
    pub fn label(&self, found: Found) -> Option<Variant> {
        self.shown.get(found.code as usize).and_then(|shown| shown.label)
    }

    /// Answers one number a line, of any cells that a catalogue may have; an empty line has an answer too, but for the nothing
    /// behind the last line end. Lines end with LF or CRLF. Gives the document `assay-lookups-0`, in UTF-8.
    ///
    /// # Errors
    /// More than `most` lines.
    pub fn lines(&self, text: &[u8], most: usize) -> Result<Vec<u8>, LookupsError> {
        self.numbers.engine.with_bits(Asked { lookups: self, text, most, form: Form::Lines })
    }

    /// The same of a JSON array of strings.
    ///
    /// # Errors
    /// More than `most` strings, or another shape.
    pub fn json(&self, text: &[u8], most: usize) -> Result<Vec<u8>, LookupsError> {
        self.numbers.engine.with_bits(Asked { lookups: self, text, most, form: Form::Json })
    }

    /// Writes the answer on plain digits; not on a number that nobody registered and that may itself say what it is of.
    #[inline(always)]
    fn plainly(&self, page: &mut Page<'_>, plain: &Plain) -> bool {
        let found = self.find(plain.payload);
        match (found, plain.restricted) {
            (None, None) if is_publication(plain.payload) => return false,
            (None, None) => page.row(Some(plain.digits), self.unknown, NOTHING),
            (Some(found), None) => page.row(Some(plain.digits), self.found(found), self.beside(found)),
            (Some(found), Some(_)) if self.own_numbers => {
                page.row(Some(plain.digits), self.found(found), self.beside(found));
            }
            (_, Some(fault)) => page.row(None, unmatched(fault, Scope::Unknown), NOTHING),
        }
        true
    }

    /// As [`Snapshot::find_payload`]; the rank is known of what is rare.
    #[inline(always)]
    fn find(&self, payload: u64) -> Option<Found> {
        let Some(table) = &self.numbers.table else { return self.numbers.snapshot.find_payload(payload) };
        let found = table.find(payload)?;
        match self.rare.get(found.code as usize) {
            Some(false) => Some(found),
            _ => self.numbers.snapshot.find_payload(payload),
        }
    }

    #[cold]
    fn carefully(&self, page: &mut Page<'_>, cell: &[u8]) {
        let Judged { gtin, decision, found } = self.cell(&text(cell));
        let beside = found.map_or(NOTHING, |found| self.beside(found));
        page.row(gtin.map(|gtin| digits_of(gtin.number())), decision, beside);
    }

    /// The day, by its code, and the label that are shown beside an answer.
    #[inline(always)]
    fn beside(&self, found: Found) -> (u32, Option<Variant>) {
        match self.shown.get(found.code as usize) {
            Some(Shown { stands: true, label }) => (found.day, *label),
            _ => NOTHING,
        }
    }

    fn judged(&self, gtin: Result<Gtin14, GtinError>, own: Option<Gtin14>) -> Judged {
        let own = own.filter(|_| self.own_numbers);
        let known = own.filter(|own| self.snapshot().find(*own).is_some()).map_or(gtin, Ok);
        let found = known.ok().and_then(|gtin| self.snapshot().find(gtin));
        let decision = match (found, gtin) {
            (Some(found), _) => self.found(found),
            (None, Ok(gtin)) if gtin.is_publication() => self.publication(gtin),
            (None, Ok(_)) => self.unknown,
            (None, Err(fault)) => unmatched(fault, Scope::Unknown),
        };
        Judged { gtin: known.ok(), decision, found }
    }

    /// As [`Judge::found`].
    #[inline(always)]
    fn found(&self, found: Found) -> Decision {
        let at = if found.day == 0 { 0 } else { 1 + usize::from(found.day >= self.today) };
        match (self.rare.get(found.code as usize), self.plain.get(found.code as usize)) {
            (Some(false), Some(plain)) => plain[at],
            _ => self.with_rare(found),
        }
    }

    #[cold]
    fn with_rare(&self, found: Found) -> Decision {
        let record = self.snapshot().record(found.rank as usize);
        decide(self.scheme, self.on, self.snapshot().header().valid_until, record.as_ref(), Scope::Unknown)
    }

    /// A number that nobody registered, and that may say itself what it is of.
    fn publication(&self, gtin: Gtin14) -> Decision {
        let listed = Listed { gtin_hint: Some(gtin.number()), ..Listed::default() };
        let scope = self.sorter.sort(&listed).scope;
        decide(self.scheme, self.on, self.snapshot().header().valid_until, None, scope)
    }
}

/// As [`Gtin14::is_publication`], of a number without its check digit.
#[inline(always)]
fn is_publication(payload: u64) -> bool {
    matches!(payload / 1_000_000_000 % 1_000, 977..=979)
}

/// What is shown beside an answer on what was not found.
const NOTHING: (u32, Option<Variant>) = (0, None);

/// What came in.
struct Asked<'a> {
    lookups: &'a Lookups,
    text: &'a [u8],
    most: usize,
    form: Form,
}

enum Form {
    Lines,
    Json,
}

impl WithBits for Asked<'_> {
    type Output = Result<Vec<u8>, LookupsError>;

    #[inline(always)]
    fn with_bits<B: Bits>(self, bits: B) -> Self::Output {
        let Self { lookups, text, most, form } = self;
        let page = Page::new(&lookups.pieces, text.len());
        let cells = [Cell { plain: None, start: 0, end: 0 }; WINDOW];
        let mut desk = Desk { lookups, bits, text, page, cells, filled: 0, taken: 0, most };
        match form {
            Form::Lines => desk.lines()?,
            Form::Json => desk.json()?,
        }
        desk.flush();
        Ok(desk.page.finish())
    }
}

/// Cells that are read before the first of them is looked up, so that their places in the table are on the way meanwhile.
const WINDOW: usize = 64;

/// A cell that was read.
#[derive(Clone, Copy)]
struct Cell {
    plain: Option<Plain>,
    start: usize,
    end: usize,
}

/// Reads cells and answers them by the window.
struct Desk<'a, B> {
    lookups: &'a Lookups,
    bits: B,
    text: &'a [u8],
    page: Page<'a>,
    cells: [Cell; WINDOW],
    filled: usize,
    taken: usize,
    most: usize,
}

impl<B: Bits> Desk<'_, B> {
    #[inline(always)]
    fn lines(&mut self) -> Result<(), LookupsError> {
        let text = self.text;
        let mut at = 0;
        while at < text.len() {
            self.count()?;
            if let Some(end) = self.quickly(at, b'\n') {
                at = end + 1;
                continue;
            }
            let rest = text.get(at..).unwrap_or_default();
            let line = rest.split(|b| *b == b'\n').next().unwrap_or_default();
            self.take(at, at + line.strip_suffix(b"\r").unwrap_or(line).len());
            at += line.len() + 1;
        }
        Ok(())
    }

    #[inline(always)]
    fn json(&mut self) -> Result<(), LookupsError> {
        let text = self.text;
        if let Err(error) = std::str::from_utf8(text) {
            return fault(error.valid_up_to(), "here is a byte that is no UTF-8");
        }
        let mut at = blanks(text, 0);
        if text.get(at) != Some(&b'[') {
            return fault(at, "here no array begins");
        }
        at = blanks(text, at + 1);
        if text.get(at) == Some(&b']') {
            return ended(text, at);
        }
        loop {
            if text.get(at) != Some(&b'"') {
                return fault(at, "here no string begins");
            }
            self.count()?;
            at = match self.quickly(at + 1, b'"') {
                Some(end) => end + 1,
                None => self.string(at)?,
            };
            at = blanks(text, at);
            match text.get(at) {
                Some(b',') => at = blanks(text, at + 1),
                Some(b']') => return ended(text, at),
                _ => return fault(at, "after a string comes a comma or the end of the array"),
            }
        }
    }

    /// One more.
    #[inline(always)]
    fn count(&mut self) -> Result<(), LookupsError> {
        if self.taken == self.most {
            return Err(LookupsError::TooMany { most: self.most });
        }
        self.taken += 1;
        Ok(())
    }

    /// Takes a JSON string whose quote stands at a place, and says where what follows it begins.
    fn string(&mut self, at: usize) -> Result<usize, LookupsError> {
        let rest = self.text.get(at + 1..).unwrap_or_default();
        let Some(length) = rest.iter().position(|b| matches!(b, b'"' | b'\\' | 0..0x20)) else {
            return fault(at, "this string has no end");
        };
        match rest.get(length) {
            Some(b'"') => self.take(at + 1, at + 1 + length),
            Some(b'\\') => return self.escaped(at),
            _ => return fault(at + 1 + length, "a string has no control characters"),
        }
        Ok(at + length + 2)
    }

    #[cold]
    fn escaped(&mut self, at: usize) -> Result<usize, LookupsError> {
        let rest = self.text.get(at..).unwrap_or_default();
        let mut strings = serde_json::Deserializer::from_slice(rest).into_iter::<String>();
        let Some(Ok(cell)) = strings.next() else {
            return fault(at, "this string has an escape that is none, or no end");
        };
        self.flush();
        self.lookups.carefully(&mut self.page, cell.as_bytes());
        Ok(at + strings.byte_offset())
    }

    /// Takes 13 or 14 digits that end with a byte, which is nearly every cell, and says where it stands.
    #[inline(always)]
    fn quickly(&mut self, at: usize, end: u8) -> Option<usize> {
        let end = [at + 13, at + 14].into_iter().find(|place| self.text.get(*place) == Some(&end))?;
        let plain = number::plain(self.text, at, end)?;
        self.put(Cell { plain: Some(plain), start: at, end });
        Some(end)
    }

    /// Takes any cell.
    fn take(&mut self, start: usize, end: usize) {
        self.put(Cell { plain: number::plain(self.text, start, end), start, end });
    }

    #[inline(always)]
    fn put(&mut self, cell: Cell) {
        if let (Some(plain), Some(table)) = (&cell.plain, &self.lookups.numbers.table) {
            table.prefetch(self.bits, plain.payload);
        }
        if let Some(place) = self.cells.get_mut(self.filled) {
            *place = cell;
            self.filled += 1;
        }
        if self.filled == WINDOW {
            self.flush();
        }
    }

    /// Answers what was read.
    #[inline(always)]
    fn flush(&mut self) {
        for Cell { plain, start, end } in self.cells.iter().take(self.filled) {
            let is_plain = plain.as_ref().is_some_and(|plain| self.lookups.plainly(&mut self.page, plain));
            if !is_plain {
                self.lookups.carefully(&mut self.page, self.text.get(*start..*end).unwrap_or_default());
            }
        }
        self.filled = 0;
    }
}

fn fault<T>(at: usize, what: &'static str) -> Result<T, LookupsError> {
    Err(LookupsError::Json { at, what })
}

/// Where the next byte stands that JSON does not pass over.
#[inline(always)]
fn blanks(text: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = text.get(at) {
        at += 1;
    }
    at
}

/// The end of the array has to be the end of the text.
fn ended(text: &[u8], at: usize) -> Result<(), LookupsError> {
    let behind = blanks(text, at + 1);
    if behind == text.len() { Ok(()) } else { fault(behind, "something follows the array") }
}

/// Bytes that are copied for a piece, of which so many count.
#[derive(Clone, Copy)]
struct Piece<const ROOM: usize> {
    bytes: [u8; ROOM],
    length: u8,
}

impl<const ROOM: usize> Piece<ROOM> {
    /// A text that fits.
    fn new(text: &str) -> Self {
        let mut bytes = [0; ROOM];
        let length = text.len().min(ROOM);
        bytes[..length].copy_from_slice(&text.as_bytes()[..length]);
        Self { bytes, length: length as u8 }
    }
}

const ANSWERS: [Answer; 4] = [Answer::MaySell, Answer::Refuse, Answer::Ask, Answer::OutOfScope];
const REASONS: usize = Reason::ALL.len();

/// What the document is made of.
struct Pieces {
    /// Everything before the first answer.
    head: Vec<u8>,
    /// By answer and reason, as the numbers of their enums.
    words: Vec<Piece<56>>,
    /// By the code of the day; first that there is none.
    days: Vec<Piece<16>>,
    /// With no label, with a tick, with a cross.
    labels: [Piece<16>; 3],
}

impl Pieces {
    fn new(snapshot: &Snapshot, scheme: &Scheme, on: Date) -> Self {
        let words = ANSWERS.iter().flat_map(|answer| {
            Reason::ALL
                .iter()
                .map(|reason| Piece::new(&format!("\"{}\",\"{}\",", answer.word(), reason.word())))
        });
        let days = std::iter::once(None).chain(snapshot.days());
        let day = |day: Option<Date>| day.map_or("null".to_owned(), |day| format!("\"{day}\""));
        let label = |variant: Option<Variant>| {
            Piece::new(&variant.map_or(",null],".to_owned(), |variant| format!(",\"{}\"],", variant.word())))
        };
        Self {
            head: head(snapshot, scheme, on),
            words: words.collect(),
            days: days.map(|d| Piece::new(&day(d))).collect(),
            labels: [None, Some(Variant::Tick), Some(Variant::Cross)].map(label),
        }
    }
}

fn used(snapshot: &Snapshot) -> SnapshotUsed {
    Counts::default().summary(snapshot).snapshot
}

fn head(snapshot: &Snapshot, scheme: &Scheme, on: Date) -> Vec<u8> {
    let fields = [
        ("schema", json!("assay-lookups-0")),
        ("scheme", json!(scheme.id)),
        ("on", json!(on)),
        ("snapshot", json!(used(snapshot))),
        ("columns", json!(Lookups::COLUMNS)),
    ];
    let fields: String = fields.iter().map(|(name, value)| format!("\"{name}\":{value},")).collect();
    format!("{{{fields}\"answers\":[").into_bytes()
}

/// Room that an answer takes at most, and what is copied beyond its end.
const ROW: usize = 128;

/// The document while it is written.
struct Page<'a> {
    pieces: &'a Pieces,
    out: Vec<u8>,
    at: usize,
}

impl<'a> Page<'a> {
    /// For a text of so many bytes.
    fn new(pieces: &'a Pieces, text: usize) -> Self {
        let mut out = Vec::with_capacity(pieces.head.len() + text * 6 + 2 * ROW);
        out.extend_from_slice(&pieces.head);
        let at = out.len();
        out.resize(out.capacity(), 0);
        Self { pieces, out, at }
    }

    /// Writes one answer and the comma behind it.
    #[inline(always)]
    fn row(&mut self, digits: Option<Digits>, decision: Decision, beside: (u32, Option<Variant>)) {
        if self.at + ROW > self.out.len() {
            self.grow();
        }
        let Some(row) = self.out.get_mut(self.at..).and_then(|rest| rest.first_chunk_mut::<ROW>()) else {
            return;
        };
        let mut end = match digits {
            Some(digits) => {
                row[..2].copy_from_slice(b"[\"");
                row[2..16].copy_from_slice(&digits[2..]);
                row[16..18].copy_from_slice(b"\",");
                18
            }
            None => {
                row[..6].copy_from_slice(b"[null,");
                6
            }
        };
        let (day, label) = beside;
        let label = match label {
            None => 0,
            Some(Variant::Tick) => 1,
            Some(Variant::Cross) => 2,
        };
        let word = decision.verdict as usize * REASONS + decision.reason as usize;
        put(row, &mut end, self.pieces.words.get(word));
        put(row, &mut end, self.pieces.days.get(day as usize));
        put(row, &mut end, self.pieces.labels.get(label));
        self.at += end;
    }

    #[cold]
    fn grow(&mut self) {
        self.out.resize(self.out.len() * 2 + ROW, 0);
    }

    fn finish(mut self) -> Vec<u8> {
        // The last answer has no comma behind it.
        let empty = self.at == self.pieces.head.len();
        self.out.truncate(self.at - usize::from(!empty));
        self.out.extend_from_slice(b"]}\n");
        self.out
    }
}

/// Copies a piece and moves the end behind it.
#[inline(always)]
fn put<const ROOM: usize>(row: &mut [u8; ROW], end: &mut usize, piece: Option<&Piece<ROOM>>) {
    if let Some(piece) = piece
        && let Some(to) = row.get_mut(*end..*end + ROOM)
    {
        to.copy_from_slice(&piece.bytes);
        *end += usize::from(piece.length);
    }
}

#[cfg(test)]
mod tests;
