//! What the bytes of a log can lie about.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use assay_log::{Checkpoint, Signer};
use assay_watch::monitor::Monitor;
use assay_watch::{Kind, Pace, WatchError};

use crate::house::*;

#[test]
fn an_honest_log_is_clean_from_an_empty_folder_and_as_it_grows() {
    let mut log = Log::with_makers(300);
    let watcher = Watcher::of(&log);
    let report = watcher.looks(&log);
    assert_eq!((report.size, report.new, report.accuses()), (304, 304, false), "{report:#?}");
    assert_eq!(report.root, log.tree().root().to_string());
    let told: Vec<Kind> = report.findings.iter().map(|f| f.kind).collect();
    assert_eq!(told, [Kind::NoWitness, Kind::UnpinnedKeys]);
    log.makers(300..600);
    log.publish();
    let report = watcher.looks(&log);
    assert_eq!((report.size, report.new, accusations(&report)), (604, 300, vec![]));
    let report = watcher.looks(&log);
    assert_eq!((report.size, report.new, accusations(&report)), (604, 0, vec![]));
    assert!(!watcher.state.path().join("evidence").exists());
}

#[test]
fn a_fork_is_caught_and_both_checkpoints_are_kept_for_ever() {
    let mut log = Log::with_makers(20);
    let watcher = Watcher::of(&log);
    watcher.looks(&log);
    let seen = fs::read(log.file("checkpoint")).unwrap();
    // The log replaces one of the entries it has shown, and goes on from there.
    log.entries[7] = log.entries[8].clone();
    log.publish();
    let report = watcher.looks(&log);
    let finding = the_one(&report);
    assert_eq!(finding.kind, Kind::Fork);
    assert!(
        finding
            .says
            .starts_with("the log signed two histories: of its first 24 entries it now says the root"),
        "{finding}"
    );
    assert_eq!(evidence(finding, "seen.checkpoint"), seen);
    assert_eq!(evidence(finding, "shown.checkpoint"), log.note().to_string().as_bytes());
    // It grows: what was seen is still what counts, and new evidence lies beside the old.
    log.makers(20..40);
    log.publish();
    let again = watcher.looks(&log);
    let other = the_one(&again);
    assert_eq!(other.kind, Kind::ChangedEntry, "{again:#?}");
    let kept = evidence(finding, "shown.checkpoint");
    fs::write(finding.evidence.as_ref().unwrap().join("shown.checkpoint"), b"mine").unwrap();
    log.entries.truncate(24);
    log.publish();
    assert_eq!(the_one(&watcher.looks(&log)).kind, Kind::Fork);
    assert_eq!(evidence(finding, "shown.checkpoint"), b"mine", "evidence is never written over");
    assert_ne!(kept, b"mine");
}

#[test]
fn a_fork_below_full_bundles_is_told_from_a_changed_entry() {
    let mut log = Log::with_makers(252);
    assert_eq!(log.size(), 256);
    let watcher = Watcher::of(&log);
    watcher.looks(&log);
    log.entries[3] = log.entries[9].clone();
    log.makers(252..300);
    log.publish();
    let report = watcher.looks(&log);
    assert_eq!(the_one(&report).kind, Kind::Fork, "{report:#?}");
    assert_eq!(
        the_one(&report).says,
        "the log signed two histories: its tree of 304 entries does not begin with the 256 that it showed before"
    );
    assert_eq!(report.size, 256, "what was seen stays");
}

#[test]
fn a_rewound_checkpoint_is_caught() {
    let mut log = Log::with_makers(20);
    let watcher = Watcher::of(&log);
    let old = fs::read(log.file("checkpoint")).unwrap();
    log.makers(20..300);
    log.publish();
    watcher.looks(&log);
    log.write("checkpoint", &old);
    let report = watcher.looks(&log);
    let finding = the_one(&report);
    assert_eq!(finding.kind, Kind::Rewound);
    assert_eq!(
        finding.says,
        "the checkpoint is of 24 entries, and one of 304 was shown before: a log never shrinks"
    );
    assert_eq!(evidence(finding, "shown.checkpoint"), old);
}

