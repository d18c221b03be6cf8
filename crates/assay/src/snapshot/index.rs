//! The body of a snapshot as it is searched: blocks of 64 numbers, found by their first one, and in a block by the
//! position of a bit. Nothing is unpacked: a few words are read for a number, wherever it stands.

use super::bits::{get, get_bit, mask, select, width};
use super::record::{Rare, Standing};
use super::{BLOCK, SECTIONS, SnapshotError};
use crate::gtin::Gtin14;

/// Bits of a number without its check digit: 13 digits.
pub(super) const BASE_BITS: u32 = 44;
/// Those bits.
const BASE: u64 = (1 << BASE_BITS) - 1;
/// Where in a block's head its count stands, less one; below it are the low bits of an offset.
pub(super) const COUNT_AT: u32 = 56;

/// The low bits of an offset, as a block's head has them.
#[inline(always)]
fn low_of(head: u64) -> u32 {
    (head >> BASE_BITS) as u32 & 0xfff
}

/// How many numbers a block has.
#[inline(always)]
fn count_of(head: u64) -> usize {
    (head >> COUNT_AT) as usize + 1
}

/// Where the `index`th of a block's numbers of some bits stands behind its first two words, and the numbers behind `before` bits.
#[inline(always)]
fn field(packed: &[u64], start: usize, before: usize, index: usize, width: u32) -> u64 {
    get_bit(packed, start + 2, before + index * width as usize, width)
}

/// What stands for a number: its place among the codes of standings, and its day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its place in the order of GTINs, from 0.
    pub rank: u32,
    /// Which of [`super::Snapshot::standings`].
    pub code: u32,
    /// 0 for none, else one more than the place in [`super::Snapshot::days`].
    pub day: u32,
}

/// A body whose sections are all there.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Index {
    pub(super) standings: Vec<(bool, Standing)>,
    pub(super) days: Vec<i32>,
    /// The first number of each block, its low bits and its count, as in the file.
    heads: Vec<u64>,
    /// Where each block's words begin, and its ranks.
    starts: Vec<(u32, u32)>,
    packed: Vec<u64>,
    pub(super) rare: Vec<(u32, Rare)>,
    statements: Vec<u64>,
    models: Vec<u64>,
    pub(super) records: usize,
    code_width: u32,
    value_width: u32,
    steps: Steps,
}

/// Where to begin to look for a block: by the highest bits of a number, as many of them as there are blocks to tell apart.
#[derive(Clone, Debug, PartialEq)]
struct Steps {
    /// By the length of a number in bits: where its steps begin, how many of its bits are left out, its lowest step.
    classes: [(u32, u32); 64],
    /// The last block that begins below a step; one step more than there are.
    blocks: Vec<u32>,
}

