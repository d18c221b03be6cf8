//! Counters in the order of the serial numbers, for files that are shuffled. The one who runs the audit asks
//! [`InOrder`] first: a file that stands in serial order has been looked at already. Otherwise every row becomes a
//! [`Record`] that can be parted by `key` and sorted, in memory or (sealed) on a disk; [`runs`] looks at a sorted part.
//! Nothing is lost where two parts meet when the second begins with the last [`OVERLAP`] records of the first.

use std::cmp::Ordering;

use crate::place::Place;
use crate::rows::Block;

use super::Counted;
use super::runs::{LOOK_BACK, Rows, scan};

/// Records of a sorted part that the next part repeats in front, and hands to [`runs`] as `repeated`.
pub const OVERLAP: usize = LOOK_BACK;

/// A unit on its way into serial order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Record {
    /// Sorts as the serial numbers do, see [`key`].
    pub key: u64,
    /// Where the unit stands in the file; sorts units with the same key.
    pub place: Place,
    /// The first bytes of the password, without what all passwords of the batch begin with.
    pub head: [u8; 16],
    /// How many of `head` are in use.
    pub len: u8,
    /// The rest of the password, if any, as a checksum: a counter moves in `head` or is not seen.
    pub rest: u32,
}

impl zeroize::DefaultIsZeroes for Record {}

impl Default for Record {
    fn default() -> Self {
        Self { key: 0, place: Place { block: 0, line: 0 }, head: [0; 16], len: 0, rest: 0 }
    }
}

/// Bytes of a record on a disk.
pub const RECORD: usize = 37;

impl Record {
    /// The record of a unit. `prefix` is how many bytes all passwords begin with ([`crate::space::Space::affix`]).
    #[must_use]
    pub fn of(serial: &[u8], password: &[u8], prefix: usize, place: Place) -> Self {
        let own = password.get(prefix..).unwrap_or_default();
        let shown = own.len().min(16);
        let mut record = Self { key: key(serial), place, ..Self::default() };
        record.head[..shown].copy_from_slice(&own[..shown]);
        record.len = u8::try_from(shown).unwrap_or(16);
        if own.len() > 16 {
            record.rest = crc32fast::hash(&own[16..]);
        }
        record
    }

    /// The record as bytes. They hold a password: seal them before they leave memory.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; RECORD] {
        let mut bytes = [0; RECORD];
        bytes[..8].copy_from_slice(&self.key.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.place.block.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.place.line.to_le_bytes());
        bytes[16..32].copy_from_slice(&self.head);
        bytes[32] = self.len;
        bytes[33..].copy_from_slice(&self.rest.to_le_bytes());
        bytes
    }

    /// The record of such bytes; a length that cannot be is cut to what can.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; RECORD]) -> Self {
        let four = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let mut record = Self {
            key: u64::from(four(0)) | u64::from(four(4)) << 32,
            place: Place { block: four(8), line: four(12) },
            head: [0; 16],
            len: bytes[32].min(16),
            rest: four(33),
        };
        record.head.copy_from_slice(&bytes[16..32]);
        record
    }
}

/// A number that sorts as serial numbers do: the last twelve letters and digits, in either case, as a number of base 37.
/// Separators do not count, what does not fit is cut off in front, and serial numbers of one form keep their order, be
/// they decimal, hexadecimal or with letters in front. It also puts hardware addresses in their order.
#[must_use]
pub fn key(serial: &[u8]) -> u64 {
    let mut key = 0;
    let mut scale = 1u64;
    for digit in serial
        .iter()
        .rev()
        .filter_map(|byte| match byte {
            b'0'..=b'9' => Some(byte - b'0' + 1),
            b'a'..=b'z' => Some(byte - b'a' + 11),
            b'A'..=b'Z' => Some(byte - b'A' + 11),
            _ => None,
        })
        .take(12)
    {
        key += u64::from(digit) * scale;
        scale *= 37;
    }
    key
}

