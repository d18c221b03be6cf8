//! The parsers of statements over a committed corpus and over what becomes of it when it is bent (see the harness). What is
//! accepted is written back byte for byte, and the fold takes in only what was signed.

#[path = "../../../assay-log/tests/fuzz/harness.rs"]
pub(crate) mod harness;

use std::sync::LazyLock;

use assay::cbor;
use assay::cose::{self, Purpose};
use assay::fold::State;
use assay::gs1::Gs1Link;
use assay::key::SecretKey;
use assay::label::{LabelFacts, SignedLabel};
use assay::scheme;
use assay::snapshot::{Basis, Header, Snapshot};
use assay::statement::{Received, VERSION};
use assay::trust::{Logged, Trust, parse_authority};
use assay_gate::{Catalogue, Column, Columns, How, Judge};
use assay_log::{Checkpoint, Proof, Tree};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use harness::{Verdict, as_it_is, corpus, folder, run};
use proptest::{prop_assert, prop_assert_eq};
use sha2::{Digest as _, Sha256};

use crate::story::{
    AUTHORITY, HEARTH, HEARTH_NEXT, LAB, LOG, REGISTER, RIVAL, Story, THIRD, day, empty, gtin, key,
};

fn seeds() -> Vec<(&'static str, String, Vec<u8>)> {
    let mut seeds: Vec<_> = Story::whole()
        .entries
        .into_iter()
        .enumerate()
        .map(|(at, e)| ("statement", format!("ok-{at:02}-{}", e.statement.kind()), e.bytes))
        .collect();
    let good = seeds[0].2.clone();
    let mut add = |target, name: &str, bytes| seeds.push((target, name.to_owned(), bytes));
    add("statement", "no-tag", good[1..].to_vec());
    add("statement", "no-more", [&good[..], &[0]].concat());
    let resigned = |payload: &[u8]| cose::sign(&key(HEARTH), Purpose::Statement, LOG, payload.to_vec());
    add("statement", "no-map", resigned(&cbor::to_bytes(&(VERSION, "hello"))));
    add("statement", "no-version", resigned(&cbor::to_bytes(&(9_u8, "hello"))));
    let log = assay_log::Signer::new(LOG, [9; 32]).unwrap();
    let trust = Trust::new(log.verifier().clone(), vec![key(REGISTER).public()]);
    add("trust", "ok-one", trust.to_string().into_bytes());
    let trust = trust.with_authority(vec![key(AUTHORITY).public()]);
    add("trust", "ok-authority", trust.to_string().into_bytes());
    let lines = format!("# The office\nauthority {}\n", key(AUTHORITY).public());
    add("authority", "no-key", b"# The office\n".to_vec());
    add("authority", "no-word", lines.replace("authority", "register").into_bytes());
    add("authority", "ok-one", lines.into_bytes());
    add("trust", "no-register", format!("assay-trust-v0\nlog {}\n", log.verifier()).into_bytes());

    let story = Story::whole();
    let tree = Tree::from_entries(story.entries.iter().map(|entry| &entry.bytes));
    let basis = Basis {
        number: tree.len(),
        log_origin: LOG.into(),
        log_size: tree.len(),
        root: *tree.root().as_bytes(),
        checkpoint: String::new(),
        own_numbers: false,
        issued: day("2026-11-27"),
        valid_until: day("2026-12-27"),
    };
    let snapshot = Snapshot::build(&story.state.records(), &basis, &key(REGISTER)).unwrap();
    add("snapshot", "no-end", snapshot[..snapshot.len() - 1].to_vec());
    add("snapshot", "no-version", [b"ASSAYSNAP2\n", &snapshot[11..]].concat());
    add("snapshot", "ok-one", snapshot);
    add("snapshot", "ok-none", Snapshot::build(&[], &basis, &key(REGISTER)).unwrap());

    let note = Checkpoint::new(LOG, tree.len(), tree.root()).unwrap().sign(&log).unwrap().to_string();
    let labelled = story.entries.iter().position(|entry| entry.statement.kind() == "labelled").unwrap();
    let proof = tree.inclusion_proof(labelled as u64, tree.len()).unwrap();
    let proof = Proof::new(labelled as u64, proof, note).unwrap();
    let trust = Trust::new(log.verifier().clone(), vec![key(REGISTER).public()]);
    let logged = Logged::open(&story.entries[labelled].bytes, &proof, &trust).unwrap();
    for (name, number) in [("gtin", Some(gtin())), ("product", None)] {
        let facts = LabelFacts::from_logged(&logged, number).unwrap();
        let label = SignedLabel::issue(facts, &key(REGISTER), "https://register.example").unwrap();
        add("label", &format!("ok-{name}"), label.uri().as_bytes().to_vec());
        let elsewhere = label.uri().replace("register.example", "registry.example");
        add("label", &format!("no-{name}-elsewhere"), elsewhere.into_bytes());
        let svg = assay_label::svg(&label, assay_label::Look::default()).unwrap();
        add(
            "label-svg",
            &format!("no-{name}-altered"),
            svg.replacen("<path", "<path id=\"x\"", 1).into_bytes(),
        );
        add("label-svg", &format!("ok-{name}"), svg.into_bytes());
        let png = assay_label::png(&label, assay_label::Look::default(), 240).unwrap();
        add("label-png", &format!("no-{name}-cut"), png[..png.len() / 2].to_vec());
        add("label-png", &format!("ok-{name}"), png);
    }

    add("catalogue", "ok-csv", b"sku,gtin\n1,4006381333931\n2,\"04006381 333931\"\n3,\n".to_vec());
    add("catalogue", "ok-semicolons", b"\xef\xbb\xbfEAN;Artikel\r\n4006381333931;a\r\n".to_vec());
    add("catalogue", "ok-json", br#"[{"sku":"a","gtin":"4006381333931"},{"gtin":4006381333931}]"#.to_vec());
    add("catalogue", "ok-lines", b"{\"gtin\":\"036000291452\"}\n{\"gtin\":null}\n".to_vec());
    add("catalogue", "no-rows", Vec::new());
    add("catalogue", "no-end", br#"[{"gtin":"4006381333931"#.to_vec());
    seeds
}

#[test]
fn the_seeds_are_committed() {
    for (target, name, bytes) in seeds() {
        let place = folder(target).join(&name);
        if std::env::var_os("UPDATE_CORPUS").is_some() {
            std::fs::create_dir_all(folder(target)).unwrap();
            std::fs::write(&place, &bytes).unwrap();
        }
        let committed = corpus(target).remove(&name).unwrap_or_default();
        assert!(
            committed == bytes,
            "{target}/{name} changed: was the format meant to? UPDATE_CORPUS=1 writes it"
        );
    }
}

/// The state after every prefix of the story.
static STATES: LazyLock<Vec<(State, Vec<u8>)>> = LazyLock::new(|| {
    let mut state = empty();
    let step = |entry: crate::story::Entry| {
        let before = state.clone();
        state.append(&entry.bytes).unwrap();
        (before, entry.bytes)
    };
    Story::whole().entries.into_iter().map(step).collect()
});

fn signer(bytes: &[u8]) -> Option<SecretKey> {
    let id = cose::parse(bytes).ok()?.key_id;
    [REGISTER, HEARTH, RIVAL, HEARTH_NEXT, LAB, AUTHORITY, THIRD]
        .map(key)
        .into_iter()
        .find(|k| k.public().id() == id)
}

/// Signs what a bent message carries, so that more than the signature is looked at.
fn signed_again(input: &[u8]) -> Vec<u8> {
    match (signer(input), cose::parse(input)) {
        (Some(key), Ok(message)) => cose::sign(&key, Purpose::Statement, LOG, message.peek().to_vec()),
        _ => input.to_vec(),
    }
}

#[test]
fn statement() {
    run("statement", 10, signed_again, |input| {
        let Ok(received) = Received::parse(input) else { return Ok(false) };
        let message = cose::parse(input).unwrap();
        prop_assert_eq!(&cbor::to_bytes(&(VERSION, received.peek())), message.peek(), "one spelling");
        if let Some(key) = signer(input) {
            let written = received.peek().sign(&key, LOG).unwrap();
            prop_assert_eq!(&written[..written.len() - 64], &input[..input.len() - 64], "byte for byte");
            let signed = received.signed_by(&[key.public()], LOG).is_ok();
            prop_assert_eq!(signed, written == input, "what is signed is signed in one way");
        }
        // Whatever it is, the fold says yes or no, keeps its laws, and believes nothing that was not signed.
        for (state, _) in STATES.iter().step_by(5) {
            let mut state = state.clone();
            if let Ok(accepted) = state.append(input) {
                prop_assert_eq!(accepted.statement(), received.peek());
                prop_assert!(received.signed_by(&[*accepted.by()], LOG).is_ok());
                prop_assert_eq!(state.check_laws(), Ok(()));
            }
            let _ = state.replay(received.clone());
            prop_assert_eq!(state.check_laws(), Ok(()));
        }
        Ok(true)
    });
}

#[test]
fn trust() {
    run("trust", 10, as_it_is, |input| -> Verdict {
        let Some(trust) = str::from_utf8(input).ok().and_then(|text| Trust::parse(text).ok()) else {
            return Ok(false);
        };
        prop_assert_eq!(Trust::parse(&trust.to_string()), Ok(trust.clone()), "what is written reads back");
        prop_assert!(!trust.register().is_empty());
        Ok(true)
    });
}

#[test]
fn authority() {
    run("authority", 10, as_it_is, |input| -> Verdict {
        let Some(keys) = str::from_utf8(input).ok().and_then(|text| parse_authority(text).ok()) else {
            return Ok(false);
        };
        let lines: String = keys.iter().map(|key| format!("authority {key}\n")).collect();
        prop_assert_eq!(parse_authority(&lines), Ok(keys.clone()), "what is written reads back");
        prop_assert!(!keys.is_empty());
        Ok(true)
    });
}

#[test]
fn gs1() {
    run("gs1", 10, as_it_is, |input| -> Verdict {
        let Some(link) = str::from_utf8(input).ok().and_then(|text| Gs1Link::parse(text).ok()) else {
            return Ok(false);
        };
        prop_assert_eq!(Gs1Link::parse(&link.to_string()), Ok(link.clone()), "what is printed reads back");
        let begins = format!("^{}{}", link.key().code(), link.key().value());
        prop_assert!(link.element_string().starts_with(&begins), "the key comes first");
        Ok(true)
    });
}

/// Signs what a bent snapshot's header says, of the body that follows it.
fn snapshot_signed_again(input: &[u8]) -> Vec<u8> {
    let again = || {
        let (frame, rest) = input.split_at_checked(15)?;
        let length = u32::from_be_bytes(frame[11..].try_into().ok()?) as usize;
        let (signed, body) = rest.split_at_checked(length)?;
        let mut header: Header = cbor::from_bytes(cose::parse(signed).ok()?.peek()).ok()?;
        header.body_sha256 = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
        let signed = cose::sign(&key(REGISTER), Purpose::Snapshot, LOG, cbor::to_bytes(&header));
        let length = u32::try_from(signed.len()).ok()?.to_be_bytes();
        Some([&frame[..11], &length, &signed, body].concat())
    };
    again().unwrap_or_else(|| input.to_vec())
}

#[test]
fn snapshot() {
    run("snapshot", 1, snapshot_signed_again, |input| {
        let Ok(read) = Snapshot::open(input, &[key(REGISTER).public()], LOG) else { return Ok(false) };
        let header = read.header();
        let basis = Basis {
            number: header.number,
            log_origin: header.log_origin.clone(),
            log_size: header.log_size,
            root: STANDARD.decode(&header.root).unwrap().try_into().unwrap(),
            checkpoint: header.checkpoint.clone(),
            own_numbers: header.own_numbers,
            issued: header.issued,
            valid_until: header.valid_until,
        };
        prop_assert_eq!(header.records, read.len() as u64);
        // Whatever was signed, every question has an answer.
        let records: Vec<_> = read.records().collect();
        records.iter().take(20).for_each(|record| drop((read.lookup(record.gtin), read.prove(record.gtin))));
        if read.check().is_err() {
            return Ok(false);
        }
        prop_assert_eq!(records.len(), read.len());
        prop_assert!(records.iter().all(|record| read.lookup(record.gtin).as_ref() == Some(record)));
        if header.log_origin == LOG {
            let again = Snapshot::build(&records, &basis, &key(REGISTER)).unwrap();
            prop_assert_eq!(again, input, "the same records and header have the same bytes");
        }
        Ok(true)
    });
}

#[test]
fn label() {
    let genuine: Vec<String> = seeds()
        .into_iter()
        .filter(|(target, name, _)| *target == "label" && name.starts_with("ok"))
        .map(|(_, _, bytes)| String::from_utf8(bytes).unwrap())
        .collect();
    run("label", 0, as_it_is, |input| -> Verdict {
        let Ok(text) = str::from_utf8(input) else { return Ok(false) };
        let Ok(label) = SignedLabel::read(text, &[key(REGISTER).public()]) else { return Ok(false) };
        prop_assert!(genuine.contains(&label.uri().to_owned()), "only what was signed is believed: {text}");
        Ok(true)
    });
}

#[test]
fn catalogue() {
    let basis = Basis {
        number: 1,
        log_origin: LOG.into(),
        log_size: 1,
        root: [0; 32],
        checkpoint: String::new(),
        own_numbers: false,
        issued: day("2026-11-22"),
        valid_until: day("2026-12-22"),
    };
    let none = Snapshot::build(&[], &basis, &key(REGISTER)).unwrap();
    let none = Snapshot::open(&none, &[key(REGISTER).public()], LOG).unwrap();
    let judge = Judge::new(&none, scheme::find("uk-2019-option-a").unwrap(), day("2026-11-22"));
    run("catalogue", 10, as_it_is, |input| -> Verdict {
        let judged = |how: &How| {
            let catalogue = Catalogue::open(input, &Columns::default()).ok()?;
            let mut lines = Vec::new();
            let summary = assay_gate::run(&judge, catalogue, how, &mut lines).ok()?;
            Some((summary, String::from_utf8(lines).unwrap_or_default()))
        };
        let how = How { columns: vec![Column::Line, Column::Verdict], ..How::default() };
        let found = judged(&how);
        let other = judged(&How { block: 7, threads: 2, engine: assay_gate::Engine::PORTABLE, ..how });
        prop_assert_eq!(&found, &other, "however it is read");
        let Some((summary, lines)) = found else { return Ok(false) };
        prop_assert_eq!(summary.may_sell, 0);
        prop_assert!(summary.rows <= input.len() as u64, "a row has a byte at least");
        let mut before = 0;
        for line in lines.lines().skip(1) {
            let line: u64 = line.split(',').next().unwrap_or_default().parse().unwrap_or(0);
            prop_assert!(line >= before, "rows come in their order");
            before = line;
        }
        Ok(true)
    });
}
