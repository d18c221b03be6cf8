//! What a snapshot says of one product: what the seller's decision table asks, and no more.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::assess::{Variant, Verdict};
use crate::gtin::Gtin14;
use crate::seller::NoticeKind;

/// What holds for one number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The number under the barcode.
    pub gtin: Gtin14,
    /// Whether its entry stands.
    pub state: State,
    /// A support end earlier than the published one was shown by its maker.
    pub shortened: bool,
    /// The last day until which security updates are promised at least; none where none are promised.
    pub updates_until: Option<Date>,
    /// Scheme by scheme, what was declared; a scheme that is missing was not declared under.
    pub schemes: BTreeMap<String, SchemeState>,
    /// The statement of compliance that accompanies the product, where somebody looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Document>,
    /// Notices of the authority, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
    /// Labels of other schemes, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Foreign>,
}

/// Whether a product's entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It stands.
    Active,
    /// More than one maker claims the GTIN.
    Disputed,
    /// The maker took the declaration back.
    Withdrawn,
}

/// What was declared under one scheme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchemeState {
    /// What the scheme says of the product.
    pub verdict: Verdict,
    /// The label's sign, where the scheme has a label and the product carries it.
    pub variant: Option<Variant>,
    /// The log's index of the statement of its label, in force or suspended; none where none was issued.
    pub statement: Option<u64>,
}

/// Whether the statement of compliance with a product has every field that it must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Document {
    /// It is there and complete.
    Complete,
    /// It is there and lacks a field.
    Incomplete,
    /// There is none.
    Absent,
}

/// A notice that forbids a sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// What it demands.
    pub kind: NoticeKind,
    /// Suspended by an appeal.
    pub suspended: bool,
}

/// A label of another scheme.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Foreign {
    /// The scheme that granted it, as an id.
    pub scheme: String,
    /// Its level, as that scheme writes it, where it was seen.
    pub level: Option<String>,
    /// The standard it was granted against, where it was seen.
    pub standard: Option<String>,
    /// Its last day, where it was seen.
    pub until: Option<Date>,
}

/// What many products have in common: everything but the number, the day and what is rare. A snapshot holds each once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// See [`Record::state`].
    pub state: State,
    /// See [`Record::shortened`].
    pub shortened: bool,
    /// See [`Record::schemes`].
    pub schemes: BTreeMap<String, Declared>,
    /// See [`Record::document`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Document>,
}

/// What is in common of what was declared under one scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declared {
    /// See [`SchemeState::verdict`].
    pub verdict: Verdict,
    /// See [`SchemeState::variant`].
    pub variant: Option<Variant>,
    /// Whether the statement of its label stands beside.
    pub statement: bool,
}

/// What few products have.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rare {
    /// See [`Record::notices`].
    pub notices: Vec<Notice>,
    /// See [`Record::labels`].
    pub labels: Vec<Foreign>,
}

impl Rare {
    /// Whether there is nothing of the kind.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.notices.is_empty() && self.labels.is_empty()
    }
}

impl Standing {
    /// The record of a number of this standing, with nothing rare beside it.
    #[must_use]
    pub fn with(&self, until: Option<Date>) -> Record {
        Record::of(Gtin14::BEFORE, until, self, Rare::default(), &[])
    }

    /// The schemes whose labels' statements stand beside, in their order.
    pub(super) fn labelled(&self) -> impl Iterator<Item = &str> {
        self.schemes.iter().filter(|(_, declared)| declared.statement).map(|(id, _)| id.as_str())
    }
}

impl Record {
    /// The part that many products share.
    #[must_use]
    pub fn standing(&self) -> Standing {
        Standing {
            state: self.state,
            shortened: self.shortened,
            schemes: self
                .schemes
                .iter()
                .map(|(id, s)| {
                    (
                        id.clone(),
                        Declared { verdict: s.verdict, variant: s.variant, statement: s.statement.is_some() },
                    )
                })
                .collect(),
            document: self.document,
        }
    }

    /// The part that is rare.
    #[must_use]
    pub fn rare(&self) -> Rare {
        Rare { notices: self.notices.clone(), labels: self.labels.clone() }
    }

    /// Puts the parts together again; `statements` are those of [`Standing::labelled`], or none at all.
    pub(super) fn of(
        gtin: Gtin14,
        until: Option<Date>,
        standing: &Standing,
        rare: Rare,
        statements: &[u64],
    ) -> Self {
        let mut statements = statements.iter();
        let schemes = standing.schemes.iter().map(|(id, declared)| {
            let statement = if declared.statement { statements.next().copied() } else { None };
            (id.clone(), SchemeState { verdict: declared.verdict, variant: declared.variant, statement })
        });
        Self {
            gtin,
            state: standing.state,
            shortened: standing.shortened,
            updates_until: until,
            schemes: schemes.collect(),
            document: standing.document,
            notices: rare.notices,
            labels: rare.labels,
        }
    }
}
