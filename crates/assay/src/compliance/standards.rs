//! The standards on which the deemed conditions of Schedule 2 rest, and what is wrong with any other. They are those of the
//! scheme's own ways, so that there is no second list. The Regulations pin them by version: a later edition is another standard
//! in UK law until the Regulations name it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;

use crate::date::in_words;
use crate::designation::{Designation, bare_version, parts};
use crate::rules::{Verified, rulebook};
use crate::scheme::{self, Way};

/// A standard that a condition of Schedule 2 names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deemed {
    /// How it is named, without its version.
    pub number: String,
    /// The version that the Regulations pin.
    pub version: String,
    /// Its date of issue as far as it is known: a day, a month or a year.
    pub issued: String,
    /// The first day on which it is named, where that is later than the law's first.
    pub from: Option<Date>,
    /// How far the text that names it was read.
    pub verified: Verified,
    /// Where it is named.
    pub source: String,
    designation: Designation,
}

impl Deemed {
    /// Its name as a text without spaces and in small letters holds it: the name and the number, `en303645`, or the whole id.
    #[must_use]
    pub fn marks(&self) -> Vec<String> {
        let low: String = self.number.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
        let number: String = low.chars().filter(char::is_ascii_digit).collect();
        if !low.ends_with(&number) {
            return vec![low.trim_start_matches("cls(iot)").to_owned()];
        }
        let names = low.trim_end_matches(|c: char| c.is_ascii_digit()).split(['/', '-']);
        names.map(|name| format!("{}{number}", name.trim_start_matches("etsi"))).collect()
    }

    /// The standard in full.
    #[must_use]
    pub fn cite(&self) -> String {
        format!("{} {}", self.number, self.version)
    }
}

/// The standards that Schedule 2 names, in the order of the scheme's ways.
#[must_use]
pub fn deemed() -> &'static [Deemed] {
    static ALL: LazyLock<Vec<Deemed>> = LazyLock::new(|| {
        let Some(law) = scheme::find("uk-psti") else { return Vec::new() };
        let first = law.phases.first().map(|p| p.from.0);
        let mut all: Vec<Deemed> = Vec::new();
        for way in law.requirements.iter().flat_map(|r| &r.ways) {
            for (cite, issued) in named(way) {
                let designation = Designation::parse(&cite);
                if all.iter().any(|d| d.designation == designation) {
                    continue;
                }
                let (number, version) = parts(&cite);
                all.push(Deemed {
                    number: number.trim().to_owned(),
                    version: version.unwrap_or_default().to_owned(),
                    issued,
                    from: way.from.map(|d| d.0).filter(|from| first.is_some_and(|first| *from > first)),
                    verified: way.verified,
                    source: way.source.clone(),
                    designation,
                });
            }
        }
        all
    });
    &ALL
}

/// The standards that a way rests on: the documents of its provisions, save the law itself.
#[must_use]
pub(super) fn relied_on(way: &Way) -> Vec<&'static Deemed> {
    // Whether a label's standard has to be cited, SI 2025/1267 says, which was not read: it is not asked for.
    let documents = documents(way);
    deemed().iter().filter(|d| documents.keys().any(|c| Designation::parse(c) == d.designation)).collect()
}

/// The standards that may be cited beside a way: those it rests on, and that of its label.
#[must_use]
pub(super) fn belongs_to(deemed: &Deemed, way: &Way) -> bool {
    named(way).keys().any(|cite| Designation::parse(cite) == deemed.designation)
}

/// Citation and date of issue of every standard that a way names.
fn named(way: &Way) -> BTreeMap<String, String> {
    let mut named = documents(way);
    if let Some(standard) = way.label.as_ref().and_then(|l| l.standard.as_ref()) {
        let baseline = rulebook().baselines.iter().find(|b| crate::designation::same(&b.cite, standard));
        let issued = baseline.and_then(|b| b.issued.clone()).unwrap_or_default();
        named.insert(standard.clone(), issued);
    }
    named
}

