//! What a reader does with a proof: RFC 9162, sections 2.1.3.2 and 2.1.4.2. The sizes alone decide how many
//! hashes a proof has and on which side each one stands, so the number is checked first and the sender has no
//! say in the shape.
//!
//! ```text
//!             root                   A path from leaf 5 of 7 (101 in binary). While its subtree and the last leaf's
//!           /      \                 differ it is *inside*: the index's bits say which side the sibling stands on.
//!        0..4      4..7              From where they meet it is on the *edge*: only siblings to the left, one for
//!                 /    \             every 1 bit that is left in the index; for a 0 bit there is nothing to the right.
//!              4..6     6
//!              /  \
//!             4    5
//! ```

use super::TreeError;
use crate::hash::{Hash, node_hash};

/// Checks that `leaf` is the leaf at `index` of the tree with this `size` and `root`.
pub fn verify_inclusion(
    index: u64,
    size: u64,
    leaf: &Hash,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), TreeError> {
    if size == 0 {
        return Err(TreeError::Empty);
    }
    if index >= size {
        return Err(TreeError::IndexBeyondSize { index, size });
    }
    let shape = Shape::of(index, size);
    let (inside, edge) = shape.split(proof)?;
    let computed = up_the_edge(up_inside(*leaf, inside, index), edge);
    if computed == *root { Ok(()) } else { Err(TreeError::RootMismatch { computed, claimed: *root }) }
}

/// Checks that the tree of `old_size` and `old_root` is the beginning of the tree of `new_size` and
/// `new_root`. An older size of 0 is refused, because nothing could be wrong with it: who starts from nothing
/// has nothing to compare.
pub fn verify_consistency(
    old_size: u64,
    new_size: u64,
    proof: &[Hash],
    old_root: &Hash,
    new_root: &Hash,
) -> Result<(), TreeError> {
    if old_size > new_size {
        return Err(TreeError::Shrunk { old: old_size, new: new_size });
    }
    if old_size == 0 {
        return Err(TreeError::Empty);
    }
    if old_size == new_size {
        if !proof.is_empty() {
            return Err(TreeError::ProofLength { expected: 0, found: proof.len() });
        }
        return if old_root == new_root {
            Ok(())
        } else {
            Err(TreeError::RootMismatch { computed: *old_root, claimed: *new_root })
        };
    }
    // The path starts at the largest complete subtree that ends where the old tree ends. Its hash is the first of the
    // proof, unless it is the whole old tree, whose root the reader has.
    let height = old_size.trailing_zeros();
    let start = (old_size - 1) >> height;
    let shape = Shape::of(start, ((new_size - 1) >> height) + 1);
    let (seed, path) = if old_size.is_power_of_two() {
        (*old_root, proof)
    } else {
        let expected = shape.len() + 1;
        let (first, rest) = proof.split_first().ok_or(TreeError::ProofLength { expected, found: 0 })?;
        if rest.len() != shape.len() {
            return Err(TreeError::ProofLength { expected, found: proof.len() });
        }
        (*first, rest)
    };
    let (inside, edge) = shape.split(path)?;

    // Siblings to the left belong to both trees, siblings to the right only to the newer one.
    let lefts =
        inside.iter().enumerate().filter(|(height, _)| (start >> height) & 1 == 1).map(|(_, hash)| *hash);
    let old = up_the_edge(lefts.fold(seed, |below, left| node_hash(&left, &below)), edge);
    if old != *old_root {
        return Err(TreeError::OldRootMismatch { computed: old, claimed: *old_root });
    }
    let new = up_the_edge(up_inside(seed, inside, start), edge);
    if new == *new_root { Ok(()) } else { Err(TreeError::RootMismatch { computed: new, claimed: *new_root }) }
}

/// How many hashes the path from a leaf to the root needs, inside the tree and along its right edge.
struct Shape {
    inside: usize,
    edge: usize,
}

impl Shape {
    /// The shape for an index smaller than the size.
    fn of(index: u64, size: u64) -> Self {
        let inside = u64::BITS - (index ^ (size - 1)).leading_zeros();
        let edge = index.checked_shr(inside).unwrap_or(0).count_ones();
        Self { inside: inside as usize, edge: edge as usize }
    }

    fn len(&self) -> usize {
        self.inside + self.edge
    }

