//! Statements: the signed, canonical entries of the log. An entry's bytes are one COSE_Sign1 message (see [`crate::cose`])
//! over the deterministic CBOR of `[0, {"type": …, …}]`, where 0 is the version of the format. Version 0 is free to
//! change until the log's format is closed.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::assess::{Assessment, Variant, Verdict};
use crate::cbor::{self, CborError};
use crate::cose::{self, CoseError, Purpose, Unverified};
use crate::declaration::Declaration;
use crate::gtin::Gtin14;
use crate::key::{PublicKey, SecretKey};
use crate::outcome::{Claim, Outcome, SeenBy};

/// The version of the format that is written.
pub const VERSION: u8 = 0;

/// What an entry of the log says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Statement {
    /// A maker and its key, signed by that key.
    MakerRegistered(MakerRegistered),
    /// A maker's declaration, signed by the maker.
    Declared(Box<Declaration>),
    /// The declaration judged under one scheme, signed by the register; anybody can judge it again.
    Assessed(Assessed),
    /// A label, signed by the register.
    Labelled(Labelled),
    /// The maker takes its declaration back; signed by the maker.
    Withdrawn(Withdrawn),
    /// Something the register saw, signed by the register.
    Observed(Observed),
}

/// A maker and its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MakerRegistered {
    /// The organisation, never a person.
    pub organisation: String,
    /// Its domain.
    pub domain: String,
    /// The key that signs its declarations.
    pub key: PublicKey,
    /// When.
    pub on: Date,
}

/// A declaration judged under one scheme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assessed {
    /// The product.
    pub product: ProductId,
    /// The index of the declaration in the log.
    pub declaration: u64,
    /// The scheme's id.
    pub scheme: String,
    /// The whole.
    pub verdict: Verdict,
    /// Requirement by requirement.
    pub requirements: Vec<AssessedRequirement>,
    /// When.
    pub on: Date,
}

/// One requirement of an assessment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssessedRequirement {
    /// The provision's id.
    pub id: String,
    /// What the maker claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
    /// What evidence shows.
    pub outcome: Outcome,
    /// Who vouches for it.
    pub seen_by: SeenBy,
    /// Whether it holds as the scheme accepts it; absent while undecided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holds: Option<bool>,
}

/// A label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labelled {
    /// The product.
    pub product: ProductId,
    /// The index of the assessment in the log.
    pub assessment: u64,
    /// The scheme's id.
    pub scheme: String,
    /// The GTINs the label may be printed for.
    pub gtins: Vec<Gtin14>,
    /// Tick or cross.
    pub variant: Variant,
    /// The lowest "seen by" among the requirements.
    pub level: SeenBy,
    /// The last day on which security updates are promised at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updates_until: Option<Date>,
    /// When.
    pub on: Date,
}

/// A maker takes its declaration back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawn {
    /// The maker.
    pub maker: MakerId,
    /// The product.
    pub product: ProductId,
    /// The index of the declaration that is taken back.
    pub declaration: u64,
    /// When.
    pub on: Date,
}

/// A fact the register saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observed {
    /// The product.
    pub product: ProductId,
    /// What was seen.
    pub fact: Fact,
    /// When.
    pub on: Date,
}

/// What a register can see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Fact {
    /// The maker showed an earlier end of support than it had promised.
    SupportShortened {
        /// What was promised.
        promised: Date,
        /// What was shown; absent where the promise was left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shown: Option<Date>,
    },
}

/// A maker, known by its first key: `m` and sixteen characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MakerId(String);

/// A product, known by its maker and model: `p` and sixteen characters. Stable for ever, also without a GTIN.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProductId(String);

