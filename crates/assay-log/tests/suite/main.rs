//! The crate from outside: against an independent implementation, against other people's test data, against
//! every flipped bit and against nonsense. What a single function promises is tested beside it, in `src`.

mod flipped;
mod nonsense;
mod oracle;
mod published;
