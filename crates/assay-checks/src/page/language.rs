//! Whether a text is in English, in part or not at all, by its small words. Good enough to know when not to judge; it says
//! nothing of how good the English is.

use super::Sentence;

/// How much of a text is in English.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum English {
    /// As good as all.
    Whole,
    /// A part.
    Half,
    /// Nothing that could be read.
    None,
}

/// Words that English texts of this kind are full of and that few other languages have.
const SMALL: [&str; 68] = [
    "the",
    "and",
    "of",
    "to",
    "is",
    "we",
    "you",
    "for",
    "that",
    "this",
    "with",
    "or",
    "on",
    "your",
    "our",
    "are",
    "be",
    "if",
    "not",
    "by",
    "it",
    "as",
    "from",
    "any",
    "please",
    "within",
    "report",
    "reports",
    "every",
    "days",
    "hours",
    "until",
    "will",
    "at",
    "us",
    "contact",
    "vulnerability",
    "vulnerabilities",
    "acknowledge",
    "acknowledged",
    "acknowledgement",
    "business",
    "working",
    "updates",
    "issue",
    "issues",
    "resolved",
    "have",
    "has",
    "may",
    "can",
    "about",
    "what",
    "how",
    "they",
    "their",
    "been",
    "which",
    "security",
    "status",
    "receive",
    "send",
    "support",
    "supported",
    "years",
    "end",
    "after",
    "least",
];

/// How much of the text is in English, sentence by sentence.
pub(crate) fn of(sentences: &[Sentence]) -> English {
    let (mut english, mut other) = (0_usize, 0_usize);
    for sentence in sentences {
        let words = sentence.words.iter().filter(|w| w.text.chars().any(char::is_alphabetic)).count();
        let small = sentence.words.iter().filter(|w| SMALL.contains(&w.text.as_str())).count();
        let strange = sentence
            .words
            .iter()
            .filter(|w| w.text.chars().any(|c| c.is_alphabetic() && !c.is_ascii()))
            .count();
        // One word in six; headings and addresses prove nothing either way. A run of Chinese or Japanese is one long word.
        let long =
            sentence.words.iter().map(|w| w.text.chars().filter(|c| *c >= '\u{2e80}').count()).sum::<usize>();
        if small * 6 >= words && small > strange && long == 0 {
            english += words;
        } else if words >= 5 || strange > 0 || long > 0 {
            other += words + long / 2;
        }
    }
    match (english, other) {
        (0, _) => English::None,
        (e, o) if o * 4 <= e => English::Whole,
        (e, o) if e * 6 >= o => English::Half,
        _ => English::None,
    }
}
