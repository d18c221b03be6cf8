//! A case folder judged: evidence through every check, claims and outcomes under schemes. Shared by the commands that
//! start from a case.

use std::collections::BTreeMap;
use std::path::Path;

use assay::assess::{Assessment, Given, assess};
use assay::case::{Case, Problem};
use assay::conformity::rollup::Report;
use assay::date::Date;
use assay::outcome::{CheckResult, Claim};
use assay::scheme::Scheme;
use assay_checks::{ForPeople, Subject, for_people, run_all};

use crate::conformity::{self, Ics};
use crate::exit::Failure;
use crate::folder::{CASE_FILE, Folder, read_case};
use crate::schemes::SchemeArgs;

/// A case, what its evidence showed, and what that means under each asked scheme.
pub(crate) struct Judged {
    pub(crate) case: Case,
    pub(crate) results: Vec<CheckResult>,
    /// The ICS of each version under which something is claimed, held against its rules.
    pub(crate) ics: Vec<Ics>,
    /// The roll-up after TS 103 701, where the case is meant as such an assessment.
    pub(crate) conformity: Option<Report>,
    pub(crate) schemes: Vec<Scheme>,
    pub(crate) assessments: Vec<Assessment>,
    /// Evidence that no check reads, with its digests.
    pub(crate) for_people: Vec<ForPeople>,
    claims: BTreeMap<String, Claim>,
    facts: BTreeMap<String, bool>,
    invalid: BTreeMap<String, String>,
}

impl Judged {
    /// What is known of the product on a day, as an assessment takes it.
    pub(crate) fn on<T>(&self, on: Date, read: impl FnOnce(&Given<'_>) -> T) -> T {
        let named = [self.case.product.model.as_str(), self.case.product.name.as_str()];
        read(&Given {
            facts: &self.facts,
            invalid: &self.invalid,
            labels: &self.case.labels,
            named: &named,
            ..Given::new(&self.claims, &self.results, self.case.support.as_ref().and_then(|s| s.end), on)
        })
    }
}

/// Reads and judges a case folder on a day.
pub(crate) fn judge(root: &Path, schemes: &SchemeArgs, on: Date) -> Result<Judged, Failure> {
    judge_by(root, schemes, on, run_all)
}

/// The same, with the caller's way of running the checks.
pub(crate) fn judge_by(
    root: &Path,
    schemes: &SchemeArgs,
    on: Date,
    run: fn(&Subject<'_>) -> Vec<CheckResult>,
) -> Result<Judged, Failure> {
    let case = read_case(root)?;
    if schemes.takes_files {
        ids_are_known(root, &case, &schemes.named()?)?;
    }
    let schemes = schemes.for_case(&case)?;
    let folder = Folder::open(root)?;
    evidence_is_there(root, &case, &folder)?;
    let told = conformity::read(root, &folder, on)?;
    let subject = Subject { case: &case, files: &folder, ixit: told.ixit.as_ref(), on };
    let mut results = run(&subject);
    let for_people = for_people(&subject);
    let ics = told.ics(&case);
    let report = told.report(&case, &ics, &results, on);
    let groups: Vec<CheckResult> = report.iter().flat_map(|r| conformity::results(r, &results)).collect();
    results.extend(groups);
    let claims: BTreeMap<String, Claim> = case.claims.iter().map(|(id, c)| (id.clone(), c.claim)).collect();
    let facts: BTreeMap<String, bool> = case.facts.iter().map(|(id, f)| (id.clone(), f.value)).collect();
    // An invalid claim opens no scheme: TS 103 701, phase 4.
    let breaches = ics.iter().flat_map(|i| &i.breaches);
    let invalid = breaches
        .map(|b| {
            let at = format!("product.toml:{}:{}", b.at.line, b.at.column);
            (b.provision.clone(), format!("{} ({at}, rule {}): {}", b.message, b.rule, b.mend))
        })
        .collect();
    let mut judged = Judged {
        case,
        results,
        ics,
        conformity: report,
        schemes,
        assessments: Vec::new(),
        for_people,
        claims,
        facts,
        invalid,
    };
    judged.assessments = judged.on(on, |given| judged.schemes.iter().map(|s| assess(s, given)).collect());
    Ok(judged)
}

/// An id of a scheme or an exception that nothing explains would be passed over in silence.
fn ids_are_known(root: &Path, case: &Case, own: &[Scheme]) -> Result<(), Failure> {
    let file = root.join(CASE_FILE).display().to_string();
    let problems = case.unknown_ids(&file, own);
    if problems.is_empty() {
        return Ok(());
    }
    Err(Failure::Unreadable { message: format!("{file} names what no scheme knows"), problems })
}

/// Evidence that is named and not there is a mistake in the file, to be mended before anything is judged or declared.
fn evidence_is_there(root: &Path, case: &Case, folder: &Folder) -> Result<(), Failure> {
    let file = root.join(CASE_FILE).display().to_string();
    let problems: Vec<Problem> =
        case.evidence.iter().filter_map(|e| folder.missing(&e.path, &file, e.at)).collect();
    if problems.is_empty() {
        return Ok(());
    }
    Err(Failure::Unreadable { message: format!("{file} names evidence that is not there"), problems })
}
