//! What a proof must be and what it proves, one sentence a test.

use super::*;
use crate::note::{NoteError, Signer};
use crate::tree::Tree;

const ORIGIN: &str = "example.org/log";
const ENTRIES: [&str; 5] = ["one", "two", "three", "four", "five"];

fn signer() -> Signer {
    Signer::new(ORIGIN, [1; 32]).unwrap()
}

fn keys() -> Vec<Verifier> {
    vec![signer().verifier().clone()]
}

fn checkpoint_note(size: u64) -> String {
    let root = Tree::from_entries(ENTRIES).root_at(size).unwrap();
    Checkpoint::new(ORIGIN, size, root).unwrap().sign(&signer()).unwrap().to_string()
}

/// The proof that entry `index` is in the log of `size` entries.
fn proof(index: u64, size: u64) -> Proof {
    let hashes = Tree::from_entries(ENTRIES).inclusion_proof(index, size).unwrap();
    Proof::new(index, hashes, checkpoint_note(size)).unwrap()
}

#[test]
fn every_entry_is_proven_under_every_checkpoint_that_has_it() {
    for size in 1..=5 {
        for index in 0..size {
            let read = Proof::parse(&proof(index, size).to_string()).unwrap();
            let entry = ENTRIES[index as usize].as_bytes();
            let included = read.verify(entry, ORIGIN, &keys()).unwrap();
            assert_eq!((included.index(), included.leaf()), (index, &leaf_hash(entry)));
            assert_eq!(included.checkpoint().size(), size);
        }
    }
}

#[test]
fn a_proof_has_the_published_form() {
    let proof = proof(0, 2).with_extra(b"hello".to_vec()).unwrap();
    let (second, note) = (leaf_hash(b"two"), checkpoint_note(2));
    let text = format!("c2sp.org/tlog-proof@v1\nextra aGVsbG8=\nindex 0\n{second}\n\n{note}");
    assert_eq!(proof.to_string(), text);
    let read: Proof = text.parse().unwrap();
    assert_eq!(read, proof);
    assert_eq!(
        (read.extra(), read.index(), read.hashes()),
        (Some(b"hello".as_slice()), 0, [second].as_slice())
    );
    assert_eq!(read.checkpoint_note(), note);
}

#[test]
fn a_log_of_one_entry_needs_no_hashes() {
    let text = proof(0, 1).to_string();
    assert!(text.starts_with("c2sp.org/tlog-proof@v1\nindex 0\n\nexample.org/log\n1\n"), "{text}");
    assert!(Proof::parse(&text).unwrap().verify(b"one", ORIGIN, &keys()).is_ok());
}

#[test]
fn another_entry_another_place_or_another_log_is_not_proven() {
    let good = proof(1, 5);
    assert!(matches!(
        good.verify(b"2", ORIGIN, &keys()),
        Err(ProofError::Inclusion(TreeError::RootMismatch { .. }))
    ));
    let said = good.verify(b"two", "example.org/log2", &keys());
    assert!(matches!(said, Err(ProofError::Checkpoint(CheckpointError::OtherOrigin { .. }))));
    let stranger = Signer::new(ORIGIN, [2; 32]).unwrap().verifier().clone();
    let said = good.verify(b"two", ORIGIN, &[stranger]);
    assert_eq!(said, Err(CheckpointError::from(NoteError::NoKnownSignature(1)).into()));

    let moved = |index| Proof { index, ..good.clone() }.verify(b"two", ORIGIN, &keys());
    assert!(matches!(moved(0), Err(ProofError::Inclusion(TreeError::RootMismatch { .. }))));
    assert!(matches!(moved(4), Err(ProofError::Inclusion(TreeError::ProofLength { .. }))));
    assert_eq!(moved(5), Err(TreeError::IndexBeyondSize { index: 5, size: 5 }.into()));
    assert_eq!(moved(u64::MAX), Err(TreeError::IndexBeyondSize { index: u64::MAX, size: 5 }.into()));
    let shorter = Proof { checkpoint_note: checkpoint_note(4), ..good.clone() };
    assert!(matches!(shorter.verify(b"two", ORIGIN, &keys()), Err(ProofError::Inclusion(_))));
    let empty = Proof { checkpoint_note: checkpoint_note(0), ..good.clone() };
    assert_eq!(empty.verify(b"two", ORIGIN, &keys()), Err(TreeError::Empty.into()));
}

#[test]
fn extra_data_changes_nothing() {
    let plain = proof(3, 5).verify(b"four", ORIGIN, &keys()).unwrap();
    let extended = proof(3, 5).with_extra(vec![0; MAX_EXTRA_BYTES]).unwrap();
    let read = Proof::parse(&extended.to_string()).unwrap();
    assert_eq!(read.verify(b"four", ORIGIN, &keys()), Ok(plain));
    assert_eq!(proof(3, 5).with_extra(vec![0; MAX_EXTRA_BYTES + 1]), Err(ProofError::Extra));
    assert_eq!(proof(3, 5).with_extra(vec![]), Err(ProofError::Extra));
}

