//! Worked cases under every scheme, as data: `tests/worked/<scheme>/*.toml`. Each says what is known of a product and how it
//! stands on one day or on several; a boundary names the day before, the day of and the day after. A new case is a new file.

#![expect(clippy::disallowed_methods, reason = "the cases lie in files beside this one")]
#![expect(clippy::unwrap_used, reason = "a test may end at once")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use assay::assess::{Given, Verdict};
use assay::case::{Held, Place};
use assay::date::{self, Date};
use assay::outcome::{CheckResult, Claim, Confidence, Finding, Outcome, SeenBy};
use assay::rules::rulebook;
use assay::scheme::{self, Scheme};
use assay::territory::{Asked, Document, InScope, Standing, Status, territories};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Worked {
    /// What is true, in a sentence, with the rule.
    says: String,
    /// What the maker claims, by provision id.
    #[serde(default)]
    claims: BTreeMap<String, Claim>,
    /// Claims the same of every requirement of the scheme that `claims` does not name.
    every_requirement: Option<Claim>,
    /// What the evidence shows, by provision id.
    #[serde(default)]
    outcomes: BTreeMap<String, Outcome>,
    /// The same of every requirement that `outcomes` does not name.
    every_outcome: Option<Outcome>,
    /// Who vouches for the outcomes; the maker where not given.
    seen_by: Option<SeenBy>,
    /// What is so about the product, by the rulebook's facts.
    #[serde(default)]
    facts: BTreeMap<String, bool>,
    /// The end of the support period.
    support_end: Option<String>,
    /// The labels of schemes that it holds.
    #[serde(default)]
    label: Vec<Label>,
    /// Why the scheme is not about it.
    out_of_scope: Option<String>,
    /// `complete`, `absent`, or the fields that are missing.
    #[serde(default)]
    statement: Statement,
    /// How it stands, day by day.
    day: Vec<Expected>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    scheme: String,
    level: Option<String>,
    #[serde(default = "model")]
    product: String,
    standard: Option<String>,
    granted: Option<String>,
    expires: String,
}

