//! Sixteen digests at once: MD5, SHA-1 and SHA-256 of messages that fit one block (55 bytes), a message a lane.
//!
//! ```text
//!            lane 0    lane 1    lane 2   ...   lane 15
//!  word 0  [ "SN00"    "SN00"    "SN00"   ...   "SN00"  ]   one vector register of 16 words (AVX-512), two of 8 (AVX2)
//!  word 1  [ "0001"    "0002"    "0003"   ...   "0016"  ]   or sixteen single ones (any machine)
//!  ...
//!  word 15 [ length    length    length   ...   length  ]
//! ```
//!
//! The three algorithms are written once, over a word of as many lanes as the machine's registers hold, and compiled
//! for each [`Engine`]. What does not fit one block is left to the crates that do one message at a time, which also are
//! what the tests hold the lanes against. This is for finding out careless generators; nothing here protects anything.

use pulp::{Simd, WithSimd};
use sha2::Digest as _;

pub use assay_simd::Engine;

mod md5;
mod sha1;
mod sha256;
pub(crate) mod word;

use word::Word;

/// Messages hashed at once.
pub const LANES: usize = 16;
/// The longest message that fits one block: 64 bytes less the mark of its end and its length.
pub const LONGEST: usize = 55;

/// A digest that a careless generator of passwords may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// MD5 (RFC 1321).
    Md5,
    /// SHA-1 (FIPS 180-4).
    Sha1,
    /// SHA-256 (FIPS 180-4).
    Sha256,
}

impl Algorithm {
    /// All of them, in the order of their age.
    pub const ALL: [Algorithm; 3] = [Algorithm::Md5, Algorithm::Sha1, Algorithm::Sha256];

    /// Bytes of its digest.
    #[must_use]
    pub const fn len(self) -> usize {
        match self {
            Algorithm::Md5 => 16,
            Algorithm::Sha1 => 20,
            Algorithm::Sha256 => 32,
        }
    }

    /// Never: a digest has bytes.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        false
    }

    /// Its name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Algorithm::Md5 => "MD5",
            Algorithm::Sha1 => "SHA-1",
            Algorithm::Sha256 => "SHA-256",
        }
    }

    /// The digest of one message of any length, without lanes.
    #[must_use]
    pub fn one(self, message: &[u8]) -> Digest {
        let mut digest = Digest { bytes: [0; 32], len: self.len() as u8 };
        match self {
            Algorithm::Md5 => digest.bytes[..16].copy_from_slice(&::md5::Md5::digest(message)),
            Algorithm::Sha1 => digest.bytes[..20].copy_from_slice(&::sha1::Sha1::digest(message)),
            Algorithm::Sha256 => digest.bytes.copy_from_slice(&sha2::Sha256::digest(message)),
        }
        digest
    }
}

/// CRC-32 (IEEE 802.3) of a message. It has no lanes: the crate reads a message faster than lanes could be filled.
#[must_use]
pub fn crc32(message: &[u8]) -> u32 {
    crc32fast::hash(message)
}

/// A digest of 16, 20 or 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest {
    bytes: [u8; 32],
    len: u8,
}

impl Digest {
    /// Its bytes.
    #[inline]
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

/// Digests of sixteen messages at once, on whatever machine. They are the same loops, and the same digests come out.
pub trait Digests {
    /// The digests of many messages of any length, in their order. Those that fit a block go through the lanes.
    fn digests<M: AsRef<[u8]>>(self, algorithm: Algorithm, messages: &[M], digests: &mut Vec<Digest>);

    /// The digests of a block, as words of the bit string with the first bit on top: the first 4, 5 or 8 of `out`.
    fn digest(self, algorithm: Algorithm, block: &Block, out: &mut [[u32; LANES]; 8]);
}

impl Digests for Engine {
    fn digests<M: AsRef<[u8]>>(self, algorithm: Algorithm, messages: &[M], digests: &mut Vec<Digest>) {
        digests.clear();
        let mut block = Block::default();
        let mut words = [[0; LANES]; 8];
        for some in messages.chunks(LANES) {
            let mut lanes = 0u32;
            for (lane, message) in some.iter().enumerate() {
                lanes |= u32::from(block.set(lane, message.as_ref())) << lane;
            }
            block.close();
            self.digest(algorithm, &block, &mut words);
            for (lane, message) in some.iter().enumerate() {
                digests.push(if lanes >> lane & 1 == 1 {
                    digest_of(algorithm, &words, lane)
                } else {
                    algorithm.one(message.as_ref())
                });
            }
        }
    }

