//! `GET /house.toml`: the words and colours that this register's labels are drawn with, to be kept beside its keys; nothing is
//! there where they are the bundled ones.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

use super::api_error::ApiError;
use crate::reader::Reader;

pub(super) async fn get(State(reader): State<Reader>) -> Result<impl IntoResponse, ApiError> {
    let none = || ApiError::not_found("labels of this register have the bundled words and colours");
    let house = reader.house.ok_or_else(none)?;
    Ok(([(header::CONTENT_TYPE, "application/toml; charset=utf-8")], house.text()))
}
