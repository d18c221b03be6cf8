//! Text becomes outlines here: measured, broken into lines and fitted into a box with the label's typeface (Noto Sans).
//! There is no kerning and no shaping: the label prints the scheme's own sentences, dates and numbers in Latin letters,
//! never a maker's free text.

use std::sync::LazyLock;

use skrifa::{DrawMemory, Font, PathSink, ScalerFont};

use crate::shape::{Outline, Point, Rect, Step, UNIT, ratio};

/// A cut of the typeface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    Regular,
    Bold,
}

/// One line of text at its place; lengths in hundredths of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) face: Face,
    pub(crate) size: i32,
    pub(crate) start: Point,
}

/// Where lines stand in their box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    /// Flush left, from the top down.
    Top,
    /// Flush left, in the middle of the height.
    Beside,
    /// Flush left, down to the bottom.
    Bottom,
    /// In the middle of both.
    Centre,
}

/// Height of a line in hundredths of the size: room for every accent and descender of the Latin letters.
const LEADING: i64 = 122;

/// Height of capitals in thousandths of the size.
const CAPITALS: i64 = 714;

/// Where a long word may be broken, if it must be.
pub(crate) const SOFT_HYPHEN: char = '\u{ad}';

/// Where an address may be broken, likewise.
pub(crate) const SOFT_BREAK: char = '\u{200b}';

/// Smallest size that is tried before the text is taken as it comes, in hundredths.
const SMALLEST: i32 = 800;

/// A glyph in half font units, so that the implied midpoints of TrueType curves are whole numbers.
struct Glyph {
    advance: i64,
    outline: Outline,
}

struct Cut {
    em: i64,
    /// From the space on; none where the typeface has no such letter.
    latin: Vec<Option<Glyph>>,
    marks: Vec<Option<Glyph>>,
}

/// The Latin letters, and dashes, quotation marks and the like.
const LATIN: std::ops::RangeInclusive<char> = '\u{20}'..='\u{24f}';
const MARKS: std::ops::RangeInclusive<char> = '\u{2010}'..='\u{2026}';

/// The lines of a text in a box: the largest of `size` and below at which all of it fits without a broken word, and the
/// lines about equally long.
pub(crate) fn fit(text: &str, face: Face, size: i32, within: Rect, align: Align) -> Vec<Line> {
    let mut size = size;
    let mut lines = wrap(text, face, size, within.w);
    while size > SMALLEST && !fits(text, &lines, face, size, within) {
        size -= 25;
        lines = wrap(text, face, size, within.w);
    }
    let lines = balance(text, face, size, within.w, lines);
    let leading = leading(size);
    let free = within.h - leading * count(&lines);
    let above = match align {
        Align::Top => 0,
        Align::Bottom => free,
        Align::Beside | Align::Centre => free / 2,
    };
    // The capitals stand in the middle of their line.
    let capitals = ratio(i64::from(size) * CAPITALS, 1000);
    let mut baseline = within.y + above + (leading + capitals) / 2;
    lines
        .into_iter()
        .map(|text| {
            let slack = within.w - width(&text, face, size);
            let x = within.x + if align == Align::Centre { slack / 2 } else { 0 };
            let line = Line { text, face, size, start: Point { x, y: baseline } };
            baseline += leading;
            line
        })
        .collect()
}

/// How many lines of a size, in units, a text takes in a width.
pub(crate) fn lines(text: &str, face: Face, size: i32, within: i32) -> i32 {
    count(&wrap(text, face, size * UNIT, within * UNIT))
}

/// Height that lines of one size take.
pub(crate) fn height(lines: &[Line]) -> i32 {
    lines.iter().map(|l| leading(l.size)).sum()
}

fn fits(text: &str, lines: &[String], face: Face, size: i32, within: Rect) -> bool {
    let broken = pieces(text, face, size, within.w).iter().any(|p| width(&p.text, face, size) > within.w);
    !broken && leading(size) * count(lines) <= within.h
}

fn count(lines: &[String]) -> i32 {
    i32::try_from(lines.len()).unwrap_or(i32::MAX)
}

fn leading(size: i32) -> i32 {
    ratio(i64::from(size) * LEADING, 100)
}

/// What a line may end with.
struct Piece {
    text: String,
    after: After,
}

/// What stands between a piece and the one before it: a space, or, within a word, nothing, and at the end of a line a hyphen
/// or not even that.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    Space,
    Hyphen,
    Nothing,
}

