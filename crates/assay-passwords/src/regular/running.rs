//! Generators whose whole state is 32 bits or less, with a seed that nobody told: `rand()` of most C libraries and its kin.
//! Of two passwords of the sample it is asked whether any state of such a generator draws it. The states that draw the
//! first two characters are not tried one by one: the next state is a sum of two parts, of which one is sorted once and
//! the other looked up in it, so that only what fits is ever seen (a few hundred thousand states of 2^31).
//!
//! What is found is asked of the rows behind it: either they follow (one seed for the batch, so that one label tells all
//! others), or each has a state of its own (a seed a unit).

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::sample::Sample;
use crate::place::Place;
use crate::sampled::alphabets::Alphabets;

/// Units below which nothing is tried.
const FEWEST: usize = 200;
/// Characters of an alphabet below which too many states draw the first two. Three in four of it are used by the batch.
const SMALLEST: usize = 10;
/// Numbers that may be drawn between two passwords for something else.
const BETWEEN: u64 = 16;
/// Units that are asked for a state of their own.
const ASKED: usize = 8;
/// States that are kept of one search: a short password has many.
const MOST: usize = 1024;
/// Units that are shown to follow: far more than a proof needs.
const PROOFS: usize = 1000;
/// States in one step of a search.
const CHUNK: u64 = 1 << 16;
/// A clean password has a state by chance with a likelihood below this, or is not asked.
const BY_CHANCE: f64 = 1e-6;

/// A linear congruential generator: `state = (factor * state + summand) % modulus`.
struct Congruential {
    words: &'static str,
    factor: u64,
    summand: u64,
    modulus: u64,
    /// Whether bits 16 to 30 alone are drawn.
    top: bool,
}

/// Constants as the libraries' sources and documentation give them.
const GENERATORS: [Congruential; 9] = [
    of("`rand()` of Microsoft's C library", 214_013, 2_531_011, 1 << 31, true),
    of("`rand()` of the C standard", 1_103_515_245, 12_345, 1 << 31, true),
    of("`rand()` of Borland's C library", 22_695_477, 1, 1 << 31, true),
    of("the C standard's generator, its whole state", 1_103_515_245, 12_345, 1 << 31, false),
    of("the minimal standard generator of 1988", 16_807, 0, (1 << 31) - 1, false),
    of("the minimal standard generator of 1993", 48_271, 0, (1 << 31) - 1, false),
    of("the generator of Numerical Recipes", 1_664_525, 1_013_904_223, 1 << 32, false),
    of("Delphi's `Random`", 134_775_813, 1, 1 << 32, false),
    of("the generator of VAX", 69_069, 1, 1 << 32, false),
];

const fn of(words: &'static str, factor: u64, summand: u64, modulus: u64, top: bool) -> Congruential {
    Congruential { words, factor, summand, modulus, top }
}

impl Congruential {
    #[inline]
    fn next(&self, state: u64) -> u64 {
        // Factors have 31 bits at most, states 32.
        let sum = self.factor * state + self.summand;
        // A division costs more than all the rest.
        if self.modulus.is_power_of_two() { sum & (self.modulus - 1) } else { sum % self.modulus }
    }

    /// Many steps at once.
    fn ahead(&self, state: u64, mut steps: u64) -> u64 {
        let m = u128::from(self.modulus);
        let (mut factor, mut summand) = (u128::from(self.factor), u128::from(self.summand));
        let mut state = u128::from(state);
        while steps > 0 {
            if steps & 1 == 1 {
                state = (factor * state + summand) % m;
            }
            summand = (factor * summand + summand) % m;
            factor = factor * factor % m;
            steps >>= 1;
        }
        state as u64
    }

    fn drawn(&self, state: u64) -> u64 {
        if self.top { state >> 16 & 0x7fff } else { state }
    }

    fn bits(&self) -> u32 {
        if self.top { 15 } else { (self.modulus - 1).ilog2() + 1 }
    }
}

/// How a number becomes the place of a character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Draw {
    /// The remainder.
    Modulo,
    /// As a fraction of the largest.
    Scaled,
}

/// A generator and how its numbers become one of `size` characters.
#[derive(Clone, Copy)]
struct Way {
    generator: &'static Congruential,
    draw: Draw,
    size: u64,
}

