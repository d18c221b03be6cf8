//! Entry bundles: up to 256 entries in one file, each after its length as a big-endian `u16` (C2SP
//! `tlog-tiles`, "Log entries"). A bundle is only a container: that its entries are the log's is shown by
//! [`rebuild`], or by a proof.

use super::FULL_WIDTH;
use crate::hash::{Hash, leaf_hash};
use crate::tree::Tree;

/// The longest entry a bundle can hold, in bytes.
pub const MAX_ENTRY_BYTES: usize = u16::MAX as usize;

/// Why entries are not a bundle, or bytes are not the bundle that was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// A bundle holds at least one entry and at most 256.
    #[error("a bundle holds between 1 and {FULL_WIDTH} entries, not {0}")]
    Count(usize),
    /// An entry is longer than its length can say.
    #[error(
        "entry {position} of the bundle has {found} bytes, and the most is {MAX_ENTRY_BYTES}: log a digest instead"
    )]
    EntryTooLong {
        /// Its place in the bundle, from 0.
        position: usize,
        /// Its length in bytes.
        found: usize,
    },
    /// The bytes end before the last expected entry does.
    #[error("the bundle ends within entry {position} of {expected}: fetch it again")]
    Truncated {
        /// The place of the entry that is not whole, from 0.
        position: usize,
        /// How many entries were expected.
        expected: usize,
    },
    /// There are bytes after the last expected entry.
    #[error("{found} bytes follow the last of {expected} entries: this is not the bundle its path says")]
    Trailing {
        /// How many entries were expected.
        expected: usize,
        /// How many bytes follow.
        found: usize,
    },
}

/// Why bundles are not the entries of the tree that was claimed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RebuildError {
    /// One of the bundles is malformed.
    #[error("bundle {index} of the log: {source}")]
    Bundle {
        /// Its index, from 0.
        index: u64,
        /// What is wrong with it.
        source: BundleError,
    },
    /// There are fewer bundles than the size needs.
    #[error("the bundles hold {found} entries and the checkpoint promises {size}: fetch the rest")]
    Missing {
        /// The size that was promised.
        size: u64,
        /// How many entries there were.
        found: u64,
    },
    /// There are more bundles than the size needs.
    #[error("there are more bundles than {size} entries fill: stop at the checkpoint's size")]
    TooMany {
        /// The size that was promised.
        size: u64,
    },
    /// The entries make another root.
    #[error(
        "the entries make root {computed}, and the checkpoint says {claimed}: an entry was changed, or the log rewritten"
    )]
    Root {
        /// The root of these entries.
        computed: Hash,
        /// The root that was claimed.
        claimed: Hash,
    },
}

