//! The full set of hypotheses, on a random sample.
