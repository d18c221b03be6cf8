//! `GET /snapshot`: the shop's file over the published log, signed, to be used offline.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use tokio::sync::OwnedSemaphorePermit;

use super::Heavy;
use super::api_error::ApiError;
use crate::reader::Reader;

pub(super) async fn get(
    State(reader): State<Reader>,
    State(heavy): State<Heavy>,
) -> Result<Response, ApiError> {
    let bytes = heavy.run(move || reader.snapshot()).await?.map_err(|e| ApiError::unavailable(&e))?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"assay.snap\""),
    ];
    Ok((headers, Bytes::from_owner(bytes)).into_response())
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
