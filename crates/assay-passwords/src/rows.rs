//! Units as the judges see them: a block of the file, cut into the cells that matter. Cells are bytes, never text: a
//! password is whatever stands between the separators.

use zeroize::Zeroize;

use crate::fingerprint::{HEAD, head};
use crate::place::Place;

/// What a column of the file is to the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// A factory password. A unit may have several (Wi-Fi, admin, app); each column is judged by itself.
    Password,
    /// A serial number, or another number that identifies the unit and stands on it.
    Serial,
    /// A hardware address.
    Mac,
    /// Something else that others can know: network name, model, date, batch.
    Public,
}

/// A column of the file that the audit reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What it is.
    pub role: Role,
    /// Its heading, or `column 3`.
    pub name: String,
}

/// A cell: where it stands in the block's bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Offset of the first byte.
    pub start: u32,
    /// Length in bytes.
    pub len: u32,
}

/// One block of units. Reused from block to block; wiped when dropped.
#[derive(Debug, Default)]
pub struct Block {
    /// Its number in the file, from 0.
    pub number: u32,
    /// What was read, then the unescaped copies of quoted cells.
    pub bytes: Vec<u8>,
    /// The cells, unit by unit, in the order of the columns.
    pub cells: Vec<Cell>,
    /// Cells a unit has. At least 1.
    pub width: usize,
    /// The line of every unit within the block, from 0.
    pub lines: Vec<u32>,
    /// Units of which a password is empty or [may be none](crate::names): few, in order.
    pub(crate) odd: Vec<usize>,
    /// Where the separators stood, kept from block to block for its room.
    pub(crate) separators: Vec<u32>,
}

impl Block {
    /// Units in the block.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The cell of a unit in a column, without its quotation marks. Both are counted from 0 and must exist.
    #[inline]
    #[must_use]
    pub fn cell(&self, unit: usize, column: usize) -> &[u8] {
        self.bytes_of(self.cells[unit * self.width + column])
    }

    /// The bytes of a cell of this block.
    #[inline]
    #[must_use]
    pub fn bytes_of(&self, cell: Cell) -> &[u8] {
        &self.bytes[cell.start as usize..(cell.start + cell.len) as usize]
    }

    /// The cells of a column, unit by unit.
    #[inline]
    pub fn column(&self, column: usize) -> impl Iterator<Item = Cell> {
        self.cells.chunks_exact(self.width).map(move |cells| cells[column])
    }

    /// A cell of no more than sixteen bytes as one number, the first byte lowest; none where it is longer.
    #[inline]
    #[must_use]
    pub fn head(&self, cell: Cell) -> Option<u128> {
        let (start, len) = (cell.start as usize, cell.len as usize);
        let keep = KEEP.get(len)?;
        // The usual case without a copy of unknown length: sixteen bytes are there, and what follows the cell is cut off.
        Some(match self.bytes.get(start..start + HEAD).and_then(|bytes| bytes.first_chunk()) {
            Some(bytes) => u128::from_le_bytes(*bytes) & keep,
            None => head(&self.bytes[start..start + len]),
        })
    }

    /// Where a unit stands.
    #[inline]
    #[must_use]
    pub fn place(&self, unit: usize) -> Place {
        Place { block: self.number, line: self.lines[unit] }
    }
}

/// The lowest bytes, as many as the index says.
static KEEP: [u128; HEAD + 1] = {
    let mut keep = [0; HEAD + 1];
    let mut bytes = 1;
    while bytes <= HEAD {
        keep[bytes] = u128::MAX >> (8 * (HEAD - bytes));
        bytes += 1;
    }
    keep
};

impl Drop for Block {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

/// One unit of the random sample, copied out of its block; wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Unit {
    /// Where it stands.
    pub place: Place,
    /// Its cells, in the order of the columns.
    pub cells: Vec<Vec<u8>>,
}

impl Drop for Unit {
    fn drop(&mut self) {
        self.cells.zeroize();
    }
}
