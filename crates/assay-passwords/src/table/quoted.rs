//! Blocks in which a quotation mark occurs. A cell is quoted where it begins with a mark and the closing one stands before a
//! separator or a line's end, not far away; any other mark is a character like every other, for passwords hold them.

use memchr::memchr;

use super::{Bad, cell, is_blank};
use crate::layout::Layout;
use crate::rows::{Block, Cell};

/// How far a quoted cell may reach.
const LONGEST_CELL: usize = 2 << 20;

/// One cell: where its content stands, whether a doubled mark is in it, and where what follows begins.
struct Found {
    content: (usize, usize),
    doubled: bool,
    next: usize,
    /// What follows: another cell of the row, or the row is over.
    ends_row: bool,
}

/// The cell that begins at `start`; `None` where the block ends before it can be told.
fn find(bytes: &[u8], start: usize, delimiter: Option<u8>, whole: bool) -> Option<Found> {
    if bytes.get(start) == Some(&b'"') {
        match closing(bytes, start, delimiter, whole) {
            Closing::At { end, doubled } => {
                let (next, ends_row) = after(bytes, end + 1);
                return Some(Found { content: (start + 1, end), doubled, next, ends_row });
            }
            Closing::Beyond if !whole => return None,
            Closing::Beyond | Closing::Never => {}
        }
    }
    let rest = &bytes[start..];
    let at = match delimiter {
        Some(d) => memchr::memchr2(d, b'\n', rest),
        None => memchr(b'\n', rest),
    };
    let end = match at {
        Some(at) => start + at,
        None if whole => bytes.len(),
        None => return None,
    };
    let ends_row = bytes.get(end).is_none_or(|b| *b == b'\n');
    let content = if ends_row && end > start && bytes[end - 1] == b'\r' { end - 1 } else { end };
    Some(Found { content: (start, content), doubled: false, next: (end + 1).min(bytes.len()), ends_row })
}

enum Closing {
    At {
        end: usize,
        doubled: bool,
    },
    /// The block ends first.
    Beyond,
    Never,
}

fn closing(bytes: &[u8], start: usize, delimiter: Option<u8>, whole: bool) -> Closing {
    let mut at = start + 1;
    let mut doubled = false;
    let far = (start + LONGEST_CELL).min(bytes.len());
    while let Some(found) = memchr(b'"', &bytes[at..far]) {
        let mark = at + found;
        match bytes.get(mark + 1) {
            Some(b'"') => {
                doubled = true;
                at = mark + 2;
                if at > far {
                    break;
                }
            }
            // What follows is not here yet: it may be a second mark.
            None if !whole => return Closing::Beyond,
            Some(b'\r') if bytes.get(mark + 2).is_none() && !whole => return Closing::Beyond,
            None | Some(b'\n') => return Closing::At { end: mark, doubled },
            Some(b'\r') if matches!(bytes.get(mark + 2), None | Some(b'\n')) => {
                return Closing::At { end: mark, doubled };
            }
            Some(next) if Some(*next) == delimiter => return Closing::At { end: mark, doubled },
            Some(_) => return Closing::Never,
        }
    }
    if far == bytes.len() { Closing::Beyond } else { Closing::Never }
}

/// What follows a closing mark: where the next cell begins, and whether the row is over.
fn after(bytes: &[u8], at: usize) -> (usize, bool) {
    match bytes.get(at) {
        None => (at, true),
        Some(b'\n') => (at + 1, true),
        Some(b'\r') => ((at + 2).min(bytes.len()), true),
        Some(_) => (at + 1, false),
    }
}

/// Where the last whole record of a block ends; `None` where there is no whole record.
pub(super) fn last_end(bytes: &[u8], delimiter: Option<u8>) -> Option<usize> {
    let mut end = None;
    let mut at = 0;
    while at < bytes.len() {
        let Some(found) = find(bytes, at, delimiter, false) else { break };
        at = found.next;
        if found.ends_row {
            end = Some(at);
        }
    }
    end
}

/// Cuts a block in which a quotation mark occurs; says how many lines it has.
pub(super) fn cut(layout: &Layout, block: &mut Block, bad: &mut Vec<(u32, Bad)>) -> u32 {
    let width = block.width;
    let end = block.bytes.len();
    let mut row: Vec<Cell> = vec![Cell::default(); width];
    let (mut at, mut line) = (0, 0_u32);
    while at < end {
        let (first, first_line) = (at, line);
        let (mut fields, mut broken) = (0, false);
        loop {
            let bytes = &block.bytes[..end];
            let Some(found) = find(bytes, at, layout.delimiter, true) else {
                at = end;
                break;
            };
            let (from, to) = found.content;
            line += lines(&bytes[from..to]) + u32::from(found.ends_row);
            if let Some(slot) = layout.slots.get(fields).copied().flatten() {
                broken |= layout.is_password(slot) && memchr(b'\n', &bytes[from..to]).is_some();
                row[slot] = if found.doubled { undouble(&mut block.bytes, from, to) } else { cell(from, to) };
            }
            fields += 1;
            at = found.next;
            if found.ends_row || at >= end {
                // A separator at the very end opens one more cell, which is empty.
                if !found.ends_row {
                    if let Some(slot) = layout.slots.get(fields).copied().flatten() {
                        row[slot] = Cell::default();
                    }
                    fields += 1;
                    line += 1;
                }
                break;
            }
        }
        if is_blank(&block.bytes[first..at]) {
            continue;
        }
        if fields != layout.fields {
            bad.push((first_line, Bad::Ragged));
        } else if broken {
            bad.push((first_line, Bad::Broken));
        } else {
            block.cells.extend_from_slice(&row);
            block.lines.push(first_line);
        }
    }
    line
}

fn lines(bytes: &[u8]) -> u32 {
    u32::try_from(memchr::memchr_iter(b'\n', bytes).count()).unwrap_or(u32::MAX)
}

/// A copy behind the block's bytes in which every doubled mark stands once.
fn undouble(bytes: &mut Vec<u8>, from: usize, to: usize) -> Cell {
    let start = bytes.len();
    let mut at = from;
    while at < to {
        let b = bytes[at];
        bytes.push(b);
        at += if b == b'"' { 2 } else { 1 };
    }
    cell(start, bytes.len())
}
