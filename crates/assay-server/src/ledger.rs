//! The log in memory: its tree, where each leaf stands, and the entries that a draft appends. Only the sequencer has it;
//! readers share the tree, and never ask it about more entries than are published, so a draft does not show.
//!
//! What it costs for each entry: 64 bytes of tree and about 14 bytes of index. Nothing is copied when a batch begins or
//! ends, so a batch costs the same at any size of the log.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use assay_log::tile::TileError;
use assay_log::tree::TreeError;
use assay_log::{Hash, Tree};
use hashbrown::HashTable;

use crate::store::{Row, Rows};

/// A tree that grows while others read it. Copies are the same tree.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedTree(Arc<RwLock<Tree>>);

impl SharedTree {
    // A tree is whole after every push, so a thread that panicked elsewhere leaves nothing to fear.
    fn read(&self) -> RwLockReadGuard<'_, Tree> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Tree> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// See [`Tree::root_at`].
    pub(crate) fn root_at(&self, size: u64) -> Result<Hash, TreeError> {
        self.read().root_at(size)
    }

    /// See [`Tree::inclusion_proof`].
    pub(crate) fn inclusion_proof(&self, index: u64, size: u64) -> Result<Vec<Hash>, TreeError> {
        self.read().inclusion_proof(index, size)
    }

    /// See [`Tree::consistency_proof`].
    pub(crate) fn consistency_proof(&self, old: u64, new: u64) -> Result<Vec<Hash>, TreeError> {
        self.read().consistency_proof(old, new)
    }

    /// See [`Tree::tile`].
    pub(crate) fn tile(&self, level: u8, index: u64, width: u16) -> Result<Vec<u8>, TileError> {
        self.read().tile(level, index, width)
    }
}

/// Tree, index and draft; see the module.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    tree: SharedTree,
    index: Index,
    /// How many entries are committed.
    committed: u64,
    /// The entries of the draft, as they will be stored.
    draft: Rows,
}

impl Ledger {
    /// The tree, for readers.
    pub(crate) fn tree(&self) -> &SharedTree {
        &self.tree
    }

    /// How many entries are committed.
    pub(crate) fn committed(&self) -> u64 {
        self.committed
    }

    /// How many entries there are with the draft.
    pub(crate) fn len(&self) -> u64 {
        self.tree.read().len()
    }

    /// The root with the draft.
    pub(crate) fn root(&self) -> Hash {
        self.tree.read().root()
    }

    /// Where a leaf stands, the draft included.
    pub(crate) fn find(&self, leaf: &Hash) -> Option<u64> {
        self.index.find(leaf, &self.tree.read())
    }

    /// Appends an entry to the draft and says where it stands.
    ///
    /// # Errors
    /// A bundle has no room for an entry of more than 65,535 bytes.
    pub(crate) fn push(&mut self, leaf: Hash, bytes: &[u8]) -> Result<u64, String> {
        let index = self.len();
        if !self.draft.push(index, bytes) {
            return Err(format!("the entry has {} bytes, and a log takes 65,535", bytes.len()));
        }
        self.add(leaf);
        Ok(index)
    }

    /// Appends an entry that is stored already; says where it stands if it was there before.
    pub(crate) fn replay(&mut self, leaf: Hash) -> Option<u64> {
        let known = self.find(&leaf);
        self.add(leaf);
        known
    }

    fn add(&mut self, leaf: Hash) {
        let mut tree = self.tree.write();
        let index = tree.len();
        tree.push(leaf);
        self.index.insert(&leaf, index, &tree);
    }

    /// The rows of the draft, to be stored.
    pub(crate) fn rows(&self) -> &[Row] {
        self.draft.as_slice()
    }

    /// The draft is committed.
    pub(crate) fn keep(&mut self) -> Vec<Row> {
        self.committed = self.len();
        std::mem::take(&mut self.draft).into_vec()
    }

    /// The draft is not committed.
    pub(crate) fn discard(&mut self) {
        let mut tree = self.tree.write();
        for index in self.committed..tree.len() {
            if let Some(leaf) = tree.leaf(index) {
                self.index.remove(&leaf, index);
            }
        }
        tree.truncate(self.committed);
        self.draft = Rows::default();
    }
}

