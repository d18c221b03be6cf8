//! How a file is laid out: its separator, whether its first row names the columns, and which columns the audit reads.
//! Found from the first rows, or said by whoever asks.

#[cfg(test)]
mod tests;

use crate::names::{normal, role_of};
use crate::rows::{Column, Role};

/// What of the file is looked at to find its layout.
pub const HEAD: usize = 64 << 10;

/// What whoever asks says of the file; what is left open is found.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// The separator.
    pub delimiter: Option<u8>,
    /// Whether the first row names the columns.
    pub header: Option<bool>,
    /// Columns by name or number (from 1), with what they are.
    pub columns: Vec<(Role, String)>,
    /// Quotation marks are characters like every other.
    pub no_quotes: bool,
}

/// How a file is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The separator; none where every line is one cell.
    pub delimiter: Option<u8>,
    /// Whether quotation marks enclose cells.
    pub quotes: bool,
    /// Cells that every row has.
    pub fields: usize,
    /// The columns that are read: passwords first, then serial numbers, addresses, public ones.
    pub picks: Vec<Column>,
    /// For each cell of a row, which of the picks it is.
    pub(crate) slots: Vec<Option<usize>>,
    /// Where the first unit begins.
    pub first_byte: u64,
    /// Lines before it.
    pub header_lines: u32,
    /// Headings of columns that are not read.
    pub unread: Vec<String>,
}

/// Why no layout fits. The words are for whoever made the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LayoutProblem {
    /// Nothing is in it.
    #[error("it is empty: a batch has one unit a line")]
    Empty,
    /// Not a byte-oriented encoding.
    #[error("it is UTF-16 text: save it as UTF-8")]
    Utf16,
    /// Not text at all.
    #[error("it is no text that can be read: save the table as CSV or Parquet")]
    NoText,
    /// Lines of an old system: to everybody else it is one line.
    #[error("its lines end with a carriage return alone: save it with line feeds (LF or CRLF)")]
    CarriageReturns,
    /// No column holds passwords, as far as the names say.
    #[error(
        "no column's name says that it holds passwords: name it, as in --password NAME or --password 3 (columns: {0})"
    )]
    NoPassword(String),
    /// A column that was named is not there.
    #[error("there is no column `{name}` (columns: {there})")]
    NoColumn {
        /// The name or number.
        name: String,
        /// What there is.
        there: String,
    },
    /// A name that several columns have.
    #[error("{} columns are named `{name}`: say which one by its number, {}", .numbers.len(), either(.numbers))]
    Several {
        /// The name.
        name: String,
        /// The numbers of the columns, from 1.
        numbers: Vec<usize>,
    },
    /// One column was named twice.
    #[error("the column `{0}` is named twice")]
    Twice(String),
}

