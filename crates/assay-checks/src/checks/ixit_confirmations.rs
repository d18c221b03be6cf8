//! Does the maker confirm, in table 4 of the IXIT, what TS 103 701 has it confirm? Five fields, each yes or no. A yes is a
//! maker's word: it passes the test unit and shows nothing of what is in place.

use assay::conformity::ixit::Value;
use assay::outcome::SpeaksFrom;

use crate::ixit::{Compared, Sheet, Unit, compare};
use crate::verdict::Verdict;
use crate::{Check, Subject, kinds};

pub(crate) const CHECK: Check = Check {
    id: "ixit-confirmations",
    title: "The maker confirms what it has to confirm",
    evidence: &[],
    provisions: &[
        "en303645-v2.1.1:5.2-2",
        "en303645-v2.1.1:5.2-3",
        "en303645-v2.1.1:5.3-8",
        "en303645-v2.1.1:5.5-8",
        "en303645-v2.1.1:5.6-9",
    ],
    units: &["5.2-2-1/b", "5.2-3-1/d", "5.3-8-1/b", "5.5-8-1/b", "5.6-9-1/b"],
    speaks_from: SpeaksFrom::MakersWords,
    page: include_str!("ixit_confirmations.md"),
    run,
};

const UNITS: [Unit; 5] = [
    Unit {
        id: "5.2-2-1/b",
        kind: &kinds::NOT_CONFIRMED,
        judge: |s| confirmed(s, "confirmation_of_vulnerability_actions"),
    },
    Unit {
        id: "5.2-3-1/d",
        kind: &kinds::NOT_CONFIRMED,
        judge: |s| confirmed(s, "confirmation_of_vulnerability_monitoring"),
    },
    Unit {
        id: "5.3-8-1/b",
        kind: &kinds::NOT_CONFIRMED,
        judge: |s| confirmed(s, "confirmation_of_update_procedures"),
    },
    Unit {
        id: "5.5-8-1/b",
        kind: &kinds::NOT_CONFIRMED,
        judge: |s| confirmed(s, "confirmation_of_secure_management"),
    },
    Unit {
        id: "5.6-9-1/b",
        kind: &kinds::NOT_CONFIRMED,
        judge: |s| confirmed(s, "confirmation_of_secure_development"),
    },
];

fn run(subject: &Subject<'_>) -> Verdict {
    compare(subject, &UNITS)
}

fn confirmed(sheet: &Sheet<'_>, key: &str) -> Compared {
    let Some(entry) = sheet.entries("Conf").and_then(|e| e.first()) else {
        return Compared::silent("[Conf]");
    };
    match entry.fields.get(key).map(|f| (&f.value, f.at)) {
        Some((Value::YesNo(true), _)) => Compared::well(&format!("Conf.{key} says yes")),
        Some((Value::YesNo(false), at)) => {
            Compared::default().fault(at, format!("Conf.{key} says no: the maker does not confirm it"))
        }
        _ => Compared::default().doubt(format!("Conf.{key} is missing")),
    }
}
