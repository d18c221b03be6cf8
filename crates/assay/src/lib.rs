//! The scheme: words, data and decisions. Claims and evidence go in, an assessment comes out; signed statements are
//! folded into what holds for a product now; labels, snapshots and the shop's verdicts follow from that fold.
//! No file, socket or clock is touched here: bytes and dates come in as arguments.

pub mod assess;
pub mod case;
pub mod cbor;
pub mod compliance;
pub mod conformity;
pub mod cose;
mod data;
pub mod date;
pub mod declaration;
pub mod designation;
pub mod digital_link;
pub mod duties;
pub mod explain;
pub mod fold;
pub mod gate;
pub mod gs1;
pub mod gtin;
pub mod key;
pub mod label;
pub mod listing;
pub mod outcome;
pub mod password_audit;
pub mod passwords;
pub mod personal;
pub mod receipt;
pub mod rules;
pub mod scheme;
pub mod scope;
pub mod seller;
pub mod snapshot;
pub mod statement;
pub mod territory;
pub mod text;
pub mod trust;
