//! Pixels of a label: outlines filled by the exact share of each pixel that they cover, in whole numbers, so that the same
//! label has the same pixels on every machine. A pixel is a number in a short list of colours, since a label has few:
//! its inks and what lies between two of them.

use crate::ink::Ink;
use crate::look::{Look, Palette};
use crate::modules::Modules;
use crate::shape::{Outline, Point, Step, UNIT, ratio};

/// Steps of coverage between nothing and all: more cannot be told apart in letters, and fewer colours pack better.
const STEPS: i64 = 16;

/// Parts of a pixel in which places are reckoned.
const PARTS: i32 = 256;

/// A picture while it is painted.
#[derive(Clone)]
pub(crate) struct Canvas {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// For each pixel the number of its colour.
    pub(crate) pixels: Vec<u8>,
    /// Red, green, blue and alpha.
    pub(crate) colours: Vec<[u8; 4]>,
    /// Width of the sheet in hundredths of a unit.
    units: i32,
    look: Look,
    /// The number of each ink, once it was used, and of what lies between a colour and an ink.
    inks: [Option<u8>; Ink::ALL.len()],
    between: Vec<u8>,
    scratch: Vec<i32>,
}

/// Not mixed yet.
const UNKNOWN: u8 = u8::MAX;

/// Most colours: one number is kept for `not mixed yet`.
const MOST_COLOURS: usize = 255;

impl Canvas {
    /// An empty picture: without a ground, or white where there is nothing between black and white.
    pub(crate) fn new(width: usize, height: usize, look: Look) -> Self {
        let ground = if look.palette == Palette::Bw { [255; 4] } else { [0; 4] };
        Self {
            width,
            height,
            pixels: vec![0; width * height],
            colours: vec![ground],
            units: look.form.units() * UNIT,
            look,
            inks: [None; Ink::ALL.len()],
            between: vec![UNKNOWN; 256 * Ink::ALL.len() * STEPS as usize],
            scratch: Vec::new(),
        }
    }

    /// Fills an outline with an ink, where it winds around a place a non-zero number of times.
    pub(crate) fn fill(&mut self, ink: Ink, outline: &Outline) {
        let lines = self.flattened(outline);
        let (Some(left), Some(right)) = (
            lines.iter().flat_map(|l| [l.0.x, l.1.x]).min(),
            lines.iter().flat_map(|l| [l.0.x, l.1.x]).max(),
        ) else {
            return;
        };
        let (Some(top), Some(bottom)) = (
            lines.iter().flat_map(|l| [l.0.y, l.1.y]).min(),
            lines.iter().flat_map(|l| [l.0.y, l.1.y]).max(),
        ) else {
            return;
        };
        let clamp = |v: i32, most: usize| usize::try_from(v.max(0) / PARTS).unwrap_or(0).min(most);
        let (x, y) = (clamp(left, self.width), clamp(top, self.height));
        let (w, h) = (clamp(right, self.width - 1) + 1 - x, clamp(bottom, self.height - 1) + 1 - y);
        let mut shares = std::mem::take(&mut self.scratch);
        shares.clear();
        shares.resize((w + 2) * h, 0);
        let mut area = Shares { shares: &mut shares, width: w, height: h };
        let corner = Point { x: x as i32 * PARTS, y: y as i32 * PARTS };
        for (from, to) in lines {
            let moved = |p: Point| Point { x: p.x - corner.x, y: p.y - corner.y };
            area.line(moved(from), moved(to));
        }
        for (row, shares) in shares.chunks_exact(w + 2).enumerate() {
            self.row(ink, x, y + row, &shares[..w]);
        }
        self.scratch = shares;
    }

