//! The lease's row. What is written here decides nothing by the time; whoever asks says what time it is.

use sqlx::{AnyConnection, Connection as _, Row as _};

use super::rows::number;
#[cfg(test)]
use super::testing::Point;
use super::{Address, Log, StoreError};

impl Log {
    /// Takes the lease for `owner` until `expires` if nobody holds it at `now`, or `owner` does; gives the new epoch. None
    /// where another holds it. From the moment this is done nobody commits under an earlier epoch.
    pub(crate) async fn take_lease(
        &self,
        owner: &str,
        now: u64,
        expires: u64,
    ) -> Result<Option<u64>, StoreError> {
        #[cfg(test)]
        self.comes_to(Point::Takes { owner: owner.into(), now, expires }).await?;
        // Asked first without writing: this is what a follower does all day.
        let free = "SELECT id FROM lease WHERE id = 0 AND owner <> $1 AND expires >= $2";
        let held = sqlx::query(free).bind(owner).bind(number(&self.at, now)?).fetch_optional(&self.pool);
        if held.await.map_err(|source| self.failed(source))?.is_some() {
            return Ok(None);
        }
        let taken = self
            .retried(async |connection| self.take_lease_with(connection, owner, now, expires).await)
            .await?;
        #[cfg(test)]
        self.comes_to(Point::Answered).await?;
        Ok(taken)
    }

    async fn take_lease_with(
        &self,
        connection: &mut AnyConnection,
        owner: &str,
        now: u64,
        expires: u64,
    ) -> Result<Option<u64>, StoreError> {
        let failed = |source| self.failed(source);
        let mut transaction = connection.begin_with(begin(&self.at)).await.map_err(failed)?;
        let first =
            "INSERT INTO lease (id, owner, epoch, expires) VALUES (0, '', 0, 0) ON CONFLICT (id) DO NOTHING";
        sqlx::query(first).execute(&mut *transaction).await.map_err(failed)?;
        let taken = sqlx::query(
            "UPDATE lease SET owner = $1, epoch = epoch + 1, expires = $2 \
             WHERE id = 0 AND (owner = $1 OR expires < $3)",
        )
        .bind(owner)
        .bind(number(&self.at, expires)?)
        .bind(number(&self.at, now)?)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        if taken.rows_affected() != 1 {
            return Ok(None);
        }
        // The head's row is where commits meet: this waits for one that is under way, and voids every later one of before.
        sqlx::query("UPDATE head SET epoch = (SELECT epoch FROM lease WHERE id = 0) WHERE id = 0")
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        let row = sqlx::query("SELECT epoch FROM lease WHERE id = 0").fetch_one(&mut *transaction);
        let epoch: i64 = row.await.and_then(|row| row.try_get("epoch")).map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        let what = "the epoch is negative";
        u64::try_from(epoch).map(Some).map_err(|_| StoreError::Inconsistent {
            database: self.name(),
            table: "lease",
            row: 0,
            what,
        })
    }

    /// Puts off the end of a lease; not where it was taken by another.
    pub(crate) async fn renew_lease(
        &self,
        owner: &str,
        epoch: u64,
        expires: u64,
    ) -> Result<bool, StoreError> {
        #[cfg(test)]
        self.comes_to(Point::Renews { owner: owner.into(), epoch, expires }).await?;
        let renewed = sqlx::query("UPDATE lease SET expires = $1 WHERE id = 0 AND owner = $2 AND epoch = $3")
            .bind(number(&self.at, expires)?)
            .bind(owner)
            .bind(number(&self.at, epoch)?)
            .execute(&self.pool)
            .await
            .map_err(|source| self.failed(source))?;
        #[cfg(test)]
        self.comes_to(Point::Answered).await?;
        Ok(renewed.rows_affected() == 1)
    }

    /// Ends a lease before its time.
    pub(crate) async fn give_up_lease(&self, owner: &str, epoch: u64) -> Result<(), StoreError> {
        self.renew_lease(owner, epoch, 0).await.map(drop)
    }
}

/// How a transaction that writes begins. What it decides is decided by single rows, which updates lock: the least isolation
/// is enough.
pub(super) fn begin(at: &Address) -> &'static str {
    match at {
        Address::Sqlite(_) => "BEGIN IMMEDIATE",
        Address::Postgres(_) => "BEGIN ISOLATION LEVEL READ COMMITTED",
    }
}
