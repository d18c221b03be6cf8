//! The handle that appends. Only the sequencer (and the recovery before it starts) has one.

use std::sync::Arc;
use std::time::Duration;

use assay_log::tile::FULL_WIDTH;
use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, Row as _};

use super::commits::{Commits, Outcome};
use super::error::failed_with;
use super::rows::{inconsistent, number, read_rows};
#[cfg(test)]
use super::testing::Point;
use super::{Address, Head, Row, StoreError, failed};

/// How often a transaction is begun again that another one was in the way of, and how long it waits before the first time.
const TRIES: u32 = 6;
const WAIT: Duration = Duration::from_millis(4);

/// Reads and appends; see the module.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    pub(super) pool: AnyPool,
    /// The connections of [`super::Views`], which turn to another server with these.
    pub(super) readers: AnyPool,
    pub(super) at: Arc<Address>,
    /// What commits where the database is a file.
    pub(super) commits: Option<Arc<Commits>>,
    /// What comes between this node and its database in a simulation.
    #[cfg(test)]
    pub(super) between: Option<super::testing::Between>,
}

impl Log {
    pub(super) fn new(pool: AnyPool, readers: AnyPool, at: Arc<Address>) -> Self {
        let commits = at.file().map(|file| Arc::new(Commits::to(file)));
        Self {
            pool,
            readers,
            at,
            commits,
            #[cfg(test)]
            between: None,
        }
    }

    /// The database, for messages.
    pub(crate) fn name(&self) -> String {
        self.at.to_string()
    }

    /// What was committed last; none in a database that was just made.
    pub(crate) async fn head(&self) -> Result<Option<Head>, StoreError> {
        #[cfg(test)]
        self.comes_to(Point::Reads).await?;
        let row = sqlx::query("SELECT size, root, note FROM head WHERE id = 0").fetch_optional(&self.pool);
        let Some(row) = row.await.map_err(|source| self.failed(source))? else { return Ok(None) };
        let size: i64 = row.try_get("size").map_err(|source| self.failed(source))?;
        let root: String = row.try_get("root").map_err(|source| self.failed(source))?;
        let note = row.try_get("note").map_err(|source| self.failed(source))?;
        let wrong = |what| StoreError::Inconsistent { database: self.name(), table: "head", row: 0, what };
        Ok(Some(Head {
            size: u64::try_from(size).map_err(|_| wrong("the size is negative"))?,
            root: root.parse().map_err(|_| wrong("the root is no hash"))?,
            note,
        }))
    }

    /// Writes the head of a log without entries, over another one that has none either and that no node ever held a lease
    /// of.
    pub(crate) async fn begin(&self, head: &Head) -> Result<(), StoreError> {
        let sql = "INSERT INTO head (id, size, root, note) VALUES (0, $1, $2, $3) \
                   ON CONFLICT (id) DO UPDATE SET root = $2, note = $3 WHERE head.size = 0 AND head.epoch = 0";
        let query = sqlx::query(sql).bind(number(&self.at, head.size)?).bind(head.root.to_string());
        query.bind(head.note.as_str()).execute(&self.pool).await.map_err(|source| self.failed(source))?;
        Ok(())
    }

    /// The entries from an index on that a commit ended before, row by row, at most `rows` of them. None are left when
    /// nothing comes back.
    pub(crate) async fn entries(&self, from: u64, rows: u16) -> Result<Vec<Vec<u8>>, StoreError> {
        #[cfg(test)]
        self.comes_to(Point::Reads).await?;
        let mut entries = Vec::new();
        for row in read_rows(&self.pool, &self.at, from..u64::MAX, rows).await? {
            entries.extend(row.entries(&self.at)?.into_iter().map(<[u8]>::to_vec));
        }
        Ok(entries)
    }

    /// An entry bundle: the first `width` entries of the bundle at `index`, each with its length before it.
    pub(crate) async fn bundle(&self, index: u64, width: u16) -> Result<Vec<u8>, StoreError> {
        let first = index.saturating_mul(u64::from(FULL_WIDTH));
        let (mut bytes, mut left) = (Vec::new(), width);
        let range = first..first.saturating_add(u64::from(FULL_WIDTH));
        // A bundle may have come in as many commits as it has entries.
        for row in read_rows(&self.pool, &self.at, range, width).await? {
            for entry in row.entries(&self.at)?.into_iter().take(usize::from(left)) {
                // The length was read from two bytes a moment ago.
                bytes.extend_from_slice(&(entry.len() as u16).to_be_bytes());
                bytes.extend_from_slice(entry);
                left -= 1;
            }
            if left == 0 {
                return Ok(bytes);
            }
        }
        Err(inconsistent(&self.at, first + u64::from(width - left), "the entry with this index is missing"))
    }

    /// Appends rows after the first `old_size` entries and sets the head, all or nothing. When this returns `Ok`, they are
    /// on disk. Where the log has another size than `old_size`, or the lease another epoch, nothing is written.
    pub(crate) async fn append(
        &self,
        old_size: u64,
        epoch: u64,
        rows: &[Row],
        head: &Head,
    ) -> Result<(), StoreError> {
        #[cfg(test)]
        self.comes_to(Point::Appends { old_size, epoch, rows: rows.to_vec(), head: head.clone() }).await?;
        match &self.commits {
            Some(commits) => self.append_to_file(commits, old_size, epoch, rows, head)?,
            None => {
                let work = async |connection: &mut _| {
                    self.append_with(connection, old_size, epoch, rows, head).await
                };
                self.retried(work).await?;
            }
        }
        #[cfg(test)]
        self.comes_to(Point::Answered).await?;
        Ok(())
    }

