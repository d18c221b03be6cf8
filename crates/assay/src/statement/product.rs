//! What makers register and declare, and what the register makes of it: the kinds of statements that every product has.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{LabId, MakerId, ProductId};
use crate::assess::{Assessment, Variant, Verdict};
use crate::gtin::Gtin14;
use crate::key::PublicKey;
use crate::outcome::{Claim, Outcome, SeenBy};

/// A maker and its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MakerRegistered {
    /// The organisation, never a person.
    pub organisation: String,
    /// Its domain.
    pub domain: String,
    /// The key that signs its declarations.
    pub key: PublicKey,
    /// When.
    pub on: Date,
}

/// A declaration judged under one scheme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assessed {
    /// The product.
    pub product: ProductId,
    /// The index of the declaration in the log.
    pub declaration: u64,
    /// The scheme's id.
    pub scheme: String,
    /// The whole.
    pub verdict: Verdict,
    /// Requirement by requirement.
    pub requirements: Vec<AssessedRequirement>,
    /// The laboratory that tested and signs; absent where the register judges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lab: Option<LabId>,
    /// When.
    pub on: Date,
}

/// One requirement of an assessment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssessedRequirement {
    /// The provision's id.
    pub id: String,
    /// What the maker claims.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
    /// What evidence shows.
    pub outcome: Outcome,
    /// Who vouches for it.
    pub seen_by: SeenBy,
    /// Whether it holds as the scheme accepts it; absent while undecided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holds: Option<bool>,
}

/// A label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labelled {
    /// The product.
    pub product: ProductId,
    /// The index of the assessment in the log.
    pub assessment: u64,
    /// The scheme's id.
    pub scheme: String,
    /// The GTINs the label may be printed for.
    pub gtins: Vec<Gtin14>,
    /// Tick or cross.
    pub variant: Variant,
    /// The lowest "seen by" among the requirements.
    pub level: SeenBy,
    /// The last day on which security updates are promised at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updates_until: Option<Date>,
    /// When.
    pub on: Date,
}

/// A maker takes its declaration back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawn {
    /// The maker.
    pub maker: MakerId,
    /// The product.
    pub product: ProductId,
    /// The index of the declaration that is taken back.
    pub declaration: u64,
    /// When.
    pub on: Date,
}

/// The maker promises security updates for longer than its declaration does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SupportExtended {
    /// The maker.
    pub maker: MakerId,
    /// The product.
    pub product: ProductId,
    /// The index of the declaration in force, whose end of support is moved.
    pub declaration: u64,
    /// The last day on which security updates are promised at least, from now on.
    pub end: Date,
    /// When.
    pub on: Date,
}

/// The maker puts a wrong word right. What was said before stays in the log and in the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Corrected {
    /// The maker.
    pub maker: MakerId,
    /// The index of the statement that it corrects: the maker's registration, or the declaration in force.
    pub corrects: u64,
    /// The product, where a declaration is corrected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<ProductId>,
    /// The word and what it is now.
    pub change: Change,
    /// When.
    pub on: Date,
}

/// What can be corrected: words that nothing is judged by. Claims, numbers and dates are declared anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Change {
    /// The organisation's name, of a registration.
    Organisation(String),
    /// The organisation's domain, of a registration.
    Domain(String),
    /// The name a shopper sees, of a declaration.
    Name(String),
    /// What kind of thing it is, of a declaration.
    Category(String),
    /// The page where the support period is published, of a declaration.
    PublishedAt(String),
    /// The disclosure policy, of a declaration.
    Policy(String),
    /// The security.txt file, of a declaration.
    SecurityTxt(String),
}

impl Change {
    /// Whether it is about a registration; else it is about a declaration.
    #[must_use]
    pub fn is_of_registration(&self) -> bool {
        matches!(self, Self::Organisation(_) | Self::Domain(_))
    }
}

/// The maker publishes an advisory about a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdvisoryPublished {
    /// The maker.
    pub maker: MakerId,
    /// The product.
    pub product: ProductId,
    /// The advisory's own number: letters, digits, `.`, `_`, `/` and `-`.
    pub advisory: String,
    /// Where it is published.
    pub address: String,
    /// SHA-256 of what was published.
    pub sha256: super::Digest,
    /// When.
    pub on: Date,
}

impl Assessed {
    /// The register's words for an assessment of a logged declaration.
    #[must_use]
    pub fn of(product: ProductId, declaration: u64, assessment: &Assessment, on: Date) -> Self {
        Self {
            product,
            declaration,
            scheme: assessment.scheme.clone(),
            verdict: assessment.verdict,
            requirements: assessment
                .requirements
                .iter()
                .map(|r| AssessedRequirement {
                    id: r.id.clone(),
                    claim: r.claim,
                    outcome: r.outcome,
                    seen_by: r.seen_by,
                    holds: r.holds,
                })
                .collect(),
            lab: None,
            on,
        }
    }
}
