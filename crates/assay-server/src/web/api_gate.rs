//! The gate for programs: `POST /api/v1/gate` judges a catalogue while it comes in (`catalogue`), `POST /api/v1/lookups` answers
//! thousands of numbers at once (`lookups`), and `GET /api/v1/gate/{gtin}` says of one number what it comes to and why. All
//! judge by the snapshot of the published log, as `/snapshot` gives it out, and as the command `assay gate` does.

mod arriving;
mod asked;
pub(super) mod catalogue;
mod failed;
pub(super) mod lookups;

use std::sync::Arc;

use assay_gate::Lookups;
use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::Uri;
use serde_json::{Value, json};

use self::asked::Asked;
use super::Heavy;
use super::api_error::ApiError;
use crate::reader::Reader;

/// `GET /api/v1/gate/{gtin}`: the document `assay-lookup-0`. The number may be written as in a catalogue's cell.
pub(super) async fn get(
    State(reader): State<Reader>,
    State(heavy): State<Heavy>,
    uri: Uri,
    cell: Result<Path<String>, PathRejection>,
) -> Result<Json<Value>, ApiError> {
    let Ok(Path(cell)) = cell else {
        return Err(ApiError::bad_request("the number in the address is no UTF-8"));
    };
    let asked = Asked::of(&uri, &["scheme", "on"])?;
    let lookups = laid_out(&reader, &heavy, &asked).await?;
    let (judged, judge) = (lookups.cell(&cell), lookups.judge());
    let reason = judged.decision.reason;
    Ok(Json(json!({
        "schema": "assay-lookup-0",
        "scheme": lookups.scheme().id,
        "on": judge.on(),
        "gtin14": judged.gtin.map(|gtin| gtin.to_string()),
        "verdict": judged.decision.verdict.word(),
        "reason": reason.word(),
        "explanation": reason.explain(),
        "updates_until": judged.found.and_then(|found| judge.updates_until(found)),
        "label": judged.found.and_then(|found| judge.label(found)).map(|label| label.word()),
        "snapshot": lookups.used(),
    })))
}

/// What numbers are looked up in, for the scheme and the day that were asked for.
async fn laid_out(reader: &Reader, heavy: &Heavy, asked: &Asked) -> Result<Arc<Lookups>, ApiError> {
    let (scheme, on) = (asked.scheme()?, asked.on(reader.today())?);
    let opened = match reader.opened_before() {
        Some(opened) => opened,
        None => {
            let reader = reader.clone();
            let opened = heavy.run(move || reader.opened_snapshot()).await?;
            opened.map_err(|error| ApiError::unavailable(&error))?
        }
    };
    Ok(opened.lookups(scheme, on))
}
