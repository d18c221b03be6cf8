//! Numbers by the thousand, without a catalogue around them: a list of cells in, one JSON document out with an answer for each
//! in their order. What an answer is made of is written once for a snapshot, a scheme and a day, so that a number costs its
//! reading, a look into the snapshot, and the copying of a few pieces. A number comes to what [`Judge::row`] says of a row
//! that has nothing else, under a judge with words.

mod desk;
mod page;

use std::sync::Arc;

use assay::gate::judge::{Judge, Judged, Laid, Row};
use assay::scheme::Scheme;
use assay::snapshot::Snapshot;
use jiff::civil::Date;

use self::desk::{Asked, Form};
use self::page::Pieces;
use crate::numbers::Numbers;
use crate::summary::{Counts, SnapshotUsed};

/// The decision table over a snapshot's numbers, laid out for one scheme and one day; it may be shared by threads.
pub struct Lookups {
    numbers: Arc<Numbers<Arc<Snapshot>>>,
    scheme: &'static Scheme,
    laid: Arc<Laid>,
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
    pub fn new(numbers: Arc<Numbers<Arc<Snapshot>>>, scheme: &'static Scheme, on: Date) -> Self {
        let snapshot = numbers.snapshot();
        let laid = Judge::new(snapshot, scheme, on).with_words(None).laid();
        let pieces = Pieces::new(snapshot, scheme, on);
        Self { numbers, scheme, laid, pieces }
    }

    /// Who judges.
    #[must_use]
    pub fn judge(&self) -> Judge<'_> {
        Judge::again(self.snapshot(), self.scheme, self.laid.clone())
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

    /// The snapshot as documents name it.
    #[must_use]
    pub fn used(&self) -> SnapshotUsed {
        used(self.snapshot())
    }

    /// What one cell comes to.
    #[must_use]
    pub fn cell(&self, cell: &str) -> Judged {
        self.judge().row(&Row { gtin: cell, ..Row::default() })
    }

    /// Answers one number a line, of any cells that a catalogue may have; an empty line has an answer too, but for the nothing
    /// behind the last line end. Lines end with LF or CRLF. Gives the document `assay-lookups-0`, in UTF-8.
    ///
    /// # Errors
    /// More than `most` lines.
    pub fn lines(&self, text: &[u8], most: usize) -> Result<Vec<u8>, LookupsError> {
        self.numbers.engine().with_bits(Asked { lookups: self, text, most, form: Form::Lines })
    }

    /// The same of a JSON array of strings.
    ///
    /// # Errors
    /// More than `most` strings, or another shape.
    pub fn json(&self, text: &[u8], most: usize) -> Result<Vec<u8>, LookupsError> {
        self.numbers.engine().with_bits(Asked { lookups: self, text, most, form: Form::Json })
    }
}

fn used(snapshot: &Snapshot) -> SnapshotUsed {
    Counts::default().summary(snapshot).snapshot
}

#[cfg(test)]
mod tests;
