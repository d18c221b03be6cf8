//! The public files: tiles, entry bundles and the checkpoint, in the C2SP layout that any web server, cache or mirror can
//! serve. They say nothing the database does not say, and could be written from it again: that is what a start does.
//!
//! The order is the promise. Tiles come first, then their folders are synced, then the checkpoint that speaks of them:
//! whoever reads a checkpoint finds everything under it. A crash at any point leaves files that nobody was told of, with
//! the bytes they will have anyway.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use assay_log::tile::Holds;
use assay_log::{TilePath, tiles_between};

use crate::folder::{Secrecy, clear, read_if_there, replace, replace_all, sync_folder};
use crate::ledger::SharedTree;
use crate::publisher::Bundles;
use crate::store::StoreError;

/// The folder of public files.
#[derive(Clone, Debug)]
pub(crate) struct PublicFiles {
    root: PathBuf,
    /// Whether files may lie there whose names are not durable: whoever put them there was killed, or could not sync.
    in_doubt: Arc<AtomicBool>,
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
        Self { root, in_doubt: Arc::new(AtomicBool::new(true)) }
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

    /// Whether the keys that were published are these; the file and what is wrong with it.
    pub(crate) fn has_trust(&self, text: &str) -> Result<(), (PathBuf, String)> {
        let path = self.root.join("trust.txt");
        match read_if_there(&path) {
            Ok(Some(found)) if found == text.as_bytes() => Ok(()),
            Ok(Some(_)) => Err((path, "has other keys than the register".into())),
            Ok(None) => Err((path, "is missing".into())),
            Err(error) => Err((path, format!("cannot be read: {error}"))),
        }
    }

    /// Where files are written before they are put in place.
    fn aside(&self) -> PathBuf {
        self.root.join("new")
    }

    /// Writes what the log's growth asks for, and then its checkpoint.
    ///
    /// A start calls this from 0 and thereby looks at every file: it is the repair.
    pub(crate) async fn publish(
        &self,
        bundles: &Bundles,
        tree: &SharedTree,
        grown: Range<u64>,
        checkpoint: &str,
    ) -> Result<(), PublishError> {
        if grown.start == 0 {
            clear(&self.aside()).map_err(|source| failed(&self.aside(), source))?;
        }
        let paths = tiles_between(grown.start, grown.end);
        let mut touched = BTreeSet::new();
        // Until this has succeeded, what it leaves is in doubt.
        let in_doubt = self.in_doubt.swap(true, Ordering::SeqCst);
        for some in paths.chunks(AT_ONCE) {
            let mut missing = Vec::new();
            for path in some {
                let file = self.tile(path);
                if in_doubt {
                    touched.extend(self.folders_of(&file).map(Path::to_owned));
                }
                let bytes = bytes_of(path, bundles, tree).await?;
                let bytes = bytes.map_err(|why| PublishError::Made { path: file.clone(), why })?;
                match read_if_there(&file).map_err(|source| failed(&file, source))? {
                    Some(there) if there == bytes => {}
                    Some(_) => return Err(PublishError::Changed { path: file }),
                    None => missing.push((file, bytes)),
                }
            }
            self.make_folders(&missing, &mut touched)?;
            replace_all(&self.aside(), &missing)
                .map_err(|(path, source)| PublishError::File { path, source })?;
        }
        // A crash here: tiles without a checkpoint that speaks of them. Nobody asks for them.
        for folder in &touched {
            sync_folder(folder).map_err(|source| failed(folder, source))?;
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
        write().map_err(|source| failed(&file, source))?;
        self.in_doubt.store(false, Ordering::SeqCst);
        // A crash here: partial tiles that nobody needs any more. The next start removes them.
        for path in paths.iter().filter(|path| !path.is_partial()) {
            self.remove_partials(path);
        }
        Ok(())
    }

    /// Removes the partial tiles of one that is full now, as C2SP tlog-tiles allows: a log that grows entry by entry would
    /// otherwise keep every bundle 255 times. Who still asks for one is given the beginning of the full one by our own server
    /// (`web::log_files`), and a reader of plain files asks for the full one.
    fn remove_partials(&self, full: &TilePath) {
        let mut name = self.tile(full).into_os_string();
        name.push(".p");
        match fs::remove_dir_all(&name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                // They are right as they are and only take room.
                tracing::warn!(%error, path = ?name, "partial tiles of a full one could not be removed");
            }
            _ => {}
        }
    }

    /// Makes the folders that files lie in, and notes those whose names must be made durable.
    fn make_folders(
        &self,
        files: &[(PathBuf, Vec<u8>)],
        touched: &mut BTreeSet<PathBuf>,
    ) -> Result<(), PublishError> {
        let mut last = None;
        for (file, _) in files {
            let folder = file.parent().unwrap_or(&self.root);
            if last == Some(folder) {
                continue;
            }
            last = Some(folder);
            if folder.is_dir() {
                touched.insert(folder.to_owned());
                continue;
            }
            fs::create_dir_all(folder).map_err(|source| failed(file, source))?;
            // Folders above may be new as well, and a name is durable only when the folder it stands in is.
            touched.extend(self.folders_of(file).map(Path::to_owned));
        }
        Ok(())
    }

    /// The public folders that a file lies in, from the innermost.
    fn folders_of<'a>(&self, file: &'a Path) -> impl Iterator<Item = &'a Path> {
        file.ancestors().skip(1).take_while(|above| above.starts_with(&self.root))
    }
}

/// Files are written this many at a time, and synced together.
const AT_ONCE: usize = 256;

fn failed(path: &Path, source: io::Error) -> PublishError {
    PublishError::File { path: path.to_owned(), source }
}

/// What a file of the log holds, from the entries and the tree.
pub(crate) async fn bytes_of(
    path: &TilePath,
    bundles: &Bundles,
    tree: &SharedTree,
) -> Result<Result<Vec<u8>, String>, StoreError> {
    match path.holds() {
        Holds::Hashes { level } => {
            Ok(tree.tile(level, path.index(), path.width()).map_err(|e| e.to_string()))
        }
        Holds::Entries => Ok(Ok(bundles.bundle(path.index(), path.width()).await?)),
    }
}
