//! Stories told through the front door, one file for each group of addresses. [`Front::ask`] is the one helper that touches
//! the router.

mod api;
mod api_gate;
mod gate;
mod hostile;
mod labels;
mod log;
mod pages;
mod resolver;
mod rules;
mod templates;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use tower::ServiceExt as _;

use crate::testing::*;

/// The router of a house.
struct Front(Router);

/// What came back.
struct Said {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Front {
    fn of(house: &House) -> Self {
        Self(crate::router(house.register.clone()))
    }

    async fn ask(&self, request: Request<Body>) -> Said {
        let response = self.0.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 100 << 20).await.unwrap().to_vec();
        Said { status: parts.status, headers: parts.headers, bytes }
    }

    async fn get(&self, path: &str) -> Said {
        self.ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, body: impl Into<Body>) -> Said {
        self.ask(Request::post(path).body(body.into()).unwrap()).await
    }
}

impl Said {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The page without its linked data, which is the one `<script` that no browser runs.
    fn without_data(&self) -> String {
        match self.text().split_once("<script type=\"application/ld+json\">") {
            Some((before, rest)) => format!("{before}{}", rest.split_once("</script>").unwrap().1),
            None => self.text().to_owned(),
        }
    }

    /// A page with this status and all of these texts.
    fn shows(&self, status: StatusCode, texts: &[&str]) {
        let page = self.text();
        assert_eq!(self.status, status, "{page}");
        assert_eq!(self.header(header::CONTENT_TYPE), "text/html; charset=utf-8");
        for text in texts {
            assert!(page.contains(text), "`{text}` is missing in {page}");
        }
    }

    /// An error of the API.
    fn is_error(&self, status: StatusCode, id: &str) {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.json()["error"]["id"], id);
        assert!(self.json()["error"]["message"].as_str().is_some_and(|m| m.len() > 10));
    }
}
