//! The keys of cosigners: a [`Cosigner`] that has the secret and a [`CosignerKey`] that anybody may have. They
//! are other types than the keys of notes, so that a witness's word is never taken for the log's.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use ed25519_dalek::Signer as _;
use ml_dsa::{EncodedVerifyingKey, Keypair as _, MlDsa44, Verifier as _};
use zeroize::Zeroize as _;

use super::{CosignatureError, MAX_NAME_BYTES};
use crate::note::vkey::{self, ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE, Vkey};
use crate::note::{KeyError, NoteSignature};

/// How a cosigner signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Ed25519, signature type 4.
    Ed25519,
    /// ML-DSA-44, signature type 6.
    MlDsa44,
}

/// A cosigner's named public key. Its text is `name+id+base64` ("vkey").
#[derive(Clone)]
pub struct CosignerKey {
    name: String,
    key_id: u32,
    public: Public,
}

#[derive(Clone)]
enum Public {
    Ed25519(ed25519_dalek::VerifyingKey),
    /// Shared, because the expanded key takes some twenty kilobytes.
    MlDsa44(Arc<(EncodedVerifyingKey<MlDsa44>, ml_dsa::VerifyingKey<MlDsa44>)>),
}

/// A cosigner's named secret key. The secret is wiped from memory when it is dropped, and is never shown.
pub struct Cosigner {
    key: CosignerKey,
    secret: Secret,
}

enum Secret {
    Ed25519(Box<ed25519_dalek::SigningKey>),
    MlDsa44(Box<ml_dsa::SigningKey<MlDsa44>>),
}

impl Kind {
    /// The signature type in key ids and key texts.
    #[must_use]
    pub fn signature_type(self) -> u8 {
        match self {
            Kind::Ed25519 => ED25519_COSIGNATURE,
            Kind::MlDsa44 => ML_DSA_44_COSIGNATURE,
        }
    }

    /// How many bytes the signature has, after the time.
    #[must_use]
    pub fn signature_bytes(self) -> usize {
        match self {
            Kind::Ed25519 => ed25519_dalek::SIGNATURE_LENGTH,
            Kind::MlDsa44 => 2420,
        }
    }
}

impl CosignerKey {
    /// An Ed25519 key under a name. A cosigner's Ed25519 key must not serve two cosigners: what it signs does
    /// not say the name.
    ///
    /// # Errors
    /// [`KeyError::Name`], [`KeyError::Unusable`].
    pub fn ed25519(name: &str, public_key: &[u8; 32]) -> Result<Self, KeyError> {
        if !vkey::is_name(name) {
            return Err(KeyError::Name);
        }
        let key = ed25519_dalek::VerifyingKey::from_bytes(public_key).map_err(|_| KeyError::Unusable)?;
        // A key of small order would take one signature for many texts.
        if key.is_weak() {
            return Err(KeyError::Unusable);
        }
        let key_id = vkey::key_id(name, ED25519_COSIGNATURE, public_key);
        Ok(Self { name: name.to_owned(), key_id, public: Public::Ed25519(key) })
    }

    /// An ML-DSA-44 key under a name.
    ///
    /// # Errors
    /// [`KeyError::Name`], [`KeyError::LongName`].
    pub fn ml_dsa_44(name: &str, public_key: &[u8; 1312]) -> Result<Self, KeyError> {
        let encoded = EncodedVerifyingKey::<MlDsa44>::from(*public_key);
        let key = ml_dsa::VerifyingKey::decode(&encoded); // every encoding is a key
        Self::expanded(name, encoded, key)
    }

    fn expanded(
        name: &str,
        encoded: EncodedVerifyingKey<MlDsa44>,
        key: ml_dsa::VerifyingKey<MlDsa44>,
    ) -> Result<Self, KeyError> {
        if !vkey::is_name(name) {
            return Err(KeyError::Name);
        }
        if name.len() > MAX_NAME_BYTES {
            return Err(KeyError::LongName(name.len()));
        }
        let key_id = vkey::key_id(name, ML_DSA_44_COSIGNATURE, &encoded);
        Ok(Self { name: name.to_owned(), key_id, public: Public::MlDsa44(Arc::new((encoded, key))) })
    }

