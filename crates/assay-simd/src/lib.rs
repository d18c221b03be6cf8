//! Loops that are compiled for several machines and run on the best that is there, with the same results on each. Nothing
//! here is unsafe: the machine is asked once, and what it has is shown by a token.

use pulp::{Simd, WithSimd};

/// What a loop is compiled for.
#[derive(Clone, Copy, Debug)]
pub struct Engine(Kind);

#[derive(Clone, Copy, Debug)]
enum Kind {
    #[cfg(target_arch = "x86_64")]
    Avx512(pulp::x86::V4),
    #[cfg(target_arch = "x86_64")]
    Avx2(pulp::x86::V3),
    Portable,
}

/// Bytes that are compared at once.
pub const CHUNK: usize = 64;

/// A machine that can say where a byte stands in sixty-four, as one bit each: the way that separators are found. One comparison
/// with AVX-512, two with AVX2, arithmetic on words of eight bytes on any other.
pub trait Bits: Copy {
    /// Bit `n` is set where the `n`th byte is this one.
    fn equal(self, chunk: &[u8; CHUNK], byte: u8) -> u64;

    /// Bit `n` is set where the `n`th byte is 0x80 or more.
    fn high(self, chunk: &[u8; CHUNK]) -> u64;

    /// Bit `n` is set where the `n`th byte is this one or less; the byte is below 0x80.
    fn at_most(self, chunk: &[u8; CHUNK], byte: u8) -> u64;

    /// Asks for a place in memory before it is read.
    fn prefetch<T>(self, place: &T);
}

/// What is done with the bits, for whatever machine.
pub trait WithBits {
    /// What comes of it.
    type Output;

    /// Must be `inline(always)`, as must be everything it calls in a loop: a function of its own is compiled for the least
    /// machine.
    fn with_bits<B: Bits>(self, bits: B) -> Self::Output;
}

impl Engine {
    /// The fastest that this machine has.
    #[must_use]
    pub fn best() -> Self {
        Self::available().first().copied().unwrap_or(Self::PORTABLE)
    }

    /// Works everywhere.
    pub const PORTABLE: Self = Self(Kind::Portable);

