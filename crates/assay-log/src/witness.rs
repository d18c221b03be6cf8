//! Asking for cosignatures and giving them (C2SP `tlog-witness`, `add-checkpoint`): what goes over the wire, and
//! what a witness decides. Sockets, stores and clocks are the edge's business.
//!
//! ```text
//! log                                                   witness
//!  │  AddCheckpoint: old size, proof, note                │
//!  ├─────────────────────────────────────────────────────▶│ AddCheckpoint::parse
//!  │                                                      │ consider(request, the log's keys, what was cosigned last)
//!  │                                                      │   ├─ Refusal: 400, 403, 404, 409, 422
//!  │                                                      │   └─ Advance ── the edge keeps it, by compare-and-swap ──▶ disk
//!  │◀─────────────────────────────────────────────────────┤         └── Advance::cosign(cosigners, time)
//!  │  read_answer: the lines of the witness's keys        │
//! ```
//!
//! A witness that signs and then fails to keep what it signed can be made to sign two histories. So the two are
//! two steps here: [`consider`] gives an [`Advance`], whose [`Advance::after`] must be on disk, in place of the
//! state that was considered, before [`Advance::cosign`] is called and the answer sent.

mod answer;
mod request;

pub use answer::{Answer, AnswerError, SIZE_CONTENT_TYPE, read_answer};
pub use request::{AddCheckpoint, MAX_PROOF_LINES, MAX_REQUEST_BYTES, RequestError};

use sha2::{Digest as _, Sha256};

use crate::checkpoint::{self, CheckpointError, VerifiedCheckpoint};
use crate::cosignature::{CosignatureError, Cosigner, MAX_TIME};
use crate::hash::Hash;
use crate::log_key::LogKey;
use crate::note::{Note, NoteError, NoteSignature};
use crate::tree::{TreeError, verify_consistency};

/// What a witness cosigned last of a log, and when: all it needs to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Last {
    /// The size of the checkpoint.
    pub size: u64,
    /// Its root.
    pub root: Hash,
    /// When it was cosigned, in seconds since 1970.
    pub time: u64,
}

/// Leave to cosign a checkpoint, once [`Advance::after`] is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advance {
    checkpoint: VerifiedCheckpoint,
    by_the_log: Note,
    after: Last,
}

/// Why a witness does not cosign. [`Answer`] says it on the wire.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The request is malformed.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The log is not one of those that are witnessed here.
    #[error("the log {0} is not witnessed here: ask the witness's operator to add it")]
    UnknownLog(String),
    /// The log did not sign, or a line of its key is bad.
    #[error(transparent)]
    NotSigned(CheckpointError),
    /// The request begins after it ends.
    #[error(
        "the old size {old} is larger than the checkpoint's size {size}: send the size of an earlier checkpoint"
    )]
    OldBeyondNew {
        /// The old size of the request.
        old: u64,
        /// The size of its checkpoint.
        size: u64,
    },
    /// The request begins elsewhere than the witness left off.
    #[error(
        "the checkpoint cosigned last has size {last}, and the request begins at {old}: send a proof from {last}"
    )]
    OtherOld {
        /// The old size of the request.
        old: u64,
        /// What was cosigned last; 0 if nothing was.
        last: u64,
    },
    /// From nothing there is nothing to prove.
    #[error("a request from size 0 has no proof, and this has {0} hashes: leave them out")]
    ProofFromNothing(usize),
    /// The checkpoint, which the log signed, does not continue what was cosigned last, or was not shown to.
    #[error("the checkpoint does not continue the one cosigned last, of size {last}: {source}")]
    Inconsistent {
        /// The size of the checkpoint that was cosigned last.
        last: u64,
        /// The size of this one.
        size: u64,
        /// What does not fit.
        source: TreeError,
    },
}

