//! A shop's catalogue, listing by listing: CSV in its usual dialects, a JSON array or NDJSON, told apart by the first
//! byte. Memory is bounded whatever the file holds; a fault that would leave rows uncounted ends the reading with the
//! line, a fault within a row is that row's result.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Read};

use super::columns::{self, Seen};
use super::csv_rows::CsvRows;
use super::json_rows::JsonRows;
use super::source::{Source, text};
use crate::gtin::{Gtin14, GtinError, read_cell};

/// Longest cell, in bytes.
pub const MAX_CELL: usize = 1 << 20;

/// Longest row, in bytes.
pub const MAX_RECORD: usize = 4 << 20;

/// Most columns.
pub const MAX_COLUMNS: usize = 10_000;

/// Deepest nesting of brackets in a JSON row.
pub const MAX_DEPTH: usize = 32;

/// So many rows are looked at before a column of doubtful name is taken for the GTIN.
const SAMPLE: usize = 100;

/// The delimiters that are tried; in doubt the first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The columns to read, where the caller names them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// The column of the GTIN.
    pub gtin: Option<String>,
    /// The column of the shop's own article number.
    pub sku: Option<String>,
}

/// One row of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing<'a> {
    /// The line where the row begins, counted from 1.
    pub line: u64,
    /// The shop's own article number, as it stands there; empty where there is none.
    pub sku: Cow<'a, str>,
    /// The GTIN, or why there is none.
    pub gtin: Result<Gtin14, GtinError>,
}

/// Why a catalogue cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The source of the bytes failed.
    #[error("the catalogue cannot be read from line {line} on: {source}")]
    Read {
        /// How far it could be read.
        line: u64,
        /// What the source said.
        source: io::Error,
    },
    /// No row and no header.
    #[error("the catalogue is empty: it needs a header line (CSV) or a list of objects (JSON)")]
    Empty,
    /// A packed or binary file.
    #[error("this is {what}, not text: unpack it, or save it as CSV or JSON")]
    Packed {
        /// What it looks like.
        what: &'static str,
    },
    /// No column looks like the GTIN.
    #[error(
        "no column with a GTIN was found among {headers}: name it with --gtin COLUMN (a file without a header line needs one first)"
    )]
    NoGtinColumn {
        /// The headers seen.
        headers: String,
    },
    /// A flag names a column that is not there.
    #[error("there is no column for {flag} {name}: the columns are {headers}")]
    NoSuchColumn {
        /// `--gtin` or `--sku`.
        flag: &'static str,
        /// What it says.
        name: String,
        /// The headers seen.
        headers: String,
    },
    /// A header that occurs twice.
    #[error("the column {name} occurs more than once: rename all but the one that is meant")]
    TwoColumns {
        /// The header.
        name: String,
    },
    /// A cell beyond the bound.
    #[error("line {line}: a cell is longer than 1 MiB: look for a quote that is not closed")]
    Cell {
        /// Where the row begins.
        line: u64,
    },
    /// A row beyond the bound.
    #[error(
        "line {line}: the row is longer than 4 MiB: look for a quote that is not closed or a missing line end"
    )]
    Record {
        /// Where the row begins.
        line: u64,
    },
    /// Too many cells.
    #[error("line {line}: more than 10,000 columns: is this a catalogue with one product a row?")]
    Columns {
        /// Where the row begins.
        line: u64,
    },
    /// Brackets too deep.
    #[error("line {line}: the object is nested deeper than 32 levels")]
    Depth {
        /// Where the row begins.
        line: u64,
    },
    /// A NUL byte.
    #[error("line {line}: a NUL byte, which no text has: is the file damaged, or no text at all?")]
    Nul {
        /// Where it stands.
        line: u64,
    },
    /// A quote that reaches to the end of the file.
    #[error(
        "line {line}: a quote in this row is never closed, so the rows after it cannot be told apart: close it"
    )]
    OpenQuote {
        /// Where the row begins.
        line: u64,
    },
    /// JSON that ends too early.
    #[error("line {line}: the file ends within what begins here: it was cut off")]
    CutOff {
        /// Where the unfinished thing begins.
        line: u64,
    },
    /// JSON of another shape.
    #[error("line {line}: {what}")]
    Json {
        /// Where.
        line: u64,
        /// What is wrong.
        what: String,
    },
}

/// A catalogue that is being read.
pub struct Catalogue<R> {
    rows: Rows<R>,
}

enum Rows<R> {
    Csv {
        rows: CsvRows<R>,
        gtin: usize,
        sku: Option<usize>,
    },
    /// An empty array has no columns.
    Json {
        rows: JsonRows<R>,
        gtin: String,
        sku: Option<String>,
    },
}

impl<R: Read> Catalogue<R> {
    /// Looks at the first rows and finds the columns.
    ///
    /// # Errors
    /// See [`CatalogueError`]; at the latest after the first 4 MiB.
    pub fn open(file: R, wanted: &Columns) -> Result<Self, CatalogueError> {
        let source = Source::open(file)?;
        let (prefix, _) = source.prefix();
        let rows = match prefix.iter().find(|b| !b.is_ascii_whitespace()).copied() {
            None => return Err(CatalogueError::Empty),
            Some(first @ (b'[' | b'{')) => open_json(source, first == b'[', wanted)?,
            Some(_) => open_csv(source, wanted)?,
        };
        Ok(Self { rows })
    }

