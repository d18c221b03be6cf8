//! A statement as PDF: A4, real text in an embedded typeface, tagged with its structure, and the same bytes for the same
//! statement. It is written as PDF/A-2b and PDF/UA-1, since it has to be kept for ten years and read by everybody.

use std::num::NonZeroU16;

use assay::compliance::{ComplianceStatement, Sheet, sheet};
use krilla::color::rgb;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag, Tag, TagGroup, TagTree};
use krilla::{Document, SerializeSettings};

use super::layout::{Item, Kind, Layout, MARGIN, PAGE, WIDTH, cut};
use super::typeface::{Cut, Typeface};
use crate::exit::Failure;

const INK: (u8, u8, u8) = (0x1b, 0x24, 0x27);
const QUIET: (u8, u8, u8) = (0x4a, 0x56, 0x59);
const PALE: (u8, u8, u8) = (0xa6, 0xb1, 0xb4);

/// The PDF.
pub(super) fn pdf(statement: &ComplianceStatement) -> Result<Vec<u8>, Failure> {
    let faces =
        Typeface::bundled().ok_or_else(|| Failure::impossible("the bundled typeface cannot be read"))?;
    let sheet = sheet(statement);
    if let Some(c) = characters(&sheet).find(|c| !faces.has(*c)) {
        return Err(Failure::unreadable(format!(
            "the PDF's typeface has no character `{c}` (U+{:04X}): write the statement as .html, or write the name in Latin, Greek or \
             Cyrillic letters",
            u32::from(c)
        )));
    }
    let pages = Layout::new(&faces).sheet(&sheet);
    draw(statement, &sheet, &faces, pages)
}

fn characters(sheet: &Sheet) -> impl Iterator<Item = char> {
    let mut all = format!("{}{}{}", sheet.title, sheet.subtitle, sheet.foot.concat());
    for section in &sheet.sections {
        all.push_str(&section.heading);
        all.push_str(&section.sentences.concat());
        for row in &section.rows {
            all.push_str(&row.label);
            all.extend(row.value.iter().flat_map(|v| v.chars()).filter(|c| *c != '\n'));
        }
    }
    all.chars().collect::<Vec<_>>().into_iter()
}

fn draw(
    statement: &ComplianceStatement,
    sheet: &Sheet,
    faces: &Typeface,
    pages: Vec<Vec<Item>>,
) -> Result<Vec<u8>, Failure> {
    let failed = |e: String| Failure::impossible(format!("the PDF could not be made: {e}"));
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_B)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|e| failed(format!("{e:?}")))?;
    let mut document =
        Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let (mut tags, mut outline) = (Tags::default(), Outline::new());
    let count = pages.len();
    for (number, items) in pages.iter().enumerate() {
        let settings =
            PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| failed("A4 is no size of a page".into()))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for item in items {
            match item.kind {
                Kind::Rule => line(&mut surface, item, WIDTH, PALE),
                Kind::SignHere => line(&mut surface, item, 220.0, INK),
                _ => {
                    let id = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
                    faces.draw(
                        &mut surface,
                        cut(item.kind),
                        item.x,
                        item.y,
                        item.size,
                        &item.text,
                        colour(item.kind),
                    );
                    surface.end_tagged();
                    tags.add(item, id);
                }
            }
            if let Kind::Heading(_) = item.kind {
                let to = XyzDestination::new(number, Point::from_xy(item.x, item.y - item.size));
                outline.push_child(OutlineNode::new(item.text.clone(), to));
            }
        }
        if count > 1 {
            surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Footer)));
            let text = format!("{}, page {} of {count}", sheet.title, number + 1);
            faces.draw(&mut surface, Cut::Regular, MARGIN, PAGE.1 - MARGIN / 2.0, 8.5, &text, QUIET);
            surface.end_tagged();
        }
        surface.finish();
        page.finish();
    }
    document.set_outline(outline);
    document.set_tag_tree(tags.tree());
    let issued = statement.g.date;
    // The date of issue stands for the date of making: the same statement gives the same bytes on any day.
    let date = DateTime::new(issued.year().unsigned_abs())
        .month(issued.month().unsigned_abs())
        .day(issued.day().unsigned_abs())
        .hour(0)
        .minute(0)
        .second(0)
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    let title = format!("{}: {} ({})", sheet.title, statement.a.name, statement.a.model);
    let authors = statement.b.manufacturers.iter().map(|m| m.name.clone()).collect();
    document.set_metadata(
        Metadata::new()
            .title(title)
            .authors(authors)
            .language("en-GB".to_owned())
            .creator("Assay".to_owned())
            .creation_date(date),
    );
    document.finish().map_err(|e| failed(format!("{e:?}")))
}

/// The structure for those who cannot see the page: headings and paragraphs in reading order.
#[derive(Default)]
struct Tags {
    groups: Vec<TagGroup>,
    last: Option<(Kind, f32)>,
}

impl Tags {
    fn add(&mut self, item: &Item, id: Identifier) {
        let heading = |level: u16| {
            let level = NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN);
            TagGroup::new(Tag::Hn(level, Some(item.text.clone())))
        };
        // The lines of one heading or of one column belong together.
        let goes_on = self.last == Some((item.kind, item.x));
        match self.groups.last_mut().filter(|_| goes_on) {
            Some(group) => group.push(id),
            None => {
                let mut group = match item.kind {
                    Kind::Title => heading(1),
                    Kind::Heading(_) => heading(2),
                    _ => TagGroup::new(Tag::P),
                };
                group.push(id);
                self.groups.push(group);
            }
        }
        self.last = Some((item.kind, item.x));
    }

    fn tree(self) -> TagTree {
        let mut tree = TagTree::new().with_lang(Some("en-GB".to_owned()));
        for group in self.groups {
            tree.push(group);
        }
        tree
    }
}

fn colour(kind: Kind) -> (u8, u8, u8) {
    if kind == Kind::Quiet { QUIET } else { INK }
}

/// A thin line that is no part of the text.
fn line(surface: &mut Surface<'_>, item: &Item, width: f32, colour: (u8, u8, u8)) {
    let mut path = PathBuilder::new();
    path.move_to(item.x, item.y);
    path.line_to(item.x + width, item.y);
    let Some(path) = path.finish() else { return };
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Other)));
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke {
        paint: rgb::Color::new(colour.0, colour.1, colour.2).into(),
        width: 0.6,
        ..Stroke::default()
    }));
    surface.draw_path(&path);
    surface.set_stroke(None);
    surface.end_tagged();
}

pub(super) fn fill(colour: (u8, u8, u8)) -> Fill {
    let paint = rgb::Color::new(colour.0, colour.1, colour.2).into();
    Fill { paint, opacity: NormalizedF32::ONE, ..Fill::default() }
}
