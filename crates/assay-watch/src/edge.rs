//! The right edge of a log's tiles: what is needed to append leaves, to know the root, and to say what every tile that
//! becomes full must hold. At most 255 hashes a level, however large the log is.

use assay_log::tile::FULL_WIDTH;
use assay_log::{Frontier, Hash, TilePath};

/// For each level of tiles the hashes of the one that is not full yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Edge {
    size: u64,
    levels: Vec<Vec<Hash>>,
}

impl Edge {
    pub(crate) fn len(&self) -> u64 {
        self.size
    }

    /// Appends a leaf; `full` is given each tile that became full, from the leaves up.
    pub(crate) fn push<E>(
        &mut self,
        leaf: Hash,
        full: &mut impl FnMut(TilePath, &[Hash]) -> Result<(), E>,
    ) -> Result<(), E> {
        let (mut hash, mut level) = (leaf, 0usize);
        self.size += 1;
        loop {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let row = &mut self.levels[level];
            row.push(hash);
            if row.len() < usize::from(FULL_WIDTH) {
                return Ok(());
            }
            let index = (self.size >> (8 * level)) / u64::from(FULL_WIDTH) - 1;
            full(tile(level, index, FULL_WIDTH), row)?;
            hash = root_of(row);
            row.clear();
            level += 1;
        }
    }

    /// The tiles that are not full, from the leaves up.
    pub(crate) fn partial(&self) -> impl Iterator<Item = (TilePath, &[Hash])> {
        let rows = self.levels.iter().enumerate().filter(|(_, row)| !row.is_empty());
        rows.map(|(level, row)| {
            let index = (self.size >> (8 * level)) / u64::from(FULL_WIDTH);
            (tile(level, index, row.len() as u16), row.as_slice())
        })
    }

    /// The root of the whole tree.
    pub(crate) fn root(&self) -> Hash {
        // A row is a digit of the size to the base 256; its own edge has one hash for each bit of that digit.
        let edges = self.levels.iter().rev().flat_map(|row| frontier(row).edge().to_vec());
        Frontier::from_parts(self.size, edges.collect()).unwrap_or_default().root()
    }
}

fn frontier(row: &[Hash]) -> Frontier {
    let mut frontier = Frontier::new();
    frontier.extend(row.iter().copied());
    frontier
}

/// A tile of a tree that exists: eight levels, an index below 2^56 and a width of 1 to 256 are always a path.
fn tile(level: usize, index: u64, width: u16) -> TilePath {
    TilePath::hashes(level as u8, index, width).expect("a tile of a tree has a path")
}

/// The root of a tile's hashes.
fn root_of(row: &[Hash]) -> Hash {
    frontier(row).root()
}

/// A tile's bytes.
pub(crate) fn bytes(row: &[Hash]) -> Vec<u8> {
    row.iter().flat_map(Hash::as_bytes).copied().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::convert::Infallible;

    use super::*;
    use assay_log::{Tree, leaf_hash, tiles_between};

    #[test]
    fn roots_and_tiles_are_those_of_the_whole_tree() {
        let (mut tree, mut edge, mut tiles) = (Tree::new(), Edge::default(), BTreeMap::new());
        for n in 0..66_000u64 {
            let leaf = leaf_hash(&n.to_be_bytes());
            tree.push(leaf);
            let Ok(()) = edge.push(leaf, &mut |path, row: &[Hash]| {
                tiles.insert(path, bytes(row));
                Ok::<(), Infallible>(())
            });
            if n % 1_000 < 3 || n > 65_500 {
                assert_eq!((edge.len(), edge.root()), (tree.len(), tree.root()));
            }
        }
        tiles.extend(edge.partial().map(|(path, row)| (path, bytes(row))));
        let wanted: Vec<TilePath> =
            tiles_between(0, 66_000).into_iter().filter(|p| p.level().is_some()).collect();
        assert_eq!(tiles.len(), wanted.len());
        for path in wanted {
            let level = path.level().unwrap();
            assert_eq!(tiles[&path], tree.tile(level, path.index(), path.width()).unwrap(), "{path}");
        }
        assert_eq!(Edge::default().root(), assay_log::EMPTY_ROOT);
    }
}