    /// All that this machine has, the fastest first.
    #[must_use]
    pub fn available() -> Vec<Self> {
        let mut engines = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            engines.extend(pulp::x86::V4::try_new().map(|token| Self(Kind::Avx512(token))));
            engines.extend(pulp::x86::V3::try_new().map(|token| Self(Kind::Avx2(token))));
        }
        engines.push(Self::PORTABLE);
        engines
    }

    /// `avx512`, `avx2` or `portable`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512(_) => "avx512",
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2(_) => "avx2",
            Kind::Portable => "portable",
        }
    }

    /// Runs what was compiled for this engine. Everything that the operation calls in a loop must be `inline(always)`:
    /// a function of its own is compiled for the least machine.
    #[inline]
    pub fn run<Op: WithSimd>(self, op: Op) -> Op::Output {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512(token) => Simd::vectorize(token, op),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2(token) => Simd::vectorize(token, op),
            Kind::Portable => Simd::vectorize(pulp::Scalar, op),
        }
    }

    /// Runs what was compiled for this engine.
    #[inline]
    pub fn with_bits<W: WithBits>(self, work: W) -> W::Output {
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
struct Op<W>(W);

#[cfg(target_arch = "x86_64")]
impl<B: Bits, W: WithBits> pulp::NullaryFnOnce for Op<(B, W)> {
    type Output = W::Output;

    #[inline(always)]
    fn call(self) -> W::Output {
        let (bits, work) = self.0;
        work.with_bits(bits)
    }
}

#[cfg(target_arch = "x86_64")]
impl Bits for pulp::x86::V4 {
    #[inline(always)]
    fn equal(self, chunk: &[u8; CHUNK], byte: u8) -> u64 {
        self.avx512bw
            ._mm512_cmpeq_epi8_mask(pulp::cast(*chunk), self.avx512f._mm512_set1_epi8(byte.cast_signed()))
    }

    #[inline(always)]
    fn high(self, chunk: &[u8; CHUNK]) -> u64 {
        self.avx512bw._mm512_movepi8_mask(pulp::cast(*chunk))
    }

    #[inline(always)]
    fn at_most(self, chunk: &[u8; CHUNK], byte: u8) -> u64 {
        self.avx512bw
            ._mm512_cmple_epu8_mask(pulp::cast(*chunk), self.avx512f._mm512_set1_epi8(byte.cast_signed()))
    }

    #[inline(always)]
    fn prefetch<T>(self, place: &T) {
        self.sse._mm_prefetch::<{ core::arch::x86_64::_MM_HINT_T0 }>(std::ptr::from_ref(place).cast());
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

    #[inline(always)]
    fn high(self, chunk: &[u8; CHUNK]) -> u64 {
        let halves: [core::arch::x86_64::__m256i; 2] = pulp::cast(*chunk);
        let mask = |half| self.avx2._mm256_movemask_epi8(half).cast_unsigned();
        u64::from(mask(halves[0])) | u64::from(mask(halves[1])) << 32
    }

    #[inline(always)]
    fn at_most(self, chunk: &[u8; CHUNK], byte: u8) -> u64 {
        let halves: [core::arch::x86_64::__m256i; 2] = pulp::cast(*chunk);
        let byte = self.avx._mm256_set1_epi8(byte.cast_signed());
        let mask = |half| {
            let less = self.avx2._mm256_cmpeq_epi8(self.avx2._mm256_min_epu8(half, byte), half);
            self.avx2._mm256_movemask_epi8(less).cast_unsigned()
        };
        u64::from(mask(halves[0])) | u64::from(mask(halves[1])) << 32
    }

    #[inline(always)]
    fn prefetch<T>(self, place: &T) {
        self.sse._mm_prefetch::<{ core::arch::x86_64::_MM_HINT_T0 }>(std::ptr::from_ref(place).cast());
    }
}

impl Bits for pulp::Scalar {
    #[inline(always)]
    fn equal(self, chunk: &[u8; CHUNK], byte: u8) -> u64 {
        let all = u64::from(byte) * 0x0101_0101_0101_0101;
        by_eights(chunk, |eight| {
            let other = eight ^ all;
            // The top bit of each byte that is zero now.
            !(((other & LOW) + LOW) | other | LOW)
        })
    }

    #[inline(always)]
    fn high(self, chunk: &[u8; CHUNK]) -> u64 {
        by_eights(chunk, |eight| eight & !LOW)
    }

    #[inline(always)]
    fn at_most(self, chunk: &[u8; CHUNK], byte: u8) -> u64 {
        // What is added carries the bytes above it into their top bit.
        let all = u64::from(0x7f - byte) * 0x0101_0101_0101_0101;
        by_eights(chunk, |eight| !(((eight & LOW) + all) | eight | LOW))
    }

    #[inline(always)]
    fn prefetch<T>(self, _: &T) {}
}

const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;

/// The top bits of eight bytes at a time, side by side.
#[inline(always)]
fn by_eights(chunk: &[u8; CHUNK], tops: impl Fn(u64) -> u64) -> u64 {
    let mut bits = 0;
    for (at, eight) in chunk.as_chunks::<8>().0.iter().enumerate() {
        let tops = tops(u64::from_le_bytes(*eight));
        bits |= ((tops >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * at);
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Where<'a>(&'a [u8; CHUNK], u8);

    impl WithBits for Where<'_> {
        type Output = (u64, u64, u64);

        #[inline(always)]
        fn with_bits<B: Bits>(self, bits: B) -> (u64, u64, u64) {
            bits.prefetch(self.0);
            (bits.equal(self.0, self.1), bits.high(self.0), bits.at_most(self.0, self.1 & 0x7f))
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
                let bits = |is: &dyn Fn(u8) -> bool| {
                    chunk.iter().enumerate().fold(0, |bits, (at, b)| bits | u64::from(is(*b)) << at)
                };
                let want = (bits(&|b| b == byte), bits(&|b| b >= 0x80), bits(&|b| b <= byte & 0x7f));
                for engine in Engine::available() {
                    let found = engine.with_bits(Where(&chunk, byte));
                    assert_eq!(found, want, "{} {byte:x} {chunk:?}", engine.name());
                }
            }
        }
    }
}
