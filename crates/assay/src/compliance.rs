//! The statement of compliance that accompanies a product in the United Kingdom (PSTI Act 2022, section 9; SI 2023/1007,
//! Schedule 4): its fields a to g, composed from a case or refused with everything that is missing, and judged where
//! somebody else wrote it. It is no statement of the log ([`crate::statement`]); the law fixes what it says, not how it looks.

mod compose;
mod html;
mod sheet;
mod standards;
#[cfg(test)]
mod tests;
mod validate;

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::gtin::Gtin14;

pub use crate::case::statement_file::{MAX_BYTES, PartyEntry, Signatory, StandardEntry, StatementFile};
pub use compose::{Missing, compose, warnings};
pub use html::html;
pub use sheet::{Row, Section, Sheet, sheet};
pub use standards::{CitedStandard, Deemed, StandardProblem, deemed, judge_standard};
pub use validate::{FieldOutcome, Format, Validation, judge_issue_date, judge_period, validate_json};

/// The schema of a statement as JSON.
pub const SCHEMA: &str = "assay-statement-of-compliance-0";

/// The fields of Schedule 4, paragraph 1(1): the letter, its heading, and what it asks, in our words.
pub const FIELDS: [(char, &str, &str); 7] = [
    ('a', "Product", "the product: its type and the batch"),
    (
        'b',
        "Manufacturer",
        "the name and address of every manufacturer and, where there is one, of every authorised representative",
    ),
    ('c', "Prepared by", "a declaration that the statement is prepared by the manufacturer or on its behalf"),
    (
        'd',
        "Declaration of compliance",
        "a declaration that in the manufacturer's opinion it complied with the security requirements of Schedule 1 or the \
         conditions of Schedule 2, and the number, version and date of issue of a standard it relies on",
    ),
    (
        'e',
        "Defined support period",
        "the defined support period, with its end date, as it was correct when the manufacturer first supplied the product",
    ),
    ('f', "Signature", "the signature, name and function of the signatory"),
    ('g', "Place and date of issue", "the place and date of issue of the statement"),
];

/// The rule of a field.
#[must_use]
pub fn source(field: char) -> String {
    format!("SI 2023/1007, Schedule 4, paragraph 1(1)({field})")
}

/// A whole statement of compliance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComplianceStatement {
    /// [`SCHEMA`].
    pub schema: String,
    /// The product.
    pub a: StatedProduct,
    /// Who stands behind it.
    pub b: Parties,
    /// By whom it is prepared.
    pub c: PreparedBy,
    /// What is declared.
    pub d: Declared,
    /// The defined support period.
    pub e: Period,
    /// Who signs.
    pub f: Signed,
    /// Where and when it is issued.
    pub g: Issued,
    /// The last day on which a copy must be kept (regulations 8 and 9).
    pub retain_until: Date,
}

/// Field a.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedProduct {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// The batch or batches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<String>,
    /// The range of serial numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serials: Option<String>,
    /// The name a shopper sees.
    pub name: String,
    /// The model designation.
    pub model: String,
    /// The GTINs it is sold under.
    pub gtins: Vec<Gtin14>,
}

/// Field b.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parties {
    /// Every manufacturer; more than one makes a joint statement (section 9(5)).
    pub manufacturers: Vec<Party>,
    /// Every authorised representative.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorised_representatives: Vec<Party>,
}

/// A name and a postal address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The name.
    pub name: String,
    /// The address, in lines.
    pub address: String,
}

/// Field c.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreparedBy {
    /// By the manufacturer, or on its behalf.
    pub prepared_by: Prepared,
    /// Who prepared it on the manufacturer's behalf.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preparer: Option<String>,
}

/// By whom a statement is prepared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Prepared {
    /// By the manufacturer itself.
    Manufacturer,
    /// By somebody else on its behalf.
    OnBehalf,
}

/// Field d.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declared {
    /// Which of the two.
    pub complies: Route,
    /// That it is the manufacturer's opinion; a statement without it is none.
    pub in_the_opinion_of_the_manufacturer: bool,
    /// With (ii): which requirement is met itself, and which by a condition of Schedule 2, for each is deemed separately.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<RouteTaken>,
    /// The standards relied on (paragraph 1(2)).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub standards: Vec<Standard>,
}

/// How one requirement is complied with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteTaken {
    /// The requirement, as the id of its provision.
    pub requirement: String,
    /// Itself, or by a condition.
    pub complies: Route,
    /// The condition, by its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
}

/// Which of the two declarations of paragraph 1(1)(d) is made. The second is made where one requirement or more is met by a
/// condition of Schedule 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Route {
    /// (i): the applicable security requirements of Schedule 1.
    #[serde(rename = "schedule-1")]
    Schedule1,
    /// (ii): the deemed compliance conditions of Schedule 2.
    #[serde(rename = "schedule-2")]
    Schedule2,
}

/// A standard as paragraph 1(2) wants it named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standard {
    /// Its identification number.
    pub number: String,
    /// Its version.
    pub version: String,
    /// Its date of issue: a day, a month or a year.
    pub issued: String,
}

/// Field e.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// Its first day, where it is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Date>,
    /// Its end date. A period without one is no defined support period (regulation 2(1)).
    pub end: Date,
}

/// Field f.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// How it is signed.
    pub signature: Signature,
    /// The signatory's name.
    pub name: String,
    /// The signatory's function.
    pub function: String,
}

/// How a statement is signed: `ink`, or `electronic: …` with what the signature is. This program signs nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Signature {
    /// By hand, on the printed statement.
    Ink,
    /// Electronically, as described.
    Electronic(String),
}

/// Field g.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// The place.
    pub place: String,
    /// The date.
    pub date: Date,
}

impl Signature {
    /// Reads `ink` or `electronic: …`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("ink") {
            return Some(Self::Ink);
        }
        let (word, what) = text.split_once(':')?;
        let what = what.trim();
        (word.trim().eq_ignore_ascii_case("electronic") && !what.is_empty())
            .then(|| Self::Electronic(what.to_owned()))
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ink => f.write_str("ink"),
            Self::Electronic(what) => write!(f, "electronic: {what}"),
        }
    }
}

impl TryFrom<String> for Signature {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| "a signature reads `ink` or `electronic: …`".to_owned())
    }
}

impl From<Signature> for String {
    fn from(signature: Signature) -> Self {
        signature.to_string()
    }
}

/// The last day on which a copy must be kept: the longer of ten years beginning with the date of issue and the defined
/// support period (regulations 8 and 9). A period that begins with a day ends on the day before its anniversary; where the
/// two could be compared by length or by end, this takes the later end, which satisfies both readings.
#[must_use]
pub fn retain_until(issued: Date, support_end: Date) -> Date {
    let ten_years = crate::date::last_day_of(issued, 120).unwrap_or(Date::MAX);
    ten_years.max(support_end)
}
