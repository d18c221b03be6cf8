//! Does the text of a disclosure policy say where to report, when a report is acknowledged, and when status updates come?
//! Reads what is written, in English. A time that binds the reporter, a time for the fix and a promise without a number
//! are none of these; what is hedged is left open. The law sets no maximum, so no time is too long here.

mod barrier;
mod contact;
mod lexicon;
mod promise;
mod template;
mod time;

use assay::case::EvidenceKind;
use assay::outcome::{Confidence, Finding, Outcome, SpeaksFrom};

use crate::files::sha256;
use crate::page::language::{self, English};
use crate::page::{MOST_BYTES, Page, Sentence};
use crate::quote::quoted;
use crate::verdict::{Verdict, each, finding, sentence, unseen};
use crate::{Check, Kind, Subject, kinds};

pub(crate) const CHECK: Check = Check {
    id: "disclosure-policy",
    title: "The disclosure policy gives a contact and two times",
    evidence: &[EvidenceKind::DisclosurePolicy],
    provisions: &["cop-2018:2", "ts103645-v1.1.1:4.2-1", "en303645-v2.1.1:5.2-1", "psti-2023:sch1-2"],
    units: &[UNIT],
    speaks_from: SpeaksFrom::Evidence,
    page: include_str!("disclosure_policy.md"),
    run,
};

/// The test unit that asks for the contact and the two times.
const UNIT: &str = "5.2-1-2/b";
/// Only these two ask for the times.
const TIMES: &[&str] = &["en303645-v2.1.1:5.2-1", "psti-2023:sch1-2"];
/// A page with fewer words is a shell that a script fills.
const FEWEST_WORDS: usize = 12;

/// What a text says of something.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Said {
    /// Plainly.
    Stated,
    /// In a way that leaves it open: the line and the reason.
    Doubtful(usize, String),
    /// Not at all; the line where it is promised without what matters, if any.
    Absent(Option<usize>),
}

impl Said {
    /// What two passages of the same text say together: the plainer one counts.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Stated, _) | (_, Self::Stated) => Self::Stated,
            (doubtful @ Self::Doubtful(..), _) | (_, doubtful @ Self::Doubtful(..)) => doubtful,
            (Self::Absent(a), Self::Absent(b)) => Self::Absent(a.or(b)),
        }
    }
}

fn run(subject: &Subject<'_>) -> Verdict {
    each(subject, EvidenceKind::DisclosurePolicy, |evidence| {
        match subject.files.read(&evidence.path, MOST_BYTES) {
            Ok(bytes) => judge(&evidence.path, &bytes).having_seen(&evidence.path, sha256(&bytes)),
            Err(problem) => unseen(&evidence.path, &problem),
        }
        .with_every_unit(CHECK.units)
    })
}

fn judge(path: &str, bytes: &[u8]) -> Verdict {
    let page = Page::read(bytes);
    let sentences = page.sentences();
    if page.words() < FEWEST_WORDS {
        return Verdict::inconclusive(format!(
            "{} has hardly any text: if a script builds the page, save the text that a reader sees.",
            quoted(path)
        ));
    }
    let english = language::of(&sentences);
    if english == English::None {
        return Verdict::inconclusive(format!(
            "{} is not in English, which this check cannot read; United Kingdom law wants the information in English.",
            quoted(path)
        ));
    }
    if !speaks_of_reports(&sentences) {
        return Verdict::inconclusive(format!(
            "{} does not speak of reports or vulnerabilities: many sites answer every address with the same page, so see that this is the policy.",
            quoted(path)
        ));
    }
    let (acknowledged, updated) = promise::read(&sentences);
    let unseen = page.unseen.first().copied();
    let mut weighed = Weighed { path, english, unseen, findings: vec![], doubts: vec![] };
    weighed.add(
        contact::read(&page, &sentences),
        &kinds::NO_CONTACT,
        CHECK.provisions,
        "gives no contact: no mail address, no telephone number, no link to a form",
    );
    weighed.add(
        acknowledged,
        &kinds::NO_ACKNOWLEDGEMENT_TIME,
        TIMES,
        "does not say when a report is acknowledged",
    );
    weighed.add(
        updated,
        &kinds::NO_STATUS_INTERVAL,
        TIMES,
        "does not say at what interval status updates are sent until the issue is resolved",
    );
    let unit = weighed.unit();
    if let Some((line, what)) = barrier::find(&sentences) {
        weighed.doubts.push(format!(
            "{} seems to ask reporters for {what}: United Kingdom law wants the information free, without prior request and without asking for personal information",
            quoted(&format!("{path}:{line}"))
        ));
    }
    let mut holes = false;
    for line in template::holes(&page) {
        holes = true;
        let message = format!("{} still holds an unfilled placeholder", quoted(path));
        let place = format!("{path}:{line}");
        weighed.findings.push(finding(&kinds::TEMPLATE_UNFILLED, message, place, Confidence::Certain, TIMES));
    }
    if let Some(line) = threat(&sentences) {
        let message = format!(
            "{} speaks of legal action or liability in a way that may frighten reporters away",
            quoted(path)
        );
        let place = format!("{path}:{line}");
        weighed.findings.push(finding(
            &kinds::THREATENS_REPORTERS,
            message,
            place,
            Confidence::Possible,
            &[],
        ));
    }
    let good = format!(
        "{} gives a contact, a time for the acknowledgement and an interval for status updates. That the page is public, free and open to everybody without an account, and that the times are kept, was not seen",
        quoted(path)
    );
    let (outcome, why) = match unit {
        // What fills a placeholder is no time yet.
        (Outcome::Met, _) if holes => {
            (Outcome::Inconclusive, format!("{} still holds an unfilled placeholder", quoted(path)))
        }
        (Outcome::Met, _) => (Outcome::Met, good.clone()),
        decided => decided,
    };
    Verdict::weigh(weighed.findings, weighed.doubts, good).showing(UNIT, outcome, &why)
}

