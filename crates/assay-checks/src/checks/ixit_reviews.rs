//! Was every implementation of network and security functions reviewed or evaluated, as the maker describes it? Reads table
//! 12 of the IXIT. The reports themselves, and whether they are about the version on the device, are a person's work.

use assay::outcome::SpeaksFrom;

use crate::ixit::{Compared, Sheet, Unit, begins_with_n_a, compare};
use crate::verdict::Verdict;
use crate::{Check, Subject, kinds};

pub(crate) const CHECK: Check = Check {
    id: "ixit-reviews",
    title: "Network and security implementations are described as reviewed",
    evidence: &[],
    provisions: &["en303645-v2.1.1:5.5-2"],
    units: &["5.5-2-1/a"],
    speaks_from: SpeaksFrom::MakersWords,
    page: include_str!("ixit_reviews.md"),
    run,
};

const UNITS: [Unit; 1] = [Unit { id: "5.5-2-1/a", kind: &kinds::NOT_REVIEWED, judge: reviewed }];

fn run(subject: &Subject<'_>) -> Verdict {
    compare(subject, &UNITS)
}

fn reviewed(sheet: &Sheet<'_>) -> Compared {
    let good = "every implementation of network and security functions was reviewed or evaluated, and it is said how";
    let fault = "was neither reviewed nor evaluated";
    sheet.each("NetSecImpl", "reviewed", fault, good, |row| {
        if !row.flag("reviewed")? {
            return Some(false);
        }
        match row.text("review_evaluation_method")? {
            text if begins_with_n_a(text) => {
                row.note("it was reviewed, but `review_evaluation_method` says n/a".into())
            }
            _ => Some(true),
        }
    })
}
