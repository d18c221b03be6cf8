//! The rulebook as data: the thirteen guidelines, the provisions of the standards and of the laws in each of their versions,
//! their conditions and roles, and how they map onto each other. This file holds the types and the look-ups; it judges
//! nothing. A claim under one version of a document is no claim under another: every id names its version.

mod nearest;
mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

pub use nearest::nearest;

/// Who a rule binds: the four stakeholders of the Code of Practice, and the two more whom the law of 2022 names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Assembles the final product.
    DeviceManufacturer,
    /// Network, cloud, data transfer.
    IotServiceProvider,
    /// Writes the app.
    MobileApplicationDeveloper,
    /// Sells to consumers; the law's distributor.
    Retailer,
    /// Brings it into the country (PSTI Act 2022, section 7).
    Importer,
    /// Acts for a maker abroad (PSTI Act 2022, section 51).
    AuthorisedRepresentative,
}

impl Role {
    /// The words a page prints.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::DeviceManufacturer => "device manufacturer",
            Self::IotServiceProvider => "IoT service provider",
            Self::MobileApplicationDeveloper => "mobile application developer",
            Self::Retailer => "retailer",
            Self::Importer => "importer",
            Self::AuthorisedRepresentative => "authorised representative",
        }
    }
}

/// How far what stands in the data was held against its source. The mark goes with the text wherever it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verified {
    /// General knowledge, not verified: check it before relying on it.
    Background,
    /// Taken from a page about the text, not from the text.
    Secondary,
    /// The primary text was read.
    #[default]
    Primary,
}

impl Verified {
    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Secondary => "secondary",
            Self::Background => "background",
        }
    }

    /// The sentence a page prints beside the source.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Primary => "The primary text was read.",
            Self::Secondary => {
                "Taken from pages about the text; the primary text was not read: check it before you rely on it."
            }
            Self::Background => "Not verified: check it before you rely on it.",
        }
    }
}

/// One of the thirteen guidelines of the Code of Practice.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guideline {
    /// 1 to 13, in the published order of importance.
    pub number: u8,
    /// The published title, the same in the draft of March 2018 and in the final text of October 2018.
    pub title: String,
    /// The title of the same group of provisions in EN 303 645.
    pub later_title: String,
    /// Whom the final text says it primarily applies to.
    pub roles: Vec<Role>,
    /// `shall` or `should`: how strong the core of it is.
    pub modal: Modal,
    /// Our paraphrase.
    pub core: String,
    /// How to meet it, for somebody who has a product to ship.
    pub help: String,
    /// Why a machine cannot judge all of it, and what a person must do.
    pub person: String,
    /// What people get wrong.
    pub trap: Option<String>,
}

/// How strongly a rule binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Modal {
    /// A requirement.
    Shall,
    /// A recommendation.
    Should,
}

/// A document that provisions come from, in one version.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// `en303645-v2.1.1`: the part of a provision's id before the colon.
    pub id: String,
    /// The document's name.
    pub title: String,
    /// Its version and date.
    pub version: String,
    /// How a provision's source begins.
    pub cite: String,
    /// Its date of issue, where a standards body or an authority issued it: a day, a month or a year.
    pub issued: Option<String>,
    /// How far it was read.
    #[serde(default)]
    pub verified: Verified,
    /// What is to be known of the document as a whole.
    pub note: Option<String>,
}

/// Something that is or is not so about a product, which decides what binds it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// `passwords-in-use`.
    pub id: String,
    /// The question that a maker answers with true or false.
    pub asks: String,
    /// The IXIT tables of TS 103 701 whose entries show that it is so.
    #[serde(default)]
    pub tables: Vec<u8>,
    /// Facts that are narrower: where one of them is so, this one is so too. Their absence says nothing.
    #[serde(default)]
    pub implied_by: Vec<String>,
}

/// Whether a condition is asked of the product or of each instance of a feature (EN 303 645 V3.1.3 tells them apart).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// C: asked once.
    Condition,
    /// F: the provision applies to all instances of the feature.
    Feature,
}

/// When a conditional provision binds.
#[derive(Clone, Debug)]
pub struct Condition {
    /// `en303645-v2.1.1:c1`.
    pub id: String,
    /// Condition or feature.
    pub form: Form,
    /// What must be the case.
    pub says: String,
    /// The fact that decides it.
    pub fact: String,
    /// The value of the fact for which the condition is met.
    pub when: bool,
}

