//! Digests with a turn that a list of plain hypotheses may not have: a newline from `echo`, two bytes a character, a digest
//! of a digest, an empty key, another separator, checksums of other families, unusual ways to write them.

use crate::planted::encode::{
    BASE36, BASE64, BASE64URL, CROCKFORD, DIGITS, HEX, LOWER, counted, grouped, hex, modulo, reversed,
};
use crate::planted::hash::{
    adler32, crc16, crc32, djb2, fnv1a, hmac_sha256, java_hash, md5, sha1, sha3_256, sha256, sha512,
};
use crate::planted::units::{MacStyle, Unit, written};
use crate::planted::{INCREMENTAL, MAC, PUBLIC, REGULAR, Reach, SERIAL, Scheme, scheme};

pub(super) fn schemes() -> Vec<Scheme> {
    [messages(), chains(), ways(), checksums()].concat()
}

fn one(id: &str, kind: &'static str, why: &'static str, make: fn(&Unit) -> String) -> Scheme {
    let also: &[&str] = if kind == SERIAL { &[MAC, PUBLIC] } else { &[SERIAL, PUBLIC] };
    scheme(id, kind, Reach::Sampled, why, move |unit: &Unit, _| make(unit)).also(also).by_hypothesis()
}

fn first(digest: &[u8], length: usize) -> String {
    hex(digest)[..length].into()
}

/// What is hashed.
fn messages() -> Vec<Scheme> {
    const LINE: &str = "a shell script with `echo` and no `-n`: the newline is hashed too";
    const JOINED: &str = "the programmer joined the fields as the file name was joined";
    vec![
        one("held-md5-serial-newline", SERIAL, LINE, |u| first(&md5(u.serial.clone() + "\n"), 10)),
        one("held-sha1-mac-newline", MAC, LINE, |u| first(&sha1(u.mac_text.clone() + "\n"), 12)),
        one("held-sha256-serial-crlf", SERIAL, "the same on the Windows test station", |u| {
            first(&sha256(u.serial.clone() + "\r\n"), 12)
        }),
        one("held-md5-serial-nul", SERIAL, "`sizeof` counts the terminator of a C string", |u| {
            first(&md5(u.serial.clone() + "\0"), 10)
        }),
        one("held-md5-serial-utf16", SERIAL, "strings in .NET have two bytes a character", |u| {
            first(&md5(u.serial.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()), 12)
        }),
        one("held-md5-model-dash-serial", SERIAL, JOINED, |u| {
            first(&md5(format!("{}-{}", u.model, u.serial)), 8)
        }),
        one("held-md5-model-underscore-serial", SERIAL, JOINED, |u| {
            first(&md5(format!("{}_{}", u.model, u.serial)), 8)
        }),
        one("held-sha1-model-colon-serial", SERIAL, JOINED, |u| {
            first(&sha1(format!("{}:{}", u.model, u.serial)), 10)
        }),
        one("held-sha256-model-slash-serial", SERIAL, JOINED, |u| {
            first(&sha256(format!("{}/{}", u.model, u.serial)), 10)
        }),
        one("held-md5-serial-pipe-mac", SERIAL, JOINED, |u| {
            first(&md5(format!("{}|{}", u.serial, u.mac_text)), 10)
        }),
        one("held-md5-serial-reversed", SERIAL, "reversed first, to be sure", |u| {
            first(&md5(reversed(&u.serial)), 10)
        }),
        one("held-md5-serial-value-as-word", SERIAL, "the serial number is an integer in the flash", |u| {
            first(&md5((u.serial_value() as u32).to_le_bytes()), 10)
        }),
        one("held-sha1-mac-tail", MAC, "the first half is the same for all, so it was left out", |u| {
            first(&sha1(&u.mac_bare()[6..]), 10)
        }),
        one("held-md5-mac-plus-one", MAC, "the radio has the next address", |u| {
            first(&md5(written(u.mac + 1, MacStyle { separator: ":", upper: true })), 10)
        }),
        one("held-sha256-json", SERIAL, "the whole record of the unit is hashed", |u| {
            first(&sha256(format!("{{\"serial\":\"{}\",\"mac\":\"{}\"}}", u.serial, u.mac_text)), 12)
        }),
        one("held-md5-with-brand-salt", MAC, "a secret salt, the same in every image", |u| {
            first(&md5(format!("LuMo@2024#{}", u.mac_bare())), 12)
        }),
        one("held-sha1-serial-date", SERIAL, "the day makes it fresh", |u| {
            first(&sha1(format!("{}{}", u.serial, u.date)), 10)
        }),
    ]
}

/// How often, and with which function.
fn chains() -> Vec<Scheme> {
    vec![
        one("held-md5-of-md5-hex", SERIAL, "twice is safer", |u| first(&md5(hex(&md5(&u.serial))), 10)),
        one("held-md5-of-md5-raw", MAC, "twice is safer, in C", |u| first(&md5(md5(&u.mac_text)), 10)),
        one("held-sha1-of-md5-hex", SERIAL, "one of each", |u| first(&sha1(hex(&md5(&u.serial))), 12)),
        one("held-sha256-hundred-times", SERIAL, "somebody read about key stretching", |u| {
            first(&(1..100).fold(sha256(&u.serial), |d, _| sha256(d)), 12)
        }),
        one("held-hmac-empty-key", SERIAL, "the key file was missing, and nobody looked", |u| {
            first(&hmac_sha256(b"", &u.serial), 12)
        }),
        one("held-hmac-key-password", SERIAL, "the key of the sample code", |u| {
            first(&hmac_sha256(b"password", &u.serial), 12)
        }),
        one("held-hmac-key-model", MAC, "a key for every product line", |u| {
            first(&hmac_sha256(u.model.as_bytes(), &u.mac_text), 12)
        }),
        one("held-hmac-key-mac", SERIAL, "one identifier as the key to the other", |u| {
            first(&hmac_sha256(u.mac_text.as_bytes(), &u.serial), 12)
        }),
        one("held-sha512-serial", SERIAL, "the biggest digest in the library", |u| {
            first(&sha512(&u.serial), 16)
        }),
        one("held-sha3-mac", MAC, "the newest digest in the library", |u| first(&sha3_256(&u.mac_text), 16)),
    ]
}

