//! The start, which is the recovery: the log is read from the first entry, folded anew, held against its head, its keys and
//! the files that were published, and what is missing of those is written. There is no other way in, so the path after a
//! crash is walked on every ordinary day.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use assay::fold::{Refusal, State};
use assay::trust::Trust;
use assay_log::checkpoint::{self, CheckpointError};
use assay_log::{Hash, leaf_hash};

use crate::folder::read_if_there;
use crate::publish::PublicFiles;
use crate::sequencer::Committed;
use crate::store::{Head, Log, StoreError};

/// Why a log cannot be gone on with: it is not what it was when it was signed. Nothing is repaired over this: somebody must
/// look, and put the database back from a backup that agrees with what was published.
#[derive(Debug, thiserror::Error)]
pub enum Unsound {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The register has begun, and its database says nothing.
    #[error(
        "{path} holds no log although this register has begun: the database was emptied or replaced; restore it from a backup"
    )]
    NoHead {
        /// The database.
        path: String,
    },
    /// Entries are missing or left over.
    #[error(
        "{path} holds {found} entries and its head says {size}: the database was cut off or changed; restore it from a backup"
    )]
    Size {
        /// The database.
        path: String,
        /// What the head says.
        size: u64,
        /// How many there are.
        found: u64,
    },
    /// The entries make another root.
    #[error(
        "the entries in {path} make another root than the one that was signed: an entry was changed; restore the database from a backup"
    )]
    Root {
        /// The database.
        path: String,
    },
    /// The head's checkpoint is not ours or says something else.
    #[error(
        "the checkpoint in {path} is not this register's: {why}; the database or a key was exchanged, restore them together from a backup"
    )]
    Checkpoint {
        /// The database or the published file.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// An entry that the fold refuses.
    #[error(
        "entry {index} in {path} does not belong into this log: {refusal}; the entry or the register's key was changed, restore from a backup"
    )]
    Entry {
        /// The database.
        path: String,
        /// The entry.
        index: u64,
        /// Why.
        refusal: Refusal,
    },
    /// An entry that stands there twice.
    #[error(
        "entry {index} in {path} is entry {first} once more: the database was changed; restore it from a backup"
    )]
    Twice {
        /// The database.
        path: String,
        /// The second.
        index: u64,
        /// The first.
        first: u64,
    },
    /// The published checkpoint cannot be read.
    #[error("{path} cannot be read: {source}; give this user the right to")]
    Unreadable {
        /// The published checkpoint.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// More was published than the database knows.
    #[error(
        "{path} was published over {published} entries and the database has {found}: it is an older copy; going on would fork the log, so restore the newest"
    )]
    RolledBack {
        /// The published checkpoint.
        path: PathBuf,
        /// Its size.
        published: u64,
        /// The database's.
        found: u64,
    },
    /// What was published is of another history.
    #[error(
        "{path} was published over other entries than the database has: going on would fork the log; restore the database that belongs to it"
    )]
    Forked {
        /// The published checkpoint.
        path: PathBuf,
    },
}

/// Entries are read and folded this many rows at a time.
const PAGE: u16 = 256;

/// Folds the whole log and holds it against its head.
pub(crate) async fn fold_all(log: &Log, head: &Head, trust: &Trust) -> Result<Committed, Unsound> {
    let path = || log.name();
    let mut state = State::new(trust.origin(), trust.register().to_vec());
    let mut tree = assay_log::Tree::new();
    let mut leaves: BTreeMap<Hash, u64> = BTreeMap::new();
    loop {
        let page = log.entries(tree.len(), PAGE).await?;
        for bytes in &page {
            let index = tree.len();
            state.append(bytes).map_err(|refusal| Unsound::Entry { path: path(), index, refusal })?;
            let leaf = leaf_hash(bytes);
            if let Some(first) = leaves.insert(leaf, index) {
                return Err(Unsound::Twice { path: path(), index, first });
            }
            tree.push(leaf);
        }
        if page.is_empty() {
            break;
        }
    }
    if tree.len() != head.size {
        return Err(Unsound::Size { path: path(), size: head.size, found: tree.len() });
    }
    if tree.root() != head.root {
        return Err(Unsound::Root { path: path() });
    }
    let signed =
        open(&head.note, trust).map_err(|e| Unsound::Checkpoint { path: path(), why: e.to_string() })?;
    if signed != (head.size, head.root) {
        let why = "it speaks of another size or root than the row it stands in".into();
        return Err(Unsound::Checkpoint { path: path(), why });
    }
    Ok(Committed { state: Arc::new(state), tree: Arc::new(tree), leaves })
}

/// Whether what was published earlier is a past of this log. A database restored from an old backup is found out here,
/// before the register signs a second history.
pub(crate) fn hold_against_published(
    files: &PublicFiles,
    committed: &Committed,
    trust: &Trust,
) -> Result<(), Unsound> {
    let path = files.checkpoint();
    let refused = |why: String| Unsound::Checkpoint { path: path.display().to_string(), why };
    let unreadable = |source| Unsound::Unreadable { path: path.clone(), source };
    let Some(bytes) = read_if_there(&path).map_err(unreadable)? else { return Ok(()) };
    let text = String::from_utf8(bytes).map_err(|_| refused("it is no text".into()))?;
    let (size, root) = open(&text, trust).map_err(|e| refused(e.to_string()))?;
    match committed.tree.root_at(size) {
        Err(_) => Err(Unsound::RolledBack { path, published: size, found: committed.tree.len() }),
        Ok(ours) if ours != root => Err(Unsound::Forked { path }),
        Ok(_) => Ok(()),
    }
}

fn open(note: &str, trust: &Trust) -> Result<(u64, Hash), CheckpointError> {
    let opened = checkpoint::open(note, trust.origin(), std::slice::from_ref(trust.log()))?;
    Ok((opened.size(), *opened.root()))
}
