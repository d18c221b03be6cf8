//! GIF: the first picture of the file, on a white ground.

use std::num::NonZeroU64;

use gif::{ColorOutput, DecodeOptions, DecodingError, MemoryLimit};

use super::super::picture::on;
use super::{Opened, area, luma};
use crate::PictureError;

pub(super) fn read(bytes: &[u8]) -> Result<Opened, PictureError> {
    let unreadable = |e: DecodingError| PictureError::Unreadable(e.to_string());
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::RGBA);
    options.set_memory_limit(NonZeroU64::new(256 << 20).map_or(MemoryLimit::Unlimited, MemoryLimit::Bytes));
    let mut decoder = options.read_info(bytes).map_err(unreadable)?;
    let frame = decoder.next_frame_info().map_err(unreadable)?;
    let frame = frame.ok_or_else(|| PictureError::Unreadable("it holds no picture".into()))?;
    let (width, height) = (usize::from(frame.width), usize::from(frame.height));
    let area = area(width, height)?;
    let mut pixels = vec![0; area * 4];
    decoder.read_into_buffer(&mut pixels).map_err(unreadable)?;
    let grey = |p: &[u8]| on(u32::from(luma(p[0], p[1], p[2])), u32::from(p[3]), 255);
    Ok(Opened { width, height, luma: pixels.chunks_exact(4).map(grey).collect(), drawing: None })
}
