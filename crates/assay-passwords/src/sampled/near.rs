//! A first look at sixteen digests at once: whether one may be written as its unit's password. What passes is compared
//! whole ([`Target::seek`]), which is slow and seldom. Nothing that would be found is held back here, but for what only the
//! deep look sees.
//!
//! ```text
//!  characters from bytes        a table a lane: byte -> at which of the first four characters it may stand; then shifts and ANDs
//!  groups of 4, 5 or 6 bits     every window against the first four characters, all lanes at once
//!  numbers                      word by word modulo a power of the base, all lanes at once
//!  deep: every second hexadecimal digit, and the decimal digits among them
//! ```

use pulp::{Simd, WithSimd};

use super::encode::{REMAINDERS, Target, digits, numbered};
use crate::lanes::{Engine, LANES};

/// Characters that are looked at: no shorter password is sought.
pub(super) const CHARACTERS: usize = 4;

/// The words of sixteen digests, the first bit on top.
pub(super) type Words = [[u32; LANES]; 8];

/// What is known of the passwords of sixteen units.
pub(super) struct Near {
    /// Lanes with a password that can be sought.
    pub(super) lanes: u16,
    bytes: Box<[[u8; 256]; LANES]>,
    decimals: Option<Box<[[u8; 16]; LANES]>>,
    /// By 4, 5 and 6 bits: the first four characters, in so many alphabets.
    groups: [Vec<[u32; LANES]>; 3],
    numbers: Vec<Numbers>,
}

/// One size of alphabet.
struct Numbers {
    size: u32,
    modulus: Modulus,
    /// The last four characters, in so many alphabets.
    wanted: Vec<[f64; LANES]>,
    /// By the bytes of a digest: what one more than its largest number is, when only the first four digits are left of it.
    scales: [f64; 33],
    /// The first four, likewise.
    leading: Vec<[f64; LANES]>,
}

/// Remainders in floating point: exact, as no number in between has more than 53 bits, and the same loop on every engine.
#[derive(Clone, Copy)]
struct Modulus {
    modulus: f64,
    inverse: f64,
    /// 2^32 modulo it.
    word: f64,
    /// Keeps the numbers at which a quotient is rounded up away from whole ones.
    shift: f64,
}

/// Adding and taking it away rounds to a whole number.
const ROUND: f64 = 6_755_399_441_055_744.0; // 1.5 · 2^52

impl Modulus {
    fn new(modulus: u32) -> Self {
        let word = ((1u64 << 32) % u64::from(modulus)) as f64;
        let shift = if modulus.is_multiple_of(2) { 0.5 } else { 0.0 };
        Self { modulus: f64::from(modulus), inverse: 1.0 / f64::from(modulus), word, shift }
    }

    /// The remainder that is nearest to zero, of a whole number below 2^48.
    #[inline(always)]
    fn of(self, number: f64) -> f64 {
        let quotient = ((number + self.shift) * self.inverse + ROUND) - ROUND;
        number - quotient * self.modulus
    }
}

/// No window comes out as this.
const NONE: u32 = u32::MAX;

impl Near {
    /// Of sixteen passwords, or fewer.
    pub(super) fn of(targets: &[Target]) -> Self {
        let mut near = Self {
            lanes: 0,
            bytes: Box::new([[0; 256]; LANES]),
            decimals: None,
            groups: [const { Vec::new() }; 3],
            numbers: Vec::new(),
        };
        for (lane, target) in targets.iter().enumerate().take(LANES) {
            if target.len() < CHARACTERS || target.is_empty() {
                continue;
            }
            near.lanes |= 1 << lane;
            let mut before = [0usize; 3];
            for (size, values) in target.written() {
                let first: [u8; CHARACTERS] = std::array::from_fn(|n| values[n]);
                for byte in 0..=255u8 {
                    let value = REMAINDERS[usize::from(size)][usize::from(byte)];
                    for (n, wanted) in first.iter().enumerate() {
                        near.bytes[lane][usize::from(byte)] |= u8::from(value == *wanted) << n;
                    }
                }
                match size {
                    10 => {
                        let decimals = near.decimals.get_or_insert_with(|| Box::new([[0; 16]; LANES]));
                        for (n, wanted) in first.iter().enumerate() {
                            decimals[lane][usize::from(*wanted)] |= 1 << n;
                        }
                    }
                    16 => put(&mut near.groups[0], lane, &mut before[0], window(first, 4), NONE),
                    32 => put(&mut near.groups[1], lane, &mut before[1], window(first, 5), NONE),
                    64 => put(&mut near.groups[2], lane, &mut before[2], window(first, 6), NONE),
                    _ => {}
                }
                near.number(lane, size, values);
            }
        }
        near
    }

