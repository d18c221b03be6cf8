//! The laws of the bundled schemes, and what a wrong file is told.

use std::collections::BTreeSet;

use super::*;
use crate::data;
use crate::date::parse as day;

fn text(id: &str) -> &'static str {
    let file = format!("{id}.toml");
    data::SCHEMES.iter().find(|(f, _)| *f == file).map(|(_, t)| *t).expect("bundled")
}

#[test]
fn every_bundled_scheme_reads_is_named_after_its_file_and_no_code_is_reused() {
    for (file, text) in data::SCHEMES {
        if let Err(e) = Scheme::parse(file, text, rules::rulebook()) {
            panic!("{e}\n    mend: {}", e.mend);
        }
    }
    let codes: BTreeSet<u16> = bundled().iter().map(|s| s.code).collect();
    assert_eq!(codes.len(), data::SCHEMES.len());
    for (file, _) in data::SCHEMES {
        assert!(find(file.trim_end_matches(".toml")).is_some(), "{file} holds another id");
    }
}

#[test]
fn dates_that_nobody_set_are_marked_and_only_those() {
    for scheme in bundled() {
        assert!(scheme.phases.iter().all(|p| p.invented != scheme.enacted), "{}", scheme.id);
        assert_eq!(scheme.kind == SchemeKind::Consultation, !scheme.enacted, "{}", scheme.id);
    }
}

#[test]
fn what_was_not_verified_says_so_and_where_to_look() {
    for s in bundled() {
        for u in &s.unknowns {
            assert!(u.what.len() > 20 && u.ask.len() > 5, "{}: {}", s.id, u.what);
        }
        if s.verified != Verified::Primary {
            assert!(!s.unknowns.is_empty(), "{} was not read in its primary text: add an [[unknown]]", s.id);
        }
    }
}

#[test]
fn every_recognised_scheme_exists_and_recognition_is_directed_and_dated() {
    let mut edges = BTreeSet::new();
    for s in bundled() {
        let ways = s.requirements.iter().flat_map(|r| &r.ways).filter_map(|w| w.label.as_ref());
        for other in ways.map(|l| &l.scheme).chain(s.recognises.iter().map(|r| &r.scheme)) {
            assert!(find(other).is_some(), "{} recognises `{other}`, which is no scheme", s.id);
            assert_ne!(other, &s.id);
            edges.insert((s.id.clone(), other.clone()));
        }
        assert!(s.recognises.iter().all(|r| r.from.is_some()), "{}: every edge has its first day", s.id);
    }
    for (from, to) in [
        ("uk-psti", "sg-cls-1"),
        ("uk-psti", "jp-jc-star-1"),
        ("sg-cls-1", "uk-psti"),
        ("jp-jc-star-1", "uk-psti"),
        ("sg-cls-1", "jp-jc-star-1"),
        ("jp-jc-star-1", "sg-cls-1"),
    ] {
        assert!(edges.contains(&(from.to_owned(), to.to_owned())), "{from} recognises {to}");
    }
}

#[test]
fn the_law_binds_from_its_first_day_and_takes_foreign_labels_from_december_2025() {
    let law = find("uk-psti").unwrap();
    assert!(!law.binds_on(day("2024-04-28").unwrap()));
    assert!(law.binds_on(day("2024-04-29").unwrap()));
    for r in &law.requirements {
        let labels: Vec<&Way> = r.ways.iter().filter(|w| w.label.is_some()).collect();
        assert_eq!(labels.len(), 2, "{}: conditions B and C", r.provision);
        assert!(labels.iter().all(|w| w.from.map(|d| d.0) == day("2025-12-04")), "{}", r.provision);
        assert!(r.ways.iter().any(|w| !w.provisions.is_empty()), "{}: condition A", r.provision);
    }
}

#[test]
fn option_a_shows_three_option_c_thirteen_and_b_nothing() {
    let shield = |id| find(id).unwrap().requirements.iter().filter(|r| r.symbol == Symbol::Shield).count();
    assert_eq!(
        [shield("uk-2019-option-a"), shield("uk-2019-option-b"), shield("uk-2019-option-c")],
        [2, 0, 13]
    );
}

#[test]
fn the_operator_dates_what_nobody_enacted_and_nothing_else() {
    let a = find("uk-2019-option-a").unwrap().clone();
    let later = a.clone().with_phase("mandatory", day("2027-01-01").unwrap()).unwrap();
    assert!(!later.binds_on(day("2026-12-31").unwrap()) && later.binds_on(day("2027-01-01").unwrap()));
    assert!(
        a.clone().with_phase("mandatory", day("2019-01-01").unwrap()).unwrap_err().contains("out of order")
    );
    assert!(a.with_phase("later", day("2027-01-01").unwrap()).unwrap_err().contains("voluntary, mandatory"));
    let law = find("uk-psti").unwrap().clone();
    assert!(law.with_phase("in force", day("2027-01-01").unwrap()).unwrap_err().contains("is a fact"));
}

#[test]
fn a_file_with_an_unknown_provision_is_refused_with_line_and_mend() {
    let wrong = text("uk-2019-option-a").replace("4.1-1", "4.1-9");
    let error = Scheme::parse("x.toml", &wrong, rules::rulebook()).unwrap_err();
    let line = 1 + wrong.lines().position(|l| l.contains("4.1-9")).unwrap();
    assert_eq!(error.line, line);
    assert!(error.what.contains("4.1-9") && error.mend.contains("ts103645-v1.1.1:4.1-1"), "{error:?}");
    let void = text("uk-2019-option-a").replace("ts103645-v1.1.1:4.1-1", "en303645-v3.1.3:5.3-4");
    let error = Scheme::parse("x.toml", &void, rules::rulebook()).unwrap_err();
    assert!(error.what.contains("void") && error.mend.contains("5.3-4A"), "{error:?}");
}

#[test]
fn hostile_scheme_files_are_answered() {
    let book = rules::rulebook();
    assert!(Scheme::parse("x.toml", "", book).is_err());
    assert!(Scheme::parse("x.toml", &"[".repeat(100_000), book).is_err());
    assert!(Scheme::parse("x.toml", &"a".repeat(2 << 20), book).is_err());
    let error = Scheme::parse("x.toml", &text("uk-psti").replace("title = ", "titel = "), book).unwrap_err();
    assert!(error.line > 1 && error.to_string().starts_with("x.toml:"), "{error:?}");
}
