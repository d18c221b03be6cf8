//! GTIN: the number under a barcode, in the one 14-digit form that the register is keyed by, and why a text is not one.
//! Source of the rules: GS1 General Specifications, sections 1.4 (prefixes), 2.1 and 7.9 (check digit).
//!
//! There are two readers. Who takes which is decided once, here:
//!
//! - [`read_cell`] reads what shops write in their catalogues and mends what needs no guess. The gate alone takes it, for a row
//!   of a CSV or JSON file; no number becomes registered by it.
//! - [`Gtin14::parse`] reads one number that somebody names: 8 to 14 digits, with blanks and hyphens. It is the reader of case
//!   folders (`gtins` in `product.toml`, of which the maker signs the result), of commands (`assay label`, `--gtin`, through
//!   `FromStr`), of the register's search and of `?gtin=` in its addresses. A person sees the refusal at once and types the
//!   number again, so that nothing has to be mended, and a maker's number is never derived from another spelling.
//! - Stricter still: an address `/01/…` of the register takes digits alone, a GS1 Digital Link of ours fourteen digits (a short
//!   GTIN of an old link is read by `parse` after its digits were seen), and `Deserialize` of signed bytes exactly the
//!   fourteen digits that `Display` writes.

mod book;
mod cell;
#[cfg(test)]
mod differential;
mod nothing;
mod number;
pub mod plain;
mod signs;
mod upc_e;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use self::cell::read_cell;

/// A valid GTIN in its 14-digit form: digits only, check digit right. Not a number of restricted circulation, but for those that
/// [`Gtin14::with_restricted`] made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Gtin14(u64);

/// Why a text is not a GTIN that the register may know. The last five are said of cells alone, by [`read_cell`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GtinError {
    /// Nothing, zeros only, or in a cell a word for nothing.
    #[error("there is no GTIN: take the number from the barcode")]
    Absent,
    /// Something that is no digit and no way of writing one. Where, counted from 1.
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
    /// GS1 prefixes 02, 04 and 20 to 29, UPC-A number systems 2 and 4, and GTIN-8 from 0 and 2: numbers a shop gives itself.
    /// They say nothing about the product outside that shop.
    #[error(
        "a number of restricted circulation, given by the shop itself: look for the maker's barcode on the pack"
    )]
    RetailerOwned,
    /// GS1 prefixes 05 (coupons of North America in the past, kept free since), 980 (refund receipts), 981 to 984 (coupons of a
    /// common currency area), 985 to 989 (given to nobody) and 99 (coupons).
    #[error("the number of a coupon or a refund receipt: look for the barcode on the product's own pack")]
    Coupon,
    /// Scientific notation without a digit for every place: which ones are lost cannot be told.
    #[error(
        "the spreadsheet's short form has lost digits: format the column as text or as a whole number and export it again"
    )]
    Damaged,
    /// Eight digits that may be the short form of an American number, by UPC-E, and something else as well.
    #[error(
        "these eight digits may be the short form (UPC-E) of {0:012}: write all digits, from the pack or the maker"
    )]
    ShortUpc(u64),
    /// The check character is that of an ISBN-10 or ISSN.
    #[error(
        "this is, or could be, the ISBN or ISSN of a book or periodical: write all 12 or 13 digits under the barcode"
    )]
    BookNumber,
    /// Numbers that are not the same, and how many stand there.
    #[error("the cell holds {0} numbers that are not the same: keep the one of this product")]
    Several(usize),
}

impl Gtin14 {
    /// No number, and before every one in their order: where a range begins.
    pub(crate) const BEFORE: Self = Self(0);

    /// Fourteen digits.
    const MOST: u64 = 99_999_999_999_999;

