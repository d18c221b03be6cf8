//! An address taken apart into what GS1's grammar names, and percent-encoding. The host is looked at for its characters
//! only, as GS1's vectors have it: which names exist is not for a syntax to say.

use std::fmt;
use std::net::Ipv6Addr;

use super::{Gs1Error, MAX_BYTES};

/// An address in pieces, still encoded.
pub(super) struct Split<'a> {
    /// Where scheme and host end.
    pub(super) stem_end: usize,
    /// What stands between the slashes of the path.
    pub(super) segments: Vec<&'a str>,
    /// The parameters; empty ones are left out.
    pub(super) query: Vec<&'a str>,
}

impl<'a> Split<'a> {
    pub(super) fn of(text: &'a str) -> Result<Self, Gs1Error> {
        if text.len() > MAX_BYTES {
            return Err(Gs1Error::TooLong(text.len()));
        }
        if let Some(at) = text.bytes().position(|b| !b.is_ascii_graphic() || b"\"<>\\^`{|}".contains(&b)) {
            return Err(Gs1Error::Character(at + 1));
        }
        let schemes = ["https://", "HTTPS://", "http://", "HTTP://"];
        let scheme = schemes.into_iter().find(|s| text.starts_with(s)).ok_or(Gs1Error::Scheme)?;
        // What follows a `#` never leaves the browser: it says nothing about the thing.
        let text = text.split_once('#').map_or(text, |(before, _)| before);
        let (before, query) = text.split_once('?').unwrap_or((text, ""));
        let after = &before[scheme.len()..];
        let (host, path) = after.split_once('/').ok_or(Gs1Error::NoKey)?;
        if !is_host(host) {
            return Err(Gs1Error::Host(host.to_owned()));
        }
        Ok(Self {
            stem_end: scheme.len() + host.len(),
            segments: path.split('/').collect(),
            // The grammar knows two separators; a semicolon that is part of a value is always encoded.
            query: query.split(['&', ';']).filter(|p| !p.is_empty()).collect(),
        })
    }
}

fn is_host(text: &str) -> bool {
    let (name, port) = match text.strip_prefix('[').and_then(|t| t.split_once(']')) {
        Some((v6, rest)) if v6.parse::<Ipv6Addr>().is_ok() => ("v6", rest),
        Some(_) => return false,
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let named =
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
    let port_is_one = port.is_empty() || port.strip_prefix(':').is_some_and(|p| p.parse::<u16>().is_ok());
    named && port_is_one
}

/// Decodes one value. Only ASCII comes out: no value of GS1 has anything else, nor a control character.
pub(super) fn decode(text: &str) -> Result<String, Gs1Error> {
    let fault = || Gs1Error::Percent(text.to_owned());
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(b) = rest.next() {
        let mut byte = b;
        if b == b'%' {
            let mut digit = || rest.next().and_then(|d| char::from(d).to_digit(16)).ok_or_else(fault);
            let (high, low) = (digit()?, digit()?);
            byte = u8::try_from(high * 16 + low).map_err(|_| fault())?;
        }
        if !byte.is_ascii() || byte.is_ascii_control() {
            return Err(fault());
        }
        decoded.push(char::from(byte));
    }
    Ok(decoded)
}

/// Encodes everything but what RFC 3986 reserves for nothing.
pub(super) fn encode(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    text.bytes().try_for_each(|b| {
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~') {
            write!(f, "{}", char::from(b))
        } else {
            write!(f, "%{b:02X}")
        }
    })
}
