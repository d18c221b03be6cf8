//! Digests of identifiers: which digest, of which written form, encoded how, which part of it. Every value of each of these
//! four stands here with at least one of the others; the full product would be thousands and show no more.

use crate::planted::encode::{
    BASE32, BASE36, BASE62, BASE64, BASE64URL, CLEAR, DIGITS, LOWER, UPPER, big, grouped, hex, modulo,
};
use crate::planted::hash::{crc32, md5, sha1, sha256};
use crate::planted::units::{MacStyle, Unit, written};
use crate::planted::{MAC, PUBLIC, Reach, SERIAL, Scheme, Sight, scheme};

type Way = (&'static str, fn(&[u8]) -> String);
type Digest = fn(&[u8]) -> Vec<u8>;
type Form = (&'static str, &'static str, fn(&Unit) -> Vec<u8>);

const DIGESTS: [(&str, Digest); 4] =
    [("md5", |m| md5(m)), ("sha1", |m| sha1(m)), ("sha256", |m| sha256(m)), ("crc32", |m| crc32(m))];

fn mac(unit: &Unit, separator: &'static str, upper: bool) -> Vec<u8> {
    written(unit.mac, MacStyle { separator, upper }).into_bytes()
}

/// One identifier in a written form: what the 72 digests are of.
const SINGLE: [Form; 11] = [
    ("serial", SERIAL, |u| u.serial.clone().into()),
    ("serial-lower", SERIAL, |u| u.serial.to_lowercase().into()),
    ("serial-bare", SERIAL, |u| u.serial_bare().into()),
    ("mac-colons-capital", MAC, |u| mac(u, ":", true)),
    ("mac-colons-lower", MAC, |u| mac(u, ":", false)),
    ("mac-dashes-capital", MAC, |u| mac(u, "-", true)),
    ("mac-dashes-lower", MAC, |u| mac(u, "-", false)),
    ("mac-bare-capital", MAC, |u| mac(u, "", true)),
    ("mac-bare-lower", MAC, |u| mac(u, "", false)),
    ("mac-raw", MAC, |u| u.mac_bytes().into()),
    ("ssid", PUBLIC, |u| u.ssid.clone().into()),
];

/// Pairs, and identifiers with something constant around them.
const FRAMED: [Form; 12] = [
    ("serial-mac", SERIAL, |u| [u.serial.as_bytes(), &mac(u, "", true)].concat()),
    ("mac-serial", MAC, |u| [&mac(u, "", true), u.serial.as_bytes()].concat()),
    ("mac-lower-serial", MAC, |u| [&mac(u, "", false), u.serial.as_bytes()].concat()),
    ("mac-colons-serial", MAC, |u| [&mac(u, ":", true), u.serial.as_bytes()].concat()),
    ("serial-colon-mac", SERIAL, |u| [u.serial.as_bytes(), b":", &mac(u, ":", false)].concat()),
    ("mac-ssid", MAC, |u| [&mac(u, "", true), u.ssid.as_bytes()].concat()),
    ("model-serial", SERIAL, |u| [u.model.as_bytes(), u.serial.as_bytes()].concat()),
    ("admin-serial", SERIAL, |u| [b"admin", u.serial.as_bytes()].concat()),
    ("serial-admin", SERIAL, |u| [u.serial.as_bytes(), b"admin"].concat()),
    ("password-mac", MAC, |u| [b"password", &mac(u, "", true)[..]].concat()),
    ("mac-wifi", MAC, |u| [&mac(u, ":", true)[..], b"wifi"].concat()),
    ("salt-serial", SERIAL, |u| [b"salt", u.serial.as_bytes()].concat()),
];

pub(super) fn schemes() -> Vec<Scheme> {
    const WHY: &str = "a digest looks random, and the unit can compute it again after a reset";
    let mut schemes = Vec::new();
    let mut add = |(form, kind, of): Form,
                   (name, digest): (&str, Digest),
                   how: &str,
                   reach,
                   write: fn(&[u8]) -> String| {
        let also: &[&str] = match kind {
            PUBLIC => &[],
            SERIAL => &[MAC, PUBLIC],
            _ => &[SERIAL, PUBLIC],
        };
        let id = format!("{name}-of-{form}-as-{how}");
        let made = scheme(id, kind, reach, WHY, move |unit: &Unit, _| write(&digest(&of(unit)))).also(also);
        schemes.push(Scheme { sight: Sight::Hypothesis, ..made });
    };
    for digest in DIGESTS {
        // CRC-32 is not among the 72, and the network name need not be.
        let core = |kind| if digest.0 == "crc32" || kind == PUBLIC { Reach::Sampled } else { Reach::Core };
        for form in SINGLE {
            add(form, digest, "hex-first", core(form.1), |d| hex(d)[..hex(d).len().min(12)].into());
        }
        for form in FRAMED {
            add(form, digest, "hex-first", Reach::Sampled, |d| hex(d)[..hex(d).len().min(12)].into());
        }
    }
    // How a digest is written, and which part of it: on two forms and three digests.
    let ways: [Way; 20] = [
        ("hex-whole", |d| hex(d)),
        ("hex-capital", |d| hex(d)[..10].to_uppercase()),
        ("hex-last", |d| hex(d)[hex(d).len() - 10..].into()),
        ("hex-window-at-5", |d| hex(d)[5..15].into()),
        ("hex-window-at-8", |d| hex(d)[8..24].into()),
        ("decimal-first", |d| big(d, DIGITS)[..10].into()),
        ("decimal-last", |d| big(d, DIGITS)[28..].into()),
        ("decimal-of-word", |d| format!("{:010}", u32::from_be_bytes([d[0], d[1], d[2], d[3]]))),
        ("decimal-mod-hundred-million", |d| {
            format!("{:08}", u32::from_be_bytes([d[0], d[1], d[2], d[3]]) % 100_000_000)
        }),
        ("base32", |d| grouped(d, BASE32)[..12].into()),
        ("base32-lower-last", |d| grouped(d, BASE32)[14..].to_lowercase()),
        ("base64", |d| grouped(d, BASE64)[..10].into()),
        ("base64-whole", |d| grouped(d, BASE64)),
        ("base64url", |d| grouped(d, BASE64URL)[..12].into()),
        ("base36", |d| big(d, BASE36)[..12].into()),
        ("base36-last", |d| big(d, BASE36)[12..].into()),
        ("modulo-base62", |d| modulo(&d[..10], BASE62)),
        ("modulo-lower", |d| modulo(&d[..10], LOWER)),
        ("modulo-capitals-last", |d| modulo(&d[d.len() - 8..], UPPER)),
        ("modulo-clear", |d| modulo(&d[..12], CLEAR)),
    ];
    for (how, write) in ways {
        for digest in &DIGESTS[..3] {
            add(SINGLE[0], *digest, how, Reach::Sampled, write);
            add(SINGLE[8], *digest, how, Reach::Sampled, write);
        }
        add(FRAMED[0], DIGESTS[0], how, Reach::Sampled, write);
    }
    add(SINGLE[0], DIGESTS[3], "decimal-of-word", Reach::Sampled, |d| big(d, DIGITS));
    schemes
}
