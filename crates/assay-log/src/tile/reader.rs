//! Roots and proofs from a log's tiles, fetched as they are needed: about one tile for every 256-fold of the size, instead
//! of the whole tree. How a tile is fetched is the caller's business. Tiles are nobody's word: a proof made of them
//! is verified like any other.

use std::collections::BTreeMap;

use super::{FULL_WIDTH, HEIGHT, TileError, TilePath, hashes};
use crate::hash::{Hash, node_hash};
use crate::tree::TreeError;
use crate::tree::prove::{self, Blocks};

/// How many tiles are kept before the reader forgets them all: two megabytes.
const MOST_KEPT: usize = 256;

/// Why a root or a proof cannot be had from tiles.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError<E> {
    /// It cannot be had at all.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// A tile is not as its path says.
    #[error("{path}: {source}")]
    Tile {
        /// Which.
        path: TilePath,
        /// What is wrong with it.
        source: TileError,
    },
    /// A tile could not be fetched.
    #[error("{path}: {source}")]
    Fetch {
        /// Which.
        path: TilePath,
        /// Why.
        source: E,
    },
}

/// Reads the tree of a log of a known size from its tiles.
pub struct TileReader<F> {
    size: u64,
    fetch: F,
    kept: BTreeMap<TilePath, Vec<Hash>>,
}

impl<F, E> TileReader<F>
where
    F: FnMut(&TilePath) -> Result<Vec<u8>, E>,
{
    /// A reader of the tree of `size` leaves, usually a checkpoint's. `fetch` gives the bytes of a tile; where a
    /// partial tile is not there any more it may give the full one.
    pub fn new(size: u64, fetch: F) -> Self {
        Self { size, fetch, kept: BTreeMap::new() }
    }

    /// The root the tree had when it had `size` leaves.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn root_at(&mut self, size: u64) -> Result<Hash, ReadError<E>> {
        self.reaches(size)?;
        prove::range(self, 0, size)
    }

    /// The hashes that lead from the leaf at `index` to the root of the first `size` leaves.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn inclusion_proof(&mut self, index: u64, size: u64) -> Result<Vec<Hash>, ReadError<E>> {
        self.reaches(size)?;
        prove::inclusion(self, index, size)
    }

    /// The hashes that show the first `old` leaves to be unchanged in the tree of `new` leaves.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn consistency_proof(&mut self, old: u64, new: u64) -> Result<Vec<Hash>, ReadError<E>> {
        self.reaches(new)?;
        prove::consistency(self, old, new)
    }

    fn reaches(&self, size: u64) -> Result<(), TreeError> {
        if size > self.size { Err(TreeError::SizeBeyondTree { size, len: self.size }) } else { Ok(()) }
    }

    /// The hashes of a tile, as wide as the tree of this size has it.
    fn tile(&mut self, level: u8, index: u64) -> Result<&[Hash], ReadError<E>> {
        let all = self.size >> (u32::from(level) * HEIGHT);
        let width = all.saturating_sub(index * u64::from(FULL_WIDTH)).min(FULL_WIDTH.into()) as u16;
        let path = TilePath::new(super::Holds::Hashes { level }, index, width);
        if !self.kept.contains_key(&path) {
            let mut bytes = (self.fetch)(&path).map_err(|source| ReadError::Fetch { path, source })?;
            if bytes.len() == usize::from(FULL_WIDTH) * Hash::BYTES {
                bytes.truncate(usize::from(width) * Hash::BYTES);
            }
            let hashes = hashes(&bytes, width).map_err(|source| ReadError::Tile { path, source })?;
            if self.kept.len() >= MOST_KEPT {
                self.kept.clear();
            }
            self.kept.insert(path, hashes);
        }
        Ok(self.kept.get(&path).map_or(&[], Vec::as_slice))
    }
}

