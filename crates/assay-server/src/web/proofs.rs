//! `GET /api/v1/proofs/{index}`: the proof that one entry is in the log, under the published checkpoint (C2SP
//! `tlog-proof`): with the entry and `trust.txt` it can be verified without us.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::api_error::ApiError;
use super::entries::{beyond, index_of};
use crate::reader::Reader;

pub(super) async fn get(
    State(reader): State<Reader>,
    Path(index): Path<String>,
) -> Result<Response, ApiError> {
    let index = index_of(&index)?;
    let now = reader.now();
    if index >= now.size {
        return Err(beyond(index, now.size));
    }
    let proof = now.proof(index).map_err(|e| ApiError::unavailable(&e))?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"entry-{index}.tlog-proof\"")),
    ];
    Ok((headers, proof.to_string()).into_response())
}
