//! The words and colours that a register's labels are drawn with, read from a file that is kept beside its keys.

use std::path::Path;

use assay_label::house::{self, House};

use crate::exit::Failure;
use crate::folder::read_bounded;

/// Reads one, for the whole run of the program.
pub(crate) fn read(file: Option<&Path>) -> Result<Option<&'static House>, Failure> {
    let Some(file) = file else { return Ok(None) };
    let bytes = read_bounded(file, house::MAX_BYTES as u64)?;
    let parsed = House::parse(&String::from_utf8_lossy(&bytes));
    let house = parsed.map_err(|e| Failure::unreadable(format!("{}: {e}", file.display())))?;
    // A look names its house for as long as the program runs; there is one.
    Ok(Some(Box::leak(Box::new(house))))
}
