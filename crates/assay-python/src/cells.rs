//! One column of an Arrow table, read cell by cell where it lies: text in its three layouts, whole numbers of every width, and
//! dictionaries of those. A number with a fraction is never read as digits: it may have lost some, and looks as if it had not.

use std::fmt::Write as _;

use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowPrimitiveType, Decimal32Type, Decimal64Type, Decimal128Type};
use arrow_array::{Array, LargeStringArray, StringArray, StringViewArray, downcast_integer_array};
use arrow_schema::{ArrowError, DataType};

/// A column.
pub(crate) enum Cells<'a> {
    /// There is nothing in any row, or no such column.
    Absent,
    Text(&'a StringArray),
    LargeText(&'a LargeStringArray),
    TextView(&'a StringViewArray),
    Whole(Whole<'a>),
    /// Numbers that may have a fraction.
    Inexact(&'a dyn Array),
    Dictionary {
        keys: Whole<'a>,
        values: Box<Cells<'a>>,
    },
}

/// A whole number of a row, if there is one.
type Whole<'a> = Box<dyn Fn(usize) -> Option<i128> + Send + 'a>;

/// What stands in a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    Absent,
    Text(&'a str),
    Whole(i128),
    Inexact,
}

/// Whether a GTIN, or words, can be read out of a column of this type.
pub(crate) fn is_read(of: &DataType) -> bool {
    match of {
        DataType::Dictionary(_, values) => is_read(values),
        DataType::Null | DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        other => other.is_numeric() && !matches!(other, DataType::Decimal256(..)),
    }
}

impl<'a> Cells<'a> {
    /// A column, whose bytes are looked at first: whoever made it may have put something else there than its type says.
    pub(crate) fn of(array: &'a dyn Array) -> Result<Self, ArrowError> {
        array.to_data().validate_full()?;
        Ok(Self::seen(array))
    }

    fn seen(array: &'a dyn Array) -> Self {
        match array.data_type() {
            DataType::Utf8 => Self::Text(array.as_string()),
            DataType::LargeUtf8 => Self::LargeText(array.as_string()),
            DataType::Utf8View => Self::TextView(array.as_string_view()),
            DataType::Dictionary(..) => {
                let dictionary = array.as_any_dictionary();
                let values = Box::new(Self::seen(dictionary.values().as_ref()));
                whole(dictionary.keys()).map_or(Self::Absent, |keys| Self::Dictionary { keys, values })
            }
            other if other.is_numeric() => whole(array).map_or(Self::Inexact(array), Self::Whole),
            _ => Self::Absent,
        }
    }

    /// What stands in a row.
    pub(crate) fn cell(&self, row: usize) -> Cell<'_> {
        let text = |valid: bool, text: &'a str| if valid { Cell::Text(text) } else { Cell::Absent };
        match self {
            Self::Absent => Cell::Absent,
            Self::Text(cells) => text(cells.is_valid(row), cells.value(row)),
            Self::LargeText(cells) => text(cells.is_valid(row), cells.value(row)),
            Self::TextView(cells) => text(cells.is_valid(row), cells.value(row)),
            Self::Whole(number) => number(row).map_or(Cell::Absent, Cell::Whole),
            Self::Inexact(cells) if cells.is_valid(row) => Cell::Inexact,
            Self::Inexact(_) => Cell::Absent,
            Self::Dictionary { keys, values } => {
                let key = keys(row).and_then(|key| usize::try_from(key).ok());
                key.map_or(Cell::Absent, |key| values.cell(key))
            }
        }
    }
}

impl<'a> Cell<'a> {
    /// As text; digits are written into `room`.
    pub(crate) fn text(self, room: &'a mut String) -> &'a str {
        match self {
            Self::Text(text) => text,
            Self::Whole(number) => {
                room.clear();
                // A text takes whatever is written.
                let _ = write!(room, "{number}");
                room
            }
            Self::Absent | Self::Inexact => "",
        }
    }
}

/// The whole numbers of an array, if it holds such.
fn whole(array: &dyn Array) -> Option<Whole<'_>> {
    downcast_integer_array! {
        array => Some(Box::new(|row| array.is_valid(row).then(|| i128::from(array.value(row))))),
        DataType::Decimal32(_, 0) => Some(numbers::<Decimal32Type>(array)),
        DataType::Decimal64(_, 0) => Some(numbers::<Decimal64Type>(array)),
        DataType::Decimal128(_, 0) => Some(numbers::<Decimal128Type>(array)),
        _ => None,
    }
}

fn numbers<T: ArrowPrimitiveType>(array: &dyn Array) -> Whole<'_>
where
    i128: From<T::Native>,
{
    let array = array.as_primitive::<T>();
    Box::new(|row| array.is_valid(row).then(|| i128::from(array.value(row))))
}
