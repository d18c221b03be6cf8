//! What an operator does with a register beside running it: look whether everything that follows from its log is as it
//! follows (`fsck`), copy it away (`back_up`), and begin from such a copy (`restore`), on either database.
//!
//! A backup is what anybody may have of the log (checkpoint, tiles and entry bundles in the C2SP layout) with the keys
//! beside it. It says nothing about the database it came from, so it is also the way from SQLite to PostgreSQL and back.
//!
//! ```text
//! BACKUP/log.key, register.key    the secret keys (mode 0600)
//! BACKUP/origin                   the log's name; written last, so that it says: this backup is whole
//! BACKUP/trust.txt, log/…         what the register publishes
//! ```

mod announcing;
mod rekeying;

use std::io;
use std::path::{Path, PathBuf};

use assay::trust::Trust;
use assay_log::tile::FULL_WIDTH;
use assay_log::{Hash, Policy, TilePath, bundle, checkpoint, leaf_hash};

use crate::book::Book as _;
use crate::check::{CheckError, Checked, check_files, check_quorum};
use crate::folder::{Folder, FolderError};
use crate::keys::{self, Keys, KeysError};
use crate::ledger::Ledger;
use crate::place::PublicPlace;
use crate::publish::{PublicFiles, PublishError};
use crate::publisher::Bundles;
use crate::recover::{Unsound, Watch, catch_up};
use crate::statements::Statements;
use crate::store::{self, Address, Head, Log, StoreError};

pub use self::announcing::Operator;
use self::rekeying::Rekeying;
pub use self::rekeying::{NewKey, NotYet};

