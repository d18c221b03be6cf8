//! The text of a public key, `name+id+base64(type || key)` ("vkey", C2SP `signed-note`, "Verifier keys"), and
//! the id that belongs to a name and a key. What a type means is the business of who has such keys: `key` for
//! notes, [`crate::cosignature`] for cosignatures.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// The signature type of Ed25519 over the text of a note.
pub(crate) const ED25519: u8 = 0x01;
/// The signature type of Ed25519 over a checkpoint with the time.
pub(crate) const ED25519_COSIGNATURE: u8 = 0x04;
/// The signature type of ML-DSA-44 over a checkpoint or subtree with the time.
pub(crate) const ML_DSA_44_COSIGNATURE: u8 = 0x06;

/// The longest text of a key that is read, in bytes: an ML-DSA-44 key and a name of any sense fit.
pub(crate) const MAX_VKEY_BYTES: usize = 4096;

/// Why something is not a key for notes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text is too long to be a key.
    #[error("this is too long for a key: it has {0} bytes, and the most is {MAX_VKEY_BYTES}")]
    TooLong(usize),
    /// The text does not have three parts.
    #[error("a public key reads name+id+key, with two plus signs: copy the whole line the log publishes")]
    Shape,
    /// The name is empty or has a space, a plus or a control character.
    #[error(
        "the name of a key has at least one character and no space, plus or control character: name it like example.org/log"
    )]
    Name,
    /// The name is too long for this kind of key.
    #[error("the name of an ML-DSA-44 key has at most 255 bytes, and this has {0}: choose a shorter one")]
    LongName(usize),
    /// The id is not eight lower-case hexadecimal digits.
    #[error("the id of a key is eight lower-case hexadecimal digits: copy the whole line the log publishes")]
    KeyId,
    /// The key is not base64.
    #[error("the key is not standard base64 with padding: copy the whole line the log publishes")]
    NotBase64,
    /// The key is of a type that does not belong here.
    #[error("this key is {}, and {wanted} is needed here", type_name(*found))]
    Algorithm {
        /// The type of the key.
        found: u8,
        /// Which types belong here.
        wanted: &'static str,
    },
    /// The key has the wrong length.
    #[error("this key has {found} bytes after its type, and {} has {wanted}", type_name(*kind))]
    Length {
        /// The type of the key.
        kind: u8,
        /// How many bytes such a key has.
        wanted: usize,
        /// How many there are.
        found: usize,
    },
    /// The bytes are no usable public key.
    #[error("these bytes are no usable public key: ask the operator for the right one")]
    Unusable,
    /// The id is that of another name or key.
    #[error(
        "the id of this name and key is {computed:08x}, not {stated:08x}: a character was changed, in the name or the key"
    )]
    OtherKeyId {
        /// What the text says.
        stated: u32,
        /// What belongs to this name and key.
        computed: u32,
    },
}

/// The parts of a key's text. Where the type is one of ours the id was checked to belong to the others.
pub(crate) struct Vkey<'a> {
    pub(crate) name: &'a str,
    pub(crate) kind: u8,
    pub(crate) key: Vec<u8>,
}

impl<'a> Vkey<'a> {
    /// Reads the text of a key and checks that its parts belong together.
    pub(crate) fn parse(text: &'a str) -> Result<Self, KeyError> {
        if text.len() > MAX_VKEY_BYTES {
            return Err(KeyError::TooLong(text.len()));
        }
        let mut parts = text.splitn(3, '+'); // the last part is base64 and may have a plus of its own
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Shape);
        };
        let lower_hex = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        if id.len() != 8 || !id.bytes().all(lower_hex) {
            return Err(KeyError::KeyId);
        }
        if !is_name(name) {
            return Err(KeyError::Name);
        }
        let stated = u32::from_str_radix(id, 16).map_err(|_| KeyError::KeyId)?;
        let bytes = STANDARD.decode(key).map_err(|_| KeyError::NotBase64)?;
        let (kind, key) = bytes.split_first().ok_or(KeyError::Length { kind: 0, wanted: 1, found: 0 })?;
        let computed = key_id(name, *kind, key);
        // Other types may have ids of another make; who reads them says that they do not belong here.
        let known = [ED25519, ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE].contains(kind);
        if known && computed != stated {
            return Err(KeyError::OtherKeyId { stated, computed });
        }
        Ok(Self { name, kind: *kind, key: key.to_vec() })
    }

    /// The bytes of the key, if they are as many as such a key has.
    pub(crate) fn bytes<const N: usize>(&self) -> Result<&[u8; N], KeyError> {
        let (kind, found) = (self.kind, self.key.len());
        self.key.as_slice().try_into().map_err(|_| KeyError::Length { kind, wanted: N, found })
    }
}

/// Writes the text of a key.
pub(crate) fn write(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    key_id: u32,
    kind: u8,
    key: &[u8],
) -> fmt::Result {
    write!(f, "{name}+{key_id:08x}+{}", STANDARD.encode([&[kind], key].concat()))
}

/// Whether this may be the name of a key. A control character is refused because no note could carry it.
pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '+' || c < ' ')
}

/// The id that the standard recommends: the first four bytes of a hash over the name, the type and the key.
pub(crate) fn key_id(name: &str, kind: u8, key: &[u8]) -> u32 {
    let hash = Sha256::new().chain_update(name).chain_update([b'\n', kind]).chain_update(key).finalize();
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}

/// What a signature type is called, for people.
fn type_name(kind: u8) -> String {
    match kind {
        ED25519 => "an Ed25519 key of a log (type 1)".to_owned(),
        0x02 => "an ECDSA key (type 2)".to_owned(),
        ED25519_COSIGNATURE => "an Ed25519 key for cosignatures (type 4)".to_owned(),
        0x05 => "a key of a certificate log (type 5)".to_owned(),
        ML_DSA_44_COSIGNATURE => "an ML-DSA-44 key for cosignatures (type 6)".to_owned(),
        other => format!("a key of the unknown type {other}"),
    }
}
