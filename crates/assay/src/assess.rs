//! The assessment: claims and outcomes joined with a scheme on a date. Checks and schemes meet only here, by the ids of
//! provisions. The two are never merged: a requirement shows what was claimed beside what was seen, and whether it
//! holds as the scheme accepts it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::outcome::{CheckResult, Claim, Outcome, SeenBy};
use crate::rules::rulebook;
use crate::scheme::{Accepts, Scheme, Symbol};

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
    /// What each check said.
    pub checks: Vec<CheckResult>,
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
}

impl Assessment {
    /// The level that is shown: the lowest "seen by" among the requirements.
    #[must_use]
    pub fn level(&self) -> SeenBy {
        self.requirements.iter().map(|r| r.seen_by).min().unwrap_or(SeenBy::Maker)
    }
}

/// What the maker says of the support period, as far as the label needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promise {
    /// The end date, if one is promised.
    pub until: Option<Date>,
}

/// Judges claims and outcomes under a scheme.
///
/// `claims` by provision id; `checks` in any order: neither order nor repetition changes the result.
#[must_use]
pub fn assess(
    scheme: &Scheme,
    claims: &BTreeMap<String, Claim>,
    checks: &[CheckResult],
    promise: Promise,
) -> Assessment {
    let requirements: Vec<Judged> = scheme
        .requirements
        .iter()
        .map(|r| judge(scheme.accepts, &r.provision, claims.get(&r.provision).copied(), checks, promise))
        .collect();
    let refused: Vec<String> = requirements.iter().filter_map(|r| r.refused.clone()).collect();
    let verdict = if !refused.is_empty() {
        Verdict::Refused
    } else if requirements.iter().any(|r| r.holds == Some(false)) {
        Verdict::DoesNotHold
    } else if requirements.iter().any(|r| r.holds.is_none()) {
        Verdict::Undecided
    } else {
        Verdict::Holds
    };
    let label = label(scheme, &requirements, verdict, promise);
    Assessment { scheme: scheme.id.clone(), verdict, label, requirements, refused }
}

fn judge(
    accepts: Accepts,
    id: &str,
    claim: Option<Claim>,
    checks: &[CheckResult],
    promise: Promise,
) -> Judged {
    let mut touching: Vec<CheckResult> =
        checks.iter().filter(|c| c.provisions.iter().any(|p| p == id)).cloned().collect();
    touching.sort_by(|a, b| a.check.cmp(&b.check));
    let outcome = Outcome::join(touching.iter().map(|c| c.outcome_for(id)));
    let seen_by = touching.iter().map(|c| c.seen_by).min().unwrap_or(SeenBy::Maker);
    let refused = contradiction(id, claim, outcome, promise);
    let holds = match claim {
        _ if refused.is_some() => Some(false),
        None | Some(Claim::No) => Some(false),
        Some(Claim::Yes | Claim::NotApplicable) => match accepts {
            Accepts::SelfDeclaration => Some(true),
            Accepts::Tested if seen_by < SeenBy::Lab => None,
            Accepts::Tested => match outcome {
                Outcome::Met | Outcome::NotApplicable => Some(true),
                Outcome::NotMet => Some(false),
                Outcome::Inconclusive | Outcome::NotTested => None,
            },
        },
    };
    Judged { id: id.to_owned(), claim, outcome, seen_by, holds, refused, checks: touching }
}

/// Why a claim cannot be declared: its own evidence contradicts it, or it is no valid claim on this provision.
fn contradiction(id: &str, claim: Option<Claim>, outcome: Outcome, promise: Promise) -> Option<String> {
    let provision = rulebook().provisions.get(id)?;
    match claim {
        Some(Claim::Yes) if outcome == Outcome::NotMet => Some(format!(
            "{id} is claimed as fulfilled, but the evidence shows that it is not: mend the product, or declare `no`"
        )),
        Some(Claim::NotApplicable) if outcome == Outcome::NotMet => Some(format!(
            "{id} is claimed as not applicable, but the evidence shows a fault against it: mend the product, or declare `no`"
        )),
        Some(Claim::NotApplicable) if provision.condition.is_none() => Some(format!(
            "{id} has no condition, so `not-applicable` cannot be claimed: declare `yes` or `no`"
        )),
        // A period without an end date is no defined support period (SI 2023/1007, Schedule 1, paragraph 3).
        Some(Claim::Yes) if provision.guideline == 3 && promise.until.is_none() => Some(format!(
            "{id} is claimed as fulfilled, but no end date of the support period is given: add `end` to [support]"
        )),
        _ => None,
    }
}

fn guideline(provision: &str) -> Option<u8> {
    rulebook().provisions.get(provision).map(|p| p.guideline)
}

