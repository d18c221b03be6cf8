//! A GS1 Digital Link for one product: `BASE/01/<14 digits>?key=value`, built and strictly parsed. It is the small subset
//! our labels use (one GTIN, no batch or serial number, no short names) and it resolves nothing: what the address
//! answers is the register's business. Every other link of GS1 is read by [`crate::gs1`], which also says here what an
//! address is that is none of ours. Source: GS1 Digital Link Standard, URI syntax 1.4.1.

use std::fmt;
use std::net::Ipv6Addr;

use crate::gs1::{Element, Gs1Link};
use crate::gtin::{Gtin14, GtinError};

/// Longest address that is read, in bytes.
pub const MAX_BYTES: usize = 4096;

/// Most pairs in a query.
const MAX_PAIRS: usize = 64;

/// Qualifiers of a GTIN: consumer variant, batch, serial number, third party's serial. They stand in the path.
const QUALIFIERS: [&str; 4] = ["22", "10", "21", "235"];

/// The address of one product at one register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigitalLink {
    base: Base,
    gtin: Gtin14,
    query: Vec<(String, String)>,
}

/// Scheme, authority and an optional path prefix, without a slash at the end: `https://register.example/labels`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Base(String);

/// Why a text is not such a link.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DigitalLinkError {
    /// Longer than [`MAX_BYTES`].
    #[error("an address has at most {MAX_BYTES} bytes, this has {0}")]
    TooLong(usize),
    /// A character that may not stand in an address as it is.
    #[error("byte {0} may not stand in an address: write it as % and two hexadecimal digits")]
    Character(usize),
    /// Another scheme than http or https, or none.
    #[error("the address begins with https:// or http:// in small letters")]
    Scheme,
    /// A user name, which makes one host look like another.
    #[error("an `@` before the path hides the true host: this is no link of a product")]
    UserInfo,
    /// No host, or one with characters no host has.
    #[error("`{0}` is not a host name or address with an optional port")]
    Authority(String),
    /// An empty segment, `.`, `..` or characters that need escaping.
    #[error("`{0}` cannot stand between the slashes of this address")]
    Segment(String),
    /// A path that does not end in `/01/` and a number.
    #[error("the path of a product's link ends in /01/ and the GTIN")]
    Path,
    /// A right link of GS1 that names more or something else than a product.
    #[error(
        "this is a GS1 Digital Link, but {0}; a label's link names the product alone, as /01/ and its GTIN"
    )]
    OtherLink(String),
    /// Not 14 digits.
    #[error("after /01/ stand exactly 14 digits (shorter GTINs with leading zeros), not `{0}`")]
    Digits(String),
    /// A part after `#`, which never reaches the register.
    #[error("there is a `#` in the address: leave out what follows it")]
    Fragment,
    /// `%` without two hexadecimal digits, or bytes that are no text.
    #[error("`{0}` is not percent-encoded text")]
    Percent(String),
    /// More than 64 pairs.
    #[error("the query has more than {MAX_PAIRS} parts")]
    Query,
    /// A GS1 application identifier in the query that contradicts the path, is repeated or has no value.
    #[error("`{key}` in the query {why}")]
    Identifier {
        /// The identifier.
        key: String,
        /// What is wrong.
        why: &'static str,
    },
    /// The digits are no GTIN.
    #[error("the number after /01/ is refused: {0}")]
    Gtin(#[from] GtinError),
}

impl DigitalLink {
    /// Puts a link together.
    #[must_use]
    pub fn new(base: Base, gtin: Gtin14, query: Vec<(String, String)>) -> Self {
        Self { base, gtin, query }
    }

    /// Parses an address. Query keys that mean nothing to GS1 are kept and otherwise ignored.
    ///
    /// # Errors
    /// The first thing that is wrong, with the number itself looked at last; see [`DigitalLinkError`].
    pub fn parse(text: &str) -> Result<Self, DigitalLinkError> {
        Self::from_address(Address::parse(text)?, text)
    }

    /// `text` is what the address was parsed from.
    pub(crate) fn from_address(address: Address, text: &str) -> Result<Self, DigitalLinkError> {
        Self::of(address).map_err(|error| match error {
            // Two products in one address stay what they are: a path that misleads.
            DigitalLinkError::Path => match Gs1Link::parse(text) {
                Ok(link) if !link.stem().split('/').any(|s| s == "01") => other_link(&link),
                _ => error,
            },
            other => other,
        })
    }

