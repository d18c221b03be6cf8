//! The facts that the test asks for, each with the key under which a case folder may state it and a question for people; and
//! the logic of three values, in which "nobody said" is neither yes nor no.

use std::fmt;

/// A fact that an answer may lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// Section 5(1) and (2).
    InternetProtocol,
    /// Section 5(3)(a).
    ElectricalEnergy,
    /// Section 5(4).
    DirectToInternetProduct,
    /// Section 5(5)(a) and (6).
    TwoProductsAtOnce,
    /// Section 5(5)(b).
    OtherToInternetProduct,
    /// Section 5(7).
    InputProduct,
    /// Schedule 3.
    Kinds,
    /// Schedule 3, paragraphs 1 and 6 to 8.
    Territory,
    /// Schedule 3, paragraph 1(2) and (3).
    FreeMovement,
    /// Schedule 3, paragraph 3(2).
    MerelyRunsMedicalSoftware,
    /// Schedule 3, paragraph 4(1)(a).
    SuppliedByLicensee,
    /// Schedule 3, paragraph 4(1)(b).
    Assured,
    /// Schedule 3, paragraph 5(1).
    Tablet,
    /// Schedule 3, paragraph 5(1)(c).
    Cellular,
    /// Schedule 3, paragraph 5(2).
    ExclusivelyForUnder14s,
    /// Section 54(2)(a).
    ToConsumers,
    /// Section 54(3).
    IdenticalToConsumers,
    /// Section 54(2)(b) and (3)(b).
    SuppliedBefore,
    /// Section 54(5) to (9).
    CountsAsNew,
    /// Section 7(3).
    OwnBrand,
    /// Section 7(4).
    Imports,
    /// Section 7(5).
    MakesAvailable,
    /// Section 7(6)(a).
    InstallsIt,
    /// Section 7(6)(b).
    IdenticalSoldOtherwise,
}

impl Fact {
    /// Every fact, in the order of the enum.
    pub const ALL: [Self; 24] = [
        Self::InternetProtocol,
        Self::ElectricalEnergy,
        Self::DirectToInternetProduct,
        Self::TwoProductsAtOnce,
        Self::OtherToInternetProduct,
        Self::InputProduct,
        Self::Kinds,
        Self::Territory,
        Self::FreeMovement,
        Self::MerelyRunsMedicalSoftware,
        Self::SuppliedByLicensee,
        Self::Assured,
        Self::Tablet,
        Self::Cellular,
        Self::ExclusivelyForUnder14s,
        Self::ToConsumers,
        Self::IdenticalToConsumers,
        Self::SuppliedBefore,
        Self::CountsAsNew,
        Self::OwnBrand,
        Self::Imports,
        Self::MakesAvailable,
        Self::InstallsIt,
        Self::IdenticalSoldOtherwise,
    ];

    /// Those that a case folder states as true or false: what is asked of the product, and not of somebody who sells it.
    pub fn flags() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|fact| {
            !matches!(
                fact,
                Self::Kinds
                    | Self::Territory
                    | Self::OwnBrand
                    | Self::Imports
                    | Self::MakesAvailable
                    | Self::InstallsIt
                    | Self::IdenticalSoldOtherwise
            )
        })
    }

    /// The key in a case folder's `[scope]`.
    #[must_use]
    pub fn key(self) -> &'static str {
        self.row().0
    }

    /// The question.
    #[must_use]
    pub fn asks(self) -> &'static str {
        self.row().1
    }

    fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::InternetProtocol => (
                "internet_protocol",
                "Can it send and receive data over the internet by a protocol of the Internet Protocol suite?",
            ),
            Self::ElectricalEnergy => (
                "electrical_energy",
                "Can it both send and receive data by electrical or electromagnetic energy (radio, cable, infrared)?",
            ),
            Self::DirectToInternetProduct => (
                "direct_to_internet_product",
                "Can it connect directly, by the Internet Protocol suite, to a product that can connect to the internet?",
            ),
            Self::TwoProductsAtOnce => (
                "two_products_at_once",
                "Can it connect directly to two or more products at the same time by another protocol, such as Zigbee or Bluetooth? A mere cable does not count as a product.",
            ),
            Self::OtherToInternetProduct => (
                "other_to_internet_product",
                "Can it connect directly, by such another protocol, to a product that can connect to the internet?",
            ),
            Self::InputProduct => (
                "input_product",
                "Is it designed to be used with a computer through a linking product (such as a dongle) to which it connects directly and wirelessly by another protocol, and which connects so to a product that can connect to the internet?",
            ),
            Self::Kinds => ("exceptions", "Which of the excepted kinds is it, if any?"),
            Self::Territory => ("territory", "Is it made available in Great Britain or in Northern Ireland?"),
            Self::FreeMovement => (
                "free_movement",
                "Does a law of Annex 2 to the Windsor Framework with a free-movement article apply to it, and does that law address what Schedule 1 asks wherever its article leaves room for other grounds?",
            ),
            Self::MerelyRunsMedicalSoftware => (
                "merely_runs_medical_software",
                "Is it a general product on which medical software is merely installed or can be run?",
            ),
            Self::SuppliedByLicensee => (
                "supplied_by_licensee",
                "Is it supplied or installed by or for a licence holder under the Gas Act 1986, section 7AB, or the Electricity Act 1989, section 6?",
            ),
            Self::Assured => (
                "assured",
                "Was it successfully assured under the NCSC's commercial product assurance scheme or its successor?",
            ),
            Self::Tablet => ("tablet", "Is the computer a tablet, rather than a desktop or a laptop?"),
            Self::Cellular => ("cellular", "Can the tablet connect to cellular networks?"),
            Self::ExclusivelyForUnder14s => (
                "exclusively_for_under_14s",
                "Is it, by its maker's intended purpose, designed exclusively for children under 14?",
            ),
            Self::ToConsumers => ("to_consumers", "Is it made available to consumers in the United Kingdom?"),
            Self::IdenticalToConsumers => (
                "identical_to_consumers",
                "Is it made available to other customers in the United Kingdom, while identical new units go to consumers?",
            ),
            Self::SuppliedBefore => (
                "supplied_before",
                "Was this unit supplied to a customer before, by a manufacturer, importer or distributor?",
            ),
            Self::CountsAsNew => (
                "counts_as_new",
                "Did it come back unwanted or under the Act, was it reconditioned by or for a manufacturer of it, or had it only been supplied to an exempt installer?",
            ),
            Self::OwnBrand => ("own_brand", "Is it marketed under this person's own name or trade mark?"),
            Self::Imports => ("imports", "Does this person bring it into the United Kingdom?"),
            Self::MakesAvailable => {
                ("makes_available", "Does this person make it available in the United Kingdom?")
            }
            Self::InstallsIt => (
                "installs_it",
                "Does this person make it available only by works that install it into a building or structure?",
            ),
            Self::IdenticalSoldOtherwise => (
                "identical_sold_otherwise",
                "Are or were identical products made available to consumers in the United Kingdom otherwise than by such works?",
            ),
        }
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

/// Both.
pub(super) fn and(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// Either.
pub(super) fn or(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    and(a.map(|a| !a), b.map(|b| !b)).map(|neither| !neither)
}

/// Those of the facts that nobody stated.
pub(super) fn unsaid(facts: &[(Option<bool>, Fact)]) -> Vec<Fact> {
    facts.iter().filter(|(known, _)| known.is_none()).map(|(_, fact)| *fact).collect()
}
