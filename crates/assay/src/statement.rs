//! Statements: the signed, canonical entries of the log. An entry's bytes are one COSE_Sign1 message (see [`crate::cose`])
//! over the deterministic CBOR of `[0, {"type": …, …}]`, where 0 is the version of the format. Version 0 is free to
//! change until the log's format is closed. `docs/formats/statements.md` has every kind byte for byte.

mod acts;
mod digest;
pub mod fields;
mod form;
mod id;
mod product;

pub use acts::{
    Fact, ForeignLabelRecorded, GtinDecided, GtinDisputed, KeyAdded, KeyRetired, LabAccredited, LabExpired,
    LabelSuspended, LogKeyAnnounced, Notice, NoticeLifted, NoticeServed, Observed, PublicPage, ReceiptDigest,
    SchemaAnnounced, WitnessPolicyChanged,
};
pub use digest::Digest;
pub use form::Fault;
pub use id::{LabId, MakerId, ProductId};
pub use product::{
    AdvisoryPublished, Assessed, AssessedRequirement, Change, Corrected, Labelled, MakerRegistered,
    SupportExtended, Withdrawn,
};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::cbor::{self, CborError};
use crate::cose::{self, CoseError, Purpose, Unverified};
use crate::declaration::Declaration;
use crate::key::{KeyId, PublicKey, SecretKey};

/// The version of the format that is written.
pub const VERSION: u8 = 0;

/// Who signs a kind of statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signer {
    /// The key that the statement registers.
    NewKey,
    /// A key of the maker it names, not retired.
    Maker,
    /// A key of the maker it names, or the register.
    MakerOrRegister,
    /// The register.
    Register,
    /// The register, or the accredited laboratory that it names.
    RegisterOrLab,
    /// The register or the authority.
    RegisterOrAuthority,
    /// The authority.
    Authority,
    /// For a notice the authority; for a suspension who suspended, or the authority.
    WhoImposed,
}

impl Signer {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::NewKey => "the key it registers",
            Self::Maker => "a key of the maker it names",
            Self::MakerOrRegister => "a key of the maker it names, or the register",
            Self::Register => "the register",
            Self::RegisterOrLab => "the register; with `lab` the laboratory's key",
            Self::RegisterOrAuthority => "the register or the authority",
            Self::Authority => "the authority",
            Self::WhoImposed => "the authority; for a suspension by the register also the register",
        }
    }
}

/// A kind of statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its `type`.
    pub word: &'static str,
    /// Who signs it.
    pub signer: Signer,
    /// What it is.
    pub says: &'static str,
}

macro_rules! kinds {
    ($($variant:ident($content:ty) $word:literal $signer:ident $says:literal;)*) => {
        /// What an entry of the log says.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "type", rename_all = "kebab-case")]
        pub enum Statement {
            $(#[doc = $says] $variant($content),)*
        }

        /// Every kind, in the order of the document.
        pub const KINDS: &[Kind] =
            &[$(Kind { word: $word, signer: Signer::$signer, says: $says },)*];

        impl Statement {
            /// The kind, as in the `type` of its bytes.
            #[must_use]
            pub fn kind(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $word,)*
                }
            }

            /// Who signs it.
            #[must_use]
            pub fn signer(&self) -> Signer {
                match self {
                    $(Self::$variant(_) => Signer::$signer,)*
                }
            }

            /// The day it speaks of.
            #[must_use]
            pub fn on(&self) -> Date {
                match self {
                    $(Self::$variant(s) => s.on,)*
                }
            }
        }
    };
}

