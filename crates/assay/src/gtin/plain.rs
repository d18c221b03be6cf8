//! The short way of a cell that holds digits and nothing else, as nearly all do: eight bytes at a time, no loop, no memory.

/// A text of digits that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digits {
    /// As a number.
    pub number: u64,
    /// The sum of the digits by the weights of the check digit (1, 3, 1, … from the right: GS1 General Specifications, section
    /// 7.9); a multiple of ten where the last digit follows from the others.
    pub sum: u64,
    /// Sixteen characters, with zeros in front: twice eight, the first of them in the uppermost byte. As words, for they are
    /// copied again and again, and a copy waits for what was put together from parts in memory.
    pub text: [u64; 2],
}

/// A text of 8 to 15 ASCII digits.
#[inline(always)]
#[must_use]
pub fn read(text: &[u8]) -> Option<Digits> {
    let low = u64::from_be_bytes(*text.last_chunk()?);
    let high = u64::from_be_bytes(*text.first_chunk()?);
    // The digits before the last eight, with zeros in front.
    let high = match text.len() {
        8 => ZEROS,
        length @ 9..=15 => (high >> (8 * (16 - length))) | (ZEROS << (8 * (length - 8))),
        _ => return None,
    };
    if !(is_digits(low) && is_digits(high)) {
        return None;
    }
    let text = [high, low];
    let (low, high) = (low & NIBBLES, high & NIBBLES);
    let weighed = |d: u64| (d & EVEN) + 3 * ((d >> 8) & EVEN);
    // Four sums of at most 72 each; the product gathers them in the uppermost sixteen bits.
    let sum = (weighed(low) + weighed(high)).wrapping_mul(0x0001_0001_0001_0001) >> 48;
    Some(Digits { number: number(high) * 100_000_000 + number(low), sum, text })
}

/// Whether all eight bytes are `0` to `9`.
#[inline(always)]
fn is_digits(word: u64) -> bool {
    let upper = 0xf0f0_f0f0_f0f0_f0f0;
    // A byte from `:` to `?` leaves its half when six is added. No byte overflows into the next, since none is above 0x3f.
    word & upper == ZEROS && (word + 0x0606_0606_0606_0606) & upper == ZEROS
}

/// Eight digits, the first in the uppermost byte, as a number: pairs, then fours, then all.
#[inline(always)]
fn number(digits: u64) -> u64 {
    let pairs = (digits >> 8 & EVEN) * 10 + (digits & EVEN);
    let fours = (pairs >> 16 & 0x0000_ffff_0000_ffff) * 100 + (pairs & 0x0000_ffff_0000_ffff);
    (fours >> 32) * 10_000 + (fours & 0xffff_ffff)
}

/// Eight times the digit 0.
const ZEROS: u64 = 0x3030_3030_3030_3030;
const NIBBLES: u64 = 0x0f0f_0f0f_0f0f_0f0f;
const EVEN: u64 = 0x00ff_00ff_00ff_00ff;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_no_number_of_this_length_is_left_to_the_long_way() {
        for text in ["", "1234567", "1234567890123456", "1234567 ", "12345678:", "/2345678", "１２３４５"]
        {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn digits_read_as_the_standard_library_reads_them(text in "[0-9]{8,15}") {
            let Digits { number, sum, text: sixteen } = read(text.as_bytes()).unwrap();
            let padded = format!("{text:0>16}");
            proptest::prop_assert_eq!(sixteen.map(u64::to_be_bytes).concat(), padded.as_bytes());
            proptest::prop_assert_eq!(number, text.parse::<u64>().unwrap());
            let weighed = |(digit, weight)| u64::from(digit - b'0') * weight;
            proptest::prop_assert_eq!(sum, text.bytes().rev().zip([1, 3].into_iter().cycle()).map(weighed).sum::<u64>());
        }

        #[test]
        fn one_byte_that_is_no_digit_is_seen(text in "[0-9]{8,15}", at in 0usize..8, byte: u8) {
            let mut bytes = text.into_bytes();
            bytes[at] = byte;
            proptest::prop_assert_eq!(read(&bytes).is_some(), byte.is_ascii_digit());
        }
    }
}
