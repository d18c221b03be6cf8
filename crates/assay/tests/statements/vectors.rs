//! The committed vectors: a whole log, a file for each entry, with its bytes and what they say. A file that is there is
//! never written again: the bytes of a version do not change, and what was written once parses for ever.
//! `UPDATE_VECTORS=1` writes the files that are missing.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use assay::statement::fields::FIELDS;
use assay::statement::{KINDS, Received, Statement};
use serde_json::{Value, json};

use crate::story::{LOG, Story, empty, key};

pub(crate) fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/statements/vectors"))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect()
}

/// The files in their order, each with its name.
pub(crate) fn committed() -> Vec<(String, Value)> {
    let mut names: Vec<String> = fs::read_dir(folder())
        .expect("UPDATE_VECTORS=1 writes the vectors")
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".json"))
        .collect();
    names.sort();
    let read = |name: String| {
        let text = fs::read_to_string(folder().join(&name)).unwrap();
        (name, serde_json::from_str(&text).unwrap())
    };
    names.into_iter().map(read).collect()
}

#[test]
fn the_bytes_of_a_version_never_change() {
    for (index, entry) in Story::whole().entries.iter().enumerate() {
        let place = folder().join(format!("{index:02}-{}.json", entry.statement.kind()));
        let vector = json!({
            "index": index,
            "origin": LOG,
            "signed_by": key(entry.signer).public().to_string(),
            "says": entry.statement,
            "entry": hex(&entry.bytes),
        });
        if std::env::var_os("UPDATE_VECTORS").is_some() && !place.exists() {
            fs::create_dir_all(folder()).unwrap();
            fs::write(&place, format!("{vector:#}\n")).unwrap();
        }
        let text = fs::read_to_string(&place).unwrap_or_else(|why| panic!("{}: {why}", place.display()));
        let there: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(there, vector, "{} is no longer what is written", place.display());
    }
}

#[test]
fn old_statements_parse_for_ever_and_fold_to_the_same() {
    let vectors = committed();
    let mut state = empty();
    let mut replayed = empty();
    let mut kinds = BTreeSet::new();
    for (name, vector) in &vectors {
        let entry = unhex(vector["entry"].as_str().unwrap());
        let received = Received::parse(&entry).unwrap_or_else(|why| panic!("{name}: {why}"));
        assert_eq!(serde_json::to_value(received.peek()).unwrap(), vector["says"], "{name}");
        let says: Statement = serde_json::from_value(vector["says"].clone()).unwrap();
        assert_eq!(&says, received.peek(), "{name}");
        let accepted = state.append(&entry).unwrap_or_else(|why| panic!("{name}: {why}"));
        assert_eq!(accepted.by().to_string(), vector["signed_by"], "{name}");
        replayed.replay(received).unwrap_or_else(|why| panic!("{name}: {why}"));
        kinds.insert(says.kind());
        state.check_laws().unwrap_or_else(|why| panic!("{name}: {why}"));
    }
    assert_eq!(format!("{state:?}"), format!("{replayed:?}"), "a replay comes to the same state");
    let all: BTreeSet<&str> = KINDS.iter().map(|k| k.word).collect();
    assert_eq!(kinds, all, "every kind has a vector");
}

#[test]
fn the_table_of_fields_is_that_of_the_bytes() {
    let words: Vec<&str> = KINDS.iter().map(|k| k.word).collect();
    assert_eq!(FIELDS.map(|(kind, _)| kind).to_vec(), words);
    for (name, vector) in committed() {
        let says = vector["says"].as_object().unwrap();
        let kind = says["type"].as_str().unwrap();
        let fields = FIELDS.iter().find(|(word, _)| *word == kind).unwrap().1;
        for (field, ty, _) in fields {
            let field = field.trim_end_matches('?');
            let optional = fields.iter().any(|(f, _, _)| f.strip_suffix('?') == Some(field));
            match says.get(field) {
                None => assert!(optional, "{name}: {field} is missing"),
                Some(value) => {
                    let is = match value {
                        Value::String(_) => "text",
                        Value::Number(_) => "unsigned",
                        Value::Array(_) => "array",
                        Value::Object(_) => "map",
                        _ => "other",
                    };
                    assert_eq!(is, *ty, "{name}: {field}");
                }
            }
        }
        let known =
            |key: &str| key == "type" || fields.iter().any(|(f, _, _)| f.trim_end_matches('?') == key);
        assert!(says.keys().all(|key| known(key)), "{name}: a field is not in the table");
        // A field that is left out, and one that nobody knows, are refused.
        for key in says.keys() {
            let mut less = says.clone();
            less.remove(key);
            let optional = fields.iter().any(|(f, _, _)| f.strip_suffix('?') == Some(key));
            assert_eq!(
                serde_json::from_value::<Statement>(Value::Object(less)).is_ok(),
                optional,
                "{name}: {key}"
            );
        }
        let mut more = says.clone();
        more.insert("email".into(), "x".into());
        assert!(serde_json::from_value::<Statement>(Value::Object(more)).is_err(), "{name}");
    }
}
