//! Draws every form of a label in every palette and language, to be looked at: `cargo run --release -p assay-label
//! --example specimens -- DIR [LANGUAGE…]`. The labels are signed with a key that everybody has; no register knows them.

use std::path::Path;

use assay::cose::{self, Purpose};
use assay::key::SecretKey;
use assay::label::SignedLabel;
use assay_label::{Form, Language, Look, Palette, png, svg};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ciborium::Value;

const BASE: &str = "https://register.example";

/// A label as `docs/formats` describes its bytes: GTIN, scheme, sign, level, updates until, issued, statement.
fn label(
    scheme: u8,
    cross: bool,
    level: u8,
    until: Option<u16>,
) -> Result<SignedLabel, Box<dyn std::error::Error>> {
    let key = SecretKey::from_seed(&[7; 32]);
    let until = until.map_or(Value::Null, Value::from);
    let gtin = Value::from(9_520_000_100_018u64);
    let items = [
        Value::from(0),
        gtin,
        Value::from(scheme),
        Value::from(u8::from(cross)),
        Value::from(level),
        until,
        Value::from(20_784),
        Value::from(48_213),
    ];
    let bytes = cose::sign(&key, Purpose::Label, BASE, assay::cbor::to_bytes(&items));
    let uri = format!("{BASE}/01/09520000100018?a={}", URL_SAFE_NO_PAD.encode(bytes));
    Ok(SignedLabel::read(&uri, &[key.public()])?)
}

#[expect(clippy::disallowed_methods, reason = "a program for people: it writes files")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let folder = args.next().ok_or("say where to write: specimens DIR")?;
    let languages: Vec<Language> = args.filter_map(|code| Language::parse(&code)).collect();
    let languages = if languages.is_empty() { Language::ALL.to_vec() } else { languages };
    let kinds = [
        ("tick", label(1, false, 0, Some(22_065))?),
        ("cross", label(1, true, 0, Some(22_158))?),
        ("none", label(3, true, 1, None)?),
        ("over", label(3, false, 2, Some(18_520))?),
    ];
    for language in languages {
        for form in Form::ALL {
            for palette in Palette::ALL {
                for (name, label) in &kinds {
                    let look = Look { palette, language, ..Look::of(form) };
                    let stem = format!("{}-{}-{}-{name}", form.word(), palette.word(), language.code());
                    let file = |ending: &str| Path::new(&folder).join(format!("{stem}.{ending}"));
                    std::fs::write(file("svg"), svg(label, look)?)?;
                    std::fs::write(file("png"), png(label, look, assay_label::width_at(look, 254))?)?;
                }
            }
        }
    }
    Ok(())
}