/// Where leaves stand: tables of indexes alone, found by the hashes that the tree keeps. There are many tables, so that one
/// that grows is moved in a few milliseconds, and not the whole index at once.
#[derive(Debug)]
struct Index {
    tables: Vec<HashTable<u64>>,
    /// With keys of this process, so that nobody can choose leaves that fall into one place.
    hasher: RandomState,
}

const TABLES: u64 = 256;

impl Default for Index {
    fn default() -> Self {
        Self { tables: (0..TABLES).map(|_| HashTable::new()).collect(), hasher: RandomState::new() }
    }
}

impl Index {
    fn find(&self, leaf: &Hash, tree: &Tree) -> Option<u64> {
        let hash = self.hasher.hash_one(leaf.as_bytes());
        let table = self.tables.get(place(hash))?;
        table.find(hash, |index| tree.leaf(*index).as_ref() == Some(leaf)).copied()
    }

    fn insert(&mut self, leaf: &Hash, index: u64, tree: &Tree) {
        let hash = self.hasher.hash_one(leaf.as_bytes());
        let again = |index: &u64| tree.leaf(*index).map_or(0, |leaf| self.hasher.hash_one(leaf.as_bytes()));
        if let Some(table) = self.tables.get_mut(place(hash)) {
            table.insert_unique(hash, index, again);
        }
    }

    fn remove(&mut self, leaf: &Hash, index: u64) {
        let hash = self.hasher.hash_one(leaf.as_bytes());
        let table = self.tables.get_mut(place(hash));
        if let Some(found) = table.and_then(|table| table.find_entry(hash, |at| *at == index).ok()) {
            found.remove();
        }
    }
}

/// The table of a hash: by bits in the middle, since a table itself uses those at both ends.
fn place(hash: u64) -> usize {
    ((hash >> 40) % TABLES) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use assay_log::leaf_hash;

    fn push(ledger: &mut Ledger, n: u64) -> u64 {
        let bytes = n.to_be_bytes();
        ledger.push(leaf_hash(&bytes), &bytes).unwrap()
    }

    #[test]
    fn a_draft_that_is_discarded_leaves_no_trace() {
        let mut ledger = Ledger::default();
        let readers = ledger.tree().clone();
        let mut size = 0;
        for round in 0..40 {
            for n in 0..round {
                assert_eq!(push(&mut ledger, 1_000_000 + n), size + n, "{round}");
            }
            ledger.discard();
            assert_eq!((ledger.len(), ledger.committed(), ledger.rows().len()), (size, size, 0));
            assert_eq!(ledger.find(&leaf_hash(&1_000_000_u64.to_be_bytes())), None);
            for _ in 0..round {
                push(&mut ledger, size);
                size += 1;
            }
            let rows = ledger.keep();
            assert_eq!(rows.iter().map(|row| u64::from(row.count)).sum::<u64>(), round);
            assert_eq!(ledger.root(), Tree::from_entries((0..size).map(u64::to_be_bytes)).root());
            assert_eq!(readers.root_at(size).unwrap(), ledger.root());
        }
        for n in 0..size {
            assert_eq!(ledger.find(&leaf_hash(&n.to_be_bytes())), Some(n));
        }
        assert_eq!(ledger.find(&leaf_hash(b"never")), None);
    }

    #[test]
    fn what_stands_there_already_is_told() {
        let mut ledger = Ledger::default();
        assert_eq!(ledger.replay(leaf_hash(b"a")), None);
        assert_eq!(ledger.replay(leaf_hash(b"b")), None);
        assert_eq!(ledger.replay(leaf_hash(b"a")), Some(0));
        ledger.discard();
        assert_eq!((ledger.len(), ledger.find(&leaf_hash(b"a"))), (0, None));
        assert!(ledger.push(leaf_hash(b"x"), &[0; 65_536]).unwrap_err().contains("65536"));
        assert_eq!(ledger.len(), 0);
    }
}
