//! Draws a label as PNG, at any width from 200 to 4000 pixels. QR modules are squares of whole pixels, so that a
//! reader sees black and white and no grey; everything else is smoothed. Reading pictures is not done here.

use tiny_skia::{Color, FillRule, Paint, Path, PathBuilder, Pixmap, Rect as PixelRect, Transform};

use crate::artwork::{HEIGHT, Ink, Item, WIDTH, draw};
use crate::modules::Modules;
use crate::shape::{Outline, Point, Step, UNIT};
use assay::label::SignedLabel;

use crate::PictureError;

/// Smallest width in pixels.
pub const MIN_WIDTH: u32 = 200;

/// Largest width in pixels.
pub const MAX_WIDTH: u32 = 4000;

/// The height that belongs to a width.
#[must_use]
pub fn height_for(width_px: u32) -> u32 {
    let height = u64::from(width_px) * u64::from(HEIGHT.unsigned_abs());
    u32::try_from(height.div_ceil(u64::from(WIDTH.unsigned_abs()))).unwrap_or(u32::MAX)
}

/// The label as PNG with transparent corners: the same bytes for the same label and width.
///
/// # Errors
/// [`PictureError::Width`] if the width is out of bounds.
pub fn png(label: &SignedLabel, width_px: u32) -> Result<Vec<u8>, PictureError> {
    let height = height_for(width_px);
    let pixels = pixels(label, width_px)?;
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width_px, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(&pixels)?;
        writer.finish()
    });
    written.expect("writing into memory does not fail, and the picture has the size that its header says");
    Ok(out)
}

/// The label's pixels, row by row, red, green, blue and alpha.
pub(crate) fn pixels(label: &SignedLabel, width_px: u32) -> Result<Vec<u8>, PictureError> {
    paint(&draw(label), width_px)
}

pub(crate) fn paint(items: &[Item], width_px: u32) -> Result<Vec<u8>, PictureError> {
    if !(MIN_WIDTH..=MAX_WIDTH).contains(&width_px) {
        return Err(PictureError::Width(width_px));
    }
    let mut map = Pixmap::new(width_px, height_for(width_px)).ok_or(PictureError::Width(width_px))?;
    let scale = width_px as f32 / (WIDTH * UNIT) as f32;
    for item in items {
        match item {
            Item::Fill(ink, outline) => fill(&mut map, *ink, outline, scale),
            Item::Text { line, ink, .. } => fill(&mut map, *ink, &line.outline(), scale),
            Item::Qr(modules) => squares(&mut map, modules, width_px),
        }
    }
    // Nearly all pixels are opaque, and those are stored as they are.
    let mut rgba = map.data().to_vec();
    for (bytes, pixel) in rgba.chunks_exact_mut(4).zip(map.pixels()).filter(|(_, p)| p.alpha() < 255) {
        let p = pixel.demultiply();
        bytes.copy_from_slice(&[p.red(), p.green(), p.blue(), p.alpha()]);
    }
    Ok(rgba)
}

fn fill(map: &mut Pixmap, ink: Ink, outline: &Outline, scale: f32) {
    if let Some(path) = path(outline) {
        map.fill_path(
            &path,
            &paint_of(ink, true),
            FillRule::Winding,
            Transform::from_scale(scale, scale),
            None,
        );
    }
}

/// Every module is a whole number of pixels wide, the same for all: the code comes out a little smaller than its place,
/// in the middle of it, and its quiet zone a little larger.
fn squares(map: &mut Pixmap, modules: &Modules, width_px: u32) {
    let n = modules.side();
    let (from, to) = (modules.corner(0, 0), modules.corner(n, n));
    let pixels = |v: i32| i64::from(v) * i64::from(width_px) / i64::from(WIDTH * UNIT);
    let module = (pixels(to.x - from.x) / n as i64).max(1);
    let start = |a: i32, b: i32| (pixels(a + b) - module * n as i64) / 2;
    let (left, top) = (start(from.x, to.x), start(from.y, to.y));
    let paint = paint_of(Ink::Night, false);
    for row in 0..n {
        // Neighbours in a row are one rectangle.
        let mut column = 0;
        while column < n {
            let run = (column..).take_while(|c| modules.is_dark(*c, row)).count();
            let (x, y) = (left + module * column as i64, top + module * row as i64);
            column += run + 1;
            // An empty rectangle would leave a line.
            if run > 0 {
                let (w, h) = ((module * run as i64) as f32, module as f32);
                let square =
                    PixelRect::from_xywh(x as f32, y as f32, w, h).expect("a picture's sizes are finite");
                map.fill_rect(square, &paint, Transform::identity(), None);
            }
        }
    }
}

fn paint_of(ink: Ink, smooth: bool) -> Paint<'static> {
    let [r, g, b] = ink.rgb();
    let mut paint = Paint { anti_alias: smooth, ..Paint::default() };
    paint.set_color(Color::from_rgba8(r, g, b, 255));
    paint
}

fn path(outline: &Outline) -> Option<Path> {
    let f = |p: Point| (p.x as f32, p.y as f32);
    let mut builder = PathBuilder::new();
    for step in &outline.0 {
        match *step {
            Step::Move(a) => builder.move_to(f(a).0, f(a).1),
            Step::Line(a) => builder.line_to(f(a).0, f(a).1),
            Step::Quad(a, b) => builder.quad_to(f(a).0, f(a).1, f(b).0, f(b).1),
            Step::Cubic(a, b, c) => builder.cubic_to(f(a).0, f(a).1, f(b).0, f(b).1, f(c).0, f(c).1),
            Step::Close => builder.close(),
        }
    }
    builder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::kinds;

    #[test]
    fn every_module_is_a_square_of_one_colour() {
        let [label, ..] = kinds();
        let items = draw(&label);
        let modules = items.iter().find_map(|i| if let Item::Qr(m) = i { Some(m) } else { None }).unwrap();
        for (width, module) in [(200u32, 2usize), (300, 3), (449, 4), (600, 6), (1250, 12)] {
            let rgba = paint(&items, width).unwrap();
            let dark = |x: usize, y: usize| rgba[(y * width as usize + x) * 4] < 128;
            let scale = |v: i32| (i64::from(v) * i64::from(width) / i64::from(WIDTH * UNIT)) as usize;
            let (from, to) = (modules.corner(0, 0), modules.corner(57, 57));
            let (left, top) =
                ((scale(from.x + to.x) - 57 * module) / 2, (scale(from.y + to.y) - 57 * module) / 2);
            for y in 0..57 * module {
                for x in 0..57 * module {
                    let wanted = modules.is_dark(x / module, y / module);
                    assert_eq!(
                        dark(left + x, top + y),
                        wanted,
                        "{width} pixels wide, at {x}, {y} of the code"
                    );
                }
            }
        }
    }

    #[test]
    fn widths_out_of_bounds_are_refused() {
        let [label, ..] = kinds();
        for width in [0, MIN_WIDTH - 1, MAX_WIDTH + 1, u32::MAX] {
            assert_eq!(png(&label, width), Err(PictureError::Width(width)));
        }
        assert_eq!((height_for(300), height_for(301), height_for(MAX_WIDTH)), (510, 512, 6800));
    }
}
