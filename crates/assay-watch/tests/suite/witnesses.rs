//! Witnesses over the loopback interface: they cosign what continues, keep it before they sign it, and catch a log that
//! shows them another history.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use assay_log::witness::{AddCheckpoint, monitor_path};
use assay_log::{Checkpoint, LogKey, Note, Policy, Signer};
use assay_probe::witness::{Bounds, Collected, Prove, collect};
use assay_probe::{Answer, Fetcher, Reach};
use assay_watch::witness::{Config, Witness};
use assay_watch::{Kind, WatchError};
use tempfile::TempDir;

use crate::house::*;

struct North {
    state: TempDir,
    witness: Witness,
    served: Served,
}

fn config(log: &Log, state: &TempDir) -> Config {
    Config {
        state: state.path().to_owned(),
        logs: vec![LogKey::from(log.signer.verifier().clone())],
        cosigners: vec![north()],
        now: Arc::new(|| NOW),
        per_minute: 1_000,
    }
}

impl North {
    fn of(log: &Log) -> Self {
        let state = tempfile::tempdir().unwrap();
        let witness = Witness::open(config(log, &state)).unwrap();
        let served = Served::of(witness.clone().router());
        Self { state, witness, served }
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.state.path().join(monitor_path(ORIGIN).replace("checkpoint", name))
    }
}

fn proofs(log: &Log) -> Arc<Prove> {
    let (tree, size) = (log.tree(), log.size());
    Arc::new(move |old| tree.consistency_proof(old, size).map_err(|e| e.to_string()))
}

fn asks(log: &Log, policy: &Policy) -> Collected {
    collect(policy, &log.note(), &proofs(log), &BTreeMap::new(), NOW, Bounds::default())
}

fn post(address: &str, body: &[u8]) -> Answer {
    let fetcher = Fetcher::new(Reach::Named, address).unwrap();
    fetcher.post(&format!("{address}/add-checkpoint"), "text/plain", body.to_vec(), 10_000).unwrap()
}

fn from_nothing(note: Note) -> Vec<u8> {
    AddCheckpoint::new(0, vec![], note).unwrap().to_string().into_bytes()
}

#[test]
fn a_register_a_witness_and_a_monitor_make_a_chain() {
    let mut log = Log::with_makers(10);
    let north = North::of(&log);
    let policy = log.witnessed_policy(&north.served.address);
    let watcher = Watcher::with(policy.clone());
    for round in 1..=3u32 {
        let collected = asks(&log, &policy);
        assert_eq!(collected.quorum, Ok(()), "{:?}", collected.asked);
        log.write("checkpoint", collected.note.to_string().as_bytes());
        let report = watcher.looks(&log);
        assert_eq!(accusations(&report), [], "{report:#?}");
        assert_eq!((report.fresh_as_of, report.witnesses.clone()), (Some(NOW), vec!["north".to_owned()]));
        assert!(!report.findings.iter().any(|f| f.kind == Kind::NotCompared), "{report:#?}");
        // What it remembers is enough to ask once.
        let known = BTreeMap::from([(north.served.address.clone(), log.size())]);
        let again = collect(&policy, &log.note(), &proofs(&log), &known, NOW, Bounds::default());
        assert_eq!(again.quorum, Ok(()));
        log.makers(round * 1_000..round * 1_000 + 300 / round);
        log.publish();
    }
}

