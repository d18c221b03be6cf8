//! A document as lines with their labels: `Batch: 2026-44`, a table row, or a label alone with its value in the line below.
//! What hides or turns text round is taken out first, so that nothing is judged that people would read differently.

use std::cell::OnceCell;

use assay::date::Date;

use crate::page::date::{When, dates};
use crate::page::{Block, Page};

/// Longest label.
const MOST_LABEL: usize = 60;
/// More lines than any statement has.
const MOST_LINES: usize = 20_000;
/// More dates than any line of a statement has; who finds as many has not seen all.
pub(super) const MOST_DATES: usize = 100;
/// How many words around a date are kept with it on either side.
const MOST_AROUND: usize = 24;

/// The lines of a document.
pub(super) struct Lines {
    pub(super) all: Vec<Line>,
    /// The numbers of lines that hold marks which turn text round.
    pub(super) turned: Vec<usize>,
}

/// One line that is not blank.
pub(super) struct Line {
    /// Its number in the document, counted from 1.
    pub(super) number: usize,
    /// The paragraph or row that it belongs to.
    pub(super) block: usize,
    /// Its text.
    pub(super) text: String,
    /// The same in lower case, with straight quotes and single blanks.
    pub(super) low: String,
    /// The label, in lower case without its number and marks; empty where the line has none.
    pub(super) label: String,
    /// What stands behind the label.
    pub(super) value: String,
    /// The dates in it, once somebody asked.
    dates: OnceCell<Vec<Dated>>,
}

/// A labelled value and the line it begins in.
pub(super) struct Labelled<'a> {
    pub(super) number: usize,
    pub(super) value: &'a str,
}

impl Lines {
    pub(super) fn of(page: &Page) -> Self {
        let (mut all, mut turned) = (Vec::new(), Vec::new());
        for (paragraph, block) in page.blocks.iter().enumerate() {
            for (offset, text) in block.text.split('\n').enumerate() {
                let number = block.line + offset;
                if text.contains(is_turning) {
                    turned.push(number);
                } else if all.len() < MOST_LINES {
                    all.extend(Line::of(number, paragraph, text));
                }
            }
        }
        turned.dedup();
        turned.truncate(10);
        Self { all, turned }
    }

    /// The first value with one of these labels, the labels in order of preference.
    pub(super) fn labelled(&self, labels: &[&str]) -> Option<Labelled<'_>> {
        self.labelled_in(labels, 0, self.all.len())
    }

    /// The same among some lines.
    pub(super) fn labelled_in(&self, labels: &[&str], from: usize, to: usize) -> Option<Labelled<'_>> {
        labels.iter().find_map(|label| {
            (from..to.min(self.all.len()))
                .filter(|i| self.all[*i].label == *label)
                .find_map(|i| self.value_at(i))
        })
    }

    /// The value of a labelled line: behind its label, or in the line below that has no label of its own.
    pub(super) fn value_at(&self, index: usize) -> Option<Labelled<'_>> {
        let line = self.all.get(index)?;
        if line.label.is_empty() {
            return None;
        }
        let (line, value) = if line.value.is_empty() {
            let below = self.all.get(index + 1).filter(|l| l.value.is_empty() || l.label.is_empty())?;
            if is_heading(&below.text) {
                return None;
            }
            (below, below.text.as_str())
        } else {
            (line, line.value.as_str())
        };
        (!is_blank(value)).then_some(Labelled { number: line.number, value })
    }

    /// Why the document as a whole states nothing of one product, if so: it tells what a statement has to say, is a draft or a
    /// pattern, or holds several statements.
    pub(super) fn states_nothing(&self) -> Option<(usize, &'static str)> {
        const TEACHES: [&str; 13] = [
            "must contain",
            "must include",
            "must state",
            "should contain",
            "should include",
            "has to contain",
            "have to contain",
            "what a statement",
            "what the statement",
            "how to write",
            "how to fill",
            "how to complete",
            "guidance on",
        ];
        const PATTERN: [&str; 8] =
            ["draft", "specimen", "template", "sample", "example", "not valid", "invalid", "superseded"];
        let head = |i: usize| i < 4 || self.all[i].text.chars().all(|c| !c.is_lowercase());
        let opens = |l: &Line| is_heading(&l.text) && l.low.starts_with("(a)");
        let teaches = (0..self.all.len().min(40))
            .filter(|i| self.all[*i].value.is_empty())
            .find(|i| TEACHES.iter().any(|t| self.all[*i].low.contains(t)));
        if let Some(at) = teaches {
            return Some((
                self.all[at].number,
                "it tells what a statement has to contain, and is none itself",
            ));
        }
        let pattern = |l: &Line| {
            let words: Vec<&str> =
                l.low.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
            PATTERN.iter().any(|p| {
                let p: Vec<&str> = p.split(' ').collect();
                words.windows(p.len()).any(|w| w == p)
            })
        };
        // A label's value may be a name: "Example Ltd".
        let title = |i: &usize| {
            let line = &self.all[*i];
            let titled = line.value.is_empty() || line.label.contains("statement of compliance");
            head(*i) && titled && pattern(line)
        };
        if let Some(at) = (0..self.all.len()).find(title) {
            return Some((self.all[at].number, "it calls itself a draft, a pattern or not valid"));
        }
        let second = self.all.iter().filter(|l| opens(l)).nth(1)?;
        Some((second.number, "it holds more than one statement: have each judged on its own"))
    }

    /// The first line that has all the words.
    pub(super) fn saying(&self, words: &[&str]) -> Option<&Line> {
        self.all.iter().find(|l| words.iter().all(|w| l.low.contains(w)))
    }
}

