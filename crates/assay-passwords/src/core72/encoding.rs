//! How a digest can have been made into a password, and the way back: what a password says about the digest that it
//! would come from. Sixteen ways; of most passwords only two or three are possible.

use crate::lanes::{Algorithm, Digest};

/// How a digest becomes a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encoding {
    /// Hexadecimal, in either case.
    Hex,
    /// Base64 or base64url (RFC 4648).
    Base64,
    /// Base32 (RFC 4648), in either case.
    Base32,
    /// The last digits of a number: its bytes (4 or 8) and whether the first is the greatest.
    Decimal {
        /// The number is the first 4 or 8 bytes.
        bytes: u8,
        /// The first byte counts most.
        big_endian: bool,
    },
    /// Every byte, modulo the alphabet's length, picks a character.
    Modulo(Alphabet),
}

/// An alphabet that bytes pick from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Alphabet {
    /// `0-9`
    Digits,
    /// `0-9a-f`, in either case
    Nibbles,
    /// `a-z`, in either case
    Letters,
    /// `0-9a-z`, in either case
    DigitsLetters,
    /// `a-z0-9`, in either case
    LettersDigits,
    /// `0-9A-Za-z`
    DigitsUpperLower,
    /// `0-9a-zA-Z`
    DigitsLowerUpper,
    /// `A-Za-z0-9`
    UpperLowerDigits,
    /// `a-zA-Z0-9`
    LowerUpperDigits,
}

impl Alphabet {
    /// All of them, by their length.
    pub const ALL: [Alphabet; 9] = [
        Alphabet::Digits,
        Alphabet::Nibbles,
        Alphabet::Letters,
        Alphabet::DigitsLetters,
        Alphabet::LettersDigits,
        Alphabet::DigitsUpperLower,
        Alphabet::DigitsLowerUpper,
        Alphabet::UpperLowerDigits,
        Alphabet::LowerUpperDigits,
    ];

    /// Its characters; of an alphabet in either case, the lower ones.
    #[must_use]
    pub const fn characters(self) -> &'static [u8] {
        match self {
            Alphabet::Digits => b"0123456789",
            Alphabet::Nibbles => b"0123456789abcdef",
            Alphabet::Letters => b"abcdefghijklmnopqrstuvwxyz",
            Alphabet::DigitsLetters => b"0123456789abcdefghijklmnopqrstuvwxyz",
            Alphabet::LettersDigits => b"abcdefghijklmnopqrstuvwxyz0123456789",
            Alphabet::DigitsUpperLower => b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
            Alphabet::DigitsLowerUpper => b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
            Alphabet::UpperLowerDigits => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
            Alphabet::LowerUpperDigits => b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        }
    }
}

/// How many encodings there are.
pub(super) const ENCODINGS: usize = 16;

impl Encoding {
    /// All of them.
    pub const ALL: [Encoding; ENCODINGS] = [
        Encoding::Hex,
        Encoding::Base64,
        Encoding::Base32,
        Encoding::Decimal { bytes: 4, big_endian: true },
        Encoding::Decimal { bytes: 8, big_endian: true },
        Encoding::Decimal { bytes: 4, big_endian: false },
        Encoding::Decimal { bytes: 8, big_endian: false },
        Encoding::Modulo(Alphabet::Digits),
        Encoding::Modulo(Alphabet::Nibbles),
        Encoding::Modulo(Alphabet::Letters),
        Encoding::Modulo(Alphabet::DigitsLetters),
        Encoding::Modulo(Alphabet::LettersDigits),
        Encoding::Modulo(Alphabet::DigitsUpperLower),
        Encoding::Modulo(Alphabet::DigitsLowerUpper),
        Encoding::Modulo(Alphabet::UpperLowerDigits),
        Encoding::Modulo(Alphabet::LowerUpperDigits),
    ];

    /// Its place in [`Encoding::ALL`].
    pub(super) fn index(self) -> usize {
        match self {
            Encoding::Hex => 0,
            Encoding::Base64 => 1,
            Encoding::Base32 => 2,
            Encoding::Decimal { bytes, big_endian } => {
                3 + usize::from(bytes > 4) + 2 * usize::from(!big_endian)
            }
            Encoding::Modulo(alphabet) => 7 + alphabet as usize,
        }
    }

