//! The signed result of an audit of factory passwords: what was looked for in which file, and what was found; never a password.
//! It joins a case as evidence, so that the batch itself can stay where it was made. One JSON document: the result to be
//! read, the key, and the signed message, which alone counts; a result that differs from the signed one is refused.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::cbor;
use crate::cose::{self, CoseError, Purpose};
use crate::key::{PublicKey, SecretKey};
use crate::outcome::{Confidence, Outcome};
use crate::text::{is_digest, is_invisible};

/// The `schema` of the document.
pub const SCHEMA: &str = "assay-password-audit-0";
/// The version of the signed result.
const VERSION: u8 = 0;
/// Longest document that is read, in bytes.
pub const MAX_BYTES: usize = 4 * cose::MAX_BYTES;
/// Findings that a result holds at most; the gravest come first, and `more_findings` counts the rest.
pub const MOST_FINDINGS: usize = 40;

/// Every kind of finding that an audit can look for.
pub const KINDS: [&str; 10] = [
    "universal",
    "duplicate",
    "seen-in-earlier-batch",
    "incremental",
    "derived-from-serial",
    "derived-from-mac",
    "derived-from-public",
    "common",
    "too-weak",
    "regular",
];

/// The result of an audit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordAudit {
    /// The program and its version.
    pub program: String,
    /// The day of the audit.
    pub on: Date,
    /// The file that was audited.
    pub file: AuditedFile,
    /// Its columns that were read.
    pub columns: Vec<AuditedColumn>,
    /// Units that were judged.
    pub rows: u64,
    /// Bad rows that were not.
    pub rejected: u64,
    /// Whether the file holds all units of the batch.
    pub whole_batch: bool,
    /// The kinds that were looked for.
    pub looked_for: Vec<String>,
    /// The random sample on which the dear hypotheses were tried.
    pub sample: Sample,
    /// The whole.
    pub outcome: Outcome,
    /// Why, in sentences.
    pub why: Vec<String>,
    /// What was found.
    pub findings: Vec<AuditFinding>,
    /// Findings beyond those.
    pub more_findings: u64,
}

/// A file, known by its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditedFile {
    /// SHA-256 in lower-case hex, of the file as it lay: compressed, if it was.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
}

/// A column that was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditedColumn {
    /// What it is.
    pub role: AuditedRole,
    /// Its heading.
    pub name: String,
}

/// What a column is to the audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuditedRole {
    /// A factory password.
    Password,
    /// A serial number.
    Serial,
    /// A hardware address.
    Mac,
    /// Something else that others can know.
    Public,
}

/// The sample, which anybody with the file can take again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// Its rows.
    pub rows: u64,
    /// Its seed.
    pub seed: u64,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditFinding {
    /// Its kind.
    pub kind: String,
    /// The column.
    pub column: String,
    /// How many units.
    pub rows: u64,
    /// Lines of the first of them.
    pub lines: Vec<u64>,
    /// How sure.
    pub confidence: Confidence,
    /// What was seen.
    pub says: String,
}

/// The document.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    schema: String,
    audit: PasswordAudit,
    key: PublicKey,
    /// COSE_Sign1 over the deterministic CBOR of `[0, audit]`, in base64.
    signed: String,
}

/// A result whose signature is that of the key it names. Whose key that is, only the reader can know.
#[derive(Clone, Debug, PartialEq)]
pub struct SignedAudit {
    /// The result.
    pub audit: PasswordAudit,
    /// The key.
    pub key: PublicKey,
}

/// Why a document is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// Not such a document.
    #[error("this is no signed result of a password audit: {0}")]
    Malformed(String),
    /// The signature.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// The readable result is another one than the signed.
    #[error("the result that is written differs from the one that was signed: somebody changed it")]
    Differs,
    /// Signed, and it contradicts itself.
    #[error("the signed result makes no sense: {0}")]
    Nonsense(&'static str),
    /// Too long to be signed.
    #[error("the result has more than {max} bytes to sign: give fewer columns", max = cose::MAX_BYTES)]
    TooLong,
}

/// Whether some text means to be such a document.
#[must_use]
pub fn looks_like(text: &str) -> bool {
    text.trim_start().starts_with('{') && text.contains(&format!("\"{SCHEMA}\""))
}

