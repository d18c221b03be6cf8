//! Schedule 3: the excepted kinds. Which there are, from when and where, are rows of the scheme's file; the traps within a
//! kind (a tablet with a cellular modem, a computer for small children, a phone that runs medical software) are rules here.
//! A row whose kind has no trap here needs no code.

use jiff::civil::Date;

use super::facts::{and, unsaid};
use super::{Fact, Place, Why};
use crate::scheme::{ScopeException, within};

/// What kind of thing a product is; none where nobody said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nature {
    /// The excepted kinds that it belongs to, by the ids of the rows (`ev-charge-point`); empty where it belongs to none.
    pub kinds: Option<Vec<String>>,
    /// For `ni-market`: an Annex 2 law with a free-movement article applies, and addresses what Schedule 1 asks wherever the
    /// article leaves room for other grounds.
    pub free_movement: Option<bool>,
    /// For `medical-device`: a general product on which medical software is merely installed or can be run. The paragraph's
    /// words speak of any product with such software; that it spares a device which is itself medical is our reading.
    pub merely_runs_medical_software: Option<bool>,
    /// For `smart-meter`: supplied or installed by or for a licence holder.
    pub supplied_by_licensee: Option<bool>,
    /// For `smart-meter`: assured under the NCSC's scheme or its successor.
    pub assured: Option<bool>,
    /// For `computer` (a desktop, laptop or tablet computer): it is a tablet.
    pub tablet: Option<bool>,
    /// For `computer`, a tablet: it can connect to cellular networks.
    pub cellular: Option<bool>,
    /// For `computer`: designed exclusively for children under 14, by the maker's intended purpose.
    pub exclusively_for_under_14s: Option<bool>,
}

/// Whether an exception takes a product out.
pub(super) enum Excepted {
    Yes(Why),
    No,
    Unsure(Vec<Fact>),
}

/// Holds a product against every exception that is in force on the day.
pub(super) fn judge(
    nature: &Nature,
    place: Option<Place>,
    on: Date,
    exceptions: &[ScopeException],
) -> Excepted {
    let mut missing = Vec::new();
    for row in exceptions.iter().filter(|e| within(on, e.from, e.until)) {
        match applies(nature, place, row) {
            Excepted::Yes(why) => return Excepted::Yes(why),
            Excepted::Unsure(facts) => missing.extend(facts),
            Excepted::No => {}
        }
    }
    if missing.is_empty() { Excepted::No } else { Excepted::Unsure(missing) }
}

fn applies(nature: &Nature, place: Option<Place>, row: &ScopeException) -> Excepted {
    let of_kind = nature.kinds.as_ref().map(|kinds| kinds.contains(&row.id));
    let here = match (row.territory.as_deref(), place) {
        (None, _) => Some(true),
        (Some(_), None) => None,
        (Some(territory), Some(place)) => Some(territory == place.word()),
    };
    let (holds, asked) = conditions(nature, &row.id);
    match and(of_kind, and(here, holds)) {
        Some(true) => {
            Excepted::Yes(Why { says: format!("it is excepted: {}", row.says), source: row.source.clone() })
        }
        Some(false) => Excepted::No,
        None => {
            // What kind it is comes first: who does not know that need not be asked for a kind's details.
            let mut missing = unsaid(&[(of_kind, Fact::Kinds)]);
            if of_kind.is_some() {
                missing.extend(unsaid(&[(here, Fact::Territory)]));
                missing.extend(asked);
            }
            Excepted::Unsure(missing)
        }
    }
}

/// Whether a product of a kind keeps clear of the kind's traps, and the facts that are missing to say so.
fn conditions(n: &Nature, kind: &str) -> (Option<bool>, Vec<Fact>) {
    let not = |fact: Option<bool>| fact.map(|f| !f);
    let asked: Vec<(Option<bool>, Fact)> = match kind {
        "ni-market" => vec![(n.free_movement, Fact::FreeMovement)],
        "medical-device" => vec![(not(n.merely_runs_medical_software), Fact::MerelyRunsMedicalSoftware)],
        "smart-meter" => vec![(n.supplied_by_licensee, Fact::SuppliedByLicensee), (n.assured, Fact::Assured)],
        "computer" => {
            // A tablet with a cellular modem is out of the exception; a laptop with one is not.
            let cellular_tablet = and(n.tablet, n.cellular);
            let mut missing = unsaid(&[(n.exclusively_for_under_14s, Fact::ExclusivelyForUnder14s)]);
            if cellular_tablet.is_none() {
                missing.extend(unsaid(&[(n.tablet, Fact::Tablet), (n.cellular, Fact::Cellular)]));
            }
            return (and(not(n.exclusively_for_under_14s), not(cellular_tablet)), missing);
        }
        _ => Vec::new(),
    };
    let holds = asked.iter().map(|(one, _)| *one).reduce(and).unwrap_or(Some(true));
    (holds, unsaid(&asked))
}
