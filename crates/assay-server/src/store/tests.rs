//! The store alone: every column decided, compare-and-swap, handles that cannot do the other's work.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use assay_log::{Tree, leaf_hash};

async fn fresh() -> (tempfile::TempDir, Log, Views) {
    let folder = tempfile::tempdir().unwrap();
    let (log, views) = open(&folder.path().join("a ?#% ü.db"), true).await.unwrap();
    log.begin(&head(0)).await.unwrap();
    (folder, log, views)
}

fn entries(range: std::ops::Range<u64>) -> Vec<Appended> {
    range.map(|n| n.to_be_bytes().to_vec()).map(|bytes| Appended { leaf: leaf_hash(&bytes), bytes }).collect()
}

fn head(size: u64) -> Head {
    let tree = Tree::from_entries((0..size).map(u64::to_be_bytes));
    Head { size, root: tree.root(), note: format!("note {size}") }
}

#[tokio::test]
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
    let sql = "SELECT m.name AS t, c.name AS c FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'";
    let rows = sqlx::query(sql).fetch_all(&log.pool).await.unwrap();
    let found: BTreeSet<(String, String)> = rows.iter().map(|row| (row.get("t"), row.get("c"))).collect();
    let decided: BTreeSet<(String, String)> =
        decided.into_iter().flat_map(|(t, c)| c.into_keys().map(move |c| (t.clone(), c))).collect();
    let undecided: Vec<_> = found.difference(&decided).collect();
    assert!(undecided.is_empty(), "decide on {undecided:?} in crates/assay-server/visibility.toml");
    let gone: Vec<_> = decided.difference(&found).collect();
    assert!(gone.is_empty(), "no such column: take {gone:?} out of crates/assay-server/visibility.toml");
    assert!(found.len() > 10, "the schema was read: {found:?}");
}

#[tokio::test]
async fn appending_is_compare_and_swap() {
    let (_folder, log, views) = fresh().await;
    log.append(0, &entries(0..3), &head(3)).await.unwrap();
    let said = log.append(0, &entries(7..9), &head(2)).await.unwrap_err();
    assert!(matches!(said, StoreError::Moved { expected: 0, .. }), "{said}");
    assert_eq!(log.head().await.unwrap(), Some(head(3)));
    log.append(3, &entries(3..5), &head(5)).await.unwrap();
    assert_eq!(log.entries(1, 3).await.unwrap().len(), 3);
    assert_eq!(log.entries(4, 9).await.unwrap(), [4u64.to_be_bytes().to_vec()]);
    assert_eq!(views.entry(4).await.unwrap(), Some(4u64.to_be_bytes().to_vec()));
    for beyond in [5, i64::MAX as u64, u64::MAX] {
        assert_eq!(views.entry(beyond).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_batch_is_all_or_nothing() {
    let (_folder, log, views) = fresh().await;
    log.append(0, &entries(0..1), &head(1)).await.unwrap();
    // The third of these stands in the log already.
    let mut batch = entries(1..3);
    batch.extend(entries(0..1));
    assert!(log.append(1, &batch, &head(4)).await.is_err());
    assert_eq!(log.head().await.unwrap(), Some(head(1)));
    assert_eq!(views.entry(1).await.unwrap(), None);
    log.append(1, &entries(1..2), &head(2)).await.unwrap();
}

#[tokio::test]
async fn a_log_that_has_entries_is_not_begun_again() {
    let (_folder, log, _) = fresh().await;
    log.append(0, &entries(0..3), &head(3)).await.unwrap();
    log.begin(&head(0)).await.unwrap();
    assert_eq!(log.head().await.unwrap(), Some(head(3)));
}

#[tokio::test]
async fn views_cannot_write() {
    let (_folder, _log, views) = fresh().await;
    let said = sqlx::query("DELETE FROM head").execute(&views.pool).await.unwrap_err().to_string();
    assert!(said.contains("readonly"), "{said}");
}

#[tokio::test]
async fn the_log_is_written_ahead_and_synced() {
    let (_folder, log, _) = fresh().await;
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&log.pool).await.unwrap();
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(&log.pool).await.unwrap();
    assert_eq!((mode.as_str(), synchronous), ("wal", 2));
}
