//! What the register, a laboratory's accreditor and the authority state: observations, numbers in dispute, labels of
//! elsewhere, accreditations, suspensions and notices, and what the register announces about its own log.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Digest, LabId, MakerId, ProductId};
use crate::gtin::Gtin14;
use crate::key::PublicKey;

/// A key that may sign for a maker from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyAdded {
    /// The maker.
    pub maker: MakerId,
    /// The new key.
    pub key: PublicKey,
    /// When.
    pub on: Date,
}

/// A key that signs nothing for a maker any more. What it signed before stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRetired {
    /// The maker.
    pub maker: MakerId,
    /// The key.
    pub key: PublicKey,
    /// When.
    pub on: Date,
}

/// A fact the register saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observed {
    /// The product.
    pub product: ProductId,
    /// What was seen.
    pub fact: Fact,
    /// When.
    pub on: Date,
}

/// What a register can see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Fact {
    /// The maker showed an earlier end of support than it had promised.
    SupportShortened {
        /// What was promised.
        promised: Date,
        /// What was shown; absent where the promise was left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shown: Option<Date>,
    },
    /// A page that the declaration names was there.
    PageSeen {
        /// Which.
        page: PublicPage,
        /// SHA-256 of what it said.
        sha256: Digest,
    },
    /// A page that the declaration names was not there.
    PageMissing {
        /// Which.
        page: PublicPage,
    },
}

/// A page that a declaration names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PublicPage {
    /// Where the support period is published.
    Support,
    /// The disclosure policy.
    Policy,
    /// The security.txt file.
    SecurityTxt,
}

/// Several makers claim a number, or somebody outside the register does: nobody has it until it is decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GtinDisputed {
    /// The number.
    pub gtin: Gtin14,
    /// The makers that claim it, sorted: those of the fold, all of them.
    pub makers: Vec<MakerId>,
    /// When.
    pub on: Date,
}

/// A disputed number is decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GtinDecided {
    /// The number.
    pub gtin: Gtin14,
    /// Whose it is; absent where it is nobody's of those who claim it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<MakerId>,
    /// The other makers that claim it, sorted: their claims count no longer.
    pub against: Vec<MakerId>,
    /// Salted SHA-256 of the decision.
    pub document: Digest,
    /// When.
    pub on: Date,
}

/// The product holds a label of another scheme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForeignLabelRecorded {
    /// The product.
    pub product: ProductId,
    /// The scheme's id.
    pub scheme: String,
    /// The label's number there: letters, digits, `.`, `_`, `/` and `-`.
    pub number: String,
    /// The last day on which it is valid, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// The page of the foreign register.
    pub source: String,
    /// SHA-256 of what the page said.
    pub sha256: Digest,
    /// When.
    pub on: Date,
}

/// A laboratory may sign assessments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabAccredited {
    /// The organisation, never a person.
    pub organisation: String,
    /// Its domain.
    pub domain: String,
    /// The key that signs its assessments.
    pub key: PublicKey,
    /// The schemes it may test under, sorted, none twice.
    pub schemes: Vec<String>,
    /// The number of its accreditation: letters, digits, `.`, `_`, `/` and `-`.
    pub certificate: String,
    /// The last day of its accreditation.
    pub until: Date,
    /// When.
    pub on: Date,
}

/// A laboratory's accreditation is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabExpired {
    /// The laboratory.
    pub lab: LabId,
    /// When.
    pub on: Date,
}

/// A label may not be shown until the suspension is lifted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelSuspended {
    /// The product.
    pub product: ProductId,
    /// The scheme's id.
    pub scheme: String,
    /// The index of the label in force.
    pub label: u64,
    /// Salted SHA-256 of the reasons.
    pub document: Digest,
    /// When.
    pub on: Date,
}

/// The authority served a notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeServed {
    /// The maker.
    pub maker: MakerId,
    /// The product; absent where the notice is about the maker as such.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<ProductId>,
    /// What it demands.
    pub notice: Notice,
    /// Salted SHA-256 of the notice.
    pub document: Digest,
    /// When.
    pub on: Date,
}

/// The notices of the Product Security and Telecommunications Infrastructure Act 2022, sections 28 to 30.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Notice {
    /// To comply (section 28).
    Compliance,
    /// To stop (section 29).
    Stop,
    /// To recall (section 30).
    Recall,
}

/// A notice or a suspension is lifted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeLifted {
    /// The index of the notice or the suspension.
    pub lifts: u64,
    /// Salted SHA-256 of the reasons.
    pub document: Digest,
    /// When.
    pub on: Date,
}

/// A report of a vulnerability was received: whoever sent it can show that and when, nobody else learns anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptDigest {
    /// Salted SHA-256 of the receipt.
    pub receipt: Digest,
    /// When.
    pub on: Date,
}

/// The log will sign with this key too. Both keys are valid from then on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogKeyAnnounced {
    /// The verifier key (C2SP signed-note), under the log's own name.
    pub key: String,
    /// The first day on which it signs.
    pub from: Date,
    /// When.
    pub on: Date,
}

/// The policy by which the register recommends to believe its checkpoints changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessPolicyChanged {
    /// The policy (C2SP tlog-policy), without comments and with single spaces.
    pub policy: String,
    /// The first day on which it holds.
    pub from: Date,
    /// When.
    pub on: Date,
}

/// A format will be written in another version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchemaAnnounced {
    /// The format, as its documents name it: `assay-statement`.
    pub schema: String,
    /// The version.
    pub version: u16,
    /// Where it is described.
    pub address: String,
    /// SHA-256 of the description.
    pub sha256: Digest,
    /// The first day on which it is written.
    pub from: Date,
    /// When.
    pub on: Date,
}