impl<F, E> Blocks for TileReader<F>
where
    F: FnMut(&TilePath) -> Result<Vec<u8>, E>,
{
    type Error = ReadError<E>;

    fn block(&mut self, level: u32, index: u64) -> Result<Hash, ReadError<E>> {
        // The block is the root of 2^height hashes of a tile of this level; that of a full tile is one hash above.
        let (tile_level, height) = ((level / HEIGHT) as u8, level % HEIGHT);
        let first = index << height;
        let (tile, from) = (first / u64::from(FULL_WIDTH), (first % u64::from(FULL_WIDTH)) as usize);
        let size = self.size;
        let all = self.tile(tile_level, tile)?;
        let beyond = TreeError::SizeBeyondTree { size: (index + 1) << level, len: size };
        let mut row = all.get(from..from + (1 << height)).ok_or(beyond)?.to_vec();
        while row.len() > 1 {
            row = row.chunks_exact(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
        }
        row.first().copied().ok_or_else(|| TreeError::Empty.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{Tree, verify_consistency, verify_inclusion};

    fn tree(n: u64) -> Tree {
        Tree::from_entries((0..n).map(u64::to_be_bytes))
    }

    /// Fetches tiles of a tree and says which.
    fn from<'a>(
        tree: &'a Tree,
        fetched: &'a std::cell::RefCell<Vec<String>>,
    ) -> impl FnMut(&TilePath) -> Result<Vec<u8>, TileError> + 'a {
        move |path| {
            fetched.borrow_mut().push(path.to_string());
            tree.tile(path.level().unwrap(), path.index(), path.width())
        }
    }

    #[test]
    fn tiles_give_what_the_whole_tree_gives() {
        let whole = tree(70_000);
        let fetched = Default::default();
        for size in [1, 2, 3, 255, 256, 257, 511, 513, 65_535, 65_536, 65_537, 70_000] {
            let mut reader = TileReader::new(size, from(&whole, &fetched));
            let mut at = 1;
            while at <= size {
                assert_eq!(reader.root_at(at), Ok(whole.root_at(at).unwrap()), "{at} of {size}");
                assert_eq!(
                    reader.inclusion_proof(at - 1, size),
                    Ok(whole.inclusion_proof(at - 1, size).unwrap())
                );
                assert_eq!(
                    reader.consistency_proof(at, size),
                    Ok(whole.consistency_proof(at, size).unwrap())
                );
                at = if at == size { at + 1 } else { (at * 3 / 2 + 1).min(size) };
            }
        }
    }

    #[test]
    fn a_proof_needs_few_tiles() {
        let whole = tree(70_000);
        let fetched = Default::default();
        let mut reader = TileReader::new(70_000, from(&whole, &fetched));
        let proof = reader.inclusion_proof(1_000, 70_000).unwrap();
        let (leaf, root) = (whole.leaf(1_000).unwrap(), whole.root());
        assert_eq!(verify_inclusion(1_000, 70_000, &leaf, &proof, &root), Ok(()));
        assert_eq!(
            *fetched.borrow(),
            ["tile/1/001.p/17", "tile/0/273.p/112", "tile/1/000", "tile/0/003"].map(str::to_owned)
        );
        let proof = reader.consistency_proof(69_000, 70_000).unwrap();
        let old = whole.root_at(69_000).unwrap();
        assert_eq!(verify_consistency(69_000, 70_000, &proof, &old, &root), Ok(()));
        assert!(fetched.borrow().len() <= 6, "{fetched:?}");
    }

    #[test]
    fn a_full_tile_serves_where_the_partial_one_is_gone() {
        let whole = tree(600);
        let mut reader = TileReader::new(300, |path: &TilePath| match path.level() {
            Some(level @ 0) => whole.tile(level, path.index(), 256),
            _ => whole.tile(path.level().unwrap(), path.index(), path.width()),
        });
        assert_eq!(reader.root_at(300), Ok(whole.root_at(300).unwrap()));
    }

    #[test]
    fn a_swapped_or_short_tile_does_not_pass() {
        let whole = tree(600);
        let mut swapped = TileReader::new(600, |path: &TilePath| match (path.level(), path.index()) {
            (Some(0), 1) => whole.tile(0, 0, 256),
            _ => whole.tile(path.level().unwrap(), path.index(), path.width()),
        });
        let proof = swapped.inclusion_proof(300, 600).unwrap();
        let said = verify_inclusion(300, 600, &whole.leaf(300).unwrap(), &proof, &whole.root());
        assert!(
            matches!(said, Err(TreeError::RootMismatch { .. })),
            "a proof of swapped tiles does not hold"
        );
        let mut short = TileReader::new(600, |_: &TilePath| Ok::<_, TileError>(vec![0; 32]));
        assert!(matches!(short.root_at(600), Err(ReadError::Tile { source: TileError::Length { .. }, .. })));
        let mut gone = TileReader::new(600, |_: &TilePath| Err::<Vec<u8>, _>("no such file"));
        let said = gone.root_at(600).unwrap_err().to_string();
        assert_eq!(said, "tile/1/000.p/2: no such file");
        assert_eq!(gone.root_at(601), Err(TreeError::SizeBeyondTree { size: 601, len: 600 }.into()));
        assert_eq!(
            gone.inclusion_proof(600, 600),
            Err(TreeError::IndexBeyondSize { index: 600, size: 600 }.into())
        );
        assert_eq!(gone.consistency_proof(0, 600), Err(TreeError::Empty.into()));
        assert_eq!(gone.consistency_proof(7, 6), Err(TreeError::Shrunk { old: 7, new: 6 }.into()));
    }

    #[test]
    fn the_largest_sizes_do_not_panic() {
        let mut reader = TileReader::new(u64::MAX, |path: &TilePath| {
            Ok::<_, TileError>(vec![7; usize::from(path.width()) * 32])
        });
        for size in [1 << 63, (1 << 63) + 1, u64::MAX - 1, u64::MAX] {
            assert!(reader.root_at(size).is_ok());
            assert!(reader.inclusion_proof(size - 1, size).is_ok());
            assert!(reader.inclusion_proof(0, u64::MAX).is_ok());
            assert!(reader.consistency_proof(size / 3, size).is_ok());
        }
    }
}
