//! A password that stands in an identifier of its unit, or the other way round: verbatim, in another case, backwards, every
//! second character, as a number in another base, with a check digit, or put together from the ends of two identifiers.
//! Every row and every identifier is looked at, so a random password must be done with in a few dozen nanoseconds.
//!
//! Constants added to a number or XORed with it are not sought here: the sample finds them exactly (see
//! [`crate::sampled`]), and then every row is asked. Digests are not structure; they have judges of their own.
//!
//! Chance is reckoned twice. The batch's own characters bound how often a password agrees with whatever an identifier says
//! (see [`chance`]); and some passwords are also held against the identifier of another unit, a control that catches what
//! the bound cannot know, such as words that passwords and network names are both made of.

pub mod chance;
pub(crate) mod findings;
pub(crate) mod numbers;
mod plain;
mod runs;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeMap;

use chance::Letters;
pub use chance::{Confidence, Derived};
use numbers::{Base, Number, Numbers};
use plain::{Plain, Stands, as_written};
use runs::{Glance, LONGEST, Reading, Run, glance, longest};

use crate::place::{Place, Tally};
use crate::rows::{Block, Column, Role};

/// What one thread has seen of the passwords in identifiers.
pub struct Structure {
    columns: Vec<Column>,
    passwords: Vec<Seen>,
    identifiers: Vec<usize>,
    eye: Eye,
}

/// What was seen of one column of passwords.
#[derive(Default)]
struct Seen {
    column: usize,
    letters: Letters,
    hits: BTreeMap<Key, Tally>,
    /// Hits against the identifiers of other units, each weighing as many rows as it stands for.
    control: BTreeMap<Control, u64>,
}

/// One kind of hit: identifiers (the second one for two tails only), way, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    identifier: usize,
    second: usize,
    way: Way,
    /// Where the run begins in the password, and ends in the identifier counted from its end; [`LONGEST`] or more is one.
    start: usize,
    from_end: usize,
    /// Characters matched.
    len: usize,
    /// The password is all digits: in a batch of letters and digits chance seldom makes it so.
    digits: bool,
}

/// Blocks of which every row takes part in the control: some thousands of rows.
const FIRST_BLOCKS: u32 = 8;

/// One kind of hit against another unit: identifier, reading, whether the run ends where the identifier ends, and its length.
type Control = (usize, Reading, bool, usize);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    /// A part of the password is a part of the identifier.
    Part { reading: Reading, case_changed: bool },
    /// The same, and it is all of the password.
    Whole { reading: Reading, case_changed: bool },
    /// All but the last digit stands in the identifier, and that one is their Luhn digit.
    CheckDigit,
    /// The password is a number of the identifier.
    Written { number: Number, base: Base },
    /// The password is the end of one identifier and the end of another.
    TwoTails,
}

/// The buffers of one look; nothing is allocated for a password that resembles nothing.
struct Eye {
    password: Plain,
    stands: Vec<Stands>,
    other: Box<Stands>,
    numbers: Vec<Numbers>,
    glances: Vec<Glance>,
}

impl Structure {
    /// For a file with these columns.
    #[must_use]
    pub fn new(columns: &[Column]) -> Self {
        let of = |password: bool| {
            (0..columns.len()).filter(move |c| (columns[*c].role == Role::Password) == password)
        };
        let identifiers: Vec<usize> = of(false).collect();
        Self {
            columns: columns.to_vec(),
            passwords: of(true).map(|column| Seen { column, ..Seen::default() }).collect(),
            eye: Eye {
                password: Plain::EMPTY,
                stands: identifiers.iter().map(|_| Stands::NOWHERE).collect(),
                other: Box::new(Stands::NOWHERE),
                numbers: vec![Numbers::default(); identifiers.len()],
                glances: vec![Glance::default(); identifiers.len()],
            },
            identifiers,
        }
    }

    /// Looks at every unit of a block.
    pub fn see(&mut self, block: &Block) {
        // One row in sixteen stands for all in the control, but in the first blocks: small files need every row.
        let weight = if block.number < FIRST_BLOCKS { 1 } else { 16 };
        for unit in 0..block.len() {
            for (slot, column) in self.identifiers.iter().enumerate() {
                let stands = &mut self.eye.stands[slot];
                stands.read(block.cell(unit, *column));
                self.eye.numbers[slot] = Numbers::of(self.columns[*column].role, stands.plain());
            }
            for seen in &mut self.passwords {
                let cell = block.cell(unit, seen.column);
                self.eye.password.read(cell);
                seen.letters.add(self.eye.password.bytes());
                seen.look(&mut self.eye, &self.identifiers, block, unit, cell);
                if unit % weight == 0 {
                    seen.look_elsewhere(&mut self.eye, &self.identifiers, block, unit, weight as u64);
                }
            }
        }
    }

    /// Adds what another thread saw of other blocks of the same file.
    pub fn join(&mut self, other: &Self) {
        for (mine, theirs) in self.passwords.iter_mut().zip(&other.passwords) {
            mine.letters.join(&theirs.letters);
            for (key, tally) in &theirs.hits {
                mine.hits.entry(*key).or_default().join(tally);
            }
            for (key, rows) in &theirs.control {
                *mine.control.entry(*key).or_default() += rows;
            }
        }
    }
}

