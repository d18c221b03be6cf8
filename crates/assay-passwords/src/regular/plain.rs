//! What a house rule explains, and what it does not. A rule of the house ("begins with a letter", "one of each class", made
//! of syllables, groups of digits, a UUID, a number written in base 58) makes characters uneven by kind or at the edges,
//! and leaves the rest to chance. A generator that is broken does neither: a bit that is stuck leaves half of the
//! characters of every kind, a residue leaves their parity, a copy foresees a character that is otherwise as free as all
//! others. Only the latter is a fault where enough bits are left.

use super::sample::{Pair, Sample};
use super::table::chi_square;

/// Characters that a house rule picks together: numerals of base 2, 8 and 10, vowels and consonants, of them those that
/// are hexadecimal. How often each kind stands in a position is the rule's business; within a kind there is no reason.
const KINDS: [&[u8]; 11] = [
    b"01",
    b"234567",
    b"89",
    b"ae",
    b"iou",
    b"bcdf",
    b"ghjklmnpqrstvwxyz",
    b"AE",
    b"IOU",
    b"BCDF",
    b"GHJKLMNPQRSTVWXYZ",
];

/// The variant's digit of a random UUID (RFC 9562, section 4.1).
const VARIANT: &[u8] = b"89abAB";

/// Passwords that are expected of every character of a kind, so that their count can be judged.
const EXPECTED: f64 = 10.0;

/// Units that may share what tells units apart.
const FEW_UNITS: usize = 100;

/// A position that uses no more than one in so many of the batch's characters is a choice of the house.
const FEW_CHARACTERS: usize = 5;

/// Bits that a position may lose and still be as free as all others.
const FREE: f64 = 0.05;

/// Bits that are lost within kinds, at one position.
pub(super) struct Lost {
    pub(super) at: usize,
    /// How often chance alone is as uneven.
    pub(super) chance: f64,
    /// In bits a password.
    pub(super) bits: f64,
    /// The same with what the choice of the kind loses.
    pub(super) whole: f64,
}

