//! The rules of mechanical test units over `ixit.toml`: each unit is one comparison with three ends, and a fault goes before
//! what cannot be decided, and that before a pass (`data/ts103701.toml`). What is compared is what the maker wrote, so this
//! file reports contradictions and open questions; it cannot report that a product does what was written.

mod row;

use std::collections::{BTreeMap, BTreeSet};

use assay::case::Place;
use assay::conformity::ixit::Entry;
use assay::conformity::{Ixit, TESTED, book, ixit};
use assay::outcome::{Confidence, Finding, Outcome};

use crate::files::sha256;
use crate::kinds::Kind;
use crate::verdict::{Verdict, finding, sentence};
use crate::{Files, Subject};

pub(crate) use row::{Row, Truth, all, any, begins_with_n_a, or};

/// The file's name in the case folder.
pub(crate) const FILE: &str = "ixit.toml";
/// Most open questions that a unit's reason spells out.
const MOST_DOUBTS: usize = 3;

/// One mechanical test unit: its id, the kind of its findings, and its comparison.
pub(crate) struct Unit {
    pub(crate) id: &'static str,
    pub(crate) kind: &'static Kind,
    pub(crate) judge: fn(&Sheet<'_>) -> Compared,
}

/// What a comparison showed.
#[derive(Debug, Default)]
pub(crate) struct Compared {
    /// The file says nothing of the table at all.
    silent: Option<String>,
    faults: Vec<(Place, String)>,
    doubts: Vec<String>,
    /// What is said where there is neither.
    good: String,
}

impl Compared {
    /// Nothing was found yet; `good` is said if it stays so.
    pub(crate) fn well(good: &str) -> Self {
        Self { good: good.to_owned(), ..Self::default() }
    }

    /// The file says nothing of a table.
    pub(crate) fn silent(table: &str) -> Self {
        Self { silent: Some(format!("nothing is said of {table} in {FILE}")), ..Self::default() }
    }

    pub(crate) fn fault(mut self, at: Place, message: String) -> Self {
        self.faults.push((at, message));
        self
    }

    pub(crate) fn doubt(mut self, doubt: String) -> Self {
        self.doubts.push(doubt);
        self
    }

    fn outcome(&self) -> Outcome {
        match self {
            Self { faults, .. } if !faults.is_empty() => Outcome::NotMet,
            Self { silent: Some(_), .. } => Outcome::NotTested,
            Self { doubts, .. } if !doubts.is_empty() => Outcome::Inconclusive,
            _ => Outcome::Met,
        }
    }

    fn why(&self) -> String {
        let some = |all: Vec<&str>| {
            let mut sentences: Vec<String> = all.iter().take(MOST_DOUBTS).map(|s| sentence(s)).collect();
            if all.len() > MOST_DOUBTS {
                sentences.push(format!("There are {} more like these.", all.len() - MOST_DOUBTS));
            }
            sentences.join(" ")
        };
        match self.outcome() {
            Outcome::NotMet => some(self.faults.iter().map(|(_, m)| m.as_str()).collect()),
            Outcome::NotTested => sentence(self.silent.as_deref().unwrap_or_default()),
            Outcome::Inconclusive => some(self.doubts.iter().map(String::as_str).collect()),
            _ => sentence(&self.good),
        }
    }
}

/// The filled-in pro forma, with its ids at hand.
pub(crate) struct Sheet<'a> {
    ixit: &'a Ixit,
    ids: BTreeMap<&'static str, BTreeMap<&'a str, &'a Entry>>,
}

impl<'a> Sheet<'a> {
    fn new(ixit: &'a Ixit) -> Self {
        let ids = |number| {
            let entries: &'a [Entry] = ixit.entries(number).unwrap_or_default();
            entries.iter().filter_map(|e| Some((e.id.as_deref()?, e))).collect()
        };
        let ids = book().tables.iter().map(|t| (t.short.as_str(), ids(t.number))).collect();
        Self { ixit, ids }
    }

