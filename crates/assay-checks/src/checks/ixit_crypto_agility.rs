//! Can the cryptography of every component be exchanged, as the maker describes it? Compares table 6 of the IXIT with table
//! 7: a component that uses cryptography names a mechanism that updates it, and side effects were considered.

use assay::outcome::SpeaksFrom;

use crate::ixit::{Compared, Sheet, Unit, compare};
use crate::verdict::Verdict;
use crate::{Check, Subject, kinds};

pub(crate) const CHECK: Check = Check {
    id: "ixit-crypto-agility",
    title: "Every component that uses cryptography can be updated, as described",
    evidence: &[],
    provisions: &["en303645-v2.1.1:5.5-3"],
    units: &["5.5-3-1/a", "5.5-3-1/b"],
    speaks_from: SpeaksFrom::MakersWords,
    page: include_str!("ixit_crypto_agility.md"),
    run,
};

const UNITS: [Unit; 2] = [
    Unit { id: "5.5-3-1/a", kind: &kinds::CRYPTOGRAPHY_FIXED, judge: updatable },
    Unit { id: "5.5-3-1/b", kind: &kinds::CRYPTOGRAPHY_FIXED, judge: considered },
];

fn run(subject: &Subject<'_>) -> Verdict {
    compare(subject, &UNITS)
}

fn updatable(sheet: &Sheet<'_>) -> Compared {
    let good = "every component that uses cryptography names a mechanism that updates it";
    let fault = "uses cryptography, and no mechanism updates it";
    sheet.each("SoftComp", "update_mechanism", fault, good, |row| {
        if !row.flag("cryptographic_usage")? {
            return Some(true);
        }
        let ids = row.refs("update_mechanism")?;
        if ids.is_empty() || ids.iter().any(|id| sheet.entry("UpdMech", id).is_some()) {
            return Some(!ids.is_empty());
        }
        row.note("`update_mechanism` names only ids that [[UpdMech]] does not have".into())
    })
}

fn considered(sheet: &Sheet<'_>) -> Compared {
    let good = "for every component that uses cryptography the side effects of exchanging it were considered";
    let fault = "uses cryptography, and the side effects of exchanging it were not considered";
    sheet.each("SoftComp", "side_effects_considered", fault, good, |row| {
        if row.flag("cryptographic_usage")? { row.flag("side_effects_considered") } else { Some(true) }
    })
}
