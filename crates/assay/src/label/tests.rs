//! The label's signature and link as stories: what is issued is read, and nothing else is. How it looks is tested beside
//! the artwork, how it is read from pictures beside the reading.

use ciborium::Value;

use super::*;
use crate::cbor;
use crate::date;
use crate::digital_link::DigitalLinkError;
use crate::gtin::GtinError;

pub(super) const BASE: &str = "https://register.example";
pub(super) const GTIN: &str = "04006381333931";

pub(super) fn key() -> SecretKey {
    SecretKey::from_seed(&[7; 32])
}

pub(super) fn trusted() -> [PublicKey; 1] {
    [key().public()]
}

pub(super) fn day(text: &str) -> Date {
    date::parse(text).unwrap()
}

fn gtin(text: &str) -> Subject {
    Subject::Gtin(Gtin14::parse(text).unwrap())
}

/// Facts under option A, seen by the maker, declared on 22 November 2026.
pub(super) fn facts(variant: Variant, until: Option<&str>) -> LabelFacts {
    let (until, on) = (until.map(day), day("2026-11-22"));
    LabelFacts::new(gtin(GTIN), 1, variant, SeenBy::Maker, until, on, 48_213).unwrap()
}

pub(super) fn label(variant: Variant, until: Option<&str>) -> SignedLabel {
    SignedLabel::issue(facts(variant, until), &key(), BASE).unwrap()
}

/// The four kinds of label: tick or cross, with a date or without one.
pub(super) fn kinds() -> [SignedLabel; 4] {
    let may = Some("2030-05-31");
    [(Variant::Tick, may), (Variant::Cross, may), (Variant::Tick, None), (Variant::Cross, None)]
        .map(|(variant, until)| label(variant, until))
}

/// A link with a payload of our choice under a good signature.
fn forged_payload(items: Vec<Value>) -> String {
    let signed = cose::sign(&key(), Purpose::Label, BASE, cbor::to_bytes(&items));
    format!("{BASE}/01/{GTIN}?a={}", URL_SAFE_NO_PAD.encode(signed))
}

fn items() -> Vec<Value> {
    let numbers = [0i64, 4_006_381_333_931, 1, 0, 0, 22_065, 20_779, 48_213];
    numbers.into_iter().map(Value::from).collect()
}

fn refused(uri: &str) -> LabelError {
    SignedLabel::read(uri, &trusted()).expect_err(uri)
}

#[test]
fn every_kind_of_label_is_read_as_it_was_issued() {
    for issued in kinds() {
        assert_eq!(SignedLabel::read(issued.uri(), &trusted()), Ok(issued));
    }
    for level in [SeenBy::Maker, SeenBy::Register, SeenBy::Lab, SeenBy::Authority] {
        let product = Subject::Product("p7q2m4x9c3v8k2w5t".into());
        let facts = LabelFacts::new(product, 3, Variant::Cross, level, None, day("2026-11-22"), 9).unwrap();
        let issued = SignedLabel::issue(facts, &key(), "http://127.0.0.1:8080/").unwrap();
        assert!(issued.uri().starts_with("http://127.0.0.1:8080/p/p7q2m4x9c3v8k2w5t?a="), "{}", issued.uri());
        assert_eq!(SignedLabel::read(issued.uri(), &trusted()), Ok(issued));
    }
}

#[test]
fn the_payload_has_the_documented_bytes() {
    let label = label(Variant::Tick, Some("2030-05-31"));
    let bytes = URL_SAFE_NO_PAD.decode(label.uri().split_once("?a=").unwrap().1).unwrap();
    let message = cose::parse(&bytes).unwrap();
    assert_eq!(message.peek(), cbor::to_bytes(&items()));
    assert_eq!(cbor::to_bytes(&items())[..3], [0x88, 0x00, 0x1b]);
}

#[test]
fn every_changed_bit_of_the_payload_is_refused() {
    let label = label(Variant::Cross, Some("2030-05-31"));
    let (before, payload) = label.uri().split_once("?a=").unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(payload).unwrap();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            refused(&format!("{before}?a={}", URL_SAFE_NO_PAD.encode(changed)));
        }
    }
    // And every changed bit of the text, as a misprint would have it.
    for at in 0..payload.len() {
        for bit in 0..7 {
            let mut changed = payload.as_bytes().to_vec();
            changed[at] ^= 1 << bit;
            refused(&format!("{before}?a={}", String::from_utf8(changed).unwrap()));
        }
    }
}

