//! Whether a scheme is about a listing of a shop's catalogue at all, from nothing but its words: a camera is in, the camera's
//! bracket is not, "smart" alone proves nothing. First the words are taken for a kind of product, whatever the scheme; then the
//! scheme's exceptions are held against the kind. Where the words do not settle it the answer is `Unsure`, and a person is asked.
//!
//! It is no legal opinion about a product: whoever has the product itself asks [`crate::scope`]. The word lists are data in
//! `data/listing`. Nothing here allocates once the lists are read, and the time a listing takes is bounded by a bound on the text.

mod because;
mod data;
mod decide;
mod exceptions;
mod folded;
mod forms;
mod reading;
#[cfg(test)]
mod tests;
mod words;

use jiff::civil::Date;

use crate::scheme::Scheme;
use crate::scope::Place as Territory;
use crate::seller::{Outside, Scope};

pub use self::because::{Because, Place, Rule, Seen};
pub use self::data::Connects;

use self::data::{Digital, KINDS, KindRow, ShortRange};
use self::decide::{Answer, Found};
use self::exceptions::{Kinds, Taken};

/// A listing as a shop's catalogue has it. What a catalogue lacks is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Listed<'a> {
    /// The category, with its levels parted by `>`, `/` or `|`; the path of the product's address is one too.
    pub category: &'a str,
    /// The title.
    pub title: &'a str,
    /// The brand.
    pub brand: &'a str,
    /// The maker's model number or name.
    pub model: &'a str,
    /// The GTIN as a number: 13 digits that begin with 977, 978 or 979 are of a book or a periodical.
    pub gtin_hint: Option<u64>,
}

/// A kind of product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KindId(u16);

/// How a listing was sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sorted {
    /// What kind of product it is, where the words say so.
    pub kind: Option<KindId>,
    /// Whether the scheme is about it.
    pub scope: Scope,
    /// Why.
    pub because: Because,
}

/// Sorts the listings of a catalogue under one scheme.
#[derive(Clone, Debug)]
pub struct Sorter {
    kinds: Kinds,
}

/// Sorts one listing; whoever has many makes a [`Sorter`].
#[must_use]
pub fn sort(listed: &Listed<'_>, scheme: &Scheme, on: Date, territory: Option<Territory>) -> Sorted {
    Sorter::new(scheme, on, territory).sort(listed)
}

impl Sorter {
    /// For a scheme on a day. Some exceptions of UK law hold in Great Britain only: without a territory what they take out there
    /// is unsure.
    #[must_use]
    pub fn new(scheme: &Scheme, on: Date, territory: Option<Territory>) -> Self {
        Self { kinds: Kinds::of(scheme, on, territory) }
    }

    /// Sorts one listing.
    #[must_use]
    pub fn sort(&self, listed: &Listed<'_>) -> Sorted {
        let found = decide::found(listed);
        let (scope, rule) = self.under_the_scheme(&found);
        let because = Because { rule, ..found.because };
        let because = match rule {
            Rule::SecondHand | Rule::PerhapsSecondHand => Because { other: found.used, ..because },
            Rule::Reconditioned => Because { other: found.reconditioned, ..because },
            Rule::ShortRangeOnly => Because { other: found.short, ..because },
            _ => because,
        };
        Sorted { kind: found.kind.map(KindId), scope, because }
    }

    fn under_the_scheme(&self, found: &Found) -> (Scope, Rule) {
        let (scope, rule) = self.new_ones(found);
        // Old or new makes no difference to what is out anyway.
        if matches!(scope, Scope::Out(_)) {
            return (scope, rule);
        }
        if found.used.is_some() {
            // Of the other schemes it was not read what they say of goods that were supplied before.
            return match self.kinds.second_hand_is_out {
                true => (Scope::Out(Outside::SecondHand), Rule::SecondHand),
                false => (Scope::Unsure, Rule::PerhapsSecondHand),
            };
        }
        if found.reconditioned.is_some() && scope == Scope::In {
            return (Scope::Unsure, Rule::Reconditioned);
        }
        (scope, rule)
    }

    fn new_ones(&self, found: &Found) -> (Scope, Rule) {
        let rule = found.because.rule;
        let Some(row) = found.row() else { return (found.answer.scope(), rule) };
        if found.answer != Answer::Out {
            match self.kinds.taken(found.kind) {
                Some(Taken::Out) => return (Scope::Out(Outside::ExceptedProduct), Rule::Excepted),
                Some(Taken::InPart) => return (Scope::Unsure, Rule::ExceptedInPart),
                Some(Taken::Ask) => return (Scope::Unsure, Rule::PerhapsExcepted),
                Some(Taken::WithoutCellular) if found.cellular => {}
                Some(Taken::WithoutCellular) if found.network => {
                    return (Scope::Out(Outside::ExceptedProduct), Rule::Excepted);
                }
                Some(Taken::WithoutCellular) => return (Scope::Unsure, Rule::PerhapsExcepted),
                None => {}
            }
        }
        if self.kinds.digital && found.answer != Answer::In && rule != Rule::Disagree {
            match row.digital {
                Digital::Yes => return (Scope::In, Rule::Digital),
                Digital::Maybe => return (Scope::Unsure, Rule::PerhapsDigital),
                Digital::No => {}
            }
        }
        let short_only = found.short.is_some() && row.connects != Connects::Always;
        if found.answer == Answer::In && short_only && self.kinds.short_range == ShortRange::Ask {
            return (Scope::Unsure, Rule::ShortRangeOnly);
        }
        (found.answer.scope(), rule)
    }
}

impl KindId {
    /// The stable word: `camera`.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.row().map_or("", |row| row.id.as_str())
    }

    /// What it is, with its article: "a router, repeater or access point".
    #[must_use]
    pub fn says(self) -> &'static str {
        self.row().map_or("", |row| row.says.as_str())
    }

    /// How the things of this kind connect.
    #[must_use]
    pub fn connects(self) -> Connects {
        self.row().map_or(Connects::Either, |row| row.connects)
    }

    fn row(self) -> Option<&'static KindRow> {
        KINDS.get(usize::from(self.0))
    }
}
