//! `GET /api/v1/labels/{subject}?scheme=`: a label's signed link as one line of text, by the product's id or by a GTIN. Who
//! has the link can draw the label and verify it without us.
//! `GET /api/v1/labels?scheme=&maker=&after=`: those of all products of a maker, a page at a time, one for each GTIN.

use assay::fold::Product;
use assay::gtin::Gtin14;
use assay::statement::{MakerId, ProductId};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

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

/// Most labels of a page: each is signed when it is asked for.
const MOST_LABELS: usize = 200;

/// How many products are looked at for one page: those of other makers cost time too.
const MOST_PRODUCTS: usize = 100_000;

pub(super) async fn list(
    State(reader): State<Reader>,
    Query(asked): Query<Listed>,
) -> Result<Json<Value>, ApiError> {
    let maker = MakerId::try_from(asked.maker.as_str()).map_err(ApiError::bad_request)?;
    let after = asked
        .after
        .as_deref()
        .map(|id| ProductId::parse(id).ok_or_else(|| ApiError::bad_request("`after` is no product's id")));
    let after = after.transpose()?;
    let now = reader.now();
    let carries = |product: &&Product| {
        let label = product.schemes.get(&asked.scheme).is_some_and(|standing| standing.label.is_some());
        product.declaration.maker == maker && product.withdrawn.is_none() && label
    };
    let mut labels = Vec::new();
    let mut next = None;
    for (looked_at, product) in now.state.products_after(after).enumerate() {
        if labels.len() >= MOST_LABELS || looked_at >= MOST_PRODUCTS {
            break;
        }
        next = Some(product.id);
        if !carries(&product) {
            continue;
        }
        let gtins: Vec<Option<Gtin14>> = match product.declaration.product.gtins.as_slice() {
            [] => vec![None],
            gtins => gtins.iter().copied().map(Some).collect(),
        };
        for gtin in gtins {
            match reader.signed_label(&product.id, &asked.scheme, gtin).await {
                Ok(signed) => labels.push(json!({
                    "product": product.id, "name": product.declaration.product.name, "gtin": gtin, "link": signed.uri(),
                })),
                // Suspended, disputed, another's: it carries no label under this number now.
                Err(ReadError::Suspended { .. } | ReadError::Disputed(_) | ReadError::NotTheirs { .. } | ReadError::Label(_)) => {}
                Err(error) => return Err(ApiError::unavailable(&error)),
            }
        }
    }
    let more = next.filter(|last| now.state.products_after(Some(*last)).next().is_some());
    let all =
        now.state.products().filter(carries).map(|p| p.declaration.product.gtins.len().max(1)).sum::<usize>();
    Ok(Json(json!({ "schema": "assay-labels-0", "labels": labels, "all": all, "next": more })))
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
