//! Filled outlines in whole hundredths of a unit: what both writers, SVG and PNG, draw. Coordinates are integers from the
//! font to the file, so that the same label has the same bytes on every machine; there are no strokes and no colours here.

/// Hundredths in a unit; the label is 600 units wide.
pub(crate) const UNIT: i32 = 100;

/// A place, in hundredths, with y downwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) x: i32,
    pub(crate) y: i32,
}

/// A box, in hundredths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rect {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) w: i32,
    pub(crate) h: i32,
}

/// One step of an outline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Move(Point),
    Line(Point),
    Quad(Point, Point),
    Cubic(Point, Point, Point),
    Close,
}

/// Closed curves, filled where they wind around a place a non-zero number of times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outline(pub(crate) Vec<Step>);

/// A place given in units.
pub(crate) fn at(x: i32, y: i32) -> Point {
    Point { x: x * UNIT, y: y * UNIT }
}

/// A box given in units.
pub(crate) fn area(x: i32, y: i32, w: i32, h: i32) -> Rect {
    Rect { x: x * UNIT, y: y * UNIT, w: w * UNIT, h: h * UNIT }
}

/// `n / d` to the nearest whole number, halves upwards.
pub(crate) fn ratio(n: i64, d: i64) -> i32 {
    i32::try_from((2 * n + d).div_euclid(2 * d)).unwrap_or(if n < 0 { i32::MIN } else { i32::MAX })
}

impl Rect {
    pub(crate) fn right(self) -> i32 {
        self.x + self.w
    }

    pub(crate) fn bottom(self) -> i32 {
        self.y + self.h
    }

    /// The box made narrower by so many units on the left and on the right.
    pub(crate) fn narrowed(self, units: i32) -> Self {
        Self { x: self.x + units * UNIT, w: self.w - 2 * units * UNIT, ..self }
    }

    /// The box made smaller by so many units on every side.
    pub(crate) fn inset(self, units: i32) -> Self {
        let by = units * UNIT;
        Self { x: self.x + by, y: self.y + by, w: self.w - 2 * by, h: self.h - 2 * by }
    }
}

impl Outline {
    /// A box with round corners; `radii` are those of the upper and of the lower corners, in units.
    pub(crate) fn rounded(r: Rect, [upper, lower]: [i32; 2]) -> Self {
        let (u, l) = (upper * UNIT, lower * UNIT);
        let mut path = Self::default();
        path.0.push(Step::Move(Point { x: r.x + u, y: r.y }));
        path.line(r.right() - u, r.y);
        path.corner(Point { x: r.right(), y: r.y }, Point { x: r.right(), y: r.y + u });
        path.line(r.right(), r.bottom() - l);
        path.corner(Point { x: r.right(), y: r.bottom() }, Point { x: r.right() - l, y: r.bottom() });
        path.line(r.x + l, r.bottom());
        path.corner(Point { x: r.x, y: r.bottom() }, Point { x: r.x, y: r.bottom() - l });
        path.line(r.x, r.y + u);
        path.corner(Point { x: r.x, y: r.y }, Point { x: r.x + u, y: r.y });
        path.0.push(Step::Close);
        path
    }

    fn line(&mut self, x: i32, y: i32) {
        self.0.push(Step::Line(Point { x, y }));
    }

    /// A quarter of an ellipse from where the path stands to `end`, bulging towards `tip`.
    fn corner(&mut self, tip: Point, end: Point) {
        let Some(Step::Line(start) | Step::Cubic(_, _, start)) = self.0.last().copied() else { return };
        if start != end {
            self.0.push(Step::Cubic(towards(start, tip), towards(end, tip), end));
        }
    }

