//! A register's snapshot as a shop, a mirror and a stranger use it: fetched from either, made again of the log, brought up to date by
//! what changed.

use std::fs;

use crate::common::{camera, run};
use crate::watching::{House, Listening};

#[test]
fn a_snapshot_is_fetched_from_anywhere_made_again_by_anybody_and_brought_up_to_date() {
    let house = House::new();
    let url = house.served.address.as_str();
    let (old, new, mirror) = (house.at("old.snap"), house.at("new.snap"), house.at("mirror"));
    let trust = house.public().join("trust.txt").display().to_string();
    let fetch = |from: &str, out: &str, more: &[&str]| {
        let args = ["snapshot", "fetch", "--register", from, "--trust", &trust, "--out", out, "--json"];
        run(args.iter().chain(more))
    };
    assert_eq!(fetch(url, &old, &[]).code, 0);

    // Another product of the same maker.
    let case = camera();
    let file = case.path().join("product.toml");
    let text = fs::read_to_string(&file).unwrap();
    let other =
        text.replace("HC-2", "HC-3000").replace("\"9520000100018\", \"9520000100025\"", "\"5449000000996\"");
    assert_ne!(other, text);
    fs::write(&file, other).unwrap();
    let (case, key) = (case.path().display().to_string(), house.at("maker.key"));
    let sent = run(["submit", &case, "--register", url, "--key", &key]);
    assert_eq!(sent.code, 0, "{}{}", sent.out, sent.err);
    assert_eq!(fetch(url, &new, &[]).code, 0);
    // Whoever has the older one is sent what changed, and makes the same file of it.
    let followed = house.at("followed.snap");
    fs::copy(&old, &followed).unwrap();
    let fetched = fetch(url, &followed, &[]);
    assert_eq!(fetched.code, 0, "{}", fetched.err);
    assert_eq!(fs::read(&followed).unwrap(), fs::read(&new).unwrap());

    // A mirror has what the register has, and a shop takes it from there by the register's keys.
    let copied = run(["mirror", url, &mirror, "--log-key", &house.log, "--json"]);
    assert_eq!(copied.code, 0, "{}", copied.err);
    assert_eq!(fs::read(format!("{mirror}/snapshot")).unwrap(), fs::read(&new).unwrap());
    let served =
        Listening::start(&["mirror", url, &mirror, "--log-key", &house.log, "--listen", "127.0.0.1:0"]);
    let from_mirror = house.at("from-mirror.snap");
    let fetched = fetch(&served.address, &from_mirror, &[]);
    assert_eq!(fetched.code, 0, "{}", fetched.err);
    assert_eq!(fs::read(&from_mirror).unwrap(), fs::read(&new).unwrap());
    assert_eq!(served.stops(), Some(0));
    // A policy that wants a witness refuses a checkpoint that none signed.
    let witness =
        run(["witness", "key", "--name", "north.example/w", "--out", &house.at("w.key"), "--json"]).json();
    let public = witness["public_keys"][0].as_str().unwrap();
    let policy = house.at("policy.txt");
    fs::write(&policy, format!("log {}\nwitness north {public}\nquorum north\n", house.log)).unwrap();
    let unwitnessed = fetch(url, &house.at("x.snap"), &["--policy", &policy]);
    assert_eq!(unwitnessed.code, 2, "{}", unwitnessed.err);
    assert!(unwitnessed.err.contains("checkpoint"), "{}", unwitnessed.err);
    fs::write(&policy, format!("log {}\nquorum none\n", house.log)).unwrap();
    assert_eq!(fetch(url, &house.at("x.snap"), &["--policy", &policy]).code, 0);

    // Anybody makes both again of the mirror: the newer one, and the older of the entries that it names.
    for file in [&old, &new] {
        let args =
            ["snapshot", "build", "--from-log", &mirror, "--compare", file, "--trust", &trust, "--json"];
        let again = run(args);
        assert_eq!((again.code, again.json()["same"].as_bool()), (0, Some(true)), "{}", again.err);
    }
    // Signed by a key of one's own it says the same, and not that the register says it.
    let (own, mine) = (house.at("own.key"), house.at("mine"));
    run(["key", "new", "--out", &own]);
    fs::create_dir(&mine).unwrap();
    let out = format!("{mine}/own.snap");
    let made = run([
        "snapshot",
        "build",
        "--from-log",
        &mirror,
        "--key",
        &own,
        "--out",
        &out,
        "--trust",
        &trust,
        "--json",
    ]);
    assert_eq!(made.code, 0, "{}", made.err);
    let header = |file: &str, trust: &str| {
        let seen = run(["snapshot", "inspect", file, "--trust", trust, "--json"]);
        (seen.code, seen.json()["header"].clone())
    };
    let ((_, theirs), (_, ours)) = (header(&new, &trust), header(&out, &format!("{mine}/trust.txt")));
    for same in ["tree", "body_sha256", "root", "log_size", "records"] {
        assert_eq!(theirs[same], ours[same], "{same}");
    }
    assert_eq!(run(["snapshot", "inspect", &out, "--trust", &trust, "--json"]).code, 2);
    assert_eq!(
        run(["snapshot", "build", "--from-log", &mirror, "--trust", &trust]).code,
        2,
        "neither compare nor key"
    );
    assert_eq!(run(["snapshot", "build", "--from-log", &mine, "--compare", &new, "--trust", &trust]).code, 2);
    // An entry that somebody changed in the mirror makes another root.
    let tile = walk(&format!("{mirror}/log/tile/entries"));
    let mut bytes = fs::read(&tile).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&tile, bytes).unwrap();
    let bent = run(["snapshot", "build", "--from-log", &mirror, "--compare", &new, "--trust", &trust]);
    assert!([2, 4].contains(&bent.code), "{}", bent.out);

    // What changed makes the newer of the older, and nothing of any other.
    let (delta, next) = (house.at("a.delta"), house.at("next.snap"));
    let told = run(["snapshot", "delta", &old, &new, "--out", &delta, "--trust", &trust, "--json"]);
    assert_eq!(told.code, 0, "{}", told.err);
    assert_eq!(told.json()["bytes"].as_u64(), Some(fs::metadata(&delta).unwrap().len()));
    let apply = |from: &str, delta: &str, out: &str| {
        run(["snapshot", "apply", from, delta, "--out", out, "--trust", &trust])
    };
    assert_eq!(apply(&old, &delta, &next).code, 0);
    assert_eq!(fs::read(&next).unwrap(), fs::read(&new).unwrap());
    let other = apply(&new, &delta, &house.at("none.snap"));
    assert_eq!((other.code, fs::exists(house.at("none.snap")).unwrap()), (2, false), "{}", other.err);
    // Backwards goes nothing, though the register signed it.
    let back = house.at("back.delta");
    let backwards = run(["snapshot", "delta", &new, &old, "--out", &back, "--trust", &trust]);
    assert!(backwards.code == 2 && backwards.err.contains("never shrinks"), "{}", backwards.err);
    let mut bytes = fs::read(&delta).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    fs::write(&delta, bytes).unwrap();
    assert_eq!(apply(&old, &delta, &house.at("none.snap")).code, 2);
}

/// The one file below a folder.
fn walk(folder: &str) -> std::path::PathBuf {
    let mut here = std::path::PathBuf::from(folder);
    while here.is_dir() {
        here = fs::read_dir(&here).unwrap().next().unwrap().unwrap().path();
    }
    here
}
