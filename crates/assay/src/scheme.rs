//! A scheme: a territory's rules as data. It names provisions and the ways in which they count as met, phases by date, the
//! form of the label, what it recognises of other schemes, and who has which duty; it knows no check and no product. A new
//! territory is one more file in `data/schemes`, or a file of the operator's own.

mod read;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::rules::{self, Verified};

pub use read::SchemeError;

/// One scheme, as its file says it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scheme {
    /// `uk-2019-option-a`.
    pub id: String,
    /// The scheme's number in a label's payload; never reused.
    pub code: u16,
    /// Its name for people.
    pub title: String,
    /// Where it holds.
    pub territory: String,
    /// What kind of thing it is.
    pub kind: SchemeKind,
    /// Who runs it.
    pub who: Option<String>,
    /// Whether it ever became law or was opened by its authority.
    pub enacted: bool,
    /// What it asks, in two sentences.
    pub summary: String,
    /// Where it stands.
    pub source: String,
    /// How far its facts were verified.
    #[serde(default)]
    pub verified: Verified,
    /// What is uncertain about the whole.
    pub note: Option<String>,
    /// What the scheme takes as enough.
    pub accepts: Accepts,
    /// Its phases by date, the earliest first.
    #[serde(rename = "phase")]
    pub phases: Vec<Phase>,
    /// Which products it is about.
    pub scope: Option<ScopeRule>,
    /// What it asks of a product.
    #[serde(rename = "requirement")]
    pub requirements: Vec<Requirement>,
    /// The document that must accompany the product, where one must.
    pub statement: Option<StatementRule>,
    /// The label, where it has one that Assay draws.
    pub label: Option<LabelRule>,
    /// The label that its authority grants, where it grants one.
    pub holding: Option<Holding>,
    /// What it asks of a shop.
    pub seller: SellerRule,
    /// Who must do what.
    #[serde(rename = "duty", default)]
    pub duties: Vec<SchemeDuty>,
    /// What it recognises of other schemes.
    #[serde(default)]
    pub recognises: Vec<Recognition>,
    /// What nobody here could verify.
    #[serde(rename = "unknown", default)]
    pub unknowns: Vec<Unknown>,
}

/// What kind of thing a scheme is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SchemeKind {
    /// It binds by law.
    Law,
    /// A label that one applies for.
    Label,
    /// A proposal that was consulted on.
    Consultation,
    /// A standard, taken as a scheme of its own.
    Standard,
}

/// What a scheme takes as enough for a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Accepts {
    /// A claim that no evidence contradicts.
    SelfDeclaration,
    /// An outcome seen by a laboratory.
    Tested,
    /// Only the label that its authority granted.
    Grant,
}

/// From when the scheme applies, and how.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Its name.
    pub name: String,
    /// Its first day.
    pub from: Day,
    /// Whether shops and makers are bound by it.
    pub binding: bool,
    /// The date was never set by anybody: it is the operator's parameter and marked so wherever it is shown.
    pub invented: bool,
    /// Whether one can declare or apply in this phase.
    #[serde(default = "yes")]
    pub open: bool,
    /// What is to be known of it.
    pub note: Option<String>,
}

fn yes() -> bool {
    true
}

/// A date as TOML writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "toml::value::Datetime")]
pub struct Day(pub Date);

impl TryFrom<toml::value::Datetime> for Day {
    type Error = String;

    fn try_from(value: toml::value::Datetime) -> Result<Self, String> {
        crate::date::parse(&value.to_string())
            .map(Self)
            .ok_or_else(|| format!("`{value}` is not a date (YYYY-MM-DD)"))
    }
}

/// Whether a day lies between two, both included; an end that is not given is open.
#[must_use]
pub fn within(day: Date, from: Option<Day>, until: Option<Day>) -> bool {
    from.is_none_or(|f| f.0 <= day) && until.is_none_or(|u| day <= u.0)
}

/// Which products a scheme is about.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopeRule {
    /// In words.
    pub says: String,
    /// How it is judged.
    pub test: ScopeTest,
    /// What is excepted.
    #[serde(rename = "except", default)]
    pub exceptions: Vec<ScopeException>,
}

/// How the scope is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScopeTest {
    /// The test of the PSTI Act 2022, sections 4, 5 and 54.
    UkConsumerConnectable,
    /// The words above and the exceptions only.
    Stated,
}

/// One exception from the scope.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScopeException {
    /// `ev-charge-point`.
    pub id: String,
    /// What is excepted.
    pub says: String,
    /// Its first day.
    pub from: Option<Day>,
    /// Its last day.
    pub until: Option<Day>,
    /// The part of the territory where it holds; everywhere where not given.
    pub territory: Option<String>,
    /// Where it stands.
    pub source: String,
    /// How far it was verified.
    #[serde(default)]
    pub verified: Verified,
}

