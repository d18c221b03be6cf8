//! The entries do not make the root that was signed: who is wrong? The tiles say what the log committed to, and a consistency
//! proof made of them whether that continues what was seen before.

use assay_log::checkpoint::VerifiedCheckpoint;
use assay_log::tile::bundle;
use assay_log::{Hash, TilePath, TileReader, leaf_hash, verify_consistency};

use crate::entries::{Pace, Trouble, bundles};
use crate::finding::{Finding, Kind};
use crate::folder::Folder;
use crate::source::{Source, SourceError};

/// How many changed entries are told one by one.
const MOST_TOLD: usize = 10;

/// `seen` is the size, root and checkpoint of the log as it was verified last; `made` the root that the entries make.
pub(super) fn wrong_root(
    folder: &Folder,
    source: &Source,
    seen: (u64, Hash, &str),
    (shown, note): (&VerifiedCheckpoint, &str),
    made: Hash,
    pace: &Pace<'_>,
) -> Result<Vec<Finding>, Trouble> {
    let (from, root, checkpoint) = seen;
    let (size, claimed) = (shown.size(), *shown.root());
    let both = [("seen.checkpoint", checkpoint.as_bytes()), ("shown.checkpoint", note.as_bytes())];
    let mut reader = TileReader::new(size, |path: &TilePath| source.tile(path));
    let tiles = match reader.root_at(size) {
        Ok(root) => Some(root),
        Err(assay_log::tile::ReadError::Fetch { source: SourceError::Watch(error), .. }) => {
            return Err(error.into());
        }
        Err(_) => None,
    };
    if tiles != Some(claimed) {
        let says = format!(
            "the log signed the root {claimed} of {size} entries; its entries make {made}, and its tiles make it neither"
        );
        return Ok(vec![Finding::new(Kind::WrongRoot, says).with_evidence(folder.path(), &both)?]);
    }
    let continues = from == 0
        || reader
            .consistency_proof(from, size)
            .is_ok_and(|proof| verify_consistency(from, size, &proof, &root, &claimed).is_ok());
    if !continues {
        let says = format!(
            "the log signed two histories: its tree of {size} entries does not begin with the {from} that it showed before"
        );
        return Ok(vec![Finding::new(Kind::Fork, says).with_evidence(folder.path(), &both)?]);
    }
    changed_entries(folder, source, from, size, pace)
}

/// The tiles are what was signed, so the entries are not. Once enough are told it is not looked for more.
fn changed_entries(
    folder: &Folder,
    source: &Source,
    from: u64,
    size: u64,
    pace: &Pace<'_>,
) -> Result<Vec<Finding>, Trouble> {
    let mut found = Vec::new();
    for (first, path) in bundles(from, size) {
        pace.tick("changed entries", first, size)?;
        if found.len() >= MOST_TOLD {
            break;
        }
        let bytes = source.tile(&path).map_err(|error| Trouble::of(&path, error))?;
        let entries = bundle::decode(&bytes, path.width().into()).unwrap_or_default();
        let Ok(tile) = TilePath::hashes(0, path.index(), path.width()) else { break };
        let tile_bytes = source.tile(&tile).map_err(|error| Trouble::of(&tile, error))?;
        let leaves = assay_log::tile::hashes(&tile_bytes, path.width()).unwrap_or_default();
        for ((index, entry), leaf) in (first..).zip(entries).zip(leaves) {
            if leaf_hash(entry) != leaf && found.len() < MOST_TOLD {
                let says = format!(
                    "entry {index} is not the one that the log signed for: its hash is not the tree's leaf"
                );
                let finding = Finding::new(Kind::ChangedEntry, says).at(index).of_file(path);
                let files = [("shown.entry", entry), ("signed.leaf", leaf.as_bytes().as_slice())];
                found.push(finding.with_evidence(folder.path(), &files)?);
            }
        }
    }
    if found.is_empty() {
        let says = "the entries that were read do not make the root that was signed, and a moment later others were shown";
        found.push(Finding::new(Kind::ChangedEntry, says));
    }
    Ok(found)
}
