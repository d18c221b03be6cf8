//! What a cosignature must be and what it says, one sentence a test.

use super::*;
use crate::hash::{EMPTY_ROOT, leaf_hash};
use crate::note::{KeyError, Note};

const ORIGIN: &str = "example.org/log";
const NAME: &str = "witness.example/w1";
const TIME: u64 = 1_679_315_147;

fn checkpoint() -> Checkpoint {
    Checkpoint::new(ORIGIN, 15, leaf_hash(b"")).unwrap()
}

fn cosigners() -> [Cosigner; 2] {
    [Cosigner::ed25519(NAME, [3; 32]).unwrap(), Cosigner::ml_dsa_44(NAME, [3; 32]).unwrap()]
}

/// A line with other bytes after the key id.
fn with_bytes(line: &NoteSignature, bytes: Vec<u8>) -> NoteSignature {
    NoteSignature::new(line.name(), line.key_id(), bytes)
}

#[test]
fn what_is_signed_is_what_the_standard_says() {
    let [ed25519, ml_dsa] = cosigners();
    let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    let text = format!("example.com/behind-the-sofa\n20852163\n{root}\n");
    let checkpoint = Checkpoint::parse(&text).unwrap();
    let signed = message(ed25519.key(), &checkpoint, TIME).unwrap();
    assert_eq!(String::from_utf8(signed).unwrap(), format!("cosignature/v1\ntime 1679315147\n{text}"));

    let signed = message(ml_dsa.key(), &checkpoint, TIME).unwrap();
    let expected = [
        b"subtree/v1\n\0\x12witness.example/w1\0\0\0\0\x64\x18\x50\xcb\x1bexample.com/behind-the-sofa"
            .as_slice(),
        b"\0\0\0\0\0\0\0\0\0\0\0\0\x01\x3e\x2d\xc3",
        checkpoint.root().as_bytes(),
    ];
    assert_eq!(signed, expected.concat());
}

#[test]
fn the_time_of_the_standards_example_is_read() {
    let line = "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==";
    let line = NoteSignature::parse(line).unwrap();
    assert_eq!((line.key_id(), line.bytes().len()), (0x8d66_cf3f, 72));
    assert_eq!(u64::from_be_bytes(*line.bytes().first_chunk().unwrap()), TIME);
}

#[test]
fn what_was_cosigned_verifies_after_a_journey_as_text() {
    let log = crate::Signer::new(ORIGIN, [1; 32]).unwrap();
    for cosigner in cosigners() {
        let line = cosigner.cosign(&checkpoint(), TIME).unwrap();
        let note = checkpoint().sign(&log).unwrap().with_signatures([line]).unwrap().to_string();
        let read = Note::parse(&note).unwrap();
        let key: CosignerKey = cosigner.key().to_string().parse().unwrap();
        assert_eq!(&key, cosigner.key());
        assert_eq!(key.verify(&checkpoint(), &read.signatures()[1]), Ok(TIME));
        assert!(!key.is_of(&read.signatures()[0]));
        // Signing takes no randomness: twice is the same, another time is another.
        assert_eq!(cosigner.cosign(&checkpoint(), TIME).as_ref(), Ok(&read.signatures()[1]));
        assert_ne!(cosigner.cosign(&checkpoint(), TIME + 1).as_ref(), Ok(&read.signatures()[1]));
    }
}

#[test]
fn no_bit_of_a_cosignature_can_be_flipped() {
    for cosigner in cosigners() {
        let line = cosigner.cosign(&checkpoint(), TIME).unwrap();
        // Every bit of the time and of an Ed25519 signature; of ML-DSA-44 one in each byte, which is enough for a test.
        let every = if cosigner.key().kind() == Kind::Ed25519 { 1 } else { 7 };
        for bit in (0..line.bytes().len() * 8).filter(|bit| *bit < 64 || bit % every == 0) {
            let mut bytes = line.bytes().to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let said = cosigner.key().verify(&checkpoint(), &with_bytes(&line, bytes));
            assert!(
                matches!(said, Err(CosignatureError::Bad(_) | CosignatureError::Time(_))),
                "bit {bit}: {said:?}"
            );
        }
    }
}

