//! Are interfaces that nobody needs described as disabled? Compares the answers of table 15 of the IXIT with each other: air
//! interfaces, physical interfaces needed now and then, debug interfaces. A scan of the device is a person's work.

use assay::outcome::SpeaksFrom;

use crate::ixit::{Compared, Row, Sheet, Truth, Unit, all, compare};
use crate::verdict::Verdict;
use crate::{Check, Subject, kinds};

pub(crate) const CHECK: Check = Check {
    id: "ixit-interfaces",
    title: "Interfaces that are not needed are described as disabled",
    evidence: &[],
    provisions: &["en303645-v2.1.1:5.6-3", "en303645-v2.1.1:5.6-4"],
    units: &["5.6-3-1/b", "5.6-3-1/c", "5.6-4-1/b", "5.6-4-1/c"],
    speaks_from: SpeaksFrom::MakersWords,
    page: include_str!("ixit_interfaces.md"),
    run,
};

const UNITS: [Unit; 4] = [
    Unit { id: "5.6-3-1/b", kind: &kinds::INTERFACE_ENABLED, judge: air },
    Unit { id: "5.6-3-1/c", kind: &kinds::INTERFACE_ENABLED, judge: intermittent },
    Unit { id: "5.6-4-1/b", kind: &kinds::INTERFACE_ENABLED, judge: |s| debug(s, false) },
    Unit { id: "5.6-4-1/c", kind: &kinds::INTERFACE_ENABLED, judge: |s| debug(s, true) },
];

fn run(subject: &Subject<'_>) -> Verdict {
    compare(subject, &UNITS)
}

fn physical(row: &Row<'_>) -> Truth {
    row.words("type", &["network", "physical", "logical"]).map(|words| words.contains(&"physical"))
}

fn exposure(row: &Row<'_>) -> Option<&'static str> {
    row.word("exposure", &["always", "never", "intermittent"])
}

fn disabled(row: &Row<'_>) -> Truth {
    row.word("status", &["enabled", "disabled"]).map(|word| word == "disabled")
}

fn air(sheet: &Sheet<'_>) -> Compared {
    let good = "every air interface that is never needed is described as disabled";
    let fault = "is an air interface that is never needed, and it is enabled";
    sheet.each("Intf", "status", fault, good, |row| match (row.flag("air_interface"), exposure(row)) {
        (Some(true), Some("never")) => disabled(row),
        (Some(_), Some(_)) => Some(true),
        // Only physical interfaces have to answer the two questions.
        _ if physical(row) == Some(false) => Some(true),
        _ => None,
    })
}

fn intermittent(sheet: &Sheet<'_>) -> Compared {
    let good =
        "every physical interface that is needed only now and then is described as disabled while it is not";
    let fault = "is needed only now and then, and it stays enabled while it is not";
    sheet.each("Intf", "disabled_while_unused", fault, good, |row| {
        if !physical(row)? || exposure(row)? != "intermittent" {
            return Some(true);
        }
        row.flag("disabled_while_unused")
    })
}

/// Debug interfaces that can be got at: those needed now and then are off by default, all others are off for good.
fn debug(sheet: &Sheet<'_>, now_and_then: bool) -> Compared {
    let (good, fault) = if now_and_then {
        (
            "every accessible debug interface that is needed now and then is described as disabled by default",
            "is an accessible debug interface, needed now and then, and it is enabled by default",
        )
    } else {
        (
            "every accessible debug interface that is not needed now and then is described as disabled for good",
            "is an accessible debug interface, and it is not disabled for good",
        )
    };
    let at = if now_and_then { "status" } else { "disabled_permanently" };
    sheet.each("Intf", at, fault, good, |row| {
        if !physical(row)? || !row.flag("debug_interface")? {
            return Some(true);
        }
        let (accessible, exposure, off) = (row.flag("debug_accessible"), exposure(row), disabled(row));
        let (accessible, exposure) = (accessible?, exposure?);
        if !accessible || (exposure == "intermittent") != now_and_then {
            return off.map(|_| true);
        }
        if now_and_then { off } else { all([off, row.flag("disabled_permanently")]) }
    })
}
