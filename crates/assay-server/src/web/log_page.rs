//! `GET /log/`: what the log is, for people: its size, its root, its keys, and how to check all of it without us.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::page::html;
use crate::reader::Reader;

#[derive(Template)]
#[template(path = "log.html")]
pub(super) struct LogPage {
    origin: String,
    size: u64,
    root: String,
    log_key: String,
    register_keys: Vec<String>,
    checkpoint: String,
}

pub(super) async fn get(State(reader): State<Reader>) -> Response {
    let (now, trust) = (reader.now(), &reader.trust);
    let page = LogPage {
        origin: trust.origin().to_owned(),
        size: now.size,
        root: now.root.to_string(),
        log_key: trust.log().to_string(),
        register_keys: trust.register().iter().map(ToString::to_string).collect(),
        checkpoint: now.checkpoint.clone(),
    };
    html(StatusCode::OK, &page)
}

#[cfg(test)]
impl super::page::Sampled for LogPage {
    fn samples() -> Vec<Self> {
        let page = |size| Self {
            origin: "register.example/log".into(),
            size,
            root: "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=".into(),
            log_key: "register.example/log+0a1b2c3d+AQ".into(),
            register_keys: vec!["11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=".into()],
            checkpoint: "register.example/log\n4\nroot\n\n— register.example/log sig\n".into(),
        };
        vec![page(0), page(4)]
    }
}
