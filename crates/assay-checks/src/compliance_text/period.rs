//! Field e: the defined support period. A period of time with an end date (regulation 2(1)): a length alone is none.

use assay::compliance::{FieldOutcome, judge_period};
use assay::date::{Date, in_words};

use super::lines::{Dated, Line, Lines, MOST_DATES, is_heading};
use super::{met, not_met, unsure};
use crate::page::date::When;
use crate::quote::quoted;

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
const ENDS: [&str; 12] =
    ["until", "till", "to", "through", "ends", "end", "ending", "by", "least", "expires", "-", "–"];
const STARTS: [&str; 9] =
    ["from", "since", "begins", "start", "starts", "starting", "beginning", "supplied", "launched"];

/// More dates than any statement has beside its support period.
const MOST_FOUND: usize = 1_000;

/// The outcome, and the end date where there is one.
pub(super) fn judge(lines: &Lines, issued: Option<Date>) -> (FieldOutcome, Option<Date>) {
    let mut found: Vec<(usize, Dated)> = Vec::new();
    let mut relative: Option<&Line> = None;
    let (mut spoken, mut crowded) = (None, false);
    for (index, line) in lines.all.iter().enumerate().filter(|(_, l)| is_about(l)) {
        spoken = spoken.or(Some(line.number));
        for (distance, near) in lines.all[index..].iter().take(5).enumerate() {
            if distance > 0 && (is_heading(&near.text) || !belongs(line, near)) {
                break;
            }
            crowded |= near.dates().len() >= MOST_DATES || found.len() > MOST_FOUND;
            if crowded {
                break;
            }
            found.extend(near.dates().iter().map(|d| (near.number, with_label(near, d.clone()))));
            if relative.is_none() && is_relative(&near.low) {
                relative = Some(near);
            }
        }
    }
    if crowded {
        let why = "it names more dates beside the support period than can be told apart";
        return (unsure('e', spoken, why), None);
    }
    let starts = |d: &Dated| nearest(d, &STARTS, &ENDS);
    found.retain(|(_, d)| {
        !starts(d) && !d.before.iter().any(|w| matches!(w.as_str(), "issue" | "issued" | "dated"))
    });
    let certain: Vec<(usize, Dated)> =
        found.iter().filter(|(_, d)| nearest(d, &ENDS, &STARTS)).cloned().collect();
    let ends = if certain.is_empty() { found } else { certain };
    let Some((line, last)) = ends.last().cloned() else {
        return (without_date(relative, spoken), None);
    };
    let mut days: Vec<Date> = ends.iter().map(|(_, d)| d.when.last_day()).collect();
    days.sort_unstable();
    days.dedup();
    if days.len() > 1 {
        let why = "it names more than one end date: which of them is this product's, a person has to see";
        return (unsure('e', Some(line), why), None);
    }
    if let Some(hedge) = hedge(&last) {
        let why =
            format!("it gives a date with \"{hedge}\": that is no end date that can be held against anybody");
        return (unsure('e', Some(line), why), None);
    }
    match last.when {
        When::Month(_) => {
            (unsure('e', Some(line), "it gives a month as the end; the end date is a day"), None)
        }
        When::Day(_, Some(_)) => (
            unsure('e', Some(line), "its end date reads as two different days: write the month as a word"),
            None,
        ),
        When::Day(end, None) => match judge_period(end, issued) {
            Some(why) => (unsure('e', Some(line), why), Some(end)),
            None => (met('e', line, format!("the support period ends on {}", in_words(end))), Some(end)),
        },
    }
}

fn without_date(relative: Option<&Line>, spoken: Option<usize>) -> FieldOutcome {
    match (relative, spoken) {
        (Some(line), _) => not_met(
            'e',
            line.number,
            format!(
                "it states a length without an end date, {}: the defined support period has an end date (SI 2023/1007, regulation 2(1))",
                quoted(&line.text)
            ),
        ),
        (None, Some(line)) => unsure('e', Some(line), "it speaks of support, but no end date was found"),
        (None, None) => unsure('e', None, "no support period was found"),
    }
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

/// A label in the line says what its date is, even where a table puts it into another cell.
fn with_label(line: &Line, mut dated: Dated) -> Dated {
    if dated.before.is_empty() {
        dated.before = line.label.split_whitespace().map(str::to_owned).collect();
    }
    dated
}

/// Whether the nearest telling word before a date is one of these, not one of those.
fn nearest(dated: &Dated, these: &[&str], those: &[&str]) -> bool {
    let telling =
        dated.before.iter().rev().find(|w| these.contains(&w.as_str()) || those.contains(&w.as_str()));
    telling.is_some_and(|w| these.contains(&w.as_str()))
}

fn hedge(dated: &Dated) -> Option<&'static str> {
    let before = |n: usize| dated.before.iter().rev().nth(n).map_or("", String::as_str);
    let after: Vec<&str> = dated.after.iter().map(String::as_str).collect();
    if before(0) == "to" && before(1) == "up" {
        return Some("up to");
    }
    if matches!(after.as_slice(), ["or", "later" | "longer", ..]) {
        return Some("or later");
    }
    let loose = ["approximately", "about", "around", "circa", "expected", "planned", "probably"];
    (0..3).any(|n| loose.contains(&before(n))).then_some("approximately")
}

/// "5 years", "for the lifetime of the product", "as long as".
fn is_relative(low: &str) -> bool {
    let words: Vec<&str> =
        low.split(|c: char| !(c.is_alphanumeric() || c == '\'')).filter(|w| !w.is_empty()).collect();
    words.iter().any(|w| matches!(*w, "year" | "years" | "month" | "months" | "lifetime" | "indefinitely"))
        || words.windows(3).any(|w| w == ["as", "long", "as"])
}
