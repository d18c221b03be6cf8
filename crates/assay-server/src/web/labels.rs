//! `GET /api/v1/labels/{subject}?scheme=`: a label's signed link as one line of text, by the product's id or by a GTIN. Who
//! has the link can draw the label and verify it without us.
//! `GET /api/v1/labels?scheme=&maker=&after=`: those of all products of a maker, a page at a time, one for each GTIN.

use assay::fold::Product;
use assay::gtin::Gtin14;
use assay::scheme::{self, LabelRule};
use assay::statement::{MakerId, ProductId};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Heavy;
use super::api_error::ApiError;
use super::label_picture::refused;
use crate::reader::{ReadError, Reader};

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

/// What a list is asked for.
#[derive(Deserialize)]
pub(super) struct Listed {
    scheme: String,
    maker: String,
    after: Option<String>,
}

/// About how many labels a page has: each is signed when it is asked for.
const LABELS: usize = 200;

pub(super) async fn list(
    State(reader): State<Reader>,
    State(heavy): State<Heavy>,
    Query(asked): Query<Listed>,
) -> Result<Json<Value>, ApiError> {
    let maker = MakerId::try_from(asked.maker.as_str()).map_err(ApiError::bad_request)?;
    let after = asked.after.as_deref().map(ProductId::try_from).transpose().map_err(ApiError::bad_request)?;
    label_rule(&asked.scheme)?;
    let now = reader.now();
    let carries = |product: &&Product| {
        let label = product.schemes.get(&asked.scheme).is_some_and(|standing| standing.label.is_some());
        product.withdrawn.is_none() && label
    };
    let _turn = heavy.turn().await?;
    let (mut labels, mut left_out) = (Vec::new(), Vec::new());
    let mut last = None;
    for product in now.state.products_of(maker, after).filter(carries) {
        if labels.len() >= LABELS {
            break;
        }
        last = Some(product.id);
        let declared = &product.declaration.product;
        let none = declared.gtins.is_empty().then_some(None);
        for gtin in declared.gtins.iter().copied().map(Some).chain(none) {
            match reader.signed_label_of(&now, &product.id, &asked.scheme, gtin).await {
                Ok(signed) => labels.push(json!({
                    "product": product.id, "name": declared.name, "gtin": gtin, "link": signed.uri(),
                })),
                Err(error @ (ReadError::Store(_) | ReadError::Unproven { .. })) => {
                    return Err(ApiError::unavailable(&error));
                }
                // Suspended, disputed, another's: it carries no label under this number now.
                Err(error) => left_out.push(json!({
                    "product": product.id, "name": declared.name, "gtin": gtin, "why": error.to_string(),
                })),
            }
        }
    }
    let more = last.filter(|last| now.state.products_of(maker, Some(*last)).any(|p| carries(&p)));
    let counts =
        now.state.products_of(maker, None).filter(carries).map(|p| p.declaration.product.gtins.len().max(1));
    let all: usize = counts.sum();
    Ok(Json(json!({
        "schema": "assay-labels-0", "labels": labels, "left_out": left_out, "all": all, "next": more,
    })))
}

/// A scheme that has a label.
pub(super) fn label_rule(scheme: &str) -> Result<&'static LabelRule, ApiError> {
    let rule = scheme::find(scheme).and_then(|scheme| scheme.label.as_ref());
    rule.ok_or_else(|| ApiError::not_found(format!("there is no scheme `{scheme}` that has a label")))
}

/// A product by its id, or the one product of a GTIN: a disputed number has no label.
fn find(reader: &Reader, subject: &str) -> Result<(ProductId, Option<Gtin14>), ApiError> {
    let now = reader.now();
    if let Some(product) = ProductId::parse(subject).and_then(|id| now.state.product(&id)) {
        // Which of its numbers is still its maker's is known to the reader.
        return Ok((product.id, None));
    }
    let gtin = Gtin14::parse(subject).map_err(|_| ApiError::not_found("there is no such product"))?;
    match now.state.by_gtin(gtin).as_slice() {
        [product] => Ok((product.id, Some(gtin))),
        [] => Err(ApiError::not_found(format!("GTIN {gtin} is not registered here"))),
        _ => Err(ApiError::not_found(format!("GTIN {gtin} is disputed: several makers claim it"))),
    }
}
