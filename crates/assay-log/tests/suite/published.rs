//! Other people's test data, read from the shared folder beside the repository: the Merkle proofs of the
//! transparency.dev project with their adversarial cases, and a small log of sixteen checkpoints that its
//! Tessera wrote. Where the folder is not there, the tests say so and stop.
#![expect(clippy::disallowed_methods, reason = "tests read test data; the crate itself opens no file")]

use std::fs;
use std::path::{Path, PathBuf};

use assay_log::tile::{Holds, TilePath};
use assay_log::{
    EMPTY_ROOT, Hash, Proof, Tree, VerifiedCheckpoint, Verifier, bundle, checkpoint, tiles_between,
    verify_consistency, verify_inclusion,
};
use serde_json::Value;

/// The folder with this test data, if the shared folder is here.
#[expect(clippy::print_stderr, reason = "a skipped test must not pass in silence")]
fn shared(folder: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors")).join(folder);
    if !path.is_dir() {
        eprintln!("SKIPPED: the shared test data `{folder}` is not here");
        return None;
    }
    Some(path)
}

/// All JSON documents under a folder, with their paths.
fn documents(folder: &Path) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for file in fs::read_dir(folder).expect("the folder can be listed") {
        let path = file.expect("the folder can be listed").path();
        if path.is_dir() {
            found.extend(documents(&path));
        } else {
            let text = fs::read_to_string(&path).expect("a vector is text");
            found.push((path.display().to_string(), serde_json::from_str(&text).expect("a vector is JSON")));
        }
    }
    found
}

/// A root or leaf of a vector; none where it is empty, which our parsers refuse before any tree is asked.
/// Some vectors have words ("don't care") where only equality matters; these are filled up with zeros, so
/// that equal ones stay equal.
fn hash(value: &Value) -> Option<Hash> {
    use base64::Engine as _;
    let text = value.as_str().expect("a hash is text");
    let mut bytes = base64::engine::general_purpose::STANDARD.decode(text).expect("a vector has base64");
    assert!(bytes.len() <= Hash::BYTES, "{text} would be cut");
    if !bytes.is_empty() {
        bytes.resize(Hash::BYTES, 0);
    }
    Hash::try_from(bytes.as_slice()).ok()
}

/// A proof of a vector; none where an element is no hash at all, which our parsers refuse before any tree is
/// asked.
fn proof(value: &Value) -> Option<Vec<Hash>> {
    let Some(hashes) = value.as_array() else { return Some(vec![]) };
    hashes.iter().map(|hash| Hash::from_base64(hash.as_str()?).ok()).collect()
}

fn number(value: &Value) -> u64 {
    value.as_u64().expect("sizes and indexes fit 64 bits")
}

/// Judges every case under a folder and compares with what its authors say.
fn judge(folder: &str, holds: impl Fn(&Value) -> Option<bool>) {
    let Some(folder) = shared(folder) else { return };
    let cases = documents(&folder);
    for (path, case) in &cases {
        let holds = holds(case).unwrap_or(false);
        assert_eq!(Some(!holds), case["wantErr"].as_bool(), "{path}: {}", case["desc"]);
    }
    assert!(cases.len() >= 90, "only {} cases were found", cases.len());
}

#[test]
fn every_published_inclusion_proof_is_judged_as_published() {
    judge("merkle/testdata/inclusion", |case| {
        let (index, size) = (number(&case["leafIdx"]), number(&case["treeSize"]));
        let (leaf, root, proof) = (hash(&case["leafHash"])?, hash(&case["root"])?, proof(&case["proof"])?);
        Some(verify_inclusion(index, size, &leaf, &proof, &root).is_ok())
    });
}

#[test]
fn every_published_consistency_proof_is_judged_as_published() {
    judge("merkle/testdata/consistency", |case| {
        let (old, new) = (number(&case["size1"]), number(&case["size2"]));
        let (old_root, new_root, proof) =
            (hash(&case["root1"])?, hash(&case["root2"])?, proof(&case["proof"])?);
        Some(verify_consistency(old, new, &proof, &old_root, &new_root).is_ok())
    });
}

const ORIGIN: &str = "example.com/log/testdata";