    fn split<'a>(&self, path: &'a [Hash]) -> Result<(&'a [Hash], &'a [Hash]), TreeError> {
        if path.len() != self.len() {
            return Err(TreeError::ProofLength { expected: self.len(), found: path.len() });
        }
        Ok(path.split_at(self.inside))
    }
}

fn up_inside(leaf: Hash, siblings: &[Hash], index: u64) -> Hash {
    siblings.iter().enumerate().fold(leaf, |below, (height, sibling)| {
        if (index >> height) & 1 == 0 { node_hash(&below, sibling) } else { node_hash(sibling, &below) }
    })
}

fn up_the_edge(below: Hash, lefts: &[Hash]) -> Hash {
    lefts.iter().fold(below, |below, left| node_hash(left, &below))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Tree;

    fn tree(n: u64) -> Tree {
        Tree::from_entries((0..n).map(|i| i.to_be_bytes()))
    }

    #[test]
    fn every_leaf_of_every_size_is_included_and_only_there() {
        let tree = tree(40);
        for size in 1..=40 {
            let root = tree.root_at(size).unwrap();
            for index in 0..size {
                let leaf = tree.leaf(index).unwrap();
                let proof = tree.inclusion_proof(index, size).unwrap();
                assert_eq!(verify_inclusion(index, size, &leaf, &proof, &root), Ok(()));
                for other in (0..40).filter(|other| *other != index) {
                    assert!(
                        verify_inclusion(other, size, &leaf, &proof, &root).is_err(),
                        "{index} is not {other}"
                    );
                }
            }
        }
    }

    #[test]
    fn every_size_is_the_beginning_of_every_later_one() {
        let tree = tree(40);
        for new in 1..=40 {
            for old in 1..=new {
                let proof = tree.consistency_proof(old, new).unwrap();
                let (old_root, new_root) = (tree.root_at(old).unwrap(), tree.root_at(new).unwrap());
                assert_eq!(
                    verify_consistency(old, new, &proof, &old_root, &new_root),
                    Ok(()),
                    "{old} in {new}"
                );
            }
        }
    }

    #[test]
    fn a_proof_too_long_or_too_short_is_refused_and_says_how_long_it_should_be() {
        let tree = tree(7);
        let (leaf, root) = (tree.leaf(5).unwrap(), tree.root());
        let mut proof = tree.inclusion_proof(5, 7).unwrap();
        proof.push(root);
        let said = verify_inclusion(5, 7, &leaf, &proof, &root);
        assert_eq!(said, Err(TreeError::ProofLength { expected: 3, found: 4 }));
        assert!(verify_inclusion(5, 7, &leaf, &proof[..2], &root).is_err());

        let mut proof = tree.consistency_proof(3, 7).unwrap();
        let old = tree.root_at(3).unwrap();
        let said = verify_consistency(3, 7, &[], &old, &root);
        assert_eq!(said, Err(TreeError::ProofLength { expected: 4, found: 0 }));
        proof.push(root);
        let said = verify_consistency(3, 7, &proof, &old, &root);
        assert_eq!(said, Err(TreeError::ProofLength { expected: 4, found: 5 }));
        assert!(verify_consistency(7, 7, &proof, &root, &root).is_err());
    }

    #[test]
    fn a_rewritten_history_is_told_from_a_wrong_new_root() {
        let tree = tree(7);
        let (old, new, other) = (tree.root_at(3).unwrap(), tree.root(), tree.leaf(0).unwrap());
        let proof = tree.consistency_proof(3, 7).unwrap();
        let said = verify_consistency(3, 7, &proof, &other, &new);
        assert_eq!(said, Err(TreeError::OldRootMismatch { computed: old, claimed: other }));
        let said = verify_consistency(3, 7, &proof, &old, &other);
        assert_eq!(said, Err(TreeError::RootMismatch { computed: new, claimed: other }));
    }

    #[test]
    fn the_largest_sizes_neither_panic_nor_hold() {
        let hash = tree(1).root();
        let many = vec![hash; 200];
        for size in [1 << 63, (1 << 63) + 1, u64::MAX - 1, u64::MAX] {
            for index in [0, 1, (1 << 63) - 1, 1 << 63, u64::MAX - 1, u64::MAX] {
                for n in [0, 1, 63, 64, 65, 127, 128, 200] {
                    assert!(verify_inclusion(index, size, &hash, &many[..n], &hash).is_err());
                    assert!(
                        verify_consistency(index, size, &many[..n], &hash, &hash).is_err() || index == size
                    );
                }
            }
        }
    }
}