impl Way {
    #[inline]
    fn says(&self, state: u64) -> u64 {
        let drawn = self.generator.drawn(state);
        match self.draw {
            // Of 32 bits, since that is quicker.
            Draw::Modulo => u64::from(drawn as u32 % self.size as u32),
            Draw::Scaled => (drawn * self.size) >> self.generator.bits(),
        }
    }

    /// Whether a state and those behind it draw these values; and the state behind the last.
    fn draws(&self, mut state: u64, values: &[u8]) -> Option<u64> {
        for value in values {
            if self.says(state) != u64::from(*value) {
                return None;
            }
            state = self.generator.next(state);
        }
        Some(state)
    }

    /// The states between which those that draw `value` lie, by size: where numbers are scaled there is one such range,
    /// where the top bits leave a remainder there are many.
    fn ranges(&self, value: u64) -> Vec<(u64, u64)> {
        let (bits, shift) = (self.generator.bits(), if self.generator.top { 16 } else { 0 });
        let numbers: Vec<(u64, u64)> = match self.draw {
            Draw::Scaled => {
                let from = |value: u64| (value << bits).div_ceil(self.size);
                vec![(from(value), from(value + 1))]
            }
            Draw::Modulo => {
                (value..1 << bits).step_by(self.size as usize).map(|number| (number, number + 1)).collect()
            }
        };
        numbers
            .into_iter()
            .map(|(from, to)| (from << shift, (to << shift).min(self.generator.modulus)))
            .collect()
    }

    /// By remainders of the whole state; otherwise by ranges of it.
    fn by_remainder(&self) -> bool {
        self.draw == Draw::Modulo && !self.generator.top
    }
}

/// The part of the next state that the place in a chunk makes, sorted.
struct Parts {
    way: Way,
    /// Between states of a chunk.
    step: u64,
    /// Part and place in the chunk, sorted; one list, or one a remainder.
    lists: Vec<Vec<(u64, u16)>>,
    /// Where parts of the one list begin that are at least so many [`CHUNK`]ths of the modulus.
    index: Vec<u32>,
}

impl Parts {
    fn new(way: Way) -> Self {
        let step = if way.by_remainder() { way.size } else { 1 };
        let mut lists = vec![Vec::new(); if way.by_remainder() { way.size as usize } else { 1 }];
        let mut part = 0;
        let by = way.generator.factor * step % way.generator.modulus;
        for place in 0..=u16::MAX {
            let list = if way.by_remainder() { (part % way.size) as usize } else { 0 };
            lists[list].push((part, place));
            part = (part + by) % way.generator.modulus;
        }
        lists.iter_mut().for_each(|list| list.sort_unstable());
        let (mut at, modulus) = (0, way.generator.modulus);
        let index = (0..=CHUNK).map(|nth| {
            while lists[0].get(at).is_some_and(|part| part.0 * CHUNK < nth * modulus) {
                at += 1;
            }
            at as u32
        });
        let index = index.collect();
        Self { way, step, lists, index }
    }

    /// The states that draw these values.
    fn states(&self, values: &[u8]) -> Vec<u64> {
        let mut found = Vec::new();
        let (first, second) = (u64::from(values[0]), u64::from(values[1]));
        let modulus = self.way.generator.modulus;
        if self.way.by_remainder() {
            let mut base = first;
            while base < modulus && found.len() < MOST {
                self.in_remainder(base, second, values, &mut found);
                base += self.step * CHUNK;
            }
        } else {
            let wanted = self.way.ranges(second);
            for (from, to) in self.way.ranges(first) {
                for base in (from..to).step_by(CHUNK as usize) {
                    if found.len() >= MOST {
                        return found;
                    }
                    self.in_ranges((base, to), &wanted, values, &mut found);
                }
            }
        }
        found
    }

