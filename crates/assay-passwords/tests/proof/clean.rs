//! Sound batches, of alphabets and lengths as factories have them: accused of nothing.

use assay::outcome::Outcome;
use assay_passwords::sample::SAMPLE;

use crate::audited::How;
use crate::planted::{NONE, Plan, Reach, Scheme, scheme};
use crate::{accusations, long};

const ALNUM: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Alphabet and length, each of at least 60 bits.
const FORMS: [(&str, usize); 14] = [
    (ALNUM, 11),
    ("0123456789abcdef", 16),
    ("0123456789", 19),
    ("abcdefghijklmnopqrstuvwxyz", 13),
    ("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 12),
    ("abcdefghijkmnpqrstuvwxyz23456789", 13),
    ("23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz", 12),
    ("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_", 11),
    ("0123456789ABCDEF", 20),
    ("0123456789abcdef", 32),
    ("0123456789", 24),
    ("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 14),
    (ALNUM, 16),
    ("!#$%&*+-=?@0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 10),
];

fn form(number: usize) -> Scheme {
    let (alphabet, length) = FORMS[number % FORMS.len()];
    assert!(length as f64 * (alphabet.len() as f64).log2() >= 60.0);
    let id = format!("{length} of {}", alphabet.len());
    scheme(id, NONE, Reach::EveryRow, "as it should be", move |_, rng| rng.text(alphabet.as_bytes(), length))
}

/// So many batches of a size, each of another form and seed, every third not in the order of its serial numbers. What is
/// `possible` is counted: chance makes a few.
#[expect(clippy::print_stdout, reason = "the figure of a long run, which its closing lines show")]
fn assert_quiet(rows: u64, batches: usize, sample: usize) {
    let mut possible = 0;
    for number in 0..batches {
        let scheme = form(number);
        let plan = Plan::new(std::slice::from_ref(&scheme), rows, 1.0, rows + number as u64);
        let plan = if number % 3 == 2 { plan.shuffled() } else { plan };
        let report = How { sample, threads: 2, ..How::default() }.audit(&plan.batch().csv);
        let accused: Vec<_> = accusations(&report).collect();
        assert!(accused.is_empty(), "{rows} rows, batch {number}, {}: {accused:#?}", scheme.id);
        assert_eq!((report.outcome, report.rows), (Outcome::Met, rows), "{}: {:?}", scheme.id, report.why);
        possible += usize::from(!report.findings.is_empty());
    }
    println!("{batches} sound batches of {rows} rows: none accused, {possible} with something possible");
}

#[test]
fn sound_batches_are_met() {
    if long() {
        assert_quiet(10_000, 210, SAMPLE);
        assert_quiet(1_000_000, 5, SAMPLE);
        assert_quiet(10_000_000, 2, SAMPLE);
    } else {
        assert_quiet(10_000, FORMS.len(), 100);
    }
}
