//! How a digest becomes characters. Instead of writing it in every way, the password is turned back into the values of its
//! characters, once for each alphabet that it could be of, and sought in the digest's bytes, groups of bits and numbers.

use super::alphabets::Alphabets;
use super::digest::Digest;

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
    /// All digits of it, likewise; sought by [`Target::seek_deep`] alone, as are those below.
    Digits,
    /// The last digits of a number: its first hexadecimal digits, so many of them.
    Prefix(u8),
    /// Its last hexadecimal digits.
    Suffix(u8),
    /// Groups of this many bits, of which the first was begun before.
    Shifted { bits: u8, by: u8 },
}

/// One way to make a password from a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Encoding {
    pub(super) source: Source,
    pub(super) size: u8,
    pub(super) offset: u8,
    /// Each of them, every second, or [`ENDS`].
    pub(super) step: u8,
}

/// In place of a step: the first half of the password from the beginning, the other from the end.
pub(super) const ENDS: u8 = 0;

/// A password, turned back: its values in every alphabet that it could be of.
pub(super) struct Target {
    len: usize,
    values: Vec<(u8, u8, Vec<u8>)>,
}

impl Target {
    /// Alphabets nearly twice as large as one that suffices are left out: their passwords would not look like this.
    pub(super) fn of(password: &[u8], alphabets: &Alphabets) -> Self {
        let mut values: Vec<(u8, u8, Vec<u8>)> = alphabets
            .iter()
            .filter_map(|(number, alphabet)| {
                let value = |c: &u8| alphabet.iter().position(|a| a == c).and_then(|v| u8::try_from(v).ok());
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
                self.seek_in(source, same, digest, &mut found);
            }
        }
    }

    /// The same for what is done less often, or costs more to look at.
    pub(super) fn seek_deep(&self, digest: &Digest, mut found: impl FnMut(Encoding, u8)) {
        let parts = DEEP.map(|source| part(source, digest.bytes()));
        for same in self.values.chunk_by(|a, b| a.0 == b.0) {
            let size = same[0].0;
            for (source, part) in DEEP.into_iter().zip(parts).filter(|(source, _)| source.suits(size)) {
                if let Source::Prefix(_) | Source::Suffix(_) = source {
                    let last = part.map(|number| number % u64::from(size));
                    if !same.iter().any(|(_, _, wanted)| last == wanted.last().map(|v| u64::from(*v))) {
                        continue;
                    }
                }
                self.seek_in(source, same, digest, &mut found);
            }
        }
    }

