//! The store alone: every column decided, compare-and-swap, handles that cannot do the other's work.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::testing::{On, database, on_both};
use assay_log::Tree;

async fn fresh() -> (tempfile::TempDir, Log, Views) {
    let folder = tempfile::tempdir().unwrap();
    let at = match database(folder.path()) {
        Some(url) => Address::parse(&url).unwrap(),
        None => Address::Sqlite(folder.path().join("a ?#% ü.db")),
    };
    let (log, views) = open(at, true).await.unwrap();
    log.begin(&head(0)).await.unwrap();
    (folder, log, views)
}

/// Entries whose bytes are their indexes.
fn rows(range: std::ops::Range<u64>) -> Vec<Row> {
    let mut rows = Rows::default();
    for index in range {
        assert!(rows.push(index, &index.to_be_bytes()));
    }
    rows.into_vec()
}

fn head(size: u64) -> Head {
    let tree = Tree::from_entries((0..size).map(u64::to_be_bytes));
    Head { size, root: tree.root(), note: format!("note {size}") }
}

async fn every_column_is_marked_public_or_private() {
    #[derive(serde::Deserialize, Debug, PartialEq)]
    #[serde(rename_all = "lowercase")]
    enum Visibility {
        Public,
        Private,
    }
    let text = include_str!("../../visibility.toml");
    let decided: BTreeMap<String, BTreeMap<String, Visibility>> = toml::from_str(text).unwrap();
    let (_folder, log, _) = fresh().await;
    let found: BTreeSet<(String, String)> = log.columns().await.into_iter().collect();
    let decided: BTreeSet<(String, String)> =
        decided.into_iter().flat_map(|(t, c)| c.into_keys().map(move |c| (t.clone(), c))).collect();
    let undecided: Vec<_> = found.difference(&decided).collect();
    assert!(undecided.is_empty(), "decide on {undecided:?} in crates/assay-server/visibility.toml");
    let gone: Vec<_> = decided.difference(&found).collect();
    assert!(gone.is_empty(), "no such column: take {gone:?} out of crates/assay-server/visibility.toml");
    assert!(found.len() > 10, "the schema was read: {found:?}");
}

async fn appending_is_compare_and_swap() {
    let (_folder, log, views) = fresh().await;
    log.append(0, 0, &rows(0..3), &head(3)).await.unwrap();
    let said = log.append(0, 0, &rows(7..9), &head(2)).await.unwrap_err();
    assert!(matches!(said, StoreError::Moved { expected: 0, .. }), "{said}");
    assert_eq!(log.head().await.unwrap(), Some(head(3)));
    log.append(3, 0, &rows(3..5), &head(5)).await.unwrap();
    assert_eq!(log.entries(0, 1).await.unwrap().len(), 3);
    assert_eq!(log.entries(3, 9).await.unwrap(), [3u64, 4].map(|n| n.to_be_bytes().to_vec()));
    assert!(log.entries(5, 9).await.unwrap().is_empty());
    for index in 0..5 {
        assert_eq!(views.entry(index).await.unwrap(), index.to_be_bytes().to_vec());
    }
    for beyond in [5, i64::MAX as u64, u64::MAX] {
        let said = views.entry(beyond).await.unwrap_err();
        assert!(matches!(said, StoreError::Inconsistent { .. }), "{said}");
    }
}

async fn rows_end_where_bundles_end() {
    let (_folder, log, views) = fresh().await;
    let mut size = 0;
    for grown in [1, 255, 256, 700, 900] {
        let new = rows(size..grown);
        assert!(new.iter().all(|row| row.first / 256 == (row.end() - 1) / 256), "{new:?}");
        log.append(size, 0, &new, &head(grown)).await.unwrap();
        size = grown;
    }
    for index in [0, 1, 254, 255, 256, 511, 512, 699, 700, 899] {
        assert_eq!(views.entry(index).await.unwrap(), index.to_be_bytes().to_vec());
    }
    for (index, width) in [(0, 256), (0, 1), (0, 255), (1, 256), (2, 188), (2, 187), (3, 132)] {
        let entries = (index * 256..).take(usize::from(width)).map(u64::to_be_bytes);
        let expected = assay_log::bundle::encode(entries).unwrap();
        assert_eq!(log.bundle(index, width).await.unwrap(), expected, "{index} {width}");
    }
    let said = log.bundle(3, 133).await.unwrap_err();
    assert!(matches!(said, StoreError::Inconsistent { row: 900, .. }), "{said}");
    assert!(!Rows::default().push(0, &[0; 65_536]));
}

