//! A label as PDF for print: outlines and nothing else, in cyan, magenta, yellow and black, words and code in black alone;
//! with bleed and crop marks where they are wanted. One picture with its meaning in words for people who cannot see it. The
//! link and the look stand in the document's information, so that the file can be drawn again and compared.

use assay::label::SignedLabel;
use pdf_writer::types::StructRole;
use pdf_writer::{Content, Finish, Name, Pdf, Rect as Box, Ref, Str, TextStr};

use crate::ink::Ink;
use crate::look::{Look, LookError};
use crate::modules::Modules;
use crate::shape::{Outline, Point, Step, UNIT};
use crate::sheet::{Item, Sheet};
use crate::words::Sentences;

/// Most bleed in tenths of a millimetre.
pub const MOST_BLEED: u32 = 100;

/// Crop marks begin so far outside of the bleed and are so long, in tenths of a millimetre.
const MARK: (f32, f32) = (10.0, 50.0);

/// The label as PDF, with so many tenths of a millimetre of bleed around it and crop marks outside of that; none of either
/// at nought. The same bytes for the same label, look and bleed.
///
/// # Errors
/// A look that cannot be printed. More bleed than [`MOST_BLEED`] is taken as that.
pub fn pdf(label: &SignedLabel, look: Look, bleed: u32) -> Result<Vec<u8>, LookError> {
    let look = look.checked()?;
    let bleed = bleed.min(MOST_BLEED);
    let sheet = Sheet::of(label, look);
    let words = Sentences::of(label.facts(), look);
    let page = Page::of(&sheet, bleed);

    let [catalogue, pages, only, drawn, figure, marked, information] = [1, 2, 3, 4, 5, 6, 7].map(Ref::new);
    let mut pdf = Pdf::new();
    let mut root = pdf.catalog(catalogue);
    root.pages(pages).lang(TextStr(look.language.code()));
    root.mark_info().marked(true);
    root.viewer_preferences().display_doc_title(true);
    let mut tree = root.struct_tree_root();
    tree.child(figure);
    tree.parent_tree().nums().insert(0, marked);
    tree.finish();
    root.finish();
    pdf.pages(pages).kids([only]).count(1);
    let mut leaf = pdf.page(only);
    leaf.parent(pages).contents(drawn).media_box(page.media).trim_box(page.trim).bleed_box(page.bleed);
    leaf.struct_parents(0).resources();
    leaf.finish();
    pdf.stream(drawn, &content(&sheet, &page));
    // One figure, which is all of the page but the marks.
    let mut element = pdf.struct_element(figure);
    element.kind(StructRole::Figure).parent(catalogue).page(only).alt(TextStr(&words.alt_text()));
    element.marked_content_child().marked_content_id(0).page(only);
    element.finish();
    pdf.indirect(marked).array().item(figure);
    let mut about = pdf.document_info(information);
    about.title(TextStr(&words.title())).subject(TextStr(&words.alt_text()));
    about.pair(LINK, Str(label.uri().as_bytes()));
    about.pair(LOOK, Str(format!("{} {bleed}", look.words()).as_bytes()));
    about.finish();
    Ok(pdf.finish())
}

/// The keys of the document's information under which link and look stand.
const LINK: Name<'_> = Name(b"AssayLink");
const LOOK: Name<'_> = Name(b"AssayLook");

/// The link and the look that a PDF names: both are believed only when the file, drawn again, is the same.
pub(crate) fn named(bytes: &[u8]) -> Option<(String, String, u32)> {
    let after = |key: &[u8]| {
        let at = bytes.windows(key.len()).position(|w| w == key)? + key.len();
        let text = bytes.get(at..)?.strip_prefix(b" (").or_else(|| bytes.get(at..)?.strip_prefix(b"("))?;
        let end = text.iter().take(1024).position(|b| *b == b')')?;
        String::from_utf8(text[..end].to_vec()).ok()
    };
    let (link, drawn) = (after(b"/AssayLink")?, after(b"/AssayLook")?);
    let (look, bleed) = drawn.rsplit_once(' ')?;
    Some((link, look.to_owned(), bleed.parse().ok()?))
}

/// Where on the paper the label lies, in points.
struct Page {
    media: Box,
    bleed: Box,
    trim: Box,
    /// Points in a hundredth of a unit.
    scale: f32,
}

fn points(tenths: f32) -> f32 {
    tenths * 72.0 / 254.0
}

impl Page {
    fn of(sheet: &Sheet, bleed: u32) -> Self {
        let units = sheet.look.form.units();
        let width = points(sheet.look.width as f32);
        let height = width * sheet.height as f32 / units as f32;
        let bleed = points(bleed as f32);
        let around = if bleed > 0.0 { bleed + points(MARK.0 + MARK.1) } else { 0.0 };
        let trim = Box::new(around, around, around + width, around + height);
        let wider = |by: f32| Box::new(trim.x1 - by, trim.y1 - by, trim.x2 + by, trim.y2 + by);
        Self { media: wider(around), bleed: wider(bleed), trim, scale: width / (units * UNIT) as f32 }
    }
}

