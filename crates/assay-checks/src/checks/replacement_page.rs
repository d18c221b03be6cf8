//! Does what is published about a device that cannot be updated give the reason, the plan for replacing its hardware, and a
//! support period? Reads the text of one page or of several together, in English. Whether the reason is a good one, and
//! whether anybody finds the page, a person has to say.

mod says;
mod words;

use assay::case::EvidenceKind;
use assay::outcome::{Confidence, Finding, Outcome, SpeaksFrom};

use crate::files::sha256;
use crate::page::language::{self, English};
use crate::page::{MOST_BYTES, Page};
use crate::quote::{list, quoted};
use crate::verdict::{Verdict, finding, sentence};
use crate::{Check, Kind, Subject, kinds};
use says::{Read, Said};

pub(crate) const CHECK: Check = Check {
    id: "replacement-page",
    title: "A device that cannot be updated says why, and how it is replaced",
    evidence: &[EvidenceKind::ReplacementPage],
    provisions: &["ts103645-v1.1.1:4.3-9", "en303645-v2.1.1:5.3-14", "en303645-v3.1.3:5.3-14"],
    units: &["5.3-14-2/c", "5.3-14-2/d", "5.3-14-2/e"],
    speaks_from: SpeaksFrom::Evidence,
    page: include_str!("replacement_page.md"),
    run,
};

/// Both versions of EN 303 645 ask for the way of replacement too, the first version only for its period.
const METHOD: &[&str] = &["en303645-v2.1.1:5.3-14", "en303645-v3.1.3:5.3-14"];
/// Only this version asks for a support period here.
const PERIOD: &[&str] = &["en303645-v2.1.1:5.3-14"];
/// A page with fewer words is a shell that a script fills.
const FEWEST_WORDS: usize = 8;

fn run(subject: &Subject<'_>) -> Verdict {
    let offered = subject.case.evidence.iter().filter(|e| e.kind == EvidenceKind::ReplacementPage);
    let mut paths: Vec<&str> = offered.map(|e| e.path.as_str()).collect();
    paths.sort_unstable();
    paths.dedup();
    if paths.is_empty() {
        return Verdict::not_tested(
            "No evidence of kind `replacement-page` is offered: where the software cannot be updated, save the text that says so below evidence/ and name it in product.toml.",
        );
    }
    // The reason and the plan may be published in different places: what one page lacks another may say.
    let (mut read, mut unread, mut seen) = (Read::nothing(), Vec::new(), Vec::new());
    for path in &paths {
        match subject.files.read(path, MOST_BYTES) {
            Ok(bytes) => {
                seen.push((*path, sha256(&bytes)));
                match page(path, &bytes) {
                    Ok(more) => read = read.or(more),
                    Err(why) => unread.push(why),
                }
            }
            Err(problem) => unread.push(format!("{} {problem}", quoted(path))),
        }
    }
    let weighed = Weighed { paths: &paths, unread: &unread, findings: vec![], doubts: vec![], units: vec![] };
    let verdict = weighed.all(read);
    seen.into_iter().fold(verdict, |v, (path, digest)| v.having_seen(path, digest))
}

/// What one page says, or why it could not be read.
fn page(path: &str, bytes: &[u8]) -> Result<Read, String> {
    let page = Page::read(bytes);
    let sentences = page.sentences();
    let path = quoted(path);
    if page.words() < FEWEST_WORDS {
        return Err(format!(
            "{path} has hardly any text: if a script builds the page, save the text that a reader sees"
        ));
    }
    match language::of(&sentences) {
        English::None => return Err(format!("{path} is not in English, which this check cannot read")),
        English::Half => {
            return Err(format!("{path} is in English only in part: save the English text alone"));
        }
        English::Whole => {}
    }
    if !says::is_about(&sentences) {
        return Err(format!(
            "{path} speaks neither of updates nor of replacement: many sites answer every address with the same page, so see that this is the one"
        ));
    }
    Ok(says::read(&sentences))
}

struct Weighed<'a> {
    paths: &'a [&'a str],
    /// Why some page could not be read: what is missing may stand there.
    unread: &'a [String],
    findings: Vec<Finding>,
    doubts: Vec<String>,
    units: Vec<(&'static str, Outcome, String)>,
}

impl Weighed<'_> {
    fn all(mut self, read: Read) -> Verdict {
        self.doubts.extend(self.unread.iter().cloned());
        let reason = self.said(
            read.reason,
            &kinds::REPLACEMENT_NO_REASON,
            CHECK.provisions,
            "gives no reason why the software is not updated",
        );
        self.units.push(("5.3-14-2/c", reason.0, reason.1));
        let period = self.said(
            read.until,
            &kinds::REPLACEMENT_NO_PLAN,
            CHECK.provisions,
            "does not say until when or for how long the hardware is replaced",
        );
        let way = self.said(
            read.way,
            &kinds::REPLACEMENT_NO_PLAN,
            METHOD,
            "does not say how the hardware is replaced",
        );
        let plan = [period, way];
        let outcome = Outcome::join(plan.iter().map(|p| p.0));
        let why = plan.iter().filter(|p| p.0 == outcome).map(|p| p.1.as_str()).collect::<Vec<_>>().join(" ");
        self.units.push(("5.3-14-2/d", outcome, why));
        let support = self.said(
            read.support,
            &kinds::REPLACEMENT_NO_PERIOD,
            PERIOD,
            "states no support period for the device that is not updated",
        );
        self.units.push(("5.3-14-2/e", support.0, support.1));
        let good = format!(
            "{} give the reason why there are no updates, the plan for replacing the hardware, and a support period. Whether they are public, easily found and true was not seen",
            self.named()
        );
        let verdict = Verdict::weigh(self.findings, self.doubts, good);
        self.units.iter().fold(verdict, |v, (unit, outcome, why)| v.showing(unit, *outcome, why))
    }

    fn named(&self) -> String {
        list(&self.paths.iter().map(|p| quoted(p)).collect::<Vec<_>>())
    }

    /// Weighs one thing that was looked for, and says what it means for the unit that asks for it.
    fn said(&mut self, said: Said, kind: &Kind, provisions: &[&str], lacking: &str) -> (Outcome, String) {
        match said {
            Said::Stated(line) => (Outcome::Met, format!("It is said in the paragraph at line {line}.")),
            Said::Doubtful(line, why) => {
                let why = format!("line {line} {why}");
                self.doubts.push(why.clone());
                (Outcome::Inconclusive, sentence(&why))
            }
            Said::Absent if !self.unread.is_empty() => (
                Outcome::Inconclusive,
                sentence(&format!("what could be read {lacking}, and not everything could be read")),
            ),
            Said::Absent => {
                let verb = format!("{} {lacking}", self.named());
                // The words of a page are many: an absence is likely, not certain.
                let place = self.paths.first().map_or("", |p| *p).to_owned();
                self.findings.push(finding(kind, verb.clone(), place, Confidence::Likely, provisions));
                (Outcome::NotMet, sentence(&verb))
            }
        }
    }
}
