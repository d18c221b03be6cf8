//! Passwords as they should be: from a generator that nobody can predict, of at least 60 bits. And those which look like
//! it from outside: made by a keyed method, which an honest auditor asks about and never accuses.

use super::encode::{BASE32, BASE62, CLEAR, DIGITS, HEX, LOWER, UPPER, big, hex, modulo};
use super::hash::{hmac_sha256, sha256};
use super::rng::{Rng, mix};
use super::{NONE, REGULAR, Reach, Scheme, scheme};

/// An alphabet and a length, or another good way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clean {
    /// 11 of 62 characters: 65.5 bits
    Base62,
    /// 12 of 62 characters: 71.5 bits
    Base62Long,
    /// 12 of 47 characters without look-alikes: 66.7 bits
    Clear12,
    /// 16 of them: 88.9 bits
    Clear16,
    /// 16 hexadecimal digits: 64 bits
    Hex,
    /// 20 decimal digits: 66.4 bits
    Decimal,
    /// Five made-up words of two or three syllables from 80, joined by `-`: 68 bits, of different lengths
    Words,
    /// Four groups of four from base32, joined by `-`: 80 bits
    Grouped,
}

pub(crate) const ALPHABETS: [Clean; 8] = [
    Clean::Base62,
    Clean::Base62Long,
    Clean::Clear12,
    Clean::Clear16,
    Clean::Hex,
    Clean::Decimal,
    Clean::Words,
    Clean::Grouped,
];

impl Clean {
    pub(crate) fn password(self, rng: &mut Rng) -> String {
        match self {
            Clean::Base62 => rng.text(BASE62, 11),
            Clean::Base62Long => rng.text(BASE62, 12),
            Clean::Clear12 => rng.text(CLEAR, 12),
            Clean::Clear16 => rng.text(CLEAR, 16),
            Clean::Hex => rng.text(HEX, 16),
            Clean::Decimal => rng.text(DIGITS, 20),
            Clean::Words => (0..5).map(|_| word(rng)).collect::<Vec<_>>().join("-"),
            Clean::Grouped => (0..4).map(|_| rng.text(BASE32, 4)).collect::<Vec<_>>().join("-"),
        }
    }

    /// Bits of entropy, from the count of equally likely values.
    pub(crate) fn bits(self) -> f64 {
        let of = |alphabet: &[u8], length: u32| f64::from(length) * (alphabet.len() as f64).log2();
        match self {
            Clean::Base62 => of(BASE62, 11),
            Clean::Base62Long => of(BASE62, 12),
            Clean::Clear12 => of(CLEAR, 12),
            Clean::Clear16 => of(CLEAR, 16),
            Clean::Hex => of(HEX, 16),
            Clean::Decimal => of(DIGITS, 20),
            // The likeliest values count: all words of two syllables.
            Clean::Words => 5.0 * (80_f64.log2() * 2.0 + 1.0),
            Clean::Grouped => of(BASE32, 16),
        }
    }
}

fn word(rng: &mut Rng) -> String {
    let syllables = 2 + rng.below(2);
    (0..syllables).flat_map(|_| [rng.one(b"bdfghjklmnprstvz"), rng.one(b"aeiou")]).map(char::from).collect()
}

/// Batches that are sound, one scheme an alphabet. As schemes, so that they can be planted among others too.
pub(crate) fn sound() -> Vec<Scheme> {
    ALPHABETS
        .iter()
        .map(|clean| {
            let clean = *clean;
            let id = format!("clean-{clean:?}").to_lowercase();
            scheme(id, NONE, Reach::EveryRow, "as it should be", move |_, rng| clean.password(rng))
        })
        .collect()
}

/// Sound passwords that a rule of the house has touched: still of 60 bits and more. Saying `regular` of their whole batch
/// is true; accusing them of anything else is not.
pub(crate) fn house_rules() -> Vec<Scheme> {
    let rule = |id: &str, why, make: fn(&mut Rng) -> String| {
        scheme(id, NONE, Reach::EveryRow, why, move |_, rng| make(rng)).also(&[REGULAR])
    };
    vec![
        rule(
            "rule-one-of-each-class",
            "the retailer's policy wants a digit, a capital and a small letter",
            |rng| {
                loop {
                    let text = rng.text(BASE62, 12);
                    if [DIGITS, UPPER, LOWER].iter().all(|class| text.bytes().any(|b| class.contains(&b))) {
                        return text;
                    }
                }
            },
        ),
        rule("rule-capital-first-digit-last", "people expect it so", |rng| {
            rng.text(UPPER, 1) + &rng.text(BASE62, 10) + &rng.text(DIGITS, 1)
        }),
        rule("rule-no-neighbours-alike", "a double character is misread on a small label", |rng| {
            let mut text = rng.text(CLEAR, 1);
            while text.len() < 13 {
                let next = rng.text(CLEAR, 1);
                if !text.ends_with(&next) {
                    text += &next;
                }
            }
            text
        }),
        rule(
            "rule-product-prefix",
            "the service desk recognises its products by the first three letters",
            |rng| String::from("AX-") + &rng.text(CLEAR, 12),
        ),
        rule("rule-digits-then-letters", "two reels of characters: eight digits, eight letters", |rng| {
            rng.text(DIGITS, 8) + &rng.text(LOWER, 8)
        }),
    ]
}

/// Derived by a method with a secret key of 256 bits: no test of the batch can tell it from chance. The key is made of the
/// test's own chance; no detector has it.
pub(crate) fn keyed() -> Vec<Scheme> {
    const WHY: &str = "a key in a security module lets service compute the password again";
    let key: [u8; 32] = std::array::from_fn(|i| mix(0x5ec2_e7b0_a71c + i as u64).to_le_bytes()[3]);
    let keyed = |id: &str, make: fn(&super::Unit, &[u8; 32]) -> String| {
        scheme(id, NONE, Reach::EveryRow, WHY, move |unit, _| make(unit, &key))
    };
    vec![
        keyed("keyed-hmac-serial-base62", |u, key| big(&hmac_sha256(key, &u.serial), BASE62)[8..20].into()),
        keyed("keyed-hmac-mac-hex", |u, key| hex(&hmac_sha256(key, &u.mac_text))[..16].into()),
        keyed("keyed-hmac-pair-grouped", |u, key| {
            let digest = hmac_sha256(key, format!("{}|{}", u.serial, u.mac_text));
            let text = modulo(&digest[..16], BASE32);
            [&text[..4], &text[4..8], &text[8..12], &text[12..]].join("-")
        }),
        keyed("keyed-sha256-secret-first", |u, key| {
            hex(&sha256([key, u.serial.as_bytes()].concat()))[..20].into()
        }),
        keyed("keyed-chacha-of-number", |u, key| {
            // A block cipher over the serial number is the same to the outside: one secret permutation.
            let stream = u64::from_le_bytes(std::array::from_fn(|i| key[i]));
            Rng::of(stream, u.serial_value()).text(CLEAR, 13)
        }),
    ]
}
