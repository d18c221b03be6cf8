//! `docs/formats/statements.md`: its tables are written from the code (`UPDATE_DOCS=1`), and what it says of refusals,
//! bounds and places is held against what there is.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use assay::fold::{LATE_DAYS, LATE_DAYS_OF_REGISTER, Refusal};
use assay::statement::KINDS;
use assay::statement::fields::FIELDS;

const PLACE: &str = "docs/formats/statements.md";
const BEGIN: &str = "<!-- kinds: written by UPDATE_DOCS=1 cargo nextest run -p assay document -->\n";
const END: &str = "<!-- end of kinds -->\n";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn kinds() -> String {
    let mut text = String::from("\n");
    for (kind, (_, fields)) in KINDS.iter().zip(FIELDS) {
        writeln!(text, "### `{}`\n\n{} Signed by {}.\n", kind.word, kind.says, kind.signer.words()).unwrap();
        writeln!(text, "| Key | Type | Bounds |\n|---|---|---|").unwrap();
        for (key, ty, bounds) in fields {
            let (key, may) = key.strip_suffix('?').map_or((*key, ""), |key| (key, "may be absent; "));
            writeln!(text, "| `{key}` | {ty} | {may}{bounds} |").unwrap();
        }
        text.push('\n');
    }
    text
}

#[test]
fn the_tables_are_current() {
    let place = root().join(PLACE);
    let text = fs::read_to_string(&place).unwrap();
    let (before, rest) = text.split_once(BEGIN).expect("the mark before the tables stands");
    let (_, after) = rest.split_once(END).expect("the mark after the tables stands");
    let wanted = format!("{before}{BEGIN}{}{END}{after}", kinds());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&place, &wanted).unwrap();
        return;
    }
    assert!(text == wanted, "{PLACE} is out of date: run UPDATE_DOCS=1 cargo nextest run -p assay document");
}

#[test]
fn every_refusal_stands_among_the_rules_and_every_file_exists() {
    let text = fs::read_to_string(root().join(PLACE)).unwrap();
    for id in Refusal::IDS {
        assert!(text.contains(&format!("`{id}`")), "{PLACE} does not name {id}");
    }
    for word in
        text.split(['`', '(', ')', ' ', '\n']).filter(|w| w.starts_with("crates/") || w.starts_with("docs/"))
    {
        assert!(root().join(word).exists(), "{PLACE} names {word}, which does not exist");
    }
    for (what, number) in
        [("makers may be late", LATE_DAYS), ("the register may be late", LATE_DAYS_OF_REGISTER)]
    {
        assert!(text.contains(&format!("{number} day")), "{PLACE} does not say how many days {what}");
    }
    let rules: Vec<usize> = text.lines().filter_map(|l| l.split_once(". ")?.0.parse().ok()).collect();
    assert!(
        rules.len() >= 30 && rules.iter().copied().eq(1..=rules.len()),
        "the rules are numbered in order: {rules:?}"
    );
}
