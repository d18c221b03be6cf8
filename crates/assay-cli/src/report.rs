//! What a person or another program takes away from a judgement: the report on the terminal, self-contained pages, SARIF
//! and OSCAL. All of them are drawn from one [`told::Told`] or from the same assessment, so that none says more than the others.

mod conformity;
mod html;
mod mends;
mod oscal;
mod place;
mod places;
#[cfg(test)]
mod sample;
mod sarif;
mod schemes;
mod text;
mod told;
mod unseen;
mod words;

use assay::assess::Assessment;
use assay::case::Case;
use assay::conformity::Report;
use assay::date::Date;
use assay::outcome::CheckResult;
use assay::territory::Standing;
use assay_checks::ForPeople;

use crate::conformity::Ics;
use crate::exit::Failure;
use crate::output::{self, Style};

pub(crate) use oscal::oscal;
pub(crate) use places::territories;
pub(crate) use sarif::sarif;

/// What is reported: a judged case, or a folder of evidence without one.
#[derive(Clone, Copy)]
pub(crate) struct Shown<'a> {
    /// The case; none where a folder was judged as evidence alone.
    pub(crate) case: Option<&'a Case>,
    /// The folder that was judged, as it was named.
    pub(crate) folder: &'a str,
    /// The day.
    pub(crate) on: Date,
    /// Under each scheme.
    pub(crate) assessments: &'a [Assessment],
    /// How the case stands under each of them, with what is missing.
    pub(crate) standings: &'a [Standing],
    /// What the checks showed.
    pub(crate) results: &'a [CheckResult],
    /// The ICS of each version, held against its rules.
    pub(crate) ics: &'a [Ics],
    /// The roll-up after TS 103 701, where one was asked for.
    pub(crate) conformity: Option<&'a Report>,
    /// Evidence that no check reads.
    pub(crate) for_people: &'a [ForPeople],
    /// How the command ends.
    pub(crate) exit: u8,
}

/// The report on the terminal, as wide as it is. In a pipe nothing is wrapped unless `COLUMNS` asks for it.
pub(crate) fn text(shown: &Shown<'_>) -> String {
    text::write(&told::Told::of(shown), Style::detect(), columns())
}

/// The report as one self-contained page.
pub(crate) fn html(shown: &Shown<'_>) -> Result<String, Failure> {
    html::page(&told::Told::of(shown))
}

/// How many columns a line may take; none where nobody said.
fn columns() -> Option<usize> {
    use std::io::IsTerminal;
    let asked = std::env::var("COLUMNS").ok().and_then(|c| c.parse::<usize>().ok());
    let asked = asked.map(|c| c.clamp(40, 110));
    asked.or_else(|| std::io::stdout().is_terminal().then(output::width))
}
