//! An alphabet that nobody listed: if each character is made from one byte of a digest, then the same remainder gives the
//! same character on every row, whatever the order of the alphabet. Chance keeps that up for a dozen characters, not for a
//! hundred. Eight units are tried at a time, so that a scheme that most of the batch follows is seen too.

use super::digest::Digest;
use super::encode::{Encoding, STREAM, Source};

/// Units tried together.
pub(super) const GROUP: usize = 8;

/// A learnt alphabet: the character of each value, 0 where it was not seen.
pub(super) type Learnt = Vec<u8>;

/// The encodings by which all these digests give their passwords, with what the alphabet would be.
pub(super) fn learn(digests: &[Digest], passwords: &[&[u8]], sizes: &[u8]) -> Vec<(Encoding, Learnt)> {
    let mut found = Vec::new();
    for (source, size) in sources(sizes) {
        let ends = [0, digests[0].bytes().len().saturating_sub(passwords[0].len())];
        let offsets = if ends[1] == 0 || source != Source::Modulo { &ends[..1] } else { &ends[..] };
        for offset in offsets {
            let encoding = Encoding { source, size, offset: *offset as u8, step: 1 };
            if let Some(learnt) = function(&encoding, digests, passwords) {
                found.push((encoding, learnt));
            }
        }
    }
    found
}

fn sources(sizes: &[u8]) -> impl Iterator<Item = (Source, u8)> {
    let modulo = sizes.iter().map(|size| (Source::Modulo, *size));
    let fits = |bits: &u8| sizes.iter().any(|s| *s <= 1 << bits && *s > 1 << (bits - 1));
    modulo.chain([4, 5, 6].into_iter().filter(fits).map(|bits| (Source::Bits(bits), 1 << bits)))
}

fn function(encoding: &Encoding, digests: &[Digest], passwords: &[&[u8]]) -> Option<Learnt> {
    let mut learnt = [0u8; 65];
    let (mut seen, mut known) = (0u32, 0u32);
    let mut values = [0u8; STREAM];
    for (digest, password) in digests.iter().zip(passwords) {
        // The first characters alone refute nearly everything.
        let values = encoding.values_into(digest, password.len(), &mut values)?;
        for (value, character) in values.iter().zip(*password) {
            let place = &mut learnt[usize::from(*value)];
            if *place == 0 {
                *place = *character;
                known += 1;
            } else if *place != *character {
                return None;
            }
            seen += 1;
        }
    }
    // Each repetition that agrees is worth the logarithm of the alphabet that was really used; 60 bits are asked for.
    let learnt = learnt[..usize::from(encoding.size)].to_vec();
    let mut used = learnt.clone();
    used.sort_unstable();
    used.dedup();
    let worth = f64::from(seen - known) * (used.len() as f64).log2();
    (worth > 60.0).then_some(learnt)
}
