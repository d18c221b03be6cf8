//! What all pages share: the frame, the page that says one thing (an error, a refusal), and the trait that lets one test
//! render them all.

use askama::Template;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::api_error::ApiError;

/// A page that says one thing.
#[derive(Template)]
#[template(path = "message.html")]
pub(super) struct Message {
    pub(super) heading: String,
    /// Paragraphs.
    pub(super) says: Vec<String>,
}

/// A template with contexts to try it with: a test renders every one of them.
#[cfg(test)]
pub(super) trait Sampled: Template + Sized {
    fn samples() -> Vec<Self>;
}

/// Renders a page.
pub(super) fn html(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A page with a heading and paragraphs.
pub(super) fn message(status: StatusCode, heading: &str, says: &[&str]) -> Response {
    let says = says.iter().map(|&paragraph| paragraph.to_owned()).collect();
    html(status, &Message { heading: heading.to_owned(), says })
}

/// Any address we do not have: programs are told in their way, people in theirs.
pub(super) async fn anywhere_else(uri: Uri) -> Response {
    if uri.path().starts_with("/api/") {
        ApiError::not_found("the API has no such address").into_response()
    } else {
        not_found()
    }
}

/// No page here.
pub(super) fn not_found() -> Response {
    message(
        StatusCode::NOT_FOUND,
        "Page not found",
        &[
            "There is no page at this address. If you typed it, check that it is right; if you pasted it, check that you copied all of it.",
            "You can search for a product on the start page.",
        ],
    )
}

/// An address we have, asked in a way we do not answer.
pub(super) async fn method_not_allowed(uri: Uri) -> Response {
    if uri.path().starts_with("/api/") {
        let message = "this address is asked in another way: the field Allow says in which".into();
        return ApiError { status: StatusCode::METHOD_NOT_ALLOWED, id: "method-not-allowed", message }
            .into_response();
    }
    message(
        StatusCode::METHOD_NOT_ALLOWED,
        "This address cannot be used in this way",
        &[
            "A page was sent to where it can only be read, or read from where it can only be sent. Start again from the start page.",
        ],
    )
}

/// A fault of ours. What happened is in the register's log, not on the page.
pub(super) fn failed() -> Response {
    message(
        StatusCode::INTERNAL_SERVER_ERROR,
        "Sorry, something went wrong here",
        &["It is our fault, not yours. Nothing you sent was kept. Try again in a few minutes."],
    )
}

/// We are there, but cannot do it now.
pub(super) fn busy(says: &str) -> Response {
    message(StatusCode::SERVICE_UNAVAILABLE, "This cannot be done just now", &[says])
}

#[cfg(test)]
impl Sampled for Message {
    fn samples() -> Vec<Self> {
        vec![Self { heading: "Page <not> found".into(), says: vec!["One & one.".into(), "Two.".into()] }]
    }
}
