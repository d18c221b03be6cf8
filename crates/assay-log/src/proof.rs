//! Proofs to keep: everything that shows, offline, that an entry is in a log (C2SP `tlog-proof`, version 1).
//! A [`Proof`] has been read, no more; [`Proof::verify_under`] makes an [`Included`] of it, given the entry and a
//! policy of logs and witnesses. [`Proof::verify`] does so for who knows the log's keys and asks no witness.
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! extra <base64>                 perhaps; nobody signed it
//! index 73894
//! <base64 of a hash>             from the leaf's sibling up; none in a log of one entry
//!
//! <the signed checkpoint, as the log gave it out>
//! ```

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::{self, Checkpoint, CheckpointError, VerifiedCheckpoint};
use crate::decimal::decimal;
use crate::hash::{Hash, HashError, leaf_hash};
use crate::note::{MAX_NOTE_BYTES, Note, Verifier};
use crate::policy::{Cosigned, Policy, QuorumError};
use crate::tree::{TreeError, verify_inclusion};

/// The most hashes a proof can need: one for every level of a tree of 2^64 entries.
pub const MAX_HASHES: usize = 64;

/// The most extra data a proof may carry, in bytes.
pub const MAX_EXTRA_BYTES: usize = 65_536;

/// A proof, well formed and not yet verified. Its text form ([`fmt::Display`]) is exactly what was parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    extra: Option<Vec<u8>>,
    index: u64,
    hashes: Vec<Hash>,
    checkpoint_note: String,
}

/// An entry that is in the log: its place, its hash, and the checkpoint under which it was shown to be there.
/// It comes only from [`Proof::verify`] and [`Proof::verify_under`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Included {
    index: u64,
    leaf: Hash,
    checkpoint: VerifiedCheckpoint,
    cosigned: Vec<Cosigned>,
}

