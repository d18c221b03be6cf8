//! Asking a policy's witnesses for a log that is seen from outside: its checkpoint is fetched, and the proofs are made of its
//! tiles. A register that asks for itself has both at hand and calls `assay_probe::witness::collect`.

use std::collections::BTreeMap;
use std::sync::Arc;

use assay_log::{Note, Policy, TilePath, TileReader};
use assay_probe::witness::{Bounds, Collected, Prove, collect};

use crate::believe;
use crate::folder::WatchError;
use crate::source::{Source, SourceError};

/// A log whose checkpoint is to be cosigned.
pub struct Asking {
    /// The log's name.
    pub origin: String,
    /// How many entries the checkpoint is of.
    pub size: u64,
    /// What the witnesses gave.
    pub collected: Collected,
}

/// Asks. `now` is in seconds since 1970.
///
/// # Errors
/// [`WatchError`], where there is no checkpoint that a log of the policy signed.
pub fn ask(source: Source, policy: &Policy, now: u64, bounds: Bounds) -> Result<Asking, WatchError> {
    let note = match source.checkpoint() {
        Ok(note) => note,
        Err(SourceError::Watch(error)) => return Err(error),
        Err(said) => return Err(WatchError::Usage(format!("no checkpoint: {said}"))),
    };
    let refused = |why: String| WatchError::Usage(format!("the checkpoint is not to be believed: {why}"));
    let note = String::from_utf8(note).map_err(|_| refused("it is not UTF-8 text".into()))?;
    let shown = believe::signed(policy, &note).map_err(refused)?;
    let note = Note::parse(&note).map_err(|error| refused(error.to_string()))?;
    let size = shown.size();
    let prove: Arc<Prove> = Arc::new(move |old| {
        let mut tiles = TileReader::new(size, |path: &TilePath| source.tile(path));
        tiles
            .consistency_proof(old, size)
            .map_err(|error| format!("no proof can be made of its tiles: {error}"))
    });
    let collected = collect(policy, &note, &prove, &BTreeMap::new(), now, bounds);
    Ok(Asking { origin: shown.origin().to_owned(), size, collected })
}
