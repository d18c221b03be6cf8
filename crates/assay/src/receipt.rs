//! The receipt of a gate's run: which catalogue was judged by which snapshot under which scheme on which day, and what it came
//! to, signed by whoever ran it. A shop can show later what it knew and when; anybody can verify it, and hold the catalogue and
//! the verdicts against their digests. One JSON document: the record to be read, the key, and the signed message, which alone
//! counts; a record that differs from the signed one is refused.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::cbor;
use crate::cose::{self, CoseError, Purpose};
use crate::gate::Reason;
use crate::key::{PublicKey, SecretKey};
use crate::text::is_digest;

/// The `schema` of the document.
pub const SCHEMA: &str = "assay-gate-receipt-0";
/// The version of the signed record.
const VERSION: u8 = 0;
/// Longest document that is read, in bytes.
pub const MAX_BYTES: usize = 4 * cose::MAX_BYTES;

/// What a run of the gate came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The program and its version.
    pub program: String,
    /// The catalogue as it lay: packed, if it was.
    pub catalogue: File,
    /// The verdicts that were written; none where none were.
    pub verdicts: Option<File>,
    /// What was known.
    pub snapshot: Known,
    /// The scheme, as an id.
    pub scheme: String,
    /// The part of the United Kingdom where the shop sells, where it said one.
    pub territory: Option<String>,
    /// The day of the sale.
    pub on: Date,
    /// The column of the catalogue that says another day for a row.
    pub sold_on: Option<String>,
    /// For how many months after the sale updates had to be promised.
    pub supported_for: Option<u32>,
    /// Whether listings were sorted by their words.
    pub scope_check: bool,
    /// Rows, each of which has exactly one verdict.
    pub rows: u64,
    /// Rows that may be sold.
    pub may_sell: u64,
    /// Rows that may not.
    pub refuse: u64,
    /// Rows for a person.
    pub ask: u64,
    /// Rows that the scheme says nothing about.
    pub out_of_scope: u64,
    /// Rows by the word of their reason.
    pub by_reason: BTreeMap<String, u64>,
}

/// A file, known by its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// SHA-256 in lower-case hex.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
}

/// A snapshot, known by what its header says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// The log's name.
    pub log_origin: String,
    /// The snapshot's number.
    pub number: u64,
    /// How many entries of the log were folded.
    pub log_size: u64,
    /// The log's root, in base64.
    pub root: String,
    /// The root over its records, in base64.
    pub tree: String,
    /// SHA-256 of its body, in hex.
    pub body_sha256: String,
    /// The day it was made.
    pub issued: Date,
    /// The last day on which it could be relied on.
    pub valid_until: Date,
}

/// The document.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    schema: String,
    receipt: Receipt,
    key: PublicKey,
    /// COSE_Sign1 over the deterministic CBOR of `[0, receipt]`, in base64.
    signed: String,
}

/// A record whose signature is that of the key it names. Whose key that is, only the reader can know.
#[derive(Clone, Debug, PartialEq)]
pub struct SignedReceipt {
    /// The record.
    pub receipt: Receipt,
    /// The key.
    pub key: PublicKey,
}

/// Why a document is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// Not such a document.
    #[error("this is no receipt of the gate: {0}")]
    Malformed(String),
    /// The signature.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// The readable record is another one than the signed.
    #[error("the record that is written differs from the one that was signed: somebody changed it")]
    Differs,
    /// Signed, and it contradicts itself.
    #[error("the signed record makes no sense: {0}")]
    Nonsense(&'static str),
}

/// Whether some text means to be such a document.
#[must_use]
pub fn looks_like(text: &str) -> bool {
    text.trim_start().starts_with('{') && text.contains(&format!("\"{SCHEMA}\""))
}

impl Receipt {
    /// The signed document.
    ///
    /// # Errors
    /// [`ReceiptError::Nonsense`].
    pub fn sign(&self, key: &SecretKey) -> Result<String, ReceiptError> {
        self.check_form().map_err(ReceiptError::Nonsense)?;
        let message = cose::sign(key, Purpose::GateReceipt, "", cbor::to_bytes(&(VERSION, self)));
        let document = Document {
            schema: SCHEMA.to_owned(),
            receipt: self.clone(),
            key: key.public(),
            signed: STANDARD.encode(message),
        };
        let text = serde_json::to_string_pretty(&document);
        text.map(|t| t + "\n").map_err(|e| ReceiptError::Malformed(e.to_string()))
    }

    fn check_form(&self) -> Result<(), &'static str> {
        let one = |ok: bool, what| if ok { Ok(()) } else { Err(what) };
        let files = [Some(&self.catalogue), self.verdicts.as_ref()];
        let answers = [self.may_sell, self.refuse, self.ask, self.out_of_scope];
        let sum = |all: &[u64]| all.iter().try_fold(0u64, |sum, n| sum.checked_add(*n));
        let reasons: Vec<u64> = self.by_reason.values().copied().collect();
        one(files.into_iter().flatten().all(|f| is_digest(&f.sha256)), "a digest is no SHA-256 in hex")?;
        one(is_digest(&self.snapshot.body_sha256), "the snapshot's digest is no SHA-256 in hex")?;
        one(
            sum(&answers) == Some(self.rows) && sum(&reasons) == Some(self.rows),
            "its answers or its reasons are not as many as its rows",
        )?;
        one(
            self.by_reason.keys().all(|word| Reason::find(word).is_some()),
            "it has a reason that does not exist",
        )?;
        one(
            [&self.program, &self.scheme, &self.snapshot.log_origin]
                .into_iter()
                .chain(&self.territory)
                .chain(&self.sold_on)
                .all(|t| t.len() <= 300),
            "a text in it is too long",
        )
    }
}

