//! Field d: the declaration of compliance as the manufacturer's own opinion, and the standards it rests on. Whose opinion it
//! is stands beside the word; a denial or a doubt beside the compliance is no declaration.

use assay::compliance::{Deemed, FieldOutcome, deemed};
use assay::rules::Verified;

use super::lines::{Dated, Lines, dated};
use super::said::{Said, Sentence, denies};
use super::who::{Party, Who};
use super::{met, not_met, unsure};
use crate::page::date::When;
use crate::quote::quoted;

/// Field d.
pub(super) fn judge(lines: &Lines, said: &Said<'_>, who: &Who) -> FieldOutcome {
    let mut doubt: Option<(usize, String)> = None;
    let mut denied: Option<(usize, String)> = None;
    let (mut opinion, mut stranger, mut seen) = (None, None, None);
    let (mut first, mut second) = (false, false);
    for sentence in said.sentences() {
        let line = sentence.line;
        match denial(sentence) {
            Denial::Certain => {
                // What a denied sentence says of an opinion is no declaration.
                denied = denied.or(Some((line, quoted(&sentence.text()))));
                continue;
            }
            Denial::Perhaps => {
                let text = quoted(&sentence.text());
                doubt = doubt
                    .or(Some((line, format!("whether it denies compliance a person has to see: {text}"))));
            }
            Denial::None => {}
        }
        let about = is_about(sentence);
        let schedules = sentence.has("schedule") || sentence.has("schedules");
        let names = |number: &str| schedules && sentence.has(number);
        first |= names("1") && about || sentence.has_row(&["applicable", "security", "requirements"]);
        second |= names("2") || sentence.has("deemed");
        if about && !sentence.has_row(&["statement", "of", "compliance"]) {
            seen = seen.or(Some(line));
        }
        if !(about || schedules) {
            continue;
        }
        match holder(sentence, who) {
            None => {}
            Some(Holder::Maker) => match hedge(sentence) {
                None => opinion = opinion.or(Some(line)),
                Some(word) => {
                    let why = format!(
                        "its opinion of compliance is hedged, with `{word}`: a person has to see what it declares"
                    );
                    doubt = doubt.or(Some((line, why)));
                }
            },
            Some(Holder::Open(why)) => stranger = stranger.or(Some((line, why))),
        }
    }
    match (denied, opinion) {
        (Some((line, text)), None) => {
            return not_met('d', line, format!("it says that something is not complied with: {text}"));
        }
        (Some((line, text)), Some(_)) => {
            let why = format!(
                "it declares compliance in the manufacturer's opinion, and elsewhere that something does not comply: {text}"
            );
            return unsure('d', Some(line), why);
        }
        (None, _) => {}
    }
    let cited = cited(lines);
    let pinned = cited.iter().find(|c| c.pinned);
    if let Some(other) = cited.iter().find(|c| c.other.is_some())
        && pinned.is_none()
        && !first
    {
        let said = other.other.as_deref().unwrap_or_default();
        return not_met(
            'd',
            other.line,
            format!(
                "it rests on {} {said}, which Schedule 2 does not name: the Regulations pin {} (SI 2023/1007, regulation 2(1))",
                other.number, other.wanted
            ),
        );
    }
    if let Some((line, why)) = doubt {
        return unsure('d', Some(line), why);
    }
    let Some(line) = opinion else {
        return match (stranger, seen) {
            (Some((line, why)), _) => unsure('d', Some(line), why),
            (None, Some(line)) => {
                unsure('d', Some(line), "it declares compliance, but not as the opinion of the manufacturer")
            }
            (None, None) => unsure('d', None, "no declaration of compliance was found"),
        };
    };
    if !first && !second {
        let why = "it states an opinion, but names neither the security requirements of Schedule 1 nor the conditions of Schedule 2";
        return unsure('d', Some(line), why);
    }
    if second && !first {
        return match pinned {
            None if let Some((line, cite)) = of_a_label(lines) => unsure(
                'd',
                Some(line),
                format!(
                    "it rests on Schedule 2 and cites {cite}, the standard of a label that counts under SI 2025/1267, which was not read: a person has to see whether that label is current"
                ),
            ),
            None => unsure(
                'd',
                Some(line),
                "it rests on Schedule 2, but no standard with its version was found (Schedule 4, paragraph 1(2))",
            ),
            Some(c) if !c.dated => unsure(
                'd',
                Some(c.line),
                format!(
                    "it cites {} {}, but its date of issue was not found (Schedule 4, paragraph 1(2))",
                    c.number, c.wanted
                ),
            ),
            Some(c) => {
                met('d', c.line, format!("it declares deemed compliance and cites {} {}", c.number, c.wanted))
            }
        };
    }
    let beside = cited.iter().find_map(|c| c.other.as_ref().map(|o| format!("{} {o}", c.number)));
    let beside =
        beside.map_or_else(String::new, |o| format!("; that it also cites {o} adds nothing under UK law"));
    met('d', line, format!("it declares compliance in the manufacturer's opinion{beside}"))
}

