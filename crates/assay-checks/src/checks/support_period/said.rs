//! What a page says of the end of support: the same date, another one, only a relative or vague promise, or nothing. Looks
//! at the rows and paragraphs that name the product first, and at the words before a date: a page also has dates of its
//! own launch, its sales and its last change.

use std::collections::BTreeSet;

use assay::date::Date;

use crate::page::date::{Found, When, dates, is_month};
use crate::page::{Page, Sentence, Word, reserve};

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
    /// Its own sentence speaks of support, not only the heading above.
    about: bool,
    /// Why it binds nobody, if so.
    hedge: Option<String>,
    /// A word in its sentence that may deny it or take it back.
    reserved: Option<String>,
    /// Another product is named nearer to it than this one.
    foreign: Option<String>,
    /// The product is named in its own row or paragraph.
    beside: bool,
    /// The product is named there or in the heading above.
    ours: bool,
}

/// Reads the page. `names` are the product's model and name.
pub(super) fn read(page: &Page, names: &[&str], end: Option<Date>) -> Says {
    let sentences = page.sentences();
    let named: Vec<bool> = page.blocks.iter().map(|b| names.iter().any(|n| mentions(&b.text, n))).collect();
    let mut about = vec![false; page.blocks.len()];
    for sentence in sentences.iter().filter(|s| is_about(s)) {
        about[sentence.block] = true;
    }
    let all: Vec<Dated> = sentences.iter().flat_map(|s| of_sentence(s, &named, &about, names)).collect();
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
    // Another date contradicts if it ends something, or stands in the product's own row without a word before it. In a row
    // with the date of the case such a date is that of a launch.
    let agreeing: BTreeSet<usize> = same.iter().map(|d| d.block).collect();
    let differs =
        |d: &&&Dated| !d.when.is(end) && ((d.ends && d.about) || (d.beside && !agreeing.contains(&d.block)));
    let other = candidates.iter().find(differs);
    if let Some(d) = same.iter().max_by_key(|d| (d.plain(), d.ends, d.beside)) {
        let why = match (&d.hedge, &d.reserved, &d.foreign, other) {
            (Some(hedge), ..) => {
                format!("gives the date of the case, but with \"{hedge}\": state it plainly")
            }
            (_, Some(word), ..) => format!(
                "gives the date of the case in a sentence with \"{word}\": whether that is a promise, a person has to read"
            ),
            (_, _, Some(name), _) => {
                format!(
                    "gives the date of the case beside another name, \"{name}\": say which product it is for"
                )
            }
            (.., Some(other)) => {
                let why = "names another end date beside that of the case: say which product each is for";
                return Says::Doubtful(other.line, why.into());
            }
            _ if !named.contains(&true) => {
                "gives the date of the case, but does not name this product: name it on the page".into()
            }
            _ if !d.ends && !d.beside => {
                "gives the date of the case, but does not say that support ends then".into()
            }
            _ => return Says::TheSame,
        };
        return Says::Doubtful(d.line, why);
    }
    if let Some(d) = candidates.iter().find(|d| d.when.may_be(end)) {
        return Says::Doubtful(
            d.line,
            "gives the date of the case only if its month stands first: write the month as a word".into(),
        );
    }
    match other {
        Some(d) if !scoped && !named.contains(&true) => Says::Doubtful(d.line, ANOTHER.into()),
        Some(d) if matches!(d.hedge.as_deref(), Some("up to" | "approximately")) => Says::Vague(d.line),
        Some(Dated { line, reserved: Some(word), .. }) => Says::Doubtful(
            *line,
            format!(
                "gives another date in a sentence with \"{word}\": what is promised, a person has to read"
            ),
        ),
        Some(Dated { line, foreign: Some(name), .. }) => {
            Says::Doubtful(*line, format!("gives another date beside another name, \"{name}\""))
        }
        Some(d) => Says::Other(d.line, d.when.last_day()),
        None => match candidates.first() {
            Some(d) if !named.contains(&true) => Says::Doubtful(d.line, ANOTHER.into()),
            _ => without_date(&sentences),
        },
    }
}

impl Dated {
    /// Nothing takes it back or gives it to another product.
    fn plain(&self) -> bool {
        self.hedge.is_none() && self.reserved.is_none() && self.foreign.is_none()
    }
}

const ANOTHER: &str = "gives other dates, but does not name this product";