impl Sample<'_> {
    /// Every position against the characters that the batch uses anywhere, kind by kind.
    pub(super) fn lost(&self) -> Vec<Lost> {
        let used = self.used();
        (0..self.positions.len()).filter_map(|at| self.lost_at(at, &used)).collect()
    }

    fn lost_at(&self, at: usize, used: &[bool; 256]) -> Option<Lost> {
        let counts = self.space.characters(at);
        // The first two and the last are where numbers show how large they may become.
        let edge = at < 2 || at + 1 == self.positions.len();
        let variant = (0..=255u8).all(|c| counts[usize::from(c)] == 0 || VARIANT.contains(&c));
        // A prefix, a version, one of a few models.
        let choice = self.usual(at).len() * FEW_CHARACTERS <= used.iter().filter(|used| **used).count();
        if edge || variant || choice {
            return None;
        }
        let (mut square, mut freedom, mut bits) = (0.0, 0.0, 0.0);
        let all: f64 = counts.iter().sum::<u64>() as f64;
        let everything = (used.iter().filter(|used| **used).count() as f64).log2();
        for kind in KINDS {
            let kind: Vec<f64> =
                kind.iter().map(|c| usize::from(*c)).filter(|c| used[*c]).map(|c| counts[c] as f64).collect();
            let (size, rows) = (kind.len() as f64, kind.iter().sum::<f64>());
            let even = rows / size;
            if size < 2.0 || even < EXPECTED {
                continue;
            }
            square += kind.iter().map(|n| (n - even).powi(2) / even).sum::<f64>();
            freedom += size - 1.0;
            let entropy: f64 =
                kind.iter().filter(|n| **n > 0.0).map(|n| -n / rows * (n / rows).log2()).sum::<f64>();
            bits += rows / all * (size.log2() - entropy);
        }
        let by_chance = freedom / (2.0 * all * std::f64::consts::LN_2);
        let reached = all / self.words.len() as f64;
        (freedom > 0.0).then(|| Lost {
            at,
            chance: chi_square(square, freedom),
            bits: (bits - by_chance).max(0.0) * reached,
            whole: (everything - self.entropy(at)).max(0.0) * reached,
        })
    }

    /// The characters that are usual in any position.
    pub(super) fn used(&self) -> [bool; 256] {
        let mut used = [false; 256];
        for at in 0..self.positions.len() {
            let counts = self.space.characters(at);
            let most = counts.iter().copied().max().unwrap_or(0);
            for (used, n) in used.iter_mut().zip(counts) {
                *used |= *n > 0 && n * 20 >= most;
            }
        }
        used
    }

    /// Whether each position is as free as any: spread over all characters of the batch.
    fn free(&self) -> Vec<bool> {
        let whole = (self.used().iter().filter(|used| **used).count() as f64).log2();
        (0..self.positions.len()).map(|at| whole > 0.0 && self.entropy(at) + FREE >= whole).collect()
    }

    /// The entropy of a position in bits, with the correction of Miller and Madow.
    fn entropy(&self, at: usize) -> f64 {
        let counts = self.space.characters(at);
        let all: f64 = counts.iter().sum::<u64>() as f64;
        let shares = counts.iter().filter(|n| **n > 0).map(|n| *n as f64 / all);
        let (bits, seen) = shares.fold((0.0, 0.0), |(bits, seen), p| (bits - p * p.log2(), seen + 1.0));
        bits + (seen - 1.0) / (2.0 * all * std::f64::consts::LN_2)
    }

    /// The pairs of positions that are both free but for each other. In syllables and words they are not.
    pub(super) fn both_free(&self, pairs: &[Pair]) -> Vec<Pair> {
        let free = self.free();
        pairs.iter().copied().filter(|pair| free[pair.at] && free[pair.other]).collect()
    }

    /// The pairs that foresee a character from what tells units apart in an identifier.
    pub(super) fn telling(&self, column: usize, pairs: &[Pair]) -> Vec<Pair> {
        let mut tells = std::collections::BTreeMap::new();
        let told = pairs.iter().copied().filter(|pair| {
            *tells.entry(pair.other).or_insert_with(|| self.tells_units_apart(column, pair.other))
        });
        told.collect()
    }

    /// Whether the file is sorted by password, as a list may be: what stands side by side is then alike.
    pub(super) fn sorted(&self) -> bool {
        let rising = self.words.windows(2).filter(|two| two[0] <= two[1]).count();
        let pairs = self.words.len().saturating_sub(1);
        rising * 20 >= pairs * 19 || (pairs - rising) * 20 >= pairs * 19
    }

    /// Whether an identifier tells units apart by the character at a position and those before it. A week or a model, which
    /// many units share, does not; a prefix for the week is a rule of the house.
    fn tells_units_apart(&self, column: usize, upto: usize) -> bool {
        let cells: Vec<&[u8]> = self.units.iter().map(|unit| &unit.cells[column][..]).collect();
        // Where identifiers differ in length, positions are counted from either end.
        let even = cells.windows(2).all(|two| two[0].len() == two[1].len());
        let head = |cell: &'_ &[u8]| if even { cell.len().min(upto + 1) } else { cell.len() };
        let mut heads: Vec<&[u8]> = cells.iter().map(|cell| &cell[..head(cell)]).collect();
        heads.sort_unstable();
        heads.dedup();
        heads.len() * FEW_UNITS >= self.words.len()
    }
}

/// Bits that a guesser gains from pairs: at each position what the best of them tells.
pub(super) fn gained(pairs: &[Pair]) -> f64 {
    let mut best = std::collections::BTreeMap::<usize, f64>::new();
    for pair in pairs {
        let best = best.entry(pair.at).or_default();
        *best = best.max(pair.mutual.bits);
    }
    best.values().sum()
}

#[cfg(test)]
mod tests;
