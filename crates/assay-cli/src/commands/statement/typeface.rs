//! The typeface of the PDF: which characters it has, how wide they are, where a line breaks, and the drawing of one line.
//! No kerning and no ligatures: the widths of the letters alone, so that every machine breaks lines alike.

use krilla::geom::Point;
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

/// Regular or bold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    Regular,
    Bold,
}

/// Both cuts of the typeface.
pub(super) struct Typeface {
    regular: Face,
    bold: Face,
}

struct Face {
    font: Font,
    metrics: FontRef<'static>,
}

impl Face {
    fn read(bytes: &'static [u8]) -> Option<Self> {
        Some(Self { font: Font::new(bytes.to_vec().into(), 0)?, metrics: FontRef::new(bytes).ok()? })
    }

    /// The glyph of a character and its width, in parts of the size of the type.
    fn glyph(&self, c: char) -> Option<(u32, f32)> {
        let id = self.metrics.charmap().map(c)?;
        let advance = self.metrics.glyph_metrics(Size::new(1.0), LocationRef::default()).advance_width(id)?;
        Some((id.to_u32(), advance))
    }
}

impl Typeface {
    pub(super) fn bundled() -> Option<Self> {
        Some(Self { regular: Face::read(notosans::REGULAR_TTF)?, bold: Face::read(notosans::BOLD_TTF)? })
    }

    fn face(&self, cut: Cut) -> &Face {
        match cut {
            Cut::Regular => &self.regular,
            Cut::Bold => &self.bold,
        }
    }

    /// Whether both cuts have a character.
    pub(super) fn has(&self, c: char) -> bool {
        self.regular.glyph(c).is_some() && self.bold.glyph(c).is_some()
    }

    fn width(&self, cut: Cut, text: &str, size: f32) -> f32 {
        text.chars().filter_map(|c| self.face(cut).glyph(c)).map(|(_, advance)| advance * size).sum()
    }

    /// Breaks a text into lines, between words where it can.
    pub(super) fn wrap(&self, cut: Cut, text: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines = vec![String::new()];
        let fits = |line: &str| self.width(cut, line, size) <= width;
        for word in text.split_whitespace() {
            for (part, piece) in self.pieces(cut, word, size, width).into_iter().enumerate() {
                let Some(line) = lines.last_mut() else { break };
                let blank = if line.is_empty() || part > 0 { "" } else { " " };
                let longer = format!("{line}{blank}{piece}");
                if line.is_empty() || (part == 0 && fits(&longer)) {
                    *line = longer;
                } else {
                    lines.push(piece);
                }
            }
        }
        lines
    }

    /// A word that is wider than a line, in pieces that are not.
    fn pieces(&self, cut: Cut, word: &str, size: f32, width: f32) -> Vec<String> {
        let mut pieces = vec![String::new()];
        for c in word.chars() {
            let Some(piece) = pieces.last_mut() else { break };
            let longer = format!("{piece}{c}");
            if piece.is_empty() || self.width(cut, &longer, size) <= width {
                *piece = longer;
            } else {
                pieces.push(c.to_string());
            }
        }
        pieces
    }

    /// Draws one line; `y` is its base line.
    #[expect(
        clippy::too_many_arguments,
        reason = "where, how large, in what colour: one line of text has as many"
    )]
    pub(super) fn draw(
        &self,
        surface: &mut Surface<'_>,
        cut: Cut,
        x: f32,
        y: f32,
        size: f32,
        text: &str,
        colour: (u8, u8, u8),
    ) {
        let face = self.face(cut);
        let glyphs: Vec<KrillaGlyph> = text
            .char_indices()
            .filter_map(|(at, c)| {
                let (id, x_advance) = face.glyph(c)?;
                Some(KrillaGlyph {
                    glyph_id: GlyphId::new(id),
                    text_range: at..at + c.len_utf8(),
                    x_advance,
                    x_offset: 0.0,
                    y_offset: 0.0,
                    y_advance: 0.0,
                    location: None,
                })
            })
            .collect();
        surface.set_fill(Some(super::pdf::fill(colour)));
        surface.draw_glyphs(Point::from_xy(x, y), &glyphs, face.font.clone(), text, size, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_long_words_within() {
        let faces = Typeface::bundled().unwrap();
        assert_eq!(faces.wrap(Cut::Regular, "one two three", 10.0, 45.0), ["one two", "three"]);
        let long = faces.wrap(Cut::Regular, &format!("a {}", "w".repeat(40)), 10.0, 100.0);
        assert!(
            long.len() > 3 && long.iter().all(|l| faces.width(Cut::Regular, l, 10.0) <= 100.0),
            "{long:?}"
        );
        assert_eq!(faces.wrap(Cut::Bold, "", 10.0, 100.0), [""]);
        assert!(faces.has('ß') && faces.has('Ω') && faces.has('Ж') && !faces.has('海'));
    }
}
