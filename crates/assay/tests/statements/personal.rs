//! Nothing personal enters the log: every text of every kind of statement is tried with what leads to a person.

use assay::statement::Statement;
use serde_json::Value;

use crate::vectors::committed;

/// In whatever field, refused.
const TRACES: [&str; 11] = [
    "jane.doe@hearth.example",
    "Jane Doe <jane@hearth.example>",
    "jane (at) hearth.example",
    "+44 20 7946 0958",
    "020 7946 0958",
    "07700 900123",
    "12 High Street, Leeds",
    "221B Baker Street",
    "London SW1A 1AA",
    "mailto:jane@hearth.example",
    "0044 20 7946 0958",
];

/// Refused where a word is asked for, which could be many put together.
const WORDS: [&str; 3] = ["call-07700-900123", "jane-07700900123", "12-high-street"];

/// Refused wherever an organisation is named or reasons are given, and wherever a text is no name at all. A product's
/// own name may hold such words (there are coffee machines named Mr Coffee).
const PERSONS: [&str; 4] = ["Mr John Smith", "Dr. Jane Doe", "c/o Jane Doe", "Ms Jane Doe, CEO"];

/// A bare name, refused wherever a text is no name.
const NAMES: [&str; 2] = ["Jane Doe", "John Q. Public"];

/// The fields that hold free words: names of products, and of organisations.
const FREE: [&str; 4] = ["name", "model", "category", "reasons"];

fn texts(value: &Value, path: String, found: &mut Vec<String>) {
    match value {
        Value::String(_) => found.push(path),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| texts(item, format!("{path}/{at}"), found));
        }
        Value::Object(fields) => fields.iter().for_each(|(key, item)| {
            texts(item, format!("{path}/{}", key.replace('~', "~0").replace('/', "~1")), found);
        }),
        _ => {}
    }
}

fn enters(says: &Value, path: &str, text: &str) -> bool {
    let mut changed = says.clone();
    *changed.pointer_mut(path).unwrap() = text.into();
    serde_json::from_value::<Statement>(changed).is_ok_and(|statement| statement.check_form().is_ok())
}

#[test]
fn no_text_of_any_kind_takes_what_leads_to_a_person() {
    let mut tried = 0;
    for (name, vector) in committed() {
        let says = &vector["says"];
        let mut paths = Vec::new();
        texts(says, String::new(), &mut paths);
        for path in paths {
            let field = path.rsplit('/').next().unwrap();
            for text in TRACES {
                assert!(!enters(says, &path, text), "{name} takes `{text}` in {path}");
            }
            let word = ["check", "kind", "scheme", "schema"].contains(&field);
            for text in WORDS.iter().filter(|_| word) {
                assert!(!enters(says, &path, text), "{name} takes `{text}` in {path}");
            }
            let product_named = FREE[..3].contains(&field);
            for text in PERSONS.iter().filter(|_| !product_named) {
                assert!(!enters(says, &path, text), "{name} takes `{text}` in {path}");
            }
            let free = FREE.contains(&field) || field == "organisation";
            // What is signed here may be an id that only the fold knows to be wrong: a scheme's or a check's.
            for text in NAMES.iter().filter(|_| !free) {
                assert!(!enters(says, &path, text), "{name} takes `{text}` in {path}");
            }
            tried += 1;
        }
    }
    eprintln!(
        "{tried} texts were tried with {} traces",
        TRACES.len() + WORDS.len() + PERSONS.len() + NAMES.len()
    );
    assert!(tried > 150);
}

#[test]
fn no_word_of_a_witness_policy_leads_to_a_person() {
    let log = assay_log::Signer::new("register.example/log", [9; 32]).unwrap();
    let jane = assay_log::Signer::new("jane@hearth.example/log", [9; 32]).unwrap();
    let witness = assay_log::Cosigner::ed25519("north.example/w", [30; 32]).unwrap();
    let policy = |log: &assay_log::Signer, name: &str, group: &str| {
        let (log, key) = (log.verifier(), witness.key());
        let policy = format!("log {log}\nwitness {name} {key}\ngroup {group} 1 {name}\nquorum {group}\n");
        let on = assay::date::parse("2026-11-22").unwrap();
        let from = assay::date::parse("2026-12-22").unwrap();
        Statement::WitnessPolicyChanged(assay::statement::WitnessPolicyChanged { policy, from, on })
    };
    assert_eq!(policy(&log, "north", "lands").check_form(), Ok(()));
    for named in [
        policy(&jane, "north", "lands"),
        policy(&log, "jane@hearth.example", "lands"),
        policy(&log, "north", "jane@hearth.example"),
        policy(&log, "north", "+442079460958"),
    ] {
        let fault = named.check_form().unwrap_err();
        assert!(matches!(fault, assay::statement::Fault::Personal { field: "policy", .. }), "{fault:?}");
    }
}
