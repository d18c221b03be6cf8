//! What a roll-up says: the overall verdict, and below it every group, case and unit with its reason. It is printed,
//! serialised and asked for the outcome of one provision.

use std::ops::AddAssign;

use jiff::civil::Date;
use serde::Serialize;

use crate::conformity::TESTED;
use crate::conformity::book::{CaseKind, Verb};
use crate::conformity::verdict::Verdict;
use crate::outcome::{Claim, Outcome};

/// One assessment on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The day.
    pub on: Date,
    /// The overall verdict.
    pub overall: Verdict,
    /// Why it is not better; empty where it is a pass.
    pub why: Vec<String>,
    /// Whether the ICS keeps the rules of phase 4.
    pub ics_valid: bool,
    /// Who decided the units of the claimed groups.
    pub counts: Counts,
    /// Claimed recommendations that do not pass: each may be withdrawn from the ICS with a justification, and every
    /// other result stands (phase 6, NOTE 8).
    pub withdrawable: Vec<String>,
    /// Every group of the test book, claimed or not, in its order.
    pub groups: Vec<GroupReport>,
}

/// One test group, which is one provision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GroupReport {
    /// The provision's id.
    pub provision: String,
    /// What the maker claims; a group counts only where it is yes.
    pub claim: Option<Claim>,
    /// What the tests show, whatever is claimed.
    pub verdict: Verdict,
    /// Why.
    pub why: String,
    /// The document offered in place of the tests, accepted or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external: Option<String>,
    /// Whether nobody and nothing but checks over the maker's own words decided it: no person, no evidence.
    #[serde(skip)]
    pub on_words: bool,
    /// Its cases.
    pub cases: Vec<CaseReport>,
}

/// One test case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CaseReport {
    /// `5.1-1-1`.
    pub id: String,
    /// Design, implementation or both.
    pub kind: CaseKind,
    /// Its verdict.
    pub verdict: Verdict,
    /// What the IXIT lacks for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// Its units.
    pub units: Vec<UnitReport>,
}

/// One test unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnitReport {
    /// `5.1-1-1/a`.
    pub id: String,
    /// The kind of work.
    pub verb: Verb,
    /// Whether its part of the criteria is met.
    pub verdict: Verdict,
    /// Who decided.
    pub decided_by: DecidedBy,
    /// Whether a machine or a person looked at all.
    pub looked: bool,
    /// Whether a check could look, here or where the unit refers to, and was shown nothing.
    #[serde(skip)]
    pub unseen: bool,
    /// Whether it rests on a comparison of the maker's own words, here or where the unit refers to.
    #[serde(skip)]
    pub on_words: bool,
    /// Why: a check's words, a person's, or what is missing.
    pub why: String,
}

/// Who decided a test unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DecidedBy {
    /// A check.
    Machine,
    /// A person, by name and date.
    Person,
    /// Another test case, to which the unit refers.
    Case,
    /// Nobody yet.
    Open,
}

/// How many units were decided by whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// By checks.
    pub machine: usize,
    /// By people.
    pub person: usize,
    /// By the test case referred to.
    pub case: usize,
    /// Not yet.
    pub open: usize,
}

impl Counts {
    /// Counts over groups.
    pub(super) fn of<'a>(groups: impl Iterator<Item = &'a GroupReport>) -> Self {
        let mut counts = Self::default();
        for unit in groups.flat_map(|g| &g.cases).flat_map(|c| &c.units) {
            match unit.decided_by {
                DecidedBy::Machine => &mut counts.machine,
                DecidedBy::Person => &mut counts.person,
                DecidedBy::Case => &mut counts.case,
                DecidedBy::Open => &mut counts.open,
            }
            .add_assign(1);
        }
        counts
    }

    /// All of them.
    #[must_use]
    pub fn all(self) -> usize {
        self.machine + self.person + self.case + self.open
    }
}

impl Report {
    /// The group of a provision, by its id or its number.
    #[must_use]
    pub fn group(&self, provision: &str) -> Option<&GroupReport> {
        let named = |g: &&GroupReport| {
            g.provision == provision
                || g.provision.split_once(':').is_some_and(|(b, n)| b == TESTED && n == provision)
        };
        self.groups.iter().find(named)
    }

    /// What the tests show about a provision. It does not ask what is claimed: a claim never turns an outcome into met.
    #[must_use]
    pub fn outcome(&self, provision: &str) -> Outcome {
        let Some(group) = self.group(provision) else { return Outcome::NotTested };
        let looked = group.cases.iter().flat_map(|c| &c.units).any(|u| u.looked);
        match group.verdict {
            Verdict::Pass => Outcome::Met,
            Verdict::Fail => Outcome::NotMet,
            Verdict::Inconclusive if looked => Outcome::Inconclusive,
            Verdict::Inconclusive => Outcome::NotTested,
        }
    }

    /// Whether withdrawing the recommendations that do not pass, each with its justification, would make it a pass.
    #[must_use]
    pub fn passes_once_withdrawn(&self) -> bool {
        let stays =
            |g: &&GroupReport| g.claim == Some(Claim::Yes) && !self.withdrawable.contains(&g.provision);
        self.ics_valid
            && self.groups.iter().any(|g| stays(&g))
            && self.groups.iter().filter(stays).all(|g| g.verdict == Verdict::Pass)
    }
}