    /// The next row; none at the end.
    ///
    /// # Errors
    /// A fault after which the rows could not be counted; see [`CatalogueError`].
    pub fn next_listing(&mut self) -> Result<Option<Listing<'_>>, CatalogueError> {
        match &mut self.rows {
            Rows::Csv { rows, gtin, sku } => {
                if !rows.next()? {
                    return Ok(None);
                }
                let cell = |column: usize| text(rows.cell(column).unwrap_or_default());
                let sku = sku.map(cell).unwrap_or_default();
                Ok(Some(Listing { line: rows.line, sku, gtin: read_cell(&cell(*gtin)) }))
            }
            Rows::Json { rows, gtin, sku } => {
                if !rows.next()? {
                    return Ok(None);
                }
                let cells = rows.cells(gtin, sku.as_deref())?;
                Ok(Some(Listing { line: rows.line, sku: Cow::Owned(cells.sku), gtin: cells.gtin }))
            }
        }
    }
}

fn open_csv<R: Read>(source: Source<R>, wanted: &Columns) -> Result<Rows<R>, CatalogueError> {
    let (prefix, _) = source.prefix();
    let mut best: Option<(u8, (bool, usize))> = None;
    let mut fault = None;
    for delimiter in DELIMITERS {
        match header(prefix, delimiter) {
            Ok(names) => {
                let score = (columns::names_a_gtin(&names, wanted), names.len());
                if best.is_none_or(|(_, so_far)| score > so_far) {
                    best = Some((delimiter, score));
                }
            }
            Err(error) => fault = fault.or(Some(error)),
        }
    }
    let Some((delimiter, _)) = best else { return Err(fault.unwrap_or(CatalogueError::Empty)) };

    let mut seen: Vec<Seen> = header(prefix, delimiter)?.iter().map(|name| Seen::new(name)).collect();
    let mut sample = CsvRows::new(Source::decoded(prefix), delimiter);
    // A fault among the first rows, or the cut at the prefix's end, is told when the reading comes to it.
    let mut taken = 0;
    while taken <= SAMPLE && sample.next().unwrap_or(false) {
        // The first row is the header.
        if taken > 0 {
            for (column, seen) in seen.iter_mut().enumerate() {
                seen.add(read_cell(&text(sample.cell(column).unwrap_or_default())));
            }
        }
        taken += 1;
    }
    let chosen = columns::choose(&seen, wanted)?;
    let mut rows = CsvRows::new(source, delimiter);
    rows.next()?;
    Ok(Rows::Csv { rows, gtin: chosen.gtin, sku: chosen.sku })
}

fn header(prefix: &[u8], delimiter: u8) -> Result<Vec<String>, CatalogueError> {
    let mut rows = CsvRows::new(Source::decoded(prefix), delimiter);
    rows.next()?;
    Ok((0..rows.len()).map(|column| text(rows.cell(column).unwrap_or_default()).into_owned()).collect())
}

fn open_json<R: Read>(source: Source<R>, array: bool, wanted: &Columns) -> Result<Rows<R>, CatalogueError> {
    let (prefix, whole) = source.prefix();
    let mut seen = BTreeMap::new();
    let mut sample = JsonRows::new(Source::decoded(prefix), array);
    let mut taken = 0;
    let end = loop {
        match sample.next() {
            Ok(true) if taken < SAMPLE => sample.count(&mut seen)?,
            end => break end,
        }
        taken += 1;
    };
    match end {
        // No row at all: why, or that the list is empty. Later faults are told when the reading comes to them.
        Err(CatalogueError::CutOff { line }) if taken == 0 && !whole => {
            return Err(CatalogueError::Record { line });
        }
        Err(error) if taken == 0 => return Err(error),
        _ => {}
    }
    let seen: Vec<Seen> = seen.into_values().collect();
    let (gtin, sku) = if taken == 0 {
        (String::new(), None)
    } else {
        let chosen = columns::choose(&seen, wanted)?;
        let name = |at: usize| seen.get(at).map(|c| c.name.clone()).unwrap_or_default();
        (name(chosen.gtin), chosen.sku.map(name))
    };
    Ok(Rows::Json { rows: JsonRows::new(source, array), gtin, sku })
}

/// Names as a message may show them: some of them, cut short, without control characters.
pub(super) fn shown<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const NAMES: usize = 30;
    const LETTERS: usize = 40;
    let mut names = names.into_iter();
    let mut list: Vec<String> = names
        .by_ref()
        .take(NAMES)
        .map(|name| {
            let mut short: String = name.chars().take(LETTERS).flat_map(char::escape_debug).collect();
            if name.chars().nth(LETTERS).is_some() {
                short.push('…');
            }
            format!("`{short}`")
        })
        .collect();
    match names.count() {
        0 => {}
        more => list.push(format!("and {more} more")),
    }
    list.join(", ")
}
