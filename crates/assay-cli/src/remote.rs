//! Talks to a register over HTTP: the host the user named, bounded answers, and the register's own words for a refusal.

use assay::trust::{self, Trust};
use assay_probe::{Answer, FetchError, Fetcher, Reach};
use serde_json::Value;

use crate::exit::Failure;

/// A register at an address.
pub(crate) struct Register {
    fetcher: Fetcher,
    base: String,
}

/// What the register said to a statement.
pub(crate) enum Reply {
    /// It stands in the log.
    Stands(Value),
    /// Refused: id and message.
    Refused {
        /// The refusal's id, as in `assay explain`.
        id: String,
        /// The register's sentence.
        message: String,
    },
}

/// Longest answer that is read, in bytes; a snapshot may be longer.
const MOST: u64 = 8 << 20;

impl Register {
    /// A register by its address (`http://127.0.0.1:8080`).
    pub(crate) fn at(url: &str) -> Result<Self, Failure> {
        let base = url.trim_end_matches('/').to_owned();
        let fetcher = Fetcher::new(Reach::Named, &base).map_err(|e| failed(&e))?;
        Ok(Self { fetcher, base })
    }

    /// Sends a statement's bytes.
    pub(crate) fn send(&self, statement: Vec<u8>) -> Result<Reply, Failure> {
        let url = format!("{}/api/v1/statements", self.base);
        let answer = self.fetcher.post(&url, "application/cose", statement, MOST).map_err(|e| failed(&e))?;
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        match answer.status {
            200 | 201 => Ok(Reply::Stands(body)),
            status @ 400..=499 => match (body["error"]["id"].as_str(), body["error"]["message"].as_str()) {
                (Some(id), Some(message)) => Ok(Reply::Refused { id: id.into(), message: message.into() }),
                _ => Err(Failure::unreadable(format!("{url} answered {status}: is this a register?"))),
            },
            status => {
                let why = body["error"]["message"].as_str().unwrap_or("try again later");
                Err(Failure::impossible(format!("{url} answered {status}: {why}")))
            }
        }
    }

    /// The keys the register publishes: to learn its log's name, not to trust it.
    pub(crate) fn trust(&self) -> Result<Trust, Failure> {
        let bytes = self.get("/trust.txt", trust::MAX_BYTES as u64)?;
        let text = String::from_utf8_lossy(&bytes);
        Trust::parse(&text).map_err(|e| Failure::unreadable(format!("{}/trust.txt: {e}", self.base)))
    }

    /// Fetches a path that must be there.
    pub(crate) fn get(&self, path: &str, most: u64) -> Result<Vec<u8>, Failure> {
        let url = format!("{}{path}", self.base);
        let Answer { status, body, .. } = self.fetcher.get(&url, most).map_err(|e| failed(&e))?;
        match status {
            200 => Ok(body),
            404 => Err(Failure::unreadable(format!(
                "{url} is not there: check the id and the register's address"
            ))),
            400..=499 => Err(Failure::unreadable(format!("{url} answered {status}"))),
            _ => Err(Failure::impossible(format!("{url} answered {status}: try again later"))),
        }
    }
}

fn failed(error: &FetchError) -> Failure {
    match error {
        FetchError::Refused { .. } => Failure::unreadable(error.to_string()),
        _ => Failure::impossible(error.to_string()),
    }
}
