//! The checks: pure judgements of evidence, one file each, with its page beside it. A check names provisions and knows no
//! scheme, no territory and no other check; what it could not look at it calls inconclusive or not tested, never met.
//! Nothing here opens a file, a socket or a clock: files come in through [`Files`], the date with the [`Subject`].

mod address;
pub mod checks;
pub mod compliance_text;
pub mod files;
mod for_people;
pub mod handbook;
mod ixit;
pub mod kinds;
mod page;
mod quote;
mod verdict;

use assay::case::{Case, EvidenceKind};
use assay::conformity::Ixit;
use assay::date::Date;
use assay::outcome::{CheckResult, SeenBy, SpeaksFrom};

pub use checks::{fixed_accounts, security_txt};
pub use files::{Entry, EntryKind, FileProblem, Files, MemoryFiles};
pub use for_people::{ForPeople, for_people};
pub use kinds::{Kind, finding_kinds};
pub use verdict::Verdict;

/// What is judged: a case, its files, and the day on which it is looked at.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// The case.
    pub case: &'a Case,
    /// The case folder's files.
    pub files: &'a dyn Files,
    /// What the maker tells the tester, read from `ixit.toml`; none where the case has no such file.
    pub ixit: Option<&'a Ixit>,
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
    /// The test units of TS 103 701 that it judges, by their full ids, sorted.
    pub units: &'static [&'static str],
    /// What it draws on. A check that speaks from the maker's words alone never comes out met.
    pub speaks_from: SpeaksFrom,
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
        let verdict = verdict.with_every_unit(self.units);
        // The one place where a claim could turn into an outcome, and where it does not.
        let verdict = if self.speaks_from.is_evidence() { verdict } else { verdict.of_words_alone() };
        CheckResult {
            check: self.id.to_owned(),
            outcome: verdict.outcome,
            why: verdict.why,
            seen_by: SeenBy::Maker,
            provisions: self.provisions.iter().map(|&p| p.to_owned()).collect(),
            findings: verdict.findings,
            evidence: verdict.evidence,
            units: verdict.units,
            speaks_from: self.speaks_from,
        }
    }
}

/// Every check, in the order of the guidelines. A new check is one line here.
static REGISTRY: [Check; 18] = [
    checks::ics_justifications::CHECK,
    checks::password_batch_unique::CHECK,
    checks::password_audit::CHECK,
    checks::fixed_accounts::CHECK,
    checks::password_states::CHECK,
    checks::security_txt::CHECK,
    checks::disclosure_policy::CHECK,
    checks::ixit_confirmations::CHECK,
    checks::support_period::CHECK,
    checks::support_length::CHECK,
    checks::replacement_page::CHECK,
    checks::ixit_updates::CHECK,
    checks::ixit_parameters::CHECK,
    checks::ixit_reviews::CHECK,
    checks::ixit_crypto_agility::CHECK,
    checks::ixit_services::CHECK,
    checks::ixit_interfaces::CHECK,
    checks::ixit_telemetry::CHECK,
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
