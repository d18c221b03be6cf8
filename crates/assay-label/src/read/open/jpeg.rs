//! JPEG: what phones take. The brightness is one of the three planes of the file, so the other two are never unpacked.

use std::io::Cursor;

use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

use super::{Opened, area, luma};
use crate::PictureError;

/// Most passes over a picture that is built up step by step; cameras write about ten.
const MAX_SCANS: usize = 64;

pub(super) fn read(bytes: &[u8]) -> Result<Opened, PictureError> {
    let unreadable = |e: DecodeErrors| PictureError::Unreadable(e.to_string());
    let side = usize::from(u16::MAX);
    let options = DecoderOptions::default()
        .set_max_width(side)
        .set_max_height(side)
        .set_strict_mode(false)
        .jpeg_set_max_scans(MAX_SCANS)
        .jpeg_set_out_colorspace(ColorSpace::Luma);
    let mut decoder = JpegDecoder::new_with_options(Cursor::new(bytes), options);
    decoder.decode_headers().map_err(unreadable)?;
    let (Some(info), Some(colours)) = (decoder.info(), decoder.input_colorspace()) else {
        return Err(PictureError::Unreadable("its header is missing".into()));
    };
    let (width, height) = (usize::from(info.width), usize::from(info.height));
    let area = area(width, height)?;
    // Printers' colours, and the few files without a plane of brightness.
    let plain = matches!(colours, ColorSpace::YCbCr | ColorSpace::Luma);
    if !plain {
        decoder.set_options(options.jpeg_set_out_colorspace(ColorSpace::RGB));
    }
    let pixels = decoder.decode().map_err(unreadable)?;
    let luma = if plain { pixels } else { pixels.chunks_exact(3).map(|p| luma(p[0], p[1], p[2])).collect() };
    if luma.len() != area {
        return Err(PictureError::Unreadable("it has fewer pixels than its header says".into()));
    }
    Ok(Opened { width, height, luma, drawing: None })
}
