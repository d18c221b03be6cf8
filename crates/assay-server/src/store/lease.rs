//! The lease's row. What is written here decides nothing by the time; whoever asks says what time it is.

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Connection as _, Row as _};

use super::rows::number;
#[cfg(test)]
use super::testing::Point;
use super::{Address, Log, StoreError};

/// What the row says of a lease that another holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) epoch: u64,
    /// Its end.
    pub(crate) expires: u64,
}

impl Log {
    /// Takes the lease for `owner` until `expires` if it ends at `over` or earlier, or is `owner`'s; gives the new epoch, or
    /// what another holds. From the moment this is done nobody commits under an earlier epoch.
    pub(crate) async fn take_lease(
        &self,
        owner: &str,
        over: u64,
        expires: u64,
    ) -> Result<Result<u64, Held>, StoreError> {
        #[cfg(test)]
        self.comes_to(Point::Takes { owner: owner.into(), over, expires }).await?;
        // Asked first without writing: this is what a follower does all day.
        let held = "SELECT epoch, expires FROM lease WHERE id = 0 AND owner <> $1 AND expires > $2";
        let held = sqlx::query(held).bind(owner).bind(number(&self.at, over)?).fetch_optional(&self.pool);
        if let Some(row) = held.await.map_err(|source| self.failed(source))? {
            return Ok(Err(self.held(&row)?));
        }
        let taken = self
            .retried(async |connection| self.take_lease_with(connection, owner, over, expires).await)
            .await?;
        #[cfg(test)]
        self.comes_to(Point::Answered).await?;
        Ok(taken)
    }

    async fn take_lease_with(
        &self,
        connection: &mut AnyConnection,
        owner: &str,
        over: u64,
        expires: u64,
    ) -> Result<Result<u64, Held>, StoreError> {
        let failed = |source| self.failed(source);
        let mut transaction = connection.begin_with(begin(&self.at)).await.map_err(failed)?;
        let first =
            "INSERT INTO lease (id, owner, epoch, expires) VALUES (0, '', 0, 0) ON CONFLICT (id) DO NOTHING";
        sqlx::query(first).execute(&mut *transaction).await.map_err(failed)?;
        let taken = sqlx::query(
            "UPDATE lease SET owner = $1, epoch = epoch + 1, expires = $2 \
             WHERE id = 0 AND (owner = $1 OR expires <= $3)",
        )
        .bind(owner)
        .bind(number(&self.at, expires)?)
        .bind(number(&self.at, over)?)
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
        if taken.rows_affected() != 1 {
            let row =
                sqlx::query("SELECT epoch, expires FROM lease WHERE id = 0").fetch_one(&mut *transaction);
            return Ok(Err(self.held(&row.await.map_err(failed)?)?));
        }
        // The head's row is where commits meet: this waits for one that is under way, and voids every later one of before.
        sqlx::query("UPDATE head SET epoch = (SELECT epoch FROM lease WHERE id = 0) WHERE id = 0")
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        let row = sqlx::query("SELECT epoch, expires FROM lease WHERE id = 0").fetch_one(&mut *transaction);
        let held = self.held(&row.await.map_err(failed)?)?;
        transaction.commit().await.map_err(failed)?;
        Ok(Ok(held.epoch))
    }

    fn held(&self, row: &AnyRow) -> Result<Held, StoreError> {
        let number = |column| {
            let number: i64 = row.try_get(column).map_err(|source| self.failed(source))?;
            u64::try_from(number).map_err(|_| StoreError::Inconsistent {
                database: self.name(),
                table: "lease",
                row: 0,
                what: "a number is negative",
            })
        };
        Ok(Held { epoch: number("epoch")?, expires: number("expires")? })
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
