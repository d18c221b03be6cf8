//! Finds where QR codes may lie in a picture: makes it black and white against its surroundings, finds the three squares
//! in a code's corners, and says which three belong together. Written by us because pictures are hostile: rqrr's own
//! search can panic and can be made to work for hours, while every step here has a bound. What the squares contain is
//! read in [`super::sample_qr`].

/// Most finder patterns that are kept; a sheet of labels has three for each code.
const MAX_FINDERS: usize = 256;

/// Most finder patterns that are combined, the most often crossed first.
const MAX_COMBINED: usize = 36;

/// Most triples that are handed on.
const MAX_TRIPLES: usize = 64;

/// Sizes at which a picture is looked at: small enough to be quick, then large enough for a code far away.
const AREAS: [usize; 2] = [2_000_000, 12_500_000];

/// A black and white picture.
pub(super) struct Bitmap {
    width: i32,
    height: i32,
    dark: Vec<bool>,
}

/// A place in a picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spot {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// The centres of a code's three finder patterns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Corners {
    pub(super) upper_left: Spot,
    pub(super) upper_right: Spot,
    pub(super) lower_left: Spot,
}

#[derive(Clone, Copy)]
struct Finder {
    centre: Spot,
    module: f64,
    crossed: u32,
}

impl Bitmap {
    /// Whether a place is dark; outside of the picture nothing is.
    pub(super) fn is_dark(&self, x: i32, y: i32) -> bool {
        let inside = (0..self.width).contains(&x) && (0..self.height).contains(&y);
        inside && self.dark[y as usize * self.width as usize + x as usize]
    }

    pub(super) fn is_dark_at(&self, spot: Spot) -> bool {
        self.is_dark(spot.x.floor() as i32, spot.y.floor() as i32)
    }

    fn contains(&self, x: i32, y: i32) -> bool {
        (0..self.width).contains(&x) && (0..self.height).contains(&y)
    }
}

/// The picture in black and white, made smaller first if it is large. The caller stops at the first that can be read.
/// `luma` has `width * height` values, at most 50 million.
pub(super) fn bitmaps(luma: &[u8], width: usize, height: usize) -> impl Iterator<Item = Bitmap> {
    let mut steps: Vec<usize> =
        AREAS.iter().map(|area| (1..).find(|s| (width / s) * (height / s) <= *area).unwrap_or(1)).collect();
    steps.dedup();
    steps.into_iter().filter_map(move |step| {
        let (grey, width, height) = shrink(luma, width, height, step);
        let (w, h) = (i32::try_from(width).ok()?, i32::try_from(height).ok()?);
        (w >= 21 && h >= 21).then(|| Bitmap { width: w, height: h, dark: threshold(&grey, width, height) })
    })
}

/// The mean of every square of `step` by `step` pixels.
fn shrink(luma: &[u8], width: usize, height: usize, step: usize) -> (Vec<u8>, usize, usize) {
    if step == 1 {
        return (luma.to_vec(), width, height);
    }
    let (w, h) = (width / step, height / step);
    let mut out = Vec::with_capacity(w * h);
    let mut sums = vec![0usize; w];
    for y in 0..h {
        sums.fill(0);
        for row in luma[y * step * width..].chunks(width).take(step) {
            for (sum, square) in sums.iter_mut().zip(row.chunks_exact(step)) {
                *sum += square.iter().map(|v| usize::from(*v)).sum::<usize>();
            }
        }
        out.extend(sums.iter().map(|sum| u8::try_from(sum / (step * step)).unwrap_or(255)));
    }
    (out, w, h)
}

/// Dark is what is clearly darker than the mean of its surroundings, an eighth of the picture wide.
fn threshold(grey: &[u8], width: usize, height: usize) -> Vec<bool> {
    // Sums of everything above and to the left; 12.5 million times 255 fits.
    let stride = width + 1;
    let mut sums = vec![0u32; stride * (height + 1)];
    for y in 0..height {
        let mut row = 0u32;
        for x in 0..width {
            row += u32::from(grey[y * width + x]);
            sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] + row;
        }
    }
    let reach = (width.max(height) / 16).max(8);
    let mut dark = Vec::with_capacity(width * height);
    for y in 0..height {
        let (top, bottom) = (y.saturating_sub(reach), (y + reach + 1).min(height));
        for x in 0..width {
            let (left, right) = (x.saturating_sub(reach), (x + reach + 1).min(width));
            let sum = u64::from(sums[bottom * stride + right]) + u64::from(sums[top * stride + left])
                - u64::from(sums[top * stride + right])
                - u64::from(sums[bottom * stride + left]);
            let area = ((bottom - top) * (right - left)) as u64;
            dark.push(u64::from(grey[y * width + x]) * area * 100 < sum * 90);
        }
    }
    dark
}