    fn in_remainder(&self, base: u64, second: u64, values: &[u8], found: &mut Vec<u64>) {
        let (modulus, size) = (self.way.generator.modulus, self.way.size);
        let other = self.way.generator.next(base);
        // Sums of this much and more pass the modulus once.
        let wraps = modulus - other;
        let list = |remainder: u64| &self.lists[(remainder % size) as usize];
        let below = list(second + size - other % size);
        let above = list(second + size - other % size + modulus % size);
        let below = &below[..below.partition_point(|part| part.0 < wraps)];
        let above = &above[above.partition_point(|part| part.0 < wraps)..];
        self.those((base, modulus), other, below, values, found);
        self.those((base, modulus), other, above, values, found);
    }

    fn in_ranges(&self, (base, end): (u64, u64), wanted: &[(u64, u64)], values: &[u8], found: &mut Vec<u64>) {
        let modulus = self.way.generator.modulus;
        let other = self.way.generator.next(base);
        let parts = &self.lists[0];
        let position = |part: u64| {
            let nth = (part * CHUNK / modulus) as usize;
            let (from, to) = (self.index[nth] as usize, self.index[nth + 1] as usize);
            from + parts[from..to].partition_point(|other| other.0 < part)
        };
        for (from, to) in wanted {
            let (from, to) = ((from + modulus - other) % modulus, (to + modulus - other) % modulus);
            if from <= to {
                self.those((base, end), other, &parts[position(from)..position(to)], values, found);
            } else {
                self.those((base, end), other, &parts[..position(to)], values, found);
                self.those((base, end), other, &parts[position(from)..], values, found);
            }
        }
    }

    /// Of states from `base` to `end` that draw the first two values, those that draw the rest. `other` is what `base`
    /// makes of the next state.
    #[inline]
    fn those(
        &self,
        (base, end): (u64, u64),
        other: u64,
        parts: &[(u64, u16)],
        values: &[u8],
        found: &mut Vec<u64>,
    ) {
        let (generator, third) = (self.way.generator, u64::from(values[2]));
        for (part, place) in parts {
            let sum = other + part;
            let next = if sum >= generator.modulus { sum - generator.modulus } else { sum };
            if self.way.says(generator.next(next)) == third {
                let state = base + self.step * u64::from(*place);
                if state < end && self.way.draws(next, &values[1..]).is_some() {
                    found.push(state);
                }
            }
        }
    }
}

/// A generator that draws the batch.
pub(super) struct Running {
    /// The generator, in words.
    pub(super) words: &'static str,
    /// Bits of its state.
    pub(super) bits: f64,
    /// Whether all passwords come from one seed; otherwise each has its own.
    pub(super) one_seed: bool,
    /// Rows that are shown to come from it.
    pub(super) rows: Vec<usize>,
    /// How often a clean batch shows as much.
    pub(super) chance: f64,
}