/// What is or is not complied with, where the sentence speaks of it at all.
const OBJECTS: [&str; 12] = [
    "requirement",
    "requirements",
    "condition",
    "conditions",
    "schedule",
    "schedules",
    "regulations",
    "act",
    "psti",
    "standard",
    "standards",
    "security",
];

/// Whether a word speaks of complying.
fn complies(word: &str, with_object: bool) -> bool {
    match word {
        "complied" | "complies" | "comply" | "complying" | "compliance" | "compliant" | "conforms"
        | "conform" | "conformed" | "conformity" | "non-compliant" | "noncompliant" => true,
        "met" | "meet" | "meets" | "satisfied" | "satisfies" | "satisfy" | "fulfilled" | "fulfils"
        | "fulfil" => with_object,
        _ => false,
    }
}

fn is_about(sentence: Sentence<'_>) -> bool {
    let with_object = sentence.has_any(&OBJECTS);
    sentence.words.iter().any(|w| complies(w, with_object))
}

/// Whether a sentence denies compliance.
enum Denial {
    Certain,
    Perhaps,
    None,
}

/// "has not complied", "no longer complies", "fails to comply", "does not, in our opinion, comply". Where other words stand
/// between, or it is not said of the requirements, a person has to see; what a rule or a condition says is not said of this
/// product.
fn denial(sentence: Sentence<'_>) -> Denial {
    let words = sentence.words;
    let with_object = sentence.has_any(&OBJECTS);
    let rule =
        ["if", "should", "whether", "unless", "any", "must", "shall", "case", "event", "where", "when"];
    let (mut perhaps, mut certain, mut plain) = (false, false, false);
    let (mut denied_at, mut ruled) = (None, false);
    let demand = words.iter().rposition(|w| matches!(*w, "must" | "shall"));
    for (i, word) in words.iter().enumerate() {
        ruled |= rule.contains(word);
        if denies(words, i) {
            denied_at = Some(i);
        }
        if !complies(word, with_object) {
            continue;
        }
        // "statement of compliance", "declaration of conformity"
        let title = i >= 2
            && words[i - 1] == "of"
            && matches!(
                words[i - 2],
                "statement" | "statements" | "declaration" | "certificate" | "declarations"
            );
        let itself = word.starts_with("non");
        let near = denied_at.filter(|at| i - at <= 14 && *at < i);
        if title {
            continue;
        }
        if near.is_none() && !itself {
            plain |= !ruled;
            continue;
        }
        let between = near.map_or(&words[i..i], |at| &words[at + 1..i]);
        let whole = between.iter().all(|w| is_light(w));
        let of_it = with_object || words.get(i + 1).is_none_or(|w| *w != "with");
        let double = itself && near.is_some();
        if ruled {
            continue;
        }
        // "Products that do not comply must not be supplied."
        if double || !whole || !of_it || demand.is_some_and(|at| at > i) {
            perhaps = true;
        } else {
            certain = true;
        }
    }
    // "It complies with Schedule 1; it does not comply with Schedule 2 as it need not."
    match (certain, plain, perhaps) {
        (true, false, _) => Denial::Certain,
        (true, true, _) | (false, _, true) => Denial::Perhaps,
        (false, _, false) => Denial::None,
    }
}

