//! The store: the only code that speaks SQL, over one SQLite file. It gives out two handles, [`Log`], which the sequencer
//! appends with, and [`Views`], which can only read; whoever has the one cannot do the other's work. It decides nothing:
//! what may be appended is the fold's business.
//!
//! The SQL keeps to what SQLite and the PostgreSQL wire share: BIGINT, TEXT and BLOB columns, `$1` parameters, no clock and
//! no trigger in the database, appending by compare-and-swap on one row.

mod log;
mod views;

use std::path::{Path, PathBuf};
use std::time::Duration;

use assay_log::Hash;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::MigrateError;
use sqlx::{AnyConnection, AnyPool, Connection as _, Executor as _, Row as _};

pub(crate) use self::log::{Appended, Log, hex};
pub(crate) use self::views::Views;

/// The last committed state of the log: its size, its root and the checkpoint that was signed over both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) size: u64,
    pub(crate) root: Hash,
    pub(crate) note: String,
}

/// Why the database could not do what was asked. The path is for the operator, not for a visitor.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file is something else.
    #[error("{path} is not a database of Assay: move it away, or give another data folder")]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// SQLite finds the file malformed.
    #[error("the database {path} is damaged (cut off or overwritten): restore it from a backup ({source})")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: sqlx::Error,
    },
    /// No space.
    #[error("the disk with {path} is full: make room, then send the statement again")]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// No permission.
    #[error(
        "the database {path} cannot be opened or written: give this user the right to write the file and its folder ({source})"
    )]
    NotWritable {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: sqlx::Error,
    },
    /// A row that cannot be.
    #[error(
        "the database {path}, table {table}, row {row}: {what}; it was changed outside of Assay: restore it from a backup"
    )]
    Inconsistent {
        /// The file.
        path: PathBuf,
        /// The table.
        table: &'static str,
        /// The row's key.
        row: u64,
        /// What is wrong.
        what: &'static str,
    },
    /// Somebody else appended.
    #[error(
        "the log in {path} no longer has {expected} entries: another process has appended to it; stop one of the two"
    )]
    Moved {
        /// The file.
        path: PathBuf,
        /// The size this process knows.
        expected: u64,
    },
    /// Everything else.
    #[error("the database {path} failed: {source}")]
    Other {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: sqlx::Error,
    },
}

/// Opens the database and brings its tables up to date. With `create` a missing file is made; without, it is an error.
///
/// # Errors
/// See [`StoreError`].
pub(crate) async fn open(path: &Path, create: bool) -> Result<(Log, Views), StoreError> {
    sqlx::any::install_default_drivers();
    // One connection writes, so that SQLite never has to refuse the second of two writers.
    let writer = connect(path, if create { "rwc" } else { "rw" }, 1, WRITER).await?;
    let mut migrations = sqlx::migrate!("./migrations");
    // No lock of the database's own: the data folder is locked by this process already.
    let migrated = migrations.set_locking(false).run(&writer).await.map_err(|error| match error {
        MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _) => failed(path, source),
        other => failed(path, sqlx::Error::Migrate(Box::new(other))),
    });
    let readers = match migrated {
        Ok(()) => connect(path, "rw", 4, READER).await,
        Err(error) => Err(error),
    };
    match readers {
        Ok(readers) => Ok((Log::new(writer, path), Views::new(readers, path))),
        Err(error) => {
            // Not left to be closed at some later time: the file is somebody else's once this has failed.
            writer.close().await;
            Err(error)
        }
    }
}

/// FULL, because an acknowledged statement must survive a power cut: the write-ahead log is synced at every commit.
const WRITER: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL";
/// A reader that is handed a writing statement by mistake is refused by SQLite itself.
const READER: &str = "PRAGMA busy_timeout = 5000; PRAGMA query_only = ON";

async fn connect(
    path: &Path,
    mode: &str,
    connections: u32,
    prepare: &'static str,
) -> Result<AnyPool, StoreError> {
    let options: AnyConnectOptions = url(path, mode).parse().map_err(|source| failed(path, source))?;
    // The pool would try a damaged file again and again until its time is up, and then say only that; so one connection is
    // made by hand first, and its error is the one to show.
    let mut first = AnyConnection::connect_with(&options).await.map_err(|source| failed(path, source))?;
    first.execute(prepare).await.map_err(|source| failed(path, source))?;
    first.close().await.map_err(|source| failed(path, source))?;
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        // The sequencer lives on a run-time of its own: no task of the pool should be tied to the one it began on.
        .idle_timeout(None)
        .max_lifetime(None)
        .after_connect(move |connection, _| {
            Box::pin(async move { connection.execute(prepare).await.map(|_| ()) })
        })
        .connect_with(options)
        .await
        .map_err(|source| failed(path, source))
}

/// SQLite's address of a file: everything but the plainest characters is percent-encoded, since `?` or `#` in a folder's
/// name would otherwise end the path.
fn url(path: &Path, mode: &str) -> String {
    let mut url = String::from("sqlite://");
    for byte in path.to_string_lossy().bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("{url}?mode={mode}")
}

/// Sorts what went wrong by who can mend it. SQLite's primary result code is the lowest byte of what it reports.
fn failed(path: &Path, source: sqlx::Error) -> StoreError {
    let path = path.to_owned();
    let code = source.as_database_error().and_then(|e| e.code()).and_then(|c| c.parse::<u32>().ok());
    match code.map(|code| code & 0xff) {
        Some(26) => StoreError::NotADatabase { path },
        Some(11) => StoreError::Damaged { path, source },
        Some(13) => StoreError::Full { path },
        Some(3 | 8 | 14) => StoreError::NotWritable { path, source },
        _ => StoreError::Other { path, source },
    }
}

/// Up to `limit` entries from an index on, which must follow one another without a gap.
async fn read_entries(
    pool: &AnyPool,
    path: &Path,
    from: u64,
    limit: u16,
) -> Result<Vec<Vec<u8>>, StoreError> {
    let rows = sqlx::query("SELECT idx, bytes FROM entries WHERE idx >= $1 ORDER BY idx LIMIT $2")
        .bind(number(path, from)?)
        .bind(i64::from(limit))
        .fetch_all(pool)
        .await
        .map_err(|source| failed(path, source))?;
    (from..)
        .zip(rows)
        .map(|(expected, row)| {
            let index: i64 = row.try_get("idx").map_err(|source| failed(path, source))?;
            if u64::try_from(index) != Ok(expected) {
                let what = "the entry with this index is missing";
                return Err(StoreError::Inconsistent {
                    path: path.to_owned(),
                    table: "entries",
                    row: expected,
                    what,
                });
            }
            row.try_get("bytes").map_err(|source| failed(path, source))
        })
        .collect()
}

/// A size or index as the database has it.
fn number(path: &Path, n: u64) -> Result<i64, StoreError> {
    let what = "no index is that large";
    i64::try_from(n).map_err(|_| StoreError::Inconsistent {
        path: path.to_owned(),
        table: "entries",
        row: n,
        what,
    })
}

#[cfg(test)]
mod tests;
