//! A row without a valid GTIN, held against the brands and models of the register. That two names are alike proves nothing, so
//! that the most this can say is which number to look for on the pack: the answer is `ask`, never `may-sell`.
//!
//! The rule, which prefers to miss a product over naming a wrong one:
//!
//! - Names are compared without case, blanks, hyphens, punctuation and diacritics, brands also without the company's legal
//!   form: `TP-Link Co., Ltd.` is `tp link`. A transcription (`ae` for `ä`) is another name.
//! - The brand must be the same. The model must be the same, or one of the two must be the other with a colour, a region or
//!   both behind it, set apart: `Tapo C200 White (EU)` is like `Tapo C200`, but `C200W` is not, nor is `C200 UK` like
//!   `C200 EU`. A slash with two digits is such a region, as Philips writes it: `SCD713/26`.
//! - What is the same comes before what is only the same but for a suffix.
//! - A model of fewer than four letters and digits, or of words that every model has (`Smart Camera Pro`), is like no other.
//! - A title is looked at only where no model is given: it must hold the whole model, with a digit in it, as words of its own,
//!   and no word by which it is about an accessory (`for`, `compatible`, `case`) or about more than one thing (`with`).
//!
//! The rule is our own. That a name is no key is GS1's: General Specifications, section 2.1.

mod names;

use std::collections::BTreeSet;
use std::fmt;

use sha2::{Digest as _, Sha256};

use self::names::{Model, brand_key, title_runs};
use super::reason::Reason;
use crate::gtin::Gtin14;
use crate::seller::{Answer, Decision};
use crate::snapshot::Snapshot;

/// What the register knows of a row's brand and model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// One registered number has this brand and model.
    One(Gtin14),
    /// So many registered numbers have them.
    Several(usize),
    /// No registered number has, or the names say too little.
    None,
}

/// How a registered product's model is like a key.
#[derive(Clone, Copy)]
enum How {
    /// It is the key.
    Same,
    /// It is the key with a suffix.
    Longer,
}

/// The fingerprints of a registered product's brand and model, by which a snapshot has its number. Names that say too little have
/// none.
#[must_use]
pub fn fingerprints(brand: &str, model: &str) -> Vec<u64> {
    let Some(brand) = brand_key(brand) else { return Vec::new() };
    let Some(model) = Model::read(model, &brand) else { return Vec::new() };
    let longer = model.without_suffix.iter().map(|shorter| fingerprint(&brand, How::Longer, shorter));
    longer.chain([fingerprint(&brand, How::Same, &model.whole)]).collect()
}

/// The first eight bytes of SHA-256 of the words below; `docs/formats/snapshot.md` has them.
fn fingerprint(brand: &str, how: How, model: &str) -> u64 {
    let how: &[u8] = match how {
        How::Same => b"\nsame\n",
        How::Longer => b"\nlonger\n",
    };
    let mut digest = Sha256::new();
    for part in [b"assay-model-v1\n", brand.as_bytes(), how, model.as_bytes()] {
        digest.update(part);
    }
    digest.finalize().first_chunk::<8>().map_or(0, |first| u64::from_be_bytes(*first))
}

/// What a snapshot knows of a row's brand and model; of its title, if it has one and no model.
#[must_use]
pub fn like(snapshot: &Snapshot, brand: &str, model: &str, title: Option<&str>) -> Likeness {
    let Some(brand) = brand_key(brand) else { return Likeness::None };
    let known = |how, key: &str| snapshot.by_model(fingerprint(&brand, how, key)).collect::<BTreeSet<_>>();
    if model.trim().is_empty() {
        return title.map_or(Likeness::None, |title| in_title(&|key| known(How::Same, key), title));
    }
    let Some(model) = Model::read(model, &brand) else { return Likeness::None };
    let same = known(How::Same, &model.whole);
    if !same.is_empty() {
        return Likeness::of(&same);
    }
    let shorter = model.without_suffix.iter().flat_map(|key| known(How::Same, key));
    Likeness::of(&shorter.chain(known(How::Longer, &model.whole)).collect())
}

/// The registered models that stand in a title. One within another, as `Hub 2` in `Hub 2 Max`, counts for nothing.
fn in_title(known: &dyn Fn(&str) -> BTreeSet<Gtin14>, title: &str) -> Likeness {
    let mut found: Vec<(std::ops::Range<usize>, BTreeSet<Gtin14>)> = Vec::new();
    // The longer ones come first.
    for (at, key) in title_runs(title) {
        let within = found.iter().any(|(other, _)| other.start <= at.start && at.end <= other.end);
        let same = if within { BTreeSet::new() } else { known(&key) };
        if !same.is_empty() {
            found.push((at, same));
        }
    }
    Likeness::of(&found.into_iter().flat_map(|(_, same)| same).collect())
}

impl Likeness {
    fn of(numbers: &BTreeSet<Gtin14>) -> Self {
        match (numbers.len(), numbers.first()) {
            (1, Some(gtin)) => Self::One(*gtin),
            (0, _) | (_, None) => Self::None,
            (more, _) => Self::Several(more),
        }
    }

    /// The decision on the row: to ask, where something is like it; none where nothing is, so that the fault of its GTIN decides.
    #[must_use]
    pub fn decision(self) -> Option<Decision> {
        match self {
            Self::One(_) | Self::Several(_) => {
                Some(Decision { verdict: Answer::Ask, reason: Reason::MatchedByModel })
            }
            Self::None => None,
        }
    }
}

impl fmt::Display for Likeness {
    /// A sentence for the shop's people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(gtin) => write!(
                f,
                "brand and model are those of GTIN {gtin}: compare it with the barcode on the pack and put that number in your file"
            ),
            Self::Several(count) => write!(
                f,
                "brand and model are those of {count} registered numbers: put the one under the barcode on the pack in your file"
            ),
            Self::None => f.write_str("no registered product has this brand and model"),
        }
    }
}

#[cfg(test)]
mod tests;