#[test]
fn a_witness_does_not_cosign_a_fork_and_keeps_it() {
    let mut log = Log::with_makers(10);
    let north = North::of(&log);
    let policy = log.witnessed_policy(&north.served.address);
    asks(&log, &policy);
    let first = log.note().to_string();
    log.entries[5] = log.entries[6].clone();
    let collected = asks(&log, &policy);
    let why = collected.asked[0].outcome.clone().unwrap_err();
    assert!(
        why.starts_with("to the witness this checkpoint does not continue the one it cosigned last"),
        "{why}"
    );
    assert!(collected.quorum.is_err());
    // Of the same size the log is convicted: what it asked for is kept beside what it had signed.
    let request = AddCheckpoint::new(log.size(), vec![], log.note()).unwrap().to_string();
    let answer = post(&north.served.address, request.as_bytes());
    assert_eq!(answer.status, 422, "{}", String::from_utf8_lossy(&answer.body));
    let place = fs::read_dir(north.state.path().join("evidence")).unwrap().next().unwrap().unwrap().path();
    assert_eq!(fs::read_to_string(place.join("shown.checkpoint")).unwrap(), log.note().to_string());
    assert!(fs::read_to_string(place.join("seen.checkpoint")).unwrap().starts_with(&first));
    // Grown from there it is refused likewise, and a rewound one too.
    log.makers(10..30);
    assert!(asks(&log, &policy).quorum.is_err());
    log.entries.truncate(8);
    let why = asks(&log, &policy).asked[0].outcome.clone().unwrap_err();
    assert_eq!(why, "the witness cosigned 14 entries already, and this checkpoint has 8");
}

#[test]
fn one_log_for_the_witness_and_another_for_the_reader_is_caught_where_the_witness_shows_what_it_saw() {
    let (mine, mut theirs) = (Log::with_makers(10), Log::with_makers(10));
    theirs.entries.swap(4, 5);
    let north = North::of(&mine);
    let policy = mine.witnessed_policy(&north.served.address);
    assert_eq!(asks(&theirs, &policy).quorum, Ok(()));
    let report = Watcher::with(policy).looks(&mine);
    let kinds = accusations(&report);
    assert_eq!(kinds, [Kind::MissingQuorum, Kind::SplitView], "{report:#?}");
}

#[test]
fn nothing_is_cosigned_that_could_not_be_kept() {
    let mut log = Log::new();
    let north = North::of(&log);
    let policy = log.witnessed_policy(&north.served.address);
    asks(&log, &policy);
    let kept = fs::read(north.file("last")).unwrap();
    log.makers(0..5);
    // A folder stands where the new state would be written.
    fs::create_dir(north.file("last.tmp")).unwrap();
    assert!(north.witness.add_checkpoint(&from_nothing(log.note())).is_ok(), "a refusal needs no disk");
    let proof = log.tree().consistency_proof(4, log.size()).unwrap();
    let request = AddCheckpoint::new(4, proof, log.note()).unwrap().to_string();
    assert!(matches!(north.witness.add_checkpoint(request.as_bytes()), Err(WatchError::Impossible(_))));
    assert_eq!(post(&north.served.address, request.as_bytes()).status, 500);
    assert_eq!(fs::read(north.file("last")).unwrap(), kept);
    assert_eq!(
        asks(&log, &policy).asked[0].outcome.clone().unwrap_err(),
        "the witness answered with status 500: ask again later"
    );
    fs::remove_dir(north.file("last.tmp")).unwrap();
    assert_eq!(asks(&log, &policy).quorum, Ok(()));
}

#[test]
fn a_restarted_witness_goes_on_and_one_without_memory_does_not_begin_anew() {
    let log = Log::new();
    let north = North::of(&log);
    asks(&log, &log.witnessed_policy(&north.served.address));
    let North { state, witness, served } = north;
    let said = Witness::open(config(&log, &state)).err().unwrap().to_string();
    assert!(said.contains("in use"), "{said}");
    drop((witness, served));
    let last = state.path().join(monitor_path(ORIGIN).replace("checkpoint", "last"));
    let reopened = || {
        // The server's thread lets go of the folder a moment later.
        let until = Instant::now() + Duration::from_secs(10);
        loop {
            match Witness::open(config(&log, &state)) {
                Err(error) if error.to_string().contains("in use") && Instant::now() < until => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                other => return other,
            }
        }
    };
    let answer = reopened().unwrap().add_checkpoint(&from_nothing(log.note())).unwrap();
    assert_eq!((answer.status, answer.body.as_str()), (409, "4\n"));
    for damage in ["", "4\n", "x\ny\nz\n", "04\nAAAA\n1\n"] {
        fs::write(&last, damage).unwrap();
        let said = reopened().err().unwrap().to_string();
        assert!(said.contains("it says what was cosigned last"), "{said}");
    }
}

