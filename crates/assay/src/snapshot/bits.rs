//! Numbers of a few bits each, side by side in words of 64; and the search of a zero in a word.

/// Bits that hold every number from 0 to `most`.
pub(super) fn width(most: u64) -> u32 {
    64 - most.leading_zeros()
}

/// The `index`th number of `width` bits, counted from the word `at`; zero beyond the end.
#[inline(always)]
pub(super) fn get(words: &[u64], at: usize, index: usize, width: u32) -> u64 {
    get_bit(words, at, index * width as usize, width)
}

/// The number of `width` bits that begins so many bits behind the word `at`; zero beyond the end.
#[inline(always)]
pub(super) fn get_bit(words: &[u64], at: usize, bit: usize, width: u32) -> u64 {
    let (word, shift) = (at + (bit >> 6), (bit & 63) as u32);
    let low = words.get(word).copied().unwrap_or(0) >> shift;
    let high = if shift + width > 64 { words.get(word + 1).copied().unwrap_or(0) << (64 - shift) } else { 0 };
    (low | high) & mask(width)
}

/// The lowest `width` bits.
#[inline(always)]
pub(super) fn mask(width: u32) -> u64 {
    if width >= 64 { u64::MAX } else { (1 << width) - 1 }
}

/// Numbers that are being written.
#[derive(Default)]
pub(super) struct Bits {
    pub(super) words: Vec<u64>,
    /// Bits written since the last [`Bits::align`].
    used: usize,
}

impl Bits {
    /// Appends the lowest `width` bits of a number.
    pub(super) fn push(&mut self, number: u64, width: u32) {
        if width == 0 {
            return;
        }
        let shift = (self.used & 63) as u32;
        if shift == 0 {
            self.words.push(0);
        }
        let number = number & mask(width);
        if let Some(last) = self.words.last_mut() {
            *last |= number << shift;
        }
        if shift + width > 64 {
            self.words.push(number >> (64 - shift));
        }
        self.used += width as usize;
    }

    /// Begins a new word.
    pub(super) fn align(&mut self) {
        self.used = 0;
    }
}

/// The position of the `rank`th bit that is set, counted from 0; there must be so many.
#[inline(always)]
pub(super) fn select(word: u64, rank: u32) -> u32 {
    // Halves, quarters … of the word, by how many bits are set in the lower one: the same few steps for every word.
    let (mut word, mut rank, mut at) = (word, rank, 0);
    for half in [32, 16, 8, 4, 2, 1] {
        let below = (word & mask(half)).count_ones();
        let go = u32::from(rank >= below);
        rank -= below * go;
        at += half * go;
        word >>= half * go;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_whatever_their_width() {
        let mut state = 1u64;
        for width in 1..=64 {
            let numbers: Vec<u64> = (0..200)
                .map(|_| {
                    state =
                        state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    state.rotate_left(31) & mask(width)
                })
                .collect();
            let mut bits = Bits::default();
            bits.push(1, 1);
            bits.align();
            for number in &numbers {
                bits.push(*number, width);
            }
            for (at, number) in numbers.iter().enumerate() {
                assert_eq!(get(&bits.words, 1, at, width), *number, "{width} {at}");
            }
        }
        assert_eq!((width(0), width(1), width(4), width(u64::MAX)), (0, 1, 3, 64));
    }

    #[test]
    fn every_set_bit_is_found() {
        for word in [1, u64::MAX, 0x8000_0000_0000_0001, 0x0f0f_1234_dead_beef, 1 << 63] {
            let wanted: Vec<u32> = (0..64).filter(|at| word >> at & 1 == 1).collect();
            let found: Vec<u32> = (0..word.count_ones()).map(|rank| select(word, rank)).collect();
            assert_eq!(found, wanted);
        }
    }
}
