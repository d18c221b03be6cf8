//! A GTIN out of a cell of plain digits, eight digits in one step: the shape of nearly every cell. Anything else is left to
//! [`assay::gtin::Gtin14::parse`], which says what is wrong with it.

/// Sixteen digits as the characters that are printed; the number is the last fourteen.
pub(crate) type Digits = [u64; 2];

/// A valid number, which may be one of restricted circulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plain {
    /// The number without its check digit.
    pub(crate) payload: u64,
    /// Given by a shop or a coupon itself.
    pub(crate) restricted: bool,
    /// As it is printed.
    pub(crate) digits: Digits,
}

const ZEROS: u64 = 0x3030_3030_3030_3030;

/// The number in `bytes[start..end]`, where at least 16 bytes stand before `end`; none where it is not 8, 12, 13 or 14 digits
/// with the right check digit.
#[inline(always)]
pub(crate) fn plain(bytes: &[u8], start: usize, end: usize) -> Option<Plain> {
    let count = end.wrapping_sub(start);
    if count > 14 || (1u32 << count & (1 << 8 | 1 << 12 | 1 << 13 | 1 << 14)) == 0 {
        return None;
    }
    let sixteen = bytes.get(end.checked_sub(16)?..end)?.first_chunk::<16>()?;
    let (pair, _) = sixteen.as_chunks::<8>();
    // What stands before the cell is no part of it. With eight digits none of the upper half is.
    let upper =
        if count == 8 { 0 } else { (u64::from_le_bytes(pair[0]) ^ ZEROS) & (u64::MAX << ((16 - count) * 8)) };
    let lower = u64::from_le_bytes(pair[1]) ^ ZEROS;
    let beyond_nine =
        |digits: u64| (digits.wrapping_add(0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080;
    if beyond_nine(upper) | beyond_nine(lower) != 0 {
        return None;
    }
    // From the right the weights are 1 and 3 in turn. A byte of the sum holds two digits, a pair of bytes at most 72.
    let both = upper + lower;
    let pairs = (both >> 8 & 0x00ff_00ff_00ff_00ff) + (both & 0x00ff_00ff_00ff_00ff) * 3;
    let sum = pairs.wrapping_mul(0x0001_0001_0001_0001) >> 48;
    let number = eight(upper) * 100_000_000 + eight(lower);
    if sum % 10 != 0 || number == 0 {
        return None;
    }
    let digits = [upper | ZEROS, lower | ZEROS];
    Some(Plain { payload: number / 10, restricted: restricted(number), digits })
}

/// Eight digits as a number; the first byte is the highest digit.
#[inline(always)]
fn eight(digits: u64) -> u64 {
    let twos = (digits * 10).wrapping_add(digits >> 8);
    let high = (twos & 0x0000_00ff_0000_00ff).wrapping_mul(100 + (1_000_000 << 32));
    let low = (twos >> 16 & 0x0000_00ff_0000_00ff).wrapping_mul(1 + (10_000 << 32));
    high.wrapping_add(low) >> 32
}

/// Whether a number is of restricted circulation. The rule is [`assay::gtin::Gtin14::parse`]'s; a test holds the two together.
#[inline(always)]
fn restricted(number: u64) -> bool {
    if number < 100_000_000 {
        return matches!(number / 10_000_000, 0 | 2);
    }
    let prefix = number / 10_000_000_000 % 1_000;
    matches!(prefix, 20..=29 | 40..=59 | 200..=299 | 980..=999)
}

/// The number's fourteen characters.
#[inline(always)]
pub(crate) fn printed(digits: Digits) -> [u8; 16] {
    let mut all = [0; 16];
    all[..8].copy_from_slice(&digits[0].to_le_bytes());
    all[8..].copy_from_slice(&digits[1].to_le_bytes());
    all
}

/// The characters of a number that was read another way.
pub(crate) fn digits_of(number: u64) -> Digits {
    let text = format!("{number:016}");
    let pairs = text.as_bytes().as_chunks::<8>().0;
    [u64::from_le_bytes(pairs[0]), u64::from_le_bytes(pairs[1])]
}

#[cfg(test)]
mod tests {
    use assay::gtin::{Gtin14, GtinError};
    use proptest::prelude::*;

    use super::*;

    fn read(cell: &str) -> Option<Plain> {
        let all = format!("{:>40}{cell},", "7\"x");
        let end = all.len() - 1;
        plain(all.as_bytes(), end - cell.len(), end)
    }

    fn compare(cell: &str) -> Result<(), TestCaseError> {
        let Some(plain) = read(cell) else { return Ok(()) };
        let wanted = format!("{cell:0>14}");
        prop_assert_eq!(&printed(plain.digits)[2..], wanted.as_bytes());
        match Gtin14::parse(cell) {
            Ok(gtin) => {
                prop_assert!(!plain.restricted);
                prop_assert_eq!((gtin.payload(), digits_of(gtin.number())), (plain.payload, plain.digits));
            }
            Err(GtinError::RetailerOwned) => prop_assert!(plain.restricted),
            Err(other) => prop_assert!(false, "{cell}: {other}"),
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn plain_numbers_are_read_as_the_careful_reader_reads_them(body in "[0-9]{7,13}", check: bool) {
            let sum: u32 = body.bytes().rev().enumerate().map(|(at, d)| u32::from(d - b'0') * if at % 2 == 0 { 3 } else { 1 }).sum();
            let cell = format!("{body}{}", (10 - sum % 10) % 10);
            if check && matches!(cell.len(), 8 | 12 | 13 | 14) && cell.bytes().any(|b| b != b'0') {
                prop_assert!(read(&cell).is_some(), "{cell}");
            }
            compare(&cell)?;
            compare(&body)?;
        }

        #[test]
        fn what_is_not_plain_is_left_to_it(cell in "[0-9 x/:-]{0,20}") {
            if !cell.bytes().all(|b| b.is_ascii_digit()) {
                prop_assert_eq!(read(&cell), None);
            }
            compare(&cell)?;
        }
    }

    #[test]
    fn every_prefix_is_restricted_or_not_as_the_careful_reader_says() {
        for prefix in 0..1_000u64 {
            for (width, payload) in [(14, prefix * 1_000_000_000 + 123), (8, prefix * 10_000 + 77)] {
                let body = format!("{payload:0w$}", w = width - 1);
                let sum: u32 = body
                    .bytes()
                    .rev()
                    .enumerate()
                    .map(|(at, d)| u32::from(d - b'0') * if at % 2 == 0 { 3 } else { 1 })
                    .sum();
                compare(&format!("{body}{}", (10 - sum % 10) % 10)).unwrap();
            }
        }
    }
}
