//! A number of the identifier with one constant added, or XORed: the constant is the same on every row of the scheme, so
//! the differences of the sample are sorted and what repeats stands side by side. Exact, and independent of the order of
//! the rows.

use crate::rows::Column;
use crate::structure::numbers::{Number, Numbers};

/// A rule with a constant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Constant {
    pub(super) column: usize,
    number: Number,
    base: u8,
    xor: bool,
    value: u128,
}

impl Constant {
    pub(super) fn words(&self, columns: &[Column]) -> String {
        let name = &columns[self.column].name;
        let number = self.number.words();
        let base = self.base;
        if self.xor {
            format!("is {number} of `{name}` XOR one constant, in hexadecimal")
        } else if self.value == 0 {
            format!("is {number} of `{name}`, in base {base}")
        } else {
            format!("is {number} of `{name}` plus one constant, in base {base}")
        }
    }

    pub(super) fn holds(&self, columns: &[Column], cell: &[u8], password: &[u8]) -> bool {
        let bare = fold(cell);
        Numbers::of(columns[self.column].role, &bare)
            .values()
            .filter(|(number, _)| *number == self.number)
            .any(|(_, value)| difference(password, value, self.base, self.xor) == Some(self.value))
    }
}

/// Every constant that repeats: with the different passwords it holds for, most first. `rows` are cell and password.
pub(super) fn repeated<'a>(
    columns: &[Column],
    column: usize,
    rows: impl Iterator<Item = (&'a [u8], &'a [u8])>,
) -> Vec<(Constant, u64)> {
    let mut all: Vec<(Constant, &[u8])> = Vec::new();
    for (cell, password) in rows {
        let bare = fold(cell);
        for (number, value) in Numbers::of(columns[column].role, &bare).values() {
            for (base, xor) in [(10, false), (16, false), (36, false), (16, true)] {
                if let Some(value) = difference(password, value, base, xor) {
                    all.push((Constant { column, number, base, xor, value }, password));
                }
            }
        }
    }
    all.sort_unstable();
    // A password that units share is no more than one, whatever it seems to be plus a constant.
    all.dedup();
    let mut repeated: Vec<(Constant, u64)> = all
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|same| same.len() > 2)
        .map(|same| (same[0].0.clone(), same.len() as u64))
        .collect();
    repeated.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    repeated.truncate(MOST);
    repeated
}

/// Constants kept of a column: a real scheme has one, or a few where the factory changed it.
const MOST: usize = 16;

fn fold(cell: &[u8]) -> Vec<u8> {
    cell.iter().filter(|b| !b":-._ /".contains(b)).map(u8::to_ascii_lowercase).collect()
}

/// The password's number less the identifier's, modulo the numbers of as many digits; or their XOR.
fn difference(password: &[u8], value: u64, base: u8, xor: bool) -> Option<u128> {
    if !(4..=20).contains(&password.len()) {
        return None;
    }
    let (mut number, mut modulus) = (0u128, 1u128);
    for byte in password {
        let digit = char::from(*byte).to_digit(u32::from(base))?;
        number = number * u128::from(base) + u128::from(digit);
        modulus *= u128::from(base);
    }
    let value = u128::from(value) % modulus;
    Some(if xor { number ^ value } else { (number + modulus - value) % modulus })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_wrap_with_the_digits_of_the_password() {
        assert_eq!(difference(b"0005", 9995, 10, false), Some(10));
        assert_eq!(difference(b"beef", 0x1234_0000, 16, true), Some(0xbeef));
        assert_eq!(difference(b"be-f", 1, 16, false), None);
    }
}
