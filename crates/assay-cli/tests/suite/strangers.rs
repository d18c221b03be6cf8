//! A log that was made today, read by others from an empty folder with its address and a policy alone: by `assay monitor`, by
//! two published crates, and by a small verifier in Python that knows nothing but `docs/formats/`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use assay_log::{Policy, TilePath};
use tlog_tiles::HashReader;

use crate::common::{folder, run};
use crate::watching::{House, Listening, accused, flip, only_bundle, serve};

/// Runs the Python verifier: how it ends and what it says; none, said loudly, where there is no Python.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn second_verifier(args: &[&str]) -> Option<(i32, String)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verifier/verify.py");
    let ran = Command::new("python3").arg("-B").arg(script).args(args).stdin(Stdio::null()).output();
    let Ok(output) = ran else {
        eprintln!("SKIPPED: python3 is not there: the log was not read by the second verifier");
        return None;
    };
    let (said, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!err.contains("Traceback"), "{err}");
    Some((output.status.code().unwrap_or(-1), format!("{said}{err}")))
}

/// The same with keys that are given one by one, and what it should say.
pub(crate) fn python(house: &House, place: &str, more: &[&str], wanted: Result<&str, &str>) {
    let args = [&[place, "--log", &house.log, "--register", &house.register], more].concat();
    let Some((code, said)) = second_verifier(&args) else { return };
    let (wanted, part) = match wanted {
        Ok(part) => (0, part),
        Err(part) => (1, part),
    };
    assert!(code == wanted && said.contains(part), "{said}");
}

#[test]
fn a_verifier_of_other_hands_in_another_language_reads_the_log_and_sees_the_same_lies() {
    let house = House::new();
    let address = format!("{}/log", house.served.address);
    python(&house, &address, &["--entry", "1"], Ok("1 maker-registered"));
    let public = house.copy();
    let log = public.path().join("log");
    let place = log.display().to_string();
    python(&house, &place, &["--entry", "0"], Ok("entries hold"));
    let (bundle_file, entries) = only_bundle(public.path());
    let size = entries.len();
    let undamaged = fs::read(&bundle_file).unwrap();
    flip(&bundle_file, 100);
    python(&house, &place, &[], Err("do not make the root"));
    fs::write(&bundle_file, &undamaged).unwrap();
    let tile = log.join(TilePath::hashes(0, 0, size as u16).unwrap().to_string());
    flip(&tile, 9);
    python(&house, &place, &[], Err("tile 0/0 is not what the entries make"));
    flip(&tile, 9);
    let note = fs::read_to_string(log.join("checkpoint")).unwrap();
    fs::write(log.join("checkpoint"), note.replacen(&format!("\n{size}\n"), &format!("\n{}\n", size - 1), 1))
        .unwrap();
    python(&house, &place, &[], Err("the log's signature does not hold"));
    fs::write(log.join("checkpoint"), &note).unwrap();
    // A statement of the register held against another register's key.
    let other = House { register: "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=".into(), ..House::new() };
    let stranger = House { log: house.log.clone(), ..other };
    python(&stranger, &place, &[], Err("is of no key that may sign it"));
    python(&house, &place, &["--quorum", "1"], Err("0 witnesses cosigned, and 1 are wanted"));
    fs::remove_file(&tile).unwrap();
    python(&house, &place, &[], Err("cannot be had"));
}

/// The published tiles, for crates that others wrote.
struct Published(PathBuf);

impl tlog_tiles::TileReader for Published {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[tlog_tiles::Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        // Their paths name the height as well.
        let read =
            |tile: &tlog_tiles::Tile| fs::read(self.0.join(tile.path().replacen("tile/8/", "tile/", 1)));
        tiles.iter().map(|tile| read(tile).map_err(|_| tlog_tiles::Error::InvalidTile)).collect()
    }

    fn save_tiles(&self, _: &[tlog_tiles::Tile], _: &[Vec<u8>]) {}
}