#[test]
fn another_checkpoint_is_not_cosigned() {
    let others = [
        Checkpoint::new("example.org/log2", 15, leaf_hash(b"")).unwrap(),
        Checkpoint::new(ORIGIN, 16, leaf_hash(b"")).unwrap(),
        Checkpoint::new(ORIGIN, 15, leaf_hash(b"x")).unwrap(),
        Checkpoint::new(ORIGIN, 0, EMPTY_ROOT).unwrap(),
    ];
    for cosigner in cosigners() {
        let line = cosigner.cosign(&checkpoint(), TIME).unwrap();
        for other in &others {
            assert_eq!(
                cosigner.key().verify(other, &line),
                Err(CosignatureError::Bad(cosigner.key().id())),
                "{other}"
            );
        }
    }
}

#[test]
fn extension_lines_are_cosigned_by_ed25519_alone() {
    let [ed25519, ml_dsa] = cosigners();
    let extended = checkpoint().with_extensions(vec!["more".into()]).unwrap();
    let line = ed25519.cosign(&checkpoint(), TIME).unwrap();
    assert!(ed25519.key().verify(&extended, &line).is_err());
    let line = ml_dsa.cosign(&checkpoint(), TIME).unwrap();
    assert_eq!(ml_dsa.key().verify(&extended, &line), Ok(TIME), "the standard leaves them out");
}

#[test]
fn a_line_of_another_key_or_length_is_refused() {
    let [ed25519, ml_dsa] = cosigners();
    let line = ed25519.cosign(&checkpoint(), TIME).unwrap();
    assert!(matches!(ml_dsa.key().verify(&checkpoint(), &line), Err(CosignatureError::OtherKey { .. })));
    let renamed = NoteSignature::new("witness.example/w2", line.key_id(), line.bytes().to_vec());
    assert!(matches!(ed25519.key().verify(&checkpoint(), &renamed), Err(CosignatureError::OtherKey { .. })));
    for found in [0, 7, 8, 64, 71, 73, 2428] {
        let said = ed25519.key().verify(&checkpoint(), &with_bytes(&line, vec![0; found]));
        assert_eq!(said, Err(CosignatureError::Length { key: ed25519.key().id(), wanted: 72, found }));
    }
    let note = crate::Signer::new(NAME, [3; 32]).unwrap().sign(&checkpoint().to_string()).unwrap();
    assert!(!ed25519.key().is_of(&note.signatures()[0]), "the same Ed25519 key as a log's has another id");
}

#[test]
fn a_time_that_cannot_be_said_is_refused() {
    for cosigner in cosigners() {
        assert_eq!(cosigner.cosign(&checkpoint(), MAX_TIME + 1), Err(CosignatureError::Time(MAX_TIME + 1)));
        let line = cosigner.cosign(&checkpoint(), MAX_TIME).unwrap();
        assert_eq!(cosigner.key().verify(&checkpoint(), &line), Ok(MAX_TIME));
        let mut bytes = line.bytes().to_vec();
        bytes[..8].copy_from_slice(&u64::MAX.to_be_bytes());
        let said = cosigner.key().verify(&checkpoint(), &with_bytes(&line, bytes));
        assert_eq!(said, Err(CosignatureError::Time(u64::MAX)));
        assert_eq!(cosigner.key().verify(&checkpoint(), &cosigner.cosign(&checkpoint(), 0).unwrap()), Ok(0));
    }
}

#[test]
fn long_names_and_origins_fit_or_are_refused() {
    let (fits, long) = ("w".repeat(255), "w".repeat(256));
    assert_eq!(Cosigner::ml_dsa_44(&long, [1; 32]).map(|_| ()), Err(KeyError::LongName(256)));
    let cosigner = Cosigner::ml_dsa_44(&fits, [1; 32]).unwrap();
    let of = |origin: &str| Checkpoint::new(origin, 1, leaf_hash(b"")).unwrap();
    let line = cosigner.cosign(&of(&fits), TIME).unwrap();
    assert_eq!(cosigner.key().verify(&of(&fits), &line), Ok(TIME));
    assert_eq!(cosigner.cosign(&of(&long), TIME), Err(CosignatureError::Origin(256)));
    assert_eq!(cosigner.key().verify(&of(&long), &line), Err(CosignatureError::Origin(256)));
    assert!(Cosigner::ed25519(&long, [1; 32]).unwrap().cosign(&of(&long), TIME).is_ok());
}

