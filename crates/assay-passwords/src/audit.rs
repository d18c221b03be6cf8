//! The audit: every judge over one file, in as few readings as the answers need.
//!
//! ```text
//! head     affix of the first rows                                                    (for the core of 72 digests)
//! pass 1   every row: uniqueness, counters, lists, space, structure, core, sample     (all threads)
//! between  what stands twice · the sample against the full set of hypotheses · statistics
//! pass 2   every row: what the sample found                                           (only if it found something)
//!          blocks with suspects: passwords compared                                   (only if something stands twice)
//!          every row in serial order: counters                                        (only if the file is shuffled)
//! ```
//! What each judge means is in its own room; here it is only decided who looks when, and what it all amounts to.

mod core;
mod passes;
mod report;

use std::io;

use assay::outcome::{Confidence, Outcome};

use crate::common::Common;
use crate::kind::Kind;
use crate::lanes::Engine;
use crate::place::Tally;
use crate::seal::RunKey;
use crate::source::Scratches;
use crate::space::guess::Attack;
use crate::table::{ReadProblem, Rejected, Table};

pub use report::{Characters, ColumnTold, Position, attack_of};

/// How an audit is to be made.
pub struct Asked<'a> {
    /// The kinds that are looked for; all where it is empty.
    pub only: &'a [Kind],
    /// Threads.
    pub threads: usize,
    /// Bytes of memory that fingerprints may take before they are spilled.
    pub memory: usize,
    /// Rows of the sample.
    pub sample: usize,
    /// The seed of the sample.
    pub seed: u64,
    /// How passwords can be attacked; by the column's name where it is not said.
    pub attack: Option<Attack>,
    /// Lists of common passwords.
    pub common: &'a Common,
    /// The file holds all units of the batch, not some.
    pub whole_batch: bool,
    /// Bad rows that are put up with.
    pub most_rejected: u64,
    /// Which digests are made of every row.
    pub digests: Digests,
    /// The engine that makes them.
    pub engine: Engine,
    /// Where spilled bytes go.
    pub scratches: &'a dyn Scratches,
    /// The key of this run.
    pub key: &'a RunKey,
    /// Told how far it is.
    pub progress: &'a (dyn Fn(Step, u64, u64) + Sync),
}

impl Asked<'_> {
    pub(crate) fn wants(&self, kinds: &[Kind]) -> bool {
        self.only.is_empty() || kinds.iter().any(|k| self.only.contains(k))
    }

    /// Equality needs no look at the characters; every other judgement does, and the report of a whole audit shows them.
    pub(crate) fn looks_at_characters(&self) -> bool {
        self.only.is_empty() || self.only.iter().any(|k| ![Kind::Universal, Kind::Duplicate].contains(k))
    }
}

/// Which digests are made of every row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digests {
    /// The core of 72.
    All,
    /// Twelve that SQL can say too, for comparing speeds.
    Twelve,
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Pass 1, in bytes.
    Reading,
    /// What stands twice is sought.
    Comparing,
    /// The sample is held against the hypotheses.
    Sample,
    /// What the sample found is counted on all rows, in blocks.
    Confirming,
    /// Rows in the order of their serial numbers, in blocks.
    Serial,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The file.
    #[error(transparent)]
    Read(#[from] ReadProblem),
    /// The scratch place.
    #[error("what does not fit into memory cannot be kept: {0}")]
    Scratch(io::Error),
    /// Too many bad rows.
    #[error("{} rows are bad", .0.rows())]
    Rejected(Tally, Rejected),
    /// A thread ended in a panic: a fault of this program.
    #[error("a thread of the audit failed")]
    Thread,
}

/// One thing that is wrong, or may be.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What.
    pub kind: Kind,
    /// The name of the password column.
    pub column: String,
    /// How many units; where only the whole shows it, all of them.
    pub rows: u64,
    /// Lines of the first of them, in order; none where only the whole shows it.
    pub lines: Vec<u64>,
    /// How sure.
    pub confidence: Confidence,
    /// What was seen, in a sentence without a password.
    pub says: String,
    /// Units of which chance alone was expected to make as much; none where chance makes nothing of the kind.
    pub by_chance: Option<f64>,
}

/// What the audit says.
#[derive(Clone, Debug)]
pub struct Report {
    /// Units that were judged.
    pub rows: u64,
    /// Bad rows.
    pub rejected: u64,
    /// Lines of the first of them.
    pub rejected_lines: Vec<u64>,
    /// Why they are bad.
    pub why_rejected: Rejected,
    /// The whole.
    pub outcome: Outcome,
    /// Why, in sentences.
    pub why: Vec<String>,
    /// Units that would be enough, where there are too few.
    pub enough: Option<u64>,
    /// What is wrong, the gravest first.
    pub findings: Vec<Finding>,
    /// Column by column.
    pub columns: Vec<ColumnTold>,
    /// Rows in the sample.
    pub sample: usize,
    /// Its seed.
    pub seed: u64,
    /// Whether fingerprints were spilled.
    pub spilled: bool,
}

/// Audits a batch.
///
/// # Errors
/// The file cannot be read to its end, too many rows are bad, or what has to be spilled cannot be.
pub fn audit(table: &Table<'_>, asked: &Asked<'_>) -> Result<Report, Problem> {
    let seen = passes::first(table, asked)?;
    let (rows, rejected, why_rejected) = table.counts();
    if rejected.rows() > asked.most_rejected {
        return Err(Problem::Rejected(rejected, why_rejected));
    }
    let told = passes::rest(table, asked, seen)?;
    Ok(report::report(table, asked, rows, &rejected, why_rejected, told))
}
