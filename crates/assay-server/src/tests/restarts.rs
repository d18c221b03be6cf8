//! A PostgreSQL server that is killed again and again while two nodes are handed statements, and one that finds other
//! transactions in the way: nothing is lost, nothing stands twice, and nobody's hands are needed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use assay_log::{Tree, checkpoint};
use tokio::task::JoinSet;

use crate::testing::chance::{Chance, is_long, seed, tell};
use crate::testing::postgres::{Cluster, server};
use crate::testing::*;
use crate::{Config, Register, Replicas, SubmitError};

const SCHEMA: &str = "log";
/// How many hands submit at once.
const HANDS: usize = 6;
/// Within this a statement must have been taken, however often the server was killed meanwhile.
const PATIENCE: Duration = Duration::from_secs(60);

fn statement(n: usize) -> Vec<u8> {
    declared(2, |d| {
        d.product.model = format!("M-{n}");
        d.product.gtins.clear();
    })
}

/// What was said to stand where, and every checkpoint that a reader was shown.
#[derive(Default)]
struct Promised {
    indexes: Mutex<BTreeMap<usize, u64>>,
    shown: Mutex<BTreeSet<String>>,
}

impl Promised {
    /// Hands a statement to one node after the other until one takes it, and once more to see that nothing changes.
    async fn submit(&self, nodes: &[Register], n: usize, failed: &Mutex<usize>) {
        let begun = Instant::now();
        let mut times = 0;
        for at in n.. {
            match nodes[at % nodes.len()].submit(statement(n)).await {
                Ok(receipt) => {
                    let before = *self.indexes.lock().unwrap().entry(n).or_insert(receipt.index);
                    assert_eq!(before, receipt.index, "statement {n}");
                    times += 1;
                    if times == 2 {
                        return;
                    }
                }
                Err(SubmitError::Refused(refusal)) => panic!("statement {n}: {refusal}"),
                Err(error) => {
                    assert!(begun.elapsed() < PATIENCE, "statement {n}: {error}");
                    *failed.lock().unwrap() += 1;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
    }

    fn look(&self, nodes: &[Register]) {
        self.shown.lock().unwrap().extend(nodes.iter().map(Register::checkpoint));
    }

    /// Whether a node has all of it; how many entries it has.
    async fn holds(&self, node: &Register) -> u64 {
        let size = node.check_log().await.unwrap().size;
        let mut entries = Vec::new();
        for index in 0..size {
            entries.push(node.entry(index).await.unwrap().unwrap());
        }
        for (n, index) in self.indexes.lock().unwrap().iter() {
            assert_eq!(entries[*index as usize], statement(*n), "statement {n} at {index}");
        }
        let (tree, log) = (Tree::from_entries(&entries), node.trust().log().clone());
        for note in self.shown.lock().unwrap().iter() {
            let shown = checkpoint::open(note, ORIGIN, std::slice::from_ref(&log)).unwrap();
            assert_eq!(tree.root_at(shown.size()).ok(), Some(*shown.root()), "{note}");
        }
        size
    }
}

/// A node on a server; the second has the keys of the first.
async fn node(name: u8, server: &Cluster, first: Option<&House>) -> House {
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
    let database = Some(server.url(SCHEMA));
    let config = Config { database, replicas: Replicas::None, random, ..config(data) };
    House { register: Register::open(config).await.unwrap(), folder }
}

#[tokio::test]
async fn a_server_that_is_killed_again_and_again_under_load_loses_nothing() {
    let Some(shared) = server() else { return };
    let (kills, begun) = (if is_long() { 60 } else { 2 }, Instant::now());
    let alone = shared.alone();
    let cluster = alone.cluster();
    cluster.sql(&format!("CREATE SCHEMA {SCHEMA}"));
    let first = node(100, cluster, None).await;
    first.registers(2).await;
    let second = node(101, cluster, Some(&first)).await;
    let nodes = [first.register.clone(), second.register.clone()];
    let (promised, failed) = (Arc::new(Promised::default()), Arc::new(Mutex::new(0)));

    let over = Arc::new(AtomicBool::new(false));
    let killer = {
        let (cluster, over) = (cluster.clone(), over.clone());
        tokio::task::spawn_blocking(move || {
            let mut chance = Chance::new(seed());
            for nth in 0..kills {
                std::thread::sleep(Duration::from_millis(200 + chance.below(900) as u64));
                // Told to stop at once, or not told at all.
                if nth % 2 == 0 {
                    cluster.kill()
                } else {
                    cluster.kill_unasked()
                }
                std::thread::sleep(Duration::from_millis(chance.below(400) as u64));
                cluster.start_alone();
            }
            over.store(true, Ordering::SeqCst);
        })
    };
    let mut hands = JoinSet::new();
    for hand in 0..HANDS {
        let (nodes, promised, failed, over) = (nodes.clone(), promised.clone(), failed.clone(), over.clone());
        hands.spawn(async move {
            let mut n = hand;
            while !over.load(Ordering::SeqCst) || n < 3 * HANDS {
                promised.submit(&nodes, n, &failed).await;
                promised.look(&nodes);
                n += HANDS;
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
    }
    hands.join_all().await;
    killer.await.unwrap();

    let waits = Instant::now();
    while nodes[0].checkpoint() != nodes[1].checkpoint() {
        assert!(waits.elapsed() < PATIENCE, "the nodes agree");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let size = promised.holds(&nodes[0]).await;
    assert_eq!(promised.holds(&nodes[1]).await, size);
    let taken = promised.indexes.lock().unwrap().len();
    assert_eq!(size as usize, 1 + 3 * taken, "each stands there once, with its two consequences");
    let failed = *failed.lock().unwrap();
    assert!(failed > 0, "no submission met a server that was away");
    let took = begun.elapsed().as_secs_f64();
    tell(&format!(
        "restarts: {kills} kills of the server, {taken} statements, {failed} refusals, {took:.1} s"
    ));
}

#[tokio::test]
async fn transactions_that_clash_are_tried_again_and_cost_nobody_anything() {
    On::Postgres.tell(clashes()).await;
}

async fn clashes() {
    let house = House::new().await;
    house.registers(2).await;
    // Every seventh time something is written, another transaction is in the way: as it is written, or when its transaction is
    // about to end. What a sequence counts is not taken back with the transaction.
    house
        .register
        .log()
        .disturb(
            "CREATE SEQUENCE writes; \
             CREATE FUNCTION clash() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE nth BIGINT := nextval('writes'); BEGIN \
             IF nth % 14 = 0 THEN RAISE EXCEPTION 'could not serialize' USING ERRCODE = '40001'; END IF; \
             IF nth % 14 = 7 THEN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END IF; \
             RETURN NEW; END $$; \
             CREATE TRIGGER clash BEFORE UPDATE ON head FOR EACH ROW EXECUTE FUNCTION clash(); \
             CREATE CONSTRAINT TRIGGER late_clash AFTER INSERT ON entries DEFERRABLE INITIALLY DEFERRED \
             FOR EACH ROW EXECUTE FUNCTION clash()",
        )
        .await;
    let (promised, failed) = (Arc::new(Promised::default()), Arc::new(Mutex::new(0)));
    let nodes = [house.register.clone()];
    let each = if is_long() { 200 } else { 8 };
    let mut hands = JoinSet::new();
    for hand in 0..HANDS {
        let (nodes, promised, failed) = (nodes.clone(), promised.clone(), failed.clone());
        hands.spawn(async move {
            for n in 0..each {
                promised.submit(&nodes, n * HANDS + hand, &failed).await;
                promised.look(&nodes);
            }
        });
    }
    hands.join_all().await;
    assert_eq!(promised.holds(&house.register).await as usize, 1 + 3 * each * HANDS);
    let clashes = house.register.log().last_value("writes").await / 7;
    assert!(clashes > 1, "{clashes}");
    assert_eq!(*failed.lock().unwrap(), 0, "somebody was told of another transaction");
    tell(&format!("clashes: {clashes} transactions in the way of {} statements", each * HANDS));
}
