//! One bounded HTTP exchange. Every answer is read up to a limit and no further; every hop of a redirect is held against
//! the same rules as the first address; and the caller says whom it means: a maker's public site, or a host of the
//! user's own choosing.

use std::io::Read;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::blocking::{Client, RequestBuilder};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{StatusCode, Url};

use crate::address::is_public;

/// Whom a fetch may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Public addresses over https only: somebody's site, whose name came from a stranger's file.
    Public,
    /// The host the user typed, wherever it lies; no redirect leads away from it.
    Named,
}

/// Fetches within bounds.
pub struct Fetcher {
    client: Client,
    reach: Reach,
    time: Duration,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The media type, without parameters, in lower case.
    pub content_type: String,
    /// The body, within the limit.
    pub body: Vec<u8>,
    /// Where it came from after redirects.
    pub url: String,
}

/// Why nothing was fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Not an address we go to.
    #[error("`{url}` is not fetched: {why}")]
    Refused {
        /// The address.
        url: String,
        /// The rule.
        why: &'static str,
    },
    /// The exchange failed.
    #[error("{url}: {why}")]
    Failed {
        /// The address.
        url: String,
        /// What happened, innermost cause last.
        why: String,
    },
    /// More bytes than the limit.
    #[error("{url}: the answer has more than {most} bytes and was not read to its end")]
    TooLong {
        /// The address.
        url: String,
        /// The limit.
        most: u64,
    },
}

/// Whole exchange, but for bodies that are longer than what comes in that time over a slow line: see [`SLOWEST`].
const TIMEOUT: Duration = Duration::from_secs(20);
const MOST_REDIRECTS: usize = 5;

impl Fetcher {
    /// A fetcher for one address's kind of reach. The trusted roots are the system's.
    ///
    /// # Errors
    /// The system has no usable roots, or no socket can be had.
    pub fn new(reach: Reach, url: &str) -> Result<Self, FetchError> {
        Self::within(reach, url, TIMEOUT)
    }

    /// The same with another time for a whole exchange.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn within(reach: Reach, url: &str, time: Duration) -> Result<Self, FetchError> {
        let parsed = check(url, reach)?;
        // Installed once a process; a second call finds it there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = Client::builder()
            .user_agent(concat!("assay/", env!("CARGO_PKG_VERSION")))
            .timeout(time)
            .connect_timeout(time.min(Duration::from_secs(8)))
            .redirect(redirects(reach, &parsed))
            .dns_resolver(Arc::new(Guarded { reach }))
            .no_proxy();
        if parsed.scheme() == "http" {
            // No TLS will be spoken, so a machine without root certificates can still reach its own register.
            builder = builder.tls_certs_only(std::iter::empty());
        }
        let client =
            builder.build().map_err(|e| FetchError::Failed { url: url.to_owned(), why: chain(&e) })?;
        Ok(Self { client, reach, time })
    }

    /// Fetches an address, at most `most` bytes of it.
    ///
    /// # Errors
    /// See [`FetchError`]; an answer of status 404 is no error.
    pub fn get(&self, url: &str, most: u64) -> Result<Answer, FetchError> {
        let parsed = check(url, self.reach)?;
        exchange(url, self.client.get(parsed), most, self.time)
    }

    /// Sends bytes, and reads at most `most` bytes of the answer.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub fn post(
        &self,
        url: &str,
        content_type: &str,
        body: Vec<u8>,
        most: u64,
    ) -> Result<Answer, FetchError> {
        let parsed = check(url, self.reach)?;
        let request = self.client.post(parsed).header("content-type", content_type).body(body);
        exchange(url, request, most, self.time)
    }
}

fn exchange(url: &str, request: RequestBuilder, most: u64, time: Duration) -> Result<Answer, FetchError> {
    let failed = |why: String| FetchError::Failed { url: url.to_owned(), why };
    let end = Instant::now() + time;
    let response = request.send().map_err(|e| failed(chain(&e)))?;
    let status = response.status();
    if status == StatusCode::SWITCHING_PROTOCOLS {
        return Err(failed("the server wants another protocol".into()));
    }
    let content_type = response
        .headers()
        .get("content-type")
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.split(';').next())
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let from = response.url().to_string();
    let body = read_until(end, response.take(most + 1)).map_err(|e| failed(e.to_string()))?;
    if body.len() as u64 > most {
        return Err(FetchError::TooLong { url: url.to_owned(), most });
    }
    Ok(Answer { status: status.as_u16(), content_type, body, url: from })
}

