//! Dates as people write them on pages: `2030-05-31`, `31 May 2030`, `May 31st, 2030`, `31.05.2030`, `30.5.2030`,
//! `31/05/2030`, `31-May-2030`, `May 2030`, `05/2030`, `end of 2030`. English month names only; no years of two digits.

use assay::date::Date;

use crate::page::Word;

/// A date, as precise as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// A day; with slashes perhaps another one, if an American wrote it.
    Day(Date, Option<Date>),
    /// A month, by its last day.
    Month(Date),
}

impl When {
    /// Whether it is this day, or its month.
    pub(crate) fn is(self, day: Date) -> bool {
        match self {
            Self::Day(date, _) => date == day,
            Self::Month(last) => last.year() == day.year() && last.month() == day.month(),
        }
    }

    /// Whether it is this day only as an American would read it.
    pub(crate) fn may_be(self, day: Date) -> bool {
        matches!(self, Self::Day(_, Some(american)) if american == day)
    }

    /// The day, or the last day of the month.
    pub(crate) fn last_day(self) -> Date {
        match self {
            Self::Day(date, _) | Self::Month(date) => date,
        }
    }
}

/// A date among words: where it begins, how many words it takes, and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) at: usize,
    pub(crate) length: usize,
    pub(crate) when: When,
}

/// The dates among some words, in order.
pub(crate) fn dates(words: &[Word]) -> Vec<Found> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match date_at(words, at) {
            Some((length, when)) => {
                found.push(Found { at, length, when });
                at += length;
            }
            None => at += 1,
        }
    }
    found
}

fn date_at(words: &[Word], at: usize) -> Option<(usize, When)> {
    let text = |i: usize| words.get(at + i).map_or("", |w| w.text.as_str());
    if let Some(when) = one_word(text(0)) {
        return Some((1, when));
    }
    // "end of 2030", "end of the year 2030"
    if text(0) == "end" {
        let year_at = (1..=4).find(|&i| !matches!(text(i), "of" | "the" | "year"))?;
        return Some((year_at + 1, When::Day(day(year(text(year_at))?, 12, 31)?, None)));
    }
    if let Some(month) = month(text(0)) {
        if let (Some(d), Some(y)) = (ordinal(text(1)), year(text(2))) {
            return Some((3, When::Day(day(y, month, d)?, None)));
        }
        return Some((2, last_of(year(text(1))?, month)?));
    }
    let d = ordinal(text(0))?;
    let of = usize::from(text(1) == "of");
    let (month, year) = (month(text(1 + of))?, year(text(2 + of))?);
    Some((3 + of, When::Day(day(year, month, d)?, None)))
}

fn one_word(word: &str) -> Option<When> {
    if word.len() > 30 || !word.is_ascii() || !word.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    // `2030-05-31t00:00:00z`
    let word = if word.as_bytes().get(10) == Some(&b't') { &word[..10] } else { word };
    let separator = ['-', '/', '.'].into_iter().find(|s| word.contains(*s))?;
    let parts: Vec<&str> = word.split(separator).collect();
    match parts.as_slice() {
        [y, m, d] if y.len() == 4 => Some(When::Day(day(year(y)?, number(m)?, number(d)?)?, None)),
        [d, m, y] => {
            let y = year(y)?;
            let d = number(d)?;
            let Some(m) = number(m) else {
                return Some(When::Day(day(y, month(m)?, d)?, None));
            };
            let american = if separator == '/' && m != d { day(y, d, m) } else { None };
            match (day(y, m, d), american) {
                (Some(date), american) => Some(When::Day(date, american)),
                (None, Some(american)) => Some(When::Day(american, None)),
                (None, None) => None,
            }
        }
        [y, m] if y.len() == 4 => last_of(year(y)?, number(m)?),
        [m, y] => last_of(year(y)?, number(m)?),
        _ => None,
    }
}

fn number(text: &str) -> Option<i8> {
    if (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}

fn ordinal(text: &str) -> Option<i8> {
    number(text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '.')).filter(|_| {
        let suffix = text.trim_start_matches(|c: char| c.is_ascii_digit());
        ["", "st", "nd", "rd", "th", "."].contains(&suffix)
    })
}

fn year(text: &str) -> Option<i16> {
    let year =
        if text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()) { text.parse().ok() } else { None };
    year.filter(|y| (1990..=2200).contains(y))
}

fn month(text: &str) -> Option<i8> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let at =
        NAMES.iter().position(|n| *n == text || n[..3] == *text || (text == "sept" && *n == "september"))?;
    i8::try_from(at + 1).ok()
}

/// Whether a word is the name of a month, in full or in short. "May" is none here: it is also a verb.
pub(crate) fn is_month(word: &str) -> bool {
    word != "may" && month(word.trim_end_matches('.')).is_some()
}

fn day(year: i16, month: i8, day: i8) -> Option<Date> {
    Date::new(year, month, day).ok()
}

fn last_of(year: i16, month: i8) -> Option<When> {
    Some(When::Month(day(year, month, 1)?.last_of_month()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Page;

    fn of(text: &str) -> Vec<When> {
        let sentences = Page::read(text.as_bytes()).sentences();
        sentences.iter().flat_map(|s| dates(&s.words)).map(|f| f.when).collect()
    }

    #[test]
    fn every_written_form_is_read() {
        let may = assay::date::parse("2030-05-31").unwrap();
        for text in [
            "until 2030-05-31.",
            "31 May 2030",
            "31st of May 2030",
            "May 31, 2030",
            "May 31st, 2030",
            "(31.05.2030)",
            "31.5.2030",
            "31/05/2030",
            "31-May-2030",
            "2030/05/31",
            "until 31. May 2030",
            "2030-05-31T23:59:59Z",
            "31 May, 2030",
        ] {
            assert_eq!(of(text), [When::Day(may, None)], "{text}");
        }
        for text in ["May 2030", "05/2030", "2030-05", "the end of May 2030"] {
            assert_eq!(of(text), [When::Month(may)], "{text}");
        }
        assert!(
            matches!(of("end of 2030")[..], [When::Day(d, None)] if d == assay::date::parse("2030-12-31").unwrap())
        );
    }

    #[test]
    fn slashes_may_be_american() {
        let [when] = of("05/06/2030")[..] else { panic!() };
        assert!(when.is(assay::date::parse("2030-06-05").unwrap()));
        assert!(when.may_be(assay::date::parse("2030-05-06").unwrap()));
        let [when] = of("12/31/2030")[..] else { panic!() };
        assert!(when.is(assay::date::parse("2030-12-31").unwrap()));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in
            ["31.02.2030", "version 1.2.2030.4", "0800-123-4567", "2030", "in May", "30/13/2030", "1.5"]
        {
            assert_eq!(of(text), [], "{text}");
        }
    }
}
