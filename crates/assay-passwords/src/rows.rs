//! Units as the judges see them: a block of the file, cut into the cells that matter. Cells are bytes, never text: a
//! password is whatever stands between the separators.

use zeroize::Zeroize;

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
        let cell = self.cells[unit * self.width + column];
        &self.bytes[cell.start as usize..(cell.start + cell.len) as usize]
    }

    /// Where a unit stands.
    #[inline]
    #[must_use]
    pub fn place(&self, unit: usize) -> Place {
        Place { block: self.number, line: self.lines[unit] }
    }
}

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
