//! The sample of one column of passwords, in the order of the file, and the tests of its characters: even spread, rows that
//! follow each other, positions within a password, positions of identifiers.

use zeroize::Zeroizing;

use super::EXAMPLES;
use super::chance::{Correlation, correlation};
use super::table::{Binned, Mutual, chi_square, together};
use crate::place::Place;
use crate::rows::Unit;
use crate::space::Space;

/// Positions of a password, and of either end of an identifier, that are looked at.
const MOST: usize = 32;

/// The passwords of the sample.
pub(super) struct Sample<'a> {
    pub(super) units: Vec<&'a Unit>,
    pub(super) words: Vec<&'a [u8]>,
    pub(super) places: Vec<Place>,
    pub(super) space: Space,
    /// The chance that two passwords are equal.
    pub(super) agreement: f64,
    /// The bits of a password at most, as far as its characters go.
    pub(super) bits: f64,
    pub(super) positions: Vec<Binned>,
}

/// Two positions that were compared.
#[derive(Clone, Copy)]
pub(super) struct Pair {
    /// The position of the password that is foreseen.
    pub(super) at: usize,
    /// What it is foreseen from.
    pub(super) other: usize,
    pub(super) mutual: Mutual,
    /// The entropy of the position, in the bins of the table.
    pub(super) bits: f64,
}

/// Pairs of rows.
type Rows = Vec<(usize, usize)>;

impl<'a> Sample<'a> {
    pub(super) fn new(units: &'a [Unit], password: usize) -> Self {
        let mut units: Vec<&Unit> = units.iter().filter(|unit| !unit.cells[password].is_empty()).collect();
        units.sort_by_key(|unit| unit.place);
        let words: Vec<&[u8]> = units.iter().map(|unit| &unit.cells[password][..]).collect();
        let mut space = Space::default();
        words.iter().for_each(|word| space.one(word));
        let positions = space.positions().min(MOST);
        let positions = (0..positions).map(|at| from_left(&words, at, words.len())).collect();
        let places = units.iter().map(|unit| unit.place).collect();
        let (agreement, bits) = (space.agreement(), space.bits_at_most());
        Self { units, words, places, space, agreement, bits, positions }
    }

    /// Each position against an even spread over the characters it uses. Few rows are no test.
    pub(super) fn uneven(&self) -> Vec<(usize, f64)> {
        let test = |at: usize| {
            let counts = self.usual(at);
            let used = counts.len() as f64;
            let even = counts.iter().sum::<f64>() / used;
            if used < 2.0 || even < 10.0 {
                return None;
            }
            let square: f64 = counts.iter().map(|n| (n - even).powi(2) / even).sum();
            Some((at, chi_square(square, used - 1.0)))
        };
        (0..self.positions.len()).filter_map(test).collect()
    }

    /// How often each character stands in a position, without stray ones: a row that says `N/A` makes no alphabet.
    pub(super) fn usual(&self, at: usize) -> Vec<f64> {
        let counts = self.space.characters(at);
        let most = counts.iter().copied().max().unwrap_or(0);
        counts.iter().filter(|n| **n > 0 && **n * 20 >= most).map(|n| *n as f64).collect()
    }

    /// The bits a password would have if every position were evenly spread over the characters it uses.
    pub(super) fn even_bits(&self) -> f64 {
        let reached =
            |at: usize| self.space.characters(at).iter().sum::<u64>() as f64 / self.words.len() as f64;
        (0..self.space.positions()).map(|at| (self.usual(at).len().max(1) as f64).log2() * reached(at)).sum()
    }

    /// Rows that follow each other in the sample; and those that follow each other in the file, where the sample left many
    /// rows out. Each with a name.
    pub(super) fn neighbours(&self) -> Vec<(Rows, &'static str)> {
        let all: Rows = (1..self.words.len()).map(|row| (row, row - 1)).collect();
        let adjacent: Rows = all
            .iter()
            .copied()
            .filter(|(row, before)| {
                let (a, b) = (self.places[*before], self.places[*row]);
                a.block == b.block && b.line == a.line + 1
            })
            .collect();
        let sparse = adjacent.len() * 10 < all.len() * 9;
        let whose =
            if sparse { "a unit shortly before it in the file" } else { "the unit before it in the file" };
        let mut both = vec![(all, whose)];
        if sparse && adjacent.len() >= super::FEWEST {
            both.push((adjacent, "the unit before it in the file"));
        }
        both
    }

    /// Rows that follow each other when they are sorted by an identifier, where that is another order than the file's.
    pub(super) fn neighbours_by(&self, column: usize) -> Option<Rows> {
        let cell = |row: usize| &self.units[row].cells[column][..];
        let mut order: Vec<usize> = (0..self.words.len()).filter(|row| !cell(*row).is_empty()).collect();
        order.sort_by_key(|row| (cell(*row).len(), cell(*row)));
        // A row that stands twice is a duplicate and nothing more.
        let differ = |two: &&[usize]| self.words[two[0]] != self.words[two[1]];
        let pairs: Rows = order.windows(2).filter(differ).map(|two| (two[1], two[0])).collect();
        let as_filed = pairs.iter().filter(|(row, before)| *row == before + 1).count();
        (as_filed * 2 < pairs.len() && pairs.len() >= super::FEWEST).then_some(pairs)
    }