impl Index {
    /// Reads the body; `records` and `own_numbers` as in the header.
    pub(super) fn read(body: &[u8], records: u64, own_numbers: bool) -> Result<Self, SnapshotError> {
        let error = |what: &str| SnapshotError::Header(format!("its body {what}"));
        let mut rest = body;
        let mut lengths = [0; SECTIONS];
        for length in &mut lengths {
            let (bytes, after) = rest.split_first_chunk::<8>().ok_or_else(|| error("has no sections"))?;
            *length = u64::from_le_bytes(*bytes);
            rest = after;
        }
        let mut sections = [&[][..]; SECTIONS];
        for (section, length) in sections.iter_mut().zip(lengths) {
            let length = usize::try_from(length).ok().filter(|length| length % 8 == 0);
            let taken = length.and_then(|length| rest.split_at_checked(length));
            (*section, rest) = taken.ok_or_else(|| error("has sections of other lengths"))?;
        }
        if !rest.is_empty() {
            return Err(error("has more bytes than sections"));
        }
        let [standings, days, heads, packed, rare, statements, models] = sections;
        let records = usize::try_from(records).ok().filter(|n| *n <= super::MAX_RECORDS);
        let records = records.ok_or_else(|| error("has more records than fit"))?;
        let standings = read_standings(standings)?;
        let days = read_days(days).ok_or_else(|| error("has days in another order"))?;
        let heads = words(heads);
        if !heads.is_sorted_by(|a, b| a & BASE < b & BASE) {
            return Err(error("has blocks that are out of order"));
        }
        let code_width = width((standings.len() as u64).saturating_sub(1));
        let value_width = code_width + width(days.len() as u64);
        let mut starts = Vec::with_capacity(heads.len());
        let (mut at, mut ranks) = (0u64, 0usize);
        for head in &heads {
            let (low, count) = (low_of(*head), count_of(*head));
            if low > 40 || count > BLOCK || ranks + count > records {
                return Err(error("has a block that cannot be"));
            }
            starts.push((u32::try_from(at).map_err(|_| error("is too long"))?, ranks as u32));
            at += 2 + (count as u64 * u64::from(low + value_width)).div_ceil(64);
            ranks += count;
        }
        if ranks != records {
            return Err(error("has blocks of fewer numbers than records"));
        }
        let packed = words(packed);
        if packed.len() as u64 != at {
            return Err(error("has blocks of other lengths"));
        }
        let rare = read_rare(rare, records)?;
        let steps = Steps::of(&heads);
        let (statements, models) = (words(statements), words(models));
        let index = Self {
            standings,
            days,
            heads,
            starts,
            packed,
            rare,
            statements,
            models,
            records,
            code_width,
            value_width,
            steps,
        };
        index.check(own_numbers)?;
        Ok(index)
    }

    /// Looks at every record: that the numbers ascend and are numbers, and that what stands for each is there. The signature says
    /// who wrote it, not that it was written well.
    fn check(&self, own_numbers: bool) -> Result<(), SnapshotError> {
        let mut next = 1;
        let mut rare = self.rare.iter().map(|(rank, _)| *rank).peekable();
        for (rank, (payload, found)) in self.numbers().enumerate() {
            let fault = |what: &str| SnapshotError::Record { index: rank as u64 + 1, what: what.into() };
            if payload < next || payload >= 10_000_000_000_000 {
                return Err(fault("its number is out of order or none"));
            }
            next = payload + 1;
            if !own_numbers && Gtin14::of_payload(payload).is_restricted() {
                return Err(fault("its number is of restricted circulation"));
            }
            let Some((is_rare, _)) = self.standings.get(found.code as usize) else {
                return Err(fault("it has no standing"));
            };
            if *is_rare != (rare.next_if_eq(&(rank as u32)).is_some()) {
                return Err(fault("what is rare about it, or that something is, is missing"));
            }
            if found.day as usize > self.days.len() {
                return Err(fault("it has no day"));
            }
        }
        for (head, (start, _)) in self.heads.iter().zip(&self.starts) {
            let ones = |at: usize| self.packed.get(at).map_or(0, |word| word.count_ones() as usize);
            let start = *start as usize;
            if ones(start) + ones(start + 1) != count_of(*head) {
                return Err(SnapshotError::Header("its body has a block of another count".into()));
            }
        }
        Ok(())
    }

    /// What stands for a number without its check digit.
    #[inline(always)]
    pub(super) fn find(&self, payload: u64) -> Option<Found> {
        let block = self.steps.begin(&self.heads, payload)?;
        self.find_in(block, payload)
    }