#[test]
fn of_two_histories_that_come_at_once_one_is_cosigned() {
    let (mine, mut theirs) = (Log::with_makers(10), Log::with_makers(10));
    theirs.entries.swap(4, 5);
    for _ in 0..8 {
        let state = tempfile::tempdir().unwrap();
        let witness = Witness::open(config(&mine, &state)).unwrap();
        let requests = [from_nothing(mine.note()), from_nothing(theirs.note())];
        let answers: Vec<u16> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|at| (witness.clone(), requests[at % 2].clone()))
                .map(|(witness, body)| scope.spawn(move || witness.add_checkpoint(&body).unwrap().status))
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
        assert!(answers.iter().all(|status| [200, 409].contains(status)), "{answers:?}");
    }
}

#[test]
fn strangers_and_floods_are_turned_away() {
    let log = Log::new();
    let north = North::of(&log);
    let address = &north.served.address;
    let stranger = Signer::new("stranger.example/log", [3; 32]).unwrap();
    let note =
        Checkpoint::new("stranger.example/log", 4, log.tree().root()).unwrap().sign(&stranger).unwrap();
    assert_eq!(post(address, &from_nothing(note)).status, 404);
    let thief = Signer::new(ORIGIN, [3; 32]).unwrap();
    let note = Checkpoint::new(ORIGIN, 4, log.tree().root()).unwrap().sign(&thief).unwrap();
    assert_eq!(post(address, &from_nothing(note)).status, 403);
    assert_eq!(post(address, b"nonsense").status, 400);
    assert_eq!(post(address, &vec![b'a'; 300_000]).status, 413);
    let fetcher = Fetcher::new(Reach::Named, address).unwrap();
    for path in [
        "../../etc/passwd",
        "%2e%2e/checkpoint",
        &monitor_path("stranger.example/log"),
        &monitor_path(ORIGIN),
    ] {
        assert_eq!(fetcher.get(&format!("{address}/{path}"), 1_000).unwrap().status, 404, "{path}");
    }
    let state = tempfile::tempdir().unwrap();
    let strict = Witness::open(Config { per_minute: 2, ..config(&log, &state) }).unwrap();
    let served = Served::of(strict.router());
    let body = from_nothing(log.note());
    let answers: Vec<u16> = (0..3).map(|_| post(&served.address, &body).status).collect();
    assert_eq!(answers, [200, 409, 429]);
}

#[test]
fn a_witness_that_hangs_lies_or_is_gone_costs_the_others_nothing() {
    let log = Log::new();
    let north = North::of(&log);
    // Takes the connection and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silent_at = format!("http://{}", silent.local_addr().unwrap());
    // Answers everything with 200 and the policy's key under no signature.
    let liar = Served::of(axum::Router::new().fallback(async || "— east.example/w AAAAAAAA\n"));
    let key = |name: &str| {
        let seed = [name.as_bytes()[0] + name.as_bytes()[1]; 32];
        assay_log::Cosigner::ed25519(name, seed).unwrap().key().clone()
    };
    let policy: Policy = format!(
        "log {}\nwitness north {} {}\nwitness south {} {silent_at}\nwitness east {} {}\n\
         witness west {} http://127.0.0.1:1\ngroup one any north south east west\nquorum one\n",
        log.signer.verifier(),
        crate::house::north().key(),
        north.served.address,
        key("south.example/w"),
        key("east.example/w"),
        liar.address,
        key("west.example/w"),
    )
    .parse()
    .unwrap();
    let started = Instant::now();
    let bounds = Bounds { time: Duration::from_secs(5), grace: Duration::from_millis(300), clock: 60 };
    let collected = collect(&policy, &log.note(), &proofs(&log), &BTreeMap::new(), NOW, bounds);
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    assert_eq!(collected.quorum, Ok(()));
    let ended: BTreeMap<&str, bool> =
        collected.asked.iter().map(|a| (a.witnesses[0].as_str(), a.outcome.is_ok())).collect();
    assert_eq!(ended, BTreeMap::from([("north", true), ("south", false), ("east", false), ("west", false)]));
    // A witness whose clock is an hour ahead is not believed.
    let early = collect(
        &log.witnessed_policy(&north.served.address),
        &log.note(),
        &proofs(&log),
        &BTreeMap::new(),
        NOW - 3_600,
        bounds,
    );
    assert!(early.asked[0].outcome.clone().unwrap_err().contains("clock"), "{:?}", early.asked);
}

