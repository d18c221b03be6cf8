//! Characters that follow from characters of an identifier, always the same way: copied to another place, or written in
//! letters of their own by a table that nobody knows. Which place of the password follows from which place of which
//! identifier is learnt; what repeats and never disagrees is the evidence, and chance has as many tries as there are places.
//!
//! ```text
//!  serial   S N 2 4 0 0 1 7 3 9      place 8 -> place 1: 3 always gives k, 9 always gives d
//!  password k d z a                  place 9 -> place 2
//! ```

use super::cores::Cores;
use crate::rows::{Column, Role, Unit};

/// A rule learnt from some units.
#[derive(Clone, Debug)]
pub(super) struct Characters {
    len: usize,
    followed: Vec<Followed>,
    pub(super) columns: Vec<usize>,
    /// Bits of a password that the rule explains.
    pub(super) bits: f64,
}

/// A place of the password, and the place of an identifier that it follows from.
#[derive(Clone, Debug)]
struct Followed {
    at: usize,
    from: From,
    map: Map,
    /// Bits against chance that all units together are.
    evidence: f64,
    bits: f64,
}

/// A place in an identifier without its separators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct From {
    column: usize,
    place: usize,
    from_right: bool,
}

#[derive(Clone, Debug)]
enum Map {
    Same,
    Lower,
    Upper,
    /// The character for each character; 0 where none was seen.
    Table(Box<[u8; 256]>),
}

impl Map {
    fn of(&self, byte: u8) -> u8 {
        match self {
            Self::Same => byte,
            Self::Lower => byte.to_ascii_lowercase(),
            Self::Upper => byte.to_ascii_uppercase(),
            Self::Table(table) => table[usize::from(byte)],
        }
    }
}

impl From {
    fn of(self, plain: &[u8]) -> Option<u8> {
        let at = if self.from_right { plain.len().checked_sub(self.place + 1)? } else { self.place };
        plain.get(at).copied()
    }
}

/// Evidence that is asked for, in bits: chance does not give it once in so many batches.
const WANTED: f64 = 45.0;
/// A rule that explains less of a password is a rule of the house.
const EXPLAINED: f64 = 6.0;
/// And so it is where as much is left to guess.
const LEFT: f64 = 50.0;
/// Places of an identifier that are looked at, from either side.
const PLACES: usize = 24;

/// What the characters of all these passwords follow from. `None` where they do not.
pub(super) fn follow(columns: &[Column], units: &[&Unit], cores: &Cores) -> Option<Characters> {
    let len = cores.texts.first()?.len();
    if len == 0 || cores.texts.iter().any(|text| text.len() != len) {
        return None;
    }
    let identifiers: Vec<(usize, Vec<Vec<u8>>)> = (0..columns.len())
        .filter(|column| columns[*column].role != Role::Password)
        .map(|column| (column, units.iter().map(|unit| plain(&unit.cells[column])).collect()))
        .collect();
    let tests = (identifiers.len() * 2 * PLACES * 4) as f64;
    let best = |at: usize, column: usize, cells: &[Vec<u8>]| {
        let places =
            (0..PLACES).flat_map(|place| [false, true].map(|from_right| From { column, place, from_right }));
        places
            .filter_map(|from| followed(at, from, cells, cores))
            .map(|f| Followed { evidence: f.evidence - tests.log2(), ..f })
            .filter(|f| f.evidence > 0.0)
            .max_by(|a, b| a.evidence.total_cmp(&b.evidence))
    };
    // Serial number and address run side by side: what follows from one column is told of that one.
    let mut by_column: Vec<Vec<Followed>> = identifiers
        .iter()
        .map(|(column, cells)| (0..len).filter_map(|at| best(at, *column, cells)).collect())
        .collect();
    let all = |some: &[Followed]| some.iter().map(|f| f.bits).sum::<f64>();
    by_column.sort_by(|a, b| all(b).total_cmp(&all(a)));
    let mut chosen: Vec<Followed> = Vec::new();
    for some in by_column {
        let new = some.into_iter().filter(|f| chosen.iter().all(|known| known.at != f.at));
        chosen.append(&mut new.collect());
    }
    let evidence: f64 = chosen.iter().map(|f| f.evidence).sum();
    let bits = all(&chosen);
    let left: f64 = (0..len).filter(|at| chosen.iter().all(|f| f.at != *at)).map(|at| cores.bits(at)).sum();
    let mut from: Vec<usize> = chosen.iter().map(|f| f.from.column).collect();
    from.sort_unstable();
    from.dedup();
    (evidence > WANTED && bits > EXPLAINED && left < LEFT).then_some(Characters {
        len,
        followed: chosen,
        columns: from,
        bits,
    })
}

