//! Cells out of what came in, one a line or as a JSON array of strings, and their answers by the window: the places of sixty-four
//! numbers in the table are asked for before the first of them is looked up.

use assay::assess::Variant;
use assay::gate::judge::{Judge, Judged, Row, Shown};
use assay::gtin::GtinError;
use assay::snapshot::Found;
use assay_simd::{Bits, WithBits};

use super::page::{NOTHING, Page};
use super::{Lookups, LookupsError};
use crate::number::{self, Plain, digits_of};
use crate::numbers::View;
use crate::source::text;

/// What came in.
pub(super) struct Asked<'a> {
    pub(super) lookups: &'a Lookups,
    pub(super) text: &'a [u8],
    pub(super) most: usize,
    pub(super) form: Form,
}

/// Its form.
pub(super) enum Form {
    Lines,
    Json,
}

impl WithBits for Asked<'_> {
    type Output = Result<Vec<u8>, LookupsError>;

    #[inline(always)]
    fn with_bits<B: Bits>(self, bits: B) -> Self::Output {
        let Self { lookups, text, most, form } = self;
        let page = Page::new(&lookups.pieces, text.len());
        let cells = [Cell { plain: None, start: 0, end: 0 }; WINDOW];
        let (judge, view) = (lookups.judge(), lookups.numbers.view());
        let own_numbers = judge.snapshot().header().own_numbers;
        let mut desk = Desk { judge, view, own_numbers, bits, text, page, cells, filled: 0, taken: 0, most };
        match form {
            Form::Lines => desk.lines()?,
            Form::Json => desk.json()?,
        }
        desk.flush();
        Ok(desk.page.finish())
    }
}

/// Cells that are read before the first of them is looked up, so that their places in the table are on the way meanwhile.
const WINDOW: usize = 64;

/// A cell that was read.
#[derive(Clone, Copy)]
struct Cell {
    plain: Option<Plain>,
    start: usize,
    end: usize,
}

/// Reads cells and answers them by the window.
struct Desk<'a, B> {
    judge: Judge<'a>,
    view: View<'a>,
    own_numbers: bool,
    bits: B,
    text: &'a [u8],
    page: Page<'a>,
    cells: [Cell; WINDOW],
    filled: usize,
    taken: usize,
    most: usize,
}

impl<B: Bits> Desk<'_, B> {
    #[inline(always)]
    fn lines(&mut self) -> Result<(), LookupsError> {
        let text = self.text;
        let mut at = 0;
        while at < text.len() {
            self.count()?;
            if let Some(end) = self.quickly(at, b'\n') {
                at = end + 1;
                continue;
            }
            let rest = text.get(at..).unwrap_or_default();
            let line = rest.split(|b| *b == b'\n').next().unwrap_or_default();
            self.take(at, at + line.strip_suffix(b"\r").unwrap_or(line).len());
            at += line.len() + 1;
        }
        Ok(())
    }

    #[inline(always)]
    fn json(&mut self) -> Result<(), LookupsError> {
        let text = self.text;
        if let Err(error) = std::str::from_utf8(text) {
            return fault(error.valid_up_to(), "here is a byte that is no UTF-8");
        }
        let mut at = blanks(text, 0);
        if text.get(at) != Some(&b'[') {
            return fault(at, "here no array begins");
        }
        at = blanks(text, at + 1);
        if text.get(at) == Some(&b']') {
            return ended(text, at);
        }
        loop {
            if text.get(at) != Some(&b'"') {
                return fault(at, "here no string begins");
            }
            self.count()?;
            at = match self.quickly(at + 1, b'"') {
                Some(end) => end + 1,
                None => self.string(at)?,
            };
            at = blanks(text, at);
            match text.get(at) {
                Some(b',') => at = blanks(text, at + 1),
                Some(b']') => return ended(text, at),
                _ => return fault(at, "after a string comes a comma or the end of the array"),
            }
        }
    }

    /// One more.
    #[inline(always)]
    fn count(&mut self) -> Result<(), LookupsError> {
        if self.taken == self.most {
            return Err(LookupsError::TooMany { most: self.most });
        }
        self.taken += 1;
        Ok(())
    }

    /// Takes a JSON string whose quote stands at a place, and says where what follows it begins.
    fn string(&mut self, at: usize) -> Result<usize, LookupsError> {
        let rest = self.text.get(at + 1..).unwrap_or_default();
        let Some(length) = rest.iter().position(|b| matches!(b, b'"' | b'\\' | 0..0x20)) else {
            return fault(at, "this string has no end");
        };
        match rest.get(length) {
            Some(b'"') => self.take(at + 1, at + 1 + length),
            Some(b'\\') => return self.escaped(at),
            _ => return fault(at + 1 + length, "a string has no control characters"),
        }
        Ok(at + length + 2)
    }

    #[cold]
    fn escaped(&mut self, at: usize) -> Result<usize, LookupsError> {
        let rest = self.text.get(at..).unwrap_or_default();
        let mut strings = serde_json::Deserializer::from_slice(rest).into_iter::<String>();
        let Some(Ok(cell)) = strings.next() else {
            return fault(at, "this string has an escape that is none, or no end");
        };
        self.flush();
        carefully(&self.judge, &mut self.page, cell.as_bytes());
        Ok(at + strings.byte_offset())
    }

    /// Takes 13 or 14 digits that end with a byte, which is nearly every cell, and says where it stands.
    #[inline(always)]
    fn quickly(&mut self, at: usize, end: u8) -> Option<usize> {
        let end = [at + 13, at + 14].into_iter().find(|place| self.text.get(*place) == Some(&end))?;
        let plain = number::plain(self.text, at, end)?;
        self.put(Cell { plain: Some(plain), start: at, end });
        Some(end)
    }

    /// Takes any cell.
    fn take(&mut self, start: usize, end: usize) {
        self.put(Cell { plain: number::plain(self.text, start, end), start, end });
    }

    #[inline(always)]
    fn put(&mut self, cell: Cell) {
        if let Some(plain) = &cell.plain {
            self.view.prefetch(self.bits, plain.payload);
        }
        if let Some(place) = self.cells.get_mut(self.filled) {
            *place = cell;
            self.filled += 1;
        }
        if self.filled == WINDOW {
            self.flush();
        }
    }

    /// Answers what was read.
    #[inline(always)]
    fn flush(&mut self) {
        let Self { judge, view, own_numbers, page, .. } = self;
        for Cell { plain, start, end } in self.cells.iter().take(self.filled) {
            if !plain.as_ref().is_some_and(|plain| plainly(judge, *view, *own_numbers, page, plain)) {
                carefully(judge, page, self.text.get(*start..*end).unwrap_or_default());
            }
        }
        self.filled = 0;
    }
}