    /// Paints a row of an outline from the changes of its shares.
    fn row(&mut self, ink: Ink, x: usize, y: usize, shares: &[i32]) {
        let solid = self.ink(ink);
        let pixels = &mut self.pixels[y * self.width + x..][..shares.len()];
        let mut sum = 0i32;
        let mut at = 0;
        while at < shares.len() {
            sum += shares[at];
            let covered = i64::from(sum.unsigned_abs()).min(FULL);
            let step = (covered * STEPS + FULL / 2) / FULL;
            // As far as nothing changes, a row is one run.
            let run = 1 + shares[at + 1..].iter().take_while(|s| **s == 0).count();
            let step = if self.look.palette == Palette::Bw { step / (STEPS / 2) * STEPS } else { step };
            if step >= STEPS {
                pixels[at..at + run].fill(solid);
            } else if step > 0 {
                for pixel in &mut pixels[at..at + run] {
                    let key = (usize::from(*pixel) * Ink::ALL.len() + ink as usize) * STEPS as usize
                        + step as usize;
                    if self.between[key] == UNKNOWN {
                        let mixed = mix(
                            self.colours[usize::from(*pixel)],
                            self.colours[usize::from(solid)],
                            step as u32,
                        );
                        self.between[key] = number(&mut self.colours, mixed);
                    }
                    *pixel = self.between[key];
                }
            }
            at += run;
        }
    }

    fn ink(&mut self, ink: Ink) -> u8 {
        if let Some(known) = self.inks[ink as usize] {
            return known;
        }
        let [r, g, b] = self.look.rgb(ink);
        let number = number(&mut self.colours, [r, g, b, 255]);
        self.inks[ink as usize] = Some(number);
        number
    }

    /// Paints a code with squares of whole pixels, the same for all: it comes out a little smaller than its place, in the
    /// middle of it, and its quiet zone a little larger. A reader sees black and white and no grey.
    pub(crate) fn squares(&mut self, modules: &Modules) {
        let n = modules.side();
        let (from, to) = (modules.corner(0, 0), modules.corner(n, n));
        let pixels = |v: i32| i64::from(v) * self.width as i64 / i64::from(self.units);
        let module = (pixels(to.x - from.x) / n as i64).max(1) as usize;
        let start = |a: i32, b: i32| usize::try_from((pixels(a + b) - (module * n) as i64) / 2).unwrap_or(0);
        let (left, top) = (start(from.x, to.x), start(from.y, to.y));
        let dark = self.ink(Ink::Code);
        for row in 0..n {
            let first = (top + row * module) * self.width;
            for column in (0..n).filter(|column| modules.is_dark(*column, row)) {
                let x = left + column * module;
                if let Some(square) = self.pixels.get_mut(first + x..first + x + module) {
                    square.fill(dark);
                }
            }
            let line = first + left..first + left + n * module;
            for below in 1..module {
                if line.end + below * self.width <= self.pixels.len() {
                    self.pixels.copy_within(line.clone(), line.start + below * self.width);
                }
            }
        }
    }

    /// The outline as straight lines in parts of a pixel.
    fn flattened(&self, outline: &Outline) -> Vec<(Point, Point)> {
        let scale =
            |v: i32| ratio(i64::from(v) * self.width as i64 * i64::from(PARTS), i64::from(self.units));
        let place = |p: Point| Point { x: scale(p.x), y: scale(p.y) };
        let mut lines = Vec::with_capacity(outline.0.len() * 3);
        let (mut pen, mut start) = (Point { x: 0, y: 0 }, Point { x: 0, y: 0 });
        for step in &outline.0 {
            match *step {
                Step::Move(a) => {
                    if pen != start {
                        lines.push((pen, start));
                    }
                    pen = place(a);
                    start = pen;
                }
                Step::Line(a) => to(&mut lines, &mut pen, place(a)),
                Step::Quad(a, b) => {
                    let (a, b) = (place(a), place(b));
                    let bent = bend(pen, a, b);
                    curve(&mut lines, &mut pen, &[a, b], bent);
                }
                Step::Cubic(a, b, c) => {
                    let (a, b, c) = (place(a), place(b), place(c));
                    let bent = 3 * bend(pen, a, b).max(bend(a, b, c));
                    curve(&mut lines, &mut pen, &[a, b, c], bent);
                }
                Step::Close => to(&mut lines, &mut pen, start),
            }
        }
        if pen != start {
            lines.push((pen, start));
        }
        lines
    }
}

