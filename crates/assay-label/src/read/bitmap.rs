//! A picture in black and white: dark is what is darker than its surroundings. Surroundings are measured in squares, so
//! that a photograph of twelve million pixels costs one pass and a half.

use super::grey::{Grey, Spot};

/// A black and white picture.
pub(super) struct Bitmap {
    pub(super) width: i32,
    pub(super) height: i32,
    dark: Vec<bool>,
}

/// How far a pixel's surroundings reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Surroundings {
    /// An eighth of the picture: steady where a label fills it.
    Wide,
    /// Some forty pixels: for a small code beside something bright or in the edge of a shadow.
    Narrow,
}

/// Side of the squares in which brightness is measured.
const SQUARE: usize = 8;

impl Bitmap {
    pub(super) fn of(grey: &Grey, surroundings: Surroundings) -> Self {
        let (width, height) = (grey.width, grey.height);
        let (across, down) = (width.div_ceil(SQUARE), height.div_ceil(SQUARE));
        let reach = match surroundings {
            Surroundings::Wide => (width.max(height) / (16 * SQUARE)).max(2),
            Surroundings::Narrow => 2,
        };
        let limits = limits(&means(grey, across), across, down, reach);
        let mut dark = vec![false; width * height];
        for (y, (row, grey)) in dark.chunks_mut(width).zip(grey.pixels.chunks(width)).enumerate() {
            let limits = &limits[y / SQUARE * across..][..across];
            for ((dark, grey), limit) in row.chunks_mut(SQUARE).zip(grey.chunks(SQUARE)).zip(limits) {
                for (dark, grey) in dark.iter_mut().zip(grey) {
                    *dark = grey < limit;
                }
            }
        }
        Self { width: width as i32, height: height as i32, dark }
    }

    /// Whether a place is dark; outside of the picture nothing is.
    pub(super) fn is_dark(&self, x: i32, y: i32) -> bool {
        let inside = (0..self.width).contains(&x) && (0..self.height).contains(&y);
        inside && self.dark[y as usize * self.width as usize + x as usize]
    }

    pub(super) fn is_dark_at(&self, spot: Spot) -> bool {
        self.is_dark(spot.x.floor() as i32, spot.y.floor() as i32)
    }

    pub(super) fn contains(&self, x: i32, y: i32) -> bool {
        (0..self.width).contains(&x) && (0..self.height).contains(&y)
    }

    pub(super) fn row(&self, y: i32) -> &[bool] {
        &self.dark[y as usize * self.width as usize..][..self.width as usize]
    }
}

/// The mean brightness of every square, times 16.
fn means(grey: &Grey, across: usize) -> Vec<u32> {
    let mut means = Vec::new();
    for rows in grey.pixels.chunks(SQUARE * grey.width) {
        let mut sums = vec![0u32; across];
        for row in rows.chunks(grey.width) {
            for (sum, square) in sums.iter_mut().zip(row.chunks(SQUARE)) {
                *sum += square.iter().map(|v| u32::from(*v)).sum::<u32>();
            }
        }
        let tall = rows.len() / grey.width;
        for (n, sum) in sums.iter().enumerate() {
            let wide = SQUARE.min(grey.width - n * SQUARE);
            means.push(sum * 16 / (tall * wide) as u32);
        }
    }
    means
}

/// For every square, below which brightness a pixel of it is dark: a little under the mean of the squares around.
fn limits(means: &[u32], across: usize, down: usize, reach: usize) -> Vec<u8> {
    // Sums of everything above and to the left.
    let stride = across + 1;
    let mut sums = vec![0u64; stride * (down + 1)];
    for y in 0..down {
        let mut row = 0;
        for x in 0..across {
            row += u64::from(means[y * across + x]);
            sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] + row;
        }
    }
    let mut limits = Vec::with_capacity(means.len());
    for y in 0..down {
        let (top, bottom) = (y.saturating_sub(reach), (y + reach + 1).min(down));
        for x in 0..across {
            let (left, right) = (x.saturating_sub(reach), (x + reach + 1).min(across));
            let sum = sums[bottom * stride + right] + sums[top * stride + left]
                - sums[top * stride + right]
                - sums[bottom * stride + left];
            let area = ((bottom - top) * (right - left)) as u64;
            limits.push((sum * 93 / (area * 1600)) as u8);
        }
    }
    limits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_darker_than_its_surroundings_is_dark_in_light_and_in_shade() {
        let row = |light: u8, ink: u8| -> Vec<u8> {
            (0..256).map(|x| if x % 8 == 0 { ink } else { light }).collect()
        };
        let pixels: Vec<u8> =
            (0..256).flat_map(|y| if y < 128 { row(250, 120) } else { row(90, 30) }).collect();
        let bitmap = Bitmap::of(&Grey { width: 256, height: 256, pixels }, Surroundings::Wide);
        let right = (0..256 * 256).filter(|at| bitmap.is_dark(at % 256, at / 256) == (at % 8 == 0)).count();
        assert!(right > 256 * 256 * 9 / 10, "{right} of 65536");
    }
}
