//! The numbers of an identifier written in another base: the serial number in hexadecimal, the hardware address in decimal,
//! either in base 32 or 36. The password must be the whole number or its last digits.

use crate::rows::Role;

/// A base and its digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Base {
    Decimal,
    Hex,
    Base32,
    Crockford,
    Base36,
}

impl Base {
    pub(super) const ALL: [Self; 5] = [Self::Decimal, Self::Hex, Self::Base32, Self::Crockford, Self::Base36];

    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Decimal => "in decimal",
            Self::Hex => "in hexadecimal",
            Self::Base32 => "in base 32",
            Self::Crockford => "in Crockford's base 32",
            Self::Base36 => "in base 36",
        }
    }

    #[inline(always)]
    fn parts(self) -> (u64, &'static [u8]) {
        match self {
            Self::Decimal => (10, b"0123456789"),
            Self::Hex => (16, b"0123456789abcdef"),
            Self::Base32 => (32, b"abcdefghijklmnopqrstuvwxyz234567"),
            Self::Crockford => (32, b"0123456789abcdefghjkmnpqrstvwxyz"),
            Self::Base36 => (36, b"0123456789abcdefghijklmnopqrstuvwxyz"),
        }
    }

    /// Bit `n`: written in the `n`th base, the number ends in this character. One digit is enough to be done with nearly
    /// every random password, and the bases stand here as constants because a division by a variable costs twenty times as
    /// much.
    #[inline]
    pub(crate) fn that_end_in(number: u64, last: u8) -> u8 {
        let ends = |base: Self, digit: u64| u8::from(base.parts().1[digit as usize] == last);
        ends(Self::Decimal, number % 10)
            | ends(Self::Hex, number % 16) << 1
            | ends(Self::Base32, number % 32) << 2
            | ends(Self::Crockford, number % 32) << 3
            | ends(Self::Base36, number % 36) << 4
    }

    /// Whether a folded password is the number, or its end, in this base.
    pub(crate) fn writes(self, mut number: u64, password: &[u8]) -> bool {
        let (base, digits) = self.parts();
        for byte in password.iter().rev() {
            if digits[(number % base) as usize] != *byte {
                return false;
            }
            number /= base;
        }
        true
    }
}

/// Which number of an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Number {
    /// Its decimal digits, 19 at most, counted from the right.
    Digits,
    /// All of it as a hexadecimal number, 16 digits at most.
    Hex,
    /// Its last four bytes.
    LastFour,
    /// Its last three bytes.
    LastThree,
}

impl Number {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Digits => "the digits",
            Self::Hex => "the number",
            Self::LastFour => "the last four bytes",
            Self::LastThree => "the last three bytes",
        }
    }
}

/// The numbers of a folded identifier.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Numbers {
    values: [Option<(Number, u64)>; 3],
}

impl Numbers {
    #[inline]
    pub(crate) fn of(role: Role, plain: &[u8]) -> Self {
        let hex = plain.len() >= 6
            && plain.iter().all(|b| HEX[usize::from(*b)] < 16)
            && (role == Role::Mac || plain.iter().any(|b| *b > b'9'));
        if hex {
            let tail = &plain[plain.len().saturating_sub(16)..];
            let whole = tail.iter().fold(0u64, |n, b| n << 4 | u64::from(HEX[usize::from(*b)]));
            return Self {
                values: [
                    Some((Number::Hex, whole)),
                    Some((Number::LastFour, whole & 0xffff_ffff)),
                    Some((Number::LastThree, whole & 0xff_ffff)),
                ],
            };
        }
        let (mut number, mut digits, mut weight) = (0u64, 0, 1u64);
        for byte in plain.iter().rev() {
            if byte.is_ascii_digit() && digits < 19 {
                number += u64::from(byte - b'0') * weight;
                digits += 1;
                weight = weight.wrapping_mul(10);
            }
        }
        Self { values: [(digits >= 3).then_some((Number::Digits, number)), None, None] }
    }

    #[inline]
    pub(crate) fn values(&self) -> impl Iterator<Item = (Number, u64)> {
        self.values.iter().flatten().copied()
    }
}

static HEX: [u8; 256] = {
    let mut table = [16; 256];
    let mut digit = 0;
    while digit < 16 {
        table[b"0123456789abcdef"[digit as usize] as usize] = digit;
        digit += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_known_in_every_base_whole_or_by_its_end() {
        let first = |role, text: &str| Numbers::of(role, text.as_bytes()).values().next().unwrap().1;
        let serial = first(Role::Serial, "sn00123456789");
        assert_eq!(serial, 123_456_789);
        assert!(Base::Hex.writes(serial, b"75bcd15"));
        assert!(Base::Base36.writes(serial, b"21i3v9"));
        assert!(Base::Decimal.writes(serial, b"3456789"));
        assert!(!Base::Decimal.writes(serial, b"3456780"));
        let mac = first(Role::Mac, "a4c1380beef9");
        assert_eq!(mac, 0xa4c1_380b_eef9);
        assert!(Base::Decimal.writes(mac, b"181149775949561"), "{mac}");
        assert!(Numbers::of(Role::Public, b"model").values().next().is_none());
    }
}
