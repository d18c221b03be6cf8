//! The assessment after TS 103 701 of a case folder: the ICS held against its rules, the IXIT, people's verdicts, and the
//! roll-up of test units to one verdict. What it says of a provision joins the checks' results as one more.

use std::path::Path;

use assay::case::{Case, Problem};
use assay::conformity::TESTED;
use assay::conformity::book::book;
use assay::conformity::ics::{Breach, ProForma, verify, verify_others};
use assay::conformity::ixit::{self, Ixit};
use assay::conformity::rollup::{
    DecidedBy, GroupReport, Input, Report, UnitReport, machine_results, roll_up,
};
use assay::conformity::verdict::{self, Verdict, Verdicts};
use assay::date::Date;
use assay::outcome::{CheckResult, Confidence, Finding, Outcome, SeenBy, SpeaksFrom};
use serde::Serialize;

use crate::exit::Failure;
use crate::folder::{CASE_FILE, Folder};
use crate::today;

/// The files beside product.toml.
pub(crate) const IXIT_FILE: &str = "ixit.toml";
pub(crate) const VERDICTS_FILE: &str = "verdicts.toml";

/// What the maker tells the tester, and what people judged.
pub(crate) struct Told {
    pub(crate) ixit: Option<Ixit>,
    verdicts: Option<Verdicts>,
}

/// One pro forma of the ICS, held against its rules; without one, the claims under documents that have none, held against
/// their provisions' own conditions.
#[derive(Serialize)]
pub(crate) struct Ics {
    pub(crate) pro_forma: Option<ProForma>,
    pub(crate) valid: bool,
    pub(crate) breaches: Vec<Breach>,
}

/// Reads ixit.toml and verdicts.toml where they are there.
pub(crate) fn read(root: &Path, folder: &Folder, on: Date) -> Result<Told, Failure> {
    let shown = |file: &str| root.join(file).display().to_string();
    let ixit = match folder.beside(IXIT_FILE, ixit::MAX_BYTES)? {
        Some(bytes) => {
            Some(Ixit::parse(&shown(IXIT_FILE), &bytes).map_err(|p| refused(&shown(IXIT_FILE), p))?)
        }
        None => None,
    };
    let verdicts = match folder.beside(VERDICTS_FILE, verdict::MAX_BYTES)? {
        Some(bytes) => {
            let file = shown(VERDICTS_FILE);
            let verdicts = Verdicts::parse(&file, &bytes).map_err(|p| refused(&file, p))?;
            // What nobody can have judged yet is a mistake; what was judged after a day that is asked about does not count
            // on that day, and the roll-up says so.
            let mut problems = verdicts.later_than(on.max(today::today()), &file);
            problems.extend(missing_evidence(&verdicts, folder, &file));
            if !problems.is_empty() {
                return Err(refused(&file, problems));
            }
            Some(verdicts)
        }
        None => None,
    };
    Ok(Told { ixit, verdicts })
}

fn refused(file: &str, problems: Vec<Problem>) -> Failure {
    Failure::Unreadable { message: format!("{file} has {} problem(s)", problems.len()), problems }
}

/// A verdict that cites what is not there rests on nothing.
fn missing_evidence(verdicts: &Verdicts, folder: &Folder, file: &str) -> Vec<Problem> {
    let units = verdicts.units.values().flat_map(|j| j.evidence.iter().map(|e| (e, j.signed.at)));
    let groups = verdicts.external.values().map(|e| (&e.document, e.signed.at));
    units.chain(groups).filter_map(|(path, at)| folder.missing(path, file, at)).collect()
}

impl Told {
    /// Whether the case is meant as a whole assessment after TS 103 701, and not only as single claims.
    fn is_assessment(&self) -> bool {
        self.ixit.is_some() || self.verdicts.is_some()
    }

    /// The ICS of each version under which the case claims something, held against its rules. Single claims, as the law's
    /// standard route needs them, are no whole ICS: what they leave out is only missed where an assessment is meant.
    pub(crate) fn ics(&self, case: &Case) -> Vec<Ics> {
        let second = if self.is_assessment() { ProForma::Ts103701A3 } else { ProForma::EnAnnexB };
        [second, ProForma::EnV3AnnexB]
            .into_iter()
            .filter(|p| {
                let prefix = format!("{}:", p.baseline());
                case.claims.keys().any(|id| id.starts_with(&prefix))
            })
            .map(|pro_forma| {
                let whole = self.is_assessment() && pro_forma == ProForma::Ts103701A3;
                let mut breaches = verify(pro_forma, &case.claims, &case.facts, self.ixit.as_ref());
                breaches.retain(|b| whole || b.rule != "ics-unclaimed");
                Ics { pro_forma: Some(pro_forma), valid: breaches.is_empty(), breaches }
            })
            .chain(others(case))
            .collect()
    }

