//! What needs no JavaScript; the rest is in `tests/`.

use std::collections::BTreeSet;

use assay::date::{Date, parse};
use assay::gate::Reason;
use assay::gate::sale_day::Days;
use assay::key::SecretKey;
use assay::snapshot::{Basis, Record, SchemeState, Snapshot, State};

use crate::asked::Options;
use crate::day::by_clock;
use crate::errors::Refused;
use crate::row::{Cell, Row};

fn day(text: &str) -> Date {
    parse(text).unwrap()
}

/// Milliseconds from 1970 on.
fn clock(days: f64) -> f64 {
    days * 86_400_000.0
}

#[test]
fn the_types_have_every_reason() {
    let types = include_str!("types.ts");
    let (_, rest) = types.split_once("export type Reason =\n").unwrap();
    let (reasons, _) = rest.split_once(';').unwrap();
    let written: BTreeSet<&str> =
        reasons.split('|').map(|r| r.trim().trim_matches('"')).filter(|r| !r.is_empty()).collect();
    let wanted: BTreeSet<&str> = Reason::ALL.iter().map(|reason| reason.word()).collect();
    assert_eq!(written, wanted, "crates/assay-wasm/src/types.ts");
}

#[test]
fn the_package_has_the_version_of_the_crate() {
    let wanted = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(
        include_str!("../package.json").contains(&wanted),
        "crates/assay-wasm/package.json lacks {wanted}"
    );
}

#[test]
fn a_clock_before_the_snapshot_or_without_a_day_is_wrong() {
    let snapshot = snapshot();
    let (header, issued) = (snapshot.header(), day("2026-11-01"));
    let first = f64::from(assay::date::to_days(issued));
    assert_eq!(by_clock(clock(first), header), Ok(issued));
    assert_eq!(by_clock(clock(first + 1.0) - 1.0, header), Ok(issued));
    assert_eq!(by_clock(clock(first + 1.0), header), Ok(day("2026-11-02")));
    for wrong in [clock(first) - 1.0, 0.0, -1.0, f64::NAN, f64::INFINITY, 1e300, clock(2_147_483_646.0)] {
        assert!(matches!(by_clock(wrong, header), Err(Refused::Value(_))), "{wrong}");
    }
}

#[test]
fn numbers_that_may_have_lost_digits_are_not_read() {
    let digits = |text: &str| Cell::Text(text.to_owned());
    assert_eq!(Cell::number(4_006_381_333_931.0), digits("4006381333931"));
    assert_eq!((Cell::number(0.0), Cell::number(-0.0)), (digits("0"), digits("0")));
    assert_eq!(Cell::number(9_007_199_254_740_991.0), digits("9007199254740991"));
    assert_eq!(Cell::number(-96_385_074.0), Cell::Negative);
    for inexact in [0.5, -0.5, 9_007_199_254_740_992.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert_eq!(Cell::number(inexact), Cell::Inexact, "{inexact}");
    }
    assert_eq!((Cell::whole("-1".into()), Cell::whole("1".into())), (Cell::Negative, digits("1")));
}

/// A snapshot of one product, with updates until the end of 2027.
fn snapshot() -> Snapshot {
    let key = SecretKey::from_seed(&[7; 32]);
    let declared = SchemeState {
        verdict: assay::assess::Verdict::Holds,
        variant: Some(assay::assess::Variant::Tick),
        statement: None,
    };
    let record = Record {
        gtin: assay::gtin::Gtin14::parse("4006381333931").unwrap(),
        state: State::Active,
        shortened: false,
        updates_until: Some(day("2027-12-31")),
        schemes: [("uk-2019-option-a".to_owned(), declared)].into(),
        document: None,
        notices: Vec::new(),
        labels: Vec::new(),
    };
    let basis = Basis {
        number: 1,
        log_origin: "example.org/assay".to_owned(),
        log_size: 0,
        root: [0; 32],
        checkpoint: String::new(),
        issued: day("2026-11-01"),
        valid_until: day("2026-12-01"),
        own_numbers: false,
    };
    let bytes = Snapshot::build(&[record], &basis, &key).unwrap();
    Snapshot::open(&bytes, &[key.public()], "example.org/assay").unwrap()
}

/// The reason of the product under options, by a clock that shows 20 November 2026; and with a day of the row's own.
fn reason(options: Options, sold_on: &str) -> String {
    let snapshot = snapshot();
    let asked =
        match options.asked(&snapshot, || Ok(clock(f64::from(assay::date::to_days(day("2026-11-20")))))) {
            Ok(asked) => asked,
            Err(refused) => return format!("{refused:?}"),
        };
    let judge = asked.judge(&snapshot).unwrap();
    let row = Row {
        gtin: Cell::Text("4006381333931".to_owned()),
        sold_on: Cell::Text(sold_on.to_owned()),
        ..Row::default()
    };
    row.judged(&mut Days::new(&judge)).decision.reason.to_string()
}

#[test]
fn what_is_asked_is_what_is_judged() {
    let unless_told = Options::default;
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(reason(unless_told(), ""), "labelled");
    assert_eq!(reason(unless_told(), "2026-12-02"), "stale-snapshot");
    assert_eq!(reason(unless_told(), "2/12/2026"), "bad-sale-day");
    assert_eq!(reason(Options { on: text("2026-12-02"), ..unless_told() }, ""), "stale-snapshot");
    assert_eq!(reason(Options { on: text("2026-12-02"), ..unless_told() }, "2026-11-20"), "labelled");
    assert_eq!(reason(Options { supported_for: Some(24.0), ..unless_told() }, ""), "support-ends-early");
    assert_eq!(reason(Options { supported_for: Some(12.0), ..unless_told() }, ""), "labelled");
    assert_eq!(
        reason(Options { scheme: text("uk-2019-option-b"), ..unless_told() }, ""),
        "not-declared-under-scheme"
    );
    for (options, sentence) in [
        (Options { on: text("today"), ..unless_told() }, "Value(\"on is a day"),
        (Options { scheme: text("none"), ..unless_told() }, "Value(\"there is no scheme `none`"),
        (Options { stale: text("no"), ..unless_told() }, "Value(\"stale is"),
        (
            Options { stale: text("refuse"), on: text("2026-12-02"), ..unless_told() },
            "Snapshot(\"the snapshot was good until",
        ),
        (Options { territory: text("wales"), ..unless_told() }, "Value(\"territory is"),
        (Options { supported_for: Some(f64::NAN), ..unless_told() }, "Value(\"supported_for is"),
    ] {
        let said = reason(options, "");
        assert!(said.starts_with(sentence), "{said}");
    }
}
