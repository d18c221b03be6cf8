//! The handle that appends. Only the sequencer (and the recovery before it starts) has one.

use std::path::{Path, PathBuf};

use assay_log::Hash;
use sqlx::{AnyConnection, AnyPool, Connection as _, Row as _};

use super::{Head, StoreError, failed, number, read_entries};

/// Reads and appends; see the module.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    pub(super) pool: AnyPool,
    path: PathBuf,
}

/// An entry that is about to be appended.
#[derive(Clone, Debug)]
pub(crate) struct Appended {
    /// The hash of the bytes as a leaf of the tree.
    pub(crate) leaf: Hash,
    /// The signed statement.
    pub(crate) bytes: Vec<u8>,
}

impl Log {
    pub(super) fn new(pool: AnyPool, path: &Path) -> Self {
        Self { pool, path: path.to_owned() }
    }

    /// The database's file, for messages.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What was committed last; none in a database that was just made.
    pub(crate) async fn head(&self) -> Result<Option<Head>, StoreError> {
        let row = sqlx::query("SELECT size, root, note FROM head WHERE id = 0").fetch_optional(&self.pool);
        let Some(row) = row.await.map_err(|source| self.failed(source))? else { return Ok(None) };
        let size: i64 = row.try_get("size").map_err(|source| self.failed(source))?;
        let root: String = row.try_get("root").map_err(|source| self.failed(source))?;
        let note = row.try_get("note").map_err(|source| self.failed(source))?;
        let wrong = |what| StoreError::Inconsistent { path: self.path.clone(), table: "head", row: 0, what };
        Ok(Some(Head {
            size: u64::try_from(size).map_err(|_| wrong("the size is negative"))?,
            root: root.parse().map_err(|_| wrong("the root is no hash"))?,
            note,
        }))
    }

    /// Writes the head of a log without entries, over another one that has none either.
    pub(crate) async fn begin(&self, head: &Head) -> Result<(), StoreError> {
        let sql = "INSERT INTO head (id, size, root, note) VALUES (0, $1, $2, $3) \
                   ON CONFLICT (id) DO UPDATE SET root = $2, note = $3 WHERE head.size = 0";
        let query = sqlx::query(sql).bind(number(&self.path, head.size)?).bind(head.root.to_string());
        query.bind(head.note.as_str()).execute(&self.pool).await.map_err(|source| self.failed(source))?;
        Ok(())
    }

    /// Up to `limit` entries from an index on.
    pub(crate) async fn entries(&self, from: u64, limit: u16) -> Result<Vec<Vec<u8>>, StoreError> {
        read_entries(&self.pool, &self.path, from, limit).await
    }

    /// Appends entries after the first `old_size` and sets the head, all or nothing. When this returns `Ok`, they are on
    /// disk. Where the log has another size than `old_size`, nothing is written.
    pub(crate) async fn append(
        &self,
        old_size: u64,
        entries: &[Appended],
        head: &Head,
    ) -> Result<(), StoreError> {
        let mut connection = self.pool.acquire().await.map_err(|source| self.failed(source))?;
        let appended = self.append_with(&mut connection, old_size, entries, head).await;
        if appended.is_err() {
            // SQLite ends a transaction by itself when the disk is full, and sqlx then counts one too many on this
            // connection: it would refuse every later one. A new connection is in no doubt.
            connection.close_on_drop();
        }
        appended
    }

    async fn append_with(
        &self,
        connection: &mut AnyConnection,
        old_size: u64,
        entries: &[Appended],
        head: &Head,
    ) -> Result<(), StoreError> {
        let failed = |source| self.failed(source);
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        let swapped =
            sqlx::query("UPDATE head SET size = $1, root = $2, note = $3 WHERE id = 0 AND size = $4")
                .bind(number(&self.path, head.size)?)
                .bind(head.root.to_string())
                .bind(head.note.as_str())
                .bind(number(&self.path, old_size)?)
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
        if swapped.rows_affected() != 1 {
            return Err(StoreError::Moved { path: self.path.clone(), expected: old_size });
        }
        for (index, entry) in (old_size..).zip(entries) {
            sqlx::query("INSERT INTO entries (idx, leaf, bytes) VALUES ($1, $2, $3)")
                .bind(number(&self.path, index)?)
                .bind(hex(&entry.leaf))
                .bind(entry.bytes.as_slice())
                .execute(&mut *transaction)
                .await
                .map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)
    }

    /// Every leaf column as the database has it, from an index on, for [`crate::Register::check_log`].
    pub(crate) async fn leaves(&self, from: u64, limit: u16) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT leaf FROM entries WHERE idx >= $1 ORDER BY idx LIMIT $2";
        let rows = sqlx::query_scalar(sql).bind(number(&self.path, from)?).bind(i64::from(limit));
        rows.fetch_all(&self.pool).await.map_err(|source| self.failed(source))
    }

    /// Closes the file; SQLite then folds its write-ahead log into it.
    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }

    /// Runs a statement of a test's own, to bring about what only an accident or an attacker would.
    #[cfg(test)]
    pub(crate) async fn disturb(&self, sql: &'static str) {
        sqlx::query(sql).execute(&self.pool).await.unwrap();
    }

    fn failed(&self, source: sqlx::Error) -> StoreError {
        failed(&self.path, source)
    }
}

/// Lower-case hexadecimal, as the `leaf` column has it.
pub(crate) fn hex(hash: &Hash) -> String {
    hash.as_bytes().iter().map(|b| format!("{b:02x}")).collect()
}
