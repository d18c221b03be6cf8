//! What a password says about the digest that it would come from, under each encoding: the first bits of the window, and
//! how many. Done once a row, so that comparing with a digest is comparing words.

use zeroize::Zeroize;

use super::encoding::{Alphabet, BASE32, BASE64, ENCODINGS, Encoding};
use crate::lanes::Algorithm;

/// Comparisons made in lanes: hexadecimal, base64, base32; three numbers; five lengths of alphabets.
pub(super) const CHECKS: usize = 11;

/// Fewer bits than this say nothing: they are not compared.
pub const LEAST_BITS: f64 = 16.0;

/// A password as the lanes compare it.
#[derive(Clone, Copy)]
pub(super) struct Said {
    /// A bit for every encoding, in the order of [`Encoding::ALL`], that the password could be.
    pub(super) possible: u16,
    /// Characters, without padding.
    pub(super) len: usize,
    /// Signs `=` at the end.
    pub(super) padding: usize,
    /// The first bits of the window in hexadecimal, base64 and base32, from the top.
    pub(super) window: [u32; 3],
    /// The bits below that say nothing: a difference of at most this is none.
    pub(super) slack: [u32; 3],
    /// The number that the digits are, modulo 2^32, and which of its bits are also those of any number with these last
    /// digits (2 divides 10).
    pub(super) number: u32,
    pub(super) number_mask: u32,
    /// The places of the first three characters in each alphabet.
    pub(super) places: [[u8; 3]; 9],
}

impl Said {
    pub(super) const NOTHING: Said = Said {
        possible: 0,
        len: 0,
        padding: 0,
        window: [0; 3],
        slack: [0; 3],
        number: 0,
        number_mask: u32::MAX,
        places: [[0; 3]; 9],
    };

    /// Reads a password.
    pub(super) fn new(password: &[u8]) -> Said {
        let mut said = Said::NOTHING;
        let padding = password.iter().rev().take_while(|byte| **byte == b'=').take(6).count();
        let text = &password[..password.len() - padding];
        let len = text.len();
        if len == 0 || len > 64 {
            return said;
        }
        (said.len, said.padding) = (len, padding);
        let kinds = text.iter().fold(u16::MAX, |kinds, byte| kinds & KINDS[usize::from(*byte)]);
        if kinds == 0 {
            return said;
        }
        for place in 0..ENCODINGS {
            let fits = (usize::from(SHORTEST[place])..=usize::from(LONGEST[place])).contains(&len);
            let is = kinds & NEEDS[place] != 0 && (padding == 0 || place == 1 || place == 2);
            said.possible |= u16::from(fits && is) << place;
        }
        said.window(0, 4, text);
        said.window(1, 6, text);
        said.window(2, 5, text);
        if said.possible >> 3 & 0b1111 != 0 {
            let add = |number: u64, digit: &u8| number.wrapping_mul(10).wrapping_add(u64::from(*digit & 15));
            said.number = text.iter().fold(0, add) as u32;
            said.number_mask = if len < 32 { (1 << len) - 1 } else { u32::MAX };
        }
        if said.possible >> 7 != 0 {
            for (places, table) in said.places.iter_mut().zip(&PLACES) {
                for (place, byte) in places.iter_mut().zip(text) {
                    *place = table[usize::from(*byte)];
                }
            }
        }
        said
    }

    /// The first characters as bits from the top of a word.
    fn window(&mut self, kind: usize, width: usize, text: &[u8]) {
        if self.possible >> kind & 1 == 0 {
            return;
        }
        let count = text.len().min(32 / width);
        let bits = text[..count]
            .iter()
            .fold(0u32, |bits, byte| bits << width | u32::from(VALUES[kind][usize::from(*byte)]));
        let silent = 32 - count * width;
        if silent == 0 {
            (self.window[kind], self.slack[kind]) = (bits, 0);
        } else {
            (self.window[kind], self.slack[kind]) = (bits << silent, (1 << silent) - 1);
        }
    }
}

// What a character can be, a bit each.
const LOWER_HEX: u16 = 1;
const UPPER_HEX: u16 = 1 << 1;
const LOWER_32: u16 = 1 << 2;
const UPPER_32: u16 = 1 << 3;
const SIGN_64: u16 = 1 << 4;
const DIGIT: u16 = 1 << 5;
const LOWER: u16 = 1 << 6;
const UPPER: u16 = 1 << 7;
const LOWER_36: u16 = 1 << 8;
const UPPER_36: u16 = 1 << 9;
const ALNUM: u16 = 1 << 10;

