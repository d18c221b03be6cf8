//! Why a text is no GS1 Digital Link.

use super::value::Fault;
use super::{MAX_BYTES, MAX_PARTS};
use crate::gtin::GtinError;

/// Why a text is no GS1 Digital Link.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Gs1Error {
    /// Longer than [`MAX_BYTES`], as it stands or as it prints.
    #[error("a link has at most {MAX_BYTES} bytes, this has {0}")]
    TooLong(usize),
    /// More than [`MAX_PARTS`].
    #[error("a link has at most {MAX_PARTS} identifiers and parameters, this has {0}")]
    Parts(usize),
    /// A character that may not stand in an address.
    #[error("byte {0} may not stand in an address: write it as % and two hexadecimal digits")]
    Character(usize),
    /// Another scheme, none, or one in mixed letters.
    #[error("the address begins with https:// or http://, all in small or all in capital letters")]
    Scheme,
    /// No host, or one with characters no host has.
    #[error("`{0}` is not a host name or address with an optional port")]
    Host(String),
    /// `%` without two hexadecimal digits, or one that hides a control character or no text.
    #[error("`{0}` is not percent-encoded text")]
    Percent(String),
    /// No key in the path, or something that is no identifier after it.
    #[error(
        "the path does not end in a key of GS1 with its value (as /01/ and a GTIN) and the key's qualifiers"
    )]
    NoKey,
    /// Qualifiers that this key does not have, or in another order.
    #[error("{0} is no key with its qualifiers in their order")]
    Order(String),
    /// An identifier without a value.
    #[error("({0}) has no value")]
    Empty(String),
    /// A number that is no identifier.
    #[error("`{0}` in the query is a number, but no application identifier")]
    UnknownIdentifier(String),
    /// An identifier that is written as something else.
    #[error("`{0}` in the query hides an application identifier: write its digits as they are")]
    HiddenIdentifier(String),
    /// The same identifier again.
    #[error("({0}) stands there twice")]
    Twice(String),
    /// An identifier that has no place in a query.
    #[error("({0}) may not stand in the query of a link")]
    NoAttribute(String),
    /// A qualifier of the key, in the query.
    #[error("({0}) qualifies the key and belongs into the path")]
    BelongsIntoPath(String),
    /// Two that exclude each other.
    #[error("({0}) and ({1}) never stand together")]
    Pair(String, String),
    /// A GTIN of 8, 12 or 13 digits that is none.
    #[error("`{0}` is no GTIN: {1}")]
    ShortGtin(String, GtinError),
    /// A value against its rule.
    #[error("the value of ({code}) {fault}")]
    Value {
        /// The identifier.
        code: String,
        /// What is wrong.
        fault: Fault,
    },
}
