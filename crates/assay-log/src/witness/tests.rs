//! What a witness does and what a log makes of its answers, one sentence a test.

use super::*;
use crate::checkpoint::Checkpoint;
use crate::hash::{EMPTY_ROOT, leaf_hash};
use crate::note::{Note, Signer};
use crate::tree::Tree;

const ORIGIN: &str = "example.org/log";
const NOW: u64 = 1_800_000_000;

fn log() -> Signer {
    Signer::new(ORIGIN, [1; 32]).unwrap()
}

fn keys() -> Vec<LogKey> {
    vec![log().verifier().clone().into()]
}

fn cosigners() -> [Cosigner; 2] {
    [Cosigner::ed25519("w.example", [3; 32]).unwrap(), Cosigner::ml_dsa_44("w.example", [4; 32]).unwrap()]
}

fn tree() -> Tree {
    Tree::from_entries((0..40_u64).map(u64::to_be_bytes))
}

/// The checkpoint of a size of a log whose tree this is.
fn note_of(tree: &Tree, size: u64) -> Note {
    Checkpoint::new(ORIGIN, size, tree.root_at(size).unwrap()).unwrap().sign(&log()).unwrap()
}

/// An honest request from one size to another.
fn request(old: u64, size: u64) -> AddCheckpoint {
    let proof = if old == 0 { vec![] } else { tree().consistency_proof(old, size).unwrap() };
    AddCheckpoint::new(old, proof, note_of(&tree(), size)).unwrap()
}

/// What a witness keeps that cosigned this size at `NOW`.
fn last(size: u64) -> Last {
    Last { size, root: tree().root_at(size).unwrap(), time: NOW }
}

/// The whole of a witness: reads the bytes, decides, keeps, signs and answers.
fn witness(body: &[u8], knows: bool, state: &mut Option<Last>, time: u64) -> Answer {
    let keys = keys();
    let considered = AddCheckpoint::parse(body).map_err(Refusal::from).and_then(|request| {
        let known = knows && request.checkpoint().origin() == ORIGIN;
        consider(&request, known.then_some(keys.as_slice()), state.as_ref(), time)
    });
    match considered {
        Ok(advance) => {
            *state = Some(advance.after());
            Answer::cosigned(&advance.cosign(&cosigners()).unwrap())
        }
        Err(refusal) => Answer::from(&refusal),
    }
}

#[test]
fn every_honest_step_is_cosigned_and_the_log_can_use_it() {
    for old in 0..=12 {
        for size in old..=12 {
            let mut state = (old > 0).then(|| last(old));
            let request = request(old, size);
            let answer = witness(request.to_string().as_bytes(), true, &mut state, NOW + 1);
            assert_eq!(answer.status, 200, "{old} to {size}: {}", answer.body);
            assert_eq!(state, Some(Last { time: NOW + 1, ..last(size) }));
            let witness_keys = cosigners().map(|cosigner| cosigner.key().clone());
            let lines =
                read_answer(&request, 200, None, answer.body.as_bytes(), &witness_keys, NOW + 1).unwrap();
            let note = request.note().clone().with_signatures(lines).unwrap();
            assert_eq!(note.signatures().len(), 3);
            let read = Note::parse(&note.to_string()).unwrap();
            for key in &witness_keys {
                let line = read.signatures().iter().find(|line| key.is_of(line)).unwrap();
                assert_eq!(key.verify(request.checkpoint(), line), Ok(NOW + 1));
            }
        }
    }
}

#[test]
fn a_request_is_written_as_it_is_read() {
    let request = request(3, 7);
    let text = request.to_string();
    assert!(text.starts_with("old 3\n") && text.contains("\n\nexample.org/log\n7\n"), "{text}");
    assert_eq!(AddCheckpoint::parse(text.as_bytes()), Ok(request.clone()));
    assert_eq!((request.old_size(), request.proof().len()), (3, 4));
    assert!(self::request(0, 7).to_string().starts_with("old 0\n\nexample.org/log\n7\n"));
}

