//! Keys that sign declarations, statements and labels: Ed25519, known by a short id made from the public half.
//! Where a secret lies (a file now, a token later) is the edge's business; here it is 32 bytes that are never shown.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The first four bytes of SHA-256 over `assay-key-v0` and the public key: enough to choose among the keys somebody
/// trusts, not an identity by itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyId(pub [u8; 4]);

/// A public key in its 32 bytes; written in base64.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// A signing key. Printing it shows only the key id; its bytes are wiped when it goes.
pub struct SecretKey(SigningKey);

/// The first line of a key file.
const FILE_FIRST_LINE: &str = "assay-secret-key-v0";

/// Why a text or some bytes are not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not base64 of 32 bytes.
    #[error("an Ed25519 key is 32 bytes in base64 (44 characters)")]
    Encoding,
    /// Not a file that `assay key new` wrote.
    #[error(
        "this is not a key file: its first line should be `{FILE_FIRST_LINE}`, the second 32 bytes in base64"
    )]
    File,
    /// 32 bytes that are no point on the curve, or a weak one that would accept forged signatures.
    #[error("these 32 bytes are not a usable Ed25519 public key")]
    Weak,
}

/// The signature does not belong to these bytes and this key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not match: the bytes were changed, or another key signed them")]
pub struct BadSignature;

impl PublicKey {
    /// Takes 32 bytes, refusing points of small order.
    ///
    /// # Errors
    /// [`KeyError::Weak`].
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        match VerifyingKey::from_bytes(bytes) {
            Ok(key) if !key.is_weak() => Ok(Self(key)),
            _ => Err(KeyError::Weak),
        }
    }

    /// Parses base64 of 32 bytes.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let bytes = STANDARD.decode(text.trim()).map_err(|_| KeyError::Encoding)?;
        Self::from_bytes(bytes.as_slice().try_into().map_err(|_| KeyError::Encoding)?)
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The short id.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let digest = Sha256::new().chain_update(b"assay-key-v0\n").chain_update(self.as_bytes()).finalize();
        KeyId([digest[0], digest[1], digest[2], digest[3]])
    }

    /// Checks a signature strictly: one message and key have no second valid signature.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        let signature = Signature::from_slice(signature).map_err(|_| BadSignature)?;
        self.0.verify_strict(message, &signature).map_err(|_| BadSignature)
    }
}

impl SecretKey {
    /// Makes a key of 32 random bytes, which the edge took from the system.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The text of a key file: two lines, the second in base64. The caller keeps it secret (mode 0600).
    #[must_use]
    pub fn to_file(&self) -> Zeroizing<String> {
        let seed = Zeroizing::new(self.0.to_bytes());
        let encoded = Zeroizing::new(STANDARD.encode(seed.as_slice()));
        Zeroizing::new(format!("{FILE_FIRST_LINE}\n{}\n", *encoded))
    }

    /// Reads a key file's text.
    ///
    /// # Errors
    /// [`KeyError::File`]; the message never shows what the file holds.
    pub fn from_file(text: &str) -> Result<Self, KeyError> {
        let line = text.trim_end().strip_prefix(FILE_FIRST_LINE).and_then(|rest| rest.strip_prefix('\n'));
        let seed =
            Zeroizing::new(STANDARD.decode(line.unwrap_or_default().trim()).map_err(|_| KeyError::File)?);
        Ok(Self::from_seed(seed.as_slice().try_into().map_err(|_| KeyError::File)?))
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs bytes: 64 bytes, the same each time.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.as_bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({})", self.public().id())
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        let key = Self::parse(&text).map_err(serde::de::Error::custom)?;
        if key.to_string() == text { Ok(key) } else { Err(serde::de::Error::custom(KeyError::Encoding)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_printed() {
        let key = SecretKey::from_seed(&[7; 32]);
        let shown = format!("{key:?}");
        assert!(!shown.contains("0707") && !shown.contains(&STANDARD.encode([7u8; 32])), "{shown}");
    }

    #[test]
    fn a_key_file_reads_back_and_another_file_is_refused_without_being_shown() {
        let key = SecretKey::from_seed(&[9; 32]);
        assert_eq!(SecretKey::from_file(&key.to_file()).unwrap().public(), key.public());
        for text in ["", "secret words", "assay-secret-key-v0\nAAAA\n", "assay-secret-key-v0"] {
            let error = SecretKey::from_file(text).unwrap_err();
            assert!(!error.to_string().contains("secret words"), "{error}");
        }
    }

    #[test]
    fn points_of_small_order_are_no_keys() {
        let mut identity = [0u8; 32];
        identity[0] = 1;
        assert_eq!(PublicKey::from_bytes(&identity).err(), Some(KeyError::Weak));
        assert_eq!(PublicKey::from_bytes(&[0; 32]).err(), Some(KeyError::Weak));
    }
}
