//! The laws of the registry: every check has a page in the fixed form, provisions that exist, evidence that it reads, and
//! cases for *met*, for *not met* and for what it cannot decide. A check that speaks from the maker's words alone has no case
//! for *met*, and a law of its own: it never comes out so.

use std::collections::BTreeSet;

use assay::case::EvidenceKind;
use assay::conformity::book;
use assay::outcome::{Outcome, SpeaksFrom};
use assay::rules::rulebook;
use assay_checks::{MemoryFiles, Subject, checks, find, for_people, run_all};

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
fn every_kind_of_evidence_has_its_check_or_a_test_unit_that_waits_for_it() {
    for kind in EvidenceKind::ALL {
        let read = checks().iter().any(|c| c.evidence.contains(&kind));
        let awaited = book().units().any(|(_, unit)| unit.waits_for.as_deref() == Some(kind.word()));
        assert!(read || awaited, "nothing reads {} and no unit waits for it", kind.word());
        assert!(!(read && awaited), "{} has its check: let the unit name it", kind.word());
    }
    let kinds: BTreeSet<&str> = EvidenceKind::ALL.iter().map(|k| k.word()).collect();
    for (case, unit) in book().units() {
        let waits = unit.waits_for.as_deref();
        assert!(
            waits.is_none_or(|w| kinds.contains(w)),
            "{}: no kind is called {waits:?}",
            case.unit_id(unit)
        );
    }
}

#[test]
fn every_mechanical_unit_that_the_data_puts_on_a_check_is_judged_by_it_and_by_no_other() {
    let mut by_data: Vec<(String, String)> =
        book().units().filter_map(|(case, unit)| Some((case.unit_id(unit), unit.check.clone()?))).collect();
    let of_check =
        |c: &'static assay_checks::Check| c.units.iter().map(|u| ((*u).to_owned(), c.id.to_owned()));
    let mut by_checks: Vec<(String, String)> = checks().iter().flat_map(of_check).collect();
    by_data.sort();
    by_checks.sort();
    assert_eq!(by_checks, by_data);
    for check in checks() {
        assert!(check.units.is_sorted(), "{}", check.id);
        // What a unit shows, it shows of its own provision.
        for unit in check.units {
            let (case, _) = book().unit(unit).unwrap();
            let provision = format!("en303645-v2.1.1:{}", case.group());
            assert!(check.provisions.contains(&provision.as_str()), "{}: {provision}", check.id);
        }
    }
}

#[test]
fn every_unit_passes_fails_and_stays_open_in_some_case() {
    for check in checks() {
        let results: Vec<_> = cases::told(check).iter().map(|(_, t)| t.run(check, false)).collect();
        for unit in check.units {
            let outcomes: BTreeSet<Outcome> = results
                .iter()
                .flat_map(|r| &r.units)
                .filter(|u| u.unit == *unit)
                .map(|u| u.outcome)
                .collect();
            for wanted in [Outcome::Met, Outcome::NotMet, Outcome::Inconclusive, Outcome::NotTested] {
                assert!(
                    outcomes.contains(&wanted),
                    "add a case to tests/cases/{} in which {unit} is {wanted}",
                    check.id
                );
            }
        }
    }
}

#[test]
fn a_check_that_speaks_from_the_makers_words_alone_reads_no_evidence_and_is_never_met() {
    let of_words = |c: &&assay_checks::Check| c.speaks_from == SpeaksFrom::MakersWords;
    assert!(checks().iter().filter(of_words).count() >= 10);
    for check in checks().iter().filter(of_words) {
        assert!(check.evidence.is_empty(), "{} reads evidence: it speaks from that", check.id);
        for (name, told) in cases::told(check) {
            let result = told.run(check, false);
            assert_ne!(result.outcome, Outcome::Met, "{name}");
            assert_eq!(result.speaks_from, SpeaksFrom::MakersWords);
        }
    }
}

#[test]
fn every_check_has_a_case_for_each_way_to_end() {
    for check in checks() {
        let outcomes: BTreeSet<Outcome> =
            cases::told(check).iter().map(|(_, t)| t.run(check, false).outcome).collect();
        for wanted in [Outcome::Met, Outcome::NotMet, Outcome::Inconclusive, Outcome::NotTested] {
            // The explicit exception: nothing that only the maker wrote can be met.
            if wanted == Outcome::Met && check.speaks_from == SpeaksFrom::MakersWords {
                continue;
            }
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
    let results = run_all(&Subject { case: &case, files: &MemoryFiles::new(), ixit: None, on });
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
    let reads = |id: &str| find(id).is_some_and(|c| !c.evidence.is_empty());
    let results = run_all(&Subject { case: &case, files: &MemoryFiles::new(), ixit: None, on });
    for result in results.into_iter().filter(|r| reads(&r.check)) {
        assert_eq!(result.outcome, Outcome::Inconclusive, "{}", result.check);
        assert!(result.why.contains("`evidence/not-there`"), "{}: {}", result.check, result.why);
    }
}

#[test]
fn what_no_check_reads_has_its_digest_recorded_and_decides_nothing() {
    let named = "[[evidence]]\nkind = \"page-visit\"\npath = \"evidence/visit.txt\"\n[[evidence]]\nkind = \"security-txt\"\npath = \"evidence/s\"\n[[evidence]]\nkind = \"interface-scan\"\npath = \"evidence/gone\"\n";
    let case = case(named);
    let files = MemoryFiles::new().with("evidence/visit.txt", *b"seen");
    let on = assay::date::parse("2026-11-22").unwrap();
    let subject = Subject { case: &case, files: &files, ixit: None, on };
    let offered = for_people(&subject);
    let told: Vec<_> = offered.iter().map(|o| (o.kind, o.path.as_str(), o.digest.is_ok())).collect();
    assert_eq!(
        told,
        [
            (EvidenceKind::InterfaceScan, "evidence/gone", false),
            (EvidenceKind::PageVisit, "evidence/visit.txt", true)
        ]
    );
    assert!(run_all(&subject).iter().all(|r| r.check == "security-txt" || r.outcome == Outcome::NotTested));
}
