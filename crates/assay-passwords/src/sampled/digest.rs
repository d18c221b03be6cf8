//! The digests that careless generators use. Every one is made by [`digest`], so that many lanes can take its place.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

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
}

impl Algorithm {
    /// For every message.
    pub(super) const PLAIN: [Self; 4] = [Self::Md5, Self::Sha1, Self::Sha256, Self::Crc32];
    /// For the usual messages only.
    pub(super) const CHAINED: [Self; 6] =
        [Self::Md5OfHex, Self::Sha1OfHex, Self::Sha256OfHex, Self::HmacMd5, Self::HmacSha1, Self::HmacSha256];

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
    }
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

#[cfg(test)]
mod tests {
    use super::*;

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
