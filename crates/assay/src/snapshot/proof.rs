//! Showing a third person what a snapshot says of one number, or that it says nothing, without the snapshot: the signed
//! header, and the leaf of the number; or the two leaves between which it would stand. A Merkle path (RFC 9162) leads from
//! each to the root in the header.

use assay_log::hash::{EMPTY_ROOT, Hash, leaf_hash};
use assay_log::tree::{Frontier, verify_inclusion};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, Serialize};

use super::{Header, Record, Snapshot, SnapshotError, leaf};
use crate::cbor;
use crate::gtin::Gtin14;
use crate::key::PublicKey;

/// What is handed to a third person, one JSON document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// `assay-snapshot-proof-0`.
    pub schema: String,
    /// The number it is about.
    #[serde(deserialize_with = "of_any_circulation")]
    pub gtin: Gtin14,
    /// Whether the snapshot has a record of it.
    pub present: bool,
    /// The signed header of the snapshot, in base64.
    pub header: String,
    /// Its own leaf; or those before and behind the place where it would stand.
    pub leaves: Vec<Leaf>,
}

/// A leaf and its way to the root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    /// Its place among the records, from 0.
    pub index: u64,
    /// Its bytes, in base64.
    pub leaf: String,
    /// The hashes beside its way to the root, from the leaf upwards, in base64.
    pub path: Vec<String>,
}

/// What a proof shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The snapshot has this record.
    Present(Box<Record>),
    /// It has none: these are its neighbours.
    Absent {
        /// The last number before it; none where there is none.
        after: Option<Gtin14>,
        /// The first number behind it.
        before: Option<Gtin14>,
    },
}

/// A number of fourteen digits, also one of restricted circulation: a shop's own snapshot may hold such.
fn of_any_circulation<'de, D: Deserializer<'de>>(d: D) -> Result<Gtin14, D::Error> {
    let text = String::deserialize(d)?;
    let number = text.parse().ok().filter(|_| text.len() == 14).map(Gtin14::with_restricted);
    number.and_then(Result::ok).ok_or_else(|| serde::de::Error::custom("a GTIN is written with 14 digits"))
}

const SCHEMA: &str = "assay-snapshot-proof-0";

/// Longest proof that is read, in bytes.
pub const MAX_PROOF: usize = 1 << 20;

impl Snapshot {
    /// Proves what the snapshot says of a number. All records are hashed for it: seconds for millions.
    #[must_use]
    pub fn prove(&self, gtin: Gtin14) -> Proof {
        let rank = self.index.rank_of(gtin.payload());
        let present = self.record(rank).is_some_and(|record| record.gtin == gtin);
        let places =
            if present { vec![rank] } else { rank.checked_sub(1).into_iter().chain([rank]).collect() };
        let leaves = Leaves::of(self);
        let leaves = places.into_iter().filter(|rank| *rank < self.len()).map(|rank| Leaf {
            index: rank as u64,
            leaf: STANDARD.encode(leaves.bytes(rank)),
            path: leaves.path(0, self.len(), rank).iter().map(Hash::to_string).collect(),
        });
        let leaves = leaves.collect();
        Proof { schema: SCHEMA.into(), gtin, present, header: STANDARD.encode(&self.signed), leaves }
    }
}

/// The leaves of a snapshot, made as they are wanted.
struct Leaves<'a> {
    snapshot: &'a Snapshot,
    standings: Vec<Vec<u8>>,
}

impl<'a> Leaves<'a> {
    fn of(snapshot: &'a Snapshot) -> Self {
        Self {
            snapshot,
            standings: snapshot.standings().map(|(standing, _)| cbor::to_bytes(standing)).collect(),
        }
    }

    fn bytes(&self, rank: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write(&mut bytes, rank);
        bytes
    }

    fn write(&self, to: &mut Vec<u8>, rank: usize) {
        let index = &self.snapshot.index;
        let Some((payload, found)) = index.at(rank) else { return to.clear() };
        let standing = self.standings.get(found.code as usize).map_or(&[][..], Vec::as_slice);
        let until = (found.day as usize).checked_sub(1).and_then(|at| index.days.get(at).copied());
        let rare = index.rare(found.rank).cloned().unwrap_or_default();
        leaf::write(to, Gtin14::of_payload(payload), until, standing, &rare, &index.statements(rank));
    }

