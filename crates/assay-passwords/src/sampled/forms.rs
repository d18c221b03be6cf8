//! The messages that a careless generator would digest: an identifier as it is written, or written otherwise, alone or with
//! another, with a word before or behind it. A recipe is applied to every unit of the sample.

mod recipes;

use std::borrow::Cow;

pub(super) use recipes::recipes;

use crate::rows::{Column, Role};
use crate::structure::numbers::Numbers;
use crate::written::{Identifier, Slot, Written};

/// One way to write an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    /// One of those that the core knows too.
    Written(Written),
    /// Hexadecimal digits as bytes, whatever the identifier is.
    Bytes,
    /// Two bytes a character, little end first.
    Utf16,
    /// Its number, as it lies in memory: four bytes, little end first, or the big end; or eight.
    Word32,
    Word32Big,
    Word64,
    Word64Big,
    /// The number one more, and one less, in the usual writings: a radio has the address after that of the box.
    Next(Usual),
    Before(Usual),
}

/// How a neighbouring number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Usual {
    AsIs,
    Upper,
    Lower,
    ColonsUpper,
    ColonsLower,
    Raw,
}

impl Usual {
    const ALL: [Self; 6] =
        [Self::AsIs, Self::Upper, Self::Lower, Self::ColonsUpper, Self::ColonsLower, Self::Raw];

    fn written(self) -> Written {
        match self {
            Self::AsIs => Written::AsIs,
            Self::Upper => Written::PlainUpper,
            Self::Lower => Written::PlainLower,
            Self::ColonsUpper => Written::ColonsUpper,
            Self::ColonsLower => Written::ColonsLower,
            Self::Raw => Written::Raw,
        }
    }
}

impl Form {
    /// How many there are.
    pub(super) const COUNT: usize = Written::ALL.len() + 6 + 2 * Usual::ALL.len();

    fn all() -> impl Iterator<Item = Self> {
        let words = [Self::Bytes, Self::Utf16, Self::Word32, Self::Word32Big, Self::Word64, Self::Word64Big];
        Written::ALL
            .into_iter()
            .map(Self::Written)
            .chain(words)
            .chain(Usual::ALL.map(Self::Next))
            .chain(Usual::ALL.map(Self::Before))
    }

    /// Its number among all.
    fn index(self) -> usize {
        match self {
            Self::Written(written) => written as usize,
            Self::Bytes => Written::ALL.len(),
            Self::Utf16 => Written::ALL.len() + 1,
            Self::Word32 => Written::ALL.len() + 2,
            Self::Word32Big => Written::ALL.len() + 3,
            Self::Word64 => Written::ALL.len() + 4,
            Self::Word64Big => Written::ALL.len() + 5,
            Self::Next(usual) => Written::ALL.len() + 6 + usual as usize,
            Self::Before(usual) => Written::ALL.len() + 6 + Usual::ALL.len() + usual as usize,
        }
    }

    fn words(self) -> String {
        let neighbour = |which: &str, usual: Usual| match usual {
            Usual::AsIs => which.to_owned(),
            usual => format!("{which}, {}", usual.written().words()),
        };
        match self {
            Self::Written(Written::AsIs) => String::new(),
            Self::Written(written) => written.words().to_owned(),
            Self::Bytes => "as bytes".to_owned(),
            Self::Utf16 => "in UTF-16".to_owned(),
            Self::Word32 => "as a number of four bytes".to_owned(),
            Self::Word32Big => "as a number of four bytes, big end first".to_owned(),
            Self::Word64 => "as a number of eight bytes".to_owned(),
            Self::Word64Big => "as a number of eight bytes, big end first".to_owned(),
            Self::Next(usual) => neighbour("plus one", usual),
            Self::Before(usual) => neighbour("less one", usual),
        }
    }

    /// Nothing where the identifier has no such form.
    fn write(self, identifier: &Identifier<'_>) -> Vec<u8> {
        let cell = identifier.text();
        match self {
            Self::Written(written) => {
                let mut slot = Slot::EMPTY;
                identifier.write(written, &mut slot);
                slot.text().to_vec()
            }
            Self::Bytes => raw(&cell.iter().copied().filter(|b| !b":-._ /".contains(b)).collect::<Vec<u8>>()),
            Self::Utf16 => cell.iter().flat_map(|b| [*b, 0]).collect(),
            Self::Word32 => number(identifier).map_or(Vec::new(), |n| (n as u32).to_le_bytes().to_vec()),
            Self::Word32Big => number(identifier).map_or(Vec::new(), |n| (n as u32).to_be_bytes().to_vec()),
            Self::Word64 => number(identifier).map_or(Vec::new(), |n| n.to_le_bytes().to_vec()),
            Self::Word64Big => number(identifier).map_or(Vec::new(), |n| n.to_be_bytes().to_vec()),
            Self::Next(usual) => neighbour(identifier, usual, true),
            Self::Before(usual) => neighbour(identifier, usual, false),
        }
    }
}

