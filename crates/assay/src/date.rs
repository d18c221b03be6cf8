//! Calendar dates as the scheme uses them: a plain Gregorian day, written `YYYY-MM-DD`, and the words a label prints.
//! Times of day do not occur in the rules; what "today" is comes in from the edge.

pub use jiff::civil::Date;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Parses `YYYY-MM-DD` and nothing else (no time, no zone, no sign).
#[must_use]
pub fn parse(text: &str) -> Option<Date> {
    let shape = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
    if shape { text.parse().ok() } else { None }
}

/// `May 2030`: what a label says, since a month is what people remember and a printed date may only be exceeded.
#[must_use]
pub fn month_year(date: Date) -> String {
    format!("{} {}", month(date), date.year())
}

/// `31 May 2030`.
#[must_use]
pub fn in_words(date: Date) -> String {
    format!("{} {} {}", date.day(), month(date), date.year())
}

fn month(date: Date) -> &'static str {
    MONTHS[usize::from(date.month().unsigned_abs()) - 1]
}

/// The last day of a period of months that begins with a day: the day before the anniversary, or the end of the month where
/// that has no such day.
#[must_use]
pub fn last_day_of(first: Date, months: i64) -> Option<Date> {
    let after = first.checked_add(jiff::Span::new().try_months(months).ok()?).ok()?;
    if after.day() == first.day() { after.yesterday().ok() } else { Some(after) }
}

/// Days since 1 January 1970; negative before it. The form in which a label payload carries a date.
#[must_use]
pub fn to_days(date: Date) -> i32 {
    (date - EPOCH).get_days()
}

/// The date of a day number, if it lies in the years 1970 to 9999.
#[must_use]
pub fn from_days(days: i32) -> Option<Date> {
    if days < 0 {
        return None;
    }
    EPOCH.checked_add(jiff::Span::new().try_days(i64::from(days)).ok()?).ok()
}

const EPOCH: Date = Date::constant(1970, 1, 1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_days_in_the_one_spelling_are_dates() {
        assert_eq!(parse("2030-05-31").map(in_words).as_deref(), Some("31 May 2030"));
        for text in ["2030-02-30", "2030-2-3", "30.5.2030", "2030-05-31T00:00", "", "2030-05-3１"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn day_numbers_go_there_and_back() {
        for text in ["1970-01-01", "2000-02-29", "2030-05-31", "9999-12-31"] {
            let date = parse(text).unwrap();
            assert_eq!(from_days(to_days(date)), Some(date));
        }
        assert_eq!(to_days(parse("1970-01-02").unwrap()), 1);
        assert_eq!(from_days(-1), None);
        assert_eq!(from_days(i32::MAX), None);
    }

    #[test]
    fn a_period_that_begins_with_a_day_ends_on_the_day_before_its_anniversary() {
        for (first, months, last) in [
            ("2025-06-02", 36, "2028-06-01"),
            ("2026-01-01", 120, "2035-12-31"),
            ("2024-02-29", 12, "2025-02-28"),
            ("2024-02-29", 48, "2028-02-28"),
            ("2025-01-31", 1, "2025-02-28"),
        ] {
            let last = parse(last);
            assert_eq!(last_day_of(parse(first).unwrap(), months), last, "{first} {months}");
        }
        assert_eq!(last_day_of(Date::MAX, 1), None);
    }
}
