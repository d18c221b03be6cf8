//! Field e: the defined support period. A period of time with an end date (regulation 2(1)): a length alone is none. It is
//! met where a passage plainly says that support ends on one day; not met where a passage gives a length and nothing that
//! could be an end date. Everything between is left to a person.

mod passage;

use assay::compliance::{FieldOutcome, judge_period};
use assay::date::{Date, in_words};

use super::lines::{Dated, Line, Lines};
use super::{met, not_met, unsure};
use crate::page::date::{When, is_month};
use crate::page::reserve;
use crate::quote::quoted;
use passage::{Passage, passages};

/// The outcome, and the end date where there is one.
pub(super) fn judge(lines: &Lines, issued: Option<Date>) -> (FieldOutcome, Option<Date>) {
    let passages = passages(lines);
    if let Some(crowded) = passages.iter().find(|p| p.crowded) {
        let why = "it names more dates beside the support period than can be told apart";
        return (unsure('e', Some(crowded.line()), why), None);
    }
    let ends: Vec<&(usize, Dated)> = passages.iter().flat_map(|p| &p.ends).collect();
    let Some((line, last)) = ends.last() else { return (without_date(lines, &passages, issued), None) };
    let open = |why: String| (unsure('e', Some(*line), why), None);
    let mut days: Vec<Date> = ends.iter().map(|(_, d)| d.when.last_day()).collect();
    days.sort_unstable();
    days.dedup();
    if days.len() > 1 {
        return open(
            "it names more than one end date: which of them is this product's, a person has to see".into(),
        );
    }
    if let Some(hedge) = ends.iter().find_map(|(_, d)| beside(d)) {
        return open(format!(
            "it gives a date with \"{hedge}\": that is no end date that can be held against anybody"
        ));
    }
    if let Some(word) = passages.iter().filter(|p| !p.ends.is_empty()).find_map(Passage::reserved) {
        return open(format!(
            "it gives a date, and in the same passage \"{word}\": whether that is a promise, a person has to read"
        ));
    }
    if let Some(other) = passages.iter().find(|p| p.ends.is_empty() && p.length.is_some()) {
        return open(format!(
            "it gives an end date, and a length without one in line {}: if these are two products, one of them has no end date",
            other.length.map_or(0, |l| l.number)
        ));
    }
    if let Some(why) = passages.iter().find_map(Passage::mixed) {
        return open(why);
    }
    let year = last.when.last_day().year();
    let from = issued.map_or(2026, |i| i.year());
    if let Some(other) = passages.iter().flat_map(|p| p.years()).find(|y| *y > from && *y != year) {
        return open(format!(
            "it gives an end date, and beside it the year {other}, which may belong to another one that could not be read"
        ));
    }
    match last.when {
        When::Month(_) => open("it gives a month as the end; the end date is a day".into()),
        When::Day(_, Some(_)) => {
            open("its end date reads as two different days: write the month as a word".into())
        }
        When::Day(end, None) => match judge_period(end, issued) {
            // Lawful: no minimum is asked for. But nobody issues such a statement without having meant it.
            Some(why) => (unsure('e', Some(*line), why), Some(end)),
            None => (met('e', *line, format!("the support period ends on {}", in_words(end))), Some(end)),
        },
    }
}

fn beside(dated: &Dated) -> Option<String> {
    let words: Vec<&str> = dated.words.iter().map(String::as_str).collect();
    reserve::beside(&words, dated.at, dated.length)
}

fn without_date(lines: &Lines, passages: &[Passage<'_>], issued: Option<Date>) -> FieldOutcome {
    let Some(first) = passages.first() else { return unsure('e', None, "no support period was found") };
    if let Some((line, stray)) = passages.iter().find_map(|p| p.strays.first()) {
        let why = format!(
            "it gives a date, {}, but does not say that support ends then",
            in_words(stray.when.last_day())
        );
        return unsure('e', Some(*line), why);
    }
    let Some(length) = passages.iter().find_map(|p| p.length) else {
        return unsure('e', Some(first.line()), "it speaks of support, but no end date was found");
    };
    if let Some(line) = passages.iter().flat_map(|p| &p.lines).find(|l| may_hold_a_date(l)) {
        let why = format!(
            "it states a length, and what stands beside it may be an end date that could not be read: {}",
            quoted(&line.text)
        );
        return unsure('e', Some(line.number), why);
    }
    // A table at the foot may hold what this passage does not.
    let later = lines.all.iter().find_map(|l| {
        let day = l.dates().iter().map(|d| d.when.last_day()).find(|d| issued.is_none_or(|i| *d > i))?;
        Some((l.number, day))
    });
    if let Some((line, day)) = later.filter(|(_, day)| issued.is_some() || day.year() > 2023) {
        let why = format!(
            "it states a length without an end date; whether {}, elsewhere in the document, is meant as the end, a person has to see",
            in_words(day)
        );
        return unsure('e', Some(line), why);
    }
    not_met(
        'e',
        length.number,
        format!(
            "it states a length without an end date, {}: the defined support period has an end date (SI 2023/1007, regulation 2(1))",
            quoted(&length.text)
        ),
    )
}

/// Whether something in a line may be an end date, or tell where one stands, in a form that is not read here.
fn may_hold_a_date(line: &Line) -> bool {
    // "Three years after the end of sale" ends with an event that has no day.
    const EVENTS: [&str; 10] = [
        "end of sale",
        "end of sales",
        "end-of-sale",
        "end-of-sales",
        "end of life",
        "end-of-life",
        "end of production",
        "end-of-production",
        "end of manufacture",
        "end of its life",
    ];
    const TELLING: [&str; 26] = [
        "until", "till", "end", "ends", "ending", "ended", "end-date", "expires", "expiry", "expiring",
        "bis", "jusqu'au", "hasta", "fino", "tot", "see", "table", "annex", "below", "website", "page",
        "label", "q1", "q2", "q3", "q4",
    ];
    let mut low = line.low.clone();
    for event in EVENTS {
        low = low.replace(event, " ");
    }
    let words: Vec<&str> =
        low.split(|c: char| c.is_whitespace() || "(),;:".contains(c)).filter(|w| !w.is_empty()).collect();
    let foreign = low.chars().any(|c| c.is_alphabetic() && c > '\u{24f}');
    foreign
        || words.iter().enumerate().any(|(i, word)| {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric());
            let digits = word.trim_start_matches('\'');
            let next = words.get(i + 1).copied().unwrap_or_default();
            // "5 years", "(5)", "60-month".
            let count = digits.len() <= 3 && digits.bytes().all(|b| b.is_ascii_digit());
            let again = words.get(i + 2).copied().unwrap_or_default();
            let unit = is_unit(next) || is_unit(again);
            let length = count && unit || word.split_once('-').is_some_and(|(_, u)| is_unit(u));
            let numeral = digits.starts_with(|c: char| c.is_ascii_digit()) && !length;
            // "(e)", "1." before a label are no dates, and neither is a paragraph of the law.
            let lettered = i == 0 && digits.len() <= 2;
            TELLING.contains(&word) || is_month(word) || (numeral && !lettered)
        })
}

fn is_unit(word: &str) -> bool {
    const UNITS: [&str; 12] = [
        "year", "years", "yr", "yrs", "year's", "years'", "month", "months", "week", "weeks", "days",
        "calendar",
    ];
    UNITS.contains(&word.trim_matches(|c: char| !c.is_alphanumeric() && c != '\''))
}
