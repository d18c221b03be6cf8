//! Field c: the declaration that the statement is prepared by or on behalf of the manufacturer. Who prepared it stands
//! beside the word "by" or "on behalf of"; that the manufacturer occurs elsewhere in the sentence is nothing.

use assay::compliance::FieldOutcome;

use super::lines::Lines;
use super::said::{Said, Sentence, denies};
use super::who::{OTHERS, Party, Who};
use super::{met, not_met, unsure};

/// What one sentence says of who prepared the statement.
enum Reading {
    Declared,
    Contrary(&'static str),
    Open(&'static str),
}

const NOT_BY_THE_MAKER: &str = "it says that it is not prepared by or on behalf of the manufacturer";
const BY_SOMEBODY_ELSE: &str =
    "it is prepared by somebody else, and not said to be on behalf of the manufacturer";
const BY_WHOM: &str = "who prepared it is named, but not as the manufacturer or as acting on its behalf";
const BY_US: &str = "it is prepared by \"us\", and that this is the manufacturer a person has to see";
const A_CHOICE: &str = "it leaves a choice that nobody made";
const A_RULE: &str = "it says how a statement is to be prepared, not that this one is";
const SHARED: &str = "it is prepared by the manufacturer and somebody else, or by one of them";

/// Field c.
pub(super) fn judge(lines: &Lines, said: &Said<'_>, who: &Who) -> FieldOutcome {
    let (mut declared, mut contrary, mut open) = (None, None, None);
    for sentence in said.sentences() {
        // A form in which nobody crossed out what does not hold: "by / on behalf of the manufacturer (delete as appropriate)".
        let choice = sentence.has_row(&["as", "appropriate"]) || sentence.has_row(&["as", "applicable"]);
        for reading in read(sentence, who) {
            let line = sentence.line;
            match reading {
                Reading::Declared if choice => open = open.or(Some((line, A_CHOICE))),
                Reading::Declared => declared = declared.or(Some(line)),
                Reading::Contrary(why) => contrary = contrary.or(Some((line, why))),
                Reading::Open(why) => open = open.or(Some((line, why))),
            }
        }
    }
    match (declared, contrary, open) {
        (Some(line), None, _) => {
            met('c', line, "it declares that it is prepared by the manufacturer or on its behalf")
        }
        (Some(_), Some((line, _)), _) => unsure(
            'c',
            Some(line),
            "it says that it is prepared by or on behalf of the manufacturer, and elsewhere that it is not",
        ),
        (None, Some((line, why)), _) => not_met('c', line, why),
        (None, None, Some((line, why))) => unsure('c', Some(line), why),
        (None, None, None) => match lines.saying(&["sole responsibility"]) {
            Some(line) => {
                let why = "it uses the words of an EU declaration, \"sole responsibility\"; Schedule 4 asks who prepared it";
                unsure('c', Some(line.number), why)
            }
            None => unsure(
                'c',
                None,
                "no declaration was found that it is prepared by or on behalf of the manufacturer",
            ),
        },
    }
}

/// What a sentence says, at the first places where something is prepared.
fn read(sentence: Sentence<'_>, who: &Who) -> Vec<Reading> {
    let words = sentence.words;
    let verbs = (0..words.len()).filter_map(|i| match (words[i], words.get(i + 1)) {
        ("prepared", _) => Some((i, i + 1)),
        ("drawn", Some(&"up")) | ("made", Some(&"out")) => Some((i, i + 2)),
        _ => None,
    });
    verbs.take(3).filter_map(|(from, to)| at(&words[..from], &words[to..], who)).collect()
}

/// What stands round one "prepared".
fn at(before: &[&str], behind: &[&str], who: &Who) -> Option<Reading> {
    const STATEMENT: [&str; 7] =
        ["statement", "statements", "declaration", "document", "soc", "certificate", "compliance"];
    const FILLERS: [&str; 20] = [
        "it", "this", "is", "was", "has", "been", "being", "hereby", "which", "that", "and", "we", "i",
        "declare", "declares", "confirm", "confirms", "not", "never", "cannot",
    ];
    const RULES: [&str; 13] = [
        "if", "must", "should", "shall", "will", "would", "might", "could", "unless", "whether", "when",
        "where", "once",
    ];
    let before = &before[before.len().saturating_sub(20)..];
    let of_it = before.iter().any(|w| STATEMENT.contains(w)) || before.iter().all(|w| FILLERS.contains(w));
    let denied = (0..before.len()).filter(|i| denies(before, *i)).count();
    let rule = before.iter().any(|w| RULES.contains(w)) || before.windows(2).any(|w| w == ["to", "be"]);
    let Some((agent, denied_behind)) = agent(behind) else {
        return active(before, behind, who, rule);
    };
    if !of_it {
        return None;
    }
    let reading = by(agent, who);
    if rule {
        return Some(Reading::Open(A_RULE));
    }
    match (reading, denied + usize::from(denied_behind)) {
        (reading, 0) => Some(reading),
        (Reading::Declared, 1) => Some(Reading::Contrary(NOT_BY_THE_MAKER)),
        // "Not by the importer" says nothing of by whom.
        _ => Some(Reading::Open(BY_WHOM)),
    }
}

/// What stands behind "by", or begins with "on behalf": `None` where no agent is named.
fn agent<'s, 'a>(behind: &'s [&'a str]) -> Option<(&'s [&'a str], bool)> {
    let near = &behind[..behind.len().min(5)];
    let at = near.iter().position(|w| matches!(*w, "by" | "behalf"))?;
    let denied = (0..at).any(|i| denies(behind, i));
    if behind[at] == "by" {
        Some((&behind[at + 1..], denied))
    } else {
        // "on behalf of", "for and on behalf of", "on the manufacturer's behalf"
        let on = near[..at].iter().position(|w| *w == "on")?;
        Some((&behind[on..], denied))
    }
}

