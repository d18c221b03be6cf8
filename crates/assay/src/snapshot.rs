//! The shop's file: what holds for every registered number, folded from the log at one size, signed by the register and
//! searched without a network and without being unpacked. It is exact: a number is in it or it is not. It is bound to the
//! log by its size, its root and the checkpoint that witnesses signed, and a Merkle root over its records lets anybody
//! show a third person that a number is in it, or that it is not. `docs/formats/snapshot.md` has every byte.
//!
//! The same records and the same header give the same bytes: whoever has the log can make the file again and compare. A
//! register issues one a day, to be relied on for [`MOST_DAYS`] at most; whoever opens it holds the days against a calendar.

mod bits;
mod delta;
mod index;
mod leaf;
mod pack;
mod proof;
mod record;

use assay_log::checkpoint::VerifiedCheckpoint;
use assay_log::note::Verifier;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::civil::Date;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

pub use self::index::Found;
pub use self::pack::{Builder, StandingId};
pub use self::proof::{Leaf, MAX_PROOF, Proof, Shown};
pub use self::record::{Declared, Document, Foreign, Notice, Rare, Record, SchemeState, Standing, State};

use self::index::Index;
use crate::cbor::{self, CborError};
use crate::cose::{self, CoseError, Purpose};
use crate::date::{self, from_days};
use crate::gtin::Gtin14;
use crate::key::{PublicKey, SecretKey};

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
    /// The log's checkpoint of that size with its cosignatures, a signed note; empty for a snapshot that comes from no log.
    pub checkpoint: String,
    /// The day it was made.
    pub issued: Date,
    /// The last day on which it may be relied on.
    pub valid_until: Date,
    /// It may hold numbers of restricted circulation, since it is for one shop's own use. A register's never does.
    pub own_numbers: bool,
}

/// For how many days at most a snapshot may be relied on: what it says may be otherwise after that.
pub const MOST_DAYS: i32 = 30;

/// The signed header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Version of header and body: 1.
    pub schema: u64,
    /// The snapshot's own number; it never falls. A register numbers its snapshots by the size of its log.
    pub number: u64,
    /// The log's name.
    pub log_origin: String,
    /// How many entries were folded.
    pub log_size: u64,
    /// The log's root hash at that size, in base64.
    pub root: String,
    /// The log's checkpoint of that size with its cosignatures; empty for a snapshot that comes from no log.
    pub checkpoint: String,
    /// The day it was made.
    pub issued: Date,
    /// The last day on which it may be relied on.
    pub valid_until: Date,
    /// Whether it may hold numbers of restricted circulation.
    pub own_numbers: bool,
    /// How many records it has.
    pub records: u64,
    /// The root of the Merkle tree over the records, in base64.
    pub tree: String,
    /// SHA-256 of all bytes after the header, in hexadecimal digits.
    pub body_sha256: String,
}

impl Header {
    /// The day of a sale by a machine's clock. One that stands before the day on which the snapshot was made is wrong, and by it a
    /// snapshot that is too old, and updates that have ended, would seem good.
    ///
    /// # Errors
    /// What is wrong; the mend is to set the clock or to name the day.
    pub fn by_clock(&self, clock: Date) -> Result<Date, String> {
        if self.was_made_after(clock) {
            let issued = self.issued;
            return Err(format!(
                "the clock of this machine shows {clock}, and the snapshot was made on {issued}"
            ));
        }
        Ok(clock)
    }

    /// Whether a day that is to be today lies before the one on which the snapshot was made: then it is not.
    #[must_use]
    pub fn was_made_after(&self, today: Date) -> bool {
        today < self.issued
    }
}

/// A snapshot whose signature and every byte were verified: it comes from [`Snapshot::open`] only.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    header: Header,
    /// The header as it was signed.
    signed: Vec<u8>,
    signed_by: PublicKey,
    index: Index,
}

