//! The file of `--config`: TOML, every option of the command by the name it has on the command line. Every problem is named
//! at once, with line, column and mend.

use std::any::TypeId;
use std::error::Error as _;
use std::path::Path;

use assay::case::{Place, Problem};
use clap::{Arg, ArgAction, Command};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{name, options};
use crate::exit::Failure;
use crate::folder::read_bounded;
use crate::output::plain;

/// A value of the file, as it would stand on the command line; several where the option may be given several times.
pub(super) struct Said {
    /// The option's id.
    pub(super) id: String,
    pub(super) values: Vec<String>,
    pub(super) at: Place,
}

/// No configuration is longer.
const MOST_BYTES: u64 = 64 * 1024;

/// Reads a file for a command.
///
/// # Errors
/// The file cannot be read, or every problem in it.
pub(super) fn read(path: &Path, command: &Command) -> Result<Vec<Said>, Failure> {
    let bytes = read_bounded(path, MOST_BYTES)?;
    let file = path.display().to_string();
    parse(&file, &bytes, command).map_err(|problems| {
        let (n, s) = (problems.len(), if problems.len() == 1 { "" } else { "s" });
        Failure::Unreadable { message: format!("{file} has {n} problem{s}"), problems }
    })
}

pub(super) fn parse(file: &str, bytes: &[u8], command: &Command) -> Result<Vec<Said>, Vec<Problem>> {
    let problem =
        |at: Place, message: String, mend: String| Problem { file: file.to_owned(), at, message, mend };
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => {
            let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned();
            let at = place(&before, before.len());
            return Err(vec![problem(at, "this is not UTF-8".into(), "save the file as UTF-8".into())]);
        }
    };
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        let bad = |error: toml::de::Error| {
            let at = place(text, error.span().map_or(0, |span| span.start));
            let message = format!("this is not TOML: {}", error.message().replace('\n', "; "));
            problem(
                at,
                plain(&message),
                "write lines such as `listen = \"127.0.0.1:8080\"`; see https://toml.io".into(),
            )
        };
        return Err(errors.into_iter().take(MOST_PROBLEMS).map(bad).collect());
    }
    let (mut said, mut problems) = (Vec::new(), Vec::new());
    for (key, value) in document.get_ref() {
        let key_at = place(text, key.span().start);
        let Some(arg) = options(command).find(|arg| name(arg) == key.get_ref().as_ref()) else {
            let shown = plain(&key.get_ref().chars().take(60).collect::<String>());
            let message = format!("`{}` has no option `{shown}`", command.get_name());
            problems.push(problem(key_at, message, mend_of_key(key.get_ref(), command)));
            continue;
        };
        let id = arg.get_id().to_string();
        let values = match value.get_ref() {
            DeValue::Array(several) if Wanted::by(arg) == Wanted::Texts => several.iter().collect(),
            _ => vec![value],
        };
        let mut taken = Vec::new();
        for value in values {
            match as_argument(arg, value) {
                Ok(value) => taken.push(value),
                Err((message, mend)) => {
                    problems.push(problem(place(text, value.span().start), message, mend));
                }
            }
        }
        // An empty list is as if it were not there.
        if !taken.is_empty() {
            said.push(Said { id, values: taken, at: key_at });
        }
    }
    problems.sort();
    problems.truncate(MOST_PROBLEMS);
    if problems.is_empty() { Ok(said) } else { Err(problems) }
}

/// A file of nothing but mistakes is not worth more than this many sentences.
const MOST_PROBLEMS: usize = 50;

/// The value as it would stand on the command line, if the option takes it there.
fn as_argument(arg: &Arg, value: &Spanned<DeValue<'_>>) -> Result<String, (String, String)> {
    let name = name(arg);
    let wanted = Wanted::by(arg);
    let text = match (value.get_ref(), wanted) {
        (DeValue::String(text), Wanted::Text | Wanted::Texts) => text.to_string(),
        (DeValue::Integer(number), Wanted::Number) if number.radix() == 10 => number.as_str().to_owned(),
        (DeValue::Boolean(yes), Wanted::YesOrNo) => yes.to_string(),
        (other, wanted) => {
            let message = format!("`{name}` is {}, {} is wanted", article(other.type_str()), wanted.said());
            return Err((message, wanted.mend(arg)));
        }
    };
    if wanted == Wanted::YesOrNo {
        return Ok(text);
    }
    // The option's own parser judges, in a command that has nothing else.
    let alone = Command::new("alone").no_binary_name(true).disable_help_flag(true);
    let judged = alone.arg(arg.clone().required(false)).try_get_matches_from([format!("--{name}={text}")]);
    match judged {
        Ok(_) => Ok(text),
        Err(error) => {
            let why = error.source().map(|why| format!(": {why}")).unwrap_or_default();
            let shown: String = text.chars().take(80).collect();
            // What could be a password is not repeated.
            let shown =
                if arg.is_hide_env_values_set() { "(not shown)".into() } else { format!("`{shown}`") };
            Err((plain(&format!("`{name}` cannot be {shown}{why}")), wanted.mend(arg)))
        }
    }
}

/// Which kind of TOML value an option wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Text,
    /// One, or a list of them.
    Texts,
    Number,
    YesOrNo,
}

impl Wanted {
    fn by(arg: &Arg) -> Self {
        let numbers = [TypeId::of::<u16>(), TypeId::of::<u32>(), TypeId::of::<u64>(), TypeId::of::<usize>()];
        match arg.get_action() {
            ArgAction::SetTrue | ArgAction::SetFalse => Self::YesOrNo,
            ArgAction::Append => Self::Texts,
            _ if numbers.iter().any(|number| arg.get_value_parser().type_id() == *number) => Self::Number,
            _ => Self::Text,
        }
    }

    fn said(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Texts => "a text or a list of texts",
            Self::Number => "a whole number",
            Self::YesOrNo => "true or false",
        }
    }

    fn mend(self, arg: &Arg) -> String {
        let name = name(arg);
        let value =
            arg.get_value_names().and_then(|names| names.first()).map_or("VALUE", |name| name.as_str());
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let help = help.lines().next().unwrap_or_default();
        match self {
            Self::Text => format!("write {name} = \"{value}\": {help}"),
            Self::Texts => format!("write {name} = [\"{value}\"]: {help}"),
            Self::Number => format!("write {name} = {value}, a number without quotes: {help}"),
            Self::YesOrNo => format!("write {name} = true or {name} = false: {help}"),
        }
    }
}

/// What to do about a key that is no option.
fn mend_of_key(key: &str, command: &Command) -> String {
    let lower = key.to_lowercase().replace('_', "-");
    if let Some(meant) = options(command).map(name).find(|name| *name == lower) {
        return format!("write `{meant}`");
    }
    if super::NOT_IN_A_FILE.contains(&lower.as_str()) {
        return "give it on the command line".into();
    }
    let names: Vec<_> = options(command).map(name).collect();
    format!("leave it out; the options are {}", names.join(", "))
}

fn article(kind: &str) -> String {
    let vowel = kind.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {kind}", if vowel { "an" } else { "a" })
}

/// Line and column of a byte, counted from 1; columns count characters.
fn place(text: &str, byte: usize) -> Place {
    let before = text.get(..byte).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    Place { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
}
