//! Several nodes on one database: one sequences, the others follow and take over, and whoever was replaced commits nothing.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::sequencer::{NotDone, Step};
use crate::testing::*;
use crate::{Config, Register, StoreError, SubmitError, Unsound};

/// A clock that a story turns.
#[derive(Clone, Default)]
struct Turned(Arc<AtomicU64>);

impl Turned {
    fn by(&self, ms: u64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

fn with_clock(mut config: Config, clock: &Turned) -> Config {
    let clock = clock.0.clone();
    config.clock = Arc::new(move || 1_800_000_000_000 + clock.load(Ordering::SeqCst));
    config
}

/// The configuration of another node on the same database: the keys and the name in a folder of its own.
fn beside(house: &House, folder: &tempfile::TempDir) -> Config {
    let data = folder.path().join("data");
    fs::create_dir_all(&data).unwrap();
    for file in ["log.key", "register.key", "origin"] {
        fs::copy(house.data().join(file), data.join(file)).unwrap();
    }
    Config { data, database: database(&house.data()), ..config(house.data()) }
}

/// Two nodes on one database, each with a clock of its own.
async fn two_nodes(first: &Turned, second: &Turned) -> (House, House) {
    let folder = tempfile::tempdir().unwrap();
    let mut config = with_clock(config(folder.path().join("data")), first);
    // Nodes of one machine may share a file of SQLite as well; the lease keeps them apart there too.
    if On::now() == On::Sqlite {
        config.database = Some(format!("sqlite:{}", folder.path().join("shared.db").display()));
    }
    let database = config.database.clone();
    let first = House { register: Register::open(config).await.unwrap(), folder };
    let folder = tempfile::tempdir().unwrap();
    let mut config = with_clock(beside(&first, &folder), second);
    config.database = database;
    // Its name in the lease is made of its own randomness.
    config.random = Box::new(|bytes| {
        bytes.fill(0xbb);
        Ok(())
    });
    let second = House { register: Register::open(config).await.unwrap(), folder };
    (first, second)
}

/// Submits again and again until the node takes it.
async fn takes(house: &House, bytes: Vec<u8>) -> crate::Receipt {
    let begun = Instant::now();
    loop {
        match house.submit(bytes.clone()).await {
            Ok(receipt) => return receipt,
            Err(SubmitError::NotDone(_)) if begun.elapsed() < Duration::from_secs(10) => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(other) => panic!("{other}"),
        }
    }
}

/// Waits until a node shows as many entries.
async fn shows(house: &House, size: u64) {
    let begun = Instant::now();
    while house.register.state().size() != size {
        assert!(begun.elapsed() < Duration::from_secs(10), "{} of {size}", house.register.state().size());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn one_node_sequences_and_the_other_follows_and_takes_over() {
    let clock = Turned::default();
    let (first, second) = two_nodes(&clock, &clock).await;
    first.registers(2).await;
    let said = second.submit(registration(3)).await;
    assert!(matches!(said, Err(SubmitError::NotDone(NotDone::Standby))), "{said:?}");
    shows(&second, 1).await;
    assert_eq!(second.is_sound().await, 1);
    let sent = declared(2, |_| {});
    let receipt = first.submit(sent.clone()).await.unwrap();
    shows(&second, 4).await;
    // An orderly end gives the lease up: nobody waits for its term to pass.
    first.register.close().await;
    let again = takes(&second, sent).await;
    assert_eq!((again.index, again.already), (receipt.index, true));
    assert_eq!(takes(&second, registration(3)).await.index, 4);
    assert_eq!(second.is_sound().await, 5);
}

async fn a_node_that_dies_is_replaced_once_its_lease_is_over() {
    let clock = Turned::default();
    let folder = tempfile::tempdir().unwrap();
    let config = with_clock(config(folder.path().join("data")), &clock);
    let plug = pulled_at(Step::Committed, 2);
    let first = House { register: Register::open_with_plug(config, plug).await.unwrap(), folder };
    first.registers(2).await;
    let database = first.register.log().address();
    let folder = tempfile::tempdir().unwrap();
    let mut config = with_clock(beside(&first, &folder), &clock);
    config.database = Some(database);
    config.random = Box::new(|bytes| {
        bytes.fill(0xbb);
        Ok(())
    });
    let second = House { register: Register::open(config).await.unwrap(), folder };
    // It dies after the commit: nobody was told, and the entries are the log's.
    first.submit(declared(2, |_| {})).await.unwrap_err();
    shows(&second, 4).await;
    let said = second.submit(registration(3)).await;
    assert!(matches!(said, Err(SubmitError::NotDone(NotDone::Standby))), "{said:?}");
    clock.by(crate::sequencer::TERM + 1);
    let again = takes(&second, declared(2, |_| {})).await;
    assert_eq!((again.index, again.already), (1, true));
    assert_eq!(takes(&second, registration(3)).await.index, 4);
    assert_eq!(second.is_sound().await, 5);
}

async fn a_lease_that_names_a_far_end_and_is_not_renewed_keeps_nobody_out() {
    let (stands_still, clock) = (Turned::default(), Turned::default());
    let (first, second) = two_nodes(&stands_still, &clock).await;
    first.registers(2).await;
    // As a holder leaves it whose clock was far ahead when it died.
    first.register.log().disturb("UPDATE lease SET expires = 9223372036854775807").await;
    clock.by(1_000_000);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let said = second.submit(registration(3)).await;
    assert!(matches!(said, Err(SubmitError::NotDone(NotDone::Standby))), "{said:?}");
    clock.by(crate::sequencer::TERM + 2_000);
    assert_eq!(takes(&second, registration(3)).await.index, 1);
}

async fn a_node_whose_clock_stood_still_commits_nothing_once_it_was_replaced() {
    let (slow, clock) = (Turned::default(), Turned::default());
    let (first, second) = two_nodes(&slow, &clock).await;
    first.registers(2).await;
    let before = first.register.checkpoint();
    clock.by(crate::sequencer::TERM + 1);
    assert_eq!(takes(&second, registration(3)).await.index, 1);
    // By its own clock the first node still leads, so it signs; what it signed is worth nothing.
    let said = first.submit(registration(4)).await;
    match said {
        Err(SubmitError::NotDone(NotDone::Store(error))) => {
            assert!(matches!(*error, StoreError::Deposed { .. }), "{error}");
        }
        // It found out by itself a moment earlier.
        Err(SubmitError::NotDone(NotDone::Standby)) => {}
        other => panic!("{other:?}"),
    }
    assert_ne!(first.register.checkpoint(), second.register.checkpoint());
    assert!([before, second.register.checkpoint()].contains(&first.register.checkpoint()));
    // It follows from now on.
    shows(&first, 2).await;
    assert_eq!((first.is_sound().await, second.is_sound().await), (2, 2));
}

async fn nothing_is_signed_beside_a_checkpoint_of_another_history() {
    let (house, _) = House::with_camera().await;
    let (other, _) = House::with_camera().await;
    other.registers(3).await;
    fs::copy(other.public("log/checkpoint"), house.public("log/checkpoint")).unwrap();
    let said = house.submit(registration(4)).await;
    assert!(matches!(said, Err(SubmitError::NotDone(NotDone::Unsound(_)))), "{said:?}");
    assert!(said.unwrap_err().to_string().contains("fork the log"));
    // Nothing was committed, and no start goes on from here either.
    let said = house.reopened().await.err().unwrap();
    let unsound = Unsound::RolledBack { path: "".into(), published: 5, found: 4 };
    assert_eq!(said.to_string().split_once("log/checkpoint").unwrap().1, unsound.to_string());
    other.is_sound().await;
}

async fn a_database_that_drops_its_connections_is_gone_on_with() {
    let (house, _) = House::with_camera().await;
    if On::now() == On::Sqlite {
        return;
    }
    for n in 10..14 {
        house.register.log().drop_connections().await;
        assert_eq!(house.submit(registration(n)).await.unwrap().index, u64::from(n) - 6);
    }
    assert_eq!(house.is_sound().await, 8);
}

on_both! {
    one_node_sequences_and_the_other_follows_and_takes_over,
    a_node_that_dies_is_replaced_once_its_lease_is_over,
    a_lease_that_names_a_far_end_and_is_not_renewed_keeps_nobody_out,
    a_node_whose_clock_stood_still_commits_nothing_once_it_was_replaced,
    nothing_is_signed_beside_a_checkpoint_of_another_history,
    a_database_that_drops_its_connections_is_gone_on_with,
}
