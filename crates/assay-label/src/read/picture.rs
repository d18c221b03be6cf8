//! A PNG unpacked under limits, and whether a picture is a label's own drawing. Finding and reading codes in it is done
//! elsewhere; other formats are read in [`super::open`].

use crate::house::House;
use crate::look::{Form, Look, Palette};
use crate::raster::{self, LOOK, MAX_WIDTH, MIN_WIDTH, Press};
use crate::words::Language;
use assay::label::SignedLabel;

use crate::PictureError;

use super::open::{MAX_FILE, area, luma};

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
        let unreadable = |e: png::DecodingError| PictureError::Unreadable(e.to_string());
        let mut decoder =
            png::Decoder::new_with_limits(std::io::Cursor::new(bytes), png::Limits { bytes: MAX_FILE });
        decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::STRIP_16);
        decoder.set_ignore_iccp_chunk(true);
        let header = decoder.read_header_info().map_err(unreadable)?;
        let (width, height) = (header.width as usize, header.height as usize);
        area(width, height)?;
        let mut reader = decoder.read_info().map_err(unreadable)?;
        // What it shows is not what its first picture is.
        if reader.info().animation_control.is_some() {
            return Err(PictureError::OtherKind("animated PNG"));
        }
        let size = reader.output_buffer_size().ok_or(PictureError::TooManyPixels { width, height })?;
        let mut buffer = vec![0; size];
        let frame = reader.next_frame(&mut buffer).map_err(unreadable)?;
        buffer.truncate(frame.buffer_size());
        let rgba = |channels: usize, of: fn(&[u8]) -> [u8; 4]| {
            let mut rgba = vec![0; buffer.len() / channels * 4];
            for (to, from) in rgba.chunks_exact_mut(4).zip(buffer.chunks_exact(channels)) {
                to.copy_from_slice(&of(from));
            }
            rgba
        };
        let rgba = match frame.color_type {
            png::ColorType::Grayscale => rgba(1, |p| [p[0], p[0], p[0], 255]),
            png::ColorType::GrayscaleAlpha => rgba(2, |p| [p[0], p[0], p[0], p[1]]),
            png::ColorType::Rgb => rgba(3, |p| [p[0], p[1], p[2], 255]),
            png::ColorType::Rgba => buffer,
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
            .map(|p| on(u32::from(luma(p[0], p[1], p[2])), u32::from(p[3]), 255))
            .collect()
    }

    /// Whether the picture is the label's own drawing; none if its size is none that a label is drawn in. A picture that
    /// was saved again may have lost what it said of its look, or lie about it, so every look of this size is drawn.
    pub(super) fn shows(
        &self,
        label: &SignedLabel,
        house: Option<&'static House>,
    ) -> Result<Option<bool>, PictureError> {
        let width = u32::try_from(self.width).ok().filter(|w| (MIN_WIDTH..=MAX_WIDTH).contains(w));
        let Some(width) = width else { return Ok(None) };
        // Saved again without transparency the corners are white. With transparency a picture must look the same on
        // every ground, or it could show other words on a dark page: then white and black must both agree.
        let opaque = self.rgba.chunks_exact(4).all(|p| p[3] == 255);
        let grounds: &[u32] = if opaque { &[255] } else { &[255, 0] };
        let mut of_this_size = None;
        let mut press = Press::default();
        for look in looks(self.look.as_deref(), house) {
            if raster::height(label, look, width) as usize != self.height {
                continue;
            }
            let Ok(ours) = press.painted(label, look, width) else { continue };
            let same = grounds.iter().all(|ground| {
                let seen = |p: &[u8]| [p[0], p[1], p[2]].map(|c| on(u32::from(c), u32::from(p[3]), *ground));
                let colours: Vec<[u8; 3]> = ours.colours.iter().map(|c| seen(c)).collect();
                let ours = ours.pixels.iter().map(|p| colours[usize::from(*p)]);
                self.rgba.chunks_exact(4).map(seen).eq(ours)
            });
            if same {
                return Ok(Some(true));
            }
            of_this_size = Some(false);
        }
        // One that names a house which the reader was not given is not called altered for it.
        super::look_named(self.look.as_deref().unwrap_or_default(), house)?;
        Ok(of_this_size)
    }
}

/// The look that a picture names, and then every look there is.
fn looks(named: Option<&str>, house: Option<&'static House>) -> Vec<Look> {
    let mut looks: Vec<Look> = named.and_then(|named| Look::parse(named, house)).into_iter().collect();
    for form in Form::ALL {
        for palette in Palette::ALL {
            looks.extend(Language::ALL.map(|language| Look { palette, language, house, ..Look::of(form) }));
        }
    }
    looks
}

/// A colour's value on a ground.
pub(super) fn on(value: u32, alpha: u32, ground: u32) -> u8 {
    u8::try_from((value * alpha + ground * (255 - alpha) + 127) / 255).unwrap_or(255)
}
