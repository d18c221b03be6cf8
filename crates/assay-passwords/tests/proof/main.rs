//! What the audit promises, held against many batches: whatever one value all units have, it is found; order, memory and
//! threads change nothing; one row in a million is found with its line; a sound batch is accused of nothing.
//! `ASSAY_LONG=1` takes batches of one and ten million rows and every scheme.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "a test reads the lists of defaults beside this repository")]

#[expect(clippy::allow_attributes, reason = "each test that mounts this tree uses another part of it")]
#[allow(dead_code, reason = "each test that mounts this tree uses another part of it")]
#[path = "../planted/mod.rs"]
mod planted;

#[path = "../audited/mod.rs"]
mod audited;

mod alike;
mod clean;
mod rare;
mod universal;
mod whole;

use assay::outcome::Confidence;
use assay_passwords::audit::{Finding, Report};

/// Whether the large batches are to be audited, which takes an hour.
fn long() -> bool {
    std::env::var_os("ASSAY_LONG").is_some()
}

/// What is said with more than `possible`.
fn accusations(report: &Report) -> impl Iterator<Item = &Finding> {
    report.findings.iter().filter(|f| f.confidence > Confidence::Possible)
}