/// Why bytes are not a snapshot to rely on, or records cannot be put into one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// Another kind of file.
    #[error("this is not a snapshot: such a file begins with ASSAYSNAP")]
    NotASnapshot,
    /// A frame, header or record form that this program does not know.
    #[error("this snapshot has version {0}, this program reads version 1: use a newer program")]
    UnknownVersion(String),
    /// A form from before the format was closed.
    #[error("this snapshot is of version 0, which no register makes any more: fetch it again")]
    Draft,
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
    /// A record's content.
    #[error("record {index} of the snapshot is not as the format says: {what}")]
    Record {
        /// Counted from 1.
        index: u64,
        /// What is wrong.
        what: String,
    },
    /// Signed, and not as such records are written.
    #[error(
        "the records are not in the one form that they have, or have another root: the register's program is at fault"
    )]
    Form,
    /// A GTIN that occurs twice.
    #[error("there are two records of {0}; a product has one")]
    Twice(Gtin14),
    /// More than a snapshot holds.
    #[error("there are {0} records, and a snapshot has at most {MAX_RECORDS}")]
    TooMany(usize),
    /// A brand and model of a number that has no record.
    #[error("a brand and model is told of {0}, which has no record")]
    Model(Gtin14),
    /// What changed from another snapshot.
    #[error("what changed cannot be applied: {0}")]
    Delta(String),
    /// A proof that shows nothing.
    #[error("the proof is refused: {0}")]
    Proof(String),
}

/// Every snapshot begins with this, followed by the version of the frame and a line feed.
const KIND: &[u8] = b"ASSAYSNAP";
const MAGIC: &[u8] = b"ASSAYSNAP1\n";
const SCHEMA: u64 = 1;

/// Most records: all places of the packed words are counted with 32 bits.
pub const MAX_RECORDS: usize = 1 << 30;

/// Numbers that are packed together.
const BLOCK: usize = 64;

/// Parts of the body.
const SECTIONS: usize = 7;

impl Snapshot {
    /// Writes a snapshot of the records, given in any order.
    ///
    /// # Errors
    /// Two records of one GTIN, a record or header beyond its greatest length, a last day before the first.
    pub fn build(records: &[Record], basis: &Basis, key: &SecretKey) -> Result<Vec<u8>, SnapshotError> {
        let mut builder = Builder::default();
        records.iter().for_each(|record| builder.add(record));
        Self::seal(builder, basis, key)
    }

    /// Writes a snapshot of what was gathered.
    ///
    /// # Errors
    /// As [`Snapshot::build`].
    pub fn seal(builder: Builder, basis: &Basis, key: &SecretKey) -> Result<Vec<u8>, SnapshotError> {
        let packed = builder.pack()?;
        let header = Header {
            schema: SCHEMA,
            number: basis.number,
            log_origin: basis.log_origin.clone(),
            log_size: basis.log_size,
            root: STANDARD.encode(basis.root),
            checkpoint: basis.checkpoint.clone(),
            issued: basis.issued,
            valid_until: basis.valid_until,
            own_numbers: basis.own_numbers,
            records: packed.records,
            tree: packed.tree.to_string(),
            body_sha256: hex(&packed.body),
        };
        header.check()?;
        let signed = cose::sign(key, Purpose::Snapshot, &header.log_origin, cbor::to_bytes(&header));
        if signed.len() > cose::MAX_BYTES {
            return Err(CoseError::TooLong(signed.len()).into());
        }
        let mut bytes = MAGIC.to_vec();
        let length = u32::try_from(signed.len()).map_err(|_| CoseError::TooLong(signed.len()))?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(&signed);
        bytes.extend_from_slice(&packed.body);
        Ok(bytes)
    }

    /// Whether bytes begin as a snapshot does: for choosing a reader, never a judgement.
    #[must_use]
    pub fn looks_like(bytes: &[u8]) -> bool {
        bytes.starts_with(KIND)
    }