    #[inline(always)]
    fn find_in(&self, block: usize, payload: u64) -> Option<Found> {
        let head = *self.heads.get(block)?;
        let (start, rank) = *self.starts.get(block)?;
        let (start, count) = (start as usize, count_of(head));
        let (offset, low) = (payload.wrapping_sub(head & BASE), low_of(head));
        let high = offset >> low;
        if high > 63 {
            return None;
        }
        let (first, second) = (*self.packed.get(start)?, *self.packed.get(start + 1)?);
        // The numbers of this high part stand behind as many zeros as it says.
        let mut at = after_zeros(first, second, high as u32);
        let mut place = at - high as u32;
        let wanted = offset & mask(low);
        while at < 128 && (if at < 64 { first >> at } else { second >> (at - 64) }) & 1 == 1 {
            let found = field(&self.packed, start, 0, place as usize, low);
            if found == wanted {
                let value =
                    field(&self.packed, start, count * low as usize, place as usize, self.value_width);
                return Some(Found {
                    rank: rank + place,
                    code: (value & mask(self.code_width)) as u32,
                    day: (value >> self.code_width) as u32,
                });
            }
            if found > wanted {
                return None;
            }
            at += 1;
            place += 1;
        }
        None
    }

    /// The block of a rank, and its place there.
    fn block_of(&self, rank: usize) -> Option<(usize, usize)> {
        let block = self.starts.partition_point(|(_, first)| *first as usize <= rank).checked_sub(1)?;
        let (_, first) = self.starts.get(block)?;
        Some((block, rank - *first as usize))
    }

    /// The number without its check digit at a rank, and what stands for it.
    pub(super) fn at(&self, rank: usize) -> Option<(u64, Found)> {
        if rank >= self.records {
            return None;
        }
        let (block, place) = self.block_of(rank)?;
        let head = *self.heads.get(block)?;
        let start = self.starts.get(block)?.0 as usize;
        let (first, second) = (*self.packed.get(start)?, *self.packed.get(start + 1)?);
        let (ones, index) = (first.count_ones(), place as u32);
        let at = if index < ones {
            select(first, index)
        } else if index - ones < second.count_ones() {
            64 + select(second, index - ones)
        } else {
            return None;
        };
        Some(self.one(head, start, rank, place, u64::from(at)))
    }

    /// A number whose bit among the upper ones stands at `at`.
    #[inline(always)]
    fn one(&self, head: u64, start: usize, rank: usize, place: usize, at: u64) -> (u64, Found) {
        let low = low_of(head);
        let high = at.saturating_sub(place as u64);
        let payload = (head & BASE) + (high << low | field(&self.packed, start, 0, place, low));
        let value = field(&self.packed, start, count_of(head) * low as usize, place, self.value_width);
        let (code, day) = (value & mask(self.code_width), value >> self.code_width);
        (payload, Found { rank: rank as u32, code: code as u32, day: day as u32 })
    }

    /// All numbers without their check digits, in their order, and what stands for each.
    pub(super) fn numbers(&self) -> impl Iterator<Item = (u64, Found)> {
        self.heads.iter().zip(&self.starts).flat_map(move |(head, (start, rank))| {
            let (start, rank) = (*start as usize, *rank as usize);
            let pair = |at: usize| u128::from(self.packed.get(at).copied().unwrap_or(0));
            let mut upper = pair(start) | pair(start + 1) << 64;
            (0..count_of(*head)).map(move |place| {
                let at = u64::from(upper.trailing_zeros());
                upper &= upper.wrapping_sub(1);
                self.one(*head, start, rank + place, place, at)
            })
        })
    }