fn model() -> String {
    "HC-2".into()
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Statement {
    #[default]
    Complete,
    Absent,
    Incomplete(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    on: String,
    status: Status,
    verdict: Option<Verdict>,
    /// The phase of that day.
    phase: Option<String>,
    /// Each has to occur in the reason.
    #[serde(default)]
    why: Vec<String>,
    /// Each has to occur in some missing step.
    #[serde(default)]
    missing: Vec<String>,
    /// `tick`, `cross` or `none`.
    label: Option<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/worked")
}

fn worked(scheme: &str) -> Vec<(String, Worked)> {
    let folder = folder().join(scheme);
    let mut all: Vec<(String, Worked)> = std::fs::read_dir(&folder)
        .unwrap_or_else(|e| panic!("{scheme} has its worked cases in {}: {e}", folder.display()))
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = format!("tests/worked/{scheme}/{}", path.file_name().unwrap().to_string_lossy());
            let text = std::fs::read_to_string(&path).unwrap();
            (name.clone(), toml::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}")))
        })
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

fn day(text: &str) -> Date {
    date::parse(text).unwrap_or_else(|| panic!("{text} is no date"))
}

/// One result for each provision: what the evidence shows of it.
fn result(provision: &str, outcome: Outcome, seen_by: SeenBy) -> CheckResult {
    let finding = Finding {
        kind: "universal".into(),
        message: "shown by the evidence".into(),
        place: "evidence/batch.csv:2".into(),
        confidence: Confidence::Certain,
        provisions: vec![provision.into()],
    };
    let findings = if outcome == Outcome::NotMet { vec![finding] } else { Vec::new() };
    serde_json::from_value(serde_json::json!({
        "check": "worked", "outcome": outcome, "why": "as the case says", "seen_by": seen_by,
        "provisions": [provision], "findings": findings, "evidence": [],
    }))
    .unwrap()
}

fn stand(scheme: &Scheme, worked: &Worked, on: Date, name: &str) -> Standing {
    let ids = worked.claims.keys().chain(worked.outcomes.keys());
    for id in ids {
        assert!(rulebook().provisions.contains_key(id), "{name}: there is no provision `{id}`");
    }
    for fact in worked.facts.keys() {
        assert!(rulebook().facts.contains_key(fact), "{name}: there is no fact `{fact}`");
    }
    let mut claims = worked.claims.clone();
    let mut outcomes = worked.outcomes.clone();
    for r in &scheme.requirements {
        if let Some(claim) = worked.every_requirement {
            claims.entry(r.provision.clone()).or_insert(claim);
        }
        if let Some(outcome) = worked.every_outcome {
            outcomes.entry(r.provision.clone()).or_insert(outcome);
        }
    }
    let seen_by = worked.seen_by.unwrap_or(SeenBy::Maker);
    let checks: Vec<CheckResult> = outcomes.iter().map(|(id, o)| result(id, *o, seen_by)).collect();
    let labels: Vec<Held> = worked
        .label
        .iter()
        .map(|l| Held {
            scheme: l.scheme.clone(),
            level: l.level.clone(),
            number: None,
            product: l.product.clone(),
            standard: l.standard.clone(),
            granted: l.granted.as_deref().map(day),
            expires: day(&l.expires),
            at: Place { line: 1, column: 1 },
        })
        .collect();
    let given = Given {
        facts: &worked.facts,
        labels: &labels,
        named: &["HC-2", "Hearth Camera 2"],
        ..Given::new(&claims, &checks, worked.support_end.as_deref().map(day), on)
    };
    let scope = |s: &Scheme| match &worked.out_of_scope {
        Some(why) if s.id == scheme.id => InScope::No(why.clone()),
        _ => InScope::Yes,
    };
    let document = |_: &Scheme| match &worked.statement {
        Statement::Complete => Document::Complete,
        Statement::Absent => Document::Absent,
        Statement::Incomplete(fields) => Document::Incomplete(fields.clone()),
    };
    let asked = Asked { given: &given, scope: &scope, document: &document, wanted: &BTreeMap::new() };
    let all = territories(scheme::bundled(), &asked);
    all.into_iter().find(|s| s.scheme == scheme.id).expect("every scheme has its standing")
}

#[test]
fn every_worked_case_stands_as_told() {
    let mut wrong = Vec::new();
    for scheme in scheme::bundled() {
        for (name, worked) in worked(&scheme.id) {
            for expected in &worked.day {
                let s = stand(scheme, &worked, day(&expected.on), &name);
                let label = s.label.map_or("none", |l| l.variant.word());
                let said = serde_json::to_string(&s.missing).unwrap();
                let agrees = s.status == expected.status
                    && expected.verdict.is_none_or(|v| v == s.verdict)
                    && expected.phase.as_ref().is_none_or(|p| s.phase.as_ref().is_some_and(|q| q.name == *p))
                    && expected.why.iter().all(|w| s.why.contains(w))
                    && expected.missing.iter().all(|m| said.contains(m))
                    && expected.label.as_ref().is_none_or(|l| l == label);
                if !agrees {
                    wrong.push(format!(
                        "{name} on {}: {}\n  {} ({:?}), phase {:?}, label {label}\n  why: {}\n  missing: {said}",
                        expected.on,
                        worked.says,
                        s.status.word(),
                        s.verdict,
                        s.phase.map(|p| p.name),
                        s.why
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// At least six cases a scheme: two met, two not met, one inconclusive, one at a boundary of a phase.
#[test]
fn every_scheme_has_its_six_worked_cases() {
    let mut short = Vec::new();
    for scheme in scheme::bundled() {
        let all = worked(&scheme.id);
        let with = |status| all.iter().filter(|(_, w)| w.day.iter().any(|d| d.status == status)).count();
        let boundary = all.iter().any(|(_, w)| {
            let days: BTreeSet<Date> = w.day.iter().map(|d| day(&d.on)).collect();
            scheme.phases.iter().any(|p| {
                let (before, after) = (p.from.0.yesterday(), p.from.0.tomorrow());
                [before.ok(), Some(p.from.0), after.ok()].iter().flatten().all(|d| days.contains(d))
            })
        });
        let found =
            (all.len(), with(Status::Met), with(Status::NotMet), with(Status::Inconclusive), boundary);
        if found.0 < 6 || found.1 < 2 || found.2 < 2 || found.3 < 1 || !boundary {
            short.push(format!(
                "{}: {} cases, {} met, {} not met, {} inconclusive, boundary: {}",
                scheme.id, found.0, found.1, found.2, found.3, found.4
            ));
        }
    }
    assert!(short.is_empty(), "add files to tests/worked:\n{}", short.join("\n"));
}

#[test]
fn every_folder_of_worked_cases_belongs_to_a_scheme() {
    for entry in std::fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        assert!(scheme::find(&name).is_some(), "tests/worked/{name} belongs to no scheme");
    }
}
