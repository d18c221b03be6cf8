//! The shop's gate at the speed of the file: a catalogue of millions of rows against a snapshot, offline. Bytes come in
//! blocks ([`feed`]), rows and cells are cut out of them ([`cut`]), numbers read ([`number`]), looked up ([`table`]) and judged
//! ([`judge`]), and lines go out in the order of the rows ([`run`]). What a row comes to is decided by [`assay::seller`] alone.

mod cut;
mod feed;
mod judge;
mod number;
mod run;
mod sheet;
mod slow;
mod table;

pub use assay_simd::Engine;
pub use judge::Judge;
pub use run::{Options, Summary, run};
pub use sheet::Column;

/// Longest cell, in bytes.
pub const MAX_CELL: usize = 1 << 20;

/// Longest row, in bytes.
pub const MAX_RECORD: usize = 4 << 20;

/// Most columns.
pub const MAX_COLUMNS: usize = 10_000;

/// Most columns that are cut out of a row.
const MAX_WANTED: usize = 8;

/// Why a catalogue cannot be judged to its end: what was written until then must not be left looking complete.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The source of the bytes failed.
    #[error("the catalogue cannot be read from line {line} on: {source}")]
    Read {
        /// How far it could be read.
        line: u64,
        /// What the source said.
        source: std::io::Error,
    },
    /// A fault of the file after which rows cannot be told apart.
    #[error("line {line}: {what}")]
    Fault {
        /// Where the row begins.
        line: u64,
        /// What it is.
        what: What,
    },
    /// The verdicts could not be handed on.
    #[error("the verdicts could not be written: {0}")]
    Write(std::io::Error),
}

/// A fault of a file after which rows cannot be told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum What {
    /// A cell beyond the bound.
    #[error("a cell is longer than 1 MiB: look for a quote that is not closed")]
    Cell,
    /// A row beyond the bound.
    #[error("the row is longer than 4 MiB: look for a quote that is not closed or a missing line end")]
    Record,
    /// Too many cells.
    #[error("more than 10,000 columns: is this a catalogue with one product a row?")]
    Columns,
    /// A NUL byte, so many lines behind the row's first.
    #[error("a NUL byte, which no text has: is the file damaged, or no text at all?")]
    Nul(u32),
    /// A quote that reaches to the end of the file.
    #[error("a quote in this row is never closed, so the rows after it cannot be told apart: close it")]
    OpenQuote,
}

/// A fault at a line of a block, from 0.
#[derive(Clone, Copy, Debug)]
struct Fault {
    line: u32,
    what: What,
}
