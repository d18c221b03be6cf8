//! The digests that careless generators use: of one message by [`digest`], of sixteen by [`Lanes`].

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha224, Sha256, Sha384, Sha512};
use sha3::{Keccak256, Sha3_256, Sha3_512};

use super::checksum;
use super::forms::Message;
use super::near::Words;
use crate::lanes::{self, Block, Digests as _, Engine, LANES, digest_of};

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
    /// HMAC; with an empty key it looks keyed and is not.
    HmacMd5,
    HmacSha1,
    HmacSha256,
    /// No digest at all: an encoding is taken for one. Likewise below.
    Itself,
    Backwards,
    Complement,
    NibblesSwapped,
    Sha224,
    Sha384,
    Sha512,
    /// The last 32 bytes of it.
    Sha512End,
    Sha3,
    Sha3Long,
    Keccak,
    /// The second of the first.
    Chain(Plain, Link, Plain),
    /// So many times over, the first time of the message.
    Rounds(Plain, Link, u16),
    Checksum(checksum::Checksum),
}

/// A digest that is made of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Plain {
    Md5,
    Sha1,
    Sha256,
}

impl Plain {
    pub(super) const ALL: [Self; 3] = [Self::Md5, Self::Sha1, Self::Sha256];

    fn algorithm(self) -> Algorithm {
        match self {
            Self::Md5 => Algorithm::Md5,
            Self::Sha1 => Algorithm::Sha1,
            Self::Sha256 => Algorithm::Sha256,
        }
    }

    pub(super) fn in_lanes(self) -> lanes::Algorithm {
        match self {
            Self::Md5 => lanes::Algorithm::Md5,
            Self::Sha1 => lanes::Algorithm::Sha1,
            Self::Sha256 => lanes::Algorithm::Sha256,
        }
    }
}

/// How the first digest is handed to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Link {
    Bytes,
    Hex,
    HexUpper,
}

impl Link {
    pub(super) const ALL: [Self; 3] = [Self::Bytes, Self::Hex, Self::HexUpper];

    pub(super) fn write(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Bytes => bytes.to_vec(),
            Self::Hex => hex(bytes),
            Self::HexUpper => hex(bytes).to_ascii_uppercase(),
        }
    }
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
    /// Under a key.
    pub(super) const KEYED: [Self; 3] = [Self::HmacMd5, Self::HmacSha1, Self::HmacSha256];

    /// For the usual messages of a few units.
    pub(super) fn rare() -> Vec<Self> {
        let mut all = vec![
            Self::Sha224,
            Self::Sha384,
            Self::Sha512,
            Self::Sha512End,
            Self::Sha3,
            Self::Sha3Long,
            Self::Keccak,
        ];
        all.extend(checksum::Checksum::ALL.map(Self::Checksum));
        for first in Plain::ALL {
            for link in Link::ALL {
                // The same of its hexadecimal stands among the usual ones.
                let second = Plain::ALL.into_iter().filter(|second| *second != first || link != Link::Hex);
                all.extend(second.map(|second| Self::Chain(first, link, second)));
            }
        }
        all
    }

    pub(super) fn words(self) -> String {
        let link = |link: Link| match link {
            Link::Bytes => "",
            Link::Hex => "hexadecimal ",
            Link::HexUpper => "upper-case hexadecimal ",
        };
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Crc32 => "CRC-32",
            Self::Md5OfHex => "MD5 of the hexadecimal MD5",
            Self::Sha1OfHex => "SHA-1 of the hexadecimal SHA-1",
            Self::Sha256OfHex => "SHA-256 of the hexadecimal SHA-256",
            Self::HmacMd5 => "HMAC-MD5",
            Self::HmacSha1 => "HMAC-SHA-1",
            Self::HmacSha256 => "HMAC-SHA-256",
            Self::Itself => "text",
            Self::Backwards => "bytes from the last to the first",
            Self::Complement => "bytes with every bit turned over",
            Self::NibblesSwapped => "bytes with their halves exchanged",
            Self::Sha224 => "SHA-224",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
            Self::Sha512End => "end of the SHA-512",
            Self::Sha3 => "SHA3-256",
            Self::Sha3Long => "SHA3-512",
            Self::Keccak => "Keccak-256",
            Self::Chain(first, by, second) => {
                let (first, second) = (first.algorithm().words(), second.algorithm().words());
                return format!("{second} of the {}{first}", link(by));
            }
            Self::Rounds(plain, by, times) => {
                let plain = plain.algorithm().words();
                return format!("{plain}, of its {}{plain} again, {times} times in all,", link(by));
            }
            Self::Checksum(checksum) => checksum.words(),
        }
        .to_owned()
    }
}

/// A digest of at most 32 bytes; of a longer one the first.
#[derive(Clone, Copy, Default)]
pub(super) struct Digest {
    bytes: [u8; 32],
    len: usize,
}

