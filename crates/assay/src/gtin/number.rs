//! One number as people and programs write it: digits with blanks, hyphens and invisible characters between them, a float's
//! tail, or scientific notation. What several numbers in one cell mean is [`super::cell`]'s business.

use super::signs::{digit, is_hyphen, is_passed_over};
use super::{Gtin14, GtinError, book, is_right, upc_e};

/// Most digits of a number that are kept. The longest that is mended has 14 with zeros in front of them.
const MOST: usize = 32;

/// Reads one number. The position within [`GtinError::NotDigits`] is a byte of `text`, counted from 0.
pub(super) fn read(text: &str) -> Result<Gtin14, GtinError> {
    let mut digits = Digits::default();
    // How many digits stand before the decimal point, and where it is.
    let mut point: Option<(usize, usize)> = None;
    let mut hyphens = Hyphens::default();
    let mut rest = text.char_indices();
    while let Some((at, c)) = rest.next() {
        if let Some(digit) = digit(c) {
            hyphens.open = None;
            digits.push(digit);
            continue;
        }
        let between = digits.count > 0 && point.is_none();
        match c {
            _ if is_passed_over(c) => {}
            // Before the digits a hyphen is a minus sign.
            _ if is_hyphen(c) && between => hyphens.add(at, digits.count),
            '.' | ',' if between && hyphens.open.is_none() => point = Some((digits.count, at)),
            'e' | 'E' if digits.count > 0 && hyphens.open.is_none() => {
                let whole = point.map_or(digits.count, |(whole, _)| whole);
                return match exponent(rest.as_str()) {
                    Some(exponent) => {
                        scientific(&digits, whole, exponent).unwrap_or(Err(GtinError::NotDigits(at)))
                    }
                    None => Err(GtinError::NotDigits(at)),
                };
            }
            'x' | 'X' if between && rest.as_str().chars().all(is_passed_over) => {
                return Err(if digits.is_book(10) {
                    GtinError::BookNumber
                } else {
                    GtinError::NotDigits(at)
                });
            }
            _ => return Err(GtinError::NotDigits(at)),
        }
    }
    match (hyphens.open, point) {
        // Something was cut off behind it.
        (Some(at), _) => Err(GtinError::NotDigits(at)),
        (None, None) => of_digits(digits.kept(), digits.count, hyphens.is_issn()),
        (None, Some((whole, _))) if digits.all_zero_from(whole) => {
            of_digits(digits.kept().get(..whole).unwrap_or(digits.kept()), whole, hyphens.is_issn())
        }
        (None, Some((_, at))) => Err(GtinError::NotDigits(at)),
    }
}

/// What stands behind the `E`: a sign, if any, and one to three digits.
fn exponent(text: &str) -> Option<isize> {
    let shown: String = text.chars().filter(|c| !is_passed_over(*c)).take(5).collect();
    let unsigned = shown.strip_prefix(['+', '-']).unwrap_or(&shown);
    let right = (1..=3).contains(&unsigned.len()) && unsigned.bytes().all(|b| b.is_ascii_digit());
    if right { shown.parse().ok() } else { None }
}

/// A mantissa with `whole` digits before its point. It still is the number if it has a digit for every place; else the last
/// ones are lost, and zeros in their place would be a guess. None if the number is not as long as a GTIN: then the `E` is a
/// letter of something else.
fn scientific(digits: &Digits, whole: usize, exponent: isize) -> Option<Result<Gtin14, GtinError>> {
    let places = whole.checked_add_signed(exponent).filter(|places| *places >= 8)?;
    let kept = match digits.kept().get(..places) {
        Some(kept) if digits.all_zero_from(places) => of_digits(kept, places, false),
        _ => Err(GtinError::Damaged),
    };
    Some(kept)
}

/// `count` digits, of which the first ones were kept.
fn of_digits(kept: &[u8], count: usize, spelt_as_issn: bool) -> Result<Gtin14, GtinError> {
    let value = kept.iter().fold(0u64, |n, digit| n.saturating_mul(10).saturating_add(u64::from(*digit)));
    if count == 0 {
        return Err(GtinError::Absent);
    }
    // More than fourteen digits are a GTIN with zeros in front, or none.
    if count > kept.len() || value > Gtin14::MOST {
        return Err(GtinError::Length(count));
    }
    if value == 0 {
        return Err(GtinError::Absent);
    }
    match count {
        ..8 => Err(GtinError::Length(count)),
        8 => eight(kept, value, spelt_as_issn),
        // An American number that lost two or three zeros could be an ISBN-10 as well, and nothing tells which.
        9 | 10 if book::is_right(kept) => Err(GtinError::BookNumber),
        _ => Gtin14::from_number(value),
    }
}

/// Eight digits: a GTIN-8 or a shop's own number, the short form of an American number, or an ISSN.
fn eight(digits: &[u8], value: u64, spelt_as_issn: bool) -> Result<Gtin14, GtinError> {
    let as_gtin = Gtin14::from_number(value);
    let right = !matches!(as_gtin, Err(GtinError::CheckDigit { .. }));
    let long = digits.try_into().ok().and_then(upc_e::expand).filter(|long| is_right(*long));
    let issn = book::is_right(digits);
    match (right, long) {
        // 1234-5679 is how ISO 3297 writes an ISSN, while eight digits under a barcode have no hyphen.
        _ if issn && spelt_as_issn => Err(GtinError::BookNumber),
        // Right in both readings: a shop's own number or the maker's.
        (true, Some(long)) => Err(GtinError::ShortUpc(long)),
        (true, None) => as_gtin,
        (false, _) if issn => Err(GtinError::BookNumber),
        // GS1 defines the short form for number system 0 only.
        (false, Some(long)) if digits.first() == Some(&0) => Gtin14::from_number(long),
        (false, Some(long)) => Err(GtinError::ShortUpc(long)),
        (false, None) => as_gtin,
    }
}

/// The digits of a number, the first ones kept and all counted.
#[derive(Default)]
struct Digits {
    kept: [u8; MOST],
    count: usize,
    /// After the last digit that is no zero.
    zeros_from: usize,
}

impl Digits {
    fn push(&mut self, digit: u8) {
        if let Some(slot) = self.kept.get_mut(self.count) {
            *slot = digit;
        }
        self.count += 1;
        if digit > 0 {
            self.zeros_from = self.count;
        }
    }

    fn kept(&self) -> &[u8] {
        self.kept.get(..self.count).unwrap_or(&self.kept)
    }

    fn all_zero_from(&self, place: usize) -> bool {
        self.zeros_from <= place
    }

    /// Whether these digits and a check character of this value are an ISBN-10 or an ISSN.
    fn is_book(&self, check: u8) -> bool {
        matches!(self.count, 7 | 9) && book::is_right(&[self.kept(), &[check]].concat())
    }
}

/// Where hyphens stand.
#[derive(Default)]
struct Hyphens {
    count: usize,
    /// Digits before the last one.
    after: usize,
    /// The place of the first one that no digit follows yet.
    open: Option<usize>,
}

impl Hyphens {
    fn add(&mut self, at: usize, digits: usize) {
        self.count += 1;
        self.after = digits;
        self.open.get_or_insert(at);
    }

    fn is_issn(&self) -> bool {
        self.count == 1 && self.after == 4
    }
}
