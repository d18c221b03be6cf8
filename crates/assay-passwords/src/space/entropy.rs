//! How many bits a password of the batch can be worth at most, and what its duplicates say of the space it was drawn from.
//! Both are bounds that hold with the stated confidence; the tighter one counts.

use statrs::distribution::{ContinuousCDF, Gamma};

use super::{POSITIONS, Space, share};

/// The chance that one bound is wrong.
pub const RISK: f64 = 0.001;

/// Standard errors that an upper estimate is lifted by: one in a thousand, one-sided (normal quantile of [`RISK`]).
const LIFT: f64 = 3.09;

impl Space {
    /// The most that the entropy of a password can be, in bits: the entropy of the length and of every position, summed.
    /// Positions that depend on each other have less, never more. Each term has the correction of Miller and Madow
    /// (G. A. Miller, "Note on the bias of information estimates", 1955: the observed characters less one, over twice the
    /// sample), a lift for chance, and the room for characters the sample did not show.
    #[must_use]
    pub fn bits_at_most(&self) -> f64 {
        if self.rows == 0 {
            return 0.0;
        }
        let natural = natural_alphabet(self);
        let mut bits = 0.0;
        let mut variance = 0.0;
        let mut add = |counts: &[u64], weight: f64, most: f64| {
            let term = upper(counts, most);
            bits += weight * term.bits;
            variance += weight * weight * term.variance;
        };
        // A batch with one length has no choice of length: that is a format, not luck.
        if self.lengths.iter().filter(|rows| **rows > 0).count() > 1 {
            add(&self.lengths, 1.0, (self.lengths.len() as f64).log2());
        }
        for (position, counts) in self.counts.iter().enumerate() {
            let seen: u64 = counts.iter().sum();
            // The last place holds many characters a password: the weight is how many of them a password has on average.
            add(counts, share(seen, self.rows), natural.log2());
            debug_assert!(position == POSITIONS || seen <= self.rows);
        }
        bits + LIFT * variance.sqrt()
    }

    /// The chance of the most probable password, where every position is drawn by itself: the share of its length times
    /// the shares of the most frequent characters.
    #[must_use]
    pub fn top_probability(&self) -> f64 {
        let most: Vec<f64> = (0..=POSITIONS)
            .map(|at| {
                let counts = self.characters(at);
                share(counts.iter().copied().max().unwrap_or(0), counts.iter().sum())
            })
            .collect();
        let mut chance = 1.0;
        let mut top: f64 = 0.0;
        for (length, rows) in self.lengths.iter().enumerate() {
            if length > 0 {
                chance *= most[length - 1];
            }
            top = top.max(share(*rows, self.rows) * chance);
        }
        top
    }

    /// The chance that two passwords of the batch agree, where every position is drawn by itself; without the pairs of a
    /// password with itself.
    #[must_use]
    pub fn agreement(&self) -> f64 {
        let mut same = 1.0;
        let mut all = 0.0;
        for (length, rows) in self.lengths.iter().enumerate() {
            if length > 0 {
                same *= pairs_agree(self.characters(length - 1));
            }
            all += share(*rows, self.rows).powi(2) * same;
        }
        all
    }
}

/// The chance that two draws of a position agree, estimated without bias: pairs that agree among all pairs.
#[must_use]
pub fn pairs_agree(counts: &[u64]) -> f64 {
    let all: u64 = counts.iter().sum();
    let pairs = |n: u64| n as f64 * (n as f64 - 1.0);
    if all < 2 { 1.0 } else { counts.iter().map(|n| pairs(*n)).sum::<f64>() / pairs(all) }
}

struct Term {
    bits: f64,
    variance: f64,
}

/// The entropy of one distribution, lifted. `most` is the entropy it cannot pass.
fn upper(counts: &[u64], most: f64) -> Term {
    let rows: u64 = counts.iter().sum();
    if rows == 0 {
        return Term { bits: 0.0, variance: 0.0 };
    }
    let n = rows as f64;
    let (mut plain, mut square, mut seen) = (0.0, 0.0, 0.0);
    for p in counts.iter().filter(|c| **c > 0).map(|c| *c as f64 / n) {
        let surprise = -p.log2();
        plain += p * surprise;
        square += p * surprise * surprise;
        seen += 1.0;
    }
    let corrected = plain + (seen - 1.0) / (2.0 * n * std::f64::consts::LN_2);
    // What was never seen has a mass above `hidden` with a chance below RISK.
    let hidden = ((1.0 / RISK).ln() / n).min(0.5);
    let room = -hidden * hidden.log2() - (1.0 - hidden) * (1.0 - hidden).log2() + hidden * most;
    if corrected + room >= most {
        return Term { bits: most, variance: 0.0 };
    }
    Term { bits: corrected + room, variance: (square - plain * plain).max(0.0) / n }
}

/// The size of the smallest everyday alphabet that holds every character of the batch: what a small sample has not shown
/// lies in it.
fn natural_alphabet(space: &Space) -> f64 {
    let used: Vec<u8> = (0..=255u8).filter(|b| space.counts.iter().any(|c| c[usize::from(*b)] > 0)).collect();
    let all = |class: fn(&u8) -> bool| used.iter().all(class);
    if all(|b| b.is_ascii_digit()) {
        10.0
    } else if all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(b))
        || all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(b))
    {
        16.0
    } else if all(u8::is_ascii_lowercase) || all(u8::is_ascii_uppercase) {
        26.0
    } else if all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        || all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    {
        36.0
    } else if all(u8::is_ascii_alphanumeric) {
        62.0
    } else if all(|b| (b' '..=b'~').contains(b)) {
        95.0
    } else {
        256.0
    }
}

/// What the pairs of equal passwords say of the space, in bits: a space of `2^bits` equally likely passwords would show as
/// many. (The birthday bound, with the exact interval of a Poisson count: F. Garwood, 1936.)
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Collisions {
    /// The space is at least as large as this.
    pub at_least: f64,
    /// And at most as large as this; with no equal pair nothing is said.
    pub at_most: Option<f64>,
}

/// The bounds for `units` passwords among which `pairs` pairs agree; each is wrong with a chance below [`RISK`].
#[must_use]
pub fn collisions(units: u64, pairs: u64) -> Collisions {
    let n = units as f64;
    let tries = n * (n - 1.0) / 2.0;
    if tries < 1.0 {
        return Collisions { at_least: 0.0, at_most: None };
    }
    let seen = pairs as f64;
    // Limits of a Poisson mean are quantiles of a gamma distribution.
    let quantile = |shape: f64, p: f64| match Gamma::new(shape, 1.0) {
        // Far from zero the distribution is as good as normal, and the search for the quantile would be slow.
        Ok(_) if shape > 1e6 => shape + (if p > 0.5 { LIFT } else { -LIFT }) * shape.sqrt(),
        Ok(gamma) => gamma.inverse_cdf(p),
        Err(_) => shape,
    };
    let at_least = (tries / quantile(seen + 1.0, 1.0 - RISK)).log2().max(0.0);
    let at_most = (pairs > 0).then(|| (tries / quantile(seen, RISK).max(f64::MIN_POSITIVE)).log2().max(0.0));
    Collisions { at_least, at_most }
}

/// The number of units among which no two equal passwords show a space of at least `bits`.
#[must_use]
pub fn units_that_show(bits: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounded up, positive")]
    let units = (2.0 * (1.0 / RISK).ln() * bits.exp2()).sqrt().ceil() as u64 + 1;
    units
}
