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
    /// How many there are with the draft.
    len: u64,
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
        self.len
    }

    /// The root with the draft.
    pub(crate) fn root(&self) -> Hash {
        self.tree.read().root()
    }

    /// Where a leaf stands, the draft included.
    pub(crate) fn find(&self, leaf: &Hash) -> Option<u64> {
        self.index.find(leaf, &self.tree)
    }

    /// Appends an entry to the draft and says where it stands.
    ///
    /// # Errors
    /// A bundle has no room for an entry of more than 65,535 bytes.
    pub(crate) fn push(&mut self, leaf: Hash, bytes: &[u8]) -> Result<u64, String> {
        let index = self.len;
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
        self.tree.write().push(leaf);
        self.index.insert(&leaf, self.len);
        self.len += 1;
    }

    /// The rows of the draft, to be stored.
    pub(crate) fn rows(&self) -> &[Row] {
        self.draft.as_slice()
    }

    /// The draft is committed.
    pub(crate) fn keep(&mut self) -> Vec<Row> {
        self.committed = self.len;
        std::mem::take(&mut self.draft).into_vec()
    }

    /// The draft is not committed.
    pub(crate) fn discard(&mut self) {
        let mut tree = self.tree.write();
        for index in self.committed..self.len {
            if let Some(leaf) = tree.leaf(index) {
                self.index.remove(&leaf, index);
            }
        }
        tree.truncate(self.committed);
        self.len = self.committed;
        self.draft = Rows::default();
    }
}

/// Where leaves stand: tables of indexes, found by the hashes that the tree keeps. There are many tables, so that one that
/// grows is moved in a few milliseconds, and not the whole index at once.
///
/// Beside each index stand some bits of its leaf's place, so that a table grows without asking the tree for a single leaf:
/// that would be a walk through all of its memory.
#[derive(Debug)]
struct Index {
    tables: Vec<HashTable<u64>>,
    /// Of this process, so that nobody can choose leaves that fall into one place.
    keys: [u64; 2],
}

const TABLES: u64 = 256;
/// How many bits of an item are its index. The tree of so many entries has no room in any memory.
const INDEX: u32 = 40;

impl Default for Index {
    fn default() -> Self {
        let hasher = RandomState::new();
        let keys = std::array::from_fn(|n| hasher.hash_one(n));
        Self { tables: (0..TABLES).map(|_| HashTable::new()).collect(), keys }
    }
}

impl Index {
    fn find(&self, leaf: &Hash, tree: &SharedTree) -> Option<u64> {
        let (table, mark) = self.place(leaf);
        let is_it =
            |item: &u64| item >> INDEX == mark && tree.read().leaf(index_of(*item)).as_ref() == Some(leaf);
        self.tables.get(table)?.find(spread(mark), is_it).map(|item| index_of(*item))
    }

    fn insert(&mut self, leaf: &Hash, index: u64) {
        let (table, mark) = self.place(leaf);
        if let Some(table) = self.tables.get_mut(table) {
            table.insert_unique(spread(mark), mark << INDEX | index, |item| spread(item >> INDEX));
        }
    }

    fn remove(&mut self, leaf: &Hash, index: u64) {
        let (table, mark) = self.place(leaf);
        let table = self.tables.get_mut(table);
        if let Some(found) = table.and_then(|t| t.find_entry(spread(mark), |at| index_of(*at) == index).ok())
        {
            found.remove();
        }
    }

    /// The table of a leaf, and its mark there. What goes in is even already, being of a SHA-256.
    fn place(&self, leaf: &Hash) -> (usize, u64) {
        let (words, _) = leaf.as_bytes().as_chunks::<8>();
        let word = |at: usize| u64::from_le_bytes(words[at]) ^ self.keys[at];
        let product = u128::from(word(0)) * u128::from(word(1));
        let folded = product as u64 ^ (product >> 64) as u64;
        ((folded % TABLES) as usize, folded >> INDEX)
    }
}

fn index_of(item: u64) -> u64 {
    item & ((1 << INDEX) - 1)
}

/// A mark's bits over all of a hash: a table asks for the lowest and the highest.
fn spread(mark: u64) -> u64 {
    let product = mark.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    product ^ product >> 32
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
