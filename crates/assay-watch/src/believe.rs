//! Which checkpoints are looked at: those that a log of the policy signed, in that log's name.

use assay_log::checkpoint::{self, VerifiedCheckpoint};
use assay_log::{Checkpoint, LogKey, Note, Policy};

/// The policy's keys of a log.
pub(crate) fn keys_of(policy: &Policy, origin: &str) -> Vec<LogKey> {
    policy.logs().iter().map(|log| log.key()).filter(|key| key.name() == origin).cloned().collect()
}

/// The checkpoint, once its log has signed it; else why not, in a sentence.
pub(crate) fn signed(policy: &Policy, note: &str) -> Result<VerifiedCheckpoint, String> {
    let parsed = Note::parse(note).map_err(|error| error.to_string())?;
    let checkpoint = Checkpoint::parse(parsed.text()).map_err(|error| error.to_string())?;
    let keys = keys_of(policy, checkpoint.origin());
    if keys.is_empty() {
        let names: Vec<&str> = policy.logs().iter().map(|log| log.key().name()).collect();
        return Err(format!("it is of {}, and the policy names {}", checkpoint.origin(), names.join(", ")));
    }
    checkpoint::open_by(note, checkpoint.origin(), &keys).map_err(|error| error.to_string())
}
