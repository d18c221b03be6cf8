//! Days as this module takes them: a text that a caller wrote, or the clock of the machine, which may be wrong.

use assay::date::{self, Date, from_days};

use crate::errors::Refused;

/// Milliseconds of a day.
const DAY: f64 = 86_400_000.0;

/// The day that a caller named.
pub(crate) fn named(text: &str) -> Result<Date, Refused> {
    date::parse(text)
        .ok_or_else(|| Refused::Value(format!("on is a day written as \"2027-03-31\", not \"{text}\"")))
}

/// The day in UTC that a clock shows, which counts milliseconds from 1970. One that stands before the day on which the snapshot was
/// made is wrong, and by it a snapshot that is too old and updates that have ended would seem good.
pub(crate) fn by_clock(now: f64, issued: Date) -> Result<Date, Refused> {
    let mend = "set the clock, or name the day of the sale: on: \"YYYY-MM-DD\"";
    let days = (now / DAY).floor();
    // The comparison is false of what is no number.
    let day = if (0.0..f64::from(i32::MAX)).contains(&days) { from_days(days as i32) } else { None };
    match day {
        None => Err(Refused::Value(format!("the clock of this machine shows no day: {mend}"))),
        Some(day) if day < issued => Err(Refused::Value(format!(
            "the clock of this machine shows {day}, and the snapshot was made on {issued}: {mend}"
        ))),
        Some(day) => Ok(day),
    }
}
