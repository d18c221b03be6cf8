//! The entries of a log as a watcher keeps them: the published bundles in their published layout. New ones lie in
//! `staging` until the root that they make is the checkpoint's; only then are they moved to `log`. A run that ends in
//! between goes on from what is staged, and what turned out wrong is thrown away.

use std::collections::BTreeMap;
use std::fs;
use std::io;
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

/// Fetches what the log has beyond `edge`, up to `to` entries, and gives the edge it then has. `tile` is given every tile
/// that became full on the way, and those at the new edge. What takes longer than `longest` is told, and goes on at the next
/// look: a log that gives its entries away drop by drop does not keep its reader silent.
pub(crate) fn fetch(
    source: &Source,
    folder: &Folder,
    edge: &Edge,
    to: u64,
    (pace, longest): (&Pace<'_>, Duration),
    tile: &mut impl FnMut(TilePath, &[Hash]) -> Result<(), Trouble>,
) -> Result<Edge, Trouble> {
    let (from, started) = (edge.len(), Instant::now());
    let mut edge = edge.clone();
    for (turn, (first, path)) in bundles(from, to).enumerate() {
        pace.tick("entries", first, to)?;
        if turn > 0 && started.elapsed() >= longest {
            let says = format!(
                "the checkpoint is of {to} entries, and {first} of them could be had within {} seconds: the next look goes on from there",
                longest.as_secs()
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
        if first < from {
            same_as_kept(folder, first, from, &entries)?;
        }
        let known = from.saturating_sub(first) as usize;
        for entry in entries.iter().skip(known) {
            edge.push(leaf_hash(entry), tile)?;
        }
        if fresh {
            stage(folder, &path, &bytes)?;
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

/// Puts a tile of a log that is not verified yet beside its place.
pub(crate) fn stage(folder: &Folder, path: &TilePath, bytes: &[u8]) -> Result<(), WatchError> {
    folder.replace(&staged_name(path), bytes)
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