/// What kind of thing a numbered line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A requirement or recommendation on a product, its maker or its services.
    #[default]
    Requirement,
    /// What a requirement is about.
    Object,
    /// In which manner something must be published.
    Manner,
    /// When something counts as met.
    Deeming,
    /// What is excepted.
    Exception,
    /// What a document must contain.
    Field,
    /// What somebody must do.
    Duty,
    /// A clause that another rule refers to.
    Clause,
    /// A criterion of a label.
    Criterion,
}

impl Kind {
    /// The word a page prints.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Requirement => "requirement",
            Self::Object => "object",
            Self::Manner => "manner",
            Self::Deeming => "deemed compliance",
            Self::Exception => "exception",
            Self::Field => "field",
            Self::Duty => "duty",
            Self::Clause => "clause",
            Self::Criterion => "criterion",
        }
    }
}

/// How a second document qualifies the same provision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessed {
    /// The status in the pro forma of TS 103 701, Annex A.3.
    pub status: String,
    /// The conditions there, as full ids.
    pub conditions: Vec<String>,
}

/// One numbered line of a standard, a law or a label's criteria.
#[derive(Clone, Debug)]
pub struct Provision {
    /// `en303645-v2.1.1:5.1-1`.
    pub id: String,
    /// What kind of thing it is.
    pub kind: Kind,
    /// The guideline it belongs to, 1 to 13; none for what stands above or outside the thirteen.
    pub guideline: Option<u8>,
    /// Why it belongs to no guideline.
    pub outside: Option<String>,
    /// The document's own status: `M`, `M C`, `R`, `R C`; in V3.1.3 also `M F`, `R F`, `M C F`.
    pub status: String,
    /// The ids of its conditions, all of which must be met for it to bind.
    pub conditions: Vec<String>,
    /// How TS 103 701 qualifies it, where it does (EN 303 645 V2.1.1 only).
    pub assessed: Option<Assessed>,
    /// Whom it binds.
    pub roles: Vec<Role>,
    /// Our paraphrase.
    pub says: String,
    /// How to meet it.
    pub help: String,
    /// Why a machine cannot judge it, or only part of it, and what a person must do.
    pub person: String,
    /// What people get wrong.
    pub trap: Option<String>,
    /// What in this entry was not verified.
    pub unverified: Option<String>,
    /// How far the entry was held against its source.
    pub verified: Verified,
    /// A period in words does not fulfil it: it asks for a calendar date on which support ends at the earliest.
    pub end_date: bool,
    /// It is about the published support period: a label shows a date only where this holds.
    pub support: bool,
    /// Where it stands.
    pub source: String,
}

impl Provision {
    /// Whether `not-applicable` can be claimed of it: it has a condition in the document itself or in the pro forma of
    /// TS 103 701. Which of the two counts in an assessment is the ICS verification's business.
    #[must_use]
    pub fn is_conditional(&self) -> bool {
        !self.conditions.is_empty() || self.assessed.as_ref().is_some_and(|a| !a.conditions.is_empty())
    }

    /// Its parts: the entries of the same document whose number continues its own (`sch1-3` has `sch1-3-extension`).
    pub fn parts(&self) -> impl Iterator<Item = &'static Provision> {
        let prefix = format!("{}-", self.id);
        let from = prefix.clone();
        rulebook().provisions.range(from..).map(|(_, p)| p).take_while(move |p| p.id.starts_with(&prefix))
    }

    /// Whether it binds a product of which these facts are known: all its conditions are met (`true`), one of them is not
    /// (`false`), or that is not known. A provision without conditions always binds.
    #[must_use]
    pub fn binds(&self, facts: &BTreeMap<String, bool>) -> Option<bool> {
        let conditions = match &self.assessed {
            Some(a) if self.conditions.is_empty() => &a.conditions,
            _ => &self.conditions,
        };
        let met = |id: &String| {
            let c = rulebook().conditions.get(id)?;
            let narrower = || rulebook().facts.get(&c.fact).map_or(&[][..], |f| &f.implied_by);
            let implied = || narrower().iter().any(|f| facts.get(f) == Some(&true)).then_some(true);
            // What contradicts itself binds: a narrower fact that is so outweighs the wider one that is denied.
            implied().or_else(|| facts.get(&c.fact).copied()).map(|value| value == c.when)
        };
        let met: Vec<Option<bool>> = conditions.iter().map(met).collect();
        if met.contains(&Some(false)) {
            return Some(false);
        }
        met.into_iter().all(|m| m == Some(true)).then_some(true)
    }

    /// Whether it is a requirement (`M`), not a recommendation.
    #[must_use]
    pub fn is_mandatory(&self) -> bool {
        self.status.starts_with('M')
    }

    /// The document in its version: the id before the colon.
    #[must_use]
    pub fn baseline(&self) -> &str {
        self.id.split_once(':').map_or("", |(b, _)| b)
    }

    /// The number within its document.
    #[must_use]
    pub fn number(&self) -> &str {
        self.id.split_once(':').map_or(&self.id, |(_, n)| n)
    }
}

