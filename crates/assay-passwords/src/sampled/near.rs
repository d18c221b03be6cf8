//! A first look at sixteen digests at once: whether one may be written as its unit's password. What passes is compared
//! whole ([`Target::seek`]), which is slow and seldom. Nothing that would be found is held back here.
//!
//! ```text
//!  characters from bytes   a table a lane: byte -> at which of the first four characters it may stand; then shifts and ANDs
//!  groups of 5 or 6 bits   every window against the first four characters, all lanes at once
//!  numbers                 the sum of the bytes, each weighing its power of 256, modulo a power of the base, all lanes at once
//! ```

use pulp::{Simd, WithSimd};

use super::encode::{REMAINDERS, Target, digits, numbered};
use crate::lanes::LANES;

/// Characters that are looked at: no shorter password is sought.
pub(super) const CHARACTERS: usize = 4;

/// The words of sixteen digests, the first bit on top.
pub(super) type Words = [[u32; LANES]; 8];

/// What is known of the passwords of sixteen units.
pub(super) struct Near {
    /// Lanes with a password that can be sought.
    pub(super) lanes: u16,
    bytes: Box<[[u8; 256]; LANES]>,
    nibbles: Option<Box<Nibbles>>,
    decimals: Option<Box<[[u8; 16]; LANES]>>,
    /// By 5 and by 6 bits: the first four characters, in so many alphabets.
    groups: [Vec<[u32; LANES]>; 2],
    numbers: Vec<Numbers>,
}

/// Hexadecimal digits. Windows that begin with a byte take bits 0 and 1, others bits 2 to 4; every second digit has a table
/// of its own, high digits in the lower half and low digits in the upper half of a byte.
struct Nibbles {
    pairs: [[u8; 256]; LANES],
    seconds: [[u8; 256]; LANES],
}

/// One size of alphabet.
struct Numbers {
    size: u32,
    modulus: u32,
    /// 2^32 divided by the modulus, downwards.
    inverse: u32,
    /// The powers of 256 modulo the modulus.
    weights: [u32; 32],
    /// The last four characters, in so many alphabets.
    wanted: Vec<[u32; LANES]>,
    /// By the bytes of a digest: what one more than its largest number is, when only the first four digits are left of it.
    scales: [f64; 33],
    /// The first four, likewise.
    leading: Vec<[u32; LANES]>,
}

/// No number and no window comes out as this.
const NONE: u32 = u32::MAX;

