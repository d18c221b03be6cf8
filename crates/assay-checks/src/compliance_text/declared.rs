//! Fields c and d: by whom the statement is prepared, and the declaration of compliance with the standards it rests on.

use assay::compliance::{Deemed, FieldOutcome, deemed};
use assay::rules::Verified;

use super::lines::{Dated, Lines, dated};
use super::{met, not_met, unsure};
use crate::page::date::When;
use crate::quote::quoted;

/// Field c.
pub(super) fn prepared(lines: &Lines) -> FieldOutcome {
    let sentences = lines.sentences();
    let by = |(_, s): &&(usize, String)| {
        ["prepared", "drawn up", "made out"].iter().any(|w| s.contains(w))
            && (s.contains(" by ") || s.contains("behalf"))
    };
    for (line, sentence) in sentences.iter().filter(by) {
        let maker = sentence.contains("manufacturer");
        if negated(sentence, &["prepared by", "prepared on"]) {
            return not_met(
                'c',
                *line,
                "it says that it is not prepared by or on behalf of the manufacturer",
            );
        }
        if maker {
            return met('c', *line, "it declares that it is prepared by the manufacturer or on its behalf");
        }
        if ["importer", "distributor", "retailer"].iter().any(|w| sentence.contains(w)) {
            return not_met(
                'c',
                *line,
                "it is prepared by somebody else, and not said to be on behalf of the manufacturer",
            );
        }
    }
    let eu = lines.saying(&["sole responsibility"]);
    if let Some(line) = eu {
        let why = "it uses the words of an EU declaration, \"sole responsibility\"; Schedule 4 asks who prepared it";
        return unsure('c', Some(line.number), why);
    }
    unsure('c', None, "no declaration was found that it is prepared by or on behalf of the manufacturer")
}

/// Field d.
pub(super) fn complies(lines: &Lines) -> FieldOutcome {
    let sentences = lines.sentences();
    let all: Vec<&str> = sentences.iter().map(|(_, s)| s.as_str()).collect();
    let compliance = ["complied", "complies", "comply", "compliance", "compliant", "conformity", "met the"];
    let about = |s: &str| compliance.iter().any(|w| s.contains(w));
    for (line, sentence) in sentences.iter().filter(|(_, s)| about(s)) {
        if negated(sentence, &["complied", "comply", "compliant"]) {
            return not_met(
                'd',
                *line,
                format!("it says that something is not complied with: {}", quoted(sentence)),
            );
        }
    }
    let first = all
        .iter()
        .any(|s| s.contains("schedule 1") && about(s) || s.contains("applicable security requirements"));
    let second = all.iter().any(|s| s.contains("schedule 2") || s.contains("deemed"));
    let opinion =
        sentences.iter().find(|(_, s)| s.contains("opinion") && (about(s) || s.contains("schedule")));
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
    let Some((line, _)) = opinion else {
        let seen = sentences.iter().find(|(_, s)| about(s) && !s.contains("statement of compliance"));
        return match seen {
            Some((line, _)) => {
                unsure('d', Some(*line), "it declares compliance, but not as the opinion of the manufacturer")
            }
            None => unsure('d', None, "no declaration of compliance was found"),
        };
    };
    if !first && !second {
        let why = "it states an opinion, but names neither the security requirements of Schedule 1 nor the conditions of Schedule 2";
        return unsure('d', Some(*line), why);
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
                Some(*line),
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
    met('d', *line, format!("it declares compliance in the manufacturer's opinion{beside}"))
}

/// "has not complied", "does not comply", "is not prepared by".
fn negated(sentence: &str, verbs: &[&str]) -> bool {
    verbs.iter().any(|verb| {
        sentence.match_indices(verb).any(|(at, _)| {
            let before: Vec<&str> = sentence[..at].split_whitespace().rev().take(3).collect();
            before.iter().any(|w| matches!(*w, "not" | "never" | "hasn't" | "doesn't" | "isn't"))
        })
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
