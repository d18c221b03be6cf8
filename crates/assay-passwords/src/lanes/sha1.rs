//! SHA-1 of one block in lanes (FIPS 180-4, section 6.1).

use pulp::Simd;

use super::LANES;
use super::word::{Word, each};

const START: [u32; 5] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0];
const ROUNDS: [u32; 4] = [0x5A82_7999, 0x6ED9_EBA1, 0x8F1B_BCDC, 0xCA62_C1D6];

/// The digest of a part of the lanes. `length` is in bits.
#[inline(always)]
pub(super) fn compress<S: Simd>(
    simd: S,
    message: &[[u32; LANES]; 14],
    length: Word<S>,
    part: usize,
) -> [Word<S>; 5] {
    let mut start = [Word::splat(simd, 0); 5];
    for (word, first) in start.iter_mut().zip(START) {
        *word = Word::splat(simd, first);
    }
    let [mut a, mut b, mut c, mut d, mut e] = start;
    // The last 16 words of the schedule; the first are the message itself.
    let mut w = [Word::splat(simd, 0); 16];
    for (word, lanes) in w.iter_mut().zip(message) {
        *word = Word::load(simd, lanes, part);
    }
    w[15] = length;

    macro_rules! step {
        ($t:literal) => {{
            const AT: usize = $t % 16;
            if $t >= 16 {
                w[AT] = (w[($t + 13) % 16] ^ w[($t + 8) % 16] ^ w[($t + 2) % 16] ^ w[AT]).left(1);
            }
            let f = match $t / 20 {
                0 => b.choose(c, d),
                2 => (b & c) | (d & (b | c)),
                _ => b ^ c ^ d,
            };
            let sum = (e + Word::splat(simd, ROUNDS[$t / 20]) + w[AT]) + f + a.left(5);
            (a, b, c, d, e) = (sum, a, b.left(30), c, d);
        }};
    }
    each!(step: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19);
    each!(step: 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39);
    each!(step: 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59);
    each!(step: 60 61 62 63 64 65 66 67 68 69 70 71 72 73 74 75 76 77 78 79);
    [a + start[0], b + start[1], c + start[2], d + start[3], e + start[4]]
}
