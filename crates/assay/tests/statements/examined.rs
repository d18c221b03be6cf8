//! Signatures that are verified ahead of their turn: whenever that is done, what enters the log is the same.

use assay::fold::{Refusal, State};
use assay::statement::*;

use crate::story::*;

fn received(bytes: &[u8]) -> Received {
    Received::parse(bytes).unwrap()
}

/// Every entry of a log, examined under the state before it, under the empty one, and under the one at the end, is accepted
/// by the same key as when nothing was examined.
#[test]
fn it_does_not_matter_when_a_signature_was_verified() {
    let entries = Story::whole().entries;
    let mut plain = empty();
    let mut steps = Vec::new();
    for entry in &entries {
        steps.push((plain.clone(), *plain.append(&entry.bytes).unwrap().by()));
    }
    for when in 0..3 {
        let mut state = empty();
        for (entry, (before, by)) in entries.iter().zip(&steps) {
            let under = [before, &steps[0].0, &plain][when];
            let examined = under.examine(received(&entry.bytes));
            assert_eq!(examined.peek(), &entry.statement);
            assert_eq!(state.append_examined(&examined).unwrap(), *by, "{when}: {:?}", entry.statement);
        }
        assert_eq!(format!("{state:?}"), format!("{plain:?}"));
    }
}

#[test]
fn a_key_that_was_retired_meanwhile_signs_nothing() {
    let register = |seed| registration(seed, "Example Hearth Ltd").sign(&key(seed), LOG).unwrap();
    let mut state = empty();
    state.append(&register(HEARTH)).unwrap();
    let added = KeyAdded { maker: maker(HEARTH), key: key(HEARTH_NEXT).public(), on: day("2026-01-01") };
    state.append(&Statement::KeyAdded(added).sign(&key(HEARTH), LOG).unwrap()).unwrap();
    let declared = Statement::Declared(Box::new(declaration(HEARTH))).sign(&key(HEARTH), LOG).unwrap();
    let examined = state.examine(received(&declared));
    let retired = KeyRetired { maker: maker(HEARTH), key: key(HEARTH).public(), on: day("2026-01-01") };
    let retired = Statement::KeyRetired(retired).sign(&key(HEARTH_NEXT), LOG).unwrap();
    let mut kept = state.clone();
    state.append(&retired).unwrap();
    let size = state.size();
    let refusal = state.append_examined(&examined).unwrap_err();
    assert!(matches!(refusal, Refusal::KeyRetired(..)), "{refusal:?}");
    assert_eq!(state.size(), size, "a refusal changes nothing");
    kept.append_examined(&examined).unwrap();
}

#[test]
fn what_was_verified_for_another_log_is_verified_again() {
    let bytes = registration(HEARTH, "Example Hearth Ltd").sign(&key(HEARTH), "other.example/log").unwrap();
    let other = State::new("other.example/log", vec![key(REGISTER).public()]);
    let examined = other.examine(received(&bytes));
    assert!(matches!(empty().append_examined(&examined), Err(Refusal::Signature(_))));
}

#[test]
fn a_bad_signature_is_refused_whenever_it_is_looked_at() {
    let mut bytes = registration(HEARTH, "Example Hearth Ltd").sign(&key(HEARTH), LOG).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    let examined = empty().examine(received(&bytes));
    assert_eq!(empty().append_examined(&examined).unwrap_err(), empty().check(&bytes).unwrap_err());
}
