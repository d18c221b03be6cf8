//! The signed result of a password audit: signed by its maker.

use assay::date;
use assay::password_audit::SignedAudit;
use assay::statement::MakerId;
use serde_json::json;

use super::{Args, signer};
use crate::exit::{Exit, Failure};
use crate::output::plain;

pub(super) fn verify(args: &Args, text: &str, as_json: bool) -> Result<Exit, Failure> {
    let read = SignedAudit::read(text).map_err(|e| e.to_string());
    let facts = |SignedAudit { audit, key }: &SignedAudit| {
        json!({
            "kind": "password-audit", "key": key, "key_id": key.id().to_string(), "maker": MakerId::of(key), "audit": audit,
        })
    };
    let words = |SignedAudit { audit, .. }: &SignedAudit| {
        let found: Vec<&str> = audit.findings.iter().map(|f| f.kind.as_str()).collect();
        format!(
            "  a password audit of {} by {}: {}, {} units{}\n  of a file of {} bytes with SHA-256 {}\n",
            date::in_words(audit.on),
            plain(&audit.program),
            audit.outcome,
            audit.rows,
            if found.is_empty() { String::new() } else { format!(" ({})", plain(&found.join(", "))) },
            audit.file.bytes,
            audit.file.sha256,
        )
    };
    signer::report(args, read, |signed| signed.key, facts, words, as_json)
}
