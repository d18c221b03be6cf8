//! The digests that careless generators use: of one message by [`digest`], of sixteen by [`Lanes`].

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::near::Words;
use crate::lanes::{self, Block, Engine, LANES, digest_of};

/// A digest, or a chain of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Algorithm {
    Md5,
    Sha1,
    Sha256,
    Crc32,
    /// The MD5 of the MD5 in lower-case hexadecimal; likewise below.
    Md5OfHex,
    Sha1OfHex,
    Sha256OfHex,
    /// HMAC with an empty key: looks keyed, is not.
    HmacMd5,
    HmacSha1,
    HmacSha256,
    /// No digest at all: an encoding is taken for one. Likewise below.
    Itself,
    Backwards,
    Complement,
    NibblesSwapped,
}

impl Algorithm {
    /// For every message.
    pub(super) const PLAIN: [Self; 4] = [Self::Md5, Self::Sha1, Self::Sha256, Self::Crc32];
    /// For the usual messages only.
    pub(super) const CHAINED: [Self; 10] = [
        Self::Md5OfHex,
        Self::Sha1OfHex,
        Self::Sha256OfHex,
        Self::HmacMd5,
        Self::HmacSha1,
        Self::HmacSha256,
        Self::Itself,
        Self::Backwards,
        Self::Complement,
        Self::NibblesSwapped,
    ];

    /// Bytes of its digest; none where they are as many as the message has.
    fn len(self) -> usize {
        match self {
            Self::Itself | Self::Backwards | Self::Complement | Self::NibblesSwapped => 0,
            Self::Crc32 => 4,
            Self::Md5 | Self::Md5OfHex | Self::HmacMd5 => 16,
            Self::Sha1 | Self::Sha1OfHex | Self::HmacSha1 => 20,
            Self::Sha256 | Self::Sha256OfHex | Self::HmacSha256 => 32,
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Crc32 => "CRC-32",
            Self::Md5OfHex => "MD5 of the hexadecimal MD5",
            Self::Sha1OfHex => "SHA-1 of the hexadecimal SHA-1",
            Self::Sha256OfHex => "SHA-256 of the hexadecimal SHA-256",
            Self::HmacMd5 => "HMAC-MD5 with an empty key",
            Self::HmacSha1 => "HMAC-SHA-1 with an empty key",
            Self::HmacSha256 => "HMAC-SHA-256 with an empty key",
            Self::Itself => "text",
            Self::Backwards => "bytes from the last to the first",
            Self::Complement => "bytes with every bit turned over",
            Self::NibblesSwapped => "bytes with their halves exchanged",
        }
    }
}

/// A digest of at most 32 bytes.
#[derive(Clone, Copy, Default)]
pub(super) struct Digest {
    bytes: [u8; 32],
    len: usize,
}

