//! A GS1 Digital Link of any key, parsed: which thing the address names, by which qualifiers and attributes, and what a
//! barcode would say in its place (the element string). Nothing is resolved and no register asked here. The strict subset
//! that our own labels use is [`crate::digital_link`].
//!
//! ```text
//! https://id.example/stem/01/09520123456788/10/ABC?17=301231&linkType=gs1:pip
//!         stem            key               qualifier attribute  not GS1's
//! ```
//!
//! Sources: GS1 Digital Link Standard, URI syntax 1.4 (grammar); GS1 Barcode Syntax Dictionary (which identifier may stand
//! where); GS1's own vectors, where the two leave a choice. The choices are named where they are made.

mod address;
mod code;
mod element;
mod error;
mod identifier;
mod rule;
mod value;

use std::fmt;

use self::address::{Split, decode, encode};
use self::identifier::Identifier;
use crate::gtin::Gtin14;

pub use element::Element;
pub use error::Gs1Error;

/// Longest address that is read and printed, in bytes.
pub const MAX_BYTES: usize = 8191;

/// Most identifiers and other parameters in one address.
pub const MAX_PARTS: usize = 64;

/// An address that names a thing in the GS1 system. It exists only if every rule of the syntax is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gs1Link {
    /// Scheme, host and the path before the key, without a slash at the end.
    stem: String,
    /// The key, then its qualifiers.
    path: Vec<Element>,
    query: Vec<Parameter>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Parameter {
    Attribute(Element),
    /// As it stands in the address, still encoded: it means nothing to GS1.
    Other(String),
}

impl Gs1Link {
    /// Parses an address.
    ///
    /// # Errors
    /// The first rule that is broken; see [`Gs1Error`].
    pub fn parse(text: &str) -> Result<Self, Gs1Error> {
        let Split { stem_end, segments, query } = Split::of(text)?;
        let key_at = key_of(&segments).ok_or(Gs1Error::NoKey)?;
        let (before, pairs) = segments.split_at(key_at);
        let path: Vec<Element> = pairs
            .chunks_exact(2)
            .map(|pair| {
                let identifier = in_path(pair[0]).ok_or(Gs1Error::NoKey)?;
                Element::read(identifier, pair[1], decode)
            })
            .collect::<Result<_, _>>()?;
        let codes: Vec<&str> = path.iter().map(Element::code).collect();
        if !is_order(&codes) {
            return Err(Gs1Error::Order(codes.join(", ")));
        }
        let query = query.into_iter().map(parameter).collect::<Result<Vec<_>, _>>()?;
        let mut stem = text[..stem_end].to_owned();
        for segment in before {
            stem.push('/');
            stem.push_str(segment);
        }
        let link = Self { stem, path, query };
        link.in_bounds()?;
        link.attributes_stand_right(&codes)?;
        link.nothing_contradicts()?;
        Ok(link)
    }

    fn in_bounds(&self) -> Result<(), Gs1Error> {
        let parts = self.path.len() + self.query.len();
        if parts > MAX_PARTS {
            return Err(Gs1Error::Parts(parts));
        }
        // Printing encodes what may also stand bare, so that a link could print to more than is read.
        let printed = self.to_string().len();
        if printed > MAX_BYTES { Err(Gs1Error::TooLong(printed)) } else { Ok(()) }
    }

    /// An attribute stands once, may be one, and is no qualifier that this path still has a place for.
    fn attributes_stand_right(&self, path: &[&str]) -> Result<(), Gs1Error> {
        let mut seen: Vec<&str> = path.to_vec();
        for attribute in self.attributes() {
            let code = attribute.code();
            if seen.contains(&code) {
                return Err(Gs1Error::Twice(code.to_owned()));
            }
            seen.push(code);
            if !attribute.identifier.attribute {
                return Err(Gs1Error::NoAttribute(code.to_owned()));
            }
            let fits = |at: usize| {
                let (before, after) = path.split_at(at);
                is_order(&[before, &[code], after].concat())
            };
            if (1..=path.len()).any(fits) {
                return Err(Gs1Error::BelongsIntoPath(code.to_owned()));
            }
        }
        Ok(())
    }

    /// Two identifiers that exclude each other are wrong in one address. What an identifier needs beside it may stand in
    /// another barcode of the same item, so that its absence here is no fault of the address: see [`Gs1Link::missing`].
    fn nothing_contradicts(&self) -> Result<(), Gs1Error> {
        for one in self.elements() {
            if let Some(other) = self.elements().find(|other| one.identifier.excludes(other.code())) {
                return Err(Gs1Error::Pair(one.code().to_owned(), other.code().to_owned()));
            }
        }
        Ok(())
    }

