//! A file in blocks that end with a row, as far as that can be told by counting quotes: a block is handed to whoever asks
//! next, in the order of the file, with the number of its first line.

use std::io::{self, Read};

use assay_simd::{Bits, CHUNK, Engine, WithBits};

use crate::catalogue::MAX_RECORD;
use crate::cut::FILL;

/// Bytes before a block's first one, so that what ends there can be read backwards.
pub(crate) const FRONT: usize = 64;
/// Times that [`FILL`] stands behind the last one.
const BACK: usize = 64;

/// Some rows of the file.
#[derive(Default)]
pub(crate) struct Block {
    /// [`FRONT`] bytes, the block, and [`BACK`] more.
    pub(crate) bytes: Vec<u8>,
    /// Where the block ends.
    pub(crate) end: usize,
    /// Its place in the order, from 0.
    pub(crate) index: u64,
    /// The number of its first line.
    pub(crate) line: u64,
    /// Nothing follows it.
    pub(crate) last: bool,
}

impl Block {
    /// One with nothing but a line end, and nothing follows it.
    pub(crate) fn last() -> Self {
        let mut bytes = vec![0; FRONT];
        bytes.push(b'\n');
        bytes.resize(FRONT + 1 + BACK, FILL);
        Self { bytes, end: FRONT + 1, last: true, ..Self::default() }
    }
}

/// What gives out the blocks.
pub(crate) struct Feed<R> {
    reader: R,
    engine: Engine,
    size: usize,
    /// Read already, and not given out.
    tail: Vec<u8>,
    index: u64,
    line: u64,
    ended: bool,
    done: bool,
}

/// Why there is no next block: the reader failed.
pub(crate) struct Stopped {
    /// The place that the block would have had.
    pub(crate) index: u64,
    /// How far the file could be read.
    pub(crate) line: u64,
    pub(crate) source: io::Error,
}

impl<R: Read> Feed<R> {
    /// `size` bytes a block or so; `first` was read already, and its first line has the number `line`.
    pub(crate) fn new(reader: R, engine: Engine, size: usize, first: Vec<u8>, line: u64) -> Self {
        Self { reader, engine, size, tail: first, index: 0, line, ended: false, done: false }
    }

    /// Fills the next block; `false` when there is none. After an error, whose place in the order is told, there is none.
    pub(crate) fn next(&mut self, block: &mut Block) -> Result<bool, Stopped> {
        if self.done {
            return Ok(false);
        }
        self.fill_block(block).map_err(|source| {
            self.done = true;
            Stopped { index: self.index, line: self.line, source }
        })
    }

    fn fill_block(&mut self, block: &mut Block) -> io::Result<bool> {
        // What stands in it from an earlier block is written over, for to clear it would take as long as to read.
        // What a longer block had beyond the usual goes: some grew by what the one before them left.
        let bytes = &mut block.bytes;
        bytes.truncate(FRONT + self.size + BACK);
        let mut have = FRONT + self.tail.len();
        bytes.resize(bytes.len().max(have), 0);
        bytes[FRONT..have].copy_from_slice(&self.tail);
        let mut wanted = self.size;
        let split = loop {
            self.fill(bytes, &mut have, FRONT + wanted)?;
            if self.ended {
                if have == FRONT {
                    self.done = true;
                    return Ok(false);
                }
                if bytes[..have].last() != Some(&b'\n') {
                    bytes.resize(bytes.len().max(have + 1), 0);
                    bytes[have] = b'\n';
                    have += 1;
                }
                break have;
            }
            if let Some(split) = split(&bytes[..have], self.engine) {
                break split;
            }
            if have > FRONT + MAX_RECORD {
                // No row is that long: whoever cuts it says what is wrong.
                break have;
            }
            wanted *= 2;
        };
        self.tail.clear();
        self.tail.extend_from_slice(&bytes[split..have]);
        bytes.resize(bytes.len().max(split + BACK), 0);
        bytes[split..split + BACK].fill(FILL);
        block.end = split;
        block.index = self.index;
        block.line = self.line;
        block.last = self.ended;
        self.done = self.ended;
        self.index += 1;
        self.line += u64::from(self.engine.with_bits(Lines { bytes: &block.bytes, end: split }));
        Ok(true)
    }

