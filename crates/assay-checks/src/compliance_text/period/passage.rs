//! The passages of a document that speak of support: their lines, the dates in them by what they are said to be, and the
//! lengths of time. Nothing is judged here.

use crate::compliance_text::lines::{Dated, Line, Lines, MOST_DATES, is_heading};
use crate::page::reserve;

const ABOUT: [&str; 11] = [
    "support period",
    "security update",
    "supported until",
    "end of support",
    "support until",
    "support ends",
    "support end",
    "update period",
    "software support",
    "security support",
    "minimum support",
];
const ENDS: [&str; 15] = [
    "until", "till", "to", "through", "ends", "end", "ending", "by", "least", "expires", "expire", "stop",
    "stops", "-", "–",
];
/// What makes a date one of something else: of a beginning, of a print, of a sale.
const OTHERS: [&str; 32] = [
    "from",
    "since",
    "begins",
    "start",
    "starts",
    "starting",
    "beginning",
    "supplied",
    "launched",
    "released",
    "printed",
    "published",
    "updated",
    "revised",
    "modified",
    "changed",
    "reviewed",
    "checked",
    "issue",
    "issued",
    "dated",
    "sale",
    "sales",
    "sold",
    "production",
    "manufacture",
    "manufactured",
    "warranty",
    "stock",
    "life",
    "purchase",
    "version",
];

/// Lines that belong together and speak of support.
pub(super) struct Passage<'a> {
    pub(super) lines: Vec<&'a Line>,
    /// What stands directly below in the same breath and may take it back.
    below: Vec<&'a Line>,
    /// Dates on which support is said to end, each with the number of its line.
    pub(super) ends: Vec<(usize, Dated)>,
    /// Dates of which it is not said what they are.
    pub(super) strays: Vec<(usize, Dated)>,
    /// It has more dates than were looked at.
    pub(super) crowded: bool,
    /// The first line with a length of time.
    pub(super) length: Option<&'a Line>,
}

/// The passages, in order.
pub(super) fn passages(lines: &Lines) -> Vec<Passage<'_>> {
    let mut spans: Vec<(usize, Vec<usize>)> = Vec::new();
    for (index, line) in lines.all.iter().enumerate().filter(|(_, l)| is_about(l)) {
        let mut span = vec![index];
        for (distance, near) in lines.all[index..].iter().take(5).enumerate().skip(1) {
            if is_heading(&near.text) || !belongs(line, near) {
                break;
            }
            span.push(index + distance);
        }
        match spans.last_mut().filter(|(end, _)| index <= end + 1 && !is_heading(&line.text)) {
            Some((end, all)) => {
                all.extend(span.iter().filter(|i| *i > end).copied().collect::<Vec<_>>());
                *end = all.last().copied().unwrap_or(index);
            }
            None => spans.push((span.last().copied().unwrap_or(index), span)),
        }
    }
    spans.into_iter().map(|(end, span)| of_span(lines, &span, end)).collect()
}

fn of_span<'a>(lines: &'a Lines, span: &[usize], end: usize) -> Passage<'a> {
    let all: Vec<&Line> = span.iter().filter_map(|i| lines.all.get(*i)).collect();
    let stops = ["sign", "declar", "opinion", "place", "manufacturer"];
    let below = lines.all[(end + 1).min(lines.all.len())..]
        .iter()
        .take(3)
        .take_while(|l| {
            !is_heading(&l.text) && l.value.is_empty() && !stops.iter().any(|s| l.low.contains(s))
        })
        .collect();
    let mut passage =
        Passage { lines: all, below, ends: Vec::new(), strays: Vec::new(), crowded: false, length: None };
    let mut above = None;
    for line in passage.lines.clone() {
        passage.take_dates(line, above);
        above = Some(line);
        if passage.length.is_none() && is_length(&line.low) {
            passage.length = Some(line);
        }
    }
    passage
}