    fn of(address: Address) -> Result<Self, DigitalLinkError> {
        let [prefix @ .., code, digits] = address.segments.as_slice() else {
            return Err(DigitalLinkError::Path);
        };
        // A second `01` would let two readers see two products in one address.
        if code != "01" || prefix.iter().any(|s| s == "01") {
            return Err(DigitalLinkError::Path);
        }
        if digits.len() != 14 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(DigitalLinkError::Digits(digits.clone()));
        }
        for (at, (key, value)) in address.query.iter().enumerate() {
            // Application identifiers are all digits; other keys are the resolver's and say nothing about the product.
            if key.is_empty() || !key.bytes().all(|b| b.is_ascii_digit()) {
                continue;
            }
            let fault = |why| DigitalLinkError::Identifier { key: key.clone(), why };
            if key == "01" {
                return Err(fault("names a second product"));
            }
            if QUALIFIERS.contains(&key.as_str()) {
                return Err(fault("belongs into the path, after the GTIN"));
            }
            if value.is_empty() {
                return Err(fault("has no value"));
            }
            if address.query[..at].iter().any(|(earlier, _)| earlier == key) {
                return Err(fault("stands there twice"));
            }
        }
        let gtin = Gtin14::parse(digits)?;
        Ok(Self { base: address.base(2), gtin, query: address.query })
    }

    /// Where the register is.
    #[must_use]
    pub fn base(&self) -> &Base {
        &self.base
    }

    /// The product.
    #[must_use]
    pub fn gtin(&self) -> Gtin14 {
        self.gtin
    }

    /// The query, decoded, in its order.
    #[must_use]
    pub fn query(&self) -> &[(String, String)] {
        &self.query
    }
}

impl fmt::Display for DigitalLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/01/{}", self.base, self.gtin)?;
        for (at, (key, value)) in self.query.iter().enumerate() {
            f.write_str(if at == 0 { "?" } else { "&" })?;
            encode(f, key)?;
            f.write_str("=")?;
            encode(f, value)?;
        }
        Ok(())
    }
}

