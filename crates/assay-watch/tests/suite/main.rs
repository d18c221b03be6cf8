//! Logs that lie, over the loopback interface: each lie is caught, and by whom it should be.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
#![expect(clippy::print_stderr, reason = "how much was tried and accepted is worth seeing")]

mod bounds;
mod copies;
mod fuzz;
mod house;
mod lies;
mod statements;
mod witnesses;
