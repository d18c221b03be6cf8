//! Watching a log from outside: nobody has to believe the register. All three roles begin with an address and a key, keep
//! what they saw in a folder of their own, and never let a log that contradicts it replace it.
//!
//! ```text
//!                 ┌──────────── monitor   reads everything, folds it itself, says what is wrong, keeps the evidence
//!  a log's files ─┼──────────── mirror    the same bytes at another address, verified before they are shown
//!                 └─ checkpoint ─▶ witness   cosigns what continues the checkpoint it cosigned last
//! ```
//!
//! What is right is decided by `assay-log` (bytes) and `assay` (statements); what is fetched comes through `assay-probe`.

mod believe;
mod edge;
mod entries;
mod finding;
mod folder;
pub mod mirror;
pub mod monitor;
mod rebuild;
mod serve;
mod source;
pub mod witness;

pub use entries::{Bounds, Pace};
pub use finding::{Finding, Kind};
pub use folder::WatchError;
pub use rebuild::{Rebuilt, rebuild};
pub use serve::{public_files, serve_until};
pub use source::Source;
