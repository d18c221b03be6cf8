//! Where a byte stands in sixty-four, as one bit each: the way that separators are found. One comparison on a machine with
//! AVX-512, two with AVX2, arithmetic on words of eight bytes on any other.

use super::{Engine, Kind};

/// Bytes that are compared at once.
pub(crate) const CHUNK: usize = 64;

/// A machine that can say where a byte stands.
pub(crate) trait Bits: Copy {
    /// Bit `n` is set where the `n`th byte is this one.
    fn equal(self, chunk: &[u8; CHUNK], byte: u8) -> u64;
}

/// What is done with the bits, for whatever machine.
pub(crate) trait WithBits {
    type Output;

    /// Must be `inline(always)`, as must be everything it calls in a loop: a function of its own is compiled for the least
    /// machine.
    fn with_bits<B: Bits>(self, bits: B) -> Self::Output;
}

#[cfg(target_arch = "x86_64")]
impl Bits for pulp::x86::V4 {
    #[inline(always)]
    fn equal(self, chunk: &[u8; CHUNK], byte: u8) -> u64 {
        self.avx512bw
            ._mm512_cmpeq_epi8_mask(pulp::cast(*chunk), self.avx512f._mm512_set1_epi8(byte.cast_signed()))
    }
}

#[cfg(target_arch = "x86_64")]
impl Bits for pulp::x86::V3 {
    #[inline(always)]
    fn equal(self, chunk: &[u8; CHUNK], byte: u8) -> u64 {
        let halves: [core::arch::x86_64::__m256i; 2] = pulp::cast(*chunk);
        let byte = self.avx._mm256_set1_epi8(byte.cast_signed());
        let mask =
            |half| self.avx2._mm256_movemask_epi8(self.avx2._mm256_cmpeq_epi8(half, byte)).cast_unsigned();
        u64::from(mask(halves[0])) | u64::from(mask(halves[1])) << 32
    }
}

impl Bits for pulp::Scalar {
    #[inline(always)]
    fn equal(self, chunk: &[u8; CHUNK], byte: u8) -> u64 {
        const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
        let all = u64::from(byte) * 0x0101_0101_0101_0101;
        let mut bits = 0;
        for (at, eight) in chunk.as_chunks::<8>().0.iter().enumerate() {
            let other = u64::from_le_bytes(*eight) ^ all;
            // The top bit of each byte that is zero now; then the eight of them side by side.
            let same = !(((other & LOW) + LOW) | other | LOW);
            bits |= ((same >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * at);
        }
        bits
    }
}

#[cfg(target_arch = "x86_64")]
struct Op<W>(W);

impl Engine {
    /// Runs what was compiled for this engine.
    #[inline]
    pub(crate) fn with_bits<W: WithBits>(self, work: W) -> W::Output {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512(token) => token.vectorize(Op((token, work))),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2(token) => token.vectorize(Op((token, work))),
            Kind::Portable => work.with_bits(pulp::Scalar),
        }
    }
}

#[cfg(target_arch = "x86_64")]
impl<B: Bits, W: WithBits> pulp::NullaryFnOnce for Op<(B, W)> {
    type Output = W::Output;

    #[inline(always)]
    fn call(self) -> W::Output {
        let (bits, work) = self.0;
        work.with_bits(bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Where<'a>(&'a [u8; CHUNK], u8);

    impl WithBits for Where<'_> {
        type Output = u64;

        #[inline(always)]
        fn with_bits<B: Bits>(self, bits: B) -> u64 {
            bits.equal(self.0, self.1)
        }
    }

    #[test]
    fn every_engine_says_where_a_byte_stands() {
        let mut state = 5_u64;
        for round in 0..2000 {
            let chunk: [u8; CHUNK] = std::array::from_fn(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                // Few different bytes, and neighbours of the one that is sought.
                if round % 2 == 0 {
                    (state >> 60) as u8 * 17
                } else {
                    0x0a ^ ((state >> 59 & 1) as u8) << (state >> 61)
                }
            });
            for byte in [0, 0x0a, 0x22, 0x80, 0xff] {
                let want =
                    chunk.iter().enumerate().fold(0, |bits, (at, b)| bits | u64::from(*b == byte) << at);
                for engine in Engine::available() {
                    assert_eq!(
                        engine.with_bits(Where(&chunk, byte)),
                        want,
                        "{} {byte:x} {chunk:?}",
                        engine.name()
                    );
                }
            }
        }
    }
}