    /// The root over the leaves from `first` to before `end`.
    fn root(&self, first: usize, end: usize) -> Hash {
        let mut tree = Frontier::new();
        let mut buffer = Vec::new();
        for rank in first..end {
            self.write(&mut buffer, rank);
            tree.push(leaf_hash(&buffer));
        }
        tree.root()
    }

    /// The hashes beside the way from a leaf to the root over `first..end`, the lowest first.
    fn path(&self, first: usize, end: usize, rank: usize) -> Vec<Hash> {
        let count = end - first;
        if count < 2 {
            return Vec::new();
        }
        // The largest power of two below the count.
        let half = first + (1 << (usize::BITS - 1 - (count - 1).leading_zeros()));
        if rank < half {
            let mut path = self.path(first, half, rank);
            path.push(self.root(half, end));
            path
        } else {
            let mut path = self.path(half, end, rank);
            path.push(self.root(first, half));
            path
        }
    }
}

impl Proof {
    /// Reads the document.
    ///
    /// # Errors
    /// Anything but such a document.
    pub fn parse(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let error = |what: String| SnapshotError::Proof(what);
        if bytes.len() > MAX_PROOF {
            return Err(error(format!("it has {} bytes, and a proof has at most {MAX_PROOF}", bytes.len())));
        }
        let proof: Self = serde_json::from_slice(bytes).map_err(|e| error(format!("it is no proof: {e}")))?;
        if proof.schema == SCHEMA {
            Ok(proof)
        } else {
            Err(error(format!("it is of schema {}", proof.schema)))
        }
    }

    /// Verifies everything that it says: believe nothing of it before.
    ///
    /// # Errors
    /// The first thing in it that does not follow from what one of the trusted keys signed.
    pub fn verify(&self, trusted: &[PublicKey], origin: &str) -> Result<(Header, Shown), SnapshotError> {
        let error = |what: &str| SnapshotError::Proof(what.into());
        let signed = STANDARD.decode(&self.header).map_err(|_| error("its header is not in base64"))?;
        let (header, _) = Header::open(&signed, trusted, origin)?;
        let root = Hash::from_base64(&header.tree).map_err(|_| error("its header has no root"))?;
        let mut records = Vec::new();
        for leaf in &self.leaves {
            let bytes = STANDARD.decode(&leaf.leaf).map_err(|_| error("a leaf is not in base64"))?;
            let path: Option<Vec<Hash>> = leaf.path.iter().map(|hash| Hash::from_base64(hash).ok()).collect();
            let path = path.ok_or_else(|| error("a path is not of hashes in base64"))?;
            verify_inclusion(leaf.index, header.records, &leaf_hash(&bytes), &path, &root)
                .map_err(|e| SnapshotError::Proof(format!("a leaf is not of this snapshot: {e}")))?;
            records.push((leaf.index, leaf::read(&bytes, header.own_numbers)?));
        }
        let shown = match &records[..] {
            [(_, record)] if self.present && record.gtin == self.gtin => {
                Shown::Present(Box::new(record.clone()))
            }
            _ if self.present => return Err(error("it has no leaf of its number")),
            [] if header.records == 0 && root == EMPTY_ROOT => Shown::Absent { after: None, before: None },
            [(0, first)] if self.gtin < first.gtin => Shown::Absent { after: None, before: Some(first.gtin) },
            [(at, last)] if at + 1 == header.records && last.gtin < self.gtin => {
                Shown::Absent { after: Some(last.gtin), before: None }
            }
            [(one, low), (other, high)]
                if one + 1 == *other && low.gtin < self.gtin && self.gtin < high.gtin =>
            {
                Shown::Absent { after: Some(low.gtin), before: Some(high.gtin) }
            }
            _ => return Err(error("its leaves are not the neighbours of its number")),
        };
        Ok((header, shown))
    }
}
