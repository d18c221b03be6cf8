//! Conformity assessment after ETSI TS 103 701 V1.1.1: the pro formas a maker fills in, the rules that an implementation
//! conformance statement (ICS) must keep, the verdicts that people give, and the roll-up from test unit to the whole.
//! Everything here is pure: files and dates come in as arguments, and nothing is judged that only a person can judge.

pub mod book;
pub mod ics;
pub mod ixit;
pub mod rollup;
pub mod verdict;

pub use book::{Book, book};
pub use ics::{Breach, ProForma, RULES, verify};
pub use ixit::Ixit;
pub use rollup::{Input, Machine, Report, roll_up};
pub use verdict::{Verdict, Verdicts};

/// The baseline that TS 103 701 V1.1.1 tests: the part of a provision's id before the colon.
pub const TESTED: &str = "en303645-v2.1.1";
