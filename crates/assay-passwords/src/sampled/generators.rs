//! Generators of pseudo-random numbers that were seeded with a number of the identifier: whoever knows the number draws the
//! same characters. Constants as the generators' documentation gives them: `java.util.Random`; `rand()` of Microsoft's C
//! library, of the example in the C standard and of glibc; MT19937 with the seeding of 2002 and as Python seeds it;
//! Park and Miller's minimal standard, old and new; Numerical Recipes; Delphi; Knuth's MMIX; Marsaglia's xorshift;
//! SplitMix64.

use std::collections::BTreeMap;

use super::alphabets::Alphabets;
use super::forms::folded;
use crate::rows::Column;
use crate::structure::numbers::{Number, Numbers};

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Java,
    Microsoft,
    Ansi,
    AnsiState,
    Glibc,
    Mersenne,
    Python,
    MinStd,
    MinStdNew,
    Recipes,
    Delphi,
    Mmix,
    Xorshift32,
    Xorshift64,
    SplitMix,
}

/// How a number becomes one below the size of the alphabet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Draw {
    Modulo,
    /// The same without its lowest bit.
    Halved,
    /// As a fraction of the largest.
    Scaled,
    /// So many of its first bits as are needed, drawn again where they are too large.
    Again,
}

/// Numbers drawn for one password, at most.
const DRAWN: usize = 48;

/// The numbers that a generator draws, and how many bits they have.
struct Drawn {
    numbers: [u32; DRAWN],
    bits: u32,
}

impl Kind {
    const ALL: [Self; 15] = [
        Self::Java,
        Self::Microsoft,
        Self::Ansi,
        Self::AnsiState,
        Self::Glibc,
        Self::Mersenne,
        Self::Python,
        Self::MinStd,
        Self::MinStdNew,
        Self::Recipes,
        Self::Delphi,
        Self::Mmix,
        Self::Xorshift32,
        Self::Xorshift64,
        Self::SplitMix,
    ];

    fn words(self) -> &'static str {
        match self {
            Self::Java => "java.util.Random",
            Self::Microsoft => "`rand()` of Microsoft's C library",
            Self::Ansi => "`rand()` of the C standard",
            Self::AnsiState => "the C standard's generator, its whole state",
            Self::Glibc => "`rand()` of glibc",
            Self::Mersenne => "MT19937",
            Self::Python => "Python's `random`",
            Self::MinStd | Self::MinStdNew => "the minimal standard generator",
            Self::Recipes => "the generator of Numerical Recipes",
            Self::Delphi => "Delphi's `Random`",
            Self::Mmix => "the generator of MMIX",
            Self::Xorshift32 => "xorshift of 32 bits",
            Self::Xorshift64 => "xorshift of 64 bits",
            Self::SplitMix => "SplitMix64",
        }
    }

    fn drawn(self, seed: u64) -> Drawn {
        let mut numbers = [0u32; DRAWN];
        let mut put = |next: &mut dyn FnMut() -> u32, bits: u32| {
            numbers.iter_mut().for_each(|n| *n = next());
            bits
        };
        let low = seed as u32;
        let congruential = |factor: u32, summand: u32| {
            let mut state = low;
            move || {
                state = state.wrapping_mul(factor).wrapping_add(summand);
                state
            }
        };
        let minimal = |factor: u64| {
            let mut state = (seed % 0x7fff_ffff).max(1);
            move || {
                state = state * factor % 0x7fff_ffff;
                state as u32
            }
        };
        let bits = match self {
            Self::Java => {
                let mut state = (seed ^ 0x5_deec_e66d) & ((1 << 48) - 1);
                let mut next = || {
                    state = (state.wrapping_mul(0x5_deec_e66d) + 0xb) & ((1 << 48) - 1);
                    (state >> 17) as u32
                };
                put(&mut next, 31)
            }
            Self::Microsoft => {
                let mut state = congruential(214_013, 2_531_011);
                put(&mut || state() >> 16 & 0x7fff, 15)
            }
            Self::Ansi => {
                let mut state = congruential(1_103_515_245, 12_345);
                put(&mut || state() >> 16 & 0x7fff, 15)
            }
            Self::AnsiState => {
                let mut state = congruential(1_103_515_245, 12_345);
                put(&mut || state() & 0x7fff_ffff, 31)
            }
            Self::Recipes => put(&mut congruential(1_664_525, 1_013_904_223), 32),
            Self::Delphi => put(&mut congruential(134_775_813, 1), 32),
            Self::Glibc => put(&mut glibc(low), 31),
            Self::Mersenne => put(&mut mersenne(seeded(low)), 32),
            Self::Python => {
                let key = [seed as u32, (seed >> 32) as u32];
                put(&mut mersenne(seeded_by(&key[..if seed >> 32 == 0 { 1 } else { 2 }])), 32)
            }
            Self::MinStd => put(&mut minimal(16_807), 31),
            Self::MinStdNew => put(&mut minimal(48_271), 31),
            Self::Mmix => {
                let mut state = seed;
                let mut next = || {
                    state =
                        state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    (state >> 32) as u32
                };
                put(&mut next, 32)
            }
            Self::Xorshift32 => {
                let mut state = low;
                let mut next = || {
                    state ^= state << 13;
                    state ^= state >> 17;
                    state ^= state << 5;
                    state
                };
                put(&mut next, 32)
            }
            Self::Xorshift64 => {
                let mut state = seed;
                let mut next = || {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    state as u32
                };
                put(&mut next, 32)
            }
            Self::SplitMix => {
                let mut state = seed;
                let mut next = || {
                    state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                    let z = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                    let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
                    (z ^ z >> 31) as u32
                };
                put(&mut next, 32)
            }
        };
        Drawn { numbers, bits }
    }
}

