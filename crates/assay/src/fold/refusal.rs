//! Why a statement may not enter the log, each with a stable id that `assay explain` knows.

use jiff::civil::Date;

use crate::cose::CoseError;
use crate::gtin::Gtin14;
use crate::key::KeyId;
use crate::statement::{Fault, LabId, MakerId, ProductId, StatementError};

/// Why a statement may not enter the log. Each has an id that `assay explain` knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not a statement.
    #[error(transparent)]
    Form(#[from] StatementError),
    /// The signature is not by whom it should be.
    #[error("{0}")]
    Signature(CoseError),
    /// The maker is registered already.
    #[error("maker {0} is registered already")]
    MakerKnown(MakerId),
    /// The maker is not registered.
    #[error("maker {0} is not registered: send its registration first")]
    MakerUnknown(MakerId),
    /// The product is not declared.
    #[error("product {0} is not declared")]
    ProductUnknown(ProductId),
    /// Something in it is unknown or out of bounds.
    #[error("the statement cannot stand: {0}")]
    Content(String),
    /// Its own evidence contradicts it, or a claim is invalid.
    #[error("the declaration cannot be made under {scheme}: {why}")]
    Contradicted {
        /// The scheme.
        scheme: String,
        /// The first reason.
        why: String,
    },
    /// The support period would be shortened.
    #[error(
        "security updates were promised until {promised}; a published end never moves earlier{}",
        .shown.map(|d| format!(" (this says {d})")).unwrap_or_else(|| " (this leaves it out)".into())
    )]
    SupportShortened {
        /// The product that the later end was promised for: it may have another name than the one that is declared now.
        product: ProductId,
        /// What was promised.
        promised: Date,
        /// What this declaration says.
        shown: Option<Date>,
    },
    /// A day that has not come yet.
    #[error("the statement is of {this}, and today is {today}: check the date of the machine that signs")]
    FutureDate {
        /// The day of the statement.
        this: Date,
        /// Today.
        today: Date,
    },
    /// An older day than the declaration in force.
    #[error("a newer declaration of {current} is in force; this one is of {this}")]
    Outdated {
        /// The day of the one in force.
        current: Date,
        /// The day of this one.
        this: Date,
    },
    /// Another product of the same maker has the GTIN.
    #[error("GTIN {gtin} is already that of your product {product}: one GTIN, one product")]
    GtinInUse {
        /// The number.
        gtin: Gtin14,
        /// The other product.
        product: ProductId,
    },
    /// An assessment that does not follow from its declaration.
    #[error("the assessment does not follow from the declaration at index {0}")]
    AssessmentDiffers(u64),
    /// A label without the assessment that entitles to it.
    #[error("the label does not follow from an assessment in force")]
    LabelWithoutAssessment,
    /// An observation that nothing supports.
    #[error("what is observed does not follow from the log: {0}")]
    ObservationDiffers(&'static str),
    /// An earlier day than the log has come to.
    #[error(
        "the statement is of {this}, and the log has come to {newest}: {days} days is the most that a statement may be late; sign it again with today's date"
    )]
    BackDated {
        /// The day of the statement.
        this: Date,
        /// The day that the log or the clock has come to.
        newest: Date,
        /// The most days.
        days: i32,
    },
    /// It stands there already.
    #[error("the same is stated at index {0}: there is nothing to add")]
    Repeated(u64),
    /// Something personal.
    #[error(
        "`{field}` holds {what}: the log cannot forget, so it takes organisations, domains and salted digests only"
    )]
    Personal {
        /// Where.
        field: &'static str,
        /// What it looks like.
        what: &'static str,
    },
    /// The key was one of the maker's already.
    #[error("key {0} is or was one of maker {1} already: make a new one")]
    KeyKnown(KeyId, MakerId),
    /// The key is none of the maker's.
    #[error("key {0} is none with which maker {1} signs")]
    KeyUnknown(KeyId, MakerId),
    /// Signed with a key after its retirement.
    #[error("key {0} was retired on {1} at index {2}: sign with one that is in use")]
    KeyRetired(KeyId, Date, u64),
    /// A maker's only key.
    #[error("key {0} is the maker's last: add the next one first, or nobody can sign for it any more")]
    LastKey(KeyId),
    /// The declaration was taken back.
    #[error("the declaration at index {0} was withdrawn: declare the product anew")]
    Withdrawn(u64),
    /// A correction that names nothing of the kind.
    #[error("index {0} is neither this maker's registration nor its declaration in force")]
    CorrectsNothing(u64),
    /// The number was decided to be somebody else's.
    #[error("GTIN {gtin} was decided not to be this maker's (index {index}): take it out of the declaration")]
    GtinDecided {
        /// The number.
        gtin: Gtin14,
        /// Where that stands.
        index: u64,
    },
    /// Nobody or somebody else claims the number.
    #[error("GTIN {gtin}: {why}")]
    DisputeDiffers {
        /// The number.
        gtin: Gtin14,
        /// What is not so.
        why: &'static str,
    },
    /// No such laboratory.
    #[error("laboratory {0} is not accredited: its accreditation stands in the log first")]
    LabUnknown(LabId),
    /// The laboratory's accreditation is over.
    #[error("the accreditation of laboratory {lab} ended on {ended}")]
    LabExpired {
        /// The laboratory.
        lab: LabId,
        /// The last day, or the day on which it was ended.
        ended: Date,
    },
    /// Not a scheme of the laboratory's accreditation.
    #[error("laboratory {lab} is not accredited for `{scheme}`")]
    LabScope {
        /// The laboratory.
        lab: LabId,
        /// The scheme.
        scheme: String,
    },
    /// The label is suspended.
    #[error(
        "the label under `{scheme}` is suspended since index {index}: until that is lifted there is none"
    )]
    LabelSuspended {
        /// The scheme.
        scheme: String,
        /// The index of the suspension.
        index: u64,
    },
    /// No label of that index is in force.
    #[error("index {0} is no label in force of this product under this scheme")]
    LabelUnknown(u64),
    /// Nothing that stands is named.
    #[error("index {0} is no notice and no suspension that stands")]
    NothingToLift(u64),
    /// Announced too late.
    #[error("an announcement stands at least {days} days ahead: {from} is too early")]
    AnnouncedLate {
        /// The first day on which it is to hold.
        from: Date,
        /// The least number of days.
        days: i32,
    },
}

