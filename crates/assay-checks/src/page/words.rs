//! Sentences and words of a block. A word keeps its line and knows whether a pause stands before it; that is all that the
//! readers of promises need.

use super::Block;

/// A sentence.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sentence {
    /// Its words.
    pub(crate) words: Vec<Word>,
    /// The block it stands in, by number.
    pub(crate) block: usize,
    /// The heading above it, by number of its block.
    pub(crate) heading: Option<usize>,
}

/// A word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// In lower case, without the marks around it.
    pub(crate) text: String,
    /// The line it stands in.
    pub(crate) line: usize,
    /// Whether a comma, colon, dash or bracket stands between it and the word before it.
    pub(crate) pause: bool,
}

impl Sentence {
    /// The line it begins in.
    pub(crate) fn line(&self) -> usize {
        self.words.first().map_or(1, |w| w.line)
    }
}

/// Splits a block into sentences.
pub(super) fn sentences(block: &Block) -> Vec<Sentence> {
    let mut all = Vec::new();
    let mut current = Sentence::default();
    let mut pause = false;
    let mut line = block.line;
    for physical in block.text.split('\n') {
        for raw in physical.split_whitespace() {
            // "two (2) days" says it twice.
            if is_number_again(raw) && current.words.last().is_some_and(|w| is_number(&w.text)) {
                continue;
            }
            let opened = raw.trim_start_matches(is_opening);
            pause |= raw.starts_with(['(', '[', '–', '—', ':']);
            let text = opened.trim_end_matches(is_closing);
            if text.is_empty() {
                pause |= raw.chars().all(|c| "-–—:|/".contains(c));
            } else {
                let text = text.to_lowercase().replace('’', "'");
                current.words.push(Word { text, line, pause });
                pause = false;
            }
            let tail = &opened[text_end(opened)..];
            pause |= tail.contains([',', ';', ':', ')', ']', '–', '—']);
            if tail.contains(['.', '!', '?', '。']) && !is_abbreviation(opened) && !current.words.is_empty()
            {
                all.push(std::mem::take(&mut current));
                pause = false;
            }
        }
        line += 1;
    }
    if !current.words.is_empty() {
        all.push(current);
    }
    all
}

fn is_number_again(raw: &str) -> bool {
    raw.strip_prefix('(').and_then(|r| r.strip_suffix(')')).is_some_and(is_number)
}

fn is_number(word: &str) -> bool {
    const NUMBERS: [&str; 14] = [
        "one", "two", "three", "four", "five", "six", "seven", "ten", "fourteen", "fifteen", "twenty",
        "thirty", "sixty", "ninety",
    ];
    let digits = (1..=3).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit());
    digits || NUMBERS.contains(&word.to_lowercase().as_str())
}

fn text_end(opened: &str) -> usize {
    opened.trim_end_matches(is_closing).len()
}

fn is_opening(c: char) -> bool {
    "([{<\"'“‘*_`:–—-".contains(c)
}

fn is_closing(c: char) -> bool {
    ")]}>\"'”’*_`,;:.!?–—。".contains(c)
}

fn is_abbreviation(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '.').to_lowercase();
    // `31. May 2030`
    if word.len() <= 3 && word.strip_suffix('.').is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit())) {
        return true;
    }
    [
        "e.g.", "i.e.", "etc.", "approx.", "no.", "vs.", "max.", "min.", "ca.", "jan.", "feb.", "mar.",
        "apr.", "jun.", "jul.", "aug.", "sep.", "sept.", "oct.", "nov.", "dec.",
    ]
    .contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_words_lines_and_pauses() {
        let block = Block {
            line: 7,
            heading: false,
            text: "Mail security@a.example, e.g.\nat night. We “answer” (soon) – yes!".into(),
        };
        let all = sentences(&block);
        let words: Vec<Vec<(&str, usize, bool)>> = all
            .iter()
            .map(|s| s.words.iter().map(|w| (w.text.as_str(), w.line, w.pause)).collect())
            .collect();
        assert_eq!(
            words,
            [
                vec![
                    ("mail", 7, false),
                    ("security@a.example", 7, false),
                    ("e.g", 7, true),
                    ("at", 8, false),
                    ("night", 8, false)
                ],
                vec![("we", 8, false), ("answer", 8, false), ("soon", 8, true), ("yes", 8, true)],
            ]
        );
    }
}
