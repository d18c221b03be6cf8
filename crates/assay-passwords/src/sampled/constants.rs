//! A number of the identifier, or of two, times a small factor, with one constant added, or XORed: the constant is the same
//! on every row of the scheme, so the differences of the sample are sorted and what repeats stands side by side. Exact, and
//! independent of the order of the rows.

use std::collections::BTreeSet;

use super::forms::folded;
use crate::rows::{Column, Role};
use crate::structure::numbers::{Number, Numbers};

/// A number of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    One(usize, Number),
    /// The first numbers of two identifiers, added or XORed.
    Sum(usize, usize),
    Xor(usize, usize),
}

/// What stands between the number and the password, but for the constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    base: u8,
    xor: bool,
    times: i16,
    /// The last character is a check digit, whatever it says.
    checked: bool,
    /// The password is read from its end.
    backwards: bool,
}

/// A rule with a constant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Constant {
    of: Source,
    way: Way,
    value: u128,
}

impl Source {
    fn columns(self) -> Vec<usize> {
        match self {
            Self::One(column, _) => vec![column],
            Self::Sum(first, second) | Self::Xor(first, second) => vec![first, second],
        }
    }

    fn of<'a>(self, columns: &[Column], cell: &impl Fn(usize) -> &'a [u8]) -> Option<u64> {
        let numbers = |column: usize| Numbers::of(columns[column].role, &folded(cell(column)));
        let first = |column: usize| numbers(column).values().next().map(|(_, value)| value);
        match self {
            Self::One(column, number) => {
                numbers(column).values().find(|(is, _)| *is == number).map(|(_, value)| value)
            }
            Self::Sum(a, b) => Some(first(a)?.wrapping_add(first(b)?)),
            Self::Xor(a, b) => Some(first(a)? ^ first(b)?),
        }
    }
}

impl Constant {
    pub(super) fn columns(&self) -> Vec<usize> {
        self.of.columns()
    }

    /// A check digit is not checked: there are too many kinds.
    pub(super) fn unexplained(&self) -> usize {
        usize::from(self.way.checked)
    }

    pub(super) fn words(&self, columns: &[Column]) -> String {
        let name = |column: usize| &columns[column].name;
        let number = match self.of {
            Source::One(column, number) => format!("{} of `{}`", number.words(), name(column)),
            Source::Sum(a, b) => format!("the sum of the numbers of `{}` and `{}`", name(a), name(b)),
            Source::Xor(a, b) => format!("the XOR of the numbers of `{}` and `{}`", name(a), name(b)),
        };
        let Way { base, xor, times, checked, backwards } = self.way;
        let number = match times {
            1 => number,
            -1 => format!("the complement of {number}"),
            times => format!("{times} times {number}"),
        };
        let constant = match (xor, self.value, times) {
            (true, ..) => " XOR one constant",
            (false, 0, _) | (_, _, -1) => "",
            _ => " plus one constant",
        };
        let base =
            if base == 16 && xor { ", in hexadecimal".to_owned() } else { format!(", in base {base}") };
        let checked = if checked { ", with a check digit behind it" } else { "" };
        let backwards = if backwards { ", backwards" } else { "" };
        format!("is {number}{constant}{base}{checked}{backwards}")
    }

    pub(super) fn holds<'a>(
        &self,
        columns: &[Column],
        cell: impl Fn(usize) -> &'a [u8],
        password: &[u8],
    ) -> bool {
        let number = self.of.of(columns, &cell);
        number.is_some_and(|number| self.way.difference(&bare(password), number) == Some(self.value))
    }
}

/// Every constant that repeats, with the different passwords it holds for, those with most first.
pub(super) fn repeated<'a>(
    columns: &[Column],
    rows: usize,
    cell: impl Fn(usize, usize) -> &'a [u8],
    password: impl Fn(usize) -> &'a [u8],
) -> Vec<Constant> {
    let passwords: Vec<Vec<u8>> = (0..rows).map(|row| bare(password(row))).collect();
    let mut found: Vec<(u64, Constant)> = Vec::new();
    for of in sources(columns, rows, &cell) {
        let numbers: Vec<Option<u64>> =
            (0..rows).map(|row| of.of(columns, &|column| cell(row, column))).collect();
        for way in ways(of) {
            let some = if way.rare() { rows.min(ROWS_FOR_RARE) } else { rows };
            let mut all: Vec<(u128, &[u8])> = passwords[..some]
                .iter()
                .zip(&numbers)
                .filter_map(|(password, number)| Some((way.difference(password, (*number)?)?, &password[..])))
                .collect();
            all.sort_unstable();
            // A password that units share is no more than one, whatever it seems to be plus a constant.
            all.dedup();
            let same = all.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 2);
            let mut best: Vec<(u64, Constant)> =
                same.map(|same| (same.len() as u64, Constant { of, way, value: same[0].0 })).collect();
            best.sort_by(|a, b| b.cmp(a));
            best.truncate(MOST);
            found.extend(best);
        }
    }
    found.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    found.truncate(MOST * 4);
    found.into_iter().map(|(_, constant)| constant).collect()
}

