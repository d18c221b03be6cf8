//! The words of a judgement: the five outcomes, who vouches for one, how sure a finding is, and what a check says.
//! A claim (what the maker says) is kept apart from an outcome (what evidence shows); nothing here merges the two, and
//! what a check reads in the maker's own words can contradict, but never makes a provision met.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What evidence shows about a provision. Silence is never a pass: a check that could not look says `NotTested` or
/// `Inconclusive`, with the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The evidence shows that the provision is fulfilled, as far as this check looks.
    Met,
    /// The evidence shows that it is not; there is at least one finding.
    NotMet,
    /// The provision does not bind this product; the reason says why.
    NotApplicable,
    /// There is evidence, but it does not decide; the reason says what is missing.
    Inconclusive,
    /// No evidence was offered.
    NotTested,
}

impl Outcome {
    /// Every outcome, in the order of the glossary.
    pub const ALL: [Outcome; 5] =
        [Self::Met, Self::NotMet, Self::NotApplicable, Self::Inconclusive, Self::NotTested];

    /// The stable kebab-case word used in JSON and statements.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not-met",
            Self::NotApplicable => "not-applicable",
            Self::Inconclusive => "inconclusive",
            Self::NotTested => "not-tested",
        }
    }

    /// Joins what several checks saw of one provision. One contradiction decides; what was looked at and what was
    /// not make an inconclusive whole; only a provision that every applicable check saw fulfilled is met.
    #[must_use]
    pub fn join(outcomes: impl IntoIterator<Item = Outcome>) -> Outcome {
        let (mut met, mut not_applicable, mut inconclusive, mut not_tested) = (false, false, false, false);
        for outcome in outcomes {
            match outcome {
                Self::NotMet => return Self::NotMet,
                Self::Met => met = true,
                Self::NotApplicable => not_applicable = true,
                Self::Inconclusive => inconclusive = true,
                Self::NotTested => not_tested = true,
            }
        }
        match (met, not_applicable, inconclusive, not_tested) {
            (_, _, true, _) | (true, _, _, true) => Self::Inconclusive,
            (_, _, _, true) | (false, false, _, _) => Self::NotTested,
            (true, _, _, _) => Self::Met,
            (false, true, _, _) => Self::NotApplicable,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Who vouches for an outcome, from the weakest to the strongest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SeenBy {
    /// The maker says so, or judged its own evidence.
    Maker,
    /// The register re-checked a public fact.
    Register,
    /// An accredited laboratory's key signed it.
    Lab,
    /// The market-surveillance authority.
    Authority,
}

impl SeenBy {
    /// The stable word used in JSON and statements.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Maker => "maker",
            Self::Register => "register",
            Self::Lab => "lab",
            Self::Authority => "authority",
        }
    }

    /// The words a label prints.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Maker => "Declared by the maker",
            Self::Register => "Declared by the maker, public facts checked by the register",
            Self::Lab => "Checked by a laboratory",
            Self::Authority => "Checked by the authority",
        }
    }
}

/// What a check draws on. The maker's own words can contradict a provision; they never show that a product fulfils it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpeaksFrom {
    /// Something that was made, published or recorded, and that anybody can look at again.
    #[default]
    Evidence,
    /// What the maker wrote down about the product: claims, IXIT, tables of `product.toml`.
    MakersWords,
}

impl SpeaksFrom {
    /// Whether it is evidence; then nothing is said of it in JSON.
    #[must_use]
    pub fn is_evidence(&self) -> bool {
        *self == Self::Evidence
    }
}

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// It could be chance or harmless; a person should look.
    Possible,
    /// Very probably so.
    Likely,
    /// The evidence leaves no doubt.
    Certain,
}

/// What the maker says of a provision: the Support column of an implementation conformance statement (ICS).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Claim {
    /// The provision is fulfilled.
    Yes,
    /// It is not fulfilled: an honest declaration.
    No,
    /// It does not apply to the product.
    NotApplicable,
}

/// One thing that is wrong, where, and how sure we are. Messages carry no secret: line numbers and masked forms only.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Finding {
    /// Stable kebab-case kind, explained by `assay explain KIND`.
    pub kind: String,
    /// A sentence for the person who will mend it.
    pub message: String,
    /// Where: `evidence/firmware.bin!/etc/shadow:3` (container `!` path `:` line).
    #[serde(rename = "where")]
    pub place: String,
    /// How sure.
    pub confidence: Confidence,
    /// The provisions it speaks against, as ids of the rulebook.
    pub provisions: Vec<String>,
}

/// What one check said of one case: an outcome, always with a reason, and its findings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// The check's id, as in `assay explain ID`.
    pub check: String,
    /// The outcome.
    pub outcome: Outcome,
    /// A sentence: what was looked at and what it showed, or what is missing to decide.
    pub why: String,
    /// Who vouches for it.
    pub seen_by: SeenBy,
    /// The provisions it speaks to, as ids of the rulebook.
    pub provisions: Vec<String>,
    /// What is wrong, if anything.
    pub findings: Vec<Finding>,
    /// What was looked at, with digests, so that anybody can see that it was the same thing.
    pub evidence: Vec<Looked>,
    /// What it showed of single test units of TS 103 701, sorted by unit; there a comparison of words alone can pass.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<UnitSeen>,
    /// What it draws on.
    #[serde(default, skip_serializing_if = "SpeaksFrom::is_evidence")]
    pub speaks_from: SpeaksFrom,
}

