//! The public files: tiles, entry bundles and the checkpoint, in the C2SP layout that any web server, cache or mirror can
//! serve. They say nothing the database does not say, and could be written from it again: that is what a start does.
//!
//! The order is the promise. Tiles come first, then their folders are synced, then the checkpoint that speaks of them:
//! whoever reads a checkpoint finds everything under it. A crash at any point leaves files that nobody was told of, with
//! the bytes they will have anyway.

use std::collections::HashSet;
use std::io;
use std::ops::Range;
use std::path::PathBuf;

use assay_log::tile::Holds;
use assay_log::{TilePath, Verifier, checkpoint, tiles_between};

use crate::cosigning::{Cosigning, Unwitnessed};
use crate::folder::Folder;
use crate::ledger::SharedTree;
use crate::place::{Disk, Found, Place, PlaceError, PublicPlace};
use crate::publisher::Bundles;
use crate::store::StoreError;

/// The public files, wherever they lie.
#[derive(Clone, Debug)]
pub(crate) struct PublicFiles {
    place: Place,
}

/// Why the public files could not be written.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The system refused.
    #[error(
        "the public file {path} cannot be read or written: {source}; make room, or give this user the right to"
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
    /// Its checkpoint is not cosigned by those that its readers ask for.
    #[error(transparent)]
    Unwitnessed(#[from] Unwitnessed),
    /// The tree or the entries do not give the file. It is a fault of the program.
    #[error("the public file {path} cannot be made: {why}; report this")]
    Made {
        /// The file.
        path: PathBuf,
        /// What was wrong.
        why: String,
    },
}

/// The names of public files.
const CHECKPOINT: &str = "log/checkpoint";
const TILES: &str = "log/tile";
const TRUST: &str = "trust.txt";

fn name_of(path: &TilePath) -> String {
    format!("log/{path}")
}

impl PublicFiles {
    /// In a folder.
    pub(crate) fn new(root: PathBuf) -> Self {
        Self::at(Place::Disk(Disk::new(root)))
    }

    /// Where they were told to be, or else in the data folder.
    pub(crate) fn of(folder: &Folder, place: Option<PublicPlace>) -> Self {
        place.map_or_else(|| Self::new(folder.public()), |PublicPlace(place)| Self::at(place))
    }

    /// Anywhere.
    pub(crate) fn at(place: Place) -> Self {
        Self { place }
    }

    /// Where the checkpoint is, for people.
    pub(crate) fn checkpoint_path(&self) -> PathBuf {
        self.place.path(CHECKPOINT)
    }

    /// Where a tile or bundle is, for people. Its name follows from what was parsed, never from what a visitor sent.
    pub(crate) fn tile_path(&self, path: &TilePath) -> PathBuf {
        self.place.path(&name_of(path))
    }

    /// The published checkpoint, on a thread that may wait.
    pub(crate) async fn checkpoint(&self) -> io::Result<Option<Vec<u8>>> {
        Ok(self.place.read(CHECKPOINT).await?.map(|found| found.bytes))
    }

    /// How many entries the published checkpoint covers.
    pub(crate) async fn public_size(&self) -> Result<u64, PublishError> {
        let there = self.checkpoint().await;
        let there = there.map_err(|source| PublishError::File { path: self.checkpoint_path(), source })?;
        Ok(there.and_then(|note| size_of(&note)).unwrap_or(0))
    }

    /// A tile or bundle, likewise.
    pub(crate) async fn tile(&self, path: &TilePath) -> io::Result<Option<Vec<u8>>> {
        Ok(self.place.read(&name_of(path)).await?.map(|found| found.bytes))
    }

    /// The published checkpoint, for a visitor.
    pub(crate) async fn show_checkpoint(&self) -> io::Result<Option<Vec<u8>>> {
        self.place.read_aside(CHECKPOINT).await
    }

    /// A tile or bundle, for a visitor.
    pub(crate) async fn show_tile(&self, path: &TilePath) -> io::Result<Option<Vec<u8>>> {
        self.place.read_aside(&name_of(path)).await
    }

    /// The tiles and bundles that are there: their names below `log/`, which may be no names of tiles.
    pub(crate) async fn tiles(&self) -> io::Result<Vec<String>> {
        let names = self.place.list(TILES).await?;
        Ok(names
            .into_iter()
            .map(|name| name.strip_prefix("log/").map_or(name.clone(), str::to_owned))
            .collect())
    }

    /// The keys for whoever wants to verify.
    pub(crate) async fn write_trust(&self, text: &str) -> Result<(), PublishError> {
        self.put(TRUST, text.as_bytes(), |_| false).await
    }

    /// Whether the keys that were published are these; the file and what is wrong with it.
    pub(crate) async fn has_trust(&self, text: &str) -> Result<(), (PathBuf, String)> {
        match self.place.read(TRUST).await {
            Ok(Some(found)) if found.bytes == text.as_bytes() => Ok(()),
            Ok(Some(_)) => Err((self.place.path(TRUST), "has other keys than the register".into())),
            Ok(None) => Err((self.place.path(TRUST), "is missing".into())),
            Err(error) => Err((self.place.path(TRUST), format!("cannot be read: {error}"))),
        }
    }

    /// What a start need not look at: in a bucket, what is there by name, since every file of it was uploaded whole and no
    /// upload replaces one (`assay register fsck` compares them all). Of a folder every file is read.
    async fn known(&self) -> Result<HashSet<String>, PublishError> {
        self.place.clear()?;
        match self.place {
            Place::Disk(_) => Ok(HashSet::new()),
            Place::Bucket(_) => {
                let names = self.place.list(TILES).await;
                let names =
                    names.map_err(|source| PublishError::File { path: self.place.path(TILES), source })?;
                Ok(names.into_iter().collect())
            }
        }
    }

