//! Who asks for a provision: the schemes that require it, that take it as a way to meet something else, that want it in a
//! document, or that take it over from another scheme.

use super::page::{Block, Span, inline, link, text};
use super::provision::mark;
use crate::date::in_words;
use crate::scheme::{self, Day, Requirement, Scheme, Symbol, Way};

/// One item for each thing that a scheme does with it.
pub(super) fn blocks(id: &str) -> Vec<Block> {
    let mut items = Vec::new();
    for s in scheme::bundled() {
        for r in s.requirements.iter().filter(|r| r.provision == id) {
            items.push(required(s, r));
            items.extend(r.ways.iter().map(|w| {
                let mut spans = vec![text("Under "), link(&s.id), text(" it also counts as met by ")];
                spans.extend(way(w));
                spans
            }));
        }
        for r in &s.requirements {
            for w in r.ways.iter().filter(|w| w.provisions.iter().any(|p| p == id)) {
                let mut spans = vec![
                    text("Under "),
                    link(&s.id),
                    text(" it is part of a way to meet "),
                    link(&r.provision),
                ];
                spans.push(text(format!(" ({}).", w.name)));
                spans.extend(mark(w.verified));
                items.push(spans);
            }
        }
        if let Some(st) = s.statement.as_ref().filter(|st| st.fields.iter().any(|f| f == id)) {
            items.push(vec![
                link(&s.id),
                text(format!(" wants it in its {}. Source: {}.", st.name, st.source)),
            ]);
        }
        for r in s.recognises.iter().filter(|r| r.criteria.iter().any(|c| c == id)) {
            let mut spans = vec![link(&s.id), text(" takes it as met from "), other(&r.scheme), text(". ")];
            spans.extend(inline(&r.says));
            spans.extend(mark(r.verified));
            items.push(spans);
        }
    }
    match items.is_empty() {
        true => Vec::new(),
        false => vec![Block::List(items)],
    }
}

fn required(s: &Scheme, r: &Requirement) -> Vec<Span> {
    let symbol = match r.symbol {
        Symbol::Shield => "; the shield of the label stands for it",
        Symbol::Date => "; the date of the label stands for it",
        Symbol::None => "",
    };
    vec![link(&s.id), text(format!(" ({}) asks for it{}{symbol}.", s.title, days(r.from, r.until)))]
}

/// A way in which something counts as met.
pub(super) fn way(w: &Way) -> Vec<Span> {
    let mut spans = vec![text(format!("{}{}: ", w.name, days(w.from, w.until)))];
    spans.extend(inline(&w.says));
    if !w.provisions.is_empty() {
        spans.push(text(" Claim all of these: "));
        spans.extend(super::page::links(&w.provisions));
        spans.push(text("."));
    }
    if let Some(l) = &w.label {
        spans.push(text(" The label: "));
        spans.push(other(&l.scheme));
        let levels = if l.levels.is_empty() { "any level".into() } else { l.levels.join(", ") };
        let standard = l.standard.as_ref().map(|s| format!(", granted against {s}")).unwrap_or_default();
        spans.push(text(format!(", {levels}{standard}.")));
    }
    spans.push(text(format!(" Source: {}.", w.source)));
    spans.extend(mark(w.verified));
    spans
}

/// A link to a scheme that is bundled, the bare word of one that is not.
pub(super) fn other(id: &str) -> Span {
    if scheme::find(id).is_some() { link(id) } else { text(id) }
}

/// `, from … until …`, as far as they are given.
pub(super) fn days(from: Option<Day>, until: Option<Day>) -> String {
    match (from.map(|d| in_words(d.0)), until.map(|d| in_words(d.0))) {
        (None, None) => String::new(),
        (Some(from), None) => format!(", from {from}"),
        (None, Some(until)) => format!(", until {until}"),
        (Some(from), Some(until)) => format!(", from {from} until {until}"),
    }
}
