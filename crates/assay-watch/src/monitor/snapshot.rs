//! The shop's file is signed by the register and not by the log: what it says has to be what the log says, of however many
//! entries it names. A mirror shows none.

use std::fs;

use assay::date::to_days;
use assay::fold::State;
use assay::snapshot::{Header, Snapshot};
use assay::statement::Received;
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use super::judge::Judge;
use super::kept::Kept;
use super::{Look, Report};
use crate::entries::{Pace, Roots, Trouble, walk};
use crate::finding::{Finding, Kind};
use crate::folder::{Folder, WatchError};
use crate::source::SourceError;

/// The longest snapshot that is compared: some two hundred thousand products.
const MOST: u64 = 64 << 20;

/// While the log does not grow its snapshot is compared again after so many seconds: it could be exchanged all the same. So
/// often at most the entries are folded anew, for one that is of fewer than were read.
const AGAIN: u64 = 3_600;

/// One that is of more entries than were shown.
const AHEAD: &str = "ahead.snapshot";

/// What was compared last.
#[derive(Default)]
pub(super) struct Compared {
    /// When, in seconds since 1970.
    at: Option<u64>,
    /// When entries were folded anew for it.
    folded: Option<u64>,
    /// The digest of one that was found right.
    right: Option<[u8; 32]>,
}

/// What a snapshot is held against.
pub(super) struct Log<'a> {
    pub(super) folder: &'a Folder,
    pub(super) kept: &'a mut Kept,
    pub(super) roots: &'a mut Roots,
    pub(super) judge: &'a Judge,
}

/// Compares what `/snapshot` shows with the fold of the entries that it names. One of more entries than were shown is kept,
/// and compared once they are.
pub(super) fn compare(
    log: &mut Log<'_>,
    compared: &mut Compared,
    look: &Look<'_>,
    pace: &Pace<'_>,
    report: &mut Report,
) -> Result<(), Trouble> {
    let Some(now) = log.judge.folded() else { return Ok(()) };
    let rested = |at: Option<u64>| at.is_none_or(|at| look.now.saturating_sub(at) >= AGAIN);
    let digest_of = |bytes: &[u8]| -> Option<[u8; 32]> { Some(Sha256::digest(bytes).into()) };
    let mut told = None;
    if let Some((size, since)) = log.kept.snapshot_ahead {
        let bytes = log.folder.read(AHEAD, MOST)?.unwrap_or_default();
        if size <= log.kept.size {
            hold(log, now, &bytes, (true, look), pace, report)?;
            told = digest_of(&bytes);
            log.kept.snapshot_ahead = None;
            // What cannot be removed only takes room.
            let _ = fs::remove_file(log.folder.path().join(AHEAD));
        } else if look.now.saturating_sub(since) > look.stale_after {
            let says = format!(
                "the register signed a snapshot of {size} entries, and this address shows no more than {} since: entries are kept from you, or it is of no log",
                log.kept.size
            );
            let finding = Finding::new(Kind::SnapshotDiffers, says);
            report.findings.push(finding.with_evidence(log.folder.path(), &[("shown.snapshot", &bytes)])?);
        }
    }
    if report.new == 0 && look.again != u64::MAX && !rested(compared.at) {
        return Ok(());
    }
    let bytes = match look.source.get("snapshot", MOST) {
        Ok(bytes) => bytes,
        Err(SourceError::Missing(_)) => {
            compared.at = Some(look.now);
            return Ok(());
        }
        Err(said) => {
            let says = format!("the snapshot was not compared with the log: {said}");
            report.findings.push(Finding::new(Kind::NotCompared, says));
            return Ok(());
        }
    };
    let digest = digest_of(&bytes);
    if compared.right != digest && told != digest {
        let may_fold = rested(compared.folded);
        match hold(log, now, &bytes, (may_fold, look), pace, report)? {
            Held::Right(anew) => {
                compared.right = digest;
                compared.folded = if anew { Some(look.now) } else { compared.folded };
            }
            Held::Ahead(size) if may_fold && log.kept.snapshot_ahead.is_none() => {
                log.folder.replace(AHEAD, &bytes)?;
                log.kept.snapshot_ahead = Some((size, look.now));
                compared.folded = Some(look.now);
            }
            Held::Ahead(_) | Held::Later | Held::Wrong => {}
        }
    }
    compared.at = Some(look.now);
    Ok(())
}

