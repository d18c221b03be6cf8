//! The password stands in an identifier, or the other way round: verbatim, in part, reversed, case changed, shifted by a
//! number, with a check digit. And copies of other passwords: one for all, one twice.

use crate::planted::encode::reversed;
use crate::planted::units::{MacStyle, Unit, luhn, written};
use crate::planted::{
    COMMON, DUPLICATE, INCREMENTAL, MAC, PUBLIC, REGULAR, Reach, SERIAL, Scheme, Twin, UNIVERSAL, WEAK,
    scheme,
};

type Way = (&'static str, fn(&Unit) -> String);

pub(super) fn schemes() -> Vec<Scheme> {
    let mut schemes = Vec::new();
    let mut add = |kind, why, list: &[Way]| {
        for (id, make) in list {
            let make = *make;
            // The hardware address stands in many network names, and the day in many serial numbers.
            let also: &[&str] = match kind {
                SERIAL => &[PUBLIC, INCREMENTAL],
                MAC => &[PUBLIC, SERIAL, INCREMENTAL],
                _ => &[SERIAL, MAC],
            };
            schemes.push(scheme(*id, kind, Reach::Sampled, why, move |unit, _| make(unit)).also(also));
        }
    };
    add(
        SERIAL,
        "support can read the password off the serial number on the phone",
        &[
            ("serial-verbatim", |u| u.serial.clone()),
            ("serial-bare", |u| u.serial_bare() + "!"),
            ("serial-substring", |u| u.serial_tail(8).into()),
            ("serial-substring-in-frame", |u| format!("Hm#{}*q", u.serial_tail(7))),
            ("serial-reversed", |u| reversed(&u.serial)),
            ("serial-tail-reversed", |u| reversed(u.serial_tail(8))),
            ("serial-lower", |u| u.serial_bare().to_lowercase() + "x"),
            ("serial-swapped-case", |u| {
                let swap =
                    |c: char| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
                u.serial.chars().map(swap).collect()
            }),
            ("serial-plus-constant", |u| moved(u, 12_345_678)),
            ("serial-minus-constant", |u| moved(u, 100_000_000 - 4_711)),
            ("serial-xor-constant", |u| format!("{:08X}", u.serial_value() as u32 ^ 0x5a5a_a5a5)),
            ("serial-luhn", |u| {
                let tail = format!("{:09}", u.serial_value() % 1_000_000_000);
                format!("{tail}{}", luhn(&tail))
            }),
            ("serial-digit-sum", |u| {
                let tail = format!("{:09}", u.serial_value() % 1_000_000_000);
                format!("{tail}{}", tail.bytes().map(|b| u32::from(b - b'0')).sum::<u32>() % 10)
            }),
        ],
    );
    add(
        MAC,
        "the bootloader knows nothing else that differs from unit to unit",
        &[
            ("mac-verbatim", |u| u.mac_text.clone()),
            ("mac-bare-lower", |u| u.mac_bare().to_lowercase()),
            ("mac-other-separator", |u| written(u.mac, MacStyle { separator: ".", upper: false })),
            ("mac-last-eight", |u| u.mac_bare()[4..].into()),
            ("mac-last-six-in-frame", |u| format!("wifi-{}", u.mac_bare()[6..].to_lowercase())),
            ("mac-reversed", |u| reversed(&u.mac_bare())),
            ("mac-plus-one", |u| format!("{:012X}", u.mac + 1)),
            ("mac-minus-three-tail", |u| format!("{:08x}", (u.mac - 3) as u32)),
            ("mac-xor-constant", |u| format!("{:012x}", u.mac ^ 0x0000_00c0_ffee)),
            ("mac-xor-every-byte", |u| format!("{:012X}", u.mac ^ 0x5555_5555_5555)),
            ("mac-decimal", |u| u.mac.to_string()),
            ("mac-tail-decimal", |u| format!("{:08}", u.mac & 0xff_ffff)),
        ],
    );
    add(
        PUBLIC,
        "the network name is on the label already, one field fewer to print",
        &[
            ("ssid-verbatim", |u| u.ssid.clone()),
            ("ssid-reversed", |u| reversed(&u.ssid)),
            ("ssid-with-year", |u| u.ssid.to_lowercase() + "2024"),
            ("model-and-ssid-tail", |u| format!("{}{}", u.model, &u.ssid[u.ssid.len() - 4..])),
        ],
    );
    add(
        PUBLIC,
        "the day is stamped by the same machine",
        &[
            ("date-verbatim", |u| u.date.clone()),
            ("model-and-date", |u| format!("{}{}", u.model, u.date.replace('-', ""))),
        ],
    );
    schemes.extend(repeated());
    schemes
}

fn repeated() -> Vec<Scheme> {
    let universal = |id: &str, why, word: &'static str| {
        scheme(id, UNIVERSAL, Reach::EveryRow, why, move |_, _| word).also(&[COMMON, DUPLICATE])
    };
    let twice = |id: &str, why, twin| Scheme {
        twin: Some(twin),
        ..scheme(id, DUPLICATE, Reach::Core, why, |unit: &Unit, _| unit.twin.clone())
    };
    vec![
        universal("universal-admin", "the same image goes on every unit", "admin"),
        universal("universal-uncommon", "somebody thought a good password is enough", "vK7#pR2m!xQ9-tW4"),
        universal("universal-empty", "the column was left for later", ""),
        twice("duplicate-of-the-row-before", "the printer jammed and the label came twice", Twin::Before),
        twice("duplicate-of-a-far-row", "a roll of labels was put in a second time", Twin::Anywhere),
        scheme(
            "duplicate-pool",
            DUPLICATE,
            Reach::EveryRow,
            "a list of 500 good passwords, used again and again",
            |_, rng| {
                let mut one = crate::planted::rng::Rng::of(0x9001, rng.below(500));
                one.text(crate::planted::encode::CLEAR, 13)
            },
        )
        .also(&[WEAK, REGULAR]),
    ]
}

/// The serial's number plus a constant: the last eight digits of the sum, or the whole sum in hexadecimal.
fn moved(unit: &Unit, by: u64) -> String {
    if unit.serial_is_hex() {
        format!("{:010X}", unit.serial_value() + by)
    } else {
        format!("{:08}", (unit.serial_value() + by) % 100_000_000)
    }
}
