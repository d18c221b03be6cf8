//! The public files: tiles, entry bundles and the checkpoint, in the C2SP layout that any web server, cache or mirror can
//! serve. They say nothing the database does not say, and could be written from it again: that is what a start does.
//!
//! The order is the promise. Tiles come first, then their folders are synced, then the checkpoint that speaks of them:
//! whoever reads a checkpoint finds everything under it. A crash at any point leaves files that nobody was told of, with
//! the bytes they will have anyway.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use assay_log::tile::Holds;
use assay_log::{TilePath, Tree, tiles_between};

use crate::folder::{Secrecy, read_if_there, replace, sync_folder};
use crate::store::{Log, StoreError};

/// The folder of public files.
#[derive(Clone, Debug)]
pub(crate) struct PublicFiles {
    root: PathBuf,
}

/// Why the public files could not be written.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The system refused.
    #[error(
        "the public file {path} cannot be written: {source}; make room or give this user the right to write there"
    )]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file that is never to change has other bytes.
    #[error(
        "the public file {path} is not what the log says: it was changed; keep it as evidence, move it away, and start again to have it written anew"
    )]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// The entries could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The tree or the entries do not give the file. It is a fault of the program.
    #[error("the public file {path} cannot be made: {why}; report this")]
    Made {
        /// The file.
        path: PathBuf,
        /// What was wrong.
        why: String,
    },
}

impl PublicFiles {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// Where `/log/…` is.
    pub(crate) fn log(&self) -> PathBuf {
        self.root.join("log")
    }

    pub(crate) fn checkpoint(&self) -> PathBuf {
        self.log().join("checkpoint")
    }

    /// Where a tile or bundle is. It follows from what was parsed, never from what a visitor sent.
    pub(crate) fn tile(&self, path: &TilePath) -> PathBuf {
        self.log().join(path.to_string())
    }

    /// The keys for whoever wants to verify.
    pub(crate) fn write_trust(&self, text: &str) -> Result<(), PublishError> {
        let path = self.root.join("trust.txt");
        let write = || {
            fs::create_dir_all(&self.root)?;
            replace(&path, text.as_bytes(), Secrecy::Open)?;
            sync_folder(&self.root)
        };
        write().map_err(|source| PublishError::File { path: path.clone(), source })
    }

    /// Writes what the log's growth from `old_size` asks for, and then its checkpoint.
    ///
    /// A start calls this with 0 and thereby looks at every file: it is the repair.
    pub(crate) async fn publish(
        &self,
        log: &Log,
        tree: &Tree,
        old_size: u64,
        checkpoint: &str,
    ) -> Result<(), PublishError> {
        let mut touched = BTreeSet::new();
        for path in tiles_between(old_size, tree.len()) {
            let bytes = bytes_of(&path, log, tree)
                .await?
                .map_err(|why| PublishError::Made { path: self.tile(&path), why })?;
            let file = self.tile(&path);
            self.keep(&file, &bytes, &mut touched)?;
        }
        // A crash here: tiles without a checkpoint that speaks of them. Nobody asks for them.
        for folder in touched {
            sync_folder(&folder).map_err(|source| PublishError::File { path: folder, source })?;
        }
        // A crash here: the same, but the tiles would survive a power cut. The checkpoint may follow.
        let file = self.checkpoint();
        let write = || {
            fs::create_dir_all(self.log())?;
            if read_if_there(&file)?.as_deref() != Some(checkpoint.as_bytes()) {
                replace(&file, checkpoint.as_bytes(), Secrecy::Open)?;
            }
            sync_folder(&self.log())
        };
        write().map_err(|source| PublishError::File { path: file.clone(), source })
    }

    /// Writes a file that never changes, unless it is there with these bytes.
    fn keep(&self, file: &Path, bytes: &[u8], touched: &mut BTreeSet<PathBuf>) -> Result<(), PublishError> {
        let failed = |source| PublishError::File { path: file.to_owned(), source };
        match read_if_there(file).map_err(failed)? {
            Some(there) if there == bytes => return Ok(()),
            Some(_) => return Err(PublishError::Changed { path: file.to_owned() }),
            None => {}
        }
        let folder = file.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder).map_err(failed)?;
        replace(file, bytes, Secrecy::Open).map_err(failed)?;
        // Folders above may be new as well, and a name is durable only when the folder it stands in is.
        touched
            .extend(folder.ancestors().take_while(|above| above.starts_with(&self.root)).map(Path::to_owned));
        Ok(())
    }
}

/// What a file of the log holds, from the database and the tree.
pub(crate) async fn bytes_of(
    path: &TilePath,
    log: &Log,
    tree: &Tree,
) -> Result<Result<Vec<u8>, String>, StoreError> {
    match path.holds() {
        Holds::Hashes { level } => {
            Ok(tree.tile(level, path.index(), path.width()).map_err(|e| e.to_string()))
        }
        Holds::Entries => Ok(Ok(log.bundle(path.index(), path.width()).await?)),
    }
}
