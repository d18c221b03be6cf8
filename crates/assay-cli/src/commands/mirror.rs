//! `assay mirror`: a log's public files, verified, at another address.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use assay_log::Policy;
use assay_watch::mirror::{Copied, Mirror};
use assay_watch::{Bounds, Source, public_files, serve_until};
use serde_json::json;

use crate::commands::monitor::{MOST_BYTES, paced};
use crate::commands::register::{listen, runtime};
use crate::exit::{Exit, Failure};
use crate::logs::LogArgs;
use crate::output;
use crate::service::{self, AdminArgs};
use crate::settings::{ConfigArgs, Settings};
use crate::watching::{Whom, failed, stop_flag, waits};

/// Copy a log's public files, verified, and serve them
#[derive(clap::Args)]
#[command(
    override_usage = "assay mirror [OPTIONS] <--policy <FILE>|--log-key <KEY>> <URL> <DIR>",
    after_help = "Examples:\n  assay mirror https://register.example mirror --log-key 'register.example/log+…'\n  \
assay mirror https://register.example mirror --policy policy.txt --listen 127.0.0.1:8081 --interval 60\n\n\
A file takes its place only once everything under the checkpoint was verified. A log that contradicts what is mirrored \
changes nothing: it is said, the evidence is kept, and what was there is still served. A copy that was interrupted goes on \
where it was.\n\n\
Exit 0: the mirror has what the log shows. Exit 1: the log contradicts itself or its policy. Exit 4: it could not be copied.\n\nEach option may stand on the command line, in the environment or in the file of --config, by the same name; the first of these \
that has it is followed. docs/operation.md says more."
)]
pub(crate) struct Args {
    /// The address of a register or mirror, without /log
    url: String,
    /// The folder of the mirror; made on the first run
    dir: PathBuf,
    #[command(flatten)]
    whom: Whom,
    /// Serve the files there, and copy again and again; without it, copy once
    #[arg(long, value_name = "ADDR", env = "ASSAY_LISTEN")]
    listen: Option<SocketAddr>,
    /// Seconds between two copies while it serves
    #[arg(long, value_name = "SECONDS", default_value_t = 60, env = "ASSAY_INTERVAL")]
    interval: u64,
    /// How many bytes may lie in the folder that are not verified yet
    #[arg(long, value_name = "BYTES", default_value_t = MOST_BYTES, env = "ASSAY_MOST_BYTES")]
    most_bytes: u64,
    #[command(flatten)]
    admin: AdminArgs,
    #[command(flatten)]
    logging: LogArgs,
    #[command(flatten)]
    config: ConfigArgs,
}

/// One copy may take so long; the next one goes on where it was.
const LONGEST: Duration = Duration::from_secs(86_400);

impl Args {
    fn bounds(&self) -> Bounds {
        Bounds { longest: LONGEST, most_bytes: self.most_bytes }
    }
}

pub(crate) fn run(args: &Args, settings: &Settings, as_json: bool) -> Result<Exit, Failure> {
    if args.config.is_shown() {
        settings.print(as_json, &|_, _| None)?;
        return Ok(Exit::Holds);
    }
    let policy = args.whom.policy(settings)?;
    let source = Source::at(&args.url).map_err(|e| failed(&e))?;
    let stop = stop_flag()?;
    let Some(address) = args.listen else {
        settings.refuse_flag("admin", "shows how a served mirror does: give --listen as well")?;
        settings.refuse_flag(
            "interval",
            "is the time between two copies of a served mirror: give --listen as well",
        )?;
        let mut mirror = paced(&stop, |pace| Mirror::open(&args.dir, &policy, pace))?;
        let copied = paced(&stop, |pace| mirror.copy(&source, &policy, args.bounds(), pace))?;
        say(args, &copied, None, as_json)?;
        return Ok(if copied.findings.is_empty() { Exit::Holds } else { Exit::Found });
    };
    args.logging.start();
    let runtime = runtime()?;
    let meter = args.admin.meter();
    let (listener, address, stopping) = runtime.block_on(async {
        let listener = listen(address, "--listen").await?;
        let address = listener.local_addr().map_err(|e| Failure::impossible(e.to_string()))?;
        let stopping = service::told(service::asked_to_stop()?, &meter);
        args.admin.show(&meter).await?;
        Ok::<_, Failure>((listener, address, stopping))
    })?;
    let mut mirror = paced(&stop, |pace| Mirror::open(&args.dir, &policy, pace))?;
    let nothing = Copied { origin: String::new(), size: mirror.size(), new: 0, findings: Vec::new() };
    say(args, &nothing, Some(address), as_json)?;
    let (served, found) = std::thread::scope(|scope| {
        let copying = scope.spawn(|| copy_on(args, &mut mirror, &source, &policy, &stop));
        let router = assay_server::visited(public_files(args.dir.clone()), &meter);
        let served = runtime.block_on(async {
            service::ready("mirroring");
            serve_until(listener, router, stopping).await
        });
        stop.store(true, Ordering::Relaxed);
        (served, copying.join())
    });
    service::ended(served)?;
    match found {
        Ok(found) => Ok(if found { Exit::Found } else { Exit::Holds }),
        Err(_) => Err(Failure::impossible("copying ended in a fault of the program: report this")),
    }
}

/// Copies until somebody asks to stop, and says what came in the way; whether the log contradicted itself.
fn copy_on(args: &Args, mirror: &mut Mirror, source: &Source, policy: &Policy, stop: &AtomicBool) -> bool {
    let mut found = false;
    loop {
        match paced(stop, |pace| mirror.copy(source, policy, args.bounds(), pace)) {
            Ok(copied) => {
                found |= !copied.findings.is_empty();
                copied.findings.iter().for_each(|f| output::note(&output::plain(&f.to_string())));
            }
            Err(Failure::Impossible(why) | Failure::Unreadable { message: why, .. }) => {
                if !stop.load(Ordering::Relaxed) {
                    output::note(&format!("not copied: {}", output::plain(&why)));
                }
            }
        }
        if !waits(args.interval, stop) {
            return found;
        }
    }
}

fn say(args: &Args, copied: &Copied, listening: Option<SocketAddr>, as_json: bool) -> Result<(), Failure> {
    if as_json {
        return output::json(&json!({
            "schema": "assay-mirror-0", "dir": args.dir, "listening": listening.map(|a| a.to_string()),
            "size": copied.size, "new": copied.new, "findings": copied.findings,
        }));
    }
    let mut text = match listening {
        Some(address) => format!("http://{address}  ({} entries in {})\n", copied.size, args.dir.display()),
        None => format!("{} entries in {}, {} of them new\n", copied.size, args.dir.display(), copied.new),
    };
    for finding in &copied.findings {
        text.push_str(&output::plain(&finding.to_string()));
        text.push('\n');
    }
    output::print(&text)
}
