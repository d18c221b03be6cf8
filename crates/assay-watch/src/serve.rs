//! Small servers for what others fetch: a folder of a log's public files, under the addresses that the register has. What a
//! visitor sends is parsed into the name of a tile and never used as a path.

use std::future::Future;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use assay_listen::Bounds;
use assay_log::TilePath;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

/// An answer begins within this time.
pub(crate) const ANSWER_TIME: Duration = Duration::from_secs(30);

/// A folder of public files (`log/…`, `trust.txt`, `snapshot`) as a web service.
pub fn public_files(folder: PathBuf) -> Router {
    Router::new()
        .route("/log/checkpoint", get(checkpoint))
        .route("/log/{*tile}", get(tile))
        .route("/trust.txt", get(trust))
        .route("/snapshot", get(snapshot))
        .route("/healthz", get(async || "ok\n"))
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, ANSWER_TIME))
        .with_state(Arc::new(folder))
}

async fn checkpoint(State(folder): State<Arc<PathBuf>>) -> Response {
    text(folder.join("log/checkpoint")).await
}

async fn trust(State(folder): State<Arc<PathBuf>>) -> Response {
    text(folder.join("trust.txt")).await
}

async fn snapshot(State(folder): State<Arc<PathBuf>>) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, "no-cache")];
    file(folder.join("snapshot"), headers).await
}

async fn tile(State(folder): State<Arc<PathBuf>>, Path(path): Path<String>) -> Response {
    let Ok(tile) = TilePath::parse(&path) else { return StatusCode::NOT_FOUND.into_response() };
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    file(folder.join("log").join(tile.to_string()), headers).await
}

/// A text that may be replaced at any time.
pub(crate) async fn text(path: PathBuf) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    file(path, headers).await
}

async fn file(path: PathBuf, headers: [(header::HeaderName, &'static str); 2]) -> Response {
    match tokio::fs::read(&path).await {
        Ok(bytes) => (headers, bytes).into_response(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(path = %path.display(), %error, "a public file cannot be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// Serves until `stop` is ready; requests under way have ten seconds more. Handlers are told who asks, and no visitor takes the
/// server from the others.
///
/// # Errors
/// What the system says of the listener.
pub async fn serve_until(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    assay_listen::serve(listener, router, stop, Bounds::ANYBODY).await
}