impl Refusal {
    /// Every id, for `assay explain`.
    pub const IDS: [&'static str; 32] = [
        "bad-form",
        "bad-signature",
        "maker-known",
        "maker-unknown",
        "product-unknown",
        "bad-content",
        "contradicted",
        "shortened-support",
        "outdated",
        "gtin-in-use",
        "assessment-differs",
        "label-without-assessment",
        "observation-differs",
        "future-date",
        "back-dated",
        "repeated",
        "personal-data",
        "key-known",
        "key-unknown",
        "key-retired",
        "last-key",
        "already-withdrawn",
        "corrects-nothing",
        "gtin-decided",
        "dispute-differs",
        "lab-unknown",
        "lab-expired",
        "lab-scope",
        "label-suspended",
        "label-unknown",
        "nothing-to-lift",
        "announced-late",
    ];

    /// The stable id.
    #[must_use]
    pub fn id(&self) -> &'static str {
        let at = match self {
            Self::Form(_) => 0,
            Self::Signature(_) => 1,
            Self::MakerKnown(_) => 2,
            Self::MakerUnknown(_) => 3,
            Self::ProductUnknown(_) => 4,
            Self::Content(_) => 5,
            Self::Contradicted { .. } => 6,
            Self::SupportShortened { .. } => 7,
            Self::Outdated { .. } => 8,
            Self::GtinInUse { .. } => 9,
            Self::AssessmentDiffers(_) => 10,
            Self::LabelWithoutAssessment => 11,
            Self::ObservationDiffers(_) => 12,
            Self::FutureDate { .. } => 13,
            Self::BackDated { .. } => 14,
            Self::Repeated(_) => 15,
            Self::Personal { .. } => 16,
            Self::KeyKnown(..) => 17,
            Self::KeyUnknown(..) => 18,
            Self::KeyRetired(..) => 19,
            Self::LastKey(_) => 20,
            Self::Withdrawn(_) => 21,
            Self::CorrectsNothing(_) => 22,
            Self::GtinDecided { .. } => 23,
            Self::DisputeDiffers { .. } => 24,
            Self::LabUnknown(_) => 25,
            Self::LabExpired { .. } => 26,
            Self::LabScope { .. } => 27,
            Self::LabelSuspended { .. } => 28,
            Self::LabelUnknown(_) => 29,
            Self::NothingToLift(_) => 30,
            Self::AnnouncedLate { .. } => 31,
        };
        Self::IDS[at]
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Content(what) => Self::Content(what),
            Fault::Personal { field, what } => Self::Personal { field, what },
        }
    }
}
