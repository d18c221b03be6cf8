//! What programs are told, read back by a hand-written look at the structure: types, names of properties, kinds of values.

use assay::assess::Variant;
use assay::label::{SignedLabel, Subject};
use serde_json::{Value, json};

use super::*;
use crate::tests::{BASE, day, label};

/// The document of a product with these labels, on a day of 2026.
fn told(name: &str, subject: &Subject, labels: &[Standing]) -> String {
    let page = format!("{BASE}/p/p0123456789abcdef");
    linked_data(&Described {
        subject,
        name,
        model: "HC-2",
        maker: "Maker & Sons",
        labels,
        on: day("2026-12-01"),
        page: &page,
        register: "Assay register",
        base: BASE,
        house: None,
    })
}

fn parsed(labels: &[Standing]) -> Value {
    let subject = label(Variant::Tick, None).facts().subject().clone();
    let text = told("Hearth Camera", &subject, labels);
    let value: Value = serde_json::from_str(&text).unwrap();
    structure(&value);
    value
}

/// Every property is one of those whose names were looked up, and has the kind of value that its vocabulary asks for.
fn structure(value: &Value) {
    let Value::Object(map) = value else { return };
    let types: Vec<&str> = match &map["@type"] {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        other => panic!("@type is {other}"),
    };
    let is_date = |v: &Value| v.as_str().is_some_and(|t| assay::date::parse(t).is_some());
    let is_address = |v: &Value| v.as_str().is_some_and(|t| t.starts_with("https://"));
    let is_text = |v: &Value| v.as_str().is_some_and(|t| !t.is_empty());
    for (key, value) in map {
        let right = match (types[0], key.as_str()) {
            (_, "@type") => true,
            ("Product", "@context") => value[0] == "https://schema.org",
            ("Product", "@id" | "url") | ("Certification" | "Organization", "url") => is_address(value),
            ("Product", "name" | "model" | "productID") => is_text(value),
            ("Product", "gtin" | "gs1:gtin") => value.as_str().is_some_and(|t| t.len() == 14),
            ("Product", "manufacturer") | ("Certification", "issuedBy") => {
                structure(value);
                value["@type"] == "Organization"
            }
            ("Product", "gs1:productName") => is_text(&value["@value"]) && value["@language"] == "en",
            ("Product", "additionalProperty" | "hasCertification" | "gs1:certification") => {
                value.as_array().is_some_and(|items| {
                    items.iter().for_each(structure);
                    !items.is_empty()
                })
            }
            ("PropertyValue", "name" | "value") | ("Organization", "name") => is_text(value),
            ("Certification", "name" | "description") => is_text(value),
            ("Certification", "certificationStatus") => {
                ["https://schema.org/CertificationActive", "https://schema.org/CertificationInactive"]
                    .iter()
                    .any(|status| value == status)
            }
            ("Certification", "certificationIdentification") => is_address(value),
            ("Certification", "validFrom" | "expires") => is_date(value),
            ("gs1:CertificationDetails", "gs1:certificationIdentification") => is_address(value),
            (
                "gs1:CertificationDetails",
                "gs1:certificationAgency" | "gs1:certificationStandard" | "gs1:certificationValue",
            ) => is_text(&value["@value"]) && value["@language"] == "en",
            ("gs1:CertificationDetails", "gs1:certificationStartDate" | "gs1:certificationEndDate") => {
                is_date(&value["@value"]) && value["@type"] == "xsd:date"
            }
            _ => false,
        };
        assert!(right, "{}: {key} is {value}", types[0]);
    }
}

fn facts(variant: Variant, until: Option<&str>) -> SignedLabel {
    label(variant, until)
}

#[test]
fn a_label_with_a_tick_is_told_in_both_vocabularies() {
    let facts = facts(Variant::Tick, Some("2030-05-31"));
    let told = parsed(&[Standing::InForce(&facts)]);
    assert_eq!(told["@type"], json!(["Product", "gs1:Product"]));
    assert_eq!((&told["gtin"], &told["gs1:gtin"]), (&"04006381333931".into(), &"04006381333931".into()));
    assert_eq!(told["@id"], "https://register.example/01/04006381333931");
    let certification = &told["hasCertification"][0];
    assert_eq!(certification["certificationStatus"], "https://schema.org/CertificationActive");
    assert_eq!(
        (&certification["validFrom"], &certification["expires"]),
        (&"2026-11-22".into(), &"2030-05-31".into())
    );
    let name = certification["name"].as_str().unwrap();
    assert!(
        name.starts_with("Independent product security label with a tick, on the maker's declaration: "),
        "{name}"
    );
    let says = certification["description"].as_str().unwrap();
    assert!(
        says.contains("Declared by the maker") && says.contains(words::disclaimer(Language::En)),
        "{says}"
    );
    let twin = &told["gs1:certification"][0];
    assert_eq!(twin["gs1:certificationIdentification"], certification["certificationIdentification"]);
    assert_eq!(twin["gs1:certificationEndDate"]["@value"], "2030-05-31");
    assert_eq!(told["additionalProperty"][1]["value"], "2030-05-31");
}