fn of_sentence(sentence: &Sentence, named: &[bool], about: &[bool], names: &[&str]) -> Vec<Dated> {
    let is = |list: &[bool], block: usize| list.get(block).copied().unwrap_or(false);
    let in_block = is(named, sentence.block);
    let ours = in_block || sentence.heading.is_some_and(|h| is(named, h));
    // A row or a short line states its date without a verb; a longer sentence may tell of anything.
    let beside = in_block && sentence.words.len() <= MOST_ROW;
    let itself = is_about(sentence);
    let about = itself || sentence.heading.is_some_and(|h| is(about, h));
    let words: Vec<&str> = sentence.words.iter().map(|w| w.text.as_str()).collect();
    let reserved = reserve::within(&words);
    let dated = |found: Found| {
        let ends = role(sentence, found.at)? && about;
        let line = sentence.words.get(found.at).map_or(1, |w| w.line);
        Some(Dated {
            when: found.when,
            line,
            block: sentence.block,
            ends,
            about: itself,
            hedge: reserve::beside(&words, found.at, found.length),
            reserved: reserved.clone(),
            foreign: foreign(&words, found, names),
            beside,
            ours,
        })
    };
    dates(&sentence.words).into_iter().filter_map(dated).collect()
}

/// Most words of a row.
const MOST_ROW: usize = 12;

/// The name of another product, if one stands nearer before a date than this one's, or directly behind the date. In a list of
/// names all of them share the date.
fn foreign(words: &[&str], found: Found, names: &[&str]) -> Option<String> {
    let ours: Vec<Vec<String>> = names
        .iter()
        .map(|n| n.to_lowercase().split_whitespace().map(str::to_owned).collect())
        .filter(|n: &Vec<String>| !n.is_empty())
        .collect();
    let own = |at: usize| {
        ours.iter().find(|n| words[at..].starts_with(&n.iter().map(String::as_str).collect::<Vec<_>>()))
    };
    let mut nearest: Option<&str> = None;
    let mut listed = false;
    // Further back the eye does not go either.
    let mut at = found.at.saturating_sub(200);
    while at < found.at {
        if let Some(name) = own(at) {
            (nearest, listed) = (None, true);
            at += name.len();
            continue;
        }
        let word = words[at];
        if is_model(word) && !ours.iter().flatten().any(|o| o == word) {
            nearest = if listed { nearest } else { Some(word) };
        } else if !matches!(word, "and" | "or" | "the" | "model" | "models" | "&" | "for") {
            listed = false;
        }
        at += 1;
    }
    let end = found.at + found.length;
    let behind = words.get(end..).unwrap_or_default();
    let after = match behind {
        ["for", "the", name, ..] | ["for", name, ..] if is_model(name) => Some(*name),
        _ => None,
    };
    let after = after.filter(|name| !ours.iter().flatten().any(|o| o == name));
    nearest.or(after).map(str::to_owned)
}