fn documents(way: &Way) -> BTreeMap<String, String> {
    let baselines = way.provisions.iter().filter_map(|id| rulebook().baseline(id.split(':').next()?));
    // The law has no date of issue in this sense: only what a standards body or an authority issued has one.
    baselines.filter_map(|b| Some((b.cite.clone(), b.issued.clone()?))).collect()
}

/// A standard that a statement cites and that Schedule 2 names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CitedStandard {
    /// The standard.
    pub deemed: &'static Deemed,
    /// Why a person has to look whether it is rightly cited.
    pub doubt: Option<String>,
}

/// What is wrong with a standard that a statement relies on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StandardProblem {
    /// Schedule 2 does not name it.
    #[error("{said} is no standard of Schedule 2: those are {known}")]
    Unknown {
        /// The standard.
        said: String,
        /// Those that Schedule 2 names.
        known: String,
    },
    /// Another version of one that it names.
    #[error(
        "{number} {said} is not the version that the Regulations name, which is {wanted}: a claim under the one is no claim under the other"
    )]
    Version {
        /// The standard.
        number: &'static str,
        /// The version it names.
        said: String,
        /// The version that the Regulations pin.
        wanted: &'static str,
    },
    /// Another date of issue.
    #[error("{number} {version} was issued on {wanted} as the Regulations name it, not on {said}")]
    Issued {
        /// The standard.
        number: &'static str,
        /// Its version.
        version: &'static str,
        /// The date it gives.
        said: String,
        /// The date in the Regulations.
        wanted: &'static str,
    },
}

/// Holds a standard against those that Schedule 2 names. `stated` is the day on which the statement is issued.
///
/// # Errors
/// What is wrong with it, as a sentence.
pub fn judge_standard(
    number: &str,
    version: &str,
    issued: &str,
    stated: Option<Date>,
) -> Result<CitedStandard, StandardProblem> {
    let said = Designation::parse(number);
    let Some(deemed) = deemed().iter().find(|d| said.short_for(&d.designation)) else {
        let known: Vec<String> = deemed().iter().map(|d| format!("{} ({})", d.cite(), d.issued)).collect();
        return Err(StandardProblem::Unknown { said: number.trim().to_owned(), known: known.join(", ") });
    };
    if deemed.verified != Verified::Primary {
        let early = deemed.from.zip(stated).filter(|(from, stated)| stated < from);
        let early = early.map_or_else(String::new, |(from, _)| {
            format!("; it is said to be named only from {}, after this statement", in_words(from))
        });
        let doubt = format!(
            "{} is the standard of a label that counts under {}, a text that was not read: a person has to see whether it is \
             cited rightly and the label is current{early}",
            deemed.cite(),
            deemed.source
        );
        return Ok(CitedStandard { deemed, doubt: Some(doubt) });
    }
    // "2018, 2nd edition" is the same as "2018".
    let written =
        version.split([',', ' ', '(']).map(bare_version).find(|p| !p.is_empty()).unwrap_or_default();
    let wanted = bare_version(&deemed.version);
    // `ISO/IEC 29147:2018` carries its version in its number too.
    if written != wanted || said.version.as_ref().is_some_and(|v| *v != wanted) {
        return Err(StandardProblem::Version {
            number: &deemed.number,
            said: said.version.filter(|v| *v != wanted).unwrap_or_else(|| version.to_owned()),
            wanted: &deemed.version,
        });
    }
    if !is_issue(issued.trim(), &deemed.issued) {
        return Err(StandardProblem::Issued {
            number: &deemed.number,
            version: &deemed.version,
            said: issued.to_owned(),
            wanted: &deemed.issued,
        });
    }
    Ok(CitedStandard { deemed, doubt: None })
}