/// Looks for one, on so many threads.
pub(super) fn running(sample: &Sample<'_>, threads: usize) -> Option<Running> {
    if sample.words.len() < FEWEST {
        return None;
    }
    let constant: BTreeSet<usize> = sample.space.constant().into_iter().collect();
    let core = |row: usize| -> Vec<u8> {
        let varying = sample.words[row].iter().enumerate().filter(|(at, _)| !constant.contains(at));
        varying.map(|(_, byte)| *byte).collect()
    };
    let usual = sample.used();
    let used: BTreeSet<u8> = (0..=255u8)
        .filter(|byte| usual[usize::from(*byte)])
        .filter(|byte| {
            (0..sample.positions.len())
                .any(|at| !constant.contains(&at) && sample.space.characters(at)[usize::from(*byte)] > 0)
        })
        .collect();
    let alphabets = Alphabets::of(&used);
    let holding = || alphabets.iter().filter(|(_, letters)| used.iter().all(|c| letters.contains(c)));
    let smallest = holding().map(|(_, letters)| letters.len()).min()?;
    if smallest < SMALLEST || smallest * 3 > used.len() * 4 {
        return None;
    }
    let orders: Vec<&[u8]> = holding().map(|(_, l)| l).filter(|l| l.len() == smallest).collect();
    let values = |row: usize, order: &[u8]| -> Option<Vec<u8>> {
        let value = |c: &u8| order.iter().position(|letter| letter == c).and_then(|v| u8::try_from(v).ok());
        let values = core(row).iter().map(value).collect::<Option<Vec<u8>>>()?;
        (values.len() > 2).then_some(values)
    };
    // One row that another stands behind is enough, if all are of one kind; a second one for the doubt, where it costs little.
    let asked: &[usize] = if smallest > 16 { &[1, 3] } else { &[1] };
    let followed: Vec<usize> = (0..sample.words.len() - 1).filter(|row| next_line(sample, *row)).collect();
    let quarter = |all: usize, nth: usize| all * nth / 4;
    let of_all = |nth: usize| {
        followed.get(quarter(followed.len(), nth)).copied().unwrap_or(quarter(sample.words.len(), nth))
    };
    let ways: Vec<Way> = GENERATORS
        .iter()
        .flat_map(|generator| [Draw::Modulo, Draw::Scaled].map(|draw| (generator, draw)))
        .map(|(generator, draw)| Way { generator, draw, size: smallest as u64 })
        .collect();
    let tests = (ways.len() * orders.len() * 2) as f64;
    let (next, best) = (AtomicUsize::new(0), Mutex::new(None::<(usize, Running)>));
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(way) = ways.get(number) else { return };
            let parts = Parts::new(*way);
            for order in &orders {
                let found = asked.iter().map(|nth| of_all(*nth)).find_map(|row| {
                    let states = parts.states(&values(row, order)?);
                    follows(sample, way, row, &states, |row| values(row, order), tests)
                        .or_else(|| each(sample, &parts, &states, |row| values(row, order), tests))
                });
                if let Some(found) = found {
                    let mut best = best.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                    // The same one, whatever thread comes first.
                    if best.as_ref().is_none_or(|(other, _)| *other > number) {
                        *best = Some((number, found));
                    }
                    break;
                }
            }
        }
    };
    std::thread::scope(|scope| {
        (1..threads.max(1)).for_each(|_| drop(scope.spawn(work)));
        work();
    });
    best.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).map(|(_, running)| running)
}

/// Whether the row behind one of the sample stands behind it in the file.
fn next_line(sample: &Sample<'_>, row: usize) -> bool {
    let (a, b): (Place, Place) = (sample.places[row], sample.places[row + 1]);
    a.block == b.block && b.line == a.line + 1
}

/// How likely a password of so many values is drawn by any state of a generator.
fn by_chance(way: &Way, length: usize) -> f64 {
    way.generator.modulus as f64 * (way.size as f64).powi(-(length.min(1000) as i32))
}

/// One seed: the state that draws a row goes on to draw the next.
fn follows(
    sample: &Sample<'_>,
    way: &Way,
    row: usize,
    states: &[u64],
    values: impl Fn(usize) -> Option<Vec<u8>>,
    tests: f64,
) -> Option<Running> {
    if row + 1 >= sample.words.len() || !next_line(sample, row) {
        return None;
    }
    let (this, next) = (values(row)?, values(row + 1)?);
    for state in states {
        for between in 0..=BETWEEN {
            let stride = this.len() as u64 + between;
            if way.draws(way.generator.ahead(*state, stride), &next).is_none() {
                continue;
            }
            let place = sample.places[row];
            let rows: Vec<usize> = (row..sample.words.len())
                .take_while(|other| sample.places[*other].block == place.block)
                .filter(|other| {
                    let lines = u64::from(sample.places[*other].line - place.line);
                    let state = way.generator.ahead(*state, lines * stride);
                    values(*other).is_some_and(|values| way.draws(state, &values).is_some())
                })
                .take(PROOFS)
                .collect();
            // Every row more is another proof.
            let more = (way.size as f64).powf(-(next.len() as f64 * (rows.len() as f64 - 1.0)).min(300.0));
            let chance = by_chance(way, this.len()) * more * tests * (BETWEEN + 1) as f64;
            let bits = (way.generator.modulus as f64).log2();
            return Some(Running { words: way.generator.words, bits, one_seed: true, rows, chance });
        }
    }
    None
}

