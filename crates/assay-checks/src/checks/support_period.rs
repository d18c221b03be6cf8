//! Is the support period stated with an end date, published, and the same in both places? Compares the case's [support]
//! table with the text of the page where the period is published, and with earlier promises where the case keeps them. No
//! length is too short here: United Kingdom law sets no minimum.

mod promised;
mod said;
mod unit;

use assay::case::{EvidenceKind, Place, Support};
use assay::date::{Date, in_words};
use assay::outcome::{Confidence, Finding, SpeaksFrom};

use crate::files::sha256;
use crate::page::language::{self, English};
use crate::page::{MOST_BYTES, Page};
use crate::quote::quoted;
use crate::verdict::{Verdict, finding};
use crate::{Check, Subject, ixit, kinds};
use said::Says;

pub(crate) const CHECK: Check = Check {
    id: "support-period",
    title: "The support period has an end date and is published",
    evidence: &[EvidenceKind::SupportPage],
    provisions: &["cop-2018:3", "ts103645-v1.1.1:4.3-4", "en303645-v2.1.1:5.3-13", "psti-2023:sch1-3"],
    units: &[UNIT],
    speaks_from: SpeaksFrom::Evidence,
    page: include_str!("support_period.md"),
    run,
};

/// Only the Regulations want an end date; the standards also accept a period of so many years.
const END_DATE: &[&str] = &["psti-2023:sch1-3"];
/// Only these two ask for reasons.
const REASONS: &[&str] = &["cop-2018:3", "ts103645-v1.1.1:4.3-4"];
/// The test unit that compares the published period with the promised one.
const UNIT: &str = "5.3-13-2/c";
/// A page with fewer words is a shell that a script fills.
const FEWEST_WORDS: usize = 4;

/// A place in the case file.
fn place(at: Place) -> String {
    format!("product.toml:{}:{}", at.line, at.column)
}

fn run(subject: &Subject<'_>) -> Verdict {
    let case = subject.case;
    let mut pages: Vec<&str> = case
        .evidence
        .iter()
        .filter(|e| e.kind == EvidenceKind::SupportPage)
        .map(|e| e.path.as_str())
        .collect();
    pages.sort_unstable();
    pages.dedup();
    let Some(support) = &case.support else {
        if pages.is_empty() {
            return Verdict::not_tested(
                "The case has no [support] table: say until when security updates are promised.",
            );
        }
        return Verdict::inconclusive(
            "A page on support is offered, but the case has no [support] table to compare it with: add one with `end`, `published_at` and `reasons`.",
        );
    };
    let mut weighed = Weighed { subject, support, findings: vec![], doubts: vec![], shown: vec![] };
    weighed.case();
    promised::weigh(support, subject.on, &mut weighed.findings, &mut weighed.doubts);
    let told = unit::told(subject, support);
    weighed.doubts.extend(told.disagreement());
    let mut seen = Vec::new();
    for path in &pages {
        match subject.files.read(path, MOST_BYTES) {
            Ok(bytes) => {
                weighed.page(path, &bytes);
                seen.push((*path, sha256(&bytes)));
            }
            Err(problem) => {
                weighed.shown.push(unit::Page::Unread);
                weighed.doubts.push(format!("{} {problem}", quoted(path)));
            }
        }
    }
    if pages.is_empty() {
        weighed.doubts.push(
            "the page where the period is published was not offered: save its text below evidence/ and name it as `support-page`".to_owned(),
        );
    }
    let until = support.end.map(in_words).unwrap_or_default();
    let good = format!(
        "the case and {} both promise security updates until {until}. Whether an earlier promise that the case does not keep was longer, and whether it stands beside the product's main characteristics, was not seen",
        crate::quote::list(&pages.iter().map(|p| quoted(p)).collect::<Vec<_>>())
    );
    let (outcome, why) = unit::judge(&told, &weighed.shown);
    let verdict = Verdict::weigh(weighed.findings, weighed.doubts, good).showing(UNIT, outcome, &why);
    let verdict = seen.into_iter().fold(verdict, |v, (path, digest)| v.having_seen(path, digest));
    if subject.ixit.is_some() { ixit::having_seen(subject.files, verdict) } else { verdict }
}

struct Weighed<'a> {
    subject: &'a Subject<'a>,
    support: &'a Support,
    findings: Vec<Finding>,
    doubts: Vec<String>,
    /// What each page means for the test unit.
    shown: Vec<unit::Page>,
}

