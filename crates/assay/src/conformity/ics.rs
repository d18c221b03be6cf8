//! The implementation conformance statement (ICS): the mechanical rules of TS 103 701 clause 4.3, phase 4. Which claims a
//! provision allows depends on the pro forma that is filled in, so every question here names one. Whether a
//! justification is believable is for a person; whether there is one is for this file.

mod rules;
mod signs;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::ixit::Ixit;
use crate::case::{Claimed, Place, Stated};
use crate::outcome::{Claim, Outcome};
use crate::rules::{Kind, Provision, rulebook};
pub use rules::RULES;
use signs::Signs;

/// A pro forma of the ICS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProForma {
    /// EN 303 645 V2.1.1, Annex B: conditions 1 to 13.
    EnAnnexB,
    /// TS 103 701 V1.1.1, Annex A.3: conditions 1 to 28 over the same provisions.
    Ts103701A3,
    /// EN 303 645 V3.1.3, Annex B: conditions C and features F.
    EnV3AnnexB,
}

/// What a pro forma says of one provision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// A requirement, not a recommendation.
    pub mandatory: bool,
    /// The ids of its conditions; where there is none it is unconditional.
    pub conditions: &'static [String],
}

impl ProForma {
    /// Every pro forma.
    pub const ALL: [Self; 3] = [Self::EnAnnexB, Self::Ts103701A3, Self::EnV3AnnexB];

    /// The baseline whose provisions it lists.
    #[must_use]
    pub fn baseline(self) -> &'static str {
        match self {
            Self::EnAnnexB | Self::Ts103701A3 => "en303645-v2.1.1",
            Self::EnV3AnnexB => "en303645-v3.1.3",
        }
    }

    /// How people name it.
    #[must_use]
    pub fn cite(self) -> &'static str {
        match self {
            Self::EnAnnexB => "EN 303 645 V2.1.1, Annex B",
            Self::Ts103701A3 => "TS 103 701 V1.1.1, Annex A.3",
            Self::EnV3AnnexB => "EN 303 645 V3.1.3, Annex B",
        }
    }

    /// What it says of a provision, by full id; `None` where it does not list it.
    #[must_use]
    pub fn status(self, provision: &str) -> Option<Status> {
        let provision = rulebook().provisions.get(provision).filter(|p| self.lists(p))?;
        let assessed = provision.assessed.as_ref().filter(|_| self == Self::Ts103701A3);
        let (status, conditions) = match assessed {
            Some(a) => (&a.status, &a.conditions),
            None => (&provision.status, &provision.conditions),
        };
        Some(Status { mandatory: status.starts_with('M'), conditions })
    }

    /// The provisions it lists.
    pub fn provisions(self) -> impl Iterator<Item = &'static Provision> {
        rulebook().provisions.values().filter(move |p| self.lists(p))
    }

    fn lists(self, provision: &Provision) -> bool {
        provision.baseline() == self.baseline() && provision.kind == Kind::Requirement
    }
}

/// One claim that breaks a rule of the ICS, or one that is not there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Breach {
    /// Where in `product.toml`; the beginning where nothing stands there yet.
    #[serde(flatten)]
    pub at: Place,
    /// The provision's full id.
    pub provision: String,
    /// The id of the rule, as in [`RULES`].
    pub rule: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub mend: String,
}

/// Holds the claims of one pro forma against its rules; empty where the ICS is valid. Claims under other baselines are left
/// aside. `facts` is what the maker states of the product, the IXIT what it tells the tester: both are signs of whether a
/// condition is met, and neither outweighs the other.
#[must_use]
pub fn verify(
    pro_forma: ProForma,
    claims: &BTreeMap<String, Claimed>,
    facts: &BTreeMap<String, Stated>,
    ixit: Option<&Ixit>,
) -> Vec<Breach> {
    let signs = Signs { facts, ixit };
    let mut breaches = Breaches { pro_forma, found: BTreeSet::new() };
    for (id, successors) in &rulebook().voids {
        if let Some(claimed) =
            claims.get(id).filter(|_| id.split_once(':').is_some_and(|(b, _)| b == pro_forma.baseline()))
        {
            let names = successors.join(" and ");
            breaches.add(
                "ics-void",
                id,
                claimed.at,
                format!("{id} is void in this version"),
                format!("claim {names}"),
            );
        }
    }
    for provision in pro_forma.provisions() {
        let Some(status) = pro_forma.status(&provision.id) else { continue };
        match claims.get(&provision.id) {
            Some(claimed) => breaches.judge(&provision.id, status, claimed, &signs),
            None if status.mandatory => breaches.unclaimed(&provision.id, status),
            // Phase 4, NOTE 5: what is missing for a recommendation is found by test group 4-1.
            None => {}
        }
    }
    breaches.found.into_iter().collect()
}

