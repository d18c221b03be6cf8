//! `GET /trust.txt`: the keys that verify what this register signs, as a text to be copied once and kept.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

use crate::reader::Reader;

pub(super) async fn get(State(reader): State<Reader>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], reader.trust.to_string())
}
