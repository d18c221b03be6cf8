//! Records into the body of a snapshot: the same records give the same bytes, in whatever order they come.

use std::collections::BTreeMap;

use assay_log::hash::{Hash, leaf_hash};
use assay_log::tree::Frontier;
use jiff::civil::Date;

use super::bits::{Bits, width};
use super::index::{BASE_BITS, COUNT_AT};
use super::leaf;
use super::record::{Rare, Record, Standing};
use super::{BLOCK, MAX_RECORDS, SECTIONS, SnapshotError};
use crate::cbor;
use crate::date::to_days;
use crate::gtin::Gtin14;

/// Gathers what a snapshot is to hold.
#[derive(Default)]
pub struct Builder {
    rows: Vec<Row>,
    standings: Vec<Standing>,
    known: BTreeMap<Vec<u8>, u32>,
    /// What few have, and the statements of labels: an index beside the row.
    beside: Vec<(Rare, Vec<u64>)>,
    models: Vec<(u64, Gtin14)>,
}

/// The number of a standing that was told to a [`Builder`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandingId(u32);

#[derive(Clone, Copy)]
struct Row {
    gtin: Gtin14,
    standing: u32,
    until: Option<i32>,
    /// One more than the place in `beside`; 0 for none.
    beside: u32,
}

/// A body, and what the header says of it.
pub(super) struct Packed {
    pub(super) body: Vec<u8>,
    pub(super) records: u64,
    pub(super) tree: Hash,
}

impl Builder {
    /// Takes in a record.
    pub fn add(&mut self, record: &Record) {
        let standing = self.standing(&record.standing());
        let rare = record.rare();
        let statements: Vec<u64> = record.schemes.values().filter_map(|s| s.statement).collect();
        self.push(record.gtin, standing, record.updates_until, rare, statements);
    }

    /// A standing that many records share, to be named in [`Builder::add_short`].
    pub fn standing(&mut self, standing: &Standing) -> StandingId {
        let bytes = cbor::to_bytes(standing);
        let next = u32::try_from(self.standings.len()).unwrap_or(u32::MAX);
        let id = *self.known.entry(bytes).or_insert(next);
        if id == next {
            self.standings.push(standing.clone());
        }
        StandingId(id)
    }

    /// Takes in a record that has nothing rare and comes from no log.
    pub fn add_short(&mut self, gtin: Gtin14, standing: StandingId, until: Option<Date>) {
        self.push(gtin, standing, until, Rare::default(), Vec::new());
    }

    /// Says that a number is of this brand and model, by their fingerprint (see [`super::Snapshot::by_model`]).
    pub fn add_model(&mut self, fingerprint: u64, gtin: Gtin14) {
        self.models.push((fingerprint, gtin));
    }

