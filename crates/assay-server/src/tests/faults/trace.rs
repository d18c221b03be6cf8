//! The trace that the shim writes: what a program did to the files below a folder, and what it told the world, in order.

use std::fs;
use std::path::Path;

/// One thing that was done.
#[derive(Clone, Debug)]
pub(super) enum Op {
    Open { file: u32, path: String, emptied: bool },
    Write { file: u32, at: usize, bytes: Vec<u8> },
    Cut { file: u32, length: usize },
    Sync { file: u32 },
    SyncFailed { file: u32 },
    SyncAll,
    SyncAllFailed,
    Rename { from: String, to: String },
    Remove { path: String },
    Make { path: String },
    Said(String),
}

/// Reads a trace.
pub(super) fn read(path: &Path) -> Vec<Op> {
    let bytes = fs::read(path).unwrap();
    let mut rest = bytes.as_slice();
    let mut records = Vec::new();
    while let Some(record) = next(&mut rest) {
        records.push(record);
    }
    records
}

/// The next record; none at the end, and none of one that was cut off when its process was killed.
fn next(rest: &mut &[u8]) -> Option<Op> {
    let kind = take(rest, 1)?[0];
    let file = u32::from_le_bytes(take(rest, 4)?.try_into().unwrap());
    let number = u64::from_le_bytes(take(rest, 8)?.try_into().unwrap()) as usize;
    let mut string = || {
        let length = u32::from_le_bytes(take(rest, 4)?.try_into().unwrap());
        take(rest, length as usize)
    };
    let (first, second) = (string()?, string()?);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    Some(match kind {
        b'O' => Op::Open { file, path: text(first), emptied: number == 1 },
        b'W' => Op::Write { file, at: number, bytes: first.to_vec() },
        b'T' => Op::Cut { file, length: number },
        b'S' => Op::Sync { file },
        b'F' => Op::SyncFailed { file },
        b'Y' => Op::SyncAll,
        b'G' => Op::SyncAllFailed,
        b'R' => Op::Rename { from: text(first), to: text(second) },
        b'U' => Op::Remove { path: text(first) },
        b'M' => Op::Make { path: text(first) },
        b'A' => Op::Said(text(first)),
        other => panic!("no kind of record: {other}"),
    })
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}