/// The date of issue as it is known, or a month or a day within it: the Regulations give the ISO standard's year alone.
fn is_issue(said: &str, known: &str) -> bool {
    let Some(rest) = said.strip_prefix(known) else { return false };
    let first = if known.len() == 4 { "-01-01" } else { "-01" };
    // Filled up to a whole day it has to be one: `2020-06-1999` is none.
    rest.is_empty()
        || (rest.starts_with('-') && rest.len() % 3 == 0 && rest.len() <= first.len())
            && crate::date::parse(&format!("{said}{}", &first[rest.len()..])).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(number: &str, version: &str, issued: &str) -> Result<CitedStandard, StandardProblem> {
        judge_standard(number, version, issued, crate::date::parse("2026-01-10"))
    }

    #[test]
    fn the_standards_are_those_of_the_laws_own_conditions() {
        let all: Vec<(String, &str, Option<String>)> =
            deemed().iter().map(|d| (d.cite(), d.issued.as_str(), d.from.map(|f| f.to_string()))).collect();
        let late = Some("2025-12-04".to_owned());
        assert_eq!(
            all,
            [
                ("ETSI EN 303 645 V2.1.1".to_owned(), "2020-06-19", None),
                ("JST-CR-01-01 2024R1".to_owned(), "2024-12", late.clone()),
                ("CLS(IoT) CCC SP-151-2 v1.4".to_owned(), "2025-04", late),
                ("ISO/IEC 29147 2018".to_owned(), "2018", None),
            ]
        );
        let marks: Vec<Vec<String>> = deemed().iter().map(Deemed::marks).collect();
        assert_eq!(
            marks,
            [vec!["en303645"], vec!["jst-cr-01-01"], vec!["cccsp-151-2"], vec!["iso29147", "iec29147"]]
        );
    }

    #[test]
    fn only_the_pinned_versions_are_standards_of_schedule_2() {
        for (number, version, issued) in [
            ("ETSI EN 303 645", "V2.1.1", "2020-06-19"),
            ("EN 303645", "v2.1.1 (2020-06)", "2020-06-19"),
            ("ETSI EN 303 645 V2.1.1", "V2.1.1", "2020-06-19"),
            ("ISO/IEC 29147", "2018", "2018-10"),
            ("ISO/IEC 29147", "2018", "2018-10-31"),
            ("ISO/IEC 29147:2018", "2018, 2nd edition", "2018"),
        ] {
            let cited = judged(number, version, issued);
            assert!(
                cited.as_ref().is_ok_and(|c| c.doubt.is_none()),
                "{number} {version} {issued}: {cited:?}"
            );
        }
        let error = |n, v, i| judged(n, v, i).unwrap_err().to_string();
        assert!(error("EN 303 645", "V3.1.3", "2024-09-11").contains("EN 303 645 V3.1.3 is not the version"));
        assert!(error("ETSI EN 303 645 V3.1.3", "V2.1.1", "2020-06-19").contains("3.1.3 is not the version"));
        assert!(error("EN 303 645", "V2.1.1", "2020-06-30").contains("not on 2020-06-30"));
        assert!(error("EN 303 645", "V2.1.1", "2020").contains("issued on 2020-06-19"));
        for issued in ["2020-06-1999", "2020-06-19-01", "2018-13"] {
            assert!(judged("EN 303 645", "V2.1.1", issued).is_err(), "{issued}");
        }
        for issued in ["2018-13", "2018-1", "2018-02-30", "20181", "2018-"] {
            assert!(judged("ISO/IEC 29147", "2018", issued).is_err(), "{issued}");
        }
        for number in ["EN 18031-1", "ACME 303645", "303645", "TS 103 645", ""] {
            let error = error(number, "V2.1.1", "2020-06-19");
            assert!(error.contains("no standard of Schedule 2: those are ETSI EN 303 645 V2.1.1"), "{error}");
        }
    }

    #[test]
    fn the_standard_of_a_foreign_label_is_for_a_person() {
        for (number, version) in [
            ("JST-CR-01-01-2024R1", "2024R1"),
            ("JST-CR-01-01", "2024R1"),
            ("CLS(IoT) CCC SP-151-2", "v1.4"),
            ("CCC SP-151-2 v1.4", "1.4"),
        ] {
            let cited = judged(number, version, "2024-12").unwrap();
            assert!(cited.doubt.as_ref().is_some_and(|d| d.contains("not read")), "{number}: {cited:?}");
            let early = judge_standard(number, version, "2024-12", crate::date::parse("2025-12-03")).unwrap();
            assert!(early.doubt.unwrap().contains("only from 4 December 2025"));
        }
    }
}
