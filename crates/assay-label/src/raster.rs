//! A label as PNG, at any width at which its code can be read. What labels of one look and kind have in common is painted once: a
//! [`Press`] keeps it, and for each label only its dates, its number and its code are added. Reading pictures is not done
//! here.

use std::collections::BTreeMap;

use assay::assess::Variant;
use assay::label::{SignedLabel, Subject};
use assay::outcome::SeenBy;

use crate::PictureError;
use crate::canvas::Canvas;
use crate::look::{Form, Look, Palette};
use crate::shape::UNIT;
use crate::sheet::{self, Item, Place, Sheet};
use crate::symbols::Promise;
use crate::words::Sentences;

/// Smallest width in pixels of any form: 20 mm at 127 dots an inch. A form whose code would have modules of one pixel starts
/// higher.
pub const MIN_WIDTH: u32 = 100;

/// Largest width in pixels of any form.
pub const MAX_WIDTH: u32 = 12_000;

/// Most pixels of a picture: the upright forms are several times as high as they are wide.
const MAX_PIXELS: u64 = 60_000_000;

/// Least width in pixels of a module of a code.
const LEAST_MODULE: u32 = 2;

/// Most pixels that a press keeps painted.
const MOST_KEPT: usize = 32 << 20;

/// The width in pixels of a print at so many dots an inch.
#[must_use]
pub fn width_at(look: Look, dpi: u32) -> u32 {
    let pixels = (u64::from(look.width) * u64::from(dpi) * 2 + 254) / (2 * 254);
    u32::try_from(pixels).unwrap_or(u32::MAX)
}

/// The label as PNG with transparent corners: the same bytes for the same label, look and width.
///
/// # Errors
/// A look that cannot be printed, or a width out of bounds.
pub fn png(label: &SignedLabel, look: Look, width_px: u32) -> Result<Vec<u8>, PictureError> {
    Press::default().png(label, look, width_px)
}

/// Draws many labels, and paints what they have in common once.
#[derive(Default)]
pub struct Press {
    kept: BTreeMap<Kind, Kept>,
    pixels: usize,
}

/// What decides all of a label but its dates, its number and its code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    look: Look,
    width_px: u32,
    scheme: u16,
    variant: Variant,
    level: SeenBy,
    promise: Promise,
    /// The length of a product's id decides how much room it is given; none is a GTIN's.
    number: usize,
}

struct Kept {
    painted: Canvas,
    places: Vec<Place>,
    /// Height of the sheet in units.
    height: i32,
}

impl Press {
    /// The label as PNG; see [`png()`].
    ///
    /// # Errors
    /// A look that cannot be printed, or a width out of bounds.
    pub fn png(&mut self, label: &SignedLabel, look: Look, width_px: u32) -> Result<Vec<u8>, PictureError> {
        Ok(encode(&self.painted(label, look, width_px)?, look, width_px))
    }

    /// The label's pixels.
    pub(crate) fn painted(
        &mut self,
        label: &SignedLabel,
        look: Look,
        width_px: u32,
    ) -> Result<Canvas, PictureError> {
        let look = look.checked()?;
        let facts = label.facts();
        let number = match facts.subject() {
            Subject::Gtin(_) => 0,
            Subject::Product(id) => id.len(),
        };
        let kind = Kind {
            look,
            width_px,
            scheme: facts.scheme_code(),
            variant: facts.variant(),
            level: facts.level(),
            promise: Promise::of(facts, look.on),
            number,
        };
        if let Some(kept) = self.kept.get(&kind) {
            let words = Sentences::of(facts, look);
            let own = sheet::fill(&kept.places, label, &words, look);
            check_width(width_px, look, kept.height, &own)?;
            let mut canvas = kept.painted.clone();
            paint(&mut canvas, &own);
            return Ok(canvas);
        }
        let sheet = Sheet::of(label, look);
        check_width(width_px, look, sheet.height, &sheet.own)?;
        let height = height_of(&sheet, width_px);
        let mut canvas = Canvas::new(width_px as usize, height as usize, look);
        paint(&mut canvas, &sheet.common);
        // Words alone are as high as they need: nothing of them is common to two labels.
        if look.form != Form::Text {
            self.keep(kind, &canvas, &sheet);
        }
        paint(&mut canvas, &sheet.own);
        Ok(canvas)
    }

    fn keep(&mut self, kind: Kind, painted: &Canvas, sheet: &Sheet) {
        self.pixels += painted.pixels.len();
        if self.pixels > MOST_KEPT {
            self.kept.clear();
            self.pixels = painted.pixels.len();
        }
        let (places, height) = (sheet.places.clone(), sheet.height);
        self.kept.insert(kind, Kept { painted: painted.clone(), places, height });
    }
}

