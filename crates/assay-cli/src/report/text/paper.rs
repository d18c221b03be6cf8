//! Paragraphs and tables as wide as a line may be. Where nobody said how wide, a paragraph is one line.

use crate::output::{Style, visible};
use crate::report::words::{Mark, Word};

/// Below this many columns the last column of a table gets a line of its own.
const NARROW: usize = 24;

/// The text so far, and how wide it may be.
pub(super) struct Paper {
    pub(super) text: String,
    pub(super) style: Style,
    pub(super) width: Option<usize>,
}

impl Paper {
    /// A heading after an empty line.
    pub(super) fn heading(&mut self, text: &str) {
        let text = self.style.bold(text);
        self.para(0, 2, &format!("\n{text}"));
    }

    /// A word in its colour, where there are colours.
    pub(super) fn word(&self, word: Word) -> String {
        match word.mark {
            Mark::Good => self.style.good(word.word),
            Mark::Bad => self.style.bad(word.word),
            Mark::Unsure => self.style.unsure(word.word),
            Mark::Quiet => word.word.to_owned(),
        }
    }

    /// One paragraph: its first line begins at one column, the others at another. A line feed at its beginning is a gap.
    pub(super) fn para(&mut self, first: usize, hang: usize, text: &str) {
        let text = match text.strip_prefix('\n') {
            Some(rest) => {
                self.text.push('\n');
                rest
            }
            None => text,
        };
        self.text.push_str(&" ".repeat(first));
        self.words(first, hang, text);
        self.text.push('\n');
    }

    /// Words from a column on; the next lines begin at `hang`.
    fn words(&mut self, from: usize, hang: usize, text: &str) {
        let Some(width) = self.width else {
            self.text.push_str(text);
            return;
        };
        let (mut at, mut start) = (from, true);
        for word in text.split(' ') {
            let long = visible(word);
            if !start && at + 1 + long > width {
                self.text.push('\n');
                self.text.push_str(&" ".repeat(hang));
                (at, start) = (hang, true);
            }
            if !start {
                self.text.push(' ');
                at += 1;
            }
            self.text.push_str(word);
            at += long;
            start = false;
        }
    }

    /// Rows in columns as wide as their widest cell. What the line has no room for goes on below, column by column from the
    /// right, or wraps if it is the last one.
    pub(super) fn table(&mut self, rows: &[Vec<String>]) {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let of = |i: usize| rows.iter().filter_map(|r| r.get(i)).map(|c| visible(c)).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(of).collect();
        let last = columns.saturating_sub(1);
        let before: usize = widths[..last].iter().map(|w| w + 2).sum::<usize>() + 2;
        let below = self.width.is_some_and(|w| before + NARROW > w && before + widths[last] > w);
        for row in rows {
            let mut line = String::new();
            for (i, cell) in row.iter().enumerate().take(last) {
                let pad = " ".repeat(widths[i] - visible(cell));
                line.push_str(&format!("  {cell}{pad}"));
            }
            let end = row.get(last).map_or("", String::as_str);
            if below {
                self.words_line(2, 4, line.trim());
                self.para(6, 8, end);
            } else {
                self.text.push_str(&line);
                self.text.push_str("  ");
                self.words(before, before, end);
                let kept = self.text.trim_end_matches(' ').len();
                self.text.truncate(kept);
                self.text.push('\n');
            }
        }
    }

    /// The front of a row that is wider than the line: its gaps shrink to two spaces.
    fn words_line(&mut self, first: usize, hang: usize, line: &str) {
        let fits = self.width.is_none_or(|w| first + visible(line) <= w);
        let cells: Vec<&str> = line.split("  ").map(str::trim).filter(|c| !c.is_empty()).collect();
        self.para(first, hang, &if fits { line.to_owned() } else { cells.join(" · ") });
    }
}
