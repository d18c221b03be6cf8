//! Does everything that can be reached over a network ask who is there, as the maker describes it? Compares table 13 of the
//! IXIT with table 1. That an authentication mechanism is named does not show that it is used.

use assay::outcome::SpeaksFrom;

use crate::ixit::{Compared, Sheet, Truth, Unit, all, compare, or};
use crate::verdict::Verdict;
use crate::{Check, Subject, kinds};

pub(crate) const CHECK: Check = Check {
    id: "ixit-services",
    title: "Every service that a network reaches names an authentication mechanism",
    evidence: &[],
    provisions: &["en303645-v2.1.1:5.5-4"],
    units: &["5.5-4-1/a"],
    speaks_from: SpeaksFrom::MakersWords,
    page: include_str!("ixit_services.md"),
    run,
};

const UNITS: [Unit; 1] =
    [Unit { id: "5.5-4-1/a", kind: &kinds::SERVICE_UNAUTHENTICATED, judge: authenticated }];

fn run(subject: &Subject<'_>) -> Verdict {
    compare(subject, &UNITS)
}

fn authenticated(sheet: &Sheet<'_>) -> Compared {
    let good =
        "every service that a network reaches once the device is set up names an authentication mechanism";
    let fault =
        "can be reached over a network once the device is set up, and names no authentication mechanism";
    sheet.each("SoftServ", "authentication_mechanism", fault, good, |row| {
        let reached = all([row.flag("network_reachable"), row.flag("reachable_when_initialised")]);
        if reached == Some(false) {
            return Some(true);
        }
        let named = || -> Truth {
            let ids = row.refs("authentication_mechanism")?;
            if ids.is_empty() || ids.iter().any(|id| sheet.entry("AuthMech", id).is_some()) {
                return Some(!ids.is_empty());
            }
            row.note("`authentication_mechanism` names only ids that [[AuthMech]] does not have".into())
        };
        or(reached.map(|r| !r), named())
    })
}
