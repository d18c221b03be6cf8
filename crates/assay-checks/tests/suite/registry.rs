//! The laws of the registry: every check has a page in the fixed form, provisions that exist, evidence that it reads, and
//! cases for *met*, for *not met* and for what it cannot decide.

use std::collections::BTreeSet;

use assay::case::EvidenceKind;
use assay::outcome::Outcome;
use assay::rules::rulebook;
use assay_checks::{MemoryFiles, Subject, checks, find, run_all};

use super::{case, cases};

#[test]
fn every_check_has_a_page_in_the_fixed_form() {
    let wanted = ["What it looks at", "Why it matters", "How to meet it", "What it cannot see", "Source"];
    for check in checks() {
        let mut headings =
            check.page.lines().filter_map(|l| l.strip_prefix("# ").or_else(|| l.strip_prefix("## ")));
        assert_eq!(headings.next(), Some(check.title), "the page of {} begins with its title", check.id);
        assert_eq!(headings.collect::<Vec<_>>(), wanted, "the page of {}", check.id);
        assert!(
            check.page.split("\n## ").skip(1).all(|s| s.trim().lines().count() > 1),
            "{} has an empty section",
            check.id
        );
    }
}

#[test]
fn every_check_names_provisions_that_exist_and_no_scheme() {
    for check in checks() {
        assert!(!check.provisions.is_empty(), "{}", check.id);
        for provision in check.provisions {
            assert!(rulebook().provisions.contains_key(*provision), "{}: {provision}", check.id);
        }
        for scheme in ["option-a", "option-b", "option-c", "uk-psti"] {
            assert!(!check.page.contains(scheme), "the page of {} names a scheme", check.id);
        }
    }
}

#[test]
fn ids_are_unique_and_found() {
    let ids: BTreeSet<&str> = checks().iter().map(|c| c.id).collect();
    assert_eq!(ids.len(), checks().len());
    assert!(
        checks().iter().all(|c| find(c.id).is_some_and(|f| f.title == c.title)) && find("none").is_none()
    );
}

#[test]
fn every_kind_of_evidence_has_its_check() {
    for kind in EvidenceKind::ALL {
        assert!(checks().iter().any(|c| c.evidence.contains(&kind)), "nothing reads {}", kind.word());
    }
}

#[test]
fn every_check_has_a_case_for_each_way_to_end() {
    for check in checks() {
        let outcomes: BTreeSet<Outcome> =
            cases::told(check).iter().map(|(_, t)| t.run(check, false).outcome).collect();
        for wanted in [Outcome::Met, Outcome::NotMet, Outcome::Inconclusive, Outcome::NotTested] {
            assert!(
                outcomes.contains(&wanted),
                "add a case to tests/cases/{} that comes out {wanted}",
                check.id
            );
        }
    }
}

#[test]
fn every_kind_of_finding_occurs_in_a_case() {
    let run = |check: &'static assay_checks::Check| {
        cases::told(check).into_iter().flat_map(|(_, t)| t.run(check, false).findings)
    };
    let found: BTreeSet<String> = checks().iter().flat_map(run).map(|f| f.kind).collect();
    let known: BTreeSet<String> = assay_checks::finding_kinds().iter().map(|k| k.id.to_owned()).collect();
    assert_eq!(found, known);
}

#[test]
fn without_evidence_nothing_is_tested_and_nothing_is_met() {
    let case = case("");
    let on = assay::date::parse("2026-11-22").unwrap();
    let results = run_all(&Subject { case: &case, files: &MemoryFiles::new(), on });
    assert_eq!(results.len(), checks().len());
    assert!(results.iter().all(|r| r.outcome == Outcome::NotTested && !r.why.is_empty()));
}

#[test]
fn evidence_that_is_named_but_missing_leaves_it_open_and_says_where() {
    let named: String = EvidenceKind::ALL
        .map(|k| format!("[[evidence]]\nkind = \"{}\"\npath = \"evidence/not-there\"\n", k.word()))
        .concat();
    let case = case(&format!(
        "[support]\nend = 2030-05-31\npublished_at = \"https://hearth.example/s\"\nreasons = \"so\"\n\n{named}"
    ));
    let on = assay::date::parse("2026-11-22").unwrap();
    for result in run_all(&Subject { case: &case, files: &MemoryFiles::new(), on }) {
        assert_eq!(result.outcome, Outcome::Inconclusive, "{}", result.check);
        assert!(result.why.contains("`evidence/not-there`"), "{}: {}", result.check, result.why);
    }
}