const KINDS: [u16; 256] = {
    let mut kinds = [0; 256];
    let mut i = 0;
    while i < 256 {
        let byte = i as u8;
        let digit = byte.is_ascii_digit();
        let (lower, upper) = (byte.is_ascii_lowercase(), byte.is_ascii_uppercase());
        let two_to_seven = byte >= b'2' && byte <= b'7';
        let sign = matches!(byte, b'+' | b'/' | b'-' | b'_');
        kinds[i] = (if digit || lower && byte <= b'f' { LOWER_HEX } else { 0 })
            | (if digit || upper && byte <= b'F' { UPPER_HEX } else { 0 })
            | (if two_to_seven || lower { LOWER_32 } else { 0 })
            | (if two_to_seven || upper { UPPER_32 } else { 0 })
            | (if digit || lower || upper || sign { SIGN_64 } else { 0 })
            | (if digit { DIGIT } else { 0 })
            | (if lower { LOWER } else { 0 })
            | (if upper { UPPER } else { 0 })
            | (if digit || lower { LOWER_36 } else { 0 })
            | (if digit || upper { UPPER_36 } else { 0 })
            | (if digit || lower || upper { ALNUM } else { 0 });
        i += 1;
    }
    kinds
};

/// By encoding: one of these kinds must all characters be.
const NEEDS: [u16; ENCODINGS] = [
    LOWER_HEX | UPPER_HEX,
    SIGN_64,
    LOWER_32 | UPPER_32,
    DIGIT,
    DIGIT,
    DIGIT,
    DIGIT,
    DIGIT,
    LOWER_HEX | UPPER_HEX,
    LOWER | UPPER,
    LOWER_36 | UPPER_36,
    LOWER_36 | UPPER_36,
    ALNUM,
    ALNUM,
    ALNUM,
    ALNUM,
];

/// By encoding: the fewest characters that carry [`LEAST_BITS`] ...
const SHORTEST: [u8; ENCODINGS] = [4, 3, 4, 5, 5, 5, 5, 5, 4, 4, 4, 4, 3, 3, 3, 3];
/// ... and the most that the longest digest gives.
const LONGEST: [u8; ENCODINGS] = [64, 43, 52, 10, 19, 10, 19, 32, 32, 32, 32, 32, 32, 32, 32, 32];

/// The value of a character in hexadecimal, base64 and base32.
static VALUES: [[u8; 256]; 3] = {
    let mut values = [[0; 256]; 3];
    let mut i = 0;
    while i < 16 {
        values[0][b"0123456789ABCDEF"[i] as usize] = i as u8;
        values[0][b"0123456789abcdef"[i] as usize] = i as u8;
        i += 1;
    }
    i = 0;
    while i < 64 {
        values[1][BASE64[i] as usize] = i as u8;
        i += 1;
    }
    values[1][b'-' as usize] = 62;
    values[1][b'_' as usize] = 63;
    i = 0;
    while i < 32 {
        values[2][BASE32[i] as usize] = i as u8;
        values[2][BASE32[i].to_ascii_uppercase() as usize] = i as u8;
        i += 1;
    }
    values
};

/// The place of a character in each alphabet; of those in either case, of the upper letters too.
static PLACES: [[u8; 256]; 9] = {
    let mut places = [[0; 256]; 9];
    let mut a = 0;
    while a < 9 {
        let characters = Alphabet::ALL[a].characters();
        let mut i = 0;
        while i < characters.len() {
            places[a][characters[i] as usize] = i as u8;
            if characters.len() < 62 {
                places[a][characters[i].to_ascii_uppercase() as usize] = i as u8;
            }
            i += 1;
        }
        a += 1;
    }
    places
};

/// The passwords of sixteen rows, turned on their side; wiped when dropped.
pub(super) struct Rows {
    pub(super) said: [Said; 16],
    /// Encodings that any row's password could be.
    pub(super) possible: u16,
    /// The last bit at which a window can begin, by kind of window and algorithm: no password of these rows is shorter.
    pub(super) last: [[usize; 3]; 3],
    pub(super) window: [[u32; 16]; 3],
    pub(super) slack: [[u32; 16]; CHECKS],
    pub(super) number: [u32; 16],
    pub(super) number_mask: [u32; 16],
    /// The first three characters' places times the alphabet's [`step`].
    pub(super) places: [[[u32; 16]; 3]; 9],
}

/// By length of alphabet: 2^32 divided by it, rounded up. The remainder of a byte `b` is `r` if, modulo 2^32,
/// `b * step - r * step` is less than `step` (after D. Lemire, O. Kaser, N. Kurz, "Faster remainder by direct computation",
/// 2019); a few others pass too, and are refused when the whole password is compared.
pub(super) const STEPS: [u32; 5] = [step(10), step(16), step(26), step(36), step(62)];
/// Which of the alphabets have that length.
pub(super) const OF_LENGTH: [(usize, usize); 5] = [(0, 1), (1, 2), (2, 3), (3, 5), (5, 9)];