/// Holds the claims under documents that have no pro forma against their provisions' own conditions: the same three rules, by
/// what the maker states of the product alone.
#[must_use]
pub fn verify_others(claims: &BTreeMap<String, Claimed>, facts: &BTreeMap<String, Stated>) -> Vec<Breach> {
    let listed = |id: &str| ProForma::ALL.iter().any(|p| p.status(id).is_some());
    let stated: BTreeMap<String, bool> = facts.iter().map(|(id, f)| (id.clone(), f.value)).collect();
    let mut breaches = Vec::new();
    for (id, claimed) in claims.iter().filter(|(id, _)| !listed(id)) {
        let Some(provision) = rulebook().provisions.get(id) else { continue };
        let said = || {
            let conditions = provision.conditions.iter().filter_map(|c| rulebook().conditions.get(c));
            let facts = conditions.filter_map(|c| facts.get(&c.fact).map(|f| (c, f)));
            let said = facts.map(|(c, f)| {
                format!("`{}` is {} (product.toml:{}:{})", c.fact, f.value, f.at.line, f.at.column)
            });
            said.collect::<Vec<_>>().join(", ")
        };
        let (rule, message, mend) = match (claimed.claim, provision.binds(&stated)) {
            (Claim::NotApplicable, _) if !provision.is_conditional() => (
                "ics-not-conditional",
                format!("{id} has no condition ({})", provision.source),
                "claim `yes`, or `no` with the reason".to_owned(),
            ),
            (Claim::NotApplicable, Some(true)) => (
                "ics-condition-met",
                format!("{id} is claimed as not applicable, but {} ({})", said(), provision.source),
                "claim `yes` or `no`, or correct what says so".to_owned(),
            ),
            (Claim::Yes, Some(false)) => (
                "ics-condition-unmet",
                format!("{id} is claimed as fulfilled, but {} ({})", said(), provision.source),
                "claim `not-applicable` with the reason, or correct what says so".to_owned(),
            ),
            _ => continue,
        };
        breaches.push(Breach { at: claimed.at, provision: id.clone(), rule, message, mend });
    }
    breaches.sort();
    breaches
}

/// What the ICS says of its recommendations: the comparison of test unit 4-1-1/a.
#[derive(Debug, Default)]
pub struct Recommendations<'a> {
    /// Left out without a justification.
    pub bare: Vec<(&'static Provision, &'a Claimed)>,
    /// Without any claim.
    pub silent: Vec<&'static Provision>,
    /// Left out, with a justification or without.
    pub left_out: usize,
}

impl Recommendations<'_> {
    /// Not met where a justification is missing; undecided where a claim is.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match (self.bare.is_empty(), self.silent.is_empty()) {
            (false, _) => Outcome::NotMet,
            (true, false) => Outcome::Inconclusive,
            (true, true) => Outcome::Met,
        }
    }
}

/// Whether every recommendation of the pro forma that is not claimed as fulfilled comes with a justification.
#[must_use]
pub fn recommendations(pro_forma: ProForma, claims: &BTreeMap<String, Claimed>) -> Recommendations<'_> {
    let mut all = Recommendations::default();
    for provision in pro_forma.provisions().filter(|p| pro_forma.status(&p.id).is_some_and(|s| !s.mandatory))
    {
        match claims.get(&provision.id) {
            None => all.silent.push(provision),
            Some(claimed) if claimed.claim == Claim::Yes => {}
            Some(claimed) => {
                all.left_out += 1;
                if !is_reason(&claimed.detail) {
                    all.bare.push((provision, claimed));
                }
            }
        }
    }
    all
}

/// Whether a text in the Detail column is more than blanks or a placeholder. Whether it convinces is another question.
#[must_use]
pub fn is_reason(detail: &str) -> bool {
    const PLACEHOLDERS: [&str; 14] = [
        "",
        "na",
        "none",
        "no",
        "nil",
        "tbd",
        "tba",
        "todo",
        "tobedone",
        "tobedefined",
        "notapplicable",
        "notmet",
        "x",
        "xxx",
    ];
    let bare: String = detail.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    !PLACEHOLDERS.contains(&bare.as_str())
}