    /// What is said of a commit that did not end in time.
    pub(crate) fn too_slow(&self) -> StoreError {
        StoreError::Slow { database: self.name() }
    }

    /// Runs a transaction, again if another one was in its way.
    pub(super) async fn retried<T>(
        &self,
        work: impl AsyncFn(&mut AnyConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut wait = WAIT;
        for _ in 1..TRIES {
            match self.once(&work).await {
                Err(error) if error.passes() => tokio::time::sleep(wait).await,
                done => return done,
            }
            wait *= 2;
        }
        self.once(&work).await
    }

    async fn once<T>(
        &self,
        work: impl AsyncFn(&mut AnyConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut connection = self.pool.acquire().await.map_err(|source| self.failed(source))?;
        let done = work(&mut connection).await;
        if done.is_err() {
            // SQLite ends a transaction by itself when the disk is full, and sqlx then counts one too many on this
            // connection: it would refuse every later one. A new connection is in no doubt.
            connection.close_on_drop();
        }
        done
    }

    /// See [`Commits::hold`].
    pub(super) fn hold(&self) -> Result<(), StoreError> {
        let Some(commits) = &self.commits else { return Ok(()) };
        commits.hold().map_err(|source| of_file(commits, source))
    }

    /// The commit to a file of SQLite.
    fn append_to_file(
        &self,
        commits: &Commits,
        old_size: u64,
        epoch: u64,
        rows: &[Row],
        head: &Head,
    ) -> Result<(), StoreError> {
        // Whoever is in the way was waited for already (`busy_timeout`).
        match commits.append(old_size, epoch, rows, head) {
            Ok(Outcome::Done) => Ok(()),
            Ok(Outcome::Moved) => Err(StoreError::Moved { database: self.name(), expected: old_size }),
            Ok(Outcome::Deposed) => Err(StoreError::Deposed { database: self.name() }),
            Err(source) => Err(of_file(commits, source)),
        }
    }

    async fn append_with(
        &self,
        connection: &mut AnyConnection,
        old_size: u64,
        epoch: u64,
        rows: &[Row],
        head: &Head,
    ) -> Result<(), StoreError> {
        let failed = |source| self.failed(source);
        let mut query = sqlx::query(AssertSqlSafe(append_sql(rows.len())))
            .bind(number(&self.at, head.size)?)
            .bind(head.root.to_string())
            .bind(head.note.as_str())
            .bind(number(&self.at, old_size)?)
            .bind(number(&self.at, epoch)?);
        for row in rows {
            let (first, count) = (number(&self.at, row.first)?, i64::from(row.count));
            query = query.bind(first).bind(count).bind(row.bytes.as_slice());
        }
        // The head as it was swapped, or nothing.
        if !query.fetch_all(&mut *connection).await.map_err(failed)?.is_empty() {
            return Ok(());
        }
        let ours = sqlx::query("SELECT id FROM head WHERE id = 0 AND epoch = $1");
        let ours = ours.bind(number(&self.at, epoch)?).fetch_optional(connection);
        let database = self.name();
        Err(match ours.await.map_err(failed)? {
            Some(_) => StoreError::Moved { database, expected: old_size },
            None => StoreError::Deposed { database },
        })
    }

    /// Waits before something is asked once more.
    pub(crate) async fn pause(&self, time: Duration) {
        #[cfg(test)]
        if self.is_simulated() {
            // Whatever others do in the meantime is what a simulation is about.
            return drop(self.comes_to(Point::Waits).await);
        }
        tokio::time::sleep(time).await;
    }

    /// Closes the connections.
    pub(crate) async fn close(&self) {
        if let Some(commits) = &self.commits {
            commits.close();
        }
        self.pool.close().await;
    }

    pub(super) fn failed(&self, source: sqlx::Error) -> StoreError {
        failed(&self.at, source)
    }
}

fn of_file(commits: &Commits, source: rusqlite::Error) -> StoreError {
    let code = source.sqlite_error().map(|error| error.extended_code);
    failed_with(commits.file(), code, source.into())
}

/// The whole of a commit with as many rows on PostgreSQL, in one exchange with the server: the entries, and the head swapped if
/// it has the size `$4` and the epoch `$5`; otherwise nothing. A row comes back if it was swapped.
fn append_sql(rows: usize) -> String {
    // Three parameters for each row, after the five of the head.
    let values: Vec<_> = (0..rows)
        .map(|row| 6 + 3 * row)
        .map(|n| {
            let (idx, count, bytes) = (n, n + 1, n + 2);
            format!("(CAST(${idx} AS BIGINT), CAST(${count} AS BIGINT), CAST(${bytes} AS BYTEA))")
        })
        .collect();
    // One statement is one transaction. The insert is carried out whether or not anything asks for it.
    format!(
        "WITH swapped AS (UPDATE head SET size = $1, root = $2, note = $3 \
         WHERE id = 0 AND size = $4 AND epoch = $5 RETURNING id), \
         appended AS (INSERT INTO entries (idx, n, bytes) \
         SELECT v.idx, v.n, v.bytes FROM swapped, (VALUES {}) AS v (idx, n, bytes)) \
         SELECT id FROM swapped",
        values.join(", ")
    )
}