/// Why something is no proof, or proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The text is longer than any proof.
    #[error("the proof has {0} bytes, and the most is {MAX_PROOF_BYTES}")]
    TooLong(usize),
    /// The first line is another.
    #[error("a proof begins with the line {HEADER}: this is no proof, or one of a later version")]
    Header,
    /// The extra data is not base64, is empty or is too long.
    #[error(
        "the extra data of a proof is 1 to {MAX_EXTRA_BYTES} bytes in standard base64 on one line; leave the line out if there is none"
    )]
    Extra,
    /// The index line is missing or malformed.
    #[error("a proof has a line `index` with a decimal number, without leading zeros")]
    Index,
    /// A hash is malformed.
    #[error("hash {number} of the proof: {source}")]
    Hash {
        /// Its place among the hashes, from 1.
        number: usize,
        /// What is wrong with it.
        source: HashError,
    },
    /// There are more hashes than any tree needs.
    #[error("a proof has at most {MAX_HASHES} hashes, and this has more")]
    TooManyHashes,
    /// There is no empty line, and so no checkpoint.
    #[error("the proof ends before its checkpoint: it was cut")]
    NoCheckpoint,
    /// The checkpoint is malformed, or not to be believed.
    #[error("the checkpoint of the proof: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The checkpoint is not to be believed under the policy.
    #[error("the checkpoint of the proof: {0}")]
    Quorum(#[from] QuorumError),
    /// The hashes do not lead from the entry to the checkpoint's root.
    #[error(transparent)]
    Inclusion(#[from] TreeError),
}

impl Proof {
    /// A proof from its parts: the index of the entry, the tree's inclusion proof, and the signed checkpoint
    /// as the log gave it out.
    pub fn new(
        index: u64,
        hashes: Vec<Hash>,
        checkpoint_note: impl Into<String>,
    ) -> Result<Self, ProofError> {
        if hashes.len() > MAX_HASHES {
            return Err(ProofError::TooManyHashes);
        }
        let checkpoint_note = checkpoint_note.into();
        let note = Note::parse(&checkpoint_note).map_err(CheckpointError::from)?;
        Checkpoint::parse(note.text())?;
        Ok(Self { extra: None, index, hashes, checkpoint_note })
    }

    /// The same with extra data for the reader. It is not signed and never to be trusted.
    pub fn with_extra(mut self, extra: Vec<u8>) -> Result<Self, ProofError> {
        if !(1..=MAX_EXTRA_BYTES).contains(&extra.len()) {
            return Err(ProofError::Extra);
        }
        self.extra = Some(extra);
        Ok(self)
    }

    /// Reads a proof, strictly: whatever is accepted is written back byte for byte.
    pub fn parse(text: &str) -> Result<Self, ProofError> {
        if text.len() > MAX_PROOF_BYTES {
            return Err(ProofError::TooLong(text.len()));
        }
        let rest =
            text.strip_prefix(HEADER).and_then(|rest| rest.strip_prefix('\n')).ok_or(ProofError::Header)?;
        let (head, checkpoint_note) = rest.split_once("\n\n").ok_or(ProofError::NoCheckpoint)?;
        let mut lines = head.split('\n').peekable();
        let extra = match lines.next_if(|line| line.starts_with(EXTRA)) {
            None => None,
            Some(line) => Some(STANDARD.decode(&line[EXTRA.len()..]).map_err(|_| ProofError::Extra)?),
        };
        let index = lines
            .next()
            .and_then(|line| line.strip_prefix(INDEX))
            .and_then(decimal)
            .ok_or(ProofError::Index)?;
        let mut hashes = Vec::new();
        for (line, number) in lines.zip(1..) {
            if number > MAX_HASHES {
                return Err(ProofError::TooManyHashes);
            }
            hashes.push(Hash::from_base64(line).map_err(|source| ProofError::Hash { number, source })?);
        }
        let proof = Self::new(index, hashes, checkpoint_note)?;
        match extra {
            None => Ok(proof),
            Some(extra) => proof.with_extra(extra),
        }
    }

    /// Checks that the log `origin`, by one of its keys, has signed a checkpoint of a tree in which `entry`
    /// stands at the proof's index.
    pub fn verify(&self, entry: &[u8], origin: &str, log_keys: &[Verifier]) -> Result<Included, ProofError> {
        let checkpoint = checkpoint::open(&self.checkpoint_note, origin, log_keys)?;
        self.include(entry, checkpoint, Vec::new())
    }

    /// Checks that a log of the policy has signed, and enough of its witnesses have cosigned, a checkpoint of a
    /// tree in which `entry` stands at the proof's index. The times of the cosignatures are given back and not
    /// judged.
    ///
    /// # Errors
    /// [`ProofError::Quorum`], [`ProofError::Inclusion`].
    pub fn verify_under(&self, entry: &[u8], policy: &Policy) -> Result<Included, ProofError> {
        let (checkpoint, cosigned) = policy.open(&self.checkpoint_note)?.into_parts();
        self.include(entry, checkpoint, cosigned)
    }

    fn include(
        &self,
        entry: &[u8],
        checkpoint: VerifiedCheckpoint,
        cosigned: Vec<Cosigned>,
    ) -> Result<Included, ProofError> {
        let leaf = leaf_hash(entry);
        verify_inclusion(self.index, checkpoint.size(), &leaf, &self.hashes, checkpoint.root())?;
        Ok(Included { index: self.index, leaf, checkpoint, cosigned })
    }

    /// The extra data. Nobody vouches for it.
    #[must_use]
    pub fn extra(&self) -> Option<&[u8]> {
        self.extra.as_deref()
    }

    /// Where the entry is said to stand in the log, from 0.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The hashes that lead from the entry to the root.
    #[must_use]
    pub fn hashes(&self) -> &[Hash] {
        &self.hashes
    }

    /// The signed checkpoint, as the log gave it out.
    #[must_use]
    pub fn checkpoint_note(&self) -> &str {
        &self.checkpoint_note
    }
}

impl Included {
    /// The place of the entry in the log, from 0.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The hash of the entry as a leaf.
    #[must_use]
    pub fn leaf(&self) -> &Hash {
        &self.leaf
    }

    /// The checkpoint under which the entry is in the log.
    #[must_use]
    pub fn checkpoint(&self) -> &VerifiedCheckpoint {
        &self.checkpoint
    }

    /// The witnesses of the policy that cosigned this checkpoint; none where no policy was asked.
    #[must_use]
    pub fn cosigned(&self) -> &[Cosigned] {
        &self.cosigned
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "{EXTRA}{}", STANDARD.encode(extra))?;
        }
        writeln!(f, "{INDEX}{}", self.index)?;
        self.hashes.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint_note)
    }
}

impl FromStr for Proof {
    type Err = ProofError;

    fn from_str(text: &str) -> Result<Self, ProofError> {
        Self::parse(text)
    }
}

const HEADER: &str = "c2sp.org/tlog-proof@v1";
const EXTRA: &str = "extra ";
const INDEX: &str = "index ";

/// Room for the longest checkpoint, the most extra data in base64 and all hashes.
const MAX_PROOF_BYTES: usize = MAX_NOTE_BYTES + 100_000;

#[cfg(test)]
mod tests;