#[test]
fn no_program_can_take_a_cross_for_a_distinction() {
    let facts = facts(Variant::Cross, Some("2030-05-31"));
    let told = parsed(&[Standing::InForce(&facts)]);
    assert_eq!(told.get("gs1:certification"), None);
    let certification = &told["hasCertification"][0];
    assert_eq!(certification["certificationStatus"], "https://schema.org/CertificationInactive");
    assert!(certification["name"].as_str().unwrap().contains("with a cross"), "{certification}");
    assert!(told["additionalProperty"][0]["value"].as_str().unwrap().starts_with("Shield with a cross"));
}

#[test]
fn what_holds_no_more_is_never_told_as_holding() {
    for standing in [Standing::Withdrawn, Standing::Suspended("Option A")] {
        let told = parsed(&[standing]);
        assert_eq!((told.get("additionalProperty"), told.get("gs1:certification")), (None, None));
        let certification = &told["hasCertification"][0];
        assert_eq!(certification["certificationStatus"], "https://schema.org/CertificationInactive");
        assert!(certification["description"].as_str().unwrap().contains("carries no label now"));
        assert!(certification["name"].as_str().unwrap().ends_with("no product security label"));
        for key in ["validFrom", "expires", "certificationIdentification"] {
            assert_eq!(certification.get(key), None);
        }
    }
    let ended = facts(Variant::Tick, Some("2026-11-30"));
    let told = parsed(&[Standing::InForce(&ended)]);
    assert_eq!(
        told["hasCertification"][0]["certificationStatus"],
        "https://schema.org/CertificationInactive"
    );
    assert_eq!(told.get("gs1:certification"), None);
    let none = parsed(&[]);
    assert_eq!((none.get("hasCertification"), none.get("additionalProperty")), (None, None));
}

#[test]
fn a_product_without_a_number_is_named_by_the_registers_id() {
    let subject = Subject::Product("p0123456789abcdef".into());
    let told: Value = serde_json::from_str(&told("x", &subject, &[])).unwrap();
    structure(&told);
    assert_eq!((told.get("gtin"), told.get("gs1:gtin")), (None, None));
    assert_eq!(
        (&told["productID"], &told["@id"]),
        (&"p0123456789abcdef".into(), &format!("{BASE}/p/p0123456789abcdef").into())
    );
}

#[test]
fn hostile_names_stay_text() {
    let subject = label(Variant::Tick, None).facts().subject().clone();
    let long = "ä".repeat(10_000);
    for (name, becomes) in [
        ("</script><script>alert(1)</script>", "</script><script>alert(1)</script>"),
        ("<!--<script>", "<!--<script>"),
        ("]]>&lt;\"'\\", "]]>&lt;\"'\\"),
        ("a\u{202e}b\u{2028}c\0d\ne", "a\u{fffd}b\u{fffd}c\u{fffd}d e"),
        ("📷 Caméra 🔒", "📷 Caméra 🔒"),
        (long.as_str(), &*format!("{}…", "ä".repeat(500))),
    ] {
        let text = told(name, &subject, &[]);
        assert!(!text.contains(['<', '>', '&', '\n', '\u{202e}', '\u{2028}']), "{text}");
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&value["name"], &value["gs1:productName"]["@value"]), (&becomes.into(), &becomes.into()));
    }
}

#[test]
fn it_never_claims_more_than_a_label_may() {
    for (variant, until) in
        [(Variant::Tick, Some("2030-05-31")), (Variant::Tick, None), (Variant::Cross, None)]
    {
        let facts = facts(variant, until);
        let value = parsed(&[Standing::InForce(&facts)]);
        fn words(value: &Value, into: &mut String) {
            match value {
                Value::String(text) => into.push_str(&format!(" {}", text.to_lowercase())),
                Value::Array(items) => items.iter().for_each(|v| words(v, into)),
                Value::Object(map) => {
                    map.iter().filter(|(k, _)| *k != "@type").for_each(|(_, v)| words(v, into))
                }
                _ => {}
            }
        }
        let mut all = String::new();
        words(&value, &mut all);
        for claim in ["secure ", "secure.", "certified", "safe", "no vulnerabilities", "official", "approved"]
        {
            assert!(!all.contains(claim), "`{claim}` in {all}");
        }
    }
}

#[test]
fn the_same_label_gives_the_same_bytes() {
    let facts = facts(Variant::Tick, Some("2030-05-31"));
    let subject = facts.facts().subject().clone();
    let once = told("Hearth Camera", &subject, &[Standing::InForce(&facts)]);
    assert_eq!(once, told("Hearth Camera", &subject, &[Standing::InForce(&facts)]));
    assert!(once.starts_with(
        "{\"@context\":[\"https://schema.org\",{\"gs1\":\"https://ref.gs1.org/voc/\",\"xsd\":\"http://www.w3.org/2001/XMLSchema#\"}],\"@type\":[\"Product\",\"gs1:Product\"],\"@id\":"
    ), "{once}");
}
