//! An append-only Merkle tree held in memory (RFC 6962, section 2.1; RFC 9162, section 2.1). It keeps the
//! hash of every complete subtree and nothing else, so that roots and proofs of *any* size the tree ever had
//! cost O(log² n) at most. It holds hashes, not entries, and it stores nothing: the edge keeps entries and
//! rebuilds the tree from them.
//!
//! ```text
//! levels[2]            h(0..4)                    only complete subtrees are kept;
//!                     /       \                   with five leaves the root is made
//! levels[1]      h(0..2)     h(2..4)              when it is asked for:
//!                 /   \       /   \               node(levels[2][0], levels[0][4])
//! levels[0]      0     1     2     3     4
//! ```

mod frontier;
pub(crate) mod prove;
mod verify;

pub use frontier::Frontier;
pub use verify::{verify_consistency, verify_inclusion};

use crate::hash::{Hash, leaf_hash, node_hash};
use prove::Blocks;

/// An append-only Merkle tree of leaf hashes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    /// `levels[h][i]` is the hash of the leaves `i * 2^h .. (i + 1) * 2^h`.
    levels: Vec<Vec<Hash>>,
}

/// Why a root or a proof cannot be given, or a proof does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// A proof in, or from, a tree of size 0.
    #[error("a tree of size 0 can prove nothing: use a checkpoint of a log that has entries")]
    Empty,
    /// The index lies outside the tree.
    #[error("entry {index} is not in a tree of size {size}: indexes count from 0")]
    IndexBeyondSize {
        /// The index that was asked for.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The size was never reached.
    #[error("a tree of size {size} was asked for, but only {len} entries have been appended")]
    SizeBeyondTree {
        /// The size that was asked for.
        size: u64,
        /// How many entries there are.
        len: u64,
    },
    /// The newer tree is smaller than the older.
    #[error(
        "the newer tree has {new} entries and the older {old}: a log never shrinks; swap them or distrust the log"
    )]
    Shrunk {
        /// The size of the older tree.
        old: u64,
        /// The size of the newer tree.
        new: u64,
    },
    /// The proof has too many or too few hashes for its sizes.
    #[error(
        "the proof has {found} hashes where these sizes need {expected}: fetch the proof for exactly this checkpoint"
    )]
    ProofLength {
        /// How many the sizes need.
        expected: usize,
        /// How many the proof has.
        found: usize,
    },
    /// The proof leads to another root than the (newer) tree's.
    #[error(
        "the proof leads to root {computed}, not to {claimed}: the entry, the proof or the checkpoint was changed"
    )]
    RootMismatch {
        /// What the proof leads to.
        computed: Hash,
        /// What was claimed.
        claimed: Hash,
    },
    /// The proof leads to another root than the older tree's.
    #[error("the proof leads to older root {computed}, not to {claimed}: the log's history was changed")]
    OldRootMismatch {
        /// What the proof leads to.
        computed: Hash,
        /// What was claimed.
        claimed: Hash,
    },
}

impl Tree {
    /// A tree without entries.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A tree of leaf hashes that were computed before, in the order of the log.
    #[must_use]
    pub fn from_leaf_hashes(leaves: impl IntoIterator<Item = Hash>) -> Self {
        let mut tree = Self::new();
        tree.extend(leaves);
        tree
    }

    /// A tree of entries, in the order of the log.
    #[must_use]
    pub fn from_entries<E: AsRef<[u8]>>(entries: impl IntoIterator<Item = E>) -> Self {
        Self::from_leaf_hashes(entries.into_iter().map(|entry| leaf_hash(entry.as_ref())))
    }

    /// Appends a leaf; at most one hash is computed on every level.
    pub fn push(&mut self, leaf: Hash) {
        let mut complete = leaf;
        for level in 0.. {
            if level == self.levels.len() {
                self.levels.push(Vec::new());
            }
            let row = &mut self.levels[level];
            row.push(complete);
            let [.., left, right] = row.as_slice() else { return };
            if row.len() % 2 == 1 {
                return;
            }
            complete = node_hash(left, right);
        }
    }

    /// Takes back what was appended after the first `size` leaves; a tree that is no longer than that stays as it is.
    pub fn truncate(&mut self, size: u64) {
        for (level, row) in self.levels.iter_mut().enumerate() {
            let complete = u32::try_from(level).ok().and_then(|level| size.checked_shr(level)).unwrap_or(0);
            row.truncate(usize::try_from(complete).unwrap_or(usize::MAX));
        }
        self.levels.retain(|row| !row.is_empty());
    }

