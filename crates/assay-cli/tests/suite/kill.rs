//! A register is killed at random moments while makers submit. What it acknowledged must be there afterwards, at the index
//! that it said, and the log must verify from the first entry to the last public file.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::common::{Served, folder};

/// The log's name: what the register is called when it begins.
fn origin(address: &str) -> String {
    format!("{}/log", address.trim_start_matches("http://"))
}
use assay::date::{Date, from_days, parse};
use assay::declaration::{Declaration, DeclaredContact, DeclaredProduct, DeclaredSupport};
use assay::key::SecretKey;
use assay::outcome::Claim;
use assay::statement::{MakerId, MakerRegistered, Statement};
use assay_probe::{Fetcher, Reach};
use assay_server::{Config, Register};

/// Today: a register takes in no statement of a day long past.
fn day() -> Date {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    from_days(i32::try_from(seconds / 86_400).unwrap()).unwrap()
}

fn registration(key: &SecretKey, origin: &str) -> Vec<u8> {
    let statement = Statement::MakerRegistered(MakerRegistered {
        organisation: "Example Hearth Ltd".into(),
        domain: "hearth.example".into(),
        key: key.public(),
        on: day(),
    });
    statement.sign(key, origin).unwrap()
}

fn declaration(key: &SecretKey, origin: &str, number: usize) -> Vec<u8> {
    let declaration = Declaration {
        maker: MakerId::of(&key.public()),
        product: DeclaredProduct {
            name: format!("Camera {number}"),
            model: format!("HC-{number}"),
            gtins: vec![],
            category: None,
        },
        schemes: vec!["uk-2019-option-a".into()],
        claims: ["4.1-1", "4.2-1", "4.3-4"].map(|n| (format!("ts103645-v1.1.1:{n}"), Claim::Yes)).into(),
        outcomes: vec![],
        support: DeclaredSupport { end: parse("2030-05-31"), ..Default::default() },
        contact: DeclaredContact::default(),
        on: day(),
    };
    Statement::Declared(Box::new(declaration)).sign(key, origin).unwrap()
}

/// Sends until the register acknowledges, whatever happens to it meanwhile; the index it said.
fn send(address: &Mutex<String>, bytes: &[u8]) -> u64 {
    for _ in 0..2_000 {
        let base = address.lock().unwrap().clone();
        let url = format!("{base}/api/v1/statements");
        let answer = Fetcher::new(Reach::Named, &base)
            .and_then(|f| f.post(&url, "application/cose", bytes.to_vec(), 1 << 20));
        if let Ok(answer) = answer
            && matches!(answer.status, 200 | 201)
        {
            let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
            return body["index"].as_u64().unwrap();
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("the register never acknowledged");
}

/// A small generator: the moments differ within a run and repeat between runs.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

async fn verify(data: &Path, acknowledged: &BTreeMap<u64, Vec<u8>>) {
    let config = Config {
        data: data.to_owned(),
        database: None,
        files: None,
        authority: Vec::new(),
        witnesses: None,
        replicas: assay_server::Replicas::default(),
        clock: Arc::new(|| 0),
        public_url: "http://127.0.0.1:8080".into(),
        today: Arc::new(day),
        house: None,
        random: Box::new(|_| Err(std::io::Error::other("a register that has begun needs no randomness"))),
    };
    let register = Register::open(config).await.unwrap();
    register.check_log().await.unwrap();
    for (index, bytes) in acknowledged {
        assert_eq!(register.entry(*index).await.unwrap().as_ref(), Some(bytes), "entry {index}");
        let proof = register.proof(*index).unwrap();
        let trust = register.trust();
        proof.verify(bytes, trust.origin(), std::slice::from_ref(trust.log())).unwrap();
    }
    register.close().await;
}

#[test]
fn sigkill_at_random_moments_loses_no_acknowledged_statement() {
    let rounds = if std::env::var_os("ASSAY_LONG").is_some() { 10 } else { 1 };
    for round in 0..rounds {
        kills(round + 1);
    }
}

fn kills(seed: u64) {
    const SUBMISSIONS: usize = 200;
    let folder = folder();
    let data = folder.path().join("register");
    let mut served = Served::start(&data);
    let address = Arc::new(Mutex::new(served.address.clone()));
    let key = Arc::new(SecretKey::from_seed(&[seed as u8; 32]));
    let origin = Arc::new(origin(&served.address));
    let first = registration(&key, &origin);
    let mut acknowledged = BTreeMap::from([(send(&address, &first), first)]);

    let finished = Arc::new(AtomicBool::new(false));
    let makers: Vec<_> = (0..4)
        .map(|lane| {
            let (address, key, origin) = (address.clone(), key.clone(), origin.clone());
            thread::spawn(move || {
                (0..SUBMISSIONS)
                    .filter(|n| n % 4 == lane)
                    .map(|n| {
                        let bytes = declaration(&key, &origin, n);
                        (send(&address, &bytes), bytes)
                    })
                    .collect::<Vec<_>>()
            })
        })
        .collect();
    let killer = {
        let (finished, address, data) = (finished.clone(), address.clone(), data.clone());
        thread::spawn(move || {
            let (mut state, mut kills) = (seed, 0);
            while !finished.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(5 + next(&mut state) % 120));
                served.kill();
                kills += 1;
                served = Served::start(&data);
                *address.lock().unwrap() = served.address.clone();
                // Long enough that something is acknowledged between two kills.
                thread::sleep(Duration::from_millis(30));
            }
            (served, kills)
        })
    };
    for maker in makers {
        acknowledged.extend(maker.join().unwrap());
    }
    finished.store(true, Ordering::SeqCst);
    let (mut served, kills) = killer.join().unwrap();
    served.kill();
    assert!(kills >= 3, "only {kills} kills: the run was too short to show anything");
    assert_eq!(acknowledged.len(), SUBMISSIONS + 1, "no index was given twice");
    tokio::runtime::Runtime::new().unwrap().block_on(verify(&data, &acknowledged));
}
