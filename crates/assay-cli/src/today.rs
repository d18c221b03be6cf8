//! The edge's clock and chance: the only two places of the program that ask the machine for the date or for randomness.

use assay::date::Date;
use jiff::tz::TimeZone;

use crate::exit::Failure;

/// Today's date in UTC.
pub(crate) fn today() -> Date {
    jiff::Timestamp::now().to_zoned(TimeZone::UTC).date()
}

/// Fills bytes from the system's generator.
pub(crate) fn random(bytes: &mut [u8]) -> Result<(), Failure> {
    getrandom::fill(bytes).map_err(|e| Failure::impossible(format!("the system gives no randomness: {e}")))
}

/// Parses `--on DATE`.
pub(crate) fn parse_date(text: &str) -> Result<Date, String> {
    assay::date::parse(text)
        .ok_or_else(|| "write a date that exists as YYYY-MM-DD, for example 2026-11-22".to_owned())
}

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> u64 {
    u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or(0)
}