/// Why upkeep was not done, or what it found.
#[derive(Debug, thiserror::Error)]
pub enum UpkeepError {
    /// There is no register, or no whole backup.
    #[error(
        "{path} holds no register: its file `origin` is missing; give the folder that `assay serve --data` was given, or a backup"
    )]
    NoRegister {
        /// The folder.
        path: PathBuf,
    },
    /// Something is there already.
    #[error(
        "{place} holds a log already: nothing is written over it; give an empty folder and an empty database"
    )]
    Taken {
        /// The folder or the database.
        place: String,
    },
    /// The backup is of another register.
    #[error("{path} is a backup of {found}, not of {wanted}: give another folder")]
    AnotherRegister {
        /// The backup.
        path: PathBuf,
        /// Whose it is.
        found: String,
        /// Whose it should be.
        wanted: String,
    },
    /// A file of a backup.
    #[error("the backup's file {path} {what}; take another backup")]
    Backup {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The data folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The log.
    #[error(transparent)]
    Unsound(#[from] Unsound),
    /// What follows from the log.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// Public files that cannot be written.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// A key that the log may not sign with.
    #[error(transparent)]
    NotYet(#[from] NotYet),
}

impl UpkeepError {
    /// Whether something was looked at and found wrong, as opposed to not looked at.
    #[must_use]
    pub fn is_finding(&self) -> bool {
        matches!(self, Self::Unsound(unsound) if !matches!(unsound, Unsound::Store(_)))
            || matches!(
                self,
                Self::Check(_) | Self::Backup { .. } | Self::Publish(PublishError::Changed { .. })
            )
    }
}

/// A register whose log was read and found sound.
struct Read {
    keys: Keys,
    log: Log,
    ledger: Ledger,
    head: Head,
}

async fn read(folder: &Folder, database: Option<&str>) -> Result<Read, UpkeepError> {
    let Some(origin) = keys::known_origin(folder)? else {
        return Err(UpkeepError::NoRegister { path: folder.root().to_owned() });
    };
    let mut none: keys::Random = Box::new(|_| Err(io::Error::other("nothing is made here")));
    let keys = Keys::open(folder, &origin, true, &mut none)?;
    let log = store::open_to_read(address(folder, database)?).await?;
    let trust = keys.trust();
    let (mut book, mut ledger) = (Statements::new(&trust, None), Ledger::default());
    match catch_up(&log, trust.log(), None, &mut book, &mut ledger).await {
        Ok(head) => Ok(Read { keys, log, ledger, head }),
        Err(error) => {
            log.close().await;
            Err(error.into())
        }
    }
}

fn address(folder: &Folder, database: Option<&str>) -> Result<Address, StoreError> {
    database.map_or_else(|| Ok(Address::Sqlite(folder.database())), Address::parse)
}

/// Derives everything from the log anew and compares: the fold, the tree, the signed head, every public file. To be called
/// while the register does not run. `files` is where the public files lie, as in [`crate::Config`]; with a policy, the
/// published checkpoint must be cosigned as it asks.
///
/// # Errors
/// The first thing that is wrong, or why it could not be looked at.
pub async fn fsck(
    data: &Path,
    database: Option<&str>,
    files: Option<PublicPlace>,
    policy: Option<&Policy>,
) -> Result<Checked, UpkeepError> {
    if !data.join("origin").is_file() {
        return Err(UpkeepError::NoRegister { path: data.to_owned() });
    }
    let folder = Folder::open(data)?;
    let Read { keys, log, ledger, head } = read(&folder, database).await?;
    let files = PublicFiles::of(&folder, files);
    let checked = async {
        Watch::default().look(&files, &ledger, keys.log.verifier()).await?;
        files.has_trust(&keys.trust().to_string()).await.map_err(CheckError::from)?;
        let compared = check_files(&Bundles::of(log.clone()), &files, ledger.tree(), &head).await?;
        if let Some(policy) = policy {
            check_quorum(&files, policy).await?;
        }
        Ok(Checked { size: head.size, files: compared })
    };
    let checked = checked.await;
    log.close().await;
    checked
}

/// Copies a register to a folder, which is empty or holds an earlier backup of it. It may run meanwhile: what is committed
/// when this begins is what the backup has.
///
/// # Errors
/// Also where the log is not sound: then there is nothing worth copying, and an earlier backup stays as it is.
pub async fn back_up(data: &Path, database: Option<&str>, to: &Path) -> Result<Checked, UpkeepError> {
    let folder = Folder::beside(data)?;
    let Read { keys, log, ledger, head } = read(&folder, database).await?;
    let copied = copy(&folder, &keys, &log, &ledger, &head, to).await;
    log.close().await;
    copied
}

async fn copy(
    folder: &Folder,
    keys: &Keys,
    log: &Log,
    ledger: &Ledger,
    head: &Head,
    to: &Path,
) -> Result<Checked, UpkeepError> {
    let backup = Folder::open(to)?;
    let origin = keys.log.verifier().name();
    match keys::known_origin(&backup)? {
        Some(found) if found != origin => {
            let (path, wanted) = (to.to_owned(), origin.to_owned());
            return Err(UpkeepError::AnotherRegister { path, found, wanted });
        }
        _ => {}
    }
    let files = PublicFiles::new(backup.root().to_owned());
    // An older log than the one that was backed up is no newer backup.
    Watch::default().look(&files, ledger, keys.log.verifier()).await?;
    keys::copy(folder, &backup)?;
    files.write_trust(&keys.trust().to_string()).await?;
    let bundles = Bundles::of(log.clone());
    files.publish(&bundles, ledger.tree(), 0..head.size, (keys.log.verifier(), &head.note), None).await?;
    // A crash before this leaves no backup, or an earlier one whose checkpoint may be newer already: both are whole.
    keys::write_origin(&backup, origin)?;
    let files = check_files(&bundles, &files, ledger.tree(), head).await?;
    Ok(Checked { size: head.size, files })
}

/// Entry bundles are stored this many at a time.
const BUNDLES: u64 = 16;

/// Begins a register from a backup, in an empty folder and an empty database. Its public files are written by its first
/// start, as after a crash.
///
/// # Errors
/// Also where the backup does not hold what its checkpoint says, by the fold's rules. The folder has then not begun; what was
/// stored stays in the database, which is no log without its checkpoint.
pub async fn restore(from: &Path, data: &Path, database: Option<&str>) -> Result<u64, UpkeepError> {
    restored(from, data, database, None).await
}

/// The same, and from here on the log signs with another key, which it has announced. Checkpoints that the old key signed stay
/// as they were shown; the newest is signed with both, so that readers of either go on from it.
///
/// # Errors
/// As for [`restore`]; and where the key was not announced, or its day has not come.
pub async fn restore_with_key(
    from: &Path,
    data: &Path,
    database: Option<&str>,
    key: NewKey<'_>,
) -> Result<u64, UpkeepError> {
    restored(from, data, database, Some(key)).await
}

async fn restored(
    from: &Path,
    data: &Path,
    database: Option<&str>,
    key: Option<NewKey<'_>>,
) -> Result<u64, UpkeepError> {
    let backup = Folder::beside(from)?;
    let Some(origin) = keys::known_origin(&backup)? else {
        return Err(UpkeepError::NoRegister { path: from.to_owned() });
    };
    let folder = Folder::open(data)?;
    if keys::known_origin(&folder)?.is_some() {
        return Err(UpkeepError::Taken { place: data.display().to_string() });
    }
    let rekeying = key.map(|key| Rekeying::begin(key, &origin)).transpose()?;
    let mut none: keys::Random = Box::new(|_| Err(io::Error::other("nothing is made here")));
    let trust = Keys::open(&backup, &origin, true, &mut none)?.trust();
    let (log, views) = store::open(address(&folder, database)?, true).await?;
    views.close().await;
    let stored =
        store_all(&PublicFiles::new(backup.root().to_owned()), &trust, &log, rekeying.as_ref()).await;
    log.close().await;
    let size = stored?;
    keys::copy(&backup, &folder)?;
    if let Some(rekeying) = &rekeying {
        rekeying.key.put(&folder)?;
    }
    // A crash before this: the folder has not begun, and the database is taken. Empty it, and restore again.
    keys::write_origin(&folder, &origin)?;
    Ok(size)
}

async fn store_all(
    files: &PublicFiles,
    trust: &Trust,
    log: &Log,
    rekeying: Option<&Rekeying>,
) -> Result<u64, UpkeepError> {
    if log.head().await?.is_some_and(|head| head.size > 0) {
        return Err(UpkeepError::Taken { place: log.name() });
    }
    let damaged = |what: String| UpkeepError::Backup { path: files.checkpoint_path(), what };
    let note = there(files.checkpoint().await).map_err(damaged)?;
    let note = String::from_utf8(note).map_err(|_| damaged("is no text".into()))?;
    let signed = checkpoint::open(&note, trust.origin(), std::slice::from_ref(trust.log()))
        .map_err(|e| damaged(format!("is not this register's: {e}")))?;
    let (size, root) = (signed.size(), *signed.root());
    let (mut book, mut ledger) = (Statements::new(trust, None), Ledger::default());
    // Until the last of it is stored the head has no checkpoint, so that no start takes a part for the whole.
    let unsigned = |size, root| Head { size, root, note: String::new() };
    log.begin(&unsigned(0, ledger.root())).await?;
    let width = u64::from(FULL_WIDTH);
    for index in 0..size.div_ceil(width) {
        let count = (size - index * width).min(width) as u16;
        add_bundle(files, index, count, &mut book, &mut ledger).await?;
        let last = ledger.len() == size;
        if (index + 1) % BUNDLES == 0 || last {
            if last && ledger.root() != root {
                return Err(damaged("was signed over other entries than the backup has".into()));
            }
            let mut head = unsigned(ledger.len(), ledger.root());
            if last {
                head.note = match rekeying {
                    None => note.clone(),
                    Some(rekeying) => rekeying.sign(&note, book.draft_announcements()).await?,
                };
            }
            log.append(ledger.committed(), 0, ledger.rows(), &head).await?;
            ledger.keep();
        }
    }
    if size == 0 {
        if let Some(rekeying) = rekeying {
            rekeying.sign(&note, book.draft_announcements()).await?;
        }
        log.begin(&Head { size, root, note }).await?;
    }
    Ok(size)
}

/// Reads a bundle of a backup and holds its entries against what stands before them.
async fn add_bundle(
    files: &PublicFiles,
    index: u64,
    count: u16,
    book: &mut Statements,
    ledger: &mut Ledger,
) -> Result<(), UpkeepError> {
    let path = TilePath::entries(index, count).map_err(|e| UpkeepError::Backup {
        path: files.checkpoint_path(),
        what: format!("speaks of a bundle {index} that cannot be: {e}"),
    })?;
    let damaged = |what: String| UpkeepError::Backup { path: files.tile_path(&path), what };
    let bytes = there(files.tile(&path).await).map_err(damaged)?;
    for entry in
        bundle::decode(&bytes, usize::from(count)).map_err(|e| damaged(format!("is damaged: {e}")))?
    {
        book.replay(entry)
            .map_err(|refusal| damaged(format!("has an entry that is no part of the log: {refusal}")))?;
        let leaf: Hash = leaf_hash(entry);
        if ledger.find(&leaf).is_some() {
            return Err(damaged("has an entry that stands in the log already".into()));
        }
        ledger.push(leaf, entry).map_err(damaged)?;
    }
    Ok(())
}

/// A file that must be there.
fn there(read: io::Result<Option<Vec<u8>>>) -> Result<Vec<u8>, String> {
    let bytes = read.map_err(|e| format!("cannot be read: {e}"))?;
    bytes.ok_or_else(|| "is missing".into())
}
