//! What a whole catalogue came to.

use std::collections::BTreeMap;

use assay::gate::{Answer, Decision, Reason};
use assay::snapshot::Snapshot;
use jiff::civil::Date;
use serde::Serialize;

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

const REASONS: usize = Reason::ALL.len();

/// Rows by answer and reason.
#[derive(Clone, Debug)]
pub(crate) struct Counts([u64; 4 * REASONS]);

impl Default for Counts {
    fn default() -> Self {
        Self([0; 4 * REASONS])
    }
}

impl Counts {
    /// Counts a row.
    #[inline(always)]
    pub(crate) fn add(&mut self, decision: Decision) {
        if let Some(count) = self.0.get_mut(decision.verdict as usize * REASONS + decision.reason as usize) {
            *count += 1;
        }
    }

    /// Counts the rows of another.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(sum, more)| *sum += more);
    }

    /// In words.
    pub(crate) fn summary(&self, snapshot: &Snapshot) -> Summary {
        let of = |answer: Answer| self.0.iter().skip(answer as usize * REASONS).take(REASONS).sum();
        let because = |reason: Reason| self.0.iter().skip(reason as usize).step_by(REASONS).sum();
        let reasons = Reason::ALL.iter().map(|reason| (reason.word().to_owned(), because(*reason)));
        let header = snapshot.header();
        Summary {
            schema: "assay-gate-0",
            rows: self.0.iter().sum(),
            may_sell: of(Answer::MaySell),
            refuse: of(Answer::Refuse),
            ask: of(Answer::Ask),
            out_of_scope: of(Answer::OutOfScope),
            by_reason: reasons.filter(|(_, n)| *n > 0).collect(),
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
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_its_place() {
        for (at, reason) in Reason::ALL.iter().enumerate() {
            assert_eq!(*reason as usize, at);
        }
        for (at, answer) in
            [Answer::MaySell, Answer::Refuse, Answer::Ask, Answer::OutOfScope].iter().enumerate()
        {
            assert_eq!(*answer as usize, at);
        }
    }
}
