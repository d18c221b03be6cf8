//! Settings of a command that runs for long: where each value comes from, in one order for all of them. A flag wins over the
//! environment, the environment over the file of `--config`, the file over the default. clap reads all four: what the file
//! says takes the place of a default, so that each value is parsed in one way wherever it stands.

mod file;
mod shown;

use std::ffi::OsString;
use std::path::PathBuf;

use assay::case::Place;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, FromArgMatches};

use crate::exit::Failure;

/// The settings of the command that was called, in the order of its help; none where it takes no file.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    command: String,
    /// The file of `--config`, if one was named.
    file: Option<PathBuf>,
    rows: Vec<Setting>,
}

/// Where settings stand, and a wish to see them.
#[derive(clap::Args)]
pub(crate) struct ConfigArgs {
    /// A TOML file with these options, each by its name here
    #[arg(long, value_name = "FILE", env = "ASSAY_CONFIG")]
    config: Option<PathBuf>,
    /// Print every option, its value and where it comes from, and end; passwords are not shown
    #[arg(long)]
    print_config: bool,
}

impl ConfigArgs {
    /// Whether settings are to be shown and nothing else done.
    pub(crate) fn is_shown(&self) -> bool {
        self.print_config
    }
}

/// What is said of an option that a command cannot do without and nobody gave.
pub(crate) fn missing(name: &str) -> Failure {
    let variable = name.to_uppercase().replace('-', "_");
    Failure::unreadable(format!(
        "--{name} is missing: give it here, as ASSAY_{variable}, or as `{name}` in the file of --config"
    ))
}

/// One of them.
#[derive(Debug)]
struct Setting {
    name: String,
    /// None where nobody gave one, and there is no default that can be said before the command runs.
    value: Option<String>,
    from: From,
}

/// Where a value stands. A later one wins over an earlier.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum From {
    /// In the program.
    Default,
    /// In the file, there.
    File(Place),
    /// In a variable of this name.
    Environment(String),
    /// On the command line.
    Flag,
}

/// Why there are no settings.
pub(crate) enum Wrong {
    /// As clap says it; a wish for help is one.
    Usage(clap::Error),
    /// The file.
    File(Failure),
}

impl std::convert::From<clap::Error> for Wrong {
    fn from(error: clap::Error) -> Self {
        Self::Usage(error)
    }
}

/// Options of the command line alone: they say what is to be done, not how.
const NOT_IN_A_FILE: [&str; 7] = ["config", "print-config", "help", "version", "json", "once", "full"];

/// What may stand in a command's file.
pub(crate) fn options(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|arg| arg.get_long().is_some_and(|name| !NOT_IN_A_FILE.contains(&name)))
}

/// An option's name on the command line and in the file.
fn name(arg: &Arg) -> &str {
    arg.get_long().unwrap_or_default()
}

/// Reads the command line, with the environment and the file of the command that is called, if it takes one.
pub(crate) fn read<C: FromArgMatches>(command: Command, args: &[OsString]) -> Result<(C, Settings), Wrong> {
    // To look things up in; what is built is not changed any more.
    let mut built = command.clone();
    built.build();
    // Once without judging, to learn which command it is and which file it names.
    let first = command.clone().ignore_errors(true).try_get_matches_from(args);
    let called = first.as_ref().ok().and_then(ArgMatches::subcommand);
    let sub = called.and_then(|(called, _)| built.find_subcommand(called));
    let (Some((called, matches)), Some(sub)) = (called, sub) else {
        return Ok((C::from_arg_matches(&command.try_get_matches_from(args)?)?, Settings::default()));
    };
    // What a command does beside running for long is asked for on the command line alone.
    if matches.subcommand_name().is_some() || !sub.get_arguments().any(|arg| name(arg) == "config") {
        return Ok((C::from_arg_matches(&command.try_get_matches_from(args)?)?, Settings::default()));
    }
    let file = matches.try_get_one::<PathBuf>("config").ok().flatten().cloned();
    let said = match &file {
        Some(path) => file::read(path, sub).map_err(Wrong::File)?,
        None => Vec::new(),
    };
    let called = called.to_owned();
    let with_file = command.mut_subcommand(&called, |sub| {
        said.iter().fold(sub, |sub, row| {
            let values = row.values.clone();
            sub.mut_arg(row.id.clone(), |arg| arg.default_values(values))
        })
    });
    let matches = with_file.try_get_matches_from(args)?;
    let rows = matches.subcommand_matches(&called).map(|of_sub| rows(sub, of_sub, &said)).unwrap_or_default();
    Ok((C::from_arg_matches(&matches)?, Settings { command: called, file, rows }))
}

