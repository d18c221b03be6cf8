//! What is known of a product when somebody asks whether it may be sold under one scheme. Each part says, too, that
//! nobody looked: [`ProductState::default`] knows nothing at all.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::labels::ForeignLabel;
use crate::assess::{Variant, Verdict};
use crate::gate::Reason;

/// What is known of one product under one scheme.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductState {
    /// Whether the scheme is about it.
    pub scope: Scope,
    /// What the register has for it.
    pub registered: Registered,
    /// The statement of compliance that must accompany it, where the scheme wants one.
    pub statement: Statement,
    /// Labels of other schemes that it bears.
    pub labels: Vec<ForeignLabel>,
    /// A published support period was shortened.
    pub shortened: bool,
    /// The seller knows or believes in a failure of the maker that the maker's own declaration does not admit: under
    /// option A a cross says already that something is not fulfilled.
    pub known_failure: bool,
    /// Notices of the scheme's authority about it, given to the seller or to somebody in its chain.
    pub notices: Vec<Notice>,
    /// The last day until which security updates are promised at least, where that is known.
    pub updates_until: Option<Date>,
    /// It was in stock before the scheme bound anybody.
    pub old_stock: bool,
}

/// Whether the scheme is about a product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// Nobody asked; it is treated as inside.
    #[default]
    Unknown,
    /// It is.
    In,
    /// It is not.
    Out(Outside),
    /// Somebody asked, and facts were missing.
    Unsure,
}

/// Why a product is outside a scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outside {
    /// The scheme excepts its kind.
    ExceptedProduct,
    /// It was supplied to a customer before and does not count as new.
    SecondHand,
    /// It is no connectable product for consumers.
    NotConsumerConnectable,
}

/// What the register has for a product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Registered {
    /// Nothing.
    #[default]
    No,
    /// An entry that stands, under other schemes only.
    Elsewhere,
    /// An entry that stands, with what was declared under this scheme.
    Under(Declared),
    /// The maker took the declaration back.
    Withdrawn,
    /// More than one maker claims the number.
    Disputed,
}

/// What was declared under a scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declared {
    /// What the scheme says of the product.
    pub verdict: Verdict,
    /// The label's sign, where the product carries one.
    pub variant: Option<Variant>,
}

/// The statement of compliance with the product.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Statement {
    /// Nobody looked.
    #[default]
    Unknown,
    /// It is there, with every field of SI 2023/1007, Schedule 4.
    Complete,
    /// It is there and lacks fields, named by their letters in Schedule 4.
    Incomplete(Vec<char>),
    /// Somebody looked, and there is none.
    Absent,
}

/// A notice of the authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it demands.
    pub kind: NoticeKind,
    /// An appeal was made and is neither determined nor withdrawn: until then the notice has no effect (PSTI Act 2022,
    /// section 33(8)).
    pub suspended: bool,
}

/// What a notice demands. A compliance notice (section 28) asks for steps and forbids no sale, so it is not here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// To stop an activity (section 29).
    Stop,
    /// To arrange for the return of products (section 30).
    Recall,
}

impl Outside {
    /// The reason a decision gives.
    #[must_use]
    pub fn reason(self) -> Reason {
        match self {
            Self::ExceptedProduct => Reason::ExceptedProduct,
            Self::SecondHand => Reason::SecondHand,
            Self::NotConsumerConnectable => Reason::NotConsumerConnectable,
        }
    }
}

impl NoticeKind {
    /// The reason a decision gives while the notice has effect.
    #[must_use]
    pub fn reason(self) -> Reason {
        match self {
            Self::Stop => Reason::StopNotice,
            Self::Recall => Reason::RecallNotice,
        }
    }
}