#[test]
fn every_refusal_has_the_status_of_the_standard_and_changes_nothing() {
    let other = Tree::from_entries((0..40_u64).map(|n| (n + (n == 2) as u64).to_be_bytes()));
    let stranger = Signer::new(ORIGIN, [2; 32]).unwrap();
    let text = note_of(&tree(), 7).text().to_owned();
    let forged = AddCheckpoint::new(0, vec![], stranger.sign(&text).unwrap()).unwrap();
    let mut bent = request(3, 7).to_string();
    let at = bent.rfind("— ").unwrap() + 40;
    let turned = if &bent[at..=at] == "A" { "B" } else { "A" };
    bent.replace_range(at..=at, turned);
    let equal = AddCheckpoint::new(7, vec![], note_of(&other, 7)).unwrap();
    let wrong = AddCheckpoint::new(3, other.consistency_proof(3, 7).unwrap(), note_of(&tree(), 7)).unwrap();
    let rewritten =
        AddCheckpoint::new(3, other.consistency_proof(3, 7).unwrap(), note_of(&other, 7)).unwrap();
    let short = AddCheckpoint::new(3, vec![], note_of(&tree(), 7)).unwrap();
    let proven = AddCheckpoint::new(0, vec![leaf_hash(b"")], note_of(&tree(), 7)).unwrap();
    let shrinking = AddCheckpoint::new(8, vec![], note_of(&tree(), 7)).unwrap();
    let padded = AddCheckpoint::new(7, vec![leaf_hash(b"")], note_of(&tree(), 7)).unwrap();
    let empty = request(0, 0).to_string().replace(&EMPTY_ROOT.to_string(), &leaf_hash(b"").to_string());
    for (what, body, at, status) in [
        ("an unknown log", request(0, 7).to_string().replace(ORIGIN, "example.org/log2"), None, 404),
        ("a stranger's signature", forged.to_string(), None, 403),
        ("a bent signature", bent, Some(3), 403),
        ("a larger old size", shrinking.to_string(), Some(8), 400),
        ("an old size behind", request(3, 7).to_string(), Some(5), 409),
        ("an old size ahead", request(5, 7).to_string(), Some(3), 409),
        ("nothing known, something sent", request(3, 7).to_string(), None, 409),
        ("something known, nothing sent", request(0, 7).to_string(), Some(7), 409),
        ("a fork at the same size", equal.to_string(), Some(7), 422),
        ("another tree's proof", wrong.to_string(), Some(3), 422),
        ("a rewritten history", rewritten.to_string(), Some(3), 422),
        ("a proof cut", short.to_string(), Some(3), 422),
        ("a proof from nothing", proven.to_string(), None, 422),
        ("a proof between equals", padded.to_string(), Some(7), 422),
        ("nothing with the root of something", empty, None, 422),
        ("no request", "hello".into(), None, 400),
        ("a leading zero", request(3, 7).to_string().replacen("old 3", "old 03", 1), Some(3), 400),
    ] {
        let before = at.map(last);
        let mut state = before;
        let answer = witness(body.as_bytes(), true, &mut state, NOW);
        assert_eq!(answer.status, status, "{what}: {}", answer.body);
        assert_eq!(state, before, "{what}");
        if status == 409 {
            let size = before.map_or(0, |last| last.size);
            assert_eq!(
                (answer.content_type, answer.body),
                ("text/x.tlog.size", format!("{size}\n")),
                "{what}"
            );
        }
    }
    let said = consider(&equal, Some(&keys()), Some(&last(7)), NOW).unwrap_err();
    assert!(said.is_fork(), "{said}");
    for (request, size) in [(&wrong, 3), (&rewritten, 3), (&padded, 7)] {
        let said = consider(request, Some(&keys()), Some(&last(size)), NOW).unwrap_err();
        assert!(!said.is_fork(), "a bad proof convicts nobody: {said}");
    }
}

#[test]
fn a_witness_never_cosigns_two_trees_of_one_log() {
    // Two trees that part after three entries; the log serves now one and now the other, with the best proofs it has.
    let trees =
        [tree(), Tree::from_entries((0..40_u64).map(|n| (if n < 3 { n } else { n + 100 }).to_be_bytes()))];
    for first in 0..2 {
        let mut state = None;
        let mut cosigned: Vec<(usize, u64)> = Vec::new();
        for (turn, size) in [
            (first, 2),
            (1 - first, 3),
            (first, 5),
            (1 - first, 6),
            (1 - first, 5),
            (first, 9),
            (1 - first, 9),
        ] {
            let old = state.map_or(0, |last: Last| last.size);
            let proof =
                if old == 0 { vec![] } else { trees[turn].consistency_proof(old, size).unwrap_or_default() };
            let request = AddCheckpoint::new(old, proof, note_of(&trees[turn], size)).unwrap();
            if witness(request.to_string().as_bytes(), true, &mut state, NOW).status == 200 {
                cosigned.push((turn, size));
            }
        }
        assert_eq!(cosigned, [(first, 2), (1 - first, 3), (first, 5), (first, 9)]);
    }
}

