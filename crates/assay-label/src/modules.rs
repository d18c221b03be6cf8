//! The QR code of a label: which squares are dark, where each of them stands, and the contour of the dark ones as one
//! outline, so that no viewer shows seams between neighbouring squares. Reading codes is not done here.

use fast_qr::{ECL, Mode, QRBuilder, Version};

use crate::shape::{Outline, Point, Rect, Step};

/// Light modules that stay free around the code, as its standard asks.
#[cfg(test)]
pub(crate) const QUIET: i32 = 4;

/// The squares of a QR code, all of the same size, and their place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Modules {
    side: usize,
    dark: Vec<bool>,
    corner: Point,
    module: i32,
}

impl Modules {
    /// The code of a text at level M, in the middle of a place. Always version 10, so that all labels look alike.
    pub(crate) fn of(text: &str, place: Rect) -> Self {
        let code = QRBuilder::new(text)
            .ecl(ECL::M)
            .mode(Mode::Byte)
            .version(Version::V10)
            .build()
            .expect("a label's link is no longer than a QR code of version 10 holds");
        let dark = (0..code.size).flat_map(|y| code[y].iter().map(|m| m.value())).collect();
        let side = i32::try_from(code.size).expect("a QR code has at most 177 modules");
        let module = place.w / side;
        let rest = (place.w - module * side) / 2;
        let corner = Point { x: place.x + rest, y: place.y + rest };
        Self { side: code.size, dark, corner, module }
    }

    /// The number of modules on a side.
    pub(crate) fn side(&self) -> usize {
        self.side
    }

    /// Whether a module is dark; outside of the code none is.
    pub(crate) fn is_dark(&self, column: usize, row: usize) -> bool {
        column < self.side && row < self.side && self.dark[row * self.side + column]
    }

    /// Where the grid line before a column and a row stands.
    pub(crate) fn corner(&self, column: usize, row: usize) -> Point {
        let off = |n: usize| i32::try_from(n).unwrap_or(0) * self.module;
        Point { x: self.corner.x + off(column), y: self.corner.y + off(row) }
    }

    /// Width of a module.
    #[cfg(test)]
    pub(crate) fn module(&self) -> i32 {
        self.module
    }

    /// The contours of the dark squares: clockwise around them, the other way around holes.
    pub(crate) fn outline(&self) -> Outline {
        let n = self.side + 1;
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
        let n = self.side + 1;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artwork::{Ink, Item};
    use crate::raster::paint;
    use crate::shape::area;

    #[test]
    fn the_contour_covers_exactly_the_dark_squares() {
        // 600 pixels wide, this code has modules of six pixels, which both ways of drawing must fill alike.
        let modules = Modules::of("https://register.example/01/04006381333931", area(30, 60, 342, 342));
        let ground = Item::Fill(Ink::White, Outline::rounded(area(0, 0, 600, 600), [0, 0]));
        let contour = paint(&[ground.clone(), Item::Fill(Ink::Night, modules.outline())], 600).unwrap();
        let squares = paint(&[ground, Item::Qr(modules)], 600).unwrap();
        let differing = contour.chunks_exact(4).zip(squares.chunks_exact(4)).filter(|(a, b)| a != b).count();
        assert_eq!(differing, 0);
        assert!(squares.chunks_exact(4).filter(|p| p[0] < 128).count() > 36 * 57 * 57 / 3);
    }
}