impl Passage<'_> {
    pub(super) fn line(&self) -> usize {
        self.lines.first().map_or(1, |l| l.number)
    }

    fn take_dates(&mut self, line: &Line, above: Option<&Line>) {
        self.crowded |= line.dates().len() >= MOST_DATES || self.ends.len() + self.strays.len() > MOST_FOUND;
        if self.crowded {
            return;
        }
        let mut dates = line.dates().iter().map(|d| with_label(line, above, d.clone())).peekable();
        while let Some(dated) = dates.next() {
            // "1 January 2026 – 31 December 2031": the first of two that touch begins.
            let begins = dates.peek().is_some_and(|next| {
                next.place == (dated.place.0, dated.place.1 + dated.length)
                    && dated.when.last_day() < next.when.last_day()
            });
            match role(&dated) {
                Some(false) | None if begins => {
                    self.ends.extend(dates.next().map(|end| (line.number, end)));
                }
                Some(false) => {}
                Some(true) => self.ends.push((line.number, dated)),
                None if is_bare(line, &dated) => self.ends.push((line.number, dated)),
                None => self.strays.push((line.number, dated)),
            }
        }
    }

    /// A word in it, or directly below, that takes the promise back.
    pub(super) fn reserved(&self) -> Option<String> {
        self.lines.iter().chain(&self.below).find_map(|line| {
            let words: Vec<&str> = words(&line.low).collect();
            reserve::within(&words)
        })
    }

    /// Why it may speak of two products, if so.
    pub(super) fn mixed(&self) -> Option<String> {
        let mut lengths: Vec<u32> = self.lines.iter().flat_map(|l| months(&l.low)).collect();
        lengths.sort_unstable();
        lengths.dedup();
        if !self.ends.is_empty() && lengths.len() > 1 {
            return Some("it gives an end date and two different lengths: which is this product's, a person has to see".into());
        }
        // "Support period of the A-1: …" and "… of the A-2: …"; or the same label twice, once without a date.
        let rest = |l: &Line| -> Vec<String> {
            let known = |w: &&str| !KNOWN.contains(w) && !ENDS.contains(w);
            words(&l.label).filter(known).map(str::to_owned).collect()
        };
        let ended = |l: &&&Line| self.ends.iter().any(|(number, _)| *number == l.number);
        let dated: Vec<&&Line> = self.lines.iter().filter(ended).collect();
        let undated = self.lines.iter().filter(|l| l.dates().is_empty() && is_about(l) && is_length(&l.low));
        let apart = undated
            .filter(|l| !l.value.is_empty())
            .any(|l| dated.iter().any(|d| !d.value.is_empty() && (d.label == l.label || rest(d) != rest(l))));
        if apart {
            return Some("it gives an end date under one label and a length without one under another: which is this product's, a person has to see".into());
        }
        let named = self.lines.iter().any(|l| {
            l.value.split([';', ',']).filter_map(|c| c.rsplit_once(':')).any(|(label, _)| {
                let known = words(&label.to_lowercase())
                    .all(|w| ENDS.contains(&w) || KNOWN.contains(&w) || is_number(w));
                !known
            })
        });
        let several = !self.ends.is_empty() && self.length.is_some() && named;
        several.then(|| "it gives an end date and a length under different names: which is this product's, a person has to see".into())
    }

    /// The years in it.
    pub(super) fn years(&self) -> impl Iterator<Item = i16> {
        let split = |c: char| !c.is_ascii_digit();
        self.lines
            .iter()
            .flat_map(move |l| l.low.split(split))
            .filter(|w| w.len() == 4)
            .filter_map(|w| w.parse().ok())
            .filter(|y| (1990..=2200).contains(y))
    }
}

/// More dates than any statement has beside its support period.
const MOST_FOUND: usize = 1_000;