#[test]
fn a_witness_with_keys_of_both_kinds_is_asked_once_for_both() {
    let log = Log::new();
    let state = tempfile::tempdir().unwrap();
    let later = || assay_log::Cosigner::ml_dsa_44("north.example/w", [31; 32]).unwrap();
    let both = Config { cosigners: vec![north(), later()], per_minute: 1, ..config(&log, &state) };
    let served = Served::of(Witness::open(both).unwrap().router());
    let url = &served.address;
    let policy: Policy = format!(
        "log {}\nwitness now {} {url}\nwitness later {} {url}\ngroup both all now later\nquorum both\n",
        log.signer.verifier(),
        north().key(),
        later().key(),
    )
    .parse()
    .unwrap();
    let collected = asks(&log, &policy);
    assert_eq!((collected.quorum, collected.asked.len()), (Ok(()), 1), "{:?}", collected.asked);
    assert_eq!(collected.asked[0].witnesses, ["now", "later"]);
    assert_eq!(collected.note.signatures().len(), 3);
    log.write("checkpoint", collected.note.to_string().as_bytes());
    let report = Watcher::with(policy).looks(&log);
    assert_eq!(
        (accusations(&report), report.witnesses),
        (vec![], vec!["now".to_owned(), "later".to_owned()])
    );
}

#[test]
fn one_fork_is_kept_once_whatever_is_put_under_it_and_many_do_not_fill_the_disk() {
    let mut log = Log::with_makers(10);
    let north = North::of(&log);
    asks(&log, &log.witnessed_policy(&north.served.address));
    let kept = || fs::read_dir(north.state.path().join("evidence")).unwrap().count();
    let refuses = |log: &Log, junk: u8| {
        let somebody = Signer::new("somebody.example", [junk; 32]).unwrap();
        let line = somebody.sign(log.note().text()).unwrap().signatures()[0].clone();
        let note = log.note().with_signatures([line]).unwrap();
        let request = AddCheckpoint::new(log.size(), vec![], note).unwrap().to_string();
        assert_eq!(north.witness.add_checkpoint(request.as_bytes()).unwrap().status, 422);
    };
    log.entries[5] = log.entries[6].clone();
    for junk in 1..20 {
        refuses(&log, junk);
    }
    assert_eq!(kept(), 1);
    for number in 0..100u8 {
        log.entries[5] = vec![number];
        refuses(&log, 1);
    }
    assert_eq!(kept(), 64, "enough to convict the log");
}

