//! What holds of makers, products and laboratories.

use std::collections::BTreeMap;

use imbl::OrdMap;
use jiff::civil::Date;

use super::Grown;
use crate::declaration::Declaration;
use crate::key::PublicKey;
use crate::statement::{
    AdvisoryPublished, Assessed, Digest, Fact, LabAccredited, Labelled, MakerId, MakerRegistered, Notice,
    ProductId, PublicPage,
};

/// A registered maker.
#[derive(Clone, Debug)]
pub struct Maker {
    /// What it registered, as corrected since.
    pub registered: MakerRegistered,
    /// The index of its registration.
    pub index: u64,
    /// Every key it ever had, the first one first.
    pub keys: Vec<MakerKey>,
    /// Every statement about it and its keys, oldest first. Those about its products stand there.
    pub history: Grown<Line>,
}

/// A key of a maker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MakerKey {
    /// The key.
    pub key: PublicKey,
    /// The index at which it came.
    pub added: u64,
    /// The index and day of its retirement.
    pub retired: Option<(u64, Date)>,
}

impl Maker {
    /// The keys that sign for it now.
    pub fn keys_in_use(&self) -> impl Iterator<Item = &MakerKey> {
        self.keys.iter().filter(|k| k.retired.is_none())
    }
}

/// What holds for a product now. Shared between copies of the state until it changes.
#[derive(Clone, Debug)]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// The declaration in force, as extended and corrected since.
    pub declaration: Declaration,
    /// The index of that declaration.
    pub declared_at: u64,
    /// The latest end of support ever promised: it never moves earlier.
    pub promised: Option<Date>,
    /// An earlier end that the maker showed after promising a later one.
    pub shortened: Option<Fact>,
    /// The index at which the maker took its declaration back, if it did.
    pub withdrawn: Option<u64>,
    /// Where it stands under each scheme it is declared under.
    pub schemes: BTreeMap<String, Standing>,
    /// The schemes whose label is suspended, with the index of the suspension. A new declaration does not lift it.
    pub suspended: BTreeMap<String, u64>,
    /// The notices that stand against it, by their index.
    pub notices: BTreeMap<u64, Notice>,
    /// Labels of other schemes, by the scheme: the last that was recorded.
    pub foreign_labels: BTreeMap<String, Foreign>,
    /// When the register last saw each page it names: the index, and the digest of what it said, or none if it was not there.
    pub pages: BTreeMap<PublicPage, (u64, Option<Digest>)>,
    /// The advisories about it by their number, each with its index.
    pub advisories: OrdMap<String, (u64, AdvisoryPublished)>,
    /// Every statement about it, oldest first.
    pub history: Grown<Line>,
}

/// Where a product stands under one scheme.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The assessment in force.
    pub assessed: Assessed,
    /// Its index.
    pub assessed_at: u64,
    /// The label in force and its index.
    pub label: Option<(u64, Labelled)>,
    /// What an accredited laboratory found of the same declaration, and the index.
    pub lab: Option<(u64, Assessed)>,
}

/// A label of another scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// The label's number there.
    pub number: String,
    /// The last day on which it is valid, where it has one.
    pub until: Option<Date>,
    /// The index at which it is recorded.
    pub index: u64,
}

/// A laboratory.
#[derive(Clone, Debug)]
pub struct Lab {
    /// Its accreditation, the last one.
    pub accredited: LabAccredited,
    /// The index of that.
    pub index: u64,
    /// The index and day on which it was ended, if it was.
    pub ended: Option<(u64, Date)>,
}

/// What stands until it is lifted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Imposed {
    /// A label is suspended.
    Suspension {
        /// The product.
        product: ProductId,
        /// The scheme.
        scheme: String,
        /// Whether the authority suspended it, which then alone lifts it.
        by_authority: bool,
    },
    /// A notice of the authority.
    Notice {
        /// The maker.
        maker: MakerId,
        /// The product, where it is about one.
        product: Option<ProductId>,
        /// What it demands.
        notice: Notice,
    },
}

/// One line of a product's or a maker's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The statement's index in the log.
    pub index: u64,
    /// The day it speaks of.
    pub on: Date,
    /// Its kind.
    pub kind: &'static str,
    /// What it says, for people.
    pub says: String,
}
