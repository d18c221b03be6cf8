//! The entries of a log as a watcher keeps them: the published bundles in their published layout. New ones lie in
//! `staging` until the root that they make is the checkpoint's; only then are they moved to `log`. A run that ends in
//! between goes on from what is staged, and what turned out wrong is thrown away.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use assay_log::tile::{FULL_WIDTH, bundle};
use assay_log::{Hash, TilePath, leaf_hash, tiles_between};

use crate::edge::Edge;
use crate::finding::{Finding, Kind};
use crate::folder::{Folder, WatchError};
use crate::source::{MAX_BUNDLE_BYTES, Source, SourceError};

/// What came in the way: something to tell of the log, or something that has nothing to do with it.
#[derive(Debug)]
pub(crate) enum Trouble {
    Found(Box<Finding>),
    Watch(WatchError),
}

impl From<WatchError> for Trouble {
    fn from(error: WatchError) -> Self {
        Self::Watch(error)
    }
}

impl From<Finding> for Trouble {
    fn from(finding: Finding) -> Self {
        Self::Found(Box::new(finding))
    }
}

impl Trouble {
    /// A file that could not be had: what is not there, or too long, is told of the log.
    pub(crate) fn of(path: &TilePath, error: SourceError) -> Self {
        match error {
            SourceError::Watch(error) => Self::Watch(error),
            said => Finding::new(
                Kind::Withheld,
                format!("the checkpoint speaks of {path}, and it cannot be had: {said}"),
            )
            .of_file(path)
            .into(),
        }
    }
}

/// How a long reading is told of and stopped.
pub struct Pace<'a> {
    /// Given how many entries were read, and of how many.
    pub at: &'a (dyn Fn(&'static str, u64, u64) + Sync),
    /// Set by whoever wants it to stop.
    pub stop: &'a AtomicBool,
}

impl Pace<'_> {
    pub(crate) fn tick(&self, step: &'static str, done: u64, all: u64) -> Result<(), WatchError> {
        (self.at)(step, done, all);
        if self.stop.load(Ordering::Relaxed) { Err(WatchError::Stopped) } else { Ok(()) }
    }
}

/// The bundles that a log of `to` entries has from the one that entry `from` is in: first entry and path.
pub(crate) fn bundles(from: u64, to: u64) -> impl Iterator<Item = (u64, TilePath)> {
    let full = u64::from(FULL_WIDTH);
    (from / full..to.div_ceil(full)).map(move |index| {
        let first = index * full;
        let width = (to - first).min(full) as u16;
        (first, TilePath::entries(index, width).expect("a bundle of a log has a path"))
    })
}

pub(crate) fn kept_name(path: &TilePath) -> String {
    format!("log/{path}")
}

fn staged_name(path: &TilePath) -> String {
    format!("staging/{path}")
}

/// What a log may cost whoever reads it, in one look.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How long it may take to fetch what is new.
    pub longest: Duration,
    /// How many bytes may lie on the disk that are not verified yet.
    pub most_bytes: u64,
}

