//! A catalogue row by row with every cell that is wanted of it, whatever its form: for all that the fast way through a CSV file
//! (`run`) does not do.

use std::borrow::Cow;
use std::io::Read;

use assay::gtin::{Gtin14, GtinError, given_by_a_shop, read_cell};

use crate::What;
use crate::catalogue::{Catalogue, CatalogueError, Csv, MAX_RECORD, Rows};
use crate::columns::Words;
use crate::slow::{Cut, Slow, lines_in};
use crate::source::text;

/// Bytes that are read at once.
const BLOCK: usize = 256 << 10;

/// One row.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Listing {
    /// The line where it begins, or the number of the row in a file without lines.
    pub(crate) line: u64,
    pub(crate) gtin: Result<Gtin14, GtinError>,
    /// The number that a shop or a coupon gave itself.
    pub(crate) own: Option<Gtin14>,
    pub(crate) sku: String,
    pub(crate) words: Words<String>,
    pub(crate) sold_on: String,
    /// As many as columns are kept.
    pub(crate) kept: Vec<Kept>,
}

impl Default for Listing {
    fn default() -> Self {
        Self {
            line: 0,
            gtin: Err(GtinError::Absent),
            own: None,
            sku: String::new(),
            words: Words::default(),
            sold_on: String::new(),
            kept: Vec::new(),
        }
    }
}

impl Listing {
    /// Every text that may be written.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.sku).chain(self.kept.iter().filter_map(Kept::text))
    }

    /// Sets the number from a cell's text.
    pub(crate) fn set_number(&mut self, cell: &str) {
        self.gtin = read_cell(cell);
        self.own = self.gtin.err().and_then(|fault| given_by_a_shop(cell, fault));
    }
}

/// What a kept column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    Nothing,
    Text(String),
    /// Of a JSON file, anything but a text, as it is written.
    Json(String),
}

impl Kept {
    /// What it holds, as it is written.
    pub(crate) fn text(&self) -> Option<&String> {
        match self {
            Self::Nothing => None,
            Self::Text(text) | Self::Json(text) => Some(text),
        }
    }
}

/// The rows of a catalogue.
pub(crate) enum Listings<R: Read> {
    Csv(Box<CsvRows<R>>),
    Other(Box<Rows<R>>),
}

impl<R: Read> Listings<R> {
    pub(crate) fn of(catalogue: Catalogue<R>) -> Self {
        match catalogue.rows {
            Rows::Csv(csv) => Self::Csv(Box::new(CsvRows::new(csv))),
            other => Self::Other(Box::new(other)),
        }
    }

    /// The next row; none at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Listing>, CatalogueError> {
        match self {
            Self::Csv(rows) => rows.next(),
            Self::Other(rows) => match &mut **rows {
                Rows::Json { rows, keys } => match rows.next()? {
                    true => rows.cells(keys).map(Some),
                    false => Ok(None),
                },
                Rows::Parquet(rows) => rows.next(),
                Rows::Csv(_) => Ok(None),
            },
        }
    }
}

/// The rows of a CSV file, cut by `csv-core`.
pub(crate) struct CsvRows<R: Read> {
    csv: Csv<R>,
    slow: Slow,
    /// Where the next row begins among what was read.
    at: usize,
    ended: bool,
}

impl<R: Read> CsvRows<R> {
    fn new(csv: Csv<R>) -> Self {
        Self { csv, slow: Slow::default(), at: 0, ended: false }
    }

    fn next(&mut self) -> Result<Option<Listing>, CatalogueError> {
        loop {
            let rest = self.csv.first.get(self.at..).unwrap_or_default();
            let line = self.csv.line;
            // A row that ends with what was read may have a line feed to come.
            let enough = self.ended || rest.len() > BLOCK / 4;
            let cut = if rest.is_empty() || !enough {
                Cut::Within
            } else {
                self.slow.row(self.csv.delimiter, rest).map_err(|what| what.at(line))?
            };
            let (count, row) = match cut {
                Cut::Within if !self.ended => {
                    self.more()?;
                    continue;
                }
                Cut::Within if rest.is_empty() => return Ok(None),
                Cut::Within => return Err(What::OpenQuote.at(line)),
                // What follows may be a part of what was just passed: it is looked at together.
                Cut::Row(count) | Cut::Empty(count) if count == rest.len() && !self.ended => {
                    self.more()?;
                    continue;
                }
                Cut::Row(count) => (count, true),
                Cut::Empty(count) => (count, false),
            };
            let lines = lines_in(rest.get(..count).unwrap_or_default());
            let listing = if row { Some(self.listing(line)?) } else { None };
            self.at += count;
            self.csv.line += u64::from(lines);
            if listing.is_some() {
                return Ok(listing);
            }
        }
    }

    /// Reads on; a row of many blocks is not looked at again for each.
    fn more(&mut self) -> Result<(), CatalogueError> {
        let first = &mut self.csv.first;
        first.drain(..self.at);
        self.at = 0;
        if first.len() > MAX_RECORD + 2 {
            return Err(What::Record.at(self.csv.line));
        }
        let wanted = u64::try_from(BLOCK.max(first.len())).unwrap_or(u64::MAX);
        let got = (&mut self.csv.rest).take(wanted).read_to_end(first);
        let got = got.map_err(|source| CatalogueError::Read { line: self.csv.line, source })?;
        if u64::try_from(got).unwrap_or(0) < wanted {
            self.ended = true;
            if !first.is_empty() && !first.ends_with(b"\n") {
                first.push(b'\n');
            }
        }
        Ok(())
    }

    /// The row that was cut.
    fn listing(&self, line: u64) -> Result<Listing, CatalogueError> {
        let chosen = &self.csv.chosen;
        let cell = |at: usize| text(self.slow.cell(at).unwrap_or_default());
        let one = |at: Option<usize>| at.map(cell).map(Cow::into_owned).unwrap_or_default();
        let surplus = self.csv.names.len()..self.slow.len();
        if self.csv.all
            && let Some(lost) = surplus.map(cell).find(|cell| !cell.trim().is_empty())
        {
            return Err(CatalogueError::Lost { line, what: crate::catalogue::shown([&*lost]) });
        }
        let kept = |at: &usize| match self.slow.cell(*at) {
            Some(cell) => Kept::Text(text(cell).into_owned()),
            None => Kept::Nothing,
        };
        let mut listing = Listing {
            line,
            sku: one(chosen.sku),
            words: chosen.words.map(one),
            sold_on: one(chosen.sold_on),
            kept: chosen.kept.iter().map(kept).collect(),
            ..Listing::default()
        };
        listing.set_number(&cell(chosen.gtin));
        Ok(listing)
    }
}
