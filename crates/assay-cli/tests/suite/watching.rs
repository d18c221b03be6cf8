//! Watching a register from outside, through the program: monitor, witness, mirror.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use assay_log::tile::bundle;
use assay_log::{Checkpoint, Note, Policy, TilePath};
use serde_json::Value;
use tempfile::TempDir;

use crate::common::{Ran, Served, assay, camera, folder, run};
use crate::strangers::python;

/// A register with one product, and the keys that its readers keep.
pub(crate) struct House {
    pub(crate) served: Served,
    pub(crate) folder: TempDir,
    pub(crate) log: String,
    pub(crate) register: String,
}

impl House {
    pub(crate) fn new() -> Self {
        let folder = folder();
        let served = Served::start(&folder.path().join("data"));
        let key = folder.path().join("maker.key");
        run(["key".as_ref(), "new".as_ref(), "--out".as_ref(), key.as_os_str()]);
        let (case, key) = (camera(), key.display().to_string());
        let case = case.path().display().to_string();
        let ran = run(["submit", &case, "--register", &served.address, "--key", &key]);
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        let trust = fs::read_to_string(folder.path().join("data/public/trust.txt")).unwrap();
        let word = |line: &str| trust.lines().find_map(|l| l.strip_prefix(line)).unwrap().trim().to_owned();
        Self { log: word("log "), register: word("register "), served, folder }
    }

    pub(crate) fn at(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    pub(crate) fn public(&self) -> PathBuf {
        self.folder.path().join("data/public")
    }

    /// A copy of the public files, to be tampered with.
    pub(crate) fn copy(&self) -> TempDir {
        let to = folder();
        copy(&self.public(), to.path());
        to
    }

    pub(crate) fn monitors(&self, url: &str, state: &str, more: &[&str]) -> Ran {
        let state = self.at(state);
        let args = ["monitor", url, "--log-key", &self.log, "--state", &state, "--once", "--json"];
        run(args.iter().chain(more))
    }
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        if entry.path().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// Serves a folder of public files until the process ends.
pub(crate) fn serve(folder: &Path) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let (address, router) = (listener.local_addr().unwrap(), assay_watch::public_files(folder.to_owned()));
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            assay_watch::serve_until(listener, router, std::future::pending()).await.unwrap();
        });
    });
    format!("http://{address}")
}

/// Turns one bit of a file.
pub(crate) fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    let at = at % bytes.len();
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

/// The file of the only entry bundle of a small log, and its entries.
pub(crate) fn only_bundle(public: &Path) -> (PathBuf, Vec<Vec<u8>>) {
    let note = fs::read_to_string(public.join("log/checkpoint")).unwrap();
    let size = Checkpoint::parse(Note::parse(&note).unwrap().text()).unwrap().size();
    let path = public.join("log").join(TilePath::entries(0, size as u16).unwrap().to_string());
    let bytes = fs::read(&path).unwrap();
    let entries = bundle::decode(&bytes, size as usize).unwrap();
    (path, entries.into_iter().map(<[u8]>::to_vec).collect())
}

