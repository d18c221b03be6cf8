//! Cosignatures: what a witness signs to say that a checkpoint continues all it has seen of the log before
//! (C2SP `tlog-cosignature`). A log shows one tree to everybody when enough witnesses, of the reader's
//! choosing, have signed the same checkpoint; [`crate::policy`] says how many are enough.
//!
//! There are two kinds. Ed25519 signs the text of the checkpoint with the time above it; ML-DSA-44, which a
//! quantum computer does not break, signs a structure with the name of the cosigner in it, and can sign a part
//! of the tree as well.
//!
//! ```text
//! cosignature/v1                        "subtree/v1\n\0"                12 bytes
//! time 1679315147                       length, name of the cosigner    1 to 255 bytes
//! example.org/log                       time                            u64, big-endian
//! 15                                    length, origin of the log       1 to 255 bytes
//! rKbDipCv…                             start, end                      u64 each; 0 and the size
//! (extension lines)                     hash                            32 bytes; extension lines are not signed
//! ```
//!
//! The time is given by the caller, in seconds since 1970. Signing takes no randomness: Ed25519 never does,
//! and of ML-DSA-44 it is the deterministic variant (FIPS 204, section 3.4).

mod key;

pub use key::{Cosigner, CosignerKey, Kind};

use crate::checkpoint::Checkpoint;
use crate::hash::Hash;
use crate::note::NoteSignature;

/// The latest time a cosignature can say: 2^63 - 1.
pub const MAX_TIME: u64 = i64::MAX as u64;

/// The longest origin and the longest name that ML-DSA-44 cosignatures can hold, in bytes.
pub const MAX_NAME_BYTES: usize = 255;

/// A part of a tree that is a tree of its own: the leaves `start..end`, where `start` is a multiple of the
/// smallest power of two that is not smaller than the part (draft-ietf-plants-merkle-tree-certs, "Subtrees").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subtree {
    start: u64,
    end: u64,
}

/// Why something cannot be cosigned, or a cosignature is not to be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CosignatureError {
    /// The line is under another name or id.
    #[error("this line is by {found}, and the key is {key}: look for the line of this key")]
    OtherKey {
        /// Name and id on the line.
        found: String,
        /// Name and id of the key.
        key: String,
    },
    /// The bytes are not as many as a time and a signature have.
    #[error(
        "a cosignature of {key} has {wanted} bytes after its key id, and this has {found}: it was cut, or is of another kind"
    )]
    Length {
        /// Name and id of the key.
        key: String,
        /// How many bytes it has.
        wanted: usize,
        /// How many there are.
        found: usize,
    },
    /// The time is beyond what can be said.
    #[error(
        "the time of a cosignature is at most {MAX_TIME} seconds after 1970, and this says {0}: check the clock"
    )]
    Time(u64),
    /// The key did not make the signature.
    #[error("the cosignature of {0} does not fit this checkpoint: one of them was changed")]
    Bad(String),
    /// The origin has no room in the signed structure.
    #[error(
        "an ML-DSA-44 cosignature holds an origin of 1 to {MAX_NAME_BYTES} bytes, and this has {0}: such a log needs Ed25519"
    )]
    Origin(usize),
    /// Ed25519 cosignatures are for whole checkpoints only.
    #[error(
        "{0} is an Ed25519 key, which signs whole checkpoints only: parts of a tree need an ML-DSA-44 key"
    )]
    WholeOnly(String),
    /// The range is not a subtree.
    #[error(
        "{start}..{end} is no subtree: it needs a start before its end that is a multiple of the power of two that holds it"
    )]
    NoSubtree {
        /// The first leaf.
        start: u64,
        /// The leaf after the last.
        end: u64,
    },
    /// ML-DSA-44 found no signature, which happens for about one message of 2^128.
    #[error("no ML-DSA-44 signature was found for this message: sign at another time")]
    NotFound,
}

impl Subtree {
    /// The leaves from `start` up to, and without, `end`.
    pub fn new(start: u64, end: u64) -> Result<Self, CosignatureError> {
        let holds = end.checked_sub(start).filter(|n| *n > 0).and_then(u64::checked_next_power_of_two);
        // A part of more than 2^63 leaves is held by 2^64, of which only 0 is a multiple.
        let fits = match holds {
            Some(power) => start.is_multiple_of(power),
            None => start == 0 && end > 0,
        };
        if fits { Ok(Self { start, end }) } else { Err(CosignatureError::NoSubtree { start, end }) }
    }

    /// The first leaf.
    #[must_use]
    pub fn start(&self) -> u64 {
        self.start
    }

    /// The leaf after the last.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.end
    }
}

impl Cosigner {
    /// Cosigns a checkpoint at a time in seconds since 1970. The line goes under the checkpoint's note.
    ///
    /// # Errors
    /// [`CosignatureError::Time`], [`CosignatureError::Origin`], [`CosignatureError::NotFound`].
    pub fn cosign(&self, checkpoint: &Checkpoint, time: u64) -> Result<NoteSignature, CosignatureError> {
        let message = message(self.key(), checkpoint, time)?;
        self.line(time, &message)
    }

