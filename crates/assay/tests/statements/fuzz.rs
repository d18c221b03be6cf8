//! The parsers of statements over a committed corpus and over what becomes of it when it is bent (see the harness). What is
//! accepted is written back byte for byte, and the fold takes in only what was signed.

#[path = "../../../assay-log/tests/fuzz/harness.rs"]
mod harness;

use std::sync::LazyLock;

use assay::cbor;
use assay::cose::{self, Purpose};
use assay::fold::State;
use assay::key::SecretKey;
use assay::statement::{Received, VERSION};
use assay::trust::Trust;
use harness::{Verdict, as_it_is, corpus, folder, run};
use proptest::{prop_assert, prop_assert_eq};

use crate::story::{AUTHORITY, HEARTH, HEARTH_NEXT, LAB, LOG, REGISTER, RIVAL, Story, empty, key};

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
    add("trust", "no-register", format!("assay-trust-v0\nlog {}\n", log.verifier()).into_bytes());
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
    [REGISTER, HEARTH, RIVAL, HEARTH_NEXT, LAB, AUTHORITY]
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
