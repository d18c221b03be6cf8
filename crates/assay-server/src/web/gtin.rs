//! `GET /01/{gtin}`, also with qualifiers behind it: where the QR code of a label and any GS1 Digital Link lead. People get
//! the page: of one product, that a number is disputed, or that nobody registered it. Programs get the links that this
//! register knows of the product, or are sent to one of them (`?linkType=`). Source: GS1-Conformant Resolver Standard 1.2.
//! What a resolver must do and this one does otherwise: the address itself answers with the page, which is the default
//! link, instead of redirecting there; a label that somebody scans opens with one request.

mod answer;
mod asked;
mod links;

use askama::Template;
use assay::gs1::{Gs1Error, Gs1Link};
use assay::gtin::{Gtin14, GtinError};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};

pub(super) use self::answer::CONTEXT;
use self::answer::{choose, linkset, open};
use self::asked::{Asked, Form};
use self::links::Links;
use super::api_error::ApiError;
use super::page::{html, message};
use super::product::checked_label::CheckedLabel;
use super::product::data;
use super::product::view::ProductPage;
use super::words::Entry;
use crate::reader::Reader;

/// More than one maker claims the number.
#[derive(Template)]
#[template(path = "disputed.html")]
pub(super) struct Disputed {
    gtin: String,
    scanned: Option<CheckedLabel>,
    claimants: Vec<Entry>,
}

/// Nobody registered the number.
#[derive(Template)]
#[template(path = "unregistered.html")]
pub(super) struct Unregistered {
    gtin: String,
    scanned: Option<CheckedLabel>,
}

pub(super) async fn get(State(reader): State<Reader>, headers: HeaderMap, uri: Uri) -> Response {
    let form = asked::form(&headers);
    let gtin = match read(uri.path()) {
        Ok(gtin) => gtin,
        Err(refused) => return open(refused.response(form), &reader, None),
    };
    let response = match Asked::of(&uri, gtin) {
        Ok(asked) => answered(&reader, gtin, form, &asked, &headers, &uri).await,
        // A visitor with a telephone cannot mend a query: the page is about the product, and that is known.
        Err(_) if form == Form::Page => page(&reader, gtin, uri.query()).await,
        Err(error) => ApiError::bad_request(error).into_response(),
    };
    open(response, &reader, Some(gtin))
}

/// What a browser asks before a script of another site may read the answer.
pub(super) async fn options(State(reader): State<Reader>) -> Response {
    open(StatusCode::NO_CONTENT.into_response(), &reader, None)
}

async fn answered(
    reader: &Reader,
    gtin: Gtin14,
    form: Form,
    asked: &Asked,
    headers: &HeaderMap,
    uri: &Uri,
) -> Response {
    if asked.link_type.is_none() && form == Form::Page {
        return page(reader, gtin, uri.query()).await;
    }
    let now = reader.now();
    let products = now.state.by_gtin(gtin);
    if let ([product], Form::LinkedData, None) = (products.as_slice(), form, &asked.link_type) {
        return match data::of(reader, &now, product, Some(gtin), None).await {
            Ok(text) => data::response(text).into_response(),
            Err(error) => ApiError::unavailable(&error).into_response(),
        };
    }
    let links = match products.as_slice() {
        [] => {
            let why = format!("nobody registered GTIN {gtin} here, which does not mean that it is unsafe");
            return ApiError::not_found(why).into_response();
        }
        [product] => match Links::of_product(reader, &now, product, gtin).await {
            Ok(links) => links,
            Err(error) => return ApiError::unavailable(&error).into_response(),
        },
        several => Links::of_claimants(reader, several, gtin),
    };
    match &asked.link_type {
        None => linkset(StatusCode::OK, form, &links),
        Some(wanted) if wanted.is_linkset() => linkset(StatusCode::OK, form, &links),
        Some(wanted) => choose(links.with(wanted), form, headers, asked),
    }
}

