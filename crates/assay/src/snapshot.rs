//! The shop's file: what holds for every registered product, folded from the log at one size, signed by the register and
//! read without a network. It is exact (a product is in it or it is not) and says until when it may be relied on.
//! It is not the log: it proves nothing about how its records came to be; for that it names the log's size and root.
//!
//! ```text
//! bytes            what
//! 0 … 10           "ASSAYSNAP0\n": what this is, and the version of the frame
//! 11 … 14          H, the length of the header, an unsigned number of 32 bits, the highest byte first
//! 15 … 14+H        the header: COSE_Sign1 (tag 18, Ed25519, external data "assay-snapshot-v0") over the
//!                  deterministic CBOR of [`Header`], a map with the keys body_sha256, issued, log_origin, log_size,
//!                  number, records, root, schema (0) and valid_until; at most 65,535 bytes
//! 15+H … end       the body: for each record, in the order of their GTINs and each GTIN once,
//!                    4 bytes   R, the length of the record, as above; at most 65,535
//!                    R bytes   the deterministic CBOR of [`Record`], a map with the keys gtin (text of 14 digits),
//!                              product, schemes, shortened, state and updates_until (text YYYY-MM-DD, or null);
//!                              schemes maps a scheme's id to a map of statement, variant ("tick", "cross" or null)
//!                              and verdict
//! ```
//! The SHA-256 of the body stands in the signed header, so that no byte of the file is outside the signature's reach.
//! The same records and the same header give the same bytes. A register issues one today, to be relied on for [`MOST_DAYS`]
//! at most; whoever opens it holds the days against a calendar.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::civil::Date;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

use crate::assess::{Variant, Verdict};
use crate::cbor::{self, CborError};
use crate::cose::{self, CoseError, Purpose};
use crate::gtin::Gtin14;
use crate::key::{PublicKey, SecretKey};

/// What holds for one product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The number under the barcode.
    pub gtin: Gtin14,
    /// The product's id in the register.
    pub product: String,
    /// Whether its entry stands.
    pub state: State,
    /// A support end earlier than the published one was shown by its maker.
    pub shortened: bool,
    /// The last day until which security updates are promised at least; none where none are promised.
    pub updates_until: Option<Date>,
    /// Scheme by scheme, what was declared; a scheme that is missing was not declared under.
    pub schemes: BTreeMap<String, SchemeState>,
}

/// Whether a product's entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It stands.
    Active,
    /// More than one maker claims the GTIN.
    Disputed,
    /// The maker took the declaration back.
    Withdrawn,
}

/// What was declared under one scheme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchemeState {
    /// What the scheme says of the product.
    pub verdict: Verdict,
    /// The label's sign, where the scheme has a label and the product carries it.
    pub variant: Option<Variant>,
    /// The log's index of the statement that says so.
    pub statement: u64,
}

/// What a snapshot is the fold of, and how long it may be relied on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    /// The snapshot's own number; it never falls. A register numbers its snapshots by the size of its log.
    pub number: u64,
    /// The log's name.
    pub log_origin: String,
    /// How many entries were folded.
    pub log_size: u64,
    /// The log's root hash at that size.
    pub root: [u8; 32],
    /// The day it was made.
    pub issued: Date,
    /// The last day on which it may be relied on.
    pub valid_until: Date,
}

/// For how many days at most a snapshot may be relied on: what it says may be otherwise after that.
pub const MOST_DAYS: i32 = 30;

/// The signed header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Version of header and records: 0.
    pub schema: u64,
    /// The snapshot's own number; it never falls. A register numbers its snapshots by the size of its log.
    pub number: u64,
    /// The log's name.
    pub log_origin: String,
    /// How many entries were folded.
    pub log_size: u64,
    /// The log's root hash at that size, in base64.
    pub root: String,
    /// The day it was made.
    pub issued: Date,
    /// The last day on which it may be relied on.
    pub valid_until: Date,
    /// How many records follow.
    pub records: u64,
    /// SHA-256 of all bytes after the header, in hexadecimal digits.
    pub body_sha256: String,
}

