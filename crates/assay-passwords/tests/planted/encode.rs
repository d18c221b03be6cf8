//! Bytes as something one can print on a label.

pub(crate) const BASE62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
pub(crate) const BASE36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
pub(crate) const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"; // RFC 4648
pub(crate) const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
pub(crate) const BASE64URL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
pub(crate) const CROCKFORD: &[u8] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
pub(crate) const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
pub(crate) const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
pub(crate) const DIGITS: &[u8] = b"0123456789";
pub(crate) const HEX: &[u8] = b"0123456789abcdef";
/// Without 0 O o, 1 l I i, 2 Z z, 5 S s, 8 B.
pub(crate) const CLEAR: &[u8] = b"34679ACDEFGHJKLMNPQRTUVWXYabcdefghjkmnpqrtuvwxy";

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The characters of base32 and base64: so many bits each, zeros added at the end, no `=`.
pub(crate) fn grouped(bytes: &[u8], alphabet: &[u8]) -> String {
    let width = alphabet.len().ilog2();
    let (mut held, mut bits, mut text) = (0_u32, 0, String::new());
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= width {
            bits -= width;
            text.push(char::from(alphabet[(held >> bits) as usize % alphabet.len()]));
        }
    }
    if bits > 0 {
        text.push(char::from(alphabet[(held << (width - bits)) as usize % alphabet.len()]));
    }
    text
}

/// The bytes as one big number, written in the base of the alphabet.
pub(crate) fn big(bytes: &[u8], alphabet: &[u8]) -> String {
    let base = alphabet.len() as u32;
    let (mut number, mut text) = (bytes.to_vec(), Vec::new());
    while number.iter().any(|b| *b != 0) {
        let rest = number.iter_mut().fold(0, |rest, byte| {
            let now = rest << 8 | u32::from(*byte);
            *byte = (now / base) as u8;
            now % base
        });
        text.push(alphabet[rest as usize]);
    }
    text.iter().rev().map(|c| char::from(*c)).collect()
}

/// A character for every byte: the byte modulo the size of the alphabet.
pub(crate) fn modulo(bytes: &[u8], alphabet: &[u8]) -> String {
    bytes.iter().map(|b| char::from(alphabet[usize::from(*b) % alphabet.len()])).collect()
}

/// A number in the base of the alphabet, filled up to a length with its zero.
pub(crate) fn counted(mut number: u64, alphabet: &[u8], length: usize) -> String {
    let mut text = vec![alphabet[0]; length];
    for place in text.iter_mut().rev() {
        *place = alphabet[(number % alphabet.len() as u64) as usize];
        number /= alphabet.len() as u64;
    }
    text.iter().map(|c| char::from(*c)).collect()
}

pub(crate) fn reversed(text: &str) -> String {
    text.chars().rev().collect()
}
