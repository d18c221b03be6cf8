//! The receipt of a gate's run: signed by whoever ran it, whom no register vouches for.

use std::path::Path;

use assay::date;
use assay::receipt::{self, SignedReceipt};
use serde_json::{Value, json};

use super::Args;
use crate::exit::{Exit, Failure};
use crate::folder::read_bounded;
use crate::output::{self, plain};

/// The text of a file that means to be a receipt.
pub(super) fn text_of(file: &Path) -> Option<String> {
    let small = std::fs::metadata(file).is_ok_and(|m| m.is_file() && m.len() <= receipt::MAX_BYTES as u64);
    let bytes = small.then(|| read_bounded(file, receipt::MAX_BYTES as u64).ok())??;
    String::from_utf8(bytes).ok().filter(|text| receipt::looks_like(text))
}

/// A receipt is signed by whoever ran the gate: the key is pinned by --signer or not at all.
pub(super) fn verify(args: &Args, text: &str, as_json: bool) -> Result<Exit, Failure> {
    let read = SignedReceipt::read(text).map_err(|e| e.to_string()).and_then(|signed| match args.signer {
        Some(wanted) if wanted != signed.key => {
            Err(format!("it is signed by key {}, not by {}", signed.key.id(), wanted.id()))
        }
        _ => Ok(signed),
    });
    let pinned = args.signer.is_some();
    let unpinned = (!pinned).then_some("nobody pinned the key that signed: give --signer");
    let (exit, genuine, reason, facts) = match &read {
        Ok(signed) => {
            let facts = json!({
                "kind": "gate-receipt", "key": signed.key, "key_id": signed.key.id().to_string(), "receipt": signed.receipt,
            });
            (if pinned { Exit::Holds } else { Exit::Open }, true, unpinned, facts)
        }
        Err(reason) => (Exit::Found, false, Some(reason.as_str()), Value::Null),
    };
    if as_json {
        output::json(&json!({
            "schema": "assay-verify-0", "target": args.target, "answer": null, "sentence": null, "decided_by": null,
            "genuine": genuine, "reason": reason, "facts": facts, "trust": { "file": null, "pinned": pinned },
        }))?;
        return Ok(exit);
    }
    match &read {
        Ok(SignedReceipt { receipt: r, key }) => {
            let mut words = format!(
                "genuine\n  {} rows of a catalogue of {} bytes with SHA-256 {}\n  judged under {} for {} by snapshot {} of {} \
                 ({} entries, issued {}), by {}\n  {} may be sold, {} may not, {} for a person, {} out of scope\n",
                r.rows,
                r.catalogue.bytes,
                r.catalogue.sha256,
                plain(&r.scheme),
                date::in_words(r.on),
                r.snapshot.number,
                plain(&r.snapshot.log_origin),
                r.snapshot.log_size,
                r.snapshot.issued,
                plain(&r.program),
                r.may_sell,
                r.refuse,
                r.ask,
                r.out_of_scope,
            );
            if let Some(v) = &r.verdicts {
                words.push_str(&format!("  verdicts of {} bytes with SHA-256 {}\n", v.bytes, v.sha256));
            }
            words.push_str(&format!("  signed by key {} ({key})\n", key.id()));
            words.extend(unpinned.map(|why| format!("  {why}\n")));
            output::print(&words)?;
        }
        Err(reason) => output::print(&format!("refused: {}\n", plain(reason)))?,
    }
    Ok(exit)
}
