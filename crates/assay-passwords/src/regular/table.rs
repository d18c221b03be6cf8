//! Whether two characters go together: counts of their pairs, Pearson's chi-square, and the information that one holds on
//! the other. Rare characters are put together with their neighbours in byte order until every cell of the table is
//! expected often enough for the chi-square distribution to hold in its far tail.

use statrs::distribution::{ChiSquared, ContinuousCDF};
use zeroize::Zeroize;

/// Pairs that every cell of a table is expected to have at least, when bins are made.
const EXPECTED: f64 = 12.0;
/// And below which a table is not judged: lengths that differ can empty cells.
const TOO_FEW: f64 = 5.0;
/// No character: the word is too short.
const NONE: u8 = u8::MAX;

/// One position of all words, character by character put into bins.
pub(super) struct Binned {
    codes: Vec<u8>,
    bins: usize,
    /// Entropy of the bins, in bits.
    pub(super) bits: f64,
}

impl Binned {
    /// The characters of one position, with at most as many bins as a table of `pairs` pairs can bear.
    pub(super) fn new(characters: impl Iterator<Item = Option<u8>> + Clone, pairs: usize) -> Self {
        let mut counts = [0u32; 256];
        characters.clone().flatten().for_each(|byte| counts[usize::from(byte)] += 1);
        let present: u32 = counts.iter().sum();
        let most = ((pairs as f64 / EXPECTED).sqrt() as usize).clamp(1, 200);
        let quota = (present as usize).div_ceil(most).max(1);
        let (mut code_of, mut sizes) = ([0u8; 256], vec![0usize]);
        for (byte, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            if sizes.last().is_some_and(|size| *size >= quota) {
                sizes.push(0);
            }
            code_of[byte] = u8::try_from(sizes.len() - 1).unwrap_or(NONE - 1);
            *sizes.last_mut().expect("one from the start") += *count as usize;
        }
        // What is left over at the end joins the bin before it.
        if sizes.len() > 1 && sizes.last().is_some_and(|size| *size < quota) {
            sizes.pop();
        }
        let last = u8::try_from(sizes.len() - 1).unwrap_or(NONE - 1);
        let codes: Vec<u8> =
            characters.map(|byte| byte.map_or(NONE, |byte| code_of[usize::from(byte)].min(last))).collect();
        let mut shares = vec![0.0; sizes.len()];
        codes.iter().filter(|code| **code != NONE).for_each(|code| shares[usize::from(*code)] += 1.0);
        let bits = shares
            .iter()
            .filter(|n| **n > 0.0)
            .map(|n| -n / f64::from(present) * (n / f64::from(present)).log2());
        Self { bits: bits.sum(), codes, bins: sizes.len() }
    }
}

/// With a bin a character, the codes are the passwords.
impl Drop for Binned {
    fn drop(&mut self) {
        self.codes.zeroize();
    }
}

/// What a table of two characters says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mutual {
    /// How often chance alone makes two characters go together as much.
    pub chance: f64,
    /// The information one holds on the other, in bits, less what a sample of this size shows by chance.
    pub bits: f64,
}

const NOTHING: Mutual = Mutual { chance: 1.0, bits: 0.0 };

/// Whether the bytes of one sequence go together with those of another, pair by pair: a password's characters with the
/// nibbles of a digest, for example.
#[must_use]
pub fn mutual_information(a: &[u8], b: &[u8]) -> Mutual {
    let pairs = a.len().min(b.len());
    let of = |bytes: &[u8]| Binned::new(bytes[..pairs].iter().map(|byte| Some(*byte)), pairs);
    together(&of(a), &of(b), (0..pairs).map(|at| (at, at)))
}

/// The same for two positions and the pairs of rows to look at.
pub(super) fn together(a: &Binned, b: &Binned, rows: impl Iterator<Item = (usize, usize)>) -> Mutual {
    if a.bins < 2 || b.bins < 2 {
        return NOTHING;
    }
    let mut table = vec![0u32; a.bins * b.bins];
    for (row, other) in rows {
        let (x, y) = (a.codes[row], b.codes[other]);
        if x != NONE && y != NONE {
            table[usize::from(x) * b.bins + usize::from(y)] += 1;
        }
    }
    let lines: Vec<f64> = table.chunks(b.bins).map(|line| f64::from(line.iter().sum::<u32>())).collect();
    let columns: Vec<f64> =
        (0..b.bins).map(|at| f64::from(table.iter().skip(at).step_by(b.bins).sum::<u32>())).collect();
    let all: f64 = lines.iter().sum();
    let least = |sums: &[f64]| sums.iter().copied().fold(f64::INFINITY, f64::min);
    if all <= 0.0 || least(&lines) * least(&columns) / all < TOO_FEW {
        return NOTHING;
    }
    let (mut square, mut bits) = (0.0, 0.0);
    for (line, counts) in lines.iter().zip(table.chunks(b.bins)) {
        for (column, count) in columns.iter().zip(counts) {
            let (expected, count) = (line * column / all, f64::from(*count));
            square += (count - expected).powi(2) / expected;
            if count > 0.0 {
                bits += count / all * (count / expected).log2();
            }
        }
    }
    let freedom = ((a.bins - 1) * (b.bins - 1)) as f64;
    let bias = freedom / (2.0 * all * std::f64::consts::LN_2);
    Mutual { chance: chi_square(square, freedom), bits: (bits - bias).max(0.0) }
}

/// The chance of a chi-square as large.
pub(super) fn chi_square(square: f64, freedom: f64) -> f64 {
    match ChiSquared::new(freedom) {
        Ok(distribution) if square > 0.0 => distribution.sf(square),
        _ => 1.0,
    }
}
