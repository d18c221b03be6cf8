//! Numbers spread over a table, for a catalogue so long that spreading them is worth it: one place in memory is read for each
//! row instead of four. What it answers is what the snapshot answers.

use assay::snapshot::{Found, Snapshot};
use assay_simd::{Bits, Engine, WithBits};

/// Bits of what stands for a number beside it: 13 digits take 44.
const VALUE: u32 = 20;

/// All numbers of a snapshot; there is none where what stands for them takes more bits than are left.
pub(crate) struct Table {
    /// The number, and below it one more than what stands for it; 0 for no number.
    slots: Vec<u64>,
    shift: u32,
    code_bits: u32,
}

impl Table {
    /// Spreads the numbers. Something rare needs the rank, which is not here: such codes are looked up in the snapshot.
    pub(crate) fn of(snapshot: &Snapshot, engine: Engine) -> Option<Self> {
        let code_bits = 64 - (snapshot.standings().len() as u64).leading_zeros();
        let day_bits = 64 - (snapshot.days().len() as u64).leading_zeros();
        if code_bits + day_bits > VALUE {
            return None;
        }
        // At most six in ten are taken.
        let size = (snapshot.len() * 5 / 3 + 16).next_power_of_two();
        let mut table = Self { slots: vec![0; size], shift: 64 - size.trailing_zeros(), code_bits };
        engine.with_bits(Spread { table: &mut table, snapshot });
        Some(table)
    }

    #[inline(always)]
    fn slot(&self, payload: u64) -> usize {
        (payload.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift) as usize
    }

    #[inline(always)]
    fn put(&mut self, payload: u64, found: Found) {
        let mut slot = self.slot(payload);
        let mask = self.slots.len() - 1;
        while let Some(here) = self.slots.get_mut(slot) {
            if *here == 0 {
                let value = u64::from(found.day) << self.code_bits | (u64::from(found.code) + 1);
                *here = payload << VALUE | value;
                return;
            }
            slot = (slot + 1) & mask;
        }
    }

    /// Asks for the place where a number would stand.
    #[inline(always)]
    pub(crate) fn prefetch<B: Bits>(&self, bits: B, payload: u64) {
        if let Some(slot) = self.slots.get(self.slot(payload)) {
            bits.prefetch(slot);
        }
    }

    /// What stands for a number; its rank is not known.
    #[inline(always)]
    pub(crate) fn find(&self, payload: u64) -> Option<Found> {
        let mut slot = self.slot(payload);
        loop {
            let here = *self.slots.get(slot)?;
            if here >> VALUE == payload {
                let value = here & ((1 << VALUE) - 1);
                let code = ((value & ((1 << self.code_bits) - 1)) as u32).checked_sub(1)?;
                return Some(Found { rank: u32::MAX, code, day: (value >> self.code_bits) as u32 });
            }
            if here == 0 {
                return None;
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }
}

/// Numbers whose places are asked for before the first of them is put there.
const AHEAD: usize = 32;

struct Spread<'a> {
    table: &'a mut Table,
    snapshot: &'a Snapshot,
}

impl WithBits for Spread<'_> {
    type Output = ();

    #[inline(always)]
    fn with_bits<B: Bits>(self, bits: B) {
        let Self { table, snapshot } = self;
        let mut some = Vec::with_capacity(AHEAD);
        let mut numbers = snapshot.numbers();
        loop {
            some.extend(numbers.by_ref().take(AHEAD));
            if some.is_empty() {
                return;
            }
            some.iter().for_each(|(payload, _)| table.prefetch(bits, *payload));
            some.drain(..).for_each(|(payload, found)| table.put(payload, found));
        }
    }
}
