//! How programs are answered about a number: with links, or by being sent to one. Every answer may be read by scripts of
//! other sites, for nothing here is anybody's secret, and says that it depends on `Accept`.

use assay::gtin::Gtin14;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::asked::{Asked, Form, named};
use super::links::Links;
use crate::reader::Reader;
use crate::web::api_error::ApiError;
use crate::web::page::message;

/// What turns a linkset in JSON into JSON-LD.
pub(in crate::web) const CONTEXT: &str = "https://ref.gs1.org/standards/resolver/linkset-context";

/// The links themselves.
pub(super) fn linkset(status: StatusCode, form: Form, links: &Links) -> Response {
    let (media, body) = match form {
        Form::LinksetText => ("application/linkset", links.text()),
        Form::Json => ("application/json", links.json().to_string()),
        Form::Page | Form::Linkset | Form::LinkedData => {
            ("application/linkset+json", links.json().to_string())
        }
    };
    let context =
        format!("<{CONTEXT}>; rel=\"http://www.w3.org/ns/json-ld#context\"; type=\"application/ld+json\"");
    (status, [(header::CONTENT_TYPE, media.to_owned()), (header::LINK, context)], body).into_response()
}

/// Sends to the one link of a kind. Of several, `Accept` may name the form of one; else they are all told, and the program
/// chooses.
pub(super) fn choose(links: Links, form: Form, headers: &HeaderMap, asked: &Asked) -> Response {
    let liking = |media: Option<&str>| media.and_then(|media| named(headers, media)).unwrap_or(0);
    let best = links.links.iter().map(|link| liking(link.media)).max().unwrap_or(0);
    let mut liked = links.links.iter().filter(|link| liking(link.media) == best);
    match (liked.next(), liked.next()) {
        (None, _) => none_of_that_kind(form),
        (Some(link), None) => to(&link.href, &asked.passed_on),
        (Some(_), Some(_)) => linkset(StatusCode::MULTIPLE_CHOICES, form, &links),
    }
}

fn none_of_that_kind(form: Form) -> Response {
    let says = "this register knows no link of that kind for this number; ask with linkType=linkset for those it knows";
    if form == Form::Page {
        return message(StatusCode::NOT_FOUND, "There is no such link", &[&format!("T{}.", &says[1..])]);
    }
    ApiError::not_found(says).into_response()
}

/// A redirect with what of the query is not meant for us.
fn to(href: &str, passed_on: &str) -> Response {
    let (before, fragment) = href.split_at(href.find('#').unwrap_or(href.len()));
    let joint = if before.contains('?') { "&" } else { "?" };
    let location =
        if passed_on.is_empty() { href.to_owned() } else { format!("{before}{joint}{passed_on}{fragment}") };
    match HeaderValue::try_from(location) {
        Ok(location) => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, location)]).into_response(),
        // Both halves were held against rules that leave no such character.
        Err(error) => ApiError::unavailable(&error).into_response(),
    }
}

/// The headers of every answer about a number.
pub(super) fn open(mut response: Response, reader: &Reader, gtin: Option<Gtin14>) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, OPTIONS"),
        (header::ACCESS_CONTROL_EXPOSE_HEADERS, "Link, Location"),
        (header::VARY, "Accept"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Programs that came to the page, or were sent on, learn where all links are.
    let linkset = gtin.map(|gtin| {
        let address = format!("{}/01/{gtin}?linkType=linkset", reader.base);
        format!("<{address}>; rel=\"linkset\"; type=\"application/linkset+json\"; title=\"All links of this number\"")
    });
    if let Some(value) = linkset.and_then(|text| HeaderValue::try_from(text).ok()) {
        headers.append(header::LINK, value);
    }
    response
}
