//! Rows of a CSV file under bounds: csv-core splits, this holds one row and no more. The `csv` crate's own reader is not
//! used since it grows a cell without end. Quotes follow RFC 4180, read as leniently as the `csv` crate reads them; a
//! quote that never closes is refused, since the rows behind it could not be counted.

use std::io::Read;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::catalogue::{CatalogueError, MAX_CELL, MAX_COLUMNS, MAX_RECORD};
use super::source::Source;

/// A stream of rows, of which the last one read is held.
pub(super) struct CsvRows<R> {
    source: Source<R>,
    /// Boxed: its tables are large beside everything else here.
    core: Box<Reader>,
    cells: Vec<u8>,
    ends: Vec<usize>,
    count: usize,
    /// The line where the row begins.
    pub(super) line: u64,
}

impl<R: Read> CsvRows<R> {
    pub(super) fn new(source: Source<R>, delimiter: u8) -> Self {
        let core = Box::new(ReaderBuilder::new().delimiter(delimiter).build());
        Self { source, core, cells: vec![0; 4_096], ends: vec![0; 64], count: 0, line: 0 }
    }

    /// Reads the next row; `false` at the end. Empty lines are no rows.
    pub(super) fn next(&mut self) -> Result<bool, CatalogueError> {
        self.count = 0;
        while let Some(b'\r' | b'\n') = self.source.peek()? {
            self.source.pass(1)?;
        }
        self.line = self.source.line;
        if self.source.peek()?.is_none() {
            return Ok(false);
        }
        let mut written = 0;
        let mut ended = false;
        loop {
            let bytes = self.source.bytes()?;
            // A line end too many at the end of the file does no harm outside quotes. Within quotes it is swallowed,
            // which shows that the quote was never closed.
            let last = bytes.is_empty();
            let input = match (last, ended) {
                (false, _) => bytes,
                (true, false) => b"\n",
                (true, true) => return Err(CatalogueError::OpenQuote { line: self.line }),
            };
            let cells = self.cells.get_mut(written..).unwrap_or_default();
            let ends = self.ends.get_mut(self.count..).unwrap_or_default();
            let (result, read, wrote, cut) = self.core.read_record(input, cells, ends);
            if last {
                ended = read > 0;
            } else {
                self.source.pass(read)?;
            }
            written += wrote;
            self.count += cut;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.more_cells(written)?,
                ReadRecordResult::OutputEndsFull => self.more_ends()?,
                ReadRecordResult::Record => return self.within_bounds(written).map(|()| true),
                ReadRecordResult::End => return Ok(false),
            }
        }
    }

    /// The cell of a column, if the row is that long.
    pub(super) fn cell(&self, column: usize) -> Option<&[u8]> {
        if column >= self.count {
            return None;
        }
        let start = column.checked_sub(1).and_then(|before| self.ends.get(before).copied()).unwrap_or(0);
        self.cells.get(start..*self.ends.get(column)?)
    }

    /// How many cells the row has.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    fn more_cells(&mut self, written: usize) -> Result<(), CatalogueError> {
        self.within_bounds(written)?;
        if self.cells.len() > MAX_RECORD {
            return Err(CatalogueError::Record { line: self.line });
        }
        let wanted = (self.cells.len() * 2).min(MAX_RECORD + 1);
        self.cells.resize(wanted, 0);
        Ok(())
    }

    fn more_ends(&mut self) -> Result<(), CatalogueError> {
        if self.ends.len() > MAX_COLUMNS {
            return Err(CatalogueError::Columns { line: self.line });
        }
        let wanted = (self.ends.len() * 2).min(MAX_COLUMNS + 1);
        self.ends.resize(wanted, 0);
        Ok(())
    }

    /// Holds the finished cells and the one being written against the bounds.
    fn within_bounds(&self, written: usize) -> Result<(), CatalogueError> {
        let ends = self.ends.get(..self.count).unwrap_or_default();
        let starts = std::iter::once(&0).chain(ends);
        if starts.zip(ends.iter().chain([&written])).any(|(start, end)| end.saturating_sub(*start) > MAX_CELL)
        {
            return Err(CatalogueError::Cell { line: self.line });
        }
        if self.count > MAX_COLUMNS {
            return Err(CatalogueError::Columns { line: self.line });
        }
        if written > MAX_RECORD {
            return Err(CatalogueError::Record { line: self.line });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::source::text;
    use super::*;

    type Table = Vec<(u64, Vec<String>)>;

    fn ours(bytes: &[u8], delimiter: u8) -> Result<Table, CatalogueError> {
        let mut rows = CsvRows::new(Source::open(bytes)?, delimiter);
        let mut table = Vec::new();
        while rows.next()? {
            let cells = (0..rows.len()).map(|i| text(rows.cell(i).unwrap()).into_owned()).collect();
            table.push((rows.line, cells));
        }
        Ok(table)
    }

    fn cells(table: Table) -> Vec<Vec<String>> {
        table.into_iter().map(|(_, cells)| cells).collect()
    }

    fn theirs(bytes: &[u8], delimiter: u8) -> Vec<Vec<String>> {
        csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(bytes)
            .byte_records()
            .map(|row| row.unwrap().iter().map(|cell| text(cell).into_owned()).collect())
            .collect()
    }

    #[test]
    fn a_row_is_a_record_also_when_a_quoted_cell_spans_lines() {
        let bytes = b"a;b\r\n\r\n\"1\r\n2\";\"say \"\"x\"\"\"\n3";
        let row = |line, cells: &[&str]| (line, cells.iter().map(|c| (*c).to_owned()).collect());
        let wanted: Table = vec![row(1, &["a", "b"]), row(3, &["1\r\n2", "say \"x\""]), row(5, &["3"])];
        assert_eq!(ours(bytes, b';').unwrap(), wanted);
    }

    #[test]
    fn a_quote_that_never_closes_is_refused_with_the_line_where_its_row_begins() {
        for (text, wanted) in [("a,b\n1,\"2\n3,4\n", 2), ("a\n\n\"", 3), ("\"", 1), ("a\n\"\"\"", 2)] {
            match ours(text.as_bytes(), b',') {
                Err(CatalogueError::OpenQuote { line }) => assert_eq!(line, wanted, "{text:?}"),
                other => panic!("{text:?}: {other:?}"),
            }
        }
        assert!(ours(b"a\n\"b\"", b',').is_ok());
        assert!(ours(b"a\n27\"", b',').is_ok());
    }

    #[test]
    fn bounds_are_reached_and_not_passed() {
        let cell = "x".repeat(MAX_CELL);
        assert!(ours(cell.as_bytes(), b',').is_ok());
        assert!(matches!(
            ours(format!("a\n{cell}x").as_bytes(), b','),
            Err(CatalogueError::Cell { line: 2 })
        ));
        let row = [cell.as_str(); 4].join(",");
        assert!(ours(row.as_bytes(), b',').is_ok());
        assert!(matches!(ours(format!("{row},x").as_bytes(), b','), Err(CatalogueError::Record { line: 1 })));
        let wide = ",".repeat(MAX_COLUMNS - 1);
        assert_eq!(ours(wide.as_bytes(), b',').unwrap()[0].1.len(), MAX_COLUMNS);
        assert!(matches!(
            ours(format!("{wide},").as_bytes(), b','),
            Err(CatalogueError::Columns { line: 1 })
        ));
    }

    proptest! {
        #[test]
        fn generated_tables_read_as_the_csv_crate_reads_them(
            table in prop::collection::vec(prop::collection::vec("[a-c0-9;,\"\r\n\t é]{0,12}", 1..5), 1..20),
            delimiter in prop::sample::select(&b",;\t|"[..]),
            crlf: bool,
            always: bool,
        ) {
            let end = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
            let style = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
            let mut writer = csv::WriterBuilder::new()
                .flexible(true).delimiter(delimiter).terminator(end).quote_style(style).from_writer(vec![]);
            for row in &table {
                writer.write_record(row).unwrap();
            }
            let bytes = writer.into_inner().unwrap();
            let read = ours(&bytes, delimiter).unwrap();
            let mut line = 1;
            for ((start, _), row) in read.iter().zip(&table) {
                prop_assert_eq!(*start, line);
                line += 1 + row.iter().map(|cell| line_ends(cell)).sum::<u64>();
            }
            prop_assert_eq!(cells(read), table);
            prop_assert_eq!(cells(ours(&bytes, delimiter).unwrap()), theirs(&bytes, delimiter));
        }

        #[test]
        fn any_soup_reads_as_the_csv_crate_reads_it_unless_a_quote_stays_open(
            soup in prop::collection::vec(prop::sample::select(&b"ab,;\"\"\r\n\xe9"[..]), 0..60),
        ) {
            match ours(&soup, b',') {
                Ok(table) => prop_assert_eq!(cells(table), theirs(&soup, b',')),
                Err(CatalogueError::OpenQuote { .. }) => {
                    // One more quote closes it, and nothing follows: the csv crate sees no difference then.
                    let closed = [&soup[..], b"\""].concat();
                    prop_assert_eq!(cells(ours(&closed, b',').unwrap()), theirs(&soup, b','));
                }
                Err(other) => prop_assert!(false, "{other:?}"),
            }
        }
    }

    fn line_ends(cell: &str) -> u64 {
        let crlf = cell.matches("\r\n").count();
        (cell.matches('\n').count() + cell.matches('\r').count() - crlf) as u64
    }
}