    /// How many leaves the tree has.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.row(0).len() as u64
    }

    /// Whether nothing was appended yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.levels.is_empty()
    }

    /// The hash of the leaf at `index`.
    #[must_use]
    pub fn leaf(&self, index: u64) -> Option<Hash> {
        self.row(0).get(usize::try_from(index).ok()?).copied()
    }

    /// The root of the whole tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        Frontier::from(self).root()
    }

    /// The root the tree had when it had `size` leaves.
    pub fn root_at(&self, size: u64) -> Result<Hash, TreeError> {
        self.reaches(size)?;
        prove::range(&mut &*self, 0, size)
    }

    /// The hashes that lead from the leaf at `index` to the root of the first `size` leaves: the leaf's
    /// sibling first, the root's child last (`PATH` of RFC 6962, section 2.1.1).
    pub fn inclusion_proof(&self, index: u64, size: u64) -> Result<Vec<Hash>, TreeError> {
        self.reaches(size)?;
        prove::inclusion(&mut &*self, index, size)
    }

    /// The hashes that show the first `old` leaves to be unchanged in the tree of `new` leaves (`PROOF` of
    /// RFC 6962, section 2.1.2). A tree of size 0 is consistent with everything and so proves nothing: it is
    /// refused here.
    pub fn consistency_proof(&self, old: u64, new: u64) -> Result<Vec<Hash>, TreeError> {
        self.reaches(new)?;
        prove::consistency(&mut &*self, old, new)
    }

    /// The complete subtrees of `2^level` leaves, from the left.
    pub(crate) fn row(&self, level: usize) -> &[Hash] {
        self.levels.get(level).map_or(&[], Vec::as_slice)
    }

    fn reaches(&self, size: u64) -> Result<(), TreeError> {
        let len = self.len();
        if size > len { Err(TreeError::SizeBeyondTree { size, len }) } else { Ok(()) }
    }
}

/// Every complete subtree is kept.
impl Blocks for &Tree {
    type Error = TreeError;

    fn block(&mut self, level: u32, index: u64) -> Result<Hash, TreeError> {
        let kept = usize::try_from(index).ok().and_then(|index| self.row(level as usize).get(index));
        kept.copied().ok_or_else(|| TreeError::SizeBeyondTree { size: (index + 1) << level, len: self.len() })
    }
}

impl Extend<Hash> for Tree {
    fn extend<I: IntoIterator<Item = Hash>>(&mut self, leaves: I) {
        leaves.into_iter().for_each(|leaf| self.push(leaf));
    }
}

impl FromIterator<Hash> for Tree {
    fn from_iter<I: IntoIterator<Item = Hash>>(leaves: I) -> Self {
        Self::from_leaf_hashes(leaves)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::EMPTY_ROOT;

    fn tree(n: u64) -> Tree {
        Tree::from_entries((0..n).map(|i| i.to_be_bytes()))
    }

    #[test]
    fn the_tree_of_nothing_has_the_hash_of_nothing() {
        assert!(Tree::new().is_empty());
        assert_eq!(Tree::new().len(), 0);
        assert_eq!(Tree::new().root(), EMPTY_ROOT);
        assert_eq!(Tree::new().root_at(0), Ok(EMPTY_ROOT));
    }

    #[test]
    fn the_tree_of_one_entry_is_its_leaf() {
        let one = Tree::from_entries([b"x"]);
        assert_eq!(one.root(), leaf_hash(b"x"));
        assert_eq!(one.leaf(0), Some(leaf_hash(b"x")));
        assert_eq!(one.leaf(1), None);
        assert_eq!(one.inclusion_proof(0, 1), Ok(vec![]));
    }

    #[test]
    fn growing_leaves_every_earlier_root_as_it_was() {
        let all = tree(70);
        for size in 0..=70 {
            assert_eq!(all.root_at(size), Ok(tree(size).root()), "size {size}");
        }
    }

    #[test]
    fn truncating_takes_back_what_was_appended() {
        for size in 0..=40 {
            for longer in size..=70 {
                let mut back = tree(longer);
                back.truncate(size);
                assert_eq!(back, tree(size), "{longer} back to {size}");
            }
        }
        let mut same = tree(5);
        same.truncate(u64::MAX);
        assert_eq!(same, tree(5));
    }

    #[test]
    fn extending_and_collecting_are_pushing() {
        let leaves: Vec<Hash> = (0..9u8).map(|i| leaf_hash(&[i])).collect();
        let mut pushed = Tree::new();
        leaves.iter().for_each(|leaf| pushed.push(*leaf));
        assert_eq!(pushed, leaves.iter().copied().collect());
        assert_eq!(pushed.leaf(8), Some(leaves[8]));
    }

    #[test]
    fn what_was_never_appended_cannot_be_proven() {
        let tree = tree(5);
        assert_eq!(tree.root_at(6), Err(TreeError::SizeBeyondTree { size: 6, len: 5 }));
        assert_eq!(
            tree.inclusion_proof(0, u64::MAX),
            Err(TreeError::SizeBeyondTree { size: u64::MAX, len: 5 })
        );
        assert_eq!(tree.inclusion_proof(4, 4), Err(TreeError::IndexBeyondSize { index: 4, size: 4 }));
        assert_eq!(tree.inclusion_proof(0, 0), Err(TreeError::Empty));
        assert_eq!(tree.consistency_proof(3, 6), Err(TreeError::SizeBeyondTree { size: 6, len: 5 }));
        assert_eq!(tree.consistency_proof(4, 3), Err(TreeError::Shrunk { old: 4, new: 3 }));
        assert_eq!(tree.consistency_proof(0, 3), Err(TreeError::Empty));
        assert_eq!(tree.consistency_proof(3, 3), Ok(vec![]));
    }
}
