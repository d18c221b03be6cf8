//! GTIN: the number under a barcode. Parses what shops write (8, 12, 13 or 14 digits, lost leading zeros, spaces and
//! hyphens) into the one 14-digit form the register is keyed by, and says precisely why a text is not one.
//! Source of the rules: GS1 General Specifications, sections 1.4 (prefixes), 2.1 and 7.9 (check digit).

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A valid GTIN in its 14-digit form: digits only, check digit right, not a number of restricted circulation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gtin14(u64);

/// Why a text is not a GTIN that the register may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GtinError {
    /// Nothing, or a word for nothing.
    #[error("there is no GTIN")]
    Absent,
    /// Something other than digits, spaces and hyphens.
    #[error("a GTIN has digits only; mend the character at position {0}")]
    NotDigits(usize),
    /// A length no GTIN has (after which leading zeros cannot mend it).
    #[error("a GTIN has 8, 12, 13 or 14 digits, this has {0}")]
    Length(usize),
    /// The last digit does not follow from the others: a typing or scanning error.
    #[error("the check digit should be {expected}, it is {found}: compare the number with the barcode")]
    CheckDigit {
        /// What the other digits ask for.
        expected: u8,
        /// What stands there.
        found: u8,
    },
    /// GS1 prefixes 02, 04, 20 to 29 and 98/99, and UPC-A number systems 2, 4 and 5: numbers a shop or a coupon
    /// gives itself. They say nothing about the product outside that shop.
    #[error(
        "a number of restricted circulation (given by the shop itself, or a coupon), not the maker's GTIN"
    )]
    RetailerOwned,
}

impl Gtin14 {
    /// No number, and before every one in their order: where a range begins.
    pub(crate) const BEFORE: Self = Self(0);

    /// Parses what a person or a catalogue wrote. At most 14 digits, with spaces, hyphens and lost leading zeros mended.
    ///
    /// # Errors
    /// The reason, in the order a person would mend it: absent, not digits, length, check digit, restricted circulation.
    pub fn parse(text: &str) -> Result<Self, GtinError> {
        let mut digits = [0u8; 14];
        let mut count = 0usize;
        let text = text.trim();
        for (at, c) in text.char_indices() {
            match c {
                '0'..='9' => {
                    if let Some(slot) = digits.get_mut(count) {
                        *slot = c as u8 - b'0';
                    }
                    count += 1;
                }
                ' ' | '\u{a0}' => {}
                // Between digits a hyphen is a way of writing; before them it is a minus sign.
                '-' if count > 0 => {}
                _ => return Err(GtinError::NotDigits(at + 1)),
            }
        }
        if count == 0 {
            return Err(GtinError::Absent);
        }
        if count > 14 {
            return Err(GtinError::Length(count));
        }
        Self::from_digits(&digits[..count])
    }

    /// `digits` are values 0 to 9, at most 14 of them.
    fn from_digits(digits: &[u8]) -> Result<Self, GtinError> {
        // Spreadsheets drop leading zeros. The check digit is counted from the right, so padding does not disturb it,
        // and a text of 8 to 14 digits has one reading only. Fewer than 8 is no shortened GTIN but some other number:
        // a GTIN-8 that starts with 0, and a UPC-A that starts with five, are numbers of restricted circulation.
        if digits.len() < 8 {
            return Err(GtinError::Length(digits.len()));
        }
        let mut padded = [0u8; 14];
        padded[14 - digits.len()..].copy_from_slice(digits);
        if padded == [0; 14] {
            return Err(GtinError::Absent);
        }
        let expected = check_digit(&padded[..13]);
        if padded[13] != expected {
            return Err(GtinError::CheckDigit { expected, found: padded[13] });
        }
        if restricted(&padded) {
            return Err(GtinError::RetailerOwned);
        }
        Ok(Self(padded.iter().fold(0, |n, d| n * 10 + u64::from(*d))))
    }

    /// Takes the number back out of a signed record. The same rules hold as in [`Gtin14::parse`].
    ///
    /// # Errors
    /// As [`Gtin14::parse`].
    pub fn from_number(n: u64) -> Result<Self, GtinError> {
        Self::parse(&format!("{n:014}"))
    }

    /// Takes the number back out of a snapshot for one shop's own use, which may hold numbers of restricted circulation
    /// where `own_numbers` says so. None where it is no GTIN.
    pub(crate) fn from_snapshot(n: u64, own_numbers: bool) -> Option<Self> {
        let gtin = Self::of_payload(n / 10);
        (n < 100_000_000_000_000 && gtin.0 == n && (own_numbers || Self::from_number(n).is_ok()))
            .then_some(gtin)
    }

    /// The number without its check digit: 13 digits. No two GTINs have the same.
    #[inline]
    #[must_use]
    pub fn payload(self) -> u64 {
        self.0 / 10
    }

