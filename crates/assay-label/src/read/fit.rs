//! Lays a code's grid over the picture as exactly as the picture allows. Whether a grid lies well is told by the modules
//! that are known beforehand: how far what is seen there goes together with what should be seen (a correlation, so that
//! light, shade and contrast do not matter). The corners are moved until it goes no better; a bounded number of times.

use super::grey::{Grey, Spot, distance};
use super::pattern::{Known, Pattern, alignment};
use super::view::View;

/// A grid laid over a picture: perspective, and on top of it how far each alignment pattern lies from where perspective
/// alone would have it (paper bends, lenses distort).
pub(super) struct Fit {
    view: View,
    bend: Option<Bend>,
}

impl Fit {
    pub(super) fn plain(view: View) -> Self {
        Self { view, bend: None }
    }

    /// Where a place of the code is seen.
    pub(super) fn at(&self, u: f64, v: f64) -> Spot {
        match &self.bend {
            None => self.view.at(u, v),
            Some(bend) => {
                let (du, dv) = bend.at(u, v);
                self.view.at(u + du, v + dv)
            }
        }
    }
}

/// How far what is seen at the known modules goes together with what should be seen: 1 is perfectly, 0 not at all.
pub(super) fn agreement(grey: &Grey, at: impl Fn(f64, f64) -> Spot, known: &[Known]) -> f32 {
    let (mut n, mut sum, mut squares, mut signs, mut both) = (0.0f32, 0.0f32, 0.0f32, 0.0f32, 0.0f32);
    for module in known {
        let seen = 128.0 - grey.value(at(f64::from(module.x) + 0.5, f64::from(module.y) + 0.5));
        let sign = if module.dark { 1.0 } else { -1.0 };
        n += 1.0;
        sum += seen;
        squares += seen * seen;
        signs += sign;
        both += seen * sign;
    }
    let spread = (n * squares - sum * sum) * (n * n - signs * signs);
    if spread > 1.0 { (n * both - sum * signs) / spread.sqrt() } else { 0.0 }
}

/// The corners of the code as a view shows them: what [`improved`] moves.
fn corners(view: &View, side: usize) -> [Spot; 4] {
    let d = side as f64;
    [view.at(0.0, 0.0), view.at(d, 0.0), view.at(0.0, d), view.at(d, d)]
}

fn spanned(corners: [Spot; 4], side: usize) -> Option<View> {
    let d = side as f64;
    View::through([(0.0, 0.0), (d, 0.0), (0.0, d), (d, d)], corners)
}

/// Below this agreement after the first and widest moves nothing is tried any more.
const HOPELESS: f32 = 0.22;

/// The view with its corners moved until the known modules agree no better, and how well they then do.
pub(super) fn improved(grey: &Grey, view: View, pattern: &Pattern) -> (View, f32) {
    let side = pattern.side;
    let mut known: Vec<Known> = pattern.finders.clone();
    known.extend_from_slice(&pattern.timing);
    known.extend(pattern.alignments().flat_map(alignment));
    let score = |view: &View| agreement(grey, |u, v| view.at(u, v), &known);
    let mut corners = corners(&view, side);
    let module = (distance(corners[0], corners[1]) + distance(corners[0], corners[2])) / (2.0 * side as f64);
    let (mut view, mut best) = (view, score(&view));
    for step in [0.8, 0.4, 0.2, 0.1] {
        for _ in 0..3 {
            let before = best;
            for n in 0..4 {
                for (dx, dy) in [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)] {
                    let mut moved = corners;
                    moved[n].x += dx * step * module;
                    moved[n].y += dy * step * module;
                    let Some(other) = spanned(moved, side) else { continue };
                    let reached = score(&other);
                    if reached > best {
                        (corners, view, best) = (moved, other, reached);
                    }
                }
            }
            if best <= before {
                break;
            }
        }
        // Where a whole module to and fro helped so little there is no code.
        if best < HOPELESS {
            break;
        }
    }
    (view, best)
}

