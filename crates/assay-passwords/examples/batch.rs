//! Writes a batch for measuring: `batch ROWS [SHUFFLE] > FILE`. Serial numbers and addresses count up, passwords are ten random
//! characters of 62, and about eight rows in a hundred thousand have a fault: a copy of an earlier password, a counter, the
//! end of the address, the serial number backwards or in hexadecimal, a common word. The same arguments give the same bytes.

#![expect(clippy::print_stderr, reason = "a program that says how it is used")]

use std::io::{BufWriter, Write};

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// One of a sequence of numbers that look random (the finaliser of SplitMix64, Steele, Lea and Flood 2014).
fn number(of: u64, row: u64) -> u64 {
    let mut z = of.wrapping_add(row.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn characters(mut number: u64) -> String {
    (0..10)
        .map(|_| {
            let c = ALPHABET[(number % 62) as usize];
            number /= 62;
            char::from(c)
        })
        .collect()
}

fn password(row: u64, serial: u64, mac: u64) -> String {
    let own = number(0x0a55, row);
    match number(0xfa17, row) % 100_000 {
        0 => characters(number(0x0a55, row.saturating_sub(1 + own % 1000))),
        1 => format!("Setup{:05}", row % 100_000),
        2 => format!("{:06X}home", mac & 0xff_ffff),
        3 => serial.to_string().chars().rev().collect(),
        4 => format!("{serial:x}"),
        5 => mac.to_string(),
        6 => "password123".to_owned(),
        7 => format!("SN{serial}"),
        _ => characters(own),
    }
}

fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let Some(rows) = args.next().and_then(|n| n.replace('_', "").parse::<u64>().ok()) else {
        eprintln!("usage: batch ROWS [SHUFFLE] > FILE");
        std::process::exit(2);
    };
    // An odd step that shares no factor with a power of two visits every row once.
    let shuffled = args.next().is_some();
    let span = rows.next_power_of_two();
    let mut out = BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    writeln!(out, "serial,mac,password")?;
    let visit = |n: u64| if shuffled { n.wrapping_mul(0x9e37_79b1) % span } else { n };
    for row in (0..if shuffled { span } else { rows }).map(visit).filter(|row| *row < rows) {
        let serial = 2_500_000_000 + row;
        let mac = 0x3C61_0500_0000_u64 | row & 0xff_ffff | (row >> 24 & 0xf) << 24;
        let m: Vec<String> = (0..6).rev().map(|b| format!("{:02X}", mac >> (8 * b) & 0xff)).collect();
        writeln!(out, "SN{serial},{},{}", m.join(":"), password(row, serial, mac))?;
    }
    out.flush()
}
