//! Blocks in which every row has its cells and no cell is quoted: nearly all. The places of all separators are found in one
//! sweep; every so many of them a line must end, and then the cells stand between them.

use super::{Wanted, cell, empty};
use crate::layout::Layout;
use crate::rows::{Block, Cell};
use assay_simd::{Bits, CHUNK, Engine, WithBits};

/// Separators that are written down at once.
const STRIDE: usize = 8;

/// Cuts a block whose rows all have their cells; any other it leaves without cells, and says `None`. Else the lines.
pub(super) fn cut(layout: &Layout, engine: Engine, wanted: Wanted, block: &mut Block) -> Option<u32> {
    let delimiter = layout.delimiter.unwrap_or(b'\n');
    let found = engine.with_bits(Sweep { bytes: &block.bytes, delimiter, separators: &mut block.separators });
    let Found { all, line_ends } = found;
    if !block.bytes.ends_with(b"\n") || all != line_ends * layout.fields {
        return None;
    }
    let Block { bytes, cells, lines, width, separators, .. } = &mut *block;
    cells.resize(line_ends * *width, Cell::default());
    // The passwords stand first.
    let picks = match wanted {
        Wanted::All => layout.picks.len(),
        Wanted::Passwords => layout.passwords().count(),
    };
    let mut fields = vec![0; picks];
    for (field, slot) in layout.slots.iter().enumerate() {
        if let Some(field_of) = slot.and_then(|slot| fields.get_mut(slot)) {
            *field_of = field;
        }
    }
    let rows = separators[..all].chunks_exact(layout.fields).zip(cells.chunks_exact_mut(*width));
    let mut first = 0;
    let mut even = true;
    for (ends, cells) in rows {
        let last = ends[ends.len() - 1] as usize;
        even &= bytes[last] == b'\n';
        // The last cell ends before the carriage return.
        let returns = usize::from(last > first && bytes[last - 1] == b'\r');
        for (field, cell_of) in fields.iter().zip(&mut *cells) {
            let start = field.checked_sub(1).map_or(first, |before| ends[before] as usize + 1);
            let end = ends[*field] as usize;
            let end = if end == last { end - returns } else { end };
            *cell_of = cell(start, end.max(start));
        }
        // In a file of one column an empty line is no unit.
        even &= layout.fields > 1 || cells[0].len > 0;
        first = last + 1;
    }
    if !even {
        empty(block, layout.picks.len());
        return None;
    }
    let count = u32::try_from(line_ends).ok()?;
    lines.extend(0..count);
    Some(count)
}

/// Separators and line ends of a block, and line ends alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Found {
    all: usize,
    line_ends: usize,
}

/// Writes down where each separator and each line end stands.
struct Sweep<'a> {
    bytes: &'a [u8],
    delimiter: u8,
    separators: &'a mut Vec<u32>,
}

impl WithBits for Sweep<'_> {
    type Output = Found;

    #[inline(always)]
    fn with_bits<B: Bits>(self, bits: B) -> Found {
        let Sweep { bytes, delimiter, separators } = self;
        let (chunks, rest) = bytes.as_chunks::<CHUNK>();
        let mut found = Found { all: 0, line_ends: 0 };
        let mut first = 0;
        for chunk in chunks {
            one(bits, chunk, u64::MAX, first, delimiter, separators, &mut found);
            first += CHUNK as u32;
        }
        let mut last = [0; CHUNK];
        last[..rest.len()].copy_from_slice(rest);
        one(bits, &last, (1 << rest.len()) - 1, first, delimiter, separators, &mut found);
        found
    }
}

#[inline(always)]
fn one<B: Bits>(
    bits: B,
    chunk: &[u8; CHUNK],
    there: u64,
    first: u32,
    delimiter: u8,
    separators: &mut Vec<u32>,
    found: &mut Found,
) {
    let ends = bits.equal(chunk, b'\n') & there;
    let mut left = bits.equal(chunk, delimiter) & there | ends;
    found.line_ends += ends.count_ones() as usize;
    let all = found.all + left.count_ones() as usize;
    if separators.len() < found.all + CHUNK + STRIDE {
        separators.resize((found.all + CHUNK + STRIDE) * 2, 0);
    }
    // Always a stride: what is too much is overwritten, and no branch has to be guessed.
    let mut at = found.all;
    while at < all {
        for place in &mut separators[at..at + STRIDE] {
            *place = first + left.trailing_zeros();
            left &= left.wrapping_sub(1);
        }
        at += STRIDE;
    }
    found.all = all;
}
