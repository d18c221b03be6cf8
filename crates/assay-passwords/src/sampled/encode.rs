//! How a digest becomes characters. Instead of writing it in every way, the password is turned back into the values of its
//! characters, once for each alphabet that it could be of, and sought in the digest's bytes, groups of bits and numbers.

use super::digest::Digest;

/// The usual alphabets in the usual orders.
pub(super) const ALPHABETS: [&str; 38] = [
    "01234567",
    "0123456789",
    "0123456789abcdef",
    "0123456789ABCDEF",
    // Digits of hexadecimal as letters.
    "abcdefghijklmnop",
    "ABCDEFGHIJKLMNOP",
    "abcdefghijklmnopqrstuvwxyz",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    // Without look-alikes.
    "ABCDEFGHJKMNPQRSTUVWXYZ23456789",
    "23456789ABCDEFGHJKMNPQRSTUVWXYZ",
    "abcdefghjkmnpqrstuvwxyz23456789",
    "23456789abcdefghjkmnpqrstuvwxyz",
    // Of 32: RFC 4648, Crockford, base32hex, without look-alikes.
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    "abcdefghijklmnopqrstuvwxyz234567",
    "0123456789ABCDEFGHJKMNPQRSTVWXYZ",
    "0123456789abcdefghjkmnpqrstvwxyz",
    "0123456789ABCDEFGHIJKLMNOPQRSTUV",
    "0123456789abcdefghijklmnopqrstuv",
    "ABCDEFGHJKLMNPQRSTUVWXYZ23456789",
    "23456789ABCDEFGHJKLMNPQRSTUVWXYZ",
    "abcdefghijkmnpqrstuvwxyz23456789",
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "0123456789abcdefghijklmnopqrstuvwxyz",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "abcdefghijklmnopqrstuvwxyz0123456789",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
    "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789",
    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    // Of 64: base64, base64url, crypt(3).
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
    "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
];

/// Where the values of the characters come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// A byte modulo the size of the alphabet.
    Modulo,
    /// Groups of this many bits, from the left.
    Bits(u8),
    /// The decimal digits among the hexadecimal ones.
    Decimals,
    /// The last digits of a number: its first bytes, so many of them, or all; `little` end first.
    Number { bytes: u8, little: bool },
    /// The first digits of all of it as a number. One zero before them is left out, as it is where numbers are printed.
    Leading,
}

/// One way to make a password from a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Encoding {
    pub(super) source: Source,
    pub(super) size: u8,
    pub(super) offset: u8,
    pub(super) step: u8,
}

/// A password, turned back: its values in every alphabet that it could be of.
pub(super) struct Target {
    len: usize,
    values: Vec<(u8, u8, Vec<u8>)>,
}

impl Target {
    /// Alphabets nearly twice as large as one that suffices are left out: their passwords would not look like this.
    pub(super) fn of(password: &[u8]) -> Self {
        let mut values: Vec<(u8, u8, Vec<u8>)> = (0u8..)
            .zip(ALPHABETS)
            .filter_map(|(number, alphabet)| {
                let value =
                    |c: &u8| alphabet.bytes().position(|a| a == *c).and_then(|v| u8::try_from(v).ok());
                let size = u8::try_from(alphabet.len()).ok()?;
                password.iter().map(value).collect::<Option<Vec<u8>>>().map(|v| (size, number, v))
            })
            .collect();
        let smallest = values.iter().map(|v| v.0).min().unwrap_or(0);
        values.retain(|v| f64::from(v.0) <= 1.8 * f64::from(smallest));
        values.sort();
        Self { len: password.len(), values }
    }

    /// Calls `found` with every encoding and alphabet that makes the password from this digest.
    pub(super) fn seek(&self, digest: &Digest, mut found: impl FnMut(Encoding, u8)) {
        for same in self.values.chunk_by(|a, b| a.0 == b.0) {
            let size = same[0].0;
            for source in SOURCES {
                if let Source::Number { bytes, little } = source {
                    // One digit first: nearly every digest is done with.
                    let last = last_digit(digest.bytes(), bytes, little, size);
                    if !same.iter().any(|(_, _, wanted)| last == wanted.last().copied()) {
                        continue;
                    }
                }
                let mut stream = [0u8; 64];
                let Some(len) = values(source, size, digest.bytes(), self.len, &mut stream) else { continue };
                let stream = &stream[..len];
                let steps = if matches!(source, Source::Modulo | Source::Bits(4)) { 1..=2u8 } else { 1..=1 };
                for step in steps {
                    let reach = (self.len - 1) * usize::from(step) + 1;
                    for offset in 0..(len + 1).saturating_sub(reach) {
                        for (_, alphabet, wanted) in same {
                            if stream[offset] == wanted[0]
                                && (1..self.len).all(|n| stream[offset + n * usize::from(step)] == wanted[n])
                            {
                                found(Encoding { source, size, offset: offset as u8, step }, *alphabet);
                            }
                        }
                    }
                }
            }
        }
    }

