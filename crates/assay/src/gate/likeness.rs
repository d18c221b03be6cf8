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

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use self::names::{Model, brand_key, title_runs};
use super::reason::Reason;
use crate::gtin::Gtin14;
use crate::seller::{Answer, Decision};

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

/// The brands and models of registered products, to be looked up by those of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Models {
    brands: BTreeMap<String, BTreeMap<String, Numbers>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Numbers {
    /// Of products whose model is the key.
    same: BTreeSet<Gtin14>,
    /// Of products whose model is the key with a suffix.
    longer: BTreeSet<Gtin14>,
}

impl Models {
    /// An index over the registered numbers with the brand and the model of each. Names that say too little are left out.
    pub fn of<'a>(products: impl IntoIterator<Item = (Gtin14, &'a str, &'a str)>) -> Self {
        let mut models = Self::default();
        for (gtin, brand, model) in products {
            let Some(brand) = brand_key(brand) else { continue };
            let Some(model) = Model::read(model, &brand) else { continue };
            let keys = models.brands.entry(brand).or_default();
            keys.entry(model.whole).or_default().same.insert(gtin);
            for shorter in model.without_suffix {
                keys.entry(shorter).or_default().longer.insert(gtin);
            }
        }
        models
    }

    /// What is known of a row's brand and model; of its title, if it has one and no model.
    #[must_use]
    pub fn like(&self, brand: &str, model: &str, title: Option<&str>) -> Likeness {
        let Some(brand) = brand_key(brand) else { return Likeness::None };
        let Some(keys) = self.brands.get(&brand) else { return Likeness::None };
        if model.trim().is_empty() {
            return title.map_or(Likeness::None, |title| in_title(keys, title));
        }
        let Some(model) = Model::read(model, &brand) else { return Likeness::None };
        let known = keys.get(&model.whole);
        if let Some(known) = known.filter(|known| !known.same.is_empty()) {
            return Likeness::of(&known.same);
        }
        let shorter =
            model.without_suffix.iter().filter_map(|key| keys.get(key)).flat_map(|known| &known.same);
        let longer = known.into_iter().flat_map(|known| &known.longer);
        Likeness::of(&shorter.chain(longer).copied().collect())
    }
}

/// The registered models that stand in a title. One within another, as `Hub 2` in `Hub 2 Max`, counts for nothing.
fn in_title(keys: &BTreeMap<String, Numbers>, title: &str) -> Likeness {
    let mut found: Vec<(std::ops::Range<usize>, &BTreeSet<Gtin14>)> = Vec::new();
    // The longer ones come first.
    for (at, key) in title_runs(title) {
        let within = found.iter().any(|(other, _)| other.start <= at.start && at.end <= other.end);
        if let (false, Some(known)) = (within, keys.get(&key).filter(|known| !known.same.is_empty())) {
            found.push((at, &known.same));
        }
    }
    Likeness::of(&found.into_iter().flat_map(|(_, same)| same).copied().collect())
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