impl Digest {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let len = bytes.len().min(32);
        let mut digest = Self { bytes: [0; 32], len };
        digest.bytes[..len].copy_from_slice(&bytes[..len]);
        digest
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// The digest of a message that has no key.
#[cfg(test)]
pub(super) fn digest(algorithm: Algorithm, message: &[u8]) -> Digest {
    keyed(algorithm, &[], message)
}

/// The digest of a message.
pub(super) fn digest_of_message(algorithm: Algorithm, message: &Message) -> Digest {
    let (key, text) = message.bytes.split_at(message.key);
    keyed(algorithm, key, text)
}

fn keyed(algorithm: Algorithm, key: &[u8], message: &[u8]) -> Digest {
    let twice = |algorithm: Algorithm| keyed(algorithm, &[], &hex(keyed(algorithm, &[], message).bytes()));
    match algorithm {
        Algorithm::Md5 => Digest::of(&Md5::digest(message)),
        Algorithm::Sha1 => Digest::of(&Sha1::digest(message)),
        Algorithm::Sha256 => Digest::of(&Sha256::digest(message)),
        Algorithm::Crc32 => Digest::of(&crc32fast::hash(message).to_be_bytes()),
        Algorithm::Md5OfHex => twice(Algorithm::Md5),
        Algorithm::Sha1OfHex => twice(Algorithm::Sha1),
        Algorithm::Sha256OfHex => twice(Algorithm::Sha256),
        Algorithm::HmacMd5 => hmac(Algorithm::Md5, key, message),
        Algorithm::HmacSha1 => hmac(Algorithm::Sha1, key, message),
        Algorithm::HmacSha256 => hmac(Algorithm::Sha256, key, message),
        Algorithm::Itself => turned(message, |_| ()),
        Algorithm::Backwards => turned(message, |bytes| bytes.reverse()),
        Algorithm::Complement => turned(message, |bytes| bytes.iter_mut().for_each(|b| *b = !*b)),
        Algorithm::NibblesSwapped => {
            turned(message, |bytes| bytes.iter_mut().for_each(|b| *b = b.rotate_left(4)))
        }
        Algorithm::Sha224 => Digest::of(&Sha224::digest(message)),
        Algorithm::Sha384 => Digest::of(&Sha384::digest(message)),
        Algorithm::Sha512 => Digest::of(&Sha512::digest(message)),
        Algorithm::Sha512End => Digest::of(&Sha512::digest(message)[32..]),
        Algorithm::Sha3 => Digest::of(&Sha3_256::digest(message)),
        Algorithm::Sha3Long => Digest::of(&Sha3_512::digest(message)),
        Algorithm::Keccak => Digest::of(&Keccak256::digest(message)),
        Algorithm::Chain(first, link, second) => {
            let first = keyed(first.algorithm(), &[], message);
            keyed(second.algorithm(), &[], &link.write(first.bytes()))
        }
        Algorithm::Rounds(plain, link, times) => {
            let once = keyed(plain.algorithm(), &[], message);
            (1..times).fold(once, |last, _| keyed(plain.algorithm(), &[], &link.write(last.bytes())))
        }
        Algorithm::Checksum(checksum) => checksum.of(message),
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

/// RFC 2104, for digests with a block of 64 bytes.
fn hmac(algorithm: Algorithm, key: &[u8], message: &[u8]) -> Digest {
    let mut block = [0u8; 64];
    let short = keyed(algorithm, &[], key);
    let key = if key.len() > 64 { short.bytes() } else { key };
    block[..key.len()].copy_from_slice(key);
    let inner = keyed(algorithm, &[], &[&block.map(|b| b ^ 0x36)[..], message].concat());
    keyed(algorithm, &[], &[&block.map(|b| b ^ 0x5c)[..], inner.bytes()].concat())
}

/// What is done to a digest before it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Turn {
    Not,
    /// From the last byte to the first.
    Backwards,
    /// Words of four bytes, each from its last byte.
    Words,
    /// Both halves XORed, once, twice, three times.
    Folded(u8),
    /// Its hexadecimal is what is written: the beginning, or the end of it.
    Hex,
    HexEnd,
    HexUpper,
}

impl Turn {
    /// Those that change something.
    pub(super) const ALL: [Self; 8] = [
        Self::Backwards,
        Self::Words,
        Self::Folded(1),
        Self::Folded(2),
        Self::Folded(3),
        Self::Hex,
        Self::HexEnd,
        Self::HexUpper,
    ];

    /// The digest as it is written. `None` where it cannot be turned so.
    pub(super) fn of(self, digest: &Digest) -> Option<Digest> {
        let bytes = digest.bytes();
        match self {
            Self::Not => Some(*digest),
            Self::Backwards => Some(turned(bytes, |bytes| bytes.reverse())),
            Self::Words => (bytes.len().is_multiple_of(4) && bytes.len() > 4).then(|| {
                turned(bytes, |bytes| bytes.as_chunks_mut::<4>().0.iter_mut().for_each(|w| w.reverse()))
            }),
            Self::Folded(times) => {
                let mut bytes = bytes.to_vec();
                for _ in 0..times {
                    let half = bytes.len() / 2;
                    if !bytes.len().is_multiple_of(2) || half < 4 {
                        return None;
                    }
                    let (a, b) = bytes.split_at(half);
                    bytes = a.iter().zip(b).map(|(a, b)| a ^ b).collect();
                }
                Some(Digest::of(&bytes))
            }
            Self::Hex => Some(Digest::of(&hex(bytes))),
            Self::HexEnd => (bytes.len() > 16).then(|| Digest::of(&hex(&bytes[bytes.len() - 16..]))),
            Self::HexUpper => Some(Digest::of(&hex(bytes).to_ascii_uppercase())),
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Not => "",
            Self::Backwards => " backwards",
            Self::Words => " with its words turned round",
            Self::Folded(1) => " folded once",
            Self::Folded(2) => " folded twice",
            Self::Folded(_) => " folded three times",
            Self::Hex => " in hexadecimal, taken as text",
            Self::HexEnd => " in hexadecimal, the end taken as text",
            Self::HexUpper => " in upper-case hexadecimal, taken as text",
        }
    }
}

/// Sixteen messages, and their digests one algorithm after the other.
pub(super) struct Lanes {
    engine: Engine,
    messages: Vec<Message>,
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
            messages: vec![Message::default(); LANES],
            block: Block::default(),
            long: 0,
            text: Block::default(),
            words: [[0; LANES]; 8],
            lens: [0; LANES],
        }
    }

