//! A SHA-256 hash of the Merkle tree, and the two ways such a hash is made: from an entry and from two hashes
//! below (RFC 6962, section 2.1). The prefix byte keeps a leaf from ever being taken for an inner node.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// A SHA-256 hash: of an entry, of a subtree, or the root of a tree. Its text is standard base64, as in
/// checkpoints and proofs; `{:?}` shows hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hash([u8; Hash::BYTES]);

/// The root of a tree without entries: the hash of nothing.
pub const EMPTY_ROOT: Hash = Hash([
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, //
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
]);

/// The hash of an entry as a leaf of the tree: `SHA-256(0x00 || entry)`.
#[must_use]
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Hash(Sha256::new().chain_update([0x00]).chain_update(entry).finalize().into())
}

/// The hash of two neighbouring subtrees together: `SHA-256(0x01 || left || right)`.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Hash(Sha256::new().chain_update([0x01]).chain_update(left.0).chain_update(right.0).finalize().into())
}

/// Why a text or some bytes are not a hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// The text has another length than the base64 of 32 bytes.
    #[error("a hash is written as {BASE64_CHARS} characters of base64, and this has {0}: copy it whole")]
    TextLength(usize),
    /// The text is not base64, or not the one way to write these bytes.
    #[error("this hash is not standard base64 with padding: copy it as the log wrote it")]
    NotBase64,
    /// The bytes are not 32.
    #[error("a hash has {bytes} bytes, and this has {0}", bytes = Hash::BYTES)]
    Length(usize),
}

impl Hash {
    /// How many bytes a hash has.
    pub const BYTES: usize = 32;

    /// A hash from bytes that somebody else computed.
    #[must_use]
    pub const fn new(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }

    /// Reads the standard base64 text of a hash; there is exactly one for each.
    pub fn from_base64(text: &str) -> Result<Self, HashError> {
        if text.len() != BASE64_CHARS {
            return Err(HashError::TextLength(text.len()));
        }
        let bytes = STANDARD.decode(text).map_err(|_| HashError::NotBase64)?;
        Self::try_from(bytes.as_slice())
    }
}

/// How long the base64 of a hash is.
const BASE64_CHARS: usize = 44;

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Hash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, HashError> {
        Self::from_base64(text)
    }
}

impl TryFrom<&[u8]> for Hash {
    type Error = HashError;

    fn try_from(bytes: &[u8]) -> Result<Self, HashError> {
        bytes.try_into().map(Self).map_err(|_| HashError::Length(bytes.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_root_is_the_hash_of_nothing() {
        assert_eq!(EMPTY_ROOT.as_bytes()[..], Sha256::digest([])[..]);
    }

    #[test]
    fn a_leaf_is_never_a_node() {
        let (a, b) = (leaf_hash(b"a"), leaf_hash(b"b"));
        let both = [a.as_bytes().as_slice(), b.as_bytes()].concat();
        assert_ne!(leaf_hash(&both), node_hash(&a, &b));
        assert_ne!(node_hash(&a, &b), node_hash(&b, &a));
    }

    #[test]
    fn a_hash_reads_its_own_text() {
        let hash = leaf_hash(b"");
        assert_eq!(hash.to_string(), "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=");
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert_eq!(format!("{hash:?}"), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    }

    #[test]
    fn a_hash_has_one_text_only() {
        let text = leaf_hash(b"").to_string();
        // The last character before the padding carries two unused bits; setting one must not give the same hash.
        assert_eq!(Hash::from_base64(&text.replace("B0=", "B1=")), Err(HashError::NotBase64));
        assert_eq!(Hash::from_base64(text.trim_end_matches('=')), Err(HashError::TextLength(43)));
        assert_eq!(Hash::from_base64(&text.replace(['+', '/'], "-")), Err(HashError::NotBase64));
        assert_eq!(Hash::from_base64(&STANDARD.encode([0; 31])), Err(HashError::Length(31)));
        assert_eq!(Hash::from_base64(""), Err(HashError::TextLength(0)));
        assert_eq!(Hash::try_from(&[0; 33][..]), Err(HashError::Length(33)));
    }
}
