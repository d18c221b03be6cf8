//! The only code that takes connections: HTTP/1.1 for a router, within bounds. A visitor who sends slowly, reads slowly, or
//! opens connections and says nothing, does not take the server from the others, nor hold up its end; who sends or reads as
//! fast as a bad line allows is left alone, however long it takes.
//!
//! Every connection has a pulse (`pulse`), which the connection writes as it goes (a flag, a count; no clock is read and no
//! timer set for a request), and a watch beside it that looks at the pulse once a second and lets go whoever was waited for
//! too long. What a handler may take is not bounded here: routers have a layer for that.

mod pulse;
mod visitors;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Interval, MissedTickBehavior};
use tower::ServiceExt as _;

use pulse::{Answer, Arriving, Patience, Pulse, Wire};
use visitors::Visitors;

pub use visitors::customer;

/// How much of a server a visitor may have, and for how long it is waited for.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// In which the head of a request has to be there once its first byte is.
    pub head: Duration,
    /// After which a connection on which nothing is asked is closed: longer than a proxy keeps its own open, so that none
    /// sends a request into a connection that is just being closed.
    pub idle: Duration,
    /// For how long the visitor is waited for in all, for each [`BODY_STEP`] bytes of what it sends.
    pub body: Duration,
    /// For how long the visitor is waited for in all, for each [`ANSWER_STEP`] bytes of what it reads.
    pub answer: Duration,
    /// How many connections are open at once; further ones wait.
    pub connections: usize,
    /// How many of them one visitor has; then handlers are told who asks (`ConnectInfo`), too. None where a proxy stands
    /// before the server: all visitors have one address there.
    pub of_one: Option<usize>,
}

/// Of a request's body, in bytes.
pub const BODY_STEP: u64 = 16 * 1024;
/// Of an answer, in bytes.
pub const ANSWER_STEP: u64 = 64 * 1024;
/// The longest head of a request, in bytes.
const MOST_HEAD: usize = 16 * 1024;
/// For how long requests under way may go on after the word to stop,
const DRAIN: Duration = Duration::from_secs(10);
/// and for how long a visitor is then still waited for at a time.
const LAST_WAIT: Duration = Duration::from_secs(2);

impl Bounds {
    /// For a server that anybody reaches without a proxy before it.
    pub const ANYBODY: Self = Self {
        head: Duration::from_secs(10),
        idle: Duration::from_secs(75),
        body: Duration::from_secs(20),
        answer: Duration::from_secs(60),
        connections: 1_024,
        of_one: Some(256),
    };

    /// The bounds after the word to stop.
    fn last(self) -> Self {
        let last = |wait: Duration| wait.min(LAST_WAIT);
        Self {
            head: last(self.head),
            idle: Duration::ZERO,
            body: last(self.body),
            answer: last(self.answer),
            ..self
        }
    }

    /// How often a connection is looked at.
    fn look(&self) -> Duration {
        (self.head / 8).clamp(Duration::from_millis(20), Duration::from_secs(1))
    }
}

/// Serves until `stop` is ready. Then nobody else is let in, who asked for nothing is let go, and requests under way have ten
/// seconds more, as long as the visitor does its part.
///
/// # Errors
/// What the system says of the listener.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send,
    bounds: Bounds,
) -> io::Result<()> {
    let (room, visitors) = (Arc::new(Semaphore::new(bounds.connections)), Visitors::default());
    // Connections end when this is dropped, so none outlives the server.
    let (stopping, told) = watch::channel(());
    let mut stop = pin!(stop);
    loop {
        let next = async {
            let place = Arc::clone(&room).acquire_owned().await.map_err(io::Error::other)?;
            Ok::<_, io::Error>((place, listener.accept().await))
        };
        let (place, accepted) = tokio::select! {
            () = &mut stop => break,
            next = next => next?,
        };
        let (stream, from) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // A visitor who is gone again, or no more file descriptors: the next one may fare better.
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let visit = match bounds.of_one {
            None => None,
            Some(most) => match visitors.admit(from.ip(), most) {
                None => continue,
                visit => visit,
            },
        };
        let (router, told) = (router.clone(), told.clone());
        tokio::spawn(async move {
            if let Some(slow) = connection(stream, from, router, told, bounds).await {
                tracing::debug!(slow, "a visitor was waited for too long and let go");
            }
            drop((place, visit));
        });
    }
    drop(listener);
    let _ = stopping.send(());
    let everything = room.acquire_many(u32::try_from(bounds.connections).unwrap_or(u32::MAX));
    if tokio::time::timeout(DRAIN, everything).await.is_err() {
        tracing::warn!("requests still under way were cut off");
    }
    Ok(())
}

/// One connection to its end; where the visitor was waited for too long, for what.
async fn connection(
    stream: TcpStream,
    from: SocketAddr,
    router: Router,
    mut told: watch::Receiver<()>,
    mut bounds: Bounds,
) -> Option<&'static str> {
    let pulse = Arc::new(Pulse::default());
    let wire = TokioIo::new(Wire::new(stream, pulse.clone()));
    let of_requests = pulse.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let asked = of_requests.asked();
        let mut request = request.map(|body| Arriving::new(body, of_requests.clone()));
        if bounds.of_one.is_some() {
            request.extensions_mut().insert(ConnectInfo(from));
        }
        let router = router.clone();
        async move {
            Ok::<_, std::convert::Infallible>(match router.oneshot(request).await {
                Ok(response) => response.map(|body| Answer::new(body, asked)),
                Err(never) => match never {},
            })
        }
    });
    let mut http = pin!(http1::Builder::new().max_buf_size(MOST_HEAD).serve_connection(wire, service));
    let mut looks = looks_of(&bounds);
    let (mut patience, mut stopping) = (Patience::default(), false);
    loop {
        tokio::select! {
            biased;
            // How it ended is the visitor's affair.
            _ = http.as_mut() => return None,
            _ = looks.tick() => {
                if let Some(slow) = patience.ends(&pulse, &bounds) {
                    return Some(slow);
                }
            }
            word = told.changed(), if !stopping => {
                if word.is_err() {
                    return None;
                }
                http.as_mut().graceful_shutdown();
                (patience, bounds, stopping) = (Patience::default(), bounds.last(), true);
                looks = looks_of(&bounds);
            }
        }
    }
}

fn looks_of(bounds: &Bounds) -> Interval {
    let mut looks = tokio::time::interval(bounds.look());
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    looks
}

#[cfg(test)]
mod tests;
