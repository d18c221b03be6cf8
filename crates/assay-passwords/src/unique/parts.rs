//! The fingerprints of all rows in parts, in memory or spilled, and which of them stand there twice.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::fingerprint::Key;
use crate::rows::Block;
use crate::seal::Sealed;
use crate::table::MOST_BLOCKS;

/// Parts, as a power of two: small enough that one part's table stays in the second-level cache.
const BITS: u32 = 10;
const PARTS: usize = 1 << BITS;
/// Bits of an entry that number its block.
const BLOCK_BITS: u32 = MOST_BLOCKS.trailing_zeros();
/// Entries that a thread gathers before it hands them over.
const CHUNK: usize = 256;

/// The part of a fingerprint, and what an entry keeps of the rest.
#[inline]
fn split(print: u64) -> (usize, u64) {
    ((print >> (64 - BITS)) as usize, (print << BITS) >> BLOCK_BITS << BLOCK_BITS)
}

/// The fifty bits that an entry knows of a fingerprint.
#[inline]
pub(super) fn known_bits(print: u64) -> u64 {
    let (part, rest) = split(print);
    whole(part, rest)
}

fn whole(part: usize, rest: u64) -> u64 {
    (part as u64) << (64 - BITS) | rest >> BITS
}

/// Every part of the batch.
pub struct Parts {
    parts: Vec<Mutex<Part>>,
    /// Bytes that the handed-over chunks take.
    used: AtomicUsize,
    limit: usize,
    spill: Option<Spill>,
}

#[derive(Default)]
struct Part {
    chunks: Vec<Vec<u64>>,
    /// Stretches of the scratch place: offset and number of entries.
    spilled: Vec<(u64, usize)>,
}

struct Spill {
    sealed: Sealed,
    end: Mutex<u64>,
}

impl Parts {
    /// Empty parts that take about `limit` bytes of memory; `spill` takes what is above it, and without one there is no limit.
    #[must_use]
    pub fn new(limit: usize, spill: Option<Sealed>) -> Self {
        Self {
            parts: (0..PARTS).map(|_| Mutex::default()).collect(),
            used: AtomicUsize::new(0),
            limit,
            spill: spill.map(|sealed| Spill { sealed, end: Mutex::new(0) }),
        }
    }

    /// Whether anything went to the scratch place.
    #[must_use]
    pub fn spilled(&self) -> bool {
        self.spill.as_ref().is_some_and(|s| *s.end.lock().unwrap_or_else(PoisonError::into_inner) > 0)
    }

    fn take(&self, part: usize, chunk: Vec<u64>) -> io::Result<()> {
        let bytes = chunk.len() * 8;
        self.parts[part].lock().unwrap_or_else(PoisonError::into_inner).chunks.push(chunk);
        let used = self.used.fetch_add(bytes, Ordering::Relaxed) + bytes;
        match &self.spill {
            Some(spill) if used > self.limit => self.spill(spill),
            _ => Ok(()),
        }
    }

    /// Writes out what all parts hold, each in one stretch.
    fn spill(&self, spill: &Spill) -> io::Result<()> {
        // One thread at a time; whoever comes second finds little left.
        let mut end = spill.end.lock().unwrap_or_else(PoisonError::into_inner);
        let mut bytes = Vec::new();
        for part in &self.parts {
            let chunks = std::mem::take(&mut part.lock().unwrap_or_else(PoisonError::into_inner).chunks);
            let entries: usize = chunks.iter().map(Vec::len).sum();
            if entries == 0 {
                continue;
            }
            bytes.clear();
            chunks.iter().flatten().for_each(|e| bytes.extend_from_slice(&e.to_le_bytes()));
            spill.sealed.write_at(*end, &mut bytes)?;
            part.lock().unwrap_or_else(PoisonError::into_inner).spilled.push((*end, entries));
            *end += bytes.len() as u64;
            self.used.fetch_sub(bytes.len(), Ordering::Relaxed);
        }
        Ok(())
    }

    /// The fingerprints that stand there twice, and the blocks that they stand in, by `threads` threads. Empties the parts.
    ///
    /// # Errors
    /// What was spilled cannot be read again.
    pub fn suspects(&self, threads: usize) -> io::Result<Suspects> {
        let next = AtomicUsize::new(0);
        let work = || -> io::Result<Suspects> {
            let mut mine = Suspects::default();
            let mut table = Twice::default();
            loop {
                let part = next.fetch_add(1, Ordering::Relaxed);
                let Some(held) = self.parts.get(part) else { return Ok(mine) };
                let Part { chunks, spilled } =
                    std::mem::take(&mut *held.lock().unwrap_or_else(PoisonError::into_inner));
                table.clear(
                    chunks.iter().map(Vec::len).sum::<usize>() + spilled.iter().map(|s| s.1).sum::<usize>(),
                );
                for chunk in chunks {
                    table.add(&chunk, part, &mut mine);
                }
                for (offset, entries) in spilled {
                    let Some(spill) = &self.spill else { break };
                    let mut bytes = vec![0; entries * 8];
                    spill.sealed.read_at(offset, &mut bytes)?;
                    let entries: Vec<u64> = bytes
                        .chunks_exact(8)
                        .map(|b| u64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]))
                        .collect();
                    table.add(&entries, part, &mut mine);
                }
            }
        };
        let mut all = Suspects::default();
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            all.join(work()?);
            for other in others {
                all.join(other.join().map_err(|_| io::Error::other("a thread failed"))??);
            }
            io::Result::Ok(())
        })?;
        all.prints.sort_unstable();
        Ok(all)
    }
}

