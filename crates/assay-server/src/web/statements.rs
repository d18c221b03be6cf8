//! `POST /api/v1/statements`: a signed statement comes in (the body is its COSE_Sign1 bytes) and is answered when it is
//! durable and public, or refused. Who may send is not asked: the signature decides. Sending twice is harmless.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::STATEMENT_BYTES;
use super::api_error::ApiError;
use crate::register::{Door, SubmitError};
use crate::sequencer::NotDone;
use crate::statements::Receipt;

pub(super) async fn post(
    State(door): State<Door>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let bytes = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            id: "too-large",
            message: format!("a statement has at most {STATEMENT_BYTES} bytes"),
        },
        _ => ApiError::bad_request("the body could not be read to its end: send it again"),
    })?;
    let receipt = door.submit(bytes.to_vec()).await?;
    let status = if receipt.already { StatusCode::OK } else { StatusCode::CREATED };
    let location = format!("/api/v1/entries/{}", receipt.index);
    Ok((status, [(header::LOCATION, location)], Json(body_of(&receipt))).into_response())
}

fn body_of(receipt: &Receipt) -> serde_json::Value {
    let statements: Vec<_> =
        receipt.statements.iter().map(|(index, kind)| json!({"index": index, "kind": kind})).collect();
    json!({
        "index": receipt.index,
        "already": receipt.already,
        "product": receipt.product.as_ref().map(ToString::to_string),
        "statements": statements,
    })
}

impl From<SubmitError> for ApiError {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Refused(refusal) => {
                Self { status: status_of(refusal.id()), id: refusal.id(), message: refusal.to_string() }
            }
            // The sequencer has logged what went wrong; whoever sends learns only that sending again is safe.
            SubmitError::NotDone(not_done) => {
                let id = match not_done {
                    NotDone::Publish(_) => "not-published-yet",
                    NotDone::Store(_)
                    | NotDone::Unfit(_)
                    | NotDone::Standby
                    | NotDone::Unsound(_)
                    | NotDone::Stopped => "unavailable",
                };
                let message = match not_done {
                    NotDone::Publish(_) => {
                        "the statement is in the log, and durable; it is not public yet, for want of cosignatures or of \
                         room for the public files: send it again later, and it keeps its index"
                    }
                    _ => {
                        "the register could not finish this; send the same statement again later: if it was logged \
                         nevertheless, it keeps its index"
                    }
                };
                Self { status: StatusCode::SERVICE_UNAVAILABLE, id, message: message.into() }
            }
        }
    }
}

/// 409 where the statement is right in itself and does not fit what is registered, 422 where it could never enter.
fn status_of(refusal: &str) -> StatusCode {
    match refusal {
        "maker-known" | "maker-unknown" | "product-unknown" | "shortened-support" | "outdated"
        | "gtin-in-use" => StatusCode::CONFLICT,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}