    /// Reads the text of a key, `name+id+base64`, and checks that all three belong together.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let vkey = Vkey::parse(text)?;
        match vkey.kind {
            ED25519_COSIGNATURE => Self::ed25519(vkey.name, vkey.bytes()?),
            ML_DSA_44_COSIGNATURE => Self::ml_dsa_44(vkey.name, vkey.bytes()?),
            found => {
                let wanted = "a key for cosignatures (type 4 or 6)";
                Err(KeyError::Algorithm { found, wanted })
            }
        }
    }

    /// The name of the cosigner.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id that tells keys of one name apart.
    #[must_use]
    pub fn key_id(&self) -> u32 {
        self.key_id
    }

    /// How it signs.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.public {
            Public::Ed25519(_) => Kind::Ed25519,
            Public::MlDsa44(_) => Kind::MlDsa44,
        }
    }

    /// The bytes of the public key: 32 or 1312.
    #[must_use]
    pub fn public_key(&self) -> &[u8] {
        match &self.public {
            Public::Ed25519(key) => key.as_bytes(),
            Public::MlDsa44(key) => &key.0,
        }
    }

    /// Whether this key made these bytes for this message. Strictly: a signature has one form.
    pub(super) fn made(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.public {
            Public::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
            Public::MlDsa44(key) => ml_dsa::Signature::<MlDsa44>::try_from(signature)
                .is_ok_and(|signature| key.1.verify(message, &signature).is_ok()),
        }
    }
}

impl Cosigner {
    /// An Ed25519 key under a name, from a seed of 32 random bytes that the edge drew or read.
    ///
    /// # Errors
    /// [`KeyError::Name`].
    pub fn ed25519(name: &str, mut seed: [u8; 32]) -> Result<Self, KeyError> {
        let secret = Box::new(ed25519_dalek::SigningKey::from_bytes(&seed)); // wipes itself when dropped
        seed.zeroize();
        let key = CosignerKey::ed25519(name, secret.verifying_key().as_bytes())?;
        Ok(Self { key, secret: Secret::Ed25519(secret) })
    }

    /// An ML-DSA-44 key under a name, from a seed of 32 random bytes that the edge drew or read (the ξ of
    /// FIPS 204, algorithm 6).
    ///
    /// # Errors
    /// [`KeyError::Name`], [`KeyError::LongName`].
    pub fn ml_dsa_44(name: &str, mut seed: [u8; 32]) -> Result<Self, KeyError> {
        let mut xi = ml_dsa::Seed::from(seed);
        let secret = Box::new(ml_dsa::SigningKey::<MlDsa44>::from_seed(&xi)); // wipes itself when dropped
        xi.zeroize();
        seed.zeroize();
        let public = secret.verifying_key();
        let key = CosignerKey::expanded(name, public.encode(), public)?;
        Ok(Self { key, secret: Secret::MlDsa44(secret) })
    }

    /// The public half, to be published.
    #[must_use]
    pub fn key(&self) -> &CosignerKey {
        &self.key
    }

    /// The line of a signature over a message, with the time before it.
    pub(super) fn line(&self, time: u64, message: &[u8]) -> Result<NoteSignature, CosignatureError> {
        let mut bytes = time.to_be_bytes().to_vec();
        match &self.secret {
            Secret::Ed25519(key) => bytes.extend_from_slice(&key.sign(message).to_bytes()),
            Secret::MlDsa44(key) => {
                let signature = key.try_sign(message).map_err(|_| CosignatureError::NotFound)?;
                bytes.extend_from_slice(&signature.encode());
            }
        }
        Ok(NoteSignature::new(&self.key.name, self.key.key_id, bytes))
    }
}

impl PartialEq for CosignerKey {
    fn eq(&self, other: &Self) -> bool {
        self.kind() == other.kind() && self.name == other.name && self.public_key() == other.public_key()
    }
}

impl Eq for CosignerKey {}

impl fmt::Display for CosignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        vkey::write(f, &self.name, self.key_id, self.kind().signature_type(), self.public_key())
    }
}

impl fmt::Debug for CosignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CosignerKey({}, {:?})", self.id(), self.kind())
    }
}

impl fmt::Debug for Cosigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cosigner({}, {:?}, secret)", self.key.id(), self.key.kind())
    }
}

impl FromStr for CosignerKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::parse(text)
    }
}
