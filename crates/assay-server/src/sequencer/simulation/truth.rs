//! What somebody who sees everything knows of a simulated log.

use std::collections::BTreeMap;

use assay_log::{Hash, Tree};

use crate::testing::chance::Chance;

/// See the module.
#[derive(Default)]
pub(super) struct Truth {
    pub(super) seed: u64,
    /// How many entries are committed.
    pub(super) size: u64,
    /// How many the public checkpoint of an object storage covers.
    pub(super) public: u64,
    /// Every checkpoint that was committed or published, by its size.
    roots: BTreeMap<u64, Hash>,
    /// How many different submissions there were.
    numbers: u64,
    pub(super) acknowledged: BTreeMap<u64, u64>,
    by_index: BTreeMap<u64, u64>,
    last: Option<usize>,
}

/// The bytes of a submission.
pub(super) fn bytes(number: u64) -> Vec<u8> {
    format!("submission {number}").into_bytes()
}

impl Truth {
    pub(super) fn of(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }

    /// Something to hand in: mostly something new.
    pub(super) fn number(&mut self, chance: &mut Chance) -> u64 {
        if self.numbers > 0 && chance.once_in(3) {
            return chance.below(self.numbers as usize) as u64;
        }
        self.numbers += 1;
        self.numbers - 1
    }

    pub(super) fn all(&self) -> Vec<u64> {
        (0..self.numbers).collect()
    }

    /// What nobody has acknowledged.
    pub(super) fn missing(&self) -> impl Iterator<Item = u64> {
        (0..self.numbers).filter(|number| !self.acknowledged.contains_key(number))
    }

    /// A checkpoint that somebody may believe.
    pub(super) fn saw(&mut self, size: u64, root: Hash, place: &str) {
        let known = *self.roots.entry(size).or_insert(root);
        assert_eq!(known, root, "{place}: two checkpoints over {size} entries");
    }

    pub(super) fn acknowledges(&mut self, number: u64, index: u64, place: &str) {
        let before = *self.acknowledged.entry(number).or_insert(index);
        assert_eq!(before, index, "{place}: submission {number} has two indexes");
        let before = *self.by_index.entry(index).or_insert(number);
        assert_eq!(before, number, "{place}: index {index} was used twice");
    }

    /// Whether another one commits than the last time.
    pub(super) fn committed_by(&mut self, node: usize) -> bool {
        self.last.replace(node).is_some_and(|last| last != node)
    }

    /// Whether a log has all that was promised.
    pub(super) fn holds(&self, entries: &[Vec<u8>], place: &str) {
        for (number, index) in &self.acknowledged {
            let entry = entries.get(*index as usize);
            assert_eq!(entry, Some(&bytes(*number)), "{place}: submission {number} was promised {index}");
        }
        assert_eq!(entries.len() as u64, self.numbers, "{place}: everything stands there once");
        let tree = Tree::from_entries(entries);
        for (size, root) in &self.roots {
            assert_eq!(tree.root_at(*size).ok(), Some(*root), "{place}: a checkpoint of another history");
        }
    }
}