/// A snapshot whose signature and every byte were verified: it comes from [`Snapshot::open`] only.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    header: Header,
    signed_by: PublicKey,
    records: Vec<Record>,
}

/// Why bytes are not a snapshot to rely on, or records cannot be put into one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// Another kind of file.
    #[error("this is not a snapshot: such a file begins with ASSAYSNAP")]
    NotASnapshot,
    /// A frame, header or record form that this program does not know.
    #[error("this snapshot has version {0}, this program reads version 0: use a newer program")]
    UnknownVersion(String),
    /// The file ends before its header does.
    #[error("the snapshot is cut off within its header: download it again")]
    Truncated,
    /// The header's signature.
    #[error("the snapshot's header is refused: {0}")]
    Signature(#[from] CoseError),
    /// The header's content.
    #[error("the snapshot's header is not as the format says: {0}")]
    Header(String),
    /// The body is not the one that was signed.
    #[error(
        "the records are not those that the header was signed for (changed or cut off): download it again"
    )]
    Body,
    /// A record's content or length.
    #[error("record {index} of the snapshot is not as the format says: {what}")]
    Record {
        /// Counted from 1.
        index: u64,
        /// What is wrong.
        what: String,
    },
    /// A GTIN out of order.
    #[error("the record of {0} is out of order, so that records could not be found")]
    Unsorted(Gtin14),
    /// A GTIN that occurs twice.
    #[error("there are two records of {0}; a product has one")]
    Twice(Gtin14),
    /// Another number of records than was signed.
    #[error("the header speaks of {said} records, there are {found}")]
    Count {
        /// In the header.
        said: u64,
        /// In the body.
        found: u64,
    },
}

/// Every snapshot begins with this, followed by the version of the frame and a line feed.
const KIND: &[u8] = b"ASSAYSNAP";
const MAGIC: &[u8] = b"ASSAYSNAP0\n";
const SCHEMA: u64 = 0;

/// Longest record, in bytes.
const MAX_RECORD: usize = 65_535;

impl Snapshot {
    /// Writes a snapshot of the records, given in any order.
    ///
    /// # Errors
    /// Two records of one GTIN, a record or header beyond its greatest length, a last day before the first.
    pub fn build(mut records: Vec<Record>, basis: &Basis, key: &SecretKey) -> Result<Vec<u8>, SnapshotError> {
        records.sort_by_key(|r| r.gtin);
        if let Some(pair) = records.windows(2).find(|pair| pair[0].gtin == pair[1].gtin) {
            return Err(SnapshotError::Twice(pair[0].gtin));
        }
        let mut body = Vec::new();
        for (index, record) in (1..).zip(&records) {
            let bytes = cbor::to_bytes(record);
            if bytes.len() > MAX_RECORD {
                let what = format!("it has {} bytes, at most {MAX_RECORD} are allowed", bytes.len());
                return Err(SnapshotError::Record { index, what });
            }
            push(&mut body, &bytes);
        }
        let header = Header {
            schema: SCHEMA,
            number: basis.number,
            log_origin: basis.log_origin.clone(),
            log_size: basis.log_size,
            root: STANDARD.encode(basis.root),
            issued: basis.issued,
            valid_until: basis.valid_until,
            records: count(&records),
            body_sha256: hex(&body),
        };
        header.check()?;
        let signed = cose::sign(key, Purpose::Snapshot, &header.log_origin, cbor::to_bytes(&header));
        if signed.len() > cose::MAX_BYTES {
            return Err(CoseError::TooLong(signed.len()).into());
        }
        let mut bytes = MAGIC.to_vec();
        push(&mut bytes, &signed);
        bytes.extend_from_slice(&body);
        Ok(bytes)
    }

    /// Whether bytes begin as a snapshot does: for choosing a reader, never a judgement.
    #[must_use]
    pub fn looks_like(bytes: &[u8]) -> bool {
        bytes.starts_with(KIND)
    }

