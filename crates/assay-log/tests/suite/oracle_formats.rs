//! Notes, checkpoints, tiles and proofs against `signed_note` and `tlog_tiles`, which Cloudflare ported from Go's own:
//! what we write they accept, what they write we accept, and of the same broken text both say the same. Where we are
//! stricter on purpose the test says how.

use std::collections::BTreeMap;

use assay_log::hash::EMPTY_ROOT;
use assay_log::tile::Holds;
use assay_log::{
    Checkpoint, Hash, Note, Signer, TilePath, Tree, Verifier, tiles_between, verify_consistency,
    verify_inclusion,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use proptest::sample::Index;
use tlog_tiles::{HashReader, Tile};

const ORIGIN: &str = "example.org/log";

/// The same Ed25519 key, as we hold it and as they do.
fn signers(name: &str, seed: [u8; 32]) -> (Signer, signed_note::StandardSigner) {
    let ours = Signer::new(name, seed).expect("the name is a name");
    let key = STANDARD.encode([[1].as_slice(), &seed].concat());
    let text = format!("PRIVATE+KEY+{name}+{:08x}+{key}", ours.verifier().key_id());
    (ours, signed_note::StandardSigner::new(&text).expect("they take the key, its id among it"))
}

fn their_verifiers(key: &Verifier) -> signed_note::VerifierList {
    let key = signed_note::StandardVerifier::new(&key.to_string()).expect("they take our key's text");
    signed_note::VerifierList::new(vec![Box::new(key)])
}

/// Whether we believe a note, and whether they do.
fn believed(note: &str, key: &Verifier) -> (bool, bool) {
    let ours = Note::parse(note).is_ok_and(|note| note.verify(std::slice::from_ref(key)).is_ok());
    let theirs = signed_note::Note::from_bytes(note.as_bytes())
        .is_ok_and(|note| note.verify(&their_verifiers(key)).is_ok());
    (ours, theirs)
}

/// A text with a few characters replaced by others.
fn scribbled(text: &str, scribbles: &[(Index, usize, String)]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for (at, length, put) in scribbles {
        let start = at.index(chars.len() + 1);
        let end = (start + length).min(chars.len());
        chars.splice(start..end, put.chars());
    }
    chars.into_iter().collect()
}

fn scribbles() -> impl Strategy<Value = Vec<(Index, usize, String)>> {
    let put = prop_oneof![
        "[ -~\n]{0,2}",
        "[0-9]",
        Just("\n\n".to_owned()),
        Just("\u{2014} ".to_owned()),
        "[A-Za-z+/=]"
    ];
    prop::collection::vec((any::<Index>(), 0..3_usize, put), 1..3)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn a_note_of_ours_is_one_of_theirs_byte_for_byte(seed in any::<[u8; 32]>(), text in "[a-z\n +=é]{0,30}\n") {
        let (ours, theirs) = signers(ORIGIN, seed);
        let note = ours.sign(&text).unwrap().to_string();
        let mut their_note = signed_note::Note::new(text.as_bytes(), &[]).unwrap();
        their_note.add_sigs(&[&theirs]).unwrap();
        prop_assert_eq!(their_note.to_bytes(), note.as_bytes());
        prop_assert_eq!(believed(&note, ours.verifier()), (true, true));
    }

    #[test]
    fn of_a_scribbled_note_both_say_the_same(scribbles in scribbles(), twice in any::<bool>()) {
        let (ours, _) = signers(ORIGIN, [5; 32]);
        let stranger = Signer::new("stranger.example", [6; 32]).unwrap();
        let line = |note: Note| note.signatures()[0].to_string();
        let mut note = ours.sign("a text\n\nof two parts\n").unwrap().to_string();
        note.push_str(&format!("{}\n", line(stranger.sign("a text\n\nof two parts\n").unwrap())));
        if twice {
            note.push_str(&format!("{}\n", line(ours.sign("a text\n\nof two parts\n").unwrap())));
        }
        let note = scribbled(&note, &scribbles);
        let (we, they) = believed(&note, ours.verifier());
        // They look at the first line of a key only; with us every line of a known key must hold.
        prop_assert!(we == they || (they && twice), "{note:?}: we {we}, they {they}");
    }

    #[test]
    fn of_a_scribbled_key_both_say_the_same(scribbles in scribbles()) {
        let (ours, _) = signers(ORIGIN, [5; 32]);
        let text = scribbled(&ours.verifier().to_string(), &scribbles);
        let (we, they) = (Verifier::parse(&text), signed_note::StandardVerifier::new(&text));
        // They take capital letters in the id; there is one spelling with us.
        let capitals = text.split('+').nth(1).is_some_and(|id| id.chars().any(|c| c.is_ascii_uppercase()));
        prop_assert!(we.is_ok() == they.is_ok() || (they.is_ok() && capitals), "{text:?}: {we:?}");
    }

    #[test]
    fn of_a_scribbled_checkpoint_both_say_the_same(
        size in prop_oneof![0..3_u64, any::<u64>()], extensions in prop::collection::vec("[a-z ]{1,8}", 0..3), scribbles in scribbles(),
    ) {
        let root = if size == 0 { EMPTY_ROOT } else { assay_log::leaf_hash(b"") };
        let ours = Checkpoint::new(ORIGIN, size, root).unwrap().with_extensions(extensions.clone()).unwrap();
        let extension: String = extensions.iter().map(|line| format!("{line}\n")).collect();
        let theirs = tlog_tiles::Checkpoint::new(ORIGIN, size, tlog_tiles::Hash(*root.as_bytes()), &extension).unwrap();
        prop_assert_eq!(ours.to_string().into_bytes(), theirs.to_bytes());

        let text = scribbled(&ours.to_string(), &scribbles);
        let (we, they) = (Checkpoint::parse(&text), tlog_tiles::Checkpoint::from_bytes(text.as_bytes()));
        if let (Ok(we), Ok(they)) = (&we, &they) {
            prop_assert_eq!((we.origin(), we.size(), *we.root().as_bytes()), (they.origin(), they.size(), they.hash().0));
        }
        // We know which root a tree of nothing has.
        let stricter = they.as_ref().is_ok_and(|they| they.size() == 0 && they.hash().0 != *EMPTY_ROOT.as_bytes());
        prop_assert!(we.is_ok() == they.is_ok() || stricter, "{text:?}: {we:?} {they:?}");
    }

    #[test]
    fn of_a_scribbled_path_both_say_the_same(
        level in prop::option::of(0..=63_u8), index in any::<u64>(), width in 1..=256_u16, scribbles in scribbles(), whole in any::<bool>(),
    ) {
        let path = match level {
            Some(level) => TilePath::hashes(level, index, width).unwrap(),
            None => TilePath::entries(index, width).unwrap(),
        };
        let theirs = Tile::new(8, level.unwrap_or(0), index, width.into(), level.is_none());
        prop_assert_eq!(theirs.path(), in_their_words(&path.to_string()));
        let text = if whole { path.to_string() } else { scribbled(&path.to_string(), &scribbles) };
        let theirs = text.strip_prefix("tile/").filter(|rest| !rest.starts_with("data/"));
        // A level above 63 makes them panic; it is refused here before they are asked.
        let level = theirs.and_then(|rest| rest.split('/').next()).and_then(|level| level.parse::<u8>().ok());
        if level.is_some_and(|level| level > 63) || text.contains(".p/0") {
            prop_assert!(TilePath::parse(&text).is_err());
        } else {
            let theirs = theirs.is_some_and(|_| Tile::from_path(&in_their_words(&text)).is_ok());
            prop_assert_eq!(TilePath::parse(&text).is_ok(), theirs, "{}", text);
        }
    }

    #[test]
    fn both_publish_the_same_tiles(old in 0..200_000_u64, grown in 0..3_000_u64) {
        let ours: Vec<String> =
            tiles_between(old, old + grown).iter().filter(|path| path.level().is_some()).map(|path| in_their_words(&path.to_string())).collect();
        let theirs: Vec<String> = Tile::new_tiles(8, old, old + grown).iter().map(Tile::path).collect();
        prop_assert_eq!(ours, theirs);
    }
}

/// A tile's path as they spell it: with the height, and `data` for entries.
fn in_their_words(path: &str) -> String {
    path.replacen("tile/entries/", "tile/data/", 1).replacen("tile/", "tile/8/", 1)
}

/// The hashes of a log as they store them.
struct Stored(BTreeMap<u64, tlog_tiles::Hash>);

impl HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        Ok(indexes.iter().map(|index| self.0[index]).collect())
    }
}

