//! Words that take a dated promise back: "not guaranteed until", "at the latest", "whichever is earlier", "in our plan". A
//! promise beside such a word may still be one; that a person has to read, so they are only found and quoted here.

/// What stands directly beside a date and loosens it: "up to DATE", "DATE or later", "about DATE".
pub(crate) fn beside(words: &[&str], at: usize, length: usize) -> Option<String> {
    let before = |n: usize| at.checked_sub(n).and_then(|i| words.get(i)).copied().unwrap_or_default();
    let after = |n: usize| words.get(at + length + n).copied().unwrap_or_default();
    if before(2) == "up" && before(1) == "to" {
        return Some("up to".to_owned());
    }
    if after(0) == "or" {
        return Some(format!("or {}", after(1)));
    }
    const LOOSE: [&str; 7] = ["approximately", "about", "around", "circa", "expected", "planned", "probably"];
    if (1..=3).any(|n| LOOSE.contains(&before(n))) {
        return Some("approximately".to_owned());
    }
    (1..=3).any(|n| before(n) == "or").then(|| "or".to_owned())
}

/// The first words in a sentence or passage that deny, bound from above, or make it depend on something.
pub(crate) fn within(words: &[&str]) -> Option<String> {
    let mut text = format!(" {} ", words.join(" "));
    // A promise that is made firmer by a "not" is none the weaker for it.
    for firm in FIRM {
        text = text.replace(firm, " ");
    }
    if let Some(phrase) = PHRASES.iter().find(|p| text.contains(**p)) {
        return Some(phrase.trim().to_owned());
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    words.iter().enumerate().find_map(|(i, word)| {
        let next = words.get(i + 1).copied().unwrap_or_default();
        let previous = i.checked_sub(1).map_or("", |p| words[p]);
        let number = |w: &str| w.starts_with(|c: char| c.is_ascii_digit());
        // "May" is also a month: it has a number beside it.
        let month = *word == "may" && (number(next) || number(previous) || matches!(previous, "of" | "in"));
        let numbered = *word == "no" && number(next);
        let told = WORDS.contains(word) || word.ends_with("n't");
        (told && !month && !numbered).then(|| (*word).to_owned())
    })
}

const FIRM: [&str; 19] = [
    " no earlier than ",
    " not earlier than ",
    " not before ",
    " not end before ",
    " no less than ",
    " not less than ",
    " not be shortened ",
    " never be shortened ",
    " not shortened ",
    " never shortened ",
    " no charge ",
    " no cost ",
    " no extra ",
    " no additional ",
    " without charge ",
    " without extra ",
    " not only ",
    " without interruption ",
    " no matter ",
];
const PHRASES: [&str; 20] = [
    " at the latest ",
    " no later than ",
    " not later than ",
    " at most ",
    " or earlier ",
    " subject to ",
    " provided that ",
    " as long as ",
    " for example ",
    " such as ",
    " best effort ",
    " best efforts ",
    " where possible ",
    " if possible ",
    " end before ",
    " ends before ",
    " ended before ",
    " stop before ",
    " our discretion ",
    " commercially reasonable ",
];
const WORDS: [&str; 55] = [
    "not",
    "no",
    "never",
    "none",
    "neither",
    "nor",
    "cannot",
    "without",
    "unless",
    "except",
    "whichever",
    "sooner",
    "earliest",
    "may",
    "might",
    "could",
    "should",
    "would",
    "if",
    "plan",
    "plans",
    "planned",
    "planning",
    "intend",
    "intends",
    "intended",
    "aim",
    "aims",
    "hope",
    "hopes",
    "expect",
    "expected",
    "estimate",
    "estimated",
    "provisional",
    "provisionally",
    "tentative",
    "tentatively",
    "preliminary",
    "target",
    "cancelled",
    "canceled",
    "withdrawn",
    "withdrew",
    "revoked",
    "discontinued",
    "depending",
    "depends",
    "discretion",
    "e.g",
    "example",
    "formerly",
    "previously",
    "originally",
    "tbc",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        text.split_whitespace().collect()
    }

    #[test]
    fn what_takes_a_promise_back_is_found() {
        for text in [
            "updates aren't promised until 2 may 2031",
            "support ends on 2 may 2031 at the latest",
            "until 2 may 2031 or the end of sale whichever comes first",
            "we hope to send updates until 2 may 2031",
            "updates may cease by 2 may 2031",
            "until 2 may 2031 subject to demand",
            "updates were promised until 2 may 2031 in a letter since withdrawn",
            "nothing is certain: updates cannot be had until 2 may 2031",
            "e.g until 2 may 2031",
        ] {
            assert!(within(&words(text)).is_some(), "{text}");
        }
    }

    #[test]
    fn a_firm_promise_stays_one() {
        for text in [
            "security updates until at least 2 may 2031",
            "support will not end before 2 may 2031",
            "until 31 may 2031 and never shortened",
            "for no less than five years until the end of may 2031",
            "updates at no extra cost until may 2 2031",
            "certificate no 17 until 2 may 2031",
        ] {
            assert_eq!(within(&words(text)), None, "{text}");
        }
    }

    #[test]
    fn what_stands_beside_a_date_loosens_it() {
        assert_eq!(beside(&words("up to 2031-05-02"), 2, 1).as_deref(), Some("up to"));
        assert_eq!(beside(&words("until 2031-05-02 or later"), 1, 1).as_deref(), Some("or later"));
        assert_eq!(beside(&words("until around 2031-05-02"), 2, 1).as_deref(), Some("approximately"));
        assert_eq!(beside(&words("until stock ends or 2031-05-02"), 4, 1).as_deref(), Some("or"));
        assert_eq!(beside(&words("until 2031-05-02"), 1, 1), None);
    }
}