/// Fetches what the log has beyond `edge`, up to `to` entries, and gives the edge it then has. `tile` is given every tile
/// that became full on the way, and those at the new edge, and says by how many bytes the staged files grew. What takes longer
/// than it may is told, and goes on at the next look: a log that gives its entries away drop by drop does not keep its reader
/// silent. What would take more room than there is for it is told as well, and is not fetched.
pub(crate) fn fetch(
    source: &Source,
    folder: &Folder,
    edge: &Edge,
    to: u64,
    (pace, bounds): (&Pace<'_>, Bounds),
    tile: &mut impl FnMut(TilePath, &[Hash]) -> Result<u64, Trouble>,
) -> Result<Edge, Trouble> {
    let (from, started) = (edge.len(), Instant::now());
    let mut edge = edge.clone();
    let mut used = bytes_below(&folder.path().join("staging"));
    for (turn, (first, path)) in bundles(from, to).enumerate() {
        pace.tick("entries", first, to)?;
        if turn > 0 && started.elapsed() >= bounds.longest {
            let says = format!(
                "the checkpoint is of {to} entries, and {first} of them could be had within {} seconds: the next look goes on from there",
                bounds.longest.as_secs()
            );
            return Err(Finding::new(Kind::Withheld, says).of_file(path).into());
        }
        let width = usize::from(path.width());
        let staged = folder.read(&staged_name(&path), MAX_BUNDLE_BYTES)?;
        let staged = staged.filter(|bytes| bundle::decode(bytes, width).is_ok());
        let fresh = staged.is_none();
        let bytes = match staged {
            Some(bytes) => bytes,
            None => source.tile(&path).map_err(|error| Trouble::of(&path, error))?,
        };
        let entries = bundle::decode(&bytes, width).map_err(|error| {
            Finding::new(Kind::ChangedEntry, format!("{path} is no bundle of {width} entries: {error}"))
                .of_file(path)
        })?;
        if fresh && used.saturating_add(bytes.len() as u64) > bounds.most_bytes {
            let says = format!(
                "the checkpoint is of {to} entries, and {first} of them fill the {} bytes that may lie here unverified: nothing beyond {from} entries is taken over; give --most-bytes a larger number if the log is meant to be that large",
                bounds.most_bytes
            );
            return Err(Finding::new(Kind::TooLarge, says).of_file(path).into());
        }
        if first < from {
            same_as_kept(folder, first, from, &entries)?;
        }
        let known = from.saturating_sub(first) as usize;
        for entry in entries.iter().skip(known) {
            edge.push(leaf_hash(entry), &mut |path, row: &[Hash]| {
                used = used.saturating_add(tile(path, row)?);
                Ok::<(), Trouble>(())
            })?;
        }
        if fresh {
            used = used.saturating_add(stage(folder, &path, &bytes)?);
        }
    }
    for (path, row) in edge.partial() {
        tile(path, row)?;
    }
    Ok(edge)
}

/// The bundle at the old edge begins with the entries that were there before.
fn same_as_kept(folder: &Folder, first: u64, from: u64, shown: &[&[u8]]) -> Result<(), Trouble> {
    let Some((_, path)) = bundles(first, from).next() else { return Ok(()) };
    let kept = kept(folder, &path)?;
    for ((index, ours), theirs) in (first..).zip(decode(&path, &kept)?).zip(shown) {
        if ours != *theirs {
            return Err(changed(index)
                .at(index)
                .with_evidence(folder.path(), &[("seen.entry", ours), ("shown.entry", theirs)])?
                .into());
        }
    }
    Ok(())
}

pub(crate) fn changed(index: u64) -> Finding {
    Finding::new(Kind::ChangedEntry, format!("entry {index} is not the one that was shown before"))
}

/// Puts a tile of a log that is not verified yet beside its place, and says how many bytes more lie there. A partial one takes
/// the place of those that were narrower: a log that grows and always withholds something does not fill the disk with them.
pub(crate) fn stage(folder: &Folder, path: &TilePath, bytes: &[u8]) -> Result<u64, WatchError> {
    let name = staged_name(path);
    let place = folder.path().join(&name);
    let narrower = match path.is_partial() {
        true => place.parent().map(Path::to_owned),
        false => Some(place.with_extension("p")),
    };
    let before = fs::metadata(&place).map_or(0, |file| file.len());
    if before == 0 {
        // What cannot be removed only takes room.
        let _ = narrower.map(fs::remove_dir_all);
    }
    folder.replace(&name, bytes)?;
    Ok((bytes.len() as u64).saturating_sub(before))
}

/// How many bytes the files below a folder have; what is not there has none.
fn bytes_below(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let each = entries.flatten().map(|entry| match entry.file_type() {
        Ok(kind) if kind.is_dir() => bytes_below(&entry.path()),
        _ => entry.metadata().map_or(0, |file| file.len()),
    });
    each.sum()
}

/// Whether what was staged is to be thrown away for what was found: not for what is only withheld or too large, which says
/// nothing against it.
pub(crate) fn spoils(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Found(finding) if !matches!(finding.kind, Kind::Withheld | Kind::TooLarge))
}

