//! Pass 2 of uniqueness: the passwords whose fingerprints stand there twice, compared byte by byte.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use zeroize::Zeroizing;

use super::parts::{Suspects, known_bits};
use crate::fingerprint::Key;
use crate::names::identifies;
use crate::place::Tally;
use crate::rows::Block;
use crate::table::{ReadProblem, Table};

/// What the comparison shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shared {
    /// Values that more than one unit has.
    pub values: u64,
    /// The rows that hold one of them.
    pub rows: Tally,
    /// Rows with the commonest of them.
    pub largest: u64,
    /// Rows that repeat a unit: same identifiers, same password.
    pub repeated: Tally,
    /// Rows that are one more of a value that stands there already, whosever it is.
    pub surplus: u64,
    /// Fingerprints that agreed though the passwords differ.
    pub false_alarms: u64,
}

/// About how many bytes a suspect value takes while it is compared.
const BYTES_A_SUSPECT: usize = 256;
/// Locks over the values, so that threads seldom meet.
const SHARDS: usize = 64;

/// Reads the suspects' blocks again and compares. Values that do not fit into `limit` bytes at once are done in rounds.
///
/// # Errors
/// The medium fails.
pub fn compare(
    table: &Table<'_>,
    column: usize,
    key: Key,
    suspects: &Suspects,
    limit: usize,
    threads: usize,
) -> Result<Shared, ReadProblem> {
    let mut shared = Shared::default();
    let round = (limit / BYTES_A_SUSPECT).max(1024);
    let blocks: Vec<u32> = suspects.blocks().collect();
    let identifiers: Vec<usize> = table.layout().identifiers().collect();
    for prints in suspects.prints.chunks(round) {
        let values: Vec<Mutex<BTreeMap<u64, Vec<Value>>>> = (0..SHARDS).map(|_| Mutex::default()).collect();
        let seek = Seek::new(prints);
        let next = AtomicUsize::new(0);
        let failed = AtomicBool::new(false);
        let work = || -> Result<(), ReadProblem> {
            let mut block = Block::default();
            while !failed.load(Ordering::Relaxed) {
                let Some(number) = blocks.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
                table.again(*number, &mut block)?;
                for unit in 0..block.len() {
                    let password = block.cell(unit, column);
                    let print = known_bits(key.of(password));
                    if seek.has(print) {
                        let whose = whose(&block, unit, &identifiers, key);
                        let shard = &values[(print >> 48) as usize % SHARDS];
                        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
                        Value::add(shard.entry(print).or_default(), password, whose, &block, unit);
                    }
                }
            }
            Ok(())
        };
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut result = work();
            for other in others {
                let theirs =
                    other.join().unwrap_or_else(|_| Err(std::io::Error::other("a thread failed").into()));
                result = result.and(theirs);
            }
            result
        })?;
        for shard in values {
            for (_, group) in shard.into_inner().unwrap_or_else(PoisonError::into_inner) {
                shared.false_alarms += u64::from(group.len() > 1);
                group.iter().for_each(|value| value.tell(&mut shared));
            }
        }
    }
    Ok(shared)
}

/// The unit that a row is of, where the row says; else nothing is known of it.
fn whose(block: &Block, unit: usize, identifiers: &[usize], key: Key) -> Option<u64> {
    let mut known = false;
    let mut all = 0_u64;
    for column in identifiers {
        let cell = block.cell(unit, *column);
        known |= identifies(cell);
        all = all.rotate_left(17) ^ key.of(cell);
    }
    known.then_some(all)
}

/// One password, while it is compared.
struct Value {
    password: Zeroizing<Vec<u8>>,
    rows: Tally,
    /// The unit of the first row, until another one is met.
    unit: Option<u64>,
    /// More than one unit has it.
    several: bool,
}

impl Value {
    fn add(group: &mut Vec<Value>, password: &[u8], whose: Option<u64>, block: &Block, unit: usize) {
        let place = block.place(unit);
        if let Some(value) = group.iter_mut().find(|v| v.password.as_slice() == password) {
            value.rows.add(place);
            // Rows that do not say whose they are count as different units.
            value.several |= whose.is_none() || value.unit != whose;
            return;
        }
        let mut rows = Tally::default();
        rows.add(place);
        group.push(Value { password: Zeroizing::new(password.to_vec()), rows, unit: whose, several: false });
    }

    fn tell(&self, shared: &mut Shared) {
        let rows = self.rows.rows();
        if rows < 2 {
            return;
        }
        shared.surplus += rows - 1;
        if self.several {
            shared.values += 1;
            shared.largest = shared.largest.max(rows);
            shared.rows.join(&self.rows);
        } else {
            shared.repeated.join(&self.rows);
        }
    }
}

/// Finds a fingerprint among sorted ones: a small bit filter first, since nearly every row is a miss.
struct Seek<'a> {
    prints: &'a [u64],
    filter: Vec<u64>,
    shift: u32,
}

impl<'a> Seek<'a> {
    fn new(prints: &'a [u64]) -> Self {
        let bits = (prints.len() * 16).clamp(1 << 12, 1 << 26).next_power_of_two();
        let shift = 64 - bits.trailing_zeros();
        let mut filter = vec![0; bits / 64];
        for print in prints {
            let bit = (print >> shift) as usize;
            filter[bit / 64] |= 1 << (bit % 64);
        }
        Self { prints, filter, shift }
    }

    fn has(&self, print: u64) -> bool {
        let bit = (print >> self.shift) as usize;
        self.filter[bit / 64] >> (bit % 64) & 1 == 1 && self.prints.binary_search(&print).is_ok()
    }
}