/// The additive feedback generator of `random()`, of 31 words.
fn glibc(seed: u32) -> impl FnMut() -> u32 {
    let mut state = [0u32; 34];
    state[0] = seed.max(1);
    for n in 1..31 {
        let last = i64::from(state[n - 1].cast_signed());
        state[n] = (16_807 * last).rem_euclid(0x7fff_ffff) as u32;
    }
    for n in 31..34 {
        state[n] = state[n - 31];
    }
    // A ring of the last 34: the next is the sum of those 31 and 3 before it.
    let mut at = 34usize;
    let mut next = move || {
        let sum = state[(at - 31) % 34].wrapping_add(state[(at - 3) % 34]);
        state[at % 34] = sum;
        at += 1;
        sum >> 1
    };
    for _ in 0..310 {
        next();
    }
    next
}

fn seeded(seed: u32) -> [u32; 624] {
    let mut state = [seed; 624];
    for n in 1..624 {
        let before = state[n - 1];
        state[n] = (before ^ before >> 30).wrapping_mul(1_812_433_253).wrapping_add(n as u32);
    }
    state
}

/// Matsumoto and Nishimura's `init_by_array`.
fn seeded_by(key: &[u32]) -> [u32; 624] {
    let mut state = seeded(19_650_218);
    let (mut i, mut j) = (1, 0);
    let mix = |a: u32, factor: u32| (a ^ a >> 30).wrapping_mul(factor);
    let step = |state: &mut [u32; 624], i: &mut usize| {
        *i += 1;
        if *i >= 624 {
            state[0] = state[623];
            *i = 1;
        }
    };
    for _ in 0..624 {
        state[i] = (state[i] ^ mix(state[i - 1], 1_664_525)).wrapping_add(key[j]).wrapping_add(j as u32);
        step(&mut state, &mut i);
        j = (j + 1) % key.len();
    }
    for _ in 0..623 {
        state[i] = (state[i] ^ mix(state[i - 1], 1_566_083_941)).wrapping_sub(i as u32);
        step(&mut state, &mut i);
    }
    state[0] = 0x8000_0000;
    state
}

/// The words of MT19937, of which only as many are renewed as are drawn.
fn mersenne(mut state: [u32; 624]) -> impl FnMut() -> u32 {
    let mut at = 0;
    move || {
        let y = state[at] & 0x8000_0000 | state[(at + 1) % 624] & 0x7fff_ffff;
        state[at] = state[(at + 397) % 624] ^ y >> 1 ^ if y & 1 == 0 { 0 } else { 0x9908_b0df };
        let mut y = state[at];
        at = (at + 1) % 624;
        y ^= y >> 11;
        y ^= y << 7 & 0x9d2c_5680;
        y ^= y << 15 & 0xefc6_0000;
        y ^ y >> 18
    }
}

impl Draw {
    const ALL: [Self; 4] = [Self::Modulo, Self::Halved, Self::Scaled, Self::Again];