#[test]
fn a_part_of_a_tree_is_signed_by_ml_dsa_alone_and_says_no_time() {
    let [ed25519, ml_dsa] = cosigners();
    let (part, hash) = (Subtree::new(8, 13).unwrap(), leaf_hash(b"part"));
    assert_eq!(
        ed25519.sign_subtree(ORIGIN, part, &hash),
        Err(CosignatureError::WholeOnly(ed25519.key().id()))
    );
    let line = ml_dsa.sign_subtree(ORIGIN, part, &hash).unwrap();
    assert_eq!(ml_dsa.key().verify_subtree(ORIGIN, part, &hash, &line), Ok(()));
    let bad = Err(CosignatureError::Bad(ml_dsa.key().id()));
    assert_eq!(ml_dsa.key().verify_subtree("example.org/log2", part, &hash, &line), bad);
    assert_eq!(ml_dsa.key().verify_subtree(ORIGIN, Subtree::new(8, 12).unwrap(), &hash, &line), bad);
    assert_eq!(ml_dsa.key().verify_subtree(ORIGIN, part, &leaf_hash(b""), &line), bad);
    let whole = Subtree::new(0, 15).unwrap();
    let line = ml_dsa.sign_subtree(ORIGIN, whole, &leaf_hash(b"")).unwrap();
    assert_eq!(ml_dsa.key().verify(&checkpoint(), &line), Ok(0), "the whole tree at no time is a checkpoint");
    let timed = ml_dsa.cosign(&checkpoint(), TIME).unwrap();
    assert_eq!(
        ml_dsa.key().verify_subtree(ORIGIN, whole, &leaf_hash(b""), &timed),
        Err(CosignatureError::Time(TIME))
    );
}

#[test]
fn a_subtree_starts_where_its_power_of_two_does() {
    for (start, end) in [(0, 1), (0, 15), (4, 5), (4, 6), (4, 8), (8, 13), (0, u64::MAX), (1 << 63, u64::MAX)]
    {
        let part = Subtree::new(start, end).unwrap();
        assert_eq!((part.start(), part.end()), (start, end));
    }
    for (start, end) in [(0, 0), (5, 5), (6, 5), (1, 3), (4, 9), (2, 5), (1, u64::MAX)] {
        assert_eq!(Subtree::new(start, end), Err(CosignatureError::NoSubtree { start, end }));
    }
}

#[test]
fn a_mangled_key_is_refused() {
    for cosigner in cosigners() {
        let text = cosigner.key().to_string();
        let at = text.rfind('+').unwrap() - 1;
        let last = if &text[at..=at] == "0" { "1" } else { "0" };
        let other = format!("{}{last}{}", &text[..at], &text[at + 1..]);
        assert!(CosignerKey::parse(&other).is_err(), "{other}");
        let named = text.replacen("w1", "w2", 1);
        assert!(matches!(CosignerKey::parse(&named), Err(KeyError::OtherKeyId { .. })), "{named}");
        assert!(CosignerKey::parse(&text[..text.len() - 4]).is_err());
        assert_eq!(CosignerKey::parse(&text.replacen("w1", "w 1", 1)), Err(KeyError::Name));
    }
    let log = crate::Signer::new(ORIGIN, [1; 32]).unwrap().verifier().to_string();
    let wanted = "a key for cosignatures (type 4 or 6)";
    assert_eq!(CosignerKey::parse(&log), Err(KeyError::Algorithm { found: 1, wanted }));
    let witness = cosigners()[0].key().to_string();
    let wanted = "an Ed25519 key of a log (type 1)";
    assert_eq!(crate::Verifier::parse(&witness), Err(KeyError::Algorithm { found: 4, wanted }));
    let mut small_order = [0; 32];
    small_order[0] = 1;
    assert_eq!(CosignerKey::ed25519("w", &small_order), Err(KeyError::Unusable));
}

#[test]
fn a_secret_is_never_shown() {
    let seed = *b"0123456789abcdef0123456789abcdef";
    for cosigner in [Cosigner::ed25519("w", seed).unwrap(), Cosigner::ml_dsa_44("w", seed).unwrap()] {
        let shown = format!("{cosigner:?}");
        assert!(shown.len() < 60 && !shown.contains("0123"), "{shown}");
    }
}