    /// Reads a snapshot and believes nothing in it that one of the trusted keys did not sign for the log of this origin.
    ///
    /// # Errors
    /// See [`SnapshotError`]: every byte of the file is under the signature.
    pub fn open(bytes: &[u8], trusted: &[PublicKey], origin: &str) -> Result<Self, SnapshotError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| other_magic(bytes))?;
        let (signed, body) = split(rest).ok_or(SnapshotError::Truncated)?;
        let message = cose::parse(signed)?;
        let (payload, signed_by) = message.verify_with(trusted, Purpose::Snapshot, origin)?;
        let header = Header::read(payload)?;
        if header.body_sha256 != hex(body) {
            return Err(SnapshotError::Body);
        }
        let records = read_records(body)?;
        if header.records != count(&records) {
            return Err(SnapshotError::Count { said: header.records, found: count(&records) });
        }
        Ok(Self { header, signed_by, records })
    }

    /// The signed header.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The key that signed it.
    #[must_use]
    pub fn signed_by(&self) -> PublicKey {
        self.signed_by
    }

    /// All records in the order of their GTINs.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// What holds for a product, if the register knows it.
    #[must_use]
    pub fn lookup(&self, gtin: Gtin14) -> Option<&Record> {
        self.records.binary_search_by_key(&gtin, |r| r.gtin).ok().and_then(|at| self.records.get(at))
    }
}

impl Header {
    fn read(payload: &[u8]) -> Result<Self, SnapshotError> {
        /// The one field that every version has; a newer one may have others beside it.
        #[derive(Deserialize)]
        struct Version {
            schema: u64,
        }
        let version: Version = cbor::from_bytes(payload).map_err(|e| SnapshotError::Header(e.to_string()))?;
        if version.schema != SCHEMA {
            return Err(SnapshotError::UnknownVersion(version.schema.to_string()));
        }
        let header: Self = exact(payload).map_err(|e| SnapshotError::Header(e.to_string()))?;
        header.check()?;
        Ok(header)
    }

    fn check(&self) -> Result<(), SnapshotError> {
        if self.valid_until < self.issued {
            let what = format!("valid until {}, but issued only on {}", self.valid_until, self.issued);
            return Err(SnapshotError::Header(what));
        }
        if STANDARD.decode(&self.root).map(|root| root.len()) != Ok(32) {
            return Err(SnapshotError::Header("the log's root is 32 bytes in base64".into()));
        }
        Ok(())
    }
}

fn read_records(mut body: &[u8]) -> Result<Vec<Record>, SnapshotError> {
    let mut records: Vec<Record> = Vec::new();
    while !body.is_empty() {
        let index = count(&records) + 1;
        let error = |what: String| SnapshotError::Record { index, what };
        let (bytes, rest) = split(body).ok_or_else(|| error("it is cut off".into()))?;
        if bytes.len() > MAX_RECORD {
            return Err(error(format!("it has {} bytes, at most {MAX_RECORD} are allowed", bytes.len())));
        }
        let record: Record = exact(bytes).map_err(|e| error(e.to_string()))?;
        match records.last().map(|last| last.gtin.cmp(&record.gtin)) {
            None | Some(std::cmp::Ordering::Less) => {}
            Some(std::cmp::Ordering::Equal) => return Err(SnapshotError::Twice(record.gtin)),
            Some(std::cmp::Ordering::Greater) => return Err(SnapshotError::Unsorted(record.gtin)),
        }
        records.push(record);
        body = rest;
    }
    Ok(records)
}

/// Reads a value and insists that writing it gives the same bytes: dates and labels, too, have one spelling only.
fn exact<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, CborError> {
    let value: T = cbor::from_bytes(bytes)?;
    if cbor::to_bytes(&value) == bytes { Ok(value) } else { Err(CborError::NotCanonical) }
}

