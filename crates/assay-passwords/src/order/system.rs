//! Numeral systems that a counter can be written in, and the two orders in which letters of both cases are counted.

const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &[u8] = b"0123456789";
const NONE: u8 = 0xff;

/// The radix, and the value of every byte.
pub(crate) struct System {
    radix: u8,
    values: [u8; 256],
}

/// How many there are.
pub(crate) const SYSTEMS: usize = 9;

/// Base 10, 16, 26, 36 and 62, in either case or order of cases.
pub(crate) static SYSTEM: [System; SYSTEMS] = [
    system([DIGITS, b"", b""]),
    system([DIGITS, b"abcdef", b""]),
    system([DIGITS, b"ABCDEF", b""]),
    system([LOWER, b"", b""]),
    system([UPPER, b"", b""]),
    system([DIGITS, LOWER, b""]),
    system([DIGITS, UPPER, b""]),
    system([DIGITS, UPPER, LOWER]),
    system([DIGITS, LOWER, UPPER]),
];

/// The systems, a bit each, in which a byte is a digit.
static ACCEPTED_BY: [u16; 256] = {
    let mut accepted = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut system = 0;
        while system < SYSTEMS {
            if SYSTEM[system].values[byte] != NONE {
                accepted[byte] |= 1 << system;
            }
            system += 1;
        }
        byte += 1;
    }
    accepted
};

/// The systems, a bit each, that can write all of these bytes.
pub(super) fn that_write(bytes: &[u8]) -> u16 {
    bytes.iter().fold(u16::MAX >> (16 - SYSTEMS), |systems, byte| systems & ACCEPTED_BY[usize::from(*byte)])
}

/// Systems that differ in letters only, and by which of the others digits are read as they would be.
pub(super) const LIKE_ANOTHER: [(usize, usize); 3] = [(2, 1), (6, 5), (8, 7)];

impl System {
    pub(crate) fn radix(&self) -> u32 {
        u32::from(self.radix)
    }

    /// The value of one digit of a byte that this system accepts.
    pub(super) fn digit(&self, byte: u8) -> i64 {
        i64::from(self.values[usize::from(byte)])
    }

    /// The value of a word written in this system, when it is, is not empty and is below 2^126.
    pub(crate) fn value(&self, word: &[u8]) -> Option<u128> {
        let mut value: u128 = 0;
        for byte in word {
            let digit = self.values[usize::from(*byte)];
            if digit == NONE || value >> 120 != 0 {
                return None;
            }
            value = value * u128::from(self.radix) + u128::from(digit);
        }
        (!word.is_empty()).then_some(value)
    }
}

const fn system(parts: [&[u8]; 3]) -> System {
    let mut values = [NONE; 256];
    let mut next: u8 = 0;
    let mut part = 0;
    while part < parts.len() {
        let mut at = 0;
        while at < parts[part].len() {
            values[parts[part][at] as usize] = next;
            next += 1;
            at += 1;
        }
        part += 1;
    }
    System { radix: next, values }
}
