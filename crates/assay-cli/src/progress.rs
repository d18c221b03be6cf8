//! A progress bar over the checks, on standard error. It shows only on a terminal, and only where it takes long enough for
//! somebody to wonder.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

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
