//! `GET /api/v1/entries/{index}`: the bytes of one entry of the log, as they were signed. An entry never changes, so it may
//! be cached for ever.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::api_error::ApiError;
use crate::reader::Reader;

pub(super) async fn get(
    State(reader): State<Reader>,
    Path(index): Path<String>,
) -> Result<Response, ApiError> {
    let index = index_of(&index)?;
    let entry = reader.entry(index).await.map_err(|e| ApiError::unavailable(&e))?;
    let entry = entry.ok_or_else(|| beyond(index, reader.now().size))?;
    let headers = [
        (header::CONTENT_TYPE, "application/cose".to_owned()),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"entry-{index}.cose\"")),
    ];
    Ok((headers, entry).into_response())
}

/// An index in its one spelling.
pub(super) fn index_of(text: &str) -> Result<u64, ApiError> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text.len() == 1 || !text.starts_with('0'));
    let index = if plain { text.parse().ok() } else { None };
    index.ok_or_else(|| ApiError::bad_request("an index is a number without leading zeros, counted from 0"))
}

/// The log is not that long.
pub(super) fn beyond(index: u64, size: u64) -> ApiError {
    ApiError::not_found(format!("there is no entry {index}: the log has {size}, counted from 0"))
}
