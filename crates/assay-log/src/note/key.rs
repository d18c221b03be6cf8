//! The keys of signed notes: a [`Signer`] that has the secret and a [`Verifier`] that anybody may have. A key
//! is known by its name and a short id; the id only tells keys apart, it does not vouch for them, so a
//! verifier holds the whole public key. Ed25519 (signature type 1) is the only algorithm here; keys for
//! cosignatures are other types, in [`crate::cosignature`], and neither can be taken for the other.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{PUBLIC_KEY_LENGTH, SECRET_KEY_LENGTH, SIGNATURE_LENGTH};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use zeroize::Zeroize as _;

use super::vkey::{self, ED25519, KeyError, Vkey, is_name, key_id};

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
        Ok(Self { name: name.to_owned(), key_id: key_id(name, ED25519, public_key), key })
    }

    /// Reads the text of a key, `name+id+base64`, and checks that all three belong together.
    pub fn parse(vkey: &str) -> Result<Self, KeyError> {
        let vkey = Vkey::parse(vkey)?;
        if vkey.kind != ED25519 {
            return Err(KeyError::Algorithm { found: vkey.kind, wanted: "an Ed25519 key of a log (type 1)" });
        }
        Self::new(vkey.name, vkey.bytes()?)
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
    pub(crate) fn signed(&self, text: &str, signature: &[u8]) -> bool {
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

impl fmt::Display for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        vkey::write(f, &self.name, self.key_id, ED25519, self.public_key())
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
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

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
        let key = |name: &str, bytes: &[u8]| {
            let id = bytes.split_first().map_or(0, |(kind, key)| key_id(name, *kind, key));
            format!("{name}+{id:08x}+{}", STANDARD.encode(bytes))
        };
        let length = |found| KeyError::Length { kind: ED25519, wanted: 32, found };
        let other = |found| KeyError::Algorithm { found, wanted: "an Ed25519 key of a log (type 1)" };
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
            (&key("P", &[]), KeyError::Length { kind: 0, wanted: 1, found: 0 }),
            (&key("P", &[1; 32]), length(31)),
            (&key("P", &[1; 34]), length(33)),
            (&key("P", &[4; 33]), other(4)),
            (&key("P", &[6; 1313]), other(6)),
            (&key("P", &[0xff; 33]), other(0xff)),
            (&key("P", &small_order), KeyError::Unusable),
            (&"x".repeat(5000), KeyError::TooLong(5000)),
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
