//! Who must do what when a maker's failure is known, and who must be told what (PSTI Act 2022, sections 8 to 25 and 51). What
//! each role must do at all times is data, the `[[duty]]` rows of a scheme's file; what depends on who already knows is the
//! rule here. The Act knows no threshold of seriousness: the smallest failure sets all of this going.

mod notices;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::scheme::{DutyRole, Scheme, SchemeDuty};

/// What a page says above every list of notices.
pub const NO_THRESHOLD: &str = "The Act knows no threshold of seriousness: any failure to comply with a security requirement sets these duties going.";

/// Somebody who may have to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Party {
    /// The enforcement authority.
    Authority,
    /// The manufacturer, for everybody who is not one.
    Manufacturer,
    /// The other manufacturers, for one of several.
    OtherManufacturers,
    /// The importers whom one supplied.
    Importers,
    /// The distributors whom one supplied.
    Distributors,
    /// Whoever supplied the product to oneself.
    Supplier,
    /// The customers whom one supplied.
    Customers,
}

/// What one knows of somebody's knowledge of the failure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Knows {
    /// Nothing.
    #[default]
    NotThatWeKnow,
    /// We told them.
    ToldByUs,
    /// They told us.
    ToldUs,
    /// Whoever told us says that they know.
    SaidToKnow,
}

/// Who knows of a failure, and from whom one has that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WhoKnows(BTreeMap<Party, Knows>);

/// What is the case when somebody asks what is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Situation {
    /// Who knows.
    pub who: WhoKnows,
    /// It seems likely that the manufacturer will remedy the failure.
    pub remedy_likely: bool,
    /// The manufacturer can be contacted.
    pub manufacturer_reachable: bool,
    /// The distributor has the product from the manufacturer itself.
    pub bought_from_manufacturer: bool,
}

/// Something to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What.
    pub does: &'static str,
    /// By when, in the Act's measure.
    pub when: &'static str,
    /// Where it stands.
    pub source: &'static str,
}

/// Somebody who must be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// Whom.
    pub to: Party,
    /// By when.
    pub when: &'static str,
    /// What the message must contain.
    pub what: Vec<&'static str>,
    /// Why, and who of them need not be told.
    pub why: String,
    /// Where it stands.
    pub source: &'static str,
}

/// Somebody who need not be told, or not again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Excused {
    /// Who.
    pub to: Party,
    /// Why not.
    pub why: &'static str,
    /// Where it stands.
    pub source: &'static str,
}

/// What a role is not asked to do, where people often think so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Absence {
    /// What.
    pub says: &'static str,
    /// Where one would look for it.
    pub source: &'static str,
}

/// All that is due when a failure of the manufacturer is known or should be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Due {
    /// What is to be done.
    pub steps: Vec<Step>,
    /// Who must be told, in this order.
    pub notices: Vec<Notice>,
    /// Who need not be.
    pub excused: Vec<Excused>,
}

/// The duties that a scheme's file lists for a role, in the file's order.
pub fn listed(scheme: &Scheme, role: DutyRole) -> impl Iterator<Item = &SchemeDuty> {
    scheme.duties.iter().filter(move |d| d.role == role)
}

/// What is due under the PSTI Act when a failure of the manufacturer is known or should be.
#[must_use]
pub fn due(role: DutyRole, situation: &Situation) -> Due {
    Due { steps: steps(role, situation.remedy_likely), ..notices::weigh(role, situation) }
}

/// Who must still be told, in order.
#[must_use]
pub fn notices_due(role: DutyRole, situation: &Situation) -> Vec<Notice> {
    notices::weigh(role, situation).notices
}