impl Base {
    /// Parses scheme, authority and path prefix; slashes at the end are dropped.
    ///
    /// # Errors
    /// See [`DigitalLinkError`].
    pub fn parse(text: &str) -> Result<Self, DigitalLinkError> {
        if text.contains('?') {
            return Err(DigitalLinkError::Segment("?".into()));
        }
        let address = Address::parse(text.trim_end_matches('/'))?;
        if address.segments.iter().any(|s| s == "01") {
            return Err(DigitalLinkError::Segment("01".into()));
        }
        Ok(address.base(0))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a link is that has not our form.
fn other_link(link: &Gs1Link) -> DigitalLinkError {
    let (key, qualifiers) = (link.key(), link.qualifiers());
    let named = |e: &Element| format!("{} {}", e.title(), e.value());
    DigitalLinkError::OtherLink(match qualifiers {
        [] if key.code() == "01" => format!("in another spelling of {}", named(key)),
        [] => format!("it names {}, which is no product", named(key)),
        _ => {
            let more: Vec<String> = qualifiers.iter().map(named).collect();
            format!("it names {} with {}", named(key), more.join(" and "))
        }
    })
}

/// Any web address in our strict form, taken apart.
pub(crate) struct Address {
    origin: String,
    pub(crate) segments: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
}

impl Address {
    pub(crate) fn parse(text: &str) -> Result<Self, DigitalLinkError> {
        if text.len() > MAX_BYTES {
            return Err(DigitalLinkError::TooLong(text.len()));
        }
        if let Some(at) = text.bytes().position(|b| !b.is_ascii_graphic() || b"\"<>\\^`{|}".contains(&b)) {
            return Err(DigitalLinkError::Character(at + 1));
        }
        if text.contains('#') {
            return Err(DigitalLinkError::Fragment);
        }
        let (before, query) = text.split_once('?').unwrap_or((text, ""));
        let rest = ["https://", "http://"].iter().find_map(|s| before.strip_prefix(s));
        let rest = rest.ok_or(DigitalLinkError::Scheme)?;
        let (authority, path) = rest.split_once('/').map_or((rest, None), |(a, p)| (a, Some(p)));
        if authority.contains('@') {
            return Err(DigitalLinkError::UserInfo);
        }
        if !is_authority(authority) {
            return Err(DigitalLinkError::Authority(authority.to_owned()));
        }
        let segments: Vec<String> =
            path.map(|p| p.split('/').map(str::to_owned).collect()).unwrap_or_default();
        if let Some(bad) = segments.iter().find(|s| !is_segment(s)) {
            return Err(DigitalLinkError::Segment(bad.clone()));
        }
        let origin = before[..before.len() - path.map_or(0, |p| p.len() + 1)].to_owned();
        Ok(Self { origin, segments, query: pairs(query)? })
    }

    /// The address without its query and its last `leave_out` segments.
    pub(crate) fn base(&self, leave_out: usize) -> Base {
        let keep = self.segments.len().saturating_sub(leave_out);
        let mut text = self.origin.clone();
        for segment in &self.segments[..keep] {
            text.push('/');
            text.push_str(segment);
        }
        Base(text)
    }
}

fn is_authority(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[').and_then(|t| t.split_once(']')) {
        Some((v6, rest)) if v6.parse::<Ipv6Addr>().is_ok() => {
            ("v6", if rest.is_empty() { None } else { rest.strip_prefix(':').or(Some("")) })
        }
        Some(_) => return false,
        None => text.split_once(':').map_or((text, None), |(h, p)| (h, Some(p))),
    };
    let named = host.len() <= 253
        && host
            .split('.')
            .all(|label| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
    let port_is_one = port.is_none_or(|p| p.bytes().all(|b| b.is_ascii_digit()) && p.parse::<u16>().is_ok());
    named && port_is_one
}

fn is_segment(text: &str) -> bool {
    !matches!(text, "" | "." | "..") && text.bytes().all(is_unreserved)
}

fn is_unreserved(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~')
}

fn pairs(query: &str) -> Result<Vec<(String, String)>, DigitalLinkError> {
    let parts = query.split('&').filter(|p| !p.is_empty());
    if parts.clone().count() > MAX_PAIRS {
        return Err(DigitalLinkError::Query);
    }
    parts
        .map(|part| {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            Ok((decode(key)?, decode(value)?))
        })
        .collect()
}

fn decode(text: &str) -> Result<String, DigitalLinkError> {
    let fault = || DigitalLinkError::Percent(text.to_owned());
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(b) = rest.next() {
        if b != b'%' {
            bytes.push(b);
            continue;
        }
        let mut digit = || rest.next().and_then(|d| char::from(d).to_digit(16)).ok_or_else(fault);
        let (high, low) = (digit()?, digit()?);
        bytes.push(u8::try_from(high * 16 + low).map_err(|_| fault())?);
    }
    let decoded = String::from_utf8(bytes).map_err(|_| fault())?;
    if decoded.chars().any(char::is_control) { Err(fault()) } else { Ok(decoded) }
}

fn encode(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    text.bytes().try_for_each(|b| {
        if is_unreserved(b) { write!(f, "{}", char::from(b)) } else { write!(f, "%{b:02X}") }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "https://register.example/01/04006381333931";

    fn refused(text: &str) -> DigitalLinkError {
        DigitalLink::parse(text).expect_err(text)
    }

    #[test]
    fn a_link_is_read_as_it_was_built() {
        let gtin = Gtin14::parse("4006381333931").unwrap();
        for base in ["https://register.example", "http://127.0.0.1:8080", "http://[::1]:80", "https://a/uk/x"]
        {
            let query = vec![("a".into(), "x-_9".into()), ("note".into(), "50 % & more=ü".into())];
            let link = DigitalLink::new(Base::parse(&format!("{base}/")).unwrap(), gtin, query);
            let text = link.to_string();
            assert!(text.starts_with(&format!("{base}/01/04006381333931?a=x-_9&note=50%20%25")), "{text}");
            assert_eq!(DigitalLink::parse(&text), Ok(link));
        }
    }

    #[test]
    fn what_could_mislead_a_reader_is_refused_by_name() {
        use DigitalLinkError::*;
        assert!(DigitalLink::parse(GOOD).is_ok());
        assert_eq!(refused("https://register.example@evil.example/01/04006381333931"), UserInfo);
        assert_eq!(refused("HTTPS://register.example/01/04006381333931"), Scheme);
        assert_eq!(refused("ftp://register.example/01/04006381333931"), Scheme);
        assert_eq!(refused(&format!("{GOOD}#x")), Fragment);
        assert!(matches!(refused("https://régister.example/01/04006381333931"), Character(10)));
        assert!(matches!(refused("https:///01/04006381333931"), Authority(_)));
        assert!(matches!(refused("https://a:99999/01/04006381333931"), Authority(_)));
        assert!(matches!(refused("https://[::1/01/04006381333931"), Authority(_)));
        assert!(matches!(refused("https://a//01/04006381333931"), Segment(_)));
        assert!(matches!(refused("https://a/../01/04006381333931"), Segment(_)));
        assert!(matches!(refused("https://a/%30%31/04006381333931"), Segment(_)));
        assert_eq!(refused("https://a/01/04006381333931/01/04006381333931"), Path);
        assert!(matches!(refused("https://a/01/04006381333931/21/serial"), OtherLink(_)));
        assert!(matches!(refused("https://a/01/4006381333931"), Digits(_)));
        assert!(matches!(refused(&format!("{GOOD}?a=%zz")), Percent(_)));
        assert!(matches!(refused(&format!("{GOOD}?a=%ff")), Percent(_)));
        assert!(matches!(refused(&format!("{GOOD}?a=%00")), Percent(_)));
        assert!(matches!(refused(&format!("{GOOD}?01=04006381333931")), Identifier { .. }));
        assert_eq!(refused(&format!("{GOOD}?{}", "x&".repeat(65))), Query);
        assert_eq!(refused(&format!("{GOOD}?a={}", "x".repeat(MAX_BYTES))), TooLong(MAX_BYTES + 45));
        let check_digit = GtinError::CheckDigit { expected: 1, found: 2 };
        assert_eq!(refused("https://a/01/04006381333932"), Gtin(check_digit));
    }

    #[test]
    fn another_link_of_gs1_is_told_what_it_is() {
        for (link, says) in [
            (
                "https://a/01/04006381333931/10/B/21/S1",
                "it names GTIN 04006381333931 with BATCH/LOT B and SERIAL S1;",
            ),
            ("https://a/gtin/04006381333931", "in another spelling of GTIN 04006381333931;"),
            ("https://a/00/952012345678912345", "it names SSCC 952012345678912345, which is no product;"),
        ] {
            assert!(refused(link).to_string().contains(says), "{}", refused(link));
        }
        assert_eq!(refused("https://a/01/04006381333931/21/S1/10/B"), DigitalLinkError::Path);
    }

    #[test]
    fn keys_that_mean_nothing_to_us_are_ignored() {
        let link = DigitalLink::parse(&format!("{GOOD}?single&linkType=gs1:pip&17=301231&a=b")).unwrap();
        assert_eq!(link.query().last(), Some(&("a".to_owned(), "b".to_owned())));
    }

    /// GS1's own vectors, as far as they have a GTIN in the path. Outside our subset are:
    /// qualifiers after the GTIN (our labels name a product, not a batch or a piece), the retired short name `gtin`,
    /// 13 digits (the vector suite switches on an option for them; the grammar of 1.4.1 asks for 14), and the table of
    /// assigned application identifiers (row with `89=`: we keep no such table and ignore the key).
    #[test]
    #[expect(
        clippy::print_stderr,
        clippy::disallowed_methods,
        reason = "reads shared vectors, says when absent"
    )]
    fn the_vectors_of_gs1_agree_within_our_subset() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpora/gs1/dl-uri-vectors.tsv");
        let Ok(rows) = std::fs::read_to_string(path) else {
            eprintln!("SKIPPED: {path} is not there");
            return;
        };
        let (mut agreed, mut outside) = (0, 0);
        for row in rows.lines().skip(1) {
            let fields: Vec<&str> = row.split('\t').collect();
            let (accept, uri) = (fields[0] == "true", fields[1]);
            let Some((_, after)) = uri.split_once("/01/") else { continue };
            let got = DigitalLink::parse(uri);
            let qualified = after.split('?').next().is_some_and(|path| path.contains('/'));
            if accept && qualified {
                assert!(matches!(got, Err(DigitalLinkError::OtherLink(_))), "{uri}: {got:?}");
                outside += 1;
            } else if uri.ends_with("/01/9520123456788") {
                assert_eq!(got, Err(DigitalLinkError::Digits("9520123456788".into())));
                outside += 1;
            } else if uri.ends_with("&89=ABC123") {
                assert!(got.is_ok(), "{uri}");
                outside += 1;
            } else if accept && uri.contains("12312312312333") {
                // The syntax is right, but 231 is a prefix for use inside a shop: no register may know the number.
                assert_eq!(got, Err(DigitalLinkError::Gtin(GtinError::RetailerOwned)), "{uri}");
                agreed += 1;
            } else {
                assert_eq!(got.is_ok(), accept, "{uri}: {got:?}");
                assert!(!matches!(got, Err(DigitalLinkError::Gtin(_))), "refused for its syntax: {uri}");
                agreed += 1;
            }
        }
        assert_eq!((agreed, outside), (22, 5));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_answered(text in "(https?://)?[ -~]{0,60}(/01/[0-9]{13,15})?[?&=%a-z0-9]{0,20}") {
            if let Ok(link) = DigitalLink::parse(&text) {
                proptest::prop_assert_eq!(DigitalLink::parse(&link.to_string()), Ok(link));
            }
        }
    }
}