/// Refuses a width at which the code could not be read, or at which the picture would be too large.
pub(crate) fn check_width(asked: u32, look: Look, height: i32, own: &[Item]) -> Result<(), PictureError> {
    let units = look.form.units().unsigned_abs();
    let module = own.iter().find_map(|item| match item {
        Item::Code(modules) => Some(modules.module().unsigned_abs()),
        _ => None,
    });
    let fine = module.map_or(0, |module| (LEAST_MODULE * units * UNIT.unsigned_abs()).div_ceil(module));
    let least = fine.max(MIN_WIDTH);
    let tall = u64::from(height.unsigned_abs());
    let most = (MAX_PIXELS * u64::from(units) / tall).isqrt();
    let most = u32::try_from(most).unwrap_or(MAX_WIDTH).min(MAX_WIDTH);
    if (least..=most).contains(&asked) { Ok(()) } else { Err(PictureError::Width { asked, least, most }) }
}

/// Height in pixels of a label of this width.
pub(crate) fn height(label: &SignedLabel, look: Look, width_px: u32) -> u32 {
    height_of(&Sheet::of(label, look), width_px)
}

pub(crate) fn height_of(sheet: &Sheet, width_px: u32) -> u32 {
    let height = u64::from(width_px) * u64::from(sheet.height.unsigned_abs());
    u32::try_from(height.div_ceil(u64::from(sheet.look.form.units().unsigned_abs()))).unwrap_or(u32::MAX)
}

pub(crate) fn paint(canvas: &mut Canvas, items: &[Item]) {
    for item in items {
        match item {
            Item::Fill(ink, outline) => canvas.fill(*ink, outline),
            Item::Text { line, ink, .. } => canvas.fill(*ink, &line.outline()),
            Item::Code(modules) => canvas.squares(modules),
        }
    }
}

/// The text chunk in which a PNG says how it was drawn.
pub(crate) const LOOK: &str = "Label look";

pub(crate) fn encode(canvas: &Canvas, look: Look, width_px: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(canvas.pixels.len() / 16);
    let mut encoder = png::Encoder::new(&mut out, width_px, canvas.height as u32);
    encoder.set_color(png::ColorType::Indexed);
    let bits = if look.palette == Palette::Bw { png::BitDepth::One } else { png::BitDepth::Eight };
    encoder.set_depth(bits);
    encoder.set_palette(canvas.colours.iter().flat_map(|c| [c[0], c[1], c[2]]).collect::<Vec<u8>>());
    let alpha: Vec<u8> = canvas.colours.iter().map(|c| c[3]).collect();
    if alpha.iter().any(|a| *a < 255) {
        encoder.set_trns(alpha);
    }
    encoder.set_compression(png::Compression::Fastest);
    encoder.set_filter(png::Filter::Up);
    // Pixels on a metre: the width in pixels by the width in tenths of a millimetre.
    let per_metre = (u64::from(width_px) * 10_000 + u64::from(look.width) / 2) / u64::from(look.width);
    let per_metre = u32::try_from(per_metre).unwrap_or(u32::MAX);
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: per_metre,
        yppu: per_metre,
        unit: png::Unit::Meter,
    }));
    let packed;
    let data = if bits == png::BitDepth::One {
        packed = pack(canvas);
        &packed
    } else {
        &canvas.pixels
    };
    let written = encoder
        .add_text_chunk(LOOK.to_owned(), look.words())
        .and_then(|()| encoder.write_header())
        .and_then(|mut writer| {
            writer.write_image_data(data)?;
            writer.finish()
        });
    written.expect("writing into memory does not fail, and the picture has the size that its header says");
    out
}

/// Eight pixels a byte, each row from a new one: colour 0 is white, every other is black.
fn pack(canvas: &Canvas) -> Vec<u8> {
    let rows = canvas.pixels.chunks_exact(canvas.width);
    let byte =
        |eight: &[u8]| eight.iter().enumerate().fold(0, |byte, (at, pixel)| byte | (pixel & 1) << (7 - at));
    rows.flat_map(|row| row.chunks(8).map(byte)).collect()
}

/// Red, green, blue and alpha of a standard label, and the height that belongs to the width.
#[cfg(test)]
pub(crate) fn rgba(label: &SignedLabel, width_px: u32) -> (Vec<u8>, u32) {
    let canvas = Press::default().painted(label, Look::default(), width_px).unwrap();
    let rgba = canvas.pixels.iter().flat_map(|p| canvas.colours[usize::from(*p)]).collect();
    (rgba, canvas.height as u32)
}

#[cfg(test)]
mod tests;
