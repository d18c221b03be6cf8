//! What a check arrives at: an outcome with its reason, its findings, and what was looked at. The rules that keep a
//! verdict honest stand here once: only a finding makes *not met*, nothing doubtful becomes *met*, and the order in
//! which evidence is offered changes nothing.

use assay::case::{Evidence, EvidenceKind};
use assay::outcome::{Confidence, Finding, Looked, Outcome, UnitSeen};

use crate::Subject;
use crate::files::FileProblem;
use crate::kinds::Kind;
use crate::quote::quoted;

/// What one check says of one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The outcome.
    pub outcome: Outcome,
    /// What was looked at and what it showed, or what is missing to decide.
    pub why: String,
    /// What is wrong, sorted.
    pub findings: Vec<Finding>,
    /// What was looked at, sorted by path.
    pub evidence: Vec<Looked>,
    /// What it shows of single test units of TS 103 701, sorted by unit.
    pub units: Vec<UnitSeen>,
}

impl Verdict {
    /// No evidence was offered.
    pub(crate) fn not_tested(why: impl Into<String>) -> Self {
        Self {
            outcome: Outcome::NotTested,
            why: why.into(),
            findings: vec![],
            evidence: vec![],
            units: vec![],
        }
    }

    /// There is evidence, but it does not decide.
    pub(crate) fn inconclusive(why: impl Into<String>) -> Self {
        Self { outcome: Outcome::Inconclusive, ..Self::not_tested(why) }
    }

    /// Weighs what was seen. A finding that is at least likely and speaks against a provision decides; anything else
    /// that is wrong or doubtful leaves it open; only where there is neither, `good` is said and it is met.
    pub(crate) fn weigh(mut findings: Vec<Finding>, doubts: Vec<String>, good: String) -> Self {
        findings.sort();
        findings.dedup();
        let decides = |f: &Finding| f.confidence >= Confidence::Likely && !f.provisions.is_empty();
        let said = if findings.iter().any(decides) {
            findings.iter().filter(|f| decides(f)).map(|f| f.message.as_str()).collect::<Vec<_>>()
        } else {
            findings.iter().map(|f| f.message.as_str()).collect()
        };
        let outcome = if findings.iter().any(decides) {
            Outcome::NotMet
        } else if findings.is_empty() && doubts.is_empty() {
            Outcome::Met
        } else {
            Outcome::Inconclusive
        };
        let mut sentences: Vec<String> = said.iter().take(3).map(|m| sentence(m)).collect();
        if said.len() > 3 {
            sentences.push(format!("There are {} more findings like these.", said.len() - 3));
        }
        sentences.extend(doubts.iter().map(|d| sentence(d)));
        let why = if outcome == Outcome::Met { sentence(&good) } else { sentences.join(" ") };
        Self { outcome, why, findings, evidence: vec![], units: vec![] }
    }

    /// The same, with what it shows of a test unit.
    pub(crate) fn showing(mut self, unit: &str, outcome: Outcome, why: &str) -> Self {
        self.units.push(UnitSeen { unit: unit.to_owned(), outcome, why: sentence(why) });
        self.units.sort();
        self
    }

    /// The same, where every unit of the check that nothing was said of is as open as the whole: a unit is never silently
    /// left out, and never passes because nobody looked.
    pub(crate) fn with_every_unit(mut self, units: &[&str]) -> Self {
        for unit in units {
            if self.units.iter().any(|seen| seen.unit == *unit) {
                continue;
            }
            let open =
                if self.outcome == Outcome::NotTested { Outcome::NotTested } else { Outcome::Inconclusive };
            let why = self.why.clone();
            self = self.showing(unit, open, &why);
        }
        self
    }

    /// The same, if it rests on nothing but what the maker wrote: that can contradict a provision, never fulfil it.
    pub(crate) fn of_words_alone(mut self) -> Self {
        if self.outcome == Outcome::Met {
            self.outcome = Outcome::Inconclusive;
            self.why = format!("{} {AGREES}", self.why);
        }
        self
    }

    /// The same, having looked at this.
    pub(crate) fn having_seen(mut self, path: &str, sha256: String) -> Self {
        self.evidence.push(Looked { path: path.to_owned(), sha256 });
        self
    }