#[test]
fn a_witness_whose_memory_is_missing_or_was_put_back_cosigns_nothing() {
    let mut log = Log::with_makers(10);
    let state = tempfile::tempdir().unwrap();
    let last = state.path().join(monitor_path(ORIGIN).replace("checkpoint", "last"));
    let cosigns = |log: &Log, old: u64| {
        let witness = Witness::open(config(log, &state)).unwrap();
        let proof = if old == 0 { vec![] } else { log.tree().consistency_proof(old, log.size()).unwrap() };
        let request = AddCheckpoint::new(old, proof, log.note()).unwrap().to_string();
        assert_eq!(witness.add_checkpoint(request.as_bytes()).unwrap().status, 200);
    };
    // Where the state will stand is there, durably, before anything is signed.
    drop(Witness::open(config(&log, &state)).unwrap());
    assert!(last.parent().unwrap().is_dir() && !last.exists());
    cosigns(&log, 0);
    let of_before = fs::read(&last).unwrap();
    log.makers(10..20);
    cosigns(&log, 14);
    let of_now = fs::read(&last).unwrap();
    let refuses = || {
        let said = Witness::open(config(&log, &state)).err().unwrap().to_string();
        assert!(said.contains("missing or older than what was published"), "{said}");
    };
    fs::write(&last, of_before).unwrap();
    refuses();
    fs::remove_file(&last).unwrap();
    refuses();
    fs::write(&last, &of_now).unwrap();
    let published = last.with_file_name("checkpoint");
    fs::write(&published, "rubbish").unwrap();
    let said = Witness::open(config(&log, &state)).err().unwrap().to_string();
    assert!(said.contains("checkpoint is damaged"), "{said}");
    // Killed between the two files it has the older checkpoint, and goes on.
    let mut shorter = Log::with_makers(10);
    fs::write(&published, shorter.note().to_string()).unwrap();
    shorter.makers(10..20);
    cosigns(&shorter, 24);
}

#[test]
fn a_log_whose_name_a_cosignature_cannot_hold_is_refused_before_anything_is_kept() {
    let log = Log::new();
    let long = Signer::new(&format!("example.org/{}", "x".repeat(250)), [9; 32]).unwrap();
    let open = |cosigner| {
        let state = tempfile::tempdir().unwrap();
        let logs = vec![LogKey::from(long.verifier().clone())];
        Witness::open(Config { logs, cosigners: vec![cosigner], ..config(&log, &state) }).map(drop)
    };
    assert!(open(north()).is_ok());
    let later = assay_log::Cosigner::ml_dsa_44("north.example/w", [31; 32]).unwrap();
    let said = open(later).unwrap_err().to_string();
    assert!(said.contains("use an Ed25519 key for it"), "{said}");
}

#[test]
fn a_folder_put_back_whole_is_the_one_way_to_a_second_history_and_who_kept_the_first_sees_it() {
    let (mut mine, mut theirs) = (Log::with_makers(10), Log::with_makers(10));
    let state = tempfile::tempdir().unwrap();
    let cosigns = |log: &Log, old: u64| {
        let witness = Witness::open(config(log, &state)).unwrap();
        let proof = if old == 0 { vec![] } else { log.tree().consistency_proof(old, log.size()).unwrap() };
        let request = AddCheckpoint::new(old, proof, log.note()).unwrap().to_string();
        let answer = witness.add_checkpoint(request.as_bytes()).unwrap();
        (answer.status == 200).then(|| format!("{}{}", log.note(), answer.body))
    };
    cosigns(&mine, 0).unwrap();
    let of_before = copied(state.path());
    mine.makers(10..20);
    mine.publish();
    let first = cosigns(&mine, 14).unwrap();
    mine.write("checkpoint", first.as_bytes());
    let policy = mine.witnessed_policy("http://127.0.0.1:1");
    let watcher = Watcher::with(policy.clone());
    assert_eq!(accusations(&watcher.looks(&mine)), []);
    // The other history, of the same first fourteen entries.
    theirs.makers(10..20);
    theirs.entries.swap(15, 16);
    theirs.publish();
    assert_eq!(cosigns(&theirs, 14), None);
    put_back(&of_before, state.path());
    let second = cosigns(&theirs, 14).unwrap();
    theirs.write("checkpoint", second.as_bytes());
    let report = watcher.looks(&theirs);
    let finding = the_one(&report);
    assert_eq!(finding.kind, Kind::Fork);
    for (file, kept) in [("seen.checkpoint", &first), ("shown.checkpoint", &second)] {
        let note = String::from_utf8(evidence(finding, file)).unwrap();
        assert_eq!(&note, kept);
        assert_eq!(policy.open(&note).unwrap().cosigned()[0].witness().as_text(), Some("north"));
    }
}
