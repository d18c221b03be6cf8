//! The document of the formats names files that exist and the bounds that the program has.
#![expect(clippy::disallowed_methods, reason = "tests read the documents")]

use std::fs;
use std::path::Path;

use assay_log::{cosignature, note, policy, proof, tile, witness};

#[test]
fn the_document_of_the_formats_is_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = fs::read_to_string(root.join("docs/formats/log.md")).expect("the document is there");
    for word in text.split('`').skip(1).step_by(2).filter(|word| word.starts_with("crates/")) {
        assert!(root.join(word).exists(), "docs/formats/log.md names {word}, which does not exist");
    }
    let thousands = |number: usize| {
        let digits = number.to_string();
        let groups: Vec<&str> =
            digits.as_bytes().rchunks(3).rev().map(|group| str::from_utf8(group).expect("digits")).collect();
        groups.join(",")
    };
    for row in [
        format!(
            "| a note, and a checkpoint | {} bytes, {} signatures |",
            thousands(note::MAX_NOTE_BYTES),
            note::MAX_SIGNATURES
        ),
        format!("| an entry | {} bytes |", thousands(tile::bundle::MAX_ENTRY_BYTES)),
        format!("{} hashes, {} bytes of extra data |", proof::MAX_HASHES, thousands(proof::MAX_EXTRA_BYTES)),
        format!(
            "| a request to a witness | {} bytes, {} hashes |",
            thousands(witness::MAX_REQUEST_BYTES),
            witness::MAX_PROOF_LINES
        ),
        format!(
            "| a policy | {} bytes, and {} of logs",
            thousands(policy::MAX_POLICY_BYTES),
            policy::MAX_OF_EACH
        ),
        format!("the origin it signs for | {} bytes |", cosignature::MAX_NAME_BYTES),
        format!("(`{}`)", assay_log::EMPTY_ROOT),
    ] {
        assert!(text.contains(&row), "docs/formats/log.md lacks: {row}");
    }
}