fn to(lines: &mut Vec<(Point, Point)>, pen: &mut Point, to: Point) {
    if *pen != to {
        lines.push((*pen, to));
        *pen = to;
    }
}

/// How far a curve is from straight, in parts of a pixel.
fn bend(a: Point, b: Point, c: Point) -> i32 {
    (a.x - 2 * b.x + c.x).abs().max((a.y - 2 * b.y + c.y).abs())
}

/// A curve through as many straight lines as keep it within a sixtieth of a pixel.
fn curve(lines: &mut Vec<(Point, Point)>, pen: &mut Point, through: &[Point], bent: i32) {
    let n = i64::from((bent / 16).isqrt() + 1).min(128);
    let from = *pen;
    for k in 1..=n {
        let rest = n - k;
        let along = |of: fn(&Point) -> i32| {
            let p = |at: usize| i64::from(of(&through[at]));
            let (sum, whole) = match through.len() {
                2 => (rest * rest * i64::from(of(&from)) + 2 * k * rest * p(0) + k * k * p(1), n * n),
                _ => (
                    rest * rest * rest * i64::from(of(&from))
                        + 3 * k * rest * rest * p(0)
                        + 3 * k * k * rest * p(1)
                        + k * k * k * p(2),
                    n * n * n,
                ),
            };
            ratio(sum, whole)
        };
        to(lines, pen, Point { x: along(|p| p.x), y: along(|p| p.y) });
    }
}

/// The share of a pixel that is wholly covered.
const FULL: i64 = 2 * (PARTS as i64) * (PARTS as i64);

/// Changes of the covered share along each row: their sum up to a pixel is what is covered of it.
struct Shares<'a> {
    shares: &'a mut [i32],
    width: usize,
    height: usize,
}

impl Shares<'_> {
    /// Takes a line in, row by row; what lies outside of the rows is nothing, what lies left of them counts from the left.
    fn line(&mut self, from: Point, to: Point) {
        let (sign, upper, lower) = if from.y <= to.y { (1, from, to) } else { (-1, to, from) };
        let (dx, dy) = (i64::from(lower.x - upper.x), i64::from(lower.y - upper.y));
        if dy == 0 {
            return;
        }
        let at = |y: i32| upper.x + ((i64::from(y - upper.y) * dx).div_euclid(dy)) as i32;
        let last = (self.height as i32) * PARTS;
        let (mut y, end) = (upper.y.clamp(0, last), lower.y.clamp(0, last));
        let mut x = at(y);
        while y < end {
            let next = ((y / PARTS + 1) * PARTS).min(end);
            let to = if next == lower.y { lower.x } else { at(next) };
            self.in_row((y / PARTS) as usize, Point { x, y }, Point { x: to, y: next }, sign);
            (x, y) = (to, next);
        }
    }

    /// A line within one row, pixel by pixel.
    fn in_row(&mut self, row: usize, from: Point, to: Point, sign: i32) {
        let (first, last) = if from.x <= to.x { (from, to) } else { (to, from) };
        let tall = i64::from((to.y - from.y).abs());
        let wide = i64::from(last.x - first.x);
        let row = &mut self.shares[row * (self.width + 2)..][..self.width + 2];
        let edge = self.width as i32 * PARTS;
        // How much of the height is gone at a place: it grows evenly along the line.
        let gone = |x: i32| if wide == 0 { tall } else { i64::from(x - first.x) * tall / wide };
        let (mut x, mut done) = (first.x, 0);
        loop {
            let next = ((x.div_euclid(PARTS) + 1) * PARTS).min(last.x);
            let upto = if next == last.x { tall } else { gone(next) };
            let part = (upto - done) as i32 * sign;
            let pixel = x.clamp(0, edge).div_euclid(PARTS) as usize;
            let inside = |x: i32| x.clamp(0, edge) - pixel as i32 * PARTS;
            let before = inside(x) + inside(next);
            row[pixel] += part * (2 * PARTS - before);
            row[pixel + 1] += part * before;
            if next == last.x {
                return;
            }
            (x, done) = (next, upto);
        }
    }
}

