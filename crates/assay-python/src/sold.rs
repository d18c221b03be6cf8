//! The day on which each row is sold: a column of days, of times, or of text as a shop writes it.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType,
};
use arrow_schema::{ArrowError, DataType, TimeUnit};
use assay::date::{Date, from_days};
use assay::gate::sale_day::sale_day;

use crate::cells::{Cell, Cells};

/// A row's day of the sale: one that cannot be read, or none, or one.
pub(crate) type SoldOn<'a> = Box<dyn Fn(usize) -> Option<Option<Date>> + Send + 'a>;

/// Whether days can be read out of a column of this type. What says "in London" says a day only beside a calendar of time zones.
pub(crate) fn is_read(of: &DataType) -> bool {
    match of {
        DataType::Dictionary(_, values) => is_read(values),
        DataType::Null | DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Date32 | DataType::Date64 => true,
        DataType::Timestamp(_, zone) => {
            zone.as_deref().is_none_or(|zone| matches!(zone, "UTC" | "+00:00" | "Z"))
        }
        _ => false,
    }
}

/// The days of a column; without one, no row names any.
pub(crate) fn days(column: Option<&dyn Array>) -> Result<SoldOn<'_>, ArrowError> {
    const SECONDS: i64 = 86_400;
    let Some(array) = column else { return Ok(Box::new(|_| Some(None))) };
    macro_rules! times {
        ($kind:ty, $of_a_day:expr) => {{
            array.to_data().validate_full()?;
            let times = array.as_primitive::<$kind>();
            Box::new(move |row| match times.is_valid(row) {
                true => day(i64::from(times.value(row)).div_euclid($of_a_day)).map(Some),
                false => Some(None),
            })
        }};
    }
    Ok(match array.data_type() {
        DataType::Date32 => times!(Date32Type, 1),
        DataType::Date64 => times!(Date64Type, SECONDS * 1000),
        DataType::Timestamp(TimeUnit::Second, _) => times!(TimestampSecondType, SECONDS),
        DataType::Timestamp(TimeUnit::Millisecond, _) => times!(TimestampMillisecondType, SECONDS * 1000),
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            times!(TimestampMicrosecondType, SECONDS * 1_000_000)
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            times!(TimestampNanosecondType, SECONDS * 1_000_000_000)
        }
        _ => {
            let cells = Cells::of(array)?;
            Box::new(move |row| match cells.cell(row) {
                Cell::Absent => Some(None),
                Cell::Text(text) => sale_day(text),
                Cell::Whole(_) | Cell::Inexact => None,
            })
        }
    })
}

/// A day by its number since 1970.
fn day(number: i64) -> Option<Date> {
    i32::try_from(number).ok().and_then(from_days)
}