    /// The values of so many characters below `size`; compared as they come, so that nearly all are done with after one.
    fn says(self, drawn: &Drawn, size: u8, values: &[u8]) -> bool {
        let size = u32::from(size);
        let mut left = values.iter();
        let mut wanted = left.next();
        for number in drawn.numbers {
            let Some(value) = wanted else { return true };
            let is = match self {
                Self::Modulo => number % size,
                Self::Halved => (number >> 1) % size,
                Self::Scaled => ((u64::from(number) * u64::from(size)) >> drawn.bits) as u32,
                Self::Again => {
                    let wide = u32::BITS - size.leading_zeros();
                    let is = number >> (drawn.bits - wide);
                    if is >= size {
                        continue;
                    }
                    is
                }
            };
            if is != u32::from(*value) {
                return false;
            }
            wanted = left.next();
        }
        wanted.is_none()
    }
}

/// A generator, what it is seeded with, and how its numbers become characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Generator {
    pub(super) column: usize,
    number: Number,
    kind: Kind,
    draw: Draw,
    alphabet: Vec<u8>,
}

impl Generator {
    pub(super) fn holds(&self, columns: &[Column], cell: &[u8], password: &[u8]) -> bool {
        let value = |c: &u8| self.alphabet.iter().position(|a| a == c).and_then(|v| u8::try_from(v).ok());
        let Some(values) = password.iter().map(value).collect::<Option<Vec<u8>>>() else { return false };
        let size = self.alphabet.len() as u8;
        Numbers::of(columns[self.column].role, &folded(cell))
            .values()
            .filter(|(number, _)| *number == self.number)
            .any(|(_, seed)| self.draw.says(&self.kind.drawn(seed), size, &values))
    }

    pub(super) fn words(&self, columns: &[Column]) -> String {
        format!(
            "is what {} draws when it is seeded with {} of `{}`",
            self.kind.words(),
            self.number.words(),
            columns[self.column].name
        )
    }
}

/// Tests that are made of one unit and column, at most.
pub(super) const TESTS: f64 = 3.0 * 15.0 * 4.0 * 20.0;

/// Every generator that explains a password, with how many it explains. `rows` are cell and password.
pub(super) fn seeded_with<'a>(
    columns: &[Column],
    column: usize,
    alphabets: &Alphabets,
    rows: impl Iterator<Item = (&'a [u8], &'a [u8])>,
) -> Vec<Generator> {
    let mut found: BTreeMap<Generator, u64> = BTreeMap::new();
    for (cell, password) in rows {
        let target = super::encode::Target::of(password, alphabets);
        if target.is_empty() || target.len() < SHORTEST {
            continue;
        }
        for (number, seed) in Numbers::of(columns[column].role, &folded(cell)).values() {
            for kind in Kind::ALL {
                let drawn = kind.drawn(seed);
                for draw in Draw::ALL {
                    for (alphabet, values) in target.by_alphabet() {
                        let alphabet = alphabets.get(alphabet);
                        if draw.says(&drawn, alphabet.len() as u8, values) {
                            let alphabet = alphabet.to_vec();
                            *found.entry(Generator { column, number, kind, draw, alphabet }).or_default() +=
                                1;
                        }
                    }
                }
            }
        }
    }
    let mut found: Vec<(Generator, u64)> = found.into_iter().collect();
    found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    found.truncate(MOST);
    found.into_iter().map(|(generator, _)| generator).collect()
}

/// A shorter password is what chance draws too.
const SHORTEST: usize = 6;
/// Generators that are counted on all units.
const MOST: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_numbers_come_out() {
        let first = |kind: Kind, seed: u64| kind.drawn(seed).numbers[0];
        // C++ standard, [rand.predef]: the first of MT19937 with its default seed.
        assert_eq!(first(Kind::Mersenne, 5489), 3_499_211_612);
        // `random.seed(42); random.getrandbits(32)` of Python 3.
        assert_eq!(first(Kind::Python, 42), 2_746_317_213);
        // `srand(1)`: 41 on Windows, 1804289383 with glibc.
        assert_eq!(first(Kind::Microsoft, 1), 41);
        assert_eq!(first(Kind::Glibc, 1), 1_804_289_383);
        // `new Random(42).nextInt()` is -1170105035; its upper 31 bits.
        assert_eq!(first(Kind::Java, 42), (-1_170_105_035_i32).cast_unsigned() >> 1);
        assert_eq!(first(Kind::MinStd, 1), 16_807);
        assert_eq!(first(Kind::Xorshift32, 1), 270_369);
    }
}
