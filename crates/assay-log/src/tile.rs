//! Tiles: the tree cut into files of 256 hashes that any web server, cache or mirror can serve (C2SP
//! `tlog-tiles`). This is the naming of such files, their bytes, and which of them a publisher must write
//! when the log grew; who writes them, and where to, is the edge's business. Entry bundles, which share the
//! naming, are in [`bundle`].
//!
//! ```text
//! tile/0/x001/x234/067        256 leaf hashes, the 1 234 067th such file
//! tile/1/000.p/17             17 hashes so far, each of one full tile of level 0
//! tile/entries/x001/x234/067  the 256 entries under the first of these
//! ```

pub mod bundle;
mod path;
mod reader;

pub use path::{Holds, PathError, TilePath};
pub use reader::{ReadError, TileReader};

use crate::hash::Hash;
use crate::tree::Tree;

/// How many hashes or entries a full tile or bundle has.
pub const FULL_WIDTH: u16 = 256;

/// The highest level a path may name.
pub const MAX_LEVEL: u8 = 63;

/// How many levels of a binary tree lie between one level of tiles and the next: 256 is two to the eighth.
const HEIGHT: u32 = 8;

/// Why a tile cannot be given or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// The width is not one a tile can have.
    #[error("a tile holds between 1 and {FULL_WIDTH} hashes, and {0} were asked for")]
    Width(u16),
    /// The tree does not reach that far.
    #[error(
        "level {level} of the tree has {have} hashes, and tile {index} of width {width} needs more: wait for the log to grow"
    )]
    BeyondTree {
        /// The level of tiles.
        level: u8,
        /// The index of the tile.
        index: u64,
        /// How many hashes were asked for.
        width: u16,
        /// How many hashes the level has.
        have: u64,
    },
    /// The file's length does not fit its path.
    #[error("a tile of width {width} has {expected} bytes, and this file has {found}: fetch it again")]
    Length {
        /// How many hashes the path promises.
        width: u16,
        /// How many bytes these are.
        expected: usize,
        /// How many there are.
        found: usize,
    },
}

impl Tree {
    /// The bytes of the tile at `level` and `index`, as wide as asked: the first `width` of its hashes, one
    /// after the other.
    pub fn tile(&self, level: u8, index: u64, width: u16) -> Result<Vec<u8>, TileError> {
        if !(1..=FULL_WIDTH).contains(&width) {
            return Err(TileError::Width(width));
        }
        let row = self.row(usize::from(level) * HEIGHT as usize);
        let start = usize::try_from(index).ok().and_then(|index| index.checked_mul(usize::from(FULL_WIDTH)));
        let hashes = start.and_then(|start| row.get(start..start.checked_add(usize::from(width))?));
        let hashes = hashes.ok_or(TileError::BeyondTree { level, index, width, have: row.len() as u64 })?;
        Ok(hashes.iter().flat_map(Hash::as_bytes).copied().collect())
    }
}

/// The hashes in a tile's bytes, which must be exactly as many as its path promises.
pub fn hashes(bytes: &[u8], width: u16) -> Result<Vec<Hash>, TileError> {
    if !(1..=FULL_WIDTH).contains(&width) {
        return Err(TileError::Width(width));
    }
    let (chunks, _) = bytes.as_chunks::<{ Hash::BYTES }>();
    let expected = usize::from(width) * Hash::BYTES;
    if bytes.len() != expected {
        return Err(TileError::Length { width, expected, found: bytes.len() });
    }
    Ok(chunks.iter().copied().map(Hash::new).collect())
}

/// The files a publisher must write when the log grew from `old_size` to `new_size` entries, in the order to
/// write them: entry bundles, then the levels of tiles from the leaves up, from left to right in each. All of
/// them belong on disk before the checkpoint of `new_size` does; a crash in between leaves files nobody was
/// told of, which the next run writes again with the same bytes. Where nothing grew there is nothing to
/// write.
///
/// The list has about one path for every 128 new entries, so both sizes should be of a log of one's own.
#[must_use]
pub fn tiles_between(old_size: u64, new_size: u64) -> Vec<TilePath> {
    let entries = grown(old_size, new_size).map(|(index, width)| TilePath::new(Holds::Entries, index, width));
    let levels = (0..u64::BITS / HEIGHT).zip(0..).flat_map(|(level, named)| {
        let (old, new) = (old_size >> (level * HEIGHT), new_size >> (level * HEIGHT));
        grown(old, new).map(move |(index, width)| TilePath::new(Holds::Hashes { level: named }, index, width))
    });
    entries.chain(levels).collect()
}

