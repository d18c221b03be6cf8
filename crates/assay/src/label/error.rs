//! Why there is no such label, or why one is refused: sentences for whoever holds a label in their hand or prints one.

use jiff::civil::Date;

use super::{MAX_ID, MAX_LINK};
use crate::cose::CoseError;
use crate::digital_link::DigitalLinkError;
use crate::gtin::{Gtin14, GtinError};
use crate::key::KeyId;

/// Why there is no such label, or why one is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// Not the address of a product.
    #[error("this is not the link of a label: {0}")]
    NotALink(#[from] DigitalLinkError),
    /// A plain link, without a signature to verify.
    #[error(
        "the link carries no label: it has no `a=` part with a signature (a label printed less than 30 mm wide carries none: \
         open its link, or verify its SVG or PDF)"
    )]
    NoPayload,
    /// The `a=` part is of another kind.
    #[error("the link carries no label: its `a=` part is none of ours")]
    ForeignPayload,
    /// The `a=` part stands there twice.
    #[error("the link carries two labels (`a=` stands there twice)")]
    TwoPayloads,
    /// The link would not fit the QR code.
    #[error(
        "the label's link would have {0} bytes and a QR code of version 10 holds {MAX_LINK}: shorten the register's address"
    )]
    TooLong(usize),
    /// Not a signed message in our form.
    #[error("the label's payload is damaged or no label of ours: {0}")]
    Payload(String),
    /// Signed by a key nobody told us to trust.
    #[error("signed by key {0}, which is not among the trusted keys: not a label of a register you trust")]
    UnknownKey(KeyId),
    /// The signature is wrong.
    #[error(
        "the payload was changed after it was signed, another key signed it, or the link leads to another host than the one it was made for"
    )]
    BadSignature,
    /// The signature is right, but it speaks of another product.
    #[error("the label was issued for {payload}, but it stands on the link of {link}: it was copied")]
    OtherProduct {
        /// Whom the payload names.
        payload: String,
        /// Whom the path names.
        link: String,
    },
    /// A later version than this program knows.
    #[error("a label of version {0}; this program reads version 0: update it")]
    Version(String),
    /// A scheme's number this program does not know.
    #[error("the label belongs to scheme number {0}, which this program does not know: update it")]
    UnknownScheme(u16),
    /// The scheme has no label.
    #[error("the scheme `{0}` has no label")]
    SchemeWithoutLabel(&'static str),
    /// A date a label cannot carry.
    #[error("{0} lies outside of the years 1970 to 9999")]
    DateRange(Date),
    /// The id of a product is not one.
    #[error("`{0}` is no product id: 1 to {MAX_ID} letters, digits, `-`, `.`, `_` or `~`, not `.` or `..`")]
    ProductId(String),
    /// The number of a product is not one.
    #[error("the label's product number is refused: {0}")]
    Gtin(#[from] GtinError),
    /// Another kind of statement.
    #[error("the statement is `{0}`, not a label")]
    NotALabel(&'static str),
    /// The label was issued for other numbers.
    #[error("the label was not issued for GTIN {0}")]
    OtherGtin(Gtin14),
}

impl From<CoseError> for LabelError {
    fn from(error: CoseError) -> Self {
        match error {
            CoseError::UnknownKey(id) => Self::UnknownKey(id),
            CoseError::BadSignature => Self::BadSignature,
            other => Self::Payload(other.to_string()),
        }
    }
}
