//! Numbers by the thousand, without a catalogue around them: a list of cells in, one JSON document out with an answer for each
//! in their order. What an answer is made of is written once for a snapshot, a scheme and a day, so that a number costs its
//! reading, a look into the snapshot, and the copying of a few pieces. A number comes to what [`Judge::row`] says of a row
//! that has nothing else, under a judge with words.

mod desk;
mod page;

use std::sync::Arc;

use assay::assess::Variant;
use assay::gate::{Decision, decide, unmatched};
use assay::gtin::{Gtin14, GtinError, given_by_a_shop, read_cell};
use assay::listing::{Listed, Sorter};
use assay::scheme::Scheme;
use assay::scope::Place;
use assay::seller::Scope;
use assay::snapshot::{Found, Snapshot};
use assay_simd::Engine;
use jiff::civil::Date;

use self::desk::{Asked, Form};
use self::page::{NOTHING, Page, Pieces};
use crate::judge::{Judge, Judged, Shown};
use crate::number::{Plain, digits_of};
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

fn used(snapshot: &Snapshot) -> SnapshotUsed {
    Counts::default().summary(snapshot).snapshot
}

#[cfg(test)]
mod tests;
