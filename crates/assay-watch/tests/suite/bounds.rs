//! What a log that hides, swells or lies everywhere can cost its reader, and what a disk that fails can.

use std::fs;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use assay_watch::monitor::Monitor;
use assay_watch::{Bounds, Kind, WatchError};

use crate::house::*;

#[test]
fn a_checkpoint_that_is_taken_away_or_is_no_text_is_told_and_ends_no_watch() {
    let log = Log::new();
    let watcher = Watcher::of(&log);
    // To who has seen nothing yet the address may be wrong.
    fs::remove_file(log.file("checkpoint")).unwrap();
    assert!(watcher.tries(&log.source()).unwrap_err().to_string().contains("without /log"));
    log.publish();
    assert!(!watcher.looks(&log).accuses());
    fs::remove_file(log.file("checkpoint")).unwrap();
    assert_eq!(accusations(&watcher.looks(&log)), [Kind::Withheld]);
    log.write("checkpoint", &vec![b'x'; 1_100_000]);
    assert_eq!(accusations(&watcher.looks(&log)), [Kind::Withheld]);
    let mut bytes = log.note().to_string().into_bytes();
    bytes.extend_from_slice("\u{2014} other.example/\u{fffd} AAAAAAAA\n".as_bytes());
    log.write("checkpoint", &bytes);
    assert_eq!(accusations(&watcher.looks(&log)), [], "a line of somebody else may be under any name");
    let at = bytes.windows(3).position(|part| part == "\u{fffd}".as_bytes()).unwrap();
    bytes.splice(at..at + 3, [0xff]);
    log.write("checkpoint", &bytes);
    let report = watcher.looks(&log);
    let finding = the_one(&report);
    assert_eq!((finding.kind, evidence(finding, "shown.checkpoint")), (Kind::BadCheckpoint, bytes));
    log.publish();
    assert!(!watcher.looks(&log).accuses());
}

#[test]
fn entries_that_were_fetched_are_not_fetched_again_because_one_file_is_withheld() {
    let log = Log::with_makers(600);
    let gone = log.file(&bundle_path(2, 92));
    let bytes = fs::read(&gone).unwrap();
    fs::remove_file(&gone).unwrap();
    let watcher = Watcher::of(&log);
    assert_eq!(accusations(&watcher.looks(&log)), [Kind::Withheld]);
    assert!(watcher.state.path().join("staging/tile/entries/000").is_file());
    fs::write(&gone, bytes).unwrap();
    // Were the first one fetched again it would be missed now.
    fs::remove_file(log.file(&bundle_path(0, 256))).unwrap();
    let report = watcher.looks(&log);
    assert_eq!((report.size, accusations(&report)), (log.size(), vec![]));
}

#[test]
fn a_log_that_gives_its_entries_drop_by_drop_is_told_of_and_read_all_the_same() {
    let log = Log::with_makers(600);
    let watcher = Watcher { bounds: Bounds { longest: Duration::ZERO, ..BOUNDS }, ..Watcher::of(&log) };
    let mut monitor = Monitor::open(watcher.state.path(), watcher.today, &pace()).unwrap();
    let source = log.source();
    let report = monitor.pass(&watcher.look(&source), &pace()).unwrap();
    assert_eq!(
        the_one(&report).says,
        "the checkpoint is of 604 entries, and 256 of them could be had within 0 seconds: the next look goes on from there"
    );
    assert_eq!((the_one(&report).kind, report.size), (Kind::Withheld, 0));
    let watcher = Watcher { bounds: BOUNDS, ..watcher };
    // What was read is kept.
    fs::remove_file(log.file(&bundle_path(0, 256))).unwrap();
    let report = monitor.pass(&watcher.look(&source), &pace()).unwrap();
    assert_eq!((report.size, accusations(&report)), (604, vec![]));
}

#[test]
fn a_pass_that_the_disk_ends_is_taken_up_by_the_same_monitor_without_a_false_word() {
    let mut log = Log::with_makers(10);
    let watcher = Watcher::of(&log);
    let mut monitor = Monitor::open(watcher.state.path(), watcher.today, &pace()).unwrap();
    let source = log.source();
    let look = watcher.look(&source);
    assert!(!monitor.pass(&look, &pace()).unwrap().accuses());
    // The new statements are folded, one of them is told of, and its evidence cannot be kept.
    log.makers(10..20);
    let entry = crate::statements::assessed_again(&log, "2026-12-24");
    let index = log.appends(entry);
    log.makers(20..30);
    log.publish();
    let blocked = watcher.state.path().join("evidence");
    fs::write(&blocked, "a file stands where the folder would be").unwrap();
    assert!(matches!(monitor.pass(&look, &pace()), Err(WatchError::Impossible(_))));
    fs::remove_file(&blocked).unwrap();
    let report = monitor.pass(&look, &pace()).unwrap();
    let finding = the_one(&report);
    assert_eq!((finding.kind, finding.index), (Kind::FutureDate, Some(index)));
    assert_eq!((report.size, report.new), (log.size(), 21));
    // What was kept on the way is what a new process reads.
    drop(monitor);
    assert_eq!(the_one(&watcher.looks(&log)).kind, Kind::FutureDate);
}

