//! `GET /api/v1/labels/{subject}?scheme=`: a label's signed link as one line of text, by the product's id or by a GTIN. Who
//! has the link can draw the label and verify it without us.

use assay::gtin::Gtin14;
use assay::statement::ProductId;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::api_error::ApiError;
use super::label_picture::refused;
use crate::reader::Reader;

#[derive(Deserialize)]
pub(super) struct Asked {
    scheme: String,
}

pub(super) async fn get(
    State(reader): State<Reader>,
    Path(subject): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, ApiError> {
    let (product, gtin) = find(&reader, &subject)?;
    let signed = reader.signed_label(&product, &asked.scheme, gtin).await.map_err(refused)?;
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    Ok((headers, format!("{}\n", signed.uri())).into_response())
}

/// A product by its id, or the one product of a GTIN: a disputed number has no label.
fn find(reader: &Reader, subject: &str) -> Result<(ProductId, Option<Gtin14>), ApiError> {
    let now = reader.now();
    if let Some(product) = ProductId::parse(subject).and_then(|id| now.state.product(&id)) {
        return Ok((product.id, product.declaration.product.gtins.first().copied()));
    }
    let gtin = Gtin14::parse(subject).map_err(|_| ApiError::not_found("there is no such product"))?;
    match now.state.by_gtin(gtin).as_slice() {
        [product] => Ok((product.id, Some(gtin))),
        [] => Err(ApiError::not_found(format!("GTIN {gtin} is not registered here"))),
        _ => Err(ApiError::not_found(format!("GTIN {gtin} is disputed: several makers claim it"))),
    }
}
