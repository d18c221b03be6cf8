//! Fetches what a maker publishes about reporting vulnerabilities: its security.txt and, as a control, a path that cannot
//! exist. Sites that answer every path with the same page are common; without the control they look like they have a
//! policy. Every request made is noted for the evidence.

use crate::http::{Answer, FetchError, Fetcher};

/// Longest security.txt that is read, in bytes.
pub const MOST_BYTES: u64 = 1 << 20;

/// What a site answered.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// The security.txt, where one came back.
    pub security_txt: Option<Answer>,
    /// Whether the site answers any path with success, so that an answer proves nothing.
    pub answers_everything: bool,
    /// Every request, in order: `GET URL -> status`.
    pub actions: Vec<String>,
}

/// Fetches `/.well-known/security.txt`, then `/security.txt`, and a control path made of `nonce`.
///
/// # Errors
/// The site could not be reached at all.
pub fn fetch(fetcher: &Fetcher, origin: &str, nonce: &str) -> Result<Fetched, FetchError> {
    let origin = origin.trim_end_matches('/');
    let mut actions = Vec::new();
    let mut get = |path: &str| {
        let url = format!("{origin}{path}");
        let answer = fetcher.get(&url, MOST_BYTES);
        let said = match &answer {
            Ok(a) => a.status.to_string(),
            Err(e) => e.to_string(),
        };
        actions.push(format!("GET {url} -> {said}"));
        answer
    };
    let control = get(&format!("/.well-known/assay-control-{nonce}"))?;
    let mut security_txt = None;
    for path in ["/.well-known/security.txt", "/security.txt"] {
        let answer = get(path)?;
        if answer.status == 200 {
            security_txt = Some(answer);
            break;
        }
    }
    let same = security_txt.as_ref().is_some_and(|a| a.content_type == "text/html" || a.body == control.body);
    let answers_everything = control.status == 200 && same;
    Ok(Fetched { security_txt, answers_everything, actions })
}