    /// The digest of what stands behind the header, in hexadecimal digits, as `body_sha256` names it: to find a file by, never a
    /// judgement. None where the bytes end before.
    #[must_use]
    pub fn body_digest(bytes: &[u8]) -> Option<String> {
        let (length, rest) = bytes.strip_prefix(MAGIC)?.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        rest.split_at_checked(length).map(|(_, body)| hex(body))
    }

    /// Reads a snapshot and believes nothing in it that one of the trusted keys did not sign for the log of this origin.
    ///
    /// # Errors
    /// See [`SnapshotError`]: every byte of the file is under the signature.
    pub fn open(bytes: &[u8], trusted: &[PublicKey], origin: &str) -> Result<Self, SnapshotError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| other_magic(bytes))?;
        let (length, rest) = rest.split_first_chunk::<4>().ok_or(SnapshotError::Truncated)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| SnapshotError::Truncated)?;
        let (signed, body) = rest.split_at_checked(length).ok_or(SnapshotError::Truncated)?;
        let (header, signed_by) = Header::open(signed, trusted, origin)?;
        if header.body_sha256 != hex(body) {
            return Err(SnapshotError::Body);
        }
        let index = Index::read(body, header.records, header.own_numbers)?;
        Ok(Self { header, signed: signed.to_vec(), signed_by, index })
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

    /// The log's checkpoint that it carries, verified by the log's key: of the size and root that the header names. None in one
    /// that comes from no log. The cosignatures of witnesses are held against a policy by whoever has one
    /// ([`assay_log::Policy`]).
    ///
    /// # Errors
    /// A checkpoint that the log's key did not sign, or of another size or root.
    pub fn checkpoint(&self, log: &Verifier) -> Result<Option<VerifiedCheckpoint>, SnapshotError> {
        let Header { checkpoint, log_origin, log_size, root, .. } = &self.header;
        if checkpoint.is_empty() {
            return Ok(None);
        }
        let error = |what: String| SnapshotError::Header(format!("its checkpoint {what}"));
        let found = assay_log::checkpoint::open(checkpoint, log_origin, std::slice::from_ref(log))
            .map_err(|e| error(format!("is refused: {e}")))?;
        if (found.size(), found.root().to_string()) != (*log_size, root.clone()) {
            return Err(error(format!("is of {} entries or of another root", found.size())));
        }
        Ok(Some(found))
    }

    /// How many records it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.records
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All records in the order of their GTINs.
    pub fn records(&self) -> impl Iterator<Item = Record> {
        (0..self.len()).filter_map(|rank| self.record(rank))
    }

    /// The record at a place in the order of GTINs.
    #[must_use]
    pub fn record(&self, rank: usize) -> Option<Record> {
        let (payload, found) = self.index.at(rank)?;
        let (_, standing) = self.index.standings.get(found.code as usize)?;
        let rare = self.index.rare(found.rank).cloned().unwrap_or_default();
        let gtin = Gtin14::of_payload(payload);
        Some(Record::of(gtin, self.day(found.day), standing, rare, &self.index.statements(rank)))
    }

    /// What holds for a product, if the register knows it.
    #[must_use]
    pub fn lookup(&self, gtin: Gtin14) -> Option<Record> {
        self.find(gtin).and_then(|found| self.record(found.rank as usize))
    }

    /// Where a number stands, without putting its record together: some words are read.
    #[inline]
    #[must_use]
    pub fn find(&self, gtin: Gtin14) -> Option<Found> {
        self.index.find(gtin.payload())
    }

    /// All numbers without their check digits, in their order, and what stands for each.
    pub fn numbers(&self) -> impl Iterator<Item = (u64, Found)> {
        self.index.numbers()
    }

    /// Where a number stands that is given without its check digit.
    #[inline]
    #[must_use]
    pub fn find_payload(&self, payload: u64) -> Option<Found> {
        self.index.find(payload)
    }

    /// What is rare about a record: notices and labels of other schemes.
    #[must_use]
    pub fn rare(&self, rank: u32) -> Option<&Rare> {
        self.index.rare(rank)
    }

    /// What [`Found::code`] counts: what many products have in common, and whether something rare stands beside it.
    pub fn standings(&self) -> impl ExactSizeIterator<Item = (&Standing, bool)> {
        self.index.standings.iter().map(|(rare, standing)| (standing, *rare))
    }

    /// What [`Found::day`] counts from 1.
    pub fn days(&self) -> impl ExactSizeIterator<Item = Option<Date>> {
        self.index.days.iter().map(|day| from_days(*day))
    }

    /// The day of a [`Found::day`].
    #[must_use]
    pub fn day(&self, code: u32) -> Option<Date> {
        let at = (code as usize).checked_sub(1)?;
        self.index.days.get(at).and_then(|day| from_days(*day))
    }

    /// The numbers of a brand and model, by the fingerprint that both sides make of it.
    pub fn by_model(&self, fingerprint: u64) -> impl Iterator<Item = Gtin14> {
        self.index
            .by_model(fingerprint)
            .filter_map(|rank| self.index.at(rank as usize))
            .map(|(payload, _)| Gtin14::of_payload(payload))
    }

    /// Makes the body anew of the records and compares, and the Merkle root over them, which opening does not: it takes seconds
    /// for millions. For whoever holds a snapshot against its log.
    ///
    /// # Errors
    /// The records, in the one form that they have, are not what the header was signed for.
    pub fn check(&self) -> Result<(), SnapshotError> {
        let mut builder = Builder::default();
        self.records().for_each(|record| builder.add(&record));
        for (fingerprint, rank) in self.index.models() {
            let record = self.index.at(rank as usize);
            record
                .into_iter()
                .for_each(|(payload, _)| builder.add_model(fingerprint, Gtin14::of_payload(payload)));
        }
        if self.is_of(builder)? { Ok(()) } else { Err(SnapshotError::Form) }
    }

    /// Whether its body and its Merkle root are those that were gathered.
    ///
    /// # Errors
    /// What was gathered cannot be put into a snapshot.
    pub fn is_of(&self, gathered: Builder) -> Result<bool, SnapshotError> {
        let packed = gathered.pack()?;
        let made = (hex(&packed.body), packed.tree.to_string());
        Ok(made == (self.header.body_sha256.clone(), self.header.tree.clone()))
    }
}

