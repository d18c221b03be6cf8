//! Placeholders that should have become words before the page was published: `[Link to Public Key]`, `<your email>`,
//! `{{ company }}`, `XX days`. Links, footnotes and tick boxes in brackets are none.

use crate::page::{Block, Page};

/// Words that tell a placeholder from any other bracket.
const TELLING: [&str; 26] = [
    "insert",
    "link",
    "your",
    "company",
    "organisation",
    "organization",
    "name",
    "email",
    "e-mail",
    "address",
    "url",
    "phone",
    "number",
    "date",
    "key",
    "x",
    "xx",
    "n",
    "product",
    "domain",
    "contact",
    "days",
    "todo",
    "tbd",
    "placeholder",
    "here",
];

/// Most placeholders that are named.
const MOST: usize = 5;

/// The lines with a placeholder, as far as they are named.
pub(super) fn holes(page: &Page) -> Vec<usize> {
    let mut lines: Vec<usize> = page.blocks.iter().flat_map(of_block).collect();
    lines.dedup();
    lines.truncate(MOST);
    lines
}

fn of_block(block: &Block) -> Vec<usize> {
    let text = block.text.as_str();
    let mut found = Vec::new();
    let line_at = |at: usize| block.line + text[..at].matches('\n').count();
    for (open, close) in [('[', ']'), ('<', '>'), ('{', '}')] {
        let mut rest = 0;
        while let Some(start) = text[rest..].find(open).map(|i| rest + i) {
            let after = start + 1;
            rest = after;
            if found.len() >= MOST {
                break;
            }
            let Some(length) = text[after..].bytes().take(160).position(|b| b == close as u8) else {
                continue;
            };
            let inner = text.get(after..after + length).unwrap_or_default();
            let next = text[after + length + 1..].chars().next();
            if is_placeholder(inner, open, next) {
                found.push(line_at(start));
            }
        }
    }
    const MARKS: [&str; 5] = ["lorem", "yourcompany", "your_company", "yourdomain", "your-domain"];
    for (number, line) in text.to_lowercase().split('\n').enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        for (i, word) in words.iter().enumerate() {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '_');
            let unit = words.get(i + 1).is_some_and(|w| ["days", "hours", "business", "working"].contains(w));
            let blank = matches!(bare, "xx" | "xxx" | "nn" | "__" | "___") && unit;
            if found.len() < MOST && (blank || MARKS.iter().any(|m| bare.contains(m))) {
                found.push(block.line + number);
            }
        }
    }
    found.sort_unstable();
    found
}

/// Whether what stands in brackets was meant to be replaced. A bracket with `(`, `[` or `:` after it is a link.
fn is_placeholder(inner: &str, open: char, next: Option<char>) -> bool {
    if inner.contains(['@', '\n']) || inner.contains("://") || inner.starts_with("mailto:") {
        return false;
    }
    let lower = inner.trim_matches(['{', ' ']).to_lowercase();
    if lower.is_empty() || lower.contains("protected") {
        return false;
    }
    if open == '{' {
        return inner.starts_with('{') && lower.chars().next().is_some_and(char::is_alphabetic);
    }
    if open == '[' && matches!(next, Some('(' | '[' | ':')) {
        return false;
    }
    // A tick box is `[x]`; a number of days left open is `[X] days`.
    if lower == "x" && inner == "x" {
        return false;
    }
    let words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|w| !w.is_empty()).collect();
    let orders = words.first().is_some_and(|w| ["insert", "enter", "add", "replace", "fill"].contains(w));
    (words.len() <= 8 && words.iter().any(|w| TELLING.contains(w))) || (words.len() <= 24 && orders)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<usize> {
        of_block(&Block { line: 1, heading: false, text: text.into() })
    }

    #[test]
    fn placeholders_are_told_from_links_notes_and_boxes() {
        for hole in [
            "[Link to Public Key]",
            "<your email>",
            "{{ company }}",
            "within [X] days",
            "within XX days",
            "[INSERT DATE]",
            "security@yourcompany.com",
            "[Insert the link or the address that a researcher should use to send in a report of a vulnerability]",
        ] {
            assert_eq!(lines(hole), [1], "{hole}");
        }
        for none in [
            "[our key](https://a.example)",
            "[key][1]",
            "[1]",
            "[x] done",
            "[email protected]",
            "<security@a.example>",
            "[at]",
            "a {b} c",
            "[sic]",
            "XX. Chapter",
            "🦀[é",
        ] {
            assert!(lines(none).is_empty(), "{none}");
        }
        assert_eq!(lines("one\ntwo [Your Name]"), [2]);
    }
}
