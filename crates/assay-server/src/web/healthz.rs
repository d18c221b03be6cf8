//! `GET /healthz`: whether the register takes statements, for whoever watches over it. 503 when the sequencer has stopped.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde_json::json;

use crate::reader::Reader;

pub(super) async fn get(State(reader): State<Reader>) -> impl IntoResponse {
    let size = reader.now().size;
    if reader.is_live() {
        (StatusCode::OK, Json(json!({"status": "ok", "log_size": size})))
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, Json(json!({"status": "stopped", "log_size": size})))
    }
}
