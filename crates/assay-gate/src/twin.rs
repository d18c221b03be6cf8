//! A snapshot's content as Parquet, for engines that join it with a catalogue of their own.

use std::collections::BTreeSet;
use std::io::{self, Write};

use assay::gtin::Gtin14;
use assay::snapshot::{Record, Snapshot, Standing};

use crate::parquet_table::{Cell, Kind, Table};

/// What stands in front of a scheme's columns.
const COMMON: [(&str, Kind); 7] = [
    ("gtin14", Kind::Text),
    ("state", Kind::Text),
    ("updates_until", Kind::Day),
    ("support_shortened", Kind::Truth),
    ("statement_of_compliance", Kind::Text),
    ("notices", Kind::Text),
    ("foreign_labels", Kind::Text),
];

/// Writes one row a number, in the order of the numbers. The columns are those of a number, then for each scheme that any of them
/// was declared under `SCHEME.verdict`, `SCHEME.label` and `SCHEME.statement` (the index in the log). What the file says of itself has
/// the snapshot's whole header, which names the snapshot; nothing in the file is signed.
///
/// # Errors
/// Those of the writer.
pub fn write_parquet(snapshot: &Snapshot, to: impl Write + Send) -> io::Result<()> {
    let schemes: BTreeSet<String> =
        snapshot.standings().flat_map(|(standing, _)| standing.schemes.keys().cloned()).collect();
    let mut columns: Vec<(String, Kind)> = COMMON.map(|(name, kind)| (name.to_owned(), kind)).into();
    for scheme in &schemes {
        columns.push((format!("{scheme}.verdict"), Kind::Text));
        columns.push((format!("{scheme}.label"), Kind::Text));
        columns.push((format!("{scheme}.statement"), Kind::Number));
    }
    let header = serde_json::to_string(snapshot.header()).map_err(io::Error::other)?;
    let mut table = Table::new(to, "snapshot", columns, vec![("assay.snapshot".into(), header)])?;
    let standings: Vec<Words> =
        snapshot.standings().map(|(standing, _)| Words::of(standing, &schemes)).collect();
    for (payload, found) in snapshot.numbers() {
        let Some(words) = standings.get(found.code as usize) else { continue };
        let Some(record) = snapshot.record(found.rank as usize) else { continue };
        let gtin = Gtin14::of_payload(payload).to_string();
        table.put(0, Cell::Text(&gtin));
        table.put(1, Cell::Text(&words.state));
        table.put(2, record.updates_until.map_or(Cell::Nothing, Cell::Day));
        table.put(3, Cell::Truth(record.shortened));
        table.put(4, text(&words.document));
        let (notices, labels) = rare(&record)?;
        table.put(5, text(&notices));
        table.put(6, text(&labels));
        for (at, (scheme, (verdict, label))) in schemes.iter().zip(&words.schemes).enumerate() {
            let first = COMMON.len() + 3 * at;
            table.put(first, text(verdict));
            table.put(first + 1, text(label));
            let statement = record.schemes.get(scheme).and_then(|s| s.statement);
            table.put(first + 2, statement.map_or(Cell::Nothing, Cell::Number));
        }
        table.end_row()?;
    }
    table.finish()
}

/// A standing's words, found once for all numbers that share it.
struct Words {
    state: String,
    document: Option<String>,
    /// In the order of the schemes: what was decided, and the label's sign.
    schemes: Vec<(Option<String>, Option<String>)>,
}

impl Words {
    fn of(standing: &Standing, schemes: &BTreeSet<String>) -> Self {
        let under = |id: &String| {
            let declared = standing.schemes.get(id);
            (
                declared.and_then(|d| word(d.verdict)),
                declared.and_then(|d| d.variant).map(|v| v.word().to_owned()),
            )
        };
        Self {
            state: word(standing.state).unwrap_or_default(),
            document: standing.document.and_then(word),
            schemes: schemes.iter().map(under).collect(),
        }
    }
}

/// The word by which a thing is written in JSON.
fn word(thing: impl serde::Serialize) -> Option<String> {
    serde_json::to_value(thing).ok().and_then(|value| value.as_str().map(str::to_owned))
}

fn text(text: &Option<String>) -> Cell<'_> {
    text.as_deref().map_or(Cell::Nothing, Cell::Text)
}

/// Notices and labels of other schemes as JSON; nothing where there are none.
fn rare(record: &Record) -> io::Result<(Option<String>, Option<String>)> {
    fn json<T: serde::Serialize>(list: &[T]) -> io::Result<Option<String>> {
        if list.is_empty() {
            return Ok(None);
        }
        serde_json::to_string(list).map(Some).map_err(io::Error::other)
    }
    Ok((json(&record.notices)?, json(&record.labels)?))
}