/// The bytes of a bundle of these entries.
pub fn encode<E: AsRef<[u8]>>(entries: impl IntoIterator<Item = E>) -> Result<Vec<u8>, BundleError> {
    let mut bytes = Vec::new();
    let mut count = 0;
    for (position, entry) in entries.into_iter().enumerate() {
        let entry = entry.as_ref();
        let length = u16::try_from(entry.len())
            .map_err(|_| BundleError::EntryTooLong { position, found: entry.len() })?;
        count = position + 1;
        if count > usize::from(FULL_WIDTH) {
            return Err(BundleError::Count(count));
        }
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    if count == 0 { Err(BundleError::Count(0)) } else { Ok(bytes) }
}

/// The entries of a bundle, exactly as many as `expected`; the path says how many that are.
pub fn decode(bytes: &[u8], expected: usize) -> Result<Vec<&[u8]>, BundleError> {
    if !(1..=usize::from(FULL_WIDTH)).contains(&expected) {
        return Err(BundleError::Count(expected));
    }
    let mut entries = Vec::with_capacity(expected);
    let mut rest = bytes;
    for position in 0..expected {
        let truncated = BundleError::Truncated { position, expected };
        let Some((length, after)) = rest.split_first_chunk() else { return Err(truncated) };
        let length = usize::from(u16::from_be_bytes(*length));
        let Some((entry, after)) = after.split_at_checked(length) else { return Err(truncated) };
        entries.push(entry);
        rest = after;
    }
    if rest.is_empty() { Ok(entries) } else { Err(BundleError::Trailing { expected, found: rest.len() }) }
}

/// Recomputes the tree from its entry bundles, in the order of the log, and gives it back if it has the
/// promised size and root. This is how a mirror or a monitor starts, and how a log finds out after a crash
/// that its files are whole.
pub fn rebuild<B: AsRef<[u8]>>(
    bundles: impl IntoIterator<Item = B>,
    size: u64,
    root: &Hash,
) -> Result<Tree, RebuildError> {
    let mut tree = Tree::new();
    for (index, bundle) in (0..).zip(bundles) {
        let expected = (size - tree.len()).min(u64::from(FULL_WIDTH)) as usize;
        if expected == 0 {
            return Err(RebuildError::TooMany { size });
        }
        let entries =
            decode(bundle.as_ref(), expected).map_err(|source| RebuildError::Bundle { index, source })?;
        tree.extend(entries.into_iter().map(leaf_hash));
    }
    if tree.len() < size {
        return Err(RebuildError::Missing { size, found: tree.len() });
    }
    let computed = tree.root();
    if computed == *root { Ok(tree) } else { Err(RebuildError::Root { computed, claimed: *root }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_is_lengths_and_entries() {
        let bytes = encode(["one", "", "three"]).unwrap();
        assert_eq!(bytes, b"\0\x03one\0\0\0\x05three");
        assert_eq!(decode(&bytes, 3).unwrap(), [b"one".as_slice(), b"", b"three"]);
    }

    #[test]
    fn a_bundle_of_the_wrong_length_is_refused() {
        let bytes = encode(["one", "two"]).unwrap();
        for end in 0..bytes.len() {
            assert!(matches!(decode(&bytes[..end], 2), Err(BundleError::Truncated { .. })), "cut at {end}");
        }
        assert_eq!(decode(&bytes, 1), Err(BundleError::Trailing { expected: 1, found: 5 }));
        assert_eq!(decode(&bytes, 3), Err(BundleError::Truncated { position: 2, expected: 3 }));
        assert_eq!(decode(b"\xff\xff", 1), Err(BundleError::Truncated { position: 0, expected: 1 }));
    }

    #[test]
    fn a_bundle_is_never_empty_nor_over_full() {
        assert_eq!(encode::<&[u8]>([]), Err(BundleError::Count(0)));
        assert_eq!(encode([""; 257]), Err(BundleError::Count(257)));
        assert_eq!(encode([""; 256]).map(|bytes| bytes.len()), Ok(512));
        assert_eq!(decode(b"", 0), Err(BundleError::Count(0)));
        assert_eq!(decode(b"", usize::MAX), Err(BundleError::Count(usize::MAX)));
    }

    #[test]
    fn the_longest_entry_fits_and_a_longer_one_is_refused() {
        let longest = vec![7; MAX_ENTRY_BYTES];
        let bytes = encode([&longest]).unwrap();
        assert_eq!(decode(&bytes, 1).unwrap(), [longest.as_slice()]);
        let said = encode([&[], vec![7; MAX_ENTRY_BYTES + 1].as_slice()]);
        assert_eq!(said, Err(BundleError::EntryTooLong { position: 1, found: 65_536 }));
    }

    #[test]
    fn a_tree_is_rebuilt_from_its_bundles_or_refused() {
        let entries: Vec<[u8; 2]> = (0..300u16).map(u16::to_be_bytes).collect();
        let bundles = [encode(&entries[..256]).unwrap(), encode(&entries[256..]).unwrap()];
        let tree = Tree::from_entries(&entries);
        let root = tree.root();
        assert_eq!(rebuild(&bundles, 300, &root), Ok(tree.clone()));
        assert_eq!(rebuild::<&[u8]>([], 0, &Tree::new().root()), Ok(Tree::new()));

        assert_eq!(rebuild(&bundles[..1], 300, &root), Err(RebuildError::Missing { size: 300, found: 256 }));
        assert_eq!(
            rebuild(&bundles, 256, &tree.root_at(256).unwrap()),
            Err(RebuildError::TooMany { size: 256 })
        );
        assert!(matches!(rebuild(&bundles, 299, &root), Err(RebuildError::Bundle { index: 1, .. })));
        let mut changed = bundles.clone();
        changed[1][3] ^= 1;
        assert!(matches!(rebuild(&changed, 300, &root), Err(RebuildError::Root { .. })));
    }
}
