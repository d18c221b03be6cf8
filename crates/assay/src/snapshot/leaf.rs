//! A record as a leaf of the snapshot's Merkle tree (RFC 9162, section 2.1.1): what a proof of presence or absence shows.
//!
//! ```text
//! the deterministic CBOR of an array of five:
//!   unsigned    the GTIN as a number
//!   text        the last day of security updates, YYYY-MM-DD; or null
//!   map         state, shortened, schemes, document: as in the table of standings
//!   map         notices and labels; or null where there are none
//!   array       the log's indexes of the statements of its labels, in the order of their schemes; or null
//! ```

use super::SnapshotError;
use super::record::{Rare, Record, Standing};
use crate::cbor;
use crate::date::{self, from_days};
use crate::gtin::Gtin14;

/// Writes a leaf's bytes over what stands in `to`.
pub(super) fn write(
    to: &mut Vec<u8>,
    gtin: Gtin14,
    until: Option<i32>,
    standing: &[u8],
    rare: &Rare,
    statements: &[u64],
) {
    to.clear();
    to.push(0x85);
    head(to, 0, gtin.number());
    match until.and_then(from_days) {
        Some(day) => text(to, &day.to_string()),
        None => to.push(NULL),
    }
    to.extend_from_slice(standing);
    if rare.is_empty() {
        to.push(NULL);
    } else {
        to.extend_from_slice(&cbor::to_bytes(rare));
    }
    if statements.is_empty() {
        to.push(NULL);
    } else {
        head(to, 4, statements.len() as u64);
        statements.iter().for_each(|s| head(to, 0, *s));
    }
}

const NULL: u8 = 0xf6;

/// The first bytes of a CBOR value: its kind and a number in as few bytes as hold it.
fn head(to: &mut Vec<u8>, kind: u8, number: u64) {
    let kind = kind << 5;
    match number {
        0..=23 => to.push(kind | number as u8),
        24..=0xff => to.extend([kind | 24, number as u8]),
        0x100..=0xffff => {
            to.push(kind | 25);
            to.extend((number as u16).to_be_bytes());
        }
        0x1_0000..=0xffff_ffff => {
            to.push(kind | 26);
            to.extend((number as u32).to_be_bytes());
        }
        _ => {
            to.push(kind | 27);
            to.extend(number.to_be_bytes());
        }
    }
}

fn text(to: &mut Vec<u8>, text: &str) {
    head(to, 3, text.len() as u64);
    to.extend_from_slice(text.as_bytes());
}

/// The bytes of a record's leaf.
pub(super) fn bytes(record: &Record, statements: &[u64]) -> Vec<u8> {
    let mut to = Vec::new();
    let until = record.updates_until.map(date::to_days);
    write(&mut to, record.gtin, until, &cbor::to_bytes(&record.standing()), &record.rare(), statements);
    to
}

/// Reads a leaf.
///
/// # Errors
/// Anything but the one spelling.
pub(super) fn read(leaf: &[u8], own_numbers: bool) -> Result<Record, SnapshotError> {
    type Leaf = (u64, Option<String>, Standing, Option<Rare>, Option<Vec<u64>>);
    let error = |what: String| SnapshotError::Proof(what);
    let (number, until, standing, rare, statements): Leaf =
        cbor::from_bytes(leaf).map_err(|e| error(format!("its leaf cannot be read: {e}")))?;
    let gtin =
        Gtin14::from_snapshot(number, own_numbers).ok_or_else(|| error("its leaf has no GTIN".into()))?;
    let until = match until {
        None => None,
        Some(text) => Some(date::parse(&text).ok_or_else(|| error("its leaf has no date".into()))?),
    };
    let statements = statements.unwrap_or_default();
    let record = Record::of(gtin, until, &standing, rare.unwrap_or_default(), &statements);
    if bytes(&record, &statements) == leaf {
        Ok(record)
    } else {
        Err(error("its leaf has another spelling".into()))
    }
}
