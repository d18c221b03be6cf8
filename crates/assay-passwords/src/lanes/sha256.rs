//! SHA-256 of one block in lanes (FIPS 180-4, section 6.2).

use pulp::Simd;

use super::LANES;
use super::word::{Word, each};

/// The digest of a part of the lanes. `length` is in bits.
#[inline(always)]
pub(super) fn compress<S: Simd>(
    simd: S,
    message: &[[u32; LANES]; 14],
    length: Word<S>,
    part: usize,
) -> [Word<S>; 8] {
    let mut start = [Word::splat(simd, 0); 8];
    for (word, first) in start.iter_mut().zip(START) {
        *word = Word::splat(simd, first);
    }
    let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = start;
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
                let (near, far) = (w[($t + 14) % 16], w[($t + 1) % 16]);
                let near = near.right(17) ^ near.right(19) ^ near.down(10);
                let far = far.right(7) ^ far.right(18) ^ far.down(3);
                w[AT] = (w[AT] + w[($t + 9) % 16]) + near + far;
            }
            let high = e.right(6) ^ e.right(11) ^ e.right(25);
            let one = (h + Word::splat(simd, ROUNDS[$t]) + w[AT]) + e.choose(f, g) + high;
            let low = a.right(2) ^ a.right(13) ^ a.right(22);
            let two = low + ((a & b) | (c & (a | b)));
            (a, b, c, d, e, f, g, h) = (one + two, a, b, c, d + one, e, f, g);
        }};
    }
    each!(step: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
    each!(step: 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31);
    each!(step: 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47);
    each!(step: 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63);
    [
        a + start[0],
        b + start[1],
        c + start[2],
        d + start[3],
        e + start[4],
        f + start[5],
        g + start[6],
        h + start[7],
    ]
}

// The first 32 bits of the fractions of the square roots of the first 8 primes, and of the cube roots of the first 64.
const START: [u32; 8] =
    [0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19];
#[rustfmt::skip]
const ROUNDS: [u32; 64] = [
    0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4, 0xAB1C_5ED5,
    0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3, 0x72BE_5D74, 0x80DE_B1FE, 0x9BDC_06A7, 0xC19B_F174,
    0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F, 0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA,
    0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7, 0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967,
    0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC, 0x5338_0D13, 0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85,
    0xA2BF_E8A1, 0xA81A_664B, 0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070,
    0x19A4_C116, 0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
    0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208, 0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7, 0xC671_78F2,
];
