//! What a snapshot must say, computed by whoever has a mirror's folder: every entry is read, its signature verified and folded, and
//! the entries make the root that the log signed. So anybody makes a register's snapshot again and compares.

use std::path::Path;

use assay::fold::State;
use assay::snapshot::Builder;
use assay::trust::Trust;
use assay_log::note::MAX_NOTE_BYTES;
use assay_log::{Hash, Policy, leaf_hash};

use crate::believe;
use crate::edge::Edge;
use crate::entries::{Pace, walk};
use crate::folder::{Folder, WatchError};
use crate::mirror::CHECKPOINT;

/// What holds after some entries of a log.
pub struct Rebuilt {
    /// The log's name.
    pub origin: String,
    /// How many entries were folded.
    pub size: u64,
    /// The root of so many.
    pub root: Hash,
    /// The checkpoint of that size, where it is the one that the folder shows.
    pub checkpoint: Option<String>,
    /// What a snapshot of them holds.
    pub holds: Builder,
}

/// Folds the first entries of a mirror's folder: so many, or all.
///
/// # Errors
/// [`WatchError::Usage`] where the folder is no mirror of this log, has fewer entries, holds others than its checkpoint says, or one
/// that the rules refuse under these keys.
pub fn rebuild(
    path: &Path,
    policy: &Policy,
    trust: &Trust,
    size: Option<u64>,
    pace: &Pace<'_>,
) -> Result<Rebuilt, WatchError> {
    let wrong = |what: String| WatchError::Usage(format!("{}: {what}", path.display()));
    if !path.join(CHECKPOINT).is_file() {
        return Err(wrong("no mirror is there: make one with `assay mirror URL DIR`".into()));
    }
    let folder = Folder::open(path)?;
    let note = folder.read(CHECKPOINT, MAX_NOTE_BYTES as u64)?.unwrap_or_default();
    let note = String::from_utf8_lossy(&note).into_owned();
    let held =
        believe::signed(policy, &note).map_err(|why| wrong(format!("its checkpoint is refused: {why}")))?;
    let (all, size) = (held.size(), size.unwrap_or(held.size()));
    if size > all {
        return Err(wrong(format!("it has {all} entries, and {size} are wanted: copy the log again")));
    }
    if held.origin() != trust.origin() {
        return Err(wrong(format!("it mirrors {}, and the keys are of {}", held.origin(), trust.origin())));
    }
    let mut state =
        State::new(trust.origin(), trust.register().to_vec()).with_authority(trust.authority().to_vec());
    let mut edge = Edge::default();
    let mut root = None;
    walk(&folder, 0, all, all, |index, entry| {
        pace.tick("entries", index, all)?;
        if index == size {
            root = Some(edge.root());
        }
        if index < size {
            state.append(entry).map_err(|refusal| {
                let mend = "if these are not the register's keys, give its trust.txt";
                wrong(format!("entry {index} is one that the rules refuse: {refusal}; {mend}"))
            })?;
        }
        edge.push(leaf_hash(entry), &mut |_, _| Ok::<_, WatchError>(()))
    })?;
    if edge.root() != *held.root() {
        return Err(wrong(
            "its entries do not make the root of its checkpoint: begin with an empty folder".into(),
        ));
    }
    Ok(Rebuilt {
        origin: trust.origin().to_owned(),
        size,
        root: root.unwrap_or_else(|| edge.root()),
        checkpoint: (size == all).then_some(note),
        holds: state.for_snapshot(),
    })
}