    /// Bits that a character carries.
    fn width(self) -> f64 {
        match self {
            Encoding::Hex => 4.0,
            Encoding::Base64 => 6.0,
            Encoding::Base32 => 5.0,
            Encoding::Decimal { .. } => 10f64.log2(),
            Encoding::Modulo(alphabet) => (alphabet.characters().len() as f64).log2(),
        }
    }

    /// Characters of a whole digest in this encoding, without padding; the most digits that say something.
    pub(super) fn characters(self, algorithm: Algorithm) -> usize {
        let bits = algorithm.len() * 8;
        match self {
            Encoding::Hex => bits / 4,
            Encoding::Base64 => bits.div_ceil(6),
            Encoding::Base32 => bits.div_ceil(5),
            Encoding::Decimal { bytes: 4, .. } => 10,
            Encoding::Decimal { .. } => 19,
            Encoding::Modulo(_) => bits / 8,
        }
    }

    /// Windows at which a password of so many characters can stand.
    pub(super) fn windows(self, algorithm: Algorithm, len: usize) -> usize {
        let all = self.characters(algorithm);
        match self {
            Encoding::Decimal { .. } | Encoding::Modulo(_) => usize::from(len <= all),
            _ => (all + 1).saturating_sub(len),
        }
    }

    /// Bits of the digest that a password of so many characters fixes when it stands at a window.
    pub(super) fn bits(self, algorithm: Algorithm, window: usize, len: usize) -> f64 {
        let said = self.width() * len as f64;
        match self {
            Encoding::Decimal { bytes, .. } => said.min(f64::from(bytes) * 8.0),
            Encoding::Modulo(_) => said,
            // The last character may stand for fewer bits than it could.
            _ => said.min((algorithm.len() * 8) as f64 - self.width() * window as f64),
        }
    }

    /// At which windows exactly the digest gives the password, `padding` signs `=` behind it.
    pub(super) fn matches(self, digest: &Digest, said: &[u8], padding: usize, mut found: impl FnMut(usize)) {
        let bytes = digest.bytes();
        let mut text = [0u8; 64];
        let len = match self {
            Encoding::Hex => digits(bytes, 4, b"0123456789abcdef", &mut text),
            Encoding::Base64 => digits(bytes, 6, BASE64, &mut text),
            Encoding::Base32 => digits(bytes, 5, BASE32, &mut text),
            Encoding::Decimal { bytes: width, big_endian } => {
                let bytes = &bytes[..usize::from(width)];
                let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
                let mut number =
                    if big_endian { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) };
                for digit in text[..said.len().min(64)].iter_mut().rev() {
                    *digit = b'0' + (number % 10) as u8;
                    number /= 10;
                }
                said.len().min(64)
            }
            Encoding::Modulo(alphabet) => {
                let characters = alphabet.characters();
                for (to, byte) in text.iter_mut().zip(bytes).take(said.len()) {
                    *to = characters[usize::from(*byte) % characters.len()];
                }
                bytes.len().min(said.len())
            }
        };
        let folded = !matches!(self, Encoding::Base64) && !self.minds_case();
        let same = |(a, b): (&u8, &u8)| {
            let b = if folded { b.to_ascii_lowercase() } else { url(*b, self) };
            *a == b
        };
        for (window, there) in text[..len].windows(said.len().max(1)).enumerate() {
            let ends = window + said.len() == len;
            if there.iter().zip(said).all(same) && (padding == 0 || ends) {
                found(window);
            }
        }
    }

    fn minds_case(self) -> bool {
        matches!(self, Encoding::Modulo(alphabet) if alphabet.characters().len() == 62)
    }
}

/// base64url's two signs as base64's.
fn url(byte: u8, encoding: Encoding) -> u8 {
    match (encoding, byte) {
        (Encoding::Base64, b'-') => b'+',
        (Encoding::Base64, b'_') => b'/',
        _ => byte,
    }
}

