//! Whether the PSTI Act is about a product: how it connects (sections 4 and 5), whether its kind is excepted (section 6 and
//! SI 2023/1007, Schedule 3), and how it is supplied (section 54). A fact that nobody stated is missing, not false: the answer
//! is then `Unsure` and names the questions that would settle it. Who stands where in the chain is in [`person`].

pub mod connection;
mod excepted;
mod facts;
pub mod person;

use jiff::civil::Date;

pub use self::connection::{Connection, relevant_connectable};
pub use self::excepted::Nature;
pub use self::facts::Fact;

use self::excepted::Excepted;
use self::facts::{and, or};
use crate::case::Scoped;
use crate::scheme::ScopeException;
use crate::seller;

/// Why, in a sentence, with the place where the rule stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// A clause that ends the sentence "because …".
    pub says: String,
    /// The place.
    pub source: String,
}

/// An answer to one question of the test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer3 {
    /// Yes.
    Yes(Why),
    /// No.
    No(Why),
    /// It cannot be said without these facts.
    Unsure(Vec<Fact>),
}

/// Whether the Act is about a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// It is.
    In(Why),
    /// It is not.
    Out(Why, seller::Outside),
    /// It cannot be said without these facts.
    Unsure(Vec<Fact>),
}

/// All that the test asks of a product.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeFacts {
    /// How it connects.
    pub connection: Connection,
    /// What kind of thing it is.
    pub nature: Nature,
    /// How it is supplied.
    pub supply: Supply,
    /// The part of the United Kingdom where it is made available; asked for each part by itself.
    pub place: Option<Place>,
}

/// A part of the United Kingdom, as exceptions tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Great Britain: England, Wales and Scotland.
    GreatBritain,
    /// Northern Ireland.
    NorthernIreland,
}

/// How a product is supplied (section 54).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Supply {
    /// It is made available to consumers in the United Kingdom.
    pub to_consumers: Option<bool>,
    /// It is made available to other customers there, and identical units, not supplied before, to consumers.
    pub identical_to_consumers: Option<bool>,
    /// A manufacturer, importer or distributor supplied this unit to a customer before.
    pub supplied_before: Option<bool>,
    /// What happened to a unit that was supplied before.
    pub since: Option<Since>,
}

/// What happened since a unit was first supplied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// It came back in the exercise of a right to return unwanted products (section 54(5)).
    ReturnedUnwanted,
    /// It came back under the Act, as in a recall (section 54(6)).
    ReturnedUnderTheAct,
    /// It was reconditioned by or for a manufacturer of it, be it only repacked (section 54(7) and (8)).
    ReconditionedByManufacturer,
    /// It was supplied only to an installer whom section 7(6) takes out of the distributors (section 54(9)).
    OnlyToInstaller,
    /// One of the above; nobody said which.
    CountsAsNew,
    /// Nothing of the kind: also where somebody else than a manufacturer reconditioned it.
    Nothing,
}

/// Whether the Act is about a product on a day, under the exceptions of a scheme's file.
#[must_use]
pub fn scope(facts: &ScopeFacts, on: Date, exceptions: &[ScopeException]) -> Scope {
    use seller::Outside::{ExceptedProduct, NotConsumerConnectable, SecondHand};
    // One certain no decides, whatever is missing elsewhere.
    let connects = relevant_connectable(&facts.connection);
    if let Answer3::No(why) = connects {
        return Scope::Out(why, NotConsumerConnectable);
    }
    let excepted = excepted::judge(&facts.nature, facts.place, on, exceptions);
    if let Excepted::Yes(why) = excepted {
        return Scope::Out(why, ExceptedProduct);
    }
    let supplied = consumer_supply(&facts.supply);
    if let Answer3::No(why) = supplied {
        let used = and(facts.supply.supplied_before, facts.supply.as_new().map(|new| !new));
        let outside = if used == Some(true) { SecondHand } else { NotConsumerConnectable };
        return Scope::Out(why, outside);
    }
    let mut missing = Vec::new();
    let mut whys = Vec::new();
    for answer in [connects, supplied] {
        match answer {
            Answer3::Unsure(facts) => missing.extend(facts),
            Answer3::Yes(why) | Answer3::No(why) => whys.push(why),
        }
    }
    if let Excepted::Unsure(facts) = excepted {
        missing.extend(facts);
    }
    if missing.is_empty() {
        let join =
            |part: fn(&Why) -> &str, between: &str| whys.iter().map(part).collect::<Vec<_>>().join(between);
        return Scope::In(Why {
            says: format!("{}, and no exception takes it out", join(|w| &w.says, "; ")),
            source: join(|w| &w.source, "; "),
        });
    }
    missing.sort_unstable();
    missing.dedup();
    Scope::Unsure(missing)
}