/// How many bytes a second a body has to come with, on the whole, once the time of an exchange is over: a long file may
/// take longer over a slow line.
const SLOWEST: u64 = 65_536;

/// The whole of a body, if it is there in time. The client's own time is one for every read: a server that sends a byte
/// now and then would be listened to for years.
fn read_until(end: Instant, mut from: impl Read) -> std::io::Result<Vec<u8>> {
    let (mut body, mut part) = (Vec::new(), vec![0; 65_536]);
    loop {
        match from.read(&mut part)? {
            0 => return Ok(body),
            _ if Instant::now() > end + Duration::from_secs(body.len() as u64 / SLOWEST) => {
                let said = "the answer came too slowly and was not read to its end";
                return Err(std::io::Error::new(std::io::ErrorKind::TimedOut, said));
            }
            read => body.extend_from_slice(&part[..read]),
        }
    }
}

/// Holds an address against the rules that need no name service.
fn check(url: &str, reach: Reach) -> Result<Url, FetchError> {
    let refused = |why| FetchError::Refused { url: url.chars().take(200).collect(), why };
    if url.len() > 4_096 {
        return Err(refused("it is longer than 4,096 characters"));
    }
    let parsed = Url::parse(url).map_err(|_| refused("it is no address"))?;
    rules(&parsed, reach).map_err(refused)?;
    Ok(parsed)
}

fn rules(url: &Url, reach: Reach) -> Result<(), &'static str> {
    let (public, secure) = (reach == Reach::Public, url.scheme() == "https");
    if !secure && (public || url.scheme() != "http") {
        return Err(if public { "only https is fetched" } else { "only http and https are fetched" });
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it carries a name or password");
    }
    let host = url.host_str().ok_or("it has no host")?;
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    if public && literal.is_ok_and(|address| !is_public(address)) {
        return Err("its address is not on the public internet");
    }
    Ok(())
}

fn redirects(reach: Reach, first: &Url) -> Policy {
    let first = first.origin();
    Policy::custom(move |attempt| {
        if attempt.previous().len() > MOST_REDIRECTS {
            return attempt.error("too many redirects");
        }
        if let Err(why) = rules(attempt.url(), reach) {
            return attempt.error(why);
        }
        if reach == Reach::Named && attempt.url().origin() != first {
            return attempt.error("the redirect leads to another host than the one you named");
        }
        attempt.follow()
    })
}

/// The system's name service, minus the answers that lead inside.
struct Guarded {
    reach: Reach,
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.reach;
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found: Vec<SocketAddr> = (host.as_str(), 0).to_socket_addrs()?.collect();
            let usable: Vec<SocketAddr> =
                found.into_iter().filter(|a| reach == Reach::Named || is_public(a.ip())).collect();
            if usable.is_empty() {
                return Err(format!("`{host}` has no address on the public internet").into());
            }
            Ok(Box::new(usable.into_iter()) as Addrs)
        })
    }
}

/// An error with its causes, since the outermost says little.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let said = cause.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_nobody_meant_are_refused_before_any_connection() {
        let public = [
            "http://example.com/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://192.168.1.1/.well-known/security.txt",
            "https://user:pw@example.com/",
            "ftp://example.com/",
            "file:///etc/passwd",
            "https://0x7f.1/",
            "nonsense",
            "https://2130706433/",
        ];
        for url in public {
            assert!(matches!(check(url, Reach::Public), Err(FetchError::Refused { .. })), "{url}");
        }
        assert!(check("https://example.com/security.txt", Reach::Public).is_ok());
        assert!(check("http://127.0.0.1:8080/", Reach::Named).is_ok());
        assert!(matches!(check("gopher://127.0.0.1/", Reach::Named), Err(FetchError::Refused { .. })));
    }
}
