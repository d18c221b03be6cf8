//! Finds where QR codes may lie in a picture: the three squares in a code's corners, and which three belong together.
//! Written by us because pictures are hostile: rqrr's own search can panic and can be made to work for hours, while
//! every step here has a bound. What the squares contain is read in [`super::sample_qr`].

use super::bitmap::Bitmap;
use super::grey::{Spot, distance};

/// Most finder patterns that are kept; a sheet of labels has three for each code.
const MAX_FINDERS: usize = 256;

/// Most finder patterns that are combined, the most often crossed first.
const MAX_COMBINED: usize = 36;

/// Most triples that are handed on.
const MAX_TRIPLES: usize = 64;

/// Beyond so many rows every second one is scanned: a module of two pixels makes a finder pattern's heart of six.
const TALL: i32 = 1_500;

/// A code's three finder patterns.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Corners {
    pub(super) upper_left: Spot,
    pub(super) upper_right: Spot,
    pub(super) lower_left: Spot,
    /// The size of a module at each, as the rows and columns through them tell it.
    pub(super) modules: [f64; 3],
}

#[derive(Clone, Copy)]
struct Finder {
    centre: Spot,
    module: f64,
    crossed: u32,
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
    let apart = |p: &Finder, q: &Finder| distance(p.centre, q.centre);
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
    if !(far_enough && size < 1.6 && sides < 1.6 && right_angle < 0.6) {
        return None;
    }
    let (u, v) = (one.centre, other.centre);
    let o = corner.centre;
    let clockwise = (u.x - o.x) * (v.y - o.y) - (u.y - o.y) * (v.x - o.x) > 0.0;
    let (right, left) = if clockwise { (one, other) } else { (other, one) };
    let crossed = f64::from(a.crossed.min(b.crossed).min(c.crossed).min(8));
    let corners = Corners {
        upper_left: o,
        upper_right: right.centre,
        lower_left: left.centre,
        modules: [corner.module, right.module, left.module],
    };
    // A pattern that many rows cross is surer than one that a single row met by chance.
    Some((size + sides + 2.0 * right_angle - 0.05 * crossed, corners))
}

/// Scans the rows for dark and light runs of 1:1:3:1:1 and looks whether the column agrees.
fn finders(bitmap: &Bitmap) -> Vec<Finder> {
    let mut found: Vec<Finder> = Vec::new();
    let step = if bitmap.height > TALL { 2 } else { 1 };
    for y in (0..bitmap.height).step_by(step) {
        let row = bitmap.row(y);
        let mut runs = [0i32; 5];
        let (mut start, mut was_dark) = (0usize, false);
        while start < row.len() {
            let length = row[start..].iter().take_while(|dark| **dark == was_dark).count();
            start += length;
            runs.rotate_left(1);
            runs[4] = length as i32;
            if was_dark && is_finder(runs) {
                let middle = start as i32 - runs[4] - runs[3] - (runs[2] + 1) / 2;
                if let Some(finder) = confirm(bitmap, middle, y, runs.iter().sum()) {
                    remember(&mut found, finder);
                }
            }
            was_dark = !was_dark;
        }
    }
    found
}

/// Whether five runs are as 1:1:3:1:1. A dark run and the light one beside it are judged together first: too much light or
/// ink makes all dark runs longer and all light ones shorter by the same, and leaves the sums as they were.
fn is_finder(runs: [i32; 5]) -> bool {
    let total: i32 = runs.iter().sum();
    if runs.contains(&0) || total < 7 {
        return false;
    }
    // In fourteenths of the whole: a module is two of them; a pixel more or less where modules are tiny.
    let pixel = if total < 28 { 10 } else { 0 };
    let near = |length: i32, modules: i32, slack: i32| {
        (14 * length - 2 * modules * total).abs() <= slack * total + pixel
    };
    near(runs[0] + runs[1], 2, 2)
        && near(runs[1] + runs[2], 4, 2)
        && near(runs[2] + runs[3], 4, 2)
        && near(runs[3] + runs[4], 2, 2)
        && near(runs[2], 3, 3)
        && (runs[0] - runs[4]).abs() * 7 <= total + pixel
        && (runs[1] - runs[3]).abs() * 7 <= total + pixel
}

