//! A picture's brightness, at the size in which it is looked at: smaller for a quick first look at a large photograph,
//! larger where the modules of a code are hardly bigger than a pixel.

/// Brightness row by row; 0 is black.
pub(super) struct Grey {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) pixels: Vec<u8>,
}

/// A place in a picture, in pixels; the middle of the first pixel is at a half.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spot {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// A first look takes a picture of at most so many pixels.
const QUICK: usize = 1_600_000;

/// A picture up to this size is also looked at enlarged.
const SMALL: usize = 1_600_000;

/// A picture up to this size is also looked at much enlarged.
const TINY: usize = 120_000;

/// A picture beyond this size is never looked at in full: no photograph of a label needs it.
const FULL: usize = 26_000_000;

/// The sizes at which a picture is looked at, one after the other: `(enlarged, shrunk)`, each by a whole number.
pub(super) fn sizes(width: usize, height: usize) -> Vec<(usize, usize)> {
    let step_to = |most: usize| (1..).find(|s| (width / s) * (height / s) <= most).unwrap_or(1);
    let mut sizes = vec![(1, step_to(QUICK)), (1, step_to(FULL))];
    if sizes[0].1 > 3 {
        sizes.insert(1, (1, sizes[0].1 / 2));
    }
    if width * height <= SMALL {
        // Smaller too: the mean of four pixels has half the noise.
        sizes.extend([(1, 2), (2, 1)]);
    }
    if width * height <= TINY {
        sizes.push((3, 1));
    }
    sizes.dedup();
    sizes
}

impl Grey {
    /// The same picture from black to white, if it goes over less than half of that: fog, and ink that hardly shows.
    pub(super) fn stretched(mut self) -> Self {
        let mut counts = [0usize; 256];
        self.pixels.iter().for_each(|v| counts[usize::from(*v)] += 1);
        let few = self.pixels.len() / 1000;
        // How many values from an end on belong to the few pixels beyond it.
        let beyond = |passed: &mut usize, n: &usize| {
            *passed += n;
            (*passed <= few).then_some(())
        };
        let least = counts.iter().scan(0, beyond).count();
        let most = 255usize.saturating_sub(counts.iter().rev().scan(0, beyond).count());
        let range = most.saturating_sub(least);
        if !(4..128).contains(&range) {
            return self;
        }
        let to = |v: usize| (v.saturating_sub(least) * 255 / range).min(255) as u8;
        self.pixels.iter_mut().for_each(|v| *v = to(usize::from(*v)));
        self
    }

    /// The mean of every square of `step` by `step` pixels. What is left over at the right and below is dropped.
    pub(super) fn shrunk(luma: &[u8], width: usize, height: usize, step: usize) -> Self {
        if step == 1 {
            return Self { width, height, pixels: luma.to_vec() };
        }
        let (w, h) = (width / step, height / step);
        let mut pixels = Vec::with_capacity(w * h);
        let mut sums = vec![0u32; w];
        let area = (step * step) as u32;
        for y in 0..h {
            sums.fill(0);
            for row in luma[y * step * width..].chunks(width).take(step) {
                for (sum, square) in sums.iter_mut().zip(row.chunks_exact(step)) {
                    *sum += square.iter().map(|v| u32::from(*v)).sum::<u32>();
                }
            }
            pixels.extend(sums.iter().map(|sum| (sum / area) as u8));
        }
        Self { width: w, height: h, pixels }
    }

    /// The picture `times` as wide and high, with straight transitions between the pixels.
    pub(super) fn enlarged(luma: &[u8], width: usize, height: usize, times: usize) -> Self {
        let small = Self { width, height, pixels: luma.to_vec() };
        let (w, h) = (width * times, height * times);
        let mut pixels = Vec::with_capacity(w * h);
        for y in 0..h {
            for x in 0..w {
                let at = |v: usize| (v as f64 + 0.5) / times as f64;
                pixels.push(small.value(Spot { x: at(x), y: at(y) }) as u8);
            }
        }
        Self { width: w, height: h, pixels }
    }

    /// White for black and black for white.
    pub(super) fn negative(&self) -> Self {
        Self { width: self.width, height: self.height, pixels: self.pixels.iter().map(|v| 255 - v).collect() }
    }

    /// The brightness at a place, between the four pixels around it; beyond the rim that of the rim.
    pub(super) fn value(&self, spot: Spot) -> f32 {
        let (x, y) = (spot.x as f32 - 0.5, spot.y as f32 - 0.5);
        let (left, top) = (x.floor(), y.floor());
        let (a, b) = (x - left, y - top);
        let (left, top) = (left as i32, top as i32);
        let (most_x, most_y) = (self.width as i32 - 1, self.height as i32 - 1);
        let (x0, x1) = (left.clamp(0, most_x), left.saturating_add(1).clamp(0, most_x));
        let (y0, y1) = (top.clamp(0, most_y), top.saturating_add(1).clamp(0, most_y));
        let at = |x: i32, y: i32| f32::from(self.pixels[y as usize * self.width + x as usize]);
        let above = at(x0, y0) * (1.0 - a) + at(x1, y0) * a;
        let below = at(x0, y1) * (1.0 - a) + at(x1, y1) * a;
        above * (1.0 - b) + below * b
    }
}

pub(super) fn distance(a: Spot, b: Spot) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shrinking_takes_the_mean_and_drops_what_is_left_over() {
        let grey = [0, 100, 9, 200, 100, 9, 7, 7, 7];
        let small = Grey::shrunk(&grey, 3, 3, 2);
        assert_eq!((small.pixels, small.width, small.height), (vec![100], 1, 1));
    }

    #[test]
    fn between_two_pixels_lies_their_mean_and_beyond_the_rim_the_rim() {
        let grey = Grey { width: 2, height: 1, pixels: vec![0, 100] };
        let at = |x: f64| grey.value(Spot { x, y: 0.5 });
        assert_eq!((at(0.5), at(1.0), at(1.5)), (0.0, 50.0, 100.0));
        assert_eq!((at(-1e30), at(f64::NAN).is_nan(), at(1e30)), (0.0, true, 100.0));
    }

    #[test]
    fn a_large_photograph_is_first_looked_at_small_and_a_tiny_one_is_enlarged() {
        assert_eq!(sizes(4000, 3000), [(1, 3), (1, 1)]);
        assert_eq!(sizes(8000, 6000), [(1, 6), (1, 3), (1, 2)]);
        assert_eq!(sizes(1200, 1000), [(1, 1), (1, 2), (2, 1)]);
        assert_eq!(sizes(240, 240), [(1, 1), (1, 2), (2, 1), (3, 1)]);
        assert_eq!(sizes(0, 0), [(1, 1), (1, 2), (2, 1), (3, 1)]);
    }
}