/// By check: the encodings that it speaks of, a bit each in the order of [`Encoding::ALL`].
pub(super) const OF_CHECK: [u16; CHECKS] =
    [1, 1 << 1, 1 << 2, 1 << 3, 1 << 4, 0b11 << 5, 1 << 7, 1 << 8, 1 << 9, 0b11 << 10, 0b1111 << 12];

const fn step(length: u32) -> u32 {
    u32::MAX / length + 1
}

impl Rows {
    pub(super) fn new() -> Rows {
        Rows {
            said: [Said::NOTHING; 16],
            possible: 0,
            last: [[0; 3]; 3],
            window: [[0; 16]; 3],
            slack: [[0; 16]; CHECKS],
            number: [0; 16],
            number_mask: [u32::MAX; 16],
            places: [[[0; 16]; 3]; 9],
        }
    }

    /// Reads the password of a row. What it could not be is compared all the same, and finds almost nothing.
    pub(super) fn set(&mut self, lane: usize, said: Said, wanted: u16) {
        let said = Said { possible: said.possible & wanted, ..said };
        self.said[lane] = said;
        for kind in 0..3 {
            self.window[kind][lane] = said.window[kind];
            self.slack[kind][lane] = said.slack[kind];
        }
        self.number[lane] = said.number;
        self.number_mask[lane] = said.number_mask;
        if said.possible >> 7 != 0 {
            for length in 0..5 {
                let (from, to) = OF_LENGTH[length];
                for alphabet in from..to {
                    for character in 0..3 {
                        self.places[alphabet][character][lane] =
                            u32::from(said.places[alphabet][character]).wrapping_mul(STEPS[length]);
                    }
                }
                self.slack[6 + length][lane] = STEPS[length] - 1;
            }
        } else {
            for length in 0..5 {
                self.slack[6 + length][lane] = 0;
            }
        }
    }

    /// To be called when all lanes are set.
    pub(super) fn close(&mut self) {
        self.possible = self.said.iter().fold(0, |any, said| any | said.possible);
        for (kind, encoding) in [Encoding::Hex, Encoding::Base64, Encoding::Base32].into_iter().enumerate() {
            let can = self.said.iter().filter(|said| said.possible >> kind & 1 == 1);
            let shortest = can.map(|said| said.len).min().unwrap_or(usize::MAX);
            for (algorithm, last) in Algorithm::ALL.into_iter().zip(&mut self.last) {
                let windows = encoding.windows(algorithm, shortest);
                last[kind] = windows.saturating_sub(1) * [4, 6, 5][kind];
            }
        }
    }
}

impl Drop for Rows {
    fn drop(&mut self) {
        self.window.zeroize();
        self.number.zeroize();
        self.places.zeroize();
        for said in &mut self.said {
            said.window.zeroize();
            said.number.zeroize();
            said.places.zeroize();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn possible(password: &str) -> Vec<Encoding> {
        let said = Said::new(password.as_bytes());
        Encoding::ALL
            .into_iter()
            .enumerate()
            .filter(|(i, _)| said.possible >> i & 1 == 1)
            .map(|(_, e)| e)
            .collect()
    }

    #[test]
    fn a_password_can_only_be_what_its_characters_and_length_allow() {
        use Encoding::{Base32, Base64, Hex, Modulo};
        assert_eq!(possible("pass word!"), []);
        assert_eq!(possible(""), []);
        assert_eq!(possible("ab"), []);
        assert_eq!(possible("x-y_z"), [Base64]);
        assert_eq!(possible("abcdefghABCD234="), [Base64]);
        assert_eq!(possible("ABCDEFGHIJ======"), [Base64, Base32]);
        let picked =
            |from: usize, to: usize| Alphabet::ALL[from..to].iter().map(|a| Modulo(*a)).collect::<Vec<_>>();
        let mut hex = vec![Hex, Base64];
        hex.extend(picked(1, 2));
        hex.extend(picked(3, 9));
        assert_eq!(possible("0bad1dea"), hex);
        let mut mixed = vec![Base64];
        mixed.extend(picked(5, 9));
        assert_eq!(possible("aB3dE6gH9k"), mixed);
        assert_eq!(possible("1234").len(), 9, "too short for a number, not for bits");
    }

    #[test]
    fn the_shortest_and_longest_lengths_are_those_of_the_encodings() {
        for (place, encoding) in Encoding::ALL.into_iter().enumerate() {
            let (shortest, longest) = (usize::from(SHORTEST[place]), usize::from(LONGEST[place]));
            assert!(encoding.bits(Algorithm::Sha256, 0, shortest) >= LEAST_BITS, "{encoding:?}");
            assert!(encoding.bits(Algorithm::Sha256, 0, shortest - 1) < LEAST_BITS, "{encoding:?}");
            assert_eq!(encoding.characters(Algorithm::Sha256), longest, "{encoding:?}");
        }
    }
}
