//! What a policy must be and what it believes, one sentence a test.

use super::*;
use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::cosignature::{CosignatureError, Cosigner};
use crate::hash::leaf_hash;
use crate::note::{KeyError, Note, NoteError, Signer, Verifier};

const ORIGIN: &str = "example.org/log";
const TIME: u64 = 1_800_000_000;

fn log() -> Signer {
    Signer::new(ORIGIN, [1; 32]).unwrap()
}

/// A witness by its number: the odd ones sign with Ed25519, the even ones with ML-DSA-44.
fn witness(number: u8) -> Cosigner {
    let name = format!("w{number}.example");
    if number % 2 == 1 {
        Cosigner::ed25519(&name, [100 + number; 32]).unwrap()
    } else {
        Cosigner::ml_dsa_44(&name, [100 + number; 32]).unwrap()
    }
}

fn checkpoint() -> Checkpoint {
    Checkpoint::new(ORIGIN, 3, leaf_hash(b"")).unwrap()
}

/// The checkpoint, signed by the log and cosigned by these witnesses.
fn note(witnesses: &[u8]) -> Note {
    let lines = witnesses.iter().map(|number| witness(*number).cosign(&checkpoint(), TIME).unwrap());
    checkpoint().sign(&log()).unwrap().with_signatures(lines).unwrap()
}

/// The words `$LOG` and `$W1` … `$W6` become keys.
fn with_keys(text: &str) -> String {
    let text = text.replace("$LOG", &log().verifier().to_string());
    (1..=6).fold(text, |text, n| text.replace(&format!("$W{n}"), &witness(n).key().to_string()))
}

fn policy(text: &str) -> Policy {
    with_keys(text).parse().unwrap()
}

const TWO_LEVELS: &str = "log $LOG\n\nwitness X1 $W1\nwitness X2 $W2\nwitness X3 $W3\ngroup X-witnesses 2 X1 X2 X3\n\n\
    witness Y1 $W4\nwitness Y2 $W5\nwitness Y3 $W6\ngroup Y-witnesses any Y1 Y2 Y3\n\n\
    group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n";

#[test]
fn the_standards_example_needs_two_of_three_and_one_of_three() {
    let policy = policy(TWO_LEVELS);
    for set in 0..64_u8 {
        let who: Vec<u8> = (1..=6).filter(|n| set & (1 << (n - 1)) != 0).collect();
        let enough = who.iter().filter(|n| **n <= 3).count() >= 2 && who.iter().any(|n| *n > 3);
        let said = policy.open(&note(&who).to_string());
        assert_eq!(said.is_ok(), enough, "{who:?}");
        if let Ok(witnessed) = said {
            let names: Vec<String> = witnessed.cosigned().iter().map(|by| by.witness().to_string()).collect();
            let expected: Vec<String> =
                who.iter().map(|n| if *n <= 3 { format!("X{n}") } else { format!("Y{}", n - 3) }).collect();
            assert_eq!(names, expected);
            assert!(witnessed.cosigned().iter().all(|by| by.time() == TIME));
            assert_eq!(witnessed.checkpoint().checkpoint(), &checkpoint());
        }
    }
}

#[test]
fn what_is_missing_is_said() {
    let policy = policy(TWO_LEVELS);
    let said = policy.open(&note(&[1]).to_string()).unwrap_err();
    let expected = "X-and-Y has 0 of the 2 it needs, without X-witnesses, Y-witnesses; \
        Y-witnesses has 0 of the 1 it needs, without Y1, Y2, Y3; X-witnesses has 1 of the 2 it needs, without X2, X3";
    assert_eq!(said, QuorumError::Missing(expected.into()));
    let one = self::policy("log $LOG\nwitness north $W1\nquorum north\n");
    assert_eq!(one.open(&note(&[2]).to_string()), Err(QuorumError::Missing("north did not".into())));
    assert!(one.open(&note(&[1]).to_string()).is_ok());
}

#[test]
fn a_policy_may_need_no_witness_and_the_log_must_still_have_signed() {
    let policy = policy("log $LOG\nwitness north $W1\nquorum none\n");
    assert!(policy.needs_no_witness());
    assert!(policy.open(&note(&[]).to_string()).unwrap().cosigned().is_empty());
    let stranger = Signer::new(ORIGIN, [2; 32]).unwrap();
    let forged = checkpoint().sign(&stranger).unwrap().to_string();
    let why = CheckpointError::from(NoteError::NoKnownSignature(1));
    assert_eq!(policy.open(&forged), Err(why.into()));
    let cosigned_only = note(&[1]).to_string().lines().filter(|line| !line.contains("— example.org")).fold(
        String::new(),
        |mut text, line| {
            text.push_str(line);
            text.push('\n');
            text
        },
    );
    let why = CheckpointError::from(NoteError::NoKnownSignature(1));
    assert_eq!(policy.open(&cosigned_only), Err(why.into()), "a witness does not speak for the log");
}