#[test]
fn what_is_no_proof_is_refused_with_the_reason() {
    let good = proof(0, 2).with_extra(b"hello".to_vec()).unwrap().to_string();
    let hash = leaf_hash(b"two").to_string();
    let checkpoint = |why: CheckpointError| ProofError::Checkpoint(why);
    for (from, to, why) in [
        ("@v1", "@v2", ProofError::Header),
        ("c2sp.org", " c2sp.org", ProofError::Header),
        ("@v1\n", "@v1\r\n", ProofError::Header),
        ("aGVsbG8=", "aGVsbG8", ProofError::Extra),
        ("aGVsbG8=", "", ProofError::Extra),
        ("aGVsbG8=", "aGVsbG9=", ProofError::Extra),
        ("extra aGVsbG8=", "extra", ProofError::Index),
        ("extra", "Extra", ProofError::Index),
        ("index 0\n", "index 0\nindex 0\n", ProofError::Hash { number: 1, source: HashError::TextLength(7) }),
        ("extra aGVsbG8=", "extra aGVsbG8=\nextra aGVsbG8=", ProofError::Index),
        ("index 0", "index 00", ProofError::Index),
        ("index 0", "index -0", ProofError::Index),
        ("index 0", "index", ProofError::Index),
        ("index 0", "index 18446744073709551616", ProofError::Index),
        ("index 0\n", "", ProofError::Index),
        (&hash, &hash[1..], ProofError::Hash { number: 1, source: HashError::TextLength(43) }),
        (&hash, &format!("{hash}\r"), ProofError::Hash { number: 1, source: HashError::TextLength(45) }),
        (&hash, &format!("{hash}\n").repeat(65), ProofError::TooManyHashes),
        (
            "\n\nexample.org/log",
            "\nexample.org/log",
            ProofError::Hash { number: 2, source: HashError::TextLength(15) },
        ),
        ("\n\nexample.org/log", "\n\n\nexample.org/log", checkpoint(CheckpointError::Size)),
        ("\n2\n", "\n02\n", checkpoint(CheckpointError::Size)),
        ("\n\n—", "\n—", checkpoint(NoteError::NoBlankLine.into())),
    ] {
        assert!(good.contains(from), "{from:?} is in the good proof");
        assert_eq!(Proof::parse(&good.replacen(from, to, 1)), Err(why), "{from:?} became {to:?}");
    }
    assert_eq!(Proof::parse(""), Err(ProofError::Header));
    assert_eq!(Proof::parse("c2sp.org/tlog-proof@v1\nindex 0\n"), Err(ProofError::NoCheckpoint));
    assert_eq!(Proof::parse(&"x".repeat(MAX_PROOF_BYTES + 1)), Err(ProofError::TooLong(MAX_PROOF_BYTES + 1)));
}

#[test]
fn a_proof_that_could_not_be_read_back_cannot_be_made() {
    let hashes = vec![leaf_hash(b""); MAX_HASHES];
    assert!(Proof::new(0, hashes.clone(), checkpoint_note(2)).is_ok());
    let more = [hashes, vec![leaf_hash(b"")]].concat();
    assert_eq!(Proof::new(0, more, checkpoint_note(2)), Err(ProofError::TooManyHashes));
    let said = Proof::new(0, vec![], "no note");
    assert_eq!(said, Err(CheckpointError::from(NoteError::NoBlankLine).into()));
    let signed = signer().sign("no checkpoint\n").unwrap().to_string();
    assert_eq!(Proof::new(0, vec![], signed), Err(CheckpointError::Shape.into()));
}

#[test]
fn a_policy_asks_for_witnesses_and_names_who_cosigned() {
    let north = crate::Cosigner::ml_dsa_44("north.example", [3; 32]).unwrap();
    let south = crate::Cosigner::ed25519("south.example", [4; 32]).unwrap();
    let policy: Policy = format!(
        "log {}\nwitness north {}\nwitness south {}\ngroup all all north south\nquorum all\n",
        signer().verifier(),
        north.key(),
        south.key()
    )
    .parse()
    .unwrap();
    let plain = checkpoint_note(5);
    let note = Note::parse(&plain).unwrap();
    let claim = Checkpoint::parse(note.text()).unwrap();
    let lines = [north.cosign(&claim, 7).unwrap(), south.cosign(&claim, 8).unwrap()];
    let hashes = proof(1, 5).hashes().to_vec();
    let of = |note: String| Proof::parse(&Proof::new(1, hashes.clone(), note).unwrap().to_string()).unwrap();

    let both = of(note.clone().with_signatures(lines.clone()).unwrap().to_string());
    let included = both.verify_under(b"two", &policy).unwrap();
    assert_eq!((included.index(), included.checkpoint().size()), (1, 5));
    let who: Vec<(String, u64)> =
        included.cosigned().iter().map(|by| (by.witness().to_string(), by.time())).collect();
    assert_eq!(who, [("north".to_owned(), 7), ("south".to_owned(), 8)]);
    assert!(matches!(both.verify_under(b"2", &policy), Err(ProofError::Inclusion(_))));
    assert!(both.verify(b"two", ORIGIN, &keys()).unwrap().cosigned().is_empty());

    let one = of(note.clone().with_signatures(lines[..1].to_vec()).unwrap().to_string());
    let said = one.verify_under(b"two", &policy).unwrap_err();
    assert_eq!(
        said.to_string(),
        "the checkpoint of the proof: too few witnesses cosigned this checkpoint: all has 1 of the 2 it needs, \
         without south. Fetch a newer checkpoint, or ask these witnesses"
    );
    assert!(matches!(of(plain).verify_under(b"two", &policy), Err(ProofError::Quorum(_))));
}