    /// How many records were taken in.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether none was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(super) fn push(
        &mut self,
        gtin: Gtin14,
        standing: StandingId,
        until: Option<Date>,
        rare: Rare,
        statements: Vec<u64>,
    ) {
        let beside = if rare.is_empty() && statements.is_empty() {
            0
        } else {
            self.beside.push((rare, statements));
            u32::try_from(self.beside.len()).unwrap_or(u32::MAX)
        };
        self.rows.push(Row { gtin, standing: standing.0, until: until.map(to_days), beside });
    }

    /// The body, and what the header says of it.
    pub(super) fn pack(mut self) -> Result<Packed, SnapshotError> {
        let (body, codes) = self.sections()?;
        let tree = self.tree(&codes);
        Ok(Packed { body, records: self.rows.len() as u64, tree })
    }

    /// The body alone, for whoever has its digest.
    pub(super) fn body(mut self) -> Result<Vec<u8>, SnapshotError> {
        self.sections().map(|(body, _)| body)
    }

    fn sections(&mut self) -> Result<(Vec<u8>, Codes), SnapshotError> {
        if self.rows.len() > MAX_RECORDS {
            return Err(SnapshotError::TooMany(self.rows.len()));
        }
        self.rows.sort_unstable_by_key(|row| row.gtin);
        if let Some(pair) = self.rows.windows(2).find(|pair| pair[0].gtin == pair[1].gtin) {
            return Err(SnapshotError::Twice(pair[0].gtin));
        }
        let codes = Codes::of(self)?;
        let days = Days::of(&self.rows);
        let blocks = blocks(&self.rows, codes.width + days.width);
        let sections = [
            codes.section(),
            days.section(),
            self.heads(&blocks),
            self.packed(&blocks, &codes, &days),
            self.rare()?,
            self.statements(&blocks)?,
            self.models()?,
        ];
        let mut body: Vec<u8> = Vec::new();
        for section in &sections {
            body.extend_from_slice(&(section.len() as u64).to_le_bytes());
        }
        debug_assert_eq!(sections.len(), SECTIONS);
        for section in sections {
            body.extend_from_slice(&section);
        }
        Ok((body, codes))
    }

    fn beside(&self, row: &Row) -> Option<&(Rare, Vec<u64>)> {
        (row.beside as usize).checked_sub(1).and_then(|at| self.beside.get(at))
    }

    fn in_blocks<'a>(&'a self, blocks: &'a [u8]) -> impl Iterator<Item = &'a [Row]> {
        let mut rest = &self.rows[..];
        blocks.iter().map(move |count| {
            let (block, after) = rest.split_at(usize::from(*count).min(rest.len()));
            rest = after;
            block
        })
    }

    fn heads(&self, blocks: &[u8]) -> Vec<u8> {
        let heads = self.in_blocks(blocks).map(|block| {
            let (base, last) = (payload(block.first()), payload(block.last()));
            let (low, count) = (u64::from(low_bits(last - base)), block.len() as u64 - 1);
            base | low << BASE_BITS | count << COUNT_AT
        });
        heads.flat_map(u64::to_le_bytes).collect()
    }

    fn packed(&self, blocks: &[u8], codes: &Codes, days: &Days) -> Vec<u8> {
        let mut bits = Bits::default();
        for block in self.in_blocks(blocks) {
            let (base, last) = (payload(block.first()), payload(block.last()));
            let low = low_bits(last - base);
            let offset = |row: &Row| row.gtin.payload() - base;
            let mut upper = 0u128;
            for (at, row) in block.iter().enumerate() {
                upper |= 1 << ((offset(row) >> low) as usize + at);
            }
            bits.align();
            bits.push(upper as u64, 64);
            bits.push((upper >> 64) as u64, 64);
            for row in block {
                bits.push(offset(row), low);
            }
            for row in block {
                bits.push(
                    codes.of_row(self, row) | days.code(row.until) << codes.width,
                    codes.width + days.width,
                );
            }
        }
        words(&bits.words)
    }

    fn rare(&self) -> Result<Vec<u8>, SnapshotError> {
        let rare = |row| self.beside(row).map(|(rare, _)| rare).filter(|rare| !rare.is_empty());
        let found: Vec<(u32, Vec<u8>)> = (0u32..)
            .zip(&self.rows)
            .filter_map(|(rank, row)| rare(row).map(|rare| (rank, cbor::to_bytes(rare))))
            .collect();
        let mut bytes = Vec::new();
        for (rank, rare) in found {
            let length = u16::try_from(rare.len()).map_err(|_| self.too_long(rank))?;
            bytes.extend_from_slice(&rank.to_le_bytes());
            bytes.extend_from_slice(&length.to_le_bytes());
            bytes.extend_from_slice(&rare);
        }
        Ok(padded(bytes))
    }

    fn too_long(&self, rank: u32) -> SnapshotError {
        SnapshotError::Record { index: u64::from(rank) + 1, what: "it is longer than 64 KiB".into() }
    }

    /// The statements of all labels, block by block. A record that has a label has its statement in all of a log's
    /// snapshots, and in none that comes from no log.
    fn statements(&self, blocks: &[u8]) -> Result<Vec<u8>, SnapshotError> {
        let all = || self.rows.iter().map(|row| self.beside(row).map_or(&[][..], |(_, s)| s));
        let Some(most) = all().flatten().max() else { return Ok(Vec::new()) };
        let wide = width(*most);
        let mut places = Vec::new();
        let mut bits = Bits::default();
        let mut written = 0u64;
        let mut firsts = blocks.iter().scan(0usize, |next, count| {
            let first = *next;
            *next += usize::from(*count);
            Some(first)
        });
        let mut first = firsts.next();
        for (at, (row, statements)) in self.rows.iter().zip(all()).enumerate() {
            if first == Some(at) {
                places.push(written);
                first = firsts.next();
            }
            let wanted = self.standings.get(row.standing as usize).map_or(0, |s| s.labelled().count());
            if wanted != statements.len() {
                let what = format!("it has {wanted} labels and names {} statements", statements.len());
                return Err(SnapshotError::Record { index: at as u64 + 1, what });
            }
            statements.iter().for_each(|s| bits.push(*s, wide));
            written += statements.len() as u64;
        }
        let mut all = vec![u64::from(wide)];
        all.extend(places);
        all.extend(bits.words);
        Ok(words(&all))
    }

    fn models(&mut self) -> Result<Vec<u8>, SnapshotError> {
        let mut found = Vec::with_capacity(self.models.len());
        for (fingerprint, gtin) in std::mem::take(&mut self.models) {
            let rank = self.rows.binary_search_by_key(&gtin, |row| row.gtin);
            let rank = rank.map_err(|_| SnapshotError::Model(gtin))?;
            found.push((fingerprint, rank as u64));
        }
        found.sort_unstable();
        found.dedup();
        let mut bits = Bits::default();
        found.iter().for_each(|(fingerprint, _)| bits.push(*fingerprint, 64));
        bits.align();
        found.iter().for_each(|(_, rank)| bits.push(*rank, 32));
        Ok(words(&bits.words))
    }

    fn tree(&self, codes: &Codes) -> Hash {
        let mut tree = Frontier::new();
        let mut buffer = Vec::new();
        for row in &self.rows {
            let code = codes.of_row(self, row) as usize;
            let standing = codes.bytes.get(code).map_or(&[][..], |(_, bytes)| bytes);
            let none = (Rare::default(), Vec::new());
            let (rare, statements) = self.beside(row).unwrap_or(&none);
            leaf::write(&mut buffer, row.gtin, row.until, standing, rare, statements);
            tree.push(leaf_hash(&buffer));
        }
        tree.root()
    }
}

