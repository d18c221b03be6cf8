//! What the database could not do, sorted by who can mend it. The database is named without its password; the message is
//! for the operator, not for a visitor.

use std::path::Path;

use super::Address;

/// What a driver said.
pub(super) type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why the database could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address is none.
    #[error("`{database}` is no address of a database: {why}")]
    Address {
        /// What was given, without a password.
        database: String,
        /// What is wrong.
        why: &'static str,
    },
    /// The file is something else.
    #[error("{database} is not a database of Assay: move it away, or give another data folder")]
    NotADatabase {
        /// The file.
        database: String,
    },
    /// The database finds its own files malformed.
    #[error(
        "the database {database} is damaged (cut off or overwritten): restore it from a backup ({source})"
    )]
    Damaged {
        /// The database.
        database: String,
        /// What it said.
        source: Source,
    },
    /// No space.
    #[error("the disk with {database} is full: make room, then try again")]
    Full {
        /// The database.
        database: String,
    },
    /// The disk does not do what it is asked.
    #[error(
        "the disk with {database} gives errors ({source}): see the system's log, then move the data folder to a disk that works, or restore it from a backup there"
    )]
    Disk {
        /// The database.
        database: String,
        /// What it said.
        source: Source,
    },
    /// No permission.
    #[error(
        "the database {database} cannot be opened or written: give this user the right to write it, and the folder of a file, on a disk that works ({source})"
    )]
    NotWritable {
        /// The database.
        database: String,
        /// What it said.
        source: Source,
    },
    /// The server does not answer, is starting or stopping, or is a standby.
    #[error(
        "the database {database} cannot be reached: see that the server runs, is no standby, and takes this address ({source})"
    )]
    Unreachable {
        /// The database.
        database: String,
        /// What it said.
        source: Source,
    },
    /// Another transaction was in the way, more often than was tried again.
    #[error("the database {database} is busy with other transactions: send the statement again ({source})")]
    Busy {
        /// The database.
        database: String,
        /// What it said.
        source: Source,
    },
    /// A row that cannot be.
    #[error(
        "the database {database}, table {table}, row {row}: {what}; it was changed outside of Assay: restore it from a backup"
    )]
    Inconsistent {
        /// The database.
        database: String,
        /// The table.
        table: &'static str,
        /// The row's key.
        row: u64,
        /// What is wrong.
        what: &'static str,
    },
    /// Somebody else appended.
    #[error(
        "the log in {database} no longer has {expected} entries: another process has appended to it; stop one of the two"
    )]
    Moved {
        /// The database.
        database: String,
        /// The size this process knows.
        expected: u64,
    },
    /// Another node took the lease.
    #[error("the log in {database} is appended to by another node now: this one's lease is over")]
    Deposed {
        /// The database.
        database: String,
    },
    /// A commit that did not end.
    #[error(
        "the database {database} did not finish a commit in time: see whether its disk or its standby is stuck"
    )]
    Slow {
        /// The database.
        database: String,
    },
    /// What it acknowledges may not last.
    #[error("nothing is sequenced on the database {database}: {what}")]
    Replication {
        /// The database.
        database: String,
        /// What is missing, and the mend.
        what: &'static str,
    },
    /// Everything else.
    #[error("the database {database} failed: {source}")]
    Other {
        /// The database.
        database: String,
        /// What it said.
        source: Source,
    },
}

impl StoreError {
    /// Whether the same transaction may well succeed a moment later: nothing of it was written.
    pub(super) fn passes(&self) -> bool {
        matches!(self, Self::Busy { .. })
    }
}

/// Sorts what went wrong by who can mend it.
pub(super) fn failed(at: &Address, source: sqlx::Error) -> StoreError {
    let code = source.as_database_error().and_then(|e| e.code()).map(|code| code.into_owned());
    match (at, code) {
        (Address::Sqlite(file), code) => {
            let code = code.and_then(|code| code.parse().ok());
            failed_with(file, code, source.into())
        }
        // Classes of SQLSTATE (PostgreSQL, appendix A).
        (Address::Postgres(_), Some(code)) => {
            let (database, source) = (at.to_string(), source.into());
            match code.as_str() {
                "40001" | "40P01" => StoreError::Busy { database, source },
                "53100" => StoreError::Full { database },
                "42501" | "3D000" | "3F000" => StoreError::NotWritable { database, source },
                // A standby takes no writing; a server that is starting or stopping takes nobody.
                "25006" | "53300" => StoreError::Unreachable { database, source },
                code if code.starts_with("28") => StoreError::NotWritable { database, source },
                code if code.starts_with("08") || code.starts_with("57P") => {
                    StoreError::Unreachable { database, source }
                }
                code if code.starts_with("XX") || code.starts_with("58") => {
                    StoreError::Damaged { database, source }
                }
                _ => StoreError::Other { database, source },
            }
        }
        (Address::Postgres(_), None) => {
            let (database, migrates) = (at.to_string(), matches!(source, sqlx::Error::Migrate(_)));
            let source = source.into();
            if migrates {
                StoreError::Other { database, source }
            } else {
                StoreError::Unreachable { database, source }
            }
        }
    }
}

/// The same of a file of SQLite, by its result code.
pub(super) fn failed_with(file: &Path, code: Option<i32>, source: Source) -> StoreError {
    let database = file.display().to_string();
    // The primary code is the lowest byte of what it reports.
    match code.map(|code| code & 0xff) {
        // Where it makes a file longer, a disk without room is an error like any other to it.
        Some(10 | 14) if is_full(file) => StoreError::Full { database },
        Some(10) => StoreError::Disk { database, source },
        Some(26) => StoreError::NotADatabase { database },
        Some(11) => StoreError::Damaged { database, source },
        Some(13) => StoreError::Full { database },
        Some(3 | 8 | 14) => StoreError::NotWritable { database, source },
        Some(5 | 6) => StoreError::Busy { database, source },
        _ => StoreError::Other { database, source },
    }
}

/// What SQLite wants to make a file longer by.
const STEP: u64 = 64 * 1024;

/// Whether the disk with a file has no room for anything.
fn is_full(file: &Path) -> bool {
    #[cfg(unix)]
    {
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        let disk = rustix::fs::statvfs(folder.unwrap_or(Path::new(".")));
        disk.is_ok_and(|disk| {
            let no_file = disk.f_files > 0 && disk.f_favail == 0;
            no_file || disk.f_bavail.saturating_mul(disk.f_frsize) < STEP
        })
    }
    #[cfg(not(unix))]
    {
        let _ = (file, STEP);
        false
    }
}
