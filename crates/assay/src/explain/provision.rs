//! The page of a provision: what it says, how to meet it, what a machine cannot see, when it binds, how it relates to other
//! documents, who asks for it and how a laboratory tests it.

use super::asked;
use super::lab;
use super::page::{Block, Page, Span, inline, link, links, prose, text};
use crate::rules::{Condition, Form, Kind, Mapping, Provision, Relation, Verified, guideline_id, rulebook};

/// The page of a provision.
pub(super) fn page(p: &Provision) -> Page {
    let forms = match &p.assessed {
        Some(_) => two_forms(p),
        None => Vec::new(),
    };
    Page::new(&p.id, "provision", &p.source)
        .with("", vec![prose(&p.says), Block::Paragraph(binds(p)), belongs(p)])
        .says("How to meet it", Some(&p.help))
        .says("What a machine cannot see", Some(&p.person))
        .says("What people get wrong", p.trap.as_deref())
        .says("What was not verified", p.unverified.as_deref())
        .with("Its status in the two forms", forms)
        .with("How it relates to others", relations(&p.id))
        .with("Who asks for it", asked::blocks(&p.id))
        .with("How a laboratory tests it", lab::of_provision(p))
        .from(format!("{} (in our own words)", p.source), p.verified)
}

/// Kind, strength, condition and roles.
fn binds(p: &Provision) -> Vec<Span> {
    let strength = if p.is_mandatory() { "requirement" } else { "recommendation" };
    let kind = match p.kind {
        Kind::Requirement => format!("It is a {strength}"),
        Kind::Object => format!("It says what a {strength} is about"),
        Kind::Manner => "It says in which manner something must be published".to_owned(),
        Kind::Deeming => "It says when something counts as met".to_owned(),
        Kind::Exception => "It says what is excepted".to_owned(),
        Kind::Field => "It says what a document must contain".to_owned(),
        Kind::Duty => "It is a duty".to_owned(),
        Kind::Clause => "It is a clause that other rules refer to".to_owned(),
        Kind::Criterion => "It is a criterion of a label".to_owned(),
    };
    let mut spans = vec![text(kind)];
    if !p.conditions.is_empty() {
        spans.push(text(", which binds where "));
        spans.extend(conditions(&p.conditions, " and "));
    }
    let roles: Vec<&str> = p.roles.iter().map(|r| r.words()).collect();
    let whom = match roles.as_slice() {
        [] => String::new(),
        roles => format!(" Whom it concerns: {}.", roles.join(", ")),
    };
    spans.push(text(format!(".{whom}")));
    spans
}

/// What must be the case, each with its id.
fn conditions(ids: &[String], between: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    for c in ids.iter().filter_map(|id| rulebook().conditions.get(id)) {
        if !spans.is_empty() {
            spans.push(text(between));
        }
        spans.push(text(format!("{} (", in_words(c))));
        spans.push(link(&c.id));
        spans.push(text(")"));
    }
    spans
}

fn in_words(c: &Condition) -> String {
    match c.form {
        Form::Condition => c.says.clone(),
        Form::Feature => format!("{}, and then for each instance of that feature", c.says),
    }
}

fn belongs(p: &Provision) -> Block {
    match p.guideline.and_then(|g| rulebook().guideline(g)) {
        Some(g) => Block::Paragraph(vec![
            text("It belongs to guideline "),
            link(guideline_id(g.number)),
            text(format!(", “{}”.", g.title)),
        ]),
        None => prose(p.outside.as_deref().unwrap_or("It belongs to none of the thirteen guidelines.")),
    }
}

/// A status of a conformance statement in words.
#[must_use]
pub fn status_words(status: &str) -> String {
    let strength = if status.starts_with('M') { "mandatory" } else { "recommended" };
    let where_ = match (status.contains('C'), status.contains('F')) {
        (false, false) => "",
        (true, false) => " where its conditions are met",
        (false, true) => " for each instance of its feature",
        (true, true) => " where its conditions are met, for each instance of its feature",
    };
    format!("{strength}{where_} ({status})")
}

/// EN 303 645 V2.1.1 is filled in on one of two forms, and they differ.
fn two_forms(p: &Provision) -> Vec<Block> {
    let Some(assessed) = &p.assessed else { return Vec::new() };
    let row = |form: &str, status: &str, ids: &[String]| {
        let binds = match ids {
            [] => vec![text("always")],
            ids => conditions(ids, " and "),
        };
        vec![vec![text(form)], vec![text(status_words(status))], binds]
    };
    let table = Block::Table {
        head: ["Form", "Status", "Binds where"].map(str::to_owned).to_vec(),
        rows: vec![
            row("EN 303 645 V2.1.1, Annex B", &p.status, &p.conditions),
            row("TS 103 701 V1.1.1, Annex A.3", &assessed.status, &assessed.conditions),
        ],
    };
    let answer = match (p.conditions.is_empty(), assessed.conditions.is_empty()) {
        (true, true) => {
            "Not applicable is no answer in either form: the provision has no condition. A recommendation that does not fit is answered with no and its reason."
        }
        (false, false) => {
            "Not applicable is an answer in both forms, where a condition is not met and the reason stands beside it."
        }
        _ => {
            "The forms differ: not applicable is an answer in one and none in the other, so say which form you fill in."
        }
    };
    let answer = if p.is_mandatory() && p.conditions.is_empty() && assessed.conditions.is_empty() {
        "Not applicable is no answer in either form: the provision has no condition."
    } else {
        answer
    };
    vec![table, prose(answer)]
}

