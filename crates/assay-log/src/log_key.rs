//! The key a log signs its checkpoints with: Ed25519 over the text, or an ML-DSA-44 cosignature in the log's own
//! name (C2SP `tlog-checkpoint`, "Signatures"). An Ed25519 *cosignature* key is refused: the standard leaves
//! it to witnesses.

use std::fmt;
use std::str::FromStr;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::cosignature::{CosignerKey, Kind};
use crate::note::vkey::{ED25519, ML_DSA_44_COSIGNATURE, Vkey};
use crate::note::{KeyError, NoteError, NoteSignature, Verifier};

/// A log's public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogKey {
    /// Ed25519, signature type 1.
    Ed25519(Verifier),
    /// ML-DSA-44, signature type 6. Only of this kind; a key of the other kind signs for no log.
    MlDsa44(CosignerKey),
}

impl LogKey {
    /// Reads the text of a key, `name+id+base64`.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        match Vkey::parse(text)?.kind {
            ED25519 => Verifier::parse(text).map(Self::Ed25519),
            ML_DSA_44_COSIGNATURE => CosignerKey::parse(text).map(Self::MlDsa44),
            found => Err(KeyError::Algorithm { found, wanted: "a key that a log signs with (type 1 or 6)" }),
        }
    }

    /// The name of the key, which is the log's origin.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Ed25519(key) => key.name(),
            Self::MlDsa44(key) => key.name(),
        }
    }

    /// The id that tells keys of one name apart.
    #[must_use]
    pub fn key_id(&self) -> u32 {
        match self {
            Self::Ed25519(key) => key.key_id(),
            Self::MlDsa44(key) => key.key_id(),
        }
    }

    /// The bytes of the public key.
    #[must_use]
    pub fn public_key(&self) -> &[u8] {
        match self {
            Self::Ed25519(key) => key.public_key(),
            Self::MlDsa44(key) => key.public_key(),
        }
    }

    pub(crate) fn is_of(&self, line: &NoteSignature) -> bool {
        line.key_id() == self.key_id() && line.name() == self.name()
    }

    /// Checks that this key signed the checkpoint, whose text is given as well, with this line.
    pub(crate) fn check(
        &self,
        text: &str,
        checkpoint: &Checkpoint,
        line: &NoteSignature,
    ) -> Result<(), CheckpointError> {
        let held = match self {
            Self::Ed25519(key) => key.signed(text, line.bytes()),
            Self::MlDsa44(key) => key.kind() == Kind::MlDsa44 && key.verify(checkpoint, line).is_ok(),
        };
        let bad = || NoteError::BadSignature { name: self.name().to_owned(), key_id: self.key_id() };
        if held { Ok(()) } else { Err(bad().into()) }
    }
}

impl From<Verifier> for LogKey {
    fn from(key: Verifier) -> Self {
        Self::Ed25519(key)
    }
}

impl fmt::Display for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ed25519(key) => key.fmt(f),
            Self::MlDsa44(key) => key.fmt(f),
        }
    }
}

impl FromStr for LogKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::parse(text)
    }
}