    /// Each position with the same position of the row before.
    pub(super) fn serial(&self, pairs: &Rows) -> Vec<Pair> {
        let rebinned: Vec<Binned>;
        let positions = if pairs.len() * 2 > self.words.len() {
            &self.positions
        } else {
            rebinned = (0..self.positions.len()).map(|at| from_left(&self.words, at, pairs.len())).collect();
            &rebinned
        };
        let test = |(at, position): (usize, &Binned)| Pair {
            at,
            other: at,
            mutual: together(position, position, pairs.iter().copied()),
            bits: position.bits,
        };
        positions.iter().enumerate().map(test).collect()
    }

    /// The password as a number between 0 and 1, with the row before and with the place in the file.
    pub(super) fn trends(&self) -> [(&'static str, Correlation); 2] {
        let values = self.values();
        let places: Vec<f64> = (0..values.len()).map(|row| row as f64).collect();
        [
            (
                "read as numbers, passwords of units that follow each other are close together",
                correlation(&values[1..], &values[..values.len() - 1]),
            ),
            ("read as numbers, passwords grow or shrink along the file", correlation(&values, &places)),
        ]
    }

    /// The ranks of the characters as digits, the first position that varies the most significant.
    fn values(&self) -> Zeroizing<Vec<f64>> {
        let ranks: Vec<([f64; 256], f64)> = (0..self.positions.len())
            .map(|at| {
                let (mut ranks, mut used) = ([0.0; 256], 0.0);
                for (byte, count) in self.space.characters(at).iter().enumerate() {
                    ranks[byte] = used;
                    used += f64::from(u8::from(*count > 0));
                }
                (ranks, used)
            })
            .filter(|(_, used)| *used > 0.0)
            .collect();
        let value = |word: &&[u8]| {
            let (mut value, mut scale) = (0.0, 1.0);
            for ((ranks, used), byte) in ranks.iter().zip(word.iter()) {
                scale /= used;
                value += ranks[usize::from(*byte)] * scale;
            }
            value
        };
        let mut values = Zeroizing::new(Vec::with_capacity(self.words.len()));
        values.extend(self.words.iter().map(value));
        values
    }

    /// Every two positions of a password.
    pub(super) fn within(&self) -> Vec<Pair> {
        let mut pairs = Vec::new();
        for at in 1..self.positions.len() {
            for other in 0..at {
                pairs.push(self.pair(at, other, &self.positions[other]));
            }
        }
        pairs
    }

    /// Every position of the password with every position of an identifier, from its left, and from its right where
    /// identifiers differ in length.
    pub(super) fn with_identifier(&self, column: usize) -> Vec<Pair> {
        let cells: Vec<&[u8]> = self.units.iter().map(|unit| &unit.cells[column][..]).collect();
        let longest = cells.iter().map(|cell| cell.len()).max().unwrap_or(0).min(MOST);
        let even = cells.windows(2).all(|two| two[0].len() == two[1].len());
        let mut others: Vec<Binned> = (0..longest).map(|at| from_left(&cells, at, cells.len())).collect();
        if !even {
            let from_right = |at: usize| {
                let character = move |cell: &&[u8]| cell.len().checked_sub(at + 1).map(|at| cell[at]);
                Binned::new(cells.iter().map(character), cells.len())
            };
            others.extend((0..longest).map(from_right));
        }
        let mut pairs = Vec::new();
        for at in 0..self.positions.len() {
            pairs.extend(
                others
                    .iter()
                    .enumerate()
                    .map(|(nth, other)| Pair { other: nth % longest, ..self.pair(at, nth, other) }),
            );
        }
        pairs
    }

    fn pair(&self, at: usize, other: usize, with: &Binned) -> Pair {
        let position = &self.positions[at];
        let mutual = together(position, with, (0..self.words.len()).map(|row| (row, row)));
        Pair { at, other, mutual, bits: position.bits }
    }

    /// What is left to guess when every position is foreseen as well as the best of its pairs can.
    pub(super) fn bits_left(&self, pairs: &[Pair]) -> f64 {
        let mut known = vec![0.0f64; self.positions.len()];
        for pair in pairs.iter().filter(|pair| pair.bits > 0.0) {
            known[pair.at] = known[pair.at].max((pair.mutual.bits / pair.bits).min(1.0));
        }
        let lost: f64 = known
            .iter()
            .enumerate()
            .map(|(at, known)| {
                let counts = self.space.characters(at);
                let all: f64 = counts.iter().sum::<u64>() as f64;
                let bits: f64 = counts
                    .iter()
                    .filter(|n| **n > 0)
                    .map(|n| -(*n as f64 / all) * (*n as f64 / all).log2())
                    .sum();
                known * bits * all / self.words.len() as f64
            })
            .sum();
        (self.bits - lost).max(0.0)
    }

    /// The passwords without what all of them begin and end with.
    pub(super) fn cores(&self) -> Vec<&'a [u8]> {
        let (prefix, suffix) = self.space.affix();
        let (prefix, suffix) = (prefix.len(), suffix.len());
        self.words.iter().map(|word| &word[prefix..word.len() - suffix]).collect()
    }

    /// Where rows stand in the file.
    pub(super) fn examples(&self, rows: &[usize]) -> Vec<Place> {
        rows.iter().take(EXAMPLES).map(|row| self.places[*row]).collect()
    }
}

fn from_left(words: &[&[u8]], at: usize, pairs: usize) -> Binned {
    Binned::new(words.iter().map(move |word| word.get(at).copied()), pairs)
}