/// Collects findings and doubts about one text.
struct Weighed<'a> {
    path: &'a str,
    english: English,
    /// The line of text that a reader does not see at first, if the page has any.
    unseen: Option<usize>,
    findings: Vec<Finding>,
    doubts: Vec<String>,
}

impl Weighed<'_> {
    /// What the test unit comes to: it asks for the contact and the two times, and for nothing else.
    fn unit(&self) -> (Outcome, String) {
        let sentences = |all: Vec<&str>| all.into_iter().map(sentence).collect::<Vec<_>>().join(" ");
        if !self.findings.is_empty() {
            return (Outcome::NotMet, sentences(self.findings.iter().map(|f| f.message.as_str()).collect()));
        }
        let outcome = if self.doubts.is_empty() { Outcome::Met } else { Outcome::Inconclusive };
        (outcome, sentences(self.doubts.iter().map(String::as_str).collect()))
    }

    fn add(&mut self, said: Said, kind: &Kind, provisions: &[&str], lacking: &str) {
        let path = self.path;
        match said {
            Said::Stated => {}
            Said::Doubtful(line, why) => {
                self.doubts.push(format!("{} {why}", quoted(&format!("{path}:{line}"))))
            }
            // What is missing in the English half may stand in the other.
            Said::Absent(_) if self.english == English::Half => self.doubts.push(format!(
                "the English part of {} {lacking}; the rest is in a language that this check cannot read",
                quoted(path)
            )),
            // Nor what a page unfolds: whether it is ever shown a person can see.
            Said::Absent(_) if self.unseen.is_some() => self.doubts.push(format!(
                "{} {lacking}; text in line {} that a reader does not see at first was left out",
                quoted(path),
                self.unseen.unwrap_or_default()
            )),
            Said::Absent(line) => {
                let place = line.map_or_else(|| path.to_owned(), |line| format!("{path}:{line}"));
                let message = format!("{} {lacking}", quoted(path));
                self.findings.push(finding(kind, message, place, Confidence::Certain, provisions));
            }
        }
    }
}

/// Whether the text speaks of the subject at all.
fn speaks_of_reports(sentences: &[Sentence]) -> bool {
    let about = |w: &str| {
        w.starts_with("vulnerab")
            || w.starts_with("disclos")
            || w.starts_with("report")
            || w.starts_with("researcher")
            || w == "psirt"
    };
    sentences.iter().flat_map(|s| &s.words).any(|w| about(&w.text))
}

/// The line of a sentence that speaks of legal action, liability or prosecution without a word that takes it back.
fn threat(sentences: &[Sentence]) -> Option<usize> {
    let harsh = |s: &Sentence| {
        let has = |w: &str| s.words.iter().any(|x| x.text == w);
        let legal = has("legal")
            && (has("action") || has("actions") || has("proceedings") || has("measures") || has("steps"));
        legal
            || has("prosecution")
            || has("prosecute")
            || has("prosecuted")
            || has("lawsuit")
            || has("sue")
            || has("liable")
    };
    let kind = |s: &Sentence| {
        const KIND: [&str; 12] = [
            "not", "never", "no", "won't", "refrain", "without", "don't", "waive", "harbour", "harbor",
            "nor", "neither",
        ];
        s.words.iter().any(|w| KIND.contains(&w.text.as_str()))
    };
    sentences.iter().find(|s| harsh(s) && !kind(s)).map(Sentence::line)
}