kinds! {
    MakerRegistered(MakerRegistered) "maker-registered" NewKey "A maker and its key.";
    KeyAdded(KeyAdded) "key-added" Maker "A key that may sign for a maker from now on.";
    KeyRetired(KeyRetired) "key-retired" MakerOrRegister "A key that signs nothing for a maker any more.";
    Declared(Box<Declaration>) "declared" Maker "What a maker declares of a product.";
    Assessed(Assessed) "assessed" RegisterOrLab "A declaration judged under one scheme.";
    Labelled(Labelled) "labelled" Register "A label.";
    SupportExtended(SupportExtended) "support-extended" Maker "Security updates for longer than was promised.";
    Withdrawn(Withdrawn) "withdrawn" Maker "A declaration taken back.";
    Corrected(Corrected) "corrected" Maker "A wrong word put right.";
    Observed(Observed) "observed" Register "Something the register saw.";
    GtinDisputed(GtinDisputed) "gtin-disputed" RegisterOrAuthority "A number that is nobody's until it is decided.";
    GtinDecided(GtinDecided) "gtin-decided" RegisterOrAuthority "Whose a disputed number is.";
    ForeignLabelRecorded(ForeignLabelRecorded) "foreign-label-recorded" Register "A label of another scheme.";
    LabAccredited(LabAccredited) "lab-accredited" RegisterOrAuthority "A laboratory that may sign assessments.";
    LabExpired(LabExpired) "lab-expired" RegisterOrAuthority "A laboratory whose accreditation is over.";
    LabelSuspended(LabelSuspended) "label-suspended" RegisterOrAuthority "A label that may not be shown.";
    NoticeServed(NoticeServed) "notice-served" Authority "A notice of the authority.";
    NoticeLifted(NoticeLifted) "notice-lifted" WhoImposed "A notice or a suspension lifted.";
    ReceiptDigest(ReceiptDigest) "receipt-digest" Register "The digest of a receipt for a report.";
    AdvisoryPublished(AdvisoryPublished) "advisory-published" Maker "An advisory of the maker.";
    LogKeyAnnounced(LogKeyAnnounced) "log-key-announced" Register "Another key of the log, ahead of its use.";
    WitnessPolicyChanged(WitnessPolicyChanged) "witness-policy-changed" Register "Another witness policy, ahead of its use.";
    SchemaAnnounced(SchemaAnnounced) "schema-announced" Register "Another version of a format, ahead of its use.";
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

    /// The product it is about, if it is about one. A number, a maker or the log as such is none.
    #[must_use]
    pub fn product(&self) -> Option<ProductId> {
        match self {
            Self::Declared(s) => Some(ProductId::of(&s.maker, &s.product.model)),
            Self::Assessed(s) => Some(s.product),
            Self::Labelled(s) => Some(s.product),
            Self::SupportExtended(s) => Some(s.product),
            Self::Withdrawn(s) => Some(s.product),
            Self::Corrected(s) => s.product,
            Self::Observed(s) => Some(s.product),
            Self::ForeignLabelRecorded(s) => Some(s.product),
            Self::LabelSuspended(s) => Some(s.product),
            Self::NoticeServed(s) => s.product,
            Self::AdvisoryPublished(s) => Some(s.product),
            Self::MakerRegistered(_)
            | Self::KeyAdded(_)
            | Self::KeyRetired(_)
            | Self::GtinDisputed(_)
            | Self::GtinDecided(_)
            | Self::LabAccredited(_)
            | Self::LabExpired(_)
            | Self::NoticeLifted(_)
            | Self::ReceiptDigest(_)
            | Self::LogKeyAnnounced(_)
            | Self::WitnessPolicyChanged(_)
            | Self::SchemaAnnounced(_) => None,
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
        self.signed_by(keys, origin)?;
        Ok(self.statement)
    }

    /// Which of the given keys signed it for the log of this origin.
    ///
    /// # Errors
    /// [`CoseError::UnknownKey`] or [`CoseError::BadSignature`].
    pub fn signed_by(&self, keys: &[PublicKey], origin: &str) -> Result<PublicKey, CoseError> {
        self.message.verify_with(keys, Purpose::Statement, origin).map(|(_, key)| key)
    }

    /// The key that it says has signed it.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        self.message.key_id
    }

    /// The statement, for whoever knows by other means that the signature was found right.
    #[must_use]
    pub(crate) fn into_statement(self) -> Statement {
        self.statement
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
