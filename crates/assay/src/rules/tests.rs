//! The laws of the data: counts that the documents themselves give, and completeness of every entry.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

fn of(baseline: &str) -> impl Iterator<Item = &Provision> {
    rulebook().provisions.values().filter(move |p| p.baseline() == baseline)
}

fn by_status(baseline: &str) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for p in of(baseline) {
        *counts.entry(p.status.as_str()).or_default() += 1;
    }
    counts
}

#[test]
fn the_bundled_rulebook_reads() {
    if let Err(e) = read::bundled() {
        panic!("{e}");
    }
}

#[test]
fn the_thirteen_stand_in_order_and_the_retailer_only_under_the_eighth() {
    let book = rulebook();
    assert_eq!(book.guidelines.iter().map(|g| g.number).collect::<Vec<_>>(), (1..=13).collect::<Vec<_>>());
    let retail: Vec<u8> =
        book.guidelines.iter().filter(|g| g.roles.contains(&Role::Retailer)).map(|g| g.number).collect();
    assert_eq!(retail, [8]);
    assert_eq!(of("cop-2018").count(), 13);
}

#[test]
fn ts_103_645_has_37_provisions_10_shall_and_27_should() {
    let counts = by_status("ts103645-v1.1.1");
    let shall: usize = counts.iter().filter(|(s, _)| s.starts_with('M')).map(|(_, n)| n).sum();
    let should: usize = counts.iter().filter(|(s, _)| s.starts_with('R')).map(|(_, n)| n).sum();
    assert_eq!((shall, should, of("ts103645-v1.1.1").count()), (10, 27, 37));
}

#[test]
fn en_303_645_v2_has_68_provisions_in_two_status_tables() {
    let wanted = BTreeMap::from([("M", 20), ("M C", 13), ("R", 25), ("R C", 10)]);
    assert_eq!(by_status("en303645-v2.1.1"), wanted);
    // TS 103 701 A.3 makes 18 unconditional provisions conditional and adds the conditions 14 to 28.
    let differ: Vec<&str> = of("en303645-v2.1.1")
        .filter(|p| p.assessed.as_ref().is_some_and(|a| a.status.ends_with('C') && !p.status.ends_with('C')))
        .map(Provision::number)
        .collect();
    let wanted = [
        "5.1-3", "5.11-1", "5.11-2", "5.11-3", "5.11-4", "5.13-1", "5.4-1", "5.4-4", "5.5-4", "5.5-5",
        "5.5-6", "5.5-7", "5.5-8", "5.8-1", "5.8-2", "5.8-3", "6-1", "6-3",
    ];
    assert_eq!(differ, wanted);
    assert!(of("en303645-v2.1.1").all(|p| p.assessed.is_some()));
}

#[test]
fn en_303_645_v3_has_78_provisions_and_eight_void_numbers_with_successors() {
    let counts = by_status("en303645-v3.1.3");
    let strength = |c: char| counts.iter().filter(|(s, _)| s.starts_with(c)).map(|(_, n)| n).sum::<usize>();
    assert_eq!((strength('M'), strength('R'), of("en303645-v3.1.3").count()), (36, 42, 78));
    let book = rulebook();
    let voids: BTreeMap<&str, usize> = book
        .voids
        .iter()
        .filter_map(|(id, s)| id.strip_prefix("en303645-v3.1.3:").map(|n| (n, s.len())))
        .collect();
    let wanted = BTreeMap::from([
        ("4-1", 1),
        ("5.3-4", 2),
        ("5.3-6", 2),
        ("5.3-15", 2),
        ("5.6-4", 2),
        ("5.13-1", 2),
        ("6-3", 2),
    ]);
    assert_eq!(voids, wanted);
    for new in ["5.1-2A", "6-6", "6-7", "6-8"] {
        let id = format!("en303645-v3.1.3:{new}");
        assert!(book.provisions.contains_key(&id), "{id}");
        assert!(
            !book.mappings.iter().any(|m| m.to == id && m.relation == Relation::Successor),
            "{id} is new"
        );
    }
}