/// Writes bytes as digits of some bits each, the last filled up with zeros.
fn digits(bytes: &[u8], width: usize, alphabet: &[u8], text: &mut [u8; 64]) -> usize {
    let mut len = 0;
    let (mut bits, mut held) = (0u32, 0);
    for byte in bytes.iter().copied().map(Some).chain([None]) {
        match byte {
            Some(byte) => {
                bits = (bits << 8 | u32::from(byte)) & 0xFFFF;
                held += 8;
            }
            None if held > 0 => {
                bits <<= width - held;
                held = width;
            }
            None => {}
        }
        while held >= width {
            held -= width;
            text[len] = alphabet[(bits >> held) as usize & (alphabet.len() - 1)];
            len += 1;
        }
    }
    len
}

pub(super) const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
pub(super) const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

#[cfg(test)]
mod tests {
    use super::*;

    fn windows(encoding: Encoding, said: &str, padding: usize) -> Vec<usize> {
        let mut windows = Vec::new();
        encoding
            .matches(&Algorithm::Md5.one(b"abc"), said.as_bytes(), padding, |window| windows.push(window));
        windows
    }

    // MD5 of "abc" is 900150983cd24fb0d6963f7d28e17f72; the other texts are of Python's base64 module.
    #[test]
    fn a_digest_is_found_in_each_of_its_texts() {
        assert_eq!(windows(Encoding::Hex, "900150983cd24fb0d6963f7d28e17f72", 0), [0]);
        assert_eq!(windows(Encoding::Hex, "D24FB0D6", 0), [10]);
        assert_eq!(windows(Encoding::Base64, "kAFQmDzST7DWlj99KOF_cg", 0), [0]);
        assert_eq!(windows(Encoding::Base64, "KOF/cg", 2), [16]);
        assert_eq!(windows(Encoding::Base64, "kAFQmD", 2), [] as [usize; 0], "padding stands at the end");
        assert_eq!(windows(Encoding::Base64, "kof/cg", 0), [] as [usize; 0], "base64 minds the case");
        assert_eq!(windows(Encoding::Base32, "SAAVBGB42JH3BVUWH56SRYL7OI", 0), [0]);
        assert_eq!(windows(Encoding::Base32, "gb42jh", 0), [5]);
    }

    #[test]
    fn numbers_and_picked_characters_are_found_at_the_start() {
        let decimal = |bytes, big_endian| Encoding::Decimal { bytes, big_endian };
        assert_eq!(windows(decimal(4, true), "2416005272", 0), [0]);
        assert_eq!(windows(decimal(4, true), "005272", 0), [0]);
        assert_eq!(windows(decimal(4, false), &format!("{:010}", 0x9850_0190u32)[2..], 0), [0]);
        assert_eq!(windows(decimal(8, true), &(0x9001_5098_3cd2_4fb0u64 % 100_000_000).to_string(), 0), [0]);
        assert_eq!(windows(decimal(8, false), &(0xb04f_d23c_9850_0190u64 % 10_000_000).to_string(), 0), [0]);
        let picked: String = [0x90u8, 0x01, 0x50, 0x98, 0x3c]
            .iter()
            .map(|byte| char::from(Alphabet::UpperLowerDigits.characters()[usize::from(*byte) % 62]))
            .collect();
        assert_eq!(windows(Encoding::Modulo(Alphabet::UpperLowerDigits), &picked, 0), [0]);
        assert_eq!(windows(Encoding::Modulo(Alphabet::LowerUpperDigits), &picked, 0), [] as [usize; 0]);
    }

    #[test]
    fn every_encoding_knows_its_place() {
        for (place, encoding) in Encoding::ALL.into_iter().enumerate() {
            assert_eq!(encoding.index(), place);
        }
    }

    #[test]
    fn the_last_character_of_base64_counts_for_what_it_says() {
        assert_eq!(Encoding::Base64.windows(Algorithm::Md5, 22), 1);
        assert_eq!(Encoding::Base64.bits(Algorithm::Md5, 0, 22), 128.0);
        assert_eq!(Encoding::Base64.bits(Algorithm::Md5, 16, 6), 32.0);
        assert_eq!(Encoding::Hex.windows(Algorithm::Sha256, 8), 57);
    }
}
