//! The fingerprints of one column in the order of the history, however many there are: in parts by their first bits, in
//! memory while they fit, else sealed in a scratch place and sorted part by part when they are read.

use std::borrow::Cow;
use std::io;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use assay_passwords::audit::Problem;
use assay_passwords::place::Place;
use assay_passwords::rows::Block;
use assay_passwords::seal::Sealed;

use super::{Batch, Print};
use crate::commands::passwords::input::TempFiles;

/// A fingerprint, and where its unit stands.
pub(in crate::commands::passwords) type Kept = (Print, Place);

/// Bytes of one.
const BYTES: usize = 32;
/// Bytes of a part that are wanted at most, so that reading one back takes little.
const PART: u64 = 16 << 20;
/// Parts at most: the first byte of a fingerprint tells them apart.
const MOST_PARTS: u64 = 256;
/// Fingerprints that a thread gathers before it hands them over.
const CHUNK: usize = 512;
/// Scratch places with these numbers are the history's; those of the audit are small.
const FIRST_SCRATCH: u32 = 1 << 24;

/// All fingerprints of a column, sorted when they are read.
pub(in crate::commands::passwords) struct Gathered {
    bits: u32,
    parts: Vec<Part>,
    sealed: Option<Sealed>,
}

#[derive(Default)]
struct Part {
    kept: Vec<Kept>,
    /// Stretches of the scratch place: offset and number of fingerprints.
    spilled: Vec<(u64, usize)>,
}

/// What the threads fill.
struct Filling<'a> {
    batch: &'a Batch<'a>,
    parts: Vec<Mutex<Part>>,
    bits: u32,
    /// Fingerprints in memory, and how many may be.
    used: AtomicUsize,
    most: usize,
    scratch: Mutex<Scratch>,
    number: u32,
}

#[derive(Default)]
struct Scratch {
    sealed: Option<Sealed>,
    end: u64,
}

impl Gathered {
    /// Reads the whole batch again, on all threads. `print` makes a unit's fingerprint; `columns` share the memory, and this is
    /// number `number` of them.
    pub(super) fn new(
        batch: &Batch<'_>,
        (number, columns): (usize, usize),
        print: impl Fn(&Block, usize) -> Option<Print> + Sync,
    ) -> Result<Self, Problem> {
        let rows = batch.table.counts().0;
        let memory = batch.memory / columns.max(1);
        let part = PART.min(memory as u64 / 8).max(1 << 16);
        let parts = (rows * BYTES as u64).div_ceil(part).clamp(1, MOST_PARTS).next_power_of_two();
        let filling = Filling {
            batch,
            parts: (0..parts).map(|_| Mutex::default()).collect(),
            bits: parts.trailing_zeros(),
            used: AtomicUsize::new(0),
            // A list that grows may take twice what is in it.
            most: memory / BYTES / 2,
            scratch: Mutex::default(),
            number: FIRST_SCRATCH + u32::try_from(number).unwrap_or(0),
        };
        let next = AtomicU32::new(0);
        std::thread::scope(|scope| {
            let work = || filling.work(&next, &print);
            let others: Vec<_> = (1..batch.threads).map(|_| scope.spawn(work)).collect();
            let mine = work();
            others.into_iter().map(|t| t.join().unwrap_or(Err(Problem::Thread))).fold(mine, Result::and)
        })?;
        filling.finish().map_err(Problem::Scratch)
    }

    /// How many parts there are.
    pub(super) fn parts(&self) -> usize {
        self.parts.len()
    }

    /// The part that a fingerprint belongs to.
    pub(super) fn part_of(&self, print: &Print) -> usize {
        part_of(print, self.bits)
    }

    /// A part, sorted; all parts one after the other are sorted too.
    pub(in crate::commands::passwords) fn part(&self, number: usize) -> io::Result<Cow<'_, [Kept]>> {
        let Some(part) = self.parts.get(number) else { return Ok(Cow::Borrowed(&[])) };
        let Some(sealed) = &self.sealed else { return Ok(Cow::Borrowed(&part.kept)) };
        let mut kept = Vec::with_capacity(part.spilled.iter().map(|(_, n)| n).sum());
        let mut bytes = Vec::new();
        for (offset, count) in &part.spilled {
            bytes.resize(count * BYTES, 0);
            sealed.read_at(*offset, &mut bytes)?;
            kept.extend(bytes.as_chunks::<BYTES>().0.iter().map(read));
        }
        kept.sort_unstable();
        Ok(Cow::Owned(kept))
    }

    /// Every part in order.
    pub(in crate::commands::passwords) fn each(&self) -> impl Iterator<Item = io::Result<Cow<'_, [Kept]>>> {
        (0..self.parts.len()).map(|n| self.part(n))
    }

    /// How many fingerprints there are.
    pub(super) fn len(&self) -> u64 {
        let of = |p: &Part| p.kept.len() + p.spilled.iter().map(|(_, n)| n).sum::<usize>();
        self.parts.iter().map(of).sum::<usize>() as u64
    }
}

