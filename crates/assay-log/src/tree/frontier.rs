//! The right edge of a tree: all that is needed to append to it and to know its root. At most 64 hashes however large the
//! tree is; it gives no proofs.

use super::Tree;
use crate::hash::{EMPTY_ROOT, Hash, node_hash};

/// The complete subtrees along the right edge of a tree, the largest first. Two trees with equal frontiers have the
/// same leaves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// One hash for each bit that is 1 in the size.
    edge: Vec<Hash>,
}

impl Frontier {
    /// The edge of a tree without leaves.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An edge that was kept: one hash for each bit that is 1 in the size, the largest subtree first; none if they are not
    /// as many. That it is the right one is shown by its root.
    #[must_use]
    pub fn from_parts(size: u64, edge: Vec<Hash>) -> Option<Self> {
        (edge.len() == size.count_ones() as usize).then_some(Self { size, edge })
    }

    /// Appends a leaf. None is appended to a tree of `u64::MAX` leaves, which nobody has seen.
    pub fn push(&mut self, leaf: Hash) {
        let Some(size) = self.size.checked_add(1) else { return };
        let mut complete = leaf;
        for _ in 0..self.size.trailing_ones() {
            let Some(left) = self.edge.pop() else { break };
            complete = node_hash(&left, &complete);
        }
        self.edge.push(complete);
        self.size = size;
    }

    /// How many leaves the tree has.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.size
    }

    /// Whether nothing was appended yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.size == 0
    }

    /// The root of the tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.edge.iter().rev().copied().reduce(|right, left| node_hash(&left, &right)).unwrap_or(EMPTY_ROOT)
    }

    /// The hashes of the edge, the largest subtree first.
    #[must_use]
    pub fn edge(&self) -> &[Hash] {
        &self.edge
    }
}

impl Extend<Hash> for Frontier {
    fn extend<I: IntoIterator<Item = Hash>>(&mut self, leaves: I) {
        leaves.into_iter().for_each(|leaf| self.push(leaf));
    }
}

impl From<&Tree> for Frontier {
    fn from(tree: &Tree) -> Self {
        let size = tree.len();
        let levels = (0..u64::BITS).rev().filter(|level| (size >> level) & 1 == 1);
        let edge = levels.map(|level| tree.row(level as usize)[(size >> level) as usize - 1]).collect();
        Self { size, edge }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::leaf_hash;

    #[test]
    fn the_edge_has_the_root_of_the_whole_tree_at_every_size() {
        let (mut tree, mut frontier) = (Tree::new(), Frontier::new());
        assert!(frontier.is_empty());
        for size in 0..300_u64 {
            assert_eq!((frontier.len(), frontier.root()), (size, tree.root()));
            assert_eq!(Frontier::from(&tree), frontier);
            assert_eq!(Frontier::from_parts(size, frontier.edge().to_vec()).as_ref(), Some(&frontier));
            tree.push(leaf_hash(&size.to_be_bytes()));
            frontier.push(leaf_hash(&size.to_be_bytes()));
        }
    }

    #[test]
    fn an_edge_of_the_wrong_length_is_none() {
        let hash = leaf_hash(b"");
        assert_eq!(Frontier::from_parts(3, vec![hash]), None);
        assert_eq!(Frontier::from_parts(0, vec![hash]), None);
        assert!(Frontier::from_parts(u64::MAX, vec![hash; 64]).is_some());
    }

    #[test]
    fn the_largest_tree_takes_no_more() {
        let mut full = Frontier::from_parts(u64::MAX, vec![leaf_hash(b""); 64]).unwrap();
        let before = full.clone();
        full.push(leaf_hash(b""));
        assert_eq!(full, before);
    }
}
