//! The handle that only reads. Pages and the API have this one.

use std::sync::Arc;

use sqlx::AnyPool;

use super::error::failed;
use super::rows::{inconsistent, row_with};
use super::{Address, StoreError};

/// Reads; see the module.
#[derive(Clone, Debug)]
pub(crate) struct Views {
    pub(super) pool: AnyPool,
    at: Arc<Address>,
}

impl Views {
    pub(super) fn new(pool: AnyPool, at: Arc<Address>) -> Self {
        Self { pool, at }
    }

    /// The bytes of one entry, which must be in the log.
    pub(crate) async fn entry(&self, index: u64) -> Result<Vec<u8>, StoreError> {
        let missing = || inconsistent(&self.at, index, "the entry with this index is missing");
        let row = row_with(&self.pool, &self.at, index).await?.ok_or_else(missing)?;
        let place = usize::try_from(index - row.first).map_err(|_| missing())?;
        row.entries(&self.at)?.get(place).map(|entry| entry.to_vec()).ok_or_else(missing)
    }

    /// Whether the database answers.
    pub(crate) async fn answers(&self) -> Result<(), StoreError> {
        let asked = sqlx::query("SELECT 1").execute(&self.pool).await;
        asked.map(|_| ()).map_err(|source| failed(&self.at, source))
    }

    /// Closes the connections.
    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}
