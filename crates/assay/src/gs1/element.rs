//! One identifier of a link with its value, held against the identifier's rules.

use super::Gs1Error;
use super::identifier::Identifier;
use crate::gtin::Gtin14;

/// An application identifier with its value, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    pub(super) identifier: &'static Identifier,
    pub(super) value: String,
}

impl Element {
    pub(super) fn read(
        identifier: &'static Identifier,
        encoded: &str,
        decode: impl Fn(&str) -> Result<String, Gs1Error>,
    ) -> Result<Self, Gs1Error> {
        let code = identifier.code();
        if encoded.is_empty() {
            return Err(Gs1Error::Empty(code.to_owned()));
        }
        let value = decode(encoded)?;
        // Links of before 2020 spell a GTIN with 8, 12 or 13 digits, and such codes stay printed on packs. They are read
        // if the number is one that a maker can have; the numbers that shops give themselves were never meant for links.
        let value = match value.len() {
            8 | 12 | 13 if code == "01" => {
                Gtin14::parse(&value).map_err(|error| Gs1Error::ShortGtin(value, error))?.to_string()
            }
            _ => value,
        };
        identifier.check(&value).map_err(|fault| Gs1Error::Value { code: code.to_owned(), fault })?;
        Ok(Self { identifier, value })
    }

    /// The application identifier's number, as `01`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.identifier.code()
    }

    /// What GS1 calls it on a label, as `GTIN`; empty where it has no name.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.identifier.title
    }

    /// The value, decoded.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}
