//! How fast labels are drawn, coded and verified, for `bench/label.py`: `speed png|qr|verify|raw|none N [WIDTH] [FORM]` prints what it
//! did and how many a second. Every label is another one: its number and its dates differ.

use std::time::Instant;

use assay::cose::{self, Purpose};
use assay::gtin::Gtin14;
use assay::key::SecretKey;
use assay::label::SignedLabel;
use assay_label::{Form, Look, Press};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ciborium::Value;

const BASE: &str = "https://register.example";

fn links(count: usize) -> Vec<String> {
    let key = SecretKey::from_seed(&[7; 32]);
    let link = |n: usize| {
        let gtin = (0..10).find_map(|check| Gtin14::parse(&format!("0952{n:09}{check}")).ok());
        let gtin = gtin.expect("one of ten check digits is right");
        let items = [
            0,
            gtin.number(),
            1,
            (n % 5 / 4) as u64,
            0,
            22_065 + (n % 60 * 30) as u64,
            20_779,
            48_213 + n as u64,
        ];
        let payload = assay::cbor::to_bytes(&items.map(Value::from));
        let bytes = cose::sign(&key, Purpose::Label, BASE, payload);
        format!("{BASE}/01/{gtin}?a={}", URL_SAFE_NO_PAD.encode(bytes))
    };
    (0..count).map(link).collect()
}

#[expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a program that measures")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let word = |at: usize| args.get(at).map(String::as_str);
    let count: usize = word(1).unwrap_or("200").parse()?;
    let width: u32 = word(2).unwrap_or("600").parse()?;
    let form = Form::parse(word(3).unwrap_or("standard")).ok_or("no such form")?;
    let trusted = [SecretKey::from_seed(&[7; 32]).public()];
    let links = links(count);
    let started = Instant::now();
    let bytes: usize = match word(0).unwrap_or("png") {
        "png" => {
            let labels =
                links.iter().map(|l| SignedLabel::read(l, &trusted)).collect::<Result<Vec<_>, _>>()?;
            let mut press = Press::default();
            let started = Instant::now();
            let mut bytes = 0;
            for label in &labels {
                bytes += press.png(label, Look::of(form), width)?.len();
            }
            let each = started.elapsed().as_secs_f64() / count as f64;
            println!("drawn alone: {:.3} ms each, {:.0} a second", each * 1e3, 1.0 / each);
            bytes
        }
        "none" => links.iter().map(String::len).sum(),
        "qr" => links.iter().map(|link| assay_label::qr_side(link.as_bytes()).unwrap_or(0)).sum(),
        "verify" => links.iter().filter(|link| SignedLabel::read(link, &trusted).is_ok()).count(),
        "raw" => {
            // The same signature as often, and nothing else.
            let key = SecretKey::from_seed(&[7; 32]);
            let message = [7u8; 120];
            let signature = key.sign(&message);
            links.iter().filter(|_| key.public().verify(&message, &signature).is_ok()).count()
        }
        other => return Err(format!("`{other}` is neither png, qr, verify nor raw").into()),
    };
    let each = started.elapsed().as_secs_f64() / count as f64;
    println!(
        "{count} x {}: {:.4} ms each, {:.0} a second; {} a piece",
        word(0).unwrap_or("png"),
        each * 1e3,
        1.0 / each,
        bytes / count
    );
    Ok(())
}
