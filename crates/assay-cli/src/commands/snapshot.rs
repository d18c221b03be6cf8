//! `assay snapshot`: the shop's file: built from a register's folder, fetched from a register, looked into.

mod changes;
mod from_log;
mod import;

use std::path::PathBuf;

use assay::gtin::{Gtin14, given_by_a_shop};
use serde_json::json;

use crate::commands::gate::read_snapshot;
use crate::commands::register::with_register;
use crate::exit::{Exit, Failure};
use crate::folder;
use crate::output::{self, table};
use crate::remote::Register;
use crate::trusted::{self, Trusted};

/// The shop's file: everything the gate needs, signed and bound to the log
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Build it from a register's data folder (while the register does not run), or again from a mirror of its log
    #[command(after_help = "Examples:\n  assay snapshot build --data assay-data --out shop.snap\n  \
assay snapshot build --from-log mirror --compare shop.snap --trust trust.txt\n  \
assay snapshot build --from-log mirror --key own.key --out mine/shop.snap\n\n\
The keys that verify it are written to trust.txt beside it, if none lies there. With --compare nothing is written: exit 0 if the\n\
register's snapshot is byte by byte what the log makes, 1 if not.")]
    Build {
        /// The register's data folder
        #[arg(long, value_name = "DIR", default_value = "assay-data", env = "ASSAY_DATA")]
        data: PathBuf,
        /// The database: postgres://USER@HOST/DATABASE, or sqlite:PATH. Default: a file in the data folder
        #[arg(long, value_name = "URL", env = "ASSAY_DATABASE", hide_env_values = true)]
        database: Option<String>,
        /// Where to write it
        #[arg(long, value_name = "FILE", default_value = "assay.snap")]
        out: PathBuf,
        /// The day on which it is issued
        #[arg(long, value_name = "DATE", value_parser = crate::today::parse_date)]
        on: Option<assay::date::Date>,
        /// A mirror's folder (`assay mirror`), of which it is made again
        #[arg(long, value_name = "DIR", conflicts_with_all = ["data", "database"])]
        from_log: Option<PathBuf>,
        /// The snapshot that a register signed, to be held against what the mirror makes
        #[arg(long, value_name = "FILE", requires = "from_log", conflicts_with_all = ["key", "out", "on"])]
        compare: Option<PathBuf>,
        /// A key of your own that signs what the mirror makes
        #[arg(long, value_name = "FILE", requires = "from_log")]
        key: Option<PathBuf>,
        /// The log and the witnesses to believe. Default: the log's key in trust.txt, without witnesses
        #[arg(long, value_name = "FILE", requires = "from_log")]
        policy: Option<PathBuf>,
        /// The register's keys. Default: trust.txt beside the snapshot, or in the mirror's folder
        #[arg(long, value_name = "FILE", env = "ASSAY_TRUST", requires = "from_log")]
        trust: Option<PathBuf>,
    },
    /// What changed from one snapshot to another: a small file for those who have the older one
    Delta(changes::Delta),
    /// Make the newer snapshot of the older one and what changed
    Apply(changes::Apply),
    /// Fetch it from a register or a mirror and verify it before it takes its place
    #[command(
        after_help = "Example:\n  assay snapshot fetch --register https://register.example --trust trust.txt --out shop.snap\n\nThe address of a mirror (`assay mirror`) does as well: what it sends is verified by the register's keys. With --policy also\nthe witnesses must have signed the log's checkpoint that the snapshot carries."
    )]
    Fetch {
        /// The register's address, or a mirror's
        #[arg(long, value_name = "URL")]
        register: String,
        /// The witnesses that must have signed the checkpoint it carries
        #[arg(long, value_name = "FILE", env = "ASSAY_POLICY")]
        policy: Option<PathBuf>,
        /// The keys you trust
        #[arg(long, value_name = "FILE", env = "ASSAY_TRUST")]
        trust: Option<PathBuf>,
        /// Where to write it
        #[arg(long, value_name = "FILE", default_value = "assay.snap")]
        out: PathBuf,
    },
    /// Prove to a third person what a snapshot says of a number: that it has a record, or that it has none
    #[command(
        after_help = "Examples:\n  assay snapshot prove shop.snap --gtin 9520000100018 --out present.json\n  assay snapshot prove shop.snap --gtin 4006381333931 > absent.json\n\nWhoever has the register's trust.txt verifies it with `assay verify absent.json --trust trust.txt`, without the snapshot.\nExit 0 where the snapshot has a record, 1 where it has none: the proof is written either way."
    )]
    Prove {
        /// The snapshot
        file: PathBuf,
        /// The number
        #[arg(long, value_name = "GTIN", value_parser = any_number)]
        gtin: Gtin14,
        /// Where to write the proof; standard output unless given
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// The keys you trust. Default: trust.txt beside it
        #[arg(long, value_name = "FILE", env = "ASSAY_TRUST")]
        trust: Option<PathBuf>,
    },
    /// Write what a snapshot says as Parquet, a row a number, for DuckDB, Spark or Trino
    #[command(
        after_help = "Example:\n  assay snapshot parquet shop.snap --out register.parquet\n\nWhat the file says of itself (`assay.snapshot`) names the snapshot. Nothing in it is signed: whoever passes it on passes the\nsnapshot on with it."
    )]
    Parquet {
        /// The snapshot
        file: PathBuf,
        /// Where to write it
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// The keys you trust. Default: trust.txt beside it
        #[arg(long, value_name = "FILE", env = "ASSAY_TRUST")]
        trust: Option<PathBuf>,
    },
    /// Make a snapshot of a list of your own, signed with a key of your own: for tests, and for own-brand numbers
    Import(import::Args),
    /// Show what a snapshot holds, or with --gtin what it says of a product
    #[command(
        after_help = "Examples:\n  assay snapshot inspect shop.snap\n  assay snapshot inspect shop.snap --gtin 9520000100018"
    )]
    Inspect {
        /// The snapshot
        file: PathBuf,
        /// The keys you trust. Default: trust.txt beside it
        #[arg(long, value_name = "FILE", env = "ASSAY_TRUST")]
        trust: Option<PathBuf>,
        /// One product only
        #[arg(long, value_name = "GTIN", value_parser = any_number)]
        gtin: Option<Gtin14>,
    },
}