#[test]
fn a_changed_entry_is_named_whether_it_was_read_before_or_not() {
    let log = Log::with_makers(300);
    let first = bundle_path(0, 256);
    log.flips(&first, 1_000);
    let watcher = Watcher::of(&log);
    let report = watcher.looks(&log);
    let finding = the_one(&report);
    assert_eq!((finding.kind, report.size), (Kind::ChangedEntry, 0), "{report:#?}");
    let index = finding.index.unwrap();
    assert_eq!(
        finding.says,
        format!("entry {index} is not the one that the log signed for: its hash is not the tree's leaf")
    );
    assert_ne!(evidence(finding, "shown.entry"), log.entries[index as usize]);
    // Mended, read, and then changed behind the reader's back.
    log.publish();
    assert!(!watcher.looks(&log).accuses());
    log.flips(&first, 1_000);
    let report = watcher.looks(&log);
    assert_eq!(the_one(&report).says, format!("entry {index} is not the one that was shown before"));
}

#[test]
fn a_swapped_tile_is_named() {
    let log = Log::with_makers(300);
    for tile in ["tile/0/000", "tile/0/001.p/48", "tile/1/000.p/1"] {
        log.flips(tile, 17);
        let watcher = Watcher::of(&log);
        let report = watcher.looks(&log);
        let finding = the_one(&report);
        assert_eq!((finding.kind, finding.file.as_deref()), (Kind::SwappedTile, Some(tile)), "{report:#?}");
        assert_eq!(
            finding.says,
            format!("{tile} is not the tile that the entries make, though the root is right")
        );
        log.publish();
    }
    let watcher = Watcher::of(&log);
    watcher.looks(&log);
    log.flips("tile/0/000", 17);
    assert_eq!(the_one(&watcher.looks(&log)).says, "tile/0/000 is not the tile that it was");
}

#[test]
fn a_root_that_nothing_makes_and_a_file_that_is_not_shown_are_told() {
    let log = Log::with_makers(20);
    let other = Log::with_makers(21);
    let root = other.tree().root();
    let note = Checkpoint::new(ORIGIN, 24, root).unwrap().sign(&log.signer).unwrap();
    log.write("checkpoint", note.to_string().as_bytes());
    assert_eq!(the_one(&Watcher::of(&log).looks(&log)).kind, Kind::WrongRoot);
    log.publish();
    fs::remove_file(log.file(&bundle_path(0, 24))).unwrap();
    let report = Watcher::of(&log).looks(&log);
    assert_eq!(the_one(&report).kind, Kind::Withheld);
    assert_eq!(the_one(&report).file.as_deref(), Some("tile/entries/000.p/24"));
}

#[test]
fn a_partial_file_may_go_once_the_full_one_is_there() {
    let mut log = Log::with_makers(20);
    let old = fs::read(log.file("checkpoint")).unwrap();
    log.makers(20..300);
    log.publish();
    log.write("checkpoint", &old);
    for gone in ["tile/entries/000.p/24", "tile/0/000.p/24"] {
        fs::remove_file(log.file(gone)).unwrap();
    }
    assert!(!Watcher::of(&log).looks(&log).accuses());
}

#[test]
fn a_checkpoint_of_somebody_else_or_of_nobody_is_refused() {
    let log = Log::new();
    let watcher = Watcher::of(&log);
    let thief = Signer::new(ORIGIN, [8; 32]).unwrap();
    let forged = Checkpoint::new(ORIGIN, 4, log.tree().root()).unwrap().sign(&thief).unwrap();
    for shown in [forged.to_string(), "nonsense".into(), String::new()] {
        log.write("checkpoint", shown.as_bytes());
        let report = watcher.looks(&log);
        assert_eq!(the_one(&report).kind, Kind::BadCheckpoint, "{shown}");
        assert!(the_one(&report).says.starts_with("the checkpoint is not to be believed: "));
    }
}