/// What a check showed of one test unit of TS 103 701.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UnitSeen {
    /// The unit's full id: `5.3-6-1/b`.
    pub unit: String,
    /// What it showed: `met` is the document's PASS, `not-met` its FAIL.
    pub outcome: Outcome,
    /// A sentence: what was compared and what it showed, or what is missing to decide.
    pub why: String,
}

/// What all checks together show about a provision. A contradiction counts wherever it stands. Where evidence decides,
/// the maker's agreeing or absent words take nothing away; where there is none, they leave the provision open.
#[must_use]
pub fn shown_of<'a>(results: impl IntoIterator<Item = &'a CheckResult>, provision: &str) -> Outcome {
    let (mut evidence, mut words) = (Vec::new(), Vec::new());
    for result in results.into_iter().filter(|r| r.provisions.iter().any(|p| p == provision)) {
        let list = if result.speaks_from.is_evidence() { &mut evidence } else { &mut words };
        list.push(result.outcome_for(provision));
    }
    // Held back here too: a result that says of the maker's words that they make something met is not believed.
    let words = words.into_iter().map(|o| if o == Outcome::Met { Outcome::Inconclusive } else { o });
    let words = Outcome::join(words);
    match Outcome::join(evidence.iter().copied()) {
        _ if words == Outcome::NotMet => Outcome::NotMet,
        _ if evidence.is_empty() => words,
        decided @ (Outcome::Met | Outcome::NotMet | Outcome::NotApplicable) => decided,
        open => Outcome::join([open, words]),
    }
}

impl CheckResult {
    /// What the check shows about one provision: its outcome, but a fault that no finding lays against this provision
    /// leaves it undecided here.
    #[must_use]
    pub fn outcome_for(&self, provision: &str) -> Outcome {
        let against = |f: &Finding| f.provisions.iter().any(|p| p == provision);
        match self.outcome {
            Outcome::NotMet if !self.findings.iter().any(against) => Outcome::Inconclusive,
            outcome => outcome,
        }
    }
}

/// One piece of evidence a check looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Looked {
    /// Path inside the case folder.
    pub path: String,
    /// SHA-256 of the bytes looked at, lower-case hex (64 characters); for a folder, of the sorted list of
    /// `digest  path` lines of the files read.
    pub sha256: String,
}

#[cfg(test)]
mod tests {
    use super::Outcome::{self, *};
    use super::{CheckResult, Confidence, Finding, SeenBy, SpeaksFrom, shown_of};

    fn result(outcome: Outcome, speaks_from: SpeaksFrom) -> CheckResult {
        let finding = Finding {
            kind: "kind".into(),
            message: String::new(),
            place: String::new(),
            confidence: Confidence::Certain,
            provisions: vec!["p".into()],
        };
        CheckResult {
            check: "check".into(),
            outcome,
            why: String::new(),
            seen_by: SeenBy::Maker,
            provisions: vec!["p".into()],
            findings: if outcome == NotMet { vec![finding] } else { vec![] },
            evidence: vec![],
            units: vec![],
            speaks_from,
        }
    }

    #[test]
    fn words_alone_never_make_it_met_and_never_take_a_met_away() {
        for words in Outcome::ALL {
            let alone = [result(words, SpeaksFrom::MakersWords)];
            assert_ne!(shown_of(&alone, "p"), Met, "{words}");
            assert_eq!(shown_of(&alone, "another"), NotTested);
            for seen in Outcome::ALL {
                let both = [result(words, SpeaksFrom::MakersWords), result(seen, SpeaksFrom::Evidence)];
                let shown = shown_of(&both, "p");
                if words == NotMet || seen == NotMet {
                    assert_eq!(shown, NotMet, "{words} {seen}");
                } else if matches!(seen, Met | NotApplicable) {
                    assert_eq!(shown, seen, "{words}");
                } else {
                    assert!(matches!(shown, Inconclusive | NotTested), "{words} {seen}: {shown}");
                }
            }
        }
    }

    #[test]
    fn joining_follows_the_worst_that_was_seen() {
        let cases: &[(&[Outcome], Outcome)] = &[
            (&[], NotTested),
            (&[Met], Met),
            (&[Met, Met, NotApplicable], Met),
            (&[NotApplicable], NotApplicable),
            (&[NotTested, NotApplicable], NotTested),
            (&[Met, NotTested], Inconclusive),
            (&[Met, Inconclusive], Inconclusive),
            (&[NotTested, Inconclusive], Inconclusive),
            (&[Met, Inconclusive, NotMet, NotTested], NotMet),
        ];
        for (given, wanted) in cases {
            assert_eq!(Outcome::join(given.iter().copied()), *wanted, "{given:?}");
        }
    }

    #[test]
    fn adding_a_contradiction_never_improves_and_nothing_but_met_becomes_met() {
        for a in Outcome::ALL {
            for b in Outcome::ALL {
                assert_eq!(Outcome::join([a, b, NotMet]), NotMet);
                if Outcome::join([a, b]) == Met {
                    assert!([a, b].iter().all(|o| matches!(o, Met | NotApplicable)), "{a} {b}");
                }
            }
        }
    }
}
