//! Identifiers under ciphers from school: every character goes to another, always the same way.

use crate::planted::encode::{LOWER, UPPER, hex};
use crate::planted::units::Unit;
use crate::planted::{INCREMENTAL, MAC, PUBLIC, REGULAR, Reach, SERIAL, Scheme, scheme};

pub(super) fn schemes() -> Vec<Scheme> {
    let one = |id: &str, kind, why, make: fn(&Unit) -> String| {
        let also: &[&str] = if kind == SERIAL {
            &[MAC, PUBLIC, INCREMENTAL, REGULAR]
        } else {
            &[SERIAL, PUBLIC, INCREMENTAL, REGULAR]
        };
        scheme(id, kind, Reach::EveryRow, why, move |unit, _| make(unit)).also(also)
    };
    vec![
        one("held-serial-rot13", SERIAL, "a library had it, with ROT5 for the digits", |u| {
            shifted(&u.serial_bare(), 13, 5)
        }),
        one("held-serial-caesar", SERIAL, "plus three, as Caesar did", |u| shifted(&u.serial_bare(), 3, 3)),
        one("held-serial-atbash", SERIAL, "the keyboard tray turned round", |u| {
            let mirror = |b: u8| match b {
                b'0'..=b'9' => b'9' - (b - b'0'),
                b'A'..=b'Z' => b'Z' - (b - b'A'),
                other => other,
            };
            u.serial_bare().bytes().map(|b| char::from(mirror(b))).collect()
        }),
        one(
            "held-serial-vigenere",
            SERIAL,
            "a key word that only the factory knows, the same for every unit",
            |u| {
                let key = b"FACTORY";
                let add = |(i, b): (usize, u8)| match b {
                    b'0'..=b'9' => char::from(b'a' + (b - b'0' + key[i % 7] - b'A') % 26),
                    _ => char::from(b'A' + (b - b'A' + key[i % 7] - b'A') % 26),
                };
                u.serial_bare().bytes().enumerate().map(add).collect()
            },
        ),
        one(
            "held-serial-one-time-pad-used-again",
            SERIAL,
            "XOR with a secret is unbreakable, says a book",
            |u| {
                let pad = [0x9d, 0x31, 0xe7, 0x5b, 0xc4, 0x08, 0xaf, 0x62];
                hex(&u.serial_tail(8).bytes().zip(pad).map(|(a, b)| a ^ b).collect::<Vec<_>>())
            },
        ),
        one("held-serial-price-code", SERIAL, "shops write prices in the letters of a word", |u| {
            u.serial_tail(9).bytes().map(|b| char::from(b"BLACKHORSEWXYZQV"[place(b)])).collect()
        }),
        one(
            "held-serial-digits-transposed",
            SERIAL,
            "the places are shuffled, always in the same way",
            |u| {
                let t = u.serial_tail(8).as_bytes();
                [5, 2, 7, 0, 3, 6, 1, 4].iter().map(|i| char::from(t[*i])).collect()
            },
        ),
        one("held-serial-nines-complement-lower", SERIAL, "from an old ledger machine", |u| {
            let places: String = format!("{:010}", 9_999_999_999 - u.serial_value() % 10_000_000_000);
            places.bytes().map(|b| char::from(LOWER[usize::from(b - b'0')])).collect()
        }),
        one("held-serial-keypad-letters", SERIAL, "the telephone keypad has letters: 2 is A, 3 is D", |u| {
            u.serial_tail(8).bytes().map(|b| char::from(b"OQADGJMPTWBEHKNR"[place(b)])).collect()
        }),
        one("held-mac-substituted-by-place", MAC, "a table for every place, from a wheel cipher", |u| {
            let wheel = |(i, c): (usize, char)| {
                let digit = c.to_digit(16).unwrap_or(0) as usize;
                char::from(UPPER[(digit * [1, 3, 5, 7, 9, 11, 15, 17][i % 8] + 5 * i) % 26])
            };
            u.mac_bare()[4..].chars().enumerate().map(wheel).collect()
        }),
        one(
            "held-mac-running-xor",
            MAC,
            "each byte is mixed with the one before: cipher block chaining without a cipher",
            |u| {
                let chain = u.mac_bytes().into_iter().scan(0xa7_u8, |last, b| {
                    *last = b ^ last.rotate_left(3);
                    Some(*last)
                });
                hex(&chain.collect::<Vec<_>>())
            },
        ),
        one("held-mac-gray-code", MAC, "only one bit changes from unit to unit", |u| {
            format!("{:08x}", (u.mac ^ u.mac >> 1) as u32)
        }),
    ]
}

/// Letters and digits moved on in their own circles.
fn shifted(text: &str, letters: u8, digits: u8) -> String {
    let shift = |b: u8| match b {
        b'0'..=b'9' => b'0' + (b - b'0' + digits) % 10,
        b'A'..=b'Z' => b'A' + (b - b'A' + letters) % 26,
        other => other,
    };
    text.bytes().map(|b| char::from(shift(b))).collect()
}

/// Which of sixteen a digit is; a letter that is no hexadecimal digit counts as zero.
fn place(digit: u8) -> usize {
    char::from(digit).to_digit(16).unwrap_or(0) as usize
}
