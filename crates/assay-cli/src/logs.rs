//! Logs of the commands that run for long: one event, one line, on standard error, as text or as JSON. Whatever an event holds
//! cannot begin a line of its own or move a cursor: control characters are written as escapes.

use std::io::{self, Write};

use assay::text::is_invisible;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// How much is logged, and in which form.
#[derive(clap::Args)]
pub(crate) struct LogArgs {
    /// The form of the log on standard error
    #[arg(long, value_enum, value_name = "FORM", default_value_t = Form::Text, env = "ASSAY_LOG_FORMAT")]
    log_format: Form,
    /// What is logged: error, warn, info, debug, trace or off, also for a part of the program alone (PART=LEVEL), with commas
    /// between. Each request's line has the part assay_request
    #[arg(long, value_name = "LEVELS", default_value = "warn,assay=info", env = "ASSAY_LOG", value_parser = levels)]
    log_level: String,
}

/// The form of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    /// For people
    Text,
    /// One object a line, for machines
    Json,
}

impl LogArgs {
    /// Begins to log.
    pub(crate) fn start(&self) {
        let filter = EnvFilter::builder().parse_lossy(&self.log_level);
        let json = self.log_format == Form::Json;
        // A log that cannot be written (a full disk, a closed pipe) must not end the service: the line is lost, nothing else.
        let log = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_ansi(false)
            .log_internal_errors(false)
            .with_writer(Lines { json });
        let _ = match self.log_format {
            Form::Text => log.try_init(),
            Form::Json => log.json().flatten_event(true).with_span_list(false).try_init(),
        };
    }
}

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// `LEVEL` or `PART=LEVEL`, with commas between. What cannot be read would otherwise be left out in silence.
fn levels(text: &str) -> Result<String, String> {
    for directive in text.split(',') {
        let (part, level) = directive.split_once('=').unwrap_or(("assay", directive));
        let plain = part.chars().all(|c| c.is_ascii_alphanumeric() || "_:".contains(c)) && !part.is_empty();
        if !plain || !LEVELS.contains(&level) {
            return Err(format!(
                "`{}` should be {}, or PART=LEVEL, such as warn,assay=info",
                directive.chars().take(40).collect::<String>(),
                LEVELS.join(", ")
            ));
        }
    }
    Ok(text.to_owned())
}

/// Writes events, each of which comes as a whole with a line's end.
#[derive(Clone, Copy)]
struct Lines {
    json: bool,
}

impl<'w> MakeWriter<'w> for Lines {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        *self
    }
}

impl Write for Lines {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        io::stderr().lock().write_all(line(event, self.json).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Line and paragraph separators of Unicode, which some viewers break a line at.
const SEPARATORS: [char; 2] = ['\u{2028}', '\u{2029}'];

/// An event as one line.
fn line(event: &[u8], json: bool) -> String {
    let text = String::from_utf8_lossy(event);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let mut line = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        if !(c.is_control() || is_invisible(c) || SEPARATORS.contains(&c)) {
            line.push(c);
        } else if json {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().for_each(|unit| line.push_str(&format!("\\u{unit:04x}")));
        } else {
            line.extend(c.escape_default());
        }
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line_whatever_is_in_it() {
        let hostile = "a\r\nb\u{1b}[2J\u{9b}31m\u{7f}\0\u{2028}\u{202e}c\n";
        let text = line(hostile.as_bytes(), false);
        assert_eq!(text, "a\\r\\nb\\u{1b}[2J\\u{9b}31m\\u{7f}\\u{0}\\u{2028}\\u{202e}c\n");
        let object = format!("{{\"a\":\"{}\"}}\n", hostile.trim_end());
        let json = line(object.as_bytes(), true);
        assert_eq!(json.matches('\n').count(), 1);
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["a"], hostile.trim_end(), "what was said is still there");
        assert_eq!(line(b"\xff\n", false), "\u{fffd}\n");
        assert_eq!(line("für 10 €\n".as_bytes(), false), "für 10 €\n");
    }

    #[test]
    fn levels_that_cannot_be_read_are_refused() {
        for good in ["info", "off", "warn,assay=info", "warn,assay_server::web=debug,assay_request=off"] {
            assert_eq!(levels(good).as_deref(), Ok(good));
        }
        for bad in ["", "json", "loud", "a=loud", "info,", "=info", "a b=info", "[span]=info", "a=b=info"] {
            assert!(levels(bad).is_err(), "{bad}");
        }
    }
}
