//! Field a: the product by type and batch.

use assay::compliance::FieldOutcome;

use super::lines::{Lines, is_elsewhere};
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
    let elsewhere =
        [kind.as_ref().map(|k| (k.number, k.value)), batch.as_ref().map(|(n, b)| (*n, b.as_str()))];
    if let Some((line, said)) = elsewhere.into_iter().flatten().find(|(_, v)| is_elsewhere(v)) {
        return unsure('a', Some(line), format!("it only says where to look: {}", quoted(said)));
    }
    if batch.is_none()
        && let Some(line) =
            lines.all.iter().find(|l| BATCHES.contains(&l.label.as_str()) && !l.value.is_empty())
    {
        return unsure('a', Some(line.number), format!("it leaves the batch open: {}", quoted(&line.text)));
    }
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

/// "… batches 2026-40 to 2026-44 …", "all batches", "serial numbers 100 to 200", within a sentence or behind the type. A lot
/// may also be a plot of land or a great many, and serial may be a port: these need the word for a number behind them.
fn in_words(lines: &Lines) -> Option<(usize, String)> {
    const NUMBER: [&str; 8] = ["number", "numbers", "no", "nos", "no.", "nos.", "code", "codes"];
    const DENIES: [&str; 8] = ["not", "never", "unknown", "except", "excluding", "example", "e.g", "without"];
    lines.all.iter().find_map(|line| {
        let words: Vec<&str> = line
            .low
            .split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | ':' | ';'))
            .filter(|w| !w.is_empty())
            .collect();
        if words.iter().any(|w| DENIES.contains(&w.trim_end_matches('.'))) {
            return None;
        }
        let digit = |w: &&str| w.chars().any(|c| c.is_ascii_digit());
        let at = words.iter().enumerate().position(|(i, word)| {
            let rest = &words[i + 1..];
            let counted = rest.first().is_some_and(|w| NUMBER.contains(w) || *w == "number(s")
                && rest.iter().skip(1).take(2).any(digit);
            match word.trim_matches(|c: char| !c.is_alphanumeric()) {
                "batch" | "batches" => {
                    let all = i > 0 && matches!(words[i - 1], "all" | "every");
                    all || counted || rest.first().is_some_and(digit)
                }
                "serials" => rest.iter().take(2).any(digit),
                "lot" | "lots" | "serial" => counted,
                _ => false,
            }
        })?;
        Some((line.number, words[at.saturating_sub(1)..].join(" ")))
    })
}