#[test]
fn a_log_key_signs_only_for_the_log_it_is_named_after() {
    let other = Signer::new("example.org/other", [9; 32]).unwrap();
    let policy: Policy =
        format!("log {}\nlog {}\nquorum none\n", log().verifier(), other.verifier()).parse().unwrap();
    let text = checkpoint().to_string();
    let forged = other.sign(&text).unwrap().to_string();
    assert_eq!(policy.open(&forged), Err(CheckpointError::from(NoteError::NoKnownSignature(1)).into()));
    let unknown = Checkpoint::new("example.org/third", 3, leaf_hash(b"")).unwrap();
    let signed = log().sign(&unknown.to_string()).unwrap().to_string();
    assert_eq!(policy.open(&signed), Err(QuorumError::UnknownLog("example.org/third".into())));
}

#[test]
fn a_policy_without_logs_is_used_with_keys_known_from_elsewhere() {
    let policy = policy("witness north $W1\nquorum north\n");
    let text = note(&[1]).to_string();
    assert_eq!(policy.open(&text), Err(QuorumError::UnknownLog(ORIGIN.into())));
    assert!(policy.open_of(&text, &[log().verifier().clone().into()]).is_ok());
}

#[test]
fn one_bad_line_of_a_known_witness_spoils_the_checkpoint() {
    let policy =
        policy("log $LOG\nwitness north $W1\nwitness south $W2\ngroup both any north south\nquorum both\n");
    let other = Checkpoint::new(ORIGIN, 4, leaf_hash(b"")).unwrap();
    for bad in [1, 2] {
        let line = witness(bad).cosign(&other, TIME).unwrap();
        let text = note(&[3 - bad]).with_signatures([line]).unwrap().to_string();
        let said = policy.open(&text).unwrap_err();
        assert!(matches!(&said, QuorumError::Cosignature { source: CosignatureError::Bad(_), .. }), "{said}");
    }
    // Of a witness that nobody knows a line says nothing, good or bad.
    let line = witness(3).cosign(&other, TIME).unwrap();
    assert!(policy.open(&note(&[1]).with_signatures([line]).unwrap().to_string()).is_ok());
}

#[test]
fn a_line_given_twice_is_refused() {
    let policy = policy("log $LOG\nwitness north $W1\nquorum north\n");
    let text = note(&[1]).to_string();
    let twice = format!("{text}{}\n", text.lines().last().unwrap());
    let said = policy.open(&twice).unwrap_err();
    assert!(matches!(said, QuorumError::Checkpoint(CheckpointError::RepeatedLine { .. })), "{said}");
}

#[test]
fn a_log_may_sign_with_ml_dsa_alone_but_then_extension_lines_are_nobodys() {
    let log = Cosigner::ml_dsa_44(ORIGIN, [1; 32]).unwrap();
    let policy: Policy = format!("log {}\nquorum none\n", log.key()).parse().unwrap();
    let stranger = Signer::new(ORIGIN, [7; 32]).unwrap();
    let sign = |checkpoint: &Checkpoint| {
        let line = log.cosign(checkpoint, TIME).unwrap();
        stranger.sign(&checkpoint.to_string()).unwrap().with_signatures([line]).unwrap().to_string()
    };
    let opened = policy.open(&sign(&checkpoint())).unwrap();
    assert_eq!(opened.checkpoint().size(), 3);
    assert!(opened.checkpoint().note().signed_by().is_empty());
    let extended = checkpoint().with_extensions(vec!["more".into()]).unwrap();
    assert_eq!(policy.open(&sign(&extended)), Err(CheckpointError::UnsignedExtensions.into()));
}

#[test]
fn spaces_tabs_comments_and_order_do_not_matter() {
    let plain = policy(
        "log $LOG https://log.example\nwitness a $W1 https://w\nwitness b $W3\ngroup g any a b\nquorum g\n",
    );
    let other = policy(
        "\n# why\n\t # also\n  witness \t a  $W1   https://w  \nlog $LOG https://log.example\n \t\nwitness b $W3\ngroup g 1 a b\nquorum\tg\n# end\n",
    );
    assert_eq!(plain, other);
    assert_eq!(Policy::parse(&other.to_bytes()), Ok(plain.clone()));
    assert_eq!(plain.logs()[0].url().unwrap().as_text(), Some("https://log.example"));
    assert_eq!(plain.witnesses()[0].name().as_bytes(), b"a");
    assert_eq!(plain.witnesses()[0].url().unwrap().as_bytes(), b"https://w");
}