impl Digest {
    fn of(bytes: &[u8]) -> Self {
        let mut digest = Self { bytes: [0; 32], len: bytes.len() };
        digest.bytes[..bytes.len()].copy_from_slice(bytes);
        digest
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// The digest of a message.
pub(super) fn digest(algorithm: Algorithm, message: &[u8]) -> Digest {
    match algorithm {
        Algorithm::Md5 => Digest::of(&Md5::digest(message)),
        Algorithm::Sha1 => Digest::of(&Sha1::digest(message)),
        Algorithm::Sha256 => Digest::of(&Sha256::digest(message)),
        Algorithm::Crc32 => Digest::of(&crc32fast::hash(message).to_be_bytes()),
        Algorithm::Md5OfHex => digest(Algorithm::Md5, &hex(digest(Algorithm::Md5, message).bytes())),
        Algorithm::Sha1OfHex => digest(Algorithm::Sha1, &hex(digest(Algorithm::Sha1, message).bytes())),
        Algorithm::Sha256OfHex => digest(Algorithm::Sha256, &hex(digest(Algorithm::Sha256, message).bytes())),
        Algorithm::HmacMd5 => empty_hmac(Algorithm::Md5, message),
        Algorithm::HmacSha1 => empty_hmac(Algorithm::Sha1, message),
        Algorithm::HmacSha256 => empty_hmac(Algorithm::Sha256, message),
        Algorithm::Itself => turned(message, |_| ()),
        Algorithm::Backwards => turned(message, |bytes| bytes.reverse()),
        Algorithm::Complement => turned(message, |bytes| bytes.iter_mut().for_each(|b| *b = !*b)),
        Algorithm::NibblesSwapped => {
            turned(message, |bytes| bytes.iter_mut().for_each(|b| *b = b.rotate_left(4)))
        }
    }
}

/// The end of the message, as much as a digest has room for.
fn turned(message: &[u8], turn: impl FnOnce(&mut [u8])) -> Digest {
    let mut digest = Digest::of(&message[message.len().saturating_sub(32)..]);
    turn(&mut digest.bytes[..digest.len]);
    digest
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    let digit = |n: u8| b"0123456789abcdef"[usize::from(n)];
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect()
}

/// RFC 2104 with a key of no bytes.
fn empty_hmac(algorithm: Algorithm, message: &[u8]) -> Digest {
    let inner = digest(algorithm, &[&[0x36; 64], message].concat());
    digest(algorithm, &[&[0x5c; 64], inner.bytes()].concat())
}

/// Sixteen messages, and their digests one algorithm after the other.
pub(super) struct Lanes {
    engine: Engine,
    messages: Vec<Vec<u8>>,
    block: Block,
    /// Lanes whose message is too long for a block.
    long: u16,
    text: Block,
    words: Words,
    lens: [usize; LANES],
}

impl Lanes {
    pub(super) fn new(engine: Engine) -> Self {
        Self {
            engine,
            messages: vec![Vec::new(); LANES],
            block: Block::default(),
            long: 0,
            text: Block::default(),
            words: [[0; LANES]; 8],
            lens: [0; LANES],
        }
    }

    /// Takes what `write` puts into each lane's message; it answers whether there is one. The lanes that have one.
    pub(super) fn fill(&mut self, mut write: impl FnMut(usize, &mut Vec<u8>) -> bool) -> u16 {
        let mut lanes = 0;
        self.long = 0;
        for (lane, message) in self.messages.iter_mut().enumerate() {
            if write(lane, message) {
                lanes |= 1 << lane;
                self.long |= u16::from(!self.block.set(lane, message)) << lane;
            }
        }
        self.block.close();
        lanes
    }

    /// The digests of all lanes, and how many bytes the longest has; what is shorter ends in zeros.
    pub(super) fn digest(&mut self, algorithm: Algorithm) -> (&Words, usize) {
        let (plain, chained) = match algorithm {
            Algorithm::Md5 => (lanes::Algorithm::Md5, false),
            Algorithm::Sha1 => (lanes::Algorithm::Sha1, false),
            Algorithm::Sha256 => (lanes::Algorithm::Sha256, false),
            Algorithm::Md5OfHex => (lanes::Algorithm::Md5, true),
            Algorithm::Sha1OfHex => (lanes::Algorithm::Sha1, true),
            _ => {
                let mut len = algorithm.len();
                for lane in 0..LANES {
                    let digest = digest(algorithm, &self.messages[lane]);
                    len = len.max(digest.len);
                    self.put(lane, &digest);
                    self.lens[lane] = digest.len;
                }
                return (&self.words, len);
            }
        };
        self.lens = [algorithm.len(); LANES];
        self.engine.digest(plain, &self.block, &mut self.words);
        if chained {
            for lane in 0..LANES {
                let text = hex(digest_of(plain, &self.words, lane).bytes());
                self.text.set(lane, &text);
            }
            self.text.close();
            self.engine.digest(plain, &self.text, &mut self.words);
        }
        let long = self.long;
        for lane in (0..LANES).filter(|lane| long >> lane & 1 == 1) {
            let digest = digest(algorithm, &self.messages[lane]);
            self.put(lane, &digest);
        }
        (&self.words, algorithm.len())
    }

    /// The digest of a lane, as [`Lanes::digest`] left it.
    pub(super) fn of(&self, lane: usize) -> Digest {
        let len = self.lens[lane];
        let mut digest = Digest { bytes: [0; 32], len };
        for (bytes, word) in digest.bytes[..len].chunks_mut(4).zip(&self.words) {
            bytes.copy_from_slice(&word[lane].to_be_bytes()[..bytes.len()]);
        }
        digest
    }

    fn put(&mut self, lane: usize, digest: &Digest) {
        for (word, bytes) in self.words.iter_mut().zip(digest.bytes.as_chunks::<4>().0) {
            word[lane] = u32::from_be_bytes(*bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_at_once_are_the_same_as_one_by_one() {
        let message = |lane: usize| "SN26-4021".repeat(1 + lane % 8);
        for engine in Engine::available() {
            let mut lanes = Lanes::new(engine);
            let filled = lanes.fill(|lane, text| {
                text.clear();
                text.extend_from_slice(message(lane).as_bytes());
                lane != 5
            });
            assert_eq!(filled, !(1 << 5));
            for algorithm in Algorithm::PLAIN.into_iter().chain(Algorithm::CHAINED) {
                lanes.digest(algorithm);
                for lane in (0..LANES).filter(|lane| *lane != 5) {
                    let one = digest(algorithm, message(lane).as_bytes());
                    assert_eq!(lanes.of(lane).bytes(), one.bytes(), "{algorithm:?} in lane {lane}");
                }
            }
        }
    }

    #[test]
    fn published_values_come_out() {
        let text =
            |algorithm, message: &[u8]| String::from_utf8(hex(digest(algorithm, message).bytes())).unwrap();
        assert_eq!(text(Algorithm::Md5, b"abc"), "900150983cd24fb0d6963f7d28e17f72"); // RFC 1321
        assert_eq!(text(Algorithm::Sha1, b"abc"), "a9993e364706816aba3e25717850c26c9cd0d89d"); // FIPS 180-4
        assert_eq!(text(Algorithm::Crc32, b"123456789"), "cbf43926"); // the check value of CRC-32/ISO-HDLC
        assert_eq!(text(Algorithm::HmacMd5, b""), "74e6f7298a9c2d168935f58c001bad88");
        assert_eq!(
            text(Algorithm::HmacSha256, b""),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
        );
    }
}
