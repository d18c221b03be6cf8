//! A second set of held-out schemes, invented from the words of the issue when the detectors had seen the first: other
//! digests of other forms, written in other ways, in other windows; copies with another turn; generators with another
//! seed. With 200 rows of 200,000 each, twelve schemes in a batch, 54 of 59 were found, `two-backwards` among them only when
//! passwords were read backwards too (so 53 at the first try). Not found: `two-md5-words-of-the-house` (a salt that nobody
//! would guess), `two-skipped-to-the-end-of-both` (pieces of two digests), `two-md5-ten-times` (many rounds are tried on few
//! units), `two-md5-serial-tail-eight` (a tail with its separator) and `two-crc32-serial-base64url` (the bits left over at
//! the end were not read; mended since, not measured again).

use super::encode::{
    BASE32, BASE36, BASE62, BASE64, BASE64URL, CLEAR, CROCKFORD, DIGITS, LOWER, UPPER, big, counted, grouped,
    hex, modulo, reversed,
};
use super::hash::{crc32, hmac_sha256, md5, sha1, sha256, sha512};
use super::known::weak::Mersenne;
use super::units::{MacStyle, Unit, luhn, written};
use super::{INCREMENTAL, MAC, PUBLIC, REGULAR, Reach, SERIAL, Scheme, WEAK, scheme};

pub(crate) fn schemes() -> Vec<Scheme> {
    [windows(), messages(), after(), copies(), seeds()].concat()
}

fn one(id: &str, kind: &'static str, why: &'static str, make: fn(&Unit) -> String) -> Scheme {
    scheme(format!("two-{id}"), kind, Reach::Sampled, why, move |unit: &Unit, _| make(unit))
        .also(&[SERIAL, MAC, PUBLIC])
        .by_hypothesis()
}

fn mac(unit: &Unit, separator: &'static str, upper: bool) -> String {
    written(unit.mac, MacStyle { separator, upper })
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |all, byte| all << 8 | u64::from(*byte))
}

/// The same digests, other windows and writings.
fn windows() -> Vec<Scheme> {
    const WHY: &str = "whoever wrote it took the part that looked best on the label";
    vec![
        one("md5-mac-hex-11-to-21", MAC, WHY, |u| hex(&md5(mac(u, ":", true)))[11..21].into()),
        one("sha1-serial-hex-odd-window-capital", SERIAL, WHY, |u| {
            hex(&sha1(&u.serial))[17..29].to_uppercase()
        }),
        one("md5-serial-decimal-middle", SERIAL, WHY, |u| big(&md5(&u.serial), DIGITS)[9..21].into()),
        one("sha256-mac-decimal-middle", MAC, WHY, |u| {
            big(&sha256(mac(u, "", false)), DIGITS)[30..42].into()
        }),
        one("sha256-serial-base32-window-7", SERIAL, WHY, |u| {
            grouped(&sha256(&u.serial), BASE32)[7..17].into()
        }),
        one("sha1-mac-base64-window-5", MAC, WHY, |u| {
            grouped(&sha1(mac(u, "-", true)), BASE64)[5..15].into()
        }),
        one("md5-pair-base64url-last", SERIAL, WHY, |u| {
            let text = grouped(&md5(format!("{}{}", u.serial, mac(u, ":", false))), BASE64URL);
            text[10..20].into()
        }),
        one("sha1-mac-base36-middle", MAC, WHY, |u| big(&sha1(u.mac_bytes()), BASE36)[9..19].into()),
        one("sha256-serial-modulo-window", SERIAL, WHY, |u| modulo(&sha256(&u.serial)[6..17], BASE62)),
        one("md5-mac-modulo-digits-last", MAC, WHY, |u| modulo(&md5(mac(u, "", true))[4..], DIGITS)),
        one("sha1-pair-modulo-upper", SERIAL, WHY, |u| {
            modulo(&sha1(format!("{}:{}", u.serial, mac(u, ":", true)))[..11], UPPER)
        }),
        one("crc32-mac-raw-base36", MAC, WHY, |u| counted(number(&crc32(u.mac_bytes())), BASE36, 7)),
        one("crc32-serial-pair-decimal", SERIAL, WHY, |u| {
            format!("{:010}", number(&crc32(format!("{}{}", u.serial, mac(u, "", true)))))
        }),
        one("crc32-mac-base32", MAC, WHY, |u| grouped(&crc32(mac(u, ":", false)), BASE32)),
        one("crc32-serial-base64url", SERIAL, WHY, |u| grouped(&crc32(&u.serial), BASE64URL)),
        one("sha256-ssid-clear", PUBLIC, WHY, |u| modulo(&sha256(&u.ssid)[..12], CLEAR)),
        one("md5-twelve-hex-digits-as-decimal", SERIAL, WHY, |u| {
            format!("{:010}", number(&md5(&u.serial)[..6]) % 10_000_000_000)
        }),
        one("sha1-last-eight-hex-as-decimal", MAC, WHY, |u| {
            format!("{:09}", number(&sha1(mac(u, ":", true))[16..]) % 1_000_000_000)
        }),
    ]
}

