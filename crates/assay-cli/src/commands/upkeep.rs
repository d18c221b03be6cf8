//! `assay register`: what an operator does with a register beside running it: back it up, restore it, look through it.

use std::path::{Path, PathBuf};

use assay::date::Date;
use assay_server::upkeep::{self, NewKey, UpkeepError};
use serde_json::json;

use super::announce;
use crate::commands::register::{place as public_place, read_url, runtime};
use crate::exit::{Exit, Failure};
use crate::watching::read_policy;
use crate::{output, today};

/// Look after a register's log: back it up, restore it, look through all of it
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

/// Where the register is.
#[derive(clap::Args)]
struct Place {
    /// The register's data folder
    #[arg(long, value_name = "DIR", default_value = "assay-data", env = "ASSAY_DATA")]
    data: PathBuf,
    /// The database: postgres://USER@HOST/DATABASE, or sqlite:PATH. Default: a file in the data folder
    #[arg(long, value_name = "URL", env = "ASSAY_DATABASE", hide_env_values = true)]
    database: Option<String>,
    /// A file with the database's URL, for one that holds a password
    #[arg(long, value_name = "FILE", env = "ASSAY_DATABASE_FILE", conflicts_with = "database")]
    database_file: Option<PathBuf>,
}

impl Place {
    fn database(&self) -> Result<Option<String>, Failure> {
        match &self.database_file {
            Some(file) => read_url(file).map(Some),
            None => Ok(self.database.clone()),
        }
    }
}

#[derive(clap::Subcommand)]
enum Verb {
    /// Copy the log and the keys to a folder, also while the register runs
    #[command(after_help = "Example:\n  assay register backup --data assay-data /media/backup/register\n\n\
The folder is empty or holds an earlier backup of the same register, to which only what is new is added. It holds the secret keys: \
keep it to yourself. The rest of it is what anybody may have of the log, on either database.")]
    Backup {
        #[command(flatten)]
        place: Place,
        /// Where to copy it
        folder: PathBuf,
    },
    /// Begin a register from a backup, in an empty folder and an empty database
    #[command(
        after_help = "Example:\n  assay register restore --data assay-data --database postgres://assay@db/log /media/backup/register\n\n\
Take the newest backup there is: a log that goes on from an older one than was published has two histories, and every monitor will \
say so. The public files are written when the register starts.\n\n\
With --log-key the log goes on under another key, which it has announced (`assay register announce log-key`) and whose day has \
come: stop the register, back it up, and restore that."
    )]
    Restore {
        #[command(flatten)]
        place: Place,
        /// The key that the log signs with from now on, as `assay key new` writes it. Default: the backup's
        #[arg(long, value_name = "FILE")]
        log_key: Option<PathBuf>,
        /// With --log-key, where the public files lie, as `assay serve --files` was told
        #[arg(long, value_name = "PLACE", env = "ASSAY_FILES")]
        files: Option<String>,
        /// With --log-key, today (for rehearsals; default: the machine's date)
        #[arg(long, value_name = "DATE", value_parser = today::parse_date)]
        on: Option<Date>,
        /// The backup
        folder: PathBuf,
    },
    /// Derive everything from the log anew and compare it with what is there, while the register does not run
    #[command(after_help = "Example:\n  assay register fsck --data assay-data\n\n\
Exit code 0 says that all of it agrees; 1 names the first thing that does not.")]
    Fsck {
        #[command(flatten)]
        place: Place,
        /// Where the public files lie, as `assay serve --files` was told
        #[arg(long, value_name = "PLACE", env = "ASSAY_FILES")]
        files: Option<String>,
        /// A policy (C2SP tlog-policy) that the published checkpoint must hold to, as `assay serve --witnesses` was told
        #[arg(long, value_name = "POLICY")]
        witnesses: Option<PathBuf>,
    },
    /// State in the log what the register changes about it, ahead of the day: its key, its witnesses, a format
    Announce {
        #[command(subcommand)]
        what: announce::What,
    },
}

pub(crate) fn run(args: &Args, as_json: bool) -> Result<Exit, Failure> {
    let (did, place, folder) = match &args.verb {
        Verb::Announce { what } => return announce::run(what, as_json),
        Verb::Backup { place, folder } => ("backup", place, Some(folder)),
        Verb::Restore { place, folder, .. } => ("restore", place, Some(folder)),
        Verb::Fsck { place, .. } => ("fsck", place, None),
    };
    let runtime = runtime()?;
    let database = place.database()?;
    let database = database.as_deref();
    let files = match &args.verb {
        Verb::Fsck { files: Some(files), .. }
        | Verb::Restore { files: Some(files), log_key: Some(_), .. } => {
            Some(runtime.block_on(async { public_place(files) })?)
        }
        _ => None,
    };
    let policy = match &args.verb {
        Verb::Fsck { witnesses: Some(file), .. } => Some(read_policy(file)?),
        _ => None,
    };
    let done: Result<_, UpkeepError> = runtime.block_on(async {
        Ok(match &args.verb {
            Verb::Backup { folder, .. } => {
                let copied = upkeep::back_up(&place.data, database, folder).await?;
                (copied.size, Some(copied.files))
            }
            Verb::Restore { folder, log_key: Some(file), on, .. } => {
                let key = NewKey { file, today: on.unwrap_or_else(today::today), files };
                (upkeep::restore_with_key(folder, &place.data, database, key).await?, None)
            }
            Verb::Restore { folder, .. } => (upkeep::restore(folder, &place.data, database).await?, None),
            Verb::Announce { .. } | Verb::Fsck { .. } => {
                let checked = upkeep::fsck(&place.data, database, files, policy.as_ref()).await?;
                (checked.size, Some(checked.files))
            }
        })
    });
    let (size, files, finding) = match done {
        Ok((size, files)) => (Some(size), files, None),
        Err(error) if error.is_finding() => (None, None, Some(error.to_string())),
        Err(error) => return Err(failure(&error)),
    };
    let exit = if finding.is_some() { Exit::Found } else { Exit::Holds };
    if as_json {
        output::json(&json!({
            "schema": "assay-register-0", "did": did, "data": place.data, "folder": folder, "log_size": size,
            "files": files, "sound": finding.is_none(), "finding": finding,
        }))?;
        return Ok(exit);
    }
    let text = match finding {
        Some(finding) => format!("not sound: {}\n", output::plain(&finding)),
        None => told(did, place, folder.map(PathBuf::as_path), size, files),
    };
    output::print(&text)?;
    Ok(exit)
}

fn told(did: &str, place: &Place, folder: Option<&Path>, size: Option<u64>, files: Option<usize>) -> String {
    let (size, files) = (size.unwrap_or(0), files.unwrap_or(0));
    let data = place.data.display();
    let folder = folder.map(|folder| folder.display().to_string()).unwrap_or_default();
    match did {
        "backup" => {
            format!("{folder}: {size} entries of {data}, {files} files compared; it holds the secret keys\n")
        }
        "restore" => format!("{data}: {size} entries from {folder}; start it with `assay serve`\n"),
        _ => format!("{data}: sound; {size} entries, {files} files compared\n"),
    }
}

pub(super) fn failure(error: &UpkeepError) -> Failure {
    match error {
        UpkeepError::NoRegister { .. } | UpkeepError::NotYet(_) => Failure::unreadable(error.to_string()),
        _ => Failure::impossible(error.to_string()),
    }
}