impl Header {
    /// Reads a signed header and who of the trusted signed it.
    fn open(signed: &[u8], trusted: &[PublicKey], origin: &str) -> Result<(Self, PublicKey), SnapshotError> {
        let message = cose::parse(signed)?;
        let (payload, signed_by) = message.verify_with(trusted, Purpose::Snapshot, origin)?;
        Ok((Self::read(payload)?, signed_by))
    }

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
        if date::to_days(self.valid_until) - date::to_days(self.issued) > MOST_DAYS {
            let what = format!(
                "issued on {} and valid until {}: {MOST_DAYS} days are the most",
                self.issued, self.valid_until
            );
            return Err(SnapshotError::Header(what));
        }
        for (name, root) in [("the log's root", &self.root), ("the root over the records", &self.tree)] {
            if STANDARD.decode(root).map(|root| root.len()) != Ok(32) {
                return Err(SnapshotError::Header(format!("{name} is 32 bytes in base64")));
            }
        }
        Ok(())
    }
}

/// Reads a value and insists that writing it gives the same bytes: dates and labels, too, have one spelling only.
fn exact<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, CborError> {
    let value: T = cbor::from_bytes(bytes)?;
    if cbor::to_bytes(&value) == bytes { Ok(value) } else { Err(CborError::NotCanonical) }
}

fn other_magic(bytes: &[u8]) -> SnapshotError {
    match bytes.strip_prefix(KIND) {
        Some([b'0', ..]) => SnapshotError::Draft,
        Some([version @ b'2'..=b'9', ..]) => SnapshotError::UnknownVersion(char::from(*version).to_string()),
        Some(_) => SnapshotError::Truncated,
        None => SnapshotError::NotASnapshot,
    }
}

fn hex(body: &[u8]) -> String {
    Sha256::digest(body).iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests;
