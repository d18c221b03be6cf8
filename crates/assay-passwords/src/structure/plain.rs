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

    /// Forgets the identifier before and reads this one; of one that is too long the end, which is what differs.
    #[inline]
    pub(super) fn read(&mut self, cell: &[u8]) {
        for byte in self.plain.bytes() {
            self.bits[usize::from(*byte)] = 0;
        }
        let Plain { bytes, len } = &mut self.plain;
        let mut at = 0;
        for byte in &cell[cell.len().saturating_sub(POSITIONS)..] {
            let folded = FOLDED[usize::from(*byte)];
            bytes[at & (POSITIONS - 1)] = folded;
            // Where nothing is left of a character, its bit is overwritten: no branch has to be guessed.
            self.bits[usize::from(folded)] |= 1 << (at & (POSITIONS - 1));
            at = at.wrapping_add(usize::from(folded != 0));
        }
        *len = at.min(POSITIONS);
        self.bits[0] = 0;
    }

    /// Bit `n`: the `n`th character stands somewhere in the identifier.
    #[inline]
    pub(super) fn known(&self, password: &[u8]) -> u64 {
        let known = |known, (at, byte): (usize, &u8)| known | u64::from(self.of(*byte) != 0) << (at & 63);
        password.iter().enumerate().fold(0, known)
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
