//! The bytes floor: a Merkle tree, its tiles, signed notes, checkpoints, cosignatures, policies and proofs, in the
//! formats that C2SP publishes; `docs/formats/log.md` says which version of which text. It knows no product,
//! opens no file, asks no clock and draws no randomness: bytes, keys and times come in as arguments, and what
//! comes out is either verified or an error that says what was wrong.
//!
//! ```text
//! entries ──leaf_hash──▶ Tree ──root, size──▶ Checkpoint ──Signer──▶ Note      (the log writes)
//!                         │                                            │ ▲
//!                         ├──tile, bundle──▶ static files              │ └─cosignatures─ witness  (who watches signs, too)
//!                         └──inclusion_proof──▶ Proof ◀────────────────┘
//!                                                 │
//!                                 entry, policy ──┴─verify_under──▶ Included      (anybody reads, offline)
//! ```
//!
//! Three types carry proof: [`VerifiedCheckpoint`] comes only from a log's signature that held, [`Witnessed`] only
//! from enough cosignatures that did as well, and [`Included`] only from an inclusion proof that held under such
//! a checkpoint. None can be made in any other way.
//!
//! ```
//! use assay_log::witness::{AddCheckpoint, consider, read_answer, Answer};
//! use assay_log::{Checkpoint, Cosigner, Policy, Proof, Signer, Tree};
//!
//! // A log signs a checkpoint of its tree.
//! let log = Signer::new("example.org/log", [7; 32])?;
//! let tree = Tree::from_entries(["one", "two", "three"]);
//! let note = Checkpoint::new("example.org/log", tree.len(), tree.root())?.sign(&log)?;
//!
//! // A witness that has cosigned nothing of it before keeps what it is about to sign, and signs.
//! let north = Cosigner::ml_dsa_44("north.example", [8; 32])?;
//! let request = AddCheckpoint::new(0, vec![], note)?;
//! let now = 1_800_000_000;
//! let advance = consider(&request, Some(&[log.verifier().clone().into()]), None, now)?;
//! let answer = Answer::cosigned(&advance.cosign([&north])?);
//!
//! // The log puts the cosignature under its checkpoint, and proofs to keep carry both.
//! let keys = [north.key().clone()];
//! let lines = read_answer(&request, answer.status, None, answer.body.as_bytes(), &keys, now)?;
//! let note = request.note().clone().with_signatures(lines)?;
//! let proof = Proof::new(1, tree.inclusion_proof(1, 3)?, note.to_string())?.to_string();
//!
//! // A reader who believes this log if north cosigned needs nothing else.
//! let policy = format!("log {}\nwitness north {}\nquorum north\n", log.verifier(), north.key());
//! let policy: Policy = policy.parse()?;
//! let included = Proof::parse(&proof)?.verify_under(b"two", &policy)?;
//! assert_eq!(included.checkpoint().size(), 3);
//! assert_eq!(included.cosigned()[0].time(), now);
//! assert!(Proof::parse(&proof)?.verify_under(b"2", &policy).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod checkpoint;
pub mod cosignature;
mod decimal;
pub mod hash;
mod log_key;
pub mod note;
pub mod policy;
pub mod proof;
pub mod tile;
pub mod tree;
pub mod witness;

pub use checkpoint::{Checkpoint, VerifiedCheckpoint};
pub use cosignature::{Cosigner, CosignerKey};
pub use hash::{EMPTY_ROOT, Hash, leaf_hash, node_hash};
pub use log_key::LogKey;
pub use note::{Note, Signer, VerifiedNote, Verifier};
pub use policy::{Policy, Witnessed};
pub use proof::{Included, Proof};
pub use tile::{TilePath, TileReader, bundle, tiles_between};
pub use tree::{Frontier, Tree, verify_consistency, verify_inclusion};
