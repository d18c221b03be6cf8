//! Passwords as numbers: strides (the same difference again and again) and linear congruential generators (the same factor
//! between differences), as `rand()` and many a script make them. Only rows whose distance in the file is known count.

use zeroize::{Zeroize, Zeroizing};

use super::chance::more_than;
use crate::order::system::System;
use crate::place::Place;

/// A difference or a factor that repeats.
pub(super) struct Repeated {
    pub(super) radix: u32,
    /// The modulus in words, for a generator; `None` for a stride.
    pub(super) modulus: Option<String>,
    pub(super) chance: f64,
    pub(super) rows: Vec<usize>,
}

/// Rows that are tried for a generator: it shows in all of them or in none.
const ENOUGH: usize = 20_000;

/// All tests of one numeral system; every one is given, for each counts as a test. `agreement` is the chance that two
/// passwords are equal.
pub(super) fn repeated(cores: &[&[u8]], places: &[Place], system: &System, agreement: f64) -> Vec<Repeated> {
    // Passwords, however written: wiped when done, and never moved by a vector that grows.
    let mut values = Zeroizing::new(Vec::with_capacity(cores.len()));
    for core in cores {
        let Some(value) = system.value(core) else { return Vec::new() };
        values.push(value);
    }
    let mut all = vec![strides(&values, places, system.radix(), agreement)];
    let length = cores.iter().map(|core| core.len()).max().unwrap_or(0);
    all.extend(generators(&values, places, system.radix(), length));
    all
}

fn strides(values: &[u128], places: &[Place], radix: u32, agreement: f64) -> Repeated {
    let mut steps = Vec::with_capacity(values.len());
    steps.extend((1..values.len()).filter_map(|row| {
        let lines = i128::from(apart(places, row)?);
        let by = (values[row] as i128).wrapping_sub(values[row - 1] as i128);
        (by != 0 && by % lines == 0).then(|| (by / lines, values[row], row))
    }));
    let pairs = pairs_of_equal(&mut steps);
    // Two differences agree no more often than two passwords do.
    let expected = tries(steps.len()) * agreement;
    let rows = in_groups(&steps);
    steps.zeroize();
    Repeated { radix, modulus: None, chance: more_than(pairs, expected), rows }
}

/// The factor of a generator with a modulus is the quotient of two differences that follow each other.
fn generators(values: &[u128], places: &[Place], radix: u32, length: usize) -> Vec<Repeated> {
    let triples: Vec<usize> = (2..values.len())
        .filter(|row| apart(places, *row) == Some(1) && apart(places, row - 1) == Some(1))
        .take(ENOUGH)
        .collect();
    let largest = u32::try_from(length).ok().and_then(|length| u128::from(radix).checked_pow(length));
    let mut moduli: Vec<(u128, String)> =
        [16, 24, 31, 32, 48].map(|bits| (1u128 << bits, format!("2^{bits}"))).to_vec();
    moduli.push(((1 << 31) - 1, "2^31 - 1".to_owned()));
    moduli.extend(largest.map(|largest| (largest, format!("{radix}^{length}"))));
    // Below a thousand values or so every quotient repeats; the arithmetic takes moduli up to 2^63.
    moduli.retain(|(m, _)| (1 << 10..1 << 63).contains(m) && largest.is_none_or(|largest| *m <= largest));
    moduli
        .into_iter()
        .filter(|(modulus, _)| spread(values, *modulus))
        .map(|(modulus, name)| {
            let mut factors = Vec::with_capacity(triples.len());
            factors.extend(triples.iter().filter_map(|row| {
                let [a, b, c] = [row - 2, row - 1, *row].map(|row| values[row] % modulus);
                let inverse = inverse((b + modulus - a) % modulus, modulus)?;
                let factor = (c + modulus - b) % modulus * inverse % modulus;
                // Factors 0 and 1 are duplicates and strides.
                (factor > 1).then_some((factor as i128, values[*row], *row))
            }));
            let pairs = pairs_of_equal(&mut factors);
            // Factors of random rows are spread over the units of the modulus, at least a quarter of it for the radixes in
            // use, not quite evenly where the modulus does not divide the space.
            let expected = tries(factors.len()) * 16.0 / modulus as f64;
            let rows = in_groups(&factors);
            factors.zeroize();
            Repeated { radix, modulus: Some(name), chance: more_than(pairs, expected), rows }
        })
        .collect()
}

/// Whether the remainders are spread over the modulus: those of zeros and ones read in base 16 take sixteen values of
/// 2^16, and quotients of so few repeat whatever made them.
fn spread(values: &[u128], modulus: u128) -> bool {
    let mut remainders = Zeroizing::new(Vec::with_capacity(values.len()));
    remainders.extend_from_slice(values);
    remainders.sort_unstable();
    // Duplicates are no fault of the remainders.
    remainders.dedup();
    remainders.iter_mut().for_each(|value| *value %= modulus);
    remainders.sort_unstable();
    let pairs =
        remainders.chunk_by(|a, b| a == b).map(|same| same.len() as u64).map(|n| n * (n - 1) / 2).sum();
    more_than(pairs, 4.0 * tries(values.len()) / modulus as f64) > 0.01
}

/// How many lines a row stands behind the row before it, when both are in one block.
fn apart(places: &[Place], row: usize) -> Option<u32> {
    let (before, now) = (places[row - 1], places[row]);
    (before.block == now.block && now.line > before.line).then(|| now.line - before.line)
}

fn tries(count: usize) -> f64 {
    count as f64 * (count as f64 - 1.0) / 2.0
}

/// A difference or factor, the password it leads to, and the row.
type Seen = (i128, u128, usize);

/// Sorts, and counts the pairs that agree. What leads to the same password twice counts once: a file that has some of its
/// rows twice has duplicates, not a stride.
fn pairs_of_equal(found: &mut Vec<Seen>) -> u64 {
    found.sort_unstable();
    found.dedup_by_key(|(by, value, _)| (*by, *value));
    found.chunk_by(|a, b| a.0 == b.0).map(|same| same.len() as u64).map(|n| n * (n - 1) / 2).sum()
}

fn in_groups(sorted: &[Seen]) -> Vec<usize> {
    let mut rows: Vec<usize> = sorted
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|same| same.len() > 1)
        .flat_map(|same| same.iter().map(|(.., row)| *row))
        .collect();
    rows.sort_unstable();
    rows
}

/// The inverse modulo `modulus`, where there is one (the extended algorithm of Euclid).
fn inverse(number: u128, modulus: u128) -> Option<u128> {
    let (mut r, mut next_r) = (modulus as i128, number as i128);
    let (mut t, mut next_t) = (0i128, 1i128);
    while next_r != 0 {
        let quotient = r / next_r;
        (r, next_r) = (next_r, r - quotient * next_r);
        (t, next_t) = (next_t, t - quotient * next_t);
    }
    (r == 1).then(|| t.rem_euclid(modulus as i128) as u128)
}
