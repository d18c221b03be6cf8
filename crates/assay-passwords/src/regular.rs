//! Statistics over a batch: what a good source of randomness would not show.