    /// How many places of a digest were looked at, at most: tests for the reckoning of chance.
    pub(super) const TESTS: f64 = 1500.0;

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Size of the alphabet and the password's values in it, for every one that it could be of.
    pub(super) fn written(&self) -> impl Iterator<Item = (u8, &[u8])> {
        self.values.iter().map(|(size, _, values)| (*size, values.as_slice()))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0 || self.values.is_empty()
    }
}

pub(super) const SOURCES: [Source; 13] = [
    Source::Modulo,
    Source::Bits(4),
    Source::Bits(5),
    Source::Bits(6),
    Source::Decimals,
    Source::Number { bytes: 4, little: false },
    Source::Number { bytes: 4, little: true },
    Source::Number { bytes: 8, little: false },
    Source::Number { bytes: 8, little: true },
    Source::Number { bytes: 16, little: false },
    Source::Number { bytes: 16, little: true },
    Source::Number { bytes: 32, little: false },
    Source::Leading,
];

/// Digits that a number of so many bytes needs in a base.
pub(super) fn digits(bytes: usize, base: u8) -> usize {
    (8.0 * bytes as f64 / f64::from(base).log2()).ceil() as usize
}

/// The values that a source makes of a digest, for an alphabet of this size. `None` if it makes none for it.
fn values(source: Source, size: u8, digest: &[u8], wanted: usize, out: &mut [u8; 64]) -> Option<usize> {
    match source {
        Source::Modulo => {
            let table = &REMAINDERS[usize::from(size)];
            for (value, byte) in out.iter_mut().zip(digest) {
                *value = table[usize::from(*byte)];
            }
            Some(digest.len())
        }
        Source::Bits(bits) => {
            if u32::from(size) != 1 << bits {
                return None;
            }
            let (mut held, mut have, mut len) = (0u32, 0, 0);
            for byte in digest {
                held = held << 8 | u32::from(*byte);
                have += 8;
                while have >= bits {
                    have -= bits;
                    out[len] = (held >> have & u32::from(size - 1)) as u8;
                    len += 1;
                }
            }
            Some(len)
        }
        Source::Decimals => {
            let mut len = 0;
            for digit in digest.iter().flat_map(|b| [b >> 4, b & 15]).filter(|d| *d < 10) {
                out[len] = digit;
                len += 1;
            }
            (size == 10).then_some(len)
        }
        Source::Number { bytes, little } => {
            let bytes = usize::from(bytes);
            if !numbered(bytes, digest.len()) || wanted > 64 {
                return None;
            }
            number(&digest[..bytes.min(digest.len())], little, size, &mut out[..wanted]);
            Some(wanted)
        }
        Source::Leading => {
            let digits = digits(digest.len(), size);
            if wanted >= digits.min(64) || digits > MOST_DIGITS {
                return None;
            }
            let mut all = [0; MOST_DIGITS];
            number(digest, false, size, &mut all[..digits]);
            let zero = usize::from(all[0] == 0);
            out[..wanted].copy_from_slice(&all[zero..zero + wanted]);
            Some(wanted)
        }
    }
}

/// Bases larger than four write the longest digest in so many digits.
const MOST_DIGITS: usize = 128;

/// Whether so many bytes, 32 for all of them, are a number of a digest that no other source gives already.
#[inline(always)]
pub(super) fn numbered(bytes: usize, len: usize) -> bool {
    if bytes == 32 { !matches!(len, 4 | 8 | 16) } else { bytes <= len }
}

/// The last digit of such a number: the bytes weighted by the powers of 256 modulo the base.
#[inline]
fn last_digit(digest: &[u8], bytes: u8, little: bool, base: u8) -> Option<u8> {
    let bytes = usize::from(bytes);
    if !numbered(bytes, digest.len()) {
        return None;
    }
    let digest = &digest[..bytes.min(digest.len())];
    let weights = &WEIGHTS[usize::from(base)];
    let weigh = |(byte, weight): (&u8, &u8)| u32::from(*byte) * u32::from(*weight);
    let sum: u32 = if little {
        digest.iter().zip(weights).map(weigh).sum()
    } else {
        digest.iter().rev().zip(weights).map(weigh).sum()
    };
    u8::try_from(sum % u32::from(base)).ok()
}

/// The last digits of a number of up to 32 bytes in a base.
fn number(bytes: &[u8], little: bool, base: u8, out: &mut [u8]) {
    let mut padded = [0u8; 32];
    let count = bytes.len().div_ceil(4);
    let padded = &mut padded[..4 * count];
    let zeros = padded.len() - bytes.len();
    padded[zeros..].copy_from_slice(bytes);
    if little {
        padded[zeros..].reverse();
    }
    let mut words = [0u32; 8];
    for (word, chunk) in words.iter_mut().zip(padded.as_chunks::<4>().0) {
        *word = u32::from_be_bytes(*chunk);
    }
    let base = u64::from(base);
    for digit in out.iter_mut().rev() {
        let mut rest = 0u64;
        for word in &mut words[..count] {
            let value = rest << 32 | u64::from(*word);
            *word = (value / base) as u32;
            rest = value % base;
        }
        *digit = rest as u8;
    }
}