#[test]
fn names_are_any_bytes_and_keywords_too() {
    let text =
        with_keys("witness all $W1\nwitness any $W3\nwitness $W5 $W5\ngroup group 2 all any\nquorum group\n");
    assert!(Policy::parse(text.as_bytes()).is_ok());
    let mut bytes = b"witness K\xff\x80 ".to_vec();
    bytes.extend_from_slice(witness(1).key().to_string().as_bytes());
    bytes.extend_from_slice(b"\nquorum K\xff\x80\n");
    let policy = Policy::parse(&bytes).unwrap();
    assert_eq!(policy.to_bytes(), bytes);
    assert_eq!(policy.witnesses()[0].name().as_text(), None);
    let sign = with_keys("witness K $W1\nquorum \u{212a}\n");
    assert!(Policy::parse(sign.as_bytes()).is_err(), "a Kelvin sign is not a K");
}

#[test]
fn every_refusal_names_the_line_and_the_mend() {
    let word = |text: &str| Word(text.as_bytes().to_vec());
    let renamed =
        CosignerKey::ed25519("impostor", witness(1).key().public_key().try_into().unwrap()).unwrap();
    let same_key = format!("witness a $W1\nwitness b {renamed}\nquorum a\n");
    let same_log = format!(
        "log $LOG\nlog {}\nquorum none\n",
        Verifier::new("b", log().verifier().public_key()).unwrap()
    );
    let wrong_log = "a key that a log signs with (type 1 or 6)";
    let wrong_witness = "a key for cosignatures (type 4 or 6)";
    for (text, line, wrong) in [
        ("quorum none\n\x01\n", 2, Wrong::Byte(1)),
        ("quorum none\r\n", 1, Wrong::Byte(13)),
        ("# a\x7fb\nquorum none\n", 1, Wrong::Byte(127)),
        ("quibble w1\nquorum none\n", 1, Wrong::Keyword(word("quibble"))),
        ("Log $LOG\nquorum none\n", 1, Wrong::Keyword(word("Log"))),
        ("log\nquorum none\n", 1, Wrong::Shape("log KEY [ADDRESS]")),
        ("log $LOG u # why\nquorum none\n", 1, Wrong::Shape("log KEY [ADDRESS]")),
        ("log garbage\nquorum none\n", 1, Wrong::Key(KeyError::Shape)),
        ("log $W1\nquorum none\n", 1, Wrong::Key(KeyError::Algorithm { found: 4, wanted: wrong_log })),
        (
            "witness a $LOG\nquorum a\n",
            1,
            Wrong::Key(KeyError::Algorithm { found: 1, wanted: wrong_witness }),
        ),
        (&same_log, 2, Wrong::SameKey(1)),
        (&same_key, 2, Wrong::SameKey(1)),
        ("witness a\nquorum none\n", 1, Wrong::Shape("witness NAME KEY [ADDRESS]")),
        ("witness none $W1\nquorum none\n", 1, Wrong::NameNone),
        ("witness a $W1\ngroup none any a\nquorum none\n", 2, Wrong::NameNone),
        ("witness a $W1\n\nwitness a $W3\nquorum a\n", 3, Wrong::NameTaken { name: word("a"), line: 1 }),
        ("witness a $W1\ngroup a any a\nquorum a\n", 2, Wrong::NameTaken { name: word("a"), line: 1 }),
        ("witness a $W1\ngroup g 1\nquorum a\n", 2, Wrong::Shape("group NAME any|all|NUMBER MEMBER…")),
        ("witness a $W1\ngroup g 0 a\nquorum g\n", 2, Wrong::Threshold { found: word("0"), members: 1 }),
        ("witness a $W1\ngroup g 2 a\nquorum g\n", 2, Wrong::Threshold { found: word("2"), members: 1 }),
        ("witness a $W1\ngroup g 01 a\nquorum g\n", 2, Wrong::Threshold { found: word("01"), members: 1 }),
        ("witness a $W1\ngroup g -1 a\nquorum g\n", 2, Wrong::Threshold { found: word("-1"), members: 1 }),
        (
            "witness a $W1\ngroup g most a\nquorum g\n",
            2,
            Wrong::Threshold { found: word("most"), members: 1 },
        ),
        ("witness a $W1\ngroup g any b\nquorum g\n", 2, Wrong::Unknown(word("b"))),
        ("group g any a\nwitness a $W1\nquorum g\n", 1, Wrong::Unknown(word("a"))),
        ("witness a $W1\ngroup g any g a\nquorum g\n", 2, Wrong::Unknown(word("g"))),
        ("witness a $W1\ngroup g any none a\nquorum g\n", 2, Wrong::NoneMember),
        ("witness a $W1\ngroup g all a a\nquorum g\n", 2, Wrong::MemberTwice { name: word("a"), line: 2 }),
        (
            "witness a $W1\nwitness b $W3\ngroup g any a b\ngroup h any a\nquorum g\n",
            4,
            Wrong::MemberTwice { name: word("a"), line: 3 },
        ),
        ("quorum none\nquorum none\n", 2, Wrong::SecondQuorum(1)),
        ("quorum a\nwitness a $W1\n", 1, Wrong::Unknown(word("a"))),
        ("quorum\n", 1, Wrong::Shape("quorum NAME")),
        ("quorum none none\n", 1, Wrong::Shape("quorum NAME")),
    ] {
        let said = with_keys(text).parse::<Policy>();
        assert_eq!(said, Err(PolicyError::Line { line, wrong }), "{text}");
    }
    assert_eq!("".parse::<Policy>(), Err(PolicyError::NoQuorum));
    assert_eq!("# nothing\n".parse::<Policy>(), Err(PolicyError::NoQuorum));
    assert_eq!("quorum none".parse::<Policy>(), Err(PolicyError::Unterminated(1)));
    assert_eq!("quorum none\n# cu".parse::<Policy>(), Err(PolicyError::Unterminated(2)));
}

