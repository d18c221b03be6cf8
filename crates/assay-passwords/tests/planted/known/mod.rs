//! The schemes that the issue names, so that detectors are written against them: every kind of finding, every digest,
//! written form and encoding at least once, the rest by pairs.

mod copies;
mod counters;
mod digests;
pub(crate) mod weak;

use super::Scheme;

pub(crate) fn schemes() -> Vec<Scheme> {
    [counters::schemes(), copies::schemes(), digests::schemes(), weak::schemes()].concat()
}
