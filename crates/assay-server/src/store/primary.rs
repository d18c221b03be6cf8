//! Which of several servers is the one that is written to. A failover makes a replica the primary, under another address;
//! what tells it from the one it replaced, should that still answer, is its timeline, which PostgreSQL counts up with every
//! promotion.

use std::time::Duration;

use sqlx::any::AnyConnectOptions;
use sqlx::{AnyConnection, AnyPool, Connection as _, Row as _};
use tokio::time::timeout;

use super::{Address, Log, StoreError, failed};

/// A server that takes longer to answer is passed over.
const PATIENCE: Duration = Duration::from_secs(2);

/// The file of the write-ahead log that is written to, whose name begins with the timeline; empty on a standby.
const WAL: &str = "SELECT CASE WHEN pg_is_in_recovery() THEN '' \
                   ELSE CAST(pg_walfile_name(pg_current_wal_lsn()) AS TEXT) END AS wal";

/// How to connect to the database; of several servers to the primary.
pub(super) async fn primary(at: &Address, create: bool) -> Result<AnyConnectOptions, StoreError> {
    let urls = at.urls(create);
    if let [url] = urls.as_slice() {
        return url.parse().map_err(|source| failed(at, source));
    }
    let mut newest = None;
    let mut error = None;
    for url in urls {
        let options: AnyConnectOptions = url.parse().map_err(|source| failed(at, source))?;
        match timeout(PATIENCE, timeline(&options)).await {
            Ok(Ok(Some(timeline))) => {
                if newest.as_ref().is_none_or(|(other, _)| timeline > *other) {
                    newest = Some((timeline, options));
                }
            }
            // A standby, which only waits for its time.
            Ok(Ok(None)) => {}
            Ok(Err(source)) => error = Some(source),
            Err(_) => error = Some(sqlx::Error::PoolTimedOut),
        }
    }
    match newest {
        Some((_, options)) => Ok(options),
        None => Err(failed(at, error.unwrap_or(sqlx::Error::WorkerCrashed))),
    }
}

/// The timeline of a primary; none of a standby.
async fn timeline(options: &AnyConnectOptions) -> Result<Option<u32>, sqlx::Error> {
    let mut connection = AnyConnection::connect_with(options).await?;
    let wal: String = sqlx::query(WAL).fetch_one(&mut connection).await?.try_get("wal")?;
    // An error here changes nothing about the answer.
    let _ = connection.close().await;
    Ok(wal.get(..8).and_then(|timeline| u32::from_str_radix(timeline, 16).ok()))
}

impl Log {
    /// Looks whether the server in use is a primary, and for another one where it is not, or does not answer.
    pub(crate) async fn stay_with_primary(&self) -> Result<(), StoreError> {
        if self.at.urls(false).len() < 2 {
            return Ok(());
        }
        let wal = sqlx::query_scalar::<_, String>(WAL).fetch_one(&self.pool);
        match timeout(PATIENCE, wal).await {
            Ok(Ok(wal)) if !wal.is_empty() => Ok(()),
            _ => self.find_primary().await,
        }
    }

    /// Turns to the server that is the primary now. Of one address there is nothing to find.
    pub(crate) async fn find_primary(&self) -> Result<(), StoreError> {
        if self.at.urls(false).len() < 2 {
            return Ok(());
        }
        let options = primary(&self.at, false).await?;
        for pool in [&self.pool, &self.readers] {
            pool.set_connect_options(options.clone());
            let_go(pool);
        }
        Ok(())
    }
}

/// Drops the connections that nobody uses: they lead to another server than the next ones.
fn let_go(pool: &AnyPool) {
    for _ in 0..pool.num_idle() {
        let Some(mut connection) = pool.try_acquire() else { break };
        connection.close_on_drop();
    }
}
