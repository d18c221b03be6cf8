//! What a note must be and what makes it believable, one sentence a test. The two published examples are the
//! one of Go's `golang.org/x/mod/sumdb/note` and, for the form, the one in the standard's own text.

use super::*;

const GO_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const GO_NOTE: &str = "If you think cryptography is the answer to your problem,\n\
    then you don't know what your problem is.\n\n\
    — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const STANDARD_NOTE: &str = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\n\
    ed è subito sera.\n\n\
    — quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";

fn signer(name: &str, seed: u8) -> Signer {
    Signer::new(name, [seed; 32]).unwrap()
}

fn known(signers: &[&Signer]) -> Vec<Verifier> {
    signers.iter().map(|signer| signer.verifier().clone()).collect()
}

/// One text with the signatures of several signers under it.
fn signed_by(text: &str, signers: &[&Signer]) -> Note {
    let signatures = signers.iter().map(|signer| signer.signature(text)).collect();
    Note { text: text.to_owned(), signatures }
}

#[test]
fn the_published_examples_are_read_and_the_one_with_a_key_verifies() {
    let note = Note::parse(GO_NOTE).unwrap();
    assert_eq!(note.to_string(), GO_NOTE);
    let verified = note.verify(&[GO_KEY.parse().unwrap()]).unwrap();
    assert_eq!(verified.text(), note.text());
    assert_eq!(verified.signed_by()[0].to_string(), GO_KEY);

    let note = Note::parse(STANDARD_NOTE).unwrap();
    assert_eq!(note.to_string(), STANDARD_NOTE);
    assert_eq!(note.text().lines().count(), 4, "the text may have empty lines; only the last one parts it");
    assert_eq!(note.signatures()[0].name(), "quasimodo.example/salvatore");
    assert_eq!((note.signatures()[0].key_id(), note.signatures()[0].bytes().len()), (0x367b_a04b, 64));
}

#[test]
fn what_was_signed_verifies_after_a_journey_as_text() {
    let log = signer("example.org/log", 1);
    for text in ["a\n", "\n", "a\n\n", "\n\n\n", "a\n\n— b AAAAAAA=\n", "snow ☃\n"] {
        let note = Note::parse(&log.sign(text).unwrap().to_string()).unwrap();
        assert_eq!(note.verify(&known(&[&log])).unwrap().text(), text);
    }
}

#[test]
fn a_text_that_could_not_be_read_back_is_not_signed() {
    let log = signer("example.org/log", 1);
    assert_eq!(log.sign(""), Err(NoteError::Unterminated));
    assert_eq!(log.sign("a"), Err(NoteError::Unterminated));
    assert_eq!(log.sign("a\nb\r\n"), Err(NoteError::ControlCharacter { line: 2 }));
    assert_eq!(log.sign(&"\n".repeat(MAX_NOTE_BYTES + 1)), Err(NoteError::TooLong(MAX_NOTE_BYTES + 1)));
    assert!(matches!(log.sign(&"\n".repeat(MAX_NOTE_BYTES)), Err(NoteError::TooLong(_))));
}

#[test]
fn unknown_keys_are_passed_over() {
    let (log, witness) = (signer("example.org/log", 1), signer("witness.example", 2));
    let note = signed_by("a\n", &[&witness, &log]);
    assert_eq!(note.verify(&known(&[&log])).unwrap().signed_by(), known(&[&log]));
    assert_eq!(note.verify(&known(&[&log, &witness])).unwrap().signed_by(), known(&[&witness, &log]));
    assert_eq!(note.verify(&known(&[&signer("else.example", 3)])), Err(NoteError::NoKnownSignature(2)));
    assert_eq!(note.verify(&[]), Err(NoteError::NoKnownSignature(2)));
}

#[test]
fn a_key_is_known_by_name_and_id_together() {
    let log = signer("example.org/log", 1);
    let note = signed_by("a\n", &[&log]);
    let same_name = signer("example.org/log", 2);
    let same_key = signer("example.org/other", 1);
    assert_eq!(note.verify(&known(&[&same_name])), Err(NoteError::NoKnownSignature(1)));
    assert_eq!(note.verify(&known(&[&same_key])), Err(NoteError::NoKnownSignature(1)));
}

#[test]
fn one_bad_signature_of_a_known_key_spoils_the_note() {
    let (log, witness) = (signer("example.org/log", 1), signer("witness.example", 2));
    let mut note = signed_by("a\n", &[&log, &witness]);
    note.signatures[1] = witness.signature("b\n");
    let bad = NoteError::BadSignature { name: "witness.example".into(), key_id: witness.verifier().key_id() };
    assert_eq!(note.verify(&known(&[&log, &witness])), Err(bad));
    assert!(note.verify(&known(&[&log])).is_ok(), "to whom does not know the witness, its line says nothing");

    let mut twice = signed_by("a\n", &[&log, &log]);
    assert_eq!(twice.verify(&known(&[&log])).unwrap().signed_by().len(), 1, "a key counts once");
    twice.signatures[1] = log.signature("b\n");
    assert!(twice.verify(&known(&[&log])).is_err());
}

