//! `GET /01/{gtin}`: where the QR code of a label and any GS1 Digital Link lead. One product answers with its page, several
//! with a page that says that the number is disputed, none with a page that says what that means.

use askama::Template;
use assay::gtin::{Gtin14, GtinError};
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::page::{html, message};
use super::product::checked_label::CheckedLabel;
use super::product::view::ProductPage;
use super::words::Entry;
use crate::reader::Reader;

/// More than one maker claims the number.
#[derive(Template)]
#[template(path = "disputed.html")]
pub(super) struct Disputed {
    gtin: String,
    scanned: Option<CheckedLabel>,
    claimants: Vec<Entry>,
}

/// Nobody registered the number.
#[derive(Template)]
#[template(path = "unregistered.html")]
pub(super) struct Unregistered {
    gtin: String,
    scanned: Option<CheckedLabel>,
}

pub(super) async fn get(
    State(reader): State<Reader>,
    Path(text): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let gtin = match parse(&text) {
        Ok(gtin) => gtin,
        Err(error) => return not_a_gtin(error),
    };
    let now = reader.now();
    let scanned = CheckedLabel::of_query(&reader, &now, &format!("01/{gtin}"), query.as_deref());
    match now.state.by_gtin(gtin).as_slice() {
        [] => html(StatusCode::NOT_FOUND, &Unregistered { gtin: gtin.to_string(), scanned }),
        [product] => html(StatusCode::OK, &ProductPage::of(&reader, &now, product, scanned).await),
        several => {
            let claimants = several.iter().map(|p| Entry::of(&now.state, p, reader.today())).collect();
            html(StatusCode::OK, &Disputed { gtin: gtin.to_string(), scanned, claimants })
        }
    }
}

/// An address has digits only; spaces and hyphens are for people.
fn parse(text: &str) -> Result<Gtin14, GtinError> {
    match text.bytes().position(|b| !b.is_ascii_digit()) {
        Some(at) => Err(GtinError::NotDigits(at + 1)),
        None => Gtin14::parse(text),
    }
}

fn not_a_gtin(error: GtinError) -> Response {
    let what = format!("What is wrong: {error}.");
    message(
        StatusCode::NOT_FOUND,
        "This is not the number of a product",
        &[
            "The number under a barcode (GTIN) has 8, 12, 13 or 14 digits, and the last one follows from the others.",
            &what,
            "Compare the number with the one on the pack, or search by name on the start page.",
        ],
    )
}

#[cfg(test)]
impl super::page::Sampled for Disputed {
    fn samples() -> Vec<Self> {
        let entry = |name: &str| Entry {
            id: "p0123456789abcdef".into(),
            name: name.into(),
            model: "HC-2".into(),
            maker: "Maker & Sons".into(),
            status: "No label. No security updates promised".into(),
        };
        let scanned = CheckedLabel { kind: "refused", heading: "Not ours", says: "It is not.".into() };
        vec![Self {
            gtin: "04006381333931".into(),
            scanned: Some(scanned),
            claimants: vec![entry("A"), entry("<B>")],
        }]
    }
}

#[cfg(test)]
impl super::page::Sampled for Unregistered {
    fn samples() -> Vec<Self> {
        vec![Self { gtin: "04006381333931".into(), scanned: None }]
    }
}
