//! `docs/coverage.md`: guideline by guideline, which check touches each provision of each document, or what a person must do;
//! then the test units that are plain comparisons. All of it is read from the data and the registry.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use assay::conformity::book;
use assay::conformity::book::{TestCase, Unit};
use assay::explain::{counted, documents};
use assay::rules::{Provision, rulebook};
use assay_checks::{Check, checks};

/// The document.
pub(super) fn text() -> String {
    let mut text = "# What is checked, and what a person must do\n\nGenerated from the data and the registry of checks; see CONTRIBUTING.md. Texts are in our own words; `assay explain ID` says more about every id.\n".to_owned();
    totals(&mut text);
    for g in &rulebook().guidelines {
        let _ = write!(text, "\n## Guideline {}: {}\n", g.number, g.title);
        by_document(&mut text, |p| p.guideline == Some(g.number));
    }
    text.push_str("\n## Above or outside the thirteen guidelines\n");
    by_document(&mut text, |p| p.guideline.is_none());
    units(&mut text);
    text
}

/// A provision is touched by the checks that name it.
fn touching(id: &str) -> Vec<&'static Check> {
    checks().iter().filter(|c| c.provisions.contains(&id)).collect()
}

/// `10 M, 27 R`: the statuses of a document in its own letters.
fn statuses(baseline: &str) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for p in rulebook().provisions.values().filter(|p| p.baseline() == baseline) {
        *counts.entry(p.status.replace(' ', "")).or_default() += 1;
    }
    let parts: Vec<String> = counts.iter().map(|(s, n)| format!("{n} {s}")).collect();
    parts.join(", ")
}

fn totals(text: &mut String) {
    let (rules, tests) = (rulebook(), book());
    text.push_str("\n## Totals\n\n| Document | Entries | Requirements | Recommendations | Status | With a check | A person only |\n|---|---|---|---|---|---|---|\n");
    for b in documents() {
        let of: Vec<&Provision> = rules.provisions.values().filter(|p| p.baseline() == b.id).collect();
        let with = of.iter().filter(|p| !touching(&p.id).is_empty()).count();
        let binding = of.iter().filter(|p| p.is_mandatory()).count();
        let _ = writeln!(
            text,
            "| {}, {} (`{}`) | {} | {binding} | {} | {} | {with} | {} |",
            b.title,
            b.version,
            b.id,
            of.len(),
            of.len() - binding,
            statuses(&b.id),
            of.len() - with
        );
    }
    let mechanical: Vec<(&TestCase, &Unit)> = tests.units().filter(|(_, u)| u.is_mechanical()).collect();
    let _ = write!(
        text,
        "\nTS 103 701 V1.1.1 has {} test cases with {} units in {} groups, and {} tables and lists in its IXIT pro forma. {} of the units are plain comparisons (the verbs check and functionally check): {} have a check, {} wait for evidence.\n",
        tests.cases.len(),
        tests.units().count(),
        tests.groups.len(),
        tests.tables.len(),
        mechanical.len(),
        mechanical.iter().filter(|(_, u)| u.check.is_some()).count(),
        mechanical.iter().filter(|(_, u)| u.waits_for.is_some()).count(),
    );
    let mut waits: BTreeMap<&str, usize> = BTreeMap::new();
    let mut judged: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, u) in &mechanical {
        u.check.iter().for_each(|c| *judged.entry(c).or_default() += 1);
        u.waits_for.iter().for_each(|k| *waits.entry(k).or_default() += 1);
    }
    text.push_str("\n| Units decided by | Units |\n|---|---|\n");
    for (check, n) in judged {
        let _ = writeln!(text, "| the check `{check}` | {n} |");
    }
    for (kind, n) in waits {
        let _ = writeln!(text, "| evidence of the kind `{kind}`, which they wait for | {n} |");
    }
}

/// Every document's provisions that belong here, one a line.
fn by_document(text: &mut String, belongs: impl Fn(&Provision) -> bool) {
    let rules = rulebook();
    for b in documents() {
        let mut of: Vec<&Provision> =
            rules.provisions.values().filter(|p| p.baseline() == b.id && belongs(p)).collect();
        of.sort_by_cached_key(|p| counted(&p.id));
        if of.is_empty() {
            continue;
        }
        let _ = write!(text, "\n### {}\n\n", b.cite);
        for p in of {
            let _ = writeln!(text, "- `{}` ({}): {}", p.id, p.status, p.says);
            let names: Vec<String> = touching(&p.id).iter().map(|c| format!("`{}`", c.id)).collect();
            let judged = match names.is_empty() {
                true => "No check.".to_owned(),
                false => format!("Checked by {}.", names.join(", ")),
            };
            let _ = writeln!(text, "  **{judged}** {}", p.person);
        }
    }
}

fn units(text: &mut String) {
    text.push_str("\n## The test units that are plain comparisons\n\nOf ETSI TS 103 701 V1.1.1. The rule is the exact comparison, in our own words.\n\n");
    for (case, unit) in book().units().filter(|(_, u)| u.is_mechanical()) {
        let by = match (&unit.check, &unit.waits_for) {
            (Some(check), _) => format!("Decided by the check `{check}`."),
            (None, Some(kind)) => format!("Waits for evidence of the kind `{kind}`."),
            (None, None) => "Nothing decides it.".to_owned(),
        };
        let rule = unit.rule.as_deref().unwrap_or("No rule.");
        let _ = writeln!(text, "- `{}`: {}\n  **{by}** {rule}", case.unit_id(unit), unit.does);
    }
}

#[test]
fn the_counts_are_those_of_the_documents() {
    assert_eq!(rulebook().guidelines.len(), 13);
    assert_eq!(statuses("en303645-v2.1.1"), "20 M, 13 MC, 25 R, 10 RC");
    let strength = |baseline: &str, letter: char| {
        let of = rulebook().provisions.values().filter(|p| p.baseline() == baseline);
        of.filter(|p| p.status.starts_with(letter)).count()
    };
    for (baseline, wanted) in
        [("ts103645-v1.1.1", (10, 27)), ("en303645-v2.1.1", (33, 35)), ("en303645-v3.1.3", (36, 42))]
    {
        assert_eq!((strength(baseline, 'M'), strength(baseline, 'R')), wanted, "{baseline}");
    }
    let tests = book();
    let mechanical = tests.units().filter(|(_, u)| u.is_mechanical()).count();
    assert_eq!(
        (tests.cases.len(), tests.units().count(), mechanical, tests.tables.len()),
        (109, 226, 46, 29)
    );
}
