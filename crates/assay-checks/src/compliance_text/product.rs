//! Field a: the product by type and batch.

use assay::compliance::FieldOutcome;

use super::lines::Lines;
use super::{met, unsure};
use crate::quote::quoted;

const TYPES: [&str; 21] = [
    "type",
    "product type",
    "type of product",
    "product (type)",
    "product",
    "product name",
    "name of product",
    "name of the product",
    "product (type, batch)",
    "product description",
    "description of product",
    "model",
    "model name",
    "model number",
    "model no",
    "model no.",
    "product model",
    "model/type",
    "type/model",
    "product details",
    "product identification",
];
const BATCHES: [&str; 22] = [
    "batch",
    "batch number",
    "batch no",
    "batch numbers",
    "batch/serial number",
    "batch or serial number",
    "batches",
    "batch(es)",
    "lot",
    "lot number",
    "lot no",
    "serial number",
    "serial numbers",
    "serial no",
    "serial number range",
    "serial number(s)",
    "serials",
    "range of serial numbers",
    "date code",
    "batch code",
    "production batch",
    "product batch",
];

pub(super) fn judge(lines: &Lines) -> FieldOutcome {
    let kind = lines.labelled(&TYPES);
    let batch = lines.labelled(&BATCHES).map(|b| (b.number, b.value.to_owned())).or_else(|| in_words(lines));
    match (kind, batch) {
        (Some(kind), Some((line, batch))) => met(
            'a',
            line,
            format!("it names the product, {}, and the batch, {}", quoted(kind.value), quoted(&batch)),
        ),
        (Some(kind), None) => unsure(
            'a',
            Some(kind.number),
            format!(
                "it names the product, {}, but no batch or serial numbers were found",
                quoted(kind.value)
            ),
        ),
        (None, Some((line, batch))) => unsure(
            'a',
            Some(line),
            format!("it names a batch, {}, but no type of product was found", quoted(&batch)),
        ),
        (None, None) => unsure('a', None, "no type and no batch of a product were found"),
    }
}

/// "… batches 2026-40 to 2026-44 …", "all batches", within a sentence or behind the type.
fn in_words(lines: &Lines) -> Option<(usize, String)> {
    lines.all.iter().find_map(|line| {
        let words: Vec<&str> = line.low.split(|c: char| c.is_whitespace() || c == ',' || c == '(').collect();
        let at = words.iter().position(|w| {
            let word = w.trim_matches(|c: char| !c.is_alphanumeric());
            matches!(word, "batch" | "batches" | "lot" | "lots" | "serial")
        })?;
        let numbered = words[at + 1..].iter().take(4).any(|w| w.chars().any(|c| c.is_ascii_digit()));
        let all = at > 0 && matches!(words[at - 1], "all" | "every");
        (numbered || all).then(|| (line.number, words[at.saturating_sub(1)..].join(" ")))
    })
}
