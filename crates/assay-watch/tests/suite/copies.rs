//! Mirrors: the same bytes at another address, and never a worse log in place of a better one.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use assay_log::{Policy, tiles_between};
use assay_watch::mirror::{Copied, Mirror};
use assay_watch::{Kind, Pace, Source, WatchError};

use crate::house::*;

fn copies(log: &Log, policy: &Policy, to: &Path) -> Result<Copied, WatchError> {
    Mirror::open(to, policy, &pace())?.copy(&log.source(), policy, BOUNDS, &pace())
}

fn same(log: &Log, to: &Path, size: u64) {
    for path in tiles_between(0, size) {
        let name = path.to_string();
        assert_eq!(
            fs::read(to.join("log").join(&name)).unwrap(),
            fs::read(log.file(&name)).unwrap(),
            "{name}"
        );
    }
}

#[test]
fn a_mirror_has_the_same_files_and_a_monitor_reads_it_like_the_log() {
    let mut log = Log::with_makers(300);
    let to = tempfile::tempdir().unwrap();
    let copied = copies(&log, &log.policy(), to.path()).unwrap();
    assert_eq!((copied.size, copied.new, copied.findings.len()), (304, 304, 0));
    same(&log, to.path(), 304);
    let served = Served::of(assay_watch::public_files(to.path().to_owned()));
    let watcher = Watcher::of(&log);
    assert!(!watcher.tries(&Source::at(&served.address).unwrap()).unwrap().accuses());
    log.makers(300..700);
    log.publish();
    let copied = copies(&log, &log.policy(), to.path()).unwrap();
    assert_eq!((copied.size, copied.new), (704, 400));
    same(&log, to.path(), 704);
    assert!(!watcher.looks(&log).accuses());
    assert!(!to.path().join("staging").exists());
}

#[test]
fn a_mirror_keeps_the_good_log_whatever_it_is_shown() {
    let mut log = Log::with_makers(300);
    let to = tempfile::tempdir().unwrap();
    copies(&log, &log.policy(), to.path()).unwrap();
    let (old, good) = (log.entries.clone(), fs::read(to.path().join("log/checkpoint")).unwrap());
    let refused = |log: &Log, kind: Kind| {
        let copied = copies(log, &log.policy(), to.path()).unwrap();
        assert_eq!((copied.size, copied.findings[0].kind), (304, kind), "{copied:#?}");
        assert_eq!(fs::read(to.path().join("log/checkpoint")).unwrap(), good);
    };
    log.entries.swap(4, 5);
    log.publish();
    refused(&log, Kind::Fork);
    log.makers(300..400);
    log.publish();
    refused(&log, Kind::WrongRoot);
    log.entries.truncate(100);
    log.publish();
    refused(&log, Kind::Fork);
    log.entries = old[..100].to_vec();
    log.publish();
    refused(&log, Kind::Rewound);
    log.entries = old;
    log.slips_in(b"one more".to_vec());
    log.publish();
    log.flips(&bundle_path(1, 49), 2_000);
    let copied = copies(&log, &log.policy(), to.path()).unwrap();
    assert!([Kind::WrongRoot, Kind::ChangedEntry].contains(&copied.findings[0].kind), "{copied:#?}");
    log.publish();
    // What is not cosigned enough is not taken over either.
    let policy = log.witnessed_policy("");
    fs::write(to.path().join("log/checkpoint"), {
        let mut before = Log::with_makers(300);
        before.signer = assay_log::Signer::new(ORIGIN, [9; 32]).unwrap();
        before.cosigned(NOW).to_string()
    })
    .unwrap();
    assert_eq!(copies(&log, &policy, to.path()).unwrap().findings[0].kind, Kind::MissingQuorum);
    assert_eq!(copies(&log, &log.policy(), to.path()).unwrap().size, 305);
}

