//! Words for nothing in the cell of a GTIN: a shop that has no number writes so in its own language, and the row then has none,
//! instead of a bad one. The words are in `nothing.txt`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Whether a cell that is not empty says that there is no number: by a word of the list, or by signs alone, as `--`.
pub(super) fn is_said_by(text: &str) -> bool {
    let mut word = String::new();
    for (at, c) in text.chars().enumerate() {
        if at == LONGEST || c.is_ascii_digit() {
            return false;
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        } else if word.is_empty()
            && !(c.is_whitespace() || c.is_ascii_punctuation() || OTHER_SIGNS.contains(&c))
        {
            return false;
        }
    }
    word.is_empty() || WORDS.contains(&word)
}

/// A word of the list without case, blanks and signs.
fn key(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// In characters; no entry of the list is as long.
const LONGEST: usize = 48;

/// Signs outside ASCII that are written for nothing.
const OTHER_SIGNS: [char; 8] = ['–', '—', '―', '−', '…', '·', '•', '¿'];

static WORDS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    include_str!("nothing.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(": "))
        .flat_map(|(_, words)| words.split(", ").map(key))
        .collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_for_nothing_is_one_whatever_its_case_and_signs() {
        for text in [
            "n/a",
            "N/A",
            "#N/A",
            "n.a.",
            "(none)",
            "<null>",
            "NaN",
            "-",
            "--",
            "—",
            "…",
            "?",
            "*",
            "nicht zutreffend",
            "Does Not Apply",
            "does-not-apply",
            "ne s’applique pas",
            "Keine",
            "k. A.",
            "Brak",
            "不适用",
            "해당 없음",
            "لا ينطبق",
        ] {
            assert!(is_said_by(text), "{text}");
        }
    }

    #[test]
    fn other_words_numbers_and_long_texts_are_none() {
        let long = "n".repeat(1_000);
        for text in
            ["siehe Karton", "4006381333931", "n/a 4006381333931", "PS", "EAN", "☎", "\u{fffd}", &long]
        {
            assert!(!is_said_by(text), "{text}");
        }
    }

    #[test]
    fn the_list_is_clean() {
        let mut languages = BTreeSet::new();
        for line in include_str!("nothing.txt").lines().filter(|line| !line.starts_with('#')) {
            let (language, words) = line.split_once(": ").expect("LANGUAGE: WORDS");
            assert!(languages.insert(language), "{language} stands there twice");
            for word in words.split(", ") {
                assert!(is_said_by(word), "{word} is not found again");
                assert!(word.chars().count() < LONGEST && !key(word).is_empty(), "{word}");
            }
        }
    }
}