    fn digest(self, algorithm: Algorithm, block: &Block, out: &mut [[u32; LANES]; 8]) {
        self.run(DigestBlock { algorithm, block, out });
    }
}

/// The digest of one lane, out of what [`Digests::digest`] left.
#[must_use]
pub fn digest_of(algorithm: Algorithm, words: &[[u32; LANES]; 8], lane: usize) -> Digest {
    let mut digest = Digest { bytes: [0; 32], len: algorithm.len() as u8 };
    for (bytes, word) in digest.bytes[..algorithm.len()].chunks_exact_mut(4).zip(words) {
        bytes.copy_from_slice(&word[lane].to_be_bytes());
    }
    digest
}

/// Sixteen messages, padded as the three algorithms want it, and turned on their side.
#[derive(Clone, Debug)]
pub struct Block {
    rows: [[u8; 64]; LANES],
    bits: [u32; LANES],
    // As many words as the longest message fills; the rest is zero in both.
    used: usize,
    little: [[u32; LANES]; 14],
    big: [[u32; LANES]; 14],
}

impl Default for Block {
    fn default() -> Block {
        Block {
            rows: [[0; 64]; LANES],
            bits: [0; LANES],
            used: 0,
            little: [[0; LANES]; 14],
            big: [[0; LANES]; 14],
        }
    }
}

impl Block {
    /// Puts a message into a lane. `false`, and the lane as it was, if it does not fit.
    pub fn set(&mut self, lane: usize, message: &[u8]) -> bool {
        if message.len() > LONGEST {
            return false;
        }
        let row = &mut self.rows[lane];
        *row = [0; 64];
        row[..message.len()].copy_from_slice(message);
        row[message.len()] = 0x80;
        self.bits[lane] = message.len() as u32 * 8;
        true
    }

    /// Puts a message into a lane that is padded with zeros already.
    #[inline(always)]
    pub(crate) fn set_padded(&mut self, lane: usize, message: &[u8; 64], len: usize) {
        let row = &mut self.rows[lane];
        *row = *message;
        row[len.min(LONGEST)] = 0x80;
        self.bits[lane] = len as u32 * 8;
    }

    /// Turns the messages on their side; to be called when the lanes are set and before they are hashed. Words beyond the
    /// longest message are cleared only where the block before had any.
    pub fn close(&mut self) {
        let Block { rows, bits, used, little, big } = self;
        // The mark of the end takes a byte, hence `+ 1`.
        let longest = bits.iter().fold(0, |longest, bits| longest.max(*bits)) as usize / 32 + 1;
        for word in 0..longest.max(*used).min(14) {
            for lane in 0..LANES {
                let (words, _) = rows[lane].as_chunks::<4>();
                little[word][lane] = u32::from_le_bytes(words[word]);
                big[word][lane] = u32::from_be_bytes(words[word]);
            }
        }
        *used = longest;
    }
}

/// The digest of a part of the lanes: words of the bit string, the rest zero.
#[inline(always)]
fn compress<S: Simd>(simd: S, algorithm: Algorithm, block: &Block, part: usize) -> [Word<S>; 8] {
    let zero = Word::splat(simd, 0);
    let length = Word::load(simd, &block.bits, part);
    match algorithm {
        Algorithm::Md5 => {
            // Not `map`: its closure would be a function of its own, compiled for the least machine.
            let [a, b, c, d] = md5::compress(simd, &block.little, length, part);
            [a.swap_bytes(), b.swap_bytes(), c.swap_bytes(), d.swap_bytes(), zero, zero, zero, zero]
        }
        Algorithm::Sha1 => {
            let [a, b, c, d, e] = sha1::compress(simd, &block.big, length, part);
            [a, b, c, d, e, zero, zero, zero]
        }
        Algorithm::Sha256 => sha256::compress(simd, &block.big, length, part),
    }
}

struct DigestBlock<'a> {
    algorithm: Algorithm,
    block: &'a Block,
    out: &'a mut [[u32; LANES]; 8],
}

impl WithSimd for DigestBlock<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        for part in 0..Word::<S>::PARTS {
            let words = compress(simd, self.algorithm, self.block, part);
            for (out, word) in self.out.iter_mut().zip(words) {
                word.store(out, part);
            }
        }
    }
}

#[cfg(test)]
mod tests;