async fn page(reader: &Reader, gtin: Gtin14, query: Option<&str>) -> Response {
    let now = reader.now();
    let scanned = CheckedLabel::of_query(reader, &now, &format!("01/{gtin}"), query);
    match now.state.by_gtin(gtin).as_slice() {
        [] => html(StatusCode::NOT_FOUND, &Unregistered { gtin: gtin.to_string(), scanned }),
        [product] => html(StatusCode::OK, &ProductPage::of(reader, &now, product, scanned).await),
        several => {
            let claimants = several.iter().map(|p| Entry::of(&now.state, p, reader.today())).collect();
            html(StatusCode::OK, &Disputed { gtin: gtin.to_string(), scanned, claimants })
        }
    }
}

/// Why a path is no product's.
enum Refused {
    Number(GtinError),
    Qualifiers(Gs1Error),
}

/// `/01/`, digits, and qualifiers in their order; a slash at the end is passed over.
fn read(path: &str) -> Result<Gtin14, Refused> {
    let path = path.strip_prefix("/01/").unwrap_or_default();
    let (digits, qualifiers) = path.split_once('/').unwrap_or((path, ""));
    // An address has digits only; spaces and hyphens are for people.
    let gtin = match digits.bytes().position(|b| !b.is_ascii_digit()) {
        Some(at) => Err(GtinError::NotDigits(at + 1)),
        None => Gtin14::parse(digits),
    };
    let gtin = gtin.map_err(Refused::Number)?;
    let qualifiers = qualifiers.strip_suffix('/').unwrap_or(qualifiers);
    if !qualifiers.is_empty() {
        // The number may stand there with fewer digits; what follows is held against GS1's rules.
        let link =
            Gs1Link::parse(&format!("https://x/01/{gtin}/{qualifiers}")).map_err(Refused::Qualifiers)?;
        // Another key behind the number would name another thing.
        if link.gtin() != Some(gtin) || link.stem() != "https://x" {
            return Err(Refused::Qualifiers(Gs1Error::NoKey));
        }
    }
    Ok(gtin)
}

impl Refused {
    fn response(&self, form: Form) -> Response {
        let (status, why) = match self {
            // Right digits, but of no maker: there is such an address, and nothing will ever be behind it.
            Self::Number(error @ (GtinError::RetailerOwned | GtinError::Coupon)) => {
                (StatusCode::NOT_FOUND, error.to_string())
            }
            Self::Number(error) => (StatusCode::BAD_REQUEST, error.to_string()),
            Self::Qualifiers(error) => (StatusCode::BAD_REQUEST, error.to_string()),
        };
        if form == Form::Page {
            return not_a_product(status, &why);
        }
        let id = if status == StatusCode::NOT_FOUND { "not-found" } else { "bad-request" };
        ApiError { status, id, message: why }.into_response()
    }
}

fn not_a_product(status: StatusCode, why: &str) -> Response {
    let what = format!("What is wrong: {why}.");
    message(
        status,
        "This is not the number of a product",
        &[
            "The number under a barcode (GTIN) has 8, 12, 13 or 14 digits, and the last one follows from the others.",
            &what,
            "Compare the number with the one on the pack, or search by name on the start page.",
        ],
    )
}

#[cfg(test)]
impl super::page::Sampled for Disputed {
    fn samples() -> Vec<Self> {
        let entry = |name: &str| Entry {
            id: "p0123456789abcdef".into(),
            name: name.into(),
            model: "HC-2".into(),
            maker: "Maker & Sons".into(),
            status: "No label. No security updates promised".into(),
        };
        let scanned = CheckedLabel { kind: "refused", heading: "Not ours", says: "It is not.".into() };
        vec![Self {
            gtin: "04006381333931".into(),
            scanned: Some(scanned),
            claimants: vec![entry("A"), entry("<B>")],
        }]
    }
}

#[cfg(test)]
impl super::page::Sampled for Unregistered {
    fn samples() -> Vec<Self> {
        vec![Self { gtin: "04006381333931".into(), scanned: None }]
    }
}
