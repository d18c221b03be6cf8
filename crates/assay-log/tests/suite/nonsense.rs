//! Nonsense is refused and never crashes; and whatever is accepted has exactly one spelling, so that what was
//! read is what is written. The texts are arbitrary, or good ones that somebody cut, doubled and scribbled
//! on.

use assay_log::{Checkpoint, Note, Proof, Signer, TilePath, Tree, Verifier, bundle, tiles_between};
use proptest::prelude::*;
use proptest::sample::Index;

const ORIGIN: &str = "example.org/log";

fn signer() -> Signer {
    Signer::new(ORIGIN, [3; 32]).expect("the name is a name")
}

fn good_checkpoint() -> Checkpoint {
    let tree = Tree::from_entries(["one", "two", "three"]);
    Checkpoint::new(ORIGIN, 3, tree.root()).expect("the origin is a line")
}

fn good_note() -> String {
    good_checkpoint().sign(&signer()).expect("the key has the log's name").to_string()
}

fn good_proof() -> String {
    let hashes = Tree::from_entries(["one", "two", "three"]).inclusion_proof(1, 3).expect("there are three");
    let proof = Proof::new(1, hashes, good_note()).expect("the checkpoint is one");
    proof.with_extra(b"more".to_vec()).expect("it is short").to_string()
}

fn good_texts() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(good_checkpoint().to_string()),
        Just(good_note()),
        Just(good_proof()),
        Just(signer().verifier().to_string()),
        Just("tile/1/x001/x234/067.p/8".to_owned()),
        Just("tile/entries/x001/067".to_owned()),
    ]
}

/// Replaces the characters from one place up to a few further on by others.
fn scribbled() -> impl Strategy<Value = String> {
    let scribble = prop_oneof![
        "[ -~\n]{0,3}",
        Just("\n".to_owned()),
        Just("\u{2014} ".to_owned()),
        Just("0".to_owned()),
        Just("x000/".to_owned()),
        Just("..".to_owned()),
        Just("\r\n".to_owned()),
        Just("=".to_owned()),
    ];
    let scribbles = prop::collection::vec((any::<Index>(), 0..4_usize, scribble), 1..4);
    (good_texts(), scribbles).prop_map(|(text, scribbles)| {
        let mut chars: Vec<char> = text.chars().collect();
        for (at, length, scribble) in scribbles {
            let start = at.index(chars.len() + 1);
            let end = (start + length).min(chars.len());
            chars.splice(start..end, scribble.chars());
        }
        chars.into_iter().collect()
    })
}

fn has_one_spelling(text: &str) -> Result<(), TestCaseError> {
    let written = [
        Note::parse(text).ok().map(|note| note.to_string()),
        Checkpoint::parse(text).ok().map(|checkpoint| checkpoint.to_string()),
        Proof::parse(text).ok().map(|proof| proof.to_string()),
        Verifier::parse(text).ok().map(|key| key.to_string()),
        TilePath::parse(text).ok().map(|path| path.to_string()),
    ];
    for written in written.into_iter().flatten() {
        prop_assert_eq!(written, text);
    }
    Ok(())
}

#[test]
fn the_good_texts_are_good() {
    assert!(Note::parse(&good_note()).is_ok());
    assert!(Proof::parse(&good_proof()).is_ok());
    for text in [good_note(), good_proof(), signer().verifier().to_string(), good_checkpoint().to_string()] {
        has_one_spelling(&text).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_scribbled_text_is_refused_or_has_one_spelling(text in scribbled()) {
        has_one_spelling(&text)?;
    }

    #[test]
    fn any_text_is_refused_or_has_one_spelling(text in any::<String>()) {
        has_one_spelling(&text)?;
    }

    #[test]
    fn every_tile_has_a_path_that_leads_back(level in 0..=63_u8, index in any::<u64>(), width in 1..=256_u16) {
        for path in [TilePath::hashes(level, index, width).unwrap(), TilePath::entries(index, width).unwrap()] {
            prop_assert_eq!(path.to_string().parse(), Ok(path));
        }
    }

    #[test]
    fn any_bytes_are_one_bundle_at_most(bytes in prop::collection::vec(0..4_u8, 0..40), expected in 0..20_usize) {
        if let Ok(entries) = bundle::decode(&bytes, expected) {
            prop_assert_eq!(entries.len(), expected);
            prop_assert_eq!(bundle::encode(entries), Ok(bytes));
        }
    }

    #[test]
    fn any_text_that_can_be_signed_is_read_back(text in "[a-z\n\u{2014} +=é]{0,30}\n") {
        let note = signer().sign(&text).unwrap();
        let read = Note::parse(&note.to_string()).unwrap();
        prop_assert_eq!(&read, &note);
        let verified = read.verify(&[signer().verifier().clone()]).unwrap();
        prop_assert_eq!(verified.text(), text);
    }

    #[test]
    fn a_log_grown_in_steps_is_whole_on_disk(steps in prop::collection::vec(1..700_u64, 1..6)) {
        let entries: Vec<[u8; 8]> = (0..steps.iter().sum()).map(u64::to_be_bytes).collect();
        let mut tree = Tree::new();
        let mut disk = std::collections::BTreeMap::new();
        for step in steps {
            let (old, new) = (tree.len(), tree.len() + step);
            tree.extend(entries[old as usize..new as usize].iter().map(|entry| assay_log::leaf_hash(entry)));
            for path in tiles_between(old, new) {
                let start = (path.index() * 256) as usize;
                let bytes = match path.level() {
                    Some(level) => tree.tile(level, path.index(), path.width()).unwrap(),
                    None => bundle::encode(&entries[start..start + usize::from(path.width())]).unwrap(),
                };
                disk.insert(path, bytes);
            }
        }
        // A mirror that knows the size only finds every file it will ask for, and they make the log's root.
        let paths = tiles_between(0, tree.len());
        let bundles = paths.iter().filter(|path| path.level().is_none()).map(|path| &disk[path]);
        prop_assert!(bundle::rebuild(bundles, tree.len(), &tree.root()).is_ok());
        for path in &paths {
            let Some(level @ 0) = path.level() else { continue };
            let leaves = assay_log::tile::hashes(&disk[path], path.width()).unwrap();
            let above = Tree::from_leaf_hashes(leaves).root();
            if !path.is_partial() {
                let (index, width) = (path.index() / 256, (path.index() % 256) as u16 + 1);
                let tile = assay_log::tile::hashes(&tree.tile(level + 1, index, width).unwrap(), width).unwrap();
                prop_assert_eq!(tile.last(), Some(&above));
            }
        }
    }
}