    /// Signs a part of a log's tree, or the whole of it without saying that it is the largest seen. The line
    /// has the time 0, as parts must have.
    ///
    /// # Errors
    /// [`CosignatureError::WholeOnly`], [`CosignatureError::Origin`], [`CosignatureError::NotFound`].
    pub fn sign_subtree(
        &self,
        origin: &str,
        part: Subtree,
        hash: &Hash,
    ) -> Result<NoteSignature, CosignatureError> {
        let message = subtree_message(self.key(), origin, part, hash)?;
        self.line(0, &message)
    }
}

impl CosignerKey {
    /// Checks that this key cosigned the checkpoint with this line, and gives back when: seconds since 1970,
    /// or 0 where an ML-DSA-44 cosigner says nothing of the time. That the time is not in the future is for
    /// the caller to ask, who has a clock.
    ///
    /// # Errors
    /// All of [`CosignatureError`] but those of signing.
    pub fn verify(&self, checkpoint: &Checkpoint, line: &NoteSignature) -> Result<u64, CosignatureError> {
        let (time, signature) = self.split(line)?;
        if self.made(&message(self, checkpoint, time)?, signature) {
            Ok(time)
        } else {
            Err(CosignatureError::Bad(self.id()))
        }
    }

    /// Checks that this key signed a part of a log's tree with this line.
    ///
    /// # Errors
    /// All of [`CosignatureError`] but those of signing; [`CosignatureError::Time`] if the line says a time.
    pub fn verify_subtree(
        &self,
        origin: &str,
        part: Subtree,
        hash: &Hash,
        line: &NoteSignature,
    ) -> Result<(), CosignatureError> {
        let message = subtree_message(self, origin, part, hash)?;
        let (time, signature) = self.split(line)?;
        if time != 0 {
            return Err(CosignatureError::Time(time));
        }
        if self.made(&message, signature) { Ok(()) } else { Err(CosignatureError::Bad(self.id())) }
    }

    /// Whether a line is under this key's name and id.
    #[must_use]
    pub fn is_of(&self, line: &NoteSignature) -> bool {
        line.key_id() == self.key_id() && line.name() == self.name()
    }

    /// The time and the signature of a line of this key.
    fn split<'a>(&self, line: &'a NoteSignature) -> Result<(u64, &'a [u8]), CosignatureError> {
        if !self.is_of(line) {
            let found = format!("{} (key id {:08x})", line.name(), line.key_id());
            return Err(CosignatureError::OtherKey { found, key: self.id() });
        }
        let (wanted, found) = (TIME_BYTES + self.kind().signature_bytes(), line.bytes().len());
        match line.bytes().split_first_chunk() {
            Some((time, signature)) if found == wanted => {
                Ok((u64::from_be_bytes(*time), signature)) // `message` looks at the time
            }
            _ => Err(CosignatureError::Length { key: self.id(), wanted, found }),
        }
    }

    /// Name and id, for people.
    pub(crate) fn id(&self) -> String {
        format!("{} (key id {:08x})", self.name(), self.key_id())
    }
}

/// How many bytes the time takes before the signature.
const TIME_BYTES: usize = 8;

/// What a key signs of a checkpoint at a time.
fn message(key: &CosignerKey, checkpoint: &Checkpoint, time: u64) -> Result<Vec<u8>, CosignatureError> {
    if time > MAX_TIME {
        return Err(CosignatureError::Time(time));
    }
    match key.kind() {
        Kind::Ed25519 => Ok(format!("cosignature/v1\ntime {time}\n{checkpoint}").into_bytes()),
        Kind::MlDsa44 => {
            structure(key.name(), time, checkpoint.origin(), 0, checkpoint.size(), checkpoint.root())
        }
    }
}

fn subtree_message(
    key: &CosignerKey,
    origin: &str,
    part: Subtree,
    hash: &Hash,
) -> Result<Vec<u8>, CosignatureError> {
    match key.kind() {
        Kind::Ed25519 => Err(CosignatureError::WholeOnly(key.id())),
        Kind::MlDsa44 => structure(key.name(), 0, origin, part.start, part.end, hash),
    }
}

/// The `cosigned_message` of the standard. The name was checked when the key was made.
fn structure(
    name: &str,
    time: u64,
    origin: &str,
    start: u64,
    end: u64,
    hash: &Hash,
) -> Result<Vec<u8>, CosignatureError> {
    let mut bytes = b"subtree/v1\n\0".to_vec();
    push_text(&mut bytes, name)?;
    bytes.extend_from_slice(&time.to_be_bytes());
    push_text(&mut bytes, origin)?;
    bytes.extend_from_slice(&start.to_be_bytes());
    bytes.extend_from_slice(&end.to_be_bytes());
    bytes.extend_from_slice(hash.as_bytes());
    Ok(bytes)
}

/// A text after its length in one byte.
fn push_text(bytes: &mut Vec<u8>, text: &str) -> Result<(), CosignatureError> {
    let length = u8::try_from(text.len()).ok().filter(|length| *length > 0);
    bytes.push(length.ok_or(CosignatureError::Origin(text.len()))?);
    bytes.extend_from_slice(text.as_bytes());
    Ok(())
}

#[cfg(test)]
mod tests;
