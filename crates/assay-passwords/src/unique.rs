//! Does every unit have its own password? Exact, in eight bytes a row.
//!
//! ```text
//! pass 1   password ─▶ 64-bit fingerprint ─▶ 1 of 1024 parts, as 40 bits of it and the number of its block
//! between  each part by itself: which fingerprints stand there twice, and in which blocks          (parallel)
//! pass 2   those blocks alone are read again, and their passwords compared byte by byte            (parallel)
//! ```
//! Equal passwords have equal fingerprints, so nothing is missed; unequal ones that agree in fifty bits cost a comparison.
//! Above a limit of memory the parts go to a sealed scratch place and come back one by one: the answer is the same.

mod compare;
mod held;
mod parts;
#[cfg(test)]
mod tests;
mod twice;

pub use compare::{Shared, compare};
pub use parts::{Collector, Parts, Suspects};
