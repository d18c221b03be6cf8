//! How fast the log is, alone: opaque entries of 500 bytes through sequencer, store and publisher, each acknowledgement
//! durable. One line of JSON for each job; `bench/log.py` runs it beside what it is compared with.
//!
//! ```text
//! cargo run --release -p assay-server --example log_speed -- FOLDER [--database URL] [--seconds N] [JOB …]
//! ```
//!
//! Jobs: `one` submitter, `sixteen`, `many` (4,096), `batches` of 1,000 by one submitter that waits for each, `ahead` the
//! same with the next batch handed in while the one before is committed.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use assay_server::bench::OpaqueLog;

/// Name, submitters, entries in one submission.
const JOBS: [(&str, u64, u64); 5] =
    [("one", 1, 1), ("sixteen", 16, 1), ("many", 4096, 1), ("batches", 1, 1_000), ("ahead", 2, 1_000)];

struct Args {
    folder: PathBuf,
    database: Option<String>,
    time: Duration,
    jobs: Vec<String>,
}

fn args() -> Result<Args, String> {
    let usage = || "log_speed FOLDER [--database URL] [--seconds N] [JOB …]".to_owned();
    let mut words = std::env::args().skip(1);
    let folder = words.next().ok_or_else(usage)?.into();
    let mut args = Args { folder, database: None, time: Duration::from_secs(5), jobs: Vec::new() };
    while let Some(word) = words.next() {
        match word.as_str() {
            "--database" => args.database = Some(words.next().ok_or_else(usage)?),
            "--seconds" => {
                let seconds = words.next().and_then(|n| n.parse().ok()).ok_or_else(usage)?;
                args.time = Duration::from_secs(seconds);
            }
            job if JOBS.iter().any(|(name, ..)| *name == job) => args.jobs.push(word),
            _ => return Err(usage()),
        }
    }
    Ok(args)
}

/// The entry with a number: 500 bytes that do not compress. They differ in the number alone, since making bytes is not what
/// is measured.
fn entry(n: u64) -> Vec<u8> {
    static BODY: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let mut state = 1_u64;
        let next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as u8
        };
        std::iter::repeat_with(next).take(500).collect()
    });
    let mut bytes = BODY.clone();
    bytes[..8].copy_from_slice(&n.to_be_bytes());
    bytes
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}

/// When something was reached, and how many entries the log then had.
type Reached = Vec<(Instant, u64)>;

async fn submit(log: OpaqueLog, next: Arc<AtomicU64>, each: u64, until: Instant) -> Result<Reached, String> {
    let mut acknowledged = Vec::new();
    while Instant::now() < until {
        let first = next.fetch_add(each, Ordering::Relaxed);
        let indexes =
            log.append((first..first + each).map(entry).collect()).await.map_err(|e| e.to_string())?;
        let last = indexes.last().copied().unwrap_or_default();
        acknowledged.push((Instant::now(), last + 1));
    }
    Ok(acknowledged)
}

/// The time from each acknowledgement to the publication that shows it, sorted.
fn lags(acknowledged: &Reached, published: &Reached) -> Vec<Duration> {
    let shown_at = |size: u64| published.iter().find(|(_, to)| *to >= size).map(|(at, _)| *at);
    let mut at = 0;
    let mut lags: Vec<_> = Vec::with_capacity(acknowledged.len());
    for (when, size) in acknowledged {
        while at < published.len() && published[at].1 < *size {
            at += 1;
        }
        let shown = published.get(at).map(|(at, _)| *at).or_else(|| shown_at(*size));
        lags.extend(shown.map(|shown| shown.saturating_duration_since(*when)));
    }
    lags.sort();
    lags
}

async fn run(args: &Args, folder: &Path, job: (&str, u64, u64)) -> Result<String, String> {
    let (name, submitters, each) = job;
    let clock = Arc::new(now);
    let log = OpaqueLog::open(folder.to_owned(), args.database.as_deref(), clock);
    let log = log.await.map_err(|e| e.to_string())?;
    let before = log.published();
    let mut watcher = log.clone();
    let (stop, mut stopped) = tokio::sync::watch::channel(u64::MAX);
    let watch = tokio::spawn(async move {
        let mut published: Reached = Vec::new();
        loop {
            let size = tokio::select! {
                size = watcher.next_publication() => size,
                _ = stopped.changed() => watcher.published(),
            };
            published.push((Instant::now(), size));
            if size >= *stopped.borrow() {
                return published;
            }
        }
    });
    let next = Arc::new(AtomicU64::new(now() << 24));
    let begun = Instant::now();
    let until = begun + args.time;
    let tasks: Vec<_> =
        (0..submitters).map(|_| tokio::spawn(submit(log.clone(), next.clone(), each, until))).collect();
    let mut acknowledged: Reached = Vec::new();
    for task in tasks {
        acknowledged.extend(task.await.map_err(|e| e.to_string())??);
    }
    acknowledged.sort_by_key(|(_, size)| *size);
    let ended = acknowledged.iter().map(|(at, _)| *at).max().unwrap_or(begun);
    let size = acknowledged.last().map_or(0, |(_, size)| *size);
    stop.send(size).map_err(|e| e.to_string())?;
    let published = watch.await.map_err(|e| e.to_string())?;
    let shown = published.last().map_or(begun, |(at, _)| *at);
    let lags = lags(&acknowledged, &published);
    let at = |share: usize| lags.get((lags.len() * share / 100).min(lags.len().saturating_sub(1)));
    let ms = |share: usize| at(share).map_or(0.0, |lag| lag.as_secs_f64() * 1e3);
    log.close().await;
    let entries = (acknowledged.len() as u64 * each) as f64;
    Ok(format!(
        "{{\"job\":\"{name}\",\"entries\":{entries},\"size\":{size},\"before\":{before},\
         \"acknowledged_per_s\":{:.0},\"published_per_s\":{:.0},\"lag_p50_ms\":{:.1},\"lag_p99_ms\":{:.1},\
         \"publications\":{}}}",
        entries / (ended - begun).as_secs_f64(),
        entries / (shown - begun).as_secs_f64(),
        ms(50),
        ms(99),
        published.len(),
    ))
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for measuring")]
fn main() -> std::process::ExitCode {
    let done = args().and_then(|args| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.map_err(|e| e.to_string())?;
        for job in JOBS {
            if args.jobs.is_empty() || args.jobs.iter().any(|name| name == job.0) {
                println!("{}", runtime.block_on(run(&args, &args.folder, job))?);
            }
        }
        Ok(())
    });
    match done {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            std::process::ExitCode::FAILURE
        }
    }
}
