//! The label: what a logged statement lets a product carry, signed by the register into a GS1 Digital Link. A label is
//! never typed in: its facts come from a logged statement or out of a verified signature. What it cannot know offline is
//! whether it still holds today. How it looks, and how it is read from a picture, is the crate `assay-label`'s business.

mod error;
mod logged;
mod payload;

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::civil::Date;

use crate::assess::Variant;
use crate::cose::{self, Purpose};
use crate::digital_link::{Address, Base, DigitalLink};
use crate::gtin::Gtin14;
use crate::key::{KeyId, PublicKey, SecretKey};
use crate::outcome::SeenBy;
use crate::scheme::{self, LabelRule, Scheme};

pub use error::LabelError;

/// Longest link in bytes: what a QR code of version 10 at level M holds, so that a module is never too fine for print.
pub const MAX_LINK: usize = 213;

/// Longest link that is read: other keys of its query are passed over, but not so many that something else is meant.
const MAX_READ: usize = 1000;

/// How every payload begins, in base64url: the tag and the array of COSE_Sign1.
const BEGINNING: &str = "0o";

/// Longest id of a product without a GTIN, in characters.
pub const MAX_ID: usize = 40;

/// What the label is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A product with a GTIN; its link is `BASE/01/<14 digits>`.
    Gtin(Gtin14),
    /// A product without one, by the register's id; its link is `BASE/p/<id>`.
    Product(String),
}

/// What a label says. It exists only if it makes sense: the scheme is known and has a label, dates and id are in range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelFacts {
    subject: Subject,
    scheme: &'static str,
    code: u16,
    variant: Variant,
    level: SeenBy,
    updates_until: Option<Date>,
    issued: Date,
    statement: u64,
}

/// Facts with the register's signature, in the link that a QR code carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedLabel {
    facts: LabelFacts,
    base: Base,
    uri: String,
    key: KeyId,
}

impl LabelFacts {
    /// The one way in for facts, from a logged statement or a verified payload.
    ///
    /// # Errors
    /// An unknown scheme or one without a label, a date before 1970, an id that is none.
    pub(crate) fn new(
        subject: Subject,
        code: u16,
        variant: Variant,
        level: SeenBy,
        updates_until: Option<Date>,
        issued: Date,
        statement: u64,
    ) -> Result<Self, LabelError> {
        let scheme = scheme::by_code(code).ok_or(LabelError::UnknownScheme(code))?;
        if scheme.label.is_none() {
            return Err(LabelError::SchemeWithoutLabel(&scheme.id));
        }
        if let Some(date) = updates_until.into_iter().chain([issued]).find(|d| d.year() < 1970) {
            return Err(LabelError::DateRange(date));
        }
        if let Subject::Product(id) = &subject {
            let in_form = (1..=MAX_ID).contains(&id.len())
                && !matches!(id.as_str(), "." | "..")
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b));
            if !in_form {
                return Err(LabelError::ProductId(id.clone()));
            }
        }
        Ok(Self { subject, scheme: &scheme.id, code, variant, level, updates_until, issued, statement })
    }

    /// The product.
    #[must_use]
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// The scheme's id.
    #[must_use]
    pub fn scheme_id(&self) -> &'static str {
        self.scheme
    }

    /// The scheme's number.
    #[must_use]
    pub fn scheme_code(&self) -> u16 {
        self.code
    }

    /// The scheme.
    ///
    /// # Panics
    /// Never: the constructor looked it up.
    #[must_use]
    pub fn scheme(&self) -> &'static Scheme {
        scheme::by_code(self.code).expect("the constructor looked it up")
    }

    /// Tick or cross.
    #[must_use]
    pub fn variant(&self) -> Variant {
        self.variant
    }

    /// The lowest who vouches for what the label says.
    #[must_use]
    pub fn level(&self) -> SeenBy {
        self.level
    }

    /// The last day until which security updates are promised at least.
    #[must_use]
    pub fn updates_until(&self) -> Option<Date> {
        self.updates_until
    }

    /// The day of the declaration.
    #[must_use]
    pub fn issued(&self) -> Date {
        self.issued
    }

    /// Where in the log the statement stands.
    #[must_use]
    pub fn statement(&self) -> u64 {
        self.statement
    }

    /// The words and the form of the scheme's label.
    ///
    /// # Panics
    /// Never: the constructor saw it.
    #[must_use]
    pub fn rule(&self) -> &'static LabelRule {
        self.scheme().label.as_ref().expect("the constructor saw it")
    }
}

