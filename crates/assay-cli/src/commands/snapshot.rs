//! `assay snapshot`: the shop's file: built from a register's folder, fetched from a register, looked into.

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
    /// Build it from a register's data folder (while the register does not run)
    #[command(
        after_help = "Example:\n  assay snapshot build --data assay-data --out shop.snap\n\nThe keys that verify it are written to trust.txt beside it, if none lies there."
    )]
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
    },
    /// Fetch it from a register and verify it before it takes its place
    #[command(
        after_help = "Example:\n  assay snapshot fetch --register https://register.example --trust trust.txt --out shop.snap"
    )]
    Fetch {
        /// The register's address
        #[arg(long, value_name = "URL")]
        register: String,
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
        Verb::Build { data, database, out, on } => {
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
        Verb::Fetch { register, trust, out } => {
            let trust = Trusted::find(trust.as_deref(), Some(out))?;
            trust.warn();
            let bytes = Register::at(register)?.get("/snapshot", 4 << 30)?;
            let snapshot =
                assay::snapshot::Snapshot::open(&bytes, trust.keys.register(), trust.keys.origin())
                    .map_err(|e| Failure::unreadable(format!("the register's snapshot is refused: {e}")))?;
            let age = |s: &assay::snapshot::Snapshot| (s.header().log_size, s.header().issued);
            if let Ok(old) = read_snapshot(out, &trust.keys)
                && age(&old) > age(&snapshot)
            {
                let (new, old) = (snapshot.header(), old.header());
                return Err(Failure::unreadable(format!(
                    "the register sent a snapshot of {} entries of {}, and {} has {} of {}: a log never shrinks, and no day \
                     comes again; nothing was changed",
                    new.log_size,
                    new.issued,
                    out.display(),
                    old.log_size,
                    old.issued
                )));
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