/// Looks along the column through the middle, then along the row through the column's middle.
fn confirm(bitmap: &Bitmap, x: i32, y: i32, total: i32) -> Option<Finder> {
    let (down, tall) = across(bitmap, x, y, (0, 1), 3 * total)?;
    let row = y + down.round() as i32;
    let (right, wide) = across(bitmap, x, row, (1, 0), 3 * total)?;
    let (long, short) = (tall.max(wide), tall.min(wide));
    if long > 2.2 * short {
        return None;
    }
    let centre = Spot { x: f64::from(x) + 0.5 + right, y: f64::from(y) + 0.5 + down };
    Some(Finder { centre, module: (tall + wide) / 14.0, crossed: 1 })
}

/// Runs through a place in a direction, none longer than `most`: how far ahead their middle lies and how long they are
/// together.
fn across(bitmap: &Bitmap, x: i32, y: i32, (dx, dy): (i32, i32), most: i32) -> Option<(f64, f64)> {
    if !bitmap.is_dark(x, y) {
        return None;
    }
    let run = |sign: i32| {
        let mut lengths = [0i32; 3];
        let mut at = 1;
        for (n, length) in lengths.iter_mut().enumerate() {
            // Beyond the rim lies nothing, which would look like light without end.
            let place = |at: i32| (x + sign * at * dx, y + sign * at * dy);
            let goes_on = |(x, y)| bitmap.contains(x, y) && bitmap.is_dark(x, y) == (n != 1);
            while *length < most && goes_on(place(at)) {
                *length += 1;
                at += 1;
            }
        }
        lengths
    };
    let (ahead, back) = (run(1), run(-1));
    let middle = 1 + ahead[0] + back[0];
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
        None => {
            if found.len() >= MAX_FINDERS {
                forget(found, new.centre.y);
            }
            if found.len() < MAX_FINDERS {
                found.push(new);
            }
        }
    }
}

/// Makes room in a picture full of noise: what lies above a row and was crossed least often is not crossed any more.
fn forget(found: &mut Vec<Finder>, y: f64) {
    let above = |f: &Finder| f.centre.y + 4.0 * f.module < y;
    let least = found.iter().filter(|f| above(f)).map(|f| f.crossed).min();
    found.retain(|f| !(above(f) && Some(f.crossed) == least));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_runs_are_a_finder_pattern_within_half_a_module() {
        assert!(is_finder([10, 10, 30, 10, 10]));
        assert!(is_finder([12, 8, 31, 9, 11]));
        assert!(is_finder([1, 1, 3, 1, 1]));
        assert!(is_finder([14, 6, 34, 6, 14]), "too much ink");
        assert!(is_finder([6, 14, 26, 14, 6]), "too much light");
        assert!(!is_finder([10, 10, 10, 10, 10]));
        assert!(!is_finder([10, 24, 30, 10, 10]));
        assert!(!is_finder([0, 1, 3, 1, 1]));
    }

    #[test]
    fn a_noisy_ground_above_a_code_does_not_use_up_what_is_kept() {
        let finder = |x: f64, y: f64| Finder { centre: Spot { x, y }, module: 2.0, crossed: 1 };
        let mut found = Vec::new();
        for n in 0..2_000u32 {
            remember(&mut found, finder(f64::from(n % 50) * 40.0, f64::from(n / 50) * 40.0));
        }
        for _ in 0..5 {
            remember(&mut found, finder(700.0, 4_000.0));
        }
        assert!(found.len() <= MAX_FINDERS);
        assert!(found.iter().any(|f| f.crossed == 5), "the one that counts came last");
    }
}
