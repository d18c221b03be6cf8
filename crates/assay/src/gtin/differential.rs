//! The reader of cells against a second one that was written apart from it: slow, by the textbook, sharing no code. Cells are made
//! with every fault that shops have had, and of soup; both readers must say the same number or the same kind of refusal.

mod made;
mod textbook;

use super::{GtinError, read_cell};
use made::{Chance, cell, soup};

/// What ours says, in the words of the other.
fn ours(cell: &str) -> Result<u64, &'static str> {
    read_cell(cell).map(|gtin| gtin.number()).map_err(|error| match error {
        GtinError::Absent => "absent",
        GtinError::NotDigits(_) => "not-digits",
        GtinError::Length(_) => "length",
        GtinError::CheckDigit { .. } => "check-digit",
        GtinError::RetailerOwned => "retailer",
        GtinError::Coupon => "coupon",
        GtinError::Damaged => "damaged",
        GtinError::ShortUpc(_) => "short-upc",
        GtinError::BookNumber => "book",
        GtinError::Several(_) => "several",
    })
}

/// Every kind of answer, each of which the made cells must bring up.
const KINDS: [&str; 11] = [
    "absent",
    "book",
    "check-digit",
    "coupon",
    "damaged",
    "length",
    "not-digits",
    "number",
    "retailer",
    "several",
    "short-upc",
];

#[test]
fn two_readers_agree_on_cells_with_every_fault_planted() {
    let mut chance = Chance(0x6a09_e667_f3bc_c908);
    let mut seen = std::collections::BTreeMap::new();
    for _ in 0..rounds() {
        let cell = cell(&mut chance);
        let ours = ours(&cell);
        assert_eq!(ours, textbook::read(&cell), "{cell:?}");
        *seen.entry(ours.map_or_else(|kind| kind, |_| "number")).or_insert(0u32) += 1;
    }
    assert_eq!(seen.keys().copied().collect::<Vec<_>>(), KINDS);
    // A kind that hardly occurs would not be tested.
    assert!(seen.values().all(|times| *times > rounds() / 400), "{seen:?}");
}

#[test]
fn two_readers_agree_on_soup() {
    let mut chance = Chance(0xbb67_ae85_84ca_a73b);
    for _ in 0..rounds() {
        let cell = soup(&mut chance);
        assert_eq!(ours(&cell), textbook::read(&cell), "{cell:?}");
    }
}

#[test]
fn two_readers_agree_on_all_eight_digits_from_zero_and_one() {
    // Every seventh, over the whole range and every check digit.
    for number in (0..20_000_000u32).step_by(257) {
        let cell = format!("{number:08}");
        assert_eq!(ours(&cell), textbook::read(&cell), "{cell}");
    }
}

/// So many cells in each test: under a second without optimisation. `ASSAY_LONG=1` asks for a hundred times as many.
fn rounds() -> u32 {
    if std::env::var_os("ASSAY_LONG").is_some() { 4_000_000 } else { 40_000 }
}

proptest::proptest! {
    #[test]
    fn two_readers_agree_on_what_proptest_thinks_of(text in "[0-9xXeE+.,;/|'\"= \u{a0}\u{200b}–-]{0,40}") {
        proptest::prop_assert_eq!(ours(&text), textbook::read(&text));
    }

    #[test]
    fn two_readers_agree_on_any_text(text in ".{0,30}") {
        proptest::prop_assert_eq!(ours(&text), textbook::read(&text));
    }
}

/// A real shop's file, if the shared folder is there.
#[expect(clippy::print_stderr, reason = "a skipped test must say so")]
#[expect(clippy::disallowed_methods, reason = "a test reads the real file")]
fn real(name: &str) -> Option<String> {
    let path = format!("{}/../../../shared/corpora/catalogue/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).ok();
    if text.is_none() {
        eprintln!("SKIPPED: the shared folder with {name} is absent");
    }
    text
}

/// Reads the cells with both readers and counts the kinds of answers.
fn counted<'a>(cells: impl Iterator<Item = &'a str>) -> Vec<(&'static str, usize)> {
    let mut seen = std::collections::BTreeMap::new();
    for cell in cells {
        let ours = ours(cell);
        assert_eq!(ours, textbook::read(cell), "{cell:?}");
        *seen.entry(ours.map_or_else(|kind| kind, |_| "number")).or_insert(0) += 1;
    }
    seen.into_iter().collect()
}

#[test]
fn the_cells_of_the_first_real_catalogue_have_the_faults_that_were_counted_by_hand() {
    let Some(text) = real("euronics-de-catalogue-A.json") else { return };
    let rows: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let cells = rows.iter().map(|row| row["EANCode"].as_str().unwrap_or_default());
    assert_eq!(counted(cells), [("absent", 5), ("number", 296)]);
}

#[test]
fn the_cells_of_the_second_real_catalogue_have_the_faults_that_were_counted_by_hand() {
    let Some(text) = real("etbm-ro-philips-catalogue.csv") else { return };
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
    let cells = rows.iter().map(|row| &row[1]);
    // Four have a number of fifteen digits, which is no GTIN: there is none.
    let wanted = [("check-digit", 1), ("length", 4), ("number", 677), ("retailer", 9)];
    assert_eq!(counted(cells), wanted);
}
