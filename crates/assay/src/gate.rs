//! The shop's gate: a catalogue and a snapshot go in, one verdict with its reason comes out for each row, and a summary.
//! It decides offline and learns nothing from one row for another. Files, the day's date and the exit code are the
//! caller's; nothing is turned into `may-sell` but a GTIN that the snapshot holds.

pub mod catalogue;
mod columns;
mod csv_rows;
mod decide;
mod json_rows;
pub mod likeness;
mod reason;
mod source;
pub mod verdicts;

use std::collections::BTreeMap;
use std::io::{self, Read};

use jiff::civil::Date;
use serde::Serialize;

pub use self::catalogue::{Catalogue, CatalogueError, Columns, Listing};
pub use self::decide::{decide, state_of, unmatched};
pub use self::reason::Reason;
pub use self::verdicts::Verdicts;
pub use crate::seller::{Answer, Decision};

use crate::assess::Variant;
use crate::gtin::Gtin14;
use crate::scheme::Scheme;
use crate::snapshot::{Snapshot, State};

/// The verdict on one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// The line of the catalogue where the row begins.
    pub line: u64,
    /// The shop's own article number, as the catalogue has it.
    pub sku: &'a str,
    /// The GTIN, if the row has a valid one.
    pub gtin: Option<Gtin14>,
    /// Answer and reason.
    pub decision: Decision,
    /// The last day until which security updates are promised, where the register's entry stands.
    pub updates_until: Option<Date>,
    /// The label's sign under the scheme, where the register's entry stands.
    pub label: Option<Variant>,
}

/// What a whole catalogue came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// `assay-gate-0`.
    pub schema: &'static str,
    /// Rows read, each of which has exactly one verdict.
    pub rows: u64,
    /// Rows that may be sold.
    pub may_sell: u64,
    /// Rows that may not.
    pub refuse: u64,
    /// Rows for a person.
    pub ask: u64,
    /// Rows that the scheme says nothing about.
    pub out_of_scope: u64,
    /// Rows by the word of their reason; reasons that did not occur are left out.
    pub by_reason: BTreeMap<String, u64>,
    /// What was known.
    pub snapshot: SnapshotUsed,
}

/// The snapshot that a summary rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SnapshotUsed {
    /// Its number.
    pub number: u64,
    /// The log's size.
    pub log_size: u64,
    /// The log's root, in base64.
    pub root: String,
    /// The last day on which it may be relied on.
    pub valid_until: Date,
}

/// Why a run ended before the last row. What was written until then must not be left looking complete.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    /// The catalogue.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// The verdicts could not be handed on.
    #[error("the verdict on line {line} could not be written: {source}")]
    Write {
        /// The line of the catalogue.
        line: u64,
        /// What the writer said.
        source: io::Error,
    },
}

/// Judges every row of a catalogue under a scheme on a day and hands each verdict to `sink`, in the catalogue's order.
///
/// # Errors
/// The first fault of the catalogue or of `sink`; then no summary exists, since not every row has a verdict.
pub fn run<R: Read>(
    mut catalogue: Catalogue<R>,
    snapshot: &Snapshot,
    scheme: &Scheme,
    on: Date,
    sink: &mut dyn FnMut(&Row<'_>) -> io::Result<()>,
) -> Result<Summary, GateError> {
    let mut tally = Tally::default();
    while let Some(listing) = catalogue.next_listing()? {
        let row = judge(&listing, snapshot, scheme, on);
        tally.add(row.decision);
        sink(&row).map_err(|source| GateError::Write { line: row.line, source })?;
    }
    Ok(tally.summary(snapshot))
}

/// The verdict on one listing.
#[must_use]
pub fn judge<'a>(listing: &'a Listing<'_>, snapshot: &Snapshot, scheme: &Scheme, on: Date) -> Row<'a> {
    let record = listing.gtin.ok().and_then(|gtin| snapshot.lookup(gtin));
    let decision = match listing.gtin {
        Ok(_) => decide(scheme, on, snapshot.header().valid_until, record.as_ref()),
        Err(fault) => unmatched(fault),
    };
    // What a withdrawn or disputed entry promised is nobody's promise.
    let standing = record.as_ref().filter(|r| r.state == State::Active);
    Row {
        line: listing.line,
        sku: &listing.sku,
        gtin: listing.gtin.ok(),
        decision,
        updates_until: standing.and_then(|r| r.updates_until),
        label: standing.and_then(|r| r.schemes.get(&scheme.id)).and_then(|s| s.variant),
    }
}

#[derive(Default)]
struct Tally {
    answers: BTreeMap<Answer, u64>,
    reasons: BTreeMap<Reason, u64>,
}

impl Tally {
    fn add(&mut self, decision: Decision) {
        *self.answers.entry(decision.verdict).or_default() += 1;
        *self.reasons.entry(decision.reason).or_default() += 1;
    }

    fn summary(self, snapshot: &Snapshot) -> Summary {
        let of = |answer| self.answers.get(&answer).copied().unwrap_or(0);
        let header = snapshot.header();
        Summary {
            schema: "assay-gate-0",
            rows: self.answers.values().sum(),
            may_sell: of(Answer::MaySell),
            refuse: of(Answer::Refuse),
            ask: of(Answer::Ask),
            out_of_scope: of(Answer::OutOfScope),
            by_reason: self.reasons.iter().map(|(reason, n)| (reason.word().to_owned(), *n)).collect(),
            snapshot: SnapshotUsed {
                number: header.number,
                log_size: header.log_size,
                root: header.root.clone(),
                valid_until: header.valid_until,
            },
        }
    }
}

#[cfg(test)]
mod tests;
