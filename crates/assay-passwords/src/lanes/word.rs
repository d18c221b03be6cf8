//! A word of 32 bits in as many lanes as a register holds, with the few operations that digests need. Shifts and
//! rotations are by constants, written so that the compiler finds the one instruction where the machine has it.

use std::ops::{Add, BitAnd, BitOr, BitXor, Not, Sub};

use pulp::Simd;

use super::LANES;

/// One word of every lane.
#[derive(Clone, Copy)]
pub(crate) struct Word<S: Simd> {
    simd: S,
    lanes: S::u32s,
}

impl<S: Simd> Word<S> {
    /// The same in every lane.
    #[inline(always)]
    pub(crate) fn splat(simd: S, word: u32) -> Self {
        Word { simd, lanes: simd.splat_u32s(word) }
    }

    /// A part of sixteen lanes: the part-th register full, counted from 0.
    #[inline(always)]
    pub(crate) fn load(simd: S, lanes: &[u32; LANES], part: usize) -> Self {
        Word { simd, lanes: S::as_simd_u32s(lanes).0[part] }
    }

    /// Into a part of sixteen lanes.
    #[inline(always)]
    pub(crate) fn store(self, lanes: &mut [u32; LANES], part: usize) {
        S::as_mut_simd_u32s(lanes).0[part] = self.lanes;
    }

    /// Registers that sixteen lanes fill.
    pub(crate) const PARTS: usize = LANES / S::U32_LANES;

    /// Up by fewer than 32 bits.
    #[inline(always)]
    pub(crate) fn up(self, bits: u32) -> Self {
        let by = self.simd.splat_u32s(bits);
        Word { simd: self.simd, lanes: self.simd.wrapping_dyn_shl_u32s(self.lanes, by) }
    }

    /// Down by fewer than 32 bits.
    #[inline(always)]
    pub(crate) fn down(self, bits: u32) -> Self {
        let by = self.simd.splat_u32s(bits);
        Word { simd: self.simd, lanes: self.simd.wrapping_dyn_shr_u32s(self.lanes, by) }
    }

    /// Round to the left, by 1 to 31 bits.
    #[inline(always)]
    pub(crate) fn left(self, bits: u32) -> Self {
        self.up(bits) | self.down(32 - bits)
    }

    /// Round to the right, by 1 to 31 bits.
    #[inline(always)]
    pub(crate) fn right(self, bits: u32) -> Self {
        self.left(32 - bits)
    }

    /// The bits of `one` where this has a 1, those of `other` where it has a 0.
    #[inline(always)]
    pub(crate) fn choose(self, one: Self, other: Self) -> Self {
        (self & one) | (!self & other)
    }

    /// The bytes of every lane in the other order.
    #[inline(always)]
    pub(crate) fn swap_bytes(self) -> Self {
        Word::splat(self.simd, 0x00FF_00FF).choose(self.left(8), self.right(8))
    }

    /// The lesser of the two, lane by lane.
    #[inline(always)]
    pub(crate) fn min(self, other: Self) -> Self {
        Word { simd: self.simd, lanes: self.simd.min_u32s(self.lanes, other.lanes) }
    }

    /// The greater of the two, lane by lane.
    #[inline(always)]
    pub(crate) fn max(self, other: Self) -> Self {
        Word { simd: self.simd, lanes: self.simd.max_u32s(self.lanes, other.lanes) }
    }

    /// The product, modulo 2^32.
    #[inline(always)]
    pub(crate) fn times(self, other: Self) -> Self {
        Word { simd: self.simd, lanes: self.simd.mul_u32s(self.lanes, other.lanes) }
    }

    /// Whether any lane is at most the other's.
    #[inline(always)]
    pub(crate) fn any_at_most(self, other: Self) -> bool {
        let mask = self.simd.less_than_or_equal_u32s(self.lanes, other.lanes);
        self.simd.first_true_m32s(mask) < S::U32_LANES
    }
}

impl<S: Simd> Add for Word<S> {
    type Output = Self;

    /// The sum, modulo 2^32.
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Word { simd: self.simd, lanes: self.simd.add_u32s(self.lanes, other.lanes) }
    }
}

impl<S: Simd> Sub for Word<S> {
    type Output = Self;

    /// The difference, modulo 2^32.
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Word { simd: self.simd, lanes: self.simd.sub_u32s(self.lanes, other.lanes) }
    }
}

impl<S: Simd> BitXor for Word<S> {
    type Output = Self;

    #[inline(always)]
    fn bitxor(self, other: Self) -> Self {
        Word { simd: self.simd, lanes: self.simd.xor_u32s(self.lanes, other.lanes) }
    }
}

impl<S: Simd> BitAnd for Word<S> {
    type Output = Self;

    #[inline(always)]
    fn bitand(self, other: Self) -> Self {
        Word { simd: self.simd, lanes: self.simd.and_u32s(self.lanes, other.lanes) }
    }
}

impl<S: Simd> BitOr for Word<S> {
    type Output = Self;

    #[inline(always)]
    fn bitor(self, other: Self) -> Self {
        Word { simd: self.simd, lanes: self.simd.or_u32s(self.lanes, other.lanes) }
    }
}

impl<S: Simd> Not for Word<S> {
    type Output = Self;

    #[inline(always)]
    fn not(self) -> Self {
        Word { simd: self.simd, lanes: self.simd.not_u32s(self.lanes) }
    }
}

/// Writes a macro out once for every number, so that an index into a table is a constant and words stay in registers.
macro_rules! each {
    ($write:ident: $($number:literal)*) => { $( $write!($number); )* };
}
pub(crate) use each;
