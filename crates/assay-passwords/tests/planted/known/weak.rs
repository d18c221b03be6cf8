//! What can be guessed without knowing the unit: passwords that everybody uses, spaces that are small, generators that
//! repeat themselves.

use std::sync::Arc;

use crate::planted::encode::{BASE36, BASE62, CLEAR, DIGITS, LOWER, counted};
use crate::planted::rng::Rng;
use crate::planted::units::Unit;
use crate::planted::{COMMON, DUPLICATE, INCREMENTAL, REGULAR, Reach, SERIAL, Scheme, Sight, WEAK, scheme};

/// From public counts of leaked passwords; each is among the first few hundred of every such list.
const EVERYBODYS: [&str; 16] = [
    "123456",
    "password",
    "12345678",
    "qwerty",
    "123456789",
    "letmein",
    "dragon",
    "111111",
    "iloveyou",
    "monkey",
    "abc123",
    "password1",
    "admin",
    "welcome",
    "football",
    "sunshine",
];

pub(super) fn schemes() -> Vec<Scheme> {
    [common(), small(), generators()].concat()
}

fn common() -> Vec<Scheme> {
    vec![
        scheme(
            "common-one",
            COMMON,
            Reach::Core,
            "a line worker tried the station and forgot",
            |_, _| "password",
        )
        .also(&[DUPLICATE, WEAK]),
        scheme("common-any", COMMON, Reach::Core, "people chose them by hand", |_, rng| rng.one(&EVERYBODYS))
            .also(&[DUPLICATE, WEAK]),
        scheme(
            "common-capital",
            COMMON,
            Reach::Sampled,
            "a policy wanted a capital and a digit",
            |_, rng| {
                let word = rng.one(&["Password", "Welcome", "Qwerty", "Letmein", "Football"]);
                word.to_owned() + rng.one(&["1", "123", ""])
            },
        )
        .also(&[DUPLICATE, WEAK]),
    ]
}

fn small() -> Vec<Scheme> {
    let small = |id: &str, why, make: fn(&mut Rng) -> String| {
        scheme(id, WEAK, Reach::EveryRow, why, move |_, rng| make(rng)).also(&[DUPLICATE, REGULAR])
    };
    vec![
        small("small-pin", "the keypad has four places", |rng| rng.text(DIGITS, 4)),
        small("small-six-digits", "easy to type", |rng| rng.text(DIGITS, 6)),
        small("small-word-two-digits", "people remember words", |rng| {
            rng.one(&["sunny", "happy", "green", "smart", "river", "tiger"]).to_owned() + &rng.text(DIGITS, 2)
        }),
        small(
            "small-charset-by-position",
            "it can be pronounced: consonant, vowel, consonant, digits",
            |rng| {
                [
                    rng.text(b"bdfgklmnprst", 1),
                    rng.text(b"aeiou", 1),
                    rng.text(b"bdfgklmnprst", 1),
                    rng.text(DIGITS, 3),
                ]
                .concat()
            },
        ),
        small("small-few-letters", "only characters that the seven segments can show", |rng| {
            rng.text(b"AbCdEF", 6)
        }),
        small("small-prefix-three-random", "the long prefix makes it look strong", |rng| {
            String::from("Lumo-Secure-2024-") + &rng.text(BASE36, 3)
        }),
        small("small-random-in-the-middle", "the policy wants capitals and symbols", |rng| {
            format!("Qx!{}#Z9", rng.text(LOWER, 4))
        }),
    ]
}