/// The words of a text; a letter or two with a mark (`C:`) stay with the word before them. A word that is wider than a line
/// comes apart at its soft hyphens, an address at its slashes; nobody sees them otherwise.
fn pieces(text: &str, face: Face, size: i32, within: i32) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let fits = |word: &str| width(&word.replace([SOFT_HYPHEN, SOFT_BREAK], ""), face, size) <= within;
    // What a no-break space keeps together, but is wider than a line, comes apart.
    let words = text.split(' ').flat_map(|word| {
        let kept = fits(word);
        word.split(move |c| c == '\u{a0}' && !kept)
    });
    for word in words {
        match pieces.last_mut() {
            Some(last) if word.len() <= 2 && word.ends_with([':', ',', ';', '.']) => {
                last.text.push('\u{a0}');
                last.text.push_str(word);
            }
            _ if fits(word) => {
                pieces.push(Piece { text: word.replace([SOFT_HYPHEN, SOFT_BREAK], ""), after: After::Space });
            }
            _ => {
                let mut after = After::Space;
                for part in word.split_inclusive([SOFT_HYPHEN, SOFT_BREAK]) {
                    pieces.push(Piece { text: part.replace([SOFT_HYPHEN, SOFT_BREAK], ""), after });
                    after = if part.ends_with(SOFT_HYPHEN) { After::Hyphen } else { After::Nothing };
                }
            }
        }
    }
    pieces
}

/// A line of some of the pieces.
fn line(pieces: &[Piece], from: usize, to: usize) -> String {
    let mut line = String::new();
    for (at, piece) in pieces[from..to].iter().enumerate() {
        if at > 0 && piece.after == After::Space {
            line.push(' ');
        }
        line.push_str(&piece.text);
    }
    if pieces.get(to).is_some_and(|next| next.after == After::Hyphen) {
        line.push('-');
    }
    line
}

/// Breaks at spaces, but not at no-break spaces; a word that is longer than a line is broken where the line is full.
fn wrap(text: &str, face: Face, size: i32, within: i32) -> Vec<String> {
    let pieces = pieces(text, face, size, within);
    let mut lines: Vec<String> = Vec::new();
    let mut from = 0;
    while from < pieces.len() {
        let fitting = (from + 1..=pieces.len())
            .take_while(|to| width(&line(&pieces, from, *to), face, size) <= within)
            .last();
        if let Some(to) = fitting {
            lines.push(line(&pieces, from, to));
            from = to;
            continue;
        }
        let mut part = String::new();
        for c in line(&pieces, from, from + 1).chars() {
            part.push(c);
            if width(&part, face, size) > within && part.chars().count() > 1 {
                part.pop();
                lines.push(std::mem::replace(&mut part, c.to_string()));
            }
        }
        lines.push(part);
        from += 1;
    }
    lines
}

/// The same number of lines, broken so that they are as equal as they can be: the squares of what stays free at their
/// ends have the smallest sum, and a small word at the end of a line (`a`) counts as much as a third of a line that stays
/// free. A text with a word that is longer than a line stays as it is.
fn balance(text: &str, face: Face, size: i32, within: i32, lines: Vec<String>) -> Vec<String> {
    let pieces = pieces(text, face, size, within);
    if lines.len() < 2 || pieces.iter().any(|p| width(&p.text, face, size) > within) {
        return lines;
    }
    let cost = |from: usize, to: usize| -> Option<i64> {
        let free = i64::from(within - width(&line(&pieces, from, to), face, size));
        let awkward = to < pieces.len() && pieces[to - 1].text.len() <= 2;
        let third = if awkward { i64::from(within / 3) } else { 0 };
        (free >= 0).then_some(free * free + third * third)
    };
    // After so many lines, for so many pieces: the smallest sum, and where each line begins.
    let mut best: Vec<Option<(i64, Vec<usize>)>> = vec![None; pieces.len() + 1];
    best[0] = Some((0, Vec::new()));
    for _ in 0..lines.len() {
        let after = |to: usize| {
            let ways = (0..to).filter_map(|from| {
                let (sum, breaks) = best[from].as_ref()?;
                Some((sum + cost(from, to)?, breaks, from))
            });
            let (sum, breaks, from) = ways.min_by_key(|(sum, _, _)| *sum)?;
            Some((sum, breaks.iter().copied().chain([from]).collect()))
        };
        best = (0..=pieces.len()).map(after).collect();
    }
    let Some(Some((_, breaks))) = best.pop() else { return lines };
    let ends = breaks.iter().skip(1).copied().chain([pieces.len()]);
    breaks.iter().zip(ends).map(|(from, to)| line(&pieces, *from, to)).collect()
}

/// Width of a line.
pub(crate) fn width(text: &str, face: Face, size: i32) -> i32 {
    let cut = face.cut();
    let advances: i64 = text.chars().filter_map(|c| cut.glyph(c)).map(|g| g.advance).sum();
    ratio(advances * i64::from(size), cut.em)
}

