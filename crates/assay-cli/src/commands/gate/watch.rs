//! `assay gate --watch`: the catalogue is judged again whenever a snapshot arrives, the day changes or the catalogue does, and only the
//! rows that came to something else are printed.

use std::fs::{self, File};
use std::io::{self, BufWriter, Seek as _};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use assay::date::Date;
use assay::snapshot::Snapshot;
use assay_gate::{Column, Summary};
use csv::{ByteRecord, Reader, WriterBuilder};

use super::people::People;
use super::{Args, Asked, Job, exit_of, read_snapshot, source};
use crate::exit::{Exit, Failure};
use crate::trusted::Trusted;
use crate::watching::stop_flag;
use crate::{output, today};

/// What a row is known by, and what it came to.
const COLUMNS: [Column; 5] = [Column::Line, Column::Sku, Column::Gtin14, Column::Verdict, Column::Reason];
/// How many of them say which row it is.
const KEY: usize = 3;
/// How often the files are looked at for changes while waiting.
const STEP: Duration = Duration::from_millis(200);

/// A file as it lay: when it was changed and how long it was.
type Stamp = Option<(SystemTime, u64)>;

fn stamp(path: &Path) -> Stamp {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

pub(super) fn run(args: &Args, trust: &Trusted) -> Result<Exit, Failure> {
    if args.catalogue.as_os_str() == "-" {
        return Err(Failure::unreadable(
            "--watch reads the catalogue again and again: name a file in place of -",
        ));
    }
    let stop = stop_flag()?;
    let asked = Asked::of(args)?;
    // Before it is read: what arrives meanwhile is seen at the next look.
    let mut seen = stamp(&args.snapshot);
    let mut snapshot = read_snapshot(&args.snapshot, &trust.keys)?;
    let mut before: Option<File> = None;
    let mut exit = Exit::Holds;
    while !stop.load(Ordering::Relaxed) {
        let clock = today::today();
        let stamps = [seen, stamp(&args.catalogue)];
        match args.day(&snapshot, clock).and_then(|day| judged(args, &asked, &snapshot, day)) {
            Ok((summary, now)) => {
                exit = exit_of(&summary);
                let changed = changes(before.as_mut(), &now).map_err(|e| broken(&e))?;
                let header = snapshot.header();
                output::note(&format!(
                    "snapshot {} of {}, sale on {}: {} rows, {changed} changed",
                    header.number,
                    header.issued,
                    args.on.unwrap_or(clock),
                    summary.rows
                ));
                before = Some(now);
            }
            // What can be mended while it waits is told, and looked at again.
            Err(failure) if before.is_some() => output::note(failure.message()),
            Err(failure) => return Err(failure),
        }
        let mut waited = Duration::ZERO;
        loop {
            std::thread::sleep(STEP);
            waited += STEP;
            let due = waited >= Duration::from_secs(args.interval.into());
            let other_day = args.on.is_none() && today::today() != clock;
            let changed = due && [stamp(&args.snapshot), stamp(&args.catalogue)] != stamps;
            if stop.load(Ordering::Relaxed) || other_day || changed {
                break;
            }
            if due {
                waited = Duration::ZERO;
            }
        }
        if !stop.load(Ordering::Relaxed) {
            seen = stamp(&args.snapshot);
            match newer(args, trust, &snapshot) {
                Ok(next) => snapshot = next,
                Err(failure) => output::note(&format!("{}; the one before is kept", failure.message())),
            }
        }
    }
    Ok(exit)
}

/// The snapshot that lies there now, if it is not older than the one before.
fn newer(args: &Args, trust: &Trusted, before: &Snapshot) -> Result<Snapshot, Failure> {
    let next = read_snapshot(&args.snapshot, &trust.keys)?;
    let age = |s: &Snapshot| (s.header().log_size, s.header().number, s.header().issued);
    if age(&next) < age(before) {
        return Err(Failure::unreadable(format!(
            "{} is older than the snapshot before",
            args.snapshot.display()
        )));
    }
    Ok(next)
}

/// Judges the catalogue into a file without a name.
fn judged(args: &Args, asked: &Asked, snapshot: &Snapshot, day: Date) -> Result<(Summary, File), Failure> {
    args.hold_against_calendar(snapshot, day)?;
    let markets = asked.markets(args, snapshot, day);
    let opened = source::open(&args.catalogue, None, &asked.columns)?;
    let how = assay_gate::How { columns: COLUMNS.to_vec(), ..args.how(opened.size, snapshot.len()) };
    let wish = assay_gate::Wish { columns: COLUMNS.to_vec(), ..asked.wish.clone() };
    let mut job = Job { markets: &markets, how: &how, wish: &wish, people: People::of(None) };
    let mut file = tempfile::tempfile().map_err(|e| broken(&e))?;
    let summaries = job.judge(opened.catalogue, &file);
    opened.bar.finish_and_clear();
    let mut summaries =
        summaries.map_err(|e| source::failure(&args.catalogue.display().to_string(), None, &e))?;
    file.rewind().map_err(|e| broken(&e))?;
    let summary = summaries.pop().ok_or_else(|| Failure::impossible("nothing was judged"))?;
    Ok((summary, file))
}

fn broken(error: &io::Error) -> Failure {
    Failure::impossible(format!("what changed could not be found out: {error}"))
}

/// Prints the rows that came to something else than before, and says how many; all rows of the first time, and from the row on where the
/// catalogue is another one.
fn changes(before: Option<&mut File>, now: &File) -> io::Result<u64> {
    let first = before.is_none();
    let mut out = WriterBuilder::new().from_writer(BufWriter::new(io::stdout().lock()));
    if first {
        let names = COLUMNS.iter().map(|column| column.name()).chain(["verdict_before", "reason_before"]);
        out.write_record(names)?;
    }
    let old = match before {
        None => None,
        Some(file) => {
            file.rewind()?;
            Some(&*file)
        }
    };
    let mut old = old.map(Reader::from_reader);
    let mut new = Reader::from_reader(now);
    let (mut was, mut is) = (ByteRecord::new(), ByteRecord::new());
    let mut count = 0;
    while new.read_byte_record(&mut is)? {
        let same = match &mut old {
            None => false,
            Some(old) => old.read_byte_record(&mut was)? && was.iter().take(KEY).eq(is.iter().take(KEY)),
        };
        if !same {
            old = None;
        } else if was == is {
            continue;
        }
        let before = |at: usize| if same { was.get(KEY + at).unwrap_or_default() } else { b"" };
        out.write_record(is.iter().chain([before(0), before(1)]))?;
        count += 1;
    }
    out.flush()?;
    let mut now = now;
    now.rewind()?;
    Ok(count)
}