/// The tiles, as index and width, that a row of hashes needs written when it grew: those that became full,
/// and the one at the right edge that is not.
fn grown(old: u64, new: u64) -> impl Iterator<Item = (u64, u16)> {
    let full = u64::from(FULL_WIDTH);
    let edge = (new / full, (new % full) as u16);
    let complete = (old / full..new / full).map(|index| (index, FULL_WIDTH));
    complete.chain((new > old && edge.1 > 0).then_some(edge))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(old: u64, new: u64) -> Vec<String> {
        tiles_between(old, new).iter().map(ToString::to_string).collect()
    }

    fn tree(n: u64) -> Tree {
        Tree::from_entries((0..n).map(|i| i.to_be_bytes()))
    }

    #[test]
    fn a_small_log_is_two_partial_files() {
        assert_eq!(written(0, 0), Vec::<String>::new());
        assert_eq!(written(0, 1), ["tile/entries/000.p/1", "tile/0/000.p/1"]);
        assert_eq!(written(1, 255), ["tile/entries/000.p/255", "tile/0/000.p/255"]);
        assert_eq!(written(255, 256), ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]);
        assert_eq!(written(256, 257), ["tile/entries/001.p/1", "tile/0/001.p/1"]);
        assert_eq!(written(9, 9), Vec::<String>::new());
        assert_eq!(written(9, 8), Vec::<String>::new());
    }

    #[test]
    fn a_log_of_seventy_thousand_has_the_tiles_the_standard_lists() {
        let paths = tiles_between(0, 70_000);
        let count = |level: Option<u8>, full: bool| {
            paths.iter().filter(|path| path.level() == level && path.is_partial() != full).count()
        };
        assert_eq!((count(Some(0), true), count(Some(0), false)), (273, 1));
        assert_eq!((count(None, true), count(None, false)), (273, 1));
        assert_eq!((count(Some(1), true), count(Some(1), false)), (1, 1));
        for partial in ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1", "tile/entries/273.p/112"] {
            assert!(paths.contains(&partial.parse().unwrap()), "{partial}");
        }
        assert_eq!(paths.len(), 274 * 2 + 2 + 1);
    }

    #[test]
    fn growing_step_by_step_writes_every_tile_of_the_whole() {
        let mut stepwise = Vec::new();
        let mut at = 0;
        for step in [1, 254, 1, 1, 255, 256, 700, 65_000] {
            stepwise.extend(tiles_between(at, at + step));
            at += step;
        }
        for path in tiles_between(0, at) {
            assert!(stepwise.contains(&path), "{path} was never written");
        }
    }

    #[test]
    fn the_largest_sizes_have_tiles_too() {
        let last = tiles_between(u64::MAX - 1, u64::MAX);
        assert_eq!(last.len(), 2);
        assert_eq!(last[1].to_string(), "tile/0/x072/x057/x594/x037/x927/935.p/255");
    }

    #[test]
    fn a_tile_above_hashes_the_full_tile_below() {
        let tree = tree(513);
        let below = hashes(&tree.tile(0, 1, 256).unwrap(), 256).unwrap();
        let above = hashes(&tree.tile(1, 0, 2).unwrap(), 2).unwrap();
        assert_eq!(above[1], Tree::from_leaf_hashes(below).root());
        assert_eq!(tree.tile(0, 2, 1).unwrap(), tree.leaf(512).unwrap().as_bytes());
    }

    #[test]
    fn every_tile_that_must_be_written_can_be() {
        let tree = tree(1_000);
        for path in tiles_between(0, 1_000) {
            let Holds::Hashes { level } = path.holds() else { continue };
            let bytes = tree.tile(level, path.index(), path.width()).unwrap();
            assert_eq!(bytes.len(), usize::from(path.width()) * 32);
        }
    }

    #[test]
    fn a_tile_the_tree_does_not_have_is_refused() {
        let tree = tree(300);
        for (level, index, width) in
            [(0, 1, 45), (0, 2, 1), (1, 0, 2), (2, 0, 1), (63, 0, 1), (255, 0, 1), (0, u64::MAX, 256)]
        {
            assert!(matches!(tree.tile(level, index, width), Err(TileError::BeyondTree { .. })));
        }
        assert_eq!(tree.tile(0, 0, 0), Err(TileError::Width(0)));
        assert_eq!(tree.tile(0, 0, 257), Err(TileError::Width(257)));
    }

    #[test]
    fn a_tile_of_the_wrong_length_is_refused() {
        let bytes = tree(3).tile(0, 0, 3).unwrap();
        assert_eq!(hashes(&bytes, 3).unwrap().len(), 3);
        for (end, width) in [(95, 3), (64, 3), (96, 2), (0, 1)] {
            assert!(matches!(hashes(&bytes[..end], width), Err(TileError::Length { .. })));
        }
        assert_eq!(hashes(&[], 0), Err(TileError::Width(0)));
    }
}