    /// The rank of the first number that is not below this one.
    pub(super) fn rank_of(&self, payload: u64) -> usize {
        let (mut low, mut high) = (0, self.records);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.at(middle) {
                Some((there, _)) if there < payload => low = middle + 1,
                _ => high = middle,
            }
        }
        low
    }

    /// What is rare about a record.
    pub(super) fn rare(&self, rank: u32) -> Option<&Rare> {
        let at = self.rare.binary_search_by_key(&rank, |(rank, _)| *rank).ok()?;
        self.rare.get(at).map(|(_, rare)| rare)
    }

    /// The statements of a record's labels.
    pub(super) fn statements(&self, rank: usize) -> Vec<u64> {
        let labels = |rank: usize| {
            let (_, found) = self.at(rank)?;
            Some(self.standings.get(found.code as usize)?.1.labelled().count())
        };
        let Some((block, place)) = self.block_of(rank) else { return Vec::new() };
        let (Some(wide), Some(before)) = (self.statements.first(), self.statements.get(1 + block)) else {
            return Vec::new();
        };
        let wide = u32::try_from(*wide).unwrap_or(64).min(64);
        let first = (rank - place..rank).filter_map(labels).sum::<usize>();
        let first = usize::try_from(*before).unwrap_or(usize::MAX).saturating_add(first);
        let count = labels(rank).unwrap_or(0);
        // Beyond the end are zeros: a place that nobody can reach is no reason to stop.
        (first..first.saturating_add(count))
            .map(|at| {
                if at < self.records * 64 { get(&self.statements, 1 + self.heads.len(), at, wide) } else { 0 }
            })
            .collect()
    }

    /// All fingerprints with the rank of their record.
    pub(super) fn models(&self) -> impl Iterator<Item = (u64, u32)> {
        let (fingerprints, ranks) =
            self.models.split_at_checked(self.models.len() * 2 / 3).unwrap_or_default();
        fingerprints.iter().enumerate().map(|(at, f)| (*f, get(ranks, 0, at, 32) as u32))
    }

    /// The ranks of the records of a fingerprint of brand and model.
    pub(super) fn by_model(&self, fingerprint: u64) -> impl Iterator<Item = u32> {
        // So many fingerprints, and behind them half as many words of ranks.
        let count = self.models.len() * 2 / 3;
        let (fingerprints, ranks) = self.models.split_at_checked(count).unwrap_or_default();
        let first = fingerprints.partition_point(|f| *f < fingerprint);
        let same = fingerprints
            .get(first..)
            .unwrap_or_default()
            .iter()
            .take_while(move |f| **f == fingerprint)
            .count();
        (first..first + same).map(move |at| get(ranks, 0, at, 32) as u32)
    }
}

/// The position behind so many zeros, in 128 bits.
#[inline(always)]
fn after_zeros(first: u64, second: u64, zeros: u32) -> u32 {
    let Some(rank) = zeros.checked_sub(1) else { return 0 };
    let in_first = (!first).count_ones();
    if rank < in_first {
        select(!first, rank) + 1
    } else {
        64 + select(!second, (rank - in_first).min(63)) + 1
    }
}

impl Steps {
    fn of(heads: &[u64]) -> Self {
        let mut classes = [(0, 0); 64];
        let mut blocks = Vec::new();
        let base = |at: usize| heads.get(at).map_or(u64::MAX, |head| head & BASE);
        let mut block = 0;
        for class in 0..64u32 {
            // Numbers of this many bits: from `least` on, `least` of them (and 0 and 1 in the first).
            let least = if class == 0 { 0 } else { 1u64 << (class - 1) };
            let end = if class == 63 { u64::MAX } else { 1 << class };
            let within = heads.iter().filter(|head| (least..end).contains(&(**head & BASE))).count() as u64;
            let steps = width(within.saturating_mul(2)).min(20);
            let shift = class.saturating_sub(1).saturating_sub(steps);
            classes[class as usize] = (blocks.len() as u32, shift);
            let count = ((end - 1).saturating_sub(least) >> shift) + 1;
            if within == 0 && class > BASE_BITS {
                continue;
            }
            for step in 0..count {
                let from = least + (step << shift);
                while base(block) <= from {
                    block += 1;
                }
                // One more than the last block that begins at or below the step; none is 0.
                blocks.push(block as u32);
            }
        }
        blocks.push(heads.len() as u32);
        Self { classes, blocks }
    }

