//! The pages of the thirteen guidelines, of the documents that provisions come from, and of the facts that decide what
//! binds a product.

use super::asked;
use super::page::{Block, Page, Span, inline, link, links, prose, text};
use super::provision::relations;
use crate::conformity::book;
use crate::rules::{Baseline, Fact, Guideline, Modal, Provision, Verified, guideline_id, rulebook};

/// The documents from the guidelines to what later ones made of them; a document that is not named here follows these.
const FIRST: [&str; 7] = [
    "cop-2018",
    "ts103645-v1.1.1",
    "en303645-v2.1.1",
    "en303645-v3.1.3",
    "psti-2023",
    "psti-act-2022",
    "iso29147-2018",
];

/// Every document, in the order in which one would read them.
#[must_use]
pub fn documents() -> Vec<&'static Baseline> {
    let mut all: Vec<&Baseline> = rulebook().baselines.iter().collect();
    all.sort_by_key(|b| FIRST.iter().position(|id| *id == b.id).unwrap_or(FIRST.len()));
    all
}

/// The page of one of the thirteen.
pub(super) fn guideline(g: &Guideline) -> Page {
    let rules = rulebook();
    let id = guideline_id(g.number);
    let strength = match g.modal {
        Modal::Shall => "Its core is worded as a requirement (shall).",
        Modal::Should => "Its core is worded as a recommendation (should).",
    };
    let roles: Vec<&str> = g.roles.iter().map(|r| r.words()).collect();
    let later = match g.later_title == g.title {
        true => {
            "The draft of March 2018, the final text of October 2018 and EN 303 645 give it the same title."
                .into()
        }
        false => format!(
            "The draft of March 2018 and the final text of October 2018 give it the same title; EN 303 645 calls the same group “{}”.",
            g.later_title
        ),
    };
    let mut page = Page::new(&id, "guideline", &format!("Guideline {}: {}", g.number, g.title))
        .with(
            "",
            vec![
                prose(&g.core),
                prose(&format!("{strength} Whom it primarily applies to: {}.", roles.join(", "))),
                prose(&later),
            ],
        )
        .says("How to meet it", Some(&g.help))
        .says("What a machine cannot see", Some(&g.person))
        .says("What people get wrong", g.trap.as_deref())
        .with("How it relates to others", relations(&id))
        .with("Who asks for it", asked::blocks(&id));
    for b in documents() {
        let of_it = |p: &&Provision| p.baseline() == b.id && p.guideline == Some(g.number) && p.id != id;
        let items: Vec<Vec<Span>> =
            in_order(rules.provisions.values().filter(of_it)).into_iter().map(line).collect();
        if !items.is_empty() {
            let whole = Block::Paragraph(vec![link(&b.id), text(format!(": {}, {}", b.title, b.version))]);
            page = page.with(&format!("In {}", b.cite), vec![whole, Block::List(items)]);
        }
    }
    page.from(
        format!(
            "Code of Practice for Consumer IoT Security, October 2018, guideline {} (in our own words)",
            g.number
        ),
        Verified::Primary,
    )
}

/// A provision in a list.
fn line(p: &Provision) -> Vec<Span> {
    let strength = if p.is_mandatory() { "" } else { " (recommended)" };
    [link(&p.id), text(format!("{strength}: "))].into_iter().chain(inline(&p.says)).collect()
}

