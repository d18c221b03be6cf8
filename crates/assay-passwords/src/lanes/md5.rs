//! MD5 of one block in lanes (RFC 1321, section 3.4).

use pulp::Simd;

use super::LANES;
use super::word::Word;

const START: [u32; 4] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476];

/// The digest of a part of the lanes, as the algorithm's own words (least byte first). `length` is in bits.
#[inline(always)]
pub(super) fn compress<S: Simd>(
    simd: S,
    message: &[[u32; LANES]; 14],
    length: Word<S>,
    part: usize,
) -> [Word<S>; 4] {
    let mut start = [Word::splat(simd, 0); 4];
    for (word, first) in start.iter_mut().zip(START) {
        *word = Word::splat(simd, first);
    }
    let [mut a, mut b, mut c, mut d] = start;
    let mut w = [Word::splat(simd, 0); 14];
    for (word, lanes) in w.iter_mut().zip(message) {
        *word = Word::load(simd, lanes, part);
    }

    // A step of RFC 1321: a = b + ((a + f(b, c, d) + X[k] + T[i]) <<< s), where f is the round's function, the word k of
    // the message changes from step to step, and T[i] is the whole part of 2^32 times |sin i|.
    macro_rules! word {
        (14) => {
            length
        };
        (15) => {
            Word::splat(simd, 0)
        };
        ($k:tt) => {
            w[$k]
        };
    }
    macro_rules! step {
        ($f:ident $a:ident $b:ident $c:ident $d:ident $k:tt $s:literal $t:literal) => {
            $a = $b + ($a + Word::splat(simd, $t) + word!($k) + $f($b, $c, $d)).left($s);
        };
    }
    macro_rules! round {
        ($f:ident $s1:literal $s2:literal $s3:literal $s4:literal
         $($k1:tt $t1:literal, $k2:tt $t2:literal, $k3:tt $t3:literal, $k4:tt $t4:literal;)*) => {
            $(
                step!($f a b c d $k1 $s1 $t1);
                step!($f d a b c $k2 $s2 $t2);
                step!($f c d a b $k3 $s3 $t3);
                step!($f b c d a $k4 $s4 $t4);
            )*
        };
    }
    round!(f 7 12 17 22
        0 0xD76A_A478, 1 0xE8C7_B756, 2 0x2420_70DB, 3 0xC1BD_CEEE;
        4 0xF57C_0FAF, 5 0x4787_C62A, 6 0xA830_4613, 7 0xFD46_9501;
        8 0x6980_98D8, 9 0x8B44_F7AF, 10 0xFFFF_5BB1, 11 0x895C_D7BE;
        12 0x6B90_1122, 13 0xFD98_7193, 14 0xA679_438E, 15 0x49B4_0821;
    );
    round!(g 5 9 14 20
        1 0xF61E_2562, 6 0xC040_B340, 11 0x265E_5A51, 0 0xE9B6_C7AA;
        5 0xD62F_105D, 10 0x0244_1453, 15 0xD8A1_E681, 4 0xE7D3_FBC8;
        9 0x21E1_CDE6, 14 0xC337_07D6, 3 0xF4D5_0D87, 8 0x455A_14ED;
        13 0xA9E3_E905, 2 0xFCEF_A3F8, 7 0x676F_02D9, 12 0x8D2A_4C8A;
    );
    round!(h 4 11 16 23
        5 0xFFFA_3942, 8 0x8771_F681, 11 0x6D9D_6122, 14 0xFDE5_380C;
        1 0xA4BE_EA44, 4 0x4BDE_CFA9, 7 0xF6BB_4B60, 10 0xBEBF_BC70;
        13 0x289B_7EC6, 0 0xEAA1_27FA, 3 0xD4EF_3085, 6 0x0488_1D05;
        9 0xD9D4_D039, 12 0xE6DB_99E5, 15 0x1FA2_7CF8, 2 0xC4AC_5665;
    );
    round!(i 6 10 15 21
        0 0xF429_2244, 7 0x432A_FF97, 14 0xAB94_23A7, 5 0xFC93_A039;
        12 0x655B_59C3, 3 0x8F0C_CC92, 10 0xFFEF_F47D, 1 0x8584_5DD1;
        8 0x6FA8_7E4F, 15 0xFE2C_E6E0, 6 0xA301_4314, 13 0x4E08_11A1;
        4 0xF753_7E82, 11 0xBD3A_F235, 2 0x2AD7_D2BB, 9 0xEB86_D391;
    );
    [a + start[0], b + start[1], c + start[2], d + start[3]]
}

#[inline(always)]
fn f<S: Simd>(x: Word<S>, y: Word<S>, z: Word<S>) -> Word<S> {
    x.choose(y, z)
}

#[inline(always)]
fn g<S: Simd>(x: Word<S>, y: Word<S>, z: Word<S>) -> Word<S> {
    z.choose(x, y)
}

#[inline(always)]
fn h<S: Simd>(x: Word<S>, y: Word<S>, z: Word<S>) -> Word<S> {
    x ^ y ^ z
}

#[inline(always)]
fn i<S: Simd>(x: Word<S>, y: Word<S>, z: Word<S>) -> Word<S> {
    y ^ (x | !z)
}
