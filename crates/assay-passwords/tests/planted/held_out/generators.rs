//! Chance that is not: seeds that can be tried one by one, states that are printed, biased draws, small pools in disguise,
//! and passwords that go round.

use std::sync::Arc;

use crate::planted::encode::{BASE36, BASE62, CLEAR, DIGITS, HEX, LOWER, UPPER, counted, hex};
use crate::planted::hash::{md5, sha256};
use crate::planted::known::weak::Mersenne;
use crate::planted::rng::{Rng, mix};
use crate::planted::units::Unit;
use crate::planted::{
    COMMON, DUPLICATE, INCREMENTAL, MAC, PUBLIC, REGULAR, Reach, SERIAL, Scheme, UNIVERSAL, WEAK, scheme,
};

pub(super) fn schemes() -> Vec<Scheme> {
    [biased(), pools(), states(), seeds().into_iter().map(Scheme::by_hypothesis).collect()].concat()
}

fn one(id: &str, kind: &'static str, why: &'static str, make: fn(&Unit, &mut Rng) -> String) -> Scheme {
    scheme(id, kind, Reach::EveryRow, why, make)
}

/// Draws that prefer some characters, or repeat what they drew.
fn biased() -> Vec<Scheme> {
    vec![
        one(
            "held-bias-64-into-62",
            REGULAR,
            "six bits modulo 62: two characters come twice as often",
            |_, rng| (0..12).map(|_| char::from(BASE62[usize::from(rng.byte() & 63) % 62])).collect(),
        ),
        one("held-bias-byte-modulo-48", REGULAR, "a byte modulo 48 prefers the first sixteen", |_, rng| {
            (0..12).map(|_| char::from(BASE62[usize::from(rng.byte()) % 48])).collect()
        }),
        one(
            "held-bias-stuck-bit",
            REGULAR,
            "one data line of the generator's chip is not soldered",
            |_, rng| {
                let draw = |(i, b): (usize, u8)| {
                    char::from(BASE62[usize::from(if i == 4 { b & !8 } else { b } & 31)])
                };
                (0..13).map(|_| rng.byte()).enumerate().map(draw).collect()
            },
        ),
        one(
            "held-bias-random-walk",
            REGULAR,
            "each character is near the one before, so it is typed quickly",
            |_, rng| {
                let mut at = rng.below(36);
                let step = |_| {
                    at = (at + 30 + rng.below(13)) % 36;
                    char::from(BASE36[at as usize])
                };
                (0..14).map(step).collect()
            },
        )
        .also(&[WEAK]),
        one("held-said-twice", WEAK, "the minimum length went up, the generator stayed", |_, rng| {
            rng.text(CLEAR, 5).repeat(2)
        })
        .also(&[REGULAR, DUPLICATE]),
        one("held-palindrome", REGULAR, "both ends of the label can be read", |_, rng| {
            let half = rng.text(LOWER, 6);
            half.clone() + &crate::planted::encode::reversed(&half)
        })
        .also(&[WEAK]),
        one("held-five-digits-of-rand-twice", WEAK, "RAND_MAX is 32767", |_, rng| {
            format!("{:05}{:05}", rng.below(32_768), rng.below(32_768))
        })
        .also(&[REGULAR]),
        one("held-check-digit-last", REGULAR, "the last digit is a check digit of the others", |_, rng| {
            let body = rng.text(DIGITS, 19);
            let check = crate::planted::units::luhn(&body);
            format!("{body}{check}")
        })
        .by_hypothesis(),
        one(
            "held-overlapping-windows",
            REGULAR,
            "the ring buffer of the generator is read too often",
            |u, _| {
                (0..12)
                    .map(|i| char::from(BASE62[(mix(0xb0ff_e700 + 4 * u.row + i) % 62) as usize]))
                    .collect()
            },
        )
        .also(&[INCREMENTAL, WEAK]),
    ]
}