#[test]
fn cosignatures_count_when_they_hold_and_are_fresh() {
    let log = Log::new();
    let mut watcher = Watcher::with(log.witnessed_policy(""));
    let report = watcher.looks(&log);
    assert_eq!(the_one(&report).kind, Kind::MissingQuorum);
    assert!(the_one(&report).says.starts_with("too few witnesses cosigned this checkpoint: north did not"));
    assert_eq!(report.size, 4, "what the log signed is looked at in any case");
    log.write("checkpoint", log.cosigned(NOW - 60).to_string().as_bytes());
    let report = watcher.looks(&log);
    assert_eq!((accusations(&report), report.fresh_as_of), (vec![], Some(NOW - 60)), "{report:#?}");
    // The line of another checkpoint under this one.
    let checkpoint = Checkpoint::new(ORIGIN, 3, log.tree().root()).unwrap();
    let bad = log.note().with_signatures([north().cosign(&checkpoint, NOW).unwrap()]).unwrap();
    log.write("checkpoint", bad.to_string().as_bytes());
    let report = watcher.looks(&log);
    assert_eq!(the_one(&report).kind, Kind::BadCosignature);
    assert!(the_one(&report).says.starts_with("the witness north: "), "{report:#?}");
    // Two days later nothing new was cosigned.
    log.write("checkpoint", log.cosigned(NOW).to_string().as_bytes());
    watcher.now = NOW + 2 * 86_400;
    let report = watcher.looks(&log);
    assert_eq!(the_one(&report).kind, Kind::Stale);
    assert!(
        the_one(&report).says.starts_with("a quorum of witnesses saw this checkpoint 172800 seconds ago")
    );
}

#[test]
fn one_log_for_one_reader_and_another_for_the_next_is_caught_by_comparing() {
    let (mine, mut theirs) = (Log::with_makers(20), Log::with_makers(20));
    theirs.entries[5] = theirs.entries[6].clone();
    theirs.publish();
    let mut watcher = Watcher::of(&mine);
    watcher.others = vec![format!("{}/log/checkpoint", theirs.served.address)];
    let report = watcher.looks(&mine);
    let finding = the_one(&report);
    assert_eq!(finding.kind, Kind::SplitView);
    assert!(
        finding.says.contains("was shown another log: of 24 entries the log signed the root"),
        "{finding}"
    );
    assert_eq!(evidence(finding, "others.checkpoint"), theirs.note().to_string().as_bytes());
    assert_eq!(evidence(finding, "seen.checkpoint"), mine.note().to_string().as_bytes());
    // One who has more is remembered until this address shows as much.
    let mut ahead = Log::with_makers(20);
    ahead.entries[5] = ahead.entries[6].clone();
    ahead.entries.push(ahead.entries[7].clone());
    ahead.publish();
    let mut honest = Log::with_makers(20);
    let mut watcher = Watcher::of(&honest);
    watcher.others = vec![format!("{}/log/checkpoint", ahead.served.address)];
    let report = watcher.looks(&honest);
    assert_eq!(accusations(&report), []);
    assert!(report.findings.iter().any(|f| f.kind == Kind::Behind), "{report:#?}");
    watcher.others.clear();
    honest.makers(20..30);
    honest.publish();
    assert_eq!(the_one(&watcher.looks(&honest)).kind, Kind::SplitView);
}

#[test]
fn entries_that_others_were_shown_and_this_reader_never_is_are_withheld() {
    let (mine, theirs) = (Log::with_makers(20), Log::with_makers(30));
    let mut watcher = Watcher::of(&mine);
    watcher.others = vec![format!("{}/log/checkpoint", theirs.served.address)];
    assert_eq!(accusations(&watcher.looks(&mine)), []);
    watcher.others.clear();
    watcher.now += 86_400;
    assert_eq!(accusations(&watcher.looks(&mine)), []);
    watcher.now += 1;
    let report = watcher.looks(&mine);
    let finding = the_one(&report);
    assert_eq!(finding.kind, Kind::Withheld);
    assert_eq!(
        finding.says,
        "another reader, earlier, was shown 34 entries, and this address shows 24, 86401 seconds after that was known: entries are kept from you"
    );
    assert_eq!(evidence(finding, "others.checkpoint"), theirs.note().to_string().as_bytes());
    // Shown after all, they are compared, and nothing is left to say.
    let report = watcher.looks(&theirs);
    assert_eq!((accusations(&report), report.size), (vec![], 34));
    assert_eq!(accusations(&watcher.looks(&theirs)), []);
}