/// What is digested.
fn messages() -> Vec<Scheme> {
    const WHY: &str = "whatever was at hand went in";
    vec![
        one("md5-default-before-mac-colons", MAC, WHY, |u| {
            hex(&md5(format!("default{}", mac(u, ":", false))))[..12].into()
        }),
        one("sha256-serial-then-salt-word", SERIAL, WHY, |u| {
            grouped(&sha256(format!("{}salt", u.serial)), BASE64)[..12].into()
        }),
        one("sha1-key-mac-hyphens", MAC, WHY, |u| {
            hex(&sha1(format!("{}key", mac(u, "-", false))))[..10].into()
        }),
        one("md5-mac-pipe-serial", MAC, WHY, |u| {
            hex(&md5(format!("{}|{}", mac(u, "", false), u.serial)))[4..16].into()
        }),
        one("sha256-raw-mac-then-serial", MAC, WHY, |u| {
            hex(&sha256([&u.mac_bytes()[..], u.serial.as_bytes()].concat()))[..16].into()
        }),
        one("sha1-ssid-and-mac", PUBLIC, WHY, |u| {
            grouped(&sha1(format!("{}{}", u.ssid, mac(u, "", true))), BASE32)[..10].into()
        }),
        one("md5-serial-tail-eight", SERIAL, WHY, |u| hex(&md5(u.serial_tail(8)))[..10].into()),
        one("sha256-mac-tail-three-bytes", MAC, WHY, |u| hex(&sha256(&u.mac_bytes()[3..]))[..12].into()),
        one("sha1-two-macs", MAC, "box and radio have neighbouring addresses", |u| {
            hex(&sha1(written(u.mac - 1, MacStyle { separator: "", upper: true })))[..12].into()
        }),
        one("md5-all-columns-commas", SERIAL, "the whole line of the file was hashed", |u| {
            hex(&md5(format!("{},{},{},{},{}", u.serial, u.mac_text, u.ssid, u.model, u.date)))[..12].into()
        }),
        one("hmac-sha256-key-secret", SERIAL, "a key that everybody would try", |u| {
            hex(&hmac_sha256(b"secret", &u.serial))[..14].into()
        }),
        one("hmac-sha256-key-ssid", MAC, "the name of the network is the key", |u| {
            hex(&hmac_sha256(u.ssid.as_bytes(), mac(u, "", true)))[..14].into()
        }),
        one("md5-words-of-the-house", SERIAL, "a salt that nobody can know", |u| {
            hex(&md5(format!("k9#Orion{}", u.serial)))[..12].into()
        }),
    ]
}

/// What is done after the digest.
fn after() -> Vec<Scheme> {
    const WHY: &str = "a policy wanted more kinds of characters";
    vec![
        one("mark-behind", SERIAL, WHY, |u| hex(&sha256(&u.serial))[..10].to_owned() + "#"),
        one("word-before", MAC, WHY, |u| format!("Net-{}", &hex(&md5(mac(u, "", true)))[..9])),
        one("first-letter-capital", MAC, WHY, |u| {
            let text = grouped(&sha1(mac(u, ":", true)), BASE32).to_lowercase();
            text[..1].to_uppercase() + &text[1..11]
        }),
        one("groups-of-four", SERIAL, "it is read out on the telephone", |u| {
            let text = grouped(&sha256(&u.serial), BASE32);
            [&text[..4], &text[4..8], &text[8..12]].join("-")
        }),
        one("backwards", MAC, WHY, |u| reversed(&hex(&md5(mac(u, ":", true)))[..12])),
        one("sha512-base64", SERIAL, "the longest digest there is", |u| {
            grouped(&sha512(&u.serial), BASE64)[..14].into()
        }),
        one("sha1-of-sha256-raw", MAC, "twice", |u| hex(&sha1(sha256(mac(u, "", true))))[..12].into()),
        one("md5-ten-times", SERIAL, "ten times", |u| {
            hex(&(1..10).fold(md5(&u.serial), |d, _| md5(hex(&d))))[..12].into()
        }),
        one("halves-xored", MAC, "sixteen bytes are too many", |u| {
            let d = sha1(mac(u, "", false));
            hex(&(0..10).map(|i| d[i] ^ d[i + 10]).collect::<Vec<_>>())[..12].into()
        }),
        one("hexadecimal-in-modulo", SERIAL, "the text was taken for the bytes", |u| {
            modulo(&hex(&md5(&u.serial)).as_bytes()[..12], LOWER)
        }),
        one("skipped-to-the-end-of-both", SERIAL, "a piece of each", |u| {
            format!("{}{}", &hex(&md5(&u.serial))[..6], &hex(&sha1(mac(u, ":", true)))[..6])
        }),
    ]
}

