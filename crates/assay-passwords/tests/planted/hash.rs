//! Digests as careless generators use them, as bytes. Those that no crate of ours brings are written out here, each held
//! against a published value in the tests at the end of `planted_self.rs`.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

pub(crate) fn md5(message: impl AsRef<[u8]>) -> Vec<u8> {
    Md5::digest(message).to_vec()
}

pub(crate) fn sha1(message: impl AsRef<[u8]>) -> Vec<u8> {
    Sha1::digest(message).to_vec()
}

pub(crate) fn sha256(message: impl AsRef<[u8]>) -> Vec<u8> {
    Sha256::digest(message).to_vec()
}

pub(crate) fn sha512(message: impl AsRef<[u8]>) -> Vec<u8> {
    Sha512::digest(message).to_vec()
}

pub(crate) fn crc32(message: impl AsRef<[u8]>) -> Vec<u8> {
    crc32fast::hash(message.as_ref()).to_be_bytes().to_vec()
}

/// HMAC with SHA-256 (RFC 2104); keys up to a block.
pub(crate) fn hmac_sha256(key: &[u8], message: impl AsRef<[u8]>) -> Vec<u8> {
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let inner = [&block.map(|b| b ^ 0x36)[..], message.as_ref()].concat();
    sha256([&block.map(|b| b ^ 0x5c)[..], &sha256(inner)].concat())
}

/// SHA3-256 (FIPS 202) of messages shorter than a block of 136 bytes.
pub(crate) fn sha3_256(message: impl AsRef<[u8]>) -> Vec<u8> {
    let mut block = [0; 200];
    let message = message.as_ref();
    assert!(message.len() < 135, "one block is enough for an identifier");
    block[..message.len()].copy_from_slice(message);
    block[message.len()] = 0x06;
    block[135] |= 0x80;
    let mut lanes: [u64; 25] =
        std::array::from_fn(|i| u64::from_le_bytes(std::array::from_fn(|b| block[8 * i + b])));
    keccak(&mut lanes);
    lanes[..4].iter().flat_map(|lane| lane.to_le_bytes()).collect()
}

/// The permutation of FIPS 202, section 3. Rotations and round constants are computed as the text defines them.
fn keccak(a: &mut [u64; 25]) {
    let mut register = 1_u8;
    for _ in 0..24 {
        let column: [u64; 5] = std::array::from_fn(|x| (0..5).fold(0, |sum, y| sum ^ a[x + 5 * y]));
        for (i, lane) in a.iter_mut().enumerate() {
            *lane ^= column[(i + 4) % 5] ^ column[(i + 1) % 5].rotate_left(1);
        }
        let (mut x, mut y, mut moved) = (1, 0, a[1]);
        for t in 0..24_u32 {
            (x, y) = (y, (2 * x + 3 * y) % 5);
            let lane = &mut a[x + 5 * y];
            moved = std::mem::replace(lane, moved.rotate_left((t + 1) * (t + 2) / 2 % 64));
        }
        for row in a.chunks_exact_mut(5) {
            let old: [u64; 5] = std::array::from_fn(|x| row[x]);
            for x in 0..5 {
                row[x] = old[x] ^ !old[(x + 1) % 5] & old[(x + 2) % 5];
            }
        }
        for j in 0..7 {
            a[0] ^= u64::from(register & 1) << ((1_u32 << j) - 1);
            register = register << 1 ^ if register & 0x80 == 0 { 0 } else { 0x71 };
        }
    }
}

/// Adler-32 (RFC 1950).
pub(crate) fn adler32(message: &[u8]) -> u32 {
    let (a, b) = message.iter().fold((1, 0), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    b << 16 | a
}

/// FNV-1a of 32 bits.
pub(crate) fn fnv1a(message: &[u8]) -> u32 {
    message.iter().fold(0x811c_9dc5, |h, byte| (h ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// `String.hashCode` of Java, for ASCII.
pub(crate) fn java_hash(message: &[u8]) -> i32 {
    message.iter().fold(0_i32, |h, byte| h.wrapping_mul(31).wrapping_add(i32::from(*byte)))
}

/// Bernstein's hash: times 33, plus the byte, from 5381.
pub(crate) fn djb2(message: &[u8]) -> u32 {
    message.iter().fold(5381_u32, |h, byte| h.wrapping_mul(33).wrapping_add(u32::from(*byte)))
}

/// CRC-16 with polynomial 0x1021 from 0xffff (`CRC-16/IBM-3740`).
pub(crate) fn crc16(message: &[u8]) -> u16 {
    message.iter().fold(0xffff, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |c, _| c << 1 ^ if c & 0x8000 == 0 { 0 } else { 0x1021 })
    })
}
