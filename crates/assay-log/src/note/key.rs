//! The keys of signed notes: a [`Signer`] that has the secret and a [`Verifier`] that anybody may have. A key
//! is known by its name and a short id; the id only tells keys apart, it does not vouch for them, so a
//! verifier holds the whole public key. Ed25519 (signature type 1) is the only algorithm here.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{PUBLIC_KEY_LENGTH, SECRET_KEY_LENGTH, SIGNATURE_LENGTH};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroize as _;

/// The signature type of Ed25519 in key ids and key texts.
const ED25519: u8 = 0x01;

/// The longest text of a key that is read; a name of any sense fits.
const MAX_VKEY_BYTES: usize = 1024;

/// A named public key. Its text is the usual `name+id+base64` that logs publish ("vkey").
#[derive(Clone, PartialEq, Eq)]
pub struct Verifier {
    name: String,
    key_id: u32,
    key: VerifyingKey,
}

/// A named secret key. The secret is wiped from memory when the signer is dropped, and is never shown.
pub struct Signer {
    verifier: Verifier,
    key: SigningKey,
}

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
    /// The id is not eight lower-case hexadecimal digits.
    #[error("the id of a key is eight lower-case hexadecimal digits: copy the whole line the log publishes")]
    KeyId,
    /// The key is not base64.
    #[error("the key is not standard base64 with padding: copy the whole line the log publishes")]
    NotBase64,
    /// The key is of another type.
    #[error("this key is of type {0}; only Ed25519 keys (type {ED25519}) are understood")]
    Algorithm(u8),
    /// The key has the wrong length.
    #[error("an Ed25519 key has {PUBLIC_KEY_LENGTH} bytes after its type, and this has {0}")]
    Length(usize),
    /// The bytes are no usable public key.
    #[error("these bytes are no usable Ed25519 public key: ask the log's operator for the right one")]
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

impl Verifier {
    /// A public key under a name.
    pub fn new(name: &str, public_key: &[u8; PUBLIC_KEY_LENGTH]) -> Result<Self, KeyError> {
        if !is_name(name) {
            return Err(KeyError::Name);
        }
        let key = VerifyingKey::from_bytes(public_key).map_err(|_| KeyError::Unusable)?;
        // A key of small order would take one signature for many texts.
        if key.is_weak() {
            return Err(KeyError::Unusable);
        }
        Ok(Self { name: name.to_owned(), key_id: key_id(name, public_key), key })
    }

    /// Reads the text of a key, `name+id+base64`, and checks that all three belong together.
    pub fn parse(vkey: &str) -> Result<Self, KeyError> {
        if vkey.len() > MAX_VKEY_BYTES {
            return Err(KeyError::TooLong(vkey.len()));
        }
        let mut parts = vkey.splitn(3, '+'); // the last part is base64 and may have a plus of its own
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Shape);
        };
        let lower_hex = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        if id.len() != 8 || !id.bytes().all(lower_hex) {
            return Err(KeyError::KeyId);
        }
        let stated = u32::from_str_radix(id, 16).map_err(|_| KeyError::KeyId)?;
        let key = STANDARD.decode(key).map_err(|_| KeyError::NotBase64)?;
        let (algorithm, key) = key.split_first().ok_or(KeyError::Length(0))?;
        if *algorithm != ED25519 {
            return Err(KeyError::Algorithm(*algorithm));
        }
        let verifier = Self::new(name, key.try_into().map_err(|_| KeyError::Length(key.len()))?)?;
        if verifier.key_id != stated {
            return Err(KeyError::OtherKeyId { stated, computed: verifier.key_id });
        }
        Ok(verifier)
    }

    /// The name of the key; for a log it is the log's origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id that tells keys of one name apart.
    #[must_use]
    pub fn key_id(&self) -> u32 {
        self.key_id
    }

    /// The public key itself.
    #[must_use]
    pub fn public_key(&self) -> &[u8; PUBLIC_KEY_LENGTH] {
        self.key.as_bytes()
    }

    /// Whether this key made these bytes for this text. Strictly: a signature has one form, and one text.
    pub(super) fn signed(&self, text: &str, signature: &[u8]) -> bool {
        let Ok(signature) = <&[u8; SIGNATURE_LENGTH]>::try_from(signature) else { return false };
        self.key.verify_strict(text.as_bytes(), &Signature::from_bytes(signature)).is_ok()
    }
}

