//! Checksums as firmware has them: they were made to find errors of transmission, and a serial number through one of them
//! is no secret. Parameters of the cyclic ones as in the catalogue of CRC algorithms (G. Cook); the others as published
//! with RFC 1950 (Adler), by Fowler, Noll and Vo, by D. Bernstein, in sdbm, and in the documentation of
//! `java.lang.String`.

use super::digest::Digest;

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Checksum {
    /// CRC-32 without the last complement.
    Jamcrc,
    Crc32c,
    Crc32Bzip2,
    Crc32Mpeg2,
    Crc32Posix,
    /// The remainder alone: from zero, without complement.
    Crc32Bare,
    Crc16CcittFalse,
    Crc16Arc,
    Crc16Modbus,
    Crc16Xmodem,
    Crc16Kermit,
    Adler32,
    Fnv1,
    Fnv1a,
    Fnv1Long,
    Fnv1aLong,
    Djb2,
    Djb2Xor,
    Sdbm,
    JavaHash,
    /// Its absolute value, as programs take it that want no minus.
    JavaHashAbsolute,
}

impl Checksum {
    pub(super) const ALL: [Self; 21] = [
        Self::Jamcrc,
        Self::Crc32c,
        Self::Crc32Bzip2,
        Self::Crc32Mpeg2,
        Self::Crc32Posix,
        Self::Crc32Bare,
        Self::Crc16CcittFalse,
        Self::Crc16Arc,
        Self::Crc16Modbus,
        Self::Crc16Xmodem,
        Self::Crc16Kermit,
        Self::Adler32,
        Self::Fnv1,
        Self::Fnv1a,
        Self::Fnv1Long,
        Self::Fnv1aLong,
        Self::Djb2,
        Self::Djb2Xor,
        Self::Sdbm,
        Self::JavaHash,
        Self::JavaHashAbsolute,
    ];

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Jamcrc => "CRC-32 without complement",
            Self::Crc32c => "CRC-32C",
            Self::Crc32Bzip2 => "CRC-32 of bzip2",
            Self::Crc32Mpeg2 => "CRC-32 of MPEG-2",
            Self::Crc32Posix => "CRC-32 of POSIX `cksum`",
            Self::Crc32Bare => "CRC-32 from zero",
            Self::Crc16CcittFalse => "CRC-16 of CCITT from ones",
            Self::Crc16Arc => "CRC-16",
            Self::Crc16Modbus => "CRC-16 of Modbus",
            Self::Crc16Xmodem => "CRC-16 of XMODEM",
            Self::Crc16Kermit => "CRC-16 of Kermit",
            Self::Adler32 => "Adler-32",
            Self::Fnv1 => "FNV-1",
            Self::Fnv1a => "FNV-1a",
            Self::Fnv1Long => "FNV-1 of 64 bits",
            Self::Fnv1aLong => "FNV-1a of 64 bits",
            Self::Djb2 => "djb2",
            Self::Djb2Xor => "djb2 with XOR",
            Self::Sdbm => "sdbm",
            Self::JavaHash => "Java `hashCode`",
            Self::JavaHashAbsolute => "absolute Java `hashCode`",
        }
    }

    /// The checksum, the big end first.
    pub(super) fn of(self, text: &[u8]) -> Digest {
        let crc = |width: u32, polynomial: u32, from: u32| forwards(text, width, polynomial, from);
        let mirrored = |polynomial: u32, from: u32| backwards(text, polynomial, from);
        let fold = |from: u32, step: fn(u32, u32) -> u32| {
            text.iter().fold(from, |sum, byte| step(sum, u32::from(*byte)))
        };
        let word = match self {
            Self::Jamcrc => !crc32fast::hash(text),
            Self::Crc32c => !mirrored(0x82f6_3b78, u32::MAX),
            Self::Crc32Bzip2 => !crc(32, 0x04c1_1db7, u32::MAX),
            Self::Crc32Mpeg2 => crc(32, 0x04c1_1db7, u32::MAX),
            Self::Crc32Posix => !forwards(&posix(text), 32, 0x04c1_1db7, 0),
            Self::Crc32Bare => mirrored(0xedb8_8320, 0),
            Self::Crc16CcittFalse => return short(crc(16, 0x1021, 0xffff)),
            Self::Crc16Xmodem => return short(crc(16, 0x1021, 0)),
            Self::Crc16Arc => return short(mirrored(0xa001, 0)),
            Self::Crc16Modbus => return short(mirrored(0xa001, 0xffff)),
            Self::Crc16Kermit => return short(mirrored(0x8408, 0)),
            Self::Adler32 => {
                let (a, b) = text.iter().fold((1u32, 0u32), |(a, b), byte| {
                    let a = (a + u32::from(*byte)) % 65_521;
                    (a, (b + a) % 65_521)
                });
                b << 16 | a
            }
            Self::Fnv1 => fold(0x811c_9dc5, |h, b| h.wrapping_mul(0x0100_0193) ^ b),
            Self::Fnv1a => fold(0x811c_9dc5, |h, b| (h ^ b).wrapping_mul(0x0100_0193)),
            Self::Fnv1Long => return long(text, |h, b| h.wrapping_mul(0x0100_0000_01b3) ^ b),
            Self::Fnv1aLong => return long(text, |h, b| (h ^ b).wrapping_mul(0x0100_0000_01b3)),
            Self::Djb2 => fold(5381, |h, b| h.wrapping_mul(33).wrapping_add(b)),
            Self::Djb2Xor => fold(5381, |h, b| h.wrapping_mul(33) ^ b),
            Self::Sdbm => fold(0, |h, b| b.wrapping_add(h << 6).wrapping_add(h << 16).wrapping_sub(h)),
            Self::JavaHash => fold(0, |h, b| h.wrapping_mul(31).wrapping_add(b)),
            Self::JavaHashAbsolute => {
                fold(0, |h, b| h.wrapping_mul(31).wrapping_add(b)).cast_signed().unsigned_abs()
            }
        };
        Digest::of(&word.to_be_bytes())
    }
}

