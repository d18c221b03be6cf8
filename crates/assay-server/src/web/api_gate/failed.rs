//! Why a catalogue was not judged to its end, in words for whoever sent it.

use std::fmt;
use std::io::ErrorKind;

use assay::snapshot::SnapshotError;
use assay_gate::{CatalogueError, GateError};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::web::api_error::ApiError;

/// Seconds after which a place may be free.
const LATER: HeaderValue = HeaderValue::from_static("30");

/// Why a catalogue was not judged to its end.
pub(super) enum Failed {
    Asked(ApiError),
    Busy,
    TooLarge,
    Packed,
    Gate(GateError),
    Snapshot(SnapshotError),
    Panicked,
}

impl From<ApiError> for Failed {
    fn from(error: ApiError) -> Self {
        Self::Asked(error)
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says())
    }
}

impl Failed {
    /// For whoever sent the catalogue.
    pub(super) fn says(&self) -> String {
        match self {
            Self::Asked(error) => error.message.clone(),
            Self::Busy => "several catalogues are being judged at this moment: send it again in half a minute".into(),
            Self::TooLarge => {
                "a catalogue has at most 4 GiB here: send it in parts, or use the command assay gate with the snapshot \
                 from this register"
                    .into()
            }
            Self::Packed => {
                "this is packed, and here catalogues are taken unpacked: unpack it, or use the command assay gate".into()
            }
            Self::Gate(error) => in_query_words(error),
            Self::Snapshot(_) | Self::Panicked => {
                "something went wrong here; it is our fault, nothing was kept: send it again later".into()
            }
        }
    }

    fn status(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Asked(error) => (error.status, error.id),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
            Self::Packed | Self::Gate(GateError::Catalogue(CatalogueError::Packed { .. })) => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "packed")
            }
            Self::Gate(GateError::Catalogue(CatalogueError::Read { source, .. })) => match source.kind() {
                ErrorKind::FileTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
                ErrorKind::TimedOut => (StatusCode::REQUEST_TIMEOUT, "too-slow"),
                _ => (StatusCode::BAD_REQUEST, "bad-request"),
            },
            Self::Gate(_) => (StatusCode::BAD_REQUEST, "bad-catalogue"),
            Self::Snapshot(_) | Self::Panicked => (StatusCode::INTERNAL_SERVER_ERROR, "failed"),
        }
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        match &self {
            Self::Snapshot(error) => tracing::error!(%error, "no snapshot can be made"),
            Self::Panicked => tracing::error!("judging a catalogue ended in a panic"),
            _ => {}
        }
        let (status, id) = self.status();
        let mut response = ApiError { status, id, message: self.says() }.into_response();
        if matches!(self, Self::Busy) {
            response.headers_mut().insert(header::RETRY_AFTER, LATER);
        }
        response
    }
}

/// The gate's own words name the flags of the command line; an address has parameters.
fn in_query_words(error: &GateError) -> String {
    match error {
        GateError::Catalogue(CatalogueError::NoGtinColumn { headers }) => format!(
            "no column with a GTIN was found among {headers}: name it with ?gtin=COLUMN (a file without a header line needs one first)"
        ),
        GateError::Catalogue(CatalogueError::NoSuchColumn { flag, name, headers }) => {
            let parameter = flag.trim_start_matches('-').replace('-', "_");
            format!("there is no column for {parameter} {name}: the columns are {headers}")
        }
        GateError::Catalogue(CatalogueError::Read { source, .. }) => match source.kind() {
            ErrorKind::FileTooLarge => Failed::TooLarge.says(),
            ErrorKind::TimedOut => {
                "the catalogue came too slowly: send it over a faster line, or use the command assay gate"
                    .into()
            }
            _ => "the catalogue did not arrive whole: send it again".into(),
        },
        other => other.to_string(),
    }
}