/// A number, also one of restricted circulation: a shop's own snapshot may hold such.
fn any_number(text: &str) -> Result<Gtin14, String> {
    Gtin14::parse(text).or_else(|fault| given_by_a_shop(text, fault).ok_or_else(|| fault.to_string()))
}

pub(crate) fn run(args: &Args, as_json: bool) -> Result<Exit, Failure> {
    match &args.verb {
        Verb::Build { from_log: Some(mirror), compare, key, policy, trust, out, on, .. } => {
            let from =
                from_log::FromLog { mirror, trust: trust.as_deref(), policy: policy.as_deref(), on: *on };
            match (compare, key) {
                (Some(with), _) => from.compare(with, as_json),
                (None, Some(key)) => from.sign(key, out, as_json),
                (None, None) => Err(Failure::unreadable(
                    "--from-log needs --compare FILE, the register's snapshot, or --key FILE, a key of your own that signs",
                )),
            }
        }
        Verb::Delta(args) => args.run(as_json),
        Verb::Apply(args) => args.run(as_json),
        Verb::Build { data, database, out, on, .. } => {
            if !data.join("origin").is_file() {
                return Err(Failure::unreadable(format!(
                    "{} is not a register's data folder",
                    data.display()
                )));
            }
            let (bytes, trust) = with_register(data, database.as_deref(), *on, |register| {
                let bytes = register.snapshot().map_err(|e| Failure::impossible(e.to_string()))?;
                Ok((bytes, register.trust().clone()))
            })?;
            // The keys first: a snapshot without them cannot be used.
            let keys = out.with_file_name(trusted::FILE);
            if !keys.exists() {
                folder::write_whole(&keys, trust.to_string().as_bytes(), false)?;
            }
            folder::write_whole(out, &bytes, false)?;
            told(out, &read_snapshot(out, &trust)?, as_json)
        }
        Verb::Fetch { register, policy, trust, out } => {
            let trust = Trusted::find(trust.as_deref(), Some(out))?;
            trust.warn();
            let old = read_snapshot(out, &trust.keys).ok();
            let (bytes, snapshot) = changes::fetched(&Register::at(register)?, old.as_ref(), &trust)?;
            witnessed(&snapshot, policy.as_deref())?;
            if let Some(old) = &old {
                changes::check_newer(out, old, &snapshot)?;
            }
            folder::write_whole(out, &bytes, false)?;
            told(out, &snapshot, as_json)
        }
        Verb::Prove { file, gtin, out, trust } => {
            let trust = Trusted::find(trust.as_deref(), Some(file))?;
            trust.warn();
            let proof = read_snapshot(file, &trust.keys)?.prove(*gtin);
            match out {
                None => output::json(&proof)?,
                Some(out) => {
                    folder::check_target(out, &[file, &trust.file])?;
                    let text = serde_json::to_string_pretty(&proof);
                    let text = text.map_err(|e| Failure::impossible(e.to_string()))? + "\n";
                    folder::write_whole(out, text.as_bytes(), false)?;
                    if as_json {
                        output::json(&proof)?;
                    } else {
                        let says = if proof.present { "a record" } else { "no record" };
                        let words = format!("{}: {} has {says} of {gtin}\n", out.display(), file.display());
                        output::print(&words)?;
                    }
                }
            }
            Ok(if proof.present { Exit::Holds } else { Exit::Found })
        }
        Verb::Parquet { file, out, trust } => {
            let trust = Trusted::find(trust.as_deref(), Some(file))?;
            trust.warn();
            folder::check_target(out, &[file, &trust.file])?;
            let snapshot = read_snapshot(file, &trust.keys)?;
            folder::Beside::write(out, false, |to| assay_gate::write_parquet(&snapshot, to))?.put()?;
            told(out, &snapshot, as_json)
        }
        Verb::Import(args) => import::run(args, as_json),
        Verb::Inspect { file, trust, gtin } => {
            let trust = Trusted::find(trust.as_deref(), Some(file))?;
            trust.warn();
            let snapshot = read_snapshot(file, &trust.keys)?;
            match gtin {
                None => told(file, &snapshot, as_json),
                Some(gtin) => one(&snapshot, *gtin, as_json),
            }
        }
    }
}