    /// Parses one number that somebody names. At most 14 digits, with spaces, hyphens and lost leading zeros mended. For the
    /// cells of a catalogue see [`read_cell`].
    ///
    /// # Errors
    /// The reason, in the order a person would mend it: absent, not digits, length, check digit, restricted circulation.
    pub fn parse(text: &str) -> Result<Self, GtinError> {
        let (mut number, mut count) = (0u64, 0usize);
        let text = text.trim();
        for (at, c) in text.char_indices() {
            match c {
                '0'..='9' => {
                    number = number.saturating_mul(10).saturating_add(u64::from(c) - u64::from('0'));
                    count += 1;
                }
                ' ' | '\u{a0}' => {}
                // Between digits a hyphen is a way of writing; before them it is a minus sign.
                '-' if count > 0 => {}
                _ => return Err(GtinError::NotDigits(at + 1)),
            }
        }
        match count {
            0 => Err(GtinError::Absent),
            // Spreadsheets drop leading zeros. The check digit is counted from the right, so padding does not disturb it,
            // and a text of 8 to 14 digits has one reading only. Fewer than 8 is no shortened GTIN but some other number:
            // a GTIN-8 that starts with 0, and a UPC-A that starts with five, are numbers of restricted circulation.
            8..=14 => Self::from_number(number),
            _ => Err(GtinError::Length(count)),
        }
    }

    /// Takes the number back out of a signed record. The same rules hold as in [`Gtin14::parse`].
    ///
    /// # Errors
    /// As [`Gtin14::parse`].
    pub fn from_number(n: u64) -> Result<Self, GtinError> {
        Self::with_restricted(n)?;
        Self::unless_restricted(n)
    }

    /// A number of a right length with a right check digit, also one of restricted circulation: for a snapshot made for one
    /// shop's own use, whose own numbers mean something within it; never for a register.
    ///
    /// # Errors
    /// Absent, length or check digit.
    pub fn with_restricted(n: u64) -> Result<Self, GtinError> {
        if n == 0 {
            return Err(GtinError::Absent);
        }
        if n > Self::MOST {
            return Err(GtinError::Length(n.to_string().len()));
        }
        let expected = check_digit(n / 10);
        let found = u8::try_from(n % 10).expect("a remainder of ten fits a byte");
        if found == expected { Ok(Self(n)) } else { Err(GtinError::CheckDigit { expected, found }) }
    }

    /// `n` has at most 14 digits, the last of which is right.
    fn unless_restricted(n: u64) -> Result<Self, GtinError> {
        if n == 0 {
            return Err(GtinError::Absent);
        }
        restriction(n).map_or(Ok(Self(n)), Err)
    }

    /// Takes the number back out of a snapshot, which may hold numbers of restricted circulation where `own_numbers` says so.
    /// None where it is no GTIN.
    pub(crate) fn from_snapshot(n: u64, own_numbers: bool) -> Option<Self> {
        if own_numbers { Self::with_restricted(n).ok() } else { Self::from_number(n).ok() }
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
        Self(payload * 10 + u64::from(check_digit(payload)))
    }

    /// The number, at most 10^14 - 1.
    #[must_use]
    pub fn number(self) -> u64 {
        self.0
    }

    /// Whether the number is one that a shop, a company or a coupon gives itself. No other constructor than
    /// [`Gtin14::with_restricted`] makes such numbers. Source: GS1 General Specifications, section 1.4.
    #[must_use]
    pub fn is_restricted(self) -> bool {
        restriction(self.0).is_some()
    }

    /// Whether the number is that of a periodical (GS1 prefix 977, ISSN), a book or printed music (978 and 979, ISBN and ISMN).
    /// It is a GTIN like every other, and hardly of a product that connects. Source: GS1 General Specifications, section 1.4.
    #[must_use]
    pub fn is_publication(self) -> bool {
        matches!(prefix(self.0), 977..=979)
    }
}