    /// The entries of a table by its short name; `None` where the file says nothing of it.
    pub(crate) fn entries(&self, table: &str) -> Option<&'a [Entry]> {
        let table = book().tables.iter().find(|t| t.short == table)?;
        self.ixit.entries(table.number)
    }

    /// The entry of a table that has this id.
    pub(crate) fn entry(&self, table: &str, id: &str) -> Option<&'a Entry> {
        self.ids.get(table)?.get(id).copied()
    }

    /// Compares each entry of a table. `at` is the field at which a fault is shown, `fault` what is then said of the entry.
    pub(crate) fn each(
        &self,
        table: &'static str,
        at: &'static str,
        fault: &str,
        good: &str,
        passes: impl Fn(&Row<'_>) -> Truth,
    ) -> Compared {
        let Some(entries) = self.entries(table) else { return Compared::silent(&format!("[[{table}]]")) };
        let mut compared = Compared::well(good);
        if entries.is_empty() {
            compared
                .doubts
                .push(format!("there is no [[{table}]], as {FILE} says, so there is nothing to compare"));
        }
        for entry in entries {
            let row = Row::new(table, entry);
            match passes(&row) {
                Some(true) => {}
                Some(false) => compared.faults.push((row.place(at), format!("{} {fault}", row.name()))),
                None => compared.doubts.push(format!("{}: {}", row.name(), row.open())),
            }
        }
        compared
    }
}

/// Judges the units of a check over the case's `ixit.toml`.
pub(crate) fn compare(subject: &Subject<'_>, units: &[Unit]) -> Verdict {
    let Some(ixit) = subject.ixit else {
        return Verdict::not_tested(format!(
            "The case has no {FILE}: write one beside product.toml, with the tables of TS 103 701 that this check reads."
        ));
    };
    let sheet = Sheet::new(ixit);
    let compared: Vec<(&Unit, Compared)> = units.iter().map(|u| (u, (u.judge)(&sheet))).collect();
    let findings = compared.iter().flat_map(|(unit, c)| {
        let provision = provision_of(unit.id);
        c.faults.iter().map(move |(at, message)| contradiction(unit.kind, *at, message, &provision))
    });
    let open = |c: &&(&Unit, Compared)| matches!(c.1.outcome(), Outcome::Inconclusive | Outcome::NotTested);
    let silent = compared.iter().all(|(_, c)| c.outcome() == Outcome::NotTested);
    let doubts: BTreeSet<String> = compared.iter().filter(open).map(|(_, c)| c.why()).collect();
    let good: Vec<String> = compared.iter().map(|(_, c)| sentence(&c.good)).collect();
    let mut verdict = Verdict::weigh(findings.collect(), doubts.into_iter().collect(), good.join(" "));
    if silent {
        verdict.outcome = Outcome::NotTested;
    }
    let verdict = compared.iter().fold(verdict, |v, (unit, c)| v.showing(unit.id, c.outcome(), &c.why()));
    having_seen(subject.files, verdict)
}

/// The same, having looked at `ixit.toml`, if its bytes are among the files.
pub(crate) fn having_seen(files: &dyn Files, verdict: Verdict) -> Verdict {
    match files.read(FILE, ixit::MAX_BYTES as u64) {
        Ok(bytes) => verdict.having_seen(FILE, sha256(&bytes)),
        Err(_) => verdict,
    }
}

/// A contradiction in what the maker wrote. It speaks against exactly the provision of the unit that failed.
fn contradiction(kind: &Kind, at: Place, message: &str, provision: &str) -> Finding {
    let place = format!("{FILE}:{}:{}", at.line, at.column);
    finding(kind, message.to_owned(), place, Confidence::Certain, &[provision])
}

/// The provision whose group a unit belongs to: `5.3-6-1/b` tests `en303645-v2.1.1:5.3-6`.
pub(crate) fn provision_of(unit: &str) -> String {
    let case = unit.split('/').next().unwrap_or_default();
    let group = case.rsplit_once('-').map_or("", |(group, _)| group);
    format!("{TESTED}:{group}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_names_its_provision() {
        assert_eq!(provision_of("5.3-6-1/b"), "en303645-v2.1.1:5.3-6");
        assert_eq!(provision_of("4-1-1/a"), "en303645-v2.1.1:4-1");
    }

    #[test]
    fn a_fault_goes_before_an_open_question_and_that_before_a_pass() {
        let place = Place { line: 1, column: 1 };
        let doubtful = || Compared::well("all is well").doubt("one flag is missing".into());
        assert_eq!(Compared::well("all is well").outcome(), Outcome::Met);
        assert_eq!(doubtful().outcome(), Outcome::Inconclusive);
        assert_eq!(doubtful().fault(place, "one is off".into()).outcome(), Outcome::NotMet);
        assert_eq!(Compared::silent("[[UpdMech]]").outcome(), Outcome::NotTested);
        let many = (0..9).fold(doubtful(), |c, i| c.doubt(format!("flag {i} is missing")));
        assert!(many.why().ends_with("There are 7 more like these."), "{}", many.why());
    }
}
