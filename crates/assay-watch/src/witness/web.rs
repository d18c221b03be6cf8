//! The witness's addresses: `POST /add-checkpoint` for logs, `GET /HASH/checkpoint` for monitors.

use std::net::SocketAddr;
use std::sync::Arc;

use assay_log::witness::{Answer, MAX_REQUEST_BYTES};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use super::Witness;
use crate::serve::{ANSWER_TIME, text};

/// How many requests are judged at once; others wait.
const AT_ONCE: usize = 8;

#[derive(Clone)]
struct Web {
    witness: Witness,
    room: Arc<Semaphore>,
}

impl Witness {
    /// The witness as a web service. It must be served with the visitors' addresses, as [`crate::serve_until`] does.
    pub fn router(self) -> Router {
        Router::new()
            .route("/add-checkpoint", post(add_checkpoint))
            .route("/{hash}/checkpoint", get(checkpoint))
            .route("/", get(about))
            .route("/healthz", get(async || "ok\n"))
            .layer(DefaultBodyLimit::max(MAX_REQUEST_BYTES))
            .layer(CatchPanicLayer::new())
            .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, ANSWER_TIME))
            .with_state(Web { witness: self, room: Arc::new(Semaphore::new(AT_ONCE)) })
    }
}

async fn add_checkpoint(
    State(web): State<Web>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    body: Bytes,
) -> Response {
    let now = (web.witness.0.now)();
    if !web.witness.0.rate.takes(from.ip(), now) {
        let headers = [(header::RETRY_AFTER, "60")];
        return (StatusCode::TOO_MANY_REQUESTS, headers, "too many requests: wait a minute\n")
            .into_response();
    }
    let Ok(_room) = web.room.acquire_owned().await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let witness = web.witness;
    match tokio::task::spawn_blocking(move || witness.add_checkpoint(&body)).await {
        Ok(Ok(Answer { status, content_type, body })) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, [(header::CONTENT_TYPE, content_type)], body).into_response()
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "the witness cannot keep its state: nothing is cosigned");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn checkpoint(State(web): State<Web>, Path(hash): Path<String>) -> Response {
    match web.witness.published(&hash) {
        Some(path) => text(path).await,
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn about(State(web): State<Web>) -> String {
    let keys = web.witness.0.cosigners.iter().map(|cosigner| format!("key {}\n", cosigner.key()));
    let logs = web.witness.logs().map(|origin| format!("log {origin}\n"));
    keys.chain(logs).collect()
}
