//! The rows of the table `entries`: each holds up to 256 entries that follow one another, as they stand in the log's entry
//! bundles (C2SP tlog-tiles). A row never crosses from one bundle into the next, so an entry's row is found by its index
//! alone, and a bundle is its rows joined.

use std::ops::Range;

use assay_log::bundle;
use assay_log::tile::FULL_WIDTH;
use sqlx::any::AnyRow;
use sqlx::{AnyPool, Row as _};

use super::{Address, StoreError, failed};

/// Entries that follow one another and are stored together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// The index of the first.
    pub(crate) first: u64,
    /// How many they are: 1 to 256.
    pub(crate) count: u16,
    /// Each one's length (two bytes, big endian) and bytes.
    pub(crate) bytes: Vec<u8>,
}

impl Row {
    /// The index after its last entry.
    pub(crate) fn end(&self) -> u64 {
        self.first.saturating_add(u64::from(self.count))
    }

    /// Its entries.
    pub(super) fn entries(&self, at: &Address) -> Result<Vec<&[u8]>, StoreError> {
        let what = "the bytes are no bundle of as many entries as the row says";
        bundle::decode(&self.bytes, usize::from(self.count)).map_err(|_| inconsistent(at, self.first, what))
    }

    fn read(row: &AnyRow, at: &Address) -> Result<Self, StoreError> {
        let failed = |source| failed(at, source);
        let idx: i64 = row.try_get("idx").map_err(failed)?;
        let n: i64 = row.try_get("n").map_err(failed)?;
        let bytes = row.try_get("bytes").map_err(failed)?;
        let first = u64::try_from(idx).map_err(|_| inconsistent(at, 0, "an index is negative"))?;
        let within = u64::from(FULL_WIDTH) - first % u64::from(FULL_WIDTH);
        match u16::try_from(n) {
            Ok(count @ 1..) if u64::from(count) <= within => Ok(Self { first, count, bytes }),
            _ => Err(inconsistent(at, first, "the row has no entries, or more than its bundle has room for")),
        }
    }
}

/// Rows that are being filled.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows(Vec<Row>);

impl Rows {
    /// Appends the entry with an index, which follows the one before. It is not taken if it is longer than a bundle can say
    /// (65,535 bytes).
    pub(crate) fn push(&mut self, index: u64, entry: &[u8]) -> bool {
        let Ok(length) = u16::try_from(entry.len()) else { return false };
        if self.0.is_empty() || index.is_multiple_of(u64::from(FULL_WIDTH)) {
            // Entries of one batch are much alike: the next row will be about as long.
            let bytes = Vec::with_capacity(self.0.last().map_or(0, |row| row.bytes.len()));
            self.0.push(Row { first: index, count: 0, bytes });
        }
        if let Some(row) = self.0.last_mut() {
            row.count += 1;
            row.bytes.extend_from_slice(&length.to_be_bytes());
            row.bytes.extend_from_slice(entry);
        }
        true
    }

    pub(crate) fn as_slice(&self) -> &[Row] {
        &self.0
    }

    pub(crate) fn into_vec(self) -> Vec<Row> {
        self.0
    }
}

/// The rows whose first entry is in a range, at most `limit`, which must follow one another without a gap. One of them must
/// begin where the range does.
pub(super) async fn read_rows(
    pool: &AnyPool,
    at: &Address,
    range: Range<u64>,
    limit: u16,
) -> Result<Vec<Row>, StoreError> {
    let sql = "SELECT idx, n, bytes FROM entries WHERE idx >= $1 AND idx < $2 ORDER BY idx LIMIT $3";
    let rows = sqlx::query(sql)
        .bind(number(at, range.start)?)
        .bind(i64::try_from(range.end).unwrap_or(i64::MAX))
        .bind(i64::from(limit))
        .fetch_all(pool)
        .await
        .map_err(|source| failed(at, source))?;
    let mut expected = range.start;
    rows.iter()
        .map(|row| {
            let row = Row::read(row, at)?;
            if row.first != expected {
                return Err(inconsistent(at, expected, "the entry with this index is missing"));
            }
            expected = row.end();
            Ok(row)
        })
        .collect()
}

/// The row that the entry at an index stands in.
pub(super) async fn row_with(pool: &AnyPool, at: &Address, index: u64) -> Result<Option<Row>, StoreError> {
    let bundle = index - index % u64::from(FULL_WIDTH);
    let sql = "SELECT idx, n, bytes FROM entries WHERE idx <= $1 AND idx >= $2 ORDER BY idx DESC LIMIT 1";
    let row = sqlx::query(sql).bind(number(at, index)?).bind(number(at, bundle)?).fetch_optional(pool);
    let row = row.await.map_err(|source| failed(at, source))?;
    Ok(row.map(|row| Row::read(&row, at)).transpose()?.filter(|row| index < row.end()))
}

/// A size or index as the database has it.
pub(super) fn number(at: &Address, n: u64) -> Result<i64, StoreError> {
    i64::try_from(n).map_err(|_| inconsistent(at, n, "no index is that large"))
}

pub(super) fn inconsistent(at: &Address, row: u64, what: &'static str) -> StoreError {
    StoreError::Inconsistent { database: at.to_string(), table: "entries", row, what }
}
