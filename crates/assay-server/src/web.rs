//! The front door: pages for people, an API for programs, static files for mirrors. One file an endpoint, one line a route.
//! Pages work without JavaScript and load nothing from anywhere else. A handler gets the handle it needs: pages only read.

mod admin;
mod api_error;
mod api_gate;
mod badge;
mod entries;
mod gate;
mod gtin;
mod healthz;
mod home;
mod house;
mod label_picture;
mod labels;
mod leaving;
mod log_files;
mod log_page;
mod page;
mod product;
mod products;
mod proofs;
mod resolver;
mod rules;
mod serve;
mod snapshot;
mod statements;
mod style;
mod trust;
mod visit;
mod words;

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use crate::Register;
use crate::reader::Reader;
use crate::register::Door;

pub use self::admin::Admin;
pub use self::serve::{Serving, Signals, serve, serve_until};
pub use self::visit::visited;

/// A statement fits an entry of the log, which holds at most 65,535 bytes.
const STATEMENT_BYTES: usize = 64 * 1024;
/// A catalogue and the form around it.
const CATALOGUE_BYTES: usize = 64 * 1024 * 1024;
/// An answer begins within this time; an upload may take longer.
const ANSWER_TIME: Duration = Duration::from_secs(30);
const UPLOAD_TIME: Duration = Duration::from_secs(180);

/// What handlers may be given.
#[derive(Clone)]
struct Web {
    reader: Reader,
    door: Door,
    heavy: Heavy,
    uploads: Uploads,
}

/// Bounds work that takes a core for a while: drawing pictures, making snapshots.
#[derive(Clone)]
struct Heavy(Arc<Semaphore>);

/// Bounds how many catalogues are judged at once, whether they are held in memory or streamed.
#[derive(Clone)]
struct Uploads(Arc<Semaphore>);

/// Every route of the register.
pub fn router(register: Register) -> Router {
    let (reader, door) = register.handles();
    let vitals = register.vitals();
    let (heavy, uploads) = (Heavy(vitals.heavy.clone()), Uploads(vitals.uploads.clone()));
    visited(routes(), &vitals.meter).with_state(Web { reader, door, heavy, uploads })
}

fn routes() -> Router<Web> {
    let uploads = Router::new()
        .route("/gate", get(gate::form).post(gate::summary))
        .route("/gate/verdicts.csv", post(gate::verdicts))
        .layer(DefaultBodyLimit::max(CATALOGUE_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, UPLOAD_TIME));
    let lookups = Router::new()
        .route("/api/v1/lookups", post(api_gate::lookups::post))
        .layer(DefaultBodyLimit::max(api_gate::lookups::BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, ANSWER_TIME));
    // A catalogue comes and goes for as long as it takes; the file says for how long a visitor is waited for.
    let streamed = Router::new().route("/api/v1/gate", post(api_gate::catalogue::post));
    Router::new()
        .route("/", get(home::get))
        .route("/p/{id}", get(product::get))
        .route("/p/{id}/label.svg", get(label_picture::svg))
        .route("/p/{id}/label.png", get(label_picture::png))
        .route("/p/{id}/label.pdf", get(label_picture::pdf))
        .route("/p/{id}/label.txt", get(label_picture::txt))
        .route("/p/{id}/badge.svg", get(badge::svg))
        .route("/p/{id}/badge.png", get(badge::png))
        .route("/p/{id}/label.jsonld", get(product::data::get))
        .route("/01/{gtin}", get(gtin::get).options(gtin::options))
        .route("/01/{gtin}/", get(gtin::get).options(gtin::options))
        .route("/01/{gtin}/{*qualifiers}", get(gtin::get).options(gtin::options))
        .route("/.well-known/gs1resolver", get(resolver::get))
        .route("/rules", get(rules::index))
        .route("/rules/", get(rules::index))
        .route("/rules/{*id}", get(rules::get))
        .route("/log", get(log_page::get))
        .route("/log/", get(log_page::get))
        .route("/log/checkpoint", get(log_files::checkpoint))
        .route("/log/{*tile}", get(log_files::tile))
        .route("/api/v1/entries/{index}", get(entries::get))
        .route("/api/v1/proofs/{index}", get(proofs::get))
        .route("/api/v1/products/{id}", get(products::get))
        .route("/api/v1/labels", get(labels::list))
        .route("/api/v1/labels/{subject}", get(labels::get))
        .route("/api/v1/gate/{gtin}", get(api_gate::get))
        .route("/api/v1/statements", post(statements::post))
        .route("/trust.txt", get(trust::get))
        .route("/house.toml", get(house::get))
        .route("/snapshot", get(snapshot::get))
        .route("/healthz", get(healthz::get))
        .route("/style.css", get(style::get))
        .layer(DefaultBodyLimit::max(STATEMENT_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, ANSWER_TIME))
        .merge(uploads)
        .merge(lookups)
        .merge(streamed)
        .fallback(page::anywhere_else)
        .method_not_allowed_fallback(page::method_not_allowed)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(fixed(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-cache"),
        ))
}

/// Nothing is loaded but our own style and pictures, nothing runs, nobody frames us, and forms come back to us.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                                       base-uri 'none'; frame-ancestors 'none'";

fn fixed(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}

/// A fault of the program ends one request, not the register.
fn panicked(what: Box<dyn Any + Send + 'static>) -> Response {
    let said =
        what.downcast_ref::<String>().map(String::as_str).or_else(|| what.downcast_ref::<&str>().copied());
    tracing::error!(panic = said.unwrap_or("no message"), "a request ended in a panic");
    page::failed().into_response()
}

macro_rules! handed_out {
    ($($field:ident: $handle:ty),*) => {$(
        impl FromRef<Web> for $handle {
            fn from_ref(web: &Web) -> Self {
                web.$field.clone()
            }
        }
    )*};
}

handed_out!(reader: Reader, door: Door, heavy: Heavy, uploads: Uploads);

#[cfg(test)]
mod tests;
