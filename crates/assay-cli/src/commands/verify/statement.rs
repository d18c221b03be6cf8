//! A logged statement with its proof: two files side by side, or a proof that carries its entry.

use std::path::Path;

use assay::statement::Statement;
use assay::trust::{Logged, LoggedError, Trust};
use assay_log::proof::Proof;
use serde_json::json;

use super::{Found, Genuine};
use crate::exit::Failure;
use crate::folder::read_bounded;

/// Largest proof that is read, in bytes.
const MOST_PROOF: u64 = 2 << 20;

/// A statement's file and its proof, whichever of the two was named. A proof without a statement beside it may carry one.
pub(super) fn verify(file: &Path, proof: Option<&Path>, trust: &Trust) -> Result<Found, Failure> {
    let (entry, beside) = (file.with_extension("statement"), file.with_extension("tlog-proof"));
    if file != entry && !entry.exists() {
        let text = read_bounded(file, MOST_PROOF)?;
        return Ok(alone(&text, trust).map(|logged| of_statement(&logged)));
    }
    let bytes = read_bounded(&entry, assay::cose::MAX_BYTES as u64 + 1)?;
    let text = read_bounded(proof.unwrap_or(&beside), MOST_PROOF)?;
    Ok(logged(&bytes, &text, trust).map(|logged| of_statement(&logged)))
}

fn parse(proof: &[u8]) -> Result<Proof, String> {
    let proof = std::str::from_utf8(proof).map_err(|_| "the proof is no text".to_owned())?;
    Proof::parse(proof).map_err(|e| format!("the proof cannot be read: {e}"))
}

/// From a proof that carries its entry.
pub(super) fn alone(proof: &[u8], trust: &Trust) -> Result<Logged<Statement>, String> {
    Logged::open_alone(&parse(proof)?, trust).map_err(|e| said(&e))
}

/// From an entry and its proof.
pub(super) fn logged(entry: &[u8], proof: &[u8], trust: &Trust) -> Result<Logged<Statement>, String> {
    Logged::open(entry, &parse(proof)?, trust).map_err(|e| said(&e))
}

fn said(error: &LoggedError) -> String {
    error.to_string()
}

/// A statement proven to stand in the trusted log, from its file and the proof beside it; for other commands.
pub(crate) fn open(file: &Path, proof: Option<&Path>, trust: &Trust) -> Result<Logged<Statement>, Failure> {
    let beside = file.with_extension("tlog-proof");
    let bytes = read_bounded(file, assay::cose::MAX_BYTES as u64 + 1)?;
    let text = read_bounded(proof.unwrap_or(&beside), MOST_PROOF)?;
    logged(&bytes, &text, trust)
        .map_err(|why| Failure::unreadable(format!("{} is refused: {why}", file.display())))
}

fn of_statement(logged: &Logged<Statement>) -> Genuine {
    let (statement, included) = (logged.value(), logged.included());
    let (index, size) = (included.index(), included.checkpoint().size());
    let words = format!(
        "  a `{}` statement of {}, at index {index} of {} (checkpoint of {size} entries)\n",
        statement.kind(),
        statement.on(),
        included.checkpoint().origin()
    );
    let facts = json!({
        "kind": "statement", "index": index, "log_size": size, "root": included.checkpoint().root().to_string(),
        "statement": statement,
    });
    Genuine { facts, words, open: None }
}
