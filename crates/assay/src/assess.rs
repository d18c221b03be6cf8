//! The assessment: claims and outcomes joined with a scheme on a date. Checks and schemes meet only here, by the ids of
//! provisions. The two are never merged: a requirement shows what was claimed beside what was seen, and whether it
//! holds as the scheme accepts it.

mod held;
#[cfg(test)]
mod tests;
mod ways;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::Held;
use crate::outcome::{CheckResult, Claim, Outcome, SeenBy, shown_of};
use crate::rules::rulebook;
use crate::scheme::{Accepts, Requirement, Scheme, SchemeKind, Symbol};

pub use held::{Currency, currency, current};
pub use ways::WayJudged;

/// What a scheme says of a product as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every requirement holds as the scheme accepts it.
    Holds,
    /// Honestly declared not to hold, or not claimed.
    DoesNotHold,
    /// The declaration is invalid or its own evidence contradicts it.
    Refused,
    /// The scheme asks for evidence that is missing.
    Undecided,
}

impl Verdict {
    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::DoesNotHold => "does-not-hold",
            Self::Refused => "refused",
            Self::Undecided => "undecided",
        }
    }
}

/// The shield's sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Variant {
    /// Everything behind the shield is claimed and nothing contradicts it.
    Tick,
    /// The maker honestly declares that something behind it is not fulfilled.
    Cross,
}

impl Variant {
    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Tick => "tick",
            Self::Cross => "cross",
        }
    }
}

/// The label that a product may carry under the scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entitled {
    /// Tick or cross.
    pub variant: Variant,
    /// The last day until which security updates are promised at least; none where none are promised.
    pub updates_until: Option<Date>,
}

/// One requirement of the scheme: what was claimed, what was seen, and whether it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// The provision's id.
    pub id: String,
    /// What the maker says.
    pub claim: Option<Claim>,
    /// What the evidence shows, all checks together.
    pub outcome: Outcome,
    /// The weakest who vouches for it.
    pub seen_by: SeenBy,
    /// Whether it holds as the scheme accepts it; `None` while undecided.
    pub holds: Option<bool>,
    /// Why the declaration of this requirement is invalid or contradicted, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// The part of it that is honestly declared as not fulfilled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub denied_part: Option<String>,
    /// The way in which it counts as met though it is not claimed itself: deemed compliance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_way: Option<String>,
    /// Every other way that the scheme knows on that day, and whether the product goes it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ways: Vec<WayJudged>,
    /// What each check said.
    pub checks: Vec<CheckResult>,
}

impl Judged {
    /// Whether it counts as met by the law's fiction alone: another way holds, and what was seen speaks against it.
    #[must_use]
    pub fn deemed_against_evidence(&self) -> bool {
        self.holds == Some(true) && self.by_way.is_some() && self.outcome == Outcome::NotMet
    }
}

/// One case under one scheme on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assessment {
    /// The scheme's id.
    pub scheme: String,
    /// The whole.
    pub verdict: Verdict,
    /// The label it may carry; none where the scheme has no label, or nothing can be declared.
    pub label: Option<Entitled>,
    /// Requirement by requirement, in the scheme's order.
    pub requirements: Vec<Judged>,
    /// Every reason for a refusal, for people.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<String>,
    /// For a scheme that only a granted label decides: how it stands with that label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<Currency>,
}

impl Assessment {
    /// The level that is shown: the lowest "seen by" among the requirements.
    #[must_use]
    pub fn level(&self) -> SeenBy {
        self.requirements.iter().map(|r| r.seen_by).min().unwrap_or(SeenBy::Maker)
    }
}

/// What is judged: everything that is known of one product on one day.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// The claims by provision id.
    pub claims: &'a BTreeMap<String, Claim>,
    /// What the checks showed, in any order: neither order nor repetition changes the result.
    pub checks: &'a [CheckResult],
    /// The end date of the support period, if one is promised.
    pub until: Option<Date>,
    /// What is known to be so or not so about the product, by the rulebook's facts.
    pub facts: &'a BTreeMap<String, bool>,
    /// The labels of other schemes that it holds.
    pub labels: &'a [Held],
    /// The model and name that a label must carry to be this product's.
    pub named: &'a [&'a str],
    /// Claims that are invalid in the ICS, by provision id, each with the sentence that says why.
    pub invalid: &'a BTreeMap<String, String>,
    /// The day.
    pub on: Date,
}

static NO_FACTS: BTreeMap<String, bool> = BTreeMap::new();
static NO_FAULTS: BTreeMap<String, String> = BTreeMap::new();

impl<'a> Given<'a> {
    /// Claims, outcomes and the promise alone; nothing else is known.
    #[must_use]
    pub fn new(
        claims: &'a BTreeMap<String, Claim>,
        checks: &'a [CheckResult],
        until: Option<Date>,
        on: Date,
    ) -> Self {
        Self { claims, checks, until, facts: &NO_FACTS, labels: &[], named: &[], invalid: &NO_FAULTS, on }
    }

