//! One row the slow way: by `csv-core`, byte by byte, for rows that are not plain.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use crate::What;
use crate::catalogue::{MAX_CELL, MAX_COLUMNS, MAX_RECORD};

/// What cuts them; used again and again.
#[derive(Default)]
pub(crate) struct Slow {
    reader: Option<(u8, Reader)>,
    cells: Vec<u8>,
    ends: Vec<usize>,
    count: usize,
}

/// One row, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// A row that took so many bytes, with its line end; its cells are in [`Slow::cell`].
    Row(usize),
    /// Empty lines of so many bytes.
    Empty(usize),
    /// The bytes end within it.
    Within,
}

impl Slow {
    /// Cuts the row at the begin of the bytes, or the empty lines there.
    pub(crate) fn row(&mut self, delimiter: u8, bytes: &[u8]) -> Result<Cut, What> {
        self.count = 0;
        let empty = bytes.iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        if empty > 0 {
            return Ok(Cut::Empty(empty));
        }
        if self.reader.as_ref().is_none_or(|(its, _)| *its != delimiter) {
            self.reader = Some((delimiter, ReaderBuilder::new().delimiter(delimiter).build()));
        }
        let Some((_, reader)) = &mut self.reader else { return Ok(Cut::Within) };
        reader.reset();
        // A reader takes a byte order mark off the begin of a file, and this is none: an empty line tells it so.
        let _ = reader.read_record(b"\n", &mut [0], &mut [0]);
        self.cells.resize(4_096, 0);
        self.ends.resize(64, 0);
        let (mut read, mut written, mut count) = (0, 0, 0);
        loop {
            let input = bytes.get(read..).unwrap_or_default();
            if input.is_empty() {
                within_bounds(&self.ends[..count], written)?;
                return Ok(Cut::Within);
            }
            let (cells, ends) = (&mut self.cells[written..], &mut self.ends[count..]);
            let (result, took, wrote, cut) = reader.read_record(input, cells, ends);
            read += took;
            written += wrote;
            count += cut;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => {
                    within_bounds(&self.ends[..count], written)?;
                    let wanted = self.cells.len() * 2;
                    self.cells.resize(wanted, 0);
                }
                ReadRecordResult::OutputEndsFull => {
                    within_bounds(&self.ends[..count], written)?;
                    let wanted = self.ends.len() * 2;
                    self.ends.resize(wanted, 0);
                }
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return Ok(Cut::Within),
            }
        }
        within_bounds(&self.ends[..count], written)?;
        // Also with all its quotes: else it would hang on where its block ends.
        if read > MAX_RECORD + 2 {
            return Err(What::Record);
        }
        let whole = &bytes[..read];
        if let Some(nul) = whole.iter().position(|b| *b == 0) {
            return Err(What::Nul(lines_in(&whole[..nul])));
        }
        self.count = count;
        // A carriage return ends a row by itself; the line feed of the two is taken with it.
        let both = whole.ends_with(b"\r") && bytes.get(read) == Some(&b'\n');
        Ok(Cut::Row(read + usize::from(both)))
    }

    /// A cell of the row that was cut, without its quotes; none where the row is shorter.
    pub(crate) fn cell(&self, column: usize) -> Option<&[u8]> {
        let ends = self.ends.get(..self.count)?;
        let end = *ends.get(column)?;
        let start = column.checked_sub(1).and_then(|before| ends.get(before).copied()).unwrap_or(0);
        self.cells.get(start..end)
    }

    /// How many cells it has.
    pub(crate) fn len(&self) -> usize {
        self.count
    }
}

/// Holds finished cells and the one being written against the bounds.
fn within_bounds(ends: &[usize], written: usize) -> Result<(), What> {
    let starts = std::iter::once(&0).chain(ends);
    if starts.zip(ends.iter().chain([&written])).any(|(start, end)| end.saturating_sub(*start) > MAX_CELL) {
        return Err(What::Cell);
    }
    if ends.len() > MAX_COLUMNS {
        return Err(What::Columns);
    }
    if written > MAX_RECORD {
        return Err(What::Record);
    }
    Ok(())
}

/// Line ends in some bytes: LF, CRLF and CR each are one.
pub(crate) fn lines_in(bytes: &[u8]) -> u32 {
    let mut lines = 0;
    let mut after_cr = false;
    for byte in bytes {
        match byte {
            b'\n' if after_cr => {}
            b'\n' | b'\r' => lines += 1,
            _ => {}
        }
        after_cr = *byte == b'\r';
    }
    lines
}