fn short(word: u32) -> Digest {
    Digest::of(&(word as u16).to_be_bytes())
}

fn long(text: &[u8], step: fn(u64, u64) -> u64) -> Digest {
    let sum = text.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| step(sum, u64::from(*byte)));
    Digest::of(&sum.to_be_bytes())
}

/// The first bit on top.
fn forwards(text: &[u8], width: u32, polynomial: u32, from: u32) -> u32 {
    let top = 1u32 << (width - 1);
    text.iter().fold(from, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte) << (width - 8), |crc, _| {
            crc << 1 ^ if crc & top == 0 { 0 } else { polynomial }
        })
    })
}

/// The first bit at the bottom.
fn backwards(text: &[u8], polynomial: u32, from: u32) -> u32 {
    text.iter().fold(from, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| crc >> 1 ^ if crc & 1 == 0 { 0 } else { polynomial })
    })
}

/// The text and behind it its length, the little end first, in as few bytes as it needs.
fn posix(text: &[u8]) -> Vec<u8> {
    let mut all = text.to_vec();
    let mut len = text.len();
    while len > 0 {
        all.push((len & 255) as u8);
        len >>= 8;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_check_values_come_out() {
        // Of `123456789`, from the catalogue of CRC algorithms.
        for (checksum, value) in [
            (Checksum::Jamcrc, &[0x34, 0x0b, 0xc6, 0xd9][..]),
            (Checksum::Crc32c, &[0xe3, 0x06, 0x92, 0x83]),
            (Checksum::Crc32Bzip2, &[0xfc, 0x89, 0x19, 0x18]),
            (Checksum::Crc32Mpeg2, &[0x03, 0x76, 0xe6, 0xe7]),
            (Checksum::Crc16CcittFalse, &[0x29, 0xb1]),
            (Checksum::Crc16Arc, &[0xbb, 0x3d]),
            (Checksum::Crc16Modbus, &[0x4b, 0x37]),
            (Checksum::Crc16Xmodem, &[0x31, 0xc3]),
            (Checksum::Crc16Kermit, &[0x21, 0x89]),
        ] {
            assert_eq!(checksum.of(b"123456789").bytes(), value, "{checksum:?}");
        }
        assert_eq!(Checksum::Crc32Posix.of(b"123456789").bytes(), 930_766_865_u32.to_be_bytes()); // cksum(1)
        assert_eq!(Checksum::Adler32.of(b"Wikipedia").bytes(), [0x11, 0xe6, 0x03, 0x98]);
        assert_eq!(Checksum::Fnv1a.of(b"foobar").bytes(), [0xbf, 0x9c, 0xf9, 0x68]);
        assert_eq!(Checksum::Fnv1aLong.of(b"foobar").bytes(), 0x8594_4171_f739_67e8_u64.to_be_bytes());
        assert_eq!(Checksum::JavaHash.of(b"hello").bytes(), 99_162_322_u32.to_be_bytes());
    }
}