    /// Writes what the log's growth asks for, has the checkpoint cosigned where witnesses are asked, and then puts it in its
    /// place; gives it as it is shown.
    ///
    /// A start calls this from 0 and thereby looks at every file: it is the repair.
    pub(crate) async fn publish(
        &self,
        bundles: &Bundles,
        tree: &SharedTree,
        grown: Range<u64>,
        (log, signed): (&Verifier, &str),
        cosigning: Option<&mut Cosigning>,
    ) -> Result<String, PublishError> {
        self.write_tiles(bundles, tree, grown.clone()).await?;
        // A crash here: tiles without a checkpoint that speaks of them. Nobody asks for them.
        let shown = match cosigning {
            None => signed.to_owned(),
            Some(cosigning) => {
                let published = self.checkpoint().await;
                let path = || self.place.path(CHECKPOINT);
                let published = published.map_err(|source| PublishError::File { path: path(), source })?;
                cosigning.cosign(signed, published.as_deref(), tree).await?
            }
        };
        // A crash here: the same; witnesses may know a checkpoint that nobody else saw. It is of this log, and of a size that
        // is committed.
        self.write_checkpoint(log, &shown, grown.end).await?;
        // A crash here: partial tiles that nobody needs any more. The next start removes them.
        self.remove_partials(grown).await;
        Ok(shown)
    }

    /// Writes the tiles and bundles of a log that has grown; they are durable then.
    async fn write_tiles(
        &self,
        bundles: &Bundles,
        tree: &SharedTree,
        grown: Range<u64>,
    ) -> Result<(), PublishError> {
        let known = if grown.start == 0 { self.known().await? } else { HashSet::new() };
        let (mut files, mut bytes) = (Vec::new(), 0);
        for path in tiles_between(grown.start, grown.end) {
            let name = name_of(&path);
            if known.contains(&name) {
                continue;
            }
            let made = bytes_of(&path, bundles, tree).await?;
            let made = made.map_err(|why| PublishError::Made { path: self.place.path(&name), why })?;
            bytes += made.len();
            files.push((name, made));
            if files.len() == AT_ONCE || bytes > BYTES_AT_ONCE {
                self.place.keep(std::mem::take(&mut files)).await?;
                bytes = 0;
            }
        }
        Ok(self.place.keep(files).await?)
    }

    /// Puts the checkpoint over `size` entries in place of an earlier one. One that was published further on stays, and so
    /// does the same one with more cosignatures: another node was faster.
    pub(crate) async fn write_checkpoint(
        &self,
        log: &Verifier,
        checkpoint: &str,
        size: u64,
    ) -> Result<(), PublishError> {
        let stays = |there: &[u8]| is_further(log, there, size) || there.starts_with(checkpoint.as_bytes());
        self.put(CHECKPOINT, checkpoint.as_bytes(), stays).await
    }

    /// Replaces a file unless what is there is to stay.
    async fn put(&self, name: &str, bytes: &[u8], stays: impl Fn(&[u8]) -> bool) -> Result<(), PublishError> {
        for _ in 0..TRIES {
            let there = self.place.read(name).await;
            let there = there.map_err(|source| PublishError::File { path: self.place.path(name), source })?;
            if there.as_ref().is_some_and(|there| there.bytes == bytes || stays(&there.bytes)) {
                return Ok(());
            }
            if self.place.replace(name, bytes, Found::version(there.as_ref())).await? {
                return Ok(());
            }
        }
        let source = io::Error::other("others replace it all the time");
        Err(PublishError::File { path: self.place.path(name), source })
    }

    /// Removes the partial tiles of those that are full now, as C2SP tlog-tiles allows: a log that grows entry by entry
    /// would otherwise keep every bundle 255 times. Who still asks for one is given the beginning of the full one by our own
    /// server (`web::log_files`), and a reader of plain files asks for the full one.
    async fn remove_partials(&self, grown: Range<u64>) {
        let first_start = grown.start == 0;
        let paths = tiles_between(grown.start, grown.end);
        for full in paths.iter().filter(|path| !path.is_partial()) {
            // In a bucket this would be a request for every tile there is.
            if first_start && matches!(self.place, Place::Bucket(_)) {
                break;
            }
            if let Err(error) = self.place.remove_all(&format!("{}.p", name_of(full))).await {
                // They are right as they are and only take room.
                tracing::warn!(%error, tile = %full, "partial tiles of a full one could not be removed");
            }
        }
    }
}

/// Files are written this many at a time, or this many bytes, and made durable together.
const AT_ONCE: usize = 256;
const BYTES_AT_ONCE: usize = 64 << 20;
/// How often a file is replaced that others replace at the same time.
const TRIES: u32 = 8;

/// Whether this is a checkpoint of the log over more entries.
fn is_further(log: &Verifier, there: &[u8], size: u64) -> bool {
    let note = std::str::from_utf8(there).ok().filter(|_| size_of(there) > Some(size));
    note.is_some_and(|note| checkpoint::open(note, log.name(), std::slice::from_ref(log)).is_ok())
}

/// The size that a checkpoint speaks of, whoever signed it; none where it is no checkpoint.
fn size_of(note: &[u8]) -> Option<u64> {
    std::str::from_utf8(note).ok()?.lines().nth(1)?.parse().ok()
}

impl From<PlaceError> for PublishError {
    fn from(error: PlaceError) -> Self {
        match error {
            PlaceError::Io(path, source) => Self::File { path, source },
            PlaceError::Changed(path) => Self::Changed { path },
        }
    }
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
