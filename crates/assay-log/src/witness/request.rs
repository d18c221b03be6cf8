//! The body of `add-checkpoint`:
//!
//! ```text
//! old 20852014
//! <base64 of a hash>        up to 63 of them
//!
//! <the signed checkpoint>
//! ```

use std::fmt;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::decimal::decimal;
use crate::hash::{Hash, HashError};
use crate::note::Note;

/// The most hashes a request may have.
pub const MAX_PROOF_LINES: usize = 63;

/// The longest request that is read or made, in bytes. A checkpoint with 16 signatures of ML-DSA-44 takes a
/// fifth of it.
pub const MAX_REQUEST_BYTES: usize = 262_144;

/// A request to cosign a checkpoint, well formed and not yet judged. Its text form ([`fmt::Display`]) is
/// exactly what was parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCheckpoint {
    old_size: u64,
    proof: Vec<Hash>,
    note: Note,
    checkpoint: Checkpoint,
}

/// Why something is no request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// It is longer than any request.
    #[error(
        "the request has {0} bytes, and the most is {MAX_REQUEST_BYTES}: leave out signatures nobody asks for"
    )]
    TooLong(usize),
    /// It is not UTF-8.
    #[error("the request is not UTF-8 text")]
    NotText,
    /// The first line is another.
    #[error(
        "the first line of a request is `old` and the size of the checkpoint cosigned last, or 0, without leading zeros"
    )]
    Old,
    /// A hash is malformed.
    #[error("hash {number} of the proof: {source}")]
    Hash {
        /// Its place among the hashes, from 1.
        number: usize,
        /// What is wrong with it.
        source: HashError,
    },
    /// There are too many hashes.
    #[error("a proof has at most {MAX_PROOF_LINES} hashes, and this has more")]
    TooManyHashes,
    /// There is no empty line, and so no checkpoint.
    #[error(
        "the request ends before its checkpoint: an empty line goes between the proof and the checkpoint"
    )]
    NoCheckpoint,
    /// The checkpoint is malformed.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

impl AddCheckpoint {
    /// A request: the size that the witness cosigned last (0 if nothing, or to ask), the proof from there, empty
    /// from 0, and the signed checkpoint.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub fn new(old_size: u64, proof: Vec<Hash>, note: Note) -> Result<Self, RequestError> {
        if proof.len() > MAX_PROOF_LINES {
            return Err(RequestError::TooManyHashes);
        }
        let checkpoint = Checkpoint::parse(note.text())?;
        let request = Self { old_size, proof, note, checkpoint };
        let length = request.to_string().len();
        if length > MAX_REQUEST_BYTES { Err(RequestError::TooLong(length)) } else { Ok(request) }
    }

    /// Reads a request, strictly: whatever is accepted is written back byte for byte.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        if body.len() > MAX_REQUEST_BYTES {
            return Err(RequestError::TooLong(body.len()));
        }
        let body = str::from_utf8(body).map_err(|_| RequestError::NotText)?;
        let (head, note) = body.split_once("\n\n").ok_or(RequestError::NoCheckpoint)?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old "));
        let old_size = old.and_then(decimal).ok_or(RequestError::Old)?;
        let mut proof = Vec::new();
        for (line, number) in lines.zip(1..) {
            if number > MAX_PROOF_LINES {
                return Err(RequestError::TooManyHashes);
            }
            proof.push(Hash::from_base64(line).map_err(|source| RequestError::Hash { number, source })?);
        }
        Self::new(old_size, proof, Note::parse(note).map_err(CheckpointError::from)?)
    }

    /// The size of the checkpoint that the proof begins at.
    #[must_use]
    pub fn old_size(&self) -> u64 {
        self.old_size
    }

    /// The hashes of the consistency proof.
    #[must_use]
    pub fn proof(&self) -> &[Hash] {
        &self.proof
    }

    /// The checkpoint as it came, with its signatures. Not to be believed yet.
    #[must_use]
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// What the checkpoint claims. Not to be believed yet; its origin says whose keys and state to look up.
    #[must_use]
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old_size)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.note)
    }
}