#[test]
fn a_first_run_that_was_stopped_goes_on_where_it_was() {
    let log = Log::with_makers(1_500);
    let watcher = Watcher::of(&log);
    let stop = AtomicBool::new(false);
    let halfway = |step: &'static str, done: u64, _: u64| {
        stop.fetch_or(step == "entries" && done >= 768, Ordering::Relaxed);
    };
    let stopped = watcher.runs(&log.source(), &Pace { at: &halfway, stop: &stop });
    assert!(matches!(stopped, Err(WatchError::Stopped)));
    // The first bundles are taken from where they lie: at the log they could not be had any more.
    let hidden: Vec<_> = (0..3).map(|at| log.file(&bundle_path(at, 256))).collect();
    for path in &hidden {
        fs::rename(path, path.with_extension("hidden")).unwrap();
    }
    let report = watcher.looks(&log);
    assert_eq!((report.size, accusations(&report)), (1_504, vec![]), "{report:#?}");
}

#[test]
fn the_same_state_at_another_address_catches_a_split_view_as_a_fork() {
    let (mine, mut theirs) = (Log::with_makers(20), Log::with_makers(20));
    theirs.entries.swap(5, 6);
    theirs.publish();
    let watcher = Watcher::of(&mine);
    watcher.looks(&mine);
    assert_eq!(the_one(&watcher.looks(&theirs)).kind, Kind::Fork);
}

#[test]
fn what_is_no_lie_is_no_finding() {
    let log = Log::new();
    let watcher = Watcher::of(&log);
    watcher.looks(&log);
    // Another log under the same state, an address without a log, a port where nobody is, a damaged state.
    let other = Signer::new("other.example/log", [9; 32]).unwrap();
    let policy = format!("log {}\nquorum none\n", other.verifier()).parse().unwrap();
    let stranger = Watcher { policy, ..Watcher::of(&log) };
    assert_eq!(the_one(&stranger.looks(&log)).kind, Kind::BadCheckpoint);
    let nowhere = assay_watch::Source::at(&format!("{}/nowhere", log.served.address)).unwrap();
    assert!(matches!(Watcher::of(&log).tries(&nowhere), Err(WatchError::Usage(_))));
    assert_eq!(the_one(&watcher.tries(&nowhere).unwrap()).kind, Kind::Withheld, "it was shown a log before");
    let dead = assay_watch::Source::at("http://127.0.0.1:1").unwrap();
    assert!(matches!(watcher.tries(&dead), Err(WatchError::Impossible(_))));
    fs::write(watcher.state.path().join("log/tile/entries/000.p/4"), b"x").unwrap();
    let said = watcher.tries(&log.source()).unwrap_err().to_string();
    assert!(said.contains("damaged"), "{said}");
}

#[test]
fn no_byte_of_any_published_file_can_be_changed_unseen() {
    let log = Log::with_makers(20);
    let long = std::env::var_os("ASSAY_LONG").is_some();
    let files = ["checkpoint".to_owned(), bundle_path(0, 24), "tile/0/000.p/24".to_owned()];
    for name in files {
        let bytes = fs::read(log.file(&name)).unwrap();
        // Lengths, headers, payloads, signatures: all of the checkpoint's bytes where there is time.
        let step = if long { bytes.len() / 300 + 1 } else { bytes.len() / 24 + 1 };
        let flipped = (0..bytes.len()).step_by(step).map(|at| {
            let mut bent = bytes.clone();
            bent[at] ^= 1 << (at % 8);
            (format!("bit {} of byte {at}", at % 8), bent)
        });
        let longer = (format!("{name} with a byte more"), [&bytes[..], b"x"].concat());
        let cut = [0, 1, bytes.len() / 2, bytes.len() - 1];
        let cut = cut.map(|end| (format!("cut to {end}"), bytes[..end].to_vec()));
        for (how, bent) in flipped.chain(cut).chain([longer]) {
            log.write(&name, &bent);
            let report = Watcher::of(&log).looks(&log);
            assert!(report.accuses(), "{name}, {how}: {report:#?}");
        }
        log.write(&name, &bytes);
    }
    assert!(!Watcher::of(&log).looks(&log).accuses());
}

