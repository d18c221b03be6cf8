//! Reads rows of a delimited text file as bytes, under bounds: a cell, a row and a line of any length can be offered, none
//! is held beyond its bound. Separator and quotation are recognised; the meaning of columns is not this file's business.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Cursor, Read};

/// Longest cell.
const MOST_CELL: usize = 1 << 20;
/// Longest row, all cells together.
const MOST_ROW: usize = 4 << 20;
/// Most cells in a row.
const MOST_CELLS: usize = 1000;
/// How much of the beginning is looked at to recognise the separator.
const HEAD: usize = 64 << 10;

/// One row: the line it begins in, counted from 1, and its cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) line: u32,
    pub(super) cells: Vec<Cell>,
}

/// One cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cell {
    bytes: Vec<u8>,
    quoted: bool,
}

impl Cell {
    /// The value: blanks around an unquoted cell are not part of it.
    pub(super) fn value(&self) -> &[u8] {
        if self.quoted { &self.bytes } else { self.bytes.trim_ascii() }
    }
}

/// Why the file was not read to its end. Each reads as the end of a sentence that begins with the path.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refused {
    #[error("line {0} has a cell longer than 1 MiB: this is no list of passwords")]
    LongCell(u32),
    #[error("line {0} has more than 1,000 cells or 4 MiB: this is no list of passwords")]
    LongRow(u32),
    #[error("the quotation mark opened in line {0} is never closed: double a mark that belongs to a value")]
    OpenQuote(u32),
    #[error("it has more than {0} rows, which this check does not compare")]
    ManyRows(usize),
    #[error("it has more than 64 MiB, which this check does not read")]
    TooLarge,
    #[error("it is UTF-16 or binary: save it as UTF-8 text")]
    NotText,
    #[error(
        "every row looks like several cells, but none of the separators comma, semicolon, tab and bar stands between them"
    )]
    Unseparated,
    #[error("{0}: name it with `password_column` in the [[evidence]] table, by its heading or its number")]
    NoColumn(String),
    #[error("it cannot be read: {0}")]
    Unreadable(String),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::FileTooLarge => Self::TooLarge,
            _ => Self::Unreadable(error.to_string()),
        }
    }
}

/// The rows of a file, one after the other.
pub(super) struct Rows<R: Read> {
    input: BufReader<io::Chain<Cursor<Vec<u8>>, R>>,
    /// `None`: one cell a line.
    separator: Option<u8>,
    line: u32,
    /// A byte looked at too early.
    back: VecDeque<u8>,
}

impl<R: Read> Rows<R> {
    /// Looks at the beginning and recognises the separator; `is_header` knows a first row by its headings.
    pub(super) fn open(mut file: R, is_header: impl Fn(&Row) -> bool) -> Result<Self, Refused> {
        let mut head = Vec::new();
        Read::by_ref(&mut file).take(HEAD as u64).read_to_end(&mut head)?;
        let whole = head.len() < HEAD;
        if head.starts_with(b"\xef\xbb\xbf") {
            head.drain(..3);
        }
        if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") || head.contains(&0) {
            return Err(Refused::NotText);
        }
        let separator = recognise(&head, whole, is_header);
        Ok(Self::with(Cursor::new(head).chain(file), separator))
    }

    fn with(input: io::Chain<Cursor<Vec<u8>>, R>, separator: Option<u8>) -> Self {
        Self { input: BufReader::new(input), separator, line: 1, back: VecDeque::new() }
    }

    /// The next row that is not blank.
    pub(super) fn next(&mut self) -> Result<Option<Row>, Refused> {
        loop {
            match self.row()? {
                Some(row)
                    if row.cells.iter().all(|c| c.value().is_empty() && !c.quoted)
                        && row.cells.len() == 1 => {}
                other => return Ok(other),
            }
        }
    }

    fn byte(&mut self) -> Result<Option<u8>, Refused> {
        if let Some(byte) = self.back.pop_front() {
            return Ok(Some(byte));
        }
        let byte = self.input.fill_buf()?.first().copied();
        if byte.is_some() {
            self.input.consume(1);
        }
        Ok(byte)
    }

    fn row(&mut self) -> Result<Option<Row>, Refused> {
        let start = self.line;
        let mut cells = vec![Cell::default()];
        let mut length = 0_usize;
        let mut any = false;
        let mut inside = false;
        loop {
            let Some(byte) = self.byte()? else {
                if inside {
                    return Err(Refused::OpenQuote(start));
                }
                return Ok(any.then(|| self.finish(start, cells)));
            };
            any = true;
            length += 1;
            if length > MOST_ROW || cells.len() > MOST_CELLS {
                return Err(Refused::LongRow(start));
            }
            let last = cells.len() - 1;
            let cell = &mut cells[last];
            if cell.bytes.len() >= MOST_CELL {
                return Err(Refused::LongCell(start));
            }
            match byte {
                b'"' if inside => match self.byte()? {
                    Some(b'"') => cell.bytes.push(b'"'),
                    next => {
                        inside = false;
                        self.back.extend(next);
                    }
                },
                b'\n' | b'\r' => {
                    if byte == b'\r' {
                        match self.byte()? {
                            Some(b'\n') | None => {}
                            Some(next) => self.back.push_back(next),
                        }
                    }
                    self.line = self.line.saturating_add(1);
                    if !inside {
                        return Ok(Some(self.finish(start, cells)));
                    }
                    cell.bytes.push(b'\n');
                }
                _ if inside => cell.bytes.push(byte),
                _ if self.separator == Some(byte) => cells.push(Cell::default()),
                b'"' if self.separator.is_some() && !cell.quoted && cell.bytes.trim_ascii().is_empty() => {
                    cell.bytes.clear();
                    cell.quoted = true;
                    inside = true;
                }
                b' ' | b'\t' if cell.quoted => {} // between the closing mark and the separator
                _ => cell.bytes.push(byte),
            }
        }
    }

    /// Without a separator quotation marks count only where they enclose the whole line: a password may begin with one.
    fn finish(&self, line: u32, mut cells: Vec<Cell>) -> Row {
        if self.separator.is_none() {
            for cell in &mut cells {
                let inner =
                    cell.bytes.trim_ascii().strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
                if let Some(inner) = inner.map(<[u8]>::to_vec) {
                    *cell = Cell { bytes: inner, quoted: true };
                }
            }
        }
        Row { line, cells }
    }
}