impl Line {
    /// The line's outline.
    pub(crate) fn outline(&self) -> Outline {
        let cut = self.face.cut();
        let size = i64::from(self.size);
        let scale = |halves: i32| ratio(i64::from(halves) * size, 2 * cut.em);
        let mut steps = Vec::new();
        let mut pen = 0;
        for glyph in self.text.chars().filter_map(|c| cut.glyph(c)) {
            let x = self.start.x + ratio(pen * size, cut.em);
            let moved = glyph.outline.map(|p| Point { x: x + scale(p.x), y: self.start.y - scale(p.y) });
            steps.extend(moved.0);
            pen += glyph.advance;
        }
        Outline(steps)
    }
}

impl Face {
    fn cut(self) -> &'static Cut {
        static REGULAR: LazyLock<Cut> = LazyLock::new(|| Cut::read(notosans::REGULAR_TTF));
        static BOLD: LazyLock<Cut> = LazyLock::new(|| Cut::read(notosans::BOLD_TTF));
        match self {
            Self::Regular => &REGULAR,
            Self::Bold => &BOLD,
        }
    }

    /// Whether the typeface has every character of a text.
    pub(crate) fn has(self, text: &str) -> bool {
        text.chars().all(|c| self.cut().own(c).is_some())
    }
}

impl Cut {
    /// Reads the Latin letters once: unhinted and in font units, so that no size and no machine plays a part.
    fn read(bytes: &'static [u8]) -> Self {
        let font = Font::new(bytes, 0).expect("the bundled font is one");
        let em = i64::from(font.units_per_em());
        let scaler = ScalerFont::force_unhinted(font.clone(), None);
        let (charmap, metrics) = (font.charmap(), font.glyph_metrics());
        let read = |c: char| {
            let id = charmap.map_unicode(c)?;
            let mut pen = Pen::default();
            if let Some(outline) = scaler.outline(id) {
                outline.draw(DrawMemory::Scratch, &mut pen).ok()?;
            }
            let advance = metrics.h_advance(id).round() as i64;
            Some(Glyph { advance, outline: pen.0 })
        };
        Self { em, latin: LATIN.map(read).collect(), marks: MARKS.map(read).collect() }
    }

    /// A character the typeface lacks is shown as a question mark, not left out.
    fn glyph(&self, c: char) -> Option<&Glyph> {
        self.own(c).or_else(|| self.own('?'))
    }

    fn own(&self, c: char) -> Option<&Glyph> {
        let (table, first) =
            if c < *MARKS.start() { (&self.latin, *LATIN.start()) } else { (&self.marks, *MARKS.start()) };
        table.get((c as usize).checked_sub(first as usize)?)?.as_ref()
    }
}

#[derive(Default)]
struct Pen(Outline);

fn halves(x: f32, y: f32) -> Point {
    Point { x: (x * 2.0).round() as i32, y: (y * 2.0).round() as i32 }
}

impl PathSink for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.0.push(Step::Move(halves(x, y)));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.0.push(Step::Line(halves(x, y)));
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.0.0.push(Step::Quad(halves(cx, cy), halves(x, y)));
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        self.0.0.push(Step::Cubic(halves(cx0, cy0), halves(cx1, cy1), halves(x, y)));
    }

    fn close(&mut self) {
        self.0.0.push(Step::Close);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::area;

    #[test]
    fn a_long_text_is_broken_and_made_smaller_until_it_fits() {
        let within = area(0, 0, 200, 60);
        for text in
            ["May 2030", "Unique passwords and a public contact for security reports", &"x".repeat(90)]
        {
            let lines = fit(text, Face::Bold, 4000, within, Align::Centre);
            let letters: String = lines.iter().flat_map(|l| l.text.chars()).filter(|c| *c != ' ').collect();
            assert_eq!(letters, text.replace(' ', ""), "nothing is left out");
            for line in &lines {
                let ink = line.outline().bounds().unwrap();
                assert!(ink.x >= within.x && ink.right() <= within.right(), "{line:?} {ink:?}");
                assert!(ink.y >= within.y && ink.bottom() <= within.bottom(), "{line:?} {ink:?}");
            }
        }
    }

    #[test]
    fn the_last_line_is_no_widow() {
        let lines = fit("one two three four five six", Face::Regular, 1000, area(0, 0, 100, 100), Align::Top);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].text.contains(' '), "{lines:?}");
    }

    #[test]
    fn bold_is_wider_and_a_missing_letter_is_seen() {
        assert!(width("Security", Face::Bold, 1000) > width("Security", Face::Regular, 1000));
        assert!(!Face::Bold.has("漢"));
        assert_eq!(width("漢", Face::Bold, 1000), width("?", Face::Bold, 1000));
    }
}
