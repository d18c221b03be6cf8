//! What counts of pairs and correlations are worth.

use statrs::distribution::{ContinuousCDF, DiscreteCDF, Normal, Poisson};

/// Pairs share rows, so their count varies a little more than a Poisson count does where characters are uneven: the mean
/// is lifted by half, which costs nothing against real faults.
const LIFTED: f64 = 1.5;

/// The chance of at least `count` pairs where `mean` are expected.
pub(super) fn more_than(count: u64, mean: f64) -> f64 {
    if count == 0 {
        return 1.0;
    }
    let mean = mean * LIFTED;
    if mean < 1e-12 {
        return mean;
    }
    Poisson::new(mean).map_or(1.0, |poisson| poisson.sf(count - 1))
}

/// A correlation between two rows of values.
pub(super) struct Correlation {
    /// The chance of one as strong between independent values, in either direction.
    pub(super) chance: f64,
    /// The information that one value holds on the other, in bits, were both normal: -log2(1 - r²) / 2.
    pub(super) bits: f64,
}

pub(super) fn correlation(a: &[f64], b: &[f64]) -> Correlation {
    let n = a.len().min(b.len()) as f64;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / n;
    let (ma, mb) = (mean(a), mean(b));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        ab += (x - ma) * (y - mb);
        aa += (x - ma).powi(2);
        bb += (y - mb).powi(2);
    }
    if aa <= 0.0 || bb <= 0.0 {
        return Correlation { chance: 1.0, bits: 0.0 };
    }
    let r = ab / (aa * bb).sqrt();
    let chance = Normal::new(0.0, 1.0).map_or(1.0, |normal| 2.0 * normal.sf((r * n.sqrt()).abs()));
    Correlation { chance, bits: -(1.0 - r * r).max(f64::EPSILON).log2() / 2.0 }
}
