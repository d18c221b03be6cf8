//! A row's own day of the sale, as a shop's file or a till writes it: one reading or none, and what a row comes to that has none.

use std::collections::BTreeMap;

use super::judge::{Judge, Judged};
use super::{Answer, Decision, Reason};
use crate::date::{self, Date};

/// So many days of the sale are laid out at once.
const DAYS: usize = 10_000;

/// Judges rows by the days of sale that they name; each day is laid out once, while there are not too many.
pub struct Days<'a, 'b> {
    judge: &'b Judge<'a>,
    laid: BTreeMap<Date, Judge<'a>>,
}

impl<'a, 'b> Days<'a, 'b> {
    /// For rows that name no day, `judge` is asked.
    #[must_use]
    pub fn new(judge: &'b Judge<'a>) -> Self {
        Self { judge, laid: BTreeMap::new() }
    }

    /// What a row comes to on its day, which [`sale_day`] read; `ask` puts it to a judge.
    pub fn judged(&mut self, day: Option<Option<Date>>, ask: impl FnOnce(&Judge<'a>) -> Judged) -> Judged {
        match day {
            Some(None) => ask(self.judge),
            Some(Some(day)) => ask(self.on(day)),
            None => without_a_day(ask(self.judge)),
        }
    }

    fn on(&mut self, day: Date) -> &Judge<'a> {
        if self.laid.len() >= DAYS && !self.laid.contains_key(&day) {
            self.laid.pop_first();
        }
        self.laid.entry(day).or_insert_with(|| self.judge.on_day(day))
    }
}

/// The day that a cell says; within, none where it says nothing.
#[must_use]
pub fn sale_day(cell: &str) -> Option<Option<Date>> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Some(None);
    }
    let (day, rest) = cell.split_at_checked(10)?;
    let time = match rest.strip_prefix(['T', ' ']) {
        None => rest.is_empty(),
        Some(time) => is_time(time),
    };
    time.then(|| date::parse(day)).flatten().map(Some)
}

/// What a row comes to whose day of the sale cannot be read, from what it comes to on the day of the run: what is refused, or no
/// connectable product, stays so; the rest is a question.
#[must_use]
fn without_a_day(judged: Judged) -> Judged {
    match (judged.decision.verdict, judged.decision.reason) {
        (Answer::Refuse, _) | (_, Reason::NotConsumerConnectable) => judged,
        _ => Judged { decision: Decision { verdict: Answer::Ask, reason: Reason::BadSaleDay }, ..judged },
    }
}

/// Whether a text is a time of the day as ISO 8601 writes it, with the zone behind it or none.
fn is_time(text: &str) -> bool {
    let (clock, zone) = match text.find(['Z', '+', '-']) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let zoned = match zone.strip_prefix(['+', '-']) {
        None => matches!(zone, "" | "Z"),
        Some(offset) => match offset.split_at_checked(2) {
            Some((hours, minutes)) if minutes.len() == 2 => below(hours, 24) && below(minutes, 60),
            _ => offset.len() <= 5 && pairs(offset),
        },
    };
    let (clock, fraction) = clock.trim_end().split_once(['.', ',']).unwrap_or((clock.trim_end(), "0"));
    let digits = !fraction.is_empty() && fraction.len() <= 9 && fraction.bytes().all(|b| b.is_ascii_digit());
    zoned && digits && clock.len() >= 5 && pairs(clock)
}

/// Whether a text is hours, or hours and minutes, or those and seconds, with colons between.
fn pairs(text: &str) -> bool {
    let mut parts = text.split(':');
    parts.next().is_some_and(|hours| below(hours, 24))
        && parts.clone().count() <= 2
        && parts.all(|part| below(part, 60))
}

/// Whether a text is two digits of a number below a bound.
fn below(text: &str, bound: u8) -> bool {
    let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    digits && text.parse().is_ok_and(|number: u8| number < bound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_the_sale_has_one_reading_or_none() {
        let day = |text| date::parse(text);
        assert_eq!(sale_day(" "), Some(None));
        for good in [
            "2027-03-31",
            " 2027-03-31 ",
            "2027-03-31T10:00:00Z",
            "2027-03-31 10:00",
            "2027-03-31T23:59:59.123456789+05:30",
            "2027-03-31 00:00:00 +00:00",
            "2027-03-31T10:00+01",
            "2027-03-31T10:00-0330",
        ] {
            assert_eq!(sale_day(good), Some(day("2027-03-31")), "{good}");
        }
        for bad in [
            "31/03/2027",
            "03-31-2027",
            "2027-02-30",
            "2027-03-31x",
            "20270331",
            "tomorrow",
            "é2027-03-31",
            "2027-03-31 or 2035-04-30",
            "2027-03-31 - 2031-04-05",
            "2027-03-31Tgarbage",
            "2027-03-31T",
            "2027-03-31T24:00",
            "2027-03-31T10",
            "2027-03-31T10:00:00:00",
            "2027-03-31 10:00 or so",
            "2027-03-31T10:00+1",
            "2027-03-31T10:00+05:30:00",
            "2027-03-31T10:00Z or later",
        ] {
            assert_eq!(sale_day(bad), None, "{bad}");
        }
    }
}
