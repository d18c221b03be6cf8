//! What must be mended, the most certain first: what checks found, claims that break a rule, and what the maker declares
//! as not fulfilled. Each has its place and its mend.

use assay::assess::Judged;
use assay::outcome::{CheckResult, Claim, Confidence, Finding, Outcome};
use assay::rules::rulebook;

use super::Shown;
use super::words::{self, clean, how_to_mend, number};
use crate::folder::CASE_FILE;

/// From how many breaches of one rule on they are named together.
const TOGETHER: usize = 4;

/// One thing to mend.
pub(crate) struct Mend {
    /// How sure: `certain`, `likely`, `possible`, or `declared`.
    pub(crate) sure: &'static str,
    /// The kind, as `assay explain` knows it; empty where it is a declaration.
    pub(crate) kind: String,
    /// What it is, in a few words.
    pub(crate) title: String,
    /// What is wrong.
    pub(crate) message: String,
    /// Where.
    pub(crate) place: String,
    /// How to mend it.
    pub(crate) how: String,
    /// The requirements it speaks against.
    pub(crate) against: String,
}

/// Everything, the most certain first; among equals in the order of the checks.
pub(crate) fn all(shown: &Shown<'_>) -> Vec<Mend> {
    let of = |sure: Confidence| {
        let found = shown.results.iter().flat_map(|r| r.findings.iter().map(move |f| (r, f)));
        found.filter(move |(_, f)| f.confidence == sure).map(|(r, f)| finding(r, f, shown))
    };
    let mut mends: Vec<Mend> = of(Confidence::Certain).collect();
    mends.extend(breaches(shown));
    mends.extend(claims(shown));
    mends.extend(of(Confidence::Likely));
    mends.extend(of(Confidence::Possible));
    mends.extend(declared(shown));
    mends
}

fn finding(result: &CheckResult, finding: &Finding, shown: &Shown<'_>) -> Mend {
    let kind = assay_checks::finding_kinds().iter().find(|k| k.id == finding.kind);
    let asked = |p: &&String| shown.assessments.iter().any(|a| a.requirements.iter().any(|r| r.id == **p));
    let against: Vec<&str> = finding.provisions.iter().filter(asked).map(String::as_str).collect();
    let how = kind.and_then(|k| how_to_mend(k.explain));
    Mend {
        sure: words::confidence(finding.confidence),
        kind: finding.kind.clone(),
        title: kind.map_or_else(|| result.check.clone(), |k| k.title.to_owned()),
        message: clean(&finding.message),
        place: clean(&finding.place),
        how: how.unwrap_or_else(|| format!("See `assay explain {}`.", result.check)),
        against: against.join(", "),
    }
}

/// What breaks a rule of the ICS. Many breaches of one rule are one thing to do.
fn breaches(shown: &Shown<'_>) -> Vec<Mend> {
    let mut mends = Vec::new();
    for ics in shown.ics {
        let mut rules: Vec<&str> = ics.breaches.iter().map(|b| b.rule).collect();
        rules.dedup();
        rules.sort_unstable();
        rules.dedup();
        for rule in rules {
            let of_rule: Vec<_> = ics.breaches.iter().filter(|b| b.rule == rule).collect();
            let title = assay::conformity::RULES.iter().find(|r| r.0 == rule).map_or(rule, |r| r.1);
            let mend = |message: String, place: String, how: String, against: String| Mend {
                sure: "certain",
                kind: rule.to_owned(),
                title: title.to_owned(),
                message,
                place,
                how,
                against,
            };
            if of_rule.len() >= TOGETHER {
                let numbers: Vec<&str> = of_rule.iter().map(|b| number(&b.provision)).collect();
                let message = format!("{} claims of {}: {}", of_rule.len(), ics.cite(), numbers.join(", "));
                let how = format!("See `assay explain {rule}`. The first: {}", clean(&of_rule[0].mend));
                mends.push(mend(message, CASE_FILE.into(), how, String::new()));
                continue;
            }
            for b in of_rule {
                let place = format!("{CASE_FILE}:{}:{}", b.at.line, b.at.column);
                mends.push(mend(clean(&b.message), place, clean(&b.mend), b.provision.clone()));
            }
        }
    }
    mends
}

/// Claims that cannot be declared for another reason than a finding or a breach.
fn claims(shown: &Shown<'_>) -> Vec<Mend> {
    let refused =
        shown.assessments.iter().flat_map(|a| &a.requirements).filter_map(|r| Some((r, r.refused.as_ref()?)));
    let breached = |id: &str| shown.ics.iter().flat_map(|i| &i.breaches).any(|b| b.provision == id);
    let mut mends: Vec<Mend> = Vec::new();
    for (r, why) in refused.filter(|(r, _)| r.outcome != Outcome::NotMet && !breached(&r.id)) {
        if mends.iter().any(|m| m.against == r.id) {
            continue;
        }
        let (message, how) = why.rsplit_once(": ").unwrap_or((why, ""));
        mends.push(Mend {
            sure: "certain",
            kind: String::new(),
            title: "A claim that cannot be made".into(),
            message: clean(message),
            place: claimed_at(shown, &r.id),
            how: clean(how),
            against: r.id.clone(),
        });
    }
    mends
}

/// What the maker declares as not fulfilled, as a whole or in a part: no fault of the declaration, but of the product.
fn declared(shown: &Shown<'_>) -> Vec<Mend> {
    let mut mends: Vec<Mend> = Vec::new();
    for r in shown.assessments.iter().flat_map(|a| &a.requirements).filter(|r| is_declared(r)) {
        let again = mends.iter().any(|m| m.against == r.id);
        if again || r.holds == Some(true) || r.refused.is_some() {
            continue;
        }
        let id = r.denied_part.as_ref().filter(|_| r.claim != Some(Claim::No)).unwrap_or(&r.id);
        let provision = rulebook().provisions.get(id);
        mends.push(Mend {
            sure: "declared",
            kind: String::new(),
            title: "Declared as not fulfilled".into(),
            message: provision.map_or_else(|| id.clone(), |p| p.says.clone()),
            place: claimed_at(shown, id),
            how: provision.map_or_else(String::new, |p| p.help.clone()),
            against: r.id.clone(),
        });
    }
    mends
}

/// Whether the maker says itself that a requirement is not fulfilled.
pub(crate) fn is_declared(r: &Judged) -> bool {
    r.claim == Some(Claim::No) || r.denied_part.is_some()
}

/// Where in product.toml a claim stands.
pub(crate) fn claimed_at(shown: &Shown<'_>, id: &str) -> String {
    let at = shown.case.and_then(|c| c.claims.get(id)).map(|c| c.at);
    at.map_or_else(|| CASE_FILE.to_owned(), |at| format!("{CASE_FILE}:{}:{}", at.line, at.column))
}
