//! The other ways in which a requirement counts as met: a standard's provisions that the law deems enough, or a current
//! label of another scheme (SI 2023/1007, Schedule 2).

use serde::Serialize;

use super::{Given, contradiction, held};
use crate::outcome::Claim;
use crate::rules::rulebook;
use crate::scheme::{Requirement, Way, within};

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
pub(super) fn judge(requirement: &Requirement, given: &Given<'_>) -> Vec<WayJudged> {
    let open = requirement.ways.iter().filter(|w| within(given.on, w.from, w.until));
    open.map(|way| {
        let (id, name) = (way.id.clone(), way.name.clone());
        match &way.label {
            Some(label) => {
                let currency = held::find(label, given);
                let fault = Some(&currency.why).filter(|_| currency.named && !currency.current).cloned();
                // A label that fails is held against a rule, and the rule is named with it.
                let why = match &fault {
                    Some(fault) => format!("{fault} ({})", way.source),
                    None => currency.why,
                };
                WayJudged { id, name, holds: currency.current, why, fault, contradicted: None }
            }
            None => {
                let (holds, why, contradicted) = provisions(way, given);
                WayJudged { id, name, holds, why, fault: None, contradicted }
            }
        }
    })
    .collect()
}

/// All its provisions are claimed and nothing contradicts them; one that does not bind may be claimed as not applicable.
fn provisions(way: &Way, given: &Given<'_>) -> (bool, String, Option<String>) {
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