#[test]
fn a_register_is_clean_from_an_empty_folder_with_its_address_and_key_alone() {
    let house = House::new();
    let ran = house.monitors(&house.served.address, "watch", &[]);
    let report = ran.json();
    assert_eq!((ran.code, &report["clean"]), (0, &Value::Bool(true)), "{report:#}");
    assert!(report["size"].as_u64().unwrap() >= 4 && report["size"] == report["new"]);
    let again = house.monitors(&house.served.address, "watch", &["--full"]).json();
    assert_eq!((&again["clean"], &again["new"]), (&Value::Bool(true), &Value::from(0)));
    // As lines, with keys that the reader keeps.
    let (policy, trust) = (house.at("policy.txt"), house.at("data/public/trust.txt"));
    fs::write(&policy, format!("log {}\nquorum none\n", house.log)).unwrap();
    let state = house.at("other");
    let url = house.served.address.as_str();
    let ran = run(["monitor", url, "--policy", &policy, "--trust", &trust, "--state", &state, "--once"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.ends_with("clean: nothing that an honest log does not do\n"), "{}", ran.out);
    assert!(ran.out.contains("note   no-witness: ") && !ran.out.contains("unpinned-keys"), "{}", ran.out);
}

/// The body of the next request, which is answered with a status.
fn takes(listener: &TcpListener, status: &str) -> Vec<u8> {
    let (mut stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut line, mut length) = (String::new(), 0);
    while reader.read_line(&mut line).unwrap() > 2 {
        if let Some(said) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = said.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    write!(stream, "HTTP/1.1 {status}\r\nConnection: close\r\n\r\n").unwrap();
    body
}

#[test]
fn what_was_found_is_posted_until_it_is_taken_and_then_no_more() {
    let (public, key) = makers(3);
    flip(&only_bundle(public.path()).0, 60);
    let (url, place) = (serve(public.path()), folder());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let post = format!("http://{}/alarm", listener.local_addr().unwrap());
    let state = place.path().join("watch").display().to_string();
    let mut child = assay()
        .args(["monitor", &url, "--log-key", &key, "--state", &state, "--interval", "1", "--post", &post])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let posted = |status| accused(&serde_json::from_slice(&takes(&listener, status)).unwrap());
    assert_eq!(posted("503 Service Unavailable"), ["changed-entry"]);
    assert_eq!(posted("204 No Content"), ["changed-entry"], "it is sent again");
    listener.set_nonblocking(true).unwrap();
    std::thread::sleep(std::time::Duration::from_secs(3));
    assert!(listener.accept().is_err(), "once it was taken it is no news");
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn a_changed_entry_ends_with_1_is_kept_and_is_posted() {
    let house = House::new();
    let public = house.copy();
    let (path, entries) = only_bundle(public.path());
    flip(&path, 2 + entries[0].len() + 40);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let post = format!("http://{}/alarm", listener.local_addr().unwrap());
    let posted = std::thread::spawn(move || takes(&listener, "204 No Content"));
    let ran = house.monitors(&serve(public.path()), "watch", &["--post", &post]);
    let report = ran.json();
    let finding = report["findings"].as_array().unwrap().iter().find(|f| f["accuses"] == true).unwrap();
    assert_eq!(
        (ran.code, finding["kind"].as_str(), finding["index"].as_u64()),
        (1, Some("changed-entry"), Some(1))
    );
    assert_eq!(
        finding["says"],
        "entry 1 is not the one that the log signed for: its hash is not the tree's leaf"
    );
    let evidence = Path::new(finding["evidence"].as_str().unwrap());
    assert!(evidence.join("shown.entry").is_file() && evidence.join("finding.json").is_file());
    let posted: Value = serde_json::from_slice(&posted.join().unwrap()).unwrap();
    assert_eq!(posted, report);
}

#[test]
fn what_is_no_fault_of_the_log_has_the_contracts_codes() {
    let house = House::new();
    assert_eq!(house.monitors("http://127.0.0.1:1", "watch", &[]).code, 4);
    assert_eq!(house.monitors("gopher://127.0.0.1", "watch", &[]).code, 2);
    assert_eq!(house.monitors(&format!("{}/nowhere", house.served.address), "watch", &[]).code, 2);
    let state = house.at("watch");
    let url = house.served.address.as_str();
    assert_eq!(run(["monitor", url, "--state", &state, "--once"]).code, 2, "no policy");
    assert_eq!(run(["monitor", url, "--log-key", "x", "--state", &state, "--once"]).code, 2);
    let policy = house.at("policy.txt");
    fs::write(&policy, "quorum none\n").unwrap();
    let ran = run(["monitor", url, "--policy", &policy, "--state", &state, "--once"]);
    assert!(ran.code == 2 && ran.err.contains("names no log"), "{}", ran.err);
    let (key, logs) = (house.at("witness.key"), house.at("none"));
    fs::write(&key, "rubbish").unwrap();
    let ran = run(["witness", "--key", &key, "--logs", &logs, "--state", &state, "--listen", "127.0.0.1:0"]);
    assert!(ran.code == 2 && ran.err.contains("assay witness key"), "{}", ran.err);
    assert_eq!(run(["witness", "--listen", "127.0.0.1:0"]).code, 2);
    assert_eq!(run(["witness", "key", "--name", "a b", "--out", &house.at("k")]).code, 2);
}

/// A command that says where it listens, until it is stopped.
pub(crate) struct Listening {
    child: Child,
    pub(crate) address: String,
}

impl Listening {
    pub(crate) fn start(args: &[&str]) -> Self {
        let child = assay().args(args).arg("--json").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = child.unwrap();
        let mut said = String::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            said.push_str(&line.unwrap());
            said.push('\n');
            if said.ends_with("\n}\n") {
                break;
            }
        }
        let document = Ran { code: 0, out: said, err: String::new() }.json();
        let address = format!("http://{}", document["listening"].as_str().unwrap());
        Self { child, address }
    }

    pub(crate) fn stops(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn register_mirror_witness_and_monitor_make_a_chain() {
    let house = House::new();
    let url = house.served.address.as_str();
    // The witness.
    let (key, logs, state) = (house.at("witness.key"), house.at("logs.txt"), house.at("witness"));
    let made = run(["witness", "key", "--name", "north.example/w", "--out", &key, "--json"]).json();
    let public = made["public_keys"][0].as_str().unwrap();
    assert_eq!(
        run(["witness", "key", "--name", "north.example/w", "--out", &key]).code,
        2,
        "never overwritten"
    );
    fs::write(&logs, format!("# whom we witness\nlog {}\n", house.log)).unwrap();
    let serving = ["witness", "--listen", "127.0.0.1:0", "--key", &key, "--logs", &logs, "--state", &state];
    let north = Listening::start(&serving);
    let policy = house.at("policy.txt");
    let text = format!("log {}\nwitness north {public} {}\nquorum north\n", house.log, north.address);
    fs::write(&policy, &text).unwrap();
    // Before it cosigned, the monitor misses it.
    let watch = house.at("watch");
    let ran = run(["monitor", url, "--policy", &policy, "--state", &watch, "--once", "--json"]);
    let kinds: Vec<String> = accused(&ran.json());
    assert_eq!((ran.code, kinds), (1, vec!["missing-quorum".to_owned()]));
    // A mirror shows the log, and the checkpoint that was cosigned for it.
    let dir = house.at("mirror");
    let copied = run(["mirror", url, &dir, "--log-key", &house.log, "--json"]);
    assert_eq!((copied.code, copied.json()["findings"].as_array().unwrap().len()), (0, 0));
    let out = format!("{dir}/log/checkpoint");
    let asked = run(["witness", "ask", url, "--policy", &policy, "--out", &out, "--json"]);
    assert_eq!((asked.code, asked.json()["quorum"].clone()), (0, Value::Bool(true)), "{}", asked.err);
    let note = fs::read_to_string(&out).unwrap();
    assert_eq!(text.parse::<Policy>().unwrap().open(&note).unwrap().cosigned().len(), 1);
    let mirror = Listening::start(&["mirror", url, &dir, "--policy", &policy, "--listen", "127.0.0.1:0"]);
    let ran = run(["monitor", &mirror.address, "--policy", &policy, "--state", &watch, "--once", "--json"]);
    let report = ran.json();
    assert_eq!((ran.code, accused(&report)), (0, vec![]), "{report:#}");
    assert_eq!(report["witnesses"], serde_json::json!(["north"]));
    assert!(report["fresh_as_of"].as_u64().is_some());
    assert!(!ran.out.contains("not-compared"), "the witness shows what it cosigned: {}", ran.out);
    // The other verifiers read it too.
    python(&house, &format!("{dir}/log"), &["--witness", public, "--quorum", "1"], Ok("cosigned by 1"));
    python(&house, &format!("{}/log", mirror.address), &["--quorum", "1"], Err("0 witnesses cosigned"));
    assert_eq!(mirror.stops(), Some(0));
    assert_eq!(north.stops(), Some(0));
    // Gone, it is missed by whoever asks, and the monitor says that it could not compare.
    let asked = run(["witness", "ask", url, "--policy", &policy, "--wait", "2"]);
    assert!(asked.code == 1 && asked.out.starts_with("too few witnesses cosigned"), "{}", asked.out);
}

pub(crate) fn accused(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().filter(|f| f["accuses"] == true).map(|f| f["kind"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_monitor_that_watches_ends_when_it_is_told() {
    let house = House::new();
    let state = house.at("watch");
    let mut child = assay()
        .args(["monitor", &house.served.address, "--log-key", &house.log, "--state", &state])
        .args(["--interval", "3600", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let report: Value = serde_json::from_str(&line).unwrap();
    assert_eq!((&report["schema"], &report["clean"]), (&Value::from("assay-monitor-0"), &Value::Bool(true)));
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// A witness is killed again and again while a log grows: what it signed it knows afterwards, and never is a size cosigned twice
/// with two roots.
#[test]
fn a_witness_that_is_killed_knows_what_it_signed() {
    let place = folder();
    let at = |name: &str| place.path().join(name).display().to_string();
    let (key, logs, state) = (at("witness.key"), at("logs.txt"), at("state"));
    run(["witness", "key", "--name", "north.example/w", "--out", &key]);
    let signer = assay_log::Signer::new("example.org/log", [5; 32]).unwrap();
    fs::write(&logs, format!("log {}\n", signer.verifier())).unwrap();
    let serving = [
        "witness",
        "--listen",
        "127.0.0.1:0",
        "--key",
        &key,
        "--logs",
        &logs,
        "--state",
        &state,
        "--per-minute",
        "1000000",
    ];
    let mut tree = assay_log::Tree::new();
    let mut known = 0u64;
    let rounds = if std::env::var_os("ASSAY_LONG").is_some() { 200 } else { 12 };
    for round in 0..rounds {
        let mut north = Listening::start(&serving);
        let url = format!("{}/add-checkpoint", north.address);
        let fetcher = assay_probe::Fetcher::new(assay_probe::Reach::Named, &url).unwrap();
        let mut killer = None;
        for step in 0.. {
            tree.push(assay_log::leaf_hash(&[round as u8, step as u8]));
            let size = tree.len();
            let note = Checkpoint::new("example.org/log", size, tree.root()).unwrap().sign(&signer).unwrap();
            let proof = if known == 0 { vec![] } else { tree.consistency_proof(known, size).unwrap() };
            let request = assay_log::witness::AddCheckpoint::new(known, proof, note).unwrap().to_string();
            let Ok(answer) = fetcher.post(&url, "text/plain", request.into_bytes(), 10_000) else { break };
            match (answer.status, step) {
                (200, _) => known = size,
                // It kept what it was about to sign and was killed before it answered: the one gap that there may be.
                (409, 0) => {
                    let last: u64 = String::from_utf8_lossy(&answer.body).trim().parse().unwrap();
                    assert!(
                        last > known && last < size,
                        "signed {known}, remembers {last}, asked for {size}"
                    );
                    known = last;
                }
                (status, step) => {
                    panic!("{status} at step {step}: {}", String::from_utf8_lossy(&answer.body))
                }
            }
            if step == 3 {
                let pid = north.child.id().to_string();
                killer = Some(std::thread::spawn(move || {
                    std::thread::sleep(std::time::Duration::from_millis(3 * (round % 7)));
                    Command::new("kill").args(["-KILL", &pid]).status().unwrap();
                }));
            }
        }
        killer.unwrap().join().unwrap();
        assert_eq!(north.child.wait().unwrap().code(), None, "killed");
    }
    assert!(known > 4 * rounds, "{known}");
}

/// A log of `n` makers as a folder of public files, and its key.
fn makers(n: u32) -> (TempDir, String) {
    let origin = "example.org/log";
    let entries: Vec<Vec<u8>> = (0..n)
        .map(|number| {
            let mut seed = [7; 32];
            seed[..4].copy_from_slice(&number.to_be_bytes());
            let key = assay::key::SecretKey::from_seed(&seed);
            let statement = assay::statement::Statement::MakerRegistered(assay::statement::MakerRegistered {
                organisation: "Maker Ltd".into(),
                domain: "maker.example".into(),
                key: key.public(),
                on: assay::date::parse("2026-11-20").unwrap(),
            });
            statement.sign(&key, origin).unwrap()
        })
        .collect();
    published(origin, &entries, assay::key::SecretKey::from_seed(&[1; 32]).public(), vec![])
}

/// A log of these entries as a folder of public files, and its key, which is of seed 6.
pub(crate) fn published(
    origin: &str,
    entries: &[Vec<u8>],
    register: assay::key::PublicKey,
    authority: Vec<assay::key::PublicKey>,
) -> (TempDir, String) {
    let (public, signer) = (folder(), assay_log::Signer::new(origin, [6; 32]).unwrap());
    let tree = assay_log::Tree::from_entries(entries);
    let log = public.path().join("log");
    for path in assay_log::tiles_between(0, tree.len()) {
        let first = path.index() as usize * 256;
        let bytes = match path.level() {
            Some(level) => tree.tile(level, path.index(), path.width()).unwrap(),
            None => bundle::encode(&entries[first..first + usize::from(path.width())]).unwrap(),
        };
        let file = log.join(path.to_string());
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }
    let note = Checkpoint::new(origin, tree.len(), tree.root()).unwrap().sign(&signer).unwrap();
    fs::write(log.join("checkpoint"), note.to_string()).unwrap();
    let trust = assay::trust::Trust::new(signer.verifier().clone(), vec![register]);
    let trust = trust.with_authority(authority);
    fs::write(public.path().join("trust.txt"), trust.to_string()).unwrap();
    (public, signer.verifier().to_string())
}

#[test]
fn a_log_that_hides_or_swells_ends_no_watch() {
    let (public, key) = makers(3);
    let (url, place) = (serve(public.path()), folder());
    let state = place.path().join("watch").display().to_string();
    let mut child = assay()
        .args(["monitor", &url, "--log-key", &key, "--state", &state, "--interval", "1", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || accused(&serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap());
    assert_eq!(next(), [""; 0]);
    let checkpoint = public.path().join("log/checkpoint");
    let good = fs::read(&checkpoint).unwrap();
    fs::remove_file(&checkpoint).unwrap();
    assert_eq!(next(), ["withheld"]);
    fs::write(&checkpoint, &good).unwrap();
    assert_eq!(next(), [""; 0]);
    // Signed, and larger than anybody reads.
    let signer = assay_log::Signer::new("example.org/log", [6; 32]).unwrap();
    let swollen = Checkpoint::new("example.org/log", 1 << 60, assay_log::leaf_hash(b"")).unwrap();
    fs::write(&checkpoint, swollen.sign(&signer).unwrap().to_string()).unwrap();
    assert_eq!(next(), ["too-large"]);
    fs::remove_file(&checkpoint).unwrap();
    assert_eq!(next(), ["withheld"]);
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1), "something was found while it watched");
}

/// Monitor and mirror are killed at any moment of a first run, and go on until they are done.
#[test]
fn a_monitor_and_a_mirror_that_are_killed_go_on() {
    let (public, key) = makers(3_000);
    let (url, place) = (serve(public.path()), folder());
    let at = |name: &str| place.path().join(name).display().to_string();
    let (state, dir) = (at("watch"), at("mirror"));
    let monitor = ["monitor", &url, "--log-key", &key, "--state", &state, "--once", "--json"];
    let mirror = ["mirror", &url, &dir, "--log-key", &key, "--json"];
    for command in [&monitor[..], &mirror[..]] {
        for wait in [5, 15, 30, 60, 90, 120, 180, 240] {
            let mut child =
                assay().args(command).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            std::thread::sleep(std::time::Duration::from_millis(wait));
            child.kill().unwrap();
            child.wait().unwrap();
        }
        let ran = run(command);
        let report = ran.json();
        assert_eq!(
            (ran.code, &report["size"], accused(&report)),
            (0, &Value::from(3_000), vec![]),
            "{report:#}"
        );
    }
    let report = run(monitor).json();
    assert_eq!((&report["new"], &report["clean"]), (&Value::from(0), &Value::Bool(true)));
    for path in assay_log::tiles_between(0, 3_000) {
        let name = format!("log/{path}");
        assert_eq!(
            fs::read(place.path().join("mirror").join(&name)).unwrap(),
            fs::read(public.path().join(&name)).unwrap()
        );
    }
}