    /// A bar with round ends, `thickness` units thick: what a pen would draw from `a` to `b`.
    pub(crate) fn bar(a: Point, b: Point, thickness: i32) -> Self {
        let (dx, dy) = (f64::from(b.x - a.x), f64::from(b.y - a.y));
        // Square root and the four operations are exact to the last bit everywhere, unlike sine and cosine.
        let half = f64::from(thickness * UNIT) / 2.0 / (dx * dx + dy * dy).sqrt();
        let along = (dx * half, dy * half);
        let across = (dy * half, -dx * half);
        let from = |p: Point, u: f64, v: f64| Point {
            x: p.x + (along.0 * u + across.0 * v).round() as i32,
            y: p.y + (along.1 * u + across.1 * v).round() as i32,
        };
        Self(vec![
            Step::Move(from(a, 0.0, 1.0)),
            Step::Line(from(b, 0.0, 1.0)),
            Step::Cubic(from(b, ROUND, 1.0), from(b, 1.0, ROUND), from(b, 1.0, 0.0)),
            Step::Cubic(from(b, 1.0, -ROUND), from(b, ROUND, -1.0), from(b, 0.0, -1.0)),
            Step::Line(from(a, 0.0, -1.0)),
            Step::Cubic(from(a, -ROUND, -1.0), from(a, -1.0, -ROUND), from(a, -1.0, 0.0)),
            Step::Cubic(from(a, -1.0, ROUND), from(a, -ROUND, 1.0), from(a, 0.0, 1.0)),
            Step::Close,
        ])
    }

    /// The same outline with every point moved by `change`.
    pub(crate) fn map(&self, change: impl Fn(Point) -> Point) -> Self {
        Self(
            self.0
                .iter()
                .map(|step| match *step {
                    Step::Move(a) => Step::Move(change(a)),
                    Step::Line(a) => Step::Line(change(a)),
                    Step::Quad(a, b) => Step::Quad(change(a), change(b)),
                    Step::Cubic(a, b, c) => Step::Cubic(change(a), change(b), change(c)),
                    Step::Close => Step::Close,
                })
                .collect(),
        )
    }

    /// Made smaller or larger around a point, by so many thousandths.
    pub(crate) fn scaled(&self, around: Point, thousandths: i32) -> Self {
        let scale = |v: i32, c: i32| c + ratio(i64::from(v - c) * i64::from(thousandths), 1000);
        self.map(|p| Point { x: scale(p.x, around.x), y: scale(p.y, around.y) })
    }

    /// Both outlines together.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The smallest box around all points, control points among them; none if there is nothing.
    #[cfg(test)]
    pub(crate) fn bounds(&self) -> Option<Rect> {
        let mut points = Vec::new();
        for step in &self.0 {
            match *step {
                Step::Move(a) | Step::Line(a) => points.push(a),
                Step::Quad(a, b) => points.extend([a, b]),
                Step::Cubic(a, b, c) => points.extend([a, b, c]),
                Step::Close => {}
            }
        }
        let (x, y) = (points.iter().map(|p| p.x).min()?, points.iter().map(|p| p.y).min()?);
        let (right, bottom) = (points.iter().map(|p| p.x).max()?, points.iter().map(|p| p.y).max()?);
        Some(Rect { x, y, w: right - x, h: bottom - y })
    }
}

/// How far the control points of a quarter circle stand from its ends.
const ROUND: f64 = 0.552_284_75;

fn towards(from: Point, to: Point) -> Point {
    let part = |a: i32, b: i32| a + (f64::from(b - a) * ROUND).round() as i32;
    Point { x: part(from.x, to.x), y: part(from.y, to.y) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_rounded_to_the_nearest() {
        assert_eq!([ratio(7, 2), ratio(-7, 2), ratio(10, 3), ratio(-10, 3)], [4, -3, 3, -3]);
        assert_eq!(ratio(i64::from(i32::MAX) * 8, 2), i32::MAX);
    }

    #[test]
    fn a_bar_is_as_thick_as_it_is_said_to_be() {
        let level = Outline::bar(at(10, 10), at(30, 10), 4).bounds();
        assert_eq!(level, Some(area(8, 8, 24, 4)));
    }

    #[test]
    fn round_corners_stay_inside_the_box() {
        let r = area(3, 4, 50, 60);
        assert_eq!(Outline::rounded(r, [10, 0]).bounds(), Some(r));
    }
}
