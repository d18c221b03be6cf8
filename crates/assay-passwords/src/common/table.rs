//! A set of words that says "not in it" in a few nanoseconds: two bits a hash first, then a table of places in one piece of
//! memory, then the bytes themselves. Made once, read by all threads.

use super::fold::{self, LONGEST};
use crate::space::Space;

/// Words, folded for the look-up, kept as they were written.
#[derive(Default)]
pub(super) struct Table {
    /// A length byte before every word.
    words: Vec<u8>,
    count: usize,
    lengths: u128,
    /// Sixteen bits a word, two of them set: of random passwords one in fifty passes.
    filter: Vec<u64>,
    /// Where a word begins, plus one; open addressing at half load at most.
    slots: Vec<u32>,
}

impl Table {
    /// Adds a word. [`Table::index`] makes it findable.
    pub(super) fn push(&mut self, word: &[u8]) -> bool {
        let fits = !word.is_empty()
            && word.len() <= LONGEST
            && u32::try_from(self.words.len() + LONGEST + 2).is_ok();
        if fits {
            #[expect(clippy::cast_possible_truncation, reason = "at most LONGEST")]
            self.words.push(word.len() as u8);
            self.words.extend_from_slice(word);
            self.count += 1;
            self.lengths |= 1 << word.len();
        }
        fits
    }

    /// Makes the table and the filter for all words pushed so far. A word that is there already is found once.
    pub(super) fn index(&mut self) {
        let size = (self.count * 2).next_power_of_two().max(1024);
        self.slots = vec![0; size];
        self.filter = vec![0; (self.count * 16).next_power_of_two().max(1 << 16) / 64];
        let mut at = 0;
        while at < self.words.len() {
            let next = at + 1 + usize::from(self.words[at]);
            let word = &self.words[at + 1..next];
            let hash = fold::hash(word);
            let ((place, bits), mut slot) = (self.bits(hash), self.slot(hash));
            self.filter[place] |= bits;
            while self.slots[slot] != 0 && self.word(slot) != Some(&self.words[at + 1..next]) {
                slot = (slot + 1) % size;
            }
            self.slots[slot] = u32::try_from(at + 1).unwrap_or(0);
            at = next;
        }
    }

    /// Whether the set has a word of this length.
    #[inline]
    pub(super) fn has_length(&self, length: usize) -> bool {
        length <= LONGEST && self.lengths >> length & 1 == 1
    }

    /// Whether a word of this length and hash can be in the set.
    #[inline]
    pub(super) fn may_hold(&self, length: usize, hash: u64) -> bool {
        let (place, bits) = self.bits(hash);
        self.has_length(length) && self.filter[place] & bits == bits
    }

    /// How a word is in the set; an equal one goes before one that only folds to the same.
    pub(super) fn find(&self, word: &[u8], hash: u64) -> Option<Match> {
        let mut slot = self.slot(hash);
        let mut found = None;
        while let Some(entry) = self.word(slot) {
            if entry.eq_ignore_ascii_case(word) {
                return Some(Match::Same);
            }
            if fold::same_folded(entry, word) {
                found = Some(Match::Folded);
            }
            slot = (slot + 1) % self.slots.len();
        }
        found
    }

    /// Passwords of a batch that are expected by chance to begin with a word of the set, where every position of `space` is
    /// drawn by itself; `weight` is the chance that what stands behind a word of this length is as it must be. Characters of
    /// one class are equal.
    pub(super) fn share_by_chance(
        &self,
        space: &Space,
        class: fn(u8) -> u8,
        weight: impl Fn(usize) -> f64,
    ) -> f64 {
        let positions = space.positions();
        let classes: Vec<[f64; 256]> = (0..positions)
            .map(|at| {
                let mut shares = [0.0; 256];
                for byte in 0..=255u8 {
                    shares[usize::from(class(byte))] += space.share_at(at, byte);
                }
                shares
            })
            .collect();
        let weights: Vec<f64> = (0..=positions).map(weight).collect();
        let mut sum = 0.0;
        let mut rest = &self.words[..];
        while let Some((length, tail)) = rest.split_first() {
            let (word, tail) = tail.split_at(usize::from(*length));
            rest = tail;
            let Some(weight) = weights.get(word.len()).filter(|weight| **weight > 0.0) else { continue };
            let letters = word.iter().zip(&classes).map(|(b, at)| at[usize::from(class(*b))]);
            sum += letters.product::<f64>() * weight;
        }
        sum
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    fn word(&self, slot: usize) -> Option<&[u8]> {
        let start = self.slots[slot] as usize;
        let length = usize::from(self.words[start.checked_sub(1)?]);
        Some(&self.words[start..start + length])
    }

    /// The word of the filter that a hash has, and its two bits there.
    #[inline]
    fn bits(&self, hash: u64) -> (usize, u64) {
        ((hash >> 12) as usize & (self.filter.len() - 1), 1 << (hash % 64) | 1 << (hash >> 6 & 63))
    }

    #[inline]
    fn slot(&self, hash: u64) -> usize {
        // The filter takes the low bits, so this takes the high ones.
        (hash >> 36) as usize & (self.slots.len() - 1)
    }
}

/// How a password is in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    /// As it stands there, in either case.
    Same,
    /// With digits or signs for letters.
    Folded,
}
