//! What a machine can judge has a check, and what it cannot says what a person must do: for every provision of every
//! document, and for every test unit of TS 103 701 that is a plain comparison.

use std::collections::BTreeSet;

use assay::case::EvidenceKind;
use assay::conformity::book;
use assay::rules::rulebook;
use assay_checks::{checks, find};

#[test]
fn every_provision_has_a_check_or_says_what_a_person_must_do() {
    let touched: BTreeSet<&str> = checks().iter().flat_map(|c| c.provisions).copied().collect();
    let silent: Vec<&String> = rulebook()
        .provisions
        .values()
        .filter(|p| !touched.contains(p.id.as_str()) && p.person.trim().len() < 20)
        .map(|p| &p.id)
        .collect();
    assert!(silent.is_empty(), "add a check, or `person` in crates/assay/data: {silent:?}");
}

#[test]
fn every_mechanical_unit_names_a_check_or_a_kind_of_evidence_that_exists() {
    let kinds: BTreeSet<&str> = EvidenceKind::ALL.iter().map(|k| k.word()).collect();
    let mut faults = Vec::new();
    for (case, unit) in book().units().filter(|(_, u)| u.is_mechanical()) {
        let id = case.unit_id(unit);
        match (&unit.check, &unit.waits_for) {
            (Some(check), _) if find(check).is_some() => {}
            (Some(check), _) => {
                faults.push(format!("{id} names the check `{check}`, which the registry does not have"))
            }
            (None, Some(kind)) if kinds.contains(kind.as_str()) => {}
            (None, Some(kind)) => {
                faults.push(format!("{id} waits for `{kind}`, which is no kind of evidence"))
            }
            (None, None) => faults.push(format!("{id} names neither a check nor what it waits for")),
        }
    }
    assert!(faults.is_empty(), "{} of 46:\n{}", faults.len(), faults.join("\n"));
}