fn rows(command: &Command, matches: &ArgMatches, said: &[file::Said]) -> Vec<Setting> {
    options(command)
        .map(|arg| {
            let id = arg.get_id().as_str();
            let from = match matches.value_source(id) {
                Some(ValueSource::CommandLine) => From::Flag,
                Some(ValueSource::EnvVariable) => {
                    From::Environment(arg.get_env().unwrap_or_default().to_string_lossy().into_owned())
                }
                _ => said.iter().find(|row| row.id == id).map_or(From::Default, |row| From::File(row.at)),
            };
            let values = matches.get_raw(id).into_iter().flatten();
            let values: Vec<_> = values.map(|value| value.to_string_lossy().into_owned()).collect();
            let value = (!values.is_empty()).then(|| values.join(", "));
            Setting { name: name(arg).to_owned(), value, from }
        })
        .collect()
}

impl Settings {
    /// Of two options that say the same thing, the one to follow: that which stands higher.
    ///
    /// # Errors
    /// Both stand in the same place.
    pub(crate) fn either<'n>(&self, one: &'n str, other: &'n str) -> Result<Option<&'n str>, Failure> {
        let from = |name: &str| {
            self.rows.iter().find(|row| row.name == name && row.value.is_some()).map(|row| &row.from)
        };
        Ok(match (from(one), from(other)) {
            (None, None) => None,
            (Some(_), None) => Some(one),
            (None, Some(_)) => Some(other),
            (Some(a), Some(b)) if a.rank() == b.rank() => {
                return Err(Failure::unreadable(format!(
                    "{one} and {other} are both given {}: leave one of them out",
                    a.said(self.file.as_deref())
                )));
            }
            (Some(a), Some(b)) => Some(if a.rank() > b.rank() { one } else { other }),
        })
    }

    /// Refuses an option that was given here and means nothing with, or without, another.
    ///
    /// # Errors
    /// It stands on the command line. From the environment or the file it may be for another call.
    pub(crate) fn refuse_flag(&self, name: &str, why: &str) -> Result<(), Failure> {
        match self.from(name) {
            From::Flag => Err(Failure::unreadable(format!("--{name} {why}"))),
            _ => Ok(()),
        }
    }

    /// Where an option's value stands.
    pub(crate) fn from(&self, name: &str) -> &From {
        self.rows.iter().find(|row| row.name == name).map_or(&From::Default, |row| &row.from)
    }
}

impl From {
    fn rank(&self) -> u8 {
        match self {
            Self::Default => 0,
            Self::File(_) => 1,
            Self::Environment(_) => 2,
            Self::Flag => 3,
        }
    }

    /// For a sentence or a table.
    fn said(&self, file: Option<&std::path::Path>) -> String {
        match self {
            Self::Default => "by default".into(),
            Self::File(at) => {
                let file = file.map(|file| file.display().to_string()).unwrap_or_default();
                format!("in {file}:{}:{}", at.line, at.column)
            }
            Self::Environment(name) => format!("in the environment ({name})"),
            Self::Flag => "on the command line".into(),
        }
    }
}

#[cfg(test)]
mod tests;
