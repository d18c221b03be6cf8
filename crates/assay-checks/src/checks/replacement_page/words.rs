//! The words of a sentence, asked for one by one: whether it has one, begins one, names a time, or hedges.

use crate::page::Sentence;
use crate::page::date::dates;

/// Whether one of these words is there.
pub(super) fn has(sentence: &Sentence, list: &[&str]) -> bool {
    sentence.words.iter().any(|w| list.contains(&w.text.as_str()))
}

/// Whether a word begins so.
pub(super) fn begins(sentence: &Sentence, stems: &[&str]) -> bool {
    sentence.words.iter().any(|w| stems.iter().any(|stem| w.text.starts_with(stem)))
}

/// Whether two words stand side by side.
pub(super) fn pair(sentence: &Sentence, a: &str, b: &str) -> bool {
    sentence.words.windows(2).any(|w| w[0].text == a && w[1].text == b)
}

/// The line of a date or a length of time.
pub(super) fn time(sentence: &Sentence) -> Option<usize> {
    if let Some(found) = dates(&sentence.words).first() {
        return sentence.words.get(found.at).map(|w| w.line);
    }
    const NUMBERS: [&str; 16] = [
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "twelve",
        "fifteen",
        "eighteen",
        "twenty",
        "twenty-four",
        "thirty-six",
    ];
    let number = |w: &str| {
        NUMBERS.contains(&w)
            || ((1..=3).contains(&w.len()) && w.bytes().all(|b| b.is_ascii_digit()) && w != "0")
    };
    let unit = |w: &str| matches!(w, "year" | "years" | "month" | "months" | "years'" | "months'");
    let joined = |w: &str| w.split_once('-').is_some_and(|(n, u)| number(n) && unit(u));
    let words = &sentence.words;
    let at = (0..words.len()).find(|&i| {
        let text = |i: usize| words.get(i).map_or("", |w| w.text.as_str());
        joined(text(i)) || (number(text(i)) && unit(text(i + 1)))
    });
    // A year alone, after a word that ends something: "until 2031".
    let year = || {
        words.windows(2).position(|w| {
            let four = w[1].text.len() == 4
                && w[1].text.starts_with("20")
                && w[1].text.bytes().all(|b| b.is_ascii_digit());
            four && matches!(w[0].text.as_str(), "until" | "till" | "of" | "through")
        })
    };
    at.or_else(year).and_then(|i| words.get(i)).map(|w| w.line)
}

/// What takes a time back, if anything does.
pub(super) fn hedge(sentence: &Sentence) -> Option<&'static str> {
    const WORDS: [&str; 12] = [
        "approximately",
        "about",
        "around",
        "expected",
        "planned",
        "probably",
        "usually",
        "typically",
        "normally",
        "intend",
        "aim",
        "may",
    ];
    if let Some(found) =
        WORDS.iter().find(|h| sentence.words.iter().any(|w| w.text == **h && !is_month(sentence, &w.text)))
    {
        return Some(found);
    }
    [
        ("up", "to"),
        ("as", "long"),
        ("stocks", "last"),
        ("where", "possible"),
        ("if", "possible"),
        ("or", "later"),
    ]
    .into_iter()
    .find(|(a, b)| pair(sentence, a, b))
    .map(|(a, _)| if a == "up" { "up to" } else { a })
}

/// "may" beside a number is the month.
fn is_month(sentence: &Sentence, word: &str) -> bool {
    let number = |w: &str| w.starts_with(|c: char| c.is_ascii_digit());
    word == "may"
        && sentence
            .words
            .windows(2)
            .any(|w| (w[0].text == "may" && number(&w[1].text)) || (number(&w[0].text) && w[1].text == "may"))
}
