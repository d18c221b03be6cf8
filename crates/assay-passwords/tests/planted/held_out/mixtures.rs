//! Identifiers cut up and put together again: no digest, only hands. What such a password says about its unit shows in
//! statistics even where the recipe is unknown.

use crate::planted::encode::{BASE36, BASE64, CROCKFORD, DIGITS, UPPER, counted, grouped, hex, reversed};
use crate::planted::rng::Rng;
use crate::planted::units::{Unit, luhn};
use crate::planted::{DUPLICATE, INCREMENTAL, MAC, PUBLIC, REGULAR, Reach, SERIAL, Scheme, WEAK, scheme};

pub(super) fn schemes() -> Vec<Scheme> {
    use Reach::{EveryRow, Sampled};
    let one = |id: &str, kind, reach, why, make: fn(&Unit) -> String| {
        // Serial number and address run side by side, so each of the two accuses the other, and both count.
        let also: &[&str] = match kind {
            SERIAL => &[MAC, PUBLIC, INCREMENTAL, REGULAR],
            MAC => &[SERIAL, PUBLIC, INCREMENTAL, REGULAR, DUPLICATE],
            _ => &[SERIAL, MAC, INCREMENTAL, DUPLICATE, REGULAR, WEAK],
        };
        scheme(id, kind, reach, why, move |unit, _| make(unit)).also(also)
    };
    vec![
        one(
            "held-every-second-nibble-and-tail",
            MAC,
            Sampled,
            "half of each is not the whole of either",
            |u| {
                let half: String = u.mac_bare().chars().skip(1).step_by(2).collect();
                half + u.serial_tail(4)
            },
        ),
        one("held-mac-sums-mod-36", MAC, EveryRow, "a colleague's spreadsheet formula", |u| {
            let m = u.mac_bytes().map(usize::from);
            (0..8).map(|i| char::from(BASE36[(m[i % 6] + m[(i + 1) % 6] + 7 * i) % 36])).collect()
        }),
        one("held-mac-xor-serial-digits", MAC, EveryRow, "two identifiers are twice as secret as one", |u| {
            format!("WL{:06x}", (u.mac ^ u.serial_value()) & 0xff_ffff)
        }),
        one("held-mac-base64", MAC, Sampled, "eight characters exactly, and it looks random", |u| {
            grouped(&u.mac_bytes(), BASE64)
        }),
        one("held-mac-decimal-luhn", MAC, Sampled, "the label program checks for a check digit", |u| {
            let digits = u.mac.to_string();
            format!("{digits}{}", luhn(&digits))
        }),
        one("held-mac-bytes-backwards", MAC, Sampled, "the address was read on a little-endian chip", |u| {
            hex(&u.mac_bytes().into_iter().rev().collect::<Vec<_>>())
        }),
        one(
            "held-mac-nibbles-swapped",
            MAC,
            Sampled,
            "the test rig reads the nibbles the wrong way round",
            |u| hex(&u.mac_bytes().map(|b| b.rotate_left(4))),
        ),
        one("held-mac-complement", MAC, Sampled, "flipping every bit was called encryption", |u| {
            format!("{:012X}", !u.mac & 0xffff_ffff_ffff)
        }),
        one("held-mac-times-prime", MAC, EveryRow, "neighbours should not look alike", |u| {
            counted((u.mac & 0xff_ffff) * 7_654_321 % 100_000_000, DIGITS, 8)
        }),
        one("held-mac-as-letters", MAC, Sampled, "hexadecimal digits are mistaken for words", |u| {
            u.mac_bare()
                .bytes()
                .skip(4)
                .map(|b| char::from(b'a' + (b as char).to_digit(16).unwrap_or(0) as u8))
                .collect()
        }),
        one(
            "held-mac-low-bits-in-a-table",
            MAC,
            EveryRow,
            "only the low byte of the address differs on our bench",
            |u| {
                let (low, high) = ((u.mac & 0xff) as usize, (u.mac >> 8 & 0xff) as usize);
                format!(
                    "{}{:02x}{}{:02X}",
                    ["sky", "sea", "sun", "ice"][low % 4],
                    low ^ 0x3c,
                    ["fox", "owl", "bee"][high % 3],
                    high
                )
            },
        ),
        one("held-serial-base64", SERIAL, Sampled, "base64 was taken for encryption", |u| {
            grouped(u.serial.as_bytes(), BASE64)
        }),
        one("held-serial-ascii-hex", SERIAL, Sampled, "the terminal shows bytes", |u| {
            hex(u.serial_tail(6).as_bytes())
        }),
        one("held-serial-base36", SERIAL, Sampled, "shorter than the number itself", |u| {
            counted(u.serial_value(), BASE36, 10)
        }),
        one("held-serial-crockford", SERIAL, Sampled, "no look-alikes, as the guide says", |u| {
            counted(u.serial_value(), CROCKFORD, 10)
        }),
        one("held-serial-octal", SERIAL, Sampled, "a keypad without 8 and 9", |u| {
            format!("{:012o}", u.serial_value())
        }),
        one("held-serial-mac-interleaved", SERIAL, Sampled, "shuffled like two halves of a pack", |u| {
            u.serial_tail(5).chars().zip(u.mac_bare()[7..].chars()).flat_map(|(a, b)| [a, b]).collect()
        }),
        one(
            "held-serial-every-third-doubled",
            SERIAL,
            EveryRow,
            "digits are repeated so that the tail is longer",
            |u| u.serial_tail(5).chars().enumerate().flat_map(|(i, c)| vec![c; 1 + i % 3]).collect(),
        ),
        one("held-serial-rotated", SERIAL, Sampled, "the last four come first", |u| {
            let (head, tail) = u.serial.split_at(u.serial.len() - 4);
            format!("{tail}{head}")
        }),
        one("held-serial-plus-mac", SERIAL, EveryRow, "the sum of all identifiers", |u| {
            counted((u.serial_value() + (u.mac & 0xff_ffff)) % 10_000_000_000, DIGITS, 10)
        }),
        one(
            "held-serial-squared",
            SERIAL,
            EveryRow,
            "the middle digits of the square, as in the old books",
            |u| {
                let n = u128::from(u.serial_value() % 100_000_000);
                counted((n * n / 10_000 % 100_000_000) as u64, DIGITS, 8)
            },
        ),
        one("held-date-and-serial-tail", SERIAL, Sampled, "the day and the number of the day", |u| {
            format!("{}{}{}{}", &u.date[8..], &u.date[5..7], &u.date[..4], u.serial_tail(4))
        }),
        one("held-batch-code-and-mac-tail", MAC, Sampled, "the traveller card has both", |u| {
            format!("{}-{}", u.batch, u.mac_bare()[8..].to_lowercase())
        }),
        one("held-ssid-digits-spelt", PUBLIC, Sampled, "letters are easier to say on the phone", |u| {
            u.ssid
                .bytes()
                .rev()
                .take(4)
                .map(|b| ["ko", "mi", "ta", "ru", "se", "no", "va", "li"][usize::from(b % 8)])
                .collect()
        }),
        one("held-ssid-and-serial-zipped", PUBLIC, Sampled, "two labels next to each other", |u| {
            reversed(&u.ssid[u.ssid.len() - 4..]) + u.serial_tail(4)
        }),
        one(
            "held-model-date-backwards",
            PUBLIC,
            Sampled,
            "a password a day keeps the paperwork small",
            |u| reversed(&u.date.replace('-', "")) + u.model,
        ),
        one("held-days-since-epoch-and-unit", SERIAL, Sampled, "the chip has a day counter", |u| {
            format!("{}{:05}", u.day, u.serial_value() % 100_000)
        }),
        scheme(
            "held-random-with-serial-tail",
            SERIAL,
            EveryRow,
            "the tail tells service which label belongs to which unit",
            |u: &Unit, rng: &mut Rng| rng.text(UPPER, 10) + u.serial_tail(4),
        )
        .also(&[MAC, PUBLIC, INCREMENTAL, REGULAR]),
        scheme(
            "held-random-around-mac-byte",
            MAC,
            EveryRow,
            "the byte in the middle was meant as a checksum",
            |u: &Unit, rng: &mut Rng| {
                format!("{}{:02x}{}", rng.text(BASE36, 3), u.mac & 0xff, rng.text(BASE36, 3))
            },
        )
        .also(&[SERIAL, PUBLIC, INCREMENTAL, REGULAR, WEAK]),
        scheme(
            "held-one-random-digit-after-mac",
            MAC,
            Sampled,
            "a random digit makes it random",
            |u: &Unit, rng: &mut Rng| u.mac_bare()[5..].to_lowercase() + &rng.text(DIGITS, 1),
        )
        .also(&[SERIAL, PUBLIC, REGULAR, INCREMENTAL]),
        scheme(
            "held-serial-with-random-hole",
            SERIAL,
            EveryRow,
            "two of eight characters are rolled, so it is no copy",
            |u: &Unit, rng: &mut Rng| {
                let mut tail = u.serial_tail(8).as_bytes().to_vec();
                let at = rng.below(7) as usize;
                tail[at..at + 2].copy_from_slice(rng.text(UPPER, 2).as_bytes());
                tail
            },
        )
        .also(&[MAC, PUBLIC, REGULAR, INCREMENTAL, WEAK]),
    ]
}