impl Near {
    /// Of sixteen passwords, or fewer.
    pub(super) fn of(targets: &[Target]) -> Self {
        let mut near = Self {
            lanes: 0,
            bytes: Box::new([[0; 256]; LANES]),
            nibbles: None,
            decimals: None,
            groups: [Vec::new(), Vec::new()],
            numbers: Vec::new(),
        };
        for (lane, target) in targets.iter().enumerate().take(LANES) {
            if target.len() < CHARACTERS || target.is_empty() {
                continue;
            }
            near.lanes |= 1 << lane;
            let mut before = [0usize; 2];
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
                    16 => {
                        let empty =
                            || Box::new(Nibbles { pairs: [[0; 256]; LANES], seconds: [[0; 256]; LANES] });
                        near.nibbles.get_or_insert_with(empty).add(lane, first);
                    }
                    32 => put(&mut near.groups[0], lane, &mut before[0], window(first, 5)),
                    64 => put(&mut near.groups[1], lane, &mut before[1], window(first, 6)),
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
        let mut last = 0;
        let end = &values[values.len() - CHARACTERS..];
        end.iter().for_each(|v| last = last * size + u32::from(*v));
        let wanted = last % numbers.modulus;
        let first = values[..CHARACTERS].iter().fold(0, |all, v| all * size + u32::from(*v));
        let mut from = 0;
        while numbers.wanted.get(from).is_some_and(|some| some[lane] != NONE) {
            from += 1;
        }
        put(&mut numbers.leading, lane, &mut from.clone(), first);
        put(&mut numbers.wanted, lane, &mut from, wanted);
    }

    /// The lanes whose digest, of so many bytes, may be written as the password.
    #[inline]
    pub(super) fn look(&self, engine: crate::lanes::Engine, words: &Words, len: usize) -> u16 {
        let mut lanes = engine.run(Wide { near: self, words, len });
        for lane in 0..LANES {
            if self.lanes >> lane & 1 == 1 && self.narrow(lane, words, len) {
                lanes |= 1 << lane;
            }
        }
        lanes & self.lanes
    }

    #[inline(always)]
    fn narrow(&self, lane: usize, words: &Words, len: usize) -> bool {
        let mut digest = [0u8; 32];
        for (bytes, word) in digest.chunks_exact_mut(4).zip(words) {
            bytes.copy_from_slice(&word[lane].to_be_bytes());
        }
        let short = len <= 16;
        let t = Taken::of(&self.bytes[lane], &digest, short);
        if t.together(&[0, 9, 18, 27]) | t.together(&[0, 17, 34, 51]) {
            return true;
        }
        if let Some(nibbles) = &self.nibbles {
            let t = Taken::of(&nibbles.pairs[lane], &digest, short);
            if t.together(&[0, 9]) | t.together(&[2, 11, 20]) {
                return true;
            }
            let t = Taken::of(&nibbles.seconds[lane], &digest, short);
            if t.together(&[0, 9, 18, 27]) | t.together(&[4, 13, 22, 31]) {
                return true;
            }
        }
        if let Some(decimals) = &self.decimals {
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

impl Nibbles {
    fn add(&mut self, lane: usize, first: [u8; CHARACTERS]) {
        for byte in 0..=255u8 {
            let (high, low) = (byte >> 4, byte & 15);
            let pair = |n: usize| u8::from(high == first[n] && low == first[n + 1]);
            self.pairs[lane][usize::from(byte)] |= pair(0)
                | pair(2) << 1
                | u8::from(low == first[0]) << 2
                | pair(1) << 3
                | u8::from(high == first[3]) << 4;
            for (n, wanted) in first.iter().enumerate() {
                self.seconds[lane][usize::from(byte)] |=
                    u8::from(high == *wanted) << n | u8::from(low == *wanted) << (n + 4);
            }
        }
    }
}

impl Numbers {
    fn new(size: u32) -> Self {
        // No sum of 32 bytes with these weights leaves 32 bits.
        let mut modulus = size;
        for _ in 1..CHARACTERS {
            if modulus * size <= 1 << 18 {
                modulus *= size;
            }
        }
        let mut weights = [0; 32];
        let mut weight = 1 % modulus;
        for place in &mut weights {
            *place = weight;
            weight = weight * 256 % modulus;
        }
        let inverse = ((1u64 << 32) / u64::from(modulus)) as u32;
        let base = f64::from(size);
        let scales = std::array::from_fn(|len| {
            let left = digits(len, size as u8) as i32 - CHARACTERS as i32;
            256f64.powi(len as i32) / base.powi(left)
        });
        Self { size, modulus, inverse, weights, scales, wanted: Vec::new(), leading: Vec::new() }
    }
}

fn window(first: [u8; CHARACTERS], bits: u32) -> u32 {
    first.iter().fold(0, |all, value| all << bits | u32::from(*value))
}

fn put(slots: &mut Vec<[u32; LANES]>, lane: usize, at: &mut usize, value: u32) {
    if slots.len() == *at {
        slots.push([NONE; LANES]);
    }
    slots[*at][lane] = value;
    *at += 1;
}

struct Wide<'a> {
    near: &'a Near,
    words: &'a Words,
    len: usize,
}

impl WithSimd for Wide<'_> {
    type Output = u16;

    // Plain loops over the lanes: they are compiled for the engine, and the compiler makes vectors of them.
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> u16 {
        let Self { near, words, len } = self;
        let mut hit = [0u32; LANES];
        for (group, bits) in near.groups.iter().zip([5usize, 6]) {
            if group.is_empty() {
                continue;
            }
            let down = 32 - CHARACTERS * bits;
            let last = (8 * len).saturating_sub(CHARACTERS * bits);
            let mut bit = 0;
            while bit <= last {
                let (word, up) = (bit / 32, bit % 32);
                let next = (word + 1).min(7);
                let mut window = [0u32; LANES];
                for lane in 0..LANES {
                    let both = u64::from(words[word][lane]) << 32 | u64::from(words[next][lane]);
                    window[lane] = ((both << up) >> 32) as u32 >> down;
                }
                for wanted in group {
                    for lane in 0..LANES {
                        hit[lane] |= u32::from(window[lane] == wanted[lane]);
                    }
                }
                bit += bits;
            }
        }
        let mut bytes = [[0u32; LANES]; 32];
        for place in 0..len {
            for lane in 0..LANES {
                bytes[place][lane] = words[place / 4][lane] >> (24 - 8 * (place % 4)) & 0xff;
            }
        }
        for numbers in &near.numbers {
            // The first word says the first four characters but for one or two in the last.
            let scale = numbers.scales[len.min(32)] / 4_294_967_296.0;
            let base = f64::from(numbers.size);
            let fourth = base * base * base;
            for wanted in &numbers.leading {
                for lane in 0..LANES {
                    let is = f64::from(words[0][lane]) * scale;
                    let is = if is < fourth { is * base } else { is };
                    let off = is - f64::from(wanted[lane]);
                    hit[lane] |= u32::from(off > -2.0) & u32::from(off < 2.0);
                }
            }
            for (count, little) in
                [(4, false), (4, true), (8, false), (8, true), (16, false), (16, true), (32, false)]
            {
                if !numbered(count, len) {
                    continue;
                }
                let count = count.min(len);
                let mut sum = [0u32; LANES];
                for (place, byte) in bytes[..count].iter().enumerate() {
                    let weight = numbers.weights[if little { place } else { count - 1 - place }];
                    for (sum, byte) in sum.iter_mut().zip(byte) {
                        *sum = sum.wrapping_add(byte.wrapping_mul(weight));
                    }
                }
                for sum in &mut sum {
                    let quotient = (u64::from(*sum) * u64::from(numbers.inverse)) >> 32;
                    // One too small at most.
                    *sum = sum.wrapping_sub((quotient as u32).wrapping_mul(numbers.modulus));
                }
                for wanted in &numbers.wanted {
                    for lane in 0..LANES {
                        hit[lane] |= u32::from(sum[lane] == wanted[lane])
                            | u32::from(sum[lane] == wanted[lane].wrapping_add(numbers.modulus));
                    }
                }
            }
        }
        let mut lanes = 0u16;
        for (lane, hit) in hit.iter().enumerate() {
            lanes |= u16::from(*hit != 0) << lane;
        }
        lanes
    }
}

#[cfg(test)]
mod tests {
    use super::super::digest::{Algorithm, digest};
    use super::super::encode::{ALPHABETS, Encoding, SOURCES};
    use super::*;
    use crate::lanes::Engine;

    /// Every way to write a digest passes, on every engine, in every lane; hardly anything else does.
    #[test]
    fn what_would_be_found_passes_and_little_else() {
        let (mut tried, mut passed) = (0, 0);
        for algorithm in Algorithm::PLAIN {
            for (number, alphabet) in ALPHABETS.iter().enumerate() {
                for source in SOURCES {
                    for (offset, step) in [(0, 1), (3, 1), (1, 2)] {
                        let encoding = Encoding { source, size: alphabet.len() as u8, offset, step };
                        let digests: Vec<_> = (0..LANES)
                            .map(|lane| digest(algorithm, format!("SN{number}-{lane}").as_bytes()))
                            .collect();
                        let letters = alphabet.as_bytes();
                        let written: Option<Vec<Vec<u8>>> = digests
                            .iter()
                            .map(|d| {
                                Some(
                                    encoding.values(d, 8)?.iter().map(|v| letters[usize::from(*v)]).collect(),
                                )
                            })
                            .collect();
                        let Some(written) = written else { continue };
                        let targets: Vec<Target> = written.iter().map(|text| Target::of(text)).collect();
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
                            let seen = near.look(engine, &words, len);
                            assert_eq!(seen & sought, sought, "{algorithm:?} {encoding:?} {alphabet}");
                            tried += LANES;
                            passed += near.look(engine, &others, len).count_ones();
                        }
                    }
                }
            }
        }
        assert!(f64::from(passed) < 0.2 * tried as f64, "{passed} of {tried}");
    }
}
