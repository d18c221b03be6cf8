//! Is the published contact a security.txt that people and tools can use? Judges the file against RFC 9116 and the day of
//! the check. The signature is seen, not verified, and nothing is fetched: that the file is really published is the
//! business of a probe. No law asks for RFC 9116, so only what makes the contact useless speaks against a provision.

mod codes;
mod fields;
mod signature;
mod values;

use assay::case::EvidenceKind;
use assay::date::Date;
use assay::outcome::{Confidence, Finding, SpeaksFrom};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

pub use codes::CODES;

use crate::files::sha256;
use crate::quote::{count, list, quoted};
use crate::verdict::{Verdict, each, finding, unseen};
use crate::{Check, Kind, Subject, kinds};
use fields::Reader;

/// The check's entry in the registry.
pub const CHECK: Check = Check {
    id: "security-txt",
    title: "The contact is a valid security.txt",
    evidence: &[EvidenceKind::SecurityTxt],
    provisions: &["cop-2018:2", "ts103645-v1.1.1:4.2-1", "en303645-v2.1.1:5.2-1", "psti-2023:sch1-2"],
    units: &[],
    speaks_from: SpeaksFrom::Evidence,
    page: include_str!("security_txt.md"),
    run,
};

/// Longest file that is read.
pub const MOST_BYTES: u64 = 1 << 20;
/// Longest file that a reader has to accept, by RFC 9116 section 5.4.
const SHORT: usize = 32 << 10;
/// Most problems of one kind of gravity that are listed.
const MOST_PROBLEMS: usize = 100;

/// What is in the file and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether it is a valid security.txt on the day of the check: no error.
    pub valid: bool,
    /// What makes it invalid, by line.
    pub errors: Vec<Problem>,
    /// What would make it better.
    pub recommendations: Vec<Problem>,
    /// What a reader may like to know, such as an unknown field.
    pub notes: Vec<Problem>,
    /// The contacts that can be used, in the file's order of preference.
    pub contacts: Vec<String>,
    /// When it expires.
    pub expires: Option<Timestamp>,
    /// The addresses where it says it belongs.
    pub canonical: Vec<String>,
    /// The addresses of the disclosure policy.
    pub policy: Vec<String>,
    /// The preferred languages, in lower case; empty where none are named.
    pub languages: Vec<String>,
    /// Whether it is in an OpenPGP cleartext signature. The signature is not verified.
    pub signed: bool,
}

/// One thing to say about the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// A stable kebab-case word.
    pub code: &'static str,
    /// The line, counted from 1; `None` where it concerns the whole file.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub mend: String,
}

/// Reads a security.txt file as it stands on a day. It counts as expired if its `Expires` lies before the beginning of
/// that day in UTC.
#[must_use]
pub fn read(bytes: &[u8], on: Date) -> Report {
    let mut reader = Reader::default();
    if bytes.len() as u64 > MOST_BYTES {
        reader.error("too-long", None, "the file has more than 1 MiB", "keep contact and addresses only");
    } else if let Some(what) = something_else(bytes) {
        let message = format!("this is {what}, not a security.txt");
        reader.error(
            "not-security-txt",
            None,
            &message,
            "publish plain text lines such as `Contact: mailto:security@hearth.example`",
        );
    } else {
        reader.file(bytes, on);
    }
    if bytes.len() > SHORT && bytes.len() as u64 <= MOST_BYTES {
        reader.recommend("long-file", None, "readers may refuse more than 32 KiB", "shorten the file");
    }
    reader.finish()
}

