//! A picture unpacked under limits, and whether it is a label's own drawing. Finding and reading codes in it is done
//! elsewhere; other formats than PNG are not read.

use crate::look::{Form, Look, Palette};
use crate::raster::{LOOK, MAX_WIDTH, MIN_WIDTH, Press};
use crate::words::Language;
use assay::label::SignedLabel;

use crate::PictureError;

/// Largest PNG file that is read, in bytes; as much may be taken for unpacking, the pixels not counted.
const MAX_PNG: usize = 64 << 20;

/// Largest picture that is read, in pixels.
pub(super) const MAX_PIXELS: usize = 50_000_000;

/// A picture in red, green, blue and alpha.
pub(super) struct Picture {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) rgba: Vec<u8>,
    /// How it says that it was drawn.
    pub(super) look: Option<String>,
}

impl Picture {
    /// Unpacks a PNG within bounds.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, PictureError> {
        if bytes.len() > MAX_PNG {
            return Err(PictureError::TooLarge("64 MiB for a PNG"));
        }
        let unreadable = |e: png::DecodingError| PictureError::Unreadable(e.to_string());
        let mut decoder =
            png::Decoder::new_with_limits(std::io::Cursor::new(bytes), png::Limits { bytes: MAX_PNG });
        decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
        decoder.set_ignore_iccp_chunk(true);
        let header = decoder.read_header_info().map_err(unreadable)?;
        let (width, height) = (header.width as usize, header.height as usize);
        if width.checked_mul(height).is_none_or(|area| area > MAX_PIXELS) {
            return Err(PictureError::TooLarge("50 million pixels"));
        }
        let mut reader = decoder.read_info().map_err(unreadable)?;
        let size = reader.output_buffer_size().ok_or(PictureError::TooLarge("50 million pixels"))?;
        let mut buffer = vec![0; size];
        let frame = reader.next_frame(&mut buffer).map_err(unreadable)?;
        let used = buffer.get(..frame.buffer_size()).unwrap_or_default();
        let rgba: Vec<u8> = match frame.color_type {
            png::ColorType::Grayscale => used.iter().flat_map(|g| [*g, *g, *g, 255]).collect(),
            png::ColorType::GrayscaleAlpha => {
                used.chunks_exact(2).flat_map(|p| [p[0], p[0], p[0], p[1]]).collect()
            }
            png::ColorType::Rgb => used.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect(),
            png::ColorType::Rgba => used.to_vec(),
            png::ColorType::Indexed => return Err(PictureError::Unreadable("its palette is missing".into())),
        };
        let look = reader.info().uncompressed_latin1_text.iter().find(|chunk| chunk.keyword == LOOK);
        let look = look.map(|chunk| chunk.text.clone());
        Ok(Self { width, height, rgba, look })
    }

    /// Brightness on a white ground.
    pub(super) fn luma(&self) -> Vec<u8> {
        self.rgba
            .chunks_exact(4)
            .map(|p| {
                let grey = (u32::from(p[0]) * 299 + u32::from(p[1]) * 587 + u32::from(p[2]) * 114) / 1000;
                on(grey, u32::from(p[3]), 255)
            })
            .collect()
    }

    /// Whether the picture is the label's own drawing; none if its size is none that a label is drawn in. A picture that
    /// was saved again may have lost what it said of its look, so every look of this size is drawn.
    pub(super) fn shows(&self, label: &SignedLabel) -> Option<bool> {
        let width = u32::try_from(self.width).ok().filter(|w| (MIN_WIDTH..=MAX_WIDTH).contains(w))?;
        // Saved again without transparency the corners are white. With transparency a picture must look the same on
        // every ground, or it could show other words on a dark page: then white and black must both agree.
        let opaque = self.rgba.chunks_exact(4).all(|p| p[3] == 255);
        let grounds: &[u32] = if opaque { &[255] } else { &[255, 0] };
        let mut of_this_size = None;
        let mut press = Press::default();
        for look in looks(self.look.as_deref()) {
            let Ok(ours) = press.painted(label, look, width) else { continue };
            if ours.height != self.height {
                continue;
            }
            let same = grounds.iter().all(|ground| {
                let seen = |p: &[u8]| [p[0], p[1], p[2]].map(|c| on(u32::from(c), u32::from(p[3]), *ground));
                let colours: Vec<[u8; 3]> = ours.colours.iter().map(|c| seen(c)).collect();
                let ours = ours.pixels.iter().map(|p| colours[usize::from(*p)]);
                self.rgba.chunks_exact(4).map(seen).eq(ours)
            });
            if same {
                return Some(true);
            }
            of_this_size = Some(false);
        }
        of_this_size
    }
}

/// The look that a picture names, or else every look there is.
fn looks(named: Option<&str>) -> Vec<Look> {
    if let Some(look) = named.and_then(Look::parse) {
        return vec![look];
    }
    let mut looks = Vec::new();
    for form in Form::ALL {
        for palette in Palette::ALL {
            looks.extend(Language::ALL.map(|language| Look { palette, language, ..Look::of(form) }));
        }
    }
    looks
}

/// A colour's value on a ground.
pub(super) fn on(value: u32, alpha: u32, ground: u32) -> u8 {
    u8::try_from((value * alpha + ground * (255 - alpha) + 127) / 255).unwrap_or(255)
}