impl SignedReceipt {
    /// Reads a document, verifies its signature and its form.
    ///
    /// # Errors
    /// See [`ReceiptError`].
    pub fn read(text: &str) -> Result<Self, ReceiptError> {
        let malformed = |what: &str| ReceiptError::Malformed(what.to_owned());
        if text.len() > MAX_BYTES {
            return Err(malformed("it is too long"));
        }
        let document: Document = serde_json::from_str(text).map_err(|e| malformed(&e.to_string()))?;
        if document.schema != SCHEMA {
            return Err(malformed("its schema is another one"));
        }
        let message = STANDARD.decode(&document.signed).map_err(|_| malformed("`signed` is no base64"))?;
        let message = cose::parse(&message)?;
        let (payload, key) = message.verify_with(&[document.key], Purpose::GateReceipt, "")?;
        let (version, receipt): (u8, Receipt) =
            cbor::from_bytes(payload).map_err(|e| malformed(&e.to_string()))?;
        if version != VERSION {
            return Err(malformed("it is of a version that this program does not know"));
        }
        if receipt != document.receipt {
            return Err(ReceiptError::Differs);
        }
        receipt.check_form().map_err(ReceiptError::Nonsense)?;
        Ok(Self { receipt, key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt() -> Receipt {
        let day = |text| crate::date::parse(text).unwrap();
        Receipt {
            program: "assay 0.1.0".into(),
            catalogue: File { sha256: "a".repeat(64), bytes: 10 },
            verdicts: Some(File { sha256: "b".repeat(64), bytes: 20 }),
            snapshot: Known {
                log_origin: "register.example/log".into(),
                number: 9,
                log_size: 9,
                root: "AAAA".into(),
                tree: "AAAA".into(),
                body_sha256: "c".repeat(64),
                issued: day("2026-11-27"),
                valid_until: day("2026-12-27"),
            },
            scheme: "uk-psti".into(),
            territory: Some("GB".into()),
            on: day("2026-11-28"),
            sold_on: None,
            supported_for: Some(24),
            scope_check: true,
            rows: 3,
            may_sell: 1,
            refuse: 0,
            ask: 2,
            out_of_scope: 0,
            by_reason: BTreeMap::from([("declared".into(), 1), ("not-registered".into(), 2)]),
        }
    }

    #[test]
    fn what_was_signed_is_read_back_and_nothing_else_is() {
        let key = SecretKey::from_seed(&[5; 32]);
        let text = receipt().sign(&key).unwrap();
        assert!(looks_like(&text));
        let read = SignedReceipt::read(&text).unwrap();
        assert_eq!((read.receipt, read.key), (receipt(), key.public()));
        for (from, to) in [
            ("\"may_sell\": 1", "\"may_sell\": 2"),
            ("uk-psti", "eu-cra"),
            ("2026-11-28", "2026-11-29"),
            ("\"scope_check\": true", "\"scope_check\": false"),
        ] {
            let changed = text.replace(from, to);
            assert_ne!(changed, text);
            assert_eq!(SignedReceipt::read(&changed), Err(ReceiptError::Differs), "{from}");
        }
        let other = SecretKey::from_seed(&[6; 32]).public();
        let claimed = text.replace(&key.public().to_string(), &other.to_string());
        assert!(matches!(SignedReceipt::read(&claimed), Err(ReceiptError::Cose(_))));
        assert!(matches!(SignedReceipt::read("{}"), Err(ReceiptError::Malformed(_))));
    }

    #[test]
    fn a_record_that_contradicts_itself_is_neither_signed_nor_read() {
        let key = SecretKey::from_seed(&[5; 32]);
        for bent in [
            Receipt { rows: 4, ..receipt() },
            Receipt { ask: u64::MAX, refuse: 3, ..receipt() },
            Receipt { by_reason: BTreeMap::from([("fine".into(), 3)]), ..receipt() },
            Receipt { catalogue: File { sha256: "x".into(), bytes: 1 }, ..receipt() },
            Receipt { scheme: "x".repeat(301), ..receipt() },
        ] {
            assert!(matches!(bent.sign(&key), Err(ReceiptError::Nonsense(_))), "{bent:?}");
            let message = cose::sign(&key, Purpose::GateReceipt, "", cbor::to_bytes(&(VERSION, &bent)));
            let document = Document {
                schema: SCHEMA.into(),
                receipt: bent,
                key: key.public(),
                signed: STANDARD.encode(message),
            };
            let read = SignedReceipt::read(&serde_json::to_string(&document).unwrap());
            assert!(matches!(read, Err(ReceiptError::Nonsense(_))));
        }
    }
}
