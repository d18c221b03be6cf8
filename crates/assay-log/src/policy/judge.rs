//! Judging a checkpoint under a policy: the log's signature, every cosignature of a known witness, the quorum.

use super::{Group, Member, Policy, Quorum, Word};
use crate::checkpoint::{self, Checkpoint, CheckpointError, VerifiedCheckpoint};
use crate::cosignature::CosignatureError;
use crate::log_key::LogKey;
use crate::note::Note;

/// A checkpoint that a known log signed and enough known witnesses cosigned. It comes only from
/// [`Policy::open`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witnessed {
    checkpoint: VerifiedCheckpoint,
    cosigned: Vec<Cosigned>,
}

/// One witness that cosigned a checkpoint, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigned {
    witness: Word,
    time: u64,
}

/// Why a checkpoint is not to be believed under a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuorumError {
    /// It is malformed, or its log did not sign it.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// It is of a log that the policy does not name.
    #[error("the policy has no log named {0}: add its key, if you trust it")]
    UnknownLog(String),
    /// A line under a known witness's name and id does not hold.
    #[error("the witness {witness}: {source}")]
    Cosignature {
        /// Its name in the policy.
        witness: Word,
        /// What is wrong.
        source: CosignatureError,
    },
    /// Too few witnesses cosigned.
    #[error(
        "too few witnesses cosigned this checkpoint: {0}. Fetch a newer checkpoint, or ask these witnesses"
    )]
    Missing(String),
}

impl Policy {
    /// Believes a checkpoint, if one of the policy's logs signed it, no line of a known key is bad, and the
    /// quorum is met. The times of the cosignatures are given back and not judged here.
    ///
    /// # Errors
    /// See [`QuorumError`].
    pub fn open(&self, note: &str) -> Result<Witnessed, QuorumError> {
        let keys: Vec<LogKey> = self.logs.iter().map(|log| log.key.clone()).collect();
        self.open_of(note, &keys)
    }

    /// The same for logs that are known from elsewhere, as the standard allows for a policy without any; the
    /// policy's own logs are not asked. A key signs for the log that it is named after.
    ///
    /// # Errors
    /// See [`QuorumError`].
    pub fn open_of(&self, note: &str, log_keys: &[LogKey]) -> Result<Witnessed, QuorumError> {
        let note = Note::parse(note).map_err(CheckpointError::from)?;
        let checkpoint = Checkpoint::parse(note.text())?;
        let of_the_log: Vec<LogKey> =
            log_keys.iter().filter(|key| key.name() == checkpoint.origin()).cloned().collect();
        if of_the_log.is_empty() {
            return Err(QuorumError::UnknownLog(checkpoint.origin().to_owned()));
        }
        let checkpoint = checkpoint::verify(note, checkpoint, &of_the_log)?;
        let cosigned = self.cosignatures(&checkpoint)?;
        let who: Vec<usize> = cosigned.iter().map(|(at, _)| *at).collect();
        self.met(&who).map_err(QuorumError::Missing)?;
        let name = |at: usize| self.witnesses[at].name.clone();
        let cosigned = cosigned.into_iter().map(|(at, time)| Cosigned { witness: name(at), time }).collect();
        Ok(Witnessed { checkpoint, cosigned })
    }

    /// The latest time at which a quorum of witnesses says that this was the log's largest checkpoint: a reader who
    /// finds it too long ago is shown a log that stands still, or an old view of one that does not. Cosignatures
    /// after `now`, in seconds since 1970, and those that say no time, do not count; none if without them the quorum
    /// is not met, or asks nobody.
    #[must_use]
    pub fn fresh_as_of(&self, witnessed: &Witnessed, now: u64) -> Option<u64> {
        if self.needs_no_witness() {
            return None;
        }
        let place = |by: &Cosigned| self.witnesses.iter().position(|witness| witness.name == by.witness);
        let dated = witnessed.cosigned.iter().filter(|by| (1..=now).contains(&by.time));
        let mut dated: Vec<(u64, usize)> = dated.filter_map(|by| Some((by.time, place(by)?))).collect();
        dated.sort_unstable();
        let mut who = Vec::new();
        while let Some((time, at)) = dated.pop() {
            who.push(at);
            if self.met(&who).is_ok() {
                return Some(time);
            }
        }
        None
    }

    /// Which witnesses, by their places, cosigned and when.
    fn cosignatures(&self, checkpoint: &VerifiedCheckpoint) -> Result<Vec<(usize, u64)>, QuorumError> {
        let mut cosigned = Vec::new();
        for line in checkpoint.note().note().signatures() {
            let known = self.witnesses.iter().enumerate().find(|(_, witness)| witness.key.is_of(line));
            let Some((at, witness)) = known else { continue };
            let time = witness.key.verify(checkpoint.checkpoint(), line);
            let name = || witness.name.clone();
            let time = time.map_err(|source| QuorumError::Cosignature { witness: name(), source })?;
            cosigned.push((at, time));
        }
        Ok(cosigned)
    }

    /// Whether these witnesses, by their places, are enough; else what is missing, for people.
    fn met(&self, who: &[usize]) -> Result<(), String> {
        let Quorum::Of(asked) = self.quorum else { return Ok(()) };
        let mut groups: Vec<bool> = Vec::with_capacity(self.groups.len());
        for group in &self.groups {
            let count = group.members.iter().filter(|member| has(**member, who, &groups)).count();
            groups.push(count >= group.threshold);
        }
        if has(asked, who, &groups) {
            return Ok(());
        }
        let Member::Group(at) = asked else { return Err(format!("{} did not", self.name(asked))) };
        // The asked group, and below it those that fell short; each group is a member once, so the list is short.
        let (mut short, mut open) = (Vec::new(), vec![at]);
        while let Some(at) = open.pop() {
            let group = &self.groups[at];
            short.push(self.shortfall(group, who, &groups));
            open.extend(group.members.iter().filter_map(|member| match member {
                Member::Group(at) if !groups[*at] => Some(*at),
                _ => None,
            }));
        }
        Err(short.join("; "))
    }

    fn shortfall(&self, group: &Group, who: &[usize], groups: &[bool]) -> String {
        let absent: Vec<String> = group
            .members
            .iter()
            .filter(|member| !has(**member, who, groups))
            .map(|member| self.name(*member).to_string())
            .collect();
        let count = group.members.len() - absent.len();
        format!(
            "{} has {count} of the {} it needs, without {}",
            group.name,
            group.threshold,
            absent.join(", ")
        )
    }
}

fn has(member: Member, who: &[usize], groups: &[bool]) -> bool {
    match member {
        Member::Witness(at) => who.contains(&at),
        Member::Group(at) => groups[at],
    }
}

impl Witnessed {
    /// The checkpoint, which the log signed.
    #[must_use]
    pub fn checkpoint(&self) -> &VerifiedCheckpoint {
        &self.checkpoint
    }

    /// Every known witness that cosigned, whether it was needed or not, in the order of the lines.
    #[must_use]
    pub fn cosigned(&self) -> &[Cosigned] {
        &self.cosigned
    }

    pub(crate) fn into_parts(self) -> (VerifiedCheckpoint, Vec<Cosigned>) {
        (self.checkpoint, self.cosigned)
    }
}

impl Cosigned {
    /// The witness's name in the policy.
    #[must_use]
    pub fn witness(&self) -> &Word {
        &self.witness
    }

    /// When it cosigned, in seconds since 1970; 0 if it did not say.
    #[must_use]
    pub fn time(&self) -> u64 {
        self.time
    }
}
