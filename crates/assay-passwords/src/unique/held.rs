//! The entries that one thread holds, part by part. A few of every part are gathered side by side in the cache and then
//! moved on together, into pieces of large slabs: single entries written all over memory would cost ten times as much.

use super::parts::PARTS;

/// Entries of a part that are gathered: a few lines of the cache.
const GATHERED: usize = 32;
/// Entries in a piece; a whole number of moves fills it.
const PIECE: usize = 16 * GATHERED;
/// Pieces in a slab of a megabyte.
const PIECES: usize = 256;

/// What one thread holds.
pub(super) struct Held {
    gathered: Vec<[u64; GATHERED]>,
    /// Entries gathered of each part.
    filled: Vec<u8>,
    /// The pieces of each part, and how many entries the last of them has.
    pieces: Vec<(Vec<u32>, usize)>,
    slabs: Vec<Vec<u64>>,
    /// Pieces given out.
    given: u32,
    entries: usize,
}

impl Default for Held {
    fn default() -> Self {
        Self {
            gathered: vec![[0; GATHERED]; PARTS],
            filled: vec![0; PARTS],
            pieces: vec![(Vec::new(), PIECE); PARTS],
            slabs: Vec::new(),
            given: 0,
            entries: 0,
        }
    }
}

impl Held {
    /// Takes an entry of a part.
    #[inline]
    pub(super) fn add(&mut self, part: usize, entry: u64) {
        let filled = &mut self.filled[part];
        self.gathered[part][usize::from(*filled) % GATHERED] = entry;
        *filled = (*filled + 1) % GATHERED as u8;
        if *filled == 0 {
            self.move_on(part);
        }
    }

    fn move_on(&mut self, part: usize) {
        let (pieces, used) = &mut self.pieces[part];
        if *used == PIECE {
            if self.given as usize == self.slabs.len() * PIECES {
                self.slabs.push(vec![0; PIECES * PIECE]);
            }
            pieces.push(self.given);
            self.given += 1;
            *used = 0;
        }
        let Some(piece) = pieces.last() else { return };
        let at = *piece as usize % PIECES * PIECE + *used;
        self.slabs[*piece as usize / PIECES][at..at + GATHERED].copy_from_slice(&self.gathered[part]);
        *used += GATHERED;
        self.entries += GATHERED;
    }

    /// The entries of a part.
    pub(super) fn pieces(&self, part: usize) -> impl Iterator<Item = &[u64]> {
        let (pieces, used) = &self.pieces[part];
        let last = pieces.len().saturating_sub(1);
        let slice = move |(n, piece): (usize, &u32)| {
            let at = *piece as usize % PIECES * PIECE;
            &self.slabs[*piece as usize / PIECES][at..at + if n == last { *used } else { PIECE }]
        };
        let gathered = &self.gathered[part][..usize::from(self.filled[part])];
        pieces.iter().enumerate().map(slice).chain([gathered])
    }

    /// Bytes that all entries take.
    pub(super) fn bytes(&self) -> usize {
        8 * (self.entries + self.filled.iter().map(|n| usize::from(*n)).sum::<usize>())
    }

    /// Forgets all of them, and keeps the room.
    pub(super) fn clear(&mut self) {
        self.filled.fill(0);
        self.pieces.iter_mut().for_each(|(pieces, used)| {
            pieces.clear();
            *used = PIECE;
        });
        self.given = 0;
        self.entries = 0;
    }
}
