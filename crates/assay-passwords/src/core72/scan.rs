//! Comparing in lanes: a digest's words against what sixteen passwords say of it, at every window.
//!
//! A window is a word cut out of the bit string at some bit; the password's first bits stand in a word from the top. They
//! agree where the exclusive or of the two has only bits that the password says nothing of, that is, is at most the
//! slack. The least over all windows therefore tells whether any agrees, in one comparison at the end.

use pulp::{Simd, WithSimd};

use super::said::{CHECKS, OF_LENGTH, Rows, STEPS};
use crate::lanes::LANES;
use crate::lanes::word::{Word, each};

/// Compares a digest of sixteen rows. Answers whether any row's differs from its password no more than it may; then the
/// least differences stand in `least`.
pub(super) struct Scan<'a> {
    /// The words of the digests, zero behind them.
    pub(super) digest: &'a [[u32; LANES]; 8],
    /// The bits at which the last windows begin, by kind.
    pub(super) last: [usize; 3],
    /// What the passwords say.
    pub(super) rows: &'a Rows,
    /// By check, the least difference over all windows, of the lanes where something is near.
    pub(super) least: &'a mut [[u32; LANES]; CHECKS],
}

impl WithSimd for Scan<'_> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> bool {
        let Scan { digest, last, rows, least } = self;
        let mut near = false;
        for part in 0..Word::<S>::PARTS {
            let found = differences(simd, digest, last, rows, part);
            if any(simd, &found, rows, part) {
                near = true;
                for (out, word) in least.iter_mut().zip(found) {
                    word.store(out, part);
                }
            }
        }
        near
    }
}

/// The least difference of each check in a part of the lanes, all ones where it was not made.
#[inline(always)]
fn differences<S: Simd>(
    simd: S,
    digest: &[[u32; LANES]; 8],
    last: [usize; 3],
    rows: &Rows,
    part: usize,
) -> [Word<S>; CHECKS] {
    let mut bits = [Word::splat(simd, 0); 9];
    for (word, lanes) in bits.iter_mut().zip(digest) {
        *word = Word::load(simd, lanes, part);
    }
    let mut least = [Word::splat(simd, u32::MAX); CHECKS];

    // What is compared, and the least difference so far.
    let mut said;
    let mut here;
    macro_rules! at {
        ($bit:literal) => {
            let window = if $bit % 32 == 0 {
                bits[$bit / 32]
            } else {
                bits[$bit / 32].up($bit % 32) | bits[$bit / 32 + 1].down((32 - $bit % 32) % 32)
            };
            here = here.min(window ^ said);
        };
    }
    // A long password fits at few windows: stop by runs.
    macro_rules! windows {
        ($kind:literal: $([$first:literal $($bit:literal)*])*) => {
            if rows.possible >> $kind & 1 == 1 {
                said = Word::load(simd, &rows.window[$kind], part);
                here = least[$kind];
                $(
                    if last[$kind] + 1 > $first {
                        at!($first);
                        each!(at: $($bit)*);
                    }
                )*
                least[$kind] = here;
            }
        };
    }
    windows!(0:
        [0 4 8 12 16 20 24 28] [32 36 40 44 48 52 56 60] [64 68 72 76 80 84 88 92]
        [96 100 104 108 112 116 120 124] [128 132 136 140 144 148 152 156] [160 164 168 172 176 180 184 188]
        [192 196 200 204 208 212 216 220] [224 228 232 236 240 244 248 252]);
    windows!(1:
        [0 6 12 18 24 30] [36 42 48 54 60 66] [72 78 84 90 96 102] [108 114 120 126 132 138] [144 150 156 162 168 174]
        [180 186 192 198 204 210] [216 222 228 234 240 246] [252]);
    windows!(2:
        [0 5 10 15 20 25] [30 35 40 45 50 55] [60 65 70 75 80 85] [90 95 100 105 110 115] [120 125 130 135 140 145]
        [150 155 160 165 170 175] [180 185 190 195 200 205] [210 215 220 225 230 235] [240 245 250 255]);

    if rows.possible >> 3 & 0b1111 != 0 {
        let number = Word::load(simd, &rows.number, part);
        let mask = Word::load(simd, &rows.number_mask, part);
        least[3] = (bits[0] ^ number) & mask;
        least[4] = (bits[1] ^ number) & mask;
        least[5] = (bits[0].swap_bytes() ^ number) & mask;
    }

    let byte = Word::splat(simd, 0xFF);
    macro_rules! picked {
        ($length:literal) => {
            let (from, to) = OF_LENGTH[$length];
            if rows.possible >> (7 + from) & ((1 << (to - from)) - 1) != 0 {
                let step = Word::splat(simd, STEPS[$length]);
                let first = bits[0].down(24).times(step);
                let second = (bits[0].down(16) & byte).times(step);
                let third = (bits[0].down(8) & byte).times(step);
                let mut here = least[6 + $length];
                for places in &rows.places[from..to] {
                    let first = first - Word::load(simd, &places[0], part);
                    let second = second - Word::load(simd, &places[1], part);
                    let third = third - Word::load(simd, &places[2], part);
                    here = here.min(first.max(second).max(third));
                }
                least[6 + $length] = here;
            }
        };
    }
    each!(picked: 0 1 2 3 4);
    least
}

/// Whether any check of any lane found no more difference than there may be.
#[inline(always)]
fn any<S: Simd>(simd: S, least: &[Word<S>; CHECKS], rows: &Rows, part: usize) -> bool {
    let mut any = false;
    macro_rules! check {
        ($check:literal) => {
            any |= least[$check].any_at_most(Word::load(simd, &rows.slack[$check], part));
        };
    }
    if rows.possible & 0b111 != 0 {
        each!(check: 0 1 2);
    }
    if rows.possible >> 3 & 0b1111 != 0 {
        each!(check: 3 4 5);
    }
    if rows.possible >> 7 != 0 {
        each!(check: 6 7 8 9 10);
    }
    any
}
