//! Nothing personal enters the log: every text of every kind of statement is tried with what leads to a person.

use assay::statement::Statement;
use serde_json::Value;

use crate::vectors::committed;

/// In whatever field, refused.
const TRACES: [&str; 10] = [
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
];

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
    eprintln!("{tried} texts were tried with {} traces", TRACES.len() + PERSONS.len() + NAMES.len());
    assert!(tried > 150);
}
