//! Field f: who signs, and in what function. Ink and certificates are not to be seen in a text: a name and
//! a function beside a word of signing are all that it can show.

use assay::compliance::FieldOutcome;

use super::lines::{Line, Lines, is_blank, is_elsewhere, is_heading};
use super::{met, not_met, unsure};
use crate::quote::quoted;

const JOBS: [&str; 22] = [
    "director",
    "manager",
    "head",
    "officer",
    "engineer",
    "lead",
    "president",
    "secretary",
    "ceo",
    "cto",
    "coo",
    "ciso",
    "cpo",
    "counsel",
    "founder",
    "partner",
    "owner",
    "chief",
    "chair",
    "principal",
    "specialist",
    "executive",
];

/// Field f.
pub(super) fn judge(lines: &Lines) -> FieldOutcome {
    let signing = |l: &Line| {
        let words = ["signature", "signed", "signatory", "sign here", "authorised signatory"];
        words.iter().any(|w| l.low.contains(w)) && !l.low.contains("must be signed")
    };
    let Some(first) = lines.all.iter().position(signing) else {
        return unsure('f', None, "no signature and no signatory were found");
    };
    let (from, to) = (first.saturating_sub(6), first + 12);
    let line = lines.all[first].number;
    let inline = signed_by(lines, first, to);
    let inline_signature = inline.is_some();
    let named = [
        "name of signatory",
        "signatory",
        "signatory name",
        "name of the signatory",
        "authorised signatory",
        "print name",
        "printed name",
        "full name",
        "name",
        "name and function",
        "name and position",
        "name, function",
    ];
    // Behind the first word of signing before in front of it: "Name:" above may still be the manufacturer's.
    let name = inline
        .clone()
        .map(|(name, _)| name)
        .or_else(|| lines.labelled_in(&named, first, to).map(|n| n.value.to_owned()))
        .or_else(|| lines.labelled_in(&named[..8], from, first).map(|n| n.value.to_owned()));
    let functions = [
        "function",
        "function of signatory",
        "position",
        "job title",
        "title",
        "role",
        "capacity",
        "position held",
        "function/title",
        "designation",
    ];
    let function = lines
        .labelled_in(&functions, from, to)
        .map(|f| f.value.to_owned())
        .or_else(|| inline.and_then(|(_, function)| function))
        .or_else(|| lines.all[first..to.min(lines.all.len())].iter().find_map(|l| job_after_comma(&l.text)));
    let mut lacks = Vec::new();
    if name.is_none() {
        lacks.push("name");
    }
    if function.is_none() {
        lacks.push("function");
    }
    if let Some((line, said)) = refused(lines, from, to) {
        return not_met('f', line, format!("where the signature belongs it says {}", quoted(said)));
    }
    if let Some(line) = denied(lines) {
        let why =
            format!("it speaks of a signature and takes it back, or puts it off: {}", quoted(&line.text));
        return unsure('f', Some(line.number), why);
    }
    if let (Some(name), Some(function)) = (&name, &function) {
        if let Some(text) = [name, function].into_iter().find(|t| is_elsewhere(t)) {
            return unsure(
                'f',
                Some(line),
                format!("it only says where the signatory is named: {}", quoted(text)),
            );
        }
        if let Some(line) = unsigned(lines, from, to) {
            return unsure(
                'f',
                Some(line),
                format!(
                    "it names {}, {}, beside a line to sign on: whether it is signed cannot be seen here",
                    quoted(name),
                    quoted(function)
                ),
            );
        }
        if !inline_signature && !has_signature(lines, from, to) {
            return unsure(
                'f',
                Some(line),
                format!(
                    "it names {}, {}, but no signature was found; one in ink cannot be seen here",
                    quoted(name),
                    quoted(function)
                ),
            );
        }
        return met(
            'f',
            line,
            format!(
                "it states a signature of {}, {}; whether the signature is genuine was not looked at",
                quoted(name),
                quoted(function)
            ),
        );
    }
    unsure(
        'f',
        Some(line),
        format!("it speaks of a signature, but no {} of the signatory was found", lacks.join(" and no ")),
    )
}

const SIGNATURE: [&str; 5] =
    ["signature", "signature of signatory", "signature of the signatory", "authorised signature", "signed"];

/// What stands behind the label of a signature, with its line.
fn signature(lines: &Lines, from: usize, to: usize) -> impl Iterator<Item = (usize, &Line)> {
    (from..to.min(lines.all.len()))
        .filter_map(|i| Some((i, lines.all.get(i)?)))
        .filter(|(_, l)| SIGNATURE.contains(&l.label.as_str()))
}

/// Where a signature belongs, a plain statement that there is none.
fn refused(lines: &Lines, from: usize, to: usize) -> Option<(usize, &str)> {
    const NONE: [&str; 6] =
        ["not signed", "unsigned", "none", "no signature", "not yet signed", "this document is not signed"];
    signature(lines, from, to).find_map(|(_, line)| {
        let low = line.value.to_lowercase();
        let bare = low.trim_matches(|c: char| !c.is_alphanumeric());
        NONE.contains(&bare).then_some((line.number, line.value.as_str()))
    })
}

