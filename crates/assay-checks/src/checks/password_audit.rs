//! What does the audit of a batch of factory passwords show? Reads the signed result that `assay passwords --evidence` writes,
//! verifies its signature and form, and judges by it. It audits nothing itself, and it does not know whose key has signed.

use assay::case::{Evidence, EvidenceKind};
use assay::outcome::{Confidence, Finding, Outcome, SpeaksFrom};
use assay::password_audit::{AuditFinding, AuditedRole, KINDS, MAX_BYTES, PasswordAudit, SignedAudit};

use crate::files::{EntryKind, FileProblem, Hashing, sha256};
use crate::kinds::finding_kinds;
use crate::quote::{count, quoted};
use crate::verdict::{Verdict, each, finding, unseen};
use crate::{Check, Subject};

/// Most bytes of an offered batch that are hashed to compare it with the audited file.
const MOST_BATCH: u64 = 4 << 30;

const UNIQUE: [&str; 4] =
    ["cop-2018:1", "ts103645-v1.1.1:4.1-1", "en303645-v2.1.1:5.1-1", "psti-2023:sch1-1"];
/// EN 303 645, 5.1-2 is about how a password is made; SI 2023/1007, Schedule 1, paragraph 1(3) says the same in one sentence
/// with uniqueness. The older texts ask for uniqueness alone.
const MADE_WELL: [&str; 2] = ["en303645-v2.1.1:5.1-2", "psti-2023:sch1-1"];

pub(crate) const CHECK: Check = Check {
    id: "password-audit",
    title: "An audit of a whole batch finds no password that is shared, derived or guessable",
    evidence: &[EvidenceKind::PasswordAudit, EvidenceKind::PasswordBatch],
    provisions: &[
        "cop-2018:1",
        "ts103645-v1.1.1:4.1-1",
        "en303645-v2.1.1:5.1-1",
        "en303645-v2.1.1:5.1-2",
        "psti-2023:sch1-1",
    ],
    units: &[],
    speaks_from: SpeaksFrom::Evidence,
    page: include_str!("password_audit.md"),
    run,
};

fn run(subject: &Subject<'_>) -> Verdict {
    each(subject, EvidenceKind::PasswordAudit, |evidence| {
        let bytes = match subject.files.read(&evidence.path, MAX_BYTES as u64) {
            Ok(bytes) => bytes,
            Err(problem) => return unseen(&evidence.path, &problem),
        };
        let path = quoted(&evidence.path);
        let verdict = match std::str::from_utf8(&bytes) {
            Err(_) => Verdict::inconclusive(format!("{path} is no text, so no signed result.")),
            Ok(text) => match SignedAudit::read(text) {
                Ok(signed) => judge(subject, evidence, &signed.audit),
                Err(refused) => Verdict::inconclusive(format!("{path} is refused: {refused}.")),
            },
        };
        verdict.having_seen(&evidence.path, sha256(&bytes))
    })
}

fn judge(subject: &Subject<'_>, evidence: &Evidence, audit: &PasswordAudit) -> Verdict {
    let path = quoted(&evidence.path);
    if let Some(doubt) = another_batch(subject, audit) {
        // What was found in some other file says nothing of this one.
        return Verdict::inconclusive(format!("{path} {doubt}."));
    }
    let mut doubts: Vec<String> = audit.why.iter().map(|why| format!("{path}: {why}")).collect();
    if !audit.whole_batch && doubts.is_empty() {
        doubts.push(format!("{path} is about a part of the batch: audit the whole, without --partial"));
    }
    let missing: Vec<&str> = KINDS.into_iter().filter(|k| !audit.looked_for.iter().any(|l| l == k)).collect();
    if !missing.is_empty() {
        doubts.push(format!(
            "{path} did not look for {}: audit without --only, and with --history so that earlier batches are known",
            missing.join(", ")
        ));
    }
    if !audit.has(AuditedRole::Serial) && !audit.has(AuditedRole::Mac) {
        doubts.push(format!(
            "{path} had no column of serial numbers or hardware addresses to compare with: export them along with the passwords"
        ));
    }
    let decides = audit.outcome == Outcome::NotMet;
    let chance = audit.findings.iter().filter(|f| f.confidence == Confidence::Possible).count();
    // Coincidences that the batch's own space explains are told where the rest is open, and never accuse.
    let told = |f: &&AuditFinding| f.confidence != Confidence::Possible || audit.outcome != Outcome::Met;
    let findings: Vec<Finding> =
        audit.findings.iter().filter(told).filter_map(|f| of_audit(evidence, f)).collect();
    if decides {
        doubts.clear();
    }
    let by_chance = match chance {
        0 => String::new(),
        n => format!(" {} that chance explains was set aside.", count(n, "coincidence", "coincidences")),
    };
    let good = format!(
        "{} in {path} were audited on {}: every kind of fault was looked for and none was found.{by_chance} This shows how the \
         passwords look, not who made them: a derivation with a secret key looks like chance, and what a reset brings back is \
         another question",
        count(usize::try_from(audit.rows).unwrap_or(usize::MAX), "unit", "units"),
        audit.on,
    );
    Verdict::weigh(findings, doubts, good)
}

/// A finding of the audit as one of the catalogue, against the provisions that its kind breaks.
fn of_audit(evidence: &Evidence, found: &AuditFinding) -> Option<Finding> {
    let kind = finding_kinds().iter().find(|k| k.id == found.kind)?;
    let shared = ["universal", "duplicate", "seen-in-earlier-batch"].contains(&kind.id);
    let against: &[&str] = if shared { &UNIQUE } else { &MADE_WELL };
    let lines: Vec<String> = found.lines.iter().take(3).map(u64::to_string).collect();
    let lines = if lines.is_empty() { String::new() } else { format!(", from line {}", lines.join(", ")) };
    let message = format!(
        "{} of the audited file, column {}: {}{lines}",
        count(usize::try_from(found.rows).unwrap_or(usize::MAX), "unit", "units"),
        quoted(&found.column),
        found.says
    );
    Some(finding(kind, message, evidence.path.clone(), found.confidence, against))
}

/// Why a batch that lies in the case is not the audited one, if batches lie there and none is.
fn another_batch(subject: &Subject<'_>, audit: &PasswordAudit) -> Option<String> {
    let mut why = None;
    for batch in subject.case.evidence.iter().filter(|e| e.kind == EvidenceKind::PasswordBatch) {
        match digest(subject, &batch.path, audit.file.bytes) {
            Ok(Some(digest)) if digest == audit.file.sha256 => return None,
            Ok(_) => why = why.or_else(|| {
                Some(format!(
                    "is about another file than {}, whose digest differs: audit the batch that is offered, or take it away",
                    quoted(&batch.path)
                ))
            }),
            Err(problem) => why = why.or_else(|| {
                Some(format!("cannot be compared with the batch that is offered: {} {problem}", quoted(&batch.path)))
            }),
        }
    }
    why
}

/// The digest of a file of that many bytes; none where it has another length.
fn digest(subject: &Subject<'_>, path: &str, bytes: u64) -> Result<Option<String>, FileProblem> {
    if let EntryKind::File { size } = subject.files.kind(path)?
        && size != bytes
    {
        return Ok(None);
    }
    let mut reader = Hashing::new(subject.files.open(path)?, MOST_BATCH);
    std::io::copy(&mut reader, &mut std::io::sink()).map_err(|e| match e.kind() {
        std::io::ErrorKind::FileTooLarge => FileProblem::TooLarge,
        _ => FileProblem::Unreadable(e.to_string()),
    })?;
    Ok(Some(reader.digest()))
}
