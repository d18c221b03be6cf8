//! Expressions of time in a promise: "within two (2) business days", "every 14 days", "weekly", "72h". What the time is for
//! is the business of the promise around it.

use crate::page::Word;

/// How a time is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Time {
    /// A limit: "within 5 days", "2 business days".
    Limit,
    /// An interval: "every 14 days", "weekly".
    Every,
    /// A limit without a number: "within a few days", "within XX days".
    Vague,
    /// A span that is no limit: "for 90 days", "24 hours a day".
    Other,
}

const UNITS: [&str; 19] = [
    "hour",
    "hours",
    "hr",
    "hrs",
    "h",
    "day",
    "days",
    "d",
    "week",
    "weeks",
    "month",
    "months",
    "year",
    "years",
    "workday",
    "workdays",
    "weekday",
    "weekdays",
    "fortnight",
];

/// The times in some words, in order.
pub(super) fn times(words: &[Word]) -> Vec<Time> {
    let text = |i: usize| words.get(i).map_or("", |w| w.text.as_str());
    let mut found = Vec::new();
    let mut i = 0;
    while i < words.len() {
        let word = text(i);
        if ["weekly", "daily", "monthly", "fortnightly", "biweekly", "bi-weekly", "bimonthly", "quarterly"]
            .contains(&word)
        {
            found.push(Time::Every);
            i += 1;
            continue;
        }
        // "every week", "each month", "every other week", "once per month", "once a week"
        if matches!(word, "every" | "each" | "per")
            || (matches!(word, "a" | "an") && matches!(i.checked_sub(1).map(text), Some("once" | "twice")))
        {
            let skip = usize::from(matches!(text(i + 1), "other" | "second" | "single"));
            if UNITS.contains(&text(i + 1 + skip)) {
                found.push(if text(i.saturating_sub(1)) == "hours" { Time::Other } else { Time::Every });
                i += 2 + skip;
                continue;
            }
        }
        match measure(words, i) {
            Some((vague, length)) => {
                found.push(meaning(words, i, length, vague));
                i += length;
            }
            None => i += 1,
        }
    }
    found
}

/// A number with a unit at `i`: whether the number is none, and how many words it takes.
fn measure(words: &[Word], i: usize) -> Option<(bool, usize)> {
    let text = |i: usize| words.get(i).map_or("", |w| w.text.as_str());
    let word = text(i);
    let digits = word.len() - word.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    // "72h", "24-hour"
    if (1..=4).contains(&digits) && UNITS.contains(&word[digits..].trim_start_matches('-')) {
        return Some((false, 1));
    }
    let range = |w: &str| {
        !w.is_empty()
            && w.len() <= 9
            && w.starts_with(|c: char| c.is_ascii_digit())
            && w.chars().all(|c| c.is_ascii_digit() || "-–/+".contains(c))
    };
    const NUMBERS: [&str; 20] = [
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "twelve",
        "fourteen",
        "fifteen",
        "twenty",
        "thirty",
        "forty",
        "forty-eight",
        "sixty",
        "seventy-two",
        "ninety",
    ];
    let mut at = i + 1;
    let vague = match word {
        "few" | "couple" | "several" | "some" | "xx" | "xxx" | "x" | "n" | "nn" => true,
        // "within a week", but not the "a day" of "24 hours a day"
        "a" | "an" if i > 0 && ["within", "in", "under", "than"].contains(&text(i - 1)) => false,
        "next" | "same" => false,
        _ if range(word) || NUMBERS.contains(&word) => false,
        _ => return None,
    };
    if text(at) == "of" && word == "couple" {
        at += 1;
    }
    // "two (2) business days", "3 to 5 days", "3 or 5 days"
    while range(text(at)) || (matches!(text(at), "to" | "or" | "-") && range(text(at + 1))) {
        at += 1;
    }
    let mut adjectives = 0;
    while adjectives < 3
        && ["business", "working", "calendar", "full", "consecutive", "single"].contains(&text(at))
    {
        at += 1;
        adjectives += 1;
    }
    UNITS.contains(&text(at)).then(|| (vague, at + 1 - i))
}

/// What the words around a measure make of it.
fn meaning(words: &[Word], i: usize, length: usize, vague: bool) -> Time {
    let text = |i: usize| words.get(i).map_or("", |w| w.text.as_str());
    // "24 hours a day", "7 days a week"
    if matches!(text(i + length), "a" | "per" | "each" | "every") && UNITS.contains(&text(i + length + 1)) {
        return Time::Other;
    }
    for back in words[i.saturating_sub(5)..i].iter().rev() {
        match back.text.as_str() {
            "every" | "each" | "per" => return Time::Every,
            "within" | "in" | "under" | "than" | "before" | "inside" | "by" | "maximum" | "max" | "to" => {
                return if vague { Time::Vague } else { Time::Limit };
            }
            "after" | "for" | "since" | "last" | "past" | "during" | "wait" => return Time::Other,
            "at" | "the" | "most" | "least" | "approximately" | "about" | "around" | "up" | "of" | "a"
            | "first" | "next" | "no" | "not" | "more" | "later" | "once" => {}
            _ => break,
        }
    }
    if vague { Time::Vague } else { Time::Limit }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<Time> {
        let words: Vec<Word> =
            text.split_whitespace().map(|w| Word { text: w.to_owned(), line: 1, pause: false }).collect();
        times(&words)
    }

    #[test]
    fn limits_intervals_and_other_spans() {
        use Time::*;
        let cases: &[(&str, &[Time])] = &[
            ("within two 2 business days", &[Limit]),
            ("within 72h", &[Limit]),
            ("no later than 3 to 5 working days", &[Limit]),
            ("2 business days", &[Limit]),
            ("the next business day", &[Limit]),
            ("at least every 14 days", &[Every]),
            ("once a week", &[Every]),
            ("every other week", &[Every]),
            ("a weekly report", &[Every]),
            ("every 10 business days until resolved", &[Every]),
            ("within a few days", &[Vague]),
            ("within xx days", &[Vague]),
            ("24 hours a day", &[Other]),
            ("wait for 90 days", &[Other]),
            ("within 3 days and every month", &[Limit, Every]),
            ("regularly in 2030", &[]),
        ];
        for (text, wanted) in cases {
            assert_eq!(of(text), *wanted, "{text}");
        }
    }
}
