//! The label drawn, and read back from what was published: an SVG, a PNG, a PDF, a photograph. What a label says and who
//! signed it is [`assay::label`]'s business; nothing here can make a label say something else. No file is opened here.

mod canvas;
mod error;
pub mod house;
pub mod html;
mod ink;
mod layout;
mod lettering;
pub mod linked_data;
mod look;
mod modules;
mod pdf;
mod plaque;
mod qr;
mod raster;
mod read;
mod shape;
mod sheet;
mod svg;
mod symbols;
mod words;

/// What the code on a label says at a width in print, its modules on a side, and which share of the label's width a module
/// is; none where the form has no code.
#[must_use]
pub fn code_in_print(label: &assay::label::SignedLabel, look: Look) -> Option<CodeInPrint> {
    let sheet = sheet::Sheet::of(label, look);
    let modules = sheet.code()?;
    let signed = modules.side() == qr::Code::of(label.uri().as_bytes(), 10)?.side();
    let text = if signed { label.uri().to_owned() } else { label.plain_link() };
    let share = f64::from(modules.module()) / f64::from(look.form.units() * shape::UNIT);
    Some(CodeInPrint { text, side: modules.side(), share })
}

/// See [`code_in_print`].
#[derive(Clone, Debug, PartialEq)]
pub struct CodeInPrint {
    /// What it says.
    pub text: String,
    /// Modules on a side.
    pub side: usize,
    /// Width of a module, as a share of the label's.
    pub share: f64,
}

/// Modules on a side of the code that carries these bytes; none if version 10 does not hold them.
#[must_use]
pub fn qr_side(bytes: &[u8]) -> Option<usize> {
    qr::Code::of(bytes, 1).map(|code| code.side())
}

pub use error::PictureError;
pub use look::{Form, Look, LookError, Palette};
pub use pdf::{MOST_BLEED, pdf};
pub use plaque::Plaque;
pub use raster::{MAX_WIDTH, MIN_WIDTH, Press, png, width_at};
pub use read::{
    Drawing, Reading, Verified, decode_qr, find_in_svg, looks_like_a_picture, read_texts, verify_pdf,
    verify_picture, verify_svg,
};
pub use svg::svg;
pub use words::{Language, Sentences, Today, alt_text};

#[cfg(test)]
mod tests;