impl MakerId {
    /// The id of the maker that registers with this key.
    #[must_use]
    pub fn of(key: &PublicKey) -> Self {
        Self(short_id('m', &[b"assay-maker-v0\n", key.as_bytes()]))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ProductId {
    /// The id of a maker's model.
    #[must_use]
    pub fn of(maker: &MakerId, model: &str) -> Self {
        Self(short_id('p', &[b"assay-product-v0\n", maker.0.as_bytes(), b"\n", model.as_bytes()]))
    }

    /// Parses `p` and sixteen characters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::try_from(text.to_owned()).ok()
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Letters and digits without look-alikes: 80 bits in sixteen characters. The fold also refuses a second product or
/// maker of the same id, so a collision that somebody made would gain nothing.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

fn short_id(kind: char, parts: &[&[u8]]) -> String {
    let digest = parts.iter().fold(Sha256::new(), |h, part| h.chain_update(part)).finalize();
    let bits = digest[..10].iter().fold(0u128, |bits, byte| bits << 8 | u128::from(*byte));
    let letters = (0..16).rev().map(|at| char::from(ALPHABET[(bits >> (at * 5) & 31) as usize]));
    std::iter::once(kind).chain(letters).collect()
}

fn well_formed(kind: char, text: &str) -> bool {
    text.len() == 17 && text.starts_with(kind) && text.bytes().skip(1).all(|b| ALPHABET.contains(&b))
}

impl TryFrom<String> for MakerId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if well_formed('m', &text) {
            Ok(Self(text))
        } else {
            Err("a maker's id is `m` and sixteen characters")
        }
    }
}

impl TryFrom<String> for ProductId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if well_formed('p', &text) {
            Ok(Self(text))
        } else {
            Err("a product's id is `p` and sixteen characters")
        }
    }
}

macro_rules! shows_its_text {
    ($($id:ty),*) => {$(
        impl From<$id> for String {
            fn from(id: $id) -> String {
                id.0
            }
        }

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

shows_its_text!(MakerId, ProductId);

impl Assessed {
    /// The register's words for an assessment of a logged declaration.
    #[must_use]
    pub fn of(product: ProductId, declaration: u64, assessment: &Assessment, on: Date) -> Self {
        Self {
            product,
            declaration,
            scheme: assessment.scheme.clone(),
            verdict: assessment.verdict,
            requirements: assessment
                .requirements
                .iter()
                .map(|r| AssessedRequirement {
                    id: r.id.clone(),
                    claim: r.claim,
                    outcome: r.outcome,
                    seen_by: r.seen_by,
                    holds: r.holds,
                })
                .collect(),
            on,
        }
    }
}

/// Why bytes are not a statement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// Not a signed message in the one form.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// Signed, but the payload is no statement.
    #[error("the signed payload is no statement: {0}")]
    Payload(String),
    /// A version this program does not know.
    #[error("the statement is of version {0}; this program reads version {VERSION}")]
    Version(u8),
    /// Too large for an entry of the log.
    #[error("the statement has {0} bytes, an entry of the log at most {max}", max = cose::MAX_BYTES)]
    TooLong(usize),
}

/// A statement whose form is right and whose signature has not been looked at yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    message: Unverified,
    statement: Statement,
}

impl Statement {
    /// Signs the statement for the log of this origin: the bytes of an entry. No other log takes them.
    ///
    /// # Errors
    /// [`StatementError::TooLong`].
    pub fn sign(&self, key: &SecretKey, origin: &str) -> Result<Vec<u8>, StatementError> {
        let bytes = cose::sign(key, Purpose::Statement, origin, cbor::to_bytes(&(VERSION, self)));
        if bytes.len() > cose::MAX_BYTES { Err(StatementError::TooLong(bytes.len())) } else { Ok(bytes) }
    }

    /// The kind, as in the `type` of its bytes.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::MakerRegistered(_) => "maker-registered",
            Self::Declared(_) => "declared",
            Self::Assessed(_) => "assessed",
            Self::Labelled(_) => "labelled",
            Self::Withdrawn(_) => "withdrawn",
            Self::Observed(_) => "observed",
        }
    }

    /// The day it speaks of.
    #[must_use]
    pub fn on(&self) -> Date {
        match self {
            Self::MakerRegistered(s) => s.on,
            Self::Declared(s) => s.on,
            Self::Assessed(s) => s.on,
            Self::Labelled(s) => s.on,
            Self::Withdrawn(s) => s.on,
            Self::Observed(s) => s.on,
        }
    }
}