/// Pools that are smaller than they look, and one value for many.
fn pools() -> Vec<Scheme> {
    const ADJECTIVES: [&str; 16] = [
        "happy", "quiet", "blue", "rapid", "silver", "sunny", "brave", "gentle", "misty", "noble", "orange",
        "proud", "royal", "sweet", "vast", "witty",
    ];
    const NOUNS: [&str; 16] = [
        "river", "panda", "forest", "piano", "rocket", "garden", "island", "jacket", "lemon", "mango",
        "ocean", "planet", "quilt", "tulip", "violin", "window",
    ];
    const WALKS: [&str; 12] = [
        "1qaz2wsx",
        "qwertyuiop",
        "1q2w3e4r5t",
        "zaq12wsx",
        "asdfghjkl",
        "qazwsxedc",
        "zxcvbnm123",
        "0okm9ijn",
        "!QAZ2wsx",
        "poiuytrewq",
        "147258369",
        "1234qwer",
    ];
    vec![
        one("held-eight-digits", WEAK, "the telephone keypad", |_, rng| rng.text(DIGITS, 8))
            .also(&[DUPLICATE]),
        one("held-adjective-noun-number", WEAK, "friendly passwords sell better", |_, rng| {
            rng.one(&ADJECTIVES).to_owned() + rng.one(&NOUNS) + &rng.text(DIGITS, 3)
        })
        .also(&[DUPLICATE, REGULAR]),
        one("held-birthday", WEAK, "six digits that look like a day are remembered", |_, rng| {
            format!("{:02}{:02}{:04}", 1 + rng.below(28), 1 + rng.below(12), 1950 + rng.below(60))
        })
        .also(&[DUPLICATE, REGULAR, COMMON]),
        one("held-keyboard-walks", COMMON, "the operator ran a finger over the keys", |_, rng| {
            rng.one(&WALKS).into()
        })
        .also(&[WEAK, DUPLICATE]),
        one("held-case-of-one-word", WEAK, "capitals at random make one word many", |_, rng| {
            "lumohomebox"
                .chars()
                .map(|c| if rng.below(2) == 0 { c } else { c.to_ascii_uppercase() })
                .collect()
        })
        .also(&[DUPLICATE, REGULAR]),
        one("held-leet-of-few-words", WEAK, "the policy wants digits", |_, rng| {
            let word = rng.one(&["internet", "wireless", "station", "telefoon", "airfibre"]);
            word.chars().map(|c| if rng.below(2) == 0 { c } else { leet(c) }).collect::<String>()
                + &rng.text(DIGITS, 1)
        })
        .also(&[DUPLICATE, REGULAR, COMMON]),
        one("held-md5-of-four-digits", WEAK, "a digest of a PIN has 32 characters", |_, rng| {
            hex(&md5(rng.text(DIGITS, 4)))
        })
        .also(&[DUPLICATE]),
        one("held-sha256-of-random-word", WEAK, "sixteen million seeds", |_, rng| {
            hex(&sha256(counted(rng.below(1 << 24), DIGITS, 8)))[..16].into()
        })
        .also(&[DUPLICATE]),
        one(
            "held-sixteen-bits-of-seed",
            DUPLICATE,
            "the noise of the converter has sixteen bits",
            |_, rng| Rng::new(rng.below(1 << 16)).text(BASE62, 12),
        )
        .also(&[WEAK]),
        one("held-uuid-time-low", WEAK, "the first block of a UUID looked long enough", |_, rng| {
            rng.text(HEX, 8)
        })
        .also(&[DUPLICATE]),
        one(
            "held-float-to-digits",
            DUPLICATE,
            "a random number of sixteen bits, multiplied up to ten digits",
            |_, rng| format!("{:010}", rng.below(1 << 16) * 152_587),
        )
        .also(&[WEAK, REGULAR]),
        one(
            "held-ring-of-4096",
            DUPLICATE,
            "a file of 4096 good passwords, begun again at its end",
            |u, _| Rng::of(0x4096, u.row % 4096).text(CLEAR, 13),
        )
        .also(&[WEAK, REGULAR]),
        one("held-one-a-day", DUPLICATE, "the password of the day, good and fresh each morning", |u, _| {
            Rng::of(0xda7, u.day).text(CLEAR, 13)
        })
        .also(&[PUBLIC, WEAK, UNIVERSAL, REGULAR]),
        one(
            "held-universal-but-one-in-a-thousand",
            UNIVERSAL,
            "samples for the laboratory got their own",
            |_, rng| {
                if rng.below(1000) == 0 { rng.text(CLEAR, 13) } else { "Welcome2Lumo".into() }
            },
        )
        .also(&[DUPLICATE, WEAK]),
        one(
            "held-pool-with-one-character-changed",
            REGULAR,
            "a thousand good ones, made unique by hand",
            |_, rng| {
                let mut text = Rng::of(0x1000, rng.below(1000)).text(CLEAR, 12).into_bytes();
                let at = rng.below(12) as usize;
                text[at] = rng.one(CLEAR);
                String::from_utf8(text).expect("ASCII")
            },
        )
        .also(&[WEAK, DUPLICATE]),
        one("held-prefix-of-the-shift", WEAK, "three prefixes, four characters of chance", |u, rng| {
            rng.one(&["Fruh-", "Spat-", "Nacht-"]).to_owned() + &rng.text(UPPER, 4) + &u.date[..4]
        })
        .also(&[DUPLICATE, REGULAR, PUBLIC]),
    ]
}

fn leet(c: char) -> char {
    match c {
        'e' => '3',
        'i' => '1',
        'o' => '0',
        's' => '5',
        't' => '7',
        'a' => '4',
        other => other,
    }
}

