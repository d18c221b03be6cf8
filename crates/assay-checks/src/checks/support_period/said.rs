//! What a page says of the end of support: the same date, another one, only a relative or vague promise, or nothing. Looks
//! at the rows and paragraphs that name the product first, and at the words before a date: a page also has dates of its
//! own launch, its sales and its last change.

use std::collections::BTreeSet;

use assay::date::Date;

use crate::page::date::{Found, When, dates};
use crate::page::{Page, Sentence};

/// What the page says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// The date of the case, or its month.
    TheSame,
    /// It may be the same: the line, and why that is not sure.
    Doubtful(usize, String),
    /// Another end date, in this line.
    Other(usize, Date),
    /// A period without an end: "two years from the end of sale".
    Relative(usize),
    /// Not even that: "lifetime", "up to three years".
    Vague(usize),
    /// It speaks of support, and states nothing.
    Nothing,
    /// It does not speak of support.
    OffTopic,
}

/// One date on the page.
struct Dated {
    when: When,
    line: usize,
    block: usize,
    /// Words before it say that support ends there.
    ends: bool,
    /// Why it binds nobody, if so.
    hedge: Option<&'static str>,
    /// The product is named in its own row or paragraph.
    beside: bool,
    /// The product is named there or in the heading above.
    ours: bool,
}

/// Reads the page. `names` are the product's model and name.
pub(super) fn read(page: &Page, names: &[&str], end: Option<Date>) -> Says {
    let sentences = page.sentences();
    let named: Vec<bool> = page.blocks.iter().map(|b| names.iter().any(|n| mentions(&b.text, n))).collect();
    let all: Vec<Dated> = sentences.iter().flat_map(|s| of_sentence(s, &named)).collect();
    let ours: Vec<&Dated> = all.iter().filter(|d| d.ours).collect();
    let scoped = !ours.is_empty();
    let candidates: Vec<&Dated> = if scoped { ours } else { all.iter().collect() };
    let Some(end) = end else {
        return match candidates.iter().find(|d| d.ends) {
            Some(d) => Says::Doubtful(
                d.line,
                format!("gives {}, which the case does not repeat", assay::date::in_words(d.when.last_day())),
            ),
            None => without_date(&sentences),
        };
    };
    let same: Vec<&&Dated> = candidates.iter().filter(|d| d.when.is(end)).collect();
    // Another date contradicts if it ends something, or stands in the product's own row without a word before it.
    let agreeing: BTreeSet<usize> = same.iter().map(|d| d.block).collect();
    let differs = |d: &&&Dated| (d.ends || d.beside) && !agreeing.contains(&d.block);
    let other = candidates.iter().find(differs);
    if let Some(d) = same.iter().find(|d| d.hedge.is_none()).or(same.first()) {
        return match (d.hedge, other) {
            (Some(hedge), _) => Says::Doubtful(
                d.line,
                format!("gives the date of the case, but with \"{hedge}\": state it plainly"),
            ),
            (None, Some(other)) => Says::Doubtful(
                other.line,
                "names another end date beside that of the case: say which product each is for".into(),
            ),
            (None, None) => Says::TheSame,
        };
    }
    if let Some(d) = candidates.iter().find(|d| d.when.may_be(end)) {
        return Says::Doubtful(
            d.line,
            "gives the date of the case only if its month stands first: write the month as a word".into(),
        );
    }
    match other {
        Some(d) if !scoped && !named.contains(&true) => Says::Doubtful(d.line, ANOTHER.into()),
        Some(d) if matches!(d.hedge, Some(hedge) if hedge != OR_LATER) => Says::Vague(d.line),
        Some(d) => Says::Other(d.line, d.when.last_day()),
        None => match candidates.first() {
            Some(d) if !named.contains(&true) => Says::Doubtful(d.line, ANOTHER.into()),
            _ => without_date(&sentences),
        },
    }
}

const ANOTHER: &str = "gives other dates, but does not name this product";
const OR_LATER: &str = "or later";