/// How the keys of two serial numbers compare, where their first difference says it: both of one length and of one case
/// there, no more than twelve characters from the end, and separators at the same places behind it.
fn quickly(one: &[u8], other: &[u8]) -> Option<Ordering> {
    if one.len() != other.len() {
        return None;
    }
    let Some(at) = one.iter().zip(other).position(|(a, b)| a != b) else { return Some(Ordering::Equal) };
    let both = |is: fn(&u8) -> bool| is(&one[at]) && is(&other[at]);
    let comparable = both(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
        || both(|b| b.is_ascii_digit() || b.is_ascii_lowercase());
    let mut behind = one[at..].iter().zip(&other[at..]);
    let alike = behind.all(|(a, b)| a.is_ascii_alphanumeric() == b.is_ascii_alphanumeric());
    (comparable && alike && one.len() - at <= 12).then(|| one[at].cmp(&other[at]))
}

struct Sorted<'a>(&'a [Record]);

impl Rows for Sorted<'_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn head(&self, row: usize) -> u128 {
        u128::from_le_bytes(self.0[row].head)
    }

    fn password(&self, row: usize) -> &[u8] {
        let record = &self.0[row];
        &record.head[..usize::from(record.len).min(16)]
    }

    fn rest(&self, row: usize) -> u32 {
        self.0[row].rest
    }
}

/// Looks for counters in sorted records. The first `repeated` of them were looked at with the part before: runs may begin
/// there, but what stands in runs among them alone is not counted again.
#[must_use]
pub fn runs(sorted: &[Record], repeated: usize) -> Counted {
    let mut counted =
        Counted { rows: (sorted.len() - repeated.min(sorted.len())) as u64, ..Counted::default() };
    let mut said = vec![0u8; repeated.min(sorted.len())];
    scan(&Sorted(&sorted[..said.len()]), |level, row| said[row] |= 1 << level);
    scan(&Sorted(sorted), |level, row| {
        if said.get(row).is_none_or(|levels| levels & (1 << level) == 0) {
            counted.levels[level].add(sorted[row].place);
        }
    });
    counted
}

/// Whether the file stands in the order of its serial numbers already, up or down. Gaps and repeated serial numbers do
/// not disturb.
#[derive(Default)]
pub struct InOrder {
    blocks: std::collections::BTreeMap<u32, (u64, u64)>,
    up: u64,
    down: u64,
}

impl InOrder {
    /// Looks at the serial numbers of a block.
    pub fn see(&mut self, block: &Block, column: usize) {
        let mut before: Option<&[u8]> = None;
        for cell in block.column(column) {
            // Once both directions are broken nothing that follows can mend it.
            if self.up > 0 && self.down > 0 {
                return;
            }
            let serial = block.bytes_of(cell);
            match before.map(|before| quickly(before, serial)) {
                Some(Some(Ordering::Less)) => self.down += 1,
                Some(Some(Ordering::Greater)) => self.up += 1,
                Some(None) => self.compare(key(before.unwrap_or_default()), key(serial)),
                Some(Some(Ordering::Equal)) | None => {}
            }
            before = Some(serial);
        }
        if let (Some(first), Some(last)) = (block.column(column).next(), before) {
            self.blocks.insert(block.number, (key(block.bytes_of(first)), key(last)));
        }
    }

    fn compare(&mut self, before: u64, now: u64) {
        self.up += u64::from(before > now);
        self.down += u64::from(before < now);
    }

    /// Takes in what another thread saw.
    pub fn join(&mut self, mut other: Self) {
        self.up += other.up;
        self.down += other.down;
        self.blocks.append(&mut other.blocks);
    }

    /// Whether nothing has to be sorted.
    #[must_use]
    pub fn finish(mut self) -> bool {
        let ends: Vec<(u64, u64)> = std::mem::take(&mut self.blocks).into_values().collect();
        for pair in ends.windows(2) {
            self.compare(pair[0].1, pair[1].0);
        }
        self.up == 0 || self.down == 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_quick_comparison_says_what_the_keys_say(
            start in "[A-C9-]{0,4}", one in "[0-1a-bA-B:-]{1,14}", other in "[0-1a-bA-B:-]{1,14}"
        ) {
            let (one, other) = (format!("{start}{one}"), format!("{start}{other}"));
            let (one, other) = (one.as_bytes(), other.as_bytes());
            if let Some(ordering) = quickly(one, other) {
                prop_assert_eq!(ordering, key(one).cmp(&key(other)));
            }
            prop_assert_eq!(quickly(one, one), Some(Ordering::Equal));
        }
    }
}