/// Tick: all that stands behind the shield holds. Cross: some of it is honestly declared as not fulfilled.
/// Nothing is drawn for a refused declaration, nor while a requirement has no claim at all.
fn label(scheme: &Scheme, judged: &[Judged], verdict: Verdict, promise: Promise) -> Option<Entitled> {
    scheme.label.as_ref()?;
    if matches!(verdict, Verdict::Refused | Verdict::Undecided) || judged.iter().any(|r| r.claim.is_none()) {
        return None;
    }
    let mut behind = scheme.requirements.iter().zip(judged).filter(|(r, _)| r.symbol == Symbol::Shield);
    let variant = if behind.all(|(_, j)| j.holds == Some(true)) { Variant::Tick } else { Variant::Cross };
    // A date is shown only where the maker claims what stands behind it: guideline 3 in the scheme's own provision.
    let claimed = judged.iter().filter(|j| guideline(&j.id) == Some(3)).all(|j| j.holds == Some(true));
    Some(Entitled { variant, updates_until: promise.until.filter(|_| claimed) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date;
    use crate::outcome::{Confidence, Finding};
    use crate::scheme;

    const PASSWORDS: &str = "ts103645-v1.1.1:4.1-1";
    const CONTACT: &str = "ts103645-v1.1.1:4.2-1";
    const SUPPORT: &str = "ts103645-v1.1.1:4.3-4";

    fn result(provision: &str, outcome: Outcome) -> CheckResult {
        let finding = Finding {
            kind: "universal".into(),
            message: "two units, same password".into(),
            place: "evidence/batch.csv:2".into(),
            confidence: Confidence::Certain,
            provisions: vec![provision.into()],
        };
        CheckResult {
            check: "a-check".into(),
            outcome,
            why: "a reason".into(),
            seen_by: SeenBy::Maker,
            provisions: vec![provision.into()],
            findings: if outcome == Outcome::NotMet { vec![finding] } else { vec![] },
            evidence: vec![],
        }
    }

    fn under_a(
        claims: [Option<Claim>; 3],
        checks: &[CheckResult],
        until: Option<&str>,
    ) -> (Verdict, Option<Entitled>) {
        let claims = [PASSWORDS, CONTACT, SUPPORT]
            .into_iter()
            .zip(claims)
            .filter_map(|(id, c)| c.map(|c| (id.to_owned(), c)))
            .collect();
        let promise = Promise { until: until.map(|d| date::parse(d).unwrap()) };
        let a = assess(scheme::find("uk-2019-option-a").unwrap(), &claims, checks, promise);
        (a.verdict, a.label)
    }

    const YES: Option<Claim> = Some(Claim::Yes);
    const NO: Option<Claim> = Some(Claim::No);

    #[test]
    fn tick_with_a_date_cross_with_a_date_and_tick_without_one() {
        let may = date::parse("2030-05-31");
        let entitled = |variant, updates_until| Some(Entitled { variant, updates_until });
        assert_eq!(
            under_a([YES; 3], &[], Some("2030-05-31")),
            (Verdict::Holds, entitled(Variant::Tick, may))
        );
        assert_eq!(
            under_a([YES, NO, YES], &[], Some("2030-05-31")),
            (Verdict::DoesNotHold, entitled(Variant::Cross, may))
        );
        assert_eq!(under_a([YES, YES, NO], &[], None), (Verdict::DoesNotHold, entitled(Variant::Tick, None)));
        let unclaimed = under_a([YES, YES, NO], &[], Some("2030-05-31"));
        assert_eq!(
            unclaimed,
            (Verdict::DoesNotHold, entitled(Variant::Tick, None)),
            "a date that is not claimed is not shown"
        );
    }

    #[test]
    fn a_claim_that_its_own_evidence_contradicts_is_refused_and_an_honest_no_is_not() {
        let fault = [result(PASSWORDS, Outcome::NotMet)];
        assert_eq!(under_a([YES; 3], &fault, Some("2030-05-31")), (Verdict::Refused, None));
        assert_eq!(
            under_a([NO, YES, YES], &fault, Some("2030-05-31")).1.map(|l| l.variant),
            Some(Variant::Cross)
        );
    }

    #[test]
    fn what_nobody_checked_does_not_block_a_self_declared_tick() {
        for outcome in [Outcome::Inconclusive, Outcome::NotTested, Outcome::Met] {
            let checks = [result(PASSWORDS, outcome)];
            assert_eq!(under_a([YES; 3], &checks, Some("2030-05-31")).0, Verdict::Holds, "{outcome}");
        }
    }

    #[test]
    fn a_missing_claim_is_no_honest_no_and_earns_no_label() {
        assert_eq!(under_a([YES, None, YES], &[], Some("2030-05-31")), (Verdict::DoesNotHold, None));
    }

    #[test]
    fn invalid_claims_are_refused() {
        let na = Some(Claim::NotApplicable);
        assert_eq!(under_a([na, YES, YES], &[], Some("2030-05-31")).0, Verdict::Refused, "unconditional");
        assert_eq!(under_a([YES, YES, na], &[], None).0, Verdict::Holds, "not updateable");
        assert_eq!(under_a([YES; 3], &[], None).0, Verdict::Refused, "no end date");
    }

    #[test]
    fn a_tested_scheme_waits_for_a_laboratory() {
        let mut tested = scheme::find("uk-psti").unwrap().clone();
        tested.accepts = Accepts::Tested;
        let claims = tested.requirements.iter().map(|r| (r.provision.clone(), Claim::Yes)).collect();
        let promise = Promise { until: date::parse("2030-05-31") };
        let verdict = |seen_by, outcome| {
            let checks: Vec<_> = tested
                .requirements
                .iter()
                .map(|r| CheckResult { seen_by, ..result(&r.provision, outcome) })
                .collect();
            assess(&tested, &claims, &checks, promise).verdict
        };
        assert_eq!(verdict(SeenBy::Maker, Outcome::Met), Verdict::Undecided);
        assert_eq!(verdict(SeenBy::Lab, Outcome::Met), Verdict::Holds);
        assert_eq!(verdict(SeenBy::Lab, Outcome::Inconclusive), Verdict::Undecided);
        assert_eq!(verdict(SeenBy::Lab, Outcome::NotMet), Verdict::Refused);
    }
}
