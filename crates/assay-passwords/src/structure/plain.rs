//! A cell without its separators and in one case, in a buffer that does not grow, and the places of every character in it.

use zeroize::Zeroize;

use super::chance::POSITIONS;

/// A cell, folded: letters in lower case, separators gone, [`POSITIONS`] characters at most.
#[derive(Clone)]
pub(super) struct Plain {
    bytes: [u8; POSITIONS],
    len: usize,
}

impl Plain {
    pub(super) const EMPTY: Self = Self { bytes: [0; POSITIONS], len: 0 };

    /// Reads the beginning of a cell.
    #[inline]
    pub(super) fn read(&mut self, cell: &[u8]) {
        let mut at = 0;
        for byte in &cell[..cell.len().min(POSITIONS)] {
            let folded = FOLDED[usize::from(*byte)];
            self.bytes[at & (POSITIONS - 1)] = folded;
            at = at.wrapping_add(usize::from(folded != 0));
        }
        self.len = at.min(POSITIONS);
    }

    /// Reads the end of a cell: of an identifier that is too long, the end is what differs.
    #[inline]
    pub(super) fn read_end(&mut self, cell: &[u8]) {
        self.read(&cell[cell.len().saturating_sub(POSITIONS)..]);
    }

    #[inline]
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

/// The characters of a cell that stay when it is folded, as they are written.
pub(super) fn as_written(cell: &[u8]) -> Vec<u8> {
    cell.iter().copied().filter(|b| FOLDED[usize::from(*b)] != 0).collect()
}

/// Where each character stands in an identifier: bit `n` for the `n`th. One table of bits answers for runs in any
/// direction and step, see [`super::runs`].
pub(super) struct Stands {
    bits: [u64; 256],
    plain: Plain,
}

impl Stands {
    pub(super) const NOWHERE: Self = Self { bits: [0; 256], plain: Plain::EMPTY };

    /// Forgets the identifier before and reads this one.
    #[inline]
    pub(super) fn read(&mut self, cell: &[u8]) {
        for byte in self.plain.bytes() {
            self.bits[usize::from(*byte)] = 0;
        }
        self.plain.read_end(cell);
        for (at, byte) in self.plain.bytes().iter().enumerate() {
            self.bits[usize::from(*byte)] |= 1 << at;
        }
    }

    #[inline]
    pub(super) fn of(&self, byte: u8) -> u64 {
        self.bits[usize::from(byte)]
    }

    #[inline]
    pub(super) fn plain(&self) -> &[u8] {
        self.plain.bytes()
    }
}

static FOLDED: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        table[byte] = match b {
            b':' | b'-' | b'.' | b'_' | b' ' | b'/' => 0,
            _ => b.to_ascii_lowercase(),
        };
        byte += 1;
    }
    table
};