/// Writes the answer on plain digits; not on a number that nobody registered and that may itself say what it is of.
#[inline(always)]
fn plainly(judge: &Judge<'_>, view: View<'_>, own_numbers: bool, page: &mut Page<'_>, plain: &Plain) -> bool {
    match (view.find(plain.payload), plain.restricted) {
        (None, None) if is_publication(plain.payload) => return false,
        (None, None) => page.row(Some(plain.digits), judge.unknown(), NOTHING),
        (Some(found), fault) if fault.is_none() || own_numbers => {
            page.row(Some(plain.digits), judge.found(found), beside(judge, found));
        }
        (_, fault) => page.row(None, judge.unmatched(fault.unwrap_or(GtinError::RetailerOwned)), NOTHING),
    }
    true
}

#[cold]
fn carefully(judge: &Judge<'_>, page: &mut Page<'_>, cell: &[u8]) {
    let Judged { gtin, decision, found } = judge.row(&Row { gtin: &text(cell), ..Row::default() });
    let beside = found.map_or(NOTHING, |found| beside(judge, found));
    page.row(gtin.map(|gtin| digits_of(gtin.number())), decision, beside);
}

/// The day, by its code, and the label that are shown beside an answer.
#[inline(always)]
fn beside(judge: &Judge<'_>, found: Found) -> (u32, Option<Variant>) {
    match judge.shown().get(found.code as usize) {
        Some(Shown { stands: true, label }) => (found.day, *label),
        _ => NOTHING,
    }
}

/// As [`assay::gtin::Gtin14::is_publication`], of a number without its check digit.
#[inline(always)]
fn is_publication(payload: u64) -> bool {
    matches!(payload / 1_000_000_000 % 1_000, 977..=979)
}

fn fault<T>(at: usize, what: &'static str) -> Result<T, LookupsError> {
    Err(LookupsError::Json { at, what })
}

/// Where the next byte stands that JSON does not pass over.
#[inline(always)]
fn blanks(text: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = text.get(at) {
        at += 1;
    }
    at
}

/// The end of the array has to be the end of the text.
fn ended(text: &[u8], at: usize) -> Result<(), LookupsError> {
    let behind = blanks(text, at + 1);
    if behind == text.len() { Ok(()) } else { fault(behind, "something follows the array") }
}
