//! `assay monitor`: reads a whole log, believes nothing that it has not computed itself, and says what an honest log would
//! not do.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use assay::date::Date;
use assay_watch::monitor::{Look, Monitor, Report};
use assay_watch::{Bounds, Finding, Pace, Source, WatchError};
use serde_json::{Value, json};

use crate::exit::{Exit, Failure};
use crate::settings::{ConfigArgs, Settings, missing};
use crate::trusted::Trusted;
use crate::watching::{Whom, failed, now, stop_flag, waits};
use crate::{output, progress, today};

/// Watch a log: signatures, witnesses, every entry, every rule, and what it showed before
#[derive(clap::Args)]
#[command(
    override_usage = "assay monitor [OPTIONS] --state <DIR> <--policy <FILE>|--log-key <KEY>> <URL>",
    after_help = "Examples:\n  assay monitor https://register.example --policy policy.txt --state watch --once\n  \
assay monitor https://register.example --log-key 'register.example/log+…' --state watch --interval 300\n  \
assay monitor https://register.example --policy policy.txt --state watch --compare https://mirror.example/log/checkpoint\n\n\
The state folder is all that a monitor remembers: keep it. What shows a finding is kept in its folder `evidence` and never \
written over. `assay explain monitor:KIND` says what a kind of finding means, what to do and whom to tell.\n\n\
Exit 0: nothing that an honest log does not do. Exit 1: found, see the lines. Exit 2: policy, address or state are not right. \
Exit 4: the log could not be reached; the next run goes on where this one was.\n\nEach option may stand on the command line, in the environment or in the file of --config, by the same name; the first of these \
that has it is followed. docs/operation.md says more."
)]
pub(crate) struct Args {
    /// The address of a register or mirror, without /log
    url: String,
    #[command(flatten)]
    whom: Whom,
    /// The keys that the register signs with: a copy of its /trust.txt that you keep. Default: as it shows them first
    #[arg(long, value_name = "FILE", env = "ASSAY_TRUST")]
    trust: Option<PathBuf>,
    /// The folder that is remembered; made on the first run
    #[arg(long, value_name = "DIR", env = "ASSAY_STATE")]
    state: Option<PathBuf>,
    /// Look once and end
    #[arg(long)]
    once: bool,
    /// Seconds between two looks
    #[arg(long, value_name = "SECONDS", default_value_t = 60, env = "ASSAY_INTERVAL")]
    interval: u64,
    /// A checkpoint that others are shown, compared with what this address shows; may be given several times. The
    /// policy's witnesses are asked without it
    #[arg(long, value_name = "URL", env = "ASSAY_COMPARE", value_delimiter = ' ')]
    compare: Vec<String>,
    /// Send what was found there as JSON, each time something is found that was not found before
    #[arg(long, value_name = "URL", env = "ASSAY_POST", hide_env_values = true)]
    post: Option<String>,
    /// From which age on, in seconds, the word of the witnesses is stale
    #[arg(long, value_name = "SECONDS", default_value_t = 86_400, env = "ASSAY_STALE_AFTER")]
    stale_after: u64,
    /// Fetch everything again that was verified before, instead of a few files in turn
    #[arg(long)]
    full: bool,
    /// The largest log that is read
    #[arg(long, value_name = "ENTRIES", default_value_t = 200_000_000, env = "ASSAY_MOST_ENTRIES")]
    most_entries: u64,
    /// How many bytes may lie in the state folder that are not verified yet
    #[arg(long, value_name = "BYTES", default_value_t = MOST_BYTES, env = "ASSAY_MOST_BYTES")]
    most_bytes: u64,
    /// Today, against which days are held (for rehearsals; default: the machine's date)
    #[arg(long, value_name = "DATE", env = "ASSAY_ON", value_parser = today::parse_date)]
    on: Option<Date>,
    #[command(flatten)]
    config: ConfigArgs,
}

/// What may lie on the disk unverified: a hundred million statements of the usual length.
pub(crate) const MOST_BYTES: u64 = 100_000_000_000;
/// How many bundles are fetched again each time.
const AGAIN: u64 = 4;
/// One look may take so long at the least.
const LEAST_LONG: Duration = Duration::from_secs(3_600);

/// Of the address where findings are sent no more than its host, since the rest may be all that keeps others from sending there.
fn shown_post(url: &str) -> String {
    let host = url.split_once("://").map(|(scheme, rest)| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        format!("{scheme}://{}/…", host.rsplit('@').next().unwrap_or_default())
    });
    host.unwrap_or_else(|| "(not shown)".into())
}

