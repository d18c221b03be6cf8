//! What the API says when it does not do what was asked: one JSON shape, `{"error": {"id", "message"}}`. The message is for
//! whoever calls; paths and system errors stay in the register's log.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// An error of the API.
#[derive(Debug)]
pub(super) struct ApiError {
    pub(super) status: StatusCode,
    pub(super) id: &'static str,
    pub(super) message: String,
}

impl ApiError {
    /// Nothing is there.
    pub(super) fn not_found(message: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, id: "not-found", message: message.into() }
    }

    /// The address or body makes no sense.
    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, id: "bad-request", message: message.into() }
    }

    /// The register could not do it; the reason goes to its log, here and nowhere else.
    pub(super) fn unavailable(error: &dyn std::error::Error) -> Self {
        tracing::error!(%error, "a request could not be answered");
        let message = "the register cannot do this just now; nothing was lost, try again later".into();
        Self { status: StatusCode::SERVICE_UNAVAILABLE, id: "unavailable", message }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.status, Json(json!({"error": {"id": self.id, "message": self.message}}))).into_response()
    }
}
