//! Counters: numeric, hexadecimal, alphabetic; in front, behind, in the middle; in file order and in serial order.

use crate::planted::encode::{BASE36, DIGITS, HEX, LOWER, UPPER, counted};
use crate::planted::units::Unit;
use crate::planted::{INCREMENTAL, Layout, Named, Reach, SERIAL, Scheme, WEAK, scheme};

pub(super) fn schemes() -> Vec<Scheme> {
    const WHY: &str = "the label program has a serial field, and it was pointed at the password";
    // What is counted, and how it is written.
    let written: [Named<u64>; 6] = [
        ("numeric", |n| counted(10_000_000 + n, DIGITS, 8)),
        ("numeric-by-5", |n| counted(20_000_000 + 5 * n, DIGITS, 8)),
        ("hex", |n| counted(0x0a5f_0000 + n, HEX, 8)),
        ("hex-capital", |n| counted(0x0a5f_0000 + n, HEX, 8).to_ascii_uppercase()),
        ("alphabetic", |n| counted(5_000_000 + n, LOWER, 7)),
        ("base36", |n| counted(90_000_000 + n, BASE36, 7)),
    ];
    let placed: [Named<String>; 3] = [
        ("prefix", |counter| counter + "-Lumo"),
        ("suffix", |counter| String::from("Lumo!") + &counter),
        ("middle", |counter| format!("Kx{counter}9Zt")),
    ];
    let mut schemes = Vec::new();
    for (name, write) in written {
        for (at, place) in placed {
            for (order, layout) in [("file", Layout::Run), ("serial", Layout::SerialRun)] {
                let make = move |unit: &Unit, _: &mut _| {
                    place(write(if layout == Layout::Run { unit.row } else { unit.number }))
                };
                let id = format!("counter-{name}-{at}-in-{order}-order");
                // A counter in step with the serial number is also an offset of it, if that is a plain number.
                schemes.push(
                    scheme(id, INCREMENTAL, Reach::Sampled, WHY, make).also(&[SERIAL, WEAK]).laid(layout),
                );
            }
        }
    }
    let bare = |id: &str, make: fn(&Unit) -> String| {
        scheme(id, INCREMENTAL, Reach::Sampled, WHY, move |unit, _| make(unit)).also(&[SERIAL, WEAK])
    };
    schemes.extend([
        bare("counter-bare", |u| counted(31_000_000 + u.row, DIGITS, 8)).laid(Layout::Run),
        bare("counter-growing-length", |u| format!("pass{}", 1 + u.row)).laid(Layout::Run),
        bare("counter-capitals-bare", |u| counted(400_000_000 + u.row, UPPER, 8)).laid(Layout::Run),
        bare("counter-down", |u| counted(80_000_000 - u.row, DIGITS, 8)).laid(Layout::Run),
    ]);
    schemes
}