/// The page of a document in one version.
pub(super) fn baseline(b: &Baseline) -> Page {
    let rules = rulebook();
    let all: Vec<&Provision> = in_order(rules.provisions.values().filter(|p| p.baseline() == b.id));
    let mandatory = all.iter().filter(|p| p.is_mandatory()).count();
    let count = match all.len() - mandatory {
        0 => format!("{} entries are here, all of them binding.", all.len()),
        n => format!(
            "{} entries are here: {mandatory} requirements and {n} recommendations, those with a condition included.",
            all.len()
        ),
    };
    let mut page = Page::new(&b.id, "document", &format!("{}, {}", b.title, b.version))
        .with("", [Some(prose(&count)), b.note.as_deref().map(prose)].into_iter().flatten().collect());
    for g in &rules.guidelines {
        let items: Vec<Vec<Span>> =
            all.iter().filter(|p| p.guideline == Some(g.number)).map(|p| line(p)).collect();
        if !items.is_empty() {
            page = page.with(&format!("{}. {}", g.number, g.title), vec![Block::List(items)]);
        }
    }
    let outside: Vec<Vec<Span>> = all.iter().filter(|p| p.guideline.is_none()).map(|p| line(p)).collect();
    if !outside.is_empty() {
        page = page.with("Above or outside the thirteen guidelines", vec![Block::List(outside)]);
    }
    let here = |id: &&String| id.split_once(':').is_some_and(|(d, _)| d == b.id);
    for (heading, mut ids) in [
        ("Conditions and features", rules.conditions.keys().filter(here).collect::<Vec<_>>()),
        ("Numbers that are void", rules.voids.keys().filter(here).collect()),
    ] {
        ids.sort_by_key(|id| (id.len(), (*id).clone()));
        if !ids.is_empty() {
            page = page.with(heading, vec![Block::Paragraph(links(ids))]);
        }
    }
    page.from(b.cite.clone(), b.verified)
}

/// In the order in which people count: 5.1-2 before 5.1-10.
pub(super) fn in_order<'a>(all: impl Iterator<Item = &'a Provision>) -> Vec<&'a Provision> {
    let mut all: Vec<&Provision> = all.collect();
    all.sort_by_cached_key(|p| counted(&p.id));
    all
}

/// A text in pieces, its numbers as numbers.
#[must_use]
pub fn counted(id: &str) -> Vec<(u64, String)> {
    let mut pieces: Vec<(u64, String)> = Vec::new();
    let mut digits = String::new();
    for c in id.chars().chain([' ']) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if !digits.is_empty() {
            pieces.push((digits.parse().unwrap_or(u64::MAX), String::new()));
            digits.clear();
        }
        pieces.push((0, c.to_string()));
    }
    pieces
}

/// The page of a fact about a product.
pub(super) fn fact(f: &Fact) -> Page {
    let rules = rulebook();
    let decided: Vec<Vec<Span>> = rules
        .conditions
        .values()
        .filter(|c| c.fact == f.id)
        .map(|c| {
            let of = rules
                .provisions
                .values()
                .filter(|p| {
                    p.conditions.contains(&c.id)
                        || p.assessed.as_ref().is_some_and(|a| a.conditions.contains(&c.id))
                })
                .map(|p| p.id.as_str());
            let mut spans = vec![link(&c.id), text(format!(", met where the answer is {}: ", c.when))];
            spans.extend(links(of));
            spans
        })
        .collect();
    let tables: Vec<Span> = f
        .tables
        .iter()
        .filter_map(|n| book().table(*n))
        .map(|t| t.short.as_str())
        .collect::<Vec<_>>()
        .into_iter()
        .map(link)
        .collect();
    let shown = match tables.is_empty() {
        true => Vec::new(),
        false => {
            let mut spans =
                vec![text("One entry in one of these tables of ixit.toml already says that it is so: ")];
            for (n, t) in tables.into_iter().enumerate() {
                if n > 0 {
                    spans.push(text(", "));
                }
                spans.push(t);
            }
            spans.push(text("."));
            vec![Block::Paragraph(spans)]
        }
    };
    Page::new(&f.id, "fact", &format!("Fact: {}", f.id))
        .with(
            "",
            vec![
                prose(&f.asks),
                prose("Answer it in product.toml. What depends on it then binds or does not; while it is not answered, nobody can tell."),
                Block::Code(format!("[features]\n{} = true   # or false", f.id)),
            ],
        )
        .with("What it decides", if decided.is_empty() { Vec::new() } else { vec![Block::List(decided)] })
        .with("What shows it", shown)
}
