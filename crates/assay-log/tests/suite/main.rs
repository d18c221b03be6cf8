//! The crate from outside: against independent implementations, against other people's test data, against
//! every flipped bit and against nonsense. What a single function promises is tested beside it, in `src`.

mod flipped;
mod formats;
mod nonsense;
mod oracle;
mod oracle_formats;
mod oracle_witness;
mod published;