#[test]
fn a_checkpoint_is_cosigned_again_after_an_answer_was_lost() {
    let mut state = Some(last(3));
    let body = request(3, 7).to_string();
    assert_eq!(witness(body.as_bytes(), true, &mut state, NOW).status, 200);
    let again = witness(body.as_bytes(), true, &mut state, NOW);
    let begin =
        read_answer(&request(3, 7), again.status, Some(again.content_type), again.body.as_bytes(), &[], NOW);
    assert_eq!(begin, Err(AnswerError::BeginAt(7)));
    assert_eq!(witness(request(7, 7).to_string().as_bytes(), true, &mut state, NOW + 9).status, 200);
    assert_eq!(state, Some(Last { time: NOW + 9, ..last(7) }));
}

#[test]
fn a_witness_never_goes_back_in_time_and_never_signs_without_one() {
    let advance = consider(&request(3, 7), Some(&keys()), Some(&last(3)), NOW - 1000).unwrap();
    assert_eq!(advance.after().time, NOW);
    let never = Last { time: 0, ..last(3) };
    let advance = consider(&request(3, 7), Some(&keys()), Some(&never), 0).unwrap();
    assert_eq!(advance.cosign(&cosigners()), Err(CosignatureError::Time(0)));
    let advance = consider(&request(3, 7), Some(&keys()), Some(&last(3)), u64::MAX).unwrap();
    assert_eq!(advance.cosign(&cosigners()), Err(CosignatureError::Time(u64::MAX)));
}

#[test]
fn an_answer_is_believed_only_as_far_as_its_keys() {
    let request = request(3, 7);
    let cosigners = cosigners();
    let keys = [cosigners[0].key().clone()];
    let line = |time| cosigners[0].cosign(request.checkpoint(), time).unwrap();
    let read = |body: String, status| {
        read_answer(&request, status, Some("Text/X.tlog.size; x"), body.as_bytes(), &keys, NOW)
    };
    assert_eq!(read(format!("{}\n", line(NOW)), 200), Ok(vec![line(NOW)]));
    let stranger =
        Cosigner::ed25519("w.example", [9; 32]).unwrap().cosign(request.checkpoint(), NOW).unwrap();
    assert_eq!(
        read(format!("{stranger}\n{}\n", line(NOW)), 200),
        Ok(vec![line(NOW)]),
        "others are passed over"
    );
    assert_eq!(read(format!("{stranger}\n"), 200), Err(AnswerError::Missing(keys[0].id())));
    assert_eq!(read(String::new(), 200), Err(AnswerError::Missing(keys[0].id())));
    let twice = read(format!("{}\n{}\n", line(NOW), line(NOW - 1)), 200);
    assert!(matches!(twice, Err(AnswerError::Line { line: 2, .. })));
    for time in [0, NOW + 1] {
        let why = AnswerError::Time { key: keys[0].id(), time, now: NOW };
        assert_eq!(read(format!("{}\n", line(time)), 200), Err(why));
    }
    let other = cosigners[0].cosign(self::request(3, 8).checkpoint(), NOW).unwrap();
    assert_eq!(read(format!("{other}\n"), 200), Err(CosignatureError::Bad(keys[0].id()).into()));
    assert!(
        matches!(read(line(NOW).to_string(), 200), Err(AnswerError::Line { line: 1, .. })),
        "no line feed"
    );
    assert!(matches!(read(format!("{}\n\n", line(NOW)), 200), Err(AnswerError::Line { line: 2, .. })));
    assert!(matches!(read("hello\n".into(), 200), Err(AnswerError::Line { line: 1, .. })));
    assert_eq!(read("7\n".into(), 409), Err(AnswerError::BeginAt(7)));
    for size in ["7", "07\n", "\n", "", "7\n\n", "-1\n", "18446744073709551616\n"] {
        assert_eq!(read(size.into(), 409), Err(AnswerError::Size), "{size:?}");
    }
    assert_eq!(read_answer(&request, 409, None, b"7\n", &keys, NOW), Err(AnswerError::Inconsistent));
    for (status, why) in [
        (400, AnswerError::Malformed),
        (403, AnswerError::NotTrusted),
        (404, AnswerError::UnknownLog),
        (422, AnswerError::Inconsistent),
        (503, AnswerError::Status(503)),
        (201, AnswerError::Status(201)),
    ] {
        assert_eq!(read("7\n".into(), status), Err(why));
    }
    assert_eq!(read("x".repeat(300_000), 200), Err(AnswerError::TooLong(300_000)));
}