impl PasswordAudit {
    /// The signed document.
    ///
    /// # Errors
    /// [`AuditError::TooLong`] or [`AuditError::Nonsense`].
    pub fn sign(&self, key: &SecretKey) -> Result<String, AuditError> {
        self.check_form().map_err(AuditError::Nonsense)?;
        let message = cose::sign(key, Purpose::PasswordAudit, "", cbor::to_bytes(&(VERSION, self)));
        if message.len() > cose::MAX_BYTES {
            return Err(AuditError::TooLong);
        }
        let document = Document {
            schema: SCHEMA.to_owned(),
            audit: self.clone(),
            key: key.public(),
            signed: STANDARD.encode(message),
        };
        let text = serde_json::to_string_pretty(&document);
        text.map(|t| t + "\n").map_err(|e| AuditError::Malformed(e.to_string()))
    }

    /// Whether every kind was looked for.
    #[must_use]
    pub fn looked_for_all(&self) -> bool {
        KINDS.iter().all(|kind| self.looked_for.iter().any(|l| l == kind))
    }

    /// Whether a column of this role was read.
    #[must_use]
    pub fn has(&self, role: AuditedRole) -> bool {
        self.columns.iter().any(|c| c.role == role)
    }

    fn check_form(&self) -> Result<(), &'static str> {
        let texts = [&self.program].into_iter().chain(self.columns.iter().map(|c| &c.name)).chain(&self.why);
        let texts = texts.chain(self.findings.iter().flat_map(|f| [&f.column, &f.says]));
        let mut looked = BTreeSet::new();
        let found = self.findings.iter().any(|f| f.confidence != Confidence::Possible);
        let one = |ok: bool, what| if ok { Ok(()) } else { Err(what) };
        one(is_digest(&self.file.sha256), "the file's digest is no SHA-256 in hex")?;
        one(self.has(AuditedRole::Password), "no column of passwords was read")?;
        one(
            self.looked_for.iter().all(|k| KINDS.contains(&k.as_str()) && looked.insert(k)),
            "it looked for a kind that does not exist, or for one twice",
        )?;
        one(
            self.findings.len() <= MOST_FINDINGS && self.columns.len() <= 100 && self.why.len() <= 100,
            "it holds more than a result may",
        )?;
        one(
            texts.into_iter().all(|t| is_words(t)),
            "a text in it is too long or holds invisible characters",
        )?;
        one(
            self.findings.iter().all(|f| {
                looked.contains(&f.kind)
                    && f.rows > 0
                    && f.rows <= self.rows
                    && f.lines.len() <= 10
                    && self.columns.iter().any(|c| c.name == f.column && c.role == AuditedRole::Password)
            }),
            "a finding is of a kind that was not looked for, of a column that was not read, or of no unit",
        )?;
        one(
            matches!(self.outcome, Outcome::Met | Outcome::NotMet | Outcome::Inconclusive),
            "an audit is met, not met or inconclusive",
        )?;
        one(
            found == (self.outcome == Outcome::NotMet),
            "its outcome and its findings contradict each other",
        )?;
        one(
            self.outcome != Outcome::Met || (self.rows > 1 && self.whole_batch && self.why.is_empty()),
            "it is met without a whole batch, or with doubts",
        )
    }
}

impl SignedAudit {
    /// Reads a document, verifies its signature and its form.
    ///
    /// # Errors
    /// See [`AuditError`].
    pub fn read(text: &str) -> Result<Self, AuditError> {
        let malformed = |what: &str| AuditError::Malformed(what.to_owned());
        if text.len() > MAX_BYTES {
            return Err(malformed("it is too long"));
        }
        let document: Document = serde_json::from_str(text).map_err(|e| {
            // Never what stands there: only where.
            malformed(&format!("line {}, column {} is not as it should be", e.line(), e.column()))
        })?;
        if document.schema != SCHEMA {
            return Err(malformed("its schema is another one"));
        }
        let message = STANDARD.decode(&document.signed).map_err(|_| malformed("`signed` is no base64"))?;
        let message = cose::parse(&message)?;
        let (payload, key) = message.verify_with(&[document.key], Purpose::PasswordAudit, "")?;
        let (version, audit): (u8, PasswordAudit) =
            cbor::from_bytes(payload).map_err(|e| malformed(&e.to_string()))?;
        if version != VERSION {
            return Err(malformed("it is of a version that this program does not know"));
        }
        if audit != document.audit {
            return Err(AuditError::Differs);
        }
        audit.check_form().map_err(AuditError::Nonsense)?;
        Ok(Self { audit, key })
    }
}