    #[inline]
    fn seek_in(
        &self,
        source: Source,
        same: &[(u8, u8, Vec<u8>)],
        digest: &Digest,
        found: &mut impl FnMut(Encoding, u8),
    ) {
        let size = same[0].0;
        let mut stream = [0u8; STREAM];
        let Some(len) = values(source, size, digest.bytes(), self.len, &mut stream) else { return };
        let stream = &stream[..len];
        let steps = if matches!(source, Source::Modulo | Source::Bits(4)) { 1..=2u8 } else { 1..=1 };
        if matches!(source, Source::Modulo | Source::Bits(_)) && self.len >= 8 && len > self.len {
            let half = self.len / 2;
            let end = &stream[len - (self.len - half)..];
            for (_, alphabet, wanted) in same {
                if stream[..half] == wanted[..half] && *end == wanted[half..] {
                    found(Encoding { source, size, offset: 0, step: ENDS }, *alphabet);
                }
            }
        }
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

    /// How many places of a digest were looked at, at most: tests for the reckoning of chance.
    pub(super) const TESTS: f64 = 4000.0;

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Size of the alphabet and the password's values in it, for every one that it could be of.
    pub(super) fn written(&self) -> impl Iterator<Item = (u8, &[u8])> {
        self.values.iter().map(|(size, _, values)| (*size, values.as_slice()))
    }

    /// Number of the alphabet and the password's values in it, for every one that it could be of.
    pub(super) fn by_alphabet(&self) -> impl Iterator<Item = (u8, &[u8])> {
        self.values.iter().map(|(_, number, values)| (*number, values.as_slice()))
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

/// What [`Target::seek_deep`] looks at. Numbers of 7, 13 and 15 hexadecimal digits are what a signed word, a number of
/// JavaScript and a signed long word can hold.
const DEEP: [Source; 14] = [
    Source::Digits,
    Source::Prefix(7),
    Source::Prefix(10),
    Source::Prefix(12),
    Source::Prefix(13),
    Source::Prefix(14),
    Source::Prefix(15),
    Source::Suffix(8),
    Source::Suffix(12),
    Source::Suffix(16),
    Source::Shifted { bits: 5, by: 1 },
    Source::Shifted { bits: 5, by: 2 },
    Source::Shifted { bits: 5, by: 3 },
    Source::Shifted { bits: 5, by: 4 },
];

impl Source {
    /// Whether somebody writes it in an alphabet of this size. Nobody takes the middle of a number in a large base.
    fn suits(self, size: u8) -> bool {
        match self {
            Self::Digits => matches!(size, 10 | 26 | 32 | 36),
            Self::Prefix(_) | Self::Suffix(_) => matches!(size, 10 | 26 | 32 | 36 | 58 | 62),
            Self::Shifted { bits, .. } => u32::from(size) == 1 << bits,
            _ => true,
        }
    }
}

/// Values that a source gives, at most: the binary digits in threes of the longest digest.
pub(super) const STREAM: usize = 128;

/// The number that a few hexadecimal digits of a digest are.
fn part(source: Source, digest: &[u8]) -> Option<u64> {
    let whole = |bytes: &[u8]| bytes.iter().fold(0u64, |all, byte| all << 8 | u64::from(*byte));
    match source {
        Source::Prefix(digits) => {
            let bytes = digest.get(..usize::from(digits).div_ceil(2))?;
            Some(whole(bytes) >> (4 * (digits % 2)))
        }
        // Of a digest of as many bytes it is the beginning too.
        Source::Suffix(digits) => {
            let bytes = usize::from(digits / 2);
            (digest.len() > bytes).then(|| whole(&digest[digest.len() - bytes..]))
        }
        _ => None,
    }
}

/// Digits that a number of so many bytes needs in a base.
pub(super) fn digits(bytes: usize, base: u8) -> usize {
    (8.0 * bytes as f64 / f64::from(base).log2()).ceil() as usize
}

/// The values that a source makes of a digest, for an alphabet of this size. `None` if it makes none for it.
fn values(source: Source, size: u8, digest: &[u8], wanted: usize, out: &mut [u8; STREAM]) -> Option<usize> {
    match source {
        Source::Modulo => {
            let table = &REMAINDERS[usize::from(size)];
            for (value, byte) in out.iter_mut().zip(digest) {
                *value = table[usize::from(*byte)];
            }
            Some(digest.len())
        }
        Source::Bits(bits) => grouped(digest, bits, 0, size, out),
        Source::Shifted { bits, by } => grouped(digest, bits, by, size, out),
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
            let all = all_digits(digest, size, out)?;
            (wanted < all).then_some(wanted)
        }
        Source::Digits => all_digits(digest, size, out),
        Source::Prefix(_) | Source::Suffix(_) => {
            let mut number = part(source, digest)?;
            for digit in out[..wanted.min(STREAM)].iter_mut().rev() {
                *digit = (number % u64::from(size)) as u8;
                number /= u64::from(size);
            }
            (wanted <= 64).then_some(wanted)
        }
    }
}

/// Groups of bits from the left, the first of them begun `by` bits before the digest.
fn grouped(digest: &[u8], bits: u8, by: u8, size: u8, out: &mut [u8; STREAM]) -> Option<usize> {
    if u32::from(size) != 1 << bits {
        return None;
    }
    let (mut held, mut have, mut len) = (0u32, by, 0);
    for byte in digest {
        held = held << 8 | u32::from(*byte);
        have += 8;
        while have >= bits {
            have -= bits;
            out[len] = (held >> have & u32::from(size - 1)) as u8;
            len += 1;
        }
    }
    // What is left is filled up with zeros (RFC 4648, section 4).
    if have > 0 {
        out[len] = (held << (bits - have) & u32::from(size - 1)) as u8;
        len += 1;
    }
    Some(len)
}

/// All digits of the whole as a number, without one zero before them.
fn all_digits(digest: &[u8], size: u8, out: &mut [u8; STREAM]) -> Option<usize> {
    let digits = digits(digest.len(), size);
    if digits > STREAM || digest.is_empty() {
        return None;
    }
    number(digest, false, size, &mut out[..digits]);
    if out[0] == 0 {
        out.copy_within(1..digits, 0);
        return Some(digits - 1);
    }
    Some(digits)
}

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
    // As many digits at a time as fit a word.
    let base = u32::from(base);
    let (mut chunk, mut digits) = (base, 1);
    while let Some(larger) = chunk.checked_mul(base) {
        (chunk, digits) = (larger, digits + 1);
    }
    let chunk = u64::from(chunk);
    for some in out.rchunks_mut(digits) {
        let mut rest = 0u64;
        for word in &mut words[..count] {
            let value = rest << 32 | u64::from(*word);
            *word = (value / chunk) as u32;
            rest = value % chunk;
        }
        let mut rest = rest as u32;
        for digit in some.iter_mut().rev() {
            *digit = (rest % base) as u8;
            rest /= base;
        }
    }
}

impl Encoding {
    /// The values of a password of this length.
    pub(super) fn values(&self, digest: &Digest, len: usize) -> Option<Vec<u8>> {
        self.values_into(digest, len, &mut [0; STREAM]).map(<[u8]>::to_vec)
    }

