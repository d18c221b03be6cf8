//! No bit can be flipped unnoticed: not in a note, a checkpoint, a proof, an entry, a key or an entry bundle.
//! Two places are free on purpose, because nobody signed them: a proof's extra data and signature lines of
//! unknown keys.

use assay_log::{Checkpoint, Included, Note, Proof, Signer, Tree, Verifier, bundle, checkpoint};

const ORIGIN: &str = "example.org/log";
const ENTRIES: [&str; 5] = ["one", "two", "three", "four", "five"];

fn signer() -> Signer {
    Signer::new(ORIGIN, [42; 32]).expect("the name is a name")
}

fn keys() -> [Verifier; 1] {
    [signer().verifier().clone()]
}

fn signed_checkpoint() -> String {
    let tree = Tree::from_entries(ENTRIES);
    let checkpoint = Checkpoint::new(ORIGIN, tree.len(), tree.root()).expect("the origin is a line");
    checkpoint.sign(&signer()).expect("the key has the log's name").to_string()
}

fn proof_of_three() -> Proof {
    let hashes = Tree::from_entries(ENTRIES).inclusion_proof(2, 5).expect("there are five entries");
    Proof::new(2, hashes, signed_checkpoint()).expect("the checkpoint is one")
}

fn included(proof: &str, entry: &[u8]) -> Option<Included> {
    Proof::parse(proof).ok()?.verify(entry, ORIGIN, &keys()).ok()
}

/// The bytes with one bit flipped, for every bit: and where it was.
fn flips(bytes: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> {
    (0..bytes.len() * 8).map(|bit| {
        let mut flipped = bytes.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        (bit / 8, flipped)
    })
}

/// The same for a text; where a flip leaves no UTF-8 there is no text to give to anybody.
fn text_flips(text: &str) -> impl Iterator<Item = (usize, String)> {
    flips(text.as_bytes()).filter_map(|(at, bytes)| Some((at, String::from_utf8(bytes).ok()?)))
}

#[test]
fn no_bit_of_a_note_can_be_flipped() {
    let note = signer().sign("a text\n\nof two parts\n").unwrap().to_string();
    let believed = |note: &str| Note::parse(note).is_ok_and(|note| note.verify(&keys()).is_ok());
    assert!(believed(&note));
    for (at, flipped) in text_flips(&note) {
        assert!(!believed(&flipped), "byte {at}: {flipped}");
    }
}

#[test]
fn no_bit_of_a_checkpoint_can_be_flipped() {
    let note = signed_checkpoint();
    assert!(checkpoint::open(&note, ORIGIN, &keys()).is_ok());
    for (at, flipped) in text_flips(&note) {
        assert!(checkpoint::open(&flipped, ORIGIN, &keys()).is_err(), "byte {at}: {flipped}");
    }
}

#[test]
fn no_bit_of_a_proof_can_be_flipped() {
    let proof = proof_of_three().to_string();
    assert!(included(&proof, b"three").is_some());
    for (at, flipped) in text_flips(&proof) {
        assert_eq!(included(&flipped, b"three"), None, "byte {at}: {flipped}");
    }
}

#[test]
fn no_byte_of_a_proof_can_be_cut_doubled_or_put_in() {
    let proof = proof_of_three().to_string();
    for at in (0..proof.len()).filter(|at| proof.is_char_boundary(*at)) {
        assert_eq!(included(&proof[..at], b"three"), None, "cut at {at}");
        for put in [' ', '\n', '\r', '0', '=', '\u{feff}'] {
            let longer = format!("{}{put}{}", &proof[..at], &proof[at..]);
            assert_eq!(included(&longer, b"three"), None, "{put:?} put in at {at}");
        }
        let mut shorter = proof.clone();
        shorter.remove(at);
        assert_eq!(included(&shorter, b"three"), None, "without byte {at}");
    }
    for after in [" ", "\n", "\0", "x"] {
        assert_eq!(included(&format!("{proof}{after}"), b"three"), None, "{after:?} after the end");
    }
}

#[test]
fn no_bit_of_an_entry_can_be_flipped() {
    let proof = proof_of_three().to_string();
    for (at, flipped) in flips(b"three") {
        assert_eq!(included(&proof, &flipped), None, "byte {at}");
    }
    for other in [b"".as_slice(), b"thre", b"three ", b"three\n"] {
        assert_eq!(included(&proof, other), None);
    }
}

#[test]
fn extra_data_may_be_flipped_and_changes_nothing() {
    let plain = included(&proof_of_three().to_string(), b"three");
    let proof = proof_of_three().with_extra(b"some words".to_vec()).unwrap().to_string();
    let start = proof.find("extra ").unwrap() + "extra ".len();
    let end = start + proof[start..].find('\n').unwrap();
    let mut free = 0;
    for (at, flipped) in text_flips(&proof) {
        let said = included(&flipped, b"three");
        if (start..end).contains(&at) && said.is_some() {
            assert_eq!(said, plain, "byte {at}: {flipped}");
            free += 1;
        } else {
            assert_eq!(said, None, "byte {at}: {flipped}");
        }
    }
    assert!(free > 0, "the extra data is free");
}

#[test]
fn a_strangers_signature_may_be_flipped_and_changes_nothing() {
    let note = signed_checkpoint();
    let stranger = Signer::new("witness.example", [7; 32]).unwrap();
    let text = Note::parse(&note).unwrap().text().to_owned();
    let line = stranger.sign(&text).unwrap().to_string().replace(&format!("{text}\n"), "");
    let both = format!("{note}{line}");
    let opened = checkpoint::open(&both, ORIGIN, &keys()).unwrap();
    for (at, flipped) in text_flips(&both) {
        match checkpoint::open(&flipped, ORIGIN, &keys()) {
            Ok(said) => {
                assert!(at >= note.len(), "byte {at}: {flipped}");
                assert_eq!(said.checkpoint(), opened.checkpoint());
            }
            Err(_) => assert!(at < note.len() || Note::parse(&flipped).is_err(), "byte {at}: {flipped}"),
        }
    }
}

#[test]
fn no_bit_of_a_key_can_be_flipped() {
    let key = signer().verifier().to_string();
    for (at, flipped) in text_flips(&key) {
        assert!(Verifier::parse(&flipped).is_err(), "byte {at}: {flipped}");
    }
}

#[test]
fn no_bit_of_an_entry_bundle_can_be_flipped() {
    let bytes = bundle::encode(ENTRIES).unwrap();
    let root = Tree::from_entries(ENTRIES).root();
    assert!(bundle::rebuild([&bytes], 5, &root).is_ok());
    for (at, flipped) in flips(&bytes) {
        assert!(bundle::rebuild([flipped], 5, &root).is_err(), "byte {at}");
    }
}