fn plain(cell: &[u8]) -> Vec<u8> {
    cell.iter().copied().filter(|b| !b":-._ /".contains(b)).collect()
}

/// Whether a place follows from another on every unit, and how much that is worth.
fn followed(at: usize, from: From, cells: &[Vec<u8>], cores: &Cores) -> Option<Followed> {
    let mut table = Box::new([0u8; 256]);
    let (mut again, mut same, mut lower, mut upper) = (0u32, true, true, true);
    for (cell, core) in cells.iter().zip(&cores.texts) {
        let (is, says) = (core[at], from.of(cell)?);
        let known = &mut table[usize::from(says)];
        if *known == 0 {
            *known = is;
        } else if *known != is {
            return None;
        } else {
            again += 1;
        }
        same &= says == is;
        lower &= says.to_ascii_lowercase() == is;
        upper &= says.to_ascii_uppercase() == is;
    }
    let bits = cores.bits(at);
    let copied = [(same, Map::Same), (lower, Map::Lower), (upper, Map::Upper)];
    let map = copied.into_iter().find_map(|(is, map)| is.then_some(map));
    let seen = if map.is_some() { cells.len() as f64 } else { f64::from(again) };
    Some(Followed { at, from, map: map.unwrap_or(Map::Table(table)), evidence: seen * bits, bits })
}

impl Characters {
    pub(super) fn holds<'a>(&self, cell: impl Fn(usize) -> &'a [u8], password: &[u8]) -> bool {
        if password.len() != self.len {
            return false;
        }
        let cells: Vec<(usize, Vec<u8>)> = self.columns.iter().map(|c| (*c, plain(cell(*c)))).collect();
        self.followed.iter().all(|f| {
            let says = cells.iter().find(|(column, _)| *column == f.from.column);
            says.and_then(|(_, plain)| f.from.of(plain)).is_some_and(|b| f.map.of(b) == password[f.at])
        })
    }

    pub(super) fn words(&self, columns: &[Column]) -> String {
        let names: Vec<String> = self.columns.iter().map(|c| format!("`{}`", columns[*c].name)).collect();
        let copied = self.followed.iter().filter(|f| !matches!(f.map, Map::Table(_))).count();
        let how = match self.followed.len() - copied {
            0 => "copied",
            n if n == self.followed.len() => "exchanged for others, always in the same way",
            _ => "copied or exchanged for others, always in the same way",
        };
        format!(
            "has {} of its {} varying characters from {}, {how}",
            self.followed.len(),
            self.len,
            names.join(" and ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Place;
    use crate::structure::tests::{ALNUM, Dice, batch, columns};

    fn followed_in(count: u64, make: impl Fn(&mut Dice, &[String; 3]) -> String) -> Option<String> {
        let mut dice = Dice(count);
        let rows = batch(count, |_, ids| make(&mut dice, ids));
        let units: Vec<Unit> = rows
            .iter()
            .map(|row| Unit {
                place: Place { block: 0, line: 0 },
                cells: row.iter().map(|c| c.clone().into_bytes()).collect(),
            })
            .collect();
        let units: Vec<&Unit> = units.iter().collect();
        let column = columns().iter().position(|c| c.role == Role::Password).unwrap();
        let cores = Cores::of(units.iter().map(|u| u.cells[column].clone()).collect());
        follow(&columns(), &units, &cores).map(|found| {
            let held = units.iter().all(|u| found.holds(|c| &u.cells[c], &u.cells[column]));
            assert!(held);
            found.words(&columns())
        })
    }

    #[test]
    fn copied_and_exchanged_characters_are_found_and_chance_is_not() {
        let tail = |ids: &[String; 3]| ids[1].replace(':', "").chars().rev().take(5).collect::<String>();
        let copied = followed_in(3000, |dice, ids| dice.text(ALNUM, 2) + &tail(ids));
        assert!(copied.is_some_and(|words| words.contains("`mac`") && words.contains("copied")));
        let spelt = followed_in(400, |_, ids| {
            tail(ids).bytes().map(|b| ["ko", "mi", "ta", "ru"][usize::from(b % 4)]).collect()
        });
        assert!(spelt.is_some_and(|words| words.contains("exchanged")));
        for count in [8, 40, 300] {
            assert_eq!(followed_in(count, |dice, _| dice.text(ALNUM, 8)), None);
        }
    }
}
