//! Statistics over a batch: what a good source of randomness would not show.

#[cfg(test)]
pub(crate) mod batches;
