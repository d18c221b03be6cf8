//! The shop's gate at the speed of the file: a catalogue of millions of rows against a snapshot, offline. A catalogue is opened
//! and its columns are found ([`catalogue`]); bytes come in blocks (`feed`), rows and cells are cut out of them (`cut`), numbers
//! read (`number`), looked up (`numbers`) and judged ([`Judge`]), and lines go out in the order of the rows (`run`). What a row
//! comes to is decided by [`assay::seller`] alone, and nothing is learned from one row for another. Numbers without a catalogue
//! around them, as a server is asked for by the thousand, are answered by [`Lookups`].

pub mod catalogue;
pub mod columns;
mod cut;
mod feed;
mod json_rows;
mod listing;
mod lookups;
mod markets;
mod number;
mod numbers;
mod parquet_rows;
mod parquet_table;
mod run;
mod sheet;
mod slow;
mod source;
mod summary;
mod twin;
mod unpack;
mod verdicts;

pub use assay::gate::judge::{Judge, Judged, Row};
pub use assay_simd::Engine;
pub use catalogue::{Catalogue, CatalogueError, Columns, Keep};
pub use lookups::{Lookups, LookupsError};
pub use markets::{Market, People, Wish, run_markets};
pub use numbers::Numbers;
pub use run::{GateError, How, run};
pub use sheet::Column;
pub use summary::{SnapshotUsed, Summary};
pub use twin::write_parquet;
pub use unpack::is_packed;
pub use verdicts::Form;

/// Most columns that are cut out of a row.
const MAX_WANTED: usize = 8;

/// A fault of a file after which rows cannot be told apart: see [`CatalogueError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Cell,
    Record,
    Columns,
    /// So many lines behind the row's first.
    Nul(u32),
    OpenQuote,
}

/// A fault at a line of a block, from 0.
#[derive(Clone, Copy, Debug)]
struct Fault {
    line: u32,
    what: What,
}

#[cfg(test)]
mod tests;