/// One thing asked: a provision, the other ways in which it counts as met, and which symbol of the label stands for it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// The provision's id.
    pub provision: String,
    /// The symbol that shows it.
    #[serde(default)]
    pub symbol: Symbol,
    /// The first day on which it is asked.
    pub from: Option<Day>,
    /// The last day on which it is asked.
    pub until: Option<Day>,
    /// Other ways in which it counts as met: deemed compliance.
    #[serde(rename = "way", default)]
    pub ways: Vec<Way>,
}

/// A way in which a requirement counts as met: other provisions, or a label of another scheme.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Way {
    /// `condition-a`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What must be the case.
    pub says: String,
    /// The provisions that are to be claimed, all of them.
    #[serde(default)]
    pub provisions: Vec<String>,
    /// The label that is to be held.
    pub label: Option<RecognisedLabel>,
    /// Provisions that this way leaves as they are: where evidence shows one of them broken, it does not hold.
    #[serde(default)]
    pub leaves: Vec<String>,
    /// Its first day.
    pub from: Option<Day>,
    /// Its last day.
    pub until: Option<Day>,
    /// Where it stands.
    pub source: String,
    /// How far it was verified.
    #[serde(default)]
    pub verified: Verified,
}

/// A label of another scheme that counts here while it is current.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecognisedLabel {
    /// The scheme that grants it.
    pub scheme: String,
    /// The levels that count; any where the list is empty.
    #[serde(default)]
    pub levels: Vec<String>,
    /// The standard that it must have been granted against, where one is named.
    pub standard: Option<String>,
}

/// Which part of the label shows a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Symbol {
    /// The shield with tick or cross.
    Shield,
    /// The date until which security updates are promised.
    Date,
    /// No symbol.
    #[default]
    None,
}

/// The document that must accompany the product.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementRule {
    /// Its name.
    pub name: String,
    /// What it is.
    pub says: String,
    /// What it must contain, as ids of provisions.
    #[serde(default)]
    pub fields: Vec<String>,
    /// The first day on which it is asked, where that is later than the scheme's first.
    pub from: Option<Day>,
    /// For how many years from its issue it is kept.
    pub keeps_years: Option<u8>,
    /// Whether it is kept for the defined support period where that is longer.
    #[serde(default)]
    pub keeps_support_period: bool,
    /// Where it stands.
    pub source: String,
    /// How far it was verified.
    #[serde(default)]
    pub verified: Verified,
    /// The labels that stand in for it.
    #[serde(default)]
    pub waived_by: Vec<Way>,
}

/// The label that a scheme's authority grants.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holding {
    /// Its levels, the lowest first; empty where it has one.
    #[serde(default)]
    pub levels: Vec<String>,
    /// For how many months it is granted at most, where that is known.
    pub months: Option<u16>,
    /// It is current only as long as security updates are given.
    #[serde(default)]
    pub while_supported: bool,
    /// What its number is called.
    pub number: Option<String>,
    /// What it shows and how one gets it.
    pub says: String,
    /// Where that stands.
    pub source: String,
    /// How far it was verified.
    #[serde(default)]
    pub verified: Verified,
}

/// Who must do what, and when.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchemeDuty {
    /// Whose duty it is.
    pub role: DutyRole,
    /// When it arises.
    pub when: DutyWhen,
    /// What is to be done.
    pub does: String,
    /// Where it stands.
    pub source: String,
    /// How far it was verified.
    #[serde(default)]
    pub verified: Verified,
}

/// Whose duty it is: the chain from maker to shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DutyRole {
    /// Makes it, or markets it under its own name.
    Manufacturer,
    /// Acts for a maker abroad.
    AuthorisedRepresentative,
    /// Brings it into the country.
    Importer,
    /// Makes it available without being either.
    Distributor,
}

impl DutyRole {
    /// The word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Manufacturer => "manufacturer",
            Self::AuthorisedRepresentative => "authorised representative",
            Self::Importer => "importer",
            Self::Distributor => "distributor",
        }
    }
}

/// When a duty arises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DutyWhen {
    /// With every product.
    Always,
    /// When a failure may be there.
    FailurePossible,
    /// When a failure is known or should be.
    FailureKnown,
}

impl DutyWhen {
    /// The word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::FailurePossible => "when a failure is possible",
            Self::FailureKnown => "when a failure is known",
        }
    }
}

/// One directed, dated edge of the graph of recognition: the scheme takes something of another one.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recognition {
    /// The other scheme.
    pub scheme: String,
    /// The levels that are taken; any where the list is empty.
    #[serde(default)]
    pub levels: Vec<String>,
    /// Its first day.
    pub from: Option<Day>,
    /// Its last day.
    pub until: Option<Day>,
    /// How far it goes.
    pub extent: Extent,
    /// With `criteria`: those that are taken as met, as ids of provisions.
    #[serde(default)]
    pub criteria: Vec<String>,
    /// The standard that the other label must have been granted against.
    pub standard: Option<String>,
    /// In words.
    pub says: String,
    /// Where it stands.
    pub source: String,
    /// How far it was verified.
    #[serde(default)]
    pub verified: Verified,
}

