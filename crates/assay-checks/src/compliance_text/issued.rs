//! Field g: where and when the statement is issued. The date of issue of a standard, and the dates of a support period, are
//! other dates in the same document.

use assay::compliance::{FieldOutcome, judge_issue_date};
use assay::date::{Date, in_words};

use super::lines::{Dated, Line, Lines, dated, is_blank, is_elsewhere};
use super::{met, not_met, unsure};
use crate::page::date::When;
use crate::quote::{list, quoted};

/// Field g, as far as it was found.
pub(super) struct Found {
    place: Option<(usize, String)>,
    date: Option<(usize, Dated)>,
}

/// Looks for place and date of issue.
pub(super) fn find(lines: &Lines) -> Found {
    let labels = [
        "place and date of issue",
        "date and place of issue",
        "place and date",
        "place, date",
        "place/date",
        "date of issue",
        "issue date",
        "issued on",
        "date issued",
        "date of statement",
        "issued",
        "dated",
        "date signed",
        "signed on",
        "date",
    ];
    let standard = |i: usize| {
        let low = &lines.all[i].low;
        ["standard", "303 645", "303645", "29147"].iter().any(|w| low.contains(w))
    };
    let mut found = Found { place: None, date: None };
    for label in labels {
        for index in (0..lines.all.len()).filter(|i| lines.all[*i].label == label && !standard(*i)) {
            if index > 0 && standard(index - 1) && label != "place and date of issue" {
                continue;
            }
            let Some(value) = lines.value_at(index) else { continue };
            if let Some(date) = dated(value.value).into_iter().next() {
                found.date = found.date.or(Some((value.number, date)));
                if label.contains("place") {
                    found.place =
                        found.place.or_else(|| words_beside(value.value).map(|p| (value.number, p)));
                }
            }
        }
    }
    let places = [
        "place of issue",
        "place",
        "issued at",
        "issued in",
        "signed at",
        "place of signature",
        "location",
        "done at",
    ];
    let labelled =
        lines.labelled(&places).filter(|p| !is_elsewhere(p.value)).map(|p| (p.number, p.value.to_owned()));
    found.place = found.place.or(labelled);
    for (index, line) in lines.all.iter().enumerate() {
        if standard(index) || (found.place.is_some() && found.date.is_some()) {
            continue;
        }
        let says =
            ["issued", "signed at", "signed in", "done at", "dated"].iter().any(|w| line.low.contains(w));
        let Some(date) = line.dates().first().cloned() else { continue };
        if says {
            found.place = found.place.or_else(|| place_in(&line.text).map(|p| (line.number, p)));
            found.date = found.date.or(Some((line.number, date)));
        } else if let Some(place) = alone_with_date(line) {
            // "Exampletown, 22 November 2026", a line of its own.
            found.place = found.place.or(Some((line.number, place)));
            found.date = found.date.or(Some((line.number, date)));
        }
    }
    found
}

impl Found {
    /// The date of issue, if it is one day.
    pub(super) fn day(&self) -> Option<Date> {
        self.date.as_ref().and_then(|(_, d)| d.day())
    }

    /// Field g.
    pub(super) fn judge(&self, on: Date) -> FieldOutcome {
        if let (Some((line, _)), Some(day)) = (&self.date, self.day())
            && let Some(why) = judge_issue_date(day, on)
        {
            return not_met('g', *line, why);
        }
        match (&self.place, &self.date) {
            (Some((_, place)), Some((line, date))) => match date.when {
                When::Day(day, None) => {
                    met('g', *line, format!("it was issued at {} on {}", quoted(place), in_words(day)))
                }
                When::Day(..) => unsure(
                    'g',
                    Some(*line),
                    "its date of issue reads as two different days: write the month as a word",
                ),
                When::Month(_) => {
                    unsure('g', Some(*line), "it gives a month as its date of issue, not a day")
                }
            },
            (place, date) => {
                let lacks: Vec<&str> = [("place", place.is_none()), ("date", date.is_none())]
                    .iter()
                    .filter(|(_, l)| *l)
                    .map(|(w, _)| *w)
                    .collect();
                let line = place.as_ref().map(|(l, _)| *l).or(date.as_ref().map(|(l, _)| *l));
                unsure('g', line, format!("no {} of issue was found", list(&lacks)))
            }
        }
    }
}

/// The words of "Exampletown, 22 November 2026" that are no part of the date.
fn words_beside(value: &str) -> Option<String> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let words = value.split(|c: char| c.is_whitespace() || ",;()".contains(c)).filter(|w| {
        let low = w.to_lowercase();
        let month =
            low.len() >= 3 && low.is_char_boundary(3) && MONTHS.contains(&&low[..3]) && !low.contains('-');
        w.chars().any(char::is_alphabetic)
            && !w.contains(|c: char| c.is_ascii_digit())
            && !month
            && !matches!(low.as_str(), "on" | "of" | "the")
    });
    let place = words.collect::<Vec<_>>().join(" ");
    // "Not stated, 22 November 2026" names no place.
    (!place.is_empty() && !is_blank(&place) && !is_elsewhere(&place)).then_some(place)
}

/// "Issued in London on 22 November 2026".
fn place_in(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let at = words.iter().position(|w| matches!(w.to_lowercase().as_str(), "at" | "in"))?;
    let upper = |w: &&&str| w.starts_with(char::is_uppercase);
    let place: Vec<&str> =
        words[at + 1..].iter().take_while(upper).map(|w| w.trim_matches([',', '.'])).take(4).collect();
    (!place.is_empty()).then(|| place.join(" "))
}

/// A short line that is a place, a comma and a date.
fn alone_with_date(line: &Line) -> Option<String> {
    let short = line.text.split_whitespace().count() <= 7 && line.text.contains(',');
    let place = words_beside(&line.text).filter(|p| short && p.split_whitespace().count() <= 3)?;
    place.starts_with(char::is_uppercase).then_some(place)
}