/// By whom: the manufacturer, somebody on its behalf, or somebody else.
fn by(agent: &[&str], who: &Who) -> Reading {
    let agent = &agent[..agent.len().min(40)];
    // "by or on behalf of", "by, and on behalf of"
    let start = agent.iter().take(3).take_while(|w| matches!(**w, "or" | "and" | "for")).count();
    if let Some(reading) = behalf(&agent[start..], who).filter(|_| agent.get(start) == Some(&"on")) {
        return reading;
    }
    match who.at(&agent[start..]) {
        Some((Party::Maker, length)) => {
            let rest = &agent[start + length..];
            let shared = matches!(rest.first(), Some(&("or" | "and")))
                && rest.iter().skip(1).take(4).any(|w| OTHERS.contains(w));
            return if shared { Reading::Open(SHARED) } else { Reading::Declared };
        }
        Some((Party::We, length)) => {
            let rest = &agent[start + length..];
            let aside = (0..rest.len().min(8)).any(|i| denies(rest, i));
            return if aside { Reading::Open(BY_US) } else { Reading::Declared };
        }
        Some((Party::SomeOfUs, _)) | None => {}
    }
    if let Some(reading) = behalf(agent, who) {
        return reading;
    }
    let other = agent.iter().take(6).position(|w| OTHERS.contains(w)).is_some_and(|i| {
        // "by Foo Ltd for the importer": it is not the importer who prepared it.
        !agent[..i].iter().any(|w| matches!(*w, "for" | "to" | "with" | "from"))
    });
    let us = who.at(agent).is_some();
    match (other, us) {
        (true, _) => Reading::Contrary(BY_SOMEBODY_ELSE),
        (_, true) => Reading::Open(BY_US),
        _ => Reading::Open(BY_WHOM),
    }
}

/// "… on behalf of the manufacturer", "… on its behalf": `None` where nothing is said of a behalf.
fn behalf(agent: &[&str], who: &Who) -> Option<Reading> {
    let at = agent.iter().position(|w| *w == "behalf")?;
    let on = agent[..at].iter().rposition(|w| *w == "on")?;
    let denied = (0..on).any(|i| denies(agent, i));
    let party = if agent.get(at + 1) == Some(&"of") {
        who.at(&agent[at + 2..]).map(|(party, _)| party)
    } else {
        match agent[at - 1] {
            // Whose representative it is was said before.
            "its" | "their" => {
                agent[..on].iter().any(|w| w.starts_with("manufacturer")).then_some(Party::Maker)
            }
            _ => who.whose(&agent[..at]),
        }
    };
    Some(match (party, denied) {
        (Some(Party::Maker | Party::We), false) => Reading::Declared,
        (Some(Party::Maker | Party::We), true) => Reading::Contrary(NOT_BY_THE_MAKER),
        (Some(Party::SomeOfUs), _) => Reading::Open(BY_US),
        (None, false) if agent[at..].iter().take(5).any(|w| OTHERS.contains(w)) => {
            Reading::Contrary(BY_SOMEBODY_ELSE)
        }
        (None, _) => Reading::Open(BY_WHOM),
    })
}

/// "The manufacturer has prepared this statement": the party stands before, nothing but small words between.
fn active(before: &[&str], behind: &[&str], who: &Who, rule: bool) -> Option<Reading> {
    let statement = behind.iter().take(4).any(|w| matches!(*w, "statement" | "declaration" | "document"));
    let (party, length) = who.at(before).filter(|_| statement)?;
    let between = &before[length..];
    let denied = (0..between.len()).any(|i| denies(between, i));
    let small = ["have", "has", "hereby", "itself", "ourselves", "not", "never", "solely", "jointly"];
    if rule || between.iter().any(|w| !small.contains(w)) {
        return Some(Reading::Open(A_RULE));
    }
    Some(match (party, denied) {
        (Party::Maker, true) => Reading::Contrary(NOT_BY_THE_MAKER),
        (Party::Maker | Party::We, false) => Reading::Declared,
        _ => Reading::Open(BY_US),
    })
}