fn steps(role: DutyRole, remedy_likely: bool) -> Vec<Step> {
    let step = |does, when, source| Step { does, when, source };
    let mut steps = match role {
        DutyRole::Manufacturer => vec![
            step(
                "Take all reasonable steps to keep the product from customers in the United Kingdom whom it has not reached.",
                "as soon as is practicable",
                "PSTI Act 2022, section 11(2)(a)",
            ),
            step(
                "Take all reasonable steps to remedy the failure.",
                "as soon as is practicable",
                "PSTI Act 2022, section 11(2)(b)",
            ),
            step(
                "Record the failure and every investigation: outcome, details, steps and whether they helped. Keep each record for 10 years from the day it is made; several manufacturers may keep one together.",
                "when it is made",
                "PSTI Act 2022, section 12",
            ),
        ],
        DutyRole::AuthorisedRepresentative => vec![step(
            "If you agreed to act for the manufacturer after failures or to keep its records, do what the manufacturer must; `--role manufacturer` lists it. You can be held to account for it beside the manufacturer.",
            "as for the manufacturer",
            "PSTI Act 2022, section 51",
        )],
        DutyRole::Importer => vec![
            step(
                "Do not make the product available while you know or believe that there is the failure.",
                "at once",
                "PSTI Act 2022, section 16",
            ),
            step(
                "Record your investigations, and those of the manufacturer that you know of: outcome, details, steps and whether they helped. Keep each record for 10 years from the day it is made.",
                "when it is made",
                "PSTI Act 2022, section 20",
            ),
        ],
        DutyRole::Distributor => vec![step(
            "Do not make the product available while you know or believe that there is the failure.",
            "at once",
            "PSTI Act 2022, section 23",
        )],
    };
    let prevent = "Take all reasonable steps to keep the product from customers in the United Kingdom whom it has not reached, since a remedy seems unlikely.";
    match role {
        DutyRole::Importer if !remedy_likely => {
            steps.insert(1, step(prevent, "as soon as is practicable", "PSTI Act 2022, section 19(4)"));
        }
        DutyRole::Distributor if !remedy_likely => {
            steps.push(step(prevent, "no time is set", "PSTI Act 2022, section 25(5)"));
        }
        _ => {}
    }
    steps
}

/// What a role is not asked to do.
#[must_use]
pub fn not_asked(role: DutyRole) -> Vec<Absence> {
    let absence = |says, source| Absence { says, source };
    match role {
        DutyRole::Distributor => vec![
            absence(
                "A distributor has no duty to investigate.",
                "PSTI Act 2022, sections 21 to 25; compare sections 10 and 17",
            ),
            absence(
                "A distributor has no duty to keep records or copies of statements; what you keep is for your own safety.",
                "PSTI Act 2022, sections 21 to 25; compare sections 12, 15(3) and 20",
            ),
        ],
        DutyRole::AuthorisedRepresentative => vec![absence(
            "Section 13 does not excuse notices that others have given already.",
            "PSTI Act 2022, section 13; compare sections 11(8), 19(10) and 25(11)",
        )],
        DutyRole::Manufacturer | DutyRole::Importer => Vec::new(),
    }
}

impl Party {
    /// Everybody, in the order of the enum.
    pub const ALL: [Self; 7] = [
        Self::Authority,
        Self::Manufacturer,
        Self::OtherManufacturers,
        Self::Importers,
        Self::Distributors,
        Self::Supplier,
        Self::Customers,
    ];

    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Authority => "authority",
            Self::Manufacturer => "manufacturer",
            Self::OtherManufacturers => "other-manufacturers",
            Self::Importers => "importers",
            Self::Distributors => "distributors",
            Self::Supplier => "supplier",
            Self::Customers => "customers",
        }
    }

    /// For people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Authority => "the enforcement authority",
            Self::Manufacturer => "the manufacturer",
            Self::OtherManufacturers => "the other manufacturers you know of",
            Self::Importers => "the importers you supplied",
            Self::Distributors => "the distributors you supplied",
            Self::Supplier => "whoever supplied you",
            Self::Customers => "your customers",
        }
    }

    /// The party with this word.
    #[must_use]
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.word() == word)
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl WhoKnows {
    /// The same, with what is known of one party.
    #[must_use]
    pub fn with(mut self, party: Party, knows: Knows) -> Self {
        self.0.insert(party, knows);
        self
    }

    /// What is known of a party.
    #[must_use]
    pub fn of(&self, party: Party) -> Knows {
        self.0.get(&party).copied().unwrap_or_default()
    }
}

impl Default for Situation {
    /// Nobody knows, a remedy is likely, the manufacturer can be reached, the product came through the chain.
    fn default() -> Self {
        Self {
            who: WhoKnows::default(),
            remedy_likely: true,
            manufacturer_reachable: true,
            bought_from_manufacturer: false,
        }
    }
}

#[cfg(test)]
mod tests;