fn of_sentence(sentence: &Sentence, named: &[bool]) -> Vec<Dated> {
    let is_named = |block: usize| named.get(block).copied().unwrap_or(false);
    let beside = is_named(sentence.block);
    let ours = beside || sentence.heading.is_some_and(is_named);
    let about = is_about(sentence);
    let dated = |found: Found| {
        let ends = role(sentence, found.at)? && about;
        let line = sentence.words.get(found.at).map_or(1, |w| w.line);
        Some(Dated {
            when: found.when,
            line,
            block: sentence.block,
            ends,
            hedge: hedge(sentence, found),
            beside,
            ours,
        })
    };
    dates(&sentence.words).into_iter().filter_map(dated).collect()
}

/// Whether the nearest telling word before a date says that support ends there; `None` where it says that the date is
/// another one: of a launch, a sale, a change of the page.
fn role(sentence: &Sentence, at: usize) -> Option<bool> {
    const ENDS: [&str; 18] = [
        "until",
        "till",
        "to",
        "through",
        "thru",
        "end",
        "ends",
        "ending",
        "expire",
        "expires",
        "by",
        "support",
        "supported",
        "updates",
        "eol",
        "end-of-support",
        "end-of-life",
        "least",
    ];
    const OTHERS: [&str; 22] = [
        "updated",
        "modified",
        "changed",
        "published",
        "released",
        "release",
        "launch",
        "launched",
        "introduced",
        "since",
        "from",
        "sold",
        "sale",
        "bought",
        "purchase",
        "purchased",
        "manufactured",
        "copyright",
        "©",
        "revision",
        "effective",
        "starting",
    ];
    for word in sentence.words[at.saturating_sub(8)..at].iter().rev() {
        if ENDS.contains(&word.text.as_str()) {
            return Some(true);
        }
        if OTHERS.contains(&word.text.as_str()) {
            return None;
        }
    }
    Some(false)
}

/// "up to DATE", "DATE or later": a date that does not say what is promised.
fn hedge(sentence: &Sentence, found: Found) -> Option<&'static str> {
    let text = |i: Option<usize>| i.and_then(|i| sentence.words.get(i)).map_or("", |w| w.text.as_str());
    let before = |n: usize| text(found.at.checked_sub(n));
    let after = |n: usize| text(Some(found.at + found.length + n));
    if before(2) == "up" && before(1) == "to" {
        return Some("up to");
    }
    if after(0) == "or" && after(1) == "later" || after(0) == "or" && after(1) == "longer" {
        return Some(OR_LATER);
    }
    let loose = ["approximately", "about", "around", "circa", "expected", "planned", "probably"];
    (1..=3).any(|n| loose.contains(&before(n))).then_some("approximately")
}

/// Whether a sentence speaks of support or updates.
fn is_about(sentence: &Sentence) -> bool {
    const WORDS: [&str; 11] = [
        "support",
        "supported",
        "supports",
        "updates",
        "update",
        "eol",
        "end-of-support",
        "end-of-life",
        "lifetime",
        "lifecycle",
        "period",
    ];
    has(sentence, &WORDS)
}

fn has(sentence: &Sentence, list: &[&str]) -> bool {
    sentence.words.iter().any(|w| list.contains(&w.text.as_str()))
}

/// What a page without an end date promises.
fn without_date(sentences: &[Sentence]) -> Says {
    let headings: BTreeSet<usize> = sentences.iter().filter(|s| is_about(s)).map(|s| s.block).collect();
    let mut relative = None;
    let mut vague = None;
    let mut spoken = false;
    for sentence in sentences {
        if !is_about(sentence) && !sentence.heading.is_some_and(|h| headings.contains(&h)) {
            continue;
        }
        spoken = true;
        let pair = |a: &str, b: &str| sentence.words.windows(2).any(|w| w[0].text == a && w[1].text == b);
        let loose = has(sentence, &["lifetime", "life", "indefinitely", "forever"])
            || pair("up", "to")
            || pair("as", "long")
            || pair("or", "later");
        if loose {
            vague = vague.or(Some(sentence.line()));
        } else if has(sentence, &["year", "years", "month", "months", "years'"]) {
            relative = relative.or(Some(sentence.line()));
        }
    }
    match (relative, vague, spoken) {
        (Some(line), _, _) => Says::Relative(line),
        (None, Some(line), _) => Says::Vague(line),
        (None, None, true) => Says::Nothing,
        (None, None, false) => Says::OffTopic,
    }
}