/// The separator under which the first row has headings, or under which the beginning has the same number of cells, two at
/// least, in every row. Passwords may contain every separator, so anything less is one cell a line.
fn recognise(head: &[u8], whole: bool, is_header: impl Fn(&Row) -> bool) -> Option<u8> {
    let parsed: Vec<(u8, Vec<Row>)> = b",;\t|"
        .iter()
        .map(|&separator| {
            let mut rows = Rows::with(Cursor::new(head.to_vec()).chain(io::empty()), Some(separator));
            let mut some = Vec::new();
            while let (true, Ok(Some(row))) = (some.len() < 100, rows.next()) {
                some.push(row);
            }
            // The last row of a cut beginning is cut too.
            if !whole && some.len() < 100 && some.len() > 1 {
                some.pop();
            }
            (separator, some)
        })
        .collect();
    let cells = |rows: &[Row]| rows.first().map_or(0, |r| r.cells.len());
    let headed = parsed.iter().filter(|(_, rows)| cells(rows) > 1 && rows.first().is_some_and(&is_header));
    let even = parsed
        .iter()
        .filter(|(_, rows)| cells(rows) > 1 && rows.iter().all(|r| r.cells.len() == cells(rows)));
    let widest = |(_, a): &&(u8, Vec<Row>), (_, b): &&(u8, Vec<Row>)| cells(a).cmp(&cells(b));
    headed.max_by(widest).or_else(|| even.max_by(widest)).map(|(separator, _)| *separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &[u8]) -> Result<Vec<Vec<String>>, Refused> {
        let mut rows = Rows::open(text, |first| first.cells.iter().any(|c| c.value() == b"password"))?;
        let mut all = Vec::new();
        while let Some(row) = rows.next()? {
            all.push(row.cells.iter().map(|c| String::from_utf8_lossy(c.value()).into_owned()).collect());
        }
        Ok(all)
    }

    #[test]
    fn separators_quotes_and_line_ends_are_recognised() {
        let wanted = Ok(vec![vec!["serial".to_owned(), "password".into()], vec!["1".into(), "a b".into()]]);
        for text in [
            "serial,password\n1,a b\n",
            "serial;password\r\n1;a b",
            "serial\tpassword\r1\ta b\r",
            "serial|password\n\n1|a b\n\n",
            "\u{feff}serial, password\n1, \"a b\"\n",
        ] {
            assert_eq!(rows(text.as_bytes()), wanted, "{text:?}");
        }
        let quoted = rows(b"serial,password\n1,\"a,\"\"b\"\n").unwrap();
        assert_eq!(quoted[1][1], "a,\"b");
    }

    #[test]
    fn a_bare_list_may_contain_every_separator() {
        assert_eq!(rows(b"a,b\nc;d\n\"e\n").unwrap(), [["a,b"], ["c;d"], ["\"e"]]);
    }

    #[test]
    fn hostile_files_are_refused() {
        assert_eq!(rows(b"serial,password\n1,\"a\n2,b\n"), Err(Refused::OpenQuote(2)));
        assert_eq!(rows(b"\xff\xfep\0"), Err(Refused::NotText));
        assert_eq!(rows(&b"x".repeat(2 << 20)), Err(Refused::LongCell(1)));
        let wide = Cursor::new(b",".repeat(2000)).chain(io::empty());
        assert_eq!(Rows::with(wide, Some(b',')).next(), Err(Refused::LongRow(1)));
    }

    #[test]
    fn a_line_of_two_gigabytes_is_refused_after_its_bound() {
        struct Endless(u64);
        impl Read for Endless {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                buffer.fill(b'a');
                self.0 += buffer.len() as u64;
                assert!(self.0 < 4 << 20, "read on after the bound");
                Ok(buffer.len())
            }
        }
        let mut endless = Endless(0);
        let mut rows = Rows::open(&mut endless, |_| false).unwrap();
        assert_eq!(rows.next(), Err(Refused::LongCell(1)));
    }
}
