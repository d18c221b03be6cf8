//! `assay witness`: cosigns the checkpoints of logs that keep their word; and, from the other side, asks witnesses to.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use assay_log::policy::MAX_POLICY_BYTES;
use assay_log::{LogKey, Policy};
use assay_probe::witness::Bounds;
use assay_watch::witness::{Config, Witness, WitnessKeys, ask};
use assay_watch::{Source, serve_until};
use serde_json::json;

use crate::commands::register::{listen, runtime};
use crate::exit::{Exit, Failure};
use crate::folder::{self, read_bounded};
use crate::logs::LogArgs;
use crate::service::{self, AdminArgs};
use crate::settings::{ConfigArgs, Settings, missing};
use crate::watching::{failed, now, read_policy};
use crate::{output, today};

/// Cosign the checkpoints of other people's logs (C2SP tlog-witness), or ask witnesses to
#[derive(clap::Args)]
#[command(
    override_usage = "assay witness [OPTIONS] --key <FILE> --logs <FILE> --state <DIR>\n       assay witness <COMMAND>",
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  assay witness key --name north.example/witness --out witness.key\n  \
assay witness --listen 127.0.0.1:8082 --key witness.key --logs logs.txt --state witness-state\n  \
assay witness ask https://register.example --policy policy.txt --out checkpoint\n\n\
The file of logs has a line `log KEY` for each log that is witnessed (`#` begins a comment's line). The state folder says what \
was cosigned last: a witness that loses it could be made to sign two histories, so it is never begun anew by itself where it is \
damaged. Logs post to /add-checkpoint; monitors fetch /SHA256/checkpoint.\n\nEach option may stand on the command line, in the environment or in the file of --config, by the same name; the first of these \
that has it is followed. docs/operation.md says more."
)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8082", env = "ASSAY_LISTEN")]
    listen: SocketAddr,
    /// The witness's key, made by `assay witness key`
    #[arg(long, value_name = "FILE", env = "ASSAY_KEY")]
    key: Option<PathBuf>,
    /// The logs that are witnessed
    #[arg(long, value_name = "FILE", env = "ASSAY_LOGS")]
    logs: Option<PathBuf>,
    /// What was cosigned last; made on the first run
    #[arg(long, value_name = "DIR", env = "ASSAY_STATE")]
    state: Option<PathBuf>,
    /// How many requests a minute are taken from one address
    #[arg(long, value_name = "NUMBER", default_value_t = 600, env = "ASSAY_PER_MINUTE")]
    per_minute: u32,
    #[command(flatten)]
    admin: AdminArgs,
    #[command(flatten)]
    logging: LogArgs,
    #[command(flatten)]
    config: ConfigArgs,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Make a witness's key; the file is readable by you alone and is never overwritten
    #[command(
        after_help = "Example:\n  assay witness key --name north.example/witness --out witness.key\n\n\
Give the public key, which is printed, to whoever is to believe your cosignatures."
    )]
    Key {
        /// The witness's name, usually a domain and a path of yours
        #[arg(long, value_name = "NAME")]
        name: String,
        /// Where to write it
        #[arg(long, value_name = "FILE", default_value = "witness.key")]
        out: PathBuf,
        /// Which kind: every checkpoint is cosigned with each key of the file
        #[arg(long, value_enum, default_value_t = Kinds::Ed25519)]
        kind: Kinds,
    },
    /// Ask a policy's witnesses to cosign a log's checkpoint
    #[command(
        after_help = "Example:\n  assay witness ask https://register.example --policy policy.txt --out checkpoint\n\n\
Witnesses with an address in the policy are asked at once. Exit 0: the policy believes the checkpoint now. Exit 1: too few \
cosigned, with the reason of each."
    )]
    Ask {
        /// The address of a register or mirror, without /log
        url: String,
        /// The log's key and its witnesses, with their addresses
        #[arg(long, value_name = "FILE")]
        policy: PathBuf,
        /// Where to write the checkpoint with its cosignatures. Default: standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// For how many seconds to wait
        #[arg(long, value_name = "SECONDS", default_value_t = 10)]
        wait: u64,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Kinds {
    /// Small cosignatures, which every reader knows
    Ed25519,
    /// Cosignatures that quantum computers do not break, of 2,428 bytes
    #[value(name = "ml-dsa-44")]
    MlDsa44,
    /// Both
    Both,
}

pub(crate) fn run(args: &Args, settings: &Settings, as_json: bool) -> Result<Exit, Failure> {
    match &args.verb {
        Some(Verb::Key { name, out, kind }) => make_key(name, out, *kind, as_json),
        Some(Verb::Ask { url, policy, out, wait }) => ask_for(url, policy, out.as_deref(), *wait, as_json),
        None if args.config.is_shown() => {
            settings.print(as_json, &|_, _| None)?;
            Ok(Exit::Holds)
        }
        None => serve(args, as_json),
    }
}

fn make_key(name: &str, out: &Path, kind: Kinds, as_json: bool) -> Result<Exit, Failure> {
    if out.exists() {
        return Err(Failure::unreadable(format!(
            "{} exists already: a key is never overwritten",
            out.display()
        )));
    }
    let seed = |wanted: bool| -> Result<Option<[u8; 32]>, Failure> {
        let mut seed = [0; 32];
        today::random(&mut seed)?;
        Ok(wanted.then_some(seed))
    };
    let (ed25519, ml_dsa_44) = (seed(kind != Kinds::MlDsa44)?, seed(kind != Kinds::Ed25519)?);
    let keys = WitnessKeys::new(name, ed25519, ml_dsa_44)
        .map_err(|e| Failure::unreadable(format!("--name {}: {e}", output::plain(name))))?;
    folder::write_whole(out, keys.to_file().as_bytes(), true)?;
    let public: Vec<String> = keys.cosigners().iter().map(|key| key.key().to_string()).collect();
    if as_json {
        output::json(&json!({ "schema": "assay-witness-key-0", "file": out, "public_keys": public }))?;
    } else {
        let lines: String = public.iter().map(|key| format!("public key  {key}\n")).collect();
        output::print(&format!("key file    {} (keep it secret)\n{lines}", out.display()))?;
    }
    Ok(Exit::Holds)
}

fn ask_for(url: &str, policy: &Path, out: Option<&Path>, wait: u64, as_json: bool) -> Result<Exit, Failure> {
    let policy = read_policy(policy)?;
    let source = Source::at(url).map_err(|e| failed(&e))?;
    let bounds = Bounds { time: std::time::Duration::from_secs(wait.clamp(1, 600)), ..Bounds::default() };
    let asking = ask(source, &policy, now(), bounds).map_err(|e| failed(&e))?;
    let (collected, met) = (&asking.collected, asking.collected.quorum.is_ok());
    let note = collected.note.to_string();
    if let Some(out) = out.filter(|_| met) {
        folder::write_whole(out, note.as_bytes(), false)?;
    }
    let missing = collected.quorum.as_ref().err().map(ToString::to_string);
    if as_json {
        let asked: Vec<_> = collected
            .asked
            .iter()
            .map(|a| json!({ "url": a.url, "witnesses": a.witnesses, "refused": a.outcome.as_ref().err() }))
            .collect();
        output::json(&json!({
            "schema": "assay-witness-ask-0", "origin": asking.origin, "size": asking.size, "quorum": met,
            "missing": missing, "asked": asked, "checkpoint": note, "file": out.filter(|_| met),
        }))?;
    } else {
        for a in &collected.asked {
            let said = a.outcome.as_ref().err().map_or("cosigned", String::as_str);
            output::note(&format!("{} ({}): {}", a.witnesses.join(", "), a.url, output::plain(said)));
        }
        match &missing {
            Some(missing) => output::print(&format!("{}\n", output::plain(missing)))?,
            None if out.is_none() => output::print(&note)?,
            None => {
                output::print(&format!("{}  {} entries: the quorum is met\n", asking.origin, asking.size))?
            }
        }
    }
    Ok(if met { Exit::Holds } else { Exit::Found })
}

fn serve(args: &Args, as_json: bool) -> Result<Exit, Failure> {
    let key = args.key.as_ref().ok_or_else(|| missing("key"))?;
    let logs = args.logs.as_ref().ok_or_else(|| missing("logs"))?;
    let state = args.state.as_ref().ok_or_else(|| missing("state"))?;
    args.logging.start();
    let keys = read_keys(key)?;
    let public: Vec<String> = keys.cosigners().iter().map(|key| key.key().to_string()).collect();
    let logs = read_logs(logs)?;
    runtime()?.block_on(async {
        let listener = listen(args.listen, "--listen").await?;
        let address = listener.local_addr().map_err(|e| Failure::impossible(e.to_string()))?;
        let (stop, meter) = (service::asked_to_stop()?, args.admin.meter());
        let witness = Witness::open(Config {
            state: state.clone(),
            logs,
            cosigners: keys.into_cosigners(),
            now: Arc::new(now),
            per_minute: args.per_minute,
        })
        .map_err(|e| failed(&e))?;
        let names: Vec<&str> = witness.logs().collect();
        if as_json {
            output::json(&json!({
                "schema": "assay-witness-0", "listening": address.to_string(), "public_keys": public, "logs": names,
                "state": state,
            }))?;
        } else {
            let lines: String = public.iter().map(|key| format!("public key  {key}\n")).collect();
            output::print(&format!("http://{address}  (witness of {})\n{lines}", names.join(", ")))?;
        }
        args.admin.show(&meter).await?;
        service::ready("cosigning");
        let router = assay_server::visited(witness.router(), &meter);
        service::ended(serve_until(listener, router, service::told(stop, &meter)).await)
    })
}

fn read_keys(file: &Path) -> Result<WitnessKeys, Failure> {
    let bytes = read_bounded(file, 4_096)?;
    let text = String::from_utf8_lossy(&bytes);
    WitnessKeys::parse(&text)
        .map_err(|e| Failure::unreadable(format!("{}: {e}; `assay witness key` makes one", file.display())))
}

/// A policy's `log` lines; a `quorum` line may be left out, since no witness is asked for here.
fn read_logs(file: &Path) -> Result<Vec<LogKey>, Failure> {
    let mut bytes = read_bounded(file, MAX_POLICY_BYTES as u64)?;
    if !bytes.split(|b| *b == b'\n').any(|line| line.starts_with(b"quorum")) {
        bytes.extend_from_slice(b"quorum none\n");
    }
    let policy =
        Policy::parse(&bytes).map_err(|e| Failure::unreadable(format!("{}: {e}", file.display())))?;
    if policy.logs().is_empty() {
        return Err(Failure::unreadable(format!("{} names no log: add a `log KEY` line", file.display())));
    }
    Ok(policy.logs().iter().map(|log| log.key().clone()).collect())
}
