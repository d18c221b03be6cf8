//! A document as sentences of words. The words are slices of its lines, read once; a sentence has a bounded length, so
//! that whoever looks round a word looks at no more than that.

use super::lines::{Lines, is_heading};

/// Longest sentence, in words; what is longer goes on as another one.
const MOST_WORDS: usize = 300;

/// The sentences of a document.
pub(super) struct Said<'a> {
    words: Vec<&'a str>,
    /// The first word of each sentence, and its line.
    starts: Vec<(usize, usize)>,
}

/// One sentence: lower-case words without the marks around them.
#[derive(Clone, Copy)]
pub(super) struct Sentence<'a> {
    /// The line it begins in.
    pub(super) line: usize,
    pub(super) words: &'a [&'a str],
}

impl<'a> Said<'a> {
    /// A sentence may go over several lines: in the same paragraph, or in the next one that begins in the middle of a
    /// sentence.
    pub(super) fn of(lines: &'a Lines) -> Self {
        let mut said = Self { words: Vec::new(), starts: Vec::new() };
        let mut last: Option<(usize, bool)> = None;
        for line in &lines.all {
            let heading = is_heading(&line.text);
            let goes_on = last.is_some_and(|(block, ended)| {
                !ended && (block == line.block || line.text.starts_with(char::is_lowercase))
            });
            last = Some((line.block, heading || line.text.ends_with(['.', '!', '?'])));
            if !goes_on || heading || !line.value.is_empty() {
                said.begin(line.number);
            }
            for raw in line.low.split(' ') {
                for word in split(raw) {
                    said.push(word, line.number);
                }
                if ends(raw) {
                    said.begin(line.number);
                }
            }
        }
        said
    }

    fn begin(&mut self, line: usize) {
        let at = self.words.len();
        match self.starts.last_mut().filter(|(first, _)| *first == at) {
            Some((_, first)) => *first = line,
            None => self.starts.push((at, line)),
        }
    }

    fn push(&mut self, word: &'a str, line: usize) {
        if self.starts.last().is_some_and(|(first, _)| self.words.len() - first >= MOST_WORDS) {
            self.begin(line);
        }
        self.words.push(word);
    }

    pub(super) fn sentences(&self) -> impl Iterator<Item = Sentence<'_>> {
        self.starts.iter().enumerate().map(|(i, (first, line))| {
            let end = self.starts.get(i + 1).map_or(self.words.len(), |(next, _)| *next);
            Sentence { line: *line, words: &self.words[*first..end] }
        })
    }

    /// Whether one of the words stands anywhere.
    pub(super) fn has_any(&self, words: &[&str]) -> bool {
        self.words.iter().any(|w| words.contains(w))
    }
}

impl Sentence<'_> {
    pub(super) fn has(&self, word: &str) -> bool {
        self.words.contains(&word)
    }

    pub(super) fn has_any(&self, words: &[&str]) -> bool {
        self.words.iter().any(|w| words.contains(w))
    }

    /// Whether the words stand in it side by side.
    pub(super) fn has_row(&self, row: &[&str]) -> bool {
        self.words.windows(row.len()).any(|w| w == row)
    }

    pub(super) fn text(&self) -> String {
        self.words.iter().take(40).copied().collect::<Vec<_>>().join(" ")
    }
}

/// The words of a name, as they stand in sentences.
pub(super) fn words_of(low: &str) -> Vec<&str> {
    low.split_whitespace().flat_map(split).collect()
}

fn split(raw: &str) -> impl Iterator<Item = &str> {
    raw.split(['/', '|', ':', '–', '—', '…'])
        .map(|w| w.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|w| !w.is_empty())
}

/// Whether a sentence ends with this word: "Ltd.", "no." and "31." do not end one.
fn ends(raw: &str) -> bool {
    const SHORT: [&str; 23] = [
        "no", "nos", "ltd", "inc", "co", "corp", "art", "reg", "regs", "sch", "sec", "para", "e.g", "i.e",
        "approx", "mr", "mrs", "ms", "dr", "ver", "ref", "tel", "cf",
    ];
    let raw = raw.trim_end_matches([')', ']', '"', '\'']);
    let Some(word) = raw.strip_suffix('.') else { return raw.ends_with(['!', '?', ';']) };
    let word = word.trim_start_matches(['(', '[', '"', '\'']);
    let number = word.len() <= 3 && word.bytes().all(|b| b.is_ascii_digit());
    !number && word.chars().nth(1).is_some() && !SHORT.contains(&word)
}

/// Whether a word denies what follows it.
pub(super) fn is_negator(word: &str) -> bool {
    matches!(
        word,
        "not"
            | "never"
            | "cannot"
            | "neither"
            | "nor"
            | "no"
            | "none"
            | "nobody"
            | "non"
            | "without"
            | "unable"
            | "fails"
            | "fail"
            | "failed"
            | "failing"
            | "refuses"
            | "refused"
            | "ne"
            | "nicht"
    ) || word.ends_with("n't")
}

/// Whether the word at a place denies something: "not only" and "without prejudice" do not, nor does "whether or not".
pub(super) fn denies(words: &[&str], at: usize) -> bool {
    let next = words.get(at + 1).copied().unwrap_or_default();
    let before = at.checked_sub(1).map_or("", |b| words[b]);
    let harmless = matches!(
        (words[at], next),
        ("not", "only" | "limited" | "least" | "later")
            | (
                "without",
                "prejudice" | "exception" | "exceptions" | "restriction" | "limitation" | "reservation" | "delay"
            )
            | ("no", "doubt" | "later" | "less")
    ) || (words[at] == "not" && before == "or")
        // "no. 4711"
        || (words[at] == "no" && next.starts_with(|c: char| c.is_ascii_digit()));
    is_negator(words[at]) && !harmless
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Page;

    #[test]
    fn sentences_go_over_lines_and_end_at_their_stops() {
        let text = "Signed for Foo Ltd. by no. 3\nand so on. It's the\nmanufacturer's, (i.e. ours); yes/no!\n\nName: x\n";
        let lines = Lines::of(&Page::read(text.as_bytes()));
        let said = Said::of(&lines);
        let found: Vec<(usize, String)> = said.sentences().map(|s| (s.line, s.text())).collect();
        let wanted = [
            (1, "signed for foo ltd by no 3 and so on"),
            (2, "it's the manufacturer's i.e ours"),
            (3, "yes no"),
            (5, "name x"),
        ];
        assert_eq!(found.iter().map(|(l, t)| (*l, t.as_str())).collect::<Vec<_>>(), wanted);
    }
}