    /// The roll-up, where an assessment is meant.
    pub(crate) fn report(
        &self,
        case: &Case,
        ics: &[Ics],
        results: &[CheckResult],
        on: Date,
    ) -> Option<Report> {
        if !self.is_assessment() {
            return None;
        }
        let none = Vec::new();
        let breaches =
            ics.iter().find(|i| i.pro_forma == Some(ProForma::Ts103701A3)).map_or(&none, |i| &i.breaches);
        let empty = Verdicts::default();
        Some(roll_up(
            book(),
            &Input {
                claims: &case.claims,
                breaches,
                ixit: self.ixit.as_ref(),
                machine: &machine_results(book(), results),
                verdicts: self.verdicts.as_ref().unwrap_or(&empty),
                on,
            },
        ))
    }
}

impl Ics {
    /// What was filled in.
    pub(crate) fn cite(&self) -> &'static str {
        self.pro_forma.map_or("documents without a pro forma", ProForma::cite)
    }
}

/// The claims under other documents, where one of them breaks a rule.
fn others(case: &Case) -> Option<Ics> {
    let breaches = verify_others(&case.claims, &case.facts);
    (!breaches.is_empty()).then_some(Ics { pro_forma: None, valid: false, breaches })
}

/// What the test groups show, as results beside those of the checks: whatever is claimed, and only where somebody looked.
pub(crate) fn results(report: &Report, checks: &[CheckResult]) -> Vec<CheckResult> {
    let looked =
        |g: &&GroupReport| g.cases.iter().flat_map(|c| &c.units).any(|u| u.looked) || g.external.is_some();
    report.groups.iter().filter(looked).map(|g| result(g, report, checks)).collect()
}

fn result(group: &GroupReport, report: &Report, checks: &[CheckResult]) -> CheckResult {
    let number = group.provision.split_once(':').map_or(group.provision.as_str(), |(_, n)| n);
    let provision = format!("{TESTED}:{number}");
    let speaks_from = if group.on_words { SpeaksFrom::MakersWords } else { SpeaksFrom::Evidence };
    let outcome = match group.verdict {
        // A group whose units all compare the maker's words passes; that shows nothing of the product.
        Verdict::Pass if speaks_from == SpeaksFrom::MakersWords => Outcome::Inconclusive,
        Verdict::Pass => Outcome::Met,
        Verdict::Fail => Outcome::NotMet,
        Verdict::Inconclusive => Outcome::Inconclusive,
    };
    let failed = |u: &&UnitReport| u.verdict == Verdict::Fail;
    let findings = match outcome {
        Outcome::NotMet => group
            .cases
            .iter()
            .flat_map(|c| &c.units)
            .filter(failed)
            .map(|u| Finding {
                kind: "test-failed".into(),
                message: format!("{}: {}", u.id, u.why),
                place: place(u, report, checks, 0),
                confidence: Confidence::Certain,
                provisions: vec![provision.clone()],
            })
            .collect(),
        _ => Vec::new(),
    };
    CheckResult {
        check: format!("test-group-{}", number.to_lowercase().replace('.', "-")),
        outcome,
        why: format!("TS 103 701, test group {number}: {}", group.why),
        seen_by: SeenBy::Maker,
        provisions: vec![provision],
        findings,
        evidence: Vec::new(),
        units: Vec::new(),
        speaks_from,
    }
}

/// Where to look for what failed a unit: the verdict's file where a person judged, what the check found where it was a
/// machine, and the unit's own place where another case is applied.
fn place(unit: &UnitReport, report: &Report, checks: &[CheckResult], depth: usize) -> String {
    match unit.decided_by {
        DecidedBy::Person | DecidedBy::Open => VERDICTS_FILE.into(),
        DecidedBy::Machine => {
            let check = book().unit(&unit.id).and_then(|(_, u)| u.check.as_deref()).unwrap_or_default();
            let of_it = || checks.iter().filter(|r| r.check == check);
            let found = of_it().flat_map(|r| &r.findings).map(|f| f.place.clone()).next();
            let looked = || of_it().flat_map(|r| &r.evidence).map(|e| e.path.clone()).next();
            let file = if check.starts_with("ixit-") { IXIT_FILE } else { CASE_FILE };
            found.or_else(looked).unwrap_or_else(|| file.into())
        }
        DecidedBy::Case => {
            let target = book().unit(&unit.id).and_then(|(_, u)| u.refers.as_deref());
            let cases = report.groups.iter().flat_map(|g| &g.cases);
            let there = cases
                .filter(|c| Some(c.id.as_str()) == target)
                .flat_map(|c| &c.units)
                .find(|u| u.verdict == Verdict::Fail);
            // A case that leads back to itself fails nowhere else.
            match there.filter(|_| depth < 10) {
                Some(there) => place(there, report, checks, depth + 1),
                None => CASE_FILE.into(),
            }
        }
    }
}
