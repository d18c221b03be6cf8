//! The held-out schemes: things that factories did or would do, which no detector was written against. They were chosen
//! before there was a detector. Whoever mends a detector because one of these was missed mends the idea that was missing,
//! not the scheme, and adds another held-out scheme of the same idea.

mod ciphers;
mod counters;
mod digests;
mod generators;
mod mixtures;
pub(crate) mod published;

use super::Scheme;

pub(crate) fn schemes() -> Vec<Scheme> {
    [
        mixtures::schemes(),
        ciphers::schemes(),
        digests::schemes(),
        counters::schemes(),
        generators::schemes(),
        published::schemes(),
    ]
    .concat()
}
