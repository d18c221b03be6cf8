//! Are the factory passwords of a batch unique? Reads a delimited text file, one unit a row, and compares the values of
//! every password column with each other. It does not judge whether a password can be guessed, and it keeps digests and
//! lengths only: no message can show a password, because none is held.

mod batch;
mod columns;
mod table;

use std::io::Read;

use assay::case::{Evidence, EvidenceKind};
use assay::outcome::{Confidence, Finding, SpeaksFrom};

use crate::files::Hashing;
use crate::quote::{count, quoted};
use crate::verdict::{Verdict, each, finding, unseen};
use crate::{Check, Subject, kinds};
use batch::{Batch, Column, Lines};

/// Longest file that is read. Larger batches are a matter for an audit that streams.
const MOST_BYTES: u64 = 64 << 20;

pub(crate) const CHECK: Check = Check {
    id: "password-batch-unique",
    title: "Every unit of a batch has its own password",
    evidence: &[EvidenceKind::PasswordBatch],
    provisions: &["cop-2018:1", "ts103645-v1.1.1:4.1-1", "en303645-v2.1.1:5.1-1", "psti-2023:sch1-1"],
    units: &[],
    speaks_from: SpeaksFrom::Evidence,
    page: include_str!("password_batch_unique.md"),
    run,
};

fn run(subject: &Subject<'_>) -> Verdict {
    each(subject, EvidenceKind::PasswordBatch, |evidence| match subject.files.open(&evidence.path) {
        Ok(file) => judge(evidence, file),
        Err(problem) => unseen(&evidence.path, &problem),
    })
}

fn judge(evidence: &Evidence, file: Box<dyn Read + '_>) -> Verdict {
    let path = &evidence.path;
    let mut file = Hashing::new(file, MOST_BYTES);
    match batch::read(&mut file, evidence.password_column.as_deref()) {
        Ok(batch) => weigh(evidence, &batch).having_seen(path, file.digest()),
        Err(refused) => Verdict::inconclusive(format!("{}: {refused}.", quoted(path))),
    }
}

fn weigh(evidence: &Evidence, batch: &Batch) -> Verdict {
    let path = &evidence.path;
    let mut findings = Vec::new();
    let mut doubts = Vec::new();
    let mut good = Vec::new();
    for column in &batch.columns {
        match compare(path, column, batch) {
            Ok(found) => findings.extend(found),
            Err(doubt) => doubts.push(doubt),
        }
        if column.no_value.number > 0 {
            doubts.push(format!(
                "{} of {} in {} hold a mask or a placeholder instead of a password: export the real values for this check, which shows none of them",
                column.no_value.words(), column.name, quoted(path)
            ));
        }
        if column.hashed.number > 0 {
            doubts.push(format!(
                "{} of {} in {} look like salted hashes, which differ even where the passwords agree",
                column.hashed.words(),
                column.name,
                quoted(path)
            ));
        }
        good.push(format!(
            "{} in {} have {} different passwords in {}",
            count(column.values.len(), "unit", "units"),
            quoted(path),
            column.values.len(),
            column.name
        ));
    }
    if batch.rows == 0 {
        doubts.push(format!("{} has no row with a unit in it", quoted(path)));
    }
    if batch.ragged.number > 0 {
        doubts.push(format!(
            "{} in {} have more or fewer cells than the first row and were not compared: put cells that contain the separator into quotation marks",
            batch.ragged.words(), quoted(path)
        ));
    }
    if !evidence.whole_batch && findings.is_empty() && doubts.is_empty() {
        doubts.push(format!(
            "{}, but this is a sample: offer the whole batch and say `covers = \"whole-batch\"`, because a sample cannot show that no two units agree",
            good.join("; ")
        ));
    }
    let repeated = match batch.repeated {
        0 => String::new(),
        n => format!(" {} repeat a unit and were counted once.", count(n, "row", "rows")),
    };
    let good = format!(
        "{}.{repeated} This shows that they are unique, not that they cannot be guessed or worked out from a serial number, and not what a reset does",
        good.join("; ")
    );
    Verdict::weigh(findings, doubts, good)
}

/// What the values of one column show, or why they do not decide.
fn compare(path: &str, column: &Column, batch: &Batch) -> Result<Vec<Finding>, String> {
    let against = CHECK.provisions;
    let mut findings = Vec::new();
    if let Some(line) = column.empty.first.first() {
        let message = format!("{} have no password in {}", column.empty.words(), column.name);
        // An empty cell may also be a gap in the export.
        findings.push(finding(
            &kinds::EMPTY_PASSWORD,
            message,
            format!("{path}:{line}"),
            Confidence::Likely,
            against,
        ));
    }
    let values = &column.values;
    let [first, .., last] = values.as_slice() else {
        return match (values.len(), findings.is_empty()) {
            (_, false) | (0, _) => Ok(findings),
            _ => Err(format!(
                "{} holds one password in {}: uniqueness needs two units at least",
                quoted(path),
                column.name
            )),
        };
    };
    let mut shared = Lines::default();
    let mut groups = 0;
    let mut largest = 0;
    let mut lines: Vec<u32> = Vec::new();
    for same in values.chunk_by(|a, b| a.password == b.password).filter(|same| same.len() > 1) {
        groups += 1;
        largest = largest.max(same.len());
        lines.extend(same.iter().map(|v| v.line));
    }
    lines.sort_unstable();
    lines.iter().for_each(|&line| shared.push(line));
    let place = format!("{path}:{}", lines.first().copied().unwrap_or(first.line));
    if first.password == last.password && column.is_full() && batch.ragged.number == 0 {
        let message = format!(
            "all {} have one and the same password of {} in {}",
            shared.words(),
            count(first.characters as usize, "character", "characters"),
            column.name
        );
        findings.push(finding(&kinds::UNIVERSAL, message, place, Confidence::Certain, against));
    } else if groups > 0 {
        let message = format!(
            "{} share their password with another row in {}: {}, the commonest {largest} times",
            shared.words(),
            column.name,
            count(groups, "value occurs more than once", "values occur more than once")
        );
        findings.push(finding(&kinds::DUPLICATE, message, place, Confidence::Certain, against));
    }
    Ok(findings)
}