impl Seen {
    #[inline]
    fn look(&mut self, eye: &mut Eye, identifiers: &[usize], block: &Block, unit: usize, cell: &[u8]) {
        let password = eye.password.bytes();
        if password.len() < runs::SHORTEST {
            return;
        }
        let place = block.place(unit);
        let (mut heads, mut rests) = (0, 0);
        for (slot, column) in identifiers.iter().enumerate() {
            let stands = &eye.stands[slot];
            let seen = glance(password, stands);
            eye.glances[slot] = seen;
            heads |= seen.heads;
            rests |= seen.rests;
            let mut whole = false;
            if seen.readings != 0 {
                let written = (cell, block.cell(unit, *column));
                whole = self.runs(*column, password, stands, seen.readings, written, place);
            }
            for (number, value) in eye.numbers[slot].values() {
                let ends = Base::that_end_in(value, password[password.len() - 1]);
                if ends != 0 && !whole {
                    self.written(*column, (number, value), ends, password, place);
                }
            }
        }
        // Two characters of either at least; one would be chance once in a few dozen rows.
        if heads & rests & !0b11 != 0 {
            self.tails(eye, identifiers, place);
        }
    }

    #[inline(never)]
    fn written(
        &mut self,
        column: usize,
        (number, value): (Number, u64),
        ends: u8,
        password: &[u8],
        place: Place,
    ) {
        for (bit, base) in Base::ALL.into_iter().enumerate() {
            if ends >> bit & 1 == 1 && base.writes(value, password) {
                let run = Run { start: 0, from_end: 0, len: password.len() };
                self.hit(column, Way::Written { number, base }, run, password, place);
            }
        }
    }

    #[cold]
    fn runs(
        &mut self,
        column: usize,
        password: &[u8],
        stands: &Stands,
        readings: u8,
        written: (&[u8], &[u8]),
        place: Place,
    ) -> bool {
        let mut whole = false;
        for (bit, reading) in Reading::ALL.into_iter().enumerate() {
            if readings >> bit & 1 == 0 {
                continue;
            }
            let Some(run) = longest(password, stands, reading) else { continue };
            let way = way_of(run, reading, password, written);
            whole |= !matches!(way, Way::Part { .. });
            self.hit(column, way, run, password, place);
        }
        whole
    }

    #[cold]
    fn tails(&mut self, eye: &Eye, identifiers: &[usize], place: Place) {
        let len = eye.password.bytes().len();
        for (first, head) in identifiers.iter().zip(&eye.glances) {
            for (second, rest) in identifiers.iter().zip(&eye.glances) {
                let cuts = head.heads & rest.rests & !0b11;
                let cut = cuts.trailing_zeros() as usize;
                if cuts != 0 && cut + 2 <= len {
                    let key = Key {
                        identifier: *first,
                        second: *second,
                        way: Way::TwoTails,
                        start: cut,
                        from_end: 0,
                        len,
                        digits: false,
                    };
                    self.hits.entry(key).or_default().add(place);
                }
            }
        }
    }

    fn hit(&mut self, identifier: usize, way: Way, run: Run, password: &[u8], place: Place) {
        let digits = password.iter().all(u8::is_ascii_digit);
        let Run { start, from_end, len } = run;
        let (start, from_end, len) = (start.min(LONGEST), from_end.min(LONGEST), len.min(LONGEST));
        let key = Key { identifier, second: identifier, way, start, from_end, len, digits };
        self.hits.entry(key).or_default().add(place);
    }

    /// The same look at the identifiers of another unit of the block. One that is equal to the unit's own says nothing.
    fn look_elsewhere(
        &mut self,
        eye: &mut Eye,
        identifiers: &[usize],
        block: &Block,
        unit: usize,
        weight: u64,
    ) {
        // Any mixing will do: neighbours count up, and so would any fixed distance.
        let other = (unit.wrapping_mul(0x9e37_79b1) + 0x7f4a) % block.len();
        let password = eye.password.bytes();
        for column in identifiers {
            if block.cell(other, *column) == block.cell(unit, *column) {
                continue;
            }
            eye.other.read(block.cell(other, *column));
            let readings = glance(password, &eye.other).readings;
            for (bit, reading) in Reading::ALL.into_iter().enumerate() {
                if readings >> bit & 1 == 1
                    && let Some(run) = longest(password, &eye.other, reading)
                {
                    let at_end = reading.at_end(run.from_end, run.len);
                    let key = (*column, reading, at_end, run.len.min(LONGEST));
                    *self.control.entry(key).or_default() += weight;
                }
            }
        }
    }
}

fn way_of(run: Run, reading: Reading, password: &[u8], (cell, identifier): (&[u8], &[u8])) -> Way {
    if reading == Reading::Forwards && run.start == 0 && run.len + 1 == password.len() && luhn(password) {
        return Way::CheckDigit;
    }
    let written = as_written(cell);
    let positions = (0..run.len).map(|n| run.start + n * reading.step());
    let taken: Vec<u8> = positions.filter_map(|at| written.get(at)).copied().collect();
    let source = as_written(identifier);
    let end = source.len().saturating_sub(1 + run.from_end);
    let case_changed = !(0..taken.len()).all(|n| {
        let back = run.len - 1 - n;
        let at = match reading {
            Reading::Forwards | Reading::SecondOfPassword => end.checked_sub(back),
            Reading::Backwards => Some(end + back),
            Reading::SecondOfIdentifier => end.checked_sub(2 * back),
        };
        at.and_then(|at| source.get(at)) == Some(&taken[n])
    });
    if run.len == password.len() {
        Way::Whole { reading, case_changed }
    } else {
        Way::Part { reading, case_changed }
    }
}

/// Whether the last digit is the check digit of those before (ISO/IEC 7812-1, annex B).
fn luhn(digits: &[u8]) -> bool {
    let sum: Option<u32> = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, byte)| {
            let digit = char::from(*byte).to_digit(10)?;
            let doubled = if at % 2 == 1 { digit * 2 } else { digit };
            Some(doubled / 10 + doubled % 10)
        })
        .sum();
    digits.len() > 4 && sum.is_some_and(|sum| sum % 10 == 0)
}
