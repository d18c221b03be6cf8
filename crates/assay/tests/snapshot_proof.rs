//! What `assay snapshot prove` writes is verified by a short program that shares no code with it: Python's own library, and
//! OpenSSL for the signature.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "helpers of a test that runs another program on files of its own"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use assay::assess::{Variant, Verdict};
use assay::gtin::Gtin14;
use assay::key::SecretKey;
use assay::snapshot::{Basis, Document, Foreign, Notice, Proof, Record, SchemeState, Snapshot, State};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const ORIGIN: &str = "register.example/log";

fn snapshot(key: &SecretKey, count: u64) -> Snapshot {
    let day = |text| assay::date::parse(text).unwrap();
    let basis = Basis {
        number: 3,
        log_origin: ORIGIN.into(),
        log_size: 70_000,
        root: [7; 32],
        checkpoint: String::new(),
        issued: day("2026-11-27"),
        valid_until: day("2026-12-27"),
        own_numbers: false,
    };
    let records: Vec<Record> = (0..count)
        .map(|at| {
            let state = SchemeState {
                verdict: Verdict::Holds,
                variant: (at % 3 > 0).then_some(Variant::Tick),
                statement: (at % 3 > 0).then_some(at * 999),
            };
            let label = Foreign { scheme: "jp-jc-star-1".into(), level: None, standard: None, until: None };
            Record {
                gtin: Gtin14::of_payload(400_638_133_000 + at * 17),
                state: if at % 5 == 0 { State::Withdrawn } else { State::Active },
                shortened: at % 7 == 0,
                updates_until: (at % 2 == 0).then(|| day("2031-03-31")),
                schemes: BTreeMap::from([("uk-2019-option-a".to_owned(), state)]),
                document: (at % 4 == 0).then_some(Document::Complete),
                notices: if at % 9 == 0 {
                    vec![Notice { kind: assay::seller::NoticeKind::Recall, suspended: false }]
                } else {
                    vec![]
                },
                labels: if at % 11 == 0 { vec![label] } else { vec![] },
            }
        })
        .collect();
    let bytes = Snapshot::build(&records, &basis, key).unwrap();
    Snapshot::open(&bytes, &[key.public()], ORIGIN).unwrap()
}

/// What the other program says.
fn asked(folder: &Path, proof: &Proof, key: &SecretKey, origin: &str) -> Result<String, String> {
    let file = folder.join("proof.json");
    std::fs::write(&file, serde_json::to_vec(proof).unwrap()).unwrap();
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs/snapshot_proof.py");
    let done = Command::new("python3")
        .arg(program)
        .arg(&file)
        .arg(STANDARD.encode(key.public().as_bytes()))
        .arg(origin)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if done.status.success() { Ok(text(&done.stdout)) } else { Err(text(&done.stderr)) }
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test must say so")]
fn another_program_verifies_presence_and_absence() {
    let there = |program| Command::new(program).arg("--version").output().is_ok_and(|o| o.status.success());
    if !there("python3") || !Command::new("openssl").arg("version").output().is_ok_and(|o| o.status.success())
    {
        eprintln!("SKIPPED: python3 or openssl is missing: no other program verified a snapshot's proof");
        return;
    }
    let folder = std::env::temp_dir().join(format!("assay-proof-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let key = SecretKey::from_seed(&[21; 32]);
    let many = snapshot(&key, 75);
    let (first, last) = (many.record(0).unwrap().gtin, many.record(74).unwrap().gtin);
    let other = |payload| Gtin14::of_payload(payload);
    let (none, one) = (snapshot(&key, 0), snapshot(&key, 1));
    let cases = [
        (&many, first, "present"),
        (&many, last, "present"),
        (&many, many.record(31).unwrap().gtin, "present"),
        (&many, other(400_638_133_100), "absent"),
        (&many, other(400_638_132_999), "absent"),
        (&many, other(500_000_000_000), "absent"),
        (&none, first, "absent"),
        (&one, first, "present"),
        (&one, last, "absent"),
    ];
    for (snapshot, gtin, wanted) in cases {
        let proof = snapshot.prove(gtin);
        assert_eq!(asked(&folder, &proof, &key, ORIGIN), Ok(format!("{wanted} {gtin}")));
    }
    // And it believes nothing that does not follow.
    let absent = many.prove(other(400_638_133_100));
    let stranger = SecretKey::from_seed(&[22; 32]);
    let mut moved = absent.clone();
    moved.leaves[1] = many.prove(last).leaves[0].clone();
    let mut cut = absent.clone();
    cut.leaves.pop();
    let mut bent = absent.clone();
    let mut leaf = STANDARD.decode(&bent.leaves[0].leaf).unwrap();
    leaf[9] ^= 1;
    bent.leaves[0].leaf = STANDARD.encode(leaf);
    let known = Proof { gtin: many.record(31).unwrap().gtin, ..absent.clone() };
    for (proof, key, origin) in [
        (&absent, &stranger, ORIGIN),
        (&absent, &key, "register.example/other"),
        (&moved, &key, ORIGIN),
        (&cut, &key, ORIGIN),
        (&bent, &key, ORIGIN),
        (&known, &key, ORIGIN),
    ] {
        let said = asked(&folder, proof, key, origin).unwrap_err();
        assert!(said.starts_with("refused: "), "{said}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