#[test]
fn files_that_were_verified_are_fetched_again_in_turn_or_all_at_once() {
    let log = Log::with_makers(1_000);
    let mut watcher = Watcher::of(&log);
    watcher.again = 1;
    assert!(!watcher.looks(&log).accuses());
    log.flips(&bundle_path(2, 256), 1_000);
    let found: Vec<bool> = (0..8).map(|_| watcher.looks(&log).accuses()).collect();
    assert_eq!(found, [false, false, true, false, false, false, true, false]);
    watcher.again = u64::MAX;
    assert_eq!(the_one(&watcher.looks(&log)).kind, Kind::ChangedEntry);
}

#[test]
fn whatever_size_others_were_shown_it_is_compared_with_what_was_read() {
    // A reader that is behind is shown an earlier checkpoint, right or wrong, at each look of one monitor.
    let mut log = Log::with_makers(300);
    let (early, forged) = (log.note(), {
        let mut other = Log::with_makers(300);
        other.entries.swap(7, 8);
        other.note()
    });
    log.makers(300..500);
    log.publish();
    let mirror = tempfile::tempdir().unwrap();
    let served = Served::of(assay_watch::public_files(mirror.path().to_owned()));
    let shows = |note: &assay_log::Note| {
        fs::create_dir_all(mirror.path().join("log")).unwrap();
        fs::write(mirror.path().join("log/checkpoint"), note.to_string()).unwrap();
    };
    let others = vec![format!("{}/log/checkpoint", served.address)];
    let watcher = Watcher { others, ..Watcher::of(&log) };
    let mut monitor = Monitor::open(watcher.state.path(), watcher.today, &pace()).unwrap();
    let source = log.source();
    for round in 0..2 {
        for (note, kinds) in [(&early, vec![]), (&forged, vec![Kind::SplitView]), (&early, vec![])] {
            shows(note);
            let report = monitor.pass(&watcher.look(&source), &pace()).unwrap();
            assert_eq!(accusations(&report), kinds, "{round}");
        }
    }
}

#[test]
fn a_state_that_was_put_back_has_forgotten_and_a_bent_one_is_not_used() {
    let mut log = Log::with_makers(10);
    let watcher = Watcher::of(&log);
    watcher.looks(&log);
    let of_before = copied(watcher.state.path());
    log.makers(10..20);
    log.publish();
    assert_eq!(watcher.looks(&log).size, 24);
    let of_now = copied(watcher.state.path());
    log.entries.swap(15, 16);
    log.publish();
    assert_eq!(the_one(&watcher.looks(&log)).kind, Kind::Fork);
    put_back(&of_before, watcher.state.path());
    let report = watcher.looks(&log);
    assert_eq!((report.size, report.new, accusations(&report)), (24, 10, vec![]), "it knows 14 of them only");
    // What is bent and not whole is said, and nothing is accused because of it.
    let state = watcher.state.path().join("monitor.json");
    for (word, bent, says) in [
        ("\"size\": 24", "\"size\": 23", "damaged"),
        ("\"root\": \"", "\"root\": \"A", "are not those that were verified"),
        ("\"format\": \"", "\"format\": \"x", "is not what a monitor wrote"),
    ] {
        put_back(&of_now, watcher.state.path());
        let text = fs::read_to_string(&state).unwrap();
        assert!(text.contains(word), "{text}");
        fs::write(&state, text.replace(word, bent)).unwrap();
        let said = watcher.tries(&log.source()).unwrap_err().to_string();
        assert!(said.contains(says), "{said}");
    }
    // Its keys are nobody's but its owner's to keep: with others it accuses an honest register.
    put_back(&of_now, watcher.state.path());
    let text = fs::read_to_string(&state).unwrap();
    fs::write(&state, text.replace(&key(1).public().to_string(), &key(8).public().to_string())).unwrap();
    log.entries.swap(15, 16);
    log.publish();
    assert_eq!(accusations(&watcher.looks(&log)), [Kind::RefusedStatement]);
}