/// How the digest becomes characters.
fn ways() -> Vec<Scheme> {
    const KEYS: &[u8] = b"zyxwvutsrqpnmkjhgfedcba98765432";
    vec![
        one(
            "held-modulo-other-order",
            SERIAL,
            "small letters first and backwards, as the designer likes it",
            |u| modulo(&md5(&u.serial)[..12], KEYS),
        ),
        one("held-bytes-from-the-end", MAC, "the array was filled from the top", |u| {
            hex(&sha256(&u.mac_text).into_iter().rev().take(6).collect::<Vec<_>>())
        }),
        one("held-every-second-hex-digit", SERIAL, "half of it looks less like MD5", |u| {
            hex(&md5(&u.serial)).chars().step_by(2).collect()
        }),
        one("held-little-endian-decimal", SERIAL, "the bytes were read as an integer on the chip", |u| {
            let d = md5(&u.serial);
            counted(u64::from(u32::from_le_bytes([d[0], d[1], d[2], d[3]])) % 100_000_000, DIGITS, 8)
        }),
        one("held-folded", SERIAL, "four words are folded into one by XOR", |u| {
            let d = md5(&u.serial);
            hex(&(0..4).map(|i| d[i] ^ d[i + 4] ^ d[i + 8] ^ d[i + 12]).collect::<Vec<_>>())
        }),
        one("held-letters-of-nibbles", MAC, "capital letters A to P", |u| {
            sha1(&u.mac_text)[..5]
                .iter()
                .flat_map(|b| [b'A' + (b >> 4), b'A' + (b & 15)])
                .map(char::from)
                .collect()
        }),
        one("held-base64-of-hex", SERIAL, "the shell piped `md5sum` into `base64`", |u| {
            grouped(hex(&md5(&u.serial)).as_bytes(), BASE64)[..12].into()
        }),
        one(
            "held-base64url-without-marks",
            MAC,
            "marks are struck out, since the label font lacks them",
            |u| {
                let text = grouped(&sha256(&u.mac_text), BASE64URL);
                text.chars().filter(char::is_ascii_alphanumeric).take(10).collect()
            },
        ),
        one("held-digits-struck-out-of-hex", SERIAL, "only the digits are kept, for the keypad", |u| {
            hex(&sha1(&u.serial)).chars().filter(char::is_ascii_digit).take(8).collect()
        }),
        one("held-crockford-of-word", SERIAL, "seven characters without look-alikes", |u| {
            let d = sha256(&u.serial);
            counted(u64::from_be_bytes(std::array::from_fn(|i| d[i])) >> 20, CROCKFORD, 9)
        }),
        one("held-first-and-last", MAC, "the head and the tail of the digest", |u| {
            let text = hex(&md5(&u.mac_text));
            format!("{}{}", &text[..4], &text[28..])
        }),
        one("held-capital-in-front", SERIAL, "the policy wants a capital letter and a mark", |u| {
            format!("X{}!", first(&md5(&u.serial), 8))
        }),
        one("held-nibbles-mod-26", SERIAL, "nine letters from nine pairs of hex digits", |u| {
            hex(&sha1(&u.serial))
                .as_bytes()
                .chunks(2)
                .take(9)
                .map(|p| char::from(LOWER[(usize::from(p[0]) + usize::from(p[1])) % 26]))
                .collect()
        }),
    ]
}

/// Checksums are linear or nearly so. Sums leave neighbouring traces of neighbouring identifiers, which the whole batch
/// shows; FNV and CRC-32 scatter them too well for that.
fn checksums() -> Vec<Scheme> {
    const WHY: &str = "the bootloader has this one and no other";
    let one = |id: &str, kind: &'static str, make: fn(&Unit) -> String| {
        let also: &[&str] = if kind == SERIAL {
            &[MAC, PUBLIC, REGULAR, INCREMENTAL]
        } else {
            &[SERIAL, PUBLIC, REGULAR, INCREMENTAL]
        };
        scheme(id, kind, Reach::EveryRow, WHY, move |unit, _| make(unit)).also(also)
    };
    vec![
        one("held-adler32", SERIAL, |u| format!("{:08x}", adler32(u.serial.as_bytes()))),
        one("held-fnv1a", MAC, |u| format!("{:08X}", fnv1a(u.mac_text.as_bytes()))).by_hypothesis(),
        one("held-java-hash-code", SERIAL, |u| java_hash(u.serial.as_bytes()).unsigned_abs().to_string()),
        one("held-djb2", SERIAL, |u| counted(djb2(u.serial.as_bytes()).into(), BASE36, 8)),
        one("held-crc16-twice", MAC, |u| {
            let crc = crc16(&u.mac_bytes());
            format!("{crc:04X}{:04X}", crc ^ 0xa5a5)
        }),
        one("held-crc32-little-endian", MAC, |u| {
            hex(&crc32(u.mac_bytes()).into_iter().rev().collect::<Vec<_>>())
        })
        .by_hypothesis(),
        one("held-crc32-and-crc16", SERIAL, |u| {
            format!("{}{}", counted(crc16(u.serial.as_bytes()).into(), HEX, 4), hex(&crc32(u.serial_bare())))
        })
        .by_hypothesis(),
    ]
}
