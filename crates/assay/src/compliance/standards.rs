//! The standards on which the deemed conditions of Schedule 2 rest, and what is wrong with any other. The Regulations pin
//! them by version: a later edition is another standard in UK law until the Regulations name it.

/// A standard that Schedule 2 names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deemed {
    /// How it is named.
    pub number: &'static str,
    /// The digits by which its number is known.
    pub digits: &'static str,
    /// The version that the Regulations pin.
    pub version: &'static str,
    /// Its date of issue as far as the Regulations give it: a day, or a year.
    pub issued: &'static str,
    /// Where the Regulations pin it.
    pub source: &'static str,
}

/// The standards that Schedule 2 names.
pub const DEEMED: [Deemed; 2] = [
    Deemed {
        number: "ETSI EN 303 645",
        digits: "303645",
        version: "V2.1.1",
        issued: "2020-06-19",
        source: "SI 2023/1007, regulation 2(1)",
    },
    Deemed {
        number: "ISO/IEC 29147",
        digits: "29147",
        version: "2018",
        issued: "2018",
        source: "SI 2023/1007, regulation 2(1)",
    },
];

/// What is wrong with a standard that a statement relies on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StandardProblem {
    /// Schedule 2 does not name it.
    #[error(
        "{0} is no standard of Schedule 2: those are ETSI EN 303 645 V2.1.1 (2020-06-19) and ISO/IEC 29147:2018"
    )]
    Unknown(String),
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

/// Holds a standard against those that Schedule 2 names.
///
/// # Errors
/// What is wrong with it, as a sentence.
pub fn judge_standard(number: &str, version: &str, issued: &str) -> Result<&'static Deemed, StandardProblem> {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    // `ISO/IEC 29147:2018` carries its version in its number.
    let deemed = DEEMED
        .iter()
        .find(|d| digits == d.digits || digits.strip_prefix(d.digits).is_some_and(|rest| rest == d.version))
        .ok_or_else(|| StandardProblem::Unknown(number.to_owned()))?;
    let bare = |v: &str| v.trim().trim_start_matches(['v', 'V']).trim().to_owned();
    // "2018, 2nd edition" is the same as "2018".
    let first = bare(version.split([',', ' ', '(']).find(|p| !bare(p).is_empty()).unwrap_or_default());
    if first != bare(deemed.version) {
        return Err(StandardProblem::Version {
            number: deemed.number,
            said: version.to_owned(),
            wanted: deemed.version,
        });
    }
    // The Regulations give the ISO standard's year alone: a month or day in that year is not contradicted.
    if !issued.starts_with(deemed.issued) {
        return Err(StandardProblem::Issued {
            number: deemed.number,
            version: deemed.version,
            said: issued.to_owned(),
            wanted: deemed.issued,
        });
    }
    Ok(deemed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_pinned_versions_are_standards_of_schedule_2() {
        for (number, version, issued) in [
            ("ETSI EN 303 645", "V2.1.1", "2020-06-19"),
            ("EN 303645", "v2.1.1 (2020-06)", "2020-06-19"),
            ("ISO/IEC 29147", "2018", "2018-10"),
            ("ISO/IEC 29147:2018", "2018, 2nd edition", "2018"),
        ] {
            assert!(judge_standard(number, version, issued).is_ok(), "{number} {version} {issued}");
        }
        let error = |n, v, i| judge_standard(n, v, i).unwrap_err().to_string();
        assert!(error("EN 303 645", "V3.1.3", "2024-09-11").contains("EN 303 645 V3.1.3 is not the version"));
        assert!(error("EN 303 645", "V2.1.1", "2020-06-30").contains("not on 2020-06-30"));
        assert!(error("EN 303 645", "V2.1.1", "2020").contains("issued on 2020-06-19"));
        assert!(error("EN 18031-1", "2024", "2024").contains("no standard of Schedule 2"));
        assert!(error("", "", "").contains("no standard"));
    }
}
