//! The other ways in which a requirement counts as met: a standard's provisions that the law deems enough, or a current
//! label of another scheme (SI 2023/1007, Schedule 2).

use serde::Serialize;

use super::{Given, contradiction, held};
use crate::outcome::{Claim, Outcome, SeenBy};
use crate::rules::rulebook;
use crate::scheme::{Accepts, Requirement, Way, within};

/// One way, and whether the product goes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WayJudged {
    /// Its id within the scheme.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it holds.
    pub holds: bool,
    /// Why, or why not.
    pub why: String,
    /// The case names a label for this way, and this is why it does not count.
    #[serde(skip)]
    pub fault: Option<String>,
    /// The maker goes this way, and its own evidence or words contradict that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contradicted: Option<String>,
}

/// Every way that is open on the day, in the scheme's order.
pub(super) fn judge(accepts: Accepts, requirement: &Requirement, given: &Given<'_>) -> Vec<WayJudged> {
    let open = requirement.ways.iter().filter(|w| within(given.on, w.from, w.until));
    open.map(|way| {
        let (id, name) = (way.id.clone(), way.name.clone());
        match &way.label {
            Some(label) => {
                let currency = held::find(label, given);
                let fault = Some(&currency.why).filter(|_| currency.named && !currency.current).cloned();
                let (holds, why) = match (&fault, way.leaves.iter().find(|id| given.found_against(id))) {
                    // A label that fails is held against a rule, and the rule is named with it.
                    (Some(fault), _) => (false, format!("{fault} ({})", way.source)),
                    (None, Some(left)) if currency.current => {
                        let why = format!(
                            "{}, but the evidence shows that {left} is not fulfilled, and no source here says that a label mends that",
                            currency.why
                        );
                        (false, why)
                    }
                    _ => (currency.current, currency.why),
                };
                WayJudged { id, name, holds, why, fault, contradicted: None }
            }
            None => {
                let (holds, why, contradicted) = provisions(accepts, way, given);
                WayJudged { id, name, holds, why, fault: None, contradicted }
            }
        }
    })
    .collect()
}

/// All its provisions are claimed and nothing contradicts them; one that does not bind may be claimed as not applicable. Where
/// a scheme asks for a laboratory, it asks for it on this way too.
fn provisions(accepts: Accepts, way: &Way, given: &Given<'_>) -> (bool, String, Option<String>) {
    let mut faults = Vec::new();
    let mut contradicted = None;
    for id in &way.provisions {
        let claim = given.claims.get(id).copied();
        let refused = contradiction(id, claim, given.outcome(id), false, given);
        // A provision whose condition is known not to be met asks for nothing (Schedule 2: "where relevant").
        let idle = rulebook().provisions.get(id).is_some_and(|p| p.binds(given.facts) == Some(false));
        match claim {
            _ if refused.is_some() => {
                contradicted = contradicted.or_else(|| refused.clone());
                faults.extend(refused);
            }
            Some(Claim::Yes | Claim::NotApplicable)
                if accepts == Accepts::Tested && !seen_in_a_lab(id, given) =>
            {
                faults.push(format!("no laboratory has seen {id} met"));
            }
            Some(Claim::Yes | Claim::NotApplicable) => {}
            None if idle => {}
            Some(Claim::No) => faults.push(format!("{id} is declared as not fulfilled")),
            None => faults.push(format!("{id} is not claimed")),
        }
    }
    let said = way.provisions.iter().any(|id| given.claims.contains_key(id));
    if !said && faults.is_empty() {
        faults.push("none of its provisions is claimed".to_owned());
    }
    match faults.is_empty() {
        true => (true, format!("{} claimed, and nothing contradicts it", way.provisions.join(" and ")), None),
        false => (false, faults.join("; "), contradicted),
    }
}

/// Whether everybody who looked at a provision is a laboratory at least, and what they saw is that it is met or does not bind.
fn seen_in_a_lab(id: &str, given: &Given<'_>) -> bool {
    given.touching(id).iter().map(|c| c.seen_by).min().is_some_and(|by| by >= SeenBy::Lab)
        && matches!(given.outcome(id), Outcome::Met | Outcome::NotApplicable)
}
