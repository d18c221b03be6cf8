//! What somebody signed whom no register vouches for: a maker's password audit, a shop's receipt. The key is pinned by --signer
//! or not at all.

use std::path::Path;

use assay::key::PublicKey;
use serde_json::{Value, json};

use super::Args;
use crate::exit::{Exit, Failure};
use crate::folder::read_bounded;
use crate::output::{self, plain};

/// The text of a file of at most so many bytes that means to be such a document.
pub(super) fn text_of(file: &Path, most: usize, looks_like: fn(&str) -> bool) -> Option<String> {
    let small = std::fs::metadata(file).is_ok_and(|m| m.is_file() && m.len() <= most as u64);
    let bytes = small.then(|| read_bounded(file, most as u64).ok())??;
    String::from_utf8(bytes).ok().filter(|text| looks_like(text))
}

/// Says whether a document is genuine, with its facts for programs and its words for people.
pub(super) fn report<T>(
    args: &Args,
    read: Result<T, String>,
    key: fn(&T) -> PublicKey,
    facts: impl Fn(&T) -> Value,
    words: impl Fn(&T) -> String,
    as_json: bool,
) -> Result<Exit, Failure> {
    let read = read.and_then(|signed| match args.signer {
        Some(wanted) if wanted != key(&signed) => {
            Err(format!("it is signed by key {}, not by {}", key(&signed).id(), wanted.id()))
        }
        _ => Ok(signed),
    });
    let pinned = args.signer.is_some();
    let unpinned = (!pinned).then_some("nobody pinned the key that signed: give --signer");
    let exit = match &read {
        Ok(_) if pinned => Exit::Holds,
        Ok(_) => Exit::Open,
        Err(_) => Exit::Found,
    };
    if as_json {
        let reason = read.as_ref().map_or_else(|reason| Some(reason.as_str()), |_| unpinned);
        output::json(&json!({
            "schema": "assay-verify-0", "target": args.target, "answer": null, "sentence": null, "decided_by": null,
            "genuine": read.is_ok(), "reason": reason, "facts": read.as_ref().map_or(Value::Null, facts),
            "trust": { "file": null, "pinned": pinned },
        }))?;
        return Ok(exit);
    }
    match &read {
        Ok(signed) => {
            let key = key(signed);
            let open = unpinned.map_or_else(String::new, |why| format!("  {why}\n"));
            output::print(&format!(
                "genuine\n{}  signed by key {} ({key})\n{open}",
                words(signed),
                key.id()
            ))?;
        }
        Err(reason) => output::print(&format!("refused: {}\n", plain(reason)))?,
    }
    Ok(exit)
}
