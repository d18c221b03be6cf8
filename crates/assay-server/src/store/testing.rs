//! Accidents and attacks on the database, brought about by tests.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use super::{Address, Head, Log, Row, StoreError};

/// Where a node comes to when it speaks to its database.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Point {
    /// Before it reads.
    Reads,
    /// Before it commits.
    Appends { old_size: u64, epoch: u64, rows: Vec<Row>, head: Head },
    /// Before it takes the lease.
    Takes { owner: String, over: u64, expires: u64 },
    /// Before it renews the lease.
    Renews { owner: String, epoch: u64, expires: u64 },
    /// Something was written, and this node is about to learn it.
    Answered,
    /// It waits before it asks again.
    Waits,
    /// Before it reads a public file.
    Fetches,
}

impl Point {
    /// Whether the node is about to write.
    pub(crate) fn writes(&self) -> bool {
        matches!(self, Self::Appends { .. } | Self::Takes { .. } | Self::Renews { .. })
    }
}

/// Decides what becomes of a node at a point.
type Decides = dyn Fn(Point) -> Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>> + Send + Sync;

/// What comes between a node and its database.
#[derive(Clone)]
pub(crate) struct Between(pub(crate) Arc<Decides>);

impl fmt::Debug for Between {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Between")
    }
}

impl StoreError {
    /// What a node is told of a database that went away, stood still, or failed; by a number.
    pub(crate) fn of_an_accident(number: usize) -> Self {
        let (database, source) = (String::new(), sqlx::Error::WorkerCrashed.into());
        match number {
            0 => Self::Slow { database },
            1 => Self::Other { database, source },
            _ => Self::Unreachable { database, source },
        }
    }
}

impl Log {
    /// The same database with something in between.
    pub(crate) fn behind(&self, between: Between) -> Self {
        Self { between: Some(between), ..self.clone() }
    }

    pub(super) fn is_simulated(&self) -> bool {
        self.between.is_some()
    }

    pub(super) async fn comes_to(&self, point: Point) -> Result<(), StoreError> {
        match &self.between {
            Some(between) => (between.0)(point).await,
            None => Ok(()),
        }
    }

    /// Runs statements of a test's own.
    pub(crate) async fn disturb(&self, sql: &str) {
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&self.pool).await.unwrap();
    }

    /// The same, where the two databases spell it differently.
    pub(crate) async fn disturb_each(&self, sqlite: &str, postgres: &str) {
        self.disturb(if self.at.file().is_some() { sqlite } else { postgres }).await;
    }

    /// The address that another node would be given.
    pub(crate) fn address(&self) -> String {
        match &*self.at {
            Address::Sqlite(path) => format!("sqlite:{}", path.display()),
            Address::Postgres(urls) => urls.join(","),
        }
    }

    /// Ends every connection that this node has to a server, its own last.
    pub(crate) async fn drop_connections(&self) {
        let sql = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity \
                   WHERE pid IN (SELECT pid FROM pg_stat_activity WHERE application_name = $1)";
        let name: String = sqlx::query_scalar("SELECT CAST(current_setting('application_name') AS TEXT)")
            .fetch_one(&self.pool)
            .await
            .unwrap();
        // The server answers this with the end of the connection.
        sqlx::query(sql).bind(name).execute(&self.pool).await.unwrap_err();
    }

    /// Closes the connections to a file that errors may close.
    pub(crate) async fn lose_connections(&self) {
        if let Some(commits) = &self.commits {
            commits.fail();
        }
        self.pool.close().await;
        self.readers.close().await;
    }

    /// Who has the lease, and under which number.
    pub(crate) async fn lease_row(&self) -> Option<(String, u64)> {
        let row = sqlx::query_as::<_, (String, i64)>("SELECT owner, epoch FROM lease WHERE id = 0");
        let row = row.fetch_optional(&self.pool).await.unwrap();
        row.map(|(owner, epoch)| (owner, epoch as u64))
    }

    /// What a sequence of a test's own was last at.
    pub(crate) async fn last_value(&self, sequence: &str) -> i64 {
        let sql = format!("SELECT last_value FROM {sequence}");
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&self.pool).await.unwrap()
    }

    /// Changes the bytes of a row.
    pub(crate) async fn change_row(&self, idx: i64, change: impl FnOnce(&mut Vec<u8>)) {
        let sql = "SELECT bytes FROM entries WHERE idx = $1";
        let mut bytes: Vec<u8> = sqlx::query_scalar(sql).bind(idx).fetch_one(&self.pool).await.unwrap();
        change(&mut bytes);
        let query = sqlx::query("UPDATE entries SET bytes = $2 WHERE idx = $1").bind(idx).bind(bytes);
        assert_eq!(query.execute(&self.pool).await.unwrap().rows_affected(), 1);
    }

    /// From now on no entry can be inserted.
    pub(crate) async fn refuse_inserts(&self) {
        self.disturb_each(
            "CREATE TRIGGER broken BEFORE INSERT ON entries BEGIN SELECT RAISE(ABORT, 'x'); END",
            "ALTER TABLE entries ADD CONSTRAINT broken CHECK (n < 0) NOT VALID",
        )
        .await;
    }

    /// Takes [`Log::refuse_inserts`] back.
    pub(crate) async fn accept_inserts(&self) {
        self.disturb_each("DROP TRIGGER broken", "ALTER TABLE entries DROP CONSTRAINT broken").await;
    }

    /// As on a disk without room, as long as this connection lives: SQLite answers so for its smallest number of pages,
    /// PostgreSQL through a trigger that asks for a setting of the session.
    pub(crate) async fn fill_disk(&self) {
        if let Some(commits) = &self.commits {
            return commits.disturb("PRAGMA max_page_count = 1");
        }
        self.disturb(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             IF current_setting('assay.no_room', true) = 'on' THEN \
             RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END IF; RETURN NEW; END $$; \
             CREATE TRIGGER full_disk BEFORE INSERT ON entries FOR EACH ROW EXECUTE FUNCTION full_disk(); \
             SET assay.no_room = 'on'",
        )
        .await;
    }

    /// Puts what the tables hold aside under a name.
    pub(crate) async fn back_up(&self, name: &str) {
        for table in ["entries", "head"] {
            self.disturb(&format!("CREATE TABLE {table}_{name} AS SELECT * FROM {table}")).await;
        }
    }

    /// Puts what was put aside back in place of what the tables hold.
    pub(crate) async fn restore(&self, name: &str) {
        for table in ["entries", "head"] {
            self.disturb(&format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM {table}_{name}"))
                .await;
        }
    }

    /// Every column of every table, as `(table, column)`.
    pub(crate) async fn columns(&self) -> Vec<(String, String)> {
        let sql = match *self.at {
            Address::Sqlite(_) => {
                "SELECT m.name AS t, c.name AS c FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
            }
            Address::Postgres(_) => {
                "SELECT CAST(table_name AS TEXT) AS t, CAST(column_name AS TEXT) AS c \
                 FROM information_schema.columns WHERE table_schema = current_schema()"
            }
        };
        sqlx::query_as(sql).fetch_all(&self.pool).await.unwrap()
    }
}
