//! The program through its front door. One test binary, a module for each concern, so that it links once.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod assessments;
mod bad_input;
mod check;
mod common;
mod demo;
mod duties;
mod explain;
mod gate;
mod ixit;
mod kill;
mod labels;
mod markets;
#[cfg(unix)]
mod operation;
mod own_list;
mod passwords;
mod published;
mod reports;
mod snapshots;
mod statement;
mod strangers;
mod territories;
mod upkeep;
mod verify;
mod watching;