/// The mapping in both directions, and the void numbers whose place it took.
pub(super) fn relations(id: &str) -> Vec<Block> {
    let book = rulebook();
    let mut items: Vec<Vec<Span>> = book.mapped(id).map(|m| sentence(m, id)).collect();
    for (void, _) in book.voids.iter().filter(|(_, s)| s.iter().any(|s| s == id)) {
        items.push(vec![text("It took the place of "), link(void), text(", which is void in this version.")]);
    }
    match items.is_empty() {
        true => Vec::new(),
        false => vec![Block::List(items)],
    }
}

/// One line of the mapping, read from the end that the page is about.
fn sentence(m: &Mapping, here: &str) -> Vec<Span> {
    let forth = m.from == here;
    let other = if forth { &m.to } else { &m.from };
    let name = rulebook().provisions.get(other).map_or(other.as_str(), |p| &p.source);
    let (before, after) = match (m.relation, forth) {
        (Relation::Same, _) => ("It asks the same as ", "."),
        (Relation::Successor, true) => ("A later version has in its place: ", "."),
        (Relation::Successor, false) => ("It took the place of ", "."),
        (Relation::Stricter, true) | (Relation::Looser, false) => ("It asks for more than ", "."),
        (Relation::Looser, true) | (Relation::Stricter, false) => ("It asks for less than ", "."),
        (Relation::Overlaps, _) => {
            ("It overlaps with ", ": each asks for something that the other does not.")
        }
        (Relation::DeemedBy, true) => ("It counts as met under ", "."),
        (Relation::DeemedBy, false) => ("Where it is met, this counts as met: ", "."),
        (Relation::PartOf, _) => ("It belongs together with ", ": one contains the other."),
    };
    let mut spans = vec![text(format!("{before}{name} (")), link(other), text(format!("){after}"))];
    if let Some(note) = &m.note {
        spans.push(text(" "));
        spans.extend(inline(note));
    }
    spans.extend(mark(m.verified));
    spans
}

/// A visible mark behind what was not read in its primary text.
pub(super) fn mark(verified: Verified) -> Option<Span> {
    match verified {
        Verified::Primary => None,
        Verified::Secondary => Some(text(" [from secondary sources]")),
        Verified::Background => Some(text(" [not verified]")),
    }
}

/// The page of a condition or feature.
pub(super) fn condition(c: &Condition) -> Page {
    let book = rulebook();
    let key = c.id.split_once(':').map_or(c.id.as_str(), |(_, k)| k);
    let document = c.id.split_once(':').and_then(|(b, _)| book.baseline(b));
    let (kind, name) = match c.form {
        Form::Condition => ("condition", "condition"),
        Form::Feature => ("feature", "feature"),
    };
    let cite = document.map_or("", |d| &d.cite);
    let asked = match c.form {
        Form::Condition => format!("It is met where {}.", c.says),
        Form::Feature => format!(
            "It is there where {}. A provision with a feature binds each instance of it; where there is none, not applicable is an answer.",
            c.says
        ),
    };
    let fact = vec![
        text("The fact "),
        link(&c.fact),
        text(format!(
            " decides it: it is met where that is {}. State the fact in [features] of product.toml.",
            c.when
        )),
    ];
    let with = |ids: &dyn Fn(&Provision) -> bool| {
        let found: Vec<&str> = book.provisions.values().filter(|p| ids(p)).map(|p| p.id.as_str()).collect();
        match found.is_empty() {
            true => Vec::new(),
            false => vec![Block::Paragraph(links(found))],
        }
    };
    let annex = match document.map(|d| d.id.as_str()) {
        Some("en303645-v2.1.1") => "Provisions that have it in EN 303 645 V2.1.1, Annex B",
        _ => "Provisions that have it",
    };
    Page::new(&c.id, kind, &format!("{cite}, {name} {key}"))
        .with("", vec![prose(&asked), Block::Paragraph(fact)])
        .with(annex, with(&|p| p.conditions.contains(&c.id)))
        .with(
            "Provisions that have it in TS 103 701 V1.1.1, Annex A.3",
            with(&|p| p.assessed.as_ref().is_some_and(|a| a.conditions.contains(&c.id))),
        )
        .from(
            format!("{cite}, Annex B (in our own words)"),
            document.map_or(Verified::Background, |d| d.verified),
        )
}

/// The page of a number that a version voids.
pub(super) fn void(id: &str, successors: &[String]) -> Page {
    let book = rulebook();
    let (baseline, number) = id.split_once(':').unwrap_or(("", id));
    let document = book.baseline(baseline);
    let cite = document.map_or(baseline, |d| &d.cite);
    let mut says = vec![text(format!(
        "The number {number} is void in this version: nothing can be claimed under it. What it asked stands in "
    ))];
    says.extend(links(successors));
    says.push(text(". Read each of them and claim each: they do not ask the same as the old one."));
    let before: Vec<&str> = book
        .provisions
        .values()
        .filter(|p| p.number() == number && p.baseline().starts_with("en303645-"))
        .map(|p| p.id.as_str())
        .collect();
    let mut body = vec![Block::Paragraph(says)];
    if !before.is_empty() {
        let mut spans = vec![text("In another version the number holds: ")];
        spans.extend(links(before));
        spans.push(text(". A claim under one version is no claim under another."));
        body.push(Block::Paragraph(spans));
    }
    Page::new(id, "void", &format!("{cite}, {number} (void)"))
        .with("", body)
        .from(format!("{cite}, Annex B"), document.map_or(Verified::Background, |d| d.verified))
}