impl Layout {
    /// Finds the layout from the beginning of a file, [`HEAD`] bytes of it or all.
    ///
    /// # Errors
    /// It is empty, no column holds passwords, or one that was named is not there.
    pub fn find(head: &[u8], said: &Said) -> Result<Self, LayoutProblem> {
        if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) || every_second_is_zero(head) {
            return Err(LayoutProblem::Utf16);
        }
        if is_no_text(head) {
            return Err(LayoutProblem::NoText);
        }
        let bom = if head.starts_with(&[0xef, 0xbb, 0xbf]) { 3 } else { 0 };
        let mut first = bom;
        let mut header_lines = 0;
        // Empty lines before the first row.
        let row = loop {
            let line = line_at(head, first);
            if line.is_empty() {
                return Err(LayoutProblem::Empty);
            }
            if !line.iter().all(u8::is_ascii_whitespace) {
                break line;
            }
            first += line.len();
            header_lines += 1;
        };
        let is_end = |at: usize| row.get(at + 1).is_none_or(|b| *b == b'\n');
        if memchr::memchr_iter(b'\r', row).filter(|at| !is_end(*at)).count() > 1 {
            return Err(LayoutProblem::CarriageReturns);
        }
        let quotes = !said.no_quotes;
        let delimiter = match said.delimiter {
            Some(d) => Some(d),
            None => separator(head, first, row, said),
        };
        let cells = cells(row, delimiter, quotes);
        let named: Vec<Option<Role>> = cells.iter().map(|c| role_of(c)).collect();
        let asked =
            |cell: &[u8]| said.columns.iter().any(|(_, name)| normal(name.as_bytes()) == normal(cell));
        // In a bare list the first line may be a heading, or a password that looks like one: it is one if it comes again.
        let again = cells.len() == 1 && line_at(head, first + row.len()).trim_ascii() == row.trim_ascii();
        let header = said.header.unwrap_or_else(|| {
            if again {
                return false;
            }
            named.contains(&Some(Role::Password))
                || named.iter().flatten().count() * 2 > cells.len()
                || cells.iter().any(|c| asked(c) && number(&normal(c)).is_none())
        });
        let there = || {
            let shown =
                cells.iter().enumerate().map(|(n, c)| if header { shown(c) } else { (n + 1).to_string() });
            shown.take(20).collect::<Vec<_>>().join(", ")
        };
        let mut picks: Vec<(Role, usize)> = Vec::new();
        for (role, name) in &said.columns {
            let wanted = normal(name.as_bytes());
            let mut named = (0..cells.len()).filter(|n| header && normal(cells[*n]) == wanted);
            let by_name = named.next();
            let numbers: Vec<usize> = by_name.into_iter().chain(named).map(|n| n + 1).collect();
            if numbers.len() > 1 {
                return Err(LayoutProblem::Several { name: name.clone(), numbers });
            }
            let by_number = || number(&wanted).filter(|n| (1..=cells.len()).contains(n)).map(|n| n - 1);
            let Some(index) = by_name.or_else(by_number) else {
                return Err(LayoutProblem::NoColumn { name: name.clone(), there: there() });
            };
            if picks.iter().any(|(_, i)| *i == index) {
                return Err(LayoutProblem::Twice(name.clone()));
            }
            picks.push((*role, index));
        }
        if header {
            let passwords_said = picks.iter().any(|(r, _)| *r == Role::Password);
            for (index, role) in named.iter().enumerate().filter_map(|(i, r)| Some((i, (*r)?))) {
                let open = !picks.iter().any(|(_, i)| *i == index);
                // Whoever names a password column means that one.
                if open && !(role == Role::Password && passwords_said) {
                    picks.push((role, index));
                }
            }
        } else if picks.is_empty() && cells.len() == 1 {
            picks.push((Role::Password, 0));
        }
        if !picks.iter().any(|(r, _)| *r == Role::Password) {
            return Err(LayoutProblem::NoPassword(there()));
        }
        picks.sort_unstable();
        let mut slots = vec![None; cells.len()];
        for (slot, (_, index)) in picks.iter().enumerate() {
            slots[*index] = Some(slot);
        }
        let heading = |index: usize| normal(cells[index]);
        let name = |index: usize| match header {
            // Whoever reads of one of them must know which, and the history keeps columns by their names.
            true if (0..cells.len()).any(|other| other != index && heading(other) == heading(index)) => {
                format!("{} (column {})", shown(cells[index]), index + 1).trim_start().to_owned()
            }
            true => shown(cells[index]),
            false => format!("column {}", index + 1),
        };
        let columns = picks.iter().map(|(role, index)| Column { role: *role, name: name(*index) }).collect();
        let unread = (0..cells.len()).filter(|i| slots[*i].is_none()).map(name).collect();
        let skip = if header { row.len() } else { 0 };
        Ok(Self {
            delimiter,
            quotes,
            fields: cells.len(),
            picks: columns,
            slots,
            first_byte: (first + skip) as u64,
            header_lines: header_lines + u32::from(header),
            unread,
        })
    }

    /// The picks that hold passwords.
    pub fn passwords(&self) -> impl Iterator<Item = usize> {
        self.of(|r| r == Role::Password)
    }

    /// The picks that hold something else.
    pub fn identifiers(&self) -> impl Iterator<Item = usize> {
        self.of(|r| r != Role::Password)
    }

    fn of(&self, is: fn(Role) -> bool) -> impl Iterator<Item = usize> {
        self.picks.iter().enumerate().filter(move |(_, c)| is(c.role)).map(|(n, _)| n)
    }

    pub(crate) fn is_password(&self, slot: usize) -> bool {
        self.picks.get(slot).is_some_and(|c| c.role == Role::Password)
    }
}

fn either(numbers: &[usize]) -> String {
    numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(" or ")
}

