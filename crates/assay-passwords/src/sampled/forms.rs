//! The messages that a careless generator would digest: an identifier as it is written, or written otherwise, alone or with
//! another, with a word before or behind it. A recipe is applied to every unit of the sample.

use crate::rows::{Column, Role};
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
}

impl Form {
    /// How many there are.
    pub(super) const COUNT: usize = Written::ALL.len() + 2;

    fn all() -> impl Iterator<Item = Self> {
        Written::ALL.into_iter().map(Self::Written).chain([Self::Bytes, Self::Utf16])
    }

    /// Its number among all.
    fn index(self) -> usize {
        match self {
            Self::Written(written) => written as usize,
            Self::Bytes => Written::ALL.len(),
            Self::Utf16 => Written::ALL.len() + 1,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Written(Written::AsIs) => "",
            Self::Written(written) => written.words(),
            Self::Bytes => "as bytes",
            Self::Utf16 => "in UTF-16",
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
        }
    }
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

/// How to write the message of a unit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Recipe {
    prefix: &'static str,
    first: (usize, Form),
    separator: &'static str,
    second: Option<(usize, Form)>,
    suffix: &'static str,
}

impl Recipe {
    fn of(column: usize, form: Form) -> Self {
        Self { prefix: "", first: (column, form), separator: "", second: None, suffix: "" }
    }

    /// Whether the chained digests are worth their time: one identifier and nothing else.
    pub(super) fn usual(&self) -> bool {
        self.prefix.is_empty() && self.suffix.is_empty() && self.second.is_none()
    }

    /// The columns it takes.
    pub(super) fn columns(&self) -> Vec<usize> {
        std::iter::once(self.first.0).chain(self.second.map(|s| s.0)).collect()
    }

    /// Writes the message. `false` if a part of it is empty: the recipe does not apply to this unit.
    pub(super) fn write(&self, parts: &Parts, message: &mut Vec<u8>) -> bool {
        let text = |(column, form): (usize, Form)| parts.0[column][form.index()].as_slice();
        self.join(text(self.first), self.second.map(text), message)
    }

    /// The same from the cells, where only this one message is wanted.
    pub(super) fn write_one<'a>(
        &self,
        columns: &[Column],
        cell: impl Fn(usize) -> &'a [u8],
        message: &mut Vec<u8>,
    ) -> bool {
        let text =
            |(column, form): (usize, Form)| form.write(&Identifier::new(columns[column].role, cell(column)));
        let (first, second) = (text(self.first), self.second.map(text));
        self.join(&first, second.as_deref(), message)
    }

    fn join(&self, first: &[u8], second: Option<&[u8]>, message: &mut Vec<u8>) -> bool {
        message.clear();
        if first.is_empty() || second.is_some_and(<[u8]>::is_empty) {
            return false;
        }
        message.extend_from_slice(self.prefix.as_bytes());
        message.extend_from_slice(first);
        if let Some(second) = second {
            message.extend_from_slice(self.separator.as_bytes());
            message.extend_from_slice(second);
        }
        message.extend_from_slice(self.suffix.as_bytes());
        true
    }

    /// In words that follow on "the MD5 of".
    pub(super) fn words(&self, columns: &[Column]) -> String {
        let part = |(column, form): (usize, Form)| match form.words() {
            "" => format!("`{}`", columns[column].name),
            words => format!("`{}` {words}", columns[column].name),
        };
        let affix = |text: &'static str, place: &str| match text {
            "" => String::new(),
            "\n" => format!(" with a line feed {place} it"),
            "\r\n" => format!(" with a carriage return and a line feed {place} it"),
            "\0" => format!(" with a zero byte {place} it"),
            text => format!(" with `{text}` {place} it"),
        };
        let second = self.second.map_or(String::new(), |second| {
            let between =
                if self.separator.is_empty() { String::new() } else { format!(" `{}`", self.separator) };
            format!(" and{between} {}", part(second))
        });
        format!(
            "{}{second}{}{}",
            part(self.first),
            affix(self.prefix, "before"),
            affix(self.suffix, "behind")
        )
    }
}

