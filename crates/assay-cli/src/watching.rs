//! What the commands that watch a log share: whom they believe, how they are stopped, and how they end.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use assay_log::policy::MAX_POLICY_BYTES;
use assay_log::{LogKey, Policy};
use assay_watch::WatchError;

use crate::exit::Failure;
use crate::folder::read_bounded;
use crate::service;
use crate::settings::Settings;

/// Whom to believe: one of these.
#[derive(clap::Args)]
pub(crate) struct Whom {
    /// Which logs and witnesses to believe (C2SP tlog-policy): lines `log KEY`, `witness NAME KEY URL`, `quorum NAME`
    #[arg(long, value_name = "FILE", env = "ASSAY_POLICY")]
    policy: Option<PathBuf>,
    /// The log's key alone, as in the register's trust.txt; no witness is asked for then
    #[arg(long, value_name = "KEY", value_parser = LogKey::parse, env = "ASSAY_LOG_KEY")]
    log_key: Option<LogKey>,
}

impl Whom {
    pub(crate) fn policy(&self, settings: &Settings) -> Result<Policy, Failure> {
        let either = settings.either("policy", "log-key")?;
        match (&self.policy, &self.log_key) {
            (Some(file), _) if either == Some("policy") => read_policy(file),
            (_, Some(key)) => {
                let text = format!("log {key}\nquorum none\n");
                text.parse().map_err(|e| Failure::unreadable(format!("--log-key: {e}")))
            }
            _ => Err(Failure::unreadable("give --policy FILE or --log-key KEY")),
        }
    }
}

/// Reads a policy file.
pub(crate) fn read_policy(file: &Path) -> Result<Policy, Failure> {
    let bytes = read_bounded(file, MAX_POLICY_BYTES as u64)?;
    let policy =
        Policy::parse(&bytes).map_err(|e| Failure::unreadable(format!("{}: {e}", file.display())))?;
    if policy.logs().is_empty() {
        return Err(Failure::unreadable(format!("{} names no log: add a `log KEY` line", file.display())));
    }
    Ok(policy)
}

/// As the contract has it: what the user can mend is 2, the rest 4.
pub(crate) fn failed(error: &WatchError) -> Failure {
    match error {
        WatchError::Usage(said) => Failure::unreadable(said.clone()),
        WatchError::Impossible(_) | WatchError::Stopped => Failure::impossible(error.to_string()),
    }
}

/// Set once somebody asks to stop (Ctrl-C, SIGTERM); asked a second time, the process ends at once.
pub(crate) fn stop_flag() -> Result<Arc<AtomicBool>, Failure> {
    let impossible = |e: std::io::Error| Failure::impossible(format!("no signal can be had: {e}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(impossible)?;
    let mut signals = {
        let _inside = runtime.enter();
        service::signals()?
    };
    let flag = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&flag);
    std::thread::spawn(move || {
        runtime.block_on(signals.next());
        set.store(true, Ordering::Relaxed);
        runtime.block_on(signals.next());
        service::end_at_once();
    });
    Ok(flag)
}

/// Waits so many seconds, or until somebody asks to stop; false then.
pub(crate) fn waits(seconds: u64, stop: &AtomicBool) -> bool {
    let step = Duration::from_millis(100);
    for _ in 0..seconds.saturating_mul(10) {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        std::thread::sleep(step);
    }
    !stop.load(Ordering::Relaxed)
}

/// Now, in seconds since 1970.
pub(crate) fn now() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or_default()
}
