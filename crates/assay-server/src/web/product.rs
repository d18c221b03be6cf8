//! `GET /p/{id}`: the page of a product. The same page answers for `/01/{gtin}`; how it is put together is in `view`.

pub(super) mod checked_label;
pub(super) mod data;
pub(super) mod view;

use assay::statement::ProductId;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;

use self::checked_label::CheckedLabel;
use self::view::ProductPage;
use super::page::{html, message};
use crate::reader::Reader;

pub(super) async fn get(
    State(reader): State<Reader>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let now = reader.now();
    let Some(product) = ProductId::parse(&id).and_then(|id| now.state.product(&id)) else { return unknown() };
    let label = CheckedLabel::of_query(&reader, &now, &format!("p/{id}"), query.as_deref());
    html(StatusCode::OK, &ProductPage::of(&reader, &now, product, label).await)
}

/// No such product.
pub(super) fn unknown() -> Response {
    message(
        StatusCode::NOT_FOUND,
        "There is no such product in this register",
        &[
            "Nobody has declared a product under this address. A product that was declared once stays here for ever, also after its maker withdrew it: so either the address is not right, or it belongs to another register.",
            "You can search for the product on the start page.",
        ],
    )
}
