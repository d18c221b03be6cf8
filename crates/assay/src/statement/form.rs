//! What every statement must be by itself, whatever the log says: its texts within bounds, its lists sorted, its days
//! in years that exist for the rules, and nothing in it that leads to a person.

use assay_log::{LogKey, Policy};

use super::{Change, Fact, Statement};
use crate::declaration::Declaration;
use crate::personal;
use crate::rules::rulebook;
use crate::scheme;
use crate::text::{is_domain, is_https, is_kebab, is_plain};

/// What is wrong with a statement by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Out of bounds: what to mend.
    Content(String),
    /// Something personal.
    Personal {
        /// Where, as the field is named in the bytes.
        field: &'static str,
        /// What it looks like.
        what: &'static str,
    },
}

/// Longest text of a witness policy, in bytes: a few dozen witnesses.
const MOST_POLICY_BYTES: usize = 32_768;
/// Most makers that a dispute or a decision names: what fits into an entry.
const MOST_MAKERS: usize = 3_000;
/// The years in which every date of a statement lies.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2200;

/// What a text is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Text {
    /// An organisation's name.
    Organisation,
    /// A product's name, model or category.
    Plain,
    /// Reasons, longer.
    Reasons,
    Domain,
    Page,
    Number,
    Word,
}

impl Statement {
    /// Whether it can stand by itself. The fold asks this of every statement before it looks at the log.
    ///
    /// # Errors
    /// See [`Fault`].
    pub fn check_form(&self) -> Result<(), Fault> {
        for (field, kind, text) in self.texts() {
            kind.check(field, text)?;
        }
        let days = [Some(self.on()), self.second_day(), self.third_day()];
        if days.into_iter().flatten().any(|day| !YEARS.contains(&day.year())) {
            return content("dates lie in the years 1970 to 2200");
        }
        let sorted =
            |makers: &[super::MakerId]| makers.is_sorted_by(|a, b| a < b) && makers.len() <= MOST_MAKERS;
        match self {
            Self::Declared(s) => s.check_form().map_err(Fault::Content),
            Self::Assessed(s) if !are_provisions(s) => content("an assessment judges provisions that exist"),
            Self::GtinDisputed(s) if !sorted(&s.makers) || s.makers.is_empty() => {
                content("a dispute names the makers, sorted, none twice, at most 3,000")
            }
            Self::GtinDecided(s) if !sorted(&s.against) => {
                content("a decision names the makers against whom it is, sorted, none twice, at most 3,000")
            }
            Self::ForeignLabelRecorded(s) if scheme::find(&s.scheme).is_none() => {
                content(&format!("there is no scheme `{}`", s.scheme))
            }
            Self::LabAccredited(s) => {
                let known = s.schemes.iter().all(|id| scheme::find(id).is_some());
                if s.schemes.is_empty() || !known || !s.schemes.is_sorted_by(|a, b| a < b) {
                    return content("an accreditation names schemes that exist, sorted, none twice");
                }
                Ok(())
            }
            Self::Corrected(s) if s.change.is_of_registration() == s.product.is_some() => content(
                "a correction of a registration names no product, one of a declaration names its product",
            ),
            Self::LogKeyAnnounced(s) => match LogKey::parse(&s.key) {
                Ok(key) if key.to_string() == s.key => Ok(()),
                _ => content("`key` is a verifier key as a signed note has it, NAME+ID+BASE64"),
            },
            Self::WitnessPolicyChanged(s) => check_policy(&s.policy),
            _ => Ok(()),
        }
    }

    /// Every text that is free in some way, with where it stands.
    fn texts(&self) -> Vec<(&'static str, Text, &str)> {
        match self {
            Self::MakerRegistered(s) => {
                vec![
                    ("organisation", Text::Organisation, &s.organisation),
                    ("domain", Text::Domain, &s.domain),
                ]
            }
            Self::Declared(s) => declared(s),
            Self::Corrected(s) => vec![match &s.change {
                Change::Organisation(text) => ("organisation", Text::Organisation, text.as_str()),
                Change::Domain(text) => ("domain", Text::Domain, text),
                Change::Name(text) => ("name", Text::Plain, text),
                Change::Category(text) => ("category", Text::Plain, text),
                Change::PublishedAt(text) => ("published-at", Text::Page, text),
                Change::Policy(text) => ("policy", Text::Page, text),
                Change::SecurityTxt(text) => ("security-txt", Text::Page, text),
            }],
            Self::AdvisoryPublished(s) => {
                vec![("advisory", Text::Number, &s.advisory), ("address", Text::Page, &s.address)]
            }
            Self::ForeignLabelRecorded(s) => vec![
                ("scheme", Text::Word, s.scheme.as_str()),
                ("number", Text::Number, &s.number),
                ("source", Text::Page, &s.source),
            ],
            Self::LabAccredited(s) => vec![
                ("organisation", Text::Organisation, s.organisation.as_str()),
                ("domain", Text::Domain, &s.domain),
                ("certificate", Text::Number, &s.certificate),
            ],
            Self::SchemaAnnounced(s) => {
                vec![("schema", Text::Word, s.schema.as_str()), ("address", Text::Page, &s.address)]
            }
            Self::Assessed(s) => vec![("scheme", Text::Word, s.scheme.as_str())],
            Self::Labelled(s) => vec![("scheme", Text::Word, s.scheme.as_str())],
            Self::LabelSuspended(s) => vec![("scheme", Text::Word, s.scheme.as_str())],
            _ => Vec::new(),
        }
    }

