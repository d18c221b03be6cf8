//! WebP: what shops' sites and messengers send. One without loss keeps a drawing as it was, so that it can be compared.

use std::io::Cursor;

use image_webp::{DecodingError, WebPDecoder};

use super::super::picture::Picture;
use super::{MAX_MEMORY, Opened, area, luma};
use crate::PictureError;

pub(super) fn read(bytes: &[u8]) -> Result<Opened, PictureError> {
    let unreadable = |e: DecodingError| PictureError::Unreadable(e.to_string());
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(unreadable)?;
    decoder.set_memory_limit(MAX_MEMORY);
    if decoder.is_animated() {
        return Err(PictureError::OtherKind("animated WebP"));
    }
    let (width, height) = decoder.dimensions();
    let (width, height) = (width as usize, height as usize);
    let area = area(width, height)?;
    inner_sizes(bytes, width, height)?;
    let lossless = !decoder.is_lossy();
    let channels = if decoder.has_alpha() { 4 } else { 3 };
    let mut pixels = vec![0; area * channels];
    decoder.read_image(&mut pixels).map_err(unreadable)?;
    if lossless {
        let rgba = if channels == 4 {
            pixels
        } else {
            pixels.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect()
        };
        return Ok(Opened::of(Picture { width, height, rgba, look: None }));
    }
    let luma = pixels
        .chunks_exact(channels)
        .map(|p| {
            let grey = luma(p[0], p[1], p[2]);
            p.get(3).map_or(grey, |alpha| super::super::picture::on(u32::from(grey), u32::from(*alpha), 255))
        })
        .collect();
    Ok(Opened { width, height, luma, drawing: None })
}

/// The picture within says its size a second time, and memory is taken for that one before the two are compared.
fn inner_sizes(bytes: &[u8], width: usize, height: usize) -> Result<(), PictureError> {
    let mut rest = bytes.get(12..).unwrap_or_default();
    while let Some((head, after)) = rest.split_at_checked(8) {
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        if let (b"VP8 ", Some(&[w0, w1, h0, h1])) = (&head[..4], after.get(6..10)) {
            let side = |low: u8, high: u8| usize::from(u16::from_le_bytes([low, high]) & 0x3fff);
            if (side(w0, w1), side(h0, h1)) != (width, height) {
                return Err(PictureError::Unreadable("it says two different sizes".into()));
            }
        }
        rest = after.get(length.saturating_add(length & 1)..).unwrap_or_default();
    }
    Ok(())
}