/// Every recipe for a file with these columns. Many write the same for a given file: the caller drops those.
pub(super) fn recipes(columns: &[Column]) -> Vec<Recipe> {
    let identifiers: Vec<usize> = (0..columns.len()).filter(|c| columns[*c].role != Role::Password).collect();
    let mut recipes = Vec::new();
    for column in &identifiers {
        recipes.extend(Form::all().map(|form| Recipe::of(*column, form)));
    }
    for first in &identifiers {
        for second in identifiers.iter().filter(|second| *second != first) {
            for (a, b) in PAIRED {
                for separator in SEPARATORS {
                    let pair = Recipe { separator, second: Some((*second, b)), ..Recipe::of(*first, a) };
                    if separator.is_empty() {
                        recipes.push(Recipe { suffix: "\n", ..pair.clone() });
                    }
                    recipes.push(pair);
                }
            }
        }
    }
    for column in &identifiers {
        for form in AFFIXED {
            for affix in AFFIXES {
                recipes.push(Recipe { suffix: affix, ..Recipe::of(*column, form) });
                recipes.push(Recipe { prefix: affix, ..Recipe::of(*column, form) });
            }
        }
    }
    recipes
}

const PAIRED: [(Form, Form); 20] = {
    const AS_IS: Form = Form::Written(Written::AsIs);
    const UPPER: Form = Form::Written(Written::Upper);
    const LOWER: Form = Form::Written(Written::Lower);
    const PLAIN: Form = Form::Written(Written::Plain);
    const PLAIN_UPPER: Form = Form::Written(Written::PlainUpper);
    const PLAIN_LOWER: Form = Form::Written(Written::PlainLower);
    const DIGITS: Form = Form::Written(Written::Digits);
    const COLONS_UPPER: Form = Form::Written(Written::ColonsUpper);
    const COLONS_LOWER: Form = Form::Written(Written::ColonsLower);
    [
        (AS_IS, AS_IS),
        (UPPER, UPPER),
        (LOWER, LOWER),
        (PLAIN, PLAIN),
        (PLAIN_UPPER, PLAIN_UPPER),
        (PLAIN_LOWER, PLAIN_LOWER),
        (Form::Bytes, Form::Bytes),
        (DIGITS, DIGITS),
        (AS_IS, PLAIN_UPPER),
        (AS_IS, PLAIN_LOWER),
        (AS_IS, Form::Bytes),
        (PLAIN_UPPER, AS_IS),
        (PLAIN_LOWER, AS_IS),
        (Form::Bytes, AS_IS),
        (AS_IS, LOWER),
        (LOWER, AS_IS),
        (AS_IS, COLONS_UPPER),
        (AS_IS, COLONS_LOWER),
        (COLONS_UPPER, AS_IS),
        (COLONS_LOWER, AS_IS),
    ]
};

const AFFIXED: [Form; 4] = [
    Form::Written(Written::AsIs),
    Form::Written(Written::PlainUpper),
    Form::Written(Written::PlainLower),
    Form::Bytes,
];

const SEPARATORS: [&str; 10] = ["", "-", ":", "_", " ", "|", ",", ";", "/", "."];

/// Words that people put before or behind what they digest.
const AFFIXES: [&str; 16] = [
    "\n", "\r\n", "\0", "admin", "password", "Password", "salt", "secret", "key", "wifi", "default", "root",
    "1234", "12345678", "wpa", "-",
];

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
            let mut message = Vec::new();
            let parts = Parts::of(&columns, &cells.map(<[u8]>::to_vec));
            let (all, mut one) = (recipe.write(&parts, &mut message), Vec::new());
            assert_eq!(recipe.write_one(&columns, |c| cells[c], &mut one), all);
            assert_eq!(one, message);
            all.then_some(message)
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