/// The first number of an identifier (see [`Numbers`]).
fn number(identifier: &Identifier<'_>) -> Option<u64> {
    let role = if identifier.address().is_some() { Role::Mac } else { Role::Serial };
    Numbers::of(role, &folded(identifier.text())).values().next().map(|(_, value)| value)
}

/// Without separators, in lower case.
pub(super) fn folded(cell: &[u8]) -> Vec<u8> {
    cell.iter().filter(|b| !b":-._ /".contains(b)).map(u8::to_ascii_lowercase).collect()
}

/// The identifier with its last digits one further on or back, written in the same or another way.
fn neighbour(identifier: &Identifier<'_>, usual: Usual, next: bool) -> Vec<u8> {
    let hex = identifier.address().is_some();
    let Some(text) = moved(identifier.text(), if hex { 16 } else { 10 }, next) else { return Vec::new() };
    let role = if hex { Role::Mac } else { Role::Serial };
    let mut slot = Slot::EMPTY;
    Identifier::new(role, &text).write(usual.written(), &mut slot);
    slot.text().to_vec()
}

/// The text with the number at its end one more or less, carried through separators, in as many digits as before.
fn moved(text: &[u8], base: u32, next: bool) -> Option<Vec<u8>> {
    let mut text = text.to_vec();
    let upper = !text.iter().any(u8::is_ascii_lowercase);
    for place in text.iter_mut().rev() {
        let Some(digit) = char::from(*place).to_digit(base) else {
            if b":-._ /".contains(place) && base == 16 {
                continue;
            }
            return None;
        };
        let carried = digit == if next { base - 1 } else { 0 };
        let digit = if next { (digit + 1) % base } else { (digit + base - 1) % base };
        let written = char::from_digit(digit, base)?;
        *place = if upper { written.to_ascii_uppercase() } else { written } as u8;
        if !carried {
            return Some(text);
        }
    }
    None
}

/// Nothing where the text is no hexadecimal.
fn raw(text: &[u8]) -> Vec<u8> {
    let digits: Option<Vec<u32>> = text.iter().map(|b| char::from(*b).to_digit(16)).collect();
    match digits {
        Some(digits) if digits.len() % 2 == 0 => digits.chunks(2).map(|d| (d[0] << 4 | d[1]) as u8).collect(),
        _ => Vec::new(),
    }
}

/// Every form of every identifier of a unit, written once for all recipes.
pub(super) struct Parts(Vec<[Vec<u8>; Form::COUNT]>);

impl Parts {
    /// Of a unit's cells, one a column.
    pub(super) fn of(columns: &[Column], cells: &[Vec<u8>]) -> Self {
        let forms = |(column, cell): (&Column, &Vec<u8>)| {
            let mut all = [const { Vec::new() }; Form::COUNT];
            if column.role != Role::Password {
                let identifier = Identifier::new(column.role, cell);
                all.iter_mut().zip(Form::all()).for_each(|(text, form)| *text = form.write(&identifier));
            }
            all
        };
        Self(columns.iter().zip(cells).map(forms).collect())
    }
}

/// What a message is put together from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    Text(Cow<'static, str>),
    Cell(usize, Form),
}

/// A message of a unit: what is digested, behind the key of a keyed digest.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Message {
    pub(super) bytes: Vec<u8>,
    /// So many bytes of it are the key.
    pub(super) key: usize,
}

/// How much a recipe is worth trying.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sort {
    /// One identifier and nothing else: whatever can be done with it is tried.
    Alone,
    /// With a word around it, or with another identifier.
    Joined,
    /// All that stands in the row, or the record of it: on fewer units.
    Record,
    /// Keyed with what is no secret: on fewer units.
    Keyed,
}

/// How to write the message of a unit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Recipe {
    pub(super) sort: Sort,
    key: Option<Piece>,
    pieces: Vec<Piece>,
}

impl Recipe {
    fn alone(column: usize, form: Form) -> Self {
        Self { sort: Sort::Alone, key: None, pieces: vec![Piece::Cell(column, form)] }
    }

    fn joined(pieces: impl IntoIterator<Item = Piece>) -> Self {
        let pieces = pieces.into_iter().filter(|p| *p != Piece::Text(Cow::Borrowed(""))).collect();
        Self { sort: Sort::Joined, key: None, pieces }
    }

    fn record(pieces: impl IntoIterator<Item = Piece>) -> Self {
        Self { sort: Sort::Record, ..Self::joined(pieces) }
    }

    /// Whether it is what most programs would take: an identifier as it is written, or without separators.
    pub(super) fn usual(&self) -> bool {
        const USUAL: [Written; 4] = [Written::AsIs, Written::PlainUpper, Written::PlainLower, Written::Raw];
        matches!(&self.pieces[..], [Piece::Cell(_, Form::Written(form))] if USUAL.contains(form))
            && self.sort == Sort::Alone
    }