/// The likeliest triples of finder patterns, the best first.
pub(super) fn corners(bitmap: &Bitmap) -> Vec<Corners> {
    let mut found = finders(bitmap);
    found.sort_by_key(|f| std::cmp::Reverse(f.crossed));
    found.truncate(MAX_COMBINED);
    let mut triples = Vec::new();
    for (i, a) in found.iter().enumerate() {
        for (j, b) in found.iter().enumerate().skip(i + 1) {
            for c in &found[j + 1..] {
                triples.extend(square(a, b, c));
            }
        }
    }
    triples.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    triples.into_iter().take(MAX_TRIPLES).map(|(_, corners)| corners).collect()
}

/// The three as corners of a square, and how far from one they are.
fn square(a: &Finder, b: &Finder, c: &Finder) -> Option<(f64, Corners)> {
    let apart = |p: &Finder, q: &Finder| (p.centre.x - q.centre.x).hypot(p.centre.y - q.centre.y);
    let (ab, bc, ca) = (apart(a, b), apart(b, c), apart(c, a));
    // The corner lies opposite the longest side.
    let (corner, one, other, hypotenuse) = if bc >= ab && bc >= ca {
        (a, b, c, bc)
    } else if ca >= ab {
        (b, c, a, ca)
    } else {
        (c, a, b, ab)
    };
    let (p, q) = (apart(corner, one), apart(corner, other));
    let modules = [a.module, b.module, c.module];
    let (small, large) =
        (modules.iter().copied().fold(f64::MAX, f64::min), modules.iter().copied().fold(0.0, f64::max));
    let size = large / small - 1.0;
    let sides = p.max(q) / p.min(q) - 1.0;
    let right_angle = (hypotenuse * hypotenuse / (p * p + q * q) - 1.0).abs();
    let far_enough = p.min(q) >= 9.0 * small && p.max(q) <= 190.0 * large;
    if !(far_enough && size < 0.7 && sides < 0.8 && right_angle < 0.4) {
        return None;
    }
    let (u, v) = (one.centre, other.centre);
    let o = corner.centre;
    let clockwise = (u.x - o.x) * (v.y - o.y) - (u.y - o.y) * (v.x - o.x) > 0.0;
    let (upper_right, lower_left) = if clockwise { (u, v) } else { (v, u) };
    Some((size + sides + 2.0 * right_angle, Corners { upper_left: o, upper_right, lower_left }))
}

/// Scans every row for dark and light runs of 1:1:3:1:1 and looks whether the column agrees.
fn finders(bitmap: &Bitmap) -> Vec<Finder> {
    let mut found: Vec<Finder> = Vec::new();
    for y in 0..bitmap.height {
        let mut runs = [0i32; 5];
        let mut was_dark = false;
        for x in 0..=bitmap.width {
            let dark = bitmap.is_dark(x, y);
            if dark == was_dark && x < bitmap.width {
                runs[4] += 1;
                continue;
            }
            if was_dark && is_finder(runs) {
                let middle = x - runs[4] - runs[3] - (runs[2] + 1) / 2;
                if let Some(finder) = confirm(bitmap, middle, y) {
                    remember(&mut found, finder);
                }
            }
            runs.rotate_left(1);
            runs[4] = 1;
            was_dark = dark;
        }
    }
    found
}

/// Whether five runs are as 1:1:3:1:1, each within half a module.
fn is_finder(runs: [i32; 5]) -> bool {
    let total: i32 = runs.iter().sum();
    if runs.contains(&0) || total < 7 {
        return false;
    }
    // In fourteenths of the whole: a module is two of them, its tolerance one, and a pixel more where modules are tiny.
    let near = |run: i32, modules: i32, slack: i32| {
        (14 * run - 2 * modules * total).abs() <= slack * total + if total < 28 { 7 } else { 0 }
    };
    near(runs[0], 1, 1)
        && near(runs[1], 1, 1)
        && near(runs[2], 3, 3)
        && near(runs[3], 1, 1)
        && near(runs[4], 1, 1)
}