    /// The last block that begins at or below a number.
    #[inline(always)]
    fn begin(&self, heads: &[u64], payload: u64) -> Option<usize> {
        let class = 64 - payload.leading_zeros();
        let (first, shift) = *self.classes.get(class as usize)?;
        let least = if class == 0 { 0 } else { 1u64 << (class - 1) };
        let step = first as usize + ((payload - least) >> shift) as usize;
        let mut block = *self.blocks.get(step)? as usize;
        let mut end = *self.blocks.get(step + 1)? as usize;
        // Numbers lie in heaps: a step may have many blocks.
        while end.saturating_sub(block) > 8 {
            let middle = block + (end - block) / 2;
            if heads.get(middle).is_some_and(|head| head & BASE <= payload) {
                block = middle
            } else {
                end = middle
            }
        }
        while heads.get(block).is_some_and(|head| head & BASE <= payload) {
            block += 1;
        }
        block.checked_sub(1)
    }
}

fn words(bytes: &[u8]) -> Vec<u64> {
    bytes.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word)).collect()
}

/// A count and so many things.
fn counted(section: &[u8]) -> Option<(usize, &[u8])> {
    let (count, rest) = section.split_first_chunk::<8>()?;
    Some((usize::try_from(u64::from_le_bytes(*count)).ok()?, rest))
}

fn read_standings(section: &[u8]) -> Result<Vec<(bool, Standing)>, SnapshotError> {
    let error = |what: String| SnapshotError::Header(format!("its table of standings {what}"));
    let (count, mut rest) = counted(section).ok_or_else(|| error("is not there".into()))?;
    let mut standings: Vec<(bool, Standing)> = Vec::new();
    let mut before: Option<(bool, &[u8])> = None;
    for _ in 0..count {
        let taken = rest.split_first_chunk::<3>().and_then(|([rare, low, high], rest)| {
            let rare = match rare {
                0 => false,
                1 => true,
                _ => return None,
            };
            let (bytes, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes([*low, *high])))?;
            Some((rare, bytes, rest))
        });
        let (rare, bytes, after) = taken.ok_or_else(|| error("is cut off".into()))?;
        if before.is_some_and(|before| before >= (rare, bytes)) {
            return Err(error("is out of order".into()));
        }
        before = Some((rare, bytes));
        standings.push((rare, super::exact(bytes).map_err(|e| error(format!("cannot be read: {e}")))?));
        rest = after;
    }
    if rest.len() >= 8 || rest.iter().any(|b| *b != 0) {
        return Err(error("has something behind its end".into()));
    }
    Ok(standings)
}

fn read_days(section: &[u8]) -> Option<Vec<i32>> {
    let (count, rest) = counted(section)?;
    let (days, padding) = rest.split_at_checked(count.checked_mul(4)?)?;
    let days: Vec<i32> = days.as_chunks::<4>().0.iter().map(|day| i32::from_le_bytes(*day)).collect();
    let exist = days.iter().all(|day| crate::date::from_days(*day).is_some());
    let well =
        exist && days.is_sorted_by(|a, b| a < b) && padding.len() < 8 && padding.iter().all(|b| *b == 0);
    well.then_some(days)
}

fn read_rare(section: &[u8], records: usize) -> Result<Vec<(u32, Rare)>, SnapshotError> {
    let error = |what: String| SnapshotError::Header(format!("its table of what is rare {what}"));
    let mut rest = section;
    let mut found: Vec<(u32, Rare)> = Vec::new();
    // A record has at least ten bytes; fewer are what fills the last word.
    while rest.len() >= 8 {
        let taken = rest.split_first_chunk::<6>().and_then(|([a, b, c, d, low, high], rest)| {
            let (bytes, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes([*low, *high])))?;
            Some((u32::from_le_bytes([*a, *b, *c, *d]), bytes, rest))
        });
        let (rank, bytes, after) = taken.ok_or_else(|| error("is cut off".into()))?;
        if found.last().is_some_and(|(last, _)| *last >= rank) || rank as usize >= records {
            return Err(error("is out of order".into()));
        }
        found.push((rank, super::exact(bytes).map_err(|e| error(format!("cannot be read: {e}")))?));
        rest = after;
    }
    if rest.iter().any(|b| *b != 0) {
        return Err(error("has something behind its end".into()));
    }
    Ok(found)
}
