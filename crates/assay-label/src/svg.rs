//! Writes a label as SVG: one self-contained file without scripts, fonts or references. Its meaning stands in words in
//! `<title>` and `<desc>`, its link in `<metadata>`, where [`crate::find_in_svg`] looks for it, and how it was drawn in
//! `data-look`.

use std::fmt::Write;

use assay::label::SignedLabel;

use crate::ink::Ink;
use crate::look::{Look, LookError};
use crate::shape::{Outline, Point, Step};
use crate::sheet::{Item, Sheet};
use crate::words::Sentences;

/// The label as SVG: the same bytes for the same label and look on every machine.
///
/// # Errors
/// A look that cannot be printed.
pub fn svg(label: &SignedLabel, look: Look) -> Result<String, LookError> {
    let look = look.checked()?;
    let words = Sentences::of(label.facts(), look);
    let (title, alt) = (words.title(), words.alt_text());
    let about = About { title: &title, description: &alt, link: Some(label.uri()) };
    Ok(write(&Sheet::of(label, look), &about))
}

/// What an SVG says of itself.
pub(crate) struct About<'a> {
    pub(crate) title: &'a str,
    pub(crate) description: &'a str,
    /// The signed link; none where it is no label.
    pub(crate) link: Option<&'a str>,
}

pub(crate) fn write(sheet: &Sheet, about: &About<'_>) -> String {
    let look = sheet.look;
    let width = look.form.units();
    let mut out = String::with_capacity(100_000);
    out.push_str("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" lang=\"");
    out.push_str(look.language.code());
    out.push_str("\" width=\"");
    number(&mut out, tenths(look.width));
    out.push_str("mm\" height=\"");
    number(&mut out, tenths(look.width * sheet.height.unsigned_abs() / width.unsigned_abs()));
    let _ = writeln!(out, "mm\" viewBox=\"0 0 {width} {}\" data-look=\"{}\">", sheet.height, look.words());
    let _ = writeln!(out, "<title>{}</title>", escape(about.title));
    let _ = writeln!(out, "<desc>{}</desc>", escape(about.description));
    if let Some(link) = about.link {
        let _ = writeln!(out, "<metadata>{}</metadata>", escape(link));
    }
    for item in sheet.items() {
        let rgb = |ink: Ink| look.rgb(ink);
        match item {
            Item::Fill(ink, outline) => path(&mut out, rgb(*ink), outline),
            Item::Text { line, ink, .. } => path(&mut out, rgb(*ink), &line.outline()),
            Item::Code(modules) => path(&mut out, rgb(Ink::Code), &modules.outline()),
        }
    }
    out.push_str("</svg>\n");
    out
}

/// Tenths of a millimetre as hundredths of one.
fn tenths(tenths: u32) -> i32 {
    i32::try_from(tenths * 10).unwrap_or(i32::MAX)
}

fn path(out: &mut String, [r, g, b]: [u8; 3], outline: &Outline) {
    let _ = write!(out, "<path fill=\"#{r:02x}{g:02x}{b:02x}\" d=\"");
    let (mut pen, mut start) = (Point { x: 0, y: 0 }, Point { x: 0, y: 0 });
    for step in &outline.0 {
        // Relative steps keep the numbers short; being integers they stay exact.
        let (letter, points): (char, &[Point]) = match step {
            Step::Move(a) => ('m', &[*a]),
            Step::Line(a) => ('l', &[*a]),
            Step::Quad(a, b) => ('q', &[*a, *b]),
            Step::Cubic(a, b, c) => ('c', &[*a, *b, *c]),
            Step::Close => ('z', &[]),
        };
        out.push(letter);
        for (at, point) in points.iter().enumerate() {
            for (coordinate, from) in [(point.x, pen.x), (point.y, pen.y)] {
                // A minus sign parts two numbers as well as a space does.
                let first = at == 0 && out.ends_with(letter);
                if !first && coordinate >= from {
                    out.push(' ');
                }
                number(out, coordinate - from);
            }
        }
        match *step {
            Step::Move(a) => (pen, start) = (a, a),
            Step::Line(a) | Step::Quad(_, a) | Step::Cubic(_, _, a) => pen = a,
            Step::Close => pen = start,
        }
    }
    out.push_str("\"/>\n");
}

/// Hundredths as a decimal number, without zeros that say nothing.
pub(crate) fn number(out: &mut String, hundredths: i32) {
    if hundredths < 0 {
        out.push('-');
    }
    let n = hundredths.unsigned_abs();
    let (whole, part) = (n / 100, n % 100);
    if whole > 0 || part == 0 {
        let _ = write!(out, "{whole}");
    }
    if part > 0 {
        let _ = if part % 10 == 0 { write!(out, ".{}", part / 10) } else { write!(out, ".{part:02}") };
    }
}

pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_short_as_they_can_be() {
        let written = |n| {
            let mut out = String::new();
            number(&mut out, n);
            out
        };
        let cases = [(0, "0"), (5, ".05"), (-50, "-.5"), (100, "1"), (-1234, "-12.34"), (1230, "12.3")];
        for (n, text) in cases {
            assert_eq!(written(n), text);
        }
    }
}
