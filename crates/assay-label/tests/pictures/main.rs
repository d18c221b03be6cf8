//! Pictures as people send them: photographs, scans, prints, messengers' copies. What is read is held against two other
//! programs, zbar and zxing-cpp, and against a collection of photographs that nobody in this project made.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "the tests hand pictures to other programs, read a corpus from disk, say loudly when it is absent, and print what share was read"
)]

mod bent;
mod corpus;
mod degraded;
mod peers;
mod scene;