impl Filling<'_> {
    fn work(
        &self,
        next: &AtomicU32,
        print: &(impl Fn(&Block, usize) -> Option<Print> + Sync),
    ) -> Result<(), Problem> {
        let table = self.batch.table;
        let mut mine: Vec<Vec<Kept>> = vec![Vec::new(); self.parts.len()];
        let mut block = Block::default();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= table.blocks() {
                break;
            }
            table.again(number, &mut block)?;
            for unit in 0..block.len() {
                let Some(print) = print(&block, unit) else { continue };
                let part = part_of(&print, self.bits);
                mine[part].push((print, block.place(unit)));
                if mine[part].len() == CHUNK {
                    self.take(part, &mut mine[part]).map_err(Problem::Scratch)?;
                }
            }
            (self.batch.progress)("making fingerprints", u64::from(number) + 1, u64::from(table.blocks()));
        }
        let mut rest = mine.iter_mut().enumerate();
        rest.try_for_each(|(part, kept)| self.take(part, kept)).map_err(Problem::Scratch)
    }

    fn take(&self, part: usize, kept: &mut Vec<Kept>) -> io::Result<()> {
        let used = self.used.fetch_add(kept.len(), Ordering::Relaxed) + kept.len();
        held(&self.parts[part]).kept.append(kept);
        if used > self.most { self.spill() } else { Ok(()) }
    }

    /// Writes out what all parts hold, each in one stretch.
    fn spill(&self) -> io::Result<()> {
        let mut scratch = held(&self.scratch);
        let Scratch { sealed, end } = &mut *scratch;
        let sealed = match sealed {
            Some(sealed) => sealed,
            none => none.insert(Sealed::create(&TempFiles, self.batch.key, self.number)?),
        };
        let mut bytes = Vec::new();
        for part in &self.parts {
            let kept = std::mem::take(&mut held(part).kept);
            if kept.is_empty() {
                continue;
            }
            bytes.clear();
            kept.iter().for_each(|k| write(k, &mut bytes));
            sealed.write_at(*end, &mut bytes)?;
            held(part).spilled.push((*end, kept.len()));
            *end += bytes.len() as u64;
            self.used.fetch_sub(kept.len(), Ordering::Relaxed);
        }
        Ok(())
    }

    fn finish(self) -> io::Result<Gathered> {
        if held(&self.scratch).sealed.is_some() {
            self.spill()?;
        }
        let sealed = self.scratch.into_inner().unwrap_or_else(PoisonError::into_inner).sealed;
        let parts = self.parts.into_iter().map(|part| {
            let mut part = part.into_inner().unwrap_or_else(PoisonError::into_inner);
            part.kept.sort_unstable();
            part
        });
        Ok(Gathered { bits: self.bits, parts: parts.collect(), sealed })
    }
}

fn held<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The first bits of the password's fingerprint, eight at most.
fn part_of(print: &Print, bits: u32) -> usize {
    usize::from(print.password[0]) >> (8 - bits)
}

fn write((print, place): &Kept, to: &mut Vec<u8>) {
    to.extend_from_slice(&print.password);
    to.extend_from_slice(&print.unit);
    to.extend_from_slice(&place.block.to_le_bytes());
    to.extend_from_slice(&place.line.to_le_bytes());
}

fn read(bytes: &[u8; BYTES]) -> Kept {
    let (password, rest) = bytes.split_first_chunk().unwrap_or((&[0; 16], &[]));
    let (unit, rest) = rest.split_first_chunk().unwrap_or((&[0; 8], &[]));
    let number =
        |at: usize| rest.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes);
    (Print { password: *password, unit: *unit }, Place { block: number(0), line: number(4) })
}
