//! The checks: pure judgements of evidence, one file each, with its page beside it. A check names provisions and knows no
//! scheme, no territory and no other check; what it could not look at it calls inconclusive or not tested, never met.
//! Nothing here opens a file, a socket or a clock: files come in through [`Files`], the date with the [`Subject`].

mod address;
pub mod checks;
pub mod files;
pub mod kinds;
mod page;
mod quote;
mod verdict;

use assay::case::{Case, EvidenceKind};
use assay::date::Date;
use assay::outcome::{CheckResult, SeenBy};

pub use checks::{fixed_accounts, security_txt};
pub use files::{Entry, EntryKind, FileProblem, Files, MemoryFiles};
pub use kinds::{Kind, finding_kinds};
pub use verdict::Verdict;

/// What is judged: a case, its files, and the day on which it is looked at.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The case.
    pub case: &'a Case,
    /// The case folder's files.
    pub files: &'a dyn Files,
    /// Today.
    pub on: Date,
}

/// One entry of the registry.
#[derive(Debug)]
pub struct Check {
    /// The stable kebab-case id, as in `assay explain ID`.
    pub id: &'static str,
    /// What it looks for, in a few words.
    pub title: &'static str,
    /// The kinds of evidence it reads.
    pub evidence: &'static [EvidenceKind],
    /// The provisions it speaks to, as ids of the rulebook.
    pub provisions: &'static [&'static str],
    /// Its page, as Markdown.
    pub page: &'static str,
    run: fn(&Subject<'_>) -> Verdict,
}

impl Check {
    /// Judges the subject.
    #[must_use]
    pub fn run(&self, subject: &Subject<'_>) -> CheckResult {
        self.result((self.run)(subject))
    }

    /// A verdict as this check's result. What is judged here is judged on the maker's behalf: `seen by` the maker.
    #[must_use]
    pub fn result(&self, verdict: Verdict) -> CheckResult {
        CheckResult {
            check: self.id.to_owned(),
            outcome: verdict.outcome,
            why: verdict.why,
            seen_by: SeenBy::Maker,
            provisions: self.provisions.iter().map(|&p| p.to_owned()).collect(),
            findings: verdict.findings,
            evidence: verdict.evidence,
        }
    }
}

/// Every check, in the order of the guidelines. A new check is one line here.
static REGISTRY: [Check; 5] = [
    checks::password_batch_unique::CHECK,
    checks::fixed_accounts::CHECK,
    checks::security_txt::CHECK,
    checks::disclosure_policy::CHECK,
    checks::support_period::CHECK,
];

/// Every check, in the order of the guidelines.
#[must_use]
pub fn checks() -> &'static [Check] {
    &REGISTRY
}

/// The check of an id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Check> {
    REGISTRY.iter().find(|c| c.id == id)
}

/// Runs every check.
#[must_use]
pub fn run_all(subject: &Subject<'_>) -> Vec<CheckResult> {
    REGISTRY.iter().map(|check| check.run(subject)).collect()
}
