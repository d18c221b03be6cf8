//! The receipt of a gate's run: signed by whoever ran it.

use assay::date;
use assay::receipt::SignedReceipt;
use serde_json::json;

use super::{Args, signer};
use crate::exit::{Exit, Failure};
use crate::output::plain;

pub(super) fn verify(args: &Args, text: &str, as_json: bool) -> Result<Exit, Failure> {
    let read = SignedReceipt::read(text).map_err(|e| e.to_string());
    let facts = |SignedReceipt { receipt, key }: &SignedReceipt| json!({ "kind": "gate-receipt", "key": key, "key_id": key.id().to_string(), "receipt": receipt });
    let words = |SignedReceipt { receipt: r, .. }: &SignedReceipt| {
        let mut words = format!(
            "  {} rows of a catalogue of {} bytes with SHA-256 {}\n  judged under {} for {} by snapshot {} of {} \
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
        words
    };
    signer::report(args, read, |signed| signed.key, facts, words, as_json)
}