/// Decides on a request: the log's keys, none if the witness does not know the log, and what it cosigned last
/// of the log, none if nothing yet. `time` is now, in seconds since 1970; a witness never goes back in time,
/// so where its clock did, the time of the last cosignature is used.
///
/// # Errors
/// See [`Refusal`].
pub fn consider(
    request: &AddCheckpoint,
    log_keys: Option<&[LogKey]>,
    last: Option<&Last>,
    time: u64,
) -> Result<Advance, Refusal> {
    let origin = request.checkpoint().origin();
    let keys = log_keys.ok_or_else(|| Refusal::UnknownLog(origin.to_owned()))?;
    let checkpoint = checkpoint::verify(request.note().clone(), request.checkpoint().clone(), keys)
        .map_err(Refusal::NotSigned)?;
    let (old, size) = (request.old_size(), checkpoint.size());
    if old > size {
        return Err(Refusal::OldBeyondNew { old, size });
    }
    let known = last.map_or(0, |last| last.size);
    if old != known {
        return Err(Refusal::OtherOld { old, last: known });
    }
    match last {
        Some(last) if old > 0 => {
            verify_consistency(old, size, request.proof(), &last.root, checkpoint.root())
                .map_err(|source| Refusal::Inconsistent { last: last.size, size, source })?;
        }
        // From nothing: every tree continues it. A tree of size 0 has the root of nothing, which reading saw to.
        _ if !request.proof().is_empty() => return Err(Refusal::ProofFromNothing(request.proof().len())),
        _ => {}
    }
    let time = last.map_or(time, |last| time.max(last.time));
    let after = Last { size, root: *checkpoint.root(), time };
    let by_the_log = request.note().clone().with_only(|line| keys.iter().any(|key| key.is_of(line)));
    Ok(Advance { checkpoint, by_the_log, after })
}

impl Advance {
    /// What must be kept for this log, in place of the state that was considered, before cosigning.
    #[must_use]
    pub fn after(&self) -> Last {
        self.after
    }

    /// The checkpoint, which the log signed and which continues what was cosigned before.
    #[must_use]
    pub fn checkpoint(&self) -> &VerifiedCheckpoint {
        &self.checkpoint
    }

    /// Cosigns with each key. To be called once [`Self::after`] is kept.
    ///
    /// # Errors
    /// [`CosignatureError`], where the witness is at fault: a clock without time, or a key that has no room for
    /// the log's name.
    pub fn cosign<'a>(
        &self,
        cosigners: impl IntoIterator<Item = &'a Cosigner>,
    ) -> Result<Vec<NoteSignature>, CosignatureError> {
        let time = self.after.time;
        // An answer must say a time: 0 would be the one of who does not say.
        if time == 0 || time > MAX_TIME {
            return Err(CosignatureError::Time(time));
        }
        cosigners.into_iter().map(|key| key.cosign(self.checkpoint.checkpoint(), time)).collect()
    }

    /// The checkpoint to keep for monitors (see [`monitor_path`]): with the log's own signatures and these lines, and
    /// without what else somebody may have put into the request.
    ///
    /// # Errors
    /// [`NoteError`], where it would be too long.
    pub fn published(&self, lines: &[NoteSignature]) -> Result<Note, NoteError> {
        self.by_the_log.clone().with_signatures(lines.to_vec())
    }
}

impl Refusal {
    /// Whether the log is convicted: it signed this checkpoint and the one cosigned last, of the same size and with
    /// another root. Both are worth keeping and publishing. A proof that does not hold convicts nobody, since
    /// anybody can send one.
    #[must_use]
    pub fn is_fork(&self) -> bool {
        matches!(self, Self::Inconsistent { last, size, source: TreeError::RootMismatch { .. } } if last == size)
    }
}

/// Where monitors fetch the checkpoint of a log that a witness cosigned last, below the witness's monitoring
/// prefix: the SHA-256 of the origin in lower-case hexadecimal, and `checkpoint`.
#[must_use]
pub fn monitor_path(origin: &str) -> String {
    format!("{:?}/checkpoint", Hash::new(Sha256::digest(origin).into()))
}

#[cfg(test)]
mod tests;
