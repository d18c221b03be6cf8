//! A progress bar over the checks, on standard error. It shows only on a terminal, and only where it takes long enough for
//! somebody to wonder.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use assay::outcome::CheckResult;
use assay_checks::{Subject, checks};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// From when on it shows.
const AFTER: Duration = Duration::from_millis(300);

/// Runs every check, in the order of the registry, and says how far it is.
pub(crate) fn run_all(subject: &Subject<'_>) -> Vec<CheckResult> {
    let bar = ProgressBar::with_draw_target(Some(checks().len() as u64), ProgressDrawTarget::hidden());
    if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len} checks  {msg}") {
        bar.set_style(style);
    }
    let (done, wait) = channel::<()>();
    let shown = bar.clone();
    // The first check may be the one that takes long, so a second thread watches the time.
    let watch = std::thread::spawn(move || {
        if wait.recv_timeout(AFTER) == Err(RecvTimeoutError::Timeout) {
            shown.set_draw_target(ProgressDrawTarget::stderr());
            shown.enable_steady_tick(Duration::from_millis(200));
        }
    });
    let run = |check: &assay_checks::Check| {
        bar.set_message(check.id);
        let result = check.run(subject);
        bar.inc(1);
        result
    };
    let results = checks().iter().map(run).collect();
    drop(done);
    let _ = watch.join();
    bar.finish_and_clear();
    results
}

/// A bar over one reading of bytes and what follows it, on standard error; on a terminal only, and only where it takes long.
pub(crate) struct Bytes {
    bar: ProgressBar,
    started: Instant,
    shown: AtomicBool,
    step: Mutex<&'static str>,
}

/// A bar for so many bytes; hidden where nobody wants it.
pub(crate) fn bytes(all: u64, wanted: bool) -> Bytes {
    let bar = ProgressBar::with_draw_target(Some(all), ProgressDrawTarget::hidden());
    Bytes { bar, started: Instant::now(), shown: AtomicBool::new(!wanted), step: Mutex::new("") }
}

impl Bytes {
    /// How far one step is; may be called from any thread and as often as one likes.
    pub(crate) fn at(&self, step: &'static str, done: u64, all: u64) {
        if !self.shown.load(Ordering::Relaxed) {
            if self.started.elapsed() < AFTER || self.shown.swap(true, Ordering::Relaxed) {
                return;
            }
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(5));
            self.bar.enable_steady_tick(Duration::from_millis(200));
        }
        if self.bar.is_hidden() {
            return;
        }
        if let Ok(mut now) = self.step.try_lock()
            && *now != step
        {
            *now = step;
            let counts = match step {
                "reading" | "unpacking" => "{bytes}/{total_bytes}  {bytes_per_sec}",
                _ => "{pos}/{len}",
            };
            if let Ok(style) =
                ProgressStyle::with_template(&format!("{{bar:24}} {counts}  {{msg}}, {{eta}} left"))
            {
                self.bar.set_style(style);
            }
            self.bar.set_length(all);
            self.bar.reset_eta();
            self.bar.set_message(step);
        }
        self.bar.set_position(done);
    }

    /// Takes it away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