fn payload(row: Option<&Row>) -> u64 {
    row.map_or(0, |row| row.gtin.payload())
}

/// How many low bits of each offset stand by themselves: so many that what is left of the greatest one fits six bits.
fn low_bits(greatest: u64) -> u32 {
    width(greatest).saturating_sub(6)
}

/// How many numbers each block has: of all ways to cut the rows into blocks of at most 64 the one with the fewest words, and
/// of those the one whose blocks are the longest, from the first on. A wide gap between two makers' numbers is best left between
/// two blocks.
fn blocks(rows: &[Row], value: u32) -> Vec<u8> {
    let all: Vec<u64> = rows.iter().map(|row| row.gtin.payload()).collect();
    // By the row that a block begins with: the words from there to the end, and how many rows the block has.
    let mut words = vec![0u32; all.len() + 1];
    let mut counts = vec![0u8; all.len()];
    for first in (0..all.len()).rev() {
        let mut best = (u32::MAX, 0u8);
        for (count, last) in (1u32..).zip(&all[first..all.len().min(first + BLOCK)]) {
            let bits = count * (low_bits(last - all[first]) + value);
            let sum = 3 + bits.div_ceil(64) + words[first + count as usize];
            if sum <= best.0 {
                best = (sum, count as u8);
            }
        }
        (words[first], counts[first]) = best;
    }
    let mut blocks = Vec::new();
    let mut at = 0;
    while let Some(count) = counts.get(at) {
        blocks.push(*count);
        at += usize::from(*count);
    }
    blocks
}

/// The standings that occur, each with or without something rare beside it, by their bytes.
struct Codes {
    /// Whether something rare stands beside, and the CBOR of the standing.
    bytes: Vec<(bool, Vec<u8>)>,
    /// By standing: the code without and with something rare.
    code: Vec<[u32; 2]>,
    width: u32,
}

impl Codes {
    fn of(builder: &Builder) -> Result<Self, SnapshotError> {
        let mut used = vec![[false; 2]; builder.standings.len()];
        for row in &builder.rows {
            if let Some(used) = used.get_mut(row.standing as usize) {
                used[usize::from(is_rare(builder, row))] = true;
            }
        }
        let mut all: Vec<(bool, Vec<u8>, usize)> = Vec::new();
        for (at, (standing, used)) in builder.standings.iter().zip(&used).enumerate() {
            let bytes = cbor::to_bytes(standing);
            if u16::try_from(bytes.len()).is_err() {
                return Err(SnapshotError::Header(
                    "what a product is declared under is longer than 64 KiB".into(),
                ));
            }
            all.extend(
                [false, true]
                    .into_iter()
                    .filter(|rare| used[usize::from(*rare)])
                    .map(|rare| (rare, bytes.clone(), at)),
            );
        }
        all.sort();
        let mut code = vec![[0; 2]; builder.standings.len()];
        for (number, (rare, _, at)) in (0u32..).zip(&all) {
            code[*at][usize::from(*rare)] = number;
        }
        let width = width((all.len() as u64).saturating_sub(1));
        Ok(Self { bytes: all.into_iter().map(|(rare, bytes, _)| (rare, bytes)).collect(), code, width })
    }

    fn of_row(&self, builder: &Builder, row: &Row) -> u64 {
        let both = self.code.get(row.standing as usize).copied().unwrap_or_default();
        u64::from(both[usize::from(is_rare(builder, row))])
    }

    fn section(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (rare, standing) in &self.bytes {
            bytes.push(u8::from(*rare));
            bytes.extend_from_slice(&(standing.len() as u16).to_le_bytes());
            bytes.extend_from_slice(standing);
        }
        // The count, since zeros at the end could be a standing otherwise.
        let mut section = (self.bytes.len() as u64).to_le_bytes().to_vec();
        section.extend(bytes);
        padded(section)
    }
}

fn is_rare(builder: &Builder, row: &Row) -> bool {
    builder.beside(row).is_some_and(|(rare, _)| !rare.is_empty())
}

/// The days that occur, in their order; code 0 is none.
struct Days {
    days: Vec<i32>,
    width: u32,
}

impl Days {
    fn of(rows: &[Row]) -> Self {
        let mut days: Vec<i32> = rows.iter().filter_map(|row| row.until).collect();
        days.sort_unstable();
        days.dedup();
        let width = width(days.len() as u64);
        Self { days, width }
    }

    fn code(&self, day: Option<i32>) -> u64 {
        day.and_then(|day| self.days.binary_search(&day).ok()).map_or(0, |at| at as u64 + 1)
    }

    fn section(&self) -> Vec<u8> {
        let mut section = (self.days.len() as u64).to_le_bytes().to_vec();
        section.extend(self.days.iter().flat_map(|day| day.to_le_bytes()));
        padded(section)
    }
}

fn words(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// Zeros up to the next word.
fn padded(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes
}