impl Received {
    /// Reads an entry's bytes and insists on the one spelling of the one form.
    ///
    /// # Errors
    /// See [`StatementError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, StatementError> {
        let message = cose::parse(bytes)?;
        let payload = message.peek();
        let (version, statement): (u8, Statement) = match cbor::from_bytes(payload) {
            Ok(read) => read,
            Err(error) => {
                return Err(another_version(payload).unwrap_or(StatementError::Payload(error.to_string())));
            }
        };
        if version != VERSION {
            return Err(StatementError::Version(version));
        }
        // Dates and keys have more than one spelling inside their texts: only ours is accepted.
        if cbor::to_bytes(&(version, &statement)) != payload {
            return Err(StatementError::Payload(CborError::NotCanonical.to_string()));
        }
        Ok(Self { message, statement })
    }

    /// The statement, not to be acted upon before [`Received::verify`].
    #[must_use]
    pub fn peek(&self) -> &Statement {
        &self.statement
    }

    /// The statement, once one of the given keys is shown to have signed it for the log of this origin.
    ///
    /// # Errors
    /// [`CoseError::UnknownKey`] or [`CoseError::BadSignature`].
    pub fn verify(self, keys: &[PublicKey], origin: &str) -> Result<Statement, CoseError> {
        self.message.verify_with(keys, Purpose::Statement, origin)?;
        Ok(self.statement)
    }
}

/// Tells a later version from rubbish.
fn another_version(payload: &[u8]) -> Option<StatementError> {
    let (version, _): (u8, serde::de::IgnoredAny) = cbor::from_bytes(payload).ok()?;
    (version != VERSION).then_some(StatementError::Version(version))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "register.example/log";

    fn registered() -> (SecretKey, Statement) {
        let key = SecretKey::from_seed(&[3; 32]);
        let statement = Statement::MakerRegistered(MakerRegistered {
            organisation: "Example Hearth Ltd".into(),
            domain: "hearth.example".into(),
            key: key.public(),
            on: crate::date::parse("2026-11-22").unwrap(),
        });
        (key, statement)
    }

    #[test]
    fn a_statement_comes_back_as_it_was_signed() {
        let (key, statement) = registered();
        let bytes = statement.sign(&key, LOG).unwrap();
        assert_eq!(Received::parse(&bytes).unwrap().verify(&[key.public()], LOG).unwrap(), statement);
    }

    #[test]
    fn a_later_version_is_named_and_another_shape_is_refused() {
        let (key, statement) = registered();
        let later = cose::sign(&key, Purpose::Statement, LOG, cbor::to_bytes(&(7u8, &statement)));
        assert_eq!(Received::parse(&later).err(), Some(StatementError::Version(7)));
        let free = cose::sign(&key, Purpose::Statement, LOG, cbor::to_bytes(&(0u8, "hello")));
        assert!(matches!(Received::parse(&free), Err(StatementError::Payload(_))));
    }

    #[test]
    fn a_second_spelling_of_a_date_is_refused() {
        let (key, statement) = registered();
        let payload = cbor::to_bytes(&(VERSION, &statement));
        let text = b"2026-11-22";
        let at = payload.windows(text.len()).position(|w| w == text).unwrap();
        let mut other = payload.clone();
        other.splice(at - 1..at + text.len(), [0x68, b'2', b'0', b'2', b'6', b'1', b'1', b'2', b'2']);
        let bytes = cose::sign(&key, Purpose::Statement, LOG, other);
        assert!(matches!(Received::parse(&bytes), Err(StatementError::Payload(_))));
    }

    #[test]
    fn ids_are_stable() {
        let (key, _) = registered();
        let maker = MakerId::of(&key.public());
        assert_eq!(maker.as_str().len(), 17);
        assert_eq!(ProductId::of(&maker, "HC-2"), ProductId::of(&maker, "HC-2"));
        assert_ne!(ProductId::of(&maker, "HC-2"), ProductId::of(&maker, "HC-3"));
        assert_eq!(
            ProductId::parse("p0123456789abcdef"),
            ProductId::try_from("p0123456789abcdef".to_owned()).ok()
        );
        assert_eq!(ProductId::parse("p0123456789abcde!"), None);
    }
}
