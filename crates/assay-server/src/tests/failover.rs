//! A primary with a synchronous replica, and nodes on both: the primary is lost, the replica takes its place, and the log
//! goes on with every acknowledged statement.

use std::time::{Duration, Instant};

use crate::sequencer::Step;
use crate::testing::postgres::{Pair, server};
use crate::testing::*;
use crate::{Config, OpenError, Register, Replicas, StoreError};

const SCHEMA: &str = "log";
/// Within this another node must have taken over.
const TAKEOVER: Duration = Duration::from_secs(10);

fn both(pair: &Pair) -> String {
    format!("{},{}", pair.primary.url(SCHEMA), pair.replica.url(SCHEMA))
}

/// A node among others: its own folder, everybody's keys and database.
fn node(name: u8, pair: &Pair, first: Option<&House>) -> (Config, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    if let Some(first) = first {
        std::fs::create_dir_all(&data).unwrap();
        for file in ["log.key", "register.key", "origin"] {
            std::fs::copy(first.data().join(file), data.join(file)).unwrap();
        }
    }
    let mut next = name;
    let random: crate::Random = Box::new(move |bytes| {
        next += 10;
        bytes.fill(next);
        Ok(())
    });
    let config =
        Config { data, database: Some(both(pair)), replicas: Replicas::None, random, ..config_of_sqlite() };
    (config, folder)
}

fn config_of_sqlite() -> Config {
    config(std::path::PathBuf::new())
}

async fn open(config: Config, folder: tempfile::TempDir) -> House {
    House { register: Register::open(config).await.unwrap(), folder }
}

/// Submits again and again until a node takes it, and says how long that took.
async fn takes(house: &House, bytes: Vec<u8>) -> (crate::Receipt, Duration) {
    let begun = Instant::now();
    loop {
        match house.submit(bytes.clone()).await {
            Ok(receipt) => return (receipt, begun.elapsed()),
            Err(error) => assert!(begun.elapsed() < TAKEOVER, "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn node_and_primary_are_lost_at_once_and_another_node_goes_on_within_ten_seconds() {
    let Some(server) = server() else { return };
    let pair = server.pair();
    pair.primary.sql(&format!("CREATE SCHEMA {SCHEMA}"));
    let (config, folder) = node(100, &pair, None);
    // It dies with the commit of its third batch, before anybody is told.
    let register = Register::open_with_plug(config, pulled_at(Step::Committed, 3)).await.unwrap();
    let first = House { register, folder };
    let (config, folder) = node(101, &pair, Some(&first));
    let second = open(config, folder).await;
    let (config, folder) = node(102, &pair, Some(&first));
    let third = open(config, folder).await;
    let sent = [registration(2), declared(2, |_| {}), registration(3)];
    let mut acknowledged = Vec::new();
    for bytes in &sent[..2] {
        acknowledged.push(first.submit(bytes.clone()).await.unwrap().index);
    }
    assert_eq!(acknowledged, [0, 1]);
    first.submit(sent[2].clone()).await.unwrap_err();
    pair.primary.kill();
    pair.replica.promote();

    let begun = Instant::now();
    let leads = loop {
        let nodes = [&second, &third];
        let mut took = None;
        for node in nodes {
            if node.submit(registration(4)).await.is_ok() {
                took = Some(node);
                break;
            }
        }
        match took {
            Some(node) => break node,
            None => assert!(begun.elapsed() < TAKEOVER, "nobody took over"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert!(begun.elapsed() < TAKEOVER, "{:?}", begun.elapsed());
    // Nothing is lost, nothing stands twice, and what was committed without an answer has its index.
    for (bytes, index) in sent.iter().zip([0, 1, 4]) {
        let again = leads.submit(bytes.clone()).await.unwrap();
        assert_eq!((again.index, again.already), (index, true));
    }
    assert_eq!(leads.is_sound().await, 6);
    let follows = if std::ptr::eq(leads, &second) { &third } else { &second };
    let begun = Instant::now();
    while follows.register.checkpoint() != leads.register.checkpoint() {
        assert!(begun.elapsed() < TAKEOVER, "the other node follows");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(follows.is_sound().await, 6);
}

/// A primary with its replica, and a node that has logged a statement. Nothing where there is no PostgreSQL.
async fn one_node() -> Option<(Pair, House)> {
    let pair = server()?.pair();
    pair.primary.sql(&format!("CREATE SCHEMA {SCHEMA}"));
    let (config, folder) = node(100, &pair, None);
    let house = open(config, folder).await;
    house.registers(2).await;
    Some((pair, house))
}

#[tokio::test]
async fn a_node_outlives_its_primary() {
    let Some((pair, house)) = one_node().await else { return };
    pair.primary.kill();
    pair.replica.promote();
    let (receipt, took) = takes(&house, registration(3)).await;
    assert_eq!(receipt.index, 1);
    assert!(took < TAKEOVER, "{took:?}");
    assert_eq!(house.is_sound().await, 2);
}

#[tokio::test]
async fn a_node_outlives_a_restart_of_its_server() {
    let Some((pair, house)) = one_node().await else { return };
    pair.primary.kill();
    let said = house.submit(registration(3)).await;
    assert!(matches!(said, Err(crate::SubmitError::NotDone(_))), "{said:?}");
    assert_eq!(house.register.state().size(), 1, "what is published is still shown");
    pair.primary.start_again("-c synchronous_standby_names=*");
    let (receipt, _) = takes(&house, registration(3)).await;
    assert_eq!(receipt.index, 1);
    assert_eq!(house.is_sound().await, 2);
}

#[tokio::test]
async fn nothing_is_sequenced_beside_an_asynchronous_replica() {
    let Some(server) = server() else { return };
    let pair = server.pair();
    pair.primary.sql(&format!("CREATE SCHEMA {SCHEMA}"));
    let (config, folder) = node(100, &pair, None);
    let house = open(Config { replicas: Replicas::Synchronous, ..config }, folder).await;
    house.registers(2).await;
    house.register.close().await;
    pair.primary.kill();
    pair.primary.start_again("-c synchronous_standby_names=");
    let (config, folder) = node(103, &pair, Some(&house));
    for replicas in [Replicas::Synchronous, Replicas::None] {
        let config = Config { replicas, random: Box::new(|_| Ok(())), ..copy(&config) };
        match Register::open(config).await {
            Err(OpenError::Store(StoreError::Replication { what, .. })) => {
                assert!(what.contains("asynchronous"), "{what}");
            }
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("a register was opened beside an asynchronous replica"),
        }
    }
    let house = open(Config { replicas: Replicas::Any, ..config }, folder).await;
    assert_eq!(takes(&house, registration(3)).await.0.index, 1);
    assert_eq!(house.is_sound().await, 2);
}

fn copy(config: &Config) -> Config {
    Config {
        data: config.data.clone(),
        database: config.database.clone(),
        clock: config.clock.clone(),
        ..config_of_sqlite()
    }
}