/// Holds the checkpoint that a snapshot carries against a policy of witnesses.
fn witnessed(snapshot: &assay::snapshot::Snapshot, policy: Option<&std::path::Path>) -> Result<(), Failure> {
    let Some(file) = policy else { return Ok(()) };
    let policy = crate::watching::read_policy(file)?;
    let header = snapshot.header();
    let refused = |why: String| Failure::unreadable(format!("the snapshot's checkpoint is refused: {why}"));
    let witnessed = policy.open(&header.checkpoint).map_err(|e| refused(e.to_string()))?;
    let checkpoint = witnessed.checkpoint();
    if (checkpoint.size(), checkpoint.root().to_string()) != (header.log_size, header.root.clone()) {
        return Err(refused(format!("it is of {} entries or of another root", checkpoint.size())));
    }
    Ok(())
}

fn told(
    file: &std::path::Path,
    snapshot: &assay::snapshot::Snapshot,
    as_json: bool,
) -> Result<Exit, Failure> {
    let h = snapshot.header();
    if as_json {
        output::json(&json!({ "schema": "assay-snapshot-0", "file": file, "header": h }))?;
    } else {
        let rows = [
            ["snapshot", &h.number.to_string()],
            ["records", &h.records.to_string()],
            ["log", &format!("{} ({} entries)", h.log_origin, h.log_size)],
            ["root", &h.root],
            ["issued", &h.issued.to_string()],
            ["good until", &h.valid_until.to_string()],
        ];
        let rows: Vec<Vec<String>> = rows.iter().map(|r| r.map(str::to_owned).to_vec()).collect();
        output::print(&format!("{}\n{}", file.display(), table(&rows)))?;
    }
    Ok(Exit::Holds)
}

fn one(snapshot: &assay::snapshot::Snapshot, gtin: Gtin14, as_json: bool) -> Result<Exit, Failure> {
    let record = snapshot.lookup(gtin);
    let known = record.is_some();
    if as_json {
        output::json(&json!({ "schema": "assay-snapshot-record-0", "gtin": gtin, "record": record }))?;
    } else {
        let text = match record {
            None => format!("{gtin} is not in this snapshot\n"),
            Some(r) => {
                serde_json::to_string_pretty(&r).map_err(|e| Failure::impossible(e.to_string()))? + "\n"
            }
        };
        output::print(&text)?;
    }
    Ok(if known { Exit::Holds } else { Exit::Found })
}