/// Whether a text names the product: as whole words, in any case and spacing.
fn mentions(text: &str, name: &str) -> bool {
    let squeeze = |t: &str| t.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let (text, name) = (squeeze(text), squeeze(name));
    let whole = |(at, found): (usize, &str)| {
        let before = text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        let after = text[at + found.len()..].chars().next().is_none_or(|c| !c.is_alphanumeric());
        before && after
    };
    !name.is_empty() && text.match_indices(&name).any(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Says {
        let page = Page::read(text.as_bytes());
        read(&page, &["HC-2", "Hearth Camera 2"], assay::date::parse("2030-05-31"))
    }

    #[test]
    fn the_same_date_in_any_form_is_the_same() {
        for text in [
            "Security updates for the HC-2 until 31 May 2030.",
            "Support: 5 years (until 31.5.2030)",
            "Supported until May 2030. Page last updated 3 March 2025.",
            "| Model | Released | Updates until |\n|---|---|---|\n| HC-1 | 2021-01-01 | 2027-12-31 |\n| HC-2 | 2025-06-01 | 2030-05-31 |",
            "## Hearth Camera 2\n\nUpdates at least until 2030-05-31.\n\n## Hearth Camera 1\n\nUpdates until 2027-12-31.",
            "From 1 June 2025 to 31 May 2030 you receive security updates.",
        ] {
            assert_eq!(said(text), Says::TheSame, "{text}");
        }
    }

    #[test]
    fn another_date_is_named() {
        let other = |line, date| Says::Other(line, assay::date::parse(date).unwrap());
        assert_eq!(said("Security updates for the\nHC-2 until 31 May 2028."), other(2, "2028-05-31"));
        assert_eq!(said("HC-1 : until 2030-05-31\n\nHC-2 : until 2029-05-31"), other(3, "2029-05-31"));
    }

    #[test]
    fn what_does_not_decide_is_doubtful() {
        for text in [
            "Updates until 31 May 2030 or later.",
            "Updates up to 31 May 2030.",
            "Updates until 05/31/2030 for some, until 31 May 2028 for others.\n\nUpdates until 2027-01-01.",
            "Updates until 31 May 2028 for the AB-7.",
        ] {
            assert!(matches!(said(text), Says::Doubtful(..)), "{text}: {:?}", said(text));
        }
    }

    #[test]
    fn promises_without_a_date_are_told_apart() {
        assert_eq!(said("The HC-2 has support for two years from the end of sale."), Says::Relative(1));
        assert_eq!(said("Security updates for 5 years after purchase. Copyright 2024."), Says::Relative(1));
        assert_eq!(said("Released 1 March 2025.\n\nLifetime support!"), Says::Vague(3));
        assert_eq!(said("We provide updates for up to three years."), Says::Vague(1));
        assert_eq!(said("Minimum update period\n\nFive years after the product's GA."), Says::Relative(3));
        assert_eq!(said("Support is important to us. Page updated 1 March 2025."), Says::Nothing);
        assert_eq!(said("Welcome to our shop, have a look around."), Says::OffTopic);
    }

    #[test]
    fn a_longer_model_is_another_product() {
        assert!(mentions("the hc-2, new", "HC-2") && mentions("Hearth  Camera\n2", "Hearth Camera 2"));
        assert!(!mentions("HC-20", "HC-2") && !mentions("XHC-2", "HC-2"));
    }
}
