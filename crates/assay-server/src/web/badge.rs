//! `GET /p/{id}/badge.svg` and `.png`: a picture that always shows today's state, for a shop's page (the same questions as a
//! label's picture). Where the label holds it is the label; where it was taken back, suspended or does not exist it says so
//! and answers all the same, since a page shows nothing of an error. Nobody may keep it for longer than five minutes, and
//! whoever asks again with the tag of the last answer is told in a few bytes that nothing changed.

use assay::fold::Product;
use assay::label::LabelError;
use assay::statement::ProductId;
use assay_label::{self as label, Look, PictureError, Plaque, Today};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::Heavy;
use super::api_error::ApiError;
use super::label_picture::{Asked, KEPT_SECONDS, refusal, refused};
use crate::reader::{ReadError, Reader};

/// How the picture is written.
#[derive(Clone, Copy)]
enum Kind {
    Svg,
    /// So many pixels wide.
    Png(u32),
}

pub(super) async fn svg(
    State(reader): State<Reader>,
    State(heavy): State<Heavy>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let drawn = draw(&reader, &heavy, &id, &asked, Kind::Svg).await?;
    Ok(answer("image/svg+xml", drawn, &headers))
}

pub(super) async fn png(
    State(reader): State<Reader>,
    State(heavy): State<Heavy>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let width = asked.pixels()?;
    let drawn = draw(&reader, &heavy, &id, &asked, Kind::Png(width)).await?;
    Ok(answer("image/png", drawn, &headers))
}

async fn draw(
    reader: &Reader,
    heavy: &Heavy,
    id: &str,
    asked: &Asked,
    kind: Kind,
) -> Result<Vec<u8>, ApiError> {
    super::labels::label_rule(&asked.scheme)?;
    let (look, on) = (asked.look(reader)?, reader.today());
    let none = || ApiError::not_found("there is no such product");
    let product = ProductId::parse(id).ok_or_else(none)?;
    let signed = match reader.signed_label(&product, &asked.scheme, asked.gtin()?).await {
        Ok(signed) => signed,
        Err(error) => {
            let now = reader.now();
            let held = now.state.product(&product).ok_or_else(none)?;
            let today = instead(held, &error).ok_or_else(|| refused(error))?;
            let page = format!("{}/p/{id}", reader.base);
            let drawn = heavy.run(move || plaque(&Plaque { today, on, page: &page }, look, kind)).await?;
            return drawn.map_err(|e| refusal(&e));
        }
    };
    // Past the end of what was promised the picture says that it is over; before that it does not change from day to day.
    let over = signed.facts().updates_until().is_some_and(|until| until < on);
    let look = Look { on: over.then_some(on), ..look };
    let drawn = heavy.run(move || match kind {
        Kind::Svg => Ok(label::svg(&signed, look)?.into_bytes()),
        Kind::Png(width) => label::png(&signed, look, width),
    });
    drawn.await?.map_err(|e: PictureError| refusal(&e))
}

fn plaque(plaque: &Plaque<'_>, look: Look, kind: Kind) -> Result<Vec<u8>, PictureError> {
    match kind {
        Kind::Svg => plaque.svg(look).map(String::into_bytes),
        Kind::Png(width) => plaque.png(look, width),
    }
}

/// What is shown where there is no label; none where that is a fault of ours.
fn instead(product: &Product, error: &ReadError) -> Option<Today> {
    let day = |index: u64| -> Option<Date> {
        product.history.iter().find(|line| line.index == index).map(|line| line.on)
    };
    match error {
        ReadError::Withdrawn(_) => product.withdrawn.and_then(day).map(Today::Withdrawn),
        ReadError::Suspended { index, .. } => day(*index).map(Today::Suspended),
        ReadError::NoLabel { .. }
        | ReadError::Disputed(_)
        | ReadError::NotTheirs { .. }
        // A number that the product had once, in an address that a shop still shows.
        | ReadError::Label(LabelError::OtherGtin(_)) => Some(Today::NoLabel),
        _ => None,
    }
}

/// The picture, or that it is the one that the asker has.
fn answer(kind: &'static str, drawn: Vec<u8>, asked: &HeaderMap) -> Response {
    let digest = Sha256::digest(&drawn);
    let tag = format!("\"{}\"", digest.iter().take(12).map(|b| format!("{b:02x}")).collect::<String>());
    let known = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|v| v.to_str().ok());
    let known = known.flat_map(|v| v.split(',')).any(|v| v.trim().trim_start_matches("W/") == tag);
    let headers = [
        (header::CACHE_CONTROL, format!("public, max-age={KEPT_SECONDS}, must-revalidate")),
        (header::ETAG, tag),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*".to_owned()),
        // A shop on another site shows it.
        (header::HeaderName::from_static("cross-origin-resource-policy"), "cross-origin".to_owned()),
    ];
    if known {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, [(header::CONTENT_TYPE, kind)], drawn).into_response()
}
