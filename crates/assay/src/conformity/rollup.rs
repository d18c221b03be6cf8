//! The roll-up: test units into test cases, test groups and the overall verdict (TS 103 701 clause 4.6, Tables 1 to 3).
//! FAIL beats INCONCLUSIVE beats PASS on every floor, silence is never a pass, and a claim decides only which groups
//! count, never what a group shows.

mod report;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::TESTED;
use super::book::{Book, Group, TestCase, Unit};
use super::ics::{Breach, ProForma};
use super::ixit::Ixit;
use super::verdict::{Judgement, Verdict, Verdicts};
use crate::case::Claimed;
use crate::outcome::{CheckResult, Claim, Outcome, SpeaksFrom, UnitSeen};
pub use report::{CaseReport, Counts, DecidedBy, GroupReport, Report, UnitReport};

/// What a check says of one test unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// The check's id.
    pub check: String,
    /// What it shows.
    pub outcome: Outcome,
    /// What it looked at, or what is missing.
    pub why: String,
    /// Whether it looked at evidence, or compared the maker's words.
    pub speaks_from: SpeaksFrom,
}

/// Everything that an assessment on one day rests on.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The ICS, by provision id; claims under other baselines are left aside.
    pub claims: &'a BTreeMap<String, Claimed>,
    /// What the verification of the ICS found; empty where it is valid.
    pub breaches: &'a [Breach],
    /// The IXIT, if there is one.
    pub ixit: Option<&'a Ixit>,
    /// What checks say, by unit id.
    pub machine: &'a BTreeMap<String, Machine>,
    /// What people say.
    pub verdicts: &'a Verdicts,
    /// The day of the assessment: a judgement dated later does not count.
    pub on: Date,
}

/// What the checks say of each test unit that names one. A check answers unit by unit: what it says of a whole provision is
/// another question, and there a comparison of the maker's words never passes.
#[must_use]
pub fn machine_results(book: &Book, results: &[CheckResult]) -> BTreeMap<String, Machine> {
    let mut machine = BTreeMap::new();
    for (case, unit) in book.units() {
        let Some(check) = &unit.check else { continue };
        let id = case.unit_id(unit);
        let results: Vec<&CheckResult> = results.iter().filter(|r| r.check == *check).collect();
        let seen: Vec<&UnitSeen> = results.iter().flat_map(|r| &r.units).filter(|u| u.unit == id).collect();
        let words = results.iter().all(|r| !r.speaks_from.is_evidence());
        let speaks_from = if words { SpeaksFrom::MakersWords } else { SpeaksFrom::Evidence };
        let outcome = Outcome::join(seen.iter().map(|u| u.outcome));
        // Of several results that agree the first in the order of their words speaks, so that order does not matter.
        let why = seen.iter().filter(|u| u.outcome == outcome).map(|u| &u.why).min();
        if let Some(why) = why.or_else(|| seen.iter().map(|u| &u.why).min()) {
            machine.insert(id, Machine { check: check.clone(), outcome, why: why.clone(), speaks_from });
        }
    }
    machine
}

/// Rolls up. Pure, and the same whatever the order in which anything was written down.
#[must_use]
pub fn roll_up(book: &Book, input: &Input<'_>) -> Report {
    let rolling = Rolling { book, input };
    let groups: Vec<GroupReport> = book.groups.iter().map(|g| rolling.group(g)).collect();
    let claimed = || groups.iter().filter(|g| g.claim == Some(Claim::Yes));
    let invalid = !input.breaches.is_empty();
    // Table 1. An ICS that claims nothing cannot pass: nothing was tested.
    let overall = match Verdict::worst(claimed().map(|g| g.verdict)) {
        _ if invalid => Verdict::Fail,
        verdict => verdict,
    };
    let mut why = Vec::new();
    if invalid {
        why.push(format!("the ICS is not valid: {} breach(es)", input.breaches.len()));
    }
    if claimed().next().is_none() {
        why.push(format!("no provision of {TESTED} is claimed, so nothing was tested"));
    }
    why.extend(
        claimed().filter(|g| g.verdict != Verdict::Pass).map(|g| format!("{}: {}", g.verdict, g.provision)),
    );
    let withdrawable = claimed()
        .filter(|g| g.verdict != Verdict::Pass)
        .filter(|g| ProForma::Ts103701A3.status(&g.provision).is_some_and(|s| !s.mandatory))
        .map(|g| g.provision.clone())
        .collect();
    let counts = Counts::of(claimed());
    Report { on: input.on, overall, why, ics_valid: !invalid, counts, withdrawable, groups }
}