#[test]
fn a_change_within_the_payload_says_that_it_was_changed() {
    let label = label(Variant::Cross, None);
    let (before, payload) = label.uri().split_once("?a=").unwrap();
    let mut bytes = URL_SAFE_NO_PAD.decode(payload).unwrap();
    let cross = bytes.windows(3).position(|w| w == [0x01, 0x01, 0x00]).unwrap() + 1;
    bytes[cross] = 0;
    let error = refused(&format!("{before}?a={}", URL_SAFE_NO_PAD.encode(bytes)));
    assert_eq!(error, LabelError::BadSignature);
    assert!(error.to_string().starts_with("the payload was changed"), "{error}");
}

#[test]
fn a_genuine_payload_on_another_products_link_is_refused_and_named() {
    let label = label(Variant::Tick, None);
    let error = refused(&label.uri().replace(GTIN, "00036000291452"));
    let message = error.to_string();
    assert!(matches!(error, LabelError::OtherProduct { .. }), "{error:?}");
    assert!(message.contains("GTIN 04006381333931") && message.contains("GTIN 00036000291452"), "{message}");
    assert!(matches!(
        refused(&label.uri().replace(&format!("01/{GTIN}"), "p/kettle")),
        LabelError::OtherProduct { .. }
    ));
}

#[test]
fn a_wrong_number_in_the_link_is_refused_before_anything_else() {
    let error = refused(&label(Variant::Tick, None).uri().replace(GTIN, "04006381333932"));
    assert!(matches!(error, LabelError::NotALink(DigitalLinkError::Gtin(_))), "{error:?}");
    assert!(error.to_string().contains("check digit"), "{error}");
}

#[test]
fn only_trusted_keys_are_believed() {
    let label = label(Variant::Tick, None);
    let other = SecretKey::from_seed(&[8; 32]).public();
    assert_eq!(SignedLabel::read(label.uri(), &[]), Err(LabelError::UnknownKey(key().public().id())));
    assert_eq!(SignedLabel::read(label.uri(), &[other]), Err(LabelError::UnknownKey(key().public().id())));
    assert!(SignedLabel::read(label.uri(), &[other, key().public()]).is_ok());
}

#[test]
fn a_genuine_payload_under_a_look_alike_host_is_refused() {
    let genuine = label(Variant::Tick, None).uri().to_owned();
    let elsewhere = genuine.replacen(BASE, "https://register.example.evil.example", 1);
    assert_ne!(genuine, elsewhere);
    assert_eq!(refused(&elsewhere), LabelError::BadSignature);
}

#[test]
fn what_was_signed_as_a_statement_is_no_label() {
    let signed = cose::sign(&key(), Purpose::Statement, BASE, cbor::to_bytes(&items()));
    let uri = format!("{BASE}/01/{GTIN}?a={}", URL_SAFE_NO_PAD.encode(signed));
    assert_eq!(refused(&uri), LabelError::BadSignature);
}

#[test]
fn a_link_without_exactly_one_payload_is_refused() {
    let uri = label(Variant::Tick, None).uri().to_owned();
    assert_eq!(refused(uri.split_once('?').unwrap().0), LabelError::NoPayload);
    assert_eq!(refused(&format!("{uri}&a=x")), LabelError::TwoPayloads);
    assert!(matches!(refused("mailto:someone@example.com"), LabelError::NotALink(_)));
    assert!(matches!(refused(&format!("{uri}=")), LabelError::Payload(_)), "padding");
    assert!(matches!(refused(&uri.replace("?a=", "?a=0oAA")), LabelError::Payload(_)));
    for foreign in ["?a=AAAA", "?a=1", "?a=campaign&b="] {
        assert_eq!(refused(&uri.replace("?a=", foreign)), LabelError::ForeignPayload);
    }
}

#[test]
fn foreign_keys_of_the_query_are_dropped() {
    let issued = label(Variant::Tick, None);
    let longer = format!("{}&linkType=gs1:pip", issued.uri().replace("?a=", "?utm=x&a="));
    assert_eq!(SignedLabel::read(&longer, &trusted()), Ok(issued));
}

