//! Where everything stands on the pages of the PDF: a column of labels and one of values, sections one below the other, and
//! no heading alone at the foot of a page.

use assay::compliance::{Section, Sheet};

use super::typeface::{Cut, Typeface};

/// A4 in points.
pub(super) const PAGE: (f32, f32) = (595.28, 841.89);
pub(super) const MARGIN: f32 = 56.7;
pub(super) const WIDTH: f32 = PAGE.0 - 2.0 * MARGIN;
/// Width of the labels' column.
const LABELS: f32 = 140.0;

/// What stands on a page, from the top.
pub(super) struct Item {
    pub(super) kind: Kind,
    pub(super) x: f32,
    /// The base line.
    pub(super) y: f32,
    pub(super) size: f32,
    pub(super) text: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Title,
    Heading(usize),
    /// Text of the structure, in ink or quieter.
    Text,
    Quiet,
    /// A line to sign on.
    SignHere,
    /// A thin line between sections.
    Rule,
}

pub(super) struct Layout<'a> {
    faces: &'a Typeface,
    pages: Vec<Vec<Item>>,
    y: f32,
}

impl<'a> Layout<'a> {
    pub(super) fn new(faces: &'a Typeface) -> Self {
        Self { faces, pages: vec![Vec::new()], y: MARGIN }
    }

    pub(super) fn sheet(mut self, sheet: &Sheet) -> Vec<Vec<Item>> {
        self.text(Kind::Title, 0.0, 20.0, &sheet.title, WIDTH);
        self.y += 2.0;
        self.text(Kind::Quiet, 0.0, 9.5, &sheet.subtitle, WIDTH);
        for (number, section) in sheet.sections.iter().enumerate() {
            self.section(number, section);
        }
        self.y += 8.0;
        self.rule();
        for foot in &sheet.foot {
            self.text(Kind::Quiet, 0.0, 8.5, foot, WIDTH);
        }
        self.pages
    }

    fn section(&mut self, number: usize, section: &Section) {
        // A heading is not left alone at the foot of a page.
        self.keep(60.0);
        self.y += 8.0;
        self.rule();
        self.text(
            Kind::Heading(number),
            0.0,
            11.5,
            &format!("({}) {}", section.field, section.heading),
            WIDTH,
        );
        self.y += 1.0;
        for sentence in &section.sentences {
            self.text(Kind::Text, 0.0, 10.0, sentence, WIDTH);
            self.y += 1.5;
        }
        for row in &section.rows {
            let Some(value) = &row.value else {
                self.keep(56.0);
                self.y += 22.0;
                let y = self.y + 12.0;
                self.text(Kind::Quiet, 0.0, 10.0, &row.label, LABELS - 8.0);
                self.put(Kind::SignHere, LABELS, y, 0.0, "");
                self.y += 6.0;
                continue;
            };
            self.keep(30.0);
            let top = self.y;
            let page = self.pages.len();
            self.text(Kind::Quiet, 0.0, 10.0, &row.label, LABELS - 8.0);
            let below = self.y;
            if self.pages.len() == page {
                self.y = top;
            }
            for line in value.split('\n') {
                self.text(Kind::Text, LABELS, 10.0, line, WIDTH - LABELS);
            }
            if self.pages.len() == page {
                self.y = self.y.max(below);
            }
            self.y += 1.0;
        }
    }

    fn keep(&mut self, room: f32) {
        if self.y + room > PAGE.1 - MARGIN {
            self.pages.push(Vec::new());
            self.y = MARGIN;
        }
    }

    fn rule(&mut self) {
        let y = self.y;
        self.put(Kind::Rule, 0.0, y, 0.0, "");
        self.y += 5.0;
    }

    fn text(&mut self, kind: Kind, x: f32, size: f32, text: &str, width: f32) {
        let cut = cut(kind);
        for line in self.faces.wrap(cut, text, size, width) {
            self.keep(size * 1.4);
            let base = self.y + size;
            self.put(kind, x, base, size, &line);
            self.y += size * 1.38;
        }
    }

    fn put(&mut self, kind: Kind, x: f32, y: f32, size: f32, text: &str) {
        if let Some(page) = self.pages.last_mut() {
            page.push(Item { kind, x: MARGIN + x, y, size, text: text.to_owned() });
        }
    }
}

/// Headings are bold.
pub(super) fn cut(kind: Kind) -> Cut {
    if matches!(kind, Kind::Title | Kind::Heading(_)) { Cut::Bold } else { Cut::Regular }
}