struct Rolling<'a> {
    book: &'a Book,
    input: &'a Input<'a>,
}

impl Rolling<'_> {
    /// Table 2: the worst case decides; accepted external evidence stands in for tests that are missing, never over a
    /// FAIL, and not for what a check could look at and was not shown: else a page that fails could be taken away and the
    /// document would pass in its place.
    fn group(&self, group: &Group) -> GroupReport {
        let provision = format!("{TESTED}:{}", group.provision);
        let cases: Vec<CaseReport> =
            self.book.cases_of(&group.provision).map(|c| self.case(c, &mut Vec::new())).collect();
        let tested = Verdict::worst(cases.iter().map(|c| c.verdict));
        let external =
            self.input.verdicts.external.get(&group.provision).filter(|e| e.signed.on <= self.input.on);
        let accepted = external.filter(|e| e.accepted);
        let units = || cases.iter().flat_map(|c| &c.units);
        let unseen: Vec<&str> = units().filter(|u| u.unseen).map(|u| u.id.as_str()).collect();
        let (verdict, why) = match (tested, accepted) {
            (Verdict::Inconclusive, Some(e)) if !unseen.is_empty() => (
                tested,
                format!(
                    "open: {} cannot stand in for what a check can look at: offer the evidence for {}",
                    e.document,
                    unseen.join(", ")
                ),
            ),
            (Verdict::Fail, Some(e)) => {
                (tested, format!("a test case fails; {} cannot outweigh that", e.document))
            }
            (Verdict::Inconclusive, Some(e)) => {
                let who = format!("{} on {}", e.signed.by, e.signed.on);
                (
                    Verdict::Pass,
                    format!("{} stands in for the tests, accepted by {who}: {}", e.document, e.signed.why),
                )
            }
            (Verdict::Fail, None) => (tested, format!("fails: {}", named(&cases, Verdict::Fail))),
            (Verdict::Inconclusive, None) => {
                (tested, format!("open: {}", named(&cases, Verdict::Inconclusive)))
            }
            (Verdict::Pass, _) => (tested, "every test case passes".to_owned()),
        };
        let claim = self.input.claims.get(&provision).map(|c| c.claim);
        let on_words = accepted.is_none() && units().all(|u| u.on_words);
        let external = external.map(|e| e.document.clone());
        GroupReport { provision, claim, verdict, why, external, on_words, cases }
    }

    /// Table 3. A unit's verdict says whether its part of the case's criteria is met, so the worst unit decides; where
    /// the criteria leave a choice, that choice is part of the person's judgement on the unit. What the IXIT lacks
    /// leaves a case without a pass, but takes no FAIL away.
    fn case(&self, case: &TestCase, path: &mut Vec<String>) -> CaseReport {
        path.push(case.id.clone());
        let units: Vec<UnitReport> = case.units.iter().map(|u| self.unit(case, u, path)).collect();
        path.pop();
        let missing = self.missing(case.group());
        let lacks = (!missing.is_empty()).then_some(Verdict::Inconclusive);
        let judged = Verdict::worst(units.iter().map(|u| u.verdict));
        let verdict = Verdict::worst([judged].into_iter().chain(lacks));
        CaseReport { id: case.id.clone(), kind: case.kind, verdict, missing, units }
    }

    fn missing(&self, group: &str) -> Vec<String> {
        let Some(group) = self.book.group(group) else { return Vec::new() };
        let Some(ixit) = self.input.ixit else {
            let tables = group.fields.iter().filter_map(|f| f.split_once('.')).map(|(t, _)| t.to_owned());
            return tables.collect::<BTreeSet<_>>().into_iter().collect();
        };
        let missing = ixit.missing(self.book, group).into_iter();
        missing.map(|m| m.entry.map_or(m.field.clone(), |e| format!("{} of `{e}`", m.field))).collect()
    }

    fn unit(&self, case: &TestCase, unit: &Unit, path: &mut Vec<String>) -> UnitReport {
        let id = case.unit_id(unit);
        let written = self.input.verdicts.units.get(&id);
        let person = written.filter(|j| j.signed.on <= self.input.on);
        let machine = self.input.machine.get(&id).filter(|m| unit.check.as_ref() == Some(&m.check));
        let saw = machine.filter(|m| m.outcome != Outcome::NotTested);
        let looked = person.is_some() || saw.is_some();
        let report = |verdict, by, why: String| UnitReport {
            id: id.clone(),
            verb: unit.verb,
            verdict,
            decided_by: if verdict == Verdict::Inconclusive { DecidedBy::Open } else { by },
            looked,
            unseen: unit.check.is_some() && saw.is_none(),
            on_words: by == DecidedBy::Machine && machine.is_some_and(|m| !m.speaks_from.is_evidence()),
            why,
        };
        if let Some(m) = machine.filter(|m| m.outcome == Outcome::NotMet) {
            return report(Verdict::Fail, DecidedBy::Machine, format!("{}: {}", m.check, m.why));
        }
        if let Some(p) = person.filter(|p| p.says == Verdict::Fail) {
            return report(Verdict::Fail, DecidedBy::Person, by_whom(p));
        }
        if let Some(target) = &unit.refers {
            return self.referred(target, person, path, looked, report);
        }
        let from_person = || match (person, written) {
            (Some(p), _) => report(p.says, DecidedBy::Person, by_whom(p)),
            (None, Some(w)) => {
                let why = format!("its verdict is dated {}, after {}", w.signed.on, self.input.on);
                report(Verdict::Inconclusive, DecidedBy::Open, why)
            }
            (None, None) => {
                let why = "nobody has judged it yet: write a [[verdict]] into verdicts.toml";
                report(Verdict::Inconclusive, DecidedBy::Open, why.to_owned())
            }
        };
        match (&unit.check, machine) {
            (None, _) => from_person(),
            (Some(_), Some(m)) => match m.outcome {
                Outcome::Met => report(Verdict::Pass, DecidedBy::Machine, format!("{}: {}", m.check, m.why)),
                // It looked and could not tell: a person may.
                Outcome::Inconclusive | Outcome::NotApplicable if written.is_some() => from_person(),
                _ => report(Verdict::Inconclusive, DecidedBy::Open, format!("{}: {}", m.check, m.why)),
            },
            // A person who passes what a machine could have looked at passes it unseen: the evidence must be offered.
            (Some(check), None) => {
                let why = format!("{check} has not looked: offer the evidence it reads");
                report(Verdict::Inconclusive, DecidedBy::Open, why)
            }
        }
    }

    /// The units of another case applied here, often to fewer mechanisms and with one demand more: so the other case has to
    /// pass, and a person may see less here than there, never more.
    fn referred(
        &self,
        target: &str,
        person: Option<&Judgement>,
        path: &mut Vec<String>,
        looked: bool,
        report: impl Fn(Verdict, DecidedBy, String) -> UnitReport,
    ) -> UnitReport {
        let Some(case) = self.book.case(target).filter(|_| !path.iter().any(|p| p == target)) else {
            let why = format!("it refers to {target}, which leads back here or nowhere");
            return report(Verdict::Inconclusive, DecidedBy::Open, why);
        };
        let there = self.case(case, path);
        let looked = looked || there.units.iter().any(|u| u.looked);
        let unseen = there.units.iter().any(|u| u.unseen);
        let on_words = person.is_none() && there.units.iter().all(|u| u.on_words);
        let unit = match person.filter(|p| p.says > there.verdict) {
            Some(p) => report(p.says, DecidedBy::Person, by_whom(p)),
            None => {
                report(there.verdict, DecidedBy::Case, format!("as test case {target}: {}", there.verdict))
            }
        };
        UnitReport { looked, unseen, on_words, ..unit }
    }
}

fn by_whom(judgement: &Judgement) -> String {
    let signed = &judgement.signed;
    format!("{} on {}: {}", signed.by, signed.on, signed.why)
}

fn named(cases: &[CaseReport], verdict: Verdict) -> String {
    let units = cases.iter().flat_map(|c| &c.units).filter(|u| u.verdict == verdict).map(|u| u.id.clone());
    let lacking = cases.iter().flat_map(|c| &c.missing).cloned().collect::<BTreeSet<_>>();
    let lacking: Vec<_> =
        if verdict == Verdict::Inconclusive { lacking.into_iter().collect() } else { Vec::new() };
    let all: Vec<String> = units.chain(lacking.into_iter().map(|m| format!("the IXIT lacks {m}"))).collect();
    if all.is_empty() { "there is no test case".to_owned() } else { all.join(", ") }
}