/// The public key under which Tessera publishes this log; it is in the script that builds it
/// (`testdata/build_log.sh` of transparency-dev/tessera), not in the test data itself.
const KEY: &str = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

fn key() -> [Verifier; 1] {
    [KEY.parse().expect("the key is well formed")]
}

/// The sixteen checkpoints as text and verified, the log's folder, and its entries.
struct Log {
    folder: PathBuf,
    notes: Vec<String>,
    checkpoints: Vec<VerifiedCheckpoint>,
    entries: Vec<Vec<u8>>,
}

fn log() -> Option<Log> {
    let folder = shared("log-16-checkpoints/testdata/log")?;
    let notes: Vec<String> = (0..16)
        .map(|n| {
            fs::read_to_string(folder.join(format!("checkpoint.{n}"))).expect("there are sixteen checkpoints")
        })
        .collect();
    let open = |note: &String| {
        checkpoint::open(note, ORIGIN, &key()).expect("every checkpoint is signed by the log")
    };
    let checkpoints = notes.iter().map(open).collect();
    let bytes = fs::read(folder.join("tile/entries/000.p/15")).expect("there is a bundle of all entries");
    let entries =
        bundle::decode(&bytes, 15).expect("it holds fifteen").into_iter().map(<[u8]>::to_vec).collect();
    Some(Log { folder, notes, checkpoints, entries })
}

#[test]
fn the_published_log_is_signed_and_its_entries_make_its_roots() {
    let Some(log) = log() else { return };
    let tree = Tree::from_entries(&log.entries);
    for (checkpoint, size) in log.checkpoints.iter().zip(0..) {
        assert_eq!(checkpoint.size(), size);
        assert_eq!(tree.root_at(size).as_ref(), Ok(checkpoint.root()));
        let note = checkpoint.note().note();
        assert_eq!(note.to_string(), log.notes[size as usize], "it is written back as it was read");
    }
    assert_eq!(log.checkpoints[0].root(), &EMPTY_ROOT);
    assert_eq!(fs::read_to_string(log.folder.join("checkpoint")).unwrap(), log.notes[15]);
}

#[test]
fn the_published_log_has_the_files_we_would_write() {
    let Some(log) = log() else { return };
    let tree = Tree::from_entries(&log.entries);
    let mut written = Vec::new();
    for size in 1..=15 {
        for path in tiles_between(size - 1, size) {
            let theirs = fs::read(log.folder.join(path.to_string())).unwrap();
            let ours = match path.holds() {
                Holds::Hashes { level } => tree.tile(level, path.index(), path.width()).unwrap(),
                Holds::Entries => bundle::encode(&log.entries[..path.width().into()]).unwrap(),
            };
            assert_eq!(ours, theirs, "{path}");
            if path.holds() == Holds::Entries {
                let root = log.checkpoints[size as usize].root();
                assert!(bundle::rebuild([theirs], size, root).is_ok(), "{path}");
            }
            written.push(path);
        }
    }
    for (kind, of) in [("0", Some(0)), ("entries", None)] {
        let folder = log.folder.join("tile").join(kind).join("000.p");
        let widths =
            fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        let mut theirs: Vec<TilePath> =
            widths.map(|width| format!("tile/{kind}/000.p/{width}").parse().unwrap()).collect();
        theirs.sort();
        let ours: Vec<TilePath> = written.iter().copied().filter(|path| path.level() == of).collect();
        assert_eq!(ours, theirs, "no file more and none less");
    }
}

#[test]
fn every_entry_of_the_published_log_is_proven_under_every_later_checkpoint() {
    let Some(log) = log() else { return };
    let tree = Tree::from_entries(&log.entries);
    for size in 1..=15 {
        for index in 0..size {
            let hashes = tree.inclusion_proof(index, size).unwrap();
            let text = Proof::new(index, hashes, log.notes[size as usize].as_str()).unwrap().to_string();
            let proof = Proof::parse(&text).unwrap();
            let entry = &log.entries[index as usize];
            assert_eq!(proof.verify(entry, ORIGIN, &key()).unwrap().index(), index);
            assert!(proof.verify(&[entry.as_slice(), b"!"].concat(), ORIGIN, &key()).is_err());
        }
    }
}