/// Whether a unit is supplied as the Act means it: to consumers, or like units that are, and as new (section 54).
#[must_use]
pub fn consumer_supply(supply: &Supply) -> Answer3 {
    let consumers = or(supply.to_consumers, supply.identical_to_consumers);
    let new = or(supply.supplied_before.map(|before| !before), supply.as_new());
    let why = |says: &str, source: &str| Why { says: says.into(), source: source.into() };
    match (consumers, new) {
        (_, Some(false)) => Answer3::No(why(
            "this unit was supplied to a customer before and nothing makes it count as new",
            "PSTI Act 2022, section 54(2)(b), (3)(b) and (5) to (9)",
        )),
        (Some(false), _) => Answer3::No(why(
            "neither it nor an identical unit is made available to consumers in the United Kingdom",
            "PSTI Act 2022, section 54(2) and (3)",
        )),
        (Some(true), Some(true)) => {
            let says = match (supply.supplied_before, supply.since) {
                (Some(false), _) => {
                    "it goes to consumers, or identical units do, and was not supplied before"
                }
                (_, Some(Since::ReturnedUnwanted)) => "it came back unwanted, which counts as new",
                (_, Some(Since::ReturnedUnderTheAct)) => "it came back under the Act, which counts as new",
                (_, Some(Since::ReconditionedByManufacturer)) => {
                    "a manufacturer reconditioned it, which counts as new"
                }
                (_, Some(Since::OnlyToInstaller)) => {
                    "it was supplied to an installer only, which counts as not supplied"
                }
                _ => "it was supplied before in a way that counts as new",
            };
            Answer3::Yes(why(says, "PSTI Act 2022, section 54"))
        }
        _ => {
            let mut missing = Vec::new();
            if consumers.is_none() {
                let asked = [
                    (supply.to_consumers, Fact::ToConsumers),
                    (supply.identical_to_consumers, Fact::IdenticalToConsumers),
                ];
                missing.extend(asked.into_iter().filter(|(known, _)| known.is_none()).map(|(_, fact)| fact));
            }
            if new.is_none() {
                missing.push(if supply.supplied_before.is_none() {
                    Fact::SuppliedBefore
                } else {
                    Fact::CountsAsNew
                });
            }
            Answer3::Unsure(missing)
        }
    }
}

impl Supply {
    /// Whether a unit that was supplied before counts as new all the same.
    fn as_new(&self) -> Option<bool> {
        self.since.map(|since| since != Since::Nothing)
    }
}

impl Place {
    /// The word in data and case files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::GreatBritain => "GB",
            Self::NorthernIreland => "NI",
        }
    }

    /// The place with this word.
    #[must_use]
    pub fn find(word: &str) -> Option<Self> {
        [Self::GreatBritain, Self::NorthernIreland].into_iter().find(|p| p.word() == word)
    }
}

impl Scope {
    /// What the seller's table makes of it.
    #[must_use]
    pub fn for_seller(&self) -> seller::Scope {
        match self {
            Self::In(_) => seller::Scope::In,
            Self::Out(_, outside) => seller::Scope::Out(*outside),
            Self::Unsure(_) => seller::Scope::Unsure,
        }
    }
}

impl From<&Scoped> for ScopeFacts {
    /// What a case folder's `[scope]` says. Facts for which it has no key are missing; an exception that it does not name is
    /// denied, since the maker lists them all.
    fn from(scoped: &Scoped) -> Self {
        let flag = |fact: Fact| scoped.flags.get(fact.key()).map(|stated| stated.value);
        let since = flag(Fact::CountsAsNew).map(|new| if new { Since::CountsAsNew } else { Since::Nothing });
        Self {
            connection: Connection {
                internet_protocol: flag(Fact::InternetProtocol),
                electrical_energy: flag(Fact::ElectricalEnergy),
                direct_to_internet_product: flag(Fact::DirectToInternetProduct),
                two_products_at_once: flag(Fact::TwoProductsAtOnce),
                other_to_internet_product: flag(Fact::OtherToInternetProduct),
                input_product: flag(Fact::InputProduct),
            },
            nature: Nature {
                kinds: Some(scoped.exceptions.clone()),
                free_movement: flag(Fact::FreeMovement),
                merely_runs_medical_software: flag(Fact::MerelyRunsMedicalSoftware),
                supplied_by_licensee: flag(Fact::SuppliedByLicensee),
                assured: flag(Fact::Assured),
                tablet: flag(Fact::Tablet),
                cellular: flag(Fact::Cellular),
                exclusively_for_under_14s: flag(Fact::ExclusivelyForUnder14s),
            },
            supply: Supply {
                to_consumers: flag(Fact::ToConsumers),
                // Where the case answers the one question only, its answer covers identical units too.
                identical_to_consumers: flag(Fact::IdenticalToConsumers).or(flag(Fact::ToConsumers)),
                supplied_before: flag(Fact::SuppliedBefore),
                since,
            },
            place: scoped.territory.as_deref().and_then(Place::find),
        }
    }
}

#[cfg(test)]
mod tests;
