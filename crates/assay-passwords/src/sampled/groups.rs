//! Passwords that look alike, where the batch has several looks: of one length and one kind of characters, with their marks
//! in the same places. What one unit in a thousand has is often of its own look, and among its own kind it shows what the
//! crowd hides: the prefix that all of them have, the alphabet, the place of a digit of the serial number.

use std::collections::BTreeMap;

/// Length, kind of characters, and the marks with their places.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Look {
    len: usize,
    letters: Letters,
    marks: Vec<(usize, u8)>,
}

/// The narrowest kind of characters that a password is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Letters {
    Digits,
    HexLower,
    HexUpper,
    Small,
    Capital,
    SmallAndDigits,
    CapitalAndDigits,
    Mixed,
}

impl Look {
    pub(super) fn of(password: &[u8]) -> Self {
        let all = |of: fn(u8) -> bool| password.iter().filter(|b| b.is_ascii_alphanumeric()).all(|b| of(*b));
        let letters = if all(|b| b.is_ascii_digit()) {
            Letters::Digits
        } else if all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
            Letters::HexLower
        } else if all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b)) {
            Letters::HexUpper
        } else if all(|b| b.is_ascii_lowercase()) {
            Letters::Small
        } else if all(|b| b.is_ascii_uppercase()) {
            Letters::Capital
        } else if all(|b| !b.is_ascii_uppercase()) {
            Letters::SmallAndDigits
        } else if all(|b| !b.is_ascii_lowercase()) {
            Letters::CapitalAndDigits
        } else {
            Letters::Mixed
        };
        let marks = password.iter().copied().enumerate().filter(|(_, b)| !b.is_ascii_alphanumeric());
        Self { len: password.len(), letters, marks: marks.collect() }
    }
}

/// Fewer show nothing.
pub(super) const FEWEST: usize = 6;
/// Looks that are looked at, the most frequent first.
const MOST: usize = 48;

/// The units of every look but that of the many, by their numbers.
pub(super) fn groups<'a>(passwords: impl Iterator<Item = &'a [u8]>) -> Vec<Vec<usize>> {
    let mut looks: BTreeMap<Look, Vec<usize>> = BTreeMap::new();
    let mut count = 0;
    for (number, password) in passwords.enumerate() {
        looks.entry(Look::of(password)).or_default().push(number);
        count += 1;
    }
    let mut groups: Vec<Vec<usize>> =
        looks.into_values().filter(|units| units.len() >= FEWEST && units.len() * 2 <= count).collect();
    groups.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    // Many looks of equal share are no looks: words of many lengths.
    groups.truncate(MOST);
    groups
}
