//! `GET /style.css`: the one stylesheet, written by hand, with no font or picture from elsewhere.

use axum::http::header;
use axum::response::IntoResponse;

pub(super) async fn get() -> impl IntoResponse {
    let headers =
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=3600")];
    (headers, include_str!("../../templates/style.css"))
}
