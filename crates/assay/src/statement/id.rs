//! The ids of makers, products and laboratories: a letter and sixteen characters, made of what they stand for.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::key::PublicKey;

/// A maker, known by its first key: `m` and sixteen characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MakerId([u8; LENGTH]);

/// A product, known by its maker and model: `p` and sixteen characters. Stable for ever, also without a GTIN.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProductId([u8; LENGTH]);

/// A laboratory, known by the key it was accredited with: `l` and sixteen characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LabId([u8; LENGTH]);

const LENGTH: usize = 17;

impl MakerId {
    /// The id of the maker that registers with this key.
    #[must_use]
    pub fn of(key: &PublicKey) -> Self {
        Self(short_id(b'm', &[b"assay-maker-v0\n", key.as_bytes()]))
    }
}

impl LabId {
    /// The id of the laboratory that is accredited with this key.
    #[must_use]
    pub fn of(key: &PublicKey) -> Self {
        Self(short_id(b'l', &[b"assay-lab-v0\n", key.as_bytes()]))
    }
}

impl ProductId {
    /// The id of a maker's model.
    #[must_use]
    pub fn of(maker: &MakerId, model: &str) -> Self {
        Self(short_id(b'p', &[b"assay-product-v0\n", &maker.0, b"\n", model.as_bytes()]))
    }

    /// No id is less.
    pub(crate) const LEAST: Self = Self(*b"p0000000000000000");

    /// Parses `p` and sixteen characters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::try_from(text).ok()
    }
}

/// Letters and digits without look-alikes: 80 bits in sixteen characters. The fold also refuses a second product or
/// maker of the same id, so a collision that somebody made would gain nothing.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

fn short_id(kind: u8, parts: &[&[u8]]) -> [u8; LENGTH] {
    let digest = parts.iter().fold(Sha256::new(), |h, part| h.chain_update(part)).finalize();
    let bits = digest[..10].iter().fold(0u128, |bits, byte| bits << 8 | u128::from(*byte));
    let mut id = [kind; LENGTH];
    for (at, letter) in id[1..].iter_mut().rev().enumerate() {
        *letter = ALPHABET[(bits >> (at * 5) & 31) as usize];
    }
    id
}

fn well_formed(kind: u8, text: &str) -> Option<[u8; LENGTH]> {
    let bytes: [u8; LENGTH] = text.as_bytes().try_into().ok()?;
    (bytes[0] == kind && bytes[1..].iter().all(|b| ALPHABET.contains(b))).then_some(bytes)
}

macro_rules! is_a_short_text {
    ($($id:ty, $kind:literal, $fault:literal);*) => {$(
        impl $id {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                // Every character comes from the alphabet.
                str::from_utf8(&self.0).unwrap_or_default()
            }
        }

        impl TryFrom<&str> for $id {
            type Error = &'static str;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                well_formed($kind, text).map(Self).ok_or($fault)
            }
        }

        impl TryFrom<String> for $id {
            type Error = &'static str;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::try_from(text.as_str())
            }
        }

        impl From<$id> for String {
            fn from(id: $id) -> String {
                id.as_str().to_owned()
            }
        }

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}

is_a_short_text!(
    MakerId, b'm', "a maker's id is `m` and sixteen characters";
    ProductId, b'p', "a product's id is `p` and sixteen characters";
    LabId, b'l', "a laboratory's id is `l` and sixteen characters"
);
