//! Batches with planted faults, audited: every fault is found under a true kind and with lines that were planted; what is
//! sound is accused of nothing. Many schemes share a batch, each with so few rows as its reach says, so that this takes
//! seconds. `ASSAY_LONG=1` audits every scheme, without it the first two batches of a set; `ASSAY_TELL=1` says of each
//! scheme what was found.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "helpers of a test, which says what it missed")]

#[expect(clippy::allow_attributes, reason = "each test that mounts this tree uses another part of it")]
#[allow(dead_code, reason = "each test that mounts this tree uses another part of it")]
mod planted;

mod audited;

use std::collections::{BTreeMap, BTreeSet};

use assay::outcome::Confidence;
use assay_passwords::audit::Finding;
use audited::How;
use planted::clean::{ALPHABETS, house_rules, keyed};
use planted::{Batch, Layout, Plan, REGULAR, Reach, Scheme, Sight, held_out, held_out_two, known};

/// Whether all is to be audited, which takes minutes.
fn long() -> bool {
    std::env::var_os("ASSAY_LONG").is_some()
}

/// Rows of a batch, rows a scheme has in it, rows of the sample.
#[derive(Clone, Copy)]
struct Size {
    rows: u64,
    each: u64,
    sample: usize,
}

impl Size {
    /// Small enough for a test, with far fewer planted rows than a batch as large as real ones would have; the long run
    /// plants one row in a thousand.
    fn of(reach: Reach, layout: Layout) -> Size {
        match (reach, layout) {
            (Reach::Core, _) => Size { rows: 100_000, each: 3, sample: 64 },
            (Reach::Sampled, Layout::Scattered) if long() => Size { rows: 24_000, each: 24, sample: 24_000 },
            (Reach::Sampled, Layout::Scattered) => Size { rows: 2_400, each: 24, sample: 400 },
            (Reach::Sampled, _) => Size { rows: 10_000, each: 10, sample: 500 },
            (Reach::EveryRow, _) => Size { rows: 10_000, each: 10_000, sample: 1_000 },
        }
    }
}

/// Schemes that share a batch; of some kinds a report tells so many at most.
const TOGETHER: usize = 12;

/// The schemes in batches: those that lie scattered and are few share one.
fn batches(schemes: &[Scheme]) -> Vec<Vec<Scheme>> {
    let mut shared: BTreeMap<Reach, Vec<Scheme>> = BTreeMap::new();
    let mut all = Vec::new();
    for scheme in schemes {
        if scheme.layout == Layout::Scattered && scheme.twin.is_none() && scheme.reach != Reach::EveryRow {
            shared.entry(scheme.reach).or_default().push(scheme.clone());
        } else {
            all.push(vec![scheme.clone()]);
        }
    }
    let mut together = Vec::new();
    for schemes in shared.into_values() {
        let count = schemes.len().div_ceil(TOGETHER);
        // Every so many, so that schemes that look alike, which stand side by side, do not meet.
        together.extend((0..count).map(|at| schemes.iter().skip(at).step_by(count).cloned().collect()));
    }
    together.append(&mut all);
    together
}

/// What an audit of one batch made of the schemes in it.
#[derive(Default)]
struct Seen {
    found: BTreeSet<String>,
    missed: BTreeSet<String>,
    /// Accusations of lines that were not planted.
    wrong: Vec<String>,
}

fn accuses(finding: &Finding) -> bool {
    finding.confidence > Confidence::Possible
}

fn seen(schemes: &[Scheme], seed: u64, size: Size) -> Seen {
    let plan = Plan::new(schemes, size.rows, size.each as f64 / size.rows as f64, seed);
    let Batch { csv, truth } = plan.batch();
    let report = How { sample: size.sample, ..How::default() }.audit(&csv);
    let planted: BTreeSet<u64> = truth.iter().flat_map(|p| [Some(p.line), p.twin]).flatten().collect();
    let mut seen = Seen::default();
    for (number, scheme) in schemes.iter().enumerate() {
        let lines: BTreeSet<u64> = truth.iter().filter(|p| p.scheme == number).map(|p| p.line).collect();
        let finds = |f: &&Finding| {
            let here =
                f.lines.iter().any(|line| lines.contains(line)) || (f.lines.is_empty() && schemes.len() == 1);
            accuses(f) && scheme.answers(f.kind.word()) && here
        };
        let found = report.findings.iter().find(finds);
        if found.is_some() { &mut seen.found } else { &mut seen.missed }.insert(scheme.id.clone());
        if std::env::var_os("ASSAY_TELL").is_some() {
            eprintln!(
                "{} {} [{}]",
                if found.is_some() { "found " } else { "MISSED" },
                scheme.id,
                scheme.kind
            );
            for f in report.findings.iter().filter(|f| f.lines.iter().any(|line| lines.contains(line))) {
                eprintln!(
                    "      {} {} {:?} {} {:?}",
                    f.kind.word(),
                    f.rows,
                    f.confidence,
                    f.says,
                    f.by_chance
                );
            }
        }
    }
    for finding in report.findings.iter().filter(|f| accuses(f)) {
        let strange: Vec<u64> = finding.lines.iter().filter(|l| !planted.contains(l)).copied().collect();
        if !strange.is_empty() {
            seen.wrong.push(format!("{}: {} {strange:?}", finding.kind.word(), finding.says));
        }
    }
    seen
}

