//! The words and signs that every form of the report shares, and strangers' texts made fit to be shown.

use assay::assess::{Entitled, Variant};
use assay::conformity::Verdict as TestVerdict;
use assay::date;
use assay::outcome::{Claim, Confidence, Outcome};
use assay::text::is_invisible;

/// Longest text of a stranger that a page or a line shows, in characters.
const LONGEST: usize = 1_000;

/// How a word is to be taken. Every form shows the sign or the class beside the word, never in place of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// As it should be.
    Good,
    /// To be mended.
    Bad,
    /// Open.
    Unsure,
    /// Says nothing for or against.
    Quiet,
}

impl Mark {
    /// The class in a page.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Unsure => "unsure",
            Self::Quiet => "quiet",
        }
    }

    /// The sign before the word.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::Good => "✓",
            Self::Bad => "✗",
            Self::Unsure => "?",
            Self::Quiet => "–",
        }
    }
}

/// A word with its mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// What it says.
    pub(crate) word: &'static str,
    /// How it is to be taken.
    pub(crate) mark: Mark,
}

/// An outcome for people.
pub(crate) fn outcome(outcome: Outcome) -> Word {
    let (word, mark) = match outcome {
        Outcome::Met => ("met", Mark::Good),
        Outcome::NotMet => ("not met", Mark::Bad),
        Outcome::NotApplicable => ("not applicable", Mark::Quiet),
        Outcome::Inconclusive => ("inconclusive", Mark::Unsure),
        Outcome::NotTested => ("not tested", Mark::Unsure),
    };
    Word { word, mark }
}

/// A verdict of TS 103 701 as that document writes it.
pub(crate) fn verdict(verdict: TestVerdict) -> Word {
    let (word, mark) = match verdict {
        TestVerdict::Pass => ("PASS", Mark::Good),
        TestVerdict::Inconclusive => ("INCONCLUSIVE", Mark::Unsure),
        TestVerdict::Fail => ("FAIL", Mark::Bad),
    };
    Word { word, mark }
}

/// A claim for people.
pub(crate) fn claim(claim: Option<Claim>) -> &'static str {
    match claim {
        Some(Claim::Yes) => "yes",
        Some(Claim::No) => "no",
        Some(Claim::NotApplicable) => "not applicable",
        None => "nothing",
    }
}

/// How sure a finding is.
pub(crate) fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Certain => "certain",
        Confidence::Likely => "likely",
        Confidence::Possible => "possible",
    }
}

/// A label that may be carried.
pub(crate) fn label(label: &Entitled) -> String {
    let sign = if label.variant == Variant::Tick { "tick" } else { "cross" };
    let until = label.updates_until.map_or_else(
        || "no security updates promised".to_owned(),
        |d| format!("security updates until at least {}", date::month_year(d)),
    );
    format!("shield with {sign}; {until}")
}

/// `1 requirement`, `2 requirements`.
pub(crate) fn count(n: usize, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") }
}

/// A stranger's text on one line: nothing that moves a cursor, turns the reading direction or hides, and not without end.
pub(crate) fn clean(text: &str) -> String {
    clipped(text, LONGEST)
}

/// The same with another bound, in characters.
pub(crate) fn clipped(text: &str, most: usize) -> String {
    let mut shown = String::new();
    for (n, c) in text.chars().enumerate() {
        if n == most {
            shown.push('…');
            break;
        }
        shown.push(match c {
            '\n' | '\t' => ' ',
            c if c.is_control() || is_invisible(c) => '\u{fffd}',
            c => c,
        });
    }
    shown
}

/// A text in parts: between two backticks stands something that is written so in a file or typed.
pub(crate) fn spans(text: &str) -> Vec<(bool, &str)> {
    let mut parts: Vec<(bool, &str)> = Vec::new();
    let mut rest = text;
    while let Some((before, inner, after)) = first_span(rest) {
        parts.extend([(false, before), (true, inner)]);
        rest = after;
    }
    parts.push((false, rest));
    parts
}

fn first_span(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('`')?;
    let (inner, after) = rest.split_once('`').filter(|(inner, _)| !inner.is_empty())?;
    Some((before, inner, after))
}

/// The section `## How to mend it` of a page about a kind of finding, on one line.
pub(crate) fn how_to_mend(page: &str) -> Option<String> {
    let section = page.split("\n## ").find_map(|s| s.strip_prefix("How to mend it"))?;
    let words: Vec<&str> = section.split_whitespace().collect();
    Some(words.join(" "))
}

/// The document and number of a provision as people cite it, in place of its id.
pub(crate) fn number(id: &str) -> &str {
    id.split_once(':').map_or(id, |(_, n)| n)
}

/// How to read a report: words and what they mean.
pub(crate) const READING: [(&str, &str); 6] = [
    (
        "Verdict",
        "`holds`: every requirement holds as the scheme accepts it. `does not hold`: something is declared as not fulfilled, or \
         not claimed. `refused`: the declaration contradicts its own evidence or a rule. `undecided`: the scheme asks for \
         evidence that is missing.",
    ),
    (
        "Claimed and shown",
        "What the maker says stands beside what the evidence shows, and neither replaces the other. A scheme of \
         self-declaration can hold for a product that nobody tested; the table says so.",
    ),
    (
        "Evidence shows",
        "`met` and `not met` as far as the checks look; `not applicable`: it does not bind; `inconclusive`: there is evidence, \
         but it does not decide; `not tested`: no evidence was offered. Silence is never a pass.",
    ),
    (
        "How sure",
        "`certain`: the evidence leaves no doubt. `likely`: very probably so. `possible`: it may be harmless, and a person \
         should look. `declared`: the maker says it.",
    ),
    (
        "Seen by",
        "Who vouches for it: the maker, the register, a laboratory, or the authority. Checks that run here are seen by the maker.",
    ),
    (
        "Digests",
        "SHA-256 of exactly the bytes that were looked at: anybody with the same files gets the same digests and the same report.",
    ),
];

/// Why the checks of the maker's words say nothing where there are no words.
pub(crate) const UNSAID: &str = "the case has no ixit.toml, or not the tables that these checks compare";

/// What an exit code says.
pub(crate) fn exit_words(code: u8) -> &'static str {
    match code {
        0 => "what was asked holds",
        1 => "something is not met, refused or found",
        3 => "nothing is refused, but something is open",
        _ => "it could not be done",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_stranger_writes_is_one_bounded_line() {
        assert_eq!(clean("a\u{1b}[2J\u{202e}b\nc"), "a\u{fffd}[2J\u{fffd}b c");
        assert_eq!(clean(&"x".repeat(10_000)).chars().count(), LONGEST + 1);
    }

    #[test]
    fn backticks_come_in_pairs_or_stay() {
        assert_eq!(spans("a `b` c"), [(false, "a "), (true, "b"), (false, " c")]);
        for odd in ["a ` b", "``", ""] {
            assert_eq!(spans(odd), [(false, odd)]);
        }
    }

    #[test]
    fn every_kind_of_finding_says_how_to_mend_it() {
        for kind in assay_checks::finding_kinds() {
            assert!(how_to_mend(kind.explain).is_some_and(|m| m.len() > 20), "{}", kind.id);
        }
    }
}
