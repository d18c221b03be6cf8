//! The judgement as OSCAL assessment results (NIST, version 1.2.3), one result for each scheme. The same case on the same
//! day gives the same bytes: identifiers follow from what they name, and the only time is the day of the judgement.

mod book;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Shown;
use super::words::clean;
use book::Book;

/// The version whose published schema a test holds the document against.
const VERSION: &str = "1.2.3";

/// The namespace of our properties: OSCAL's own have none.
const NS: &str = "urn:assay:oscal";

/// The document.
pub(crate) fn oscal(shown: &Shown<'_>) -> Value {
    let book = Book { seed: seed(shown), time: format!("{}T00:00:00Z", shown.on) };
    let maker = shown.case.map_or_else(|| "Not named".to_owned(), |c| line(&c.maker.organisation));
    let product = shown.case.map_or_else(|| line(shown.folder), |c| line(&c.product.name));
    let plan = book.uuid("plan");
    let results: Vec<Value> = if shown.assessments.is_empty() {
        vec![book.evidence_alone(shown, &product)]
    } else {
        shown.assessments.iter().map(|a| book.result(shown, a, &product)).collect()
    };
    json!({ "assessment-results": {
        "uuid": book.uuid("document"),
        "metadata": {
            "title": format!("What the evidence shows of {product}"),
            "last-modified": book.time,
            "version": shown.on.to_string(),
            "oscal-version": VERSION,
            "props": [prop("tool", &format!("assay {}", env!("CARGO_PKG_VERSION")))],
            "roles": [{ "id": "maker", "title": "The maker of the product" }],
            "parties": [{ "uuid": book.uuid("maker"), "type": "organization", "name": maker }],
            "responsible-parties": [{ "role-id": "maker", "party-uuids": [book.uuid("maker")] }],
        },
        "import-ap": {
            "href": format!("#{plan}"),
            "remarks": "There is no assessment plan of its own: the schemes and the checks are the plan.",
        },
        "results": results,
        "back-matter": { "resources": book.resources(shown, &plan) },
    }})
}

/// What the identifiers hang on: the product, the day, and everything that was claimed and seen.
fn seed(shown: &Shown<'_>) -> String {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    };
    add("assay oscal 0");
    add(&shown.on.to_string());
    match shown.case {
        Some(c) => [&c.maker.domain, &c.product.model, &c.product.name].into_iter().for_each(|t| add(t)),
        None => add(shown.folder),
    }
    // All that is told below: a document that says anything else has other identifiers.
    add(&serde_json::to_string(shown.assessments).unwrap_or_default());
    add(&serde_json::to_string(shown.results).unwrap_or_default());
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

fn prop(name: &str, value: &str) -> Value {
    json!({ "name": name, "ns": NS, "value": line(value) })
}

/// A text as OSCAL takes it: one line that neither begins nor ends with a blank, and is not empty.
fn line(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(clean).collect();
    if words.is_empty() { "none".to_owned() } else { clean(&words.join(" ")) }
}

/// An id as a token: letters, digits, `.`, `-` and `_`, a letter or `_` first. The property `provision` keeps it as it is.
fn token(id: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let token: String = id.chars().map(|c| if fits(c) { c } else { '_' }).collect();
    if token.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') { token } else { format!("_{token}") }
}