/// Constants kept of a way: a real scheme has one, or a few where the factory changed it.
const MOST: usize = 8;
/// Rows on which the rarer ways are tried.
const ROWS_FOR_RARE: usize = 20_000;
/// Ways that are tried for one column, at most: tests for the reckoning of chance.
pub(super) const TESTS: f64 = 3.0 * 64.0;

/// The numbers that occur in the file.
fn sources<'a>(columns: &[Column], rows: usize, cell: &impl Fn(usize, usize) -> &'a [u8]) -> Vec<Source> {
    let identifiers: Vec<usize> = (0..columns.len()).filter(|c| columns[*c].role != Role::Password).collect();
    let mut sources = BTreeSet::new();
    let mut numbered = Vec::new();
    for column in identifiers {
        for row in 0..rows.min(16) {
            let numbers = Numbers::of(columns[column].role, &folded(cell(row, column)));
            sources.extend(numbers.values().map(|(number, _)| Source::One(column, number)));
        }
        // With what all units share, a number is that number and a constant, which is tried anyway.
        let varies = (1..rows).any(|row| cell(row, column) != cell(0, column));
        if varies && sources.iter().any(|source| matches!(source, Source::One(of, _) if *of == column)) {
            numbered.push(column);
        }
    }
    for (n, first) in numbered.iter().enumerate() {
        for second in &numbered[n + 1..] {
            sources.extend([Source::Sum(*first, *second), Source::Xor(*first, *second)]);
        }
    }
    sources.into_iter().collect()
}

fn ways(of: Source) -> impl Iterator<Item = Way> {
    let plain = Way { base: 10, xor: false, times: 1, checked: false, backwards: false };
    let bases = [10, 16, 36].map(|base| Way { base, ..plain });
    let others = [10, 16].into_iter().flat_map(move |base| {
        let plain = Way { base, ..plain };
        let turned = [
            Way { xor: true, ..plain },
            Way { checked: true, ..plain },
            Way { backwards: true, ..plain },
            Way { times: -1, ..plain },
        ];
        let times = TIMES.map(|times| Way { times, ..plain });
        turned.into_iter().chain(times.into_iter().filter(move |_| matches!(of, Source::One(..))))
    });
    bases.into_iter().chain(others)
}

/// Factors that people take so that neighbours do not look alike.
const TIMES: [i16; 14] = [2, 3, 4, 5, 7, 8, 9, 11, 13, 17, 31, 37, 97, 1000];

impl Way {
    fn rare(self) -> bool {
        self.times != 1 || self.checked || self.backwards
    }

    /// The password's number less the identifier's, modulo the numbers of as many digits; or their XOR.
    fn difference(self, password: &[u8], value: u64) -> Option<u128> {
        let password = &password[..password.len() - usize::from(self.checked && !password.is_empty())];
        if !(4..=20).contains(&password.len()) {
            return None;
        }
        let base = u128::from(self.base);
        let (mut number, mut modulus) = (0u128, 1u128);
        for at in 0..password.len() {
            let byte = password[if self.backwards { password.len() - 1 - at } else { at }];
            let digit = char::from(byte).to_digit(u32::from(self.base))?;
            number = number * base + u128::from(digit);
            modulus *= base;
        }
        let value = u128::from(value);
        if self.xor {
            // Decimal digits were not cut off in the middle of a XOR.
            return Some(number ^ if base == 10 { value } else { value % modulus });
        }
        let times = u128::from(self.times.unsigned_abs());
        let value = value * times % modulus;
        Some(if self.times > 0 { (number + modulus - value) % modulus } else { (number + value) % modulus })
    }
}

/// Without separators.
fn bare(password: &[u8]) -> Vec<u8> {
    password.iter().copied().filter(|b| !b":-._ /".contains(b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_wrap_with_the_digits_of_the_password() {
        let plain = Way { base: 10, xor: false, times: 1, checked: false, backwards: false };
        assert_eq!(plain.difference(b"0005", 9995), Some(10));
        assert_eq!(Way { base: 16, xor: true, ..plain }.difference(b"beef", 0x1234_0000), Some(0xbeef));
        assert_eq!(Way { base: 16, ..plain }.difference(b"be-f", 1), None);
        assert_eq!(Way { checked: true, ..plain }.difference(b"12347", 1234), Some(0));
        assert_eq!(Way { backwards: true, ..plain }.difference(b"4321", 1234), Some(0));
        assert_eq!(Way { times: -1, ..plain }.difference(b"8765", 1234), Some(9999));
        assert_eq!(Way { times: 7, ..plain }.difference(b"8640", 1234), Some(2));
    }
}
