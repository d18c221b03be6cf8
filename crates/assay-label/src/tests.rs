//! Labels for the tests of this crate: signed here, with a key of the tests, in the bytes that `docs/formats` describes.

use assay::assess::Variant;
use assay::cose::{self, Purpose};
use assay::date;
use assay::gtin::Gtin14;
use assay::key::{PublicKey, SecretKey};
use assay::label::{SignedLabel, Subject};
use assay::outcome::SeenBy;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ciborium::Value;
use jiff::civil::Date;

pub(crate) const BASE: &str = "https://register.example";
pub(crate) const GTIN: &str = "04006381333931";

/// What a label of these tests says.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) subject: Subject,
    pub(crate) scheme: u16,
    pub(crate) variant: Variant,
    pub(crate) level: SeenBy,
    pub(crate) until: Option<Date>,
    pub(crate) issued: Date,
}

pub(crate) fn key() -> SecretKey {
    SecretKey::from_seed(&[7; 32])
}

pub(crate) fn trusted() -> [PublicKey; 1] {
    [key().public()]
}

pub(crate) fn day(text: &str) -> Date {
    date::parse(text).unwrap()
}

/// What is said under option A, seen by the maker, declared on 22 November 2026.
pub(crate) fn said(variant: Variant, until: Option<&str>) -> Said {
    let subject = Subject::Gtin(Gtin14::parse(GTIN).unwrap());
    let (until, issued) = (until.map(day), day("2026-11-22"));
    Said { subject, scheme: 1, variant, level: SeenBy::Maker, until, issued }
}

/// Signs it: only a register does so, from its log; a test signs as one.
pub(crate) fn signed(said: &Said, key: &SecretKey, base: &str) -> SignedLabel {
    let whom = match &said.subject {
        Subject::Gtin(gtin) => Value::from(gtin.number()),
        Subject::Product(id) => Value::from(id.as_str()),
    };
    let variant = u8::from(said.variant == Variant::Cross);
    let level = match said.level {
        SeenBy::Maker => 0u8,
        SeenBy::Register => 1,
        SeenBy::Lab => 2,
        SeenBy::Authority => 3,
    };
    let until = said.until.map_or(Value::Null, |until| Value::from(date::to_days(until)));
    let items = [
        Value::from(0u8),
        whom,
        Value::from(said.scheme),
        Value::from(variant),
        Value::from(level),
        until,
        Value::from(date::to_days(said.issued)),
        Value::from(48_213u32),
    ];
    let bytes = cose::sign(key, Purpose::Label, base, assay::cbor::to_bytes(&items));
    let uri = format!("{base}/{}?a={}", said.subject.path(), URL_SAFE_NO_PAD.encode(bytes));
    SignedLabel::read(&uri, &[key.public()]).unwrap()
}

pub(crate) fn label(variant: Variant, until: Option<&str>) -> SignedLabel {
    signed(&said(variant, until), &key(), BASE)
}

/// The four kinds of label: tick or cross, with a date or without one.
pub(crate) fn kinds() -> [SignedLabel; 4] {
    let may = Some("2030-05-31");
    [(Variant::Tick, may), (Variant::Cross, may), (Variant::Tick, None), (Variant::Cross, None)]
        .map(|(variant, until)| label(variant, until))
}
