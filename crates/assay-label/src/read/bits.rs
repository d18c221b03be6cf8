//! From a grid that lies over a picture to dark and light modules. Each module's brightness is measured; what is dark is
//! then said in several ways, because blur, shade and glare ask for different ones. A wrong guess is refused by the
//! code's own error correction, and by the modules that are known beforehand.

use super::fit::Fit;
use super::grey::Grey;
use super::pattern::Pattern;

/// The brightness of every module, row by row.
pub(super) struct Shades {
    side: usize,
    of: Vec<f32>,
}

/// How a module's brightness is made dark or light.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way {
    /// How much of the brightness of the four neighbours is taken away again: blur mixes it in.
    sharpen: f32,
    /// How many modules far the surroundings reach that a module is held against; none is the whole code.
    reach: Option<usize>,
}

/// In the order in which they are tried.
pub(super) const WAYS: [Way; 9] = [
    Way { sharpen: 0.0, reach: Some(5) },
    Way { sharpen: 0.12, reach: Some(5) },
    Way { sharpen: 0.0, reach: None },
    Way { sharpen: 0.25, reach: Some(5) },
    Way { sharpen: 0.12, reach: Some(3) },
    Way { sharpen: 0.0, reach: Some(9) },
    Way { sharpen: 0.25, reach: Some(9) },
    Way { sharpen: 0.4, reach: Some(5) },
    Way { sharpen: 0.25, reach: None },
];

impl Shades {
    pub(super) fn seen(grey: &Grey, fit: &Fit, side: usize) -> Self {
        const AROUND: [(f64, f64); 5] = [(0.5, 0.5), (0.3, 0.3), (0.7, 0.3), (0.3, 0.7), (0.7, 0.7)];
        let mut of = Vec::with_capacity(side * side);
        for y in 0..side {
            for x in 0..side {
                let sum: f32 =
                    AROUND.iter().map(|(u, v)| grey.value(fit.at(x as f64 + u, y as f64 + v))).sum();
                of.push(sum / AROUND.len() as f32);
            }
        }
        Self { side, of }
    }

    /// Dark and light modules, row by row.
    pub(super) fn dark(&self, way: Way) -> Vec<bool> {
        let sharp = self.sharpened(way.sharpen);
        let Some(reach) = way.reach else {
            let (least, most) = range(sharp.iter());
            return sharp.iter().map(|v| *v < f32::midpoint(least, most)).collect();
        };
        let limits = middles(&sharp, self.side, reach);
        sharp.iter().zip(limits).map(|(v, limit)| *v < limit).collect()
    }

    fn sharpened(&self, by: f32) -> Vec<f32> {
        if by == 0.0 {
            return self.of.clone();
        }
        let n = self.side;
        let at = |x: usize, y: usize| self.of[y * n + x];
        let mut out = Vec::with_capacity(n * n);
        for y in 0..n {
            for x in 0..n {
                let around = at(x.saturating_sub(1), y)
                    + at((x + 1).min(n - 1), y)
                    + at(x, y.saturating_sub(1))
                    + at(x, (y + 1).min(n - 1));
                out.push(at(x, y) * (1.0 + 4.0 * by) - around * by);
            }
        }
        out
    }
}

/// For every module half way between its surroundings' mean and the middle of their range.
fn middles(of: &[f32], side: usize, reach: usize) -> Vec<f32> {
    let window = |at: usize| at.saturating_sub(reach)..(at + reach + 1).min(side);
    // Rows first, then columns of what the rows gave.
    let mut rows = Vec::with_capacity(of.len());
    for row in of.chunks(side) {
        for x in 0..side {
            let part = &row[window(x)];
            let (least, most) = range(part.iter());
            rows.push((least, most, part.iter().sum::<f32>() / part.len() as f32));
        }
    }
    let mut middles = Vec::with_capacity(of.len());
    for y in 0..side {
        let span = window(y);
        for x in 0..side {
            let (mut least, mut most, mut sum) = (f32::MAX, f32::MIN, 0.0);
            for row in span.clone() {
                let (low, high, mean) = rows[row * side + x];
                least = least.min(low);
                most = most.max(high);
                sum += mean;
            }
            middles.push(f32::midpoint(f32::midpoint(least, most), sum / span.len() as f32));
        }
    }
    middles
}

fn range<'a>(of: impl Iterator<Item = &'a f32>) -> (f32, f32) {
    of.fold((f32::MAX, f32::MIN), |(least, most), v| (least.min(*v), most.max(*v)))
}

/// How many of a hundred known modules are as they should be; a text read from fewer than three quarters is chance.
pub(super) fn right(dark: &[bool], pattern: &Pattern) -> usize {
    let known = pattern.finders.iter().chain(&pattern.timing);
    let (mut right, mut all) = (0, 0);
    for module in known {
        all += 1;
        right += usize::from(dark[module.y as usize * pattern.side + module.x as usize] == module.dark);
    }
    right * 100 / all
}
