//! What the maker writes of its update mechanisms, held against the provisions on updates: on by default, the user's choice,
//! who verifies, who is told. Compares tables 6 and 7 of the IXIT with themselves; the device is not looked at.

use assay::outcome::SpeaksFrom;

use crate::ixit::{Compared, Row, Sheet, Truth, Unit, all, any, compare, or};
use crate::quote::quoted;
use crate::verdict::Verdict;
use crate::{Check, Subject, kinds};

pub(crate) const CHECK: Check = Check {
    id: "ixit-updates",
    title: "What the maker writes of updates agrees with the provisions",
    evidence: &[],
    provisions: &[
        "en303645-v2.1.1:5.3-4",
        "en303645-v2.1.1:5.3-6",
        "en303645-v2.1.1:5.3-9",
        "en303645-v2.1.1:5.3-12",
    ],
    units: &[
        "5.3-12-1/a",
        "5.3-4-1/b",
        "5.3-6-1/b",
        "5.3-6-1/c",
        "5.3-6-1/d",
        "5.3-6-1/e",
        "5.3-9-1/c",
        "5.3-9-1/d",
    ],
    speaks_from: SpeaksFrom::MakersWords,
    page: include_str!("ixit_updates.md"),
    run,
};

const UNITS: [Unit; 8] = [
    Unit { id: "5.3-4-1/b", kind: &kinds::UPDATES_FALL_SHORT, judge: automatic_by_default },
    Unit {
        id: "5.3-6-1/b",
        kind: &kinds::UPDATES_FALL_SHORT,
        judge: |s| {
            options(
                s,
                "automatic",
                "automation_options",
                "installs updates by itself, and users can neither enable, disable nor postpone that",
            )
        },
    },
    Unit {
        id: "5.3-6-1/c",
        kind: &kinds::UPDATES_FALL_SHORT,
        judge: |s| {
            on(
                s,
                "automatic",
                "automation_on_by_default",
                "installs updates by itself, but is off once the device is set up",
            )
        },
    },
    Unit {
        id: "5.3-6-1/d",
        kind: &kinds::UPDATES_FALL_SHORT,
        judge: |s| {
            options(
                s,
                "notifies_of_updates",
                "notification_options",
                "gives notice of updates, and users can neither enable, disable nor postpone that",
            )
        },
    },
    Unit {
        id: "5.3-6-1/e",
        kind: &kinds::UPDATES_FALL_SHORT,
        judge: |s| {
            on(
                s,
                "notifies_of_updates",
                "notifications_on_by_default",
                "gives notice of updates, but the notices are off once the device is set up",
            )
        },
    },
    Unit {
        id: "5.3-9-1/c",
        kind: &kinds::UPDATES_FALL_SHORT,
        judge: |s| verified(s, "authenticity_verified_by_device", "genuine"),
    },
    Unit {
        id: "5.3-9-1/d",
        kind: &kinds::UPDATES_FALL_SHORT,
        judge: |s| verified(s, "integrity_verified_by_device", "unaltered"),
    },
    Unit { id: "5.3-12-1/a", kind: &kinds::UPDATES_FALL_SHORT, judge: disruption },
];

fn run(subject: &Subject<'_>) -> Verdict {
    compare(subject, &UNITS)
}

/// A component whose updating can be configured has a mechanism that is automatic and on by default.
fn automatic_by_default(sheet: &Sheet<'_>) -> Compared {
    let good =
        "every component whose updating can be configured has an automatic mechanism that is on by default";
    let fault =
        "can be updated in a configurable way, but by no mechanism that is both automatic and on by default";
    let compared = sheet.each("SoftComp", "update_mechanism", fault, good, |component| {
        let mut mechanisms = Vec::new();
        for id in component.refs("update_mechanism")? {
            let Some(entry) = sheet.entry("UpdMech", id) else {
                return component.note(format!("[[UpdMech]] has no {}", quoted(id)));
            };
            mechanisms.push(Row::new("UpdMech", entry));
        }
        let configurable = any(mechanisms.iter().map(|m| m.offers_an_option("automation_options")));
        let on = |m: &Row<'_>| all([m.flag("automatic"), m.flag("automation_on_by_default")]);
        let passes = or(configurable.map(|c| !c), any(mechanisms.iter().map(on)));
        if passes.is_none() {
            mechanisms.iter().for_each(|m| component.note_of(m));
        }
        passes
    });
    if sheet.entries("UpdMech").is_none_or(<[_]>::is_empty) {
        return compared.doubt("there is no [[UpdMech]] entry, so no mechanism can be looked at".to_owned());
    }
    compared
}

/// What a mechanism does by itself, users can enable, disable or postpone.
fn options(sheet: &Sheet<'_>, does: &str, options: &'static str, fault: &str) -> Compared {
    let good = format!("users can enable, disable or postpone it wherever `{does}` is true");
    sheet.each("UpdMech", options, fault, &good, |row| {
        if row.flag(does)? { row.offers_an_option(options) } else { Some(true) }
    })
}

/// What a mechanism does by itself is on once the device is set up.
fn on(sheet: &Sheet<'_>, does: &str, default: &'static str, fault: &str) -> Compared {
    let good = format!("it is on by default wherever `{does}` is true");
    sheet.each(
        "UpdMech",
        default,
        fault,
        &good,
        |row| if row.flag(does)? { row.flag(default) } else { Some(true) },
    )
}

fn verified(sheet: &Sheet<'_>, key: &'static str, what: &str) -> Compared {
    let good = format!("for every mechanism the device itself verifies that an update is {what}");
    let fault = format!("leaves it to somebody else than the device to verify that an update is {what}");
    sheet.each("UpdMech", key, &fault, &good, |row| row.flag(key))
}

fn disruption(sheet: &Sheet<'_>) -> Compared {
    let good = "wherever an update can interrupt the basic function the device itself says so beforehand";
    let fault = "can interrupt what the device is basically there for, and the device itself does not say so beforehand";
    sheet.each("UpdMech", "never_disrupts", fault, good, |row| -> Truth {
        let told = all([row.flag("notifies_of_disruption"), row.flag("notified_by_device")]);
        or(row.flag("never_disrupts"), told)
    })
}