    /// The number of which this is all but the check digit, below 10^13. Whether it may stand for a product is for the
    /// caller to know: it comes out of a signed snapshot.
    #[must_use]
    pub fn of_payload(payload: u64) -> Self {
        let (mut rest, mut sum, mut weight) = (payload, 0, 3);
        while rest > 0 {
            sum += rest % 10 * weight;
            rest /= 10;
            weight = 4 - weight;
        }
        Self(payload * 10 + (10 - sum % 10) % 10)
    }

    /// The number, at most 10^14 - 1.
    #[must_use]
    pub fn number(self) -> u64 {
        self.0
    }
}

/// The GS1 mod-10 check digit of the digits before it (weights 3, 1, 3, … from the right).
fn check_digit(digits: &[u8]) -> u8 {
    let sum: u32 =
        digits.iter().rev().enumerate().map(|(i, d)| u32::from(*d) * if i % 2 == 0 { 3 } else { 1 }).sum();
    u8::try_from((10 - sum % 10) % 10).expect("a remainder of ten fits a byte")
}

/// Whether the number is one that a shop, a coupon or a company gives itself.
/// In a GTIN-8 the prefixes 0 and 2; else the first digits of the GTIN-13 inside.
fn restricted(padded: &[u8; 14]) -> bool {
    if padded[..6] == [0; 6] {
        return matches!(padded[6], 0 | 2);
    }
    // An indicator digit 1 to 8 groups the same item; 9 is a variable measure: either way the item's prefix follows.
    let prefix = u16::from(padded[1]) * 100 + u16::from(padded[2]) * 10 + u16::from(padded[3]);
    matches!(prefix, 20..=29 | 40..=59 | 200..=299 | 980..=999)
}

impl fmt::Display for Gtin14 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:014}", self.0)
    }
}

impl fmt::Debug for Gtin14 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gtin14({self})")
    }
}

impl std::str::FromStr for Gtin14 {
    type Err = GtinError;

    fn from_str(text: &str) -> Result<Self, GtinError> {
        Self::parse(text)
    }
}

impl Serialize for Gtin14 {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Gtin14 {
    /// Signed bytes hold the 14-digit form only, so that a number has one spelling.
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        let gtin = Self::parse(&text).map_err(serde::de::Error::custom)?;
        if gtin.to_string() == text {
            Ok(gtin)
        } else {
            Err(serde::de::Error::custom("a GTIN is written with 14 digits"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, wanted: Result<&str, GtinError>) {
        assert_eq!(Gtin14::parse(text).map(|g| g.to_string()), wanted.map(str::to_owned), "{text:?}");
    }

    #[test]
    fn every_length_becomes_fourteen_digits() {
        check("4006381333931", Ok("04006381333931"));
        check("04006381333931", Ok("04006381333931"));
        check("10012345678902", Ok("10012345678902"));
        check("036000291452", Ok("00036000291452"));
        check("96385074", Ok("00000096385074"));
    }

    #[test]
    fn lost_leading_zeros_spaces_and_hyphens_are_mended() {
        check("36000291452", Ok("00036000291452"));
        check(" 4-006381 333931 ", Ok("04006381333931"));
        check("4006381\u{a0}333931", Ok("04006381333931"));
    }

    #[test]
    fn faults_are_named() {
        check("", Err(GtinError::Absent));
        check("   ", Err(GtinError::Absent));
        check("-4006381333931", Err(GtinError::NotDigits(1)));
        check("00000000000000", Err(GtinError::Absent));
        check("40063813A3931", Err(GtinError::NotDigits(9)));
        check("4.00638E+12", Err(GtinError::NotDigits(2)));
        check("1234565", Err(GtinError::Length(7)));
        check("123456789012345", Err(GtinError::Length(15)));
        check("4006381333932", Err(GtinError::CheckDigit { expected: 1, found: 2 }));
    }

    #[test]
    fn numbers_a_shop_gives_itself_are_not_the_makers() {
        for text in
            ["2000000000008", "2999999999991", "0200000000004", "0400000000008", "9900000000004", "20000004"]
        {
            check(text, Err(GtinError::RetailerOwned));
        }
    }

    proptest::proptest! {
        #[test]
        fn one_changed_digit_is_always_noticed(body in proptest::collection::vec(0u8..10, 12), at in 0usize..13, by in 1u8..10) {
            let mut digits = body;
            digits.push(check_digit(&digits));
            digits[at] = (digits[at] + by) % 10;
            let text: String = digits.iter().map(|d| char::from(b'0' + d)).collect();
            let refused = matches!(Gtin14::parse(&text), Err(GtinError::CheckDigit { .. } | GtinError::Absent));
            proptest::prop_assert!(refused, "{text}");
        }

        #[test]
        fn any_text_is_answered(text in ".{0,40}") {
            if let Ok(gtin) = Gtin14::parse(&text) {
                proptest::prop_assert_eq!(Gtin14::parse(&gtin.to_string()), Ok(gtin));
            }
        }
    }
}
