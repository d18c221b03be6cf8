//! A shop's catalogue, listing by listing: CSV in its usual dialects, a JSON array or NDJSON, told apart by the first
//! byte. Memory is bounded whatever the file holds; a fault that would leave rows uncounted ends the reading with the
//! line, a fault within a row is that row's result.

use std::collections::BTreeMap;
use std::io::{self, Read};

use assay::gtin::read_cell;
use parquet::file::reader::ChunkReader;

use crate::What;
use crate::columns::{self, Chosen, Seen};
use crate::json_rows::{JsonRows, Keys};
use crate::parquet_rows::ParquetRows;
use crate::slow::{Cut, Slow, lines_in};
use crate::source::{Decoder, Source, text};

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
    /// The column of the category, or of the address of the product's page.
    pub category: Option<String>,
    /// The column of the title.
    pub title: Option<String>,
    /// The column of the brand.
    pub brand: Option<String>,
    /// The column of the maker's model.
    pub model: Option<String>,
    /// The column of the day on which a row is sold; it is not looked for by its name.
    pub sold_on: Option<String>,
    /// What is written beside the verdicts.
    pub keep: Keep,
}

/// Columns of the catalogue that are written beside the verdicts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    /// None.
    #[default]
    None,
    /// All of them.
    All,
    /// Those of these names.
    Some(Vec<String>),
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
        /// `--gtin`, `--sku` or another.
        flag: &'static str,
        /// What it says.
        name: String,
        /// The headers seen.
        headers: String,
    },
    /// A column that is kept has the name of one of ours.
    #[error(
        "the catalogue has a column {name} of its own, which would stand twice in the verdicts: name the columns to keep without it, or those to write"
    )]
    OurName {
        /// The header.
        name: String,
    },
    /// A column is to be kept twice.
    #[error("--keep names the column {name} twice: leave one out")]
    KeptTwice {
        /// The name.
        name: String,
    },
    /// A row has something that no kept column takes.
    #[error(
        "line {line}: {what} would be lost: all columns are kept, which are those of the first 100 rows, and this is none of them. Name those to keep, or write every column in the first row"
    )]
    Lost {
        /// Where the row begins.
        line: u64,
        /// What.
        what: String,
    },
    /// A Parquet file.
    #[error("{}the Parquet file cannot be read: {what}", if *row == 0 { String::new() } else { format!("row {row}: ") })]
    Parquet {
        /// The row, from 1; 0 for the file's own data.
        row: u64,
        /// What is wrong.
        what: String,
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

impl What {
    /// The error of a row that begins at a line.
    pub(crate) fn at(self, line: u64) -> CatalogueError {
        match self {
            Self::Cell => CatalogueError::Cell { line },
            Self::Record => CatalogueError::Record { line },
            Self::Columns => CatalogueError::Columns { line },
            Self::Nul(lines) => CatalogueError::Nul { line: line + u64::from(lines) },
            Self::OpenQuote => CatalogueError::OpenQuote { line },
        }
    }
}

/// A catalogue whose columns were found.
pub struct Catalogue<R: Read> {
    pub(crate) rows: Rows<R>,
}

pub(crate) enum Rows<R: Read> {
    Csv(Csv<R>),
    /// An empty array has no columns.
    Json {
        rows: JsonRows<R>,
        keys: Keys,
    },
    Parquet(ParquetRows),
}

/// A CSV file behind its header line.
pub(crate) struct Csv<R: Read> {
    pub(crate) delimiter: u8,
    /// The names of the columns.
    pub(crate) names: Vec<String>,
    /// All of them are kept: a row has no other cells.
    pub(crate) all: bool,
    pub(crate) chosen: Chosen,
    /// What was read already.
    pub(crate) first: Vec<u8>,
    /// The line of its first byte.
    pub(crate) line: u64,
    pub(crate) rest: Decoder<R>,
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
            Some(_) => Rows::Csv(open_csv(source, wanted)?),
        };
        Ok(Self { rows })
    }

    /// Looks at a Parquet file, whose rows are counted from 1 in place of lines.
    ///
    /// # Errors
    /// See [`CatalogueError`].
    pub fn open_parquet<C: ChunkReader + 'static>(file: C, wanted: &Columns) -> Result<Self, CatalogueError> {
        Ok(Self { rows: Rows::Parquet(ParquetRows::open(file, wanted)?) })
    }

    /// Whether each row has a day of its sale.
    #[must_use]
    pub fn has_days(&self) -> bool {
        match &self.rows {
            Rows::Csv(csv) => csv.chosen.sold_on.is_some(),
            Rows::Json { keys, .. } => keys.sold_on.is_some(),
            Rows::Parquet(rows) => rows.has_days(),
        }
    }

    /// The column of the shop's own article number.
    pub(crate) fn sku(&self) -> Option<String> {
        match &self.rows {
            Rows::Csv(csv) => csv.chosen.sku.and_then(|at| csv.names.get(at).cloned()),
            Rows::Json { keys, .. } => keys.sku.clone(),
            Rows::Parquet(rows) => rows.sku().map(str::to_owned),
        }
    }

    /// The columns that are written beside the verdicts.
    #[must_use]
    pub fn kept(&self) -> Vec<String> {
        match &self.rows {
            Rows::Csv(csv) => csv.chosen.kept.iter().filter_map(|at| csv.names.get(*at).cloned()).collect(),
            Rows::Json { keys, .. } => keys.kept.clone(),
            Rows::Parquet(rows) => rows.kept().to_vec(),
        }
    }
}

