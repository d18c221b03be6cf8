//! The register: statements come in, are held against the fold, appended to a log that cannot be rewritten, and shown to
//! people, shops and machines. Everything here acts; what may enter and what then holds is decided by `assay`.
//!
//! ```text
//!  POST /api/v1/statements ──▶ Door ──▶ Sequencer ──▶ store ──▶ Publisher ──▶ public files ──▶ answer
//!                                                                   │
//!                                                                   └──▶ Published (fold, checkpoint) ──▶ Reader ──▶ pages
//! ```
//!
//! Only `store` speaks SQL, only `web` speaks HTTP, only the sequencer appends.

#[doc(hidden)]
pub mod bench;
mod book;
mod check;
mod cosigning;
mod folder;
mod given;
mod keys;
mod ledger;
mod meter;
mod place;
mod publish;
mod publisher;
mod reader;
mod recover;
mod register;
mod sequencer;
mod statements;
mod store;
pub mod upkeep;
mod vitals;
mod web;

pub use check::{CheckError, Checked};
pub use cosigning::{Unmet, Unwitnessed, Witnesses};
pub use folder::FolderError;
pub use keys::{KeysError, Random};
pub use meter::{Kind, Meter, Metric, metrics};
pub use place::{BucketError, PublicPlace};
pub use publish::PublishError;
pub use reader::ReadError;
pub use recover::Unsound;
pub use register::{Config, OpenError, Register, SubmitError};
pub use sequencer::{Clock, NotDone};
pub use statements::Receipt;
pub use store::{Replicas, StoreError, shown_database};
pub use web::{Admin, Serving, Signals, router, serve, serve_until, visited};

#[cfg(test)]
mod laws;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
