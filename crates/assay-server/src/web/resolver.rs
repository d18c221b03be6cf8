//! `GET /.well-known/gs1resolver`: what this resolver can do, for programs that look for one. Source: GS1-Conformant
//! Resolver Standard 1.2, resolver description file (required: the root and the keys).

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, header};
use serde_json::{Value, json};

use super::gtin::CONTEXT;
use crate::reader::Reader;

/// The name of this register where programs are told of it.
pub(super) const NAME: &str = "Assay register";

pub(super) async fn get(State(reader): State<Reader>) -> ([(HeaderName, &'static str); 1], Json<Value>) {
    let description = json!({
        "name": NAME,
        "resolverRoot": reader.base.as_str(),
        "supportedPrimaryKeys": ["01"],
        "supportedLinkType": [{"namespace": "https://ref.gs1.org/voc/", "prefix": "gs1:"}],
        "linkTypeDefaultCanBeLinkset": false,
        "jsonLdContextLocation": CONTEXT,
    });
    ([(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], Json(description))
}