/// The number of a colour, or of the one most like it where there is no room for another.
fn number(colours: &mut Vec<[u8; 4]>, colour: [u8; 4]) -> u8 {
    let known = colours.iter().position(|c| *c == colour);
    let at = known.unwrap_or_else(|| {
        if colours.len() < MOST_COLOURS {
            colours.push(colour);
            return colours.len() - 1;
        }
        let unlike =
            |c: &[u8; 4]| c.iter().zip(colour).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum::<u32>();
        (0..colours.len()).min_by_key(|at| unlike(&colours[*at])).unwrap_or(0)
    });
    at as u8
}

/// An ink over a colour by some of sixteen steps.
fn mix(under: [u8; 4], ink: [u8; 4], step: u32) -> [u8; 4] {
    let steps = STEPS as u32;
    let [.., alpha] = under.map(u32::from);
    // What shows of the ground, of the ink, and of both.
    let (ground, over) = (alpha * (steps - step), 255 * step);
    let all = ground + over;
    let channel =
        |at: usize| ((u32::from(under[at]) * ground + u32::from(ink[at]) * over + all / 2) / all) as u8;
    [channel(0), channel(1), channel(2), ((all + steps / 2) / steps) as u8]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::area;

    /// What is covered of each pixel of a small picture, in sixteenths.
    fn covered(outline: &Outline, side: usize) -> Vec<u32> {
        let mut canvas = Canvas::new(side, side, Look::default());
        canvas.units = side as i32 * UNIT;
        canvas.fill(Ink::Code, outline);
        let alpha = |p: &u8| u32::from(canvas.colours[usize::from(*p)][3]);
        canvas.pixels.iter().map(|p| (alpha(p) * 16 + 127) / 255).collect()
    }

    #[test]
    fn a_box_covers_what_it_covers() {
        let quarter = Outline::rounded(crate::shape::Rect { x: 150, y: 50, w: 100, h: 100 }, [0, 0]);
        assert_eq!(covered(&quarter, 4), [0, 4, 4, 0, 0, 4, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        let whole = Outline::rounded(area(1, 1, 2, 2), [0, 0]);
        assert_eq!(covered(&whole, 4), [0, 0, 0, 0, 0, 16, 16, 0, 0, 16, 16, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn a_slope_covers_half_of_what_it_crosses() {
        let p = |x: i32, y: i32| Point { x: x * UNIT, y: y * UNIT };
        let triangle =
            Outline(vec![Step::Move(p(0, 0)), Step::Line(p(3, 3)), Step::Line(p(0, 3)), Step::Close]);
        assert_eq!(covered(&triangle, 3), [8, 0, 0, 16, 8, 0, 16, 16, 8]);
    }

    #[test]
    fn what_winds_twice_is_filled_once_and_what_lies_outside_is_left_out() {
        let twice =
            Outline::rounded(area(0, 0, 2, 2), [0, 0]).and(Outline::rounded(area(-5, 0, 7, 1), [0, 0]));
        assert_eq!(covered(&twice, 3), [16, 16, 0, 16, 16, 0, 0, 0, 0]);
        let beyond = Outline::rounded(area(-4, -4, 100, 100), [0, 0]);
        assert_eq!(covered(&beyond, 3), [16; 9]);
        assert_eq!(covered(&Outline::rounded(area(7, 7, 2, 2), [0, 0]), 3), [0; 9]);
    }

    #[test]
    fn a_circle_has_the_area_of_one() {
        let circle = Outline::rounded(area(0, 0, 40, 40), [20, 20]);
        let sum: u32 = covered(&circle, 40).iter().sum();
        let wanted = std::f64::consts::PI * 400.0 * 16.0;
        assert!((f64::from(sum) - wanted).abs() < wanted * 0.003, "{sum} {wanted}");
    }
}