    /// What this address leaves to another barcode of the same item: the identifier, and one of what it needs.
    #[must_use]
    pub fn missing(&self) -> Vec<(&str, &'static str)> {
        let here: Vec<&str> = self.elements().map(Element::code).collect();
        self.elements()
            .flat_map(|e| e.identifier.unmet(&here).into_iter().map(|needs| (e.code(), needs)))
            .collect()
    }

    /// The key: the thing that is named.
    ///
    /// # Panics
    /// Never: a link without a key cannot be parsed.
    #[must_use]
    pub fn key(&self) -> &Element {
        self.path.first().expect("no link is parsed without a key")
    }

    /// What narrows the key down (batch, serial number, …), in the order of the path.
    #[must_use]
    pub fn qualifiers(&self) -> &[Element] {
        &self.path[1..]
    }

    /// What the query says of the thing in the GS1 system, in its order.
    pub fn attributes(&self) -> impl Iterator<Item = &Element> {
        self.query.iter().filter_map(|p| match p {
            Parameter::Attribute(element) => Some(element),
            Parameter::Other(_) => None,
        })
    }

    /// The other parameters, as they stand in the address.
    pub fn others(&self) -> impl Iterator<Item = &str> {
        self.query.iter().filter_map(|p| match p {
            Parameter::Attribute(_) => None,
            Parameter::Other(text) => Some(text.as_str()),
        })
    }

    fn elements(&self) -> impl Iterator<Item = &Element> {
        self.path.iter().chain(self.attributes())
    }

    /// Scheme, host and the path before the key, without a slash at the end.
    #[must_use]
    pub fn stem(&self) -> &str {
        &self.stem
    }

    /// The product, where a product is what is named and its number is one that a maker can have.
    #[must_use]
    pub fn gtin(&self) -> Option<Gtin14> {
        if self.key().code() == "01" { Gtin14::parse(self.key().value()).ok() } else { None }
    }

    /// What a barcode says in place of the address; `^` stands for the separator (FNC1).
    #[must_use]
    pub fn element_string(&self) -> String {
        let mut text = String::new();
        let mut separated = true;
        for element in self.elements() {
            if separated {
                text.push('^');
            }
            text.push_str(element.code());
            text.push_str(&element.value);
            separated = !element.identifier.fixed;
        }
        text
    }
}

/// The canonical spelling: numbers instead of short names, fourteen digits, everything encoded that may be.
impl fmt::Display for Gs1Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.stem)?;
        for element in &self.path {
            write!(f, "/{}/", element.code())?;
            encode(f, &element.value)?;
        }
        for (at, parameter) in self.query.iter().enumerate() {
            f.write_str(if at == 0 { "?" } else { "&" })?;
            match parameter {
                Parameter::Attribute(element) => {
                    write!(f, "{}=", element.code())?;
                    encode(f, &element.value)?;
                }
                Parameter::Other(text) => f.write_str(text)?,
            }
        }
        Ok(())
    }
}

/// Where in the path the key stands: the last one, going back pair by pair over identifiers only.
fn key_of(segments: &[&str]) -> Option<usize> {
    let mut at = segments.len().checked_sub(2)?;
    loop {
        if in_path(segments[at])?.is_key() {
            return Some(at);
        }
        at = at.checked_sub(2)?;
    }
}

/// An identifier of the path, by its number or by its short name.
fn in_path(segment: &str) -> Option<&'static Identifier> {
    identifier::find(segment).or_else(|| identifier::by_short_name(segment))
}

/// Whether a key may be followed by these qualifiers in this order.
fn is_order(path: &[&str]) -> bool {
    let [key, qualifiers @ ..] = path else { return false };
    identifier::find(key).is_some_and(|key| key.takes(qualifiers))
}

fn parameter(text: &str) -> Result<Parameter, Gs1Error> {
    let Some((key, value)) = text.split_once('=') else { return Ok(Parameter::Other(text.to_owned())) };
    if key.is_empty() || !key.bytes().all(|b| b.is_ascii_digit()) {
        // `%30%31` is `01` to whoever decodes first and nothing to whoever does not: two readers, two things.
        let hidden = key.contains('%')
            && decode(key).is_ok_and(|k| !k.is_empty() && k.bytes().all(|b| b.is_ascii_digit()));
        return if hidden {
            Err(Gs1Error::HiddenIdentifier(key.to_owned()))
        } else {
            Ok(Parameter::Other(text.to_owned()))
        };
    }
    let identifier = identifier::find(key).ok_or_else(|| Gs1Error::UnknownIdentifier(key.to_owned()))?;
    // In a query a bare plus sign stands for a space, which no value may have; it is refused as such by its rule.
    let element = Element::read(identifier, value, |value| decode(&value.replace('+', "%20")))?;
    Ok(Parameter::Attribute(element))
}

#[cfg(test)]
mod tests;