/// Whether a word has the form of a model's name: it begins with a letter and has a digit.
fn is_model(word: &str) -> bool {
    const OTHERS: [&str; 9] = ["ipv", "wpa", "usb", "wifi", "wi-fi", "tls", "http", "iso", "version"];
    let version = word.strip_prefix('v').is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit()));
    word.starts_with(char::is_alphabetic)
        && word.chars().any(|c| c.is_ascii_digit())
        && !word.contains(['/', ':', '@'])
        && !version
        && !OTHERS.iter().any(|o| word.starts_with(o))
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
    const OTHERS: [&str; 34] = [
        "printed",
        "issued",
        "dated",
        "reviewed",
        "revised",
        "checked",
        "warranty",
        "production",
        "sales",
        "supplied",
        "founded",
        "version",
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
    let mut dated = None;
    let mut spoken = false;
    for sentence in sentences {
        if !is_about(sentence) && !sentence.heading.is_some_and(|h| headings.contains(&h)) {
            continue;
        }
        spoken = true;
        if may_hold_a_date(&sentence.words) {
            dated = dated.or(Some(sentence.line()));
        }
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
    if let Some(line) = dated {
        let why = "may give an end date in a form that this check cannot read: write it as 31 May 2030";
        return Says::Doubtful(line, why.into());
    }
    match (relative, vague, spoken) {
        (Some(line), _, _) => Says::Relative(line),
        (None, Some(line), _) => Says::Vague(line),
        (None, None, true) => Says::Nothing,
        (None, None, false) => Says::OffTopic,
    }
}

/// Whether some words hold what may be a date and is none that was read: a year, a month beside a number, "31/12/31".
fn may_hold_a_date(words: &[Word]) -> bool {
    let mut read = vec![false; words.len()];
    for found in dates(words) {
        read[found.at..found.at + found.length].fill(true);
    }
    let text = |i: usize| words.get(i).map_or("", |w| w.text.as_str());
    let digits = |w: &str| w.starts_with(|c: char| c.is_ascii_digit());
    (0..words.len()).filter(|i| !read[*i]).any(|i| {
        let word = text(i);
        let beside = digits(text(i + 1)) || i.checked_sub(1).is_some_and(|p| digits(text(p)));
        let year = word.len() == 4 && word.parse::<u16>().is_ok_and(|y| (2000..=2200).contains(&y));
        let of_page = i
            .checked_sub(1)
            .is_some_and(|p| matches!(text(p), "copyright" | "©" | "(c)" | "act" | "regulations"));
        // "31/12/31", "31.xii.2031", "20311231", "2031年12月31日"
        let numeral = digits(word)
            && (word.split(['/', '.', '-']).filter(|p| !p.is_empty()).count() == 3
                || (word.len() == 8 && word.bytes().all(|b| b.is_ascii_digit()))
                || word.contains(['年', '月', '日', '년']));
        let quarter = word.len() == 2 && word.starts_with('q') && digits(&word[1..]);
        (year && !of_page) || numeral || quarter || (beside && (is_month(word) || word == "may"))
    })
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
            "HC-2 support: 5 years (until 31.5.2030)",
            "The HC-2 is supported until May 2030. Page last updated 3 March 2025.",
            "| Model | Released | Updates until |\n|---|---|---|\n| HC-1 | 2021-01-01 | 2027-12-31 |\n| HC-2 | 2025-06-01 | 2030-05-31 |",
            "## Hearth Camera 2\n\nUpdates at least until 2030-05-31.\n\n## Hearth Camera 1\n\nUpdates until 2027-12-31.",
            "HC-2: from 1 June 2025 to 31 May 2030 you receive security updates.",
            "HC-2 and AB-7: security updates until 31 May 2030.",
            "## Security updates\n\nHC-2: 31 May 2030",
            "Security updates for the HC-2 will not end before 31 May 2030.",
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
            "Security updates until 31 May 2030.",
            "HC-2: security updates are not promised until 31 May 2030.",
            "HC-2: security updates until 31 May 2030 or the end of sale, whichever comes first.",
            "HC-2: we had planned security updates until 31 May 2030.",
            "HC-2: security updates might stop by 31 May 2030.",
            "HC-2: security updates end on 31 May 2030 at the latest.",
            "AB-7: updates until 31 May 2030. HC-2: updates until 31 May 2027.",
            "AB-7: updates until 31 May 2030; HC-2: three years after the last sale.",
            "The HC-2 is here. Updates until 31 May 2030 for the AB-7.",
            "HC-2: updates until 31 May 2027. In the catalogue we wrote until 31 May 2030.",
            "The HC-2 is our best camera in years.\n\nSupport matters. The founders met on 31 May 2030 in a garage in the north.",
            "AB-7 has support until 31 May 2030; others are not listed.",
            "HC-2: updates are not promised until 31 May 2028.",
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
    fn a_date_that_cannot_be_read_refuses_nobody() {
        for text in [
            "HC-2: updates until 31 mai 2030 (5 years)",
            "HC-2 updates: 5 years, 31 May 30",
            "HC-2: security updates till 31/5/30, that is 5 years",
            "HC-2: five years of updates, 2030年5月31日",
            "HC-2: support for 5 years, to Q2 2030",
            "HC-2: support for 5 years, 20300531",
        ] {
            assert!(matches!(said(text), Says::Doubtful(..)), "{text}: {:?}", said(text));
        }
    }

    #[test]
    fn a_longer_model_is_another_product() {
        assert!(mentions("the hc-2, new", "HC-2") && mentions("Hearth  Camera\n2", "Hearth Camera 2"));
        assert!(!mentions("HC-20", "HC-2") && !mentions("XHC-2", "HC-2"));
    }
}
