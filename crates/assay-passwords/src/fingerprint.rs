//! A 64-bit keyed fingerprint of a cell. Fast, and not cryptographic: it finds candidates, and whatever it finds is compared
//! byte by byte before anything is said. The key is new for every run, so nobody can prepare a file full of collisions; a
//! fingerprint leaves memory only sealed.

/// The key of a run's fingerprints.
#[derive(Clone, Copy)]
pub struct Key([u64; 2]);

impl Key {
    /// From two random numbers.
    #[must_use]
    pub fn new(random: [u64; 2]) -> Self {
        // Odd numbers lose nothing in a product.
        Self([random[0] | 1, random[1] | 1])
    }

    /// The fingerprint of a cell.
    #[must_use]
    pub fn of(&self, bytes: &[u8]) -> u64 {
        let n = bytes.len();
        if n <= HEAD {
            return self.of_head(head(bytes), n);
        }
        let [_, l] = self.0;
        let mut state = self.begun(n);
        let mut rest = bytes;
        while rest.len() > HEAD {
            state = fold(eight(&rest[..8]) ^ l, eight(&rest[8..16]) ^ state);
            rest = &rest[16..];
        }
        self.ended(eight(&bytes[n - 16..n - 8]), eight(&bytes[n - 8..]), state)
    }

    /// The same of a cell of no more than sixteen bytes, read as one number with the first byte lowest: see
    /// [`Block::head`](crate::rows::Block::head).
    #[inline]
    #[must_use]
    pub fn of_head(&self, head: u128, len: usize) -> u64 {
        self.ended(head as u64, (head >> 64) as u64, self.begun(len))
    }

    #[inline]
    fn begun(&self, len: usize) -> u64 {
        self.0[0] ^ (len as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    #[inline]
    fn ended(&self, a: u64, b: u64, state: u64) -> u64 {
        let [k, l] = self.0;
        let once = fold(a ^ l, b ^ state);
        fold(once ^ k, l ^ 0x2d35_8dcc_aa6c_78a5)
    }
}

/// The longest cell that is one number.
pub(crate) const HEAD: usize = 16;

/// A cell of no more than [`HEAD`] bytes as one number, the first byte lowest.
pub(crate) fn head(bytes: &[u8]) -> u128 {
    let mut padded = [0; HEAD];
    padded[..bytes.len()].copy_from_slice(bytes);
    u128::from_le_bytes(padded)
}

/// A product folded upon itself: every bit of both factors reaches every bit of it.
#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

#[inline]
fn eight(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[..8]);
    u64::from_le_bytes(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_and_the_length_count() {
        let key = Key::new([0x1234_5678_9abc_def1, 0xfeed_f00d_dead_beef]);
        for n in 0..80_usize {
            let bytes: Vec<u8> = (0..n).map(|i| u8::try_from(i * 7 % 251).unwrap()).collect();
            let plain = key.of(&bytes);
            for i in 0..n {
                let mut other = bytes.clone();
                other[i] ^= 0x40;
                assert_ne!(key.of(&other), plain, "byte {i} of {n}");
            }
            let mut longer = bytes.clone();
            longer.push(0);
            assert_ne!(key.of(&longer), plain, "{n} and a zero byte");
        }
    }

    #[test]
    fn a_million_numbers_have_a_million_fingerprints_spread_evenly() {
        let key = Key::new([77, 99]);
        let mut all: Vec<u64> = (0..1_000_000_u32).map(|i| key.of(format!("{i:08}").as_bytes())).collect();
        let mut top = [0_u32; 1024];
        all.iter().for_each(|p| top[(p >> 54) as usize] += 1);
        assert!(top.iter().all(|n| (750..1250).contains(n)), "{:?}", top.iter().minmax());
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 1_000_000);
    }

    trait MinMax {
        fn minmax(self) -> (u32, u32);
    }
    impl<'a, I: Iterator<Item = &'a u32> + Clone> MinMax for I {
        fn minmax(self) -> (u32, u32) {
            (self.clone().copied().min().unwrap_or(0), self.copied().max().unwrap_or(0))
        }
    }
}