/// Takes what was staged for a log of `to` entries into place, since its root was verified.
pub(crate) fn accept(folder: &Folder, from: u64, to: u64) -> Result<(), WatchError> {
    for path in tiles_between(from, to) {
        let Some(bytes) = folder.read(&staged_name(&path), MAX_BUNDLE_BYTES)? else { continue };
        folder.replace(&kept_name(&path), &bytes)?;
    }
    discard(folder)
}

/// Removes the bundle that a log of `size` entries ended with, once a wider one took its place.
pub(crate) fn forget_partial(folder: &Folder, size: u64) {
    if let Some((_, path)) = bundles(size, size).next().filter(|(_, path)| path.is_partial()) {
        let path = folder.path().join(kept_name(&path));
        // What cannot be removed only takes room.
        let _ = fs::remove_file(&path);
        let _ = path.parent().map(fs::remove_dir);
    }
}

/// Throws away what was staged.
pub(crate) fn discard(folder: &Folder) -> Result<(), WatchError> {
    let path = folder.path().join("staging");
    match fs::remove_dir_all(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(WatchError::file(&path, &error)),
        _ => Ok(()),
    }
}

/// Goes through the kept entries from `from` up to `to`, which must be a size that was accepted or end at a full bundle.
pub(crate) fn walk(
    folder: &Folder,
    from: u64,
    to: u64,
    accepted: u64,
    mut each: impl FnMut(u64, &[u8]) -> Result<(), WatchError>,
) -> Result<(), WatchError> {
    for (first, path) in bundles(from, to) {
        // The bundle is kept as wide as it was accepted; of that the first entries are taken.
        let Some((_, wide)) = bundles(first, accepted).next() else { break };
        let bytes = kept(folder, &wide)?;
        let entries = decode(&wide, &bytes)?;
        for (index, entry) in (first..).zip(entries).take(path.width().into()) {
            if index >= from {
                each(index, entry)?;
            }
        }
    }
    Ok(())
}

/// Roots of earlier sizes that are known: of each size that the log had, and of what others were shown. Witnesses stay
/// behind by a checkpoint or two, and the whole log is not read for each of them at each look.
#[derive(Default)]
pub(crate) struct Roots(BTreeMap<u64, Hash>);

/// How many are remembered; the smallest go first.
const MOST_ROOTS: usize = 1_024;

impl Roots {
    pub(crate) fn keep(&mut self, size: u64, root: Hash) {
        self.0.insert(size, root);
        if self.0.len() > MOST_ROOTS {
            self.0.pop_first();
        }
    }

    /// The root that the first `size` of the kept entries make.
    pub(crate) fn at(&mut self, folder: &Folder, size: u64, accepted: u64) -> Result<Hash, WatchError> {
        if let Some(root) = self.0.get(&size) {
            return Ok(*root);
        }
        let root = root_at(folder, size, accepted)?;
        self.keep(size, root);
        Ok(root)
    }
}

/// The root that the first `size` of the kept entries make.
pub(crate) fn root_at(folder: &Folder, size: u64, accepted: u64) -> Result<Hash, WatchError> {
    let mut edge = Edge::default();
    walk(folder, 0, size, accepted, |_, entry| edge.push(leaf_hash(entry), &mut |_, _: &[Hash]| Ok(())))?;
    Ok(edge.root())
}

/// The bytes of a bundle that was accepted.
pub(crate) fn kept(folder: &Folder, path: &TilePath) -> Result<Vec<u8>, WatchError> {
    folder.read(&kept_name(path), MAX_BUNDLE_BYTES)?.ok_or_else(|| damaged(folder, path, "is missing"))
}

pub(crate) fn decode<'a>(path: &TilePath, bytes: &'a [u8]) -> Result<Vec<&'a [u8]>, WatchError> {
    bundle::decode(bytes, path.width().into()).map_err(|error| {
        WatchError::Usage(format!("the kept file {path} is damaged ({error}): begin with an empty folder"))
    })
}

pub(crate) fn damaged(folder: &Folder, path: &TilePath, why: &str) -> WatchError {
    WatchError::Usage(format!(
        "the state folder is damaged: {} {why}; begin with an empty folder, and keep this one's evidence",
        folder.path().join(kept_name(path)).display()
    ))
}
