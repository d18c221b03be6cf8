//! Logs that lie, over the loopback interface: each lie is caught, and by whom it should be.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod bounds;
mod copies;
mod house;
mod lies;
mod statements;
mod witnesses;