#[test]
fn a_request_has_bounds() {
    let many = |count| AddCheckpoint::new(1, vec![leaf_hash(b""); count], note_of(&tree(), 7));
    let text = many(63).unwrap().to_string();
    assert!(AddCheckpoint::parse(text.as_bytes()).is_ok());
    assert_eq!(many(64), Err(RequestError::TooManyHashes));
    let line = format!("{}\n", leaf_hash(b""));
    let more = text.replacen(&line, &line.repeat(2), 1);
    assert_eq!(AddCheckpoint::parse(more.as_bytes()), Err(RequestError::TooManyHashes));
    let long = vec![b'x'; MAX_REQUEST_BYTES + 1];
    assert_eq!(AddCheckpoint::parse(&long), Err(RequestError::TooLong(MAX_REQUEST_BYTES + 1)));
    assert_eq!(AddCheckpoint::parse(b"old 0\n\n\xff"), Err(RequestError::NotText));
    let shout = "x".repeat(200_000);
    let unknown = Checkpoint::new(shout.as_str(), 1, leaf_hash(b"")).unwrap();
    let note = log().sign(&unknown.to_string()).unwrap();
    let request = AddCheckpoint::new(0, vec![], note).unwrap();
    let answer = Answer::from(&consider(&request, None, None, NOW).unwrap_err());
    assert!(answer.status == 404 && answer.body.len() < 1000, "an answer does not repeat what it was sent");
}

#[test]
fn a_malformed_request_is_refused_with_the_reason() {
    let good = request(3, 7).to_string();
    let first = request(3, 7).proof()[0].to_string();
    for (from, to, why) in [
        ("old 3", "old", RequestError::Old),
        ("old 3", "old  3", RequestError::Old),
        ("old 3", "Old 3", RequestError::Old),
        ("old 3\n", "old 3 \n", RequestError::Old),
        ("old 3\n", "", RequestError::Old),
        (
            "\n\nexample.org/log",
            "\nexample.org/log",
            RequestError::Hash { number: 5, source: crate::hash::HashError::TextLength(15) },
        ),
        (
            first.as_str(),
            "AAAA",
            RequestError::Hash { number: 1, source: crate::hash::HashError::TextLength(4) },
        ),
        ("\n\n—", "\n—", CheckpointError::from(crate::note::NoteError::NoBlankLine).into()),
        ("\n7\n", "\n07\n", CheckpointError::Size.into()),
    ] {
        assert!(good.contains(from), "{from:?}");
        assert_eq!(
            AddCheckpoint::parse(good.replacen(from, to, 1).as_bytes()),
            Err(why),
            "{from:?} became {to:?}"
        );
    }
    assert_eq!(AddCheckpoint::parse(b"old 3\n"), Err(RequestError::NoCheckpoint));
    assert_eq!(AddCheckpoint::parse(b""), Err(RequestError::NoCheckpoint));
}

#[test]
fn what_is_kept_for_monitors_has_only_lines_that_were_checked() {
    let stranger = Signer::new("stranger.example", [8; 32]).unwrap();
    let advertised = stranger.sign(request(3, 7).note().text()).unwrap().signatures().to_vec();
    let note = request(3, 7).note().clone().with_signatures(advertised).unwrap();
    let crowded = AddCheckpoint::new(3, request(3, 7).proof().to_vec(), note).unwrap();
    let advance = consider(&crowded, Some(&keys()), Some(&last(3)), NOW).unwrap();
    let lines = advance.cosign(&cosigners()).unwrap();
    let kept = advance.published(&lines).unwrap();
    let names: Vec<&str> = kept.signatures().iter().map(|line| line.name()).collect();
    assert_eq!(names, [ORIGIN, "w.example", "w.example"]);
    assert_eq!(Note::parse(&kept.to_string()), Ok(kept));
}

#[test]
fn monitors_fetch_under_the_hash_of_the_origin() {
    // printf %s example.com/behind-the-sofa | sha256sum
    let hash = "5fd2dc0beb4ce54da5050cf6d5c75248b023abad441c3cecde3976fbe9da4fe4";
    assert_eq!(monitor_path("example.com/behind-the-sofa"), format!("{hash}/checkpoint"));
}