fn stored(entries: &[Vec<u8>]) -> Stored {
    let mut stored = Stored(BTreeMap::new());
    for (n, entry) in (0..).zip(entries) {
        let hashes = tlog_tiles::stored_hashes(n, entry, &stored).expect("the hashes before are there");
        stored.0.extend((tlog_tiles::stored_hash_index(0, n)..).zip(hashes));
    }
    stored
}

fn theirs(hashes: &[Hash]) -> Vec<tlog_tiles::Hash> {
    hashes.iter().map(|hash| tlog_tiles::Hash(*hash.as_bytes())).collect()
}

#[test]
fn every_root_proof_and_tile_is_theirs() {
    let entries: Vec<Vec<u8>> = (0..600_u32).map(|n| n.to_be_bytes().repeat(1 + n as usize % 5)).collect();
    let (tree, stored) = (Tree::from_entries(&entries), stored(&entries));
    for size in (1..40).chain([63, 64, 65, 255, 256, 257, 300, 511, 512, 513, 600]) {
        let (ours, their) = (tree.root_at(size).unwrap(), tlog_tiles::tree_hash(size, &stored).unwrap());
        assert_eq!(ours.as_bytes(), &their.0);
        for index in (0..size).step_by(1 + size as usize / 40) {
            let proof = tree.inclusion_proof(index, size).unwrap();
            assert_eq!(theirs(&proof), tlog_tiles::prove_record(size, index, &stored).unwrap());
            let leaf = tlog_tiles::record_hash(&entries[index as usize]);
            assert!(tlog_tiles::check_record(&theirs(&proof), size, their, index, leaf).is_ok());
            let old = index + 1;
            let proof = tree.consistency_proof(old, size).unwrap();
            assert_eq!(theirs(&proof), tlog_tiles::prove_tree(size, old, &stored).unwrap());
        }
        for path in tiles_between(0, size) {
            let Holds::Hashes { level } = path.holds() else { continue };
            let tile = Tile::new(8, level, path.index(), path.width().into(), false);
            assert_eq!(
                tree.tile(level, path.index(), path.width()).unwrap(),
                tile.read_data(&stored).unwrap()
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn on_bent_proofs_both_say_the_same(
        size in 1..70_u64, at in any::<Index>(), bent in prop::option::of((any::<Index>(), any::<Index>())), moved in 0..3_u64, cut in any::<bool>(),
    ) {
        let entries: Vec<Vec<u8>> = (0..size).map(|n| n.to_be_bytes().to_vec()).collect();
        let tree = Tree::from_entries(&entries);
        let index = at.index(size as usize) as u64;
        let bend = |mut proof: Vec<Hash>| {
            if let (Some((hash, bit)), false) = (&bent, proof.is_empty()) {
                let (hash, bit) = (hash.index(proof.len()), bit.index(256));
                let mut bytes = *proof[hash].as_bytes();
                bytes[bit / 8] ^= 1 << (bit % 8);
                proof[hash] = Hash::new(bytes);
            }
            if cut {
                proof.pop();
            }
            proof
        };
        let (root, said) = (tree.root(), index + moved);
        let leaf = tree.leaf(index).unwrap();
        let proof = bend(tree.inclusion_proof(index, size).unwrap());
        let we = verify_inclusion(said, size, &leaf, &proof, &root).is_ok();
        let (their_root, their_leaf) = (tlog_tiles::Hash(*root.as_bytes()), tlog_tiles::Hash(*leaf.as_bytes()));
        let they = tlog_tiles::check_record(&theirs(&proof), size, their_root, said, their_leaf).is_ok();
        prop_assert_eq!(we, they);

        let (old, said) = (index + 1, index + 1 + moved);
        let old_root = tree.root_at(old).unwrap();
        let proof = bend(tree.consistency_proof(old, size).unwrap());
        let we = verify_consistency(said, size, &proof, &old_root, &root).is_ok();
        let they = tlog_tiles::check_tree(&theirs(&proof), size, their_root, said, tlog_tiles::Hash(*old_root.as_bytes())).is_ok();
        prop_assert_eq!(we, they);
    }
}