impl Line {
    fn of(number: usize, block: usize, text: &str) -> Option<Self> {
        let text: String = text.chars().filter(|c| !is_hiding(*c)).collect();
        let text = text.trim().trim_start_matches([':', '*', '•', '·']).trim();
        if !text.chars().any(char::is_alphanumeric) {
            return None;
        }
        let low = plain(text);
        let (label, value) = split(text);
        let label =
            plain(unlettered(label)).trim_end_matches([':', '*', '.', ' ']).trim_matches('*').to_owned();
        let label = if label.chars().count() > MOST_LABEL { String::new() } else { label };
        let (value, text) = (value.trim().to_owned(), text.to_owned());
        Some(Self { number, block, value, text, low, label, dates: OnceCell::new() })
    }

    /// The first dates in the line, [`MOST_DATES`] at most.
    pub(super) fn dates(&self) -> &[Dated] {
        self.dates.get_or_init(|| dated(&self.text))
    }
}

/// A date in a text, with the words around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dated {
    pub(super) when: When,
    pub(super) before: Vec<String>,
    /// The words around it, itself among them, where it begins there, and how many it takes.
    pub(super) words: Vec<String>,
    pub(super) at: usize,
    pub(super) length: usize,
    /// Which sentence it stands in, and as which word.
    pub(super) place: (usize, usize),
}

impl Dated {
    /// The day, if it is one and nothing else.
    pub(super) fn day(&self) -> Option<Date> {
        match self.when {
            When::Day(day, None) => Some(day),
            _ => None,
        }
    }
}

/// The first dates in a text, [`MOST_DATES`] at most.
pub(super) fn dated(text: &str) -> Vec<Dated> {
    if !text.contains(|c: char| c.is_ascii_digit()) {
        return Vec::new();
    }
    let block = Block { line: 1, heading: false, text: text.replace('\n', " ") };
    let page = Page { blocks: vec![block], ..Page::default() };
    let mut all = Vec::new();
    for (number, sentence) in page.sentences().into_iter().enumerate() {
        let words: Vec<&str> = sentence.words.iter().map(|w| w.text.as_str()).collect();
        for found in dates(&sentence.words) {
            let owned = |w: &[&str]| w.iter().map(|w| (*w).to_owned()).collect();
            let from = found.at.saturating_sub(MOST_AROUND);
            all.push(Dated {
                when: found.when,
                before: owned(&words[found.at.saturating_sub(6)..found.at]),
                words: owned(&words[from..(found.at + found.length + MOST_AROUND).min(words.len())]),
                at: found.at - from,
                length: found.length,
                place: (number, found.at),
            });
            if all.len() == MOST_DATES {
                return all;
            }
        }
    }
    all
}

/// Splits a line into label and value: at the first colon, tab, or wide gap. Without one, a short line is a label alone.
fn split(text: &str) -> (&str, &str) {
    let colon = text.find(':').map(|at| (at, at + 1));
    let tab = text.find('\t').map(|at| (at, at + 1));
    let gap = text.find("   ").map(|at| (at, at + 3));
    match [colon, tab, gap].into_iter().flatten().min() {
        Some((at, behind)) => (&text[..at], text[behind..].trim_start_matches([':', ' ', '\t'])),
        None => (text, ""),
    }
}

/// Without `(a)`, `a)`, `1.` and the like before it.
pub(super) fn unlettered(text: &str) -> &str {
    let text = text.trim();
    let rest = text.strip_prefix('(').unwrap_or(text);
    let mark: usize = rest.chars().take_while(char::is_ascii_alphanumeric).map(char::len_utf8).sum();
    let behind = &rest[mark..];
    match behind.chars().next() {
        Some(')' | '.') if (1..=3).contains(&mark) && behind[1..].starts_with([' ', '\t']) => {
            behind[1..].trim_start()
        }
        _ => text,
    }
}

/// `(b) Manufacturer`: a line that opens a field.
pub(super) fn is_heading(text: &str) -> bool {
    let text = text.trim();
    text.starts_with('(') && unlettered(text) != text
}

fn plain(text: &str) -> String {
    let text = text.to_lowercase().replace(['’', '‘'], "'").replace(['“', '”'], "\"");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A value that somebody has still to fill in.
pub(super) fn is_blank(value: &str) -> bool {
    assay::text::is_unfilled(value)
}

/// A value that says no more than where to look: "see the label", "as printed on the box".
pub(super) fn is_elsewhere(value: &str) -> bool {
    const BEGINS: [&str; 14] = [
        "see ",
        "(see ",
        "refer to ",
        "please see ",
        "please refer ",
        "as printed",
        "as shown",
        "as stated",
        "as marked",
        "printed on",
        "shown on",
        "marked on",
        "on the ",
        "as per ",
    ];
    let low = plain(value);
    BEGINS.iter().any(|b| low.starts_with(b))
}

fn is_turning(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn is_hiding(c: char) -> bool {
    (c.is_control() && c != '\t')
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}