impl Weighed<'_> {
    /// What the case itself says.
    fn case(&mut self) {
        let support = self.support;
        let mut add = |kind, message: &str, at: Place, provisions| {
            let place = place(at);
            self.findings.push(finding(kind, message.to_owned(), place, Confidence::Certain, provisions));
        };
        if support.published_at.is_none() {
            let message = "[support] does not say where the period is published: add `published_at`";
            add(&kinds::SUPPORT_NOT_PUBLISHED, message, support.at, CHECK.provisions);
        }
        if support.reasons.is_none() {
            add(
                &kinds::SUPPORT_NO_REASONS,
                "[support] gives no reasons for the length of the period: add `reasons`",
                support.at,
                REASONS,
            );
        }
        match support.end {
            // The standards take a period of so many years; the law wants the day on which it ends.
            None if support.period.is_some() => add(
                &kinds::SUPPORT_NO_END_DATE,
                "[support] gives a period in words, but no end date: add `end = 2030-05-31`, the last day that you promise",
                support.period_at,
                END_DATE,
            ),
            // A page may still state a period; where no page is named either, nothing states anything.
            None => {
                let against = if support.published_at.is_some() { END_DATE } else { CHECK.provisions };
                add(&kinds::SUPPORT_NO_END_DATE, "[support] gives no end date: add `end = 2030-05-31`, the last day that you promise", support.at, against);
            }
            Some(end) if end < self.subject.on => self.doubts.push(format!(
                "the support period ended on {} ([support] in product.toml, line {}): United Kingdom law sets no minimum length, but nothing is promised any more",
                in_words(end), support.at.line
            )),
            Some(_) => {}
        }
    }

    /// What a published page says.
    fn page(&mut self, path: &str, bytes: &[u8]) {
        let page = Page::read(bytes);
        if page.words() < FEWEST_WORDS {
            self.shown.push(unit::Page::Unread);
            self.doubts.push(format!(
                "{} has hardly any text: if a script builds the page, save the text that a reader sees",
                quoted(path)
            ));
            return;
        }
        let product = &self.subject.case.product;
        let says = said::read(&page, &[&product.model, &product.name], self.support.end);
        let says = match says {
            // A page unfolds; whether this was ever shown a person can see.
            Says::Relative(_) | Says::Vague(_) | Says::Nothing if !page.unseen.is_empty() => Says::Doubtful(
                page.unseen[0],
                "holds text that a reader does not see at first, which was left out, and no end date was found in the rest".into(),
            ),
            says => says,
        };
        let not_english = language::of(&page.sentences()) == English::None;
        let at = |line: usize| format!("{path}:{line}");
        self.shown.push(unit::Page::of(&says, not_english));
        match says {
            Says::TheSame => {}
            Says::Doubtful(line, why) => self.doubts.push(format!("{} {why}", quoted(&at(line)))),
            Says::Other(line, other) => self.differs(&at(line), other),
            _ if not_english => self.doubts.push(format!(
                "no date was found in {}, which is in a language that this check cannot read", quoted(path)
            )),
            Says::Relative(line) => self.no_date(at(line), "gives the period only relative to something else, without an end date", END_DATE),
            Says::Vague(line) => self.no_date(at(line), "promises neither a period nor an end date that binds (\"lifetime\", \"up to\", \"or later\")", CHECK.provisions),
            Says::Nothing => self.no_date(path.to_owned(), "speaks of support or updates, but states neither a period nor an end date", CHECK.provisions),
            Says::OffTopic => self.doubts.push(format!(
                "{} does not speak of support or updates: many sites answer every address with the same page, so see that this is the one", quoted(path)
            )),
        }
    }

    fn no_date(&mut self, place: String, what: &str, provisions: &[&str]) {
        let message = format!("{} {what}", quoted(&place));
        self.findings.push(finding(
            &kinds::SUPPORT_NO_END_DATE,
            message,
            place,
            Confidence::Certain,
            provisions,
        ));
    }

    fn differs(&mut self, place: &str, other: Date) {
        let Some(end) = self.support.end else { return };
        let message = format!(
            "{} says that updates end on {}, the case says {}",
            quoted(place),
            in_words(other),
            in_words(end)
        );
        let kind = &kinds::SUPPORT_DATE_DIFFERS;
        self.findings.push(finding(kind, message, place.to_owned(), Confidence::Certain, CHECK.provisions));
    }
}