/// Generators whose state is the password: the next unit's follows from this one's.
fn states() -> Vec<Scheme> {
    let printed = |id: &str, why, make: Arc<dyn Fn(u64) -> u32 + Send + Sync>, decimal: bool| {
        scheme(id, REGULAR, Reach::EveryRow, why, move |u: &Unit, _| {
            let state = make(u.row);
            if decimal { format!("{state:010}") } else { format!("{state:08x}") }
        })
        .also(&[INCREMENTAL, WEAK])
    };
    // A shift register (x^32 + x^22 + x^2 + x + 1) moves on by one hexadecimal digit a unit; an LCG by one step.
    let shift = Linear::new(|s| (0..4).fold(s, |s, _| s << 1 | (s >> 31 ^ s >> 21 ^ s >> 1 ^ s) & 1));
    let xorshift = Linear::new(xorshift32);
    let (factor, summand) = (1_664_525_u32, 1_013_904_223_u32); // Numerical Recipes
    let lcg = move |row: u64| {
        let (mut a, mut c, mut state, mut left) = (factor, summand, 2024_u32, row + 1);
        while left > 0 {
            if left & 1 == 1 {
                state = state.wrapping_mul(a).wrapping_add(c);
            }
            c = a.wrapping_mul(c).wrapping_add(c);
            a = a.wrapping_mul(a);
            left >>= 1;
        }
        state
    };
    let rows = Arc::new(lcg);
    vec![
        printed(
            "held-shift-register-printed",
            "a generator in hardware, read digit by digit",
            Arc::new(move |r| shift.after(0x1b7e_5eed, r)),
            false,
        ),
        printed("held-lcg-printed", "the whole state is the password", rows, true),
        printed(
            "held-xorshift-printed",
            "three lines from a web page",
            Arc::new(move |r| xorshift.after(0x9e37_79b9, r)),
            false,
        )
        .by_hypothesis(),
    ]
}

fn xorshift32(mut s: u32) -> u32 {
    s ^= s << 13;
    s ^= s >> 17;
    s ^ s << 5
}

/// A step that is linear over bits, taken any number of times: tables of 1, 2, 4, … steps.
struct Linear(Vec<[u32; 32]>);

impl Linear {
    fn new(step: fn(u32) -> u32) -> Linear {
        let mut tables = vec![std::array::from_fn(|bit| step(1 << bit))];
        for power in 1..40 {
            let last: &[u32; 32] = &tables[power - 1];
            let twice = std::array::from_fn(|bit| apply(last, last[bit]));
            tables.push(twice);
        }
        Linear(tables)
    }

    fn after(&self, state: u32, steps: u64) -> u32 {
        let taken = self.0.iter().enumerate().filter(|(bit, _)| steps >> bit & 1 == 1);
        taken.fold(state, |s, (_, table)| apply(table, s))
    }
}

fn apply(table: &[u32; 32], state: u32) -> u32 {
    table.iter().enumerate().filter(|(bit, _)| state >> bit & 1 == 1).fold(0, |sum, (_, column)| sum ^ column)
}

/// Seeds that an attacker can try: from the clock, from an identifier.
fn seeds() -> Vec<Scheme> {
    vec![
        one(
            "held-java-random-of-serial",
            SERIAL,
            "`new Random(serial)` repeats itself after a reset, as wanted",
            |u, _| {
                // java.util.Random, as its documentation defines it: 48 bits, the upper ones are drawn.
                let mut state = (u.serial_value() ^ 0x5_deec_e66d) & ((1 << 48) - 1);
                let mut draw = || {
                    state = (state.wrapping_mul(0x5_deec_e66d) + 0xb) & ((1 << 48) - 1);
                    (state >> 17) as usize % BASE62.len()
                };
                (0..10).map(|_| char::from(BASE62[draw()])).collect()
            },
        )
        .also(&[WEAK, MAC]),
        one("held-xorshift-of-mac", MAC, "the bootloader seeds itself with the address", |u, _| {
            let mut state = u.mac as u32;
            let draw = |_| {
                state = xorshift32(state);
                char::from(CLEAR[state as usize % CLEAR.len()])
            };
            (0..10).map(draw).collect()
        })
        .also(&[WEAK, SERIAL, REGULAR]),
        one("held-c-rand-of-mac-tail", MAC, "`srand` takes the low bytes of the address", |u, _| {
            let mut state = (u.mac & 0xff_ffff) as u32;
            let draw = |_| {
                state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
                char::from(BASE36[(state >> 16 & 0x7fff) as usize % 36])
            };
            (0..10).map(draw).collect()
        })
        .also(&[WEAK, SERIAL, REGULAR]),
        one("held-mersenne-of-the-clock", WEAK, "`mt_srand(time())`: the second of production", |u, _| {
            let mut twister = Mersenne::new((1_709_251_200 + 3 * u.row + mix(u.row) % 3) as u32);
            (0..12).map(|_| char::from(BASE62[twister.word() as usize % 62])).collect()
        })
        .also(&[PUBLIC, REGULAR]),
        one("held-md5-of-the-clock", WEAK, "`md5(time())`, found in many a tutorial", |u, _| {
            hex(&md5((1_709_251_200 + 3 * u.row + mix(u.row) % 3).to_string()))[..12].into()
        })
        .also(&[PUBLIC]),
        one("held-md5-of-the-row", WEAK, "a digest of the database's row number", |u, _| {
            hex(&md5((u.row + 1).to_string()))[..12].into()
        })
        .also(&[INCREMENTAL, SERIAL]),
    ]
}
