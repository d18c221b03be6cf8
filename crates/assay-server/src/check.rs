//! Whether the log is sound (invariant 9): every entry folds, the tree has the signed root, no entry stands twice, every
//! public file has the bytes it must have, and readers see what is published. Tests call it after every story; it
//! changes nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use assay::fold::State;
use assay::trust::Trust;
use assay_log::{TilePath, tiles_between};

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
    if seen.root != head.root || seen.checkpoint != head.note || seen.state.size() != head.size {
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
    expect(&files.checkpoint(), head.note.as_bytes())?;
    for path in tiles_between(0, head.size) {
        let expected = bytes_of(&path, bundles, tree).await?;
        let file = files.tile(&path);
        let expected = expected.map_err(|what| CheckError::File { path: file.clone(), what })?;
        expect(&file, &expected)?;
    }
    Ok(1 + check_all_tiles(bundles, files, tree).await?)
}

fn expect(path: &Path, expected: &[u8]) -> Result<(), CheckError> {
    let wrong = |what: String| CheckError::File { path: path.to_owned(), what };
    match fs::read(path) {
        Err(error) => Err(wrong(format!("cannot be read: {error}"))),
        Ok(found) if found != expected => Err(wrong("has other bytes than the log gives it".into())),
        Ok(_) => Ok(()),
    }
}

/// Partial tiles of earlier sizes stay; they must be right as well, and nothing else may lie among them.
async fn check_all_tiles(
    bundles: &Bundles,
    files: &PublicFiles,
    tree: &SharedTree,
) -> Result<usize, CheckError> {
    let mut folders = vec![files.log().join("tile")];
    let mut compared = 0;
    while let Some(folder) = folders.pop() {
        let Ok(listing) = fs::read_dir(&folder) else { continue };
        for item in listing.flatten() {
            let file = item.path();
            if file.is_dir() {
                folders.push(file);
                continue;
            }
            let stranger = |what: String| CheckError::File { path: file.clone(), what };
            let name = file.strip_prefix(files.log()).ok().and_then(Path::to_str).unwrap_or_default();
            let path: TilePath = name.parse().map_err(|_| stranger("is no file of the log".into()))?;
            let expected = bytes_of(&path, bundles, tree).await?.map_err(stranger)?;
            expect(&file, &expected)?;
            compared += 1;
        }
    }
    Ok(compared)
}
