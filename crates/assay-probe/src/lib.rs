//! The only code that opens connections to makers' sites and registers (and, later, to devices): bounded in bytes, time
//! and hops, and never to an address the user did not mean. What is fetched is handed on as bytes; nothing is judged here,
//! but for the answers of witnesses, of which `assay-log` says what they are worth.

mod address;
pub mod disclosure;
pub mod http;
pub mod witness;

pub use http::{Answer, FetchError, Fetcher, Reach};