async fn a_batch_is_all_or_nothing() {
    let (_folder, log, views) = fresh().await;
    log.append(0, 0, &rows(0..1), &head(1)).await.unwrap();
    // The second of these stands in the log already.
    let mut batch = rows(1..3);
    batch.extend(rows(0..1));
    assert!(log.append(1, 0, &batch, &head(4)).await.is_err());
    assert_eq!(log.head().await.unwrap(), Some(head(1)));
    assert!(views.entry(1).await.is_err());
    log.append(1, 0, &rows(1..2), &head(2)).await.unwrap();
}

async fn a_log_that_has_entries_is_not_begun_again() {
    let (_folder, log, _) = fresh().await;
    log.append(0, 0, &rows(0..3), &head(3)).await.unwrap();
    log.begin(&head(0)).await.unwrap();
    assert_eq!(log.head().await.unwrap(), Some(head(3)));
}

async fn whoever_lost_the_lease_cannot_commit() {
    let (_folder, log, _) = fresh().await;
    assert_eq!(log.take_lease("a", 999, 7_000).await.unwrap(), Ok(1));
    log.append(0, 1, &rows(0..1), &head(1)).await.unwrap();
    // Held, also in its last moment; and its holder may take it again, under a new number.
    assert_eq!(log.take_lease("b", 6_999, 13_000).await.unwrap(), Err(Held { epoch: 1, expires: 7_000 }));
    assert_eq!(log.take_lease("a", 1_999, 8_000).await.unwrap(), Ok(2));
    assert!(log.renew_lease("a", 2, 9_000).await.unwrap());
    for (owner, epoch) in [("a", 1), ("b", 2), ("a", 3)] {
        assert!(!log.renew_lease(owner, epoch, 99_000).await.unwrap(), "{owner} {epoch}");
    }
    assert_eq!(log.take_lease("b", 8_999, 15_000).await.unwrap(), Err(Held { epoch: 2, expires: 9_000 }));
    assert_eq!(log.take_lease("b", 9_000, 15_001).await.unwrap(), Ok(3));
    for epoch in [0, 1, 2, 4] {
        let said = log.append(1, epoch, &rows(1..2), &head(2)).await.unwrap_err();
        assert!(matches!(said, StoreError::Deposed { .. }), "{epoch}: {said}");
    }
    assert_eq!(log.head().await.unwrap(), Some(head(1)));
    log.append(1, 3, &rows(1..2), &head(2)).await.unwrap();
    let said = log.append(1, 3, &rows(1..2), &head(2)).await.unwrap_err();
    assert!(matches!(said, StoreError::Moved { expected: 1, .. }), "{said}");
    // Given up, it is free at once.
    log.give_up_lease("b", 3).await.unwrap();
    assert_eq!(log.take_lease("a", 9_001, 15_002).await.unwrap(), Ok(4));
    // An empty log that some node held is not begun anew by another.
    log.disturb("UPDATE head SET size = 0").await;
    log.begin(&head(0)).await.unwrap();
    assert_ne!(log.head().await.unwrap(), Some(head(0)));
}

async fn views_cannot_write() {
    let (_folder, _log, views) = fresh().await;
    let said = sqlx::query("DELETE FROM head").execute(&views.pool).await.unwrap_err().to_string();
    assert!(said.contains("readonly") || said.contains("read-only"), "{said}");
}

async fn a_commit_waits_for_the_disk() {
    let (_folder, log, _) = fresh().await;
    if On::now() == On::Postgres {
        let sql = "SELECT current_setting('synchronous_commit')";
        let waits: String = sqlx::query_scalar(sql).fetch_one(&log.pool).await.unwrap();
        assert_eq!(waits, "on");
        return;
    }
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&log.pool).await.unwrap();
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&log.pool).await.unwrap();
    assert_eq!((mode.as_str(), synchronous), ("wal", 2));
}