#[test]
fn a_signature_of_the_wrong_length_is_bad() {
    let log = signer("example.org/log", 1);
    let mut note = signed_by("a\n", &[&log]);
    note.signatures[0].bytes.push(0);
    assert!(matches!(note.verify(&known(&[&log])), Err(NoteError::BadSignature { .. })));
    note.signatures[0].bytes.truncate(63);
    assert!(matches!(note.verify(&known(&[&log])), Err(NoteError::BadSignature { .. })));
}

#[test]
fn the_same_key_given_twice_is_one_key() {
    let log = signer("example.org/log", 1);
    let note = signed_by("a\n", &[&log]);
    assert_eq!(note.verify(&known(&[&log, &log])).unwrap().signed_by().len(), 1);
}

#[test]
fn two_keys_under_one_name_and_id_are_refused_rather_than_chosen_from() {
    // Ids are short: among the first 31 000 seeds these two collide.
    let numbered = |n: u32| {
        let mut seed = [0; 32];
        seed[..4].copy_from_slice(&n.to_be_bytes());
        Signer::new("example.org/log", seed).unwrap()
    };
    let (one, other) = (numbered(5_241), numbered(30_242));
    assert_ne!(one.verifier(), other.verifier());
    let why = NoteError::AmbiguousKey { name: "example.org/log".into(), key_id: 0xaab6_aeb0 };
    let note = signed_by("a\n", &[&one]);
    assert_eq!(note.verify(&known(&[&one, &other])), Err(why.clone()));
    assert_eq!(note.verify(&known(&[&other, &one])), Err(why));
    assert!(matches!(note.verify(&known(&[&other])), Err(NoteError::BadSignature { .. })));
}

#[test]
fn what_is_no_note_is_refused_with_the_reason() {
    let line = "— example.org/log AAAAAAA=\n";
    assert!(Note::parse(&format!("a\n\n{line}")).is_ok(), "the others differ from this one");
    let wrong_line = |note: &str, number: usize, part: &str| match Note::parse(note) {
        Err(NoteError::SignatureLine { number: n, why }) if n == number && why.contains(part) => {}
        other => panic!("{note:?}: {other:?}"),
    };
    assert_eq!(Note::parse(""), Err(NoteError::NoBlankLine));
    assert_eq!(Note::parse(line), Err(NoteError::NoBlankLine));
    assert_eq!(Note::parse(&format!("a\n{line}")), Err(NoteError::NoBlankLine));
    assert_eq!(Note::parse(&format!("\n{line}")), Err(NoteError::NoBlankLine));
    assert_eq!(Note::parse("a\n\n"), Err(NoteError::NoSignatures));
    assert_eq!(Note::parse(&format!("a\n\n{line}\n")), Err(NoteError::NoSignatures));
    assert_eq!(Note::parse(&format!("a\r\n\n{line}")), Err(NoteError::ControlCharacter { line: 1 }));
    assert_eq!(
        Note::parse(&format!("a\n\n{line}").replace(' ', "\t")),
        Err(NoteError::ControlCharacter { line: 3 })
    );
    wrong_line(&format!("a\n\n{}", line.trim_end()), 1, "line feed");
    wrong_line("a\n\nb\n", 1, "em dash");
    wrong_line(&format!("a\n\n{line}– example.org/log AAAAAAA=\n"), 2, "em dash");
    wrong_line("a\n\n—  AAAAAAA=\n", 1, "key name");
    wrong_line("a\n\n— a+b AAAAAAA=\n", 1, "key name");
    wrong_line("a\n\n— a\u{a0}b AAAAAAA=\n", 1, "key name");
    wrong_line("a\n\n— ab\n", 1, "no space");
    wrong_line("a\n\n— ab AAAAAAA= \n", 1, "base64");
    wrong_line("a\n\n— ab AAAAAAA\n", 1, "base64");
    wrong_line("a\n\n— ab AAAAAAB=\n", 1, "base64");
    wrong_line("a\n\n— ab AAAAAA==\n", 1, "too short");
    wrong_line("a\n\n— ab \n", 1, "too short");
}

#[test]
fn a_note_has_bounds() {
    let line = "— example.org/log AAAAAAA=\n";
    assert_eq!(Note::parse(&format!("a\n\n{}", line.repeat(100))).unwrap().signatures().len(), 100);
    assert_eq!(Note::parse(&format!("a\n\n{}", line.repeat(101))), Err(NoteError::TooManySignatures));
    let fill = |n: usize| format!("{}\n\n{line}", "a".repeat(n - 2 - line.len()));
    assert!(Note::parse(&fill(MAX_NOTE_BYTES)).is_ok());
    assert_eq!(Note::parse(&fill(MAX_NOTE_BYTES + 1)), Err(NoteError::TooLong(MAX_NOTE_BYTES + 1)));
}
