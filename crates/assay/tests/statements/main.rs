//! Statements from the outside: their bytes, what the fold makes of them, and what must never get in.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
#![expect(clippy::print_stderr, reason = "what was tried, and what is absent, is worth seeing")]
#![expect(
    clippy::disallowed_methods,
    reason = "vectors and documents are read; the crate itself reads nothing"
)]

mod cose_vectors;
mod document;
mod examined;
mod fuzz;
mod fuzz_files;
mod personal;
mod rules;
mod sequences;
mod signatures;
mod story;
mod vectors;