    fn number(&mut self, lane: usize, size: u8, values: &[u8]) {
        let size = u32::from(size);
        let at = self.numbers.iter().position(|n| n.size == size).unwrap_or_else(|| {
            self.numbers.push(Numbers::new(size));
            self.numbers.len() - 1
        });
        let numbers = &mut self.numbers[at];
        let number = |values: &[u8]| values.iter().fold(0, |all, v| all * size + u32::from(*v));
        let wanted = numbers.modulus.of(f64::from(number(&values[values.len() - CHARACTERS..])));
        let first = f64::from(number(&values[..CHARACTERS]));
        let mut from = 0;
        while numbers.wanted.get(from).is_some_and(|some| !some[lane].is_nan()) {
            from += 1;
        }
        put(&mut numbers.leading, lane, &mut from.clone(), first, f64::NAN);
        put(&mut numbers.wanted, lane, &mut from, wanted, f64::NAN);
    }

    /// The lanes whose digest, of so many bytes, may be written as the password.
    #[inline]
    pub(super) fn look(&self, engine: Engine, words: &Words, len: usize, deep: bool) -> u16 {
        let mut lanes = engine.run(Wide { near: self, words, len, deep });
        for lane in 0..LANES {
            if self.lanes >> lane & 1 == 1 && self.narrow(lane, words, len, deep) {
                lanes |= 1 << lane;
            }
        }
        lanes & self.lanes
    }

    #[inline(always)]
    fn narrow(&self, lane: usize, words: &Words, len: usize, deep: bool) -> bool {
        let mut digest = [0u8; 32];
        for (bytes, word) in digest.chunks_exact_mut(4).zip(words) {
            bytes.copy_from_slice(&word[lane].to_be_bytes());
        }
        let short = len <= 16;
        let t = Taken::of(&self.bytes[lane], &digest, short);
        if t.together(&[0, 9, 18, 27]) || (deep && t.together(&[0, 17, 34, 51])) {
            return true;
        }
        if deep && let Some(decimals) = &self.decimals {
            let mut alive = 0u8;
            for digit in digest[..len].iter().flat_map(|b| [b >> 4, b & 15]).filter(|d| *d < 10) {
                alive = (alive << 1 | 1) & decimals[lane][usize::from(digit)];
                if alive & 8 != 0 {
                    return true;
                }
            }
        }
        false
    }
}

/// What a table says of each byte, the first byte lowest.
struct Taken(u128, u128);

impl Taken {
    #[inline(always)]
    fn of(table: &[u8; 256], digest: &[u8; 32], short: bool) -> Self {
        let half = |from: usize| {
            let mut some = [0u8; 16];
            for n in 0..16 {
                some[n] = table[usize::from(digest[from + n])];
            }
            u128::from_le_bytes(some)
        };
        Self(half(0), if short { 0 } else { half(16) })
    }

    /// Whether the bits so far from the lowest of a byte are all set, for any byte.
    #[inline(always)]
    fn together(&self, bits: &[u32]) -> bool {
        const ONES: u128 = u128::from_le_bytes([1; 16]);
        let (mut low, mut high) = (ONES, ONES);
        for bit in bits {
            low &= if *bit == 0 { self.0 } else { self.0 >> bit | self.1 << (128 - bit) };
            high &= self.1 >> bit;
        }
        (low | high) != 0
    }
}