    /// Takes what `write` puts into each lane's message; it answers whether there is one. The lanes that have one.
    pub(super) fn fill(&mut self, mut write: impl FnMut(usize, &mut Message) -> bool) -> u16 {
        let mut lanes = 0;
        self.long = 0;
        for (lane, message) in self.messages.iter_mut().enumerate() {
            if write(lane, message) {
                lanes |= 1 << lane;
                self.long |= u16::from(!self.block.set(lane, &message.bytes[message.key..])) << lane;
            }
        }
        self.block.close();
        lanes
    }

    /// The digests of all lanes, and how many bytes the longest has; what is shorter ends in zeros.
    pub(super) fn digest(&mut self, algorithm: Algorithm) -> (&Words, usize) {
        let (plain, chained) = match algorithm {
            Algorithm::Md5 => (lanes::Algorithm::Md5, None),
            Algorithm::Sha1 => (lanes::Algorithm::Sha1, None),
            Algorithm::Sha256 => (lanes::Algorithm::Sha256, None),
            Algorithm::Md5OfHex => (lanes::Algorithm::Md5, Some((Link::Hex, lanes::Algorithm::Md5))),
            Algorithm::Sha1OfHex => (lanes::Algorithm::Sha1, Some((Link::Hex, lanes::Algorithm::Sha1))),
            Algorithm::Chain(first, link, second) => (first.in_lanes(), Some((link, second.in_lanes()))),
            _ => return self.one_by_one(algorithm),
        };
        self.lens = [plain.len(); LANES];
        self.engine.digest(plain, &self.block, &mut self.words);
        if let Some((link, second)) = chained {
            self.again(plain, link, second);
        }
        let long = self.long;
        for lane in (0..LANES).filter(|lane| long >> lane & 1 == 1) {
            let digest = digest_of_message(algorithm, &self.messages[lane]);
            self.put(lane, &digest);
        }
        (&self.words, self.lens[0])
    }

    /// The digest of what [`Lanes::digest`] left, of which `first` says how long it is. Two blocks of hexadecimal do not
    /// fit: those lanes are made one by one.
    pub(super) fn again(&mut self, first: lanes::Algorithm, link: Link, second: lanes::Algorithm) {
        let mut long = Vec::new();
        for lane in 0..LANES {
            let text = link.write(digest_of(first, &self.words, lane).bytes());
            if !self.text.set(lane, &text) {
                long.push((lane, Digest::of(second.one(&text).bytes())));
            }
        }
        self.text.close();
        self.engine.digest(second, &self.text, &mut self.words);
        self.lens = [second.len(); LANES];
        for (lane, digest) in &long {
            self.put(*lane, digest);
        }
    }

    /// Turns what [`Lanes::digest`] left. `None` where it cannot be turned so.
    pub(super) fn turned(&self, turn: Turn) -> Option<Self> {
        let mut turned = Self::new(self.engine);
        for lane in 0..LANES {
            let digest = turn.of(&self.of(lane))?;
            turned.put(lane, &digest);
            turned.lens[lane] = digest.len;
        }
        Some(turned)
    }

    pub(super) fn words(&self) -> (&Words, usize) {
        (&self.words, self.lens.iter().copied().max().unwrap_or(0))
    }

    fn one_by_one(&mut self, algorithm: Algorithm) -> (&Words, usize) {
        for lane in 0..LANES {
            let digest = digest_of_message(algorithm, &self.messages[lane]);
            self.put(lane, &digest);
            self.lens[lane] = digest.len;
        }
        self.words()
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
                *text = Message { bytes: message(lane).into_bytes(), key: 0 };
                lane != 5
            });
            assert_eq!(filled, !(1 << 5));
            for algorithm in Algorithm::PLAIN.into_iter().chain(Algorithm::CHAINED).chain(Algorithm::rare()) {
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