#[test]
fn every_provision_says_all_it_must_and_its_status_agrees_with_its_conditions() {
    for p in rulebook().provisions.values() {
        let letters: Vec<&str> = p.status.split(' ').collect();
        assert!(matches!(letters[0], "M" | "R"), "{}: status {}", p.id, p.status);
        let form = |f| p.conditions.iter().any(|c| rulebook().conditions[c].form == f);
        assert_eq!(
            letters.contains(&"C"),
            form(Form::Condition),
            "{}: {} and its conditions",
            p.id,
            p.status
        );
        assert_eq!(letters.contains(&"F"), form(Form::Feature), "{}: {} and its features", p.id, p.status);
        assert!(!p.roles.is_empty(), "{} binds nobody", p.id);
        for (field, text, least) in [
            ("says", &p.says, 20),
            ("help", &p.help, 40),
            ("person", &p.person, 30),
            ("source", &p.source, 8),
        ] {
            assert!(
                text.chars().count() >= least && text.trim() == text,
                "{}: `{field}` is too short or untrimmed",
                p.id
            );
        }
    }
}

#[test]
fn guidance_is_written_for_each_provision_and_not_pasted() {
    let mut seen: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for p in rulebook().provisions.values() {
        if let Some(first) = seen.insert((p.baseline(), p.help.as_str()), &p.id) {
            panic!("{} and {first} have the same `help`", p.id);
        }
    }
}

/// Roles that are neither the maker's alone nor those of the guideline are our reading of a provision's own words: the note on
/// the document names every one of them and no other.
#[test]
fn the_notes_on_en_303_645_name_the_provisions_whose_roles_are_not_the_guidelines() {
    let book = rulebook();
    for baseline in ["en303645-v2.1.1", "en303645-v3.1.3"] {
        let own = of(baseline).filter(|p| {
            let guideline = p.guideline.and_then(|g| book.guideline(g)).map(|g| &g.roles);
            guideline.is_some_and(|roles| *roles != p.roles) && p.roles != [Role::DeviceManufacturer]
        });
        let own: BTreeSet<&str> = own.map(Provision::number).collect();
        let note = book.baseline(baseline).unwrap().note.as_deref().unwrap();
        let named =
            note.split_once("They are neither in ").unwrap().1.split_once(", whose own words").unwrap().0;
        let named: BTreeSet<&str> = named.split([',', ' ']).filter(|w| w.contains('-')).collect();
        assert_eq!(own, named, "{baseline}");
    }
}

#[test]
fn every_provision_of_v2_leads_to_v3() {
    let book = rulebook();
    for p in of("en303645-v2.1.1") {
        let leads = book.mappings.iter().any(|m| m.from == p.id && m.to.starts_with("en303645-v3.1.3:"));
        assert!(leads, "{} has no fellow in V3.1.3", p.id);
    }
    for p in of("ts103645-v1.1.1") {
        let leads = book.mappings.iter().any(|m| m.from == p.id && m.to.starts_with("en303645-v2.1.1:"));
        assert!(leads, "{} has no fellow in EN 303 645 V2.1.1", p.id);
    }
}

#[test]
fn a_number_alone_means_the_version_that_the_law_pins_and_a_wrong_id_finds_its_neighbour() {
    let book = rulebook();
    assert_eq!(book.find("5.1-1").map(|p| p.id.as_str()), Some("en303645-v2.1.1:5.1-1"));
    assert_eq!(book.find("5.3-4A").map(|p| p.id.as_str()), Some("en303645-v3.1.3:5.3-4A"));
    assert_eq!(book.find("4.3-4").map(|p| p.id.as_str()), Some("ts103645-v1.1.1:4.3-4"));
    assert_eq!(book.normal("en303645-v3.1.3:6.1"), "en303645-v3.1.3:6-1");
    assert_eq!(book.nearest("en303645-v2.1.1:5.1-l"), Some("en303645-v2.1.1:5.1-1"));
    assert_eq!(book.nearest("nothing like it"), None);
}
