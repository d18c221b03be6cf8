//! `GET /snapshot`: the shop's file over the published log, signed, to be used offline; with `since`, what changed since one that was
//! given out, where that is still known, else the whole.

use assay::snapshot::SnapshotError;
use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use tokio::sync::OwnedSemaphorePermit;

use super::Heavy;
use super::api_error::ApiError;
use crate::reader::Reader;

/// What is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// The digest of the body of the snapshot that one has.
    since: Option<String>,
}

pub(super) async fn get(
    State(reader): State<Reader>,
    State(heavy): State<Heavy>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, ApiError> {
    let wrong = || {
        ApiError::bad_request(
            "`since`, all that can be asked for, is the body_sha256 of the snapshot that you have: 64 hexadecimal digits",
        )
    };
    let Query(Asked { since }) = asked.map_err(|_| wrong())?;
    if since.as_ref().is_some_and(|since| !assay::text::is_digest(since)) {
        return Err(wrong());
    }
    let work = move || match since.map(|since| reader.changes(&since)).transpose()? {
        Some(Some(delta)) => Ok(("assay.delta", Bytes::from_owner(delta))),
        _ => reader.snapshot().map(|bytes| ("assay.snap", Bytes::from_owner(bytes))),
    };
    let (name, bytes) = heavy.run(work).await?.map_err(|e: SnapshotError| ApiError::unavailable(&e))?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, bytes).into_response())
}

impl Heavy {
    /// Waits for a turn, for work that goes to the database between its steps; it lasts until it is dropped.
    pub(super) async fn turn(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        let closed = |_| ApiError::unavailable(&std::io::Error::other("the register is closing"));
        self.0.clone().acquire_owned().await.map_err(closed)
    }

    /// Does work that takes a core for a while, a few at a time, where no other request waits for it.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let failed = || ApiError {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            id: "failed",
            message: "something went wrong here; it is our fault, try again later".into(),
        };
        let permit = self.0.clone().acquire_owned().await.map_err(|_| failed())?;
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        });
        done.await.map_err(|error| {
            tracing::error!(%error, "work for a request ended in a panic");
            failed()
        })
    }
}
