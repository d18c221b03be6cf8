//! Is telemetry that is collected also examined for security anomalies, as the maker describes it? Reads table 24 of the
//! IXIT. One examination is enough; that it is described does not show that anybody looks.

use assay::outcome::SpeaksFrom;

use crate::ixit::{Compared, Row, Sheet, Unit, begins_with_n_a, compare};
use crate::verdict::Verdict;
use crate::{Check, Subject, kinds};

pub(crate) const CHECK: Check = Check {
    id: "ixit-telemetry",
    title: "Telemetry is described as examined for security anomalies",
    evidence: &[],
    provisions: &["en303645-v2.1.1:5.10-1"],
    units: &["5.10-1-1/a"],
    speaks_from: SpeaksFrom::MakersWords,
    page: include_str!("ixit_telemetry.md"),
    run,
};

const UNITS: [Unit; 1] = [Unit { id: "5.10-1-1/a", kind: &kinds::TELEMETRY_UNEXAMINED, judge: examined }];

fn run(subject: &Subject<'_>) -> Verdict {
    compare(subject, &UNITS)
}

fn examined(sheet: &Sheet<'_>) -> Compared {
    let Some(entries) = sheet.entries("TelData") else { return Compared::silent("[[TelData]]") };
    let rows: Vec<Row<'_>> = entries.iter().map(|e| Row::new("TelData", e)).collect();
    let Some(first) = rows.first() else {
        return Compared::default()
            .doubt("there is no [[TelData]], as ixit.toml says, so there is nothing to compare".into());
    };
    let passes = |row: &Row<'_>| {
        let described = row.text("security_examination").is_some_and(|text| !begins_with_n_a(text));
        row.flag("security_examined") == Some(true) && described
    };
    if let Some(row) = rows.iter().find(|r| passes(r)) {
        return Compared::well(&format!(
            "{} describes how telemetry is examined for security anomalies",
            row.name()
        ));
    }
    if rows.iter().all(|r| r.flag("security_examined") == Some(false)) {
        let message = "no telemetry that is collected is examined for security anomalies".to_owned();
        return Compared::default().fault(first.place("security_examined"), message);
    }
    let open = rows.iter().filter(|r| r.flag("security_examined") != Some(false));
    open.fold(Compared::default(), |compared, row| {
        let doubt = match row.flag("security_examined") {
            Some(_) => format!("{} is examined, but `security_examination` does not say how", row.name()),
            None => format!("{}: `security_examined` is missing", row.name()),
        };
        compared.doubt(doubt)
    })
}