async fn nodes_that_start_at_once_make_the_tables_once() {
    let folder = tempfile::tempdir().unwrap();
    // Two processes never open one file: its folder is locked.
    let Some(url) = database(folder.path()) else { return };
    let starts = (0..4).map(|_| open(Address::parse(&url).unwrap(), true));
    for opened in futures_util::future::join_all(starts).await {
        opened.unwrap().0.begin(&head(0)).await.unwrap();
    }
}

on_both! {
    every_column_is_marked_public_or_private,
    appending_is_compare_and_swap,
    rows_end_where_bundles_end,
    a_batch_is_all_or_nothing,
    a_log_that_has_entries_is_not_begun_again,
    whoever_lost_the_lease_cannot_commit,
    views_cannot_write,
    a_commit_waits_for_the_disk,
    nodes_that_start_at_once_make_the_tables_once,
}

/// Nothing is said of it to a connection; see [`prepare`].
#[tokio::test]
async fn a_commit_of_sqlite_is_synced() {
    let folder = tempfile::tempdir().unwrap();
    let (log, _views) = open(Address::Sqlite(folder.path().join("a.db")), true).await.unwrap();
    let is = async |what: &'static str| -> String {
        let asked = sqlx::query_scalar::<_, String>(what).fetch_one(&log.pool).await;
        asked.unwrap()
    };
    assert_eq!(is("SELECT CAST(synchronous AS TEXT) FROM pragma_synchronous").await, "2", "FULL");
    assert_eq!(is("SELECT journal_mode FROM pragma_journal_mode").await, "wal");
    assert_eq!(is("SELECT CAST(page_size AS TEXT) FROM pragma_page_size").await, "8192");
    assert_eq!(is("SELECT CAST(timeout AS TEXT) FROM pragma_busy_timeout").await, "5000");
}

/// A commit whose sync failed lies in the write-ahead log all the same, and whoever reads that anew takes it for good.
#[tokio::test]
async fn connections_that_errors_close_do_not_have_the_write_ahead_log_read_anew() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.db");
    let (log, views) = open(Address::Sqlite(file.clone()), true).await.unwrap();
    log.begin(&head(0)).await.unwrap();
    log.append(0, 0, &rows(0..3), &head(3)).await.unwrap();
    let ahead = folder.path().join("a.db-wal");
    let length = ahead.metadata().unwrap().len();
    log.lose_connections().await;
    views.close().await;
    assert_eq!(ahead.metadata().unwrap().len(), length, "the last connection moves it into the file");
    log.append(3, 0, &rows(3..4), &head(4)).await.unwrap();
    log.close().await;
    assert!(!ahead.exists());
}

#[tokio::test]
async fn a_log_of_single_rows_becomes_one_of_bundles() {
    sqlx::any::install_default_drivers();
    let folder = tempfile::tempdir().unwrap();
    let at = Arc::new(Address::Sqlite(folder.path().join("old.db")));
    let old = connect(&at, true, 1, Role::Writes).await.unwrap();
    let mut before = migrations(&at);
    before.migrations = before.migrations.iter().take(2).cloned().collect();
    before.run(&old).await.unwrap();
    // Zeros, what looks like text, and more than one byte of length can hold.
    let entries = [vec![0, 0, 1, 0], b"x'00'".to_vec(), (0..=255).cycle().take(60_001).collect(), vec![]];
    for (idx, bytes) in (0_i64..).zip(&entries) {
        let insert = sqlx::query("INSERT INTO entries (idx, leaf, bytes) VALUES ($1, $2, $3)");
        insert.bind(idx).bind(idx.to_string()).bind(bytes.as_slice()).execute(&old).await.unwrap();
    }
    old.close().await;
    let (log, _) = open(Address::clone(&at), false).await.unwrap();
    assert_eq!(log.entries(0, 9).await.unwrap(), entries);
}

#[tokio::test]
async fn what_cannot_be_opened_is_named_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().display().to_string().replace('/', "%2F");
    let url = format!("postgres://assay:s3cret@localhost/log?host={nowhere}");
    let said = open(Address::parse(&url).unwrap(), true).await.unwrap_err();
    assert!(matches!(said, StoreError::Unreachable { .. }), "{said}");
    let said = said.to_string();
    assert!(said.contains("postgres://assay@localhost/log") && !said.contains("s3cret"), "{said}");
    let said = open(Address::Sqlite(folder.path().join("no/such/folder.db")), true).await.unwrap_err();
    assert!(matches!(said, StoreError::NotWritable { .. }), "{said}");
}