fn content(sheet: &Sheet, page: &Page) -> Vec<u8> {
    let mut content = Content::new();
    let look = sheet.look;
    if page.bleed.x1 < page.trim.x1 {
        content.begin_marked_content(Name(b"Artifact"));
        // The rim's ink goes on beyond the cut.
        ink(&mut content, look.cmyk(Ink::Frame));
        let Box { x1, y1, x2, y2 } = page.bleed;
        content.rect(x1, y1, x2 - x1, y2 - y1).fill_nonzero();
        marks(&mut content, page);
        content.end_marked_content();
    }
    let mut figure = content.begin_marked_content_with_properties(Name(b"Figure"));
    figure.properties().identify(0);
    figure.finish();
    content.save_state();
    // Hundredths of a unit, downwards from the upper left corner.
    content.transform([page.scale, 0.0, 0.0, -page.scale, page.trim.x1, page.trim.y2]);
    for item in sheet.items() {
        match item {
            Item::Fill(own, outline) => fill(&mut content, look.cmyk(*own), outline),
            Item::Text { line, ink, .. } => fill(&mut content, look.cmyk(*ink), &line.outline()),
            Item::Code(modules) => fill(&mut content, look.cmyk(Ink::Code), &Modules::outline(modules)),
        }
    }
    content.restore_state();
    content.end_marked_content();
    content.finish().into_vec()
}

/// Two lines at each corner, where the paper is cut.
fn marks(content: &mut Content, page: &Page) {
    content.set_stroke_cmyk(0.0, 0.0, 0.0, 1.0).set_line_width(0.25);
    let (from, to) = (points(MARK.0), points(MARK.0 + MARK.1));
    let Box { x1, y1, x2, y2 } = page.bleed;
    for x in [page.trim.x1, page.trim.x2] {
        content.move_to(x, y1 - from).line_to(x, y1 - to).move_to(x, y2 + from).line_to(x, y2 + to);
    }
    for y in [page.trim.y1, page.trim.y2] {
        content.move_to(x1 - from, y).line_to(x1 - to, y).move_to(x2 + from, y).line_to(x2 + to, y);
    }
    content.stroke();
}

fn ink(content: &mut Content, cmyk: [u8; 4]) {
    let [c, m, y, k] = cmyk.map(|share| f32::from(share) / 100.0);
    content.set_fill_cmyk(c, m, y, k);
}

fn fill(content: &mut Content, cmyk: [u8; 4], outline: &Outline) {
    ink(content, cmyk);
    let f = |p: Point| (p.x as f32, p.y as f32);
    let mut pen = Point { x: 0, y: 0 };
    for step in &outline.0 {
        match *step {
            Step::Move(a) => {
                content.move_to(f(a).0, f(a).1);
                pen = a;
            }
            Step::Line(a) => {
                content.line_to(f(a).0, f(a).1);
                pen = a;
            }
            Step::Quad(a, b) => {
                // The same curve as a cubic one, whose control points lie two thirds of the way.
                let toward = |from: Point| ((from.x + 2 * a.x) as f32 / 3.0, (from.y + 2 * a.y) as f32 / 3.0);
                let ((x1, y1), (x2, y2)) = (toward(pen), toward(b));
                content.cubic_to(x1.round(), y1.round(), x2.round(), y2.round(), f(b).0, f(b).1);
                pen = b;
            }
            Step::Cubic(a, b, c) => {
                content.cubic_to(f(a).0, f(a).1, f(b).0, f(b).1, f(c).0, f(c).1);
                pen = c;
            }
            Step::Close => {
                content.close_path();
            }
        }
    }
    content.fill_nonzero();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::{Form, Palette};
    use crate::tests::kinds;

    #[test]
    fn a_pdf_names_the_link_and_the_look_that_it_was_drawn_from() {
        for form in Form::ALL {
            for (label, bleed) in kinds().into_iter().zip([0, 30, 50, 100]) {
                let look = Look { palette: Palette::Bw, ..Look::of(form) };
                let bytes = pdf(&label, look, bleed).unwrap();
                assert_eq!(named(&bytes), Some((label.uri().to_owned(), look.words(), bleed)));
                assert_eq!(pdf(&label, look, bleed).unwrap(), bytes);
            }
        }
    }

    #[test]
    fn nothing_is_printed_in_red_green_and_blue_and_nothing_is_referred_to() {
        let [label, ..] = kinds();
        let text = String::from_utf8_lossy(&pdf(&label, Look::default(), 30).unwrap()).into_owned();
        assert!(!text.contains(" rg\n") && !text.contains("/URI") && !text.contains("/JS"));
        assert!(text.contains("/TrimBox") && text.contains("/BleedBox") && text.contains("/Alt"));
    }
}
