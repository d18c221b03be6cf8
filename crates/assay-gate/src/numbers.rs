//! Numbers spread over a table, for a catalogue so long that spreading them is worth it, and for whoever looks up many: one place in
//! memory is read for each instead of four, and it is asked for before it is needed, so that one number does not wait for another.
//! What it answers is what the snapshot answers.

use std::ops::Deref;

use assay::snapshot::{Found, Snapshot};
use assay_simd::{Bits, Engine, WithBits};
use memmap2::MmapMut;

/// Bits of what stands for a number beside it: 13 digits take 44.
const VALUE: u32 = 20;

/// Numbers whose places are asked for before the first of them is looked at.
const AHEAD: usize = 32;

/// A snapshot laid out for lookups: some 14 to 27 bytes for each of its numbers, made once in some 20 ns for each.
pub struct Numbers<S> {
    snapshot: S,
    /// Words: the number, and below it one more than what stands for it; 0 for no number. None where what stands for a number takes
    /// more bits than are left, or there is no memory: then the snapshot itself is searched.
    slots: Option<MmapMut>,
    shift: u32,
    code_bits: u32,
    /// By code: whether something rare stands beside it, which is found by its rank.
    rare: Vec<bool>,
    engine: Engine,
}

/// The table as it is looked at.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    snapshot: &'a Snapshot,
    slots: &'a [u64],
    shift: u32,
    code_bits: u32,
    rare: &'a [bool],
}

impl<S: Deref<Target = Snapshot>> Numbers<S> {
    /// Lays out a snapshot that is borrowed, or held by an `Arc`.
    #[must_use]
    pub fn new(snapshot: S, engine: Engine) -> Self {
        let bits = |count: usize| usize::BITS - count.leading_zeros();
        let (code_bits, day_bits) = (bits(snapshot.standings().len()), bits(snapshot.days().len()));
        // At most six in ten are taken.
        let size = (snapshot.len() * 5 / 3 + 16).next_power_of_two();
        let shift = 64 - size.trailing_zeros();
        let slots =
            if code_bits + day_bits <= VALUE { spread(&snapshot, engine, size, code_bits) } else { None };
        let rare = snapshot.standings().map(|(_, rare)| rare).collect();
        Self { snapshot, slots, shift, code_bits, rare, engine }
    }

    /// The same without the places, as where they do not fit.
    #[cfg(test)]
    pub(crate) fn searched(snapshot: S, engine: Engine) -> Self {
        Self { slots: None, ..Self::new(snapshot, engine) }
    }

    /// The snapshot.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// What its loops are compiled for.
    pub(crate) fn engine(&self) -> Engine {
        self.engine
    }

    /// Looks numbers up, each without its check digit, and adds what was found of each to `found` in their order. Only what has
    /// something rare beside it is sure to have its rank; of others it may be `u32::MAX`.
    pub fn many(&self, payloads: &[u64], found: &mut Vec<Option<Found>>) {
        found.reserve(payloads.len());
        self.engine.with_bits(Many { view: self.view(), payloads, found });
    }

    /// Looks one number up, likewise.
    #[inline]
    #[must_use]
    pub fn one(&self, payload: u64) -> Option<Found> {
        self.view().find(payload)
    }

    /// To look at again and again.
    #[inline(always)]
    pub(crate) fn view(&self) -> View<'_> {
        let slots = self.slots.as_deref().and_then(|slots| bytemuck::try_cast_slice(slots).ok());
        let Self { snapshot, shift, code_bits, rare, .. } = self;
        View { snapshot, slots: slots.unwrap_or_default(), shift: *shift, code_bits: *code_bits, rare }
    }
}

#[inline(always)]
fn slot(payload: u64, shift: u32) -> usize {
    (payload.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> shift) as usize
}

impl View<'_> {
    /// Asks for the place where a number would stand.
    #[inline(always)]
    pub(crate) fn prefetch<B: Bits>(self, bits: B, payload: u64) {
        if let Some(slot) = self.slots.get(slot(payload, self.shift)) {
            bits.prefetch(slot);
        }
    }

    /// What stands for a number.
    #[inline(always)]
    pub(crate) fn find(self, payload: u64) -> Option<Found> {
        if self.slots.is_empty() {
            return self.snapshot.find_payload(payload);
        }
        let mut slot = slot(payload, self.shift);
        loop {
            let here = *self.slots.get(slot)?;
            if here >> VALUE == payload {
                let value = here & ((1 << VALUE) - 1);
                let code = ((value & ((1 << self.code_bits) - 1)) as u32).checked_sub(1)?;
                return match self.rare.get(code as usize) {
                    Some(false) => {
                        Some(Found { rank: u32::MAX, code, day: (value >> self.code_bits) as u32 })
                    }
                    _ => self.snapshot.find_payload(payload),
                };
            }
            if here == 0 {
                return None;
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }
}

/// The places, in large pages where the system has them: else each look waits for an address to be translated as well.
fn spread(snapshot: &Snapshot, engine: Engine, size: usize, code_bits: u32) -> Option<MmapMut> {
    let mut slots = MmapMut::map_anon(size.checked_mul(8)?).ok()?;
    #[cfg(target_os = "linux")]
    let _ = slots.advise(memmap2::Advice::HugePage);
    let shift = 64 - size.trailing_zeros();
    let words = bytemuck::try_cast_slice_mut(&mut slots[..]).ok()?;
    engine.with_bits(Spread { slots: words, shift, code_bits, snapshot });
    Some(slots)
}

struct Spread<'a> {
    slots: &'a mut [u64],
    shift: u32,
    code_bits: u32,
    snapshot: &'a Snapshot,
}

impl Spread<'_> {
    #[inline(always)]
    fn put(&mut self, payload: u64, found: Found) {
        let mut slot = slot(payload, self.shift);
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
}

impl WithBits for Spread<'_> {
    type Output = ();

    #[inline(always)]
    fn with_bits<B: Bits>(mut self, bits: B) {
        let mut some = Vec::with_capacity(AHEAD);
        let mut numbers = self.snapshot.numbers();
        loop {
            some.extend(numbers.by_ref().take(AHEAD));
            if some.is_empty() {
                return;
            }
            for (payload, _) in &some {
                if let Some(slot) = self.slots.get(slot(*payload, self.shift)) {
                    bits.prefetch(slot);
                }
            }
            some.drain(..).for_each(|(payload, found)| self.put(payload, found));
        }
    }
}

struct Many<'a> {
    view: View<'a>,
    payloads: &'a [u64],
    found: &'a mut Vec<Option<Found>>,
}

impl WithBits for Many<'_> {
    type Output = ();

    #[inline(always)]
    fn with_bits<B: Bits>(self, bits: B) {
        let Self { view, payloads, found } = self;
        for some in payloads.chunks(AHEAD) {
            some.iter().for_each(|payload| view.prefetch(bits, *payload));
            found.extend(some.iter().map(|payload| view.find(*payload)));
        }
    }
}