impl Numbers {
    fn new(size: u32) -> Self {
        let mut modulus = size;
        for _ in 1..CHARACTERS {
            if modulus * size <= 1 << 18 {
                modulus *= size;
            }
        }
        let base = f64::from(size);
        let scales = std::array::from_fn(|len| {
            let left = digits(len, size as u8) as i32 - CHARACTERS as i32;
            256f64.powi(len as i32) / base.powi(left)
        });
        Self { size, modulus: Modulus::new(modulus), scales, wanted: Vec::new(), leading: Vec::new() }
    }
}

fn window(first: [u8; CHARACTERS], bits: u32) -> u32 {
    first.iter().fold(0, |all, value| all << bits | u32::from(*value))
}

fn put<T: Copy>(slots: &mut Vec<[T; LANES]>, lane: usize, at: &mut usize, value: T, none: T) {
    if slots.len() == *at {
        slots.push([none; LANES]);
    }
    slots[*at][lane] = value;
    *at += 1;
}

struct Wide<'a> {
    near: &'a Near,
    words: &'a Words,
    len: usize,
    deep: bool,
}

impl WithSimd for Wide<'_> {
    type Output = u16;

    // Plain loops over the lanes: they are compiled for the engine, and the compiler makes vectors of them.
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> u16 {
        let Self { near, words, len, deep } = self;
        let mut hit = [0u32; LANES];
        windows::<4>(&near.groups[0], words, len, &mut hit);
        windows::<5>(&near.groups[1], words, len, &mut hit);
        windows::<6>(&near.groups[2], words, len, &mut hit);
        if deep && !near.groups[0].is_empty() {
            for down in [4, 0] {
                windows::<4>(&near.groups[0], &seconds(words, down), len / 2, &mut hit);
            }
        }
        for numbers in &near.numbers {
            in_numbers(numbers, words, len, &mut hit);
        }
        let mut lanes = 0u16;
        for (lane, hit) in hit.iter().enumerate() {
            lanes |= u16::from(*hit != 0) << lane;
        }
        lanes
    }
}

/// Every window of four groups of so many bits.
#[inline(always)]
fn windows<const BITS: usize>(wanted: &[[u32; LANES]], words: &Words, len: usize, hit: &mut [u32; LANES]) {
    if wanted.is_empty() {
        return;
    }
    let down = 32 - CHARACTERS * BITS;
    let mut bit = 0;
    while bit + CHARACTERS * BITS <= 8 * len {
        let (word, up) = (bit / 32, bit % 32);
        let mut window = [0u32; LANES];
        if up <= down {
            for lane in 0..LANES {
                window[lane] = words[word][lane] << up >> down;
            }
        } else {
            let next = (word + 1).min(7);
            for lane in 0..LANES {
                window[lane] = (words[word][lane] << up | words[next][lane] >> (32 - up)) >> down;
            }
        }
        for wanted in wanted {
            for lane in 0..LANES {
                hit[lane] |= u32::from(window[lane] == wanted[lane]);
            }
        }
        bit += BITS;
    }
}

/// The first of every two hexadecimal digits (`down` 4) or the second (0), side by side.
#[inline(always)]
fn seconds(words: &Words, down: u32) -> Words {
    let mut packed = [[0u32; LANES]; 8];
    for word in 0..8 {
        let up = if word % 2 == 0 { 16 } else { 0 };
        for lane in 0..LANES {
            let w = words[word][lane] >> down & 0x0f0f_0f0f;
            let w = (w >> 4 | w) & 0x00ff_00ff;
            packed[word / 2][lane] |= ((w >> 8 | w) & 0xffff) << up;
        }
    }
    packed
}

