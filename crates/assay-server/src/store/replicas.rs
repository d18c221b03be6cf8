//! What is demanded of a PostgreSQL server before anything is sequenced on it: that what it acknowledges survives the loss
//! of the server. With a replica that lags behind, a failover would take back what the log has promised, and the log would
//! go on from there with a second history.

use std::fmt;
use std::str::FromStr;

use sqlx::Row as _;

use super::{Address, Log, StoreError};

/// What the server must have. A file of SQLite has no replicas and is not asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Replicas {
    /// A synchronous standby: `synchronous_standby_names` names one, so a commit waits for it. This is the default.
    #[default]
    Synchronous,
    /// That, or no standby at all: then the server's own disk is all there is, and its loss is the loss of the log. A
    /// standby that is attached must be synchronous, since somebody may fail over to it.
    None,
    /// Whatever is there: a failover may lose acknowledged statements. For tests, and for who knows better.
    Any,
}

impl Replicas {
    const ALL: [(Self, &str); 3] =
        [(Self::Synchronous, "synchronous"), (Self::None, "none"), (Self::Any, "any")];
}

impl fmt::Display for Replicas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.iter().find(|(it, _)| it == self).map_or("", |(_, name)| name);
        f.write_str(name)
    }
}

impl FromStr for Replicas {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|(_, name)| *name == text);
        found.map(|(it, _)| *it).ok_or_else(|| "write synchronous, none or any".into())
    }
}

/// What the server says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Found {
    /// `fsync` is on.
    syncs: bool,
    /// A commit waits for a standby.
    synchronous: bool,
    /// Standbys are attached, or have a slot kept for them.
    standbys: bool,
}

/// What is missing from what is demanded.
fn missing(demanded: Replicas, found: Found) -> Option<&'static str> {
    match (demanded, found) {
        (Replicas::Any, _) => None,
        (_, Found { syncs: false, .. }) => {
            Some("it runs with fsync off, so a power cut takes back what it acknowledged: turn fsync on")
        }
        (_, Found { synchronous: true, .. }) => None,
        (_, Found { standbys: true, .. }) => Some(
            "its standby is asynchronous, so a failover would take back what was acknowledged: set \
             synchronous_standby_names, or say --replicas any to take that risk",
        ),
        (Replicas::Synchronous, _) => Some(
            "it has no synchronous standby, so the loss of this one server is the loss of the log: attach one and set \
             synchronous_standby_names, or say --replicas none to rely on this server and its backups",
        ),
        (Replicas::None, _) => None,
    }
}

impl Log {
    /// Whether the database is as it is demanded to be.
    ///
    /// # Errors
    /// [`StoreError::Replication`] with what is missing.
    pub(crate) async fn demand(&self, demanded: Replicas) -> Result<(), StoreError> {
        if demanded == Replicas::Any || matches!(*self.at, Address::Sqlite(_)) {
            return Ok(());
        }
        let sql = "SELECT CAST(current_setting('fsync') AS TEXT) AS syncs, \
                   CAST(current_setting('synchronous_standby_names') AS TEXT) AS names, \
                   (SELECT COUNT(*) FROM pg_stat_replication) AS attached, \
                   (SELECT COUNT(*) FROM pg_replication_slots WHERE slot_type = 'physical') AS slots";
        let failed = |source| self.failed(source);
        let row = sqlx::query(sql).fetch_one(&self.pool).await.map_err(failed)?;
        let syncs: String = row.try_get("syncs").map_err(failed)?;
        let names: String = row.try_get("names").map_err(failed)?;
        let attached: i64 = row.try_get("attached").map_err(failed)?;
        let slots: i64 = row.try_get("slots").map_err(failed)?;
        // Every connection that writes sets synchronous_commit itself, so the names alone decide.
        let found = Found {
            syncs: syncs == "on",
            synchronous: !names.trim().is_empty(),
            standbys: attached + slots > 0,
        };
        match missing(demanded, found) {
            None => Ok(()),
            Some(what) => Err(StoreError::Replication { database: self.name(), what }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asynchronous_replica_is_refused_unless_told_otherwise() {
        let found = |syncs, synchronous, standbys| Found { syncs, synchronous, standbys };
        let refused = |demanded, found, word: &str| {
            let what = missing(demanded, found).unwrap();
            assert!(what.contains(word), "{demanded}: {what}");
        };
        for demanded in [Replicas::Synchronous, Replicas::None] {
            assert_eq!(missing(demanded, found(true, true, true)), None);
            assert_eq!(missing(demanded, found(true, true, false)), None);
            refused(demanded, found(true, false, true), "asynchronous");
            refused(demanded, found(false, true, true), "fsync");
        }
        refused(Replicas::Synchronous, found(true, false, false), "--replicas none");
        assert_eq!(missing(Replicas::None, found(true, false, false)), None);
        assert_eq!(missing(Replicas::Any, found(false, false, true)), None);
    }

    #[test]
    fn the_words_are_read_as_they_are_written() {
        for (it, name) in Replicas::ALL {
            assert_eq!((it.to_string().as_str(), name.parse()), (name, Ok(it)));
        }
        assert!("asynchronous".parse::<Replicas>().unwrap_err().contains("synchronous, none or any"));
        assert_eq!(Replicas::default(), Replicas::Synchronous);
    }
}
