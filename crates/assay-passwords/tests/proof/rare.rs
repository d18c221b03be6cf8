//! One row in a million: duplicates, common passwords and the core of 72 digests, found with their very lines.

use std::collections::BTreeSet;

use assay_passwords::kind::Kind;

use crate::audited::How;
use crate::planted::clean::Clean;
use crate::planted::{Batch, COMMON, DUPLICATE, Layout, MAC, Plan, Reach, SERIAL, Scheme, known};
use crate::{accusations, long};

/// Schemes of the core that share a batch.
const TOGETHER: usize = 24;

fn core() -> Vec<Scheme> {
    let core = |s: &Scheme| s.reach == Reach::Core && s.layout == Layout::Scattered;
    known::schemes().into_iter().filter(core).collect()
}

/// Audits a batch in which every scheme has so many rows, and expects the lines of each.
fn assert_found(schemes: &[Scheme], rows: u64, each: u64, seed: u64) {
    let plan = Plan::new(schemes, rows, each as f64 / rows as f64, seed).clean(Clean::Base62Long);
    let Batch { csv, truth } = plan.batch();
    let report = How { sample: 64, threads: 2, ..How::default() }.audit(&csv);
    let planted: BTreeSet<u64> = truth.iter().flat_map(|p| [Some(p.line), p.twin]).flatten().collect();
    for (number, scheme) in schemes.iter().enumerate() {
        let mine = truth.iter().filter(|p| p.scheme == number);
        let lines: BTreeSet<u64> = mine.flat_map(|p| [Some(p.line), p.twin]).flatten().collect();
        // Of one finding ten lines are told, and schemes that come to the same share one.
        let found = accusations(&report).any(|f| {
            let here = f.lines.iter().any(|line| lines.contains(line));
            scheme.answers(f.kind.word()) && here && f.rows >= lines.len() as u64
        });
        assert!(found, "{rows} rows, {scheme:?}: {lines:?}: {:#?}", report.findings);
    }
    for finding in accusations(&report) {
        let strange: Vec<_> = finding.lines.iter().filter(|l| !planted.contains(l)).collect();
        assert!(strange.is_empty(), "{rows} rows: {strange:?} of {finding:#?}");
    }
}

#[test]
fn one_row_in_a_million_is_found_with_its_line() {
    let schemes = core();
    let kinds: BTreeSet<&str> = schemes.iter().map(|s| s.kind).collect();
    assert!([COMMON, DUPLICATE, MAC, SERIAL].iter().all(|k| kinds.contains(k)), "{kinds:?}");
    let sizes: &[(u64, u64)] = if long() { &[(1_000_000, 1), (10_000_000, 10)] } else { &[(1_000_000, 1)] };
    for (rows, each) in sizes {
        // Every so many, so that schemes that look alike, which stand side by side, do not meet.
        let count = schemes.len().div_ceil(TOGETHER);
        for at in 0..if long() { count } else { 1 } {
            let some: Vec<Scheme> = schemes.iter().skip(at).step_by(count).cloned().collect();
            assert_found(&some, *rows, *each, 700 + at as u64);
        }
    }
}

#[test]
fn one_pair_among_many_is_the_only_duplicate() {
    let pair: Vec<Scheme> = core().into_iter().filter(|s| s.kind == DUPLICATE).collect();
    let sizes: &[u64] = if long() { &[1_000_000, 10_000_000] } else { &[100_000] };
    for rows in sizes {
        for (seed, scheme) in (900..).zip(&pair) {
            let plan = Plan::new(std::slice::from_ref(scheme), *rows, 1.0 / *rows as f64, seed);
            let Batch { csv, truth } = plan.batch();
            let mut lines = vec![truth[0].line, truth[0].twin.unwrap()];
            lines.sort_unstable();
            for memory in [1 << 28, 1 << 16] {
                let report =
                    How { memory, threads: 2, only: &[Kind::Duplicate], ..How::default() }.audit(&csv);
                let found: Vec<_> =
                    report.findings.iter().map(|f| (f.kind, f.rows, f.lines.clone())).collect();
                assert_eq!(found, [(Kind::Duplicate, 2, lines.clone())], "{rows} rows, {scheme:?}");
            }
        }
    }
}
