//! What a snapshot says of one number, shown to somebody who has no snapshot: `assay snapshot prove` makes such a proof.

use std::path::Path;

use assay::snapshot::{MAX_PROOF, Proof, Shown};
use assay::trust::Trust;
use jiff::civil::Date;
use serde_json::json;

use super::standing::too_early;
use super::{Found, Genuine};
use crate::folder::read_bounded;

/// The proof of a file that means to be one.
pub(super) fn of(file: &Path) -> Option<Result<Proof, String>> {
    let small = std::fs::metadata(file).is_ok_and(|m| m.is_file() && m.len() <= MAX_PROOF as u64);
    let bytes = small.then(|| read_bounded(file, MAX_PROOF as u64).ok())??;
    let means = bytes.windows(SCHEMA.len()).any(|window| window == SCHEMA);
    means.then(|| Proof::parse(&bytes).map_err(|e| e.to_string()))
}

const SCHEMA: &[u8] = b"assay-snapshot-proof-0";

pub(super) fn verify(proof: &Proof, trust: &Trust, on: Date) -> Found {
    let (header, shown) = proof.verify(trust.register(), trust.origin()).map_err(|e| e.to_string())?;
    let gtin = proof.gtin;
    let which = format!("snapshot {} of {} ({} entries)", header.number, header.log_origin, header.log_size);
    let (says, record) = match shown {
        Shown::Present(record) => (format!("{which} has a record of {gtin}"), Some(record)),
        Shown::Absent { after, before } => {
            let place = match (after, before) {
                (Some(after), Some(before)) => format!("between {after} and {before} there is nothing"),
                (None, Some(before)) => format!("its first record is that of {before}"),
                (Some(after), None) => format!("its last record is that of {after}"),
                (None, None) => "it has no records".into(),
            };
            (format!("{which} has no record of {gtin}: {place}"), None)
        }
    };
    let old = (on > header.valid_until)
        .then(|| format!("the snapshot was good until {}: it says nothing of today", header.valid_until));
    let open = old.or_else(|| header.was_made_after(on).then(|| too_early(&header, on)));
    let mut words = format!("  {says}\n  issued {}, good until {}\n", header.issued, header.valid_until);
    words.extend(open.iter().map(|why| format!("  {why}\n")));
    let facts = json!({
        "kind": "snapshot-proof", "gtin": gtin, "present": record.is_some(), "record": record, "header": header,
    });
    Ok(Genuine { facts, words, open })
}