/// How far a recognition goes. None is a full equivalence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Extent {
    /// The requirement counts as met.
    Deemed,
    /// A shorter application.
    Simplified,
    /// Only the criteria named.
    Criteria,
}

impl Extent {
    /// The word a page prints.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Deemed => "counts as met",
            Self::Simplified => "simplified application",
            Self::Criteria => "named criteria only",
        }
    }
}

/// Something that nobody here could verify.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unknown {
    /// What.
    pub what: String,
    /// Where to look.
    pub ask: String,
}

/// The form of the label and the sentences it stands for, as the operator words them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelRule {
    /// The only form so far: two symbols.
    pub form: LabelForm,
    /// What the tick stands for.
    pub tick: String,
    /// What the cross stands for.
    pub cross: String,
}

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LabelForm {
    /// A shield with tick or cross, and a date.
    ShieldAndDate,
}

/// What a shop must do.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SellerRule {
    /// What may be sold.
    pub sells: Sells,
    /// What a shop does with a product the register does not know.
    pub unregistered: Unregistered,
    /// The duty in a sentence.
    pub duty: String,
    /// The provision by which a published support period may never be shortened, where the scheme has one: a shortened one is
    /// then a failure that a seller may not overlook.
    pub never_shortened: Option<String>,
    /// The first day on which it binds sellers, where that is later than the scheme's first binding phase.
    pub from: Option<Day>,
}

/// What may be sold under a scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sells {
    /// Whatever bears the label, with tick or cross (option A).
    Labelled,
    /// Only what holds under the scheme (options B and C, the law).
    Holding,
    /// Anything: the scheme puts no duty on sellers.
    Anything,
}

/// What the absence from the register means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unregistered {
    /// Only the labelled or declared may be sold.
    Refuse,
    /// The law knows no register: a statement may still accompany the product.
    Ask,
    /// The scheme says nothing about selling it.
    NothingToSay,
}

/// The bundled schemes, by their codes.
#[must_use]
pub fn bundled() -> &'static [Scheme] {
    static SCHEMES: LazyLock<Vec<Scheme>> =
        LazyLock::new(|| read::bundled().expect("a test reads every bundled scheme"));
    &SCHEMES
}

/// A bundled scheme by id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Scheme> {
    bundled().iter().find(|s| s.id == id)
}

/// A bundled scheme by id, or a sentence with the mend.
///
/// # Errors
/// There is none of that id.
pub fn known(id: &str) -> Result<&'static Scheme, String> {
    find(id).ok_or_else(|| {
        let all = bundled().iter().map(|s| s.id.as_str());
        let mend = rules::nearest(id, all.clone()).map_or_else(
            || format!("known: {}", all.collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        format!("there is no scheme `{id}`; {mend}")
    })
}

/// A bundled scheme by the number a label carries.
#[must_use]
pub fn by_code(code: u16) -> Option<&'static Scheme> {
    bundled().iter().find(|s| s.code == code)
}

impl Scheme {
    /// The phase in force on a day, if the scheme had begun.
    #[must_use]
    pub fn phase_on(&self, day: Date) -> Option<&Phase> {
        self.phases.iter().rev().find(|p| p.from.0 <= day)
    }

    /// Whether makers and shops are bound on a day.
    #[must_use]
    pub fn binds_on(&self, day: Date) -> bool {
        self.phase_on(day).is_some_and(|p| p.binding)
    }

    /// What is asked on a day.
    pub fn asked_on(&self, day: Date) -> impl Iterator<Item = &Requirement> {
        self.requirements.iter().filter(move |r| within(day, r.from, r.until))
    }

    /// The same scheme with another first day of a phase: what nobody enacted is the operator's to date.
    ///
    /// # Errors
    /// The scheme has no such phase, its date is a fact that was enacted, or the phases would be out of order.
    pub fn with_phase(mut self, phase: &str, from: Date) -> Result<Self, String> {
        let names: Vec<String> = self.phases.iter().map(|p| p.name.clone()).collect();
        let Some(found) = self.phases.iter_mut().find(|p| p.name == phase) else {
            return Err(format!("{} has no phase `{phase}`; it has: {}", self.id, names.join(", ")));
        };
        if !found.invented {
            return Err(format!(
                "the date of `{phase}` of {} is a fact ({}), not a parameter",
                self.id, found.from.0
            ));
        }
        found.from = Day(from);
        if !self.phases.is_sorted_by(|a, b| a.from < b.from) {
            return Err(format!("the phases of {} would be out of order: {}", self.id, names.join(", ")));
        }
        Ok(self)
    }
}
