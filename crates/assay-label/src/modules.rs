//! The QR code on a label: where each of its squares stands, and the contour of the dark ones as one outline, so that no
//! viewer shows seams between neighbouring squares. Reading codes is not done here.

use crate::qr::Code;
use crate::shape::{Outline, Point, Rect, Step};

/// Light modules that stay free around the code, as its standard asks.
pub(crate) const QUIET: i32 = 4;

/// The squares of a QR code, all of the same size, and their place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Modules {
    code: Code,
    corner: Point,
    module: i32,
}

impl Modules {
    /// A code in the middle of a place.
    pub(crate) fn in_the_middle(code: Code, place: Rect) -> Self {
        let side = i32::try_from(code.side()).unwrap_or(i32::MAX);
        let module = place.w / side;
        let rest = (place.w - module * side) / 2;
        let corner = Point { x: place.x + rest, y: place.y + rest };
        Self { code, corner, module }
    }

    /// The number of modules on a side.
    pub(crate) fn side(&self) -> usize {
        self.code.side()
    }

    /// Whether a module is dark; outside of the code none is.
    pub(crate) fn is_dark(&self, column: usize, row: usize) -> bool {
        self.code.is_dark(column, row)
    }

    /// Where the grid line before a column and a row stands.
    pub(crate) fn corner(&self, column: usize, row: usize) -> Point {
        let off = |n: usize| i32::try_from(n).unwrap_or(0) * self.module;
        Point { x: self.corner.x + off(column), y: self.corner.y + off(row) }
    }

    /// Width of a module, in hundredths of a unit.
    pub(crate) fn module(&self) -> i32 {
        self.module
    }

    /// The code with its quiet zone.
    #[cfg(test)]
    pub(crate) fn with_quiet_zone(&self) -> Rect {
        let n = self.side();
        let (from, to) = (self.corner(0, 0), self.corner(n, n));
        let quiet = QUIET * self.module;
        Rect {
            x: from.x - quiet,
            y: from.y - quiet,
            w: to.x - from.x + 2 * quiet,
            h: to.y - from.y + 2 * quiet,
        }
    }

    /// The contours of the dark squares: clockwise around them, the other way around holes.
    pub(crate) fn outline(&self) -> Outline {
        let n = self.side() + 1;
        // For each grid point, whether a contour leaves it to the right, downwards, to the left and upwards. The dark
        // side lies to the right of the way.
        let mut leaves = vec![[false; 4]; n * n];
        for y in 0..n {
            for x in 0..n {
                let here = self.is_dark(x, y);
                let above = y > 0 && self.is_dark(x, y - 1);
                let before = x > 0 && self.is_dark(x - 1, y);
                let across = x > 0 && y > 0 && self.is_dark(x - 1, y - 1);
                leaves[y * n + x] = [here && !above, before && !here, across && !before, above && !across];
            }
        }
        let mut steps = Vec::new();
        for first in 0..n * n {
            for towards in 0..4 {
                if leaves[first][towards] {
                    self.follow(&mut leaves, first, towards, &mut steps);
                }
            }
        }
        Outline(steps)
    }

    fn follow(&self, leaves: &mut [[bool; 4]], first: usize, towards: usize, steps: &mut Vec<Step>) {
        let n = self.side() + 1;
        let (mut at, mut towards) = (first, towards);
        steps.push(Step::Move(self.corner(at % n, at / n)));
        loop {
            while leaves[at][towards] {
                leaves[at][towards] = false;
                at = match towards {
                    0 => at + 1,
                    1 => at + n,
                    2 => at - 1,
                    _ => at - n,
                };
            }
            if at == first && !leaves[at].contains(&true) {
                break;
            }
            // Where two dark squares touch at a corner the way turns right and stays with its own square.
            let turns = [(towards + 1) % 4, (towards + 3) % 4];
            let Some(next) = turns.into_iter().find(|t| leaves[at][*t]) else { break };
            steps.push(Step::Line(self.corner(at % n, at / n)));
            towards = next;
        }
        steps.push(Step::Close);
    }
}
