//! `GET /`: what this register is, a search by name, model, maker or GTIN, and the products declared last. A GTIN that is
//! registered leads straight to its product.

use askama::Template;
use assay::fold::{Product, State as Fold};
use assay::gtin::Gtin14;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::page::html;
use super::words::{Entry, maker_name};
use crate::reader::Reader;

#[derive(Template)]
#[template(path = "home.html")]
pub(super) struct Home {
    query: String,
    found: Option<Found>,
    latest: Vec<Entry>,
    products: usize,
}

struct Found {
    entries: Vec<Entry>,
    /// How many there are in all; only the first are shown.
    all: usize,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    q: Option<String>,
}

/// More would not be read; a visitor narrows the search instead.
const SHOWN: usize = 50;
const LATEST: usize = 10;
/// Nobody searches for a longer text.
const QUERY_LETTERS: usize = 100;

pub(super) async fn get(State(reader): State<Reader>, Query(asked): Query<Asked>) -> Response {
    let (now, today) = (reader.now(), reader.today());
    let state = &now.state;
    let query: String = asked.q.unwrap_or_default().trim().chars().take(QUERY_LETTERS).collect();
    let gtin = Gtin14::parse(&query).ok();
    if let Some(gtin) = gtin.filter(|gtin| !state.by_gtin(*gtin).is_empty()) {
        return Redirect::to(&format!("/01/{gtin}")).into_response();
    }
    let mut matching = if query.is_empty() { Vec::new() } else { search(state, &query) };
    if let (Some(gtin), true) = (gtin, matching.is_empty()) {
        // The page of a number that is not registered says what that means.
        return Redirect::to(&format!("/01/{gtin}")).into_response();
    }
    let all = matching.len();
    matching.truncate(SHOWN);
    let entries: Vec<Entry> = matching.into_iter().map(|p| Entry::of(state, p, today)).collect();
    let found = (!query.is_empty()).then_some(Found { entries, all });
    let mut latest: Vec<&Product> = state.products().collect();
    let products = latest.len();
    latest.sort_by_key(|p| std::cmp::Reverse(p.declared_at));
    let latest = latest.into_iter().take(LATEST).map(|p| Entry::of(state, p, today)).collect();
    html(StatusCode::OK, &Home { query, found, latest, products })
}

/// Products that have every word of the query in name, model or maker, whatever the case; by name.
fn search<'a>(state: &'a Fold, query: &str) -> Vec<&'a Product> {
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    let mut found: Vec<(String, &Product)> = state
        .products()
        .filter_map(|product| {
            let declared = &product.declaration.product;
            let text = format!("{}\n{}\n{}", declared.name, declared.model, maker_name(state, product))
                .to_lowercase();
            words.iter().all(|word| text.contains(word)).then_some((text, product))
        })
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found.into_iter().map(|(_, product)| product).collect()
}

#[cfg(test)]
impl super::page::Sampled for Home {
    fn samples() -> Vec<Self> {
        let entry = || Entry {
            id: "p0123456789abcdef".into(),
            name: "Camera <b>".into(),
            model: "HC-2".into(),
            maker: "Maker & Sons".into(),
            status: "Shield with a tick. Security updates until at least 31 May 2030".into(),
        };
        let home = |query: &str, found, latest| Self { query: query.into(), found, latest, products: 1 };
        vec![
            home("", None, vec![]),
            home("", None, vec![entry()]),
            home("\"><script>", Some(Found { entries: vec![], all: 0 }), vec![entry()]),
            home("cam", Some(Found { entries: vec![entry(), entry()], all: 60 }), vec![entry()]),
        ]
    }
}