    /// A day beside the one it speaks of.
    fn second_day(&self) -> Option<jiff::civil::Date> {
        match self {
            Self::Labelled(s) => s.updates_until,
            Self::SupportExtended(s) => Some(s.end),
            Self::Observed(s) => match &s.fact {
                Fact::SupportShortened { promised, .. } => Some(*promised),
                _ => None,
            },
            Self::ForeignLabelRecorded(s) => s.until,
            Self::LabAccredited(s) => Some(s.until),
            Self::LogKeyAnnounced(s) => Some(s.from),
            Self::WitnessPolicyChanged(s) => Some(s.from),
            Self::SchemaAnnounced(s) => Some(s.from),
            _ => None,
        }
    }

    /// The day that a maker showed, beside the one it had promised.
    fn third_day(&self) -> Option<jiff::civil::Date> {
        match self {
            Self::Observed(s) => match &s.fact {
                Fact::SupportShortened { shown, .. } => *shown,
                _ => None,
            },
            _ => None,
        }
    }
}

/// Whether every requirement of an assessment is a provision that exists.
fn are_provisions(s: &super::Assessed) -> bool {
    s.requirements.iter().all(|r| rulebook().provisions.contains_key(&r.id))
}

fn declared(s: &Declaration) -> Vec<(&'static str, Text, &str)> {
    let mut texts =
        vec![("name", Text::Plain, s.product.name.as_str()), ("model", Text::Plain, &s.product.model)];
    let pages = [
        ("published_at", &s.support.published_at),
        ("policy", &s.contact.policy),
        ("security_txt", &s.contact.security_txt),
    ];
    texts.extend(pages.into_iter().filter_map(|(field, page)| Some((field, Text::Page, page.as_deref()?))));
    texts.extend(s.product.category.as_deref().map(|text| ("category", Text::Plain, text)));
    texts.extend(s.support.reasons.as_deref().map(|text| ("reasons", Text::Reasons, text)));
    for outcome in &s.outcomes {
        texts.push(("check", Text::Word, &outcome.check));
        texts.extend(outcome.findings.iter().map(|f| ("kind", Text::Word, f.kind.as_str())));
    }
    texts
}

impl Text {
    fn check(self, field: &'static str, text: &str) -> Result<(), Fault> {
        let personal = match self {
            Self::Organisation | Self::Reasons => personal::traces_of_anybody(text),
            // A word is chosen by whoever signs, and could be many put together.
            Self::Word if text.bytes().any(|b| b.is_ascii_digit()) => {
                personal::traces(&text.replace('-', " "))
            }
            Self::Word => None,
            Self::Plain | Self::Page | Self::Number | Self::Domain => personal::traces(text),
        };
        if let Some(what) = personal {
            return Err(Fault::Personal { field, what });
        }
        let (fits, rule) = match self {
            Self::Organisation | Self::Plain => {
                (is_plain(text, 200), "1 to 200 characters, none of them invisible")
            }
            Self::Reasons => (is_plain(text, 2_000), "up to 2,000 characters, none of them invisible"),
            Self::Domain => (is_domain(text), "a domain, such as hearth.example"),
            Self::Page => (is_https(text), "the https address of a page, at most 500 characters"),
            Self::Number => (
                is_number(text),
                "1 to 64 letters, digits, `.`, `_`, `/` and `-` that begin with a letter or digit and have a digit",
            ),
            Self::Word => (is_kebab(text), "a kebab-case word of at most 64 characters"),
        };
        if fits { Ok(()) } else { content(&format!("`{field}` is {rule}")) }
    }
}

/// Whether a text is a number as registers and makers give them.
fn is_number(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'/' | b'-'))
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.bytes().any(|b| b.is_ascii_digit())
}

/// A policy in its one spelling; a comment could hold anything.
fn check_policy(text: &str) -> Result<(), Fault> {
    if text.len() > MOST_POLICY_BYTES {
        return content("a witness policy has at most 32,768 bytes");
    }
    let Ok(policy) = Policy::parse(text.as_bytes()) else {
        return content("`policy` is a witness policy (C2SP tlog-policy)");
    };
    if policy.to_bytes() != text.as_bytes() {
        return content("`policy` is without comments, with single spaces, a line feed after each line");
    }
    // Every word of a line, of a key its name: what else is in a key may look like anything.
    let words = text.lines().flat_map(|line| {
        let key = match line.split(' ').next() {
            Some("log") => Some(1),
            Some("witness") => Some(2),
            _ => None,
        };
        line.split(' ').enumerate().map(move |(at, word)| match key {
            Some(key) if key == at => word.split('+').next().unwrap_or_default(),
            _ => word,
        })
    });
    match words.into_iter().find_map(personal::traces) {
        Some(what) => Err(Fault::Personal { field: "policy", what }),
        None => Ok(()),
    }
}

fn content(what: &str) -> Result<(), Fault> {
    Err(Fault::Content(what.to_owned()))
}
