//! Is the support period at least five years long? Computes the length from the two dates of the case's [support] table
//! (Regulation (EU) 2024/2847, Article 13(8)). Whether five years are enough, and whether the product is really used for a
//! shorter time, a person has to say.

use assay::case::Support;
use assay::date::{Date, in_words};
use assay::outcome::{Confidence, SpeaksFrom};

use crate::verdict::{Verdict, finding};
use crate::{Check, Subject, kinds};

pub(crate) const CHECK: Check = Check {
    id: "support-length",
    title: "The support period lasts at least five years",
    evidence: &[],
    provisions: &[PROVISION],
    units: &[],
    speaks_from: SpeaksFrom::MakersWords,
    page: include_str!("support_length.md"),
    run,
};

const PROVISION: &str = "cra-2024-2847:art13-8";
const YEARS: i16 = 5;

fn run(subject: &Subject<'_>) -> Verdict {
    let Some(support) = &subject.case.support else {
        return Verdict::not_tested(
            "The case has no [support] table: say from when until when updates are promised.",
        );
    };
    let (start, end) = match dates(support) {
        Ok(dates) => dates,
        Err(why) => return Verdict::inconclusive(why),
    };
    let (from, until) = (in_words(start), in_words(end));
    let Some(needed) = last_day(start) else {
        return Verdict::inconclusive("The support period begins too late for five years to be counted.");
    };
    if end >= needed {
        let good = format!(
            "from {from} to {until} are at least five years. Whether people use the product for longer, and the period has to be longer with it, was not seen"
        );
        return Verdict::weigh(vec![], vec![], good);
    }
    let claimed = subject.case.claims.get(PROVISION);
    if claimed.is_some_and(|c| speaks_of_shorter_use(&c.detail)) {
        return Verdict::inconclusive(format!(
            "From {from} to {until} are less than five years; the claim says that the product is expected to be used for a shorter time, which a person has to judge."
        ));
    }
    let message = format!(
        "the support period from {from} to {until} is shorter than five years (it would have to last until {})",
        in_words(needed)
    );
    let place = format!("product.toml:{}:{}", support.at.line, support.at.column);
    let short = finding(&kinds::SUPPORT_TOO_SHORT, message, place, Confidence::Certain, &[PROVISION]);
    Verdict::weigh(vec![short], vec![], String::new())
}

fn dates(support: &Support) -> Result<(Date, Date), String> {
    let start = support.start.ok_or(
        "[support] does not say when the period begins, so its length is not known: add `start`, the day on which the product is placed on the market.",
    )?;
    let end = support.end.ok_or("[support] gives no end date, so its length is not known: add `end`.")?;
    if end < start {
        return Err(format!(
            "[support] ends before it begins (product.toml:{}:{}): correct `start` or `end`.",
            support.at.line, support.at.column
        ));
    }
    Ok((start, end))
}

/// The last of five years of which `start` is the first day: the day before the anniversary. Who starts on 29 February has
/// none in most years; the five years are then full on 28 February.
fn last_day(start: Date) -> Option<Date> {
    let year = start.year().checked_add(YEARS)?;
    let anniversary = Date::new(year, start.month(), start.day()).or_else(|_| Date::new(year, 3, 1)).ok()?;
    anniversary.yesterday().ok()
}

/// Whether the detail of the claim speaks of an expected time of use, or of a shorter one. Any word of it is enough: what it
/// says is for a person to weigh, and nobody is accused over a sentence that was not understood.
fn speaks_of_shorter_use(detail: &str) -> bool {
    let words: Vec<String> = detail
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
        .collect();
    let has = |all: &[&str]| words.iter().any(|w| all.contains(&w.as_str()));
    has(&["shorter", "short", "disposable"])
        || (has(&["expected", "expect", "expects", "intended", "foreseeable"])
            && has(&["use", "used", "lifetime", "life", "lifespan", "lasts", "last"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        assay::date::parse(text).unwrap()
    }

    #[test]
    fn five_years_are_counted_to_the_day_and_leap_days_are_right() {
        for (start, last) in [
            ("2025-06-01", "2030-05-31"),
            ("2025-01-01", "2029-12-31"),
            ("2024-02-29", "2029-02-28"),
            ("2023-02-28", "2028-02-27"),
            ("2023-03-01", "2028-02-29"),
            ("2024-03-01", "2029-02-28"),
        ] {
            assert_eq!(last_day(day(start)), Some(day(last)), "{start}");
        }
        assert_eq!(last_day(day("9999-01-01")), None);
    }

    proptest::proptest! {
        #[test]
        fn the_last_day_is_five_years_on_whatever_the_start(days in 0i32..80_000) {
            let start = assay::date::from_days(days).unwrap();
            let last = last_day(start).unwrap();
            let full = assay::date::to_days(last) - days + 1;
            proptest::prop_assert!((1826..=1827).contains(&full) || full == 1825, "{start} {last}: {full} days");
            proptest::prop_assert!(last_day(start.tomorrow().unwrap()).unwrap() >= last);
        }
    }

    #[test]
    fn a_shorter_use_is_heard_and_an_unrelated_detail_is_not() {
        for text in [
            "Expected to be used for two years.",
            "the expected lifetime is 3 years",
            "a shorter use is usual",
        ] {
            assert!(speaks_of_shorter_use(text), "{text}");
        }
        for text in ["", "we promise updates until 2028", "users expect nothing", "used since 2024"] {
            assert!(!speaks_of_shorter_use(text), "{text}");
        }
    }
}
