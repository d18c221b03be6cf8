//! The store: the only code that speaks SQL, over one file of SQLite or a PostgreSQL server. It gives out two handles,
//! [`Log`], which the sequencer appends with, and [`Views`], which can only read; whoever has the one cannot do the other's
//! work. It decides nothing: what may be appended is the fold's business.
//!
//! The SQL is one text for both but for the commit itself (`log`, `commits`): BIGINT, TEXT and one binary type, which only the
//! migrations spell differently, `$1` parameters, no clock and no trigger in the database, appending by compare-and-swap on
//! one row.

mod address;
mod commits;
mod error;
mod lease;
mod log;
mod primary;
mod replicas;
mod rows;
mod views;

use std::sync::Arc;
use std::time::Duration;

use assay_log::Hash;
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{AnyConnection, AnyPool, Connection as _, Executor as _};

pub(crate) use self::address::Address;
pub use self::address::shown_database;
pub use self::error::StoreError;
use self::error::failed;
pub(crate) use self::lease::Held;
pub(crate) use self::log::Log;
pub use self::replicas::Replicas;
pub(crate) use self::rows::{Row, Rows};
pub(crate) use self::views::Views;

/// The last committed state of the log: its size, its root and the checkpoint that was signed over both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) size: u64,
    pub(crate) root: Hash,
    pub(crate) note: String,
}

/// The tables, step by step.
fn migrations(at: &Address) -> Migrator {
    let mut migrations = match at {
        Address::Sqlite(_) => sqlx::migrate!("./migrations/sqlite"),
        Address::Postgres(_) => sqlx::migrate!("./migrations/postgres"),
    };
    // No lock of the database's own: a file is this process's through its data folder, and not every server that speaks
    // PostgreSQL's protocol has session locks. Two nodes that start at once see each other's half instead.
    migrations.set_locking(false);
    migrations
}

/// How often migrations are tried where another node may be making the same tables, and for how long it waits between.
const MIGRATIONS: u32 = 20;
const MIGRATION_WAIT: Duration = Duration::from_millis(250);

/// Opens the database and brings its tables up to date. With `create` a missing file is made; without, it is an error.
///
/// # Errors
/// See [`StoreError`].
pub(crate) async fn open(at: Address, create: bool) -> Result<(Log, Views), StoreError> {
    sqlx::any::install_default_drivers();
    let at = Arc::new(at);
    // One connection writes, so that SQLite never has to refuse the second of two writers.
    let writer = connect(&at, create, 1, Role::Writes).await?;
    let migrated = migrate(&at, &writer).await;
    let readers = match migrated {
        Ok(()) => connect(&at, false, 4, Role::Reads).await,
        Err(error) => Err(error),
    };
    match readers {
        Ok(readers) => {
            let log = Log::new(writer, readers.clone(), at.clone());
            match log.hold() {
                Ok(()) => Ok((log, Views::new(readers, at))),
                Err(error) => {
                    log.close().await;
                    readers.close().await;
                    Err(error)
                }
            }
        }
        Err(error) => {
            // Not left to be closed at some later time: the file is somebody else's once this has failed.
            writer.close().await;
            Err(error)
        }
    }
}

/// Opens a database that is there, to read it beside whoever writes to it. Nothing is brought up to date.
///
/// # Errors
/// See [`StoreError`].
pub(crate) async fn open_to_read(at: Address) -> Result<Log, StoreError> {
    sqlx::any::install_default_drivers();
    let at = Arc::new(at);
    let pool = connect(&at, false, 1, Role::Reads).await?;
    Ok(Log::new(pool.clone(), pool, at))
}

async fn migrate(at: &Address, writer: &AnyPool) -> Result<(), StoreError> {
    let migrations = migrations(at);
    let mut tries = 0;
    loop {
        tries += 1;
        match migrations.run(writer).await {
            Ok(()) => return Ok(()),
            Err(_) if at.file().is_none() && tries < MIGRATIONS => {
                tokio::time::sleep(MIGRATION_WAIT).await;
            }
            Err(MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _)) => {
                return Err(failed(at, source));
            }
            Err(other) => return Err(failed(at, sqlx::Error::Migrate(Box::new(other)))),
        }
    }
}

/// What connections are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Writes,
    Reads,
}

/// What every connection is told first.
///
/// Pages of 8 KiB, which only a new file takes, lie between what is best for single entries, where a commit writes two pages
/// (4 KiB), and for thousands of them, which spill over many (16 KiB).
///
/// An acknowledged statement must survive a power cut: FULL syncs SQLite's write-ahead log at every commit, and `on` makes
/// PostgreSQL wait for its own (and for a synchronous standby's), whatever its configuration says. A reader that is handed
/// a writing statement by mistake is refused by the database itself.
fn prepare(at: &Address, role: Role) -> &'static str {
    match (at, role) {
        (Address::Sqlite(_), role) => prepare_file(role),
        (Address::Postgres(_), Role::Writes) => "SET synchronous_commit = on",
        (Address::Postgres(_), Role::Reads) => "SET default_transaction_read_only = on",
    }
}

fn prepare_file(role: Role) -> &'static str {
    match role {
        // FULL is SQLite's default, and a test holds this build to it: a database whose disk died cannot be told, since SQLite
        // reads its file first, and the pool would try that again and again instead of saying why.
        Role::Writes => "PRAGMA busy_timeout = 5000",
        Role::Reads => "PRAGMA busy_timeout = 5000; PRAGMA query_only = ON",
    }
}

/// What a file is told once, which it remembers.
const FORM: &str = "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL";

async fn connect(
    at: &Arc<Address>,
    create: bool,
    connections: u32,
    role: Role,
) -> Result<AnyPool, StoreError> {
    let prepare = prepare(at, role);
    let options = primary::primary(at, create).await?;
    // The pool would try a damaged file again and again until its time is up, and then say only that; so one connection is
    // made by hand first, and its error is the one to show.
    let mut first = AnyConnection::connect_with(&options).await.map_err(|source| failed(at, source))?;
    first.execute(prepare).await.map_err(|source| failed(at, source))?;
    if at.file().is_some() && role == Role::Writes {
        first.execute(FORM).await.map_err(|source| failed(at, source))?;
    }
    first.close().await.map_err(|source| failed(at, source))?;
    AnyPoolOptions::new()
        .max_connections(connections)
        // A file of SQLite may be busy for long; a server that does not answer is given up for another in time.
        .acquire_timeout(Duration::from_secs(if at.file().is_some() { 10 } else { 3 }))
        // The sequencer lives on a run-time of its own: no task of the pool should be tied to the one it began on.
        .idle_timeout(None)
        .max_lifetime(None)
        // A writer that lost its server learns it from its own statement, and is replaced then; a ping before each would
        // cost as much as the statement. Readers are many and idle for long.
        .test_before_acquire(role == Role::Reads)
        .after_connect(move |connection, _| {
            Box::pin(async move { connection.execute(prepare).await.map(|_| ()) })
        })
        .connect_with(options)
        .await
        .map_err(|source| failed(at, source))
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