/// No digest, only hands.
fn copies() -> Vec<Scheme> {
    const WHY: &str = "it is on the label already";
    vec![
        one("serial-times-seven", SERIAL, "neighbours should not look alike", |u| {
            format!("{:010}", (u.serial_value() * 7 + 1_234_567) % 10_000_000_000)
        }),
        one("nines-complement", SERIAL, "turned over", |u| {
            format!("{:09}", 999_999_999 - u.serial_value() % 1_000_000_000)
        }),
        one("mac-tail-decimal-luhn", MAC, "with a check digit", |u| {
            let digits = format!("{:08}", u.mac & 0xff_ffff);
            format!("{digits}{}", luhn(&digits))
        }),
        one("mac-tail-behind-a-word", MAC, WHY, |u| format!("Guest{}", &u.mac_bare()[7..])),
        one("serial-tail-in-the-middle", SERIAL, WHY, |u| format!("A7{}zQ", u.serial_tail(6))),
        one("halves-exchanged", MAC, WHY, |u| {
            let bare = u.mac_bare().to_lowercase();
            format!("{}{}", &bare[6..], &bare[..6])
        }),
        one("every-digit-plus-three", SERIAL, "Caesar", |u| {
            u.serial_tail(8)
                .bytes()
                .map(|b| {
                    char::from_digit((char::from(b).to_digit(16).unwrap_or(0) + 3) % 16, 16).unwrap_or('x')
                })
                .collect()
        }),
        one("mac-letters-by-table", MAC, "letters are easier to type", |u| {
            u.mac_bare()[4..]
                .chars()
                .map(|c| char::from(b"QWERTZUIOPASDFGH"[c.to_digit(16).unwrap_or(0) as usize]))
                .collect()
        }),
        one("mac-colons-plus-constant", MAC, "the next address but nine", |u| {
            written(u.mac + 9, MacStyle { separator: ":", upper: true })
        }),
        one("mac-and-serial-xor", SERIAL, "two are better than one", |u| {
            format!("{:012x}", u.mac ^ u.serial_value())
        }),
        one("crockford-of-the-mac", MAC, "shorter than the address", |u| counted(u.mac, CROCKFORD, 10)),
    ]
}

/// Generators that begin where anybody can.
fn seeds() -> Vec<Scheme> {
    const WHY: &str = "the same password must come back after a reset";
    let whole = |id: &str, kind, make: fn(&Unit) -> String| Scheme {
        reach: Reach::EveryRow,
        ..one(id, kind, WHY, make).also(&[SERIAL, MAC, PUBLIC, WEAK, REGULAR, INCREMENTAL])
    };
    vec![
        one("glibc-style-lcg-of-serial", SERIAL, WHY, |u| {
            let mut state = u.serial_value() as u32;
            (0..10)
                .map(|_| {
                    state = state.wrapping_mul(214_013).wrapping_add(2_531_011);
                    char::from(BASE62[(state >> 16 & 0x7fff) as usize % 62])
                })
                .collect()
        }),
        one("mersenne-of-the-mac", MAC, WHY, |u| {
            let mut twister = Mersenne::new(u.mac as u32);
            (0..12).map(|_| char::from(CLEAR[twister.word() as usize % CLEAR.len()])).collect()
        }),
        one("java-of-the-mac", MAC, WHY, |u| {
            let mut state = (u.mac ^ 0x5_deec_e66d) & ((1 << 48) - 1);
            (0..12)
                .map(|_| {
                    state = (state.wrapping_mul(0x5_deec_e66d) + 0xb) & ((1 << 48) - 1);
                    char::from(BASE36[(state >> 17) as usize % 36])
                })
                .collect()
        }),
        whole("mersenne-of-the-row", WEAK, |u| {
            let mut twister = Mersenne::new(u.row as u32 + 1);
            (0..12).map(|_| char::from(BASE62[twister.word() as usize % 62])).collect()
        }),
        whole("sha1-of-the-row", SERIAL, |u| hex(&sha1(format!("{}", u.row + 1)))[..12].into()),
        whole("minimal-standard-running", WEAK, |u| {
            let mut state = (0..u.row % 4096).fold(1 + u.row / 4096, |s, _| s * 48_271 % 0x7fff_ffff);
            (0..10)
                .map(|_| {
                    state = state * 48_271 % 0x7fff_ffff;
                    char::from(BASE36[(state % 36) as usize])
                })
                .collect()
        }),
    ]
}
