//! What the maker writes of its security parameters, held against the provisions on storing and making them. Compares
//! table 10 of the IXIT with itself: flags with flags, and flags with the prose beside them. No device and no source code is
//! looked at.

use assay::outcome::SpeaksFrom;

use crate::ixit::{Compared, Row, Sheet, Truth, Unit, all, begins_with_n_a, compare};
use crate::verdict::Verdict;
use crate::{Check, Subject, kinds};

pub(crate) const CHECK: Check = Check {
    id: "ixit-parameters",
    title: "What the maker writes of security parameters agrees with the provisions",
    evidence: &[],
    provisions: &["en303645-v2.1.1:5.4-2", "en303645-v2.1.1:5.4-3", "en303645-v2.1.1:5.4-4"],
    units: &["5.4-2-1/a", "5.4-3-1/a", "5.4-4-1/a"],
    speaks_from: SpeaksFrom::MakersWords,
    page: include_str!("ixit_parameters.md"),
    run,
};

const UNITS: [Unit; 3] = [
    Unit { id: "5.4-2-1/a", kind: &kinds::PARAMETER_CONTRADICTED, judge: identities },
    Unit { id: "5.4-3-1/a", kind: &kinds::PARAMETER_CONTRADICTED, judge: from_source },
    Unit { id: "5.4-4-1/a", kind: &kinds::PARAMETER_CONTRADICTED, judge: generated },
];

fn run(subject: &Subject<'_>) -> Verdict {
    compare(subject, &UNITS)
}

/// Lower case, with a blank for every hyphen and every run of blanks.
fn plain(text: &str) -> String {
    let text: String = text.chars().map(|c| if "-‐‑".contains(c) { ' ' } else { c }).collect();
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn identities(sheet: &Sheet<'_>) -> Compared {
    let good = "every hard-coded identity is marked as one, and no description contradicts its mark";
    let fault = "is not marked as a hard-coded identity, but its description says that it is one";
    let compared = sheet.each("SecParam", "hard_coded_identity", fault, good, |row| {
        let marked = row.flag("hard_coded_identity")?;
        let says = plain(row.text("description").unwrap_or_default());
        let has = |phrase: &str| says.contains(phrase);
        if !marked && (has("is a hard coded identity") || has("is used as a hard coded identity")) {
            return Some(false);
        }
        if marked && (has("is not a hard coded identity") || has("is not used as a hard coded identity")) {
            return row.note(
                "it is marked as a hard-coded identity, and its description says that it is none".into(),
            );
        }
        Some(true)
    });
    let marked = |entries: &[assay::conformity::ixit::Entry]| {
        entries.iter().any(|e| Row::new("SecParam", e).flag("hard_coded_identity") == Some(true))
    };
    match sheet.entries("SecParam") {
        Some(entries) if !entries.is_empty() && !marked(entries) => compared.doubt(
            "no [[SecParam]] is marked as a hard-coded identity, and 5.4-2 binds only where one is used"
                .to_owned(),
        ),
        _ => compared,
    }
}

fn critical(row: &Row<'_>) -> Truth {
    row.word("type", &["public", "critical"]).map(|word| word == "critical")
}

fn from_source(sheet: &Sheet<'_>) -> Compared {
    let good = "no critical parameter takes its value from the source code without being described so";
    let fault = "takes its value from the source code, but is not described as hard-coded there";
    sheet.each("SecParam", "hard_coded_in_source", fault, good, |row| {
        if !critical(row)? {
            return Some(true);
        }
        // Both are asked for first, so that both are named where both are missing.
        let (comes, described) = (row.flag("provisioned_from_source"), row.flag("hard_coded_in_source"));
        let (comes, described) = (comes?, described?);
        let prose = plain(row.text("provisioning_mechanism").unwrap_or_default());
        if !comes && !described && prose.contains("source code") {
            return row
                .note("both flags are false, but `provisioning_mechanism` speaks of source code".into());
        }
        Some(!comes || described)
    })
}

fn generated(sheet: &Sheet<'_>) -> Compared {
    let good = "every critical parameter that serves updates or associated services says how it is made and what for";
    let fault =
        "serves updates or associated services, but the description of how it is made does not say so";
    sheet.each("SecParam", "generation_mechanism", fault, good, |row| {
        if !critical(row)? {
            return Some(true);
        }
        if !row.flag("for_updates_or_services")? {
            if row.flag("generation_states_use") == Some(true) {
                return row.note(
                    "`generation_states_use` says that it serves updates or services, `for_updates_or_services` that it does not"
                        .into(),
                );
            }
            return Some(true);
        }
        let described = row.text("generation_mechanism").map(|text| !begins_with_n_a(text));
        all([described, row.flag("generation_states_use")])
    })
}