fn open_csv<R: Read>(source: Source<R>, wanted: &Columns) -> Result<Csv<R>, CatalogueError> {
    let (mut first, rest, whole) = source.into_parts();
    if whole && !first.ends_with(b"\n") {
        first.push(b'\n');
    }
    let mut slow = Slow::default();
    let mut best: Option<(u8, (bool, usize))> = None;
    let mut fault = None;
    for delimiter in DELIMITERS {
        match header(&mut slow, &first, delimiter, whole) {
            Ok((names, _)) => {
                let score = (columns::names_a_gtin(&names, wanted), names.len());
                if best.is_none_or(|(_, so_far)| score > so_far) {
                    best = Some((delimiter, score));
                }
            }
            Err(error) => fault = fault.or(Some(error)),
        }
    }
    let Some((delimiter, _)) = best else { return Err(fault.unwrap_or(CatalogueError::Empty)) };

    let (names, end) = header(&mut slow, &first, delimiter, whole)?;
    let mut seen: Vec<Seen> = names.iter().map(|name| Seen::new(name)).collect();
    let mut at = end;
    let mut taken = 0;
    // A fault among the first rows, or the cut at the prefix's end, is told when the reading comes to it.
    while taken < SAMPLE
        && let Some(rest) = first.get(at..).filter(|rest| !rest.is_empty())
        && let Ok(cut) = slow.row(delimiter, rest)
    {
        match cut {
            Cut::Within => break,
            Cut::Empty(count) => at += count,
            Cut::Row(count) => {
                for (column, seen) in seen.iter_mut().enumerate() {
                    seen.add(read_cell(&text(slow.cell(column).unwrap_or_default())));
                }
                at += count;
                taken += 1;
            }
        }
    }
    let chosen = columns::choose(&seen, wanted)?;
    let line = 1 + u64::from(lines_in(&first[..end]));
    first.drain(..end);
    Ok(Csv { delimiter, names, all: wanted.keep == Keep::All, chosen, first, line, rest })
}

/// The names of the header line, and where the next line begins.
fn header(
    slow: &mut Slow,
    prefix: &[u8],
    delimiter: u8,
    whole: bool,
) -> Result<(Vec<String>, usize), CatalogueError> {
    let mut at = 0;
    loop {
        let rest = prefix.get(at..).filter(|rest| !rest.is_empty()).ok_or(CatalogueError::Empty)?;
        let line = 1 + u64::from(lines_in(&prefix[..at]));
        match slow.row(delimiter, rest).map_err(|what| what.at(line))? {
            Cut::Empty(count) => at += count,
            Cut::Row(count) => {
                let name = |column| text(slow.cell(column).unwrap_or_default()).into_owned();
                return Ok(((0..slow.len()).map(name).collect(), at + count));
            }
            Cut::Within if whole => return Err(CatalogueError::OpenQuote { line }),
            Cut::Within => return Err(CatalogueError::Record { line }),
        }
    }
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
    let keys = if taken == 0 {
        Keys::default()
    } else {
        let chosen = columns::choose(&seen, wanted)?;
        let name = |at: usize| seen.get(at).map(|c| c.name.clone()).unwrap_or_default();
        Keys {
            gtin: name(chosen.gtin),
            sku: chosen.sku.map(name),
            words: chosen.words.map(|at| at.map(name)),
            sold_on: chosen.sold_on.map(name),
            kept: chosen.kept.into_iter().map(name).collect(),
            all: wanted.keep == Keep::All,
        }
    };
    Ok(Rows::Json { rows: JsonRows::new(source, array), keys })
}

/// Names as a message may show them: some of them, cut short, without control characters.
pub(crate) fn shown<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
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