    /// Joins what was seen in several pieces of evidence, in whatever order they come.
    fn together(mut verdicts: Vec<Self>) -> Self {
        verdicts.sort_by(|a, b| (&a.evidence, &a.why).cmp(&(&b.evidence, &b.why)));
        let outcome = Outcome::join(verdicts.iter().map(|v| v.outcome));
        let units = units_together(&verdicts);
        let mut why: Vec<String> = verdicts.iter().map(|v| v.why.clone()).collect();
        why.dedup();
        let mut findings: Vec<Finding> = verdicts.iter().flat_map(|v| v.findings.clone()).collect();
        findings.sort();
        findings.dedup();
        let mut evidence: Vec<Looked> = verdicts.into_iter().flat_map(|v| v.evidence).collect();
        evidence.sort();
        evidence.dedup();
        Self { outcome, why: why.join(" "), findings, evidence, units }
    }
}

/// What a check says where the maker's words agree with a provision.
const AGREES: &str = "The maker's own description agrees; whether the product does was not seen.";

/// What several pieces of evidence show of the same units.
fn units_together(verdicts: &[Verdict]) -> Vec<UnitSeen> {
    let mut units: Vec<String> = verdicts.iter().flat_map(|v| &v.units).map(|u| u.unit.clone()).collect();
    units.sort();
    units.dedup();
    let seen = |unit: String| {
        let all: Vec<&UnitSeen> = verdicts.iter().flat_map(|v| &v.units).filter(|u| u.unit == unit).collect();
        let outcome = Outcome::join(all.iter().map(|u| u.outcome));
        let mut why: Vec<&str> = all.iter().map(|u| u.why.as_str()).collect();
        why.dedup();
        UnitSeen { outcome, why: why.join(" "), unit }
    };
    units.into_iter().map(seen).collect()
}

/// Judges every piece of evidence of a kind and joins the verdicts; none offered is *not tested*.
pub(crate) fn each(
    subject: &Subject<'_>,
    kind: EvidenceKind,
    judge: impl Fn(&Evidence) -> Verdict,
) -> Verdict {
    let offered: Vec<Verdict> = subject.case.evidence.iter().filter(|e| e.kind == kind).map(judge).collect();
    if offered.is_empty() {
        let word = kind.word();
        return Verdict::not_tested(format!(
            "No evidence of kind `{word}` is offered: put it below evidence/ and name it in an [[evidence]] table of product.toml."
        ));
    }
    Verdict::together(offered)
}

/// Evidence is named in the case, but could not be looked at.
pub(crate) fn unseen(path: &str, problem: &FileProblem) -> Verdict {
    Verdict::inconclusive(sentence(&format!("{} {problem}", quoted(path))))
}

/// Makes a finding; its kind comes from the catalogue, so that every kind can be explained.
pub(crate) fn finding(
    kind: &Kind,
    message: String,
    place: String,
    confidence: Confidence,
    provisions: &[&str],
) -> Finding {
    let provisions = provisions.iter().map(|&p| p.to_owned()).collect();
    Finding { kind: kind.id.to_owned(), message, place, confidence, provisions }
}

/// With a capital at its beginning and a full stop at its end.
pub(crate) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{stop}", chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds;

    fn one(confidence: Confidence, provisions: &[&str]) -> Vec<Finding> {
        vec![finding(
            &kinds::DUPLICATE,
            "two rows agree".into(),
            "evidence/b.csv:2".into(),
            confidence,
            provisions,
        )]
    }

    #[test]
    fn only_a_likely_finding_against_a_provision_decides() {
        let outcome = |findings, doubts: &[&str]| {
            Verdict::weigh(findings, doubts.iter().map(|d| (*d).to_owned()).collect(), "all is well".into())
                .outcome
        };
        assert_eq!(outcome(one(Confidence::Likely, &["cop-2018:1"]), &["a doubt"]), Outcome::NotMet);
        assert_eq!(outcome(one(Confidence::Possible, &["cop-2018:1"]), &[]), Outcome::Inconclusive);
        assert_eq!(outcome(one(Confidence::Certain, &[]), &[]), Outcome::Inconclusive);
        assert_eq!(outcome(vec![], &["a doubt"]), Outcome::Inconclusive);
        assert_eq!(outcome(vec![], &[]), Outcome::Met);
    }

    #[test]
    fn the_order_of_evidence_changes_nothing() {
        let a = Verdict::weigh(vec![], vec![], "a is well".into()).having_seen("evidence/a", "aa".into());
        let b = Verdict::weigh(one(Confidence::Certain, &["cop-2018:1"]), vec![], String::new())
            .having_seen("evidence/b", "bb".into());
        let there = Verdict::together(vec![a.clone(), b.clone()]);
        assert_eq!(there, Verdict::together(vec![b, a]));
        assert_eq!((there.outcome, there.evidence.len()), (Outcome::NotMet, 2));
    }
}
