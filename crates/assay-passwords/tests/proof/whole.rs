//! The audit from end to end: every fault under its name, and what a batch cannot show is said.

use assay::outcome::{Confidence, Outcome};
use assay_passwords::audit::Report;
use assay_passwords::kind::Kind;
use assay_passwords::sample::SAMPLE;

use crate::audited::How;

fn audited(text: &[u8], memory: usize, threads: usize) -> Report {
    sampled(text, memory, threads, SAMPLE)
}

fn sampled(text: &[u8], memory: usize, threads: usize, sample: usize) -> Report {
    How { sample, memory, threads, only: &[] }.audit(text)
}

/// Kind, rows, first lines, confidence, in the order of the report.
fn found(report: &Report) -> Vec<(Kind, u64, Vec<u64>, Confidence)> {
    report.findings.iter().map(|f| (f.kind, f.rows, f.lines.clone(), f.confidence)).collect()
}

/// A password that nobody can foresee, from a number: a small generator is good enough for tests of the wiring.
fn clean(n: u64) -> String {
    const ALPHABET: &[u8] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut state = n;
    (0..14)
        .map(|_| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            char::from(ALPHABET[((z ^ (z >> 31)) % ALPHABET.len() as u64) as usize])
        })
        .collect()
}

fn batch(rows: u64, password: impl Fn(u64) -> String) -> Vec<u8> {
    let row = |n: u64| {
        let mac = 0xA4CF_1200_0000_u64 + n * 3;
        let mac: Vec<String> = (0..6).rev().map(|b| format!("{:02X}", mac >> (8 * b) & 0xff)).collect();
        format!("SN{:08},{},{}\n", 24_000_000 + n, mac.join(":"), password(n))
    };
    ("serial,mac,password\n".to_owned() + &(0..rows).map(row).collect::<String>()).into_bytes()
}

#[test]
fn a_clean_batch_is_met_and_the_method_is_not_accused() {
    let report = audited(&batch(20_000, |n| clean(n << 20)), 1 << 30, 2);
    assert!(found(&report).iter().all(|f| f.3 == Confidence::Possible), "{:#?}", report.findings);
    assert_eq!((report.outcome, report.rows, report.rejected), (Outcome::Met, 20_000, 0), "{:?}", report.why);
    assert_eq!(report.columns[0].different, 20_000);
}

#[test]
fn one_value_for_all_is_universal_whatever_it_is() {
    for value in
        ["admin", "x", "\u{1f512} caf\u{e9}", "Very!Long#Secret_42%Nobody&Guesses", "0", "SN24000000"]
    {
        let report = audited(&batch(50, |_| value.to_owned()), 1 << 30, 1);
        let first = &found(&report)[0];
        assert_eq!((first.0, first.1, first.3), (Kind::Universal, 50, Confidence::Certain), "{value}");
        assert_eq!(first.2, (2..12).collect::<Vec<_>>());
        assert_eq!(report.outcome, Outcome::NotMet);
    }
}

#[test]
fn copies_of_one_row_are_told_as_that() {
    let report = audited("serial,password\n".to_owned().as_bytes(), 1 << 30, 1);
    assert_eq!((report.outcome, report.rows), (Outcome::Inconclusive, 0));
    let text = "serial,password\n".to_owned() + &"SN1,Kx73-pq02\n".repeat(1000);
    let report = audited(text.as_bytes(), 1 << 30, 2);
    assert_eq!((found(&report)[0].0, found(&report)[0].3), (Kind::Universal, Confidence::Likely));
}

#[test]
fn a_batch_too_small_says_how_many_units_would_be_enough() {
    let report = audited(&batch(100, |n| clean(n << 20)), 1 << 30, 1);
    assert_eq!(report.outcome, Outcome::Inconclusive);
    assert!(report.enough.is_some_and(|n| (1_000..100_000).contains(&n)), "{:?}", report.enough);
    let report = audited(&batch(1, |n| clean(n << 20)), 1 << 30, 1);
    assert_eq!(report.outcome, Outcome::Inconclusive);
}