/// Words that may stand around a bare end date without making it another date.
const KNOWN: [&str; 46] = [
    "defined",
    "support",
    "period",
    "security",
    "update",
    "updates",
    "software",
    "supported",
    "minimum",
    "at",
    "least",
    "date",
    "last",
    "day",
    "the",
    "for",
    "of",
    "a",
    "is",
    "are",
    "and",
    "provided",
    "year",
    "years",
    "yrs",
    "months",
    "month",
    "five",
    "three",
    "four",
    "two",
    "six",
    "seven",
    "ten",
    "eight",
    "eol",
    "length",
    "duration",
    "time",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// Whether a date stands behind the label of a period with nothing beside it that makes it another date.
fn is_bare(line: &Line, dated: &Dated) -> bool {
    let label: Vec<&str> = words(&line.label).collect();
    dated.words.iter().enumerate().all(|(i, word)| {
        let inside = (dated.at..dated.at + dated.length).contains(&i);
        let number = is_number(word) && word.len() <= 3;
        // "(e)" before the label.
        let letter = i == 0 && word.chars().count() == 1;
        inside || letter || number || KNOWN.contains(&word.as_str()) || label.contains(&word.as_str())
    })
}

/// Whether the nearest telling word before a date says that support ends there, or that it is a date of something else.
fn role(dated: &Dated) -> Option<bool> {
    let nearest =
        dated.before.iter().rev().find(|w| ENDS.contains(&w.as_str()) || OTHERS.contains(&w.as_str()))?;
    Some(ENDS.contains(&nearest.as_str()))
}

fn is_about(line: &Line) -> bool {
    // How long a copy of the statement is kept is another period.
    let kept = ["keep a copy", "kept", "retain", "retention"].iter().any(|w| line.low.contains(w));
    !kept && ABOUT.iter().any(|w| line.low.contains(w))
}

/// Whether a line below one on support still belongs to it: its label is one of a period, the sentence goes on in it, or the
/// line on support is a label or a heading with nothing behind it.
fn belongs(about: &Line, near: &Line) -> bool {
    const LABELS: [&str; 16] = [
        "end",
        "ends",
        "end date",
        "until",
        "to",
        "start",
        "starts",
        "start date",
        "from",
        "begins",
        "period",
        "last day",
        "duration",
        "period begins",
        "period ends",
        "length",
    ];
    let open = about.value.is_empty() && !about.text.ends_with('.') && near.value.is_empty();
    let goes_on =
        near.text.starts_with(char::is_lowercase) && near.value.is_empty() && !about.text.ends_with('.');
    open || goes_on || LABELS.contains(&near.label.as_str()) || is_about(near)
}

/// A label in the line, or alone in the line above, says what its date is: a table or a list puts it into another cell.
fn with_label(line: &Line, above: Option<&Line>, mut dated: Dated) -> Dated {
    if dated.before.is_empty() {
        let alone = line.value.is_empty() && dated.words.len() == dated.length;
        let label = match above {
            Some(above) if alone && above.value.is_empty() && above.dates().is_empty() => &above.label,
            _ => &line.label,
        };
        dated.before = label.split_whitespace().map(str::to_owned).collect();
    }
    dated
}

/// "5 years", "for the lifetime of the product", "as long as".
fn is_length(low: &str) -> bool {
    let all: Vec<&str> = words(low).collect();
    let units = ["year", "years", "yr", "yrs", "month", "months", "lifetime", "indefinitely"];
    all.iter().any(|w| units.contains(w)) || all.windows(3).any(|w| w == ["as", "long", "as"])
}

/// The lengths in a text, in months.
fn months(low: &str) -> Vec<u32> {
    let all: Vec<&str> = words(low).collect();
    let number = |w: &str| {
        const NAMES: [&str; 10] =
            ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
        let named = NAMES.iter().position(|n| *n == w).and_then(|i| u32::try_from(i + 1).ok());
        named.or_else(|| w.parse().ok())
    };
    all.windows(2)
        .filter_map(|pair| {
            let count: u32 = number(pair[0]).filter(|n| *n < 1_000)?;
            match pair[1] {
                "year" | "years" | "yr" | "yrs" => Some(count * 12),
                "month" | "months" => Some(count),
                _ => None,
            }
        })
        .collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '\'' | '-' | '.')))
        .map(|w| w.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|w| !w.is_empty())
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit())
}
