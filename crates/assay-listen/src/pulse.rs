//! What a connection says of itself while it goes, and when it was waited for too long. The connection's side costs a store
//! in memory here and there; [`Patience`] looks at it now and then, and counts how often it saw the visitor being waited for.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::{ANSWER_STEP, BODY_STEP, Bounds};

/// One connection.
#[derive(Default)]
pub(crate) struct Pulse {
    /// How many requests came, and how many of them are answered but for what still has to be written.
    asked: AtomicU64,
    answered: AtomicU64,
    /// Whether a byte came since the last answer.
    heard: AtomicBool,
    body: Flow,
    answer: Flow,
}

/// Bytes that the visitor sends or reads.
#[derive(Default)]
struct Flow {
    waits: AtomicBool,
    moved: AtomicU64,
}

impl Flow {
    fn note(&self, moved: Option<usize>) {
        self.waits.store(moved.is_none(), Relaxed);
        if let Some(moved) = moved {
            self.moved.fetch_add(moved as u64, Relaxed);
        }
    }
}

impl Pulse {
    /// A request is there; it is under way until what comes back is dropped.
    pub(crate) fn asked(self: &Arc<Self>) -> UnderWay {
        self.asked.fetch_add(1, Relaxed);
        UnderWay(self.clone())
    }
}

/// A request, until its answer is made.
pub(crate) struct UnderWay(Arc<Pulse>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.heard.store(false, Relaxed);
        self.0.body.waits.store(false, Relaxed);
        self.0.answered.fetch_add(1, Relaxed);
    }
}

/// How often a visitor was seen being waited for, without a step forward between.
#[derive(Default)]
pub(crate) struct Patience {
    asked: u64,
    idle: u32,
    head: u32,
    body: Waited,
    answer: Waited,
}

#[derive(Default)]
struct Waited {
    looks: u32,
    /// What had been moved when the count began.
    from: u64,
}

impl Waited {
    fn look(&mut self, flow: &Flow, step: u64) -> u32 {
        let moved = flow.moved.load(Relaxed);
        if moved - self.from >= step {
            *self = Self { looks: 0, from: moved };
        }
        self.looks += u32::from(flow.waits.load(Relaxed));
        self.looks
    }
}

impl Patience {
    /// One look, to be taken each [`Bounds::look`]: what the visitor was waited for too long, if it was.
    pub(crate) fn ends(&mut self, pulse: &Pulse, bounds: &Bounds) -> Option<&'static str> {
        let look = bounds.look();
        // The first look that sees a wait may come right after it began.
        let over = |looks: u32, most: Duration| looks > 0 && look * (looks - 1) >= most;
        let (asked, answered) = (pulse.asked.load(Relaxed), pulse.answered.load(Relaxed));
        let body = self.body.look(&pulse.body, BODY_STEP);
        let answer = self.answer.look(&pulse.answer, ANSWER_STEP);
        if over(answer, bounds.answer) {
            return Some("to read an answer");
        }
        if asked != self.asked {
            (self.asked, self.idle, self.head) = (asked, 0, 0);
            self.body = Waited { looks: 0, from: pulse.body.moved.load(Relaxed) };
            return None;
        }
        if asked != answered {
            return over(body, bounds.body).then_some("to send a request's body");
        }
        if pulse.answer.waits.load(Relaxed) {
            return None;
        }
        if pulse.heard.load(Relaxed) {
            self.head += 1;
        } else {
            self.idle += 1;
        }
        if over(self.head, bounds.head) {
            return Some("to send a request's head");
        }
        over(self.idle, bounds.idle).then_some("to ask for anything")
    }
}

/// The connection's bytes.
pub(crate) struct Wire<S> {
    stream: S,
    pulse: Arc<Pulse>,
}

impl<S> Wire<S> {
    pub(crate) fn new(stream: S, pulse: Arc<Pulse>) -> Self {
        Self { stream, pulse }
    }

    fn wrote(&self, polled: &Poll<io::Result<usize>>) {
        match polled {
            Poll::Pending => self.pulse.answer.note(None),
            Poll::Ready(Ok(count)) => self.pulse.answer.note(Some(*count)),
            Poll::Ready(Err(_)) => {}
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, into);
        if into.filled().len() > before {
            self.pulse.heard.store(true, Relaxed);
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wrote(&polled);
        polled
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.wrote(&polled);
        polled
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// The body of a request while it comes.
pub(crate) struct Arriving {
    body: Incoming,
    pulse: Arc<Pulse>,
}

impl Arriving {
    pub(crate) fn new(body: Incoming, pulse: Arc<Pulse>) -> Self {
        Self { body, pulse }
    }
}

impl Body for Arriving {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        self.pulse.body.note(match &polled {
            Poll::Pending => None,
            Poll::Ready(Some(Ok(frame))) => Some(frame.data_ref().map_or(0, Bytes::len)),
            Poll::Ready(_) => Some(0),
        });
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body of an answer; its request is under way until it is dropped.
pub(crate) struct Answer {
    body: axum::body::Body,
    _asked: UnderWay,
}

impl Answer {
    pub(crate) fn new(body: axum::body::Body, asked: UnderWay) -> Self {
        Self { body, _asked: asked }
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
