//! What a value looks like: parts of digits or characters with their lengths, the last ones optional, each with its rules.

use std::fmt;

use super::rule::Rule;

/// The form of an identifier's value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Form(Vec<Part>);

#[derive(Debug, PartialEq, Eq)]
struct Part {
    set: Set,
    least: usize,
    most: usize,
    optional: bool,
    rules: Vec<Rule>,
}

/// GS1's character sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Set {
    Digits,
    EightyTwo,
    ThirtyNine,
    Base64Url,
}

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Something is missing at the end.
    TooShort,
    /// Something stands after the end.
    TooLong,
    /// A character that its set does not have.
    Character(char, &'static str),
    /// A rule of its content.
    Rule(&'static str),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort => f.write_str("is too short"),
            Self::TooLong => f.write_str("is too long"),
            Self::Character(c, set) => write!(f, "has `{}`, which is none of {set}", c.escape_default()),
            Self::Rule(why) => f.write_str(why),
        }
    }
}

impl Form {
    /// `N13:check+[X1-17]`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        text.split('+').map(Part::parse).collect::<Option<_>>().map(Self)
    }

    pub(super) fn check(&self, value: &str) -> Result<(), Fault> {
        let mut rest = value;
        for part in &self.0 {
            if rest.is_empty() && part.optional {
                break;
            }
            // Characters of no set are refused before lengths are counted, so that a cut never falls inside one.
            if let Some(c) = rest.chars().find(|c| !c.is_ascii()) {
                return Err(Fault::Character(c, part.set.name()));
            }
            let (piece, after) = rest.split_at(rest.len().min(part.most));
            if piece.len() < part.least {
                return Err(Fault::TooShort);
            }
            if let Some(c) = piece.chars().find(|c| !part.set.has(*c)) {
                return Err(Fault::Character(c, part.set.name()));
            }
            for rule in &part.rules {
                rule.check(piece).map_err(Fault::Rule)?;
            }
            rest = after;
        }
        if rest.is_empty() { Ok(()) } else { Err(Fault::TooLong) }
    }
}

impl Part {
    fn parse(text: &str) -> Option<Self> {
        let inner = text.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
        let mut words = inner.unwrap_or(text).split(':');
        let shape = words.next()?;
        let set = match shape.get(..1)? {
            "N" => Set::Digits,
            "X" => Set::EightyTwo,
            "Y" => Set::ThirtyNine,
            "Z" => Set::Base64Url,
            _ => return None,
        };
        let length = &shape[1..];
        let (least, most) = length.split_once('-').unwrap_or((length, length));
        let mut rules = words.map(Rule::parse).collect::<Option<Vec<_>>>()?;
        if set == Set::Base64Url {
            rules.push(Rule::Padding);
        }
        Some(Self {
            set,
            least: least.parse().ok()?,
            most: most.parse().ok()?,
            optional: inner.is_some(),
            rules,
        })
    }
}

impl Set {
    fn has(self, c: char) -> bool {
        match self {
            Self::Digits => c.is_ascii_digit(),
            Self::EightyTwo => place_in_82(c).is_some(),
            Self::ThirtyNine => c.is_ascii_digit() || c.is_ascii_uppercase() || matches!(c, '#' | '-' | '/'),
            Self::Base64Url => c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '='),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Digits => "the digits",
            Self::EightyTwo => "the 82 characters that GS1 allows",
            Self::ThirtyNine => "the 39 characters that GS1 allows here",
            Self::Base64Url => "the characters of base64url",
        }
    }
}

/// Where a character stands among the 82, in the order of ASCII: its weight in a pair of check characters.
pub(super) fn place_in_82(c: char) -> Option<u32> {
    const ALL: &str = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
    ALL.find(c).and_then(|at| u32::try_from(at).ok())
}