/// A line that speaks of signing and of its absence: "unsigned", "valid without signature", "signature pending".
fn denied(lines: &Lines) -> Option<&Line> {
    const DENIES: [&str; 20] = [
        "not",
        "no",
        "never",
        "without",
        "unsigned",
        "pending",
        "awaiting",
        "await",
        "awaits",
        "follow",
        "follows",
        "later",
        "missing",
        "omitted",
        "waived",
        "unnecessary",
        "attached",
        "hereafter",
        "due",
        "isn't",
    ];
    lines.all.iter().find(|l| {
        let words: Vec<&str> = l.low.split(|c: char| !(c.is_alphanumeric() || c == '\'')).collect();
        let signs = words
            .iter()
            .any(|w| w.starts_with("signature") || matches!(*w, "signed" | "unsigned" | "sign" | "signing"));
        // "qualified signature no. 17" counts signatures.
        let denies = words.iter().enumerate().any(|(i, w)| {
            let numbered = *w == "no"
                && words[i + 1..].iter().take(2).any(|n| n.starts_with(|c: char| c.is_ascii_digit()));
            DENIES.contains(w) && !numbered
        });
        let still = l.low.contains("to be signed") || l.low.contains("to be provided");
        signs && (denies || still)
    })
}

/// Whether a signature is shown: something behind its label, or in the line below that is no label itself; or `/s/`.
fn has_signature(lines: &Lines, from: usize, to: usize) -> bool {
    let labelled = signature(lines, from, to).any(|(i, line)| {
        if is_heading(&line.text) && line.value.is_empty() {
            return false;
        }
        let says = |text: &str| !is_blank(text) && !is_elsewhere(text);
        if !line.value.is_empty() {
            return says(&line.value);
        }
        // "signed electronically: …" below the label is a signature, not the next label.
        let below = lines.all.get(i + 1).filter(|b| b.value.is_empty() || b.label.starts_with("sign"));
        below.is_some_and(|b| !is_label(&lines.all[i + 1..]) && says(&b.text))
    });
    labelled || lines.all[from..to.min(lines.all.len())].iter().any(|l| l.low.contains("/s/"))
}

/// Whether the next line is a label or a heading rather than a value.
fn is_label(below: &[Line]) -> bool {
    const LABELS: [&str; 9] =
        ["name", "function", "position", "title", "date", "place", "print name", "job title", "role"];
    below.first().is_some_and(|n| {
        is_heading(&n.text) || LABELS.iter().any(|l| n.label == *l || n.label.starts_with(&format!("{l} ")))
    })
}

/// A line for a signature with nothing on it.
fn unsigned(lines: &Lines, from: usize, to: usize) -> Option<usize> {
    (from..to.min(lines.all.len())).find_map(|i| {
        let line =
            lines.all.get(i).filter(|l| SIGNATURE.contains(&l.label.as_str()) && is_blank(&l.value))?;
        // "(f) Signature" over a table is a heading; "(f) Signature: ____" is a line to sign on.
        if is_heading(&line.text) && !line.text.contains(':') {
            return None;
        }
        // A label alone: what stands below is the signature, unless it is the next label or heading.
        let below = lines.all.get(i + 1).is_none() || is_label(&lines.all[i + 1..]);
        (!line.value.is_empty() || below).then_some(line.number)
    })
}

/// "Signed by Jane Doe, Head of Compliance": the name and, behind a comma, the function.
fn signed_by(lines: &Lines, from: usize, to: usize) -> Option<(String, Option<String>)> {
    lines.all[from..to.min(lines.all.len())].iter().find_map(|line| {
        let low = line.text.to_ascii_lowercase();
        let at = low.find("signed by").or_else(|| low.find("signed electronically by"))?;
        let behind = low[at..].find(" by").map(|b| at + b + 3)?;
        let text = line.text.get(behind..).unwrap_or_default().trim_start_matches([':', ' ', '\t']);
        let mut parts = text.split([',', '(']);
        let name =
            parts.next().map(str::trim).filter(|n| !is_blank(n) && n.split_whitespace().count() <= 6)?;
        let function =
            parts.next().map(|f| f.trim_end_matches([')', '.', ' ']).trim()).filter(|f| has_job(f));
        Some((name.to_owned(), function.map(str::to_owned)))
    })
}

fn has_job(text: &str) -> bool {
    let low = text.to_lowercase();
    low.split(|c: char| !c.is_alphanumeric()).any(|w| JOBS.contains(&w))
}

/// "Jane Doe, Head of Compliance", or a short line that is a function.
fn job_after_comma(text: &str) -> Option<String> {
    let last = text.rsplit([',', '\t']).next().unwrap_or(text).trim();
    let words = last.split_whitespace().count();
    ((1..=6).contains(&words) && has_job(last) && !last.ends_with('.')).then(|| last.to_owned())
}
