//! The audit of a factory's file of passwords: serial number, hardware address, password, one unit a row, tens of millions
//! of rows. It proves, or disproves with examples, that every unit has its own password and that nobody can count it up,
//! work it out from what is printed or broadcast, or guess it (SI 2023/1007, Schedule 1, paragraph 1; EN 303 645 5.1-1 and
//! 5.1-2).
//!
//! A crate of its own so that its hot loops are compiled as they need and secrets have one fence: nothing here prints,
//! and what holds a password is wiped when it is dropped. Bytes come from a [`source`], spilled bytes go to a scratch the
//! edge hands in; randomness, time and files are arguments.

pub mod audit;
pub mod fingerprint;
pub mod kind;
pub mod layout;
pub mod masks;
pub mod names;
pub mod place;
pub mod rows;
pub mod sample;
pub mod seal;
pub mod source;
pub mod table;
pub mod unique;

// One room each; see the head of the file.
pub mod common;
pub mod core72;
pub mod lanes;
pub mod order;
pub mod regular;
pub mod routers;
pub mod sampled;
pub mod space;
pub mod structure;
pub mod written;