/// Audits all batches, or the first two, and tells what was missed.
fn recall(name: &str, schemes: &[Scheme]) -> Seen {
    recall_in(name, schemes, Size::of)
}

fn recall_in(name: &str, schemes: &[Scheme], size: impl Fn(Reach, Layout) -> Size) -> Seen {
    let mut all = Seen::default();
    let batches = batches(schemes);
    let most = if long() { usize::MAX } else { 2 };
    for (number, schemes) in batches.iter().enumerate().take(most) {
        let size = size(schemes[0].reach, schemes[0].layout);
        let mut some = seen(schemes, 100 + number as u64, size);
        all.found.append(&mut some.found);
        all.missed.append(&mut some.missed);
        all.wrong.append(&mut some.wrong);
    }
    let audited = all.found.len() + all.missed.len();
    eprintln!("{name}: {} of {audited} found; missed: {:#?}", all.found.len(), all.missed);
    eprintln!("{name}: accused wrongly: {:#?}", all.wrong);
    all
}

fn of(schemes: Vec<Scheme>, sight: Sight) -> Vec<Scheme> {
    schemes.into_iter().filter(|s| s.sight == sight).collect()
}

#[test]
fn every_known_fault_that_shows_is_found() {
    let seen = recall("known, structure", &of(known::schemes(), Sight::Structure));
    assert!(seen.missed.is_empty() && seen.wrong.is_empty());
}

#[test]
fn every_known_derivation_is_found() {
    let derived = of(known::schemes(), Sight::Hypothesis).into_iter().filter(|s| s.reach != Reach::EveryRow);
    let seen = recall("known, hypothesis", &derived.collect::<Vec<_>>());
    assert!(seen.missed.is_empty() && seen.wrong.is_empty());
}

#[test]
fn faults_that_show_are_found_though_nothing_was_written_against_them() {
    let seen = recall("held out, structure", &of(held_out::schemes(), Sight::Structure));
    let blind: Vec<_> = seen.missed.iter().filter(|id| !NOT_SEEN_YET.contains(&id.as_str())).collect();
    assert!(blind.is_empty() && seen.wrong.is_empty(), "{blind:#?}");
}

/// What is not seen among the few units that this test looks at; at one in a thousand of a hundred thousand units it is.
/// Whoever mends the idea that is missing takes the scheme off.
const NOT_SEEN_YET: [&str; 1] = ["held-serial-octal"];

#[test]
fn derivations_that_nothing_was_written_against_are_found_in_part() {
    let derived =
        of(held_out::schemes(), Sight::Hypothesis).into_iter().filter(|s| s.reach != Reach::EveryRow);
    let seen = recall("held out, hypothesis", &derived.collect::<Vec<_>>());
    let all = seen.found.len() + seen.missed.len();
    assert!(seen.found.len() * 2 >= all, "{} of {all}", seen.found.len());
    assert!(seen.wrong.is_empty());
}

/// The second held-out set, of the size that the issue speaks of: two hundred rows of two hundred thousand.
#[test]
fn a_second_held_out_set_is_told_and_no_other_line_is_accused() {
    let large = |reach, layout| match (long(), reach) {
        (true, Reach::Sampled) => Size { rows: 200_000, each: 200, sample: 100_000 },
        (true, _) => Size { rows: 20_000, each: 20_000, sample: 20_000 },
        (false, _) => Size::of(reach, layout),
    };
    let seen = recall_in("held out, second set", &held_out_two::schemes(), large);
    assert!(seen.wrong.is_empty());
}

#[test]
fn keyed_batches_are_accused_of_nothing_and_house_rules_of_being_regular() {
    let sample = if long() { 3_000 } else { 250 };
    for (number, scheme) in keyed().iter().chain(&house_rules()).enumerate() {
        let Batch { csv, .. } =
            Plan::new(std::slice::from_ref(scheme), 4_000, 1.0, 300 + number as u64).batch();
        let report = How { sample, ..How::default() }.audit(&csv);
        for finding in report.findings.iter().filter(|f| accuses(f)) {
            assert!(
                scheme.answers(finding.kind.word()) && finding.kind.word() == REGULAR,
                "{scheme:?}: {finding:?}"
            );
        }
    }
}

#[test]
fn clean_batches_are_accused_of_nothing() {
    for (number, alphabet) in (0..).zip(ALPHABETS) {
        for seed in 0..if long() { 26 } else { 1 } {
            let Batch { csv, .. } =
                Plan::new(&[], 10_000, 1.0, 500 + number + 8 * seed).clean(alphabet).batch();
            let report = How { sample: 500, ..How::default() }.audit(&csv);
            assert!(
                !report.findings.iter().any(accuses),
                "{alphabet:?}, seed {seed}: {:#?}",
                report.findings
            );
        }
    }
}