/// What became of a comparison.
enum Held {
    /// It says what the log says, for which entries were folded anew or not.
    Right(bool),
    Wrong,
    /// It is of fewer entries, which are not folded anew now.
    Later,
    /// It is of so many entries, which are more than were shown.
    Ahead(u64),
}

fn hold(
    log: &mut Log<'_>,
    now: &State,
    bytes: &[u8],
    (may_fold, look): (bool, &Look<'_>),
    pace: &Pace<'_>,
    report: &mut Report,
) -> Result<Held, Trouble> {
    let says = match Snapshot::open(bytes, &log.judge.keys().register, &log.kept.origin) {
        Err(error) => format!("the snapshot is none of this register: {error}"),
        Ok(snapshot) => {
            let (size, all) = (snapshot.header().log_size, log.kept.size);
            let days = wrong_day(snapshot.header(), look.today);
            if size > all && days.is_none() {
                return Ok(Held::Ahead(size));
            }
            let root = if size >= all {
                log.kept.root.clone()
            } else {
                log.roots.at(log.folder, size, all)?.to_string()
            };
            if let Some(days) = days {
                days
            } else if snapshot.header().root != root {
                format!("the snapshot names another root of {size} entries than the log")
            } else if size < all && !may_fold {
                return Ok(Held::Later);
            } else {
                let then = if size == all { None } else { Some(earlier(log, size, pace)?) };
                match differs(then.as_ref().unwrap_or(now), &snapshot) {
                    None => return Ok(Held::Right(size < all)),
                    Some(first) => {
                        format!("the snapshot says something else than the {size} entries it names{first}")
                    }
                }
            }
        }
    };
    let finding = Finding::new(Kind::SnapshotDiffers, says);
    report.findings.push(finding.with_evidence(log.folder.path(), &[("shown.snapshot", bytes)])?);
    Ok(Held::Wrong)
}

/// What is wrong with the day of a snapshot. One that is over is old, and wrong for nobody: a gate allows nothing by it; one that
/// is to be relied on for too long is not opened.
fn wrong_day(header: &Header, today: Date) -> Option<String> {
    let issued = header.issued;
    (to_days(issued) - to_days(today) > 1).then(|| {
        format!("the snapshot is of {issued}, and today is {today}: shops take it for newer than it is")
    })
}

/// What held after the first `size` of the kept entries, whose signatures were verified when they came.
fn earlier(log: &Log<'_>, size: u64, pace: &Pace<'_>) -> Result<State, WatchError> {
    let mut state = log.judge.begun();
    walk(log.folder, 0, size, log.kept.size, |index, entry| {
        pace.tick("snapshot", index, size)?;
        let refused = |why: String| WatchError::Impossible(format!("kept entry {index}: {why}"));
        let received = Received::parse(entry).map_err(|error| refused(error.to_string()))?;
        state.replay(received).map(drop).map_err(|error| refused(error.to_string()))
    })?;
    Ok(state)
}

/// The first number of which the two say something else, in words; none where they are the same.
fn differs(state: &State, snapshot: &Snapshot) -> Option<String> {
    let mut ours = state.records();
    ours.sort_by_key(|record| record.gtin);
    let mut theirs = snapshot.records();
    let mut mine = ours.into_iter();
    loop {
        let (mine, theirs) = (mine.next(), theirs.next());
        if mine != theirs {
            let first = [mine, theirs].into_iter().flatten().map(|record| record.gtin).min();
            return Some(first.map(|gtin| format!(", first of GTIN {gtin}")).unwrap_or_default());
        }
        if mine.is_none() {
            // The same records, and names of other products beside them, or a form that such records do not have.
            return match snapshot.is_of(state.for_snapshot()) {
                Ok(true) => None,
                Ok(false) => Some(": its brands and models, or the form of its records".into()),
                Err(error) => Some(format!(": {error}")),
            };
        }
    }
}
