//! The bytes floor: a Merkle tree, its tiles, signed notes, checkpoints and proofs, in the formats that C2SP
//! publishes (`tlog-tiles`, `signed-note`, `tlog-checkpoint`, `tlog-proof`). It knows no product, opens no
//! file and asks no clock: bytes and keys come in as arguments, and what comes out is either verified or an
//! error that says what was wrong.
//!
//! ```text
//! entries ──leaf_hash──▶ Tree ──root, size──▶ Checkpoint ──Signer──▶ Note      (the log writes)
//!                         │                                            │
//!                         ├──tile, bundle──▶ static files              │
//!                         └──inclusion_proof──▶ Proof ◀────────────────┘
//!                                                 │
//!              entry, origin, the log's keys ─────┴─verify──▶ Included         (anybody reads, offline)
//! ```
//!
//! Two types carry proof: [`VerifiedCheckpoint`] comes only from a signature that held, and [`Included`] only
//! from an inclusion proof that held under such a checkpoint. Neither can be made in any other way.
//!
//! ```
//! use assay_log::{Checkpoint, Proof, Signer, Tree};
//!
//! let signer = Signer::new("example.org/log", [7; 32])?;
//! let tree = Tree::from_entries(["one", "two", "three"]);
//! let note = Checkpoint::new("example.org/log", tree.len(), tree.root())?.sign(&signer)?;
//! let proof = Proof::new(1, tree.inclusion_proof(1, 3)?, note.to_string())?;
//!
//! let read = Proof::parse(&proof.to_string())?;
//! let included = read.verify(b"two", "example.org/log", &[signer.verifier().clone()])?;
//! assert_eq!(included.checkpoint().size(), 3);
//! assert!(read.verify(b"2", "example.org/log", &[signer.verifier().clone()]).is_err());
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
pub use tile::{TilePath, bundle, tiles_between};
pub use tree::{Tree, verify_consistency, verify_inclusion};