/// The last digits of the numbers that a digest's beginning and all of it are, and the first of all of it.
#[inline(always)]
fn in_numbers(numbers: &Numbers, words: &Words, len: usize, hit: &mut [u32; LANES]) {
    // The first word says the first four characters but for one or two in the last.
    let scale = numbers.scales[len.min(32)] / 4_294_967_296.0;
    let base = f64::from(numbers.size);
    let fourth = base * base * base;
    for wanted in &numbers.leading {
        for lane in 0..LANES {
            let is = f64::from(words[0][lane]) * scale;
            let is = if is < fourth { is * base } else { is };
            hit[lane] |= u32::from((is - wanted[lane]).abs() < 2.0);
        }
    }
    let modulus = numbers.modulus;
    let mut sum = [0f64; LANES];
    for (word, said) in words.iter().enumerate().take(len.div_ceil(4)) {
        for lane in 0..LANES {
            sum[lane] = modulus.of(sum[lane] * modulus.word + f64::from(said[lane]));
        }
        let bytes = 4 * (word + 1);
        if matches!(bytes, 4 | 8 | 16) && bytes <= len || (bytes == len && numbered(32, len)) {
            agree(&numbers.wanted, &sum, hit);
        }
    }
    // From the little end: each word weighs 2^32 times the one before it.
    let (mut sum, mut weight) = ([0f64; LANES], 1f64);
    for (word, said) in words.iter().enumerate().take((len / 4).min(4)) {
        for lane in 0..LANES {
            let part = modulus.of(f64::from(said[lane].swap_bytes()));
            sum[lane] = modulus.of(sum[lane] + part * weight);
        }
        weight = modulus.of(weight * modulus.word);
        if matches!(word, 0 | 1 | 3) {
            agree(&numbers.wanted, &sum, hit);
        }
    }
}

#[inline(always)]
fn agree(wanted: &[[f64; LANES]], sum: &[f64; LANES], hit: &mut [u32; LANES]) {
    for wanted in wanted {
        for lane in 0..LANES {
            hit[lane] |= u32::from(sum[lane] == wanted[lane]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::digest::{Algorithm, digest};
    use std::collections::BTreeSet;

    use super::super::alphabets::Alphabets;
    use super::super::encode::{ENDS, Encoding, SOURCES};
    use super::*;
    use crate::lanes::Engine;

    /// Every way to write a digest passes, on every engine, in every lane; hardly anything else does.
    #[test]
    fn what_would_be_found_passes_and_little_else() {
        let alphabets = Alphabets::of(&BTreeSet::new());
        let (mut tried, mut passed) = (0, 0);
        for algorithm in Algorithm::PLAIN {
            for (number, letters) in alphabets.iter() {
                for source in SOURCES {
                    for (offset, step) in [(0, 1), (3, 1), (1, 2), (0, ENDS)] {
                        let encoding = Encoding { source, size: letters.len() as u8, offset, step };
                        let digests: Vec<_> = (0..LANES)
                            .map(|lane| digest(algorithm, format!("SN{number}-{lane}").as_bytes()))
                            .collect();
                        let written: Option<Vec<Vec<u8>>> = digests
                            .iter()
                            .map(|d| {
                                Some(
                                    encoding.values(d, 8)?.iter().map(|v| letters[usize::from(*v)]).collect(),
                                )
                            })
                            .collect();
                        let Some(written) = written else { continue };
                        let targets: Vec<Target> =
                            written.iter().map(|text| Target::of(text, &alphabets)).collect();
                        let mut sought = 0u16;
                        for (lane, (target, digest)) in targets.iter().zip(&digests).enumerate() {
                            target.seek(digest, |_, _| sought |= 1 << lane);
                        }
                        let near = Near::of(&targets);
                        let len = digests[0].bytes().len();
                        let mut words = [[0; LANES]; 8];
                        let mut others = [[0; LANES]; 8];
                        for (lane, digest) in digests.iter().enumerate() {
                            for (at, bytes) in digest.bytes().chunks(4).enumerate() {
                                words[at][lane] = u32::from_be_bytes(bytes.try_into().unwrap());
                                others[at][LANES - 1 - lane] = words[at][lane];
                            }
                        }
                        for engine in Engine::available() {
                            let seen = near.look(engine, &words, len, true);
                            assert_eq!(seen & sought, sought, "{algorithm:?} {encoding:?} {number}");
                            tried += LANES;
                            passed += near.look(engine, &others, len, true).count_ones();
                        }
                    }
                }
            }
        }
        assert!(f64::from(passed) < 0.1 * tried as f64, "{passed} of {tried}");
    }
}