    /// What the checks that touch a provision showed of it, sorted by check.
    fn touching(&self, id: &str) -> Vec<CheckResult> {
        let mut touching: Vec<CheckResult> =
            self.checks.iter().filter(|c| c.provisions.iter().any(|p| p == id)).cloned().collect();
        touching.sort_by(|a, b| a.check.cmp(&b.check));
        touching
    }

    fn outcome(&self, id: &str) -> Outcome {
        shown_of(self.checks, id)
    }

    /// Whether a check laid a fault against a provision, be it one that the check cannot show to be met.
    fn found_against(&self, id: &str) -> bool {
        let mut findings =
            self.checks.iter().filter(|c| c.outcome == Outcome::NotMet).flat_map(|c| &c.findings);
        findings.any(|f| f.provisions.iter().any(|p| p == id))
    }
}

/// Judges what is given under a scheme.
#[must_use]
pub fn assess(scheme: &Scheme, given: &Given<'_>) -> Assessment {
    let held = scheme.holding.as_ref().map(|_| currency(scheme, given));
    let granted = held.as_ref().is_some_and(|h| h.current);
    let asked: Vec<&Requirement> = scheme.asked_on(given.on).collect();
    let requirements: Vec<Judged> = asked.iter().map(|r| judge(scheme.accepts, granted, r, given)).collect();
    let mut refused: Vec<String> = requirements.iter().filter_map(|r| r.refused.clone()).collect();
    if scheme.kind == SchemeKind::Standard {
        refused.extend(failed_beyond(&asked, given));
    }
    // Before its first phase a scheme asks nothing, and nothing asked is nothing shown.
    let begun = scheme.phases.is_empty() || scheme.phase_on(given.on).is_some();
    // A label that was held and is no longer current is a plain no; one that was never held is an open question.
    let lapsed = scheme.accepts == Accepts::Grant && held.as_ref().is_some_and(|h| h.named && !h.current);
    let verdict = if !refused.is_empty() {
        Verdict::Refused
    } else if lapsed || requirements.iter().any(|r| r.holds == Some(false)) {
        Verdict::DoesNotHold
    } else if !begun || requirements.is_empty() || requirements.iter().any(|r| r.holds.is_none()) {
        Verdict::Undecided
    } else {
        Verdict::Holds
    };
    let label = label(scheme, &asked, &requirements, verdict, given).filter(|_| begun);
    Assessment { scheme: scheme.id.clone(), verdict, label, requirements, refused, held }
}

/// What is claimed of a standard beyond what its scheme asks, and fails: the whole fails with it until it is mended or, being
/// a recommendation, withdrawn with a reason (TS 103 701, phase 6 and its NOTE 8).
fn failed_beyond(asked: &[&Requirement], given: &Given<'_>) -> Vec<String> {
    let baseline = |id: &str| id.split_once(':').map(|(b, _)| b.to_owned());
    let Some(standard) = asked.first().and_then(|r| baseline(&r.provision)) else { return Vec::new() };
    let beyond =
        |id: &str| baseline(id).as_ref() == Some(&standard) && !asked.iter().any(|r| r.provision == *id);
    let claims = given.claims.iter().filter(|(id, c)| **c == Claim::Yes && beyond(id));
    claims
        .filter(|(id, _)| given.outcome(id) == Outcome::NotMet)
        .map(|(id, _)| {
            format!("{id} is claimed as fulfilled, but the evidence shows that it is not: mend the product, or withdraw the claim with its reason")
        })
        .collect()
}

fn judge(accepts: Accepts, granted: bool, requirement: &Requirement, given: &Given<'_>) -> Judged {
    let id = requirement.provision.as_str();
    let claim = given.claims.get(id).copied();
    let checks = given.touching(id);
    let outcome = shown_of(&checks, id);
    let seen_by = checks.iter().map(|c| c.seen_by).min().unwrap_or(SeenBy::Maker);
    // The label's date must be a date, whatever the provision behind it accepts.
    let dated = requirement.symbol == Symbol::Date;
    let mut refused = contradiction(id, claim, outcome, dated, given);
    let denied_part = denied_part(id, given);
    let mut holds = match claim {
        _ if refused.is_some() || denied_part.is_some() => Some(false),
        Some(Claim::No) => Some(false),
        None if accepts == Accepts::Grant => granted.then_some(true),
        None => Some(false),
        Some(Claim::Yes | Claim::NotApplicable) => match accepts {
            Accepts::SelfDeclaration => Some(true),
            Accepts::Grant => granted.then_some(true),
            Accepts::Tested if seen_by < SeenBy::Lab => None,
            Accepts::Tested => match outcome {
                Outcome::Met | Outcome::NotApplicable => Some(true),
                Outcome::NotMet => Some(false),
                Outcome::Inconclusive | Outcome::NotTested => None,
            },
        },
    };
    let ways = ways::judge(accepts, requirement, given);
    let mut by_way = None;
    // A declaration that its own evidence contradicts is not healed by another way: first it has to be made honest.
    if holds != Some(true)
        && refused.is_none()
        && accepts != Accepts::Grant
        && let Some(way) = ways.iter().find(|w| w.holds)
    {
        holds = Some(true);
        by_way = Some(way.id.clone());
    }
    // A way that the maker goes, and that its own evidence contradicts, is a declaration that cannot be made.
    if holds != Some(true) && refused.is_none() && accepts != Accepts::Grant {
        refused = ways.iter().find_map(|w| w.contradicted.clone());
    }
    Judged { id: id.to_owned(), claim, outcome, seen_by, holds, refused, denied_part, by_way, ways, checks }
}