/// A sentence or a name: of some length, without what moves a cursor or hides. Headings of a factory may be empty.
fn is_words(text: &str) -> bool {
    text.len() <= 1000 && !text.chars().any(|c| c.is_control() || is_invisible(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SecretKey {
        SecretKey::from_seed(&[7; 32])
    }

    fn audit() -> PasswordAudit {
        PasswordAudit {
            program: "assay 0.1.0".into(),
            on: crate::date::parse("2026-11-22").unwrap(),
            file: AuditedFile { sha256: "ab".repeat(32), bytes: 1000 },
            columns: vec![AuditedColumn { role: AuditedRole::Password, name: "password".into() }],
            rows: 50,
            rejected: 0,
            whole_batch: true,
            looked_for: KINDS.map(str::to_owned).to_vec(),
            sample: Sample { rows: 50, seed: 7 },
            outcome: Outcome::Met,
            why: vec![],
            findings: vec![],
            more_findings: 0,
        }
    }

    #[test]
    fn what_was_signed_is_read_back_and_a_changed_character_is_refused() {
        let text = audit().sign(&key()).unwrap();
        let signed = SignedAudit::read(&text).unwrap();
        assert_eq!((&signed.audit, signed.key), (&audit(), key().public()));
        assert!(looks_like(&text) && !looks_like("<svg>"));
        assert_eq!(
            SignedAudit::read(&text.replace("\"rows\": 50,\n    \"rej", "\"rows\": 51,\n    \"rej")),
            Err(AuditError::Differs)
        );
        let other =
            text.replace(&key().public().to_string(), &SecretKey::from_seed(&[8; 32]).public().to_string());
        assert!(matches!(SignedAudit::read(&other), Err(AuditError::Cose(CoseError::UnknownKey(_)))));
        for at in (0..text.len()).step_by(7) {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let read = String::from_utf8(changed).ok().map(|t| SignedAudit::read(&t));
            assert!(!matches!(read, Some(Ok(_))), "byte {at}");
        }
    }

    #[test]
    fn a_result_that_contradicts_itself_is_not_signed() {
        type Change = fn(&mut PasswordAudit);
        let cases: [(&str, Change); 6] = [
            ("met with a finding", |a| a.findings.push(finding())),
            ("met in part", |a| a.whole_batch = false),
            ("met with a doubt", |a| a.why.push("so few".into())),
            ("not met without a finding", |a| a.outcome = Outcome::NotMet),
            ("an unknown kind", |a| a.looked_for.push("ugly".into())),
            ("not judged", |a| a.outcome = Outcome::NotTested),
        ];
        for (what, change) in cases {
            let mut audit = audit();
            change(&mut audit);
            assert!(matches!(audit.sign(&key()), Err(AuditError::Nonsense(_))), "{what}");
        }
        let mut not_met = audit();
        not_met.findings.push(finding());
        not_met.outcome = Outcome::NotMet;
        assert!(not_met.sign(&key()).is_ok());
    }

    fn finding() -> AuditFinding {
        AuditFinding {
            kind: "duplicate".into(),
            column: "password".into(),
            rows: 2,
            lines: vec![2, 3],
            confidence: Confidence::Certain,
            says: "two share".into(),
        }
    }

    #[test]
    fn the_longest_result_can_be_signed() {
        let mut audit = audit();
        audit.outcome = Outcome::NotMet;
        audit.rows = u64::MAX;
        audit.findings = vec![
            AuditFinding { says: "x".repeat(900), lines: vec![u64::MAX; 10], ..finding() };
            MOST_FINDINGS
        ];
        assert!(audit.sign(&key()).is_ok());
    }
}
