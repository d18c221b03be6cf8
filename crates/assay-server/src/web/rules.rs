//! `GET /rules` and `GET /rules/{id}`: the handbook on the web. The index leads in by guideline, by scheme, by document and
//! by words; every id that Assay prints has its page, the same as `assay explain` shows.

mod view;

use askama::Template;
use assay::explain::Page;
use assay_checks::handbook::{self, Shelf};
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use super::page::html;
use view::{SectionView, sections};

/// The ways in.
#[derive(Template)]
#[template(path = "rules.html")]
pub(super) struct Index {
    query: String,
    found: Option<Found>,
    guidelines: Vec<Entry>,
    schemes: Vec<Entry>,
    documents: Vec<Entry>,
    others: Vec<(&'static str, Vec<Entry>)>,
}

struct Found {
    entries: Vec<Entry>,
    /// How many there are in all; only the first are shown.
    all: usize,
}

/// A page in a list.
struct Entry {
    href: String,
    name: String,
    says: String,
}

/// The page of one id.
#[derive(Template)]
#[template(path = "rule.html")]
pub(super) struct RulePage {
    id: String,
    kind: &'static str,
    title: String,
    /// The sentence about how far it was verified, where that is less than the primary text.
    mark: Option<&'static str>,
    sections: Vec<SectionView>,
    source: String,
    read: Option<&'static str>,
}

/// No such id.
#[derive(Template)]
#[template(path = "no_rule.html")]
pub(super) struct NoRule {
    wrong: String,
    nearest: Option<Entry>,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    q: Option<String>,
}

/// More would not be read; a visitor narrows the search instead.
const SHOWN: usize = 60;
/// Nobody searches for a longer text, and no id is longer.
const QUERY_LETTERS: usize = 100;

pub(super) async fn index(Query(asked): Query<Asked>) -> Response {
    let query = clipped(&asked.q.unwrap_or_default());
    if let Some(page) = handbook::find(&query) {
        return Redirect::to(&address(&page.id)).into_response();
    }
    let found = (!query.is_empty()).then(|| {
        let pages = handbook::search(&query);
        Found { all: pages.len(), entries: pages.into_iter().take(SHOWN).map(Entry::told).collect() }
    });
    html(StatusCode::OK, &Index::of(query, found))
}

pub(super) async fn get(Path(id): Path<String>) -> Response {
    let written = clipped(&id);
    match handbook::find(&written) {
        // The address of a page is its full id; a short one leads there.
        Some(page) if page.id != id => Redirect::to(&address(&page.id)).into_response(),
        Some(page) => html(StatusCode::OK, &RulePage::of(page)),
        None => {
            let nearest = handbook::nearest(&written).map(Entry::named);
            html(StatusCode::NOT_FOUND, &NoRule { wrong: written, nearest })
        }
    }
}

/// The address of a page. Colons and slashes may stand in a path; what may not is written as bytes.
pub(super) fn address(id: &str) -> String {
    let mut address = "/rules/".to_owned();
    for byte in id.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b':' | b'/' => {
                address.push(char::from(byte));
            }
            _ => address.push_str(&format!("%{byte:02X}")),
        }
    }
    address
}

fn clipped(text: &str) -> String {
    text.trim().chars().take(QUERY_LETTERS).collect()
}

impl Entry {
    fn named(page: &Page) -> Self {
        Self { href: address(&page.id), name: page.title.clone(), says: page.id.clone() }
    }

    /// With what the page says first.
    fn told(page: &Page) -> Self {
        Self { says: handbook::opening(page), ..Self::named(page) }
    }

    fn counted(shelf: &Shelf, what: &str) -> Self {
        let n = shelf.pages.len();
        let s = if n == 1 { "" } else { "s" };
        Self { says: format!("{n} {what}{s}"), ..Self::named(shelf.head) }
    }
}

impl Index {
    fn of(query: String, found: Option<Found>) -> Self {
        let of_kind = |kind: &'static str| handbook::pages().iter().filter(move |p| p.kind == kind);
        // Provisions stand on the pages of guidelines and documents, test units on those of their cases.
        let elsewhere = ["guideline", "scheme", "document", "provision", "test-unit"];
        let others = handbook::kinds().filter(|(kind, _)| !elsewhere.contains(kind));
        let entry = |p: &Page| match p.kind {
            "fact" | "condition" | "feature" => Entry { says: handbook::opening(p), ..Entry::named(p) },
            _ => Entry { says: String::new(), ..Entry::named(p) },
        };
        Self {
            query,
            found,
            guidelines: handbook::index_by_guideline()
                .iter()
                .map(|s| Entry::counted(s, "provision"))
                .collect(),
            schemes: handbook::index_by_scheme().iter().map(|s| Entry::counted(s, "requirement")).collect(),
            documents: of_kind("document").map(Entry::named).collect(),
            others: others.map(|(kind, name)| (name, of_kind(kind).map(entry).collect())).collect(),
        }
    }
}

impl RulePage {
    fn of(page: &Page) -> Self {
        use assay::rules::Verified;
        let name = handbook::kinds().find(|(kind, _)| *kind == page.kind);
        Self {
            id: page.id.clone(),
            kind: name.map_or(page.kind, |(_, name)| name),
            title: page.title.clone(),
            mark: page.verified.filter(|v| *v != Verified::Primary).map(Verified::sentence),
            sections: sections(page),
            source: page.source.trim_end_matches('.').to_owned(),
            read: page.verified.map(Verified::sentence),
        }
    }
}

#[cfg(test)]
impl super::page::Sampled for Index {
    fn samples() -> Vec<Self> {
        let entry = || Entry { href: "/rules/a".into(), name: "A <b>".into(), says: "So & so.".into() };
        vec![
            Self::of(String::new(), None),
            Self::of("\"><script>".into(), Some(Found { entries: vec![], all: 0 })),
            Self::of("x".into(), Some(Found { entries: vec![entry()], all: 70 })),
        ]
    }
}

#[cfg(test)]
impl super::page::Sampled for RulePage {
    fn samples() -> Vec<Self> {
        ["cop-2018:3", "uk-psti", "sg-cls-1", "5.1-1", "5.1-1-1/a", "AuthMech", "security-txt", "may-sell"]
            .into_iter()
            .filter_map(handbook::find)
            .map(Self::of)
            .collect()
    }
}

#[cfg(test)]
impl super::page::Sampled for NoRule {
    fn samples() -> Vec<Self> {
        let nearest = handbook::find("uk-psti").map(Entry::named);
        vec![Self { wrong: "<script>".into(), nearest: None }, Self { wrong: "uk-pst".into(), nearest }]
    }
}