    /// The columns it takes.
    pub(super) fn columns(&self) -> Vec<usize> {
        let of = |piece: &Piece| match piece {
            Piece::Cell(column, _) => Some(*column),
            Piece::Text(_) => None,
        };
        self.pieces.iter().chain(&self.key).filter_map(of).collect()
    }

    /// Writes the message. `false` if a part of it is empty: the recipe does not apply to this unit.
    pub(super) fn write(&self, parts: &Parts, message: &mut Message) -> bool {
        self.join(message, |column, form, bytes| bytes.extend_from_slice(&parts.0[column][form.index()]))
    }

    /// The same from the cells, where only this one message is wanted.
    pub(super) fn write_one<'a>(
        &self,
        columns: &[Column],
        cell: impl Fn(usize) -> &'a [u8],
        message: &mut Message,
    ) -> bool {
        self.join(message, |column, form, bytes| {
            bytes.extend(form.write(&Identifier::new(columns[column].role, cell(column))));
        })
    }

    #[inline]
    fn join(&self, message: &mut Message, mut put: impl FnMut(usize, Form, &mut Vec<u8>)) -> bool {
        message.bytes.clear();
        let mut add = |piece: &Piece, bytes: &mut Vec<u8>| match piece {
            Piece::Text(text) => {
                bytes.extend_from_slice(text.as_bytes());
                true
            }
            Piece::Cell(column, form) => {
                let before = bytes.len();
                put(*column, *form, bytes);
                bytes.len() > before
            }
        };
        let mut whole = true;
        if let Some(key) = &self.key {
            whole &= add(key, &mut message.bytes);
        }
        message.key = message.bytes.len();
        for piece in &self.pieces {
            whole &= add(piece, &mut message.bytes);
        }
        whole
    }

    /// In words that follow on "the MD5 of".
    pub(super) fn words(&self, columns: &[Column]) -> String {
        let shown = |text: &str| match text {
            "\n" => "a line feed".to_owned(),
            "\r\n" => "a carriage return and a line feed".to_owned(),
            "\0" => "a zero byte".to_owned(),
            text => format!("`{text}`"),
        };
        let cell = |column: usize, form: Form| {
            let words = form.words();
            format!("`{}`{}{words}", columns[column].name, if words.is_empty() { "" } else { " " })
        };
        let mut said = String::new();
        let (mut before, mut between) = (String::new(), String::new());
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) if said.is_empty() => before = format!(" with {} before it", shown(text)),
                Piece::Text(text) => between = shown(text),
                Piece::Cell(column, form) => {
                    if !said.is_empty() {
                        said.push_str(" and ");
                        said.push_str(&between);
                        said.push_str(if between.is_empty() { "" } else { " " });
                    }
                    between.clear();
                    said.push_str(&cell(*column, *form));
                }
            }
        }
        let behind = if between.is_empty() { between } else { format!(" with {between} behind it") };
        let key = match &self.key {
            None => String::new(),
            Some(Piece::Text(text)) => format!(" under the key {}", shown(text)),
            Some(Piece::Cell(column, form)) => format!(" under the key {}", cell(*column, *form)),
        };
        format!("{said}{before}{behind}{key}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_written_as_its_words_say() {
        let columns = [(Role::Serial, "serial"), (Role::Mac, "mac"), (Role::Password, "password")]
            .map(|(role, name)| Column { role, name: name.to_owned() });
        let cells: [&[u8]; 3] = [b"SN-1", b"a4:c1:38:0b:ee:f9", b""];
        let all = recipes(&columns);
        let said = |words: &str| {
            let recipe = all.iter().find(|r| r.words(&columns) == words).unwrap_or_else(|| panic!("{words}"));
            let mut message = Message::default();
            let parts = Parts::of(&columns, &cells.map(<[u8]>::to_vec));
            let (all, mut one) = (recipe.write(&parts, &mut message), Message::default());
            assert_eq!(recipe.write_one(&columns, |c| cells[c], &mut one), all);
            assert_eq!(one, message);
            all.then_some(message.bytes)
        };
        assert_eq!(said("`serial`").unwrap(), b"SN-1");
        assert_eq!(said("`mac` as its 6 bytes").unwrap(), [0xa4, 0xc1, 0x38, 0x0b, 0xee, 0xf9]);
        assert_eq!(said("`mac` with hyphens, in upper case").unwrap(), b"A4-C1-38-0B-EE-F9");
        assert_eq!(
            said("`serial` and `_` `mac` without separators, in upper case").unwrap(),
            b"SN-1_A4C1380BEEF9"
        );
        assert_eq!(said("`serial` with a line feed behind it").unwrap(), b"SN-1\n");
        assert_eq!(said("`serial` as bytes"), None, "no hexadecimal");
    }
}
