//! A picture unpacked under limits, and whether it is a label's own drawing. Finding and reading codes in it is done
//! elsewhere; other formats than PNG are not read.

use crate::raster::{MAX_WIDTH, MIN_WIDTH, height_for, pixels};
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
        decoder.set_ignore_text_chunk(true);
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
        Ok(Self { width, height, rgba })
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

    /// Whether the picture is the label's own drawing; none if its size is none that a label is drawn in.
    pub(super) fn shows(&self, label: &SignedLabel) -> Option<bool> {
        let width = u32::try_from(self.width).ok().filter(|w| (MIN_WIDTH..=MAX_WIDTH).contains(w))?;
        if usize::try_from(height_for(width)) != Ok(self.height) {
            return None;
        }
        let ours = pixels(label, width).ok()?;
        // Saved again without transparency the corners are white. With transparency a picture must look the same on
        // every ground, or it could show other words on a dark page: then white and black must both agree.
        let opaque = self.rgba.chunks_exact(4).all(|p| p[3] == 255);
        let grounds: &[u32] = if opaque { &[255] } else { &[255, 0] };
        Some(grounds.iter().all(|ground| {
            let seen = |p: &[u8]| [p[0], p[1], p[2]].map(|c| on(u32::from(c), u32::from(p[3]), *ground));
            self.rgba.chunks_exact(4).map(seen).eq(ours.chunks_exact(4).map(seen))
        }))
    }
}

/// A colour's value on a ground.
pub(super) fn on(value: u32, alpha: u32, ground: u32) -> u8 {
    u8::try_from((value * alpha + ground * (255 - alpha) + 127) / 255).unwrap_or(255)
}
