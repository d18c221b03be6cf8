//! The signed result of a password audit: signed by its maker, whom no register vouches for.

use std::path::Path;

use assay::date;
use assay::password_audit::{self, SignedAudit};
use assay::statement::MakerId;
use serde_json::{Value, json};

use super::Args;
use crate::exit::{Exit, Failure};
use crate::folder::read_bounded;
use crate::output::{self, plain};

/// The text of a file that means to be the signed result of a password audit.
pub(super) fn text_of(file: &Path) -> Option<String> {
    let small =
        std::fs::metadata(file).is_ok_and(|m| m.is_file() && m.len() <= password_audit::MAX_BYTES as u64);
    let bytes = small.then(|| read_bounded(file, password_audit::MAX_BYTES as u64).ok())??;
    String::from_utf8(bytes).ok().filter(|text| password_audit::looks_like(text))
}

/// A password audit is signed by its maker, whom no register vouches for: the key is pinned by --signer or not at all.
pub(super) fn verify(args: &Args, text: &str, as_json: bool) -> Result<Exit, Failure> {
    let read = SignedAudit::read(text).map_err(|e| e.to_string()).and_then(|signed| match args.signer {
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
                "kind": "password-audit", "key": signed.key, "key_id": signed.key.id().to_string(),
                "maker": MakerId::of(&signed.key), "audit": signed.audit,
            });
            (if pinned { Exit::Holds } else { Exit::Open }, true, unpinned, facts)
        }
        Err(reason) => (Exit::Found, false, Some(reason.as_str()), Value::Null),
    };
    if as_json {
        output::json(&json!({
            "schema": "assay-verify-0", "target": args.target, "answer": null, "sentence": null, "decided_by": null,
            "genuine": genuine, "reason": reason, "facts": facts,
            "trust": { "file": null, "pinned": pinned },
        }))?;
        return Ok(exit);
    }
    match &read {
        Ok(SignedAudit { audit, key }) => {
            let found: Vec<&str> = audit.findings.iter().map(|f| f.kind.as_str()).collect();
            output::print(&format!(
                "genuine\n  a password audit of {} by {}: {}, {} units{}\n  of a file of {} bytes with SHA-256 {}\n  signed by key {} ({key})\n{}",
                date::in_words(audit.on),
                plain(&audit.program),
                audit.outcome,
                audit.rows,
                if found.is_empty() { String::new() } else { format!(" ({})", plain(&found.join(", "))) },
                audit.file.bytes,
                audit.file.sha256,
                key.id(),
                unpinned.map_or_else(String::new, |u| format!("  {u}\n")),
            ))?;
        }
        Err(reason) => output::print(&format!("refused: {}\n", plain(reason)))?,
    }
    Ok(exit)
}
