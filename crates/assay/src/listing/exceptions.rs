//! What a scheme says of each kind: which exception takes it out, and how wide the scheme is. Worked out once for a scheme, a
//! day and a part of its territory.

use jiff::civil::Date;

use super::data::{EXCEPTIONS, ExceptionRow, KINDS, ShortRange, Takes};
use crate::scheme::{Scheme, ScopeTest, within};
use crate::scope::Place;

/// What an exception does with a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Taken {
    Ask,
    WithoutCellular,
    /// It holds in a part of the territory, and where the product is sold was not said.
    InPart,
    Out,
}

/// What a scheme says of the kinds.
#[derive(Clone, Debug)]
pub(super) struct Kinds {
    taken: Vec<Option<Taken>>,
    pub(super) digital: bool,
    pub(super) short_range: ShortRange,
    pub(super) second_hand_is_out: bool,
}

impl Kinds {
    pub(super) fn of(scheme: &Scheme, on: Date, place: Option<Place>) -> Self {
        let mut taken = vec![None; KINDS.len()];
        let exceptions = scheme.scope.iter().flat_map(|scope| &scope.exceptions);
        for exception in exceptions.filter(|e| within(on, e.from, e.until)) {
            let Some(row) = row_of(&exception.id, &scheme.id) else { continue };
            let in_part = match (exception.territory.as_deref(), place) {
                (None, _) => false,
                (Some(_), None) => true,
                (Some(territory), Some(place)) if territory == place.word() => false,
                (Some(_), Some(_)) => continue,
            };
            for (kind, place) in KINDS.iter().zip(&mut taken) {
                let takes = kind.nature.as_ref().and_then(|nature| row.natures.get(nature));
                let this = match takes {
                    Some(Takes::Yes) if in_part => Taken::InPart,
                    Some(Takes::Yes) => Taken::Out,
                    Some(Takes::Ask) => Taken::Ask,
                    Some(Takes::WithoutCellular) => Taken::WithoutCellular,
                    None => continue,
                };
                // Of several exceptions the one that takes out more.
                *place = (*place).max(Some(this));
            }
        }
        let width = EXCEPTIONS.widths.iter().find(|width| width.scheme == scheme.id);
        let test = scheme.scope.as_ref().map(|scope| scope.test);
        Self {
            taken,
            digital: width.is_some_and(|w| w.digital),
            short_range: width.map_or(ShortRange::Ask, |w| w.short_range),
            second_hand_is_out: test == Some(ScopeTest::UkConsumerConnectable),
        }
    }

    pub(super) fn taken(&self, kind: Option<u16>) -> Option<Taken> {
        self.taken.get(usize::from(kind?)).copied().flatten()
    }
}

/// The row of an exception, one of the scheme itself before one of any.
fn row_of(id: &str, scheme: &str) -> Option<&'static ExceptionRow> {
    let rows = || EXCEPTIONS.exceptions.iter().filter(|row| row.id == id);
    rows()
        .find(|row| row.scheme.as_deref() == Some(scheme))
        .or_else(|| rows().find(|row| row.scheme.is_none()))
}