/// What else the bytes are, if not one line of them can be a field.
fn something_else(bytes: &[u8]) -> Option<&'static str> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let begins =
        |mark: &str| text.len() >= mark.len() && text[..mark.len()].eq_ignore_ascii_case(mark.as_bytes());
    if text.is_empty() {
        return Some("an empty file");
    }
    if ["<!doctype", "<html", "<head", "<body", "<?xml", "<script", "<div"].iter().any(|m| begins(m)) {
        return Some("a web page");
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || bytes.contains(&0) {
        return Some("UTF-16 or binary");
    }
    let known = |line: &[u8]| {
        let name = line.split(|b| *b == b':').next().unwrap_or_default().trim_ascii();
        fields::NAMES.iter().any(|n| name.eq_ignore_ascii_case(n.as_bytes()))
    };
    if !text.split(|b| matches!(b, b'\n' | b'\r')).any(known) {
        return Some("a text without a single field of RFC 9116");
    }
    None
}

/// The beginning of a day in UTC.
fn begin(on: Date) -> Option<Timestamp> {
    on.to_zoned(TimeZone::UTC).ok().map(|z| z.timestamp())
}

fn run(subject: &Subject<'_>) -> Verdict {
    each(subject, EvidenceKind::SecurityTxt, |evidence| {
        match subject.files.read(&evidence.path, MOST_BYTES) {
            Ok(bytes) => judge(subject, &evidence.path, &bytes),
            Err(problem) => unseen(&evidence.path, &problem),
        }
    })
}

fn judge(subject: &Subject<'_>, path: &str, bytes: &[u8]) -> Verdict {
    let report = read(bytes, subject.on);
    let mut findings: Vec<Finding> = report.errors.iter().map(|problem| fault(path, problem)).collect();
    if let Some(published) = subject.case.contact.as_ref().and_then(|c| c.security_txt.as_deref()) {
        let here = values::comparable(published);
        if !report.canonical.is_empty() && !report.canonical.iter().any(|c| values::comparable(c) == here) {
            let message = format!(
                "the file says that it belongs to {}, but the case publishes it at {}",
                list(&report.canonical.iter().take(3).map(|c| quoted(c)).collect::<Vec<_>>()),
                quoted(published)
            );
            findings.push(finding(
                &kinds::CANONICAL_DIFFERS,
                message,
                path.to_owned(),
                Confidence::Certain,
                &[],
            ));
        }
    }
    let english = |l: &String| l == "en" || l.starts_with("en-");
    if !report.languages.is_empty() && !report.languages.iter().any(english) {
        let message = format!(
            "the preferred languages ({}) do not include English, in which the law wants the contact to be published",
            quoted(&report.languages.join(", "))
        );
        findings.push(finding(
            &kinds::ENGLISH_MISSING,
            message,
            path.to_owned(),
            Confidence::Possible,
            &["psti-2023:sch1-2"],
        ));
    }
    let until = report.expires.map(|t| assay::date::in_words(t.to_zoned(TimeZone::UTC).date()));
    let good = format!(
        "{} is a valid security.txt until {} with {}{}. It shows the contact only: the times for acknowledgement and status updates belong into the disclosure policy, and that the file is published was not seen",
        quoted(path),
        until.unwrap_or_default(),
        count(report.contacts.len(), "contact", "contacts"),
        if report.signed { ", signed (the signature was not verified)" } else { ", not signed" },
    );
    Verdict::weigh(findings, vec![], good).having_seen(path, sha256(bytes))
}

/// An error of the file as a finding. Without a usable contact, or past its own date, the file publishes no contact; what
/// merely breaks the standard contradicts no provision and leaves the question open.
fn fault(path: &str, problem: &Problem) -> Finding {
    let against = CHECK.provisions;
    let (kind, provisions): (&Kind, &[&str]) = match problem.code {
        "not-security-txt" => (&kinds::NOT_SECURITY_TXT, against),
        "no-contact" => (&kinds::CONTACT_MISSING, against),
        "expired" => (&kinds::EXPIRES_PAST, against),
        "no-expires" => (&kinds::EXPIRES_MISSING, &[]),
        _ => (&kinds::FIELD_INVALID, &[]),
    };
    let place = problem.line.map_or_else(|| path.to_owned(), |line| format!("{path}:{line}"));
    finding(kind, format!("{}; {}", problem.message, problem.mend), place, Confidence::Certain, provisions)
}
