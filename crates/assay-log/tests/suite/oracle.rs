//! The tree against `ct-merkle`, which was written by others from the same RFC: the same roots, the same
//! proofs, and the same verdict on proofs that somebody tampered with.

use assay_log::{Hash, Tree, verify_consistency, verify_inclusion};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use proptest::prelude::*;
use proptest::sample::Index;
use sha2::Sha256;

type Oracle = MemoryBackedTree<Sha256, Vec<u8>>;

fn oracle(entries: &[Vec<u8>]) -> Oracle {
    let mut tree = Oracle::new();
    entries.iter().for_each(|entry| tree.push(entry.clone()));
    tree
}

fn bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(Hash::as_bytes).copied().collect()
}

fn their_root(root: &Hash, size: u64) -> RootHash<Sha256> {
    RootHash::new((*root.as_bytes()).into(), size)
}

fn entries() -> impl Strategy<Value = Vec<Vec<u8>>> {
    prop::collection::vec(prop::collection::vec(any::<u8>(), 0..12), 1..70)
}

/// One way to tamper with a proof.
#[derive(Debug, Clone)]
enum Tampering {
    Nothing,
    Flip(Index, Index),
    Drop(Index),
    Repeat(Index),
    Swap(Index, Index),
    Append([u8; 32]),
}

fn tampering() -> impl Strategy<Value = Tampering> {
    let index = any::<Index>;
    prop_oneof![
        Just(Tampering::Nothing),
        (index(), index()).prop_map(|(hash, bit)| Tampering::Flip(hash, bit)),
        index().prop_map(Tampering::Drop),
        index().prop_map(Tampering::Repeat),
        (index(), index()).prop_map(|(a, b)| Tampering::Swap(a, b)),
        any::<[u8; 32]>().prop_map(Tampering::Append),
    ]
}

impl Tampering {
    fn with(&self, mut proof: Vec<Hash>) -> Vec<Hash> {
        let n = proof.len();
        match self {
            Tampering::Append(bytes) => proof.push(Hash::new(*bytes)),
            _ if n == 0 => {}
            Tampering::Nothing => {}
            Tampering::Flip(hash, bit) => {
                let (hash, bit) = (hash.index(n), bit.index(256));
                let mut bytes = *proof[hash].as_bytes();
                bytes[bit / 8] ^= 1 << (bit % 8);
                proof[hash] = Hash::new(bytes);
            }
            Tampering::Drop(hash) => drop(proof.remove(hash.index(n))),
            Tampering::Repeat(hash) => proof.insert(hash.index(n), proof[hash.index(n)]),
            Tampering::Swap(a, b) => proof.swap(a.index(n), b.index(n)),
        }
        proof
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_root_is_theirs(entries in entries()) {
        let tree = Tree::from_entries(&entries);
        let mut theirs = Oracle::new();
        for (entry, size) in entries.iter().zip(1..) {
            theirs.push(entry.clone());
            let root = tree.root_at(size).unwrap();
            let expected = theirs.root();
            prop_assert_eq!(&root.as_bytes()[..], &expected.as_bytes()[..]);
        }
        prop_assert_eq!(tree.root(), tree.root_at(tree.len()).unwrap());
    }

    #[test]
    fn every_proof_is_theirs(entries in entries()) {
        let tree = Tree::from_entries(&entries);
        let theirs = oracle(&entries);
        let size = tree.len();
        for index in 0..size {
            let proof = tree.inclusion_proof(index, size).unwrap();
            let expected = theirs.prove_inclusion(index as usize);
            prop_assert_eq!(bytes(&proof), expected.as_bytes());
            let (leaf, root) = (tree.leaf(index).unwrap(), tree.root());
            prop_assert_eq!(verify_inclusion(index, size, &leaf, &proof, &root), Ok(()));

            let old = index + 1;
            let proof = tree.consistency_proof(old, size).unwrap();
            let expected = theirs.prove_consistency((size - old) as usize);
            prop_assert_eq!(bytes(&proof), expected.as_bytes());
            let old_root = tree.root_at(old).unwrap();
            prop_assert_eq!(verify_consistency(old, size, &proof, &old_root, &root), Ok(()));
        }
    }

    #[test]
    fn on_a_tampered_inclusion_proof_both_say_the_same(
        entries in entries(), at in any::<Index>(), size_said in 0..72_u64, index_said in prop::option::of(0..72_u64),
        tampering in tampering(),
    ) {
        let tree = Tree::from_entries(&entries);
        let index = at.index(entries.len()) as u64;
        let size_said = if size_said == 0 { tree.len() } else { size_said };
        let index_said = index_said.unwrap_or(index);
        let proof = tampering.with(tree.inclusion_proof(index, tree.len()).unwrap());
        let (leaf, root) = (tree.leaf(index).unwrap(), tree.root());

        let ours = verify_inclusion(index_said, size_said, &leaf, &proof, &root).is_ok();
        let theirs = InclusionProof::try_from_bytes(bytes(&proof)).is_ok_and(|proof| {
            their_root(&root, size_said).verify_inclusion(&entries[index as usize], index_said, &proof).is_ok()
        });
        prop_assert_eq!(ours, theirs);
    }

    #[test]
    fn on_a_tampered_consistency_proof_both_say_the_same(
        entries in entries(), at in any::<Index>(), old_said in prop::option::of(0..72_u64),
        new_said in prop::option::of(0..72_u64), tampering in tampering(), swapped in any::<bool>(),
    ) {
        let tree = Tree::from_entries(&entries);
        let old = at.index(entries.len()) as u64 + 1;
        let proof = tampering.with(tree.consistency_proof(old, tree.len()).unwrap());
        let (mut old_root, mut new_root) = (tree.root_at(old).unwrap(), tree.root());
        if swapped {
            (old_root, new_root) = (new_root, old_root);
        }
        let (old, new) = (old_said.unwrap_or(old), new_said.unwrap_or(tree.len()));

        let ours = verify_consistency(old, new, &proof, &old_root, &new_root).is_ok();
        let theirs = ConsistencyProof::try_from_bytes(bytes(&proof)).is_ok_and(|proof| {
            their_root(&new_root, new).verify_consistency(&their_root(&old_root, old), &proof).is_ok()
        });
        prop_assert_eq!(ours, theirs);
    }
}
