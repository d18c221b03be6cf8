//! Roots and proofs out of complete subtrees, wherever these come from: a [`super::Tree`] in memory or tiles of a log
//! that is larger than memory ([`crate::tile::TileReader`]).

use super::TreeError;
use crate::hash::{EMPTY_ROOT, Hash, node_hash};

/// Gives the hash of the leaves `index * 2^level .. (index + 1) * 2^level`.
pub(crate) trait Blocks {
    /// Why a hash cannot be given.
    type Error: From<TreeError>;

    /// Only asked for subtrees that are complete in the tree in question.
    fn block(&mut self, level: u32, index: u64) -> Result<Hash, Self::Error>;
}

/// The hash of the leaves `start..end`, which must be a subtree that splitting a tree can give: then
/// `start` is a multiple of every power of two that fits between them.
pub(crate) fn range<B: Blocks>(blocks: &mut B, start: u64, end: u64) -> Result<Hash, B::Error> {
    let mut found = Vec::new();
    let mut at = start;
    while at < end {
        let level = (end - at).ilog2();
        found.push(blocks.block(level, at >> level)?);
        at += 1 << level;
    }
    Ok(found.into_iter().rev().reduce(|right, left| node_hash(&left, &right)).unwrap_or(EMPTY_ROOT))
}

/// `PATH` of RFC 6962, section 2.1.1: the leaf's sibling first, the root's child last.
pub(crate) fn inclusion<B: Blocks>(blocks: &mut B, index: u64, size: u64) -> Result<Vec<Hash>, B::Error> {
    if size == 0 {
        return Err(TreeError::Empty.into());
    }
    if index >= size {
        return Err(TreeError::IndexBeyondSize { index, size }.into());
    }
    let mut path = Vec::new();
    let (mut start, mut end) = (0, size);
    while end - start > 1 {
        let middle = start + left_size(end - start);
        if index < middle {
            path.push(range(blocks, middle, end)?);
            end = middle;
        } else {
            path.push(range(blocks, start, middle)?);
            start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// `PROOF` of RFC 6962, section 2.1.2.
pub(crate) fn consistency<B: Blocks>(blocks: &mut B, old: u64, new: u64) -> Result<Vec<Hash>, B::Error> {
    if old > new {
        return Err(TreeError::Shrunk { old, new }.into());
    }
    if old == 0 {
        return Err(TreeError::Empty.into());
    }
    let mut path = Vec::new();
    let (mut start, mut end) = (0, new);
    while end != old {
        let middle = start + left_size(end - start);
        if old <= middle {
            path.push(range(blocks, middle, end)?);
            end = middle;
        } else {
            path.push(range(blocks, start, middle)?);
            start = middle;
        }
    }
    // What is left is the old tree's right edge. If that is the whole old tree, the verifier has its root already.
    if start > 0 {
        path.push(range(blocks, start, end)?);
    }
    path.reverse();
    Ok(path)
}

/// How many of `n` leaves (two or more) go to the left: the largest power of two smaller than `n`.
fn left_size(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}
