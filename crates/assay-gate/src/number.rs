//! A GTIN out of a cell of plain digits: the shape of nearly every cell. Anything else is left to
//! [`assay::gtin::read_cell`], which mends what needs no guess and says what is wrong with the rest.

use assay::gtin::{GtinError, plain, restriction};

/// A number of sixteen characters, twice eight, the first of them in the uppermost byte; the GTIN is the last fourteen.
pub(crate) type Digits = [u64; 2];

/// A valid number, which may be one of restricted circulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plain {
    /// The number without its check digit.
    pub(crate) payload: u64,
    /// Why it is not the maker's, where a shop or a coupon gave it itself.
    pub(crate) restricted: Option<GtinError>,
    /// As it is printed.
    pub(crate) digits: Digits,
}

/// The number of a cell of 8, 12, 13 or 14 digits with the right check digit; none where it may also be something else.
#[inline(always)]
pub(crate) fn plain(bytes: &[u8], start: usize, end: usize) -> Option<Plain> {
    let cell = bytes.get(start..end)?;
    if cell.len() > 14 || (1u32 << cell.len() & (1 << 8 | 1 << 12 | 1 << 13 | 1 << 14)) == 0 {
        return None;
    }
    let plain::Digits { number, sum, text } = plain::read(cell)?;
    // Eight digits from 0 to 2 have several readings.
    if sum % 10 != 0 || number < 30_000_000 {
        return None;
    }
    Some(Plain { payload: number / 10, restricted: restriction(number), digits: text })
}

/// The characters of a number that was read another way.
pub(crate) fn digits_of(number: u64) -> Digits {
    let text = format!("{number:016}");
    let (eights, _) = text.as_bytes().as_chunks();
    [0, 1].map(|at| eights.get(at).map_or(0, |eight| u64::from_be_bytes(*eight)))
}

/// The fourteen characters of a GTIN, written at a place.
#[inline(always)]
pub(crate) fn write(out: &mut [u8], at: usize, [high, low]: Digits) -> usize {
    if let Some(to) = out.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<14>) {
        // The first two are zeros, and fall away.
        to[..8].copy_from_slice(&(high << 16).to_be_bytes());
        to[6..].copy_from_slice(&low.to_be_bytes());
    }
    at + 14
}

#[cfg(test)]
mod tests {
    use assay::gtin::{Gtin14, read_cell};
    use proptest::prelude::*;

    use super::*;

    fn read(cell: &str) -> Option<Plain> {
        let all = format!("7\"x,{cell},");
        plain(all.as_bytes(), 4, all.len() - 1)
    }

    fn compare(cell: &str) -> Result<(), TestCaseError> {
        let Some(plain) = read(cell) else { return Ok(()) };
        let wanted = format!("{cell:0>14}");
        let mut written = [0; 14];
        prop_assert_eq!(write(&mut written, 0, plain.digits), 14);
        prop_assert_eq!(&written, wanted.as_bytes());
        match read_cell(cell) {
            Ok(gtin) => {
                prop_assert_eq!(plain.restricted, None);
                prop_assert_eq!((gtin.payload(), digits_of(gtin.number())), (plain.payload, plain.digits));
            }
            Err(other) => prop_assert_eq!(plain.restricted, Some(other)),
        }
        Ok(())
    }

    fn with_check_digit(body: &str) -> String {
        let payload: u64 = body.parse().unwrap();
        format!("{body}{}", Gtin14::of_payload(payload).number() % 10)
    }

    proptest! {
        #[test]
        fn plain_numbers_are_read_as_the_careful_reader_reads_them(body in "[0-9]{7,13}") {
            let cell = with_check_digit(&body);
            if matches!(cell.len(), 12..=14) && cell.trim_start_matches('0').len() > 8 {
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
            for (width, payload) in [(13, prefix * 1_000_000_000 + 123), (7, prefix * 10_000 + 77)] {
                compare(&with_check_digit(&format!("{payload:0width$}"))).unwrap();
            }
        }
    }
}
