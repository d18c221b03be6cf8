//! Which entries of one part stand there twice: first a bit a fingerprint, then a table of those few whose bit was set
//! before.

use super::parts::{BLOCK_BITS, Suspects, whole};

/// Which entries of a part may stand there twice: one bit a fingerprint, in the cache. A part has sixteen times as many bits
/// as entries, so that few are looked at again.
#[derive(Default)]
pub(super) struct Filter {
    seen: Vec<u64>,
    twice: Vec<u64>,
    shift: u32,
    any: bool,
}

impl Filter {
    /// Forgets the part before and sees this one.
    pub(super) fn see(&mut self, pieces: &[&[u64]]) {
        let entries: usize = pieces.iter().map(|piece| piece.len()).sum();
        let bits = (entries * 16).clamp(1 << 12, 1 << 24).next_power_of_two();
        self.shift = 64 - bits.trailing_zeros();
        for words in [&mut self.seen, &mut self.twice] {
            words.clear();
            words.resize(bits / 64, 0);
        }
        let mask = bits / 64 - 1;
        let mut any = false;
        for entry in pieces.iter().copied().flatten() {
            let bit = entry >> self.shift;
            let (word, bit) = ((bit / 64) as usize & mask, 1 << (bit % 64));
            let again = self.seen[word] & bit;
            self.seen[word] |= bit;
            // Seldom, and the cache has room for one of the two.
            if again != 0 {
                self.twice[word] |= again;
                any = true;
            }
        }
        self.any = any;
    }

    pub(super) fn nothing_twice(&self) -> bool {
        !self.any
    }

    #[inline]
    pub(super) fn maybe_twice(&self, entry: u64) -> bool {
        let bit = entry >> self.shift;
        self.twice[(bit / 64) as usize] >> (bit % 64) & 1 == 1
    }
}

/// The entries of one part that may stand there twice, by open addressing: empty slots hold `EMPTY`, which no entry is.
pub(super) struct Twice {
    slots: Vec<u64>,
    /// One bit a slot: it was met again.
    again: Vec<u64>,
    filled: usize,
}

/// No block has the number of all ones, so no entry is this.
const EMPTY: u64 = u64::MAX;

impl Default for Twice {
    fn default() -> Self {
        const FIRST: usize = 1 << 10;
        Self { slots: vec![EMPTY; FIRST], again: vec![0; FIRST / 64], filled: 0 }
    }
}

impl Twice {
    pub(super) fn add(&mut self, entry: u64, part: usize, suspects: &mut Suspects) {
        if self.filled * 2 >= self.slots.len() {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let rest = entry >> BLOCK_BITS;
        let mut slot = (rest >> 8) as usize & mask;
        loop {
            let held = self.slots[slot];
            if held == EMPTY {
                self.slots[slot] = entry;
                self.filled += 1;
                break;
            }
            if held >> BLOCK_BITS == rest {
                if self.again[slot / 64] >> (slot % 64) & 1 == 0 {
                    self.again[slot / 64] |= 1 << (slot % 64);
                    suspects.prints.push(whole(part, rest << BLOCK_BITS));
                    suspects.flag(held);
                }
                suspects.flag(entry);
                break;
            }
            slot = (slot + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let size = self.slots.len() * 2;
        let slots = std::mem::replace(&mut self.slots, vec![EMPTY; size]);
        let again = std::mem::replace(&mut self.again, vec![0; size / 64]);
        let mask = self.slots.len() - 1;
        for (old, entry) in slots.into_iter().enumerate().filter(|(_, e)| *e != EMPTY) {
            let mut slot = (entry >> BLOCK_BITS >> 8) as usize & mask;
            while self.slots[slot] != EMPTY {
                slot = (slot + 1) & mask;
            }
            self.slots[slot] = entry;
            self.again[slot / 64] |= (again[old / 64] >> (old % 64) & 1) << (slot % 64);
        }
    }
}
