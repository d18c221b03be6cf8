//! `POST /api/v1/lookups`: numbers, one a line or as a JSON array of strings, are answered in one document with an answer for
//! each in their order.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use assay_gate::LookupsError;

use super::asked::Asked;
use super::laid_out;
use crate::reader::Reader;
use crate::web::Heavy;
use crate::web::api_error::ApiError;

/// Most numbers of a request.
const MOST: usize = 10_000;
/// Most bytes of a request: a hundred a number.
pub(in crate::web) const BYTES: usize = 1 << 20;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Answers with the document `assay-lookups-0`. JSON is told from lines by its first byte.
pub(in crate::web) async fn post(
    State(reader): State<Reader>,
    State(heavy): State<Heavy>,
    uri: Uri,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(format!("a request has at most {BYTES} bytes")),
        _ => ApiError::bad_request("the numbers did not arrive whole: send them again"),
    })?;
    let asked = Asked::of(&uri, &["scheme", "on"])?;
    let lookups = laid_out(&reader, &heavy, &asked).await?;
    let is_json = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    let answered = if is_json { lookups.json(&body, MOST) } else { lookups.lines(&body, MOST) };
    match answered {
        Ok(document) => Ok(([(header::CONTENT_TYPE, JSON)], Bytes::from(document)).into_response()),
        Err(error @ LookupsError::TooMany { .. }) => Err(too_large(error.to_string())),
        Err(error @ LookupsError::Json { .. }) => Err(ApiError::bad_request(error.to_string())),
    }
}

fn too_large(message: String) -> ApiError {
    ApiError { status: StatusCode::PAYLOAD_TOO_LARGE, id: "too-large", message }
}