/// Words between a denial and what it denies that leave it one.
fn is_light(word: &str) -> bool {
    matches!(
        word,
        "yet"
            | "been"
            | "be"
            | "fully"
            | "in"
            | "all"
            | "any"
            | "every"
            | "respect"
            | "respects"
            | "currently"
            | "longer"
            | "at"
            | "present"
            | "to"
            | "able"
            | "have"
            | "has"
            | "is"
            | "are"
            | "was"
            | "were"
            | "being"
            | "the"
            | "product"
            | "products"
            | "device"
            | "it"
            | "they"
            | "does"
            | "do"
            | "did"
            | "opinion"
            | "of"
            | "manufacturer"
            | "manufacturer's"
            | "our"
            | "found"
            | "considered"
            | "made"
            | "shown"
            | "itself"
            | "entirely"
            | "completely"
            | "wholly"
            | "requirements"
            | "applicable"
            | "security"
    )
}

/// Whose opinion it is.
enum Holder {
    Maker,
    Open(&'static str),
}

const OF_ANOTHER: &str = "it gives an opinion on compliance, but not as that of the manufacturer";
const OF_US: &str =
    "it gives an opinion as \"ours\", and that this is the manufacturer's a person has to see";
const NO_OPINION: &str = "whether it gives the manufacturer's opinion or denies it, a person has to see";

/// Whose opinion a sentence gives, by the words beside "opinion": the first that is the manufacturer's counts.
fn holder(sentence: Sentence<'_>, who: &Who) -> Option<Holder> {
    let words = sentence.words;
    let mut open = None;
    let places = (0..words.len()).filter(|i| words[*i] == "opinion").take(3);
    for i in places {
        let near = &words[i.saturating_sub(6)..i];
        if (0..near.len()).any(|n| denies(near, n)) {
            open = Some(Holder::Open(NO_OPINION));
            continue;
        }
        let behind = if words.get(i + 1) == Some(&"of") { &words[i + 2..] } else { &[] };
        let adjective =
            |w: &&&str| matches!(**w, "own" | "considered" | "honest" | "reasonable" | "professional");
        let before = &words[..i - words[..i].iter().rev().take_while(adjective).count()];
        // "The manufacturer is of the opinion that …"
        let held = before.strip_suffix(&["of", "the"]).or_else(|| before.strip_suffix(&["of"]));
        let subject = held.and_then(|h| h.strip_suffix(&["is"]).or_else(|| h.strip_suffix(&["are"])));
        let holding = subject.and_then(|s| who.at(s).filter(|(_, length)| *length == s.len()));
        let party = who.at(behind).or(holding).map(|(party, _)| party).or_else(|| who.whose(before));
        match party {
            Some(Party::Maker | Party::We) => return Some(open.unwrap_or(Holder::Maker)),
            Some(Party::SomeOfUs) => open = open.or(Some(Holder::Open(OF_US))),
            None => open = open.or(Some(Holder::Open(OF_ANOTHER))),
        }
    }
    open
}

/// A word that makes of a declaration an expectation, a condition or a part.
fn hedge(sentence: Sentence<'_>) -> Option<&'static str> {
    const HEDGES: [&str; 32] = [
        "should",
        "may",
        "might",
        "could",
        "would",
        "will",
        "shall",
        "if",
        "unless",
        "whether",
        "expected",
        "expects",
        "intends",
        "intended",
        "aims",
        "plans",
        "planned",
        "partially",
        "partly",
        "largely",
        "substantially",
        "mostly",
        "broadly",
        "generally",
        "almost",
        "except",
        "excepting",
        "pending",
        "likely",
        "probably",
        "provisionally",
        "possibly",
    ];
    let words = sentence.words;
    words.iter().enumerate().find_map(|(i, word)| {
        let hedge = HEDGES.into_iter().find(|h| h == word)?;
        let number = |at: Option<&&str>| at.is_some_and(|w| w.starts_with(|c: char| c.is_ascii_digit()));
        // "31 May 2030"
        let month = hedge == "may"
            && (number(words.get(i + 1)) || number(i.checked_sub(1).and_then(|b| words.get(b))));
        (!month).then_some(hedge)
    })
}

/// A standard of Schedule 2 as the document cites it.
struct Cited {
    number: &'static str,
    wanted: &'static str,
    line: usize,
    /// In the version that the Regulations pin.
    pinned: bool,
    /// In another version.
    other: Option<String>,
    /// With its date of issue.
    dated: bool,
}

/// How a text names the standard, if it does.
fn mark(deemed: &Deemed, squeezed: &str) -> Option<String> {
    deemed.marks().into_iter().find(|mark| squeezed.contains(mark.as_str()))
}

/// The standard of a label that counts since December 2025, and the line that cites it.
fn of_a_label(lines: &Lines) -> Option<(usize, String)> {
    let foreign = || deemed().iter().filter(|d| d.verified != Verified::Primary);
    lines.all.iter().find_map(|line| {
        let squeezed: String = line.low.chars().filter(|c| !c.is_whitespace()).collect();
        let deemed = foreign().find(|d| mark(d, &squeezed).is_some())?;
        Some((line.number, deemed.cite()))
    })
}

fn cited(lines: &Lines) -> Vec<Cited> {
    let mut all = Vec::new();
    for (index, line) in lines.all.iter().enumerate() {
        let squeezed: String = line.low.chars().filter(|c| !c.is_whitespace()).collect();
        let named = |d: &&Deemed| d.verified == Verified::Primary && mark(d, &squeezed).is_some();
        for deemed in deemed().iter().filter(named) {
            // The version and the date stand in the same line, or in a row below it.
            let end = (index + 3).min(lines.all.len());
            let near = lines.all[index..end].iter().map(|l| l.text.as_str()).collect::<Vec<_>>().join(" ; ");
            let behind = near.to_lowercase();
            let digits: String = deemed.number.chars().filter(char::is_ascii_digit).collect();
            let behind = behind.split_once(&digits[digits.len() - 3..]).map_or("", |(_, b)| b);
            let version = versions(behind);
            let wanted = deemed.version.trim_start_matches('V');
            let pinned = version.iter().any(|v| v == wanted) || behind.starts_with(":2018");
            let is_issue = |d: &Dated| match d.when {
                When::Day(day, _) => day.to_string().starts_with(&deemed.issued),
                When::Month(last) => deemed.issued.starts_with(&last.to_string()[..7]),
            };
            let dated = deemed.issued.len() == 4 || dated(&near).iter().any(is_issue);
            let other = if pinned { None } else { version.into_iter().next() };
            all.push(Cited {
                number: &deemed.number,
                wanted: &deemed.version,
                line: line.number,
                pinned,
                other,
                dated,
            });
        }
    }
    all
}

/// Versions such as `2.1.1`, and years behind a colon.
fn versions(text: &str) -> Vec<String> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == ':'))
        .map(|w| {
            w.trim_start_matches("version").trim_start_matches(['v', ':', '.']).trim_end_matches(['.', ':'])
        })
        .filter(|w| {
            let parts: Vec<&str> = w.split('.').collect();
            let short =
                parts.iter().all(|p| (1..=2).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()));
            parts.len() == 3 && short && parts[0].len() == 1
        })
        .map(str::to_owned)
        .take(5)
        .collect()
}