fn generators() -> Vec<Scheme> {
    const WHY: &str = "the first function that the documentation calls random";
    let from =
        |id: &str, also: &'static [&'static str], make: Arc<dyn Fn(&Unit) -> String + Send + Sync>| Scheme {
            sight: Sight::Hypothesis,
            ..scheme(id, WEAK, Reach::EveryRow, WHY, move |unit, _| make(unit)).also(also)
        };
    // `rand()` of the Microsoft C library, seeded once with 42, then called eight times a password.
    let jump = Jump::new(214_013, 2_531_011);
    let running = move |u: &Unit| {
        let mut state = jump.ahead(42, u.row * 8);
        text(8, BASE62, || microsoft(&mut state))
    };
    let clock = |u: &Unit| {
        // `srand(time(NULL))` for every unit; the line takes three seconds.
        let mut state = (1_710_000_000 + 3 * u.row) as u32;
        text(10, BASE36, || microsoft(&mut state))
    };
    let mersenne = |u: &Unit| {
        let mut twister = Mersenne::new(u.row as u32);
        text(12, BASE62, || twister.word())
    };
    let by_serial = |u: &Unit| {
        let mut twister = Mersenne::new(u.serial_value() as u32);
        text(10, CLEAR, || twister.word())
    };
    let bits = Jump::new(1_103_515_245, 12_345);
    let low = move |u: &Unit| {
        // The example of the C standard without its shift: the lowest bits have a period of 16.
        let mut state = bits.ahead(1, u.row * 10);
        text(10, b"ABCDEFGHJKMNPRST", || {
            state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
            state
        })
    };
    vec![
        from("rand-running", &[REGULAR], Arc::new(running)),
        from("rand-of-the-clock", &[REGULAR, INCREMENTAL], Arc::new(clock)),
        from("mersenne-of-the-counter", &[REGULAR, INCREMENTAL, SERIAL], Arc::new(mersenne)),
        from("mersenne-of-the-serial", &[REGULAR, SERIAL, DUPLICATE], Arc::new(by_serial)),
        Scheme {
            sight: Sight::Structure,
            ..from("rand-low-bits", &[REGULAR, DUPLICATE, INCREMENTAL], Arc::new(low))
        },
        scheme(
            "small-known-list-of-seeds",
            WEAK,
            Reach::EveryRow,
            "the station restarts and takes its shift as seed",
            |u, _| counted(crate::planted::rng::mix(u.row % 997), BASE62, 10),
        )
        .also(&[DUPLICATE, REGULAR]),
    ]
}

fn text(length: usize, alphabet: &[u8], mut next: impl FnMut() -> u32) -> String {
    (0..length).map(|_| char::from(alphabet[next() as usize % alphabet.len()])).collect()
}

/// `rand()` of the Microsoft C library: 15 bits from the upper half of the state.
fn microsoft(state: &mut u32) -> u32 {
    *state = state.wrapping_mul(214_013).wrapping_add(2_531_011);
    *state >> 16 & 0x7fff
}

/// The states of a linear congruential generator far ahead: each entry is twice as many steps as the one before.
struct Jump([(u32, u32); 64]);

impl Jump {
    fn new(factor: u32, summand: u32) -> Jump {
        let (mut a, mut c) = (factor, summand);
        Jump(std::array::from_fn(|_| {
            let this = (a, c);
            c = a.wrapping_mul(c).wrapping_add(c);
            a = a.wrapping_mul(a);
            this
        }))
    }

    fn ahead(&self, state: u32, steps: u64) -> u32 {
        let taken = self.0.iter().enumerate().filter(|(bit, _)| steps >> bit & 1 == 1);
        taken.fold(state, |s, (_, (a, c))| s.wrapping_mul(*a).wrapping_add(*c))
    }
}

/// MT19937 as Matsumoto and Nishimura published it, with the seeding of 2002.
pub(crate) struct Mersenne {
    state: [u32; 624],
    at: usize,
}

impl Mersenne {
    pub(crate) fn new(seed: u32) -> Mersenne {
        let mut state = [seed; 624];
        for i in 1..624 {
            let before = state[i - 1];
            state[i] = (before ^ before >> 30).wrapping_mul(1_812_433_253).wrapping_add(i as u32);
        }
        Mersenne { state, at: 0 }
    }

    pub(crate) fn word(&mut self) -> u32 {
        // One word of the state is renewed a call, so that a password of twelve characters renews twelve.
        let (s, i) = (&mut self.state, self.at);
        let y = s[i] & 0x8000_0000 | s[(i + 1) % 624] & 0x7fff_ffff;
        s[i] = s[(i + 397) % 624] ^ y >> 1 ^ if y & 1 == 0 { 0 } else { 0x9908_b0df };
        self.at = (i + 1) % 624;
        let mut y = s[i];
        y ^= y >> 11;
        y ^= y << 7 & 0x9d2c_5680;
        y ^= y << 15 & 0xefc6_0000;
        y ^ y >> 18
    }
}
