//! What a command says: human text or one JSON document to standard output, nothing else there. A pipe that closes early
//! is no error; a full disk behind it is.

use std::io::{self, IsTerminal, Write};

use assay::text::is_invisible;
use serde::Serialize;

use crate::exit::Failure;

/// Prints one JSON document. It may be read on a terminal, so characters that turn what is read around or hide it are
/// written by their numbers; a program reads the same.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let mut text = serde_json::to_string_pretty(value).map_err(|e| Failure::impossible(e.to_string()))?;
    text.push('\n');
    print(&visible_json(&text))
}

/// Outside of strings a document has only ASCII, so whatever is replaced stands within one.
fn visible_json(text: &str) -> String {
    let hidden = |c: char| c != '\n' && (c.is_control() || is_invisible(c));
    if !text.contains(hidden) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if hidden(c) {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        } else {
            out.push(c);
        }
    }
    out
}

/// Prints text as it is.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::impossible(format!("standard output could not be written: {e}")))
        }
        _ => Ok(()),
    }
}

/// Says something beside the result: progress, addresses, errors. Never fails: there is nobody else to tell.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Marks and emphasis: ANSI on a terminal that wants it, plain text otherwise.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    ansi: bool,
}

impl Style {
    /// As standard output is.
    pub(crate) fn detect() -> Self {
        Self { ansi: io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() }
    }

    /// Without any.
    #[cfg(test)]
    pub(crate) fn plain() -> Self {
        Self { ansi: false }
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    pub(crate) fn good(self, text: &str) -> String {
        self.wrap("32", text)
    }

    pub(crate) fn bad(self, text: &str) -> String {
        self.wrap("31", text)
    }

    pub(crate) fn unsure(self, text: &str) -> String {
        self.wrap("33", text)
    }

    pub(crate) fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.ansi { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// How many characters a line of running text may have: the terminal's width, but no more than one reads with ease.
pub(crate) fn width() -> usize {
    terminal_size::terminal_size_of(io::stdout())
        .map_or(WIDTH, |(width, _)| usize::from(width.0).clamp(40, 110))
}

/// The width where there is no terminal to ask.
const WIDTH: usize = 100;

/// A text of a stranger for a terminal: without control characters that would move the cursor or rename the window, and
/// without the invisible ones that make it read differently from what it says.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || is_invisible(c) { '\u{fffd}' } else { c }).collect()
}

/// Lays out rows in columns as wide as their widest cell. The last column is not padded.
pub(crate) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |i: usize| rows.iter().filter_map(|r| r.get(i)).map(|c| visible(c)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (i, cell) in row.iter().enumerate() {
            line.push_str("  ");
            line.push_str(cell);
            if i + 1 < row.len() {
                line.extend(std::iter::repeat_n(' ', widths[i] - visible(cell)));
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Characters that take room: escape sequences do not.
pub(crate) fn visible(text: &str) -> usize {
    let mut count = 0;
    let mut escaped = false;
    for c in text.chars() {
        match c {
            '\u{1b}' => escaped = true,
            'm' if escaped => escaped = false,
            _ if !escaped => count += 1,
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_whatever_the_emphasis() {
        let style = Style { ansi: true };
        let text = table(&[vec![style.bold("a"), "b".into()], vec!["long".into(), "c".into()]]);
        let at = |line: &str| line.rfind(['b', 'c']).map(|i| visible(&line[..i]));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(at(lines[0]), at(lines[1]));
    }

    #[test]
    fn a_strangers_text_cannot_move_the_cursor() {
        assert_eq!(plain("a\u{1b}[2Jb\r\n"), "a\u{fffd}[2Jb\u{fffd}\u{fffd}");
    }
}
