//! What shops write in the cell of a GTIN, read into the one number that it can mean, or into the reason why a person must look.
//! Everything that is mended here can be mended without a guess: the digits that a person sees stay as they are. Where two
//! readings are possible, neither is taken.
//!
//! | the cell | what becomes of it |
//! |---|---|
//! | 8, 12, 13 or 14 digits | read |
//! | 9 to 11 digits | leading zeros were lost: read, unless 9 or 10 digits are an ISBN-10 as well |
//! | 15 to 32 digits | read if all before the last 14 are zeros, else a number of another kind (`no-gtin`) |
//! | blanks of any width, tabs, hyphens between digits, invisible characters, full-width digits | passed over or read |
//! | `'4006381333931`, `"4006381333931"`, `="4006381333931"` | a spreadsheet's ways of keeping a text: read |
//! | `4006381333931.0`, `4006381333931,00` | a float's tail: read |
//! | `4.006381333931E+12` | has a digit for every place: read |
//! | `4.00638E+12`, `4,00638E+12` | digits are lost (`damaged-number`) |
//! | 8 digits from 0, right as UPC-E only | the UPC-A of twelve digits that they stand for |
//! | 8 digits from 0 or 1, right as UPC-E and as GTIN-8, or from 1 and right as UPC-E only | either is possible (`short-upc`) |
//! | `0-306-40615-2`, `1234-567X`, and 8 digits that are right as ISSN and not as GTIN-8 | of a book or periodical (`book-number`) |
//! | several numbers between `;` `,` `/`, bars, line ends, or blanks if each is a GTIN | read if all are the same, else `several-gtins` |
//! | `n/a`, `keine`, `-`, zeros only, nothing | `no-gtin` |
//!
//! The register's own doors (signed statements, case folders, addresses, commands) do not take this road but
//! [`Gtin14::parse`] and stricter ones: there a maker or a person names one number, and a catalogue is not repaired.

use super::signs::{is_blank, is_line_end, is_passed_over, may_separate, separates};
use super::{Gtin14, GtinError, nothing, number, plain};

/// Reads the cell of a catalogue in which a GTIN is expected. The work grows with the length of the cell and no faster.
///
/// ```
/// use assay::gtin::{GtinError, read_cell};
///
/// assert_eq!(read_cell("=\"4006381333931\"")?.to_string(), "04006381333931");
/// assert_eq!(read_cell("4.00638E+12"), Err(GtinError::Damaged));
/// assert_eq!(read_cell("4006381333931; 96385074"), Err(GtinError::Several(2)));
/// # Ok::<(), GtinError>(())
/// ```
///
/// # Errors
/// Why the cell is for a person; a position in [`GtinError::NotDigits`] counts the characters of the cell from 1.
pub fn read_cell(cell: &str) -> Result<Gtin14, GtinError> {
    let bytes = cell.as_bytes();
    // Nearly every cell is one of these. Eight digits from 0 or 1 may be a UPC-E, nine and ten an ISBN.
    let short_way = match bytes {
        [b'2'..=b'9', ..] if bytes.len() == 8 => true,
        _ => matches!(bytes.len(), 11..=14),
    };
    if short_way
        && let Some(digits) = plain::read(bytes)
        && digits.sum.is_multiple_of(10)
    {
        return Gtin14::unless_restricted(digits.number);
    }
    read_slowly(cell)
}

/// The long way, for everything.
#[cold]
fn read_slowly(cell: &str) -> Result<Gtin14, GtinError> {
    let mut found = Found::default();
    split(Piece { text: cell, at: 0 }, Level::Strong, &mut found);
    found.answer().map_err(|error| match error {
        GtinError::NotDigits(byte) => {
            let before = cell.char_indices().take_while(|(at, _)| *at < byte).count();
            GtinError::NotDigits(before + 1)
        }
        other => other,
    })
}

/// A part of the cell, and where it begins.
#[derive(Clone, Copy)]
struct Piece<'a> {
    text: &'a str,
    at: usize,
}

/// What a piece may still be split at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    /// Semicolons, bars, line ends: they stand in no number and no word.
    Strong,
    /// Commas and slashes, which also stand in `4,00638E+12` and in `n/a`.
    Weak,
    /// Nothing more.
    Single,
}