#[test]
fn every_kind_of_fault_is_found_under_its_name() {
    let tail = |n: u64| format!("{:06X}wifi", (0xA4CF_1200_0000_u64 + n * 3) & 0xff_ffff);
    let cases: [(Kind, &dyn Fn(u64) -> String); 6] = [
        (Kind::Incremental, &|n| format!("Cam{:05}", n + 100)),
        (Kind::DerivedFromSerial, &|n| format!("{:08}", 24_000_000 + n).chars().rev().collect()),
        (Kind::DerivedFromMac, &tail),
        (Kind::Common, &|n| ["password1", "123456789", "qwertyuiop"][(n % 3) as usize].to_owned()),
        (Kind::TooWeak, &|n| clean(n << 20)[..4].to_owned()),
        (Kind::Duplicate, &|n| clean((n % 1_500) << 20)),
    ];
    for (kind, password) in cases {
        let report = audited(&batch(3_000, password), 1 << 30, 2);
        let hit = report.findings.iter().find(|f| f.kind == kind);
        assert!(hit.is_some_and(|f| f.confidence == Confidence::Certain), "{kind:?}: {:#?}", report.findings);
        assert_eq!(report.outcome, Outcome::NotMet);
    }
}

#[test]
fn order_threads_and_memory_do_not_change_the_answer() {
    let password = |n: u64| match n % 50 {
        7 => clean(((n - 7) / 500) << 20),
        13 => format!("{:08}", 24_000_000 + n).chars().rev().collect(),
        _ => clean(n << 20),
    };
    let text = batch(8_000, password);
    // A sample of its own for every order of the rows: it is so small that it finds nothing.
    let audited = |text: &[u8], memory, threads| sampled(text, memory, threads, 64);
    let one = audited(&text, 1 << 30, 1);
    for (memory, threads) in [(1 << 30, 3), (1 << 12, 1), (1 << 12, 2)] {
        let other = audited(&text, memory, threads);
        assert_eq!(found(&other), found(&one), "{memory} bytes, {threads} threads");
        assert_eq!(other.spilled, memory < 1 << 20);
    }
    let mut lines: Vec<&str> = std::str::from_utf8(&text).unwrap().lines().collect();
    let body = &mut lines[1..];
    body.reverse();
    body.rotate_left(1234);
    let shuffled = audited((lines.join("\n") + "\n").as_bytes(), 1 << 30, 2);
    // What is only possible is weighed against identifiers of neighbours, and those are others.
    let sure = |f: &(Kind, u64, Vec<u64>, Confidence)| f.3 > Confidence::Possible;
    let kinds =
        |r: &Report| found(r).into_iter().filter(sure).map(|(k, n, _, c)| (k, n, c)).collect::<Vec<_>>();
    assert_eq!(kinds(&shuffled), kinds(&one));
    assert_eq!(shuffled.outcome, one.outcome);
}

#[test]
fn one_unit_with_a_whole_identifier_is_enough() {
    type Way = (&'static str, Kind, fn(u64) -> String);
    let whole: [Way; 4] = [
        ("serial backwards", Kind::DerivedFromSerial, |n| format!("24{n:08}").chars().rev().collect()),
        ("serial itself", Kind::DerivedFromSerial, |n| format!("SN24{n:08}")),
        ("serial in hexadecimal", Kind::DerivedFromSerial, |n| format!("{:X}", 2_400_000_000 + n)),
        ("address in decimal", Kind::DerivedFromMac, |n| (0xA4CF_1200_0000_u64 + n * 3).to_string()),
    ];
    for (name, kind, password) in whole {
        let row = |n: u64| {
            let mac = 0xA4CF_1200_0000_u64 + n * 3;
            let mac: Vec<String> = (0..6).rev().map(|b| format!("{:02X}", mac >> (8 * b) & 0xff)).collect();
            let password = if n == 22_349 { password(n) } else { clean(n << 20)[..10].to_owned() };
            format!("SN24{n:08},{},{password}\n", mac.join(":"))
        };
        let text = "serial,mac,password\n".to_owned() + &(1..30_000).map(row).collect::<String>();
        let report = sampled(text.as_bytes(), 1 << 30, 1, 64);
        let found: Vec<_> = report.findings.iter().filter(|f| f.confidence == Confidence::Certain).collect();
        assert_eq!(found.len(), 1, "{name}: {:#?}", report.findings);
        assert_eq!((found[0].kind, &found[0].lines[..]), (kind, &[22_350][..]), "{name}");
    }
}