/// What stands there twice, as far as fifty bits tell.
#[derive(Debug, Default)]
pub struct Suspects {
    /// Their fingerprints' known bits, sorted.
    pub(super) prints: Vec<u64>,
    /// One bit a block.
    blocks: Vec<u64>,
}

impl Suspects {
    /// Whether nothing stands there twice: then every password is its unit's own.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.prints.is_empty()
    }

    /// The blocks to read again, in order.
    pub fn blocks(&self) -> impl Iterator<Item = u32> {
        let words = self.blocks.iter().enumerate();
        words.flat_map(|(n, word)| {
            (0..64)
                .filter(move |bit| word >> bit & 1 == 1)
                .map(move |bit| u32::try_from(n * 64 + bit).unwrap_or(u32::MAX))
        })
    }

    fn flag(&mut self, entry: u64) {
        let block = (entry & ((1 << BLOCK_BITS) - 1)) as usize;
        if self.blocks.len() <= block / 64 {
            self.blocks.resize(block / 64 + 1, 0);
        }
        self.blocks[block / 64] |= 1 << (block % 64);
    }

    fn join(&mut self, other: Self) {
        self.prints.extend(other.prints);
        if self.blocks.len() < other.blocks.len() {
            self.blocks.resize(other.blocks.len(), 0);
        }
        for (mine, theirs) in self.blocks.iter_mut().zip(other.blocks) {
            *mine |= theirs;
        }
    }
}

/// The entries of one part, by open addressing: empty slots hold `EMPTY`, which no entry is.
#[derive(Default)]
struct Twice {
    slots: Vec<u64>,
    /// One bit a slot: it was met again.
    again: Vec<u64>,
    filled: usize,
}

/// No block has the number of all ones, so no entry is this.
const EMPTY: u64 = u64::MAX;

impl Twice {
    /// Made ready for a part of so many entries; grows only as far as they differ.
    fn clear(&mut self, entries: usize) {
        let slots = (entries * 2).clamp(64, 1 << 16).next_power_of_two();
        self.slots.clear();
        self.slots.resize(slots, EMPTY);
        self.again.clear();
        self.again.resize(slots / 64, 0);
        self.filled = 0;
    }

    fn add(&mut self, entries: &[u64], part: usize, suspects: &mut Suspects) {
        for entry in entries {
            if self.filled * 2 >= self.slots.len() {
                self.grow();
            }
            let mask = self.slots.len() - 1;
            let rest = entry >> BLOCK_BITS;
            let mut slot = (rest >> 8) as usize & mask;
            loop {
                let held = self.slots[slot];
                if held == EMPTY {
                    self.slots[slot] = *entry;
                    self.filled += 1;
                    break;
                }
                if held >> BLOCK_BITS == rest {
                    if self.again[slot / 64] >> (slot % 64) & 1 == 0 {
                        self.again[slot / 64] |= 1 << (slot % 64);
                        suspects.prints.push(whole(part, rest << BLOCK_BITS));
                        suspects.flag(held);
                    }
                    suspects.flag(*entry);
                    break;
                }
                slot = (slot + 1) & mask;
            }
        }
    }

    fn grow(&mut self) {
        let size = self.slots.len() * 2;
        let slots = std::mem::replace(&mut self.slots, vec![EMPTY; size]);
        let again = std::mem::replace(&mut self.again, vec![0; size / 64]);
        let mask = self.slots.len() - 1;
        for (old, entry) in slots.into_iter().enumerate().filter(|(_, e)| *e != EMPTY) {
            let mut slot = (entry >> BLOCK_BITS >> 8) as usize & mask;
            while self.slots[slot] != EMPTY {
                slot = (slot + 1) & mask;
            }
            self.slots[slot] = entry;
            self.again[slot / 64] |= (again[old / 64] >> (old % 64) & 1) << (slot % 64);
        }
    }
}

/// One thread's share of pass 1.
pub struct Collector<'a> {
    parts: &'a Parts,
    key: Key,
    chunks: Vec<Vec<u64>>,
}

impl<'a> Collector<'a> {
    /// An empty one.
    #[must_use]
    pub fn new(parts: &'a Parts, key: Key) -> Self {
        Self { parts, key, chunks: vec![Vec::new(); PARTS] }
    }

    /// Takes the passwords of a block.
    ///
    /// # Errors
    /// The scratch place is full.
    pub fn see(&mut self, block: &Block, column: usize) -> io::Result<()> {
        for unit in 0..block.len() {
            let (part, rest) = split(self.key.of(block.cell(unit, column)));
            let chunk = &mut self.chunks[part];
            if chunk.len() == chunk.capacity() {
                let full = std::mem::replace(chunk, Vec::with_capacity(CHUNK));
                if !full.is_empty() {
                    self.parts.take(part, full)?;
                }
            }
            self.chunks[part].push(rest | u64::from(block.number));
        }
        Ok(())
    }

    /// Hands over the rest.
    ///
    /// # Errors
    /// The scratch place is full.
    pub fn finish(self) -> io::Result<()> {
        for (part, chunk) in self.chunks.into_iter().enumerate().filter(|(_, c)| !c.is_empty()) {
            self.parts.take(part, chunk)?;
        }
        Ok(())
    }
}
