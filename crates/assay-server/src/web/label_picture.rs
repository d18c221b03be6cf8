//! `GET /p/{id}/label.svg` and `GET /p/{id}/label.png`: the label a product carries under a scheme (`?scheme=`), for one of
//! its GTINs (`&gtin=`; the first where none is named), drawn from the logged statement.

use assay::gtin::Gtin14;
use assay::label::SignedLabel;
use assay::statement::ProductId;
use assay_label::{self as label, PictureError};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::Heavy;
use super::api_error::ApiError;
use crate::reader::{ReadError, Reader};

#[derive(Deserialize)]
pub(super) struct Asked {
    scheme: String,
    gtin: Option<String>,
    width: Option<u32>,
}

/// What is drawn where nobody asks for another width, and the most that is drawn on request: print uses the SVG.
const WIDTH: u32 = 600;
const MAX_WIDTH: u32 = 2000;

pub(super) async fn svg(
    State(reader): State<Reader>,
    State(heavy): State<Heavy>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, ApiError> {
    let signed = signed(&reader, &id, &asked).await?;
    let drawn = heavy.run(move || label::svg(&signed)).await?;
    Ok((headers("image/svg+xml", &id, "svg"), drawn).into_response())
}

pub(super) async fn png(
    State(reader): State<Reader>,
    State(heavy): State<Heavy>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, ApiError> {
    let width = asked.width.unwrap_or(WIDTH);
    if !(label::MIN_WIDTH..=MAX_WIDTH).contains(&width) {
        let most = format!(
            "a label is drawn {} to {MAX_WIDTH} pixels wide here; for more take the SVG",
            label::MIN_WIDTH
        );
        return Err(ApiError::bad_request(most));
    }
    let signed = signed(&reader, &id, &asked).await?;
    let drawn = heavy.run(move || label::png(&signed, width)).await?.map_err(|e| refusal(&e))?;
    Ok((headers("image/png", &id, "png"), drawn).into_response())
}

async fn signed(reader: &Reader, id: &str, asked: &Asked) -> Result<SignedLabel, ApiError> {
    let product = ProductId::parse(id).ok_or_else(|| ApiError::not_found("there is no such product"))?;
    let gtin = asked.gtin.as_deref().map(Gtin14::parse).transpose();
    let gtin = gtin.map_err(|e| ApiError::bad_request(format!("the gtin is none: {e}")))?;
    reader.signed_label(&product, &asked.scheme, gtin).await.map_err(refused)
}

/// Why a product has no label now.
pub(super) fn refused(error: ReadError) -> ApiError {
    match error {
        ReadError::ProductUnknown(_)
        | ReadError::NoLabel { .. }
        | ReadError::Disputed(_)
        | ReadError::NotTheirs { .. } => ApiError::not_found(error.to_string()),
        ReadError::Withdrawn(_) => {
            ApiError { status: StatusCode::GONE, id: "withdrawn", message: error.to_string() }
        }
        ReadError::Suspended { .. } => {
            ApiError { status: StatusCode::CONFLICT, id: "label-suspended", message: error.to_string() }
        }
        ReadError::Label(error) => refusal(&error.into()),
        other => ApiError::unavailable(&other),
    }
}

/// A label that its own rules refuse.
fn refusal(error: &PictureError) -> ApiError {
    ApiError { status: StatusCode::UNPROCESSABLE_ENTITY, id: "no-such-label", message: error.to_string() }
}

/// A picture may be kept for a while; the page beside it always says what holds now.
fn headers(kind: &str, id: &str, extension: &str) -> [(HeaderName, String); 3] {
    [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CACHE_CONTROL, "public, max-age=300".to_owned()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"label-{id}.{extension}\"")),
    ]
}
