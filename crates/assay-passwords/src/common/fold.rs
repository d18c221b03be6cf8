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

/// The same for sixteen bytes; written without branches so that it compiles to vector instructions.
#[inline]
fn fold16(mut bytes: [u8; 16]) -> [u8; 16] {
    for byte in &mut bytes {
        let mut b = *byte;
        b = if b.wrapping_sub(b'A') < 26 { b + 32 } else { b };
        b = if b == b'4' || b == b'@' { b'a' } else { b };
        b = if b == b'3' { b'e' } else { b };
        b = if b == b'1' || b == b'!' || b == b'l' { b'i' } else { b };
        b = if b == b'0' { b'o' } else { b };
        b = if b == b'5' || b == b'$' { b's' } else { b };
        b = if b == b'7' { b't' } else { b };
        *byte = b;
    }
    bytes
}

/// A hash of the folded bytes. `first` holds the first sixteen of them, zeros behind; the rest of a long password is read
/// from `word`. Not keyed: somebody who makes a list that collides slows his own audit.
#[inline]
pub(super) fn hash(first: [u8; 16], word: &[u8]) -> u64 {
    let mut state = mix(word.len() as u64, first);
    if word.len() > 16 {
        for chunk in word[16..].chunks(16) {
            let mut bytes = [0; 16];
            bytes[..chunk.len()].copy_from_slice(chunk);
            state = mix(state, bytes);
        }
    }
    state
}

#[inline]
fn mix(state: u64, bytes: [u8; 16]) -> u64 {
    let both = u128::from_le_bytes(fold16(bytes));
    let a = (both as u64) ^ 0x9e37_79b9_7f4a_7c15;
    let b = ((both >> 64) as u64) ^ state.wrapping_mul(0xd6e8_feb8_6659_fd93) ^ 0xa076_1d64_78bd_642f;
    let product = u128::from(a).wrapping_mul(u128::from(b));
    let folded = (product as u64) ^ ((product >> 64) as u64);
    // A product alone loses what meets a zero; the words come in once more.
    (folded ^ a.rotate_left(32) ^ b).wrapping_mul(0x9fb2_1c65_1e98_df25)
}

/// The first sixteen bytes, zeros behind.
#[inline]
pub(super) fn first(word: &[u8]) -> [u8; 16] {
    let mut bytes = [0; 16];
    let shown = word.len().min(16);
    bytes[..shown].copy_from_slice(&word[..shown]);
    bytes
}

/// Whether both fold to the same.
pub(super) fn same_folded(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| fold(*a) == fold(*b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_at_once_fold_as_one_does() {
        for byte in 0..=255u8 {
            assert_eq!(fold16([byte; 16])[7], fold(byte), "{byte}");
        }
    }

    #[test]
    fn what_folds_to_the_same_has_the_same_hash_and_nothing_else_does_in_a_million() {
        let of = |word: &[u8]| hash(first(word), word);
        assert_eq!(of(b"P@55w0rd"), of(b"password"));
        assert_eq!(of(b"PASSWORD-password-password"), of(b"password-Pa55word-passw0rd"));
        let mut all: Vec<u64> = (0..1_000_000).map(|n| of(format!("{n:x}g").as_bytes())).collect();
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
