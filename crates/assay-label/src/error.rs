//! Why a label cannot be drawn, or why a file or picture of one is refused: sentences for whoever holds it.

use assay::label::LabelError;

use crate::look::LookError;

/// Why a label cannot be drawn, or why a file or picture of one is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// The link in it is refused.
    #[error(transparent)]
    Label(#[from] LabelError),
    /// No label can be printed so.
    #[error(transparent)]
    Look(#[from] LookError),
    /// The link is genuine, the picture around it is not.
    #[error(
        "the link is genuine, but the drawing is not the one that belongs to it: it shows or says something else. \
         Believe the link: {0}"
    )]
    PictureAltered(String),
    /// No link in the SVG.
    #[error("there is no label's link in this SVG: {0}")]
    NoLinkInSvg(&'static str),
    /// Drawn with words and colours that the reader was not given.
    #[error(
        "the link is genuine; the drawing has the words and colours of the house {0}, which you did not name, so it was not \
         compared: give --house with the file that you keep from the register's /house.toml"
    )]
    UnknownHouse(String),
    /// A PDF that is not one of a label alone.
    #[error(
        "this PDF is not the file of a label: if one is printed in it, turn the page into a picture \
         (pdftoppm -r 300 -png) and verify that"
    )]
    NoLinkInPdf,
    /// No QR code was found.
    #[error("no QR code could be read in this picture: try a sharper or larger one")]
    NoQr,
    /// Several labels in one picture.
    #[error("the picture shows more than one label: cut out the one to verify")]
    SeveralLabels,
    /// A picture or file beyond the bounds.
    #[error("the picture is too large: at most {0}")]
    TooLarge(&'static str),
    /// More pixels than are unpacked.
    #[error(
        "the picture has {width} by {height} pixels, and at most 50 million are unpacked: save it smaller, or cut out the \
         label"
    )]
    TooManyPixels {
        /// As its header says.
        width: usize,
        /// Likewise.
        height: usize,
    },
    /// Damaged, or made to confuse.
    #[error("the picture cannot be read: {0}")]
    Unreadable(String),
    /// A kind of picture that is not read.
    #[error("this is a picture of the kind {0}, which is not read: save it as PNG, JPEG or WebP")]
    OtherKind(&'static str),
    /// No picture at all.
    #[error("this is no picture: a PNG, JPEG, WebP or GIF is read")]
    NoPicture,
    /// A width outside of the bounds.
    #[error(
        "this form of the label is drawn {least} to {most} pixels wide, not {asked}: narrower, no reader could tell the modules \
         of its code apart"
    )]
    Width {
        /// What was asked for.
        asked: u32,
        /// The least for this form.
        least: u32,
        /// The most, for its height.
        most: u32,
    },
}
