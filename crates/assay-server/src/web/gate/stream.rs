//! The verdict file of the form, sent while it is made.

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::Job;
use crate::web::leaving::{Leaving, hand_over};

/// The verdict file of a job that was judged without a fault before.
pub(super) fn csv(job: Job) -> Response {
    let (mut blocks, receiver) = hand_over();
    // A thread that ends in a panic hands over no end: the answer is then broken off.
    drop(tokio::task::spawn_blocking(move || {
        let ended = job.run(&mut blocks);
        blocks.end(ended);
    }));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"verdicts.csv\""),
    ];
    (headers, Body::new(Leaving::new(None, receiver))).into_response()
}