impl Signer {
    /// A secret key under a name, from a seed of 32 random bytes that the edge drew or read.
    pub fn new(name: &str, mut seed: [u8; SECRET_KEY_LENGTH]) -> Result<Self, KeyError> {
        let key = SigningKey::from_bytes(&seed); // wipes itself when dropped
        seed.zeroize();
        Ok(Self { verifier: Verifier::new(name, key.verifying_key().as_bytes())?, key })
    }

    /// The public half, to be published.
    #[must_use]
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    pub(super) fn raw_signature(&self, text: &str) -> [u8; SIGNATURE_LENGTH] {
        self.key.sign(text.as_bytes()).to_bytes()
    }
}

/// Whether this may be the name of a key. A control character is refused because no note could carry it.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '+' || c < ' ')
}

/// The id that the standard recommends: the first four bytes of a hash over the name, the type and the key.
fn key_id(name: &str, public_key: &[u8; PUBLIC_KEY_LENGTH]) -> u32 {
    let hash =
        Sha256::new().chain_update(name).chain_update([b'\n', ED25519]).chain_update(public_key).finalize();
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}

impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [[ED25519].as_slice(), self.public_key()].concat();
        write!(f, "{}+{:08x}+{}", self.name, self.key_id, STANDARD.encode(key))
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verifier({self})")
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({}, secret)", self.verifier)
    }
}

impl FromStr for Verifier {
    type Err = KeyError;

    fn from_str(vkey: &str) -> Result<Self, KeyError> {
        Self::parse(vkey)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of the example in the documentation of Go's `golang.org/x/mod/sumdb/note`.
    const GO: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    #[test]
    fn a_key_is_written_as_it_is_read() {
        let key = Verifier::parse(GO).unwrap();
        assert_eq!((key.name(), key.key_id()), ("PeterNeumann", 0xc74f_20a3));
        assert_eq!(key.to_string(), GO);
        assert_eq!(Verifier::new("PeterNeumann", key.public_key()), Ok(key));
        let own = Signer::new("example.org/log", [9; 32]).unwrap();
        assert_eq!(Verifier::parse(&own.verifier().to_string()).as_ref(), Ok(own.verifier()));
    }

    #[test]
    fn a_mangled_key_is_refused() {
        let key = |name: &str, bytes: &[u8]| format!("{name}+c74f20a3+{}", STANDARD.encode(bytes));
        let mut small_order = [0; 33];
        (small_order[0], small_order[1]) = (1, 1);
        for (vkey, why) in [
            ("", KeyError::Shape),
            ("PeterNeumann+c74f20a3", KeyError::Shape),
            (&GO.replace("c74f20a3", "C74F20A3"), KeyError::KeyId),
            (&GO.replace("c74f20a3", "c74f20a"), KeyError::KeyId),
            (&GO.replace("c74f20a3", "+74f20a3"), KeyError::KeyId),
            (&GO.replace("+ARpc", "+ARp"), KeyError::NotBase64),
            (&GO.replace("+ARpc", "+ ARpc"), KeyError::NotBase64),
            (&GO.replace("Peter", "Peter "), KeyError::Name),
            (&GO.replace("PeterNeumann", ""), KeyError::Name),
            (&key("P", &[]), KeyError::Length(0)),
            (&key("P", &[1; 32]), KeyError::Length(31)),
            (&key("P", &[1; 34]), KeyError::Length(33)),
            (&key("P", &[4; 33]), KeyError::Algorithm(4)),
            (&key("P", &small_order), KeyError::Unusable),
            (&"x".repeat(2000), KeyError::TooLong(2000)),
            (
                &GO.replace("c74f20a3", "c74f20a4"),
                KeyError::OtherKeyId { stated: 0xc74f_20a4, computed: 0xc74f_20a3 },
            ),
        ] {
            assert_eq!(Verifier::parse(vkey), Err(why), "{vkey}");
        }
    }

    #[test]
    fn a_name_cannot_break_a_note() {
        for name in ["", "a b", "a+b", "a\nb", "a\u{a0}b", "a\u{2028}b", "\0"] {
            assert_eq!(Signer::new(name, [1; 32]).map(|_| ()), Err(KeyError::Name), "{name:?}");
        }
        assert!(Signer::new("Überwachung/öffentlich", [1; 32]).is_ok());
    }

    #[test]
    fn a_secret_is_never_shown() {
        let seed = *b"0123456789abcdef0123456789abcdef";
        let shown = format!("{:?}", Signer::new("example.org/log", seed).unwrap());
        assert!(shown.starts_with("Signer(example.org/log+"), "{shown}");
        for secret in ["0123456789abcdef", "3031323334353637", "48, 49, 50", &STANDARD.encode(seed)[..16]] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
