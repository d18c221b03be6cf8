//! The lines and fields of a security.txt, one rule of RFC 9116 after the other. Problems are collected, not thrown: a
//! person mends a file once, not once for each mistake.

use assay::date::Date;
use assay::rules::nearest;
use jiff::{Span, ToSpan};

use super::values::{is_language, rfc3339};
use super::{MOST_PROBLEMS, Problem, Report, begin, signature};
use crate::address::is_mail;
use crate::quote::{clean, quoted};

/// The fields that RFC 9116 and its registry know.
pub(super) const NAMES: [&str; 9] = [
    "Acknowledgments",
    "Canonical",
    "Contact",
    "CSAF",
    "Encryption",
    "Expires",
    "Hiring",
    "Policy",
    "Preferred-Languages",
];
/// Longest line that is read.
const MOST_LINE: usize = 4096;

/// Collects what a file says and what is wrong with it.
#[derive(Default)]
pub(super) struct Reader {
    report: Report,
    expires: Vec<usize>,
    languages: Vec<usize>,
    encrypted: bool,
    /// A contact breaks the standard, but a person can use it: a bare mail address, a page without https.
    readable: bool,
}

impl Reader {
    pub(super) fn error(&mut self, code: &'static str, line: Option<usize>, message: &str, mend: &str) {
        push(&mut self.report.errors, code, line, message, mend);
    }

    pub(super) fn recommend(&mut self, code: &'static str, line: Option<usize>, message: &str, mend: &str) {
        push(&mut self.report.recommendations, code, line, message, mend);
    }

    fn note(&mut self, code: &'static str, line: Option<usize>, message: &str, mend: &str) {
        push(&mut self.report.notes, code, line, message, mend);
    }

    pub(super) fn finish(mut self) -> Report {
        self.report.errors.sort_by_key(|p| (p.line.unwrap_or(usize::MAX), p.code));
        self.report.valid = self.report.errors.is_empty();
        self.report
    }

    pub(super) fn file(&mut self, bytes: &[u8], on: Date) {
        if bytes.starts_with(b"\xef\xbb\xbf") {
            self.error(
                "byte-order-mark",
                Some(1),
                "the file begins with a byte-order mark",
                "save it as UTF-8 without one",
            );
        }
        let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
        if matches!(text, std::borrow::Cow::Owned(_)) {
            self.error("not-utf8", None, "the file is not UTF-8 throughout", "save it as UTF-8");
        }
        if !text.ends_with('\n') {
            let last = Some(text.lines().count().max(1));
            self.error(
                "no-line-end",
                last,
                "the last line has no line end",
                "end every line, the last one too, with a line feed",
            );
        }
        let lines: Vec<(usize, &str)> = (1..).zip(text.lines()).collect();
        if let Some((number, _)) = lines.iter().find(|(_, l)| l.contains('\r')) {
            self.error(
                "no-line-end",
                Some(*number),
                "a line ends with a carriage return alone",
                "end lines with a line feed",
            );
        }
        let unwrapped = signature::unwrap(&lines);
        self.report.signed = unwrapped.signed;
        if let Some((code, line, message)) = unwrapped.wrong {
            self.error(code, Some(line), message, "sign the whole file again with `gpg --clear-sign`");
        }
        for (number, line) in unwrapped.lines {
            self.line(number, line, on);
        }
        self.whole();
    }

