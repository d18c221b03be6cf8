//! Verdicts as they are made: a thread judges, the answer's body takes what it has, and neither holds more than a few
//! blocks. A visitor who goes away or stops reading ends the thread.

use std::io::{self, Write};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use super::Job;

/// Sent at once.
const BLOCK: usize = 64 * 1024;
/// For how long a visitor may not read.
const PATIENCE: Duration = Duration::from_secs(30);

/// The verdict file of a job that was judged without a fault before.
pub(super) fn csv(job: Job) -> Response {
    let (sender, receiver) = mpsc::channel::<io::Result<Bytes>>(4);
    let (handle, failed) = (Handle::current(), sender.clone());
    tokio::task::spawn_blocking(move || {
        let blocks = Blocks { sender, handle: handle.clone(), block: Vec::new() };
        let judged = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| write(&job, blocks)));
        let written = judged.unwrap_or_else(|_| Err(io::Error::other("judging ended in a panic")));
        if let Err(error) = written {
            // The connection is then cut, so that a part does not pass for the whole.
            let _ = handle.block_on(tokio::time::timeout(PATIENCE, failed.send(Err(error))));
        }
    });
    let body =
        stream::unfold(receiver, |mut receiver| async { receiver.recv().await.map(|item| (item, receiver)) });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"verdicts.csv\""),
    ];
    (headers, Body::from_stream(body)).into_response()
}

fn write(job: &Job, to: Blocks) -> io::Result<()> {
    job.run(to).map(drop).map_err(io::Error::other)
}

/// Collects what is written into blocks and hands them to the answer.
struct Blocks {
    sender: mpsc::Sender<io::Result<Bytes>>,
    handle: Handle,
    block: Vec<u8>,
}

impl Blocks {
    fn send(&mut self) -> io::Result<()> {
        let block = Bytes::from(std::mem::take(&mut self.block));
        if block.is_empty() {
            return Ok(());
        }
        match self.handle.block_on(tokio::time::timeout(PATIENCE, self.sender.send(Ok(block)))) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}

impl Write for Blocks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.block.extend_from_slice(bytes);
        if self.block.len() >= BLOCK {
            self.send()?;
        }
        Ok(bytes.len())
    }

    /// The gate flushes when it is done; what is left goes out then.
    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
}