/// Reads a published log with nothing of ours but the bundle's framing.
fn read_by_oracles(public: &Path, log_key: &str) -> Result<u64, String> {
    let note = fs::read(public.join("log/checkpoint")).unwrap();
    let note = signed_note::Note::from_bytes(&note).map_err(|e| e.to_string())?;
    let key = signed_note::StandardVerifier::new(log_key).map_err(|e| e.to_string())?;
    let (signed, _) =
        note.verify(&signed_note::VerifierList::new(vec![Box::new(key)])).map_err(|e| e.to_string())?;
    assert_eq!(signed.len(), 1);
    let checkpoint = tlog_tiles::Checkpoint::from_bytes(note.text()).map_err(|e| e.to_string())?;
    let (size, root) = (checkpoint.size(), *checkpoint.hash());
    let tiles = Published(public.join("log"));
    let reader = tlog_tiles::TileHashReader::new(size, root, &tiles);
    let (_, entries) = only_bundle(public);
    for (index, entry) in (0..).zip(&entries) {
        let leaf = tlog_tiles::record_hash(entry);
        let stored =
            reader.read_hashes(&[tlog_tiles::stored_hash_index(0, index)]).map_err(|e| e.to_string())?;
        if stored != [leaf] {
            return Err(format!("entry {index} is not the leaf"));
        }
        let proof = tlog_tiles::prove_record(size, index, &reader).map_err(|e| e.to_string())?;
        tlog_tiles::check_record(&proof, size, root, index, leaf).map_err(|e| e.to_string())?;
    }
    let kinds: BTreeMap<u64, usize> = (0..).zip(entries.iter().map(Vec::len)).collect();
    assert_eq!(kinds.len() as u64, size);
    Ok(size)
}

#[test]
fn the_published_crates_verify_a_log_that_was_made_today() {
    let house = House::new();
    let size = read_by_oracles(&house.public(), &house.log).unwrap();
    assert!(size >= 4, "{size}");
    let public = house.copy();
    let (path, entries) = only_bundle(public.path());
    flip(&path, 2 + entries[0].len() + 40);
    assert_eq!(read_by_oracles(public.path(), &house.log), Err("entry 1 is not the leaf".into()));
    flip(&path, 2 + entries[0].len() + 40);
    let tile = public.path().join("log").join(TilePath::hashes(0, 0, size as u16).unwrap().to_string());
    flip(&tile, 40);
    assert!(read_by_oracles(public.path(), &house.log).unwrap_err().contains("inconsistent tile"));
}

/// A witness of a log, as a process of its own, and its line of a policy.
struct Witness {
    listening: Listening,
    line: String,
}

impl Witness {
    fn of(house: &House, name: &str) -> Self {
        let (key, logs, state) = (house.at(&format!("{name}.key")), house.at("logs.txt"), house.at(name));
        let full = format!("{name}.example/w");
        let made = run(["witness", "key", "--name", &full, "--out", &key, "--json"]).json();
        fs::write(&logs, format!("log {}\n", house.log)).unwrap();
        let args = ["witness", "--listen", "127.0.0.1:0", "--key", &key, "--logs", &logs, "--state", &state];
        let listening = Listening::start(&args);
        let line =
            format!("witness {name} {} {}\n", made["public_keys"][0].as_str().unwrap(), listening.address);
        Self { listening, line }
    }
}

/// Reads a log with nothing but an address and a policy: what the monitor accuses it of from an empty folder, and whether
/// it is what the others say.
fn read_from_nothing(url: &str, policy: &str) -> Vec<String> {
    let empty = folder();
    let at = |name: &str| empty.path().join(name).display().to_string();
    fs::write(at("policy.txt"), policy).unwrap();
    let (file, state) = (at("policy.txt"), at("state"));
    let ran = run(["monitor", url, "--policy", &file, "--state", &state, "--once", "--json"]);
    let kinds = accused(&ran.json());
    assert_eq!(ran.code, i32::from(!kinds.is_empty()), "{}{}", ran.out, ran.err);
    let verified = second_verifier(&[url, "--policy", &file, "--entry", "1"]);
    if let Some((code, said)) = verified {
        assert_eq!(code == 0, kinds.is_empty(), "{kinds:?}: {said}");
    }
    kinds
}

