//! One line of log and one count for each request, and an id for both sides to name it by. What a visitor sent is in neither:
//! the line has the route that matched, not the address that was asked for, and who asked is not written down.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use tracing::Instrument as _;

use crate::meter::Meter;

/// The header of an answer that names its request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The target of a request's line in the log; a filter can name it.
const TARGET: &str = "assay_request";
/// The status of a request whose visitor went away before it was answered (as nginx has it).
const WENT_AWAY: u16 = 499;

/// Writes down every request to a router, and gives each answer an id.
pub fn visited<S: Clone + Send + Sync + 'static>(router: Router<S>, meter: &Meter) -> Router<S> {
    let seed = RandomState::new().hash_one(std::process::id());
    router
        .layer(from_fn_with_state(Book { meter: meter.clone(), next: Arc::new(AtomicU64::new(seed)) }, visit))
}

#[derive(Clone)]
struct Book {
    meter: Meter,
    next: Arc<AtomicU64>,
}

async fn visit(State(book): State<Book>, request: Request, next: Next) -> Response {
    let id = format!("{:016x}", scattered(book.next.fetch_add(1, Ordering::Relaxed)));
    let route =
        request.extensions().get::<MatchedPath>().map_or("(none)".into(), |path| Arc::from(path.as_str()));
    let mut visit = Visit::begin(book.meter, known(request.method()), route, id);
    let span = tracing::info_span!(target: TARGET, "request", id = %visit.id);
    let mut response = next.run(request).instrument(span).await;
    if let Ok(id) = HeaderValue::from_str(&visit.id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    visit.status = response.status().as_u16();
    response
}

/// A request under way. It is written down when it ends, also where nobody waits for its end any more.
struct Visit {
    meter: Meter,
    begun: Instant,
    method: &'static str,
    route: Arc<str>,
    id: String,
    status: u16,
}

impl Visit {
    fn begin(meter: Meter, method: &'static str, route: Arc<str>, id: String) -> Self {
        meter.visit_begins();
        Self { meter, begun: Instant::now(), method, route, id, status: WENT_AWAY }
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        let Self { method, route, id, status, .. } = self;
        let took = self.begun.elapsed();
        self.meter.visit_ends(method, route, *status, took);
        let ms = (took.as_secs_f64() * 1e5).round() / 1e2;
        tracing::info!(target: TARGET, %id, method, route = &**route, status, ms, "request");
    }
}

/// A method by its name; a made-up one is not repeated.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        Method::PATCH => "PATCH",
        _ => "other",
    }
}

/// Counted up, every number comes once; scattered, it does not say how many came before (splitmix64's last step).
fn scattered(n: u64) -> u64 {
    let n = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}