impl Encoding {
    /// The values of a password of this length.
    pub(super) fn values(&self, digest: &Digest, len: usize) -> Option<Vec<u8>> {
        self.values_into(digest, len, &mut [0; 64]).map(<[u8]>::to_vec)
    }

    /// The same, without a place of their own.
    #[inline]
    pub(super) fn values_into<'a>(
        &self,
        digest: &Digest,
        len: usize,
        out: &'a mut [u8; 64],
    ) -> Option<&'a [u8]> {
        let have = values(self.source, self.size, digest.bytes(), len, out)?;
        let (offset, step) = (usize::from(self.offset), usize::from(self.step));
        if len == 0 || offset + (len - 1) * step >= have {
            return (len == 0).then_some(&out[..0]);
        }
        if step == 1 {
            return out.get(offset..offset + len);
        }
        for n in 0..len {
            out[n] = out[offset + n * step];
        }
        out.get(..len)
    }

    pub(super) fn words(&self) -> String {
        let size = self.size;
        let what = match self.source {
            Source::Modulo => format!("each byte modulo {size}"),
            Source::Bits(4) => "hexadecimal".to_owned(),
            Source::Bits(bits) => format!("groups of {bits} bits (base {size})"),
            Source::Decimals => "the decimal digits of the hexadecimal".to_owned(),
            Source::Leading => format!("the first digits of the whole as a number in base {size}"),
            Source::Number { bytes: 32, .. } => format!("the whole as a number in base {size}"),
            Source::Number { bytes, little } => {
                let end = if little { "little" } else { "big" };
                format!("the first {bytes} bytes as a {end}-endian number in base {size}")
            }
        };
        let step = if self.step == 2 { ", every second" } else { "" };
        let offset =
            if self.offset > 0 { format!(", from position {}", self.offset + 1) } else { String::new() };
        format!("{what}{step}{offset}")
    }
}

pub(super) static REMAINDERS: [[u8; 256]; 65] = {
    let mut table = [[0; 256]; 65];
    let mut size = 1;
    while size <= 64 {
        let mut byte = 0;
        while byte < 256 {
            table[size][byte] = (byte % size) as u8;
            byte += 1;
        }
        size += 1;
    }
    table
};

/// 256 to the power of the place, modulo the base.
static WEIGHTS: [[u8; 32]; 65] = {
    let mut table = [[0; 32]; 65];
    let mut base = 1;
    while base <= 64 {
        let (mut place, mut weight) = (0, 1 % base);
        while place < 32 {
            table[base][place] = weight as u8;
            weight = weight * 256 % base;
            place += 1;
        }
        base += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::super::digest::{Algorithm, digest};
    use super::*;

    /// Written in an alphabet, every window is found again where it was taken.
    #[test]
    fn what_is_written_is_found() {
        for algorithm in Algorithm::PLAIN {
            let digest = digest(algorithm, b"SN26-40210007");
            for (number, alphabet) in (0u8..).zip(ALPHABETS) {
                for source in SOURCES {
                    let size = alphabet.len() as u8;
                    for (offset, step) in [(0, 1), (1, 1), (1, 2)] {
                        let encoding = Encoding { source, size, offset, step };
                        let plain = matches!(source, Source::Modulo | Source::Bits(4));
                        if (matches!(source, Source::Number { .. }) && (offset, step) != (0, 1))
                            || (!plain && step == 2)
                        {
                            continue;
                        }
                        let Some(values) = encoding.values(&digest, 12) else { continue };
                        let text: Vec<u8> =
                            values.iter().map(|v| alphabet.as_bytes()[usize::from(*v)]).collect();
                        let target = Target::of(&text);
                        // A text that happens to use a small part of the alphabet is sought in a smaller one.
                        if !target.values.iter().any(|v| v.1 == number) {
                            continue;
                        }
                        let mut hit = false;
                        target.seek(&digest, |e, a| hit |= (e, a) == (encoding, number));
                        assert!(hit, "{algorithm:?} {encoding:?} {alphabet}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_usual_encoders_agree() {
        let digest = digest(Algorithm::Md5, b"abc"); // 900150983cd24fb0d6963f7d28e17f72
        let has = |text: &str, words: &str| {
            let mut seen = Vec::new();
            Target::of(text.as_bytes())
                .seek(&digest, |e, a| seen.push((e.words(), ALPHABETS[usize::from(a)])));
            assert!(seen.iter().any(|(w, _)| w == words), "{text}: {seen:?}");
        };
        has("983cd24fb0", "hexadecimal, from position 7");
        has("kAFQmDzST7DWlj99", "groups of 6 bits (base 64)");
        has("SAAVBGB42JH3", "groups of 5 bits (base 32)");
        has("9001509832", "the decimal digits of the hexadecimal");
        let number = 0x9001_5098u32.to_string();
        has(&number, "the first 4 bytes as a big-endian number in base 10");
        has(&0x900150983cd24fb0u64.to_string(), "the first 8 bytes as a big-endian number in base 10");
    }
}