/// The number of a text that was refused for being one that a shop or a coupon gave itself, for a snapshot that may hold such
/// numbers; none where the text is at fault otherwise.
#[must_use]
pub fn given_by_a_shop(text: &str, fault: GtinError) -> Option<Gtin14> {
    if !matches!(fault, GtinError::RetailerOwned | GtinError::Coupon) {
        return None;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.parse().ok().and_then(|number| Gtin14::with_restricted(number).ok())
}

/// The GS1 mod-10 check digit of the digits before it (weights 3, 1, 3, … from the right).
fn check_digit(mut before: u64) -> u8 {
    let (mut sum, mut weight) = (0, 3);
    while before > 0 {
        sum += before % 10 * weight;
        before /= 10;
        weight = 4 - weight;
    }
    u8::try_from((10 - sum % 10) % 10).expect("a remainder of ten fits a byte")
}

/// Whether the last digit follows from those before it.
fn is_right(n: u64) -> bool {
    u64::from(check_digit(n / 10)) == n % 10
}

/// The first three digits of the GTIN-13 inside. An indicator digit 1 to 8 before them groups the same item; 9 is a variable
/// measure: either way the item's prefix follows. A GTIN-8 has zeros there.
fn prefix(n: u64) -> u64 {
    n / 10_000_000_000 % 1_000
}

/// Why a number is not the maker's, if it is one that a shop, a coupon or a company gives itself. In a GTIN-8 the first digits
/// 0 and 2 say so; else the prefix.
#[inline(always)]
#[must_use]
pub fn restriction(n: u64) -> Option<GtinError> {
    if n < 100_000_000 {
        return matches!(n / 10_000_000, 0 | 2).then_some(GtinError::RetailerOwned);
    }
    match prefix(n) {
        20..=29 | 40..=49 | 200..=299 => Some(GtinError::RetailerOwned),
        50..=59 | 980..=999 => Some(GtinError::Coupon),
        _ => None,
    }
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
        for text in [
            "2000000000008",
            "2999999999991",
            "0200000000004",
            "0400000000008",
            "04999997",
            "20000004",
            "12000000000005",
        ] {
            check(text, Err(GtinError::RetailerOwned));
        }
        for text in ["0512345678900", "9800000000007", "9841234567898", "9901234567899", "9851234567897"] {
            check(text, Err(GtinError::Coupon));
        }
    }

    #[test]
    fn restricted_numbers_exist_for_a_shops_own_snapshot_only() {
        for n in [2_000_000_000_008, 20_000_004, 9_800_000_000_007] {
            assert!(Gtin14::with_restricted(n).unwrap().is_restricted(), "{n}");
            assert!(Gtin14::from_number(n).is_err(), "{n}");
        }
        let makers = Gtin14::with_restricted(4_006_381_333_931).unwrap();
        assert!(!makers.is_restricted());
        assert_eq!(Gtin14::from_number(4_006_381_333_931), Ok(makers));
        let refused = [
            (0, GtinError::Absent),
            (4_006_381_333_932, GtinError::CheckDigit { expected: 1, found: 2 }),
            (100_000_000_000_000, GtinError::Length(15)),
            (u64::MAX, GtinError::Length(20)),
        ];
        for (n, why) in refused {
            assert_eq!(Gtin14::with_restricted(n), Err(why));
            assert_eq!(Gtin14::from_number(n), Err(why));
        }
    }

    #[test]
    fn books_and_periodicals_have_gtins_that_can_be_told() {
        for (text, is) in [
            ("9780306406157", true),
            ("9790060115615", true),
            ("9772049363002", true),
            ("19780306406154", true),
            ("4006381333931", false),
            ("96385074", false),
            ("97700005", false),
        ] {
            assert_eq!(Gtin14::parse(text).map(Gtin14::is_publication), Ok(is), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn one_changed_digit_is_always_noticed(body in proptest::collection::vec(0u8..10, 12), at in 0usize..13, by in 1u8..10) {
            let mut digits = body;
            digits.push(check_digit(digits.iter().fold(0, |n, d| n * 10 + u64::from(*d))));
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