#[test]
fn a_copy_that_was_stopped_goes_on_where_it_was() {
    let log = Log::with_makers(1_500);
    let to = tempfile::tempdir().unwrap();
    let (stop, read) = (AtomicBool::new(false), AtomicU64::new(0));
    let halfway = |_: &'static str, done: u64, _: u64| {
        read.fetch_max(done, Ordering::Relaxed);
        if done >= 768 {
            stop.store(true, Ordering::Relaxed);
        }
    };
    let pace_to_stop = Pace { at: &halfway, stop: &stop };
    let policy = log.policy();
    let mut mirror = Mirror::open(to.path(), &policy, &pace_to_stop).unwrap();
    let stopped = mirror.copy(&log.source(), &policy, BOUNDS, &pace_to_stop);
    assert!(matches!(stopped, Err(WatchError::Stopped)));
    assert!(!to.path().join("log/checkpoint").exists());
    drop(mirror);
    // The first bundles are taken from where they lie: at the log they could not be had any more.
    for bundle in 0..3 {
        fs::remove_file(log.file(&bundle_path(bundle, 256))).unwrap();
    }
    assert_eq!(copies(&log, &policy, to.path()).unwrap().size, 1_504);
}

#[test]
fn a_copy_takes_so_long_and_so_much_room_at_most_and_the_next_one_goes_on() {
    let log = Log::with_makers(600);
    let to = tempfile::tempdir().unwrap();
    let policy = log.policy();
    let mut mirror = Mirror::open(to.path(), &policy, &pace()).unwrap();
    let mut copies = |longest, most_bytes| {
        let bounds = assay_watch::Bounds { longest, most_bytes };
        let copied = mirror.copy(&log.source(), &policy, bounds, &pace()).unwrap();
        (copied.size, copied.findings.first().map(|finding| finding.kind))
    };
    let hour = std::time::Duration::from_secs(3_600);
    assert_eq!(copies(std::time::Duration::ZERO, 1 << 30), (0, Some(Kind::Withheld)));
    assert_eq!(copies(hour, 100_000), (0, Some(Kind::TooLarge)));
    assert_eq!(copies(hour, 100_000), (0, Some(Kind::TooLarge)), "what lies there counts");
    let first = log.file(&bundle_path(0, 256));
    fs::remove_file(first).unwrap();
    assert_eq!(copies(hour, 1 << 30), (604, None), "the first is not fetched again");
    assert!(!to.path().join("staging").exists());
}

#[test]
fn a_damaged_tile_is_mended_and_a_damaged_entry_is_said() {
    let log = Log::with_makers(300);
    let to = tempfile::tempdir().unwrap();
    copies(&log, &log.policy(), to.path()).unwrap();
    fs::write(to.path().join("log/tile/0/000"), b"rubbish").unwrap();
    fs::remove_file(to.path().join("log/tile/1/000.p/1")).unwrap();
    copies(&log, &log.policy(), to.path()).unwrap();
    same(&log, to.path(), 304);
    let mut bundle = fs::read(to.path().join("log/tile/entries/000")).unwrap();
    bundle[1_000] ^= 1;
    fs::write(to.path().join("log/tile/entries/000"), bundle).unwrap();
    let said = copies(&log, &log.policy(), to.path()).unwrap_err().to_string();
    assert!(said.contains("do not make the root"), "{said}");
}

#[test]
fn a_mirror_keeps_the_cosignatures_it_has_of_the_same_checkpoint() {
    let log = Log::new();
    let to = tempfile::tempdir().unwrap();
    copies(&log, &log.policy(), to.path()).unwrap();
    fs::write(to.path().join("log/checkpoint"), log.cosigned(NOW).to_string()).unwrap();
    let policy = log.witnessed_policy("");
    assert!(copies(&log, &policy, to.path()).unwrap().findings.is_empty());
    assert_eq!(fs::read_to_string(to.path().join("log/checkpoint")).unwrap(), log.cosigned(NOW).to_string());
}
