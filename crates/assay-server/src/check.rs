//! Whether the log is sound (invariant 9): every entry folds, the tree has the signed root, no entry stands twice, every
//! public file has the bytes it must have, and readers see what is published. Tests call it after every story; it
//! changes nothing.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use assay::fold::State;
use assay::trust::Trust;
use assay_log::{Note, Policy, TilePath, tiles_between};

use crate::ledger::{Ledger, SharedTree};
use crate::publish::{PublicFiles, bytes_of};
use crate::publisher::{Bundles, Published};
use crate::recover::{Unsound, catch_up};
use crate::statements::Statements;
use crate::store::{Head, Log, StoreError};

/// What was found sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// How many entries the log has.
    pub size: u64,
    /// How many public files were compared, the checkpoint among them.
    pub files: usize,
}

/// What is wrong.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// Database, head, fold or signature.
    #[error(transparent)]
    Unsound(#[from] Unsound),
    /// A public file.
    #[error("the public file {path} {what}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// What readers are shown.
    #[error("readers see a log of {seen} entries, and {size} are published")]
    Readers {
        /// The size of what they see.
        seen: u64,
        /// The size that is published.
        size: u64,
    },
}

impl From<StoreError> for CheckError {
    fn from(error: StoreError) -> Self {
        Self::Unsound(error.into())
    }
}

impl From<(PathBuf, String)> for CheckError {
    fn from((path, what): (PathBuf, String)) -> Self {
        Self::File { path, what }
    }
}

/// Checks everything. To be called while nothing is being submitted.
pub(crate) async fn check_log(
    log: &Log,
    files: &PublicFiles,
    trust: &Trust,
    seen: &Published<Arc<State>>,
) -> Result<Checked, CheckError> {
    let (mut book, mut ledger) = (Statements::new(trust, None), Ledger::default());
    let head = catch_up(log, trust.log(), None, &mut book, &mut ledger).await?;
    let compared = check_files(&Bundles::of(log.clone()), files, ledger.tree(), &head).await?;
    let shown = is_cosigned(seen.checkpoint.as_bytes(), &head.note);
    if seen.root != head.root || !shown || seen.state.size() != head.size {
        return Err(CheckError::Readers { seen: seen.size, size: head.size });
    }
    Ok(Checked { size: head.size, files: compared })
}

/// Compares every public file with what the log gives it; how many they are.
pub(crate) async fn check_files(
    bundles: &Bundles,
    files: &PublicFiles,
    tree: &SharedTree,
    head: &Head,
) -> Result<usize, CheckError> {
    let found = read(files.checkpoint_path(), files.checkpoint()).await?;
    if !is_cosigned(&found, &head.note) {
        return Err(CheckError::File { path: files.checkpoint_path(), what: OTHER.into() });
    }
    for path in tiles_between(0, head.size) {
        expect(bundles, files, tree, &path).await?;
    }
    Ok(1 + check_all_tiles(bundles, files, tree).await?)
}

/// The published checkpoint must be cosigned as a policy asks.
pub(crate) async fn check_quorum(files: &PublicFiles, policy: &Policy) -> Result<(), CheckError> {
    let path = files.checkpoint_path();
    let found = read(path.clone(), files.checkpoint()).await?;
    let opened = match std::str::from_utf8(&found) {
        Ok(note) => policy.open(note).map(drop).map_err(|e| e.to_string()),
        Err(e) => Err(e.to_string()),
    };
    opened.map_err(|why| CheckError::File { path, what: format!("does not hold to the policy: {why}") })
}

const OTHER: &str = "has other bytes than the log gives it";

/// Whether a checkpoint is the one that the log signed, perhaps with cosignatures below.
pub(crate) fn is_cosigned(found: &[u8], signed: &str) -> bool {
    let note = std::str::from_utf8(found).ok().filter(|found| found.starts_with(signed));
    note.is_some_and(|note| note.len() == signed.len() || Note::parse(note).is_ok())
}

async fn read(
    path: PathBuf,
    found: impl Future<Output = io::Result<Option<Vec<u8>>>>,
) -> Result<Vec<u8>, CheckError> {
    match found.await {
        Ok(Some(found)) => Ok(found),
        Ok(None) => Err(CheckError::File { path, what: "is missing".into() }),
        Err(error) => Err(CheckError::File { path, what: format!("cannot be read: {error}") }),
    }
}

/// A tile must be there, with the bytes that the log gives it.
async fn expect(
    bundles: &Bundles,
    files: &PublicFiles,
    tree: &SharedTree,
    path: &TilePath,
) -> Result<(), CheckError> {
    let wrong = |what: String| CheckError::File { path: files.tile_path(path), what };
    let expected = bytes_of(path, bundles, tree).await?.map_err(wrong)?;
    let found = read(files.tile_path(path), files.tile(path)).await?;
    if found == expected { Ok(()) } else { Err(wrong(OTHER.into())) }
}

/// Partial tiles of earlier sizes stay; they must be right as well, and nothing else may lie among them.
async fn check_all_tiles(
    bundles: &Bundles,
    files: &PublicFiles,
    tree: &SharedTree,
) -> Result<usize, CheckError> {
    let names = files.tiles().await;
    let names = names.map_err(|e| CheckError::File {
        path: files.checkpoint_path().with_file_name("tile"),
        what: format!("cannot be listed: {e}"),
    })?;
    for name in &names {
        let path: TilePath = name.parse().map_err(|_| CheckError::File {
            path: files.checkpoint_path().with_file_name(name),
            what: "is no file of the log".into(),
        })?;
        expect(bundles, files, tree, &path).await?;
    }
    Ok(names.len())
}