/// A seed a unit: other rows have a state of their own too.
fn each(
    sample: &Sample<'_>,
    parts: &Parts,
    states: &[u64],
    values: impl Fn(usize) -> Option<Vec<u8>>,
    tests: f64,
) -> Option<Running> {
    let way = &parts.way;
    if states.is_empty() {
        return None;
    }
    let asked: Vec<(usize, Vec<u8>)> = (0..ASKED)
        .map(|n| (n * 2 + 1) * sample.words.len() / (2 * ASKED))
        .filter_map(|row| Some((row, values(row)?)))
        .collect();
    let likely = asked.iter().map(|(_, values)| by_chance(way, values.len())).fold(0.0, f64::max);
    if likely * tests > BY_CHANCE {
        return None;
    }
    let rows: Vec<usize> =
        asked.iter().filter(|(_, values)| !parts.states(values).is_empty()).map(|(row, _)| *row).collect();
    let chance = tests * likely.powf(rows.len() as f64).max(1e-300);
    let bits = (way.generator.modulus as f64).log2();
    (rows.len() * 2 > asked.len()).then_some(Running {
        words: way.generator.words,
        bits,
        one_seed: false,
        rows,
        chance,
    })
}

#[cfg(test)]
mod tests {
    use super::super::batches::{Chance, DIGITS, HEX};
    use super::super::tests::batch;
    use super::*;
    use crate::rows::Unit;

    const BASE62: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    fn found(units: &[Unit]) -> Option<Running> {
        running(&Sample::new(units, 2), 2)
    }

    /// A batch of passwords that a generator draws from one seed, or from one a unit.
    fn drawn(way: Way, letters: &'static [u8], length: usize, between: u64, one_seed: bool) -> Vec<Unit> {
        let mut state = 20_261_127 % way.generator.modulus;
        batch(7, 300, move |_, _, _, chance| {
            if !one_seed {
                state = chance.next() % way.generator.modulus;
            }
            let word = (0..length).map(|_| {
                state = way.generator.next(state);
                letters[way.says(state) as usize]
            });
            let word = word.collect();
            state = way.generator.ahead(state, between);
            word
        })
    }

    #[test]
    fn every_generator_is_found_with_any_seed() {
        for (n, generator) in GENERATORS.iter().enumerate() {
            for draw in [Draw::Modulo, Draw::Scaled] {
                let (letters, length) =
                    [(BASE62, 12), (HEX, 16), (DIGITS, 19)][if n < 2 { n + 1 } else { 0 }];
                let way = Way { generator, draw, size: letters.len() as u64 };
                let one = found(&drawn(way, letters, length, n as u64 % 4, true)).expect(generator.words);
                assert!(one.one_seed && one.rows.len() > 200 && one.chance < 1e-200, "{}", one.words);
                if n % 4 == 2 {
                    let own = found(&drawn(way, letters, length, 0, false)).expect(generator.words);
                    assert!(!own.one_seed && own.rows.len() == ASKED && own.chance < 1e-20, "{}", own.words);
                }
            }
        }
    }

    #[test]
    fn the_states_found_are_those_that_are_there() {
        // Against all states, one by one: a modulus small enough for that.
        static SMALL: [Congruential; 2] =
            [of("top", 1_103_515_245, 12_345, 1 << 31, true), of("whole", 69_069, 1, 1 << 22, false)];
        for draw in [Draw::Modulo, Draw::Scaled] {
            let way = Way { generator: &SMALL[1], draw, size: 10 };
            let state = (0..4).fold(77_777, |state, _| way.generator.next(state));
            let mut drawn = Vec::new();
            (0..5).fold(state, |state, _| {
                drawn.push(way.says(state) as u8);
                way.generator.next(state)
            });
            let all: Vec<u64> = (0..1 << 22).filter(|state| way.draws(*state, &drawn).is_some()).collect();
            let mut found = Parts::new(way).states(&drawn);
            found.sort_unstable();
            assert!(all.contains(&state));
            assert_eq!(found, all);
        }
        let mut state = 5;
        (0..1000).for_each(|_| state = SMALL[0].next(state));
        assert_eq!(state, SMALL[0].ahead(5, 1000));
    }

    #[test]
    fn clean_batches_come_from_none() {
        for (seed, letters, length) in [(1, BASE62, 11), (2, HEX, 16), (3, DIGITS, 19), (4, DIGITS, 8)] {
            let mut chance = Chance(seed);
            let sample = batch(seed, 400, |_, _, _, _| chance.word(letters, length));
            assert!(found(&sample).is_none());
        }
    }
}