pub(crate) fn run(args: &Args, settings: &Settings, as_json: bool) -> Result<Exit, Failure> {
    if args.config.is_shown() {
        settings.print(as_json, &|name, value| (name == "post").then(|| shown_post(value)))?;
        return Ok(Exit::Holds);
    }
    let policy = args.whom.policy(settings)?;
    let state = args.state.as_ref().ok_or_else(|| missing("state"))?;
    if args.once {
        settings.refuse_flag("interval", "is the time between two looks: leave it out with --once")?;
    }
    let trust = args.trust.as_deref().map(|file| Trusted::find(Some(file), None)).transpose()?;
    let source = Source::at(&args.url).map_err(|e| failed(&e))?;
    let stop = stop_flag()?;
    let mut monitor = paced(&stop, |pace| Monitor::open(state, args.on.unwrap_or_else(today::today), pace))?;
    let (mut before, mut found, mut looked): (Vec<Finding>, bool, bool) = (Vec::new(), false, false);
    // What was found and could not be sent: whoever waits for it was not reached.
    let mut unsent = false;
    loop {
        let look = Look {
            source: &source,
            policy: &policy,
            trust: trust.as_ref().map(|trust| &trust.keys),
            others: &args.compare,
            now: now(),
            today: args.on.unwrap_or_else(today::today),
            stale_after: args.stale_after,
            again: if args.full { u64::MAX } else { AGAIN },
            most_entries: args.most_entries,
            // Whoever needs longer than that knows less than what counts as stale.
            bounds: Bounds {
                longest: Duration::from_secs(args.stale_after).max(LEAST_LONG),
                most_bytes: args.most_bytes,
            },
        };
        match paced(&stop, |pace| monitor.pass(&look, pace)) {
            Ok(report) => {
                looked = true;
                found |= report.accuses();
                if args.once || report.findings != before || report.new > 0 {
                    say(&report, &look, args.once, as_json)?;
                }
                let known = |f: &Finding| before.iter().any(|other| other.is_same_as(f));
                let news = report.findings.iter().any(|f| f.accuses && !known(f));
                if let Some(url) = args.post.as_deref().filter(|_| news || unsent) {
                    let body = document(&report).to_string().into_bytes();
                    let sent = Source::post_json(url, body);
                    unsent = sent.is_err();
                    if let Err(error) = sent {
                        let again = if args.once { "" } else { "; it is sent again after the next look" };
                        output::note(&format!("error: {error}{again}"));
                    }
                }
                before = report.findings;
            }
            Err(Failure::Impossible(why)) if !args.once => {
                if !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    output::note(&format!("not reached: {}", output::plain(&why)));
                }
            }
            // Once it has looked, policy and folder are right: what comes now comes from outside and ends no watch.
            Err(Failure::Unreadable { message, .. }) if looked && !args.once => {
                output::note(&format!("not looked at: {}", output::plain(&message)));
            }
            Err(failure) => return Err(failure),
        }
        if args.once || !waits(args.interval, &stop) {
            return Ok(if found { Exit::Found } else { Exit::Holds });
        }
    }
}

/// Runs something long with a progress bar, until it ends or somebody asks to stop.
pub(crate) fn paced<T>(
    stop: &AtomicBool,
    work: impl FnOnce(&Pace<'_>) -> Result<T, WatchError>,
) -> Result<T, Failure> {
    let bar = progress::bytes(0, true);
    let at = |step: &'static str, done: u64, all: u64| bar.at(step, done, all);
    let done = work(&Pace { at: &at, stop });
    bar.finish();
    done.map_err(|e| failed(&e))
}

fn document(report: &Report) -> Value {
    json!({
        "schema": "assay-monitor-0", "clean": !report.accuses(), "origin": report.origin, "size": report.size,
        "new": report.new, "root": report.root, "fresh_as_of": report.fresh_as_of, "witnesses": report.witnesses,
        "findings": report.findings,
    })
}

fn say(report: &Report, look: &Look<'_>, once: bool, as_json: bool) -> Result<(), Failure> {
    if as_json && once {
        return output::json(&document(report));
    }
    if as_json {
        // One document a line, as long as it watches.
        return output::print(&format!("{}\n", document(report)));
    }
    let mut text = format!(
        "{}  {} entries verified, {} of them new, root {}\n",
        if report.origin.is_empty() { look.source.address() } else { &report.origin },
        report.size,
        report.new,
        report.root
    );
    if let Some(time) = report.fresh_as_of {
        text.push_str(&format!(
            "cosigned by {}; the quorum saw it {} seconds ago\n",
            report.witnesses.join(", "),
            look.now.saturating_sub(time)
        ));
    }
    for finding in &report.findings {
        text.push_str(&output::plain(&finding.to_string()));
        text.push('\n');
    }
    let mut kinds: Vec<_> = report.findings.iter().filter(|f| f.accuses).map(|f| f.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        text.push_str(&format!("what to do: assay explain monitor:{kind}\n"));
    }
    if !report.accuses() {
        text.push_str("clean: nothing that an honest log does not do\n");
    }
    output::print(&text)
}