#[test]
fn a_log_made_today_is_verified_from_an_empty_folder_with_its_address_and_a_policy_alone() {
    let house = House::new();
    let url = house.served.address.as_str();
    let alone = format!("log {}\nquorum none\n", house.log);
    assert_eq!(read_from_nothing(url, &alone), [""; 0]);
    // Two witnesses, of whom nobody was asked yet; whoever asks none of them is content.
    let (north, south) = (Witness::of(&house, "north"), Witness::of(&house, "south"));
    let asks = |quorum: &str| format!("log {}\n{}{}{quorum}", house.log, north.line, south.line);
    let both = asks("group both all north south\nquorum both\n");
    let any = asks("group one any north south\nquorum one\n");
    assert_eq!(read_from_nothing(url, &both), ["missing-quorum"]);
    assert_eq!(read_from_nothing(url, &any), ["missing-quorum"]);
    assert_eq!(read_from_nothing(url, &asks("quorum none\n")), [""; 0]);
    // Both cosign; the log shows the checkpoint with their lines.
    let cosigned = |policy: &str, code: i32| {
        let (file, out) = (house.at("asked.txt"), house.at("cosigned"));
        let _ = fs::remove_file(&out);
        fs::write(&file, policy).unwrap();
        let ran = run(["witness", "ask", url, "--policy", &file, "--wait", "10", "--out", &out]);
        assert_eq!(ran.code, code, "{}{}", ran.out, ran.err);
        fs::read_to_string(&out).ok()
    };
    let shown = |note: &str| {
        let public = house.copy();
        fs::write(public.path().join("log/checkpoint"), note).unwrap();
        public
    };
    let note = cosigned(&both, 0).unwrap();
    let public = shown(&note);
    let at = serve(public.path());
    assert_eq!(both.parse::<Policy>().unwrap().open(&note).unwrap().cosigned().len(), 2);
    for policy in [&both, &any, &alone] {
        assert_eq!(read_from_nothing(&at, policy), [""; 0]);
    }
    // The published crates read the same files; they pass over lines of keys that they do not know.
    let size = read_by_oracles(public.path(), &house.log).unwrap();
    assert!(size >= 4, "{size}");
    // With one of the two gone, its line is missing: enough for one policy and not for the other.
    let Witness { listening, .. } = south;
    assert_eq!(listening.stops(), Some(0));
    assert_eq!(cosigned(&both, 1), None);
    let note = cosigned(&any, 0).unwrap();
    let public = shown(&note);
    let at = serve(public.path());
    assert_eq!(read_from_nothing(&at, &both), ["missing-quorum"]);
    assert_eq!(read_from_nothing(&at, &any), [""; 0]);
    // A line of a witness that was bent spoils the note, and a policy of another log believes none of it.
    let line = note.lines().find(|line| line.contains("north.example")).unwrap();
    let (start, data) = line.rsplit_once(' ').unwrap();
    let turned = if data.as_bytes()[40] == b'A' { "B" } else { "A" };
    let bent = note.replace(line, &format!("{start} {}{turned}{}", &data[..40], &data[41..]));
    let public = shown(&bent);
    assert_eq!(read_from_nothing(&serve(public.path()), &any), ["bad-cosignature"]);
    let other = assay_log::Signer::new("register.example/other", [3; 32]).unwrap();
    let stranger = format!("log {}\nquorum none\n", other.verifier());
    assert_eq!(read_from_nothing(url, &stranger), ["bad-checkpoint"]);
}

/// The committed log in which every kind of statement stands, as a folder of public files, with these keys of an authority.
fn of_every_kind(authority: &[u8]) -> (tempfile::TempDir, String) {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assay/tests/statements/vectors");
    let mut files: Vec<PathBuf> = fs::read_dir(vectors).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let entries = files.iter().map(|file| {
        let vector: serde_json::Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        let hex = vector["entry"].as_str().unwrap();
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
    });
    let key = |seed: u8| assay::key::SecretKey::from_seed(&[seed; 32]).public();
    let authority = authority.iter().map(|seed| key(*seed)).collect();
    crate::watching::published("register.example/log", &entries.collect::<Vec<Vec<u8>>>(), key(1), authority)
}

#[test]
fn every_kind_of_statement_is_held_against_who_may_sign_it_by_both_verifiers() {
    // The first bytes of the seeds are those of docs/formats/statements.md: 6 is the authority's.
    for (authority, refused) in [(&[6u8][..], false), (&[], true), (&[7], true), (&[7, 6], false)] {
        let (public, log) = of_every_kind(authority);
        let empty = folder();
        let at = |name: &str| empty.path().join(name).display().to_string();
        fs::write(at("policy.txt"), format!("log {log}\nquorum none\n")).unwrap();
        let (url, file, state) = (serve(public.path()), at("policy.txt"), at("state"));
        let ran = run([
            "monitor",
            &url,
            "--policy",
            &file,
            "--state",
            &state,
            "--once",
            "--json",
            "--on",
            "2027-12-31",
        ]);
        let kinds = accused(&ran.json());
        let told: &[&str] = if refused { &["refused-statement"] } else { &[] };
        assert_eq!(kinds, told);
        let Some((code, said)) = second_verifier(&[&url, "--policy", &file]) else { continue };
        let wanted = if refused {
            "entry 15: its signature (lab-accredited) is of no key that may sign it"
        } else {
            "54 entries hold; cosigned by 0; 0 numbers are disputed"
        };
        assert!(code == i32::from(refused) && said.contains(wanted), "{said}");
    }
}
