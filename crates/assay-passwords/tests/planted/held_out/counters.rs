//! Counters that were disguised: another stride, another base, two of them in turn, bits in another order. In file order,
//! each password still follows from the one before.

use crate::planted::encode::{BASE36, BASE62, CLEAR, DIGITS, HEX, LOWER, UPPER, counted, reversed};
use crate::planted::rng::{Rng, mix};
use crate::planted::units::Unit;
use crate::planted::{INCREMENTAL, Layout, REGULAR, Reach, SERIAL, Scheme, WEAK, scheme};

pub(super) fn schemes() -> Vec<Scheme> {
    use Reach::{EveryRow, Sampled};
    let one = |id: &str, reach, why, make: fn(&Unit) -> String| {
        let made = scheme(id, INCREMENTAL, reach, why, move |unit, _| make(unit));
        // Where the file is in serial order, a function of the row is one of the serial number.
        made.also(&[SERIAL, REGULAR, WEAK]).laid(Layout::Run)
    };
    vec![
        one("held-counter-stride-7-middle", Sampled, "the third-party tool steps by seven", |u| {
            format!("WIN{:08}QX", 10_000_000 + 7 * u.row)
        }),
        one("held-counter-two-prefixes", Sampled, "two printers take turns", |u| {
            format!("{}{:07}", if u.row.is_multiple_of(2) { "Alfa" } else { "Bravo" }, 1_000_000 + u.row / 2)
        }),
        one("held-counter-base62", Sampled, "short links are made so", |u| {
            counted(9_000_000_000 + u.row, BASE62, 8)
        }),
        one("held-counter-clear-alphabet", Sampled, "no look-alikes, says the guide", |u| {
            counted(70_000_000 + u.row, CLEAR, 8)
        }),
        one(
            "held-counter-backwards",
            Sampled,
            "the digit that changes comes first, so nobody notices",
            |u| reversed(&counted(50_000_000 + u.row, DIGITS, 8)),
        ),
        one("held-counter-gray", EveryRow, "from the rotary encoder", |u| {
            let n = 0x3000_0000 + u.row;
            counted(n ^ n >> 1, HEX, 8)
        }),
        one("held-counter-bits-backwards", EveryRow, "neighbours should not look alike", |u| {
            format!("{:08x}", (0x1234_0000 + u.row as u32).reverse_bits())
        }),
        one("held-counter-times-prime", EveryRow, "a prime scatters them over the whole range", |u| {
            counted((u.row + 1) * 61_803_399 % 100_000_000, DIGITS, 8)
        }),
        one("held-counter-xor-secret", EveryRow, "hidden behind a constant", |u| {
            format!("{:08X}", 0x7e57_c0de ^ (u.row as u32))
        }),
        one("held-counter-grouped", Sampled, "a dash after three digits, for the eye", |u| {
            let n = counted(400_000_000 + u.row, DIGITS, 9);
            format!("{}-{}-{}", &n[..3], &n[3..6], &n[6..])
        }),
        one("held-counter-letters-and-digits", Sampled, "number plates: AAA-000, then AAB-000", |u| {
            format!("{}-{}", counted(2_000 + u.row / 1000, UPPER, 3), counted(u.row % 1000, DIGITS, 3))
        }),
        one("held-counter-with-check-letter", Sampled, "a check letter makes each end differ", |u| {
            let n = 60_000_000 + u.row;
            format!("{n}{}", char::from(LOWER[(n % 23) as usize]))
        }),
        one("held-counter-of-tens", Sampled, "the carousel has ten places", |u| {
            format!("Kar{}-{:06}", u.row % 10, 300_000 + u.row / 10)
        }),
        one(
            "held-object-id",
            Sampled,
            "the database's own row id was at hand: time, machine, counter",
            |u| format!("{:08x}7f3a9c1e5d{:06x}", 1_710_000_000 + u.row / 40, 0x2b_4d01 + u.row),
        ),
        one("held-clock-ticks", EveryRow, "the tick count when the label was printed", |u| {
            // About three seconds a unit, as hundreds of nanoseconds; the low digits look random and are not.
            format!("{:011x}", 0x1ee_0000_0000 + 30_000_000 * u.row + mix(u.row) % 4_000_000)
        }),
        one("held-multiplied-and-cut", EveryRow, "the middle of a product", |u| {
            counted((5_000_011 + u.row) * 2_654_435_761 / 1_000 % 2_821_109_907_456, BASE36, 8)
        }),
        scheme(
            "held-counter-one-station-of-two",
            INCREMENTAL,
            Sampled,
            "the second station fell back to counting",
            |u: &Unit, _: &mut Rng| format!("Stn2{:08}", 10_000_000 + u.row / 2),
        )
        .also(&[SERIAL, REGULAR, WEAK])
        .laid(Layout::Alternate),
        scheme(
            "held-counter-shuffled-file-with-gaps",
            INCREMENTAL,
            Sampled,
            "units that failed the test leave gaps, and the file is sorted by box",
            |u: &Unit, _: &mut Rng| format!("lx{:09}", 500_000_000 + u.number + u.number / 17),
        )
        .also(&[SERIAL, REGULAR, WEAK])
        .laid(Layout::SerialRun),
        scheme(
            "held-sorted",
            REGULAR,
            EveryRow,
            "good passwords, sorted by the export before they met the serial numbers",
            |u: &Unit, rng: &mut Rng| {
                let range = 36_u64.pow(6);
                let step = range / u.rows;
                counted(u.row * step + rng.below(step.max(1)), BASE36, 6) + &rng.text(BASE36, 6)
            },
        )
        .also(&[SERIAL, INCREMENTAL]),
    ]
}
