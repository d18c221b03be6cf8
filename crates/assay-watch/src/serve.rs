//! Small servers for what others fetch: a folder of a log's public files, under the addresses that the register has. What a
//! visitor sends is parsed into the name of a tile and never used as a path.

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use assay_log::TilePath;
use axum::Router;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower::ServiceExt as _;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

/// An answer begins within this time.
pub(crate) const ANSWER_TIME: Duration = Duration::from_secs(30);
/// For how long requests under way may go on after the word to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// A folder of public files (`log/…`, `trust.txt`) as a web service.
pub fn public_files(folder: PathBuf) -> Router {
    Router::new()
        .route("/log/checkpoint", get(checkpoint))
        .route("/log/{*tile}", get(tile))
        .route("/trust.txt", get(trust))
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

/// How much of a server one visitor may have, and for how long.
#[derive(Clone, Copy)]
struct Bounds {
    /// In which the head of a request has to be there; a connection that asks for nothing is closed after it, too.
    head: Duration,
    /// After which a connection is closed whatever it does: who reads an answer a byte at a time comes again.
    connection: Duration,
    /// How many connections are open at once; further ones wait.
    most: usize,
    /// How many of them one visitor has.
    of_one: usize,
}

const BOUNDS: Bounds =
    Bounds { head: Duration::from_secs(10), connection: Duration::from_secs(600), most: 1_024, of_one: 256 };

/// Serves until `stop` is ready; requests under way have ten seconds more. A visitor who sends slowly, reads slowly, or
/// opens connections and says nothing, does not take the server from the others.
///
/// # Errors
/// What the system says of the listener.
pub async fn serve_until(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    serve_within(listener, router, stop, BOUNDS).await
}

async fn serve_within(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
    bounds: Bounds,
) -> io::Result<()> {
    let (room, visitors) = (Arc::new(Semaphore::new(bounds.most)), Visitors::default());
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(bounds.head).max_buf_size(MOST_HEAD);
    let open = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
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
        let Some(visit) = visitors.admit(customer(from.ip()), bounds.of_one) else { continue };
        let router = router.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(from));
            router.clone().oneshot(request)
        });
        let connection = open.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // How it ended is the visitor's affair.
            let _ = tokio::time::timeout(bounds.connection, connection).await;
            drop((place, visit));
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(DRAIN, open.shutdown()).await;
    Ok(())
}

/// The longest head of a request, in bytes.
const MOST_HEAD: usize = 16_384;

/// How many connections each visitor has open.
#[derive(Clone, Default)]
struct Visitors(Arc<Mutex<BTreeMap<IpAddr, usize>>>);

/// A connection that is counted until it is dropped.
struct Visit(Visitors, IpAddr);

impl Visitors {
    fn admit(&self, from: IpAddr, most: usize) -> Option<Visit> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(from).or_default();
        (*count < most).then(|| {
            *count += 1;
            Visit(self.clone(), from)
        })
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        let mut open = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        match open.get_mut(&self.1) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(open.remove(&self.1)),
        }
    }
}

/// The address, without what its holder can choose: of IPv6 the first 64 bits, which is what one customer is given at
/// least. An IPv4 address in IPv6 clothes is the IPv4 address.
pub(crate) fn customer(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => IpAddr::from((u128::from(six) >> 64 << 64).to_be_bytes()),
        four @ IpAddr::V4(_) => four,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;
    use std::time::Instant;

    use tokio::sync::oneshot;

    use super::*;

    /// A server that says who asks, until the sender is dropped.
    fn served(bounds: Bounds) -> (std::net::SocketAddr, oneshot::Sender<()>) {
        let (stop, stopped) = oneshot::channel::<()>();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let who = async |ConnectInfo(from): ConnectInfo<std::net::SocketAddr>| from.ip().to_string();
        let router = Router::new().route("/", get(who)).route("/long", get(async || vec![7u8; 50_000_000]));
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                serve_within(listener, router, async { drop(stopped.await) }, bounds).await.unwrap();
            });
        });
        (address, stop)
    }

    fn asks(address: std::net::SocketAddr) -> String {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut said = String::new();
        let _ = stream.read_to_string(&mut said);
        said
    }

    /// Whether the other side closes, in time.
    fn is_closed(mut stream: &TcpStream) -> bool {
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).is_ok()
    }

    const SHORT: Bounds = Bounds {
        head: Duration::from_millis(300),
        connection: Duration::from_secs(600),
        most: 8,
        of_one: 100,
    };

    #[test]
    fn who_sends_a_head_slowly_or_says_nothing_is_let_go_and_the_others_are_answered() {
        let (address, _stop) = served(SHORT);
        assert!(asks(address).ends_with("127.0.0.1"), "the visitor's address is known");
        // More than there is room for: each holds its place for the time of a head and no longer.
        let silent: Vec<TcpStream> = (0..8)
            .map(|number| {
                let mut stream = TcpStream::connect(address).unwrap();
                if number % 2 == 0 {
                    stream.write_all(b"GET / HTTP/1.1\r\nX-Slow: ").unwrap();
                }
                stream
            })
            .collect();
        let started = Instant::now();
        assert!(asks(address).ends_with("127.0.0.1"));
        assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
        assert!(silent.iter().all(is_closed));
    }

    #[test]
    fn who_does_not_read_an_answer_is_let_go_in_the_end() {
        let (address, _stop) = served(Bounds { connection: Duration::from_millis(500), most: 1, ..SHORT });
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"GET /long HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        // Its place, the only one, is free again without a byte having been read.
        assert!(asks(address).ends_with("127.0.0.1"));
    }

    #[test]
    fn one_visitor_does_not_have_all_places() {
        let (address, _stop) = served(Bounds { head: Duration::from_secs(600), of_one: 3, ..SHORT });
        let held: Vec<TcpStream> = (0..3).map(|_| TcpStream::connect(address).unwrap()).collect();
        assert_eq!(asks(address), "", "closed at once");
        drop(held);
        let until = Instant::now() + Duration::from_secs(10);
        while !asks(address).ends_with("127.0.0.1") {
            assert!(Instant::now() < until, "a place that was let go is free again");
        }
    }

    #[test]
    fn a_server_that_is_told_to_stop_finishes_what_is_under_way() {
        let (address, stop) = served(SHORT);
        assert!(asks(address).ends_with("127.0.0.1"));
        drop(stop);
        let until = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(address).is_ok() {
            assert!(Instant::now() < until, "nobody is let in any more");
        }
    }
}
