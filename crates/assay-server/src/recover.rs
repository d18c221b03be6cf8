//! The start, which is the recovery: the log is read from the first entry, folded anew, held against its head, its keys and
//! the files that were published, and what is missing of those is written. There is no other way in, so the path after a
//! crash is walked on every ordinary day.

use std::path::PathBuf;

use assay_log::checkpoint::{self, CheckpointError};
use assay_log::{Hash, Verifier, leaf_hash};

use crate::book::Book;
use crate::ledger::Ledger;
use crate::publish::PublicFiles;
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
    /// The database went back.
    #[error(
        "{path} had {known} entries and now has {found}: it was replaced by an older copy; going on would fork the log, so restore the newest"
    )]
    Shrunk {
        /// The database.
        path: String,
        /// How many there were.
        known: u64,
        /// How many there are.
        found: u64,
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
        "entry {index} in {path} does not belong into this log: {why}; the entry or the register's key was changed, restore from a backup"
    )]
    Entry {
        /// The database.
        path: String,
        /// The entry.
        index: u64,
        /// What its book says against it.
        why: String,
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

/// Entries are read and folded this many rows at a time, of up to 256 entries each.
const PAGE: u16 = 32;

/// Folds what the database has beyond what is committed in memory (at first: everything), and holds it against the head.
/// `known` is the checkpoint of what is in memory: where the head still has it, there is nothing to do.
///
/// # Errors
/// Book and ledger are then as they were.
pub(crate) async fn catch_up<B: Book>(
    log: &Log,
    verifier: &Verifier,
    known: Option<&str>,
    book: &mut B,
    ledger: &mut Ledger,
) -> Result<Head, Unsound> {
    match read_on(log, verifier, known, book, ledger).await {
        Ok(head) => {
            ledger.keep();
            book.keep();
            Ok(head)
        }
        Err(error) => {
            ledger.discard();
            book.discard();
            Err(error)
        }
    }
}

async fn read_on<B: Book>(
    log: &Log,
    verifier: &Verifier,
    known: Option<&str>,
    book: &mut B,
    ledger: &mut Ledger,
) -> Result<Head, Unsound> {
    let path = || log.name();
    let read_head = async || log.head().await?.ok_or_else(|| Unsound::NoHead { path: log.name() });
    let mut head = read_head().await?;
    if known == Some(head.note.as_str()) && head.size == ledger.committed() {
        return Ok(head);
    }
    if head.size < ledger.committed() {
        return Err(Unsound::Shrunk { path: path(), known: ledger.committed(), found: head.size });
    }
    loop {
        let page = log.entries(ledger.len(), PAGE).await?;
        for bytes in &page {
            let index = ledger.len();
            book.replay(bytes).map_err(|why| Unsound::Entry { path: path(), index, why: why.to_string() })?;
            if let Some(first) = ledger.replay(leaf_hash(bytes)) {
                return Err(Unsound::Twice { path: path(), index, first });
            }
        }
        if !page.is_empty() {
            continue;
        }
        if ledger.len() > head.size {
            // Another node may have committed since the head was read.
            head = read_head().await?;
        }
        if ledger.len() >= head.size {
            break;
        }
        // A commit is whole: what the head counts can be read, unless it is not there.
        if log.entries(ledger.len(), 1).await?.is_empty() {
            break;
        }
    }
    if ledger.len() != head.size {
        return Err(Unsound::Size { path: path(), size: head.size, found: ledger.len() });
    }
    if ledger.root() != head.root {
        return Err(Unsound::Root { path: path() });
    }
    let refused = |why: String| Unsound::Checkpoint { path: path(), why };
    let signed = open(&head.note, verifier).map_err(|e| refused(e.to_string()))?;
    if signed != (head.size, head.root) {
        return Err(refused("it speaks of another size or root than the row it stands in".into()));
    }
    Ok(head)
}

impl Unsound {
    /// Whether it may pass by itself: something is away, and nothing was found wrong.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self, Self::Store(_) | Self::Unreadable { .. })
    }
}

/// Looks at the published checkpoint before anything is signed. A database restored from an old backup is found out here,
/// before the register signs a second history.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// What was found to be a past of this log, which never changes.
    seen: Vec<u8>,
}

impl Watch {
    /// Whether what was published is a past of what is committed.
    pub(crate) async fn look(
        &mut self,
        files: &PublicFiles,
        ledger: &Ledger,
        verifier: &Verifier,
    ) -> Result<(), Unsound> {
        let seen = Seen::read(files).await?;
        self.holds(seen, ledger, verifier)
    }

    /// The same of what was read before. Where other nodes may commit and publish, it is to be read before the log is: what
    /// is published then is committed by the time that the log is read.
    pub(crate) fn holds(&mut self, seen: Seen, ledger: &Ledger, verifier: &Verifier) -> Result<(), Unsound> {
        let Seen { path, bytes: Some(bytes) } = seen else { return Ok(()) };
        if bytes == self.seen {
            return Ok(());
        }
        let refused = |why: String| Unsound::Checkpoint { path: path.display().to_string(), why };
        let text = std::str::from_utf8(&bytes).map_err(|_| refused("it is no text".into()))?;
        let (size, root) = open(text, verifier).map_err(|e| refused(e.to_string()))?;
        if size > ledger.committed() {
            return Err(Unsound::RolledBack { path, published: size, found: ledger.committed() });
        }
        if ledger.tree().root_at(size).ok() != Some(root) {
            return Err(Unsound::Forked { path });
        }
        self.seen = bytes;
        Ok(())
    }
}

/// The published checkpoint, as it was read.
pub(crate) struct Seen {
    path: PathBuf,
    bytes: Option<Vec<u8>>,
}

impl Seen {
    /// Reads it.
    pub(crate) async fn read(files: &PublicFiles) -> Result<Self, Unsound> {
        let path = files.checkpoint_path();
        match files.checkpoint().await {
            Ok(bytes) => Ok(Self { path, bytes }),
            Err(source) => Err(Unsound::Unreadable { path, source }),
        }
    }
}

fn open(note: &str, verifier: &Verifier) -> Result<(u64, Hash), CheckpointError> {
    let opened = checkpoint::open(note, verifier.name(), std::slice::from_ref(verifier))?;
    Ok((opened.size(), *opened.root()))
}
