//! `assay register announce`: what a register says of its own log ahead of the day. The data folder's key signs it, and it is
//! sent to the running register like any other statement: the fold decides whether the day is far enough away.

use std::path::{Path, PathBuf};

use assay::date::Date;
use assay::statement::{LogKeyAnnounced, SchemaAnnounced, Statement, WitnessPolicyChanged};
use assay_server::upkeep::Operator;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::upkeep::failure;
use crate::exit::{Exit, Failure};
use crate::folder::read_bounded;
use crate::remote::{Register, Reply};
use crate::watching::read_policy;
use crate::{output, today};

/// What is announced.
#[derive(clap::Subcommand)]
pub(crate) enum What {
    /// Another key of the log, at least seven days ahead
    #[command(
        after_help = "Example:\n  assay key new --out log-2.key\n  assay register announce log-key --data assay-data --register http://127.0.0.1:8080 \\\n      \
--new-key log-2.key --from 2027-01-15\n\n\
It prints the line that readers add to their policies. On the day: `assay register restore --log-key`; docs/operation.md has every \
step."
    )]
    LogKey {
        #[command(flatten)]
        whose: Whose,
        /// The new key, made by `assay key new`; only its public half is announced
        #[arg(long, value_name = "FILE")]
        new_key: PathBuf,
    },
    /// Another policy by which readers should believe the log's checkpoints, at least seven days ahead
    #[command(
        after_help = "Example:\n  assay register announce witness-policy --data assay-data --register http://127.0.0.1:8080 \\\n      \
--policy policy-2.txt --from 2027-01-15\n\n\
Comments and further spaces are left out of what is announced."
    )]
    WitnessPolicy {
        #[command(flatten)]
        whose: Whose,
        /// The policy (C2SP tlog-policy): lines `log KEY`, `witness NAME KEY URL`, `quorum NAME`
        #[arg(long, value_name = "FILE")]
        policy: PathBuf,
    },
    /// Another version of a format that the register writes, at least thirty days ahead
    #[command(
        after_help = "Example:\n  assay register announce format --data assay-data --register http://127.0.0.1:8080 \\\n      \
--name assay-statement --format-version 1 --address https://register.example/formats/statement-1.md \\\n      \
--description statement-1.md --from 2027-02-15"
    )]
    Format {
        #[command(flatten)]
        whose: Whose,
        /// The format, as its documents name it
        #[arg(long, value_name = "NAME")]
        name: String,
        /// Its next version
        #[arg(long, value_name = "NUMBER")]
        format_version: u16,
        /// Where it is described
        #[arg(long, value_name = "URL")]
        address: String,
        /// The description, as it is shown there: its digest is announced
        #[arg(long, value_name = "FILE")]
        description: PathBuf,
    },
}

/// Whose announcement it is, and for when.
#[derive(clap::Args)]
pub(crate) struct Whose {
    /// The register's data folder, whose key signs
    #[arg(long, value_name = "DIR", default_value = "assay-data", env = "ASSAY_DATA")]
    data: PathBuf,
    /// The running register's address
    #[arg(long, value_name = "URL")]
    register: String,
    /// The first day on which it holds
    #[arg(long, value_name = "DATE", value_parser = today::parse_date)]
    from: Date,
    /// The day of the announcement
    #[arg(long, value_name = "DATE", value_parser = today::parse_date)]
    on: Option<Date>,
}

/// The longest description of a format.
const MOST_BYTES: u64 = 16 << 20;

pub(crate) fn run(what: &What, as_json: bool) -> Result<Exit, Failure> {
    let (What::LogKey { whose, .. } | What::WitnessPolicy { whose, .. } | What::Format { whose, .. }) = what;
    let operator = Operator::of(&whose.data).map_err(|e| failure(&e))?;
    let (from, on) = (whose.from, whose.on.unwrap_or_else(today::today));
    // What readers do with it, in a line.
    let (statement, line) = match what {
        What::LogKey { new_key, .. } => {
            let key = operator.next_log_key(new_key).map_err(|e| Failure::unreadable(e.to_string()))?;
            let line = format!("log {key}");
            (Statement::LogKeyAnnounced(LogKeyAnnounced { key, from, on }), Some(line))
        }
        What::WitnessPolicy { policy, .. } => {
            let policy = read_policy(policy)?.to_string();
            (Statement::WitnessPolicyChanged(WitnessPolicyChanged { policy, from, on }), None)
        }
        What::Format { name, format_version, address, description, .. } => {
            let sha256 = digest_of(description)?;
            let (schema, version, address) = (name.clone(), *format_version, address.clone());
            (Statement::SchemaAnnounced(SchemaAnnounced { schema, version, address, sha256, from, on }), None)
        }
    };
    let (kind, signed) = (statement.kind(), operator.sign(&statement));
    let register = Register::at(&whose.register)?;
    let theirs = register.trust()?.origin().to_owned();
    if theirs != operator.origin() {
        return Err(Failure::unreadable(format!(
            "{} is the register of {theirs}, and {} holds the keys of {}: give those of one register",
            whose.register,
            whose.data.display(),
            operator.origin()
        )));
    }
    match register.send(signed.map_err(|e| Failure::unreadable(e.to_string()))?)? {
        Reply::Stands(receipt) => say(kind, from, line.as_deref(), &receipt, as_json),
        Reply::Refused { id, message } => say_refused(kind, &id, &message, as_json),
    }
}

fn digest_of(file: &Path) -> Result<assay::statement::Digest, Failure> {
    let bytes = read_bounded(file, MOST_BYTES)?;
    Ok(assay::statement::Digest(Sha256::digest(&bytes).into()))
}

fn say(kind: &str, from: Date, line: Option<&str>, receipt: &Value, as_json: bool) -> Result<Exit, Failure> {
    if as_json {
        output::json(&json!({
            "schema": "assay-announce-0", "accepted": true, "kind": kind, "from": from, "line": line, "receipt": receipt,
        }))?;
        return Ok(Exit::Holds);
    }
    let at =
        receipt["index"].as_u64().map_or_else(String::new, |index| format!(" at index {index} of the log"));
    let mut text = format!("{kind}{at}, from {from} on\n");
    if let Some(line) = line {
        text.push_str(&format!("for policies, beside the line that is there:\n{line}\n"));
    }
    output::print(&text)?;
    Ok(Exit::Holds)
}

fn say_refused(kind: &str, id: &str, message: &str, as_json: bool) -> Result<Exit, Failure> {
    if as_json {
        output::json(&json!({
            "schema": "assay-announce-0", "accepted": false, "kind": kind, "refused": { "id": id, "message": message },
        }))?;
    } else {
        let message = output::plain(message);
        output::print(&format!("refused ({id}): {message}\n`assay explain {id}` says more.\n"))?;
    }
    Ok(Exit::Found)
}