#[test]
fn payloads_that_make_no_sense_are_refused_even_under_a_good_signature() {
    assert!(SignedLabel::read(&forged_payload(items()), &trusted()).is_ok());
    let with = |at: usize, value: Value| {
        let mut items = items();
        items[at] = value;
        refused(&forged_payload(items))
    };
    assert_eq!(with(0, 1.into()), LabelError::Version("1".into()));
    assert_eq!(with(2, 999.into()), LabelError::UnknownScheme(999));
    assert_eq!(with(2, 2.into()), LabelError::SchemeWithoutLabel("uk-2019-option-b"));
    assert_eq!(with(1, 2_000_000_000_008i64.into()), LabelError::Gtin(GtinError::RetailerOwned));
    assert_eq!(with(1, "a b".into()), LabelError::ProductId("a b".into()));
    for (at, value) in [(0, "0".into()), (2, 70_000.into()), (3, 2.into()), (4, 4.into()), (5, (-1).into())] {
        assert!(matches!(with(at, value), LabelError::Payload(_)), "item {at}");
    }
    assert!(matches!(with(6, 9_000_000.into()), LabelError::Payload(_)), "a day after the year 9999");
    assert!(matches!(with(7, Value::Null), LabelError::Payload(_)));
    assert!(matches!(refused(&forged_payload(items()[..7].to_vec())), LabelError::Payload(_)));
    assert!(matches!(refused(&forged_payload([items(), items()].concat())), LabelError::Payload(_)));
    assert!(matches!(refused(&forged_payload(vec![])), LabelError::Payload(_)));
}

#[test]
fn facts_that_no_label_can_carry_do_not_come_into_being() {
    let on = day("2026-11-22");
    let new = |subject, scheme, issued| {
        LabelFacts::new(subject, scheme, Variant::Tick, SeenBy::Maker, None, issued, 0)
    };
    assert_eq!(new(gtin(GTIN), 2, on), Err(LabelError::SchemeWithoutLabel("uk-2019-option-b")));
    assert_eq!(new(gtin(GTIN), 1, day("1969-12-31")), Err(LabelError::DateRange(day("1969-12-31"))));
    for id in ["", "..", "a/b", "ü", "<b>", &"x".repeat(MAX_ID + 1)] {
        assert!(matches!(new(Subject::Product(id.into()), 1, on), Err(LabelError::ProductId(_))), "{id}");
    }
}

#[test]
fn the_largest_values_fit_a_qr_code_of_version_10_and_more_is_refused() {
    let last = day("9999-12-31");
    let facts = |subject| {
        LabelFacts::new(subject, 3, Variant::Cross, SeenBy::Authority, Some(last), last, u64::MAX).unwrap()
    };
    let base = "https://label.register.example";
    assert_eq!(base.len(), 30);
    let largest = SignedLabel::issue(facts(gtin("89789999999997")), &key(), base).unwrap();
    // A scheme's number above 255 would take two bytes more, which are up to three characters.
    assert!(largest.uri().len() + 3 <= MAX_LINK, "{}", largest.uri().len());
    // An id stands twice in the link, in the path and in the payload: it fits up to the four thousand millionth entry.
    let id = Subject::Product("p7q2m4x9c3v8k2w5t".into());
    let entry = u64::from(u32::MAX);
    let facts_of_id =
        LabelFacts::new(id, 3, Variant::Cross, SeenBy::Authority, Some(last), last, entry).unwrap();
    assert!(SignedLabel::issue(facts_of_id, &key(), base).is_ok());
    let too_long = format!("{base}/a/longer/prefix");
    assert_eq!(
        SignedLabel::issue(facts(gtin("89789999999997")), &key(), &too_long),
        Err(LabelError::TooLong(largest.uri().len() + 16))
    );
    assert!(matches!(
        SignedLabel::issue(facts(gtin(GTIN)), &key(), "register"),
        Err(LabelError::NotALink(_))
    ));
    let moved = largest.uri().replace(base, &too_long);
    assert_eq!(refused(&moved), LabelError::BadSignature, "a link that leads elsewhere is none of ours");
}

proptest::proptest! {
    #[test]
    fn any_link_is_answered(text in "(https://register.example/(01/04006381333931|p/[a-z0-9./]{0,20})\\?a=)?[ -~]{0,120}") {
        proptest::prop_assert!(SignedLabel::read(&text, &trusted()).is_err());
    }
}
