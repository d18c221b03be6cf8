//! The commit to a file of SQLite, on the thread of who commits. The driver of all other statements keeps a thread for each
//! connection, and speaks to it twice for each statement: for a commit of one entry that took longer than the disk did.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags, ToSql};

use super::{Head, Role, Row, prepare_file};

/// What became of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is on disk.
    Done,
    /// Nothing was written: the log has another size.
    Moved,
    /// Nothing was written: the lease has another epoch.
    Deposed,
}

/// A connection that only commits, opened when it is first needed.
#[derive(Debug)]
pub(super) struct Commits {
    file: PathBuf,
    open: Mutex<Option<Connection>>,
    /// See [`Commits::hold`].
    anchor: Mutex<Option<Connection>>,
}

impl Commits {
    /// To a file that is there by the time of the first commit.
    pub(super) fn to(file: &Path) -> Self {
        Self { file: file.to_owned(), open: Mutex::default(), anchor: Mutex::default() }
    }

    /// The file.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// Keeps one connection open that nothing is asked of, until all are closed.
    ///
    /// Which commits are good is what SQLite's connections remember together. Were all of them closed after a sync that
    /// failed, the next would read it from the write-ahead log anew, and find the commit there that was refused: in the
    /// system's memory, though no later sync brings it to the disk.
    pub(super) fn hold(&self) -> rusqlite::Result<()> {
        let anchor = connect(&self.file)?;
        anchor.query_row("SELECT COUNT(*) FROM head", [], |_| Ok(()))?;
        *self.anchor.lock().unwrap_or_else(PoisonError::into_inner) = Some(anchor);
        Ok(())
    }

    /// See [`super::Log::append`]. It waits for the disk.
    pub(super) fn append(
        &self,
        old_size: u64,
        epoch: u64,
        rows: &[Row],
        head: &Head,
    ) -> rusqlite::Result<Outcome> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = match open.take() {
            Some(connection) => connection,
            None => connect(&self.file)?,
        };
        let outcome = append(&connection, old_size, epoch, rows, head)?;
        // After an error it was closed instead, and what it had begun is undone: SQLite may have ended the transaction by itself
        // or not, and a new connection is in no doubt.
        *open = Some(connection);
        Ok(outcome)
    }

    /// Closes the connections.
    pub(super) fn close(&self) {
        for connection in [&self.open, &self.anchor] {
            connection.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
    }

    /// Closes the connection that commits, as an error does.
    #[cfg(test)]
    pub(super) fn fail(&self) {
        self.open.lock().unwrap().take();
    }

    /// Runs statements of a test's own on this connection.
    #[cfg(test)]
    pub(super) fn disturb(&self, sql: &str) {
        let mut open = self.open.lock().unwrap();
        open.get_or_insert_with(|| connect(&self.file).unwrap()).execute_batch(sql).unwrap();
    }
}

fn connect(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.execute_batch(prepare_file(Role::Writes))?;
    connection.execute_batch("PRAGMA synchronous = FULL")?;
    Ok(connection)
}

fn append(
    connection: &Connection,
    old_size: u64,
    epoch: u64,
    rows: &[Row],
    head: &Head,
) -> rusqlite::Result<Outcome> {
    let run = |sql, parameters: &[&dyn ToSql]| connection.prepare_cached(sql)?.execute(parameters);
    run("BEGIN IMMEDIATE", &[])?;
    let sql = "UPDATE head SET size = ?1, root = ?2, note = ?3 WHERE id = 0 AND size = ?4 AND epoch = ?5";
    let root = head.root.to_string();
    if run(sql, &[&head.size, &root, &head.note, &old_size, &epoch])? == 0 {
        let sql = "SELECT 1 FROM head WHERE id = 0 AND epoch = ?1";
        let ours = connection.prepare_cached(sql)?.exists([epoch])?;
        run("ROLLBACK", &[])?;
        return Ok(if ours { Outcome::Moved } else { Outcome::Deposed });
    }
    for row in rows {
        let sql = "INSERT INTO entries (idx, n, bytes) VALUES (?1, ?2, ?3)";
        run(sql, &[&row.first, &row.count, &row.bytes])?;
    }
    run("COMMIT", &[])?;
    Ok(Outcome::Done)
}
