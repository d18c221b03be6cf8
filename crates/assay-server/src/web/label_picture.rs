//! `GET /p/{id}/label.svg`, `.png`, `.pdf` and `.txt`: the label a product carries under a scheme (`?scheme=`), for one of its
//! GTINs (`&gtin=`; the first where none is named), drawn from the logged statement in any form, palette and language
//! (`&form=compact&palette=bw&lang=cy`), at a width in print (`&mm=30`) and, for a PNG, in pixels (`&width=600`).

use assay::gtin::Gtin14;
use assay::label::SignedLabel;
use assay::statement::ProductId;
use assay_label::{self as label, Form, Language, Look, Palette, PictureError};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::Heavy;
use super::api_error::ApiError;
use crate::reader::{ReadError, Reader};

/// What a visitor asks for.
#[derive(Deserialize)]
pub(super) struct Asked {
    pub(super) scheme: String,
    gtin: Option<String>,
    width: Option<u32>,
    form: Option<String>,
    palette: Option<String>,
    lang: Option<String>,
    mm: Option<f64>,
    bleed: Option<f64>,
}

/// What is drawn where nobody asks for another width, and the most that is drawn on request: print uses the SVG or the PDF.
const WIDTH: u32 = 600;
const MAX_WIDTH: u32 = 2000;

/// For how many seconds a picture may be kept: a live one is never older than that.
pub(super) const KEPT_SECONDS: u32 = 300;

pub(super) async fn svg(
    State(reader): State<Reader>,
    State(heavy): State<Heavy>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, ApiError> {
    let look = asked.look(&reader)?;
    let signed = signed(&reader, &id, &asked).await?;
    let drawn = heavy.run(move || label::svg(&signed, look)).await?.map_err(|e| refusal(&e.into()))?;
    Ok((headers("image/svg+xml", &id, "svg"), drawn).into_response())
}

pub(super) async fn png(
    State(reader): State<Reader>,
    State(heavy): State<Heavy>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, ApiError> {
    let (look, width) = (asked.look(&reader)?, asked.pixels()?);
    let signed = signed(&reader, &id, &asked).await?;
    let drawn = heavy.run(move || label::png(&signed, look, width)).await?.map_err(|e| refusal(&e))?;
    Ok((headers("image/png", &id, "png"), drawn).into_response())
}

pub(super) async fn pdf(
    State(reader): State<Reader>,
    State(heavy): State<Heavy>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, ApiError> {
    let look = asked.look(&reader)?;
    let bleed = tenths(asked.bleed.unwrap_or(3.0));
    let signed = signed(&reader, &id, &asked).await?;
    let drawn = heavy.run(move || label::pdf(&signed, look, bleed)).await?.map_err(|e| refusal(&e.into()))?;
    Ok((headers("application/pdf", &id, "pdf"), drawn).into_response())
}

pub(super) async fn txt(
    State(reader): State<Reader>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, ApiError> {
    let look = asked.look(&reader)?;
    let signed = signed(&reader, &id, &asked).await?;
    Ok((headers("text/plain; charset=utf-8", &id, "txt"), label::html::text(&signed, look)).into_response())
}

impl Asked {
    /// How it is to look; what is not asked for is as usual.
    pub(super) fn look(&self, reader: &Reader) -> Result<Look, ApiError> {
        fn one<T: Copy>(
            asked: Option<&String>,
            parse: fn(&str) -> Option<T>,
            words: &[&str],
        ) -> Result<Option<T>, ApiError> {
            let Some(word) = asked else { return Ok(None) };
            let unknown = || ApiError::bad_request(format!("`{word}` is none of {}", words.join(", ")));
            parse(word).map(Some).ok_or_else(unknown)
        }
        let form = one(self.form.as_ref(), Form::parse, &Form::ALL.map(Form::word))?.unwrap_or_default();
        let usual = Look::of(form);
        let palette = one(self.palette.as_ref(), Palette::parse, &Palette::ALL.map(Palette::word))?;
        let language = one(self.lang.as_ref(), Language::parse, &Language::ALL.map(Language::code))?;
        let look = Look {
            palette: palette.unwrap_or(usual.palette),
            language: language.unwrap_or(usual.language),
            width: self.mm.map_or(usual.width, tenths),
            house: reader.house,
            ..usual
        };
        look.checked().map_err(|error| ApiError::bad_request(error.to_string()))
    }

    pub(super) fn pixels(&self) -> Result<u32, ApiError> {
        let width = self.width.unwrap_or(WIDTH);
        if width <= MAX_WIDTH {
            return Ok(width);
        }
        let most = format!("a label is drawn at most {MAX_WIDTH} pixels wide here; for more take the SVG");
        Err(ApiError::bad_request(most))
    }

    pub(super) fn gtin(&self) -> Result<Option<Gtin14>, ApiError> {
        let gtin = self.gtin.as_deref().map(Gtin14::parse).transpose();
        gtin.map_err(|e| ApiError::bad_request(format!("the gtin is none: {e}")))
    }
}

/// Millimetres in tenths; what is no length is none.
fn tenths(millimetres: f64) -> u32 {
    (millimetres * 10.0).round().clamp(0.0, 100_000.0) as u32
}

async fn signed(reader: &Reader, id: &str, asked: &Asked) -> Result<SignedLabel, ApiError> {
    let product = ProductId::parse(id).ok_or_else(|| ApiError::not_found("there is no such product"))?;
    reader.signed_label(&product, &asked.scheme, asked.gtin()?).await.map_err(refused)
}

/// Why a product has no label now.
pub(super) fn refused(error: ReadError) -> ApiError {
    match error {
        ReadError::ProductUnknown(_)
        | ReadError::NoLabel { .. }
        | ReadError::Disputed(_)
        | ReadError::NotTheirs { .. } => ApiError::not_found(error.to_string()),
        ReadError::Withdrawn(_) => {
            ApiError { status: StatusCode::GONE, id: "withdrawn", message: error.to_string() }
        }
        ReadError::Suspended { .. } => {
            ApiError { status: StatusCode::CONFLICT, id: "label-suspended", message: error.to_string() }
        }
        ReadError::Label(error) => refusal(&error.into()),
        other => ApiError::unavailable(&other),
    }
}

/// A label that its own rules refuse.
pub(super) fn refusal(error: &PictureError) -> ApiError {
    if matches!(error, PictureError::Width { .. } | PictureError::Look(_)) {
        return ApiError::bad_request(error.to_string());
    }
    ApiError { status: StatusCode::UNPROCESSABLE_ENTITY, id: "no-such-label", message: error.to_string() }
}

/// A picture may be kept for a while; the page beside it always says what holds now.
fn headers(kind: &str, id: &str, extension: &str) -> [(HeaderName, String); 3] {
    [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CACHE_CONTROL, format!("public, max-age={KEPT_SECONDS}")),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"label-{id}.{extension}\"")),
    ]
}