/// Bytes that no text has, and so many of them that it is not a password here and there that holds some.
fn is_no_text(head: &[u8]) -> bool {
    let head = &head[..head.len().min(4 << 10)];
    let count = |is: fn(&u8) -> bool| head.iter().filter(|b| is(b)).count();
    let control = count(|b| matches!(b, 0..=8 | 14..=30));
    let plain = count(|b| matches!(b, b' '..=b'~' | b'\t' | b'\n' | b'\r' | 0x1f));
    head.len() >= 64 && control * 20 >= head.len() && plain * 2 < head.len()
}

/// Text of two bytes a character, without the mark that says so.
fn every_second_is_zero(head: &[u8]) -> bool {
    let pairs = head[..head.len().min(1 << 10)].as_chunks::<2>().0;
    let zeros = |at: usize| pairs.iter().filter(|p| p[at] == 0 && p[1 - at] != 0).count();
    pairs.len() >= 8 && zeros(0).max(zeros(1)) * 4 >= pairs.len() * 3
}

/// A line with its end; empty at the end of the text. A header with a line break inside a heading is not read as one.
fn line_at(head: &[u8], at: usize) -> &[u8] {
    let rest = head.get(at..).unwrap_or_default();
    match memchr::memchr(b'\n', rest) {
        Some(end) => &rest[..=end],
        None => rest,
    }
}

/// The cells of one line, without their quotation marks.
fn cells(line: &[u8], delimiter: Option<u8>, quotes: bool) -> Vec<&[u8]> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let Some(delimiter) = delimiter else { return vec![unquoted(line, quotes)] };
    let mut cells = Vec::new();
    let mut rest = line;
    loop {
        let quoted = quotes && rest.first() == Some(&b'"');
        let closing = if quoted {
            let mut ends = memchr::memchr_iter(b'"', &rest[1..]).map(|n| n + 2);
            ends.find(|end| rest.get(*end).is_none_or(|b| *b == delimiter))
        } else {
            None
        };
        let end = closing.or_else(|| memchr::memchr(delimiter, rest)).unwrap_or(rest.len());
        cells.push(unquoted(&rest[..end], quotes));
        if end >= rest.len() {
            return cells;
        }
        rest = &rest[end + 1..];
    }
}

fn unquoted(cell: &[u8], quotes: bool) -> &[u8] {
    let inner = cell.strip_prefix(b"\"").and_then(|c| c.strip_suffix(b"\""));
    inner.filter(|_| quotes).unwrap_or(cell)
}

/// The separator: the one under which a heading names passwords, else the one that cuts the first rows alike.
fn separator(head: &[u8], first: usize, row: &[u8], said: &Said) -> Option<u8> {
    const CANDIDATES: [u8; 9] = [b',', b';', b'\t', b'|', 0x1f, b'^', b'~', b':', b' '];
    let quotes = !said.no_quotes;
    let known = |d: u8| {
        let cells = cells(row, Some(d), quotes);
        let named = |c: &&[u8]| {
            role_of(c).is_some() || said.columns.iter().any(|(_, name)| normal(name.as_bytes()) == normal(c))
        };
        if cells.len() > 1 { cells.iter().filter(|c| named(c)).count() } else { 0 }
    };
    // A space parts words of one heading too, so it needs two of them. Of equals the first counts.
    let most = CANDIDATES.iter().rev().copied().max_by_key(|d| known(*d));
    if let Some(best) = most.filter(|d| known(*d) > usize::from(*d == b' ')) {
        return Some(best);
    }
    let mut rows = Vec::new();
    let mut at = first;
    while rows.len() < 200 && at < head.len() {
        let line = line_at(head, at);
        at += line.len();
        // The last line of the head may be cut off.
        if line.ends_with(b"\n") || at >= head.len() && rows.is_empty() {
            rows.push(line);
        }
    }
    let alike = |d: u8| {
        let want = cells(row, Some(d), quotes).len();
        let same = rows.iter().filter(|r| cells(r, Some(d), quotes).len() == want).count();
        want > 1 && same * 10 >= rows.len() * 9
    };
    // A space or a colon may belong to a password or an address: only where nothing else separates.
    CANDIDATES.into_iter().find(|d| alike(*d))
}

fn number(text: &str) -> Option<usize> {
    text.parse().ok()
}

/// A heading for messages: short, and without control characters.
fn shown(cell: &[u8]) -> String {
    let text = String::from_utf8_lossy(&cell[..cell.len().min(120)]);
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .take(40)
        .collect::<String>()
        .trim()
        .to_owned()
}
