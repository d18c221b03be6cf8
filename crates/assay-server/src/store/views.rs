//! The handle that only reads. Pages and the API have this one.

use std::path::{Path, PathBuf};

use sqlx::AnyPool;

use super::{StoreError, read_entries};

/// Reads; see the module.
#[derive(Clone, Debug)]
pub(crate) struct Views {
    pub(super) pool: AnyPool,
    path: PathBuf,
}

impl Views {
    pub(super) fn new(pool: AnyPool, path: &Path) -> Self {
        Self { pool, path: path.to_owned() }
    }

    /// The bytes of one entry; none where the log is not that long.
    pub(crate) async fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        // An index beyond what the database can count is beyond the log as well.
        if i64::try_from(index).is_err() {
            return Ok(None);
        }
        Ok(read_entries(&self.pool, &self.path, index, 1).await?.pop())
    }

    /// Closes the file.
    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}