    fn line(&mut self, number: usize, line: &str, on: Date) {
        let at = Some(number);
        if line.len() > MOST_LINE {
            return self.error("long-line", at, "the line is longer than 4,096 bytes", "shorten it");
        }
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            return;
        }
        let Some((name, value)) = line.split_once(':') else {
            return self.error(
                "no-field",
                at,
                "the line is neither a field nor a comment",
                "write `Name: value`, or begin it with `#`",
            );
        };
        if name.trim().is_empty() {
            return self.error("no-field", at, "the line has no field name", "write `Name: value`");
        }
        if name != name.trim() {
            self.error(
                "blank-before-colon",
                at,
                "blanks stand around the field name",
                "write the name at the beginning of the line and the colon right after it",
            );
        }
        let name = name.trim();
        if !value.starts_with(' ') && !value.trim().is_empty() {
            self.error("no-blank", at, "no blank stands after the colon", "write `Name: value`");
        }
        let value = value.trim();
        if value.is_empty() {
            return self.error(
                "no-value",
                at,
                &format!("{} has no value", quoted(name)),
                "add the value or remove the line",
            );
        }
        self.field(number, name, value, on);
    }

    fn field(&mut self, number: usize, name: &str, value: &str, on: Date) {
        let at = Some(number);
        match name.to_ascii_lowercase().as_str() {
            "contact" => self.contact(number, value),
            "expires" => self.expiry(number, value, on),
            "preferred-languages" => self.preferred(number, value),
            "canonical" => {
                if self.uri(number, name, value) {
                    self.report.canonical.push(clean(value));
                }
            }
            "policy" => {
                if self.uri(number, name, value) {
                    self.report.policy.push(clean(value));
                }
            }
            "encryption" => self.encrypted |= self.uri(number, name, value),
            "acknowledgments" | "hiring" | "csaf" => {
                self.uri(number, name, value);
            }
            _ => {
                let known = NAMES.iter().copied();
                let mend = match nearest(name, known) {
                    Some(near) => {
                        format!("did you mean `{near}`? Readers ignore fields that they do not know")
                    }
                    None => "readers ignore it".to_owned(),
                };
                self.note("unknown-field", at, &format!("the field {} is not known", quoted(name)), &mend);
            }
        }
    }

    /// Section 2.5.3: a URI; `mailto:` for mail, `tel:` for a telephone, `https:` for a page.
    fn contact(&mut self, number: usize, value: &str) {
        let at = Some(number);
        let lower = value.to_ascii_lowercase();
        if value.contains("[email") || value.contains("email protected") {
            return self.error(
                "hidden-contact",
                at,
                "the address was replaced by a web filter",
                "publish the file without the filter, with the real address",
            );
        }
        if let Some(address) = lower.strip_prefix("mailto:") {
            if !is_mail(address.split('?').next().unwrap_or_default()) {
                return self.error(
                    "bad-address",
                    at,
                    &format!("{} is no mail address", quoted(value)),
                    "write `mailto:security@hearth.example`",
                );
            }
        } else if let Some(phone) = lower.strip_prefix("tel:") {
            if phone.bytes().filter(u8::is_ascii_digit).count() < 3 {
                return self.error(
                    "bad-address",
                    at,
                    &format!("{} is no telephone number", quoted(value)),
                    "write `tel:+44-20-7946-0000`",
                );
            }
        } else if is_mail(&lower) {
            self.readable = true;
            return self.error(
                "no-uri",
                at,
                &format!("{} is a bare mail address", quoted(value)),
                "write `mailto:` before it",
            );
        } else if !self.uri(number, "Contact", value) {
            self.readable |= lower.starts_with("http://");
            return;
        }
        self.report.contacts.push(clean(value));
    }

    /// Section 2.5.5: one date and time as RFC 3339 writes it, and not past.
    fn expiry(&mut self, number: usize, value: &str, on: Date) {
        let at = Some(number);
        self.expires.push(number);
        let Some(instant) = rfc3339(value) else {
            return self.error(
                "bad-expires",
                at,
                &format!("{} is no date and time of RFC 3339", quoted(value)),
                "write it as `2027-05-31T23:59:00Z`",
            );
        };
        if self.report.expires.is_some() {
            return;
        }
        self.report.expires = Some(instant);
        let Some(today) = begin(on) else { return };
        if instant < today {
            self.error(
                "expired",
                at,
                &format!("the file expired at {instant}"),
                "see that the contact still answers, then set a new date",
            );
        }
        let next_year = on
            .checked_add(1.year())
            .ok()
            .and_then(|d| d.checked_add(Span::new().days(1)).ok())
            .and_then(begin);
        if next_year.is_some_and(|next| instant > next) {
            self.recommend(
                "far-expires",
                at,
                "the file expires more than a year ahead",
                "choose less than a year, so that somebody looks at it",
            );
        }
    }

    /// Section 2.5.8: language tags, separated by commas.
    fn preferred(&mut self, number: usize, value: &str) {
        self.languages.push(number);
        for tag in value.split(',').map(str::trim) {
            if is_language(tag) {
                self.report.languages.push(tag.to_ascii_lowercase());
            } else {
                self.error(
                    "bad-language",
                    Some(number),
                    &format!("{} is no language tag", quoted(tag)),
                    "write `en`, or `en, cy`",
                );
            }
        }
    }

    /// A URI; where it is a page, with https.
    fn uri(&mut self, number: usize, name: &str, value: &str) -> bool {
        let at = Some(number);
        let scheme = value.split_once(':').map(|(scheme, rest)| (scheme.to_ascii_lowercase(), rest));
        let is_scheme = |s: &str| {
            s.starts_with(|c: char| c.is_ascii_alphabetic())
                && s.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        };
        match scheme {
            Some((scheme, _)) if scheme == "http" => {
                self.error(
                    "no-https",
                    at,
                    &format!("{} gives a page without https", quoted(name)),
                    "write the address with `https://`",
                );
                false
            }
            Some((scheme, rest)) if scheme == "https" => {
                let host =
                    rest.strip_prefix("//").and_then(|r| r.split(['/', '?', '#']).next()).unwrap_or_default();
                let good = !host.is_empty()
                    && !value.contains(char::is_whitespace)
                    && !value.contains(['<', '>', '"']);
                if !good {
                    self.error(
                        "bad-address",
                        at,
                        &format!("{} is no address of a page", quoted(value)),
                        "write `https://`, the host and the path, without blanks",
                    );
                }
                good
            }
            Some((scheme, rest))
                if is_scheme(&scheme) && !rest.is_empty() && !value.contains(char::is_whitespace) =>
            {
                true
            }
            _ => {
                self.error(
                    "no-uri",
                    at,
                    &format!("{} needs an address, not {}", quoted(name), quoted(value)),
                    "write it with `https://`",
                );
                false
            }
        }
    }

    /// What can only be said when all lines are read.
    fn whole(&mut self) {
        if self.report.contacts.is_empty() && !self.readable {
            self.error(
                "no-contact",
                None,
                "the file names no contact that can be used",
                "add `Contact: mailto:security@hearth.example`",
            );
        }
        match self.expires.as_slice() {
            [] => self.error(
                "no-expires",
                None,
                "the file has no `Expires` field",
                "add `Expires: 2027-05-31T23:59:00Z`, less than a year ahead",
            ),
            [_] => {}
            [_, second, ..] => {
                let second = Some(*second);
                self.error("several-expires", second, "`Expires` stands more than once", "keep one of them");
            }
        }
        if let [_, second, ..] = self.languages.as_slice() {
            let second = Some(*second);
            self.error(
                "several-languages",
                second,
                "`Preferred-Languages` stands more than once",
                "write all languages into one line, separated by commas",
            );
        }
        let mail = self.report.contacts.iter().any(|c| c.to_ascii_lowercase().starts_with("mailto:"));
        if mail && !self.encrypted {
            self.recommend(
                "no-encryption",
                None,
                "no key is named for reports by mail",
                "add `Encryption:` with the address of a public key",
            );
        }
        if !self.report.signed {
            self.recommend("not-signed", None, "the file is not signed", "sign it with `gpg --clear-sign`");
        }
        if self.report.canonical.is_empty() && self.report.signed {
            self.recommend(
                "no-canonical",
                None,
                "the signed file does not say where it belongs",
                "add `Canonical:` with its address",
            );
        }
        if self.report.policy.is_empty() {
            self.recommend(
                "no-policy",
                None,
                "no disclosure policy is named",
                "add `Policy:` with the address of the page that gives the two times",
            );
        }
    }
}

fn push(list: &mut Vec<Problem>, code: &'static str, line: Option<usize>, message: &str, mend: &str) {
    // A code that nothing explains is a mistake of ours, found by whichever test meets it.
    debug_assert!(
        super::codes::CODES.iter().any(|(known, _)| *known == code)
            || crate::finding_kinds().iter().any(|kind| kind.id == code),
        "{code} is not explained"
    );
    if list.len() < MOST_PROBLEMS {
        list.push(Problem { code, line, message: message.to_owned(), mend: mend.to_owned() });
    }
}