/// Why a claim cannot be declared: its own evidence contradicts it, or it is no valid claim on this provision.
fn contradiction(
    id: &str,
    claim: Option<Claim>,
    outcome: Outcome,
    dated: bool,
    given: &Given<'_>,
) -> Option<String> {
    let provision = rulebook().provisions.get(id)?;
    let broken = provision.parts().find(|p| given.outcome(&p.id) == Outcome::NotMet);
    let denied = provision.parts().find(|p| given.claims.get(&p.id) == Some(&Claim::No));
    match claim {
        Some(Claim::Yes) if let Some(part) = broken => Some(format!(
            "{id} is claimed as fulfilled, but the evidence shows that its part {} is not: mend the product, or declare `no`",
            part.id
        )),
        Some(Claim::Yes) if let Some(part) = denied => Some(format!(
            "{id} is claimed as fulfilled, but its part {} is declared as not fulfilled: one of the two has to change",
            part.id
        )),
        Some(Claim::NotApplicable) if let Some(part) = broken => Some(format!(
            "{id} is claimed as not applicable, but the evidence shows a fault against its part {}: mend the product, or declare `no`",
            part.id
        )),
        Some(Claim::NotApplicable) if let Some(part) = denied => Some(format!(
            "{id} is claimed as not applicable, but its part {} is declared as not fulfilled: one of the two has to change",
            part.id
        )),
        Some(Claim::Yes) if outcome == Outcome::NotMet => Some(format!(
            "{id} is claimed as fulfilled, but the evidence shows that it is not: mend the product, or declare `no`"
        )),
        Some(Claim::NotApplicable) if outcome == Outcome::NotMet => Some(format!(
            "{id} is claimed as not applicable, but the evidence shows a fault against it: mend the product, or declare `no`"
        )),
        Some(Claim::NotApplicable) if !provision.is_conditional() => Some(format!(
            "{id} has no condition, so `not-applicable` cannot be claimed: declare `yes` or `no`"
        )),
        Some(Claim::NotApplicable) if provision.binds(given.facts) == Some(true) => Some(format!(
            "{id} is claimed as not applicable, but by the product's own features it binds: declare `yes` or `no`, or mend [features]"
        )),
        // A period without an end date is no defined support period (SI 2023/1007, Schedule 1, paragraph 3).
        Some(Claim::Yes) if (provision.end_date || dated) && given.until.is_none() => Some(format!(
            "{id} is claimed as fulfilled, but no end date of the support period is given: add `end` to [support]"
        )),
        Some(Claim::Yes | Claim::NotApplicable) => given.invalid.get(id).cloned(),
        _ => None,
    }
}

/// The part of a provision that is honestly declared as not fulfilled.
fn denied_part(id: &str, given: &Given<'_>) -> Option<String> {
    let mut parts = rulebook().provisions.get(id)?.parts();
    parts.find(|part| given.claims.get(&part.id) == Some(&Claim::No)).map(|part| part.id.clone())
}

/// Tick: all that stands behind the shield holds. Cross: some of it is honestly declared as not fulfilled.
/// Nothing is drawn for a refused declaration, nor while a requirement has no claim at all.
fn label(
    scheme: &Scheme,
    asked: &[&Requirement],
    judged: &[Judged],
    verdict: Verdict,
    given: &Given<'_>,
) -> Option<Entitled> {
    scheme.label.as_ref()?;
    let unclaimed = |r: &Judged| r.claim.is_none() && r.by_way.is_none();
    if matches!(verdict, Verdict::Refused | Verdict::Undecided) || judged.iter().any(unclaimed) {
        return None;
    }
    let mut behind = asked.iter().zip(judged).filter(|(r, _)| r.symbol == Symbol::Shield);
    let variant = if behind.all(|(_, j)| j.holds == Some(true)) { Variant::Tick } else { Variant::Cross };
    // A date is shown only where the maker claims what stands behind it: a published end date in the scheme's own provision.
    let dated = |j: &&Judged| rulebook().provisions.get(&j.id).is_some_and(|p| p.support);
    let claimed = judged.iter().filter(dated).all(|j| j.holds == Some(true));
    Some(Entitled { variant, updates_until: given.until.filter(|_| claimed) })
}