struct Breaches {
    pro_forma: ProForma,
    found: BTreeSet<Breach>,
}

impl Breaches {
    fn add(&mut self, rule: &'static str, provision: &str, at: Place, message: String, mend: String) {
        self.found.insert(Breach { at, provision: provision.to_owned(), rule, message, mend });
    }

    fn unclaimed(&mut self, id: &str, status: Status) {
        let choices = if status.conditions.is_empty() { "\"yes\"" } else { "\"yes\" or \"not-applicable\"" };
        self.add(
            "ics-unclaimed",
            id,
            Place { line: 1, column: 1 },
            format!("{id} is mandatory and nothing is claimed of it"),
            format!("add [[claim]] provision = \"{id}\" with support = {choices}"),
        );
    }

    fn judge(&mut self, id: &str, status: Status, claimed: &Claimed, signs: &Signs<'_>) {
        let Claimed { claim, detail, at } = claimed;
        if *claim != Claim::Yes && !is_reason(detail) {
            let message = format!("{id} is not claimed as fulfilled, and no justification is given");
            self.add("ics-no-detail", id, *at, message, "add detail = \"why\"".to_owned());
        }
        match claim {
            Claim::No if status.mandatory => {
                let message = format!("{id} is mandatory and claimed as not fulfilled");
                let mend = if status.conditions.is_empty() {
                    "fulfil it: with this claim no assessment can pass".to_owned()
                } else {
                    "fulfil it, or claim `not-applicable` where its condition is not met".to_owned()
                };
                self.add("ics-mandatory-no", id, *at, message, mend);
            }
            Claim::No => {}
            Claim::NotApplicable if status.conditions.is_empty() => {
                let message = format!("{id} has no condition in {}", self.pro_forma.cite());
                let mend =
                    if status.mandatory { "claim `yes`" } else { "claim `yes`, or `no` with the reason" };
                self.add("ics-not-conditional", id, *at, message, mend.to_owned());
            }
            Claim::NotApplicable => self.not_applicable(id, status, claimed, signs),
            Claim::Yes => {
                for condition in status.conditions {
                    self.yes(id, condition, *at, signs);
                }
            }
        }
    }

    /// Rules b and c. A provision with several conditions binds where all are met, so one that may be unmet is enough for
    /// `not-applicable`.
    fn not_applicable(&mut self, id: &str, status: Status, claimed: &Claimed, signs: &Signs<'_>) {
        let met: Option<Vec<String>> = status.conditions.iter().map(|c| signs.met(c)).collect();
        if let Some(met) = met {
            let message = format!("{id} is claimed as not applicable, but {}", met.join("; and "));
            let mend = "claim `yes`, or correct what says so".to_owned();
            self.add("ics-condition-met", id, claimed.at, message, mend);
            return;
        }
        let (constraints, others): (Vec<_>, Vec<_>) =
            status.conditions.iter().partition(|c| signs::is_constraint(c));
        // It rests on the constraint unless another condition is seen not to be met.
        let rests = !constraints.is_empty() && others.iter().all(|c| signs.unmet(c).is_none());
        for condition in constraints.iter().filter(|_| rests) {
            let Some(fact) = signs::fact_of(condition) else { continue };
            if !signs.facts.contains_key(fact) {
                let message = format!(
                    "{id} is claimed as not applicable for a constrained device, and nothing says whether it is one"
                );
                let mend = format!("state `{fact}` in [features] and the reason in `detail`");
                self.add("ics-constrained-unjustified", id, claimed.at, message, mend);
            } else if !is_reason(&claimed.detail) {
                let message =
                    format!("{id} is claimed as not applicable for a constrained device without saying why");
                let mend = "name in `detail` what the device lacks (power, memory, bandwidth, interaction) and which \
                            intended use makes it so"
                    .to_owned();
                self.add("ics-constrained-unjustified", id, claimed.at, message, mend);
            }
        }
    }

    /// Rule d. The constraints are excepted: a constrained device may fulfil what it could leave out (NOTE 4).
    fn yes(&mut self, id: &str, condition: &str, at: Place, signs: &Signs<'_>) {
        if signs::is_constraint(condition) {
            return;
        }
        if let Some(unmet) = signs.unmet(condition) {
            let message = format!("{id} is claimed as fulfilled, but {unmet}");
            let mend = "claim `not-applicable` with the reason, or correct what says so".to_owned();
            self.add("ics-condition-unmet", id, at, message, mend);
        }
    }
}
