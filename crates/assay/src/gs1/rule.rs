//! What the content of a value must be beyond its characters. Source: GS1 Barcode Syntax Dictionary and the sections of the
//! GS1 General Specifications that it names (check digits 7.9, dates 7.12, the rest with each identifier).

use jiff::civil::Date;

use super::code;
use super::value::place_in_82;

macro_rules! rules {
    ($($(#[doc = $doc:literal])* $variant:ident $name:literal $check:expr, $why:literal;)*) => {
        /// A rule by its word in the data file.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Rule {
            $($(#[doc = $doc])* $variant,)*
        }

        impl Rule {
            pub(super) fn parse(word: &str) -> Option<Self> {
                match word {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// Whether a part of a value, of the right characters and length, keeps the rule; else why not.
            pub(super) fn check(self, text: &str) -> Result<(), &'static str> {
                match self {
                    $(Self::$variant => {
                        let kept: fn(&str) -> bool = $check;
                        if kept(text) { Ok(()) } else { Err($why) }
                    })*
                }
            }
        }
    };
}

rules! {
    /// The last digit follows from the others.
    Check "check" has_check_digit, "has a wrong check digit: compare it with the barcode";
    /// The last two characters follow from the others.
    CheckPair "check-pair" has_check_pair, "has wrong check characters at its end";
    /// A company's prefix begins it. The shortest has four digits; who owns which is not known here.
    Prefix "prefix" |t| begins_with_prefix(t, 0), "does not begin with a GS1 company prefix of at least four digits";
    /// The same after an indicator or extension digit.
    PrefixAfterOne "prefix-after-one" |t| begins_with_prefix(t, 1), "has no GS1 company prefix after its first digit";
    /// `YYMMDD`.
    Date "date" |t| is_short_date(t, false), "is no date (year, month and day, two digits each)";
    /// The same, with day `00` for a whole month.
    DateOrMonth "date-or-month" |t| is_short_date(t, true), "is no date (year, month and day, two digits each; day 00 for a month)";
    /// `YYYYMMDD`.
    FullDate "full-date" is_full_date, "is no date (a year of four digits, then month and day)";
    /// `HHMM`.
    Time "time" |t| number(t, 0..2) < 24 && number(t, 2..4) < 60, "is no time of day";
    /// `HH`.
    Hour "hour" |t| number(t, 0..2) < 24, "has no such hour";
    /// `MM`.
    Minute "minute" |t| number(t, 0..2) < 60, "has no such minute";
    /// `SS`.
    Second "second" |t| number(t, 0..2) < 60, "has no such second";
    /// ISO 4217.
    Currency "currency" code::is_currency, "names no currency (three digits of ISO 4217)";
    /// ISO 3166, digits.
    Country "country" code::is_country, "names no country (three digits of ISO 3166)";
    /// The same, or none in particular.
    CountryOr999 "country-or-999" |t| t == "999" || code::is_country(t), "names no country (three digits of ISO 3166, or 999)";
    /// ISO 3166, letters.
    CountryLetters "country-letters" code::is_country_letters, "names no country (two letters of ISO 3166)";
    /// ISO 5218.
    Sex "sex" |t| matches!(t, "0" | "1" | "2" | "9"), "is none of 0, 1, 2 and 9";
    /// A flag.
    YesNo "yes-no" |t| matches!(t, "0" | "1"), "is neither 0 nor 1";
    /// The way a roll is wound.
    Winding "winding" |t| matches!(t, "0" | "1" | "9"), "is none of 0, 1 and 9";
    /// A minus sign.
    Hyphen "hyphen" |t| t == "-", "ends in something other than a hyphen";
    /// Zeros only.
    Zero "zero" |t| t.bytes().all(|b| b == b'0'), "does not begin with a zero";
    /// Not zeros only.
    NotZero "not-zero" |t| t.bytes().any(|b| b != b'0'), "is zero where it may not be";
    /// No zero in front.
    NoZeroFirst "no-zero-first" |t| t == "0" || !t.starts_with('0'), "begins with a zero";
    /// Tenths of a millionth of a degree, from the south pole.
    Latitude "latitude" |t| t.parse::<u64>().is_ok_and(|n| n <= 1_800_000_000), "is no latitude";
    /// The same, eastwards from 180 degrees west.
    Longitude "longitude" |t| t.parse::<u64>().is_ok_and(|n| n <= 3_600_000_000), "is no longitude";
    /// An account.
    Iban "iban" is_iban, "is no account number (IBAN) with a right checksum";
    /// Who imports, in the EU's system for tobacco.
    Importer "importer" |t| t.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')), "has no importer index at its end";
    /// What a band or card of a person is.
    Medium "medium" |t| matches!(number(t, 0..2), 1..=10 | 80..=99), "is no kind of medium that is in use";
    /// `0102`: the first of two.
    PieceOfTotal "piece-of-total" is_piece_of_total, "counts a piece that its total does not have";
    /// `1/2`: the first of two.
    PlaceInRow "place-in-row" is_place_in_row, "is not a place and an end, as 1/3";
    /// Text that is encoded once more.
    PercentEncoded "percent-encoded" is_percent_encoded, "is not percent-encoded text";
    /// At most two signs that fill up, and at the end.
    Padding "padding" |t| {
        let bare = t.trim_end_matches('=');
        t.len() - bare.len() <= 2 && !bare.is_empty() && !bare.contains('=')
    }, "has `=` where base64url has none";
}

/// A number of a few digits; the caller's rule stands behind a part of digits of that length.
fn number(text: &str, range: std::ops::Range<usize>) -> u32 {
    text.get(range).and_then(|t| t.parse().ok()).unwrap_or(u32::MAX)
}

/// Weights 3, 1, 3, … from the right, as in a GTIN.
fn has_check_digit(text: &str) -> bool {
    let sum: u32 = text
        .bytes()
        .rev()
        .zip([1, 3].into_iter().cycle())
        .map(|(b, weight)| u32::from(b - b'0') * weight)
        .sum();
    sum.is_multiple_of(10)
}

/// Each character's place among the 82, weighted with the prime numbers from the right, modulo 1021, in two halves.
fn has_check_pair(text: &str) -> bool {
    const PAIR: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    const PRIMES: [u32; 23] =
        [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83];
    let Some((body, pair)) = text.len().checked_sub(2).and_then(|at| text.split_at_checked(at)) else {
        return false;
    };
    if body.len() > PRIMES.len() {
        return false;
    }
    let weighed = body.chars().rev().zip(PRIMES).map(|(c, prime)| place_in_82(c).map(|place| place * prime));
    let Some(sum) = weighed.sum::<Option<u32>>() else { return false };
    let sum = sum % 1021;
    let wanted = [PAIR[(sum / 32) as usize], PAIR[(sum % 32) as usize]];
    pair.as_bytes() == wanted
}

fn begins_with_prefix(text: &str, at: usize) -> bool {
    text.get(at..at + 4).is_some_and(|four| four.bytes().all(|b| b.is_ascii_digit()))
}

/// Two digits stand for a year of this century or the last; the calendar of both agrees but for 1900.
fn is_short_date(text: &str, whole_months: bool) -> bool {
    let (month, day) = (number(text, 2..4), number(text, 4..6));
    let day = if whole_months && day == 0 { 1 } else { day };
    is_day(2000 + number(text, 0..2).min(99), month, day)
}

fn is_full_date(text: &str) -> bool {
    is_day(number(text, 0..4), number(text, 4..6), number(text, 6..8))
}

fn is_day(year: u32, month: u32, day: u32) -> bool {
    let parts = (i16::try_from(year), i8::try_from(month), i8::try_from(day));
    matches!(parts, (Ok(y), Ok(m), Ok(d)) if Date::new(y, m, d).is_ok())
}

fn is_piece_of_total(text: &str) -> bool {
    let (piece, total) = (number(text, 0..2), number(text, 2..4));
    (1..=total).contains(&piece)
}

fn is_place_in_row(text: &str) -> bool {
    let plain = |t: &str| {
        let whole = !t.starts_with('0') && t.bytes().all(|b| b.is_ascii_digit());
        if whole { t.parse::<u64>().ok() } else { None }
    };
    text.split_once('/')
        .and_then(|(place, end)| Some((plain(place)?, plain(end)?)))
        .is_some_and(|(place, end)| place <= end)
}

fn is_percent_encoded(text: &str) -> bool {
    text.split('%')
        .skip(1)
        .all(|after| after.get(..2).is_some_and(|two| two.bytes().all(|b| b.is_ascii_hexdigit())))
}

/// ISO 13616: the first four characters moved to the end, letters as numbers from 10, the remainder by 97 is one.
fn is_iban(text: &str) -> bool {
    if !(11..=34).contains(&text.len()) || !text.get(..2).is_some_and(code::is_country_letters) {
        return false;
    }
    let (head, body) = text.split_at(4);
    let mut rest = 0u32;
    for b in body.bytes().chain(head.bytes()) {
        rest = match b {
            b'0'..=b'9' => rest * 10 + u32::from(b - b'0'),
            b'A'..=b'Z' => rest * 100 + u32::from(b - b'A') + 10,
            _ => return false,
        } % 97;
    }
    rest == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each rule by its word, with values that keep it and values that do not.
    #[test]
    fn rules_know_what_keeps_them() {
        for (word, kept, broken) in [
            ("check", "12312312312333 614141123452 0000", "12312312312334"),
            (
                "check-pair",
                "1987654Ad4X4bL5ttr2310c2K 22 !22 00000!HV 12345678901234567890123NT",
                "33 2 1987654Ad4X4bL5ttr2310cXK 22XY",
            ),
            ("prefix", "0123 0123A", "012 01A3"),
            ("prefix-after-one", "X0123", "0X123 0123"),
            ("date", "301231 240229 000229", "300230 301300 301200 230229"),
            ("date-or-month", "301200 301231", "301300 300230"),
            ("full-date", "20240229 19000228", "19000229 20241301"),
            ("time", "0000 2359", "2400 2360"),
            ("currency", "826 978", "000"),
            ("country-or-999", "826 999", "998"),
            ("country-letters", "GB MU", "XX gb"),
            ("no-zero-first", "0 10", "01 00"),
            ("latitude", "1800000000", "1800000001"),
            ("longitude", "3600000000", "3600000001"),
            (
                "iban",
                "GB98MIDL07009312345678 BE71096123456769",
                "BE71096123456760 XX361234567890 BE71 GB98midl07009312345678",
            ),
            ("piece-of-total", "0101 0102 9999", "0002 0201 0000"),
            ("place-in-row", "1/1 9/10 998/999", "0/1 1/0 01/2 2/1 10/9 1 /1 1/ 1//2 x/y"),
            ("percent-encoded", "a a%20b %ff", "% a%2 a%2g"),
            ("medium", "01 10 80 99", "00 11 79"),
            ("padding", "YQ== YWI= YWJj", "= Y=Q Y==="),
        ] {
            let rule = Rule::parse(word).unwrap();
            for text in kept.split(' ') {
                assert_eq!(rule.check(text), Ok(()), "{word}: {text}");
            }
            for text in broken.split(' ') {
                assert!(rule.check(text).is_err(), "{word}: {text}");
            }
        }
    }
}