/// Looks along the column through the middle, then along the row through the column's middle.
fn confirm(bitmap: &Bitmap, x: i32, y: i32) -> Option<Finder> {
    let (down, tall) = across(bitmap, x, y, (0, 1))?;
    let row = y + down.round() as i32;
    let (right, wide) = across(bitmap, x, row, (1, 0))?;
    let (long, short) = (tall.max(wide), tall.min(wide));
    if long > 2.0 * short {
        return None;
    }
    let centre = Spot { x: f64::from(x) + 0.5 + right, y: f64::from(y) + 0.5 + down };
    Some(Finder { centre, module: (tall + wide) / 14.0, crossed: 1 })
}

/// Runs through a place in a direction: how far ahead their middle lies and how long they are together.
fn across(bitmap: &Bitmap, x: i32, y: i32, (dx, dy): (i32, i32)) -> Option<(f64, f64)> {
    if !bitmap.is_dark(x, y) {
        return None;
    }
    let run = |sign: i32| {
        let mut lengths = [0i32; 3];
        let mut at = 1;
        for (n, length) in lengths.iter_mut().enumerate() {
            let inside = |at: i32| bitmap.contains(x + sign * at * dx, y + sign * at * dy);
            while inside(at) && bitmap.is_dark(x + sign * at * dx, y + sign * at * dy) == (n != 1) {
                *length += 1;
                at += 1;
            }
        }
        lengths
    };
    let (back, ahead) = (run(-1), run(1));
    let middle = back[0] + 1 + ahead[0];
    let runs = [back[2], back[1], middle, ahead[1], ahead[2]];
    is_finder(runs).then(|| (f64::from(ahead[0] - back[0]) / 2.0, f64::from(runs.iter().sum::<i32>())))
}

/// Joins a crossing with the finder pattern it belongs to.
fn remember(found: &mut Vec<Finder>, new: Finder) {
    let same = found.iter().position(|f| {
        let near = (f.centre.x - new.centre.x).abs().max((f.centre.y - new.centre.y).abs()) <= f.module * 1.5;
        near && (f.module / new.module).max(new.module / f.module) < 1.5
    });
    match same {
        Some(at) => {
            let f = &mut found[at];
            let n = f64::from(f.crossed);
            let mean = |a: f64, b: f64| (a * n + b) / (n + 1.0);
            f.centre = Spot { x: mean(f.centre.x, new.centre.x), y: mean(f.centre.y, new.centre.y) };
            f.module = mean(f.module, new.module);
            f.crossed += 1;
        }
        None if found.len() < MAX_FINDERS => found.push(new),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_runs_are_a_finder_pattern_within_half_a_module() {
        assert!(is_finder([10, 10, 30, 10, 10]));
        assert!(is_finder([12, 8, 31, 9, 11]));
        assert!(is_finder([1, 1, 3, 1, 1]));
        assert!(!is_finder([10, 10, 10, 10, 10]));
        assert!(!is_finder([10, 20, 30, 10, 10]));
        assert!(!is_finder([0, 1, 3, 1, 1]));
    }

    #[test]
    fn shrinking_takes_the_mean_and_drops_what_is_left_over() {
        let grey = [0, 100, 9, 200, 100, 9, 7, 7, 7];
        assert_eq!(shrink(&grey, 3, 3, 2), (vec![100], 1, 1));
    }

    #[test]
    fn what_is_darker_than_its_surroundings_is_dark_in_light_and_in_shade() {
        let row = |light: u8, ink: u8| -> Vec<u8> {
            (0..64).map(|x| if x % 8 == 0 { ink } else { light }).collect()
        };
        let grey: Vec<u8> = (0..64).flat_map(|y| if y < 32 { row(250, 120) } else { row(90, 30) }).collect();
        let dark = threshold(&grey, 64, 64);
        let right = (0..64 * 64).filter(|at| dark[*at] == (at % 8 == 0)).count();
        assert!(right > 64 * 64 * 9 / 10, "{right} of 4096");
    }
}