#[test]
fn a_log_that_swaps_every_tile_costs_its_reader_a_bounded_answer() {
    // What the entries say does not matter here: the first is refused, and the tree is right.
    let mut log = Log::new();
    for number in 0..26_000u32 {
        log.slips_in(number.to_be_bytes().to_vec());
    }
    log.publish();
    for index in 0..101 {
        let path = assay_log::TilePath::hashes(0, index, 256).unwrap().to_string();
        log.flips(&path, 9);
    }
    let report = Watcher::of(&log).looks(&log);
    assert_eq!(report.size, 26_004);
    let told = accusations(&report);
    let swapped = told.iter().filter(|kind| **kind == Kind::SwappedTile).count();
    assert_eq!((swapped, told.len()), (100, 101));
}

#[test]
fn a_log_larger_than_is_read_is_found_and_nothing_of_it_is_kept() {
    let log = Log::with_makers(10);
    let watcher = Watcher { most_entries: 13, ..Watcher::of(&log) };
    let report = watcher.looks(&log);
    let finding = the_one(&report);
    assert_eq!((finding.kind, report.size), (Kind::TooLarge, 0));
    assert!(finding.says.contains("a checkpoint of 14 entries, and at most 13 are read"), "{finding}");
    assert_eq!(evidence(finding, "shown.checkpoint"), log.note().to_string().as_bytes());
    assert!(!watcher.state.path().join("log").exists());
}

#[test]
fn entries_that_are_more_than_there_is_room_for_are_found_and_not_fetched() {
    let mut log = Log::with_makers(600);
    let watcher = Watcher { bounds: Bounds { most_bytes: 100_000, ..BOUNDS }, ..Watcher::of(&log) };
    let staged =
        |watcher: &Watcher| fs::read_dir(watcher.state.path().join("staging/tile/entries")).unwrap().count();
    for _ in 0..2 {
        let report = watcher.looks(&log);
        let finding = the_one(&report);
        assert_eq!((finding.kind, report.size), (Kind::TooLarge, 0), "{finding}");
        assert_eq!(evidence(finding, "shown.checkpoint"), log.note().to_string().as_bytes());
        assert_eq!(staged(&watcher), 1);
    }
    // A log that grows and always withholds something leaves one partial file, not one for each look.
    let watcher = Watcher { bounds: BOUNDS, ..watcher };
    for more in 0..3u32 {
        log.makers(600 + more..601 + more);
        log.publish();
        let width = (log.size() % 256) as u16;
        fs::remove_file(log.file(&assay_log::TilePath::hashes(0, 2, width).unwrap().to_string())).unwrap();
        assert_eq!(accusations(&watcher.looks(&log)), [Kind::Withheld]);
        let partial = fs::read_dir(watcher.state.path().join("staging/tile/entries/002.p")).unwrap();
        assert_eq!(
            partial.map(|file| file.unwrap().file_name()).collect::<Vec<_>>(),
            [width.to_string().as_str()]
        );
    }
    log.publish();
    let report = watcher.looks(&log);
    assert_eq!((report.size, accusations(&report)), (607, vec![]));
}

#[test]
fn others_who_say_nothing_cost_a_look_the_time_of_one() {
    let log = Log::new();
    // They take the connection, and are silent.
    let silent: Vec<_> = (0..6).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    let others = silent.iter().map(|s| format!("http://{}/log/checkpoint", s.local_addr().unwrap()));
    let others = others.chain([format!("{}/log/checkpoint", log.served.address)]).collect();
    let watcher = Watcher { others, ..Watcher::of(&log) };
    let started = Instant::now();
    let report = watcher.looks(&log);
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    let missed = report.findings.iter().filter(|f| f.kind == Kind::NotCompared).count();
    assert_eq!((missed, accusations(&report)), (6, vec![]), "{report:#?}");
}
