//! The codes of countries and currencies that values of GS1 are made of, read once from `data/gs1/codes.txt`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

#[derive(Default)]
struct Codes {
    letters: BTreeSet<&'static str>,
    countries: BTreeSet<&'static str>,
    currencies: BTreeSet<&'static str>,
}

static CODES: LazyLock<Codes> = LazyLock::new(|| {
    let mut codes = Codes::default();
    let text = include_str!("../../data/gs1/codes.txt");
    let mut heading = "";
    for word in text.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace) {
        match (word, heading, word.split_at_checked(2)) {
            ("countries" | "currencies", ..) => heading = word,
            (_, "countries", Some((letters, number))) => {
                codes.letters.insert(letters);
                codes.countries.insert(number);
            }
            _ => {
                codes.currencies.insert(word);
            }
        }
    }
    codes
});

/// Two letters of ISO 3166-1.
pub(super) fn is_country_letters(text: &str) -> bool {
    CODES.letters.contains(text)
}

/// A number of ISO 3166-1.
pub(super) fn is_country(text: &str) -> bool {
    CODES.countries.contains(text)
}

/// A number of ISO 4217.
pub(super) fn is_currency(text: &str) -> bool {
    CODES.currencies.contains(text)
}

#[test]
fn the_lists_are_whole() {
    assert_eq!((CODES.letters.len(), CODES.countries.len()), (249, 249));
    assert!(CODES.currencies.len() > 170 && CODES.currencies.iter().all(|c| c.len() == 3));
    assert!(is_country_letters("GB") && is_country("826") && is_currency("826") && is_currency("978"));
    assert!(!is_country_letters("XX") && !is_country("999") && !is_currency("000"));
}
