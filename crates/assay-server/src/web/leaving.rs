//! Verdicts as they are made, for the form and for programs: a thread judges and hands over blocks, the answer's body takes them, and neither holds more than a
//! few. An answer that was begun ends whole, with the summary behind it, or is broken off so that whoever reads it sees that.

use std::fmt::Display;
use std::io::{self, Write};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use assay_gate::Summary;
use axum::body::{Bytes, HttpBody};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use http_body::Frame;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

/// The field behind the answer: the document `assay-gate-0`.
pub(super) const SUMMARY: HeaderName = HeaderName::from_static("assay-summary");
/// Sent at once, or more.
const BLOCK: usize = 64 * 1024;
/// Blocks that wait for the visitor.
const BLOCKS: usize = 4;
/// For how long a visitor may not read.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the thread hands over: blocks, and then how it ended.
pub(super) enum Item<E> {
    Block(Bytes),
    Done(Box<Summary>),
    Failed(E),
}

/// Both ends of a hand-over.
pub(super) fn hand_over<E>() -> (Blocks<E>, mpsc::Receiver<Item<E>>) {
    let (sender, receiver) = mpsc::channel(BLOCKS);
    (Blocks { sender, handle: Handle::current(), block: Vec::new() }, receiver)
}

/// Collects what is written into blocks and hands them over.
pub(super) struct Blocks<E> {
    sender: mpsc::Sender<Item<E>>,
    handle: Handle,
    block: Vec<u8>,
}

impl<E> Blocks<E> {
    /// Says how it ended.
    pub(super) fn end(self, ended: Result<Summary, E>) {
        let item = match ended {
            Ok(summary) => Item::Done(Box::new(summary)),
            Err(failed) => Item::Failed(failed),
        };
        // Whoever went away need not know.
        let _ = self.hand(item);
    }

    fn hand(&self, item: Item<E>) -> io::Result<()> {
        match self.handle.block_on(async { tokio::time::timeout(PATIENCE, self.sender.send(item)).await }) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    fn send(&mut self) -> io::Result<()> {
        if self.block.is_empty() {
            return Ok(());
        }
        let block = Bytes::from(std::mem::take(&mut self.block));
        self.hand(Item::Block(block))
    }
}

impl<E> Write for Blocks<E> {
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

/// The body of an answer.
pub(super) struct Leaving<E> {
    first: Option<Bytes>,
    receiver: mpsc::Receiver<Item<E>>,
    ended: bool,
}

impl<E> Leaving<E> {
    /// What is handed over, behind a block that was taken already, if one was.
    pub(super) fn new(first: Option<Bytes>, receiver: mpsc::Receiver<Item<E>>) -> Self {
        Self { first, receiver, ended: false }
    }
}

impl<E: Display + Unpin> HttpBody for Leaving<E> {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        if self.ended {
            return Poll::Ready(None);
        }
        let item = ready!(self.receiver.poll_recv(context));
        if let Some(Item::Block(block)) = item {
            return Poll::Ready(Some(Ok(Frame::data(block))));
        }
        self.ended = true;
        Poll::Ready(Some(match item {
            Some(Item::Done(summary)) => trailers(&summary),
            Some(Item::Failed(failed)) => {
                tracing::debug!(why = %failed, "an answer of verdicts was broken off");
                Err(io::Error::other("the catalogue could not be judged to its end"))
            }
            _ => Err(io::Error::other("judging ended in a panic")),
        }))
    }
}

fn trailers(summary: &Summary) -> io::Result<Frame<Bytes>> {
    let summary = serde_json::to_string(summary)?;
    let summary = HeaderValue::try_from(summary).map_err(io::Error::other)?;
    Ok(Frame::trailers(HeaderMap::from_iter([(SUMMARY, summary)])))
}
