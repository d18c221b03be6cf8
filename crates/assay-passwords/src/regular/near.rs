//! Passwords that are nearly the same: pairs that differ in one character or in two, far more of them than chance makes.
//! No two passwords are compared: each is hashed once for every choice of characters that are left out, and equal hashes
//! are counted.

use super::chance::more_than;
use crate::space::entropy::pairs_agree;

/// Pairs of near passwords.
pub(super) struct Near {
    pub(super) pairs: u64,
    pub(super) chance: f64,
    /// Rows of the first pairs.
    pub(super) rows: Vec<usize>,
}

/// With more positions than this that vary, only one may differ: the choices of two become many, and so many random
/// characters that agree save for one are telling enough.
const MANY: usize = 16;

/// Looks at the words of the commonest length, each of them once.
pub(super) fn near(words: &[&[u8]]) -> Option<Near> {
    let length = commonest_length(words)?;
    let mut rows: Vec<usize> = (0..words.len()).filter(|row| words[*row].len() == length).collect();
    // Equal passwords are the business of `duplicate`.
    rows.sort_by_key(|row| (words[*row], *row));
    rows.dedup_by_key(|row| words[*row]);
    rows.sort_unstable();
    let agree: Vec<f64> = (0..length).map(|at| agreement(words, &rows, at)).collect();
    let varying: Vec<usize> = (0..length).filter(|at| agree[*at] < 1.0).collect();
    if rows.len() < 2 || varying.is_empty() {
        return None;
    }
    let mut choices: Vec<Vec<usize>> = varying.iter().map(|at| vec![*at]).collect();
    if varying.len() <= MANY {
        for (nth, first) in varying.iter().enumerate() {
            choices.extend(varying[nth + 1..].iter().map(|second| vec![*first, *second]));
        }
    }
    let whole: Vec<u64> = rows.iter().map(|row| hash(words[*row])).collect();
    let all: f64 = agree.iter().product();
    let tries = rows.len() as f64 * (rows.len() as f64 - 1.0) / 2.0;
    let (mut singles, mut doubles, mut expected) = (0, 0, 0.0);
    let mut most: (u64, &[usize]) = (0, &[]);
    let mut masked = Vec::with_capacity(rows.len());
    for choice in &choices {
        masked.clear();
        masked.extend(rows.iter().zip(&whole).map(|(row, hash)| without(*hash, words[*row], choice)));
        masked.sort_unstable();
        let pairs: u64 =
            masked.chunk_by(|a, b| a == b).map(|same| same.len() as u64).map(|n| n * (n - 1) / 2).sum();
        *(if choice.len() == 1 { &mut singles } else { &mut doubles }) += pairs;
        if pairs > most.0 {
            most = (pairs, choice);
        }
        expected += tries * choice.iter().fold(all, |chance, at| chance / agree[*at] * (1.0 - agree[*at]));
    }
    // A pair that differs in one position also agrees when that one and any other are left out.
    let again = if doubles > 0 { singles * (varying.len() as u64 - 1) } else { 0 };
    let pairs = singles + doubles.saturating_sub(again);
    Some(Near { pairs, chance: more_than(pairs, expected), rows: examples(words, &rows, &whole, most.1) })
}

fn commonest_length(words: &[&[u8]]) -> Option<usize> {
    let mut lengths: Vec<usize> = words.iter().map(|word| word.len()).filter(|length| *length > 0).collect();
    lengths.sort_unstable();
    lengths.chunk_by(|a, b| a == b).max_by_key(|same| same.len()).map(|same| same[0])
}

fn agreement(words: &[&[u8]], rows: &[usize], at: usize) -> f64 {
    let mut counts = [0u64; 256];
    rows.iter().for_each(|row| counts[usize::from(words[*row][at])] += 1);
    // A position that never agrees in the sample still may.
    pairs_agree(&counts).max(1.0 / 256.0)
}

fn examples(words: &[&[u8]], rows: &[usize], whole: &[u64], choice: &[usize]) -> Vec<usize> {
    let mut masked: Vec<(u64, usize)> =
        rows.iter().zip(whole).map(|(row, hash)| (without(*hash, words[*row], choice), *row)).collect();
    masked.sort_unstable();
    let mut near: Vec<usize> = masked
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|same| same.len() > 1)
        .flat_map(|same| same.iter().map(|(_, row)| *row))
        .collect();
    near.sort_unstable();
    near
}

/// A sum over the characters, so that any of them can be taken out again.
fn hash(word: &[u8]) -> u64 {
    word.iter().enumerate().fold(0, |sum, (at, byte)| sum.wrapping_add(part(at, *byte)))
}

fn without(hash: u64, word: &[u8], choice: &[usize]) -> u64 {
    choice.iter().fold(hash, |sum, at| sum.wrapping_sub(part(*at, word[*at])))
}

/// Scatters a character and its position over 64 bits (the finaliser of SplitMix64).
fn part(at: usize, byte: u8) -> u64 {
    let mut z = ((at as u64) << 8 | u64::from(byte)).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
