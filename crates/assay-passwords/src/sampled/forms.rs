//! The messages that a careless generator would digest: an identifier as it is written, or written otherwise, alone or with
//! another, with a word before or behind it. A recipe is applied to every unit of the sample.

use crate::rows::{Column, Role};

/// One way to write an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    AsIs,
    Upper,
    Lower,
    Bare,
    BareUpper,
    BareLower,
    /// Hexadecimal digits as bytes.
    Raw,
    Digits,
    ColonsUpper,
    ColonsLower,
    DashesUpper,
    DashesLower,
    /// The last six characters without separators; likewise below.
    LastSixUpper,
    LastSixLower,
    LastEightUpper,
    LastEightLower,
    /// Two bytes a character, little end first.
    Utf16,
}

impl Form {
    const ALL: [Self; 17] = [
        Self::AsIs,
        Self::Upper,
        Self::Lower,
        Self::Bare,
        Self::BareUpper,
        Self::BareLower,
        Self::Raw,
        Self::Digits,
        Self::ColonsUpper,
        Self::ColonsLower,
        Self::DashesUpper,
        Self::DashesLower,
        Self::LastSixUpper,
        Self::LastSixLower,
        Self::LastEightUpper,
        Self::LastEightLower,
        Self::Utf16,
    ];

    fn words(self) -> &'static str {
        match self {
            Self::AsIs => "",
            Self::Upper => " in upper case",
            Self::Lower => " in lower case",
            Self::Bare => " without separators",
            Self::BareUpper => " without separators in upper case",
            Self::BareLower => " without separators in lower case",
            Self::Raw => " as bytes",
            Self::Digits => " (its digits)",
            Self::ColonsUpper => " with colons in upper case",
            Self::ColonsLower => " with colons in lower case",
            Self::DashesUpper => " with dashes in upper case",
            Self::DashesLower => " with dashes in lower case",
            Self::LastSixUpper => " (its last 6 characters in upper case)",
            Self::LastSixLower => " (its last 6 characters in lower case)",
            Self::LastEightUpper => " (its last 8 characters in upper case)",
            Self::LastEightLower => " (its last 8 characters in lower case)",
            Self::Utf16 => " in UTF-16",
        }
    }

    fn write(self, cell: &[u8]) -> Vec<u8> {
        let bare = || cell.iter().copied().filter(|b| !b":-._ /".contains(b)).collect::<Vec<u8>>();
        let pairs = |separator: u8, text: Vec<u8>| text.chunks(2).collect::<Vec<_>>().join(&separator);
        let last = |n: usize, text: Vec<u8>| text[text.len().saturating_sub(n)..].to_vec();
        match self {
            Self::AsIs => cell.to_vec(),
            Self::Upper => cell.to_ascii_uppercase(),
            Self::Lower => cell.to_ascii_lowercase(),
            Self::Bare => bare(),
            Self::BareUpper => bare().to_ascii_uppercase(),
            Self::BareLower => bare().to_ascii_lowercase(),
            Self::Raw => raw(&bare()),
            Self::Digits => cell.iter().copied().filter(u8::is_ascii_digit).collect(),
            Self::ColonsUpper => pairs(b':', bare().to_ascii_uppercase()),
            Self::ColonsLower => pairs(b':', bare().to_ascii_lowercase()),
            Self::DashesUpper => pairs(b'-', bare().to_ascii_uppercase()),
            Self::DashesLower => pairs(b'-', bare().to_ascii_lowercase()),
            Self::LastSixUpper => last(6, bare().to_ascii_uppercase()),
            Self::LastSixLower => last(6, bare().to_ascii_lowercase()),
            Self::LastEightUpper => last(8, bare().to_ascii_uppercase()),
            Self::LastEightLower => last(8, bare().to_ascii_lowercase()),
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

    /// Whether the chained digests are worth their time: nothing but identifiers in it.
    pub(super) fn usual(&self) -> bool {
        self.prefix.is_empty() && self.suffix.is_empty() && self.separator.is_empty()
    }

    /// The columns it takes.
    pub(super) fn columns(&self) -> Vec<usize> {
        std::iter::once(self.first.0).chain(self.second.map(|s| s.0)).collect()
    }

    /// Writes the message. `false` if a part of it is empty: the recipe does not apply to this unit.
    pub(super) fn write<'a>(&self, cell: impl Fn(usize) -> &'a [u8], message: &mut Vec<u8>) -> bool {
        message.clear();
        message.extend_from_slice(self.prefix.as_bytes());
        let parts = [Some(self.first), self.second];
        for (at, (column, form)) in parts.into_iter().flatten().enumerate() {
            if at == 1 {
                message.extend_from_slice(self.separator.as_bytes());
            }
            let part = form.write(cell(column));
            if part.is_empty() {
                return false;
            }
            message.extend_from_slice(&part);
        }
        message.extend_from_slice(self.suffix.as_bytes());
        true
    }

    /// In words that follow on "the MD5 of".
    pub(super) fn words(&self, columns: &[Column]) -> String {
        let part = |(column, form): (usize, Form)| format!("`{}`{}", columns[column].name, form.words());
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
        recipes.extend(Form::ALL.map(|form| Recipe::of(*column, form)));
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
        for form in [Form::AsIs, Form::BareUpper, Form::BareLower, Form::Raw] {
            for affix in AFFIXES {
                recipes.push(Recipe { suffix: affix, ..Recipe::of(*column, form) });
                recipes.push(Recipe { prefix: affix, ..Recipe::of(*column, form) });
            }
        }
    }
    recipes
}

const PAIRED: [(Form, Form); 16] = {
    use Form::{AsIs, Bare, BareLower, BareUpper, Digits, Lower, Raw, Upper};
    [
        (AsIs, AsIs),
        (Upper, Upper),
        (Lower, Lower),
        (Bare, Bare),
        (BareUpper, BareUpper),
        (BareLower, BareLower),
        (Raw, Raw),
        (Digits, Digits),
        (AsIs, BareUpper),
        (AsIs, BareLower),
        (AsIs, Raw),
        (BareUpper, AsIs),
        (BareLower, AsIs),
        (Raw, AsIs),
        (AsIs, Lower),
        (Lower, AsIs),
    ]
};

const SEPARATORS: [&str; 8] = ["", "-", ":", "_", " ", "|", ",", ";"];

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
            recipe.write(|c| cells[c], &mut message).then_some(message)
        };
        assert_eq!(said("`serial`").unwrap(), b"SN-1");
        assert_eq!(said("`mac` as bytes").unwrap(), [0xa4, 0xc1, 0x38, 0x0b, 0xee, 0xf9]);
        assert_eq!(said("`mac` with dashes in upper case").unwrap(), b"A4-C1-38-0B-EE-F9");
        assert_eq!(
            said("`serial` and `_` `mac` without separators in upper case").unwrap(),
            b"SN-1_A4C1380BEEF9"
        );
        assert_eq!(said("`serial` with a line feed behind it").unwrap(), b"SN-1\n");
        assert_eq!(said("`serial` as bytes"), None, "no hexadecimal");
    }
}
