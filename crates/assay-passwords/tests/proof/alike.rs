//! What must not change the verdict: the order of the rows, the memory that there is, the number of threads.

use std::collections::BTreeSet;

use assay_passwords::audit::{Finding, Report};
use assay_passwords::kind::Kind;

use crate::audited::How;
use crate::planted::rng::{Rng, Shuffle};
use crate::planted::{Batch, Layout, NONE, Plan, Reach, Scheme, clean, known};
use crate::{accusations, long};

/// Every scheme that is known, or one of every kind.
fn schemes() -> Vec<Scheme> {
    let all = [known::schemes(), clean::keyed(), clean::sound()].concat();
    let mut met = BTreeSet::new();
    all.into_iter().filter(|s| long() || met.insert((s.kind, s.twin.is_some()))).collect()
}

fn plan(scheme: &Scheme, rows: u64, seed: u64) -> Batch {
    let share = if scheme.reach == Reach::EveryRow { 1.0 } else { 9.0 / rows as f64 };
    Plan::new(std::slice::from_ref(scheme), rows, share, seed).batch()
}

/// The same units in another order, and for each line the line that it had.
fn shuffled(csv: &[u8], seed: u64) -> (Vec<u8>, Vec<u64>) {
    let lines: Vec<&[u8]> = csv.split_inclusive(|b| *b == b'\n').collect();
    let order = Shuffle::new(lines.len() as u64 - 1, &mut Rng::new(seed));
    let before: Vec<u64> = (0..lines.len() as u64 - 1).map(|row| order.place(row) + 2).collect();
    let rows = before.iter().map(|line| lines[*line as usize - 1]);
    ([lines[0]].into_iter().chain(rows).flatten().copied().collect(), before)
}

/// What is sure: kind, rows, how sure, and which units where all of them are named. That a few units look `regular` too hangs
/// on their neighbours in the file, so it is left out where another finding names them.
type Sure = BTreeSet<(Kind, u64, String, BTreeSet<u64>)>;

fn sure(report: &Report, before: impl Fn(u64) -> u64) -> Sure {
    let named = |f: &Finding| -> BTreeSet<u64> {
        if f.rows == f.lines.len() as u64 {
            f.lines.iter().map(|l| before(*l)).collect()
        } else {
            BTreeSet::new()
        }
    };
    let told = |f: &Finding| {
        let others = || accusations(report).filter(|o| o.kind != Kind::Regular);
        f.kind == Kind::Regular
            && !f.lines.is_empty()
            && others().any(|o| f.lines.iter().all(|l| o.lines.contains(l)))
    };
    let all = accusations(report).filter(|f| !told(f));
    all.map(|f| (f.kind, f.rows, format!("{:?}", f.confidence), named(f))).collect()
}

/// In two tests, since all schemes in one come near the time that a test may take.
#[test]
fn the_order_of_the_rows_does_not_change_the_verdict() {
    order_changes_nothing(0);
}

#[test]
fn the_order_of_the_rows_does_not_change_the_verdict_of_the_other_half() {
    order_changes_nothing(1);
}

/// Of every second scheme, from this one on.
fn order_changes_nothing(from: usize) {
    let rows = if long() { 1_500 } else { 250 };
    // All rows are in the sample, or its chance would differ too.
    let how = How { sample: rows, ..How::default() };
    for (seed, scheme) in (40..).zip(schemes()).skip(from).step_by(2) {
        let csv = plan(&scheme, rows as u64, seed).csv;
        let one = how.audit(&csv);
        let found = accusations(&one).any(|f| scheme.answers(f.kind.word()));
        assert!(found || scheme.kind == NONE, "{scheme:?}: {:#?}", one.findings);
        let (other, before) = shuffled(&csv, seed);
        let other = how.audit(&other);
        assert_eq!(one.outcome, other.outcome, "{scheme:?}: {:#?} {:#?}", one.findings, other.findings);
        let (one, other) = (sure(&one, |l| l), sure(&other, |l| before[l as usize - 2]));
        assert_eq!(one, other, "{scheme:?}");
    }
}

#[test]
fn memory_and_threads_do_not_change_a_byte_of_the_report() {
    let told = |csv: &[u8], memory, threads, only: &[Kind]| {
        let report = How { sample: 64, memory, threads, only }.audit(csv);
        assert_eq!(report.spilled, memory < 1 << 20 && only.is_empty(), "{memory}");
        format!("{:#?}", Report { spilled: false, ..report })
    };
    for (seed, scheme) in (80..).zip(schemes()) {
        // Many rows share a value in some of these, so that rounds of comparing are met too.
        let csv = plan(&scheme, 9_000, seed).csv;
        let one = told(&csv, 1 << 28, 1, &[]);
        for (memory, threads) in [(1 << 28, 2), (1 << 12, 1), (1 << 12, 3)] {
            assert_eq!(
                told(&csv, memory, threads, &[]),
                one,
                "{scheme:?}: {memory} bytes, {threads} threads"
            );
        }
    }
    // What shuffled files need more than one round for.
    let counted = known::schemes().into_iter().find(|s| s.layout == Layout::SerialRun).unwrap();
    let csv = plan(&counted, 60_000, 9).csv;
    let kinds = [Kind::Incremental];
    assert_eq!(told(&csv, 1 << 12, 2, &kinds), told(&csv, 1 << 28, 1, &kinds));
}
