//! The fingerprints of all rows in parts, in memory or spilled, and which of them stand there twice.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::held::Held;
use super::twice::{Filter, Twice};
use crate::fingerprint::Key;
use crate::rows::Block;
use crate::seal::Sealed;
use crate::table::MOST_BLOCKS;

/// Parts, as a power of two: small enough that the bits of one part stay in the cache.
const BITS: u32 = 10;
pub(super) const PARTS: usize = 1 << BITS;
/// Bits of an entry that number its block.
pub(super) const BLOCK_BITS: u32 = MOST_BLOCKS.trailing_zeros();

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

pub(super) fn whole(part: usize, rest: u64) -> u64 {
    (part as u64) << (64 - BITS) | rest >> BITS
}

/// Every part of the batch.
pub struct Parts {
    /// What the threads that are done hold.
    held: Mutex<Vec<Held>>,
    /// Bytes of all entries that are held.
    used: AtomicUsize,
    limit: usize,
    spill: Option<Spill>,
}

/// Where the entries go that memory has no room for.
struct Spill {
    sealed: Sealed,
    spilled: Mutex<Spilled>,
}

#[derive(Default)]
struct Spilled {
    end: u64,
    /// The stretches of each part: offset and number of entries.
    parts: Vec<Vec<(u64, usize)>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Spill {
    /// Writes out what a thread holds, each part in one stretch.
    fn write(&self, held: &mut Held) -> io::Result<()> {
        let mut spilled = locked(&self.spilled);
        spilled.parts.resize_with(PARTS, Vec::new);
        let mut bytes = Vec::new();
        for part in 0..PARTS {
            bytes.clear();
            held.pieces(part).flatten().for_each(|entry| bytes.extend_from_slice(&entry.to_le_bytes()));
            if bytes.is_empty() {
                continue;
            }
            let at = spilled.end;
            self.sealed.write_at(at, &mut bytes)?;
            spilled.parts[part].push((at, bytes.len() / 8));
            spilled.end += bytes.len() as u64;
        }
        held.clear();
        Ok(())
    }

    fn read(&self, part: usize) -> io::Result<Vec<Vec<u64>>> {
        let stretches = locked(&self.spilled).parts.get(part).cloned().unwrap_or_default();
        let read = |(offset, entries)| {
            let mut bytes = vec![0; entries * 8];
            self.sealed.read_at(offset, &mut bytes)?;
            Ok(bytes.as_chunks().0.iter().map(|entry| u64::from_le_bytes(*entry)).collect())
        };
        stretches.into_iter().map(read).collect()
    }
}

impl Parts {
    /// Empty parts that take about `limit` bytes of memory; `spill` takes what is above it, and without one there is no limit.
    #[must_use]
    pub fn new(limit: usize, spill: Option<Sealed>) -> Self {
        Self {
            held: Mutex::default(),
            used: AtomicUsize::new(0),
            limit,
            spill: spill.map(|sealed| Spill { sealed, spilled: Mutex::default() }),
        }
    }

    /// Whether anything went to the scratch place.
    #[must_use]
    pub fn spilled(&self) -> bool {
        self.spill.as_ref().is_some_and(|spill| locked(&spill.spilled).end > 0)
    }

    /// The fingerprints that stand there twice, and the blocks that they stand in, by `threads` threads. Empties the parts.
    ///
    /// # Errors
    /// What was spilled cannot be read again.
    pub fn suspects(&self, threads: usize) -> io::Result<Suspects> {
        let held = std::mem::take(&mut *locked(&self.held));
        let next = AtomicUsize::new(0);
        let work = || -> io::Result<Suspects> {
            let mut mine = Suspects::default();
            let mut filter = Filter::default();
            loop {
                let part = next.fetch_add(1, Ordering::Relaxed);
                if part >= PARTS {
                    return Ok(mine);
                }
                let spilled = self.spill.as_ref().map_or(Ok(Vec::new()), |spill| spill.read(part))?;
                let pieces = held.iter().flat_map(|held| held.pieces(part));
                let pieces: Vec<&[u64]> = pieces.chain(spilled.iter().map(Vec::as_slice)).collect();
                filter.see(&pieces);
                if filter.nothing_twice() {
                    continue;
                }
                let mut table = Twice::default();
                let all = pieces.iter().copied().flatten();
                all.filter(|entry| filter.maybe_twice(**entry)).for_each(|e| table.add(*e, part, &mut mine));
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

    pub(super) fn flag(&mut self, entry: u64) {
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

/// One thread's share of pass 1.
pub struct Collector<'a> {
    parts: &'a Parts,
    key: Key,
    held: Held,
}

impl<'a> Collector<'a> {
    /// An empty one.
    #[must_use]
    pub fn new(parts: &'a Parts, key: Key) -> Self {
        Self { parts, key, held: Held::default() }
    }

    /// Takes the passwords of a block.
    ///
    /// # Errors
    /// The scratch place is full.
    pub fn see(&mut self, block: &Block, column: usize) -> io::Result<()> {
        for cell in block.column(column) {
            let print = match block.head(cell) {
                Some(head) => self.key.of_head(head, cell.len as usize),
                None => self.key.of(block.bytes_of(cell)),
            };
            let (part, rest) = split(print);
            self.held.add(part, rest | u64::from(block.number));
        }
        let new = block.len() * 8;
        let used = self.parts.used.fetch_add(new, Ordering::Relaxed) + new;
        match &self.parts.spill {
            Some(spill) if used > self.parts.limit => {
                self.parts.used.fetch_sub(self.held.bytes(), Ordering::Relaxed);
                spill.write(&mut self.held)
            }
            _ => Ok(()),
        }
    }

    /// Hands over what it holds.
    pub fn finish(self) {
        locked(&self.parts.held).push(self.held);
    }
}
