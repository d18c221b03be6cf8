//! The label drawn, and read back from what was published: an SVG, a PNG, a PDF, a photograph. What a label says and who
//! signed it is [`assay::label`]'s business; nothing here can make a label say something else. No file is opened here.

mod artwork;
mod error;
mod lettering;
mod modules;
mod raster;
mod read;
mod shape;
mod svg;
mod symbols;
mod words;

pub use error::PictureError;
pub use raster::{MAX_WIDTH, MIN_WIDTH, height_for, png};
pub use read::{
    Drawing, Verified, decode_qr, find_in_svg, looks_like_a_picture, read_texts, verify_picture, verify_svg,
};
pub use svg::svg;
pub use words::alt_text;

#[cfg(test)]
mod tests;
