//! One form for passwords that people take for different: letters of either case, and the digits and signs that stand for
//! letters (`P@55w0rd`). Both sides are folded, so digits stay comparable: `1` and `i` and `l` are one class, and a list
//! that has `123456` finds `123456`.

/// The longest password a list can hold. Longer lines are left out: nobody guesses them from a list.
pub(super) const LONGEST: usize = 64;

/// What a byte is folded to.
#[inline]
pub(crate) const fn fold(byte: u8) -> u8 {
    match byte.to_ascii_lowercase() {
        b'4' | b'@' => b'a',
        b'3' => b'e',
        b'1' | b'!' | b'l' => b'i',
        b'0' => b'o',
        b'5' | b'$' => b's',
        b'7' => b't',
        lower => lower,
    }
}

/// Random numbers for the folded bytes: one for all that fold to the same.
static NUMBERS: [u64; 256] = {
    let mut numbers = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut z = (fold(byte as u8) as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        numbers[byte] = z ^ (z >> 31);
        byte += 1;
    }
    numbers
};

/// A hash of the folded bytes, two instructions a byte. Not keyed: somebody who makes a list that collides slows his own
/// audit and nobody else's.
#[inline]
pub(super) fn hash(word: &[u8]) -> u64 {
    // Turned by five each, no two of 64 bytes end up turned alike.
    let sum = word.iter().fold(0u64, |sum, byte| sum.rotate_left(5) ^ NUMBERS[usize::from(*byte)]);
    let product = (sum ^ (sum >> 32)).wrapping_mul(0x9fb2_1c65_1e98_df25);
    product ^ (product >> 32)
}

/// Whether both fold to the same.
pub(super) fn same_folded(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| fold(*a) == fold(*b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_folds_to_the_same_has_the_same_hash_and_nothing_else_does_in_a_million() {
        assert_eq!(hash(b"P@55w0rd"), hash(b"password"));
        assert_eq!(hash(b"PASSWORD-password-password"), hash(b"password-Pa55word-passw0rd"));
        let mut all: Vec<u64> = (0..1_000_000).map(|n| hash(format!("{n:x}g").as_bytes())).collect();
        all.sort_unstable();
        let before = all.len();
        all.dedup();
        // Hexadecimal numbers fold onto each other (`1` is `i`, but `4` is `a` and `3` is `e`): count those that do not.
        let mut folded: Vec<Vec<u8>> =
            (0..1_000_000).map(|n| format!("{n:x}g").bytes().map(fold).collect()).collect();
        folded.sort_unstable();
        folded.dedup();
        assert_eq!(all.len(), folded.len(), "of {before}");
    }
}
