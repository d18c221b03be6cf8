//! Days as this module takes them: a text that a caller wrote, or the clock of the machine, which may be wrong.

use assay::date::{self, Date, from_days};
use assay::snapshot::Header;

use crate::errors::Refused;

/// Milliseconds of a day.
const DAY: f64 = 86_400_000.0;

/// The day that a caller named.
pub(crate) fn named(text: &str) -> Result<Date, Refused> {
    date::parse(text)
        .ok_or_else(|| Refused::Value(format!("on is a day written as \"2027-03-31\", not \"{text}\"")))
}

/// The day in UTC that a clock shows, which counts milliseconds from 1970, if it can be right.
pub(crate) fn by_clock(now: f64, header: &Header) -> Result<Date, Refused> {
    let mend = "set the clock, or name the day of the sale: on: \"YYYY-MM-DD\"";
    let days = (now / DAY).floor();
    // The comparison is false of what is no number.
    let day = if (0.0..f64::from(i32::MAX)).contains(&days) { from_days(days as i32) } else { None };
    let day = day.ok_or_else(|| "the clock of this machine shows no day".to_owned());
    day.and_then(|day| header.by_clock(day)).map_err(|wrong| Refused::Value(format!("{wrong}: {mend}")))
}
