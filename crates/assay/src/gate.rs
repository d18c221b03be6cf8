//! What the gate answers on one number: the seller's decision table asked of what a snapshot says, with the reasons that it
//! gives. Catalogues are read elsewhere (the crate `assay-gate`); nothing is turned into `may-sell` but a GTIN that the
//! snapshot holds.

mod decide;
pub mod judge;
pub mod likeness;
mod reason;
pub mod sale_day;

pub use self::decide::{decide, promised_until, state_of, unmatched};
pub use self::reason::Reason;
pub use crate::seller::{Answer, Decision};