fn split(whole: Piece<'_>, level: Level, found: &mut Found) {
    let piece = whole.bare();
    if piece.text.is_empty() || nothing::is_said_by(piece.text) {
        return;
    }
    let result = number::read(piece.text);
    // Quotes that are left within are those of the parts, of which the outer ones were taken away.
    let list = if piece.text.contains('"') { whole } else { piece };
    let (at, next): (fn(char) -> bool, Level) = match (result, level) {
        (Err(GtinError::NotDigits(_)), Level::Strong) if list.text.contains(separates) => {
            (separates, Level::Weak)
        }
        (Err(GtinError::NotDigits(_)), Level::Strong | Level::Weak) if list.text.contains(may_separate) => {
            (may_separate, Level::Single)
        }
        _ => return found.add_blanks(piece, result),
    };
    for part in list.parts(at) {
        split(part, next, found);
    }
}

impl<'a> Piece<'a> {
    fn parts(self, separates: fn(char) -> bool) -> impl Iterator<Item = Self> {
        let mut at = self.at;
        self.text.split_inclusive(separates).map(move |with_end| {
            let part = Self { text: with_end.strip_suffix(separates).unwrap_or(with_end), at };
            at += with_end.len();
            part
        })
    }

    fn trimmed(self) -> Self {
        let around = |c| is_passed_over(c) || is_line_end(c);
        let text = self.text.trim_start_matches(around);
        Self { text: text.trim_end_matches(around), at: self.at + (self.text.len() - text.len()) }
    }

    /// Without the signs by which a spreadsheet keeps digits a text: an apostrophe in front, quotes around, `=` before them.
    fn bare(self) -> Self {
        let mut piece = self.trimmed();
        if let Some(text) = piece.text.strip_prefix(['\'', '’']) {
            piece = Self { text, at: piece.at + (piece.text.len() - text.len()) }.trimmed();
        }
        for (before, after) in [("=\"", "\""), ("\"", "\"")] {
            let inner = piece.text.strip_prefix(before).and_then(|text| text.strip_suffix(after));
            if let Some(text) = inner {
                return Self { text, at: piece.at + before.len() }.trimmed();
            }
        }
        piece
    }
}

/// What the parts of a cell say together.
#[derive(Default)]
struct Found {
    first: Option<Result<Gtin14, GtinError>>,
    count: usize,
    /// Another number, or another fault, than the first.
    differs: bool,
    /// The first part that is none.
    not_digits: Option<GtinError>,
}

impl Found {
    /// Numbers between blanks, if each alone is a GTIN; else `result`, which takes the blanks for a way of writing one. Two
    /// GTINs have sixteen digits at least, so that no text is both.
    fn add_blanks(&mut self, piece: Piece<'_>, result: Result<Gtin14, GtinError>) {
        let words = || piece.text.split(is_blank).filter(|word| !word.chars().all(is_passed_over));
        let all = words().nth(1).is_some() && words().all(|word| number::read(word).is_ok());
        if !all {
            return self.add(piece.at, result);
        }
        for word in words() {
            self.add(piece.at, number::read(word));
        }
    }

    fn add(&mut self, at: usize, result: Result<Gtin14, GtinError>) {
        let result = result.map_err(|error| match error {
            GtinError::NotDigits(byte) => GtinError::NotDigits(at + byte),
            other => other,
        });
        // A part of zeros is one more way to say nothing.
        if result == Err(GtinError::Absent) {
            return;
        }
        self.count += 1;
        if let Err(error @ GtinError::NotDigits(_)) = result {
            self.not_digits.get_or_insert(error);
        }
        match self.first {
            None => self.first = Some(result),
            Some(first) => self.differs |= !alike(first, result),
        }
    }

    /// The number or the fault that all parts share; else the first part that is no number; else that there are several.
    fn answer(self) -> Result<Gtin14, GtinError> {
        match self.first {
            None => Err(GtinError::Absent),
            Some(first) if !self.differs => first,
            Some(_) => Err(self.not_digits.unwrap_or(GtinError::Several(self.count))),
        }
    }
}

/// The same number, or faults of one kind.
fn alike(a: Result<Gtin14, GtinError>, b: Result<Gtin14, GtinError>) -> bool {
    match (a, b) {
        (Ok(a), Ok(b)) => a == b,
        (Err(a), Err(b)) => std::mem::discriminant(&a) == std::mem::discriminant(&b),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