#[test]
fn a_policy_has_bounds_and_the_standards_room() {
    let long = "#".repeat(MAX_POLICY_BYTES + 1);
    assert_eq!(long.parse::<Policy>(), Err(PolicyError::TooLong(MAX_POLICY_BYTES + 1)));
    let seed = |n: u32| {
        let mut seed = [7; 32];
        seed[..4].copy_from_slice(&n.to_be_bytes());
        seed
    };
    let many = |count: u32| {
        let witnesses: String = (0..count)
            .map(|n| format!("witness w{n} {}\n", Cosigner::ed25519("w.example", seed(n)).unwrap().key()))
            .collect();
        let groups: String = (0..count).map(|n| format!("group g{n} any w{n}\n")).collect();
        format!("{witnesses}{groups}quorum g0\n").parse::<Policy>()
    };
    assert_eq!(many(128).unwrap().witnesses().len(), MAX_OF_EACH);
    assert_eq!(many(129), Err(PolicyError::Line { line: 129, wrong: Wrong::TooMany }));
    let logs: String =
        (0..32).map(|n| format!("log {}\n", Signer::new("l", seed(n)).unwrap().verifier())).collect();
    assert_eq!(format!("{logs}quorum none\n").parse::<Policy>().unwrap().logs().len(), 32);
    let deep: String = (1..128).map(|n| format!("group g{n} any g{}\n", n - 1)).collect();
    let deep = with_keys(&format!("log $LOG\nwitness w $W1\ngroup g0 any w\n{deep}quorum g127\n"));
    let deep: Policy = deep.parse().unwrap();
    assert!(deep.open(&note(&[1]).to_string()).is_ok());
    assert!(deep.open(&note(&[]).to_string()).is_err());
    let shout = "x".repeat(100_000);
    assert!(format!("{shout}\n").parse::<Policy>().unwrap_err().to_string().len() < 400);
}

#[test]
fn a_checkpoint_is_as_fresh_as_the_last_witness_the_quorum_needs() {
    let policy = policy("log $LOG\nwitness a $W1\nwitness b $W2\nwitness c $W3\ngroup g 2 a b c\nquorum g\n");
    let at = |times: [u64; 3]| {
        let lines = (1..=3).zip(times).map(|(n, time)| witness(n).cosign(&checkpoint(), time).unwrap());
        let note = checkpoint().sign(&log()).unwrap().with_signatures(lines).unwrap();
        policy.open(&note.to_string()).unwrap()
    };
    for (times, now, fresh) in [
        ([10, 20, 30], 30, Some(20)),
        ([30, 10, 20], 99, Some(20)),
        ([10, 20, 30], 29, Some(10)),
        ([10, 20, 30], 19, None),
        ([10, 10, 10], 10, Some(10)),
        ([0, 0, 30], 99, None),
        ([u64::MAX >> 1, 20, 10], 99, Some(10)),
    ] {
        assert_eq!(policy.fresh_as_of(&at(times), now), fresh, "{times:?} at {now}");
    }
    let none = self::policy("log $LOG\nwitness a $W1\nquorum none\n");
    assert_eq!(none.fresh_as_of(&none.open(&note(&[1]).to_string()).unwrap(), u64::MAX), None);
}