/// Where the alignment pattern nearest to the fourth corner is seen, in module coordinates: searched around the place
/// where a view has it, farther the larger the code is, because perspective shifts that corner most.
pub(super) fn fourth(grey: &Grey, view: &View, pattern: &Pattern) -> Option<(f64, f64)> {
    let last = *pattern.centres.last()?;
    let known: Vec<Known> = alignment((0, 0)).collect();
    let reach = (pattern.side as i32 / 6).max(4) * 2;
    let score = |u: f64, v: f64| agreement(grey, |x, y| view.at(u + x - 0.5, v + y - 0.5), &known);
    let middle = f64::from(last) + 0.5;
    let mut best = (0.55f32, None);
    for y in -reach..=reach {
        for x in -reach..=reach {
            let (u, v) = (middle + f64::from(x) / 2.0, middle + f64::from(y) / 2.0);
            // Of two that look alike the nearer one is right.
            let far = f64::from(x).hypot(f64::from(y)) / f64::from(reach);
            let reached = score(u, v) - 0.15 * far as f32;
            if reached > best.0 {
                best = (reached, Some((u, v)));
            }
        }
    }
    let (mut u, mut v) = best.1?;
    let mut reached = score(u, v);
    for step in [0.25, 0.12] {
        for (dx, dy) in [(step, 0.0), (-step, 0.0), (0.0, step), (0.0, -step)] {
            if score(u + dx, v + dy) > reached {
                (u, v) = (u + dx, v + dy);
                reached = score(u, v);
            }
        }
    }
    Some((u, v))
}

/// The view through the three finder patterns' middles and a fourth place.
pub(super) fn through_fourth(
    finders: [Spot; 3],
    flat: &View,
    side: usize,
    last: i32,
    seen: (f64, f64),
) -> Option<View> {
    let (d, at) = (side as f64, f64::from(last) + 0.5);
    let from = [(3.5, 3.5), (d - 3.5, 3.5), (3.5, d - 3.5), (at, at)];
    View::through(from, [finders[0], finders[1], finders[2], flat.at(seen.0, seen.1)])
}

/// How far the alignment patterns of a code lie from where perspective has them, in modules.
struct Bend {
    lines: Vec<f64>,
    shifts: Vec<(f64, f64)>,
}

impl Bend {
    /// Between four alignment patterns their shifts are mixed; beyond the outermost lines the nearest count.
    fn at(&self, u: f64, v: f64) -> (f64, f64) {
        let n = self.lines.len();
        let place = |w: f64| {
            let cell = self.lines.iter().skip(1).take(n - 2).filter(|line| **line <= w).count();
            let (from, to) = (self.lines[cell], self.lines[cell + 1]);
            (cell, ((w - from) / (to - from)).clamp(-0.2, 1.2))
        };
        let ((i, a), (j, b)) = (place(u), place(v));
        let shift = |i: usize, j: usize| self.shifts[j * n + i];
        let mix = |of: fn((f64, f64)) -> f64| {
            let above = of(shift(i, j)) * (1.0 - a) + of(shift(i + 1, j)) * a;
            let below = of(shift(i, j + 1)) * (1.0 - a) + of(shift(i + 1, j + 1)) * a;
            above * (1.0 - b) + below * b
        };
        (mix(|s| s.0), mix(|s| s.1))
    }
}

/// The grid with its bends, for codes that have several alignment patterns (from version 7 on).
pub(super) fn bent(grey: &Grey, view: View, pattern: &Pattern) -> Option<Fit> {
    let n = pattern.centres.len();
    if n < 3 {
        return None;
    }
    let known: Vec<Known> = alignment((0, 0)).collect();
    let mut shifts = vec![(0.0, 0.0); n * n];
    for (x, y) in pattern.alignments() {
        let (u, v) = (f64::from(x) + 0.5, f64::from(y) + 0.5);
        let score = |du: f64, dv: f64| {
            let near = 0.05 * du.hypot(dv) as f32;
            agreement(grey, |x, y| view.at(u + du + x - 0.5, v + dv + y - 0.5), &known) - near
        };
        let mut best = (score(0.0, 0.0), (0.0, 0.0));
        for step in [0.5, 0.2] {
            let (du, dv) = best.1;
            for j in -3i32..=3 {
                for i in -3i32..=3 {
                    let to = (du + f64::from(i) * step, dv + f64::from(j) * step);
                    let reached = score(to.0, to.1);
                    if reached > best.0 {
                        best = (reached, to);
                    }
                }
            }
        }
        let index = |c: i32| pattern.centres.iter().position(|d| *d == c).unwrap_or(0);
        if best.0 > 0.5 {
            shifts[index(y) * n + index(x)] = best.1;
        }
    }
    let lines = pattern.centres.iter().map(|c| f64::from(*c) + 0.5).collect();
    Some(Fit { view, bend: Some(Bend { lines, shifts }) })
}