    /// The same, without a place of their own.
    #[inline]
    pub(super) fn values_into<'a>(
        &self,
        digest: &Digest,
        len: usize,
        out: &'a mut [u8; STREAM],
    ) -> Option<&'a [u8]> {
        let have = values(self.source, self.size, digest.bytes(), len, out)?;
        if self.step == ENDS {
            let half = len / 2;
            if len > have {
                return None;
            }
            out.copy_within(have - (len - half)..have, half);
            return out.get(..len);
        }
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
            Source::Shifted { bits, by } => format!("groups of {bits} bits (base {size}), shifted by {by}"),
            Source::Leading => format!("the first digits of the whole as a number in base {size}"),
            Source::Digits => format!("the digits of the whole as a number in base {size}"),
            Source::Prefix(digits) => {
                format!("the first {digits} hexadecimal digits as a number in base {size}")
            }
            Source::Suffix(digits) => {
                format!("the last {digits} hexadecimal digits as a number in base {size}")
            }
            Source::Number { bytes: 32, .. } => format!("the whole as a number in base {size}"),
            Source::Number { bytes, little } => {
                let end = if little { "little" } else { "big" };
                format!("the first {bytes} bytes as a {end}-endian number in base {size}")
            }
        };
        let step = match self.step {
            ENDS => ", half from the beginning and half from the end",
            2 => ", every second",
            _ => "",
        };
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

    fn usual() -> Alphabets {
        Alphabets::of(&std::collections::BTreeSet::new())
    }

    /// Written in an alphabet, every window is found again where it was taken.
    #[test]
    fn what_is_written_is_found() {
        for algorithm in Algorithm::PLAIN {
            let digest = digest(algorithm, b"SN26-40210007");
            for (number, alphabet) in usual().iter() {
                for source in SOURCES {
                    let size = alphabet.len() as u8;
                    for (offset, step) in [(0, 1), (1, 1), (1, 2), (0, ENDS)] {
                        let encoding = Encoding { source, size, offset, step };
                        let plain = matches!(source, Source::Modulo | Source::Bits(4));
                        if (matches!(source, Source::Number { .. }) && (offset, step) != (0, 1))
                            || (!plain && step != 1)
                        {
                            continue;
                        }
                        let Some(values) = encoding.values(&digest, 12) else { continue };
                        let text: Vec<u8> = values.iter().map(|v| alphabet[usize::from(*v)]).collect();
                        let target = Target::of(&text, &usual());
                        // A text that happens to use a small part of the alphabet is sought in a smaller one.
                        if !target.values.iter().any(|v| v.1 == number) {
                            continue;
                        }
                        let mut hit = false;
                        target.seek(&digest, |e, a| hit |= (e, a) == (encoding, number));
                        assert!(hit, "{algorithm:?} {encoding:?} {number}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_written_in_a_rarer_way_is_found_too() {
        let digest = digest(Algorithm::Sha1, b"SN26-40210007");
        for (number, alphabet) in usual().iter() {
            for source in DEEP {
                for offset in [0, 3] {
                    let encoding = Encoding { source, size: alphabet.len() as u8, offset, step: 1 };
                    let Some(values) = encoding.values(&digest, 8) else { continue };
                    let text: Vec<u8> = values.iter().map(|v| alphabet[usize::from(*v)]).collect();
                    let target = Target::of(&text, &usual());
                    let large = !source.suits(alphabet.len() as u8);
                    let mut hit = large || !target.values.iter().any(|v| v.1 == number);
                    target.seek_deep(&digest, |e, a| hit |= (e, a) == (encoding, number));
                    assert!(hit, "{encoding:?} {number}");
                }
            }
        }
    }

    #[test]
    fn the_usual_encoders_agree() {
        let digest = digest(Algorithm::Md5, b"abc"); // 900150983cd24fb0d6963f7d28e17f72
        let has = |text: &str, words: &str| {
            let mut seen = Vec::new();
            Target::of(text.as_bytes(), &usual()).seek(&digest, |e, a| seen.push((e.words(), a)));
            assert!(seen.iter().any(|(w, _)| w == words), "{text}: {seen:?}");
        };
        has("983cd24fb0", "hexadecimal, from position 7");
        has("kAFQmDzST7DWlj99", "groups of 6 bits (base 64)");
        has("SAAVBGB42JH3", "groups of 5 bits (base 32)");
        has("kAFQmDzST7DWlj99KOF_cg", "groups of 6 bits (base 64)");
        has("9001509832", "the decimal digits of the hexadecimal");
        let number = 0x9001_5098u32.to_string();
        has(&number, "the first 4 bytes as a big-endian number in base 10");
        has(&0x900150983cd24fb0u64.to_string(), "the first 8 bytes as a big-endian number in base 10");
    }
}