/// How one provision relates to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// The same duty.
    Same,
    /// The other replaces this one in a later version.
    Successor,
    /// This one asks for more.
    Stricter,
    /// This one asks for less.
    Looser,
    /// Each asks for something that the other does not.
    Overlaps,
    /// This one counts as met where the other is met.
    DeemedBy,
    /// This one contains the other, or the other contains this one.
    PartOf,
}

impl Relation {
    /// How the sentence about `from` and `to` reads.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Same => "asks the same as",
            Self::Successor => "is replaced by",
            Self::Stricter => "asks for more than",
            Self::Looser => "asks for less than",
            Self::Overlaps => "overlaps with",
            Self::DeemedBy => "counts as met where this is met:",
            Self::PartOf => "belongs together with",
        }
    }
}

/// One line of the mapping between documents; both ends name their version.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// A provision.
    pub from: String,
    /// Another.
    pub to: String,
    /// How `from` relates to `to`.
    pub relation: Relation,
    /// What differs.
    pub note: Option<String>,
    /// How far it was verified.
    #[serde(default)]
    pub verified: Verified,
}

/// Everything, by id.
#[derive(Debug)]
pub struct Rulebook {
    /// The thirteen, in order.
    pub guidelines: Vec<Guideline>,
    /// The documents, in the order of their ids.
    pub baselines: Vec<Baseline>,
    /// The facts by id.
    pub facts: BTreeMap<String, Fact>,
    /// The conditions by id.
    pub conditions: BTreeMap<String, Condition>,
    /// The provisions by id; the guidelines themselves are `cop-2018:1` to `cop-2018:13`.
    pub provisions: BTreeMap<String, Provision>,
    /// The ids that a version voids, with what took their place.
    pub voids: BTreeMap<String, Vec<String>>,
    /// How provisions map onto each other.
    pub mappings: Vec<Mapping>,
}

/// The bundled rulebook.
#[must_use]
pub fn rulebook() -> &'static Rulebook {
    static BOOK: LazyLock<Rulebook> =
        LazyLock::new(|| read::bundled().expect("the bundled rulebook reads: a test holds it"));
    &BOOK
}

/// The id of a guideline as a provision.
#[must_use]
pub fn guideline_id(number: u8) -> String {
    format!("cop-2018:{number}")
}

impl Rulebook {
    /// A provision by its full id, or by its number alone. A number that several documents have means the version that the
    /// UK Regulations pin, EN 303 645 V2.1.1, where that has it.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Provision> {
        let id = id.trim();
        self.provisions.get(id).or_else(|| self.provisions.get(&format!("en303645-v2.1.1:{id}"))).or_else(
            || {
                let mut same = self.provisions.values().filter(|p| p.number() == id);
                same.next().filter(|_| same.next().is_none())
            },
        )
    }

    /// The full id of a written one: the hyphen of clause 6 may be written as a dot (V3.1.3 Annex B does).
    #[must_use]
    pub fn normal(&self, id: &str) -> String {
        let id = id.trim();
        if self.provisions.contains_key(id) || self.voids.contains_key(id) {
            return id.to_owned();
        }
        if let Some((baseline, number)) = id.split_once(':')
            && baseline.starts_with("en303645-")
            && let Some(rest) = number.strip_prefix("6.")
        {
            let mended = format!("{baseline}:6-{rest}");
            if self.provisions.contains_key(&mended) || self.voids.contains_key(&mended) {
                return mended;
            }
        }
        id.to_owned()
    }

    /// The known id nearest to a wrong one, for the mend in an error.
    #[must_use]
    pub fn nearest(&self, wrong: &str) -> Option<&str> {
        nearest(wrong, self.provisions.keys().map(String::as_str))
    }

    /// The guideline of a number from 1 to 13.
    #[must_use]
    pub fn guideline(&self, number: u8) -> Option<&Guideline> {
        self.guidelines.iter().find(|g| g.number == number)
    }

    /// A document by its id.
    #[must_use]
    pub fn baseline(&self, id: &str) -> Option<&Baseline> {
        self.baselines.iter().find(|b| b.id == id)
    }

    /// The mappings that name a provision at either end.
    pub fn mapped<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Mapping> {
        self.mappings.iter().filter(move |m| m.from == id || m.to == id)
    }
}
