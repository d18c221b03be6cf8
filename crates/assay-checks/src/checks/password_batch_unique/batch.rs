//! What the rows of a batch show: for each password column the digests of its values, and the lines of the cells that are
//! no password. Nothing is judged here, and no password is kept.

use std::io::Read;

use sha2::{Digest, Sha256};

use super::columns::{self, Columns};
use super::table::{Refused, Rows};
use crate::quote::{count, list};

/// Most rows that are compared.
const MOST_ROWS: usize = 5_000_000;
/// Line numbers given as examples.
const EXAMPLES: usize = 5;

/// What the rows showed.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) columns: Vec<Column>,
    /// Rows below the header.
    pub(super) rows: usize,
    /// Rows with more or fewer cells than the first.
    pub(super) ragged: Lines,
    /// Rows that repeat a unit: same serial number or address, same password.
    pub(super) repeated: usize,
}

/// The values of one password column.
#[derive(Default)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) values: Vec<Value>,
    pub(super) empty: Lines,
    /// Cells that are no password: `********`, `(none)`, a line break.
    pub(super) no_value: Lines,
    /// Cells that look like salted hashes, which differ even where the passwords agree.
    pub(super) hashed: Lines,
}

impl Column {
    /// Whether every row has a password here.
    pub(super) fn is_full(&self) -> bool {
        self.empty.number == 0 && self.no_value.number == 0
    }
}

/// One password, as far as it is kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Value {
    pub(super) password: [u8; 16],
    /// What identifies the unit, where anything does.
    pub(super) unit: Option<[u8; 16]>,
    pub(super) line: u32,
    pub(super) characters: u32,
}

/// How many lines, and the first few of them.
#[derive(Default)]
pub(super) struct Lines {
    pub(super) number: usize,
    pub(super) first: Vec<u32>,
}

impl Lines {
    pub(super) fn push(&mut self, line: u32) {
        self.number += 1;
        if self.first.len() < EXAMPLES {
            self.first.push(line);
        }
    }

    /// `3 rows (lines 2, 5 and 9)`.
    pub(super) fn words(&self) -> String {
        let rows = count(self.number, "row", "rows");
        if self.number > self.first.len() {
            let shown: Vec<String> = self.first.iter().map(u32::to_string).collect();
            return format!("{rows} (lines {}, …)", shown.join(", "));
        }
        format!("{rows} ({} {})", if self.number == 1 { "line" } else { "lines" }, list(&self.first))
    }
}

/// Reads all rows, as far as the bounds allow.
pub(super) fn read(file: &mut impl Read, named: Option<&str>) -> Result<Batch, Refused> {
    let mut rows = Rows::open(file, |first| columns::names_a_password(first, named))?;
    let Some(first) = rows.next()? else { return Ok(Batch::default()) };
    let columns = Columns::choose(&first, named)?;
    let mut batch = Batch {
        columns: columns
            .passwords
            .iter()
            .map(|c| Column { name: c.name.clone(), ..Column::default() })
            .collect(),
        ..Batch::default()
    };
    // In a bare list the first line may be a heading or a password that looks like one: it is a password if it occurs again.
    let heading = first.cells.first().map(|c| c.value()).unwrap_or_default();
    let mut heading_again = false;
    // Columns that are separated by something else would make every row unique by its serial number.
    let mut unseparated: Vec<u8> = match first.cells.as_slice() {
        [only] => b" \t:=".iter().copied().filter(|s| !columns.header || only.value().contains(s)).collect(),
        _ => vec![],
    };
    let mut pending = if columns.header { None } else { Some(first.clone()) };
    loop {
        let row = match pending.take() {
            Some(row) => row,
            None => match rows.next()? {
                Some(row) => row,
                None => break,
            },
        };
        // Files pasted together repeat their header.
        if columns.header && row.cells == first.cells && row.cells.len() > 1 {
            continue;
        }
        batch.rows += 1;
        if batch.rows > MOST_ROWS {
            return Err(Refused::ManyRows(MOST_ROWS));
        }
        if row.cells.len() != first.cells.len() {
            batch.ragged.push(row.line);
            continue;
        }
        let unit = columns.units.iter().map(|&i| row.cells[i].value());
        let unit = unit.clone().any(columns::identifies).then(|| digest(unit));
        for (column, chosen) in batch.columns.iter_mut().zip(&columns.passwords) {
            let cell = &row.cells[chosen.index];
            let value = cell.value();
            unseparated.retain(|s| value.contains(s));
            if value.is_empty() {
                column.empty.push(row.line);
            } else if columns::is_no_value(value) {
                column.no_value.push(row.line);
            } else {
                if columns::is_salted_hash(value) {
                    column.hashed.push(row.line);
                }
                let characters =
                    u32::try_from(String::from_utf8_lossy(value).chars().count()).unwrap_or(u32::MAX);
                let password = digest([value].into_iter());
                heading_again |= columns.header && first.cells.len() == 1 && value == heading;
                column.values.push(Value { password, unit, line: row.line, characters });
            }
        }
    }
    if batch.rows > 0 && !unseparated.is_empty() {
        return Err(Refused::Unseparated);
    }
    for column in &mut batch.columns {
        if heading_again {
            let characters = u32::try_from(heading.len()).unwrap_or(u32::MAX);
            batch.rows += 1;
            column.values.push(Value {
                password: digest([heading].into_iter()),
                unit: None,
                line: first.line,
                characters,
            });
        }
        column.values.sort_unstable();
        let before = column.values.len();
        column.values.dedup_by(|a, b| a.unit.is_some() && (a.password, a.unit) == (b.password, b.unit));
        batch.repeated = batch.repeated.max(before - column.values.len());
    }
    Ok(batch)
}

/// A digest that tells values apart: 128 bits of SHA-256 are far beyond any chance agreement among five million rows.
fn digest<'a>(parts: impl Iterator<Item = &'a [u8]>) -> [u8; 16] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    let mut short = [0; 16];
    short.copy_from_slice(&hasher.finalize()[..16]);
    short
}