impl Subject {
    /// `01/<14 digits>` or `p/<id>`: the path of its page.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Gtin(gtin) => format!("01/{gtin}"),
            Self::Product(id) => format!("p/{id}"),
        }
    }
}

/// `GTIN 04006381333931` or `Product p0123456789abcdef`: the number as people read it.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gtin(gtin) => write!(f, "GTIN {gtin}"),
            Self::Product(id) => write!(f, "Product {id}"),
        }
    }
}

impl SignedLabel {
    /// Signs facts for the register at `base` (`https://register.example`).
    ///
    /// # Errors
    /// A base that is no address, or a link too long for the QR code.
    pub fn issue(facts: LabelFacts, key: &SecretKey, base: &str) -> Result<Self, LabelError> {
        let base = Base::parse(base)?;
        let signed = cose::sign(key, Purpose::Label, base.as_str(), payload::write(&facts));
        let uri = link(&base, &facts.subject, &URL_SAFE_NO_PAD.encode(signed));
        if uri.len() > MAX_LINK {
            return Err(LabelError::TooLong(uri.len()));
        }
        Ok(Self { facts, base, uri, key: key.public().id() })
    }

    /// Reads a link and believes it only if one of the trusted keys signed it for the product whose link it is. Keys of
    /// the query other than `a` are ignored and dropped.
    ///
    /// # Errors
    /// See [`LabelError`]; the product is compared only after the signature, so that a copied label is named as such.
    pub fn read(uri: &str, trusted: &[PublicKey]) -> Result<Self, LabelError> {
        let (base, on, payload) = take_apart(uri)?;
        // A campaign's number, or whatever else an `a=` may stand for elsewhere.
        if !payload.starts_with(BEGINNING) {
            return Err(LabelError::ForeignPayload);
        }
        if uri.len() > MAX_READ {
            return Err(LabelError::TooLong(uri.len()));
        }
        let bytes = URL_SAFE_NO_PAD
            .decode(&payload)
            .map_err(|_| LabelError::Payload("it is not base64url without padding".into()))?;
        let message = cose::parse(&bytes)?;
        let (plain, key) = message.verify_with(trusted, Purpose::Label, base.as_str())?;
        let facts = payload::read(plain)?;
        if facts.subject != on {
            return Err(LabelError::OtherProduct {
                payload: facts.subject.to_string(),
                link: on.to_string(),
            });
        }
        // A link longer than the QR code holds is none of ours, and it could not be drawn.
        let uri = link(&base, &on, &payload);
        if uri.len() > MAX_LINK {
            return Err(LabelError::TooLong(uri.len()));
        }
        Ok(Self { facts, base, uri, key: key.id() })
    }

    /// What it says.
    #[must_use]
    pub fn facts(&self) -> &LabelFacts {
        &self.facts
    }

    /// Where the link leads. The signature covers it: a genuine payload under another host is refused.
    #[must_use]
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// The link.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The link without the signature: where a print too small for a signed code leads.
    #[must_use]
    pub fn plain_link(&self) -> String {
        format!("{}/{}", self.base, self.facts.subject.path())
    }

    /// The key that signed.
    #[must_use]
    pub fn key(&self) -> KeyId {
        self.key
    }
}

fn link(base: &Base, subject: &Subject, payload: &str) -> String {
    format!("{base}/{}?a={payload}", subject.path())
}

/// Base, product and payload of a label's link.
fn take_apart(uri: &str) -> Result<(Base, Subject, String), LabelError> {
    let address = Address::parse(uri)?;
    let (base, subject, query) = match address.segments.as_slice() {
        [prefix @ .., p, id] if p == "p" && !prefix.iter().any(|s| s == "01") => {
            (address.base(2), Subject::Product(id.clone()), address.query)
        }
        _ => {
            let link = DigitalLink::from_address(address, uri)?;
            (link.base().clone(), Subject::Gtin(link.gtin()), link.query().to_vec())
        }
    };
    let mut payloads = query.into_iter().filter(|(key, _)| key == "a");
    let (_, payload) = payloads.next().ok_or(LabelError::NoPayload)?;
    if payloads.next().is_some() {
        return Err(LabelError::TwoPayloads);
    }
    Ok((base, subject, payload))
}

#[cfg(test)]
mod tests;