#[test]
fn every_checkpoint_of_the_published_log_continues_every_earlier_one() {
    let Some(log) = log() else { return };
    let tree = Tree::from_entries(&log.entries);
    for new in &log.checkpoints[1..] {
        for old in &log.checkpoints[1..=new.size() as usize] {
            let proof = tree.consistency_proof(old.size(), new.size()).unwrap();
            let said = verify_consistency(old.size(), new.size(), &proof, old.root(), new.root());
            assert_eq!(said, Ok(()), "{} to {}", old.size(), new.size());
        }
    }
}

/// What one file of the published data is to us.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    InclusionHolds,
    InclusionRefused,
    ConsistencyHolds,
    ConsistencyRefused,
    Checkpoint,
    Tile,
    EntryBundle,
    /// Nothing that this crate reads, by its name.
    NotOurs(String),
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for file in fs::read_dir(folder).expect("the folder can be listed") {
        let path = file.expect("the folder can be listed").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

fn kind(folder: &Path, file: &Path) -> Kind {
    let name = file.strip_prefix(folder).expect("it is below the folder").display().to_string();
    let holds = |path: &str| {
        let text = fs::read_to_string(file).expect("a vector is text");
        let case: Value = serde_json::from_str(&text).expect("a vector is JSON");
        name.starts_with(path).then(|| !case["wantErr"].as_bool().expect("a vector says what it expects"))
    };
    if let Some(path) = name.strip_prefix("testdata/log/") {
        if path.starts_with("checkpoint") {
            let note = fs::read_to_string(file).expect("a checkpoint is text");
            checkpoint::open(&note, ORIGIN, &key()).expect("it is signed by the log");
            return Kind::Checkpoint;
        }
        return match TilePath::parse(path) {
            Ok(path) if path.level().is_some() => {
                let bytes = fs::read(file).expect("a tile can be read");
                assay_log::tile::hashes(&bytes, path.width()).expect("a tile has its width");
                Kind::Tile
            }
            Ok(path) => {
                let bytes = fs::read(file).expect("a bundle can be read");
                bundle::decode(&bytes, path.width().into()).expect("a bundle has its width");
                Kind::EntryBundle
            }
            Err(_) => Kind::NotOurs(name),
        };
    }
    if !name.ends_with(".json") {
        return Kind::NotOurs(name);
    }
    match (holds("testdata/inclusion/"), holds("testdata/consistency/")) {
        (Some(true), _) => Kind::InclusionHolds,
        (Some(false), _) => Kind::InclusionRefused,
        (_, Some(true)) => Kind::ConsistencyHolds,
        (_, Some(false)) => Kind::ConsistencyRefused,
        _ => Kind::NotOurs(name),
    }
}

/// No file is passed over in silence: each is judged by the tests above, or is none of ours and named here.
#[test]
#[expect(clippy::print_stderr, reason = "the counts are worth seeing")]
fn every_published_file_is_judged_or_named() {
    let mut counts = std::collections::BTreeMap::new();
    for folder in ["merkle", "log-16-checkpoints"] {
        let Some(folder) = shared(folder) else { return };
        for file in files(&folder) {
            *counts.entry(kind(&folder, &file)).or_insert(0) += 1;
        }
    }
    counts.iter().for_each(|(kind, count)| eprintln!("{count:4} {kind:?}"));
    let not_ours: Vec<&str> = counts
        .keys()
        .filter_map(|kind| match kind {
            Kind::NotOurs(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let state = ["publish.lock", "treeState", "treeState.lock", "version"];
    let mut expected = vec!["LICENSE".to_owned()];
    expected.extend(state.iter().map(|name| format!("testdata/log/.state/{name}")));
    assert_eq!(not_ours, expected, "Tessera's own notes on its state are no format of the log");
    let of = |kind| counts.get(&kind).copied().unwrap_or(0);
    assert_eq!((of(Kind::Checkpoint), of(Kind::Tile), of(Kind::EntryBundle)), (17, 15, 15));
    assert_eq!(of(Kind::InclusionHolds) + of(Kind::InclusionRefused), 98);
    assert_eq!(of(Kind::ConsistencyHolds) + of(Kind::ConsistencyRefused), 98);
    assert!(of(Kind::InclusionHolds) > 0 && of(Kind::ConsistencyHolds) > 0);
}
