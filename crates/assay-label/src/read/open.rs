//! A picture's bytes of any kind people send: PNG, JPEG, WebP, GIF. What kind it is, is told by its first bytes and not by
//! a file's name. Everything is bounded before anything is unpacked, and other kinds are refused with what to do.

mod gif;
mod jpeg;
mod webp;

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::picture::Picture;
use crate::PictureError;

/// Largest file that is read, in bytes.
pub(super) const MAX_FILE: usize = 64 << 20;

/// Largest picture that is read, in pixels.
pub(super) const MAX_PIXELS: usize = 50_000_000;

/// Most memory that a decoder may take for itself, where it can be told, in bytes.
const MAX_MEMORY: usize = 512 << 20;

/// A picture unpacked.
pub(super) struct Opened {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Brightness on a white ground, row by row.
    pub(super) luma: Vec<u8>,
    /// The pixels themselves, where the format kept them as they were drawn.
    pub(super) drawing: Option<Picture>,
}

/// What the first bytes say.
enum Kind {
    Png,
    Jpeg,
    WebP,
    Gif,
    /// A kind that is not read: its name.
    Other(&'static str),
}

impl Opened {
    /// Unpacks a picture within bounds.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, PictureError> {
        if bytes.len() > MAX_FILE {
            return Err(PictureError::TooLarge("64 MiB for a picture's file"));
        }
        let reader = match kind(bytes) {
            Some(Kind::Png) => |bytes: &[u8]| Ok(Self::of(Picture::read(bytes)?)),
            Some(Kind::Jpeg) => jpeg::read,
            Some(Kind::WebP) => webp::read,
            Some(Kind::Gif) => gif::read,
            Some(Kind::Other(name)) => return Err(PictureError::OtherKind(name)),
            None => return Err(PictureError::NoPicture),
        };
        // Decoders are other people's code, and this program is built to stop at a number that overflows: a file made to
        // cause one is a file that cannot be read, and no more.
        catch_unwind(AssertUnwindSafe(|| reader(bytes))).unwrap_or_else(|_| {
            Err(PictureError::Unreadable("it is damaged in a way no decoder expects".into()))
        })
    }

    /// A drawing that was kept as it is.
    fn of(drawing: Picture) -> Self {
        Self { width: drawing.width, height: drawing.height, luma: drawing.luma(), drawing: Some(drawing) }
    }
}

/// Whether these bytes begin as a picture does, of a kind that is read or not.
pub fn looks_like_a_picture(bytes: &[u8]) -> bool {
    kind(bytes).is_some()
}

fn kind(bytes: &[u8]) -> Option<Kind> {
    let at = |from: usize, what: &[u8]| bytes.get(from..).is_some_and(|rest| rest.starts_with(what));
    Some(match () {
        () if at(0, b"\x89PNG") => Kind::Png,
        () if at(0, b"\xff\xd8\xff") => Kind::Jpeg,
        () if at(0, b"RIFF") && at(8, b"WEBP") => Kind::WebP,
        () if at(0, b"GIF87a") || at(0, b"GIF89a") => Kind::Gif,
        () if at(4, b"ftypavif") || at(4, b"ftypavis") => Kind::Other("AVIF"),
        () if at(4, b"ftyp") => Kind::Other("HEIC"),
        () if at(0, b"II*\0") || at(0, b"MM\0*") || at(0, b"II+\0") => Kind::Other("TIFF"),
        () if at(0, b"\0\0\0\x0cjP  ") || at(0, b"\xff\x4f\xff\x51") => Kind::Other("JPEG 2000"),
        () if at(0, b"\0\0\0\x0cJXL ") || at(0, b"\xff\x0a") => Kind::Other("JPEG XL"),
        () if at(0, b"BM") && at(6, b"\0\0\0\0") => Kind::Other("BMP"),
        () => return None,
    })
}

/// The number of pixels, if it is within bounds; said before anything is unpacked.
pub(super) fn area(width: usize, height: usize) -> Result<usize, PictureError> {
    width
        .checked_mul(height)
        .filter(|area| *area <= MAX_PIXELS)
        .ok_or(PictureError::TooManyPixels { width, height })
}

/// The brightness of red, green and blue, as video has it.
pub(super) fn luma(red: u8, green: u8, blue: u8) -> u8 {
    ((u32::from(red) * 299 + u32::from(green) * 587 + u32::from(blue) * 114) / 1000) as u8
}
