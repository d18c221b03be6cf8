//! The commands, one file each.

pub(crate) mod announce;
pub(crate) mod check;
pub(crate) mod demo;
pub(crate) mod disclosure;
pub(crate) mod duties;
pub(crate) mod explain;
pub(crate) mod gate;
pub(crate) mod key;
pub(crate) mod label;
pub(crate) mod mirror;
pub(crate) mod monitor;
pub(crate) mod new;
pub(crate) mod passwords;
pub(crate) mod register;
pub(crate) mod serve;
pub(crate) mod snapshot;
pub(crate) mod statement;
pub(crate) mod submit;
pub(crate) mod territories;
pub(crate) mod upkeep;
pub(crate) mod verify;
pub(crate) mod witness;
