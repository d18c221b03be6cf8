//! A day as Python's programs write it. PyO3 can do this itself, and would bring a calendar of time zones into every build.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDate;

/// A `datetime.date`.
pub(crate) struct Day(pub(crate) Date);

impl<'py> FromPyObject<'_, 'py> for Day {
    type Error = PyErr;

    fn extract(given: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if given.cast::<PyDate>().is_err() {
            let kind = given.get_type().qualname()?;
            return Err(PyTypeError::new_err(format!(
                "a datetime.date is wanted, not {kind}: write datetime.date(2026, 11, 22) or date.fromisoformat(…)"
            )));
        }
        let part = |name: &str| given.getattr(name);
        let date = Date::new(part("year")?.extract()?, part("month")?.extract()?, part("day")?.extract()?);
        date.map(Self).map_err(|e| PyValueError::new_err(e.to_string()))
    }
}

impl<'py> IntoPyObject<'py> for Day {
    type Target = PyDate;
    type Output = Bound<'py, PyDate>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        let Self(date) = self;
        PyDate::new(py, date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs())
    }
}

/// Today's date in UTC, as `assay gate` takes it.
pub(crate) fn today() -> Date {
    jiff::Timestamp::now().to_zoned(TimeZone::UTC).date()
}