fn other_magic(bytes: &[u8]) -> SnapshotError {
    match bytes.strip_prefix(KIND) {
        Some([version @ (b'0'..=b'9'), ..]) if *version != b'0' => {
            SnapshotError::UnknownVersion(char::from(*version).to_string())
        }
        Some(_) => SnapshotError::Truncated,
        None => SnapshotError::NotASnapshot,
    }
}

/// Appends the length and the bytes.
fn push(to: &mut Vec<u8>, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).expect("the callers hold headers and records below 64 KiB");
    to.extend_from_slice(&length.to_be_bytes());
    to.extend_from_slice(bytes);
}

/// Takes a length and so many bytes off the front, if they are all there.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

fn count(records: &[Record]) -> u64 {
    u64::try_from(records.len()).expect("a length fits 64 bits")
}

fn hex(body: &[u8]) -> String {
    Sha256::digest(body).iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        crate::date::parse(text).unwrap()
    }

    fn key() -> SecretKey {
        SecretKey::from_seed(&[9; 32])
    }

    fn basis() -> Basis {
        Basis {
            number: 7,
            log_origin: "register.example/log".into(),
            log_size: 42,
            root: [5; 32],
            issued: day("2026-11-22"),
            valid_until: day("2026-12-22"),
        }
    }

    fn record(gtin: &str) -> Record {
        let state =
            SchemeState { verdict: Verdict::DoesNotHold, variant: Some(Variant::Cross), statement: 3 };
        Record {
            gtin: Gtin14::parse(gtin).unwrap(),
            product: "p-1".into(),
            state: State::Active,
            shortened: false,
            updates_until: Some(day("2030-05-31")),
            schemes: BTreeMap::from([("uk-2019-option-a".to_owned(), state)]),
        }
    }

    fn three() -> Vec<Record> {
        let mut last = record("96385074");
        last.updates_until = None;
        last.schemes.clear();
        vec![record("4006381333931"), last, record("036000291452")]
    }

    fn good() -> Vec<u8> {
        Snapshot::build(three(), &basis(), &key()).unwrap()
    }

    fn open(bytes: &[u8]) -> Result<Snapshot, SnapshotError> {
        Snapshot::open(bytes, &[key().public()], &basis().log_origin)
    }

    /// A file whose signature is right and whose header and body are whatever a test wants.
    fn forge(header: &impl Serialize, body: &[u8]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        push(&mut bytes, &cose::sign(&key(), Purpose::Snapshot, &basis().log_origin, cbor::to_bytes(header)));
        bytes.extend_from_slice(body);
        bytes
    }

    fn with_body(body: &[u8], records: u64) -> Result<Snapshot, SnapshotError> {
        let header = open(&good()).unwrap().header().clone();
        open(&forge(&Header { records, body_sha256: hex(body), ..header }, body))
    }

    #[test]
    fn what_was_put_in_is_found_and_nothing_else_is() {
        let snapshot = open(&good()).unwrap();
        assert_eq!((snapshot.header().number, snapshot.header().records), (7, 3));
        assert_eq!(snapshot.signed_by(), key().public());
        for wanted in three() {
            assert_eq!(snapshot.lookup(wanted.gtin), Some(&wanted));
        }
        assert_eq!(snapshot.lookup(Gtin14::parse("8711500642219").unwrap()), None);
    }

    #[test]
    fn the_same_records_in_any_order_give_the_same_bytes() {
        let mut turned = three();
        turned.rotate_left(1);
        assert_eq!(Snapshot::build(turned, &basis(), &key()).unwrap(), good());
    }

    #[test]
    fn an_empty_register_is_a_snapshot_too() {
        let bytes = Snapshot::build(vec![], &basis(), &key()).unwrap();
        assert_eq!(open(&bytes).unwrap().records(), &[]);
    }

    #[test]
    fn one_flipped_bit_anywhere_is_refused() {
        let good = good();
        for at in 0..good.len() {
            for bit in 0..8 {
                let mut changed = good.clone();
                changed[at] ^= 1 << bit;
                assert!(open(&changed).is_err(), "byte {at} bit {bit}");
            }
        }
    }

    #[test]
    fn a_file_cut_off_anywhere_or_with_a_byte_left_over_is_refused() {
        let good = good();
        for length in 0..good.len() {
            assert!(open(&good[..length]).is_err(), "{length} bytes");
        }
        assert_eq!(open(&good[..good.len() - 1]), Err(SnapshotError::Body));
        assert_eq!(open(&good[..20]), Err(SnapshotError::Truncated));
        assert_eq!(open(&[&good[..], &[0]].concat()), Err(SnapshotError::Body));
    }

    #[test]
    fn another_key_and_another_kind_of_file_are_refused() {
        let stranger = SecretKey::from_seed(&[8; 32]).public();
        let wanted = SnapshotError::Signature(CoseError::UnknownKey(key().public().id()));
        assert_eq!(Snapshot::open(&good(), &[stranger], &basis().log_origin), Err(wanted));
        assert_eq!(open(b"PK\x03\x04"), Err(SnapshotError::NotASnapshot));
        assert_eq!(open(b""), Err(SnapshotError::NotASnapshot));
    }

    #[test]
    fn a_newer_version_is_named_as_such() {
        let mut frame = good();
        frame[9] = b'1';
        assert_eq!(open(&frame), Err(SnapshotError::UnknownVersion("1".into())));
        let header = BTreeMap::from([("schema", 3), ("new", 1)]);
        assert_eq!(open(&forge(&header, b"")), Err(SnapshotError::UnknownVersion("3".into())));
    }

    #[test]
    fn a_signed_body_that_breaks_the_format_is_refused_all_the_same() {
        let framed = |records: &[Record]| {
            let mut body = Vec::new();
            records.iter().for_each(|r| push(&mut body, &cbor::to_bytes(r)));
            body
        };
        let (low, high) = (record("96385074"), record("4006381333931"));
        assert!(with_body(&framed(&[low.clone(), high.clone()]), 2).is_ok());
        assert_eq!(
            with_body(&framed(&[high.clone(), low.clone()]), 2),
            Err(SnapshotError::Unsorted(low.gtin))
        );
        assert_eq!(with_body(&framed(&[low.clone(), low.clone()]), 2), Err(SnapshotError::Twice(low.gtin)));
        let body = framed(&[low.clone(), high]);
        assert_eq!(with_body(&body, 3), Err(SnapshotError::Count { said: 3, found: 2 }));
        for broken in [&body[..body.len() - 1], &[&body[..], &[0, 0]].concat(), &[255; 8]] {
            assert!(matches!(with_body(broken, 2), Err(SnapshotError::Record { .. })));
        }
        let mut other_spelling = framed(&[low]);
        let at = other_spelling.windows(10).position(|w| w == b"2030-05-31").unwrap();
        other_spelling[at..at + 10].copy_from_slice(b"+002030531");
        assert!(matches!(with_body(&other_spelling, 1), Err(SnapshotError::Record { .. })));
    }

    #[test]
    fn what_cannot_be_right_is_not_built() {
        let twice = vec![record("96385074"), record("00000096385074")];
        let gtin = twice[0].gtin;
        assert_eq!(Snapshot::build(twice, &basis(), &key()), Err(SnapshotError::Twice(gtin)));
        let mut long = record("96385074");
        long.product = "p".repeat(70_000);
        let refused = Snapshot::build(vec![long], &basis(), &key());
        assert!(matches!(refused, Err(SnapshotError::Record { index: 1, .. })));
        let backwards = Basis { valid_until: day("2026-11-21"), ..basis() };
        assert!(matches!(Snapshot::build(vec![], &backwards, &key()), Err(SnapshotError::Header(_))));
        let endless = Basis { log_origin: "o".repeat(70_000), ..basis() };
        assert!(matches!(Snapshot::build(vec![], &endless, &key()), Err(SnapshotError::Signature(_))));
    }
}