    fn fill(&mut self, bytes: &mut Vec<u8>, have: &mut usize, wanted: usize) -> io::Result<()> {
        bytes.resize(bytes.len().max(wanted), 0);
        while *have < wanted && !self.ended {
            match self.reader.read(&mut bytes[*have..wanted]) {
                Ok(0) => self.ended = true,
                Ok(got) => *have += got,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }
}

/// Behind the last line end that an even number of quotes precedes; else behind the last line end at all. It is a guess: a
/// quote that stands in the middle of a cell is counted too. Whoever cuts the rows sees whether it was right.
fn split(bytes: &[u8], engine: Engine) -> Option<usize> {
    let body = &bytes[FRONT..];
    let quotes = engine.with_bits(Quotes(body));
    let mut even = quotes.is_multiple_of(2);
    for (at, byte) in body.iter().enumerate().rev().take(1 << 16) {
        match byte {
            b'"' => even = !even,
            b'\n' if even => return Some(FRONT + at + 1),
            _ => {}
        }
    }
    let last = body.iter().rposition(|b| *b == b'\n');
    // A file may have no line feeds, but carriage returns; one at the very end may be half of a pair.
    let alone = || body.get(..body.len().saturating_sub(1))?.iter().rposition(|b| *b == b'\r');
    last.or_else(alone).map(|at| FRONT + at + 1)
}

struct Quotes<'a>(&'a [u8]);

impl WithBits for Quotes<'_> {
    type Output = u32;

    #[inline(always)]
    fn with_bits<B: Bits>(self, bits: B) -> u32 {
        let (chunks, rest) = self.0.as_chunks::<CHUNK>();
        let counted: u32 = chunks.iter().map(|chunk| bits.equal(chunk, b'"').count_ones()).sum();
        counted + rest.iter().filter(|b| **b == b'"').count() as u32
    }
}

/// Line ends of a block: LF, CRLF and CR each are one.
struct Lines<'a> {
    bytes: &'a [u8],
    end: usize,
}

impl WithBits for Lines<'_> {
    type Output = u32;

    #[inline(always)]
    fn with_bits<B: Bits>(self, bits: B) -> u32 {
        let mut lines = 0;
        let mut returned = 0;
        let body = &self.bytes[FRONT..self.end];
        let (chunks, rest) = body.as_chunks::<CHUNK>();
        for chunk in chunks {
            let (feed, carriage) = (bits.equal(chunk, b'\n'), bits.equal(chunk, b'\r'));
            // A line feed behind a carriage return is no other line end.
            lines += (feed & !(carriage << 1 | returned)).count_ones() + carriage.count_ones();
            returned = carriage >> 63;
        }
        let joined = rest.first() == Some(&b'\n') && returned == 1;
        lines + crate::slow::lines_in(rest) - u32::from(joined)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_before_a_block_is_not_kept_for_the_next() {
        let size = 1_000;
        let file = "4006381333931,a\n".repeat(5_000);
        let mut feed = Feed::new(file.as_bytes(), Engine::best(), size, Vec::new(), 1);
        let mut block = Block::default();
        let mut read = 0;
        while feed.next(&mut block).is_ok_and(|more| more) {
            read += block.end - FRONT;
            assert!(block.bytes.len() <= FRONT + 2 * size + BACK, "{}", block.bytes.len());
            assert!(block.bytes[block.end..block.end + BACK].iter().all(|byte| *byte == FILL));
            // As the begin of a row that the block before left.
            block.bytes.splice(FRONT..FRONT, std::iter::repeat_n(b'x', 50_000));
        }
        assert_eq!(read, file.len());
    }
}
