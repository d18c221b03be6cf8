//! The decision table laid out for one snapshot, one scheme and one day: what a number comes to is looked up, since all that
//! a snapshot says of it but what is rare is one of a few standings, and its day lies before or behind the day of the sale.
//! The table itself is [`crate::seller`]; every entry here was asked of it.

use std::sync::Arc;

use jiff::civil::Date;

use super::likeness::like;
use super::{Answer, Decision, decide, promised_until, unmatched};
use crate::assess::Variant;
use crate::gtin::{Gtin14, GtinError, given_by_a_shop, read_cell};
use crate::listing::{Listed, Sorter};
use crate::scheme::Scheme;
use crate::scope::Place;
use crate::seller::{Outside, Scope};
use crate::snapshot::{Found, Snapshot, State};

/// Judges numbers under a scheme on a day.
pub struct Judge<'a> {
    snapshot: &'a Snapshot,
    scheme: &'a Scheme,
    laid: Arc<Laid>,
}

/// What was laid out; whoever keeps it makes a judge of it again in no time.
#[derive(Clone, Debug)]
pub struct Laid {
    on: Date,
    /// By code: with no day, with one that has passed, with one that has not and is too early, with one that is late enough.
    plain: Vec<[Decision; 4]>,
    /// By code: whether something rare stands beside it.
    rare: Vec<bool>,
    /// By code: whether the entry stands, and the sign.
    shown: Vec<Shown>,
    /// What a number comes to that the snapshot does not have, by the scope in the order of [`SCOPES`].
    unknown: [Decision; SCOPES.len()],
    /// What sorts listings by their words, where that is wanted.
    sorter: Option<Sorter>,
    /// What `sorter` was made for.
    place: Option<Place>,
    /// The first day code that is not before the day of the sale.
    today: u32,
    /// For so many months after the sale updates have to be promised, and the first day code that is not before that day.
    wanted: Option<(u32, Date)>,
    enough: u32,
}

/// A listing's cells as text; what there is not is empty. Words are looked at where the snapshot does not have the number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Row<'a> {
    /// What stands where the GTIN should.
    pub gtin: &'a str,
    /// The category, or the address of the product's page.
    pub category: &'a str,
    /// The title.
    pub title: &'a str,
    /// The brand.
    pub brand: &'a str,
    /// The maker's model.
    pub model: &'a str,
}

/// What a row came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judged {
    /// Its number, where it has a valid one.
    pub gtin: Option<Gtin14>,
    /// The answer and the reason.
    pub decision: Decision,
    /// What the snapshot has of the number.
    pub found: Option<Found>,
}

/// What is shown beside a verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// The entry stands: what a withdrawn or disputed one promised is nobody's promise.
    pub stands: bool,
    /// The label's sign under the scheme.
    pub label: Option<Variant>,
}

impl<'a> Judge<'a> {
    /// Lays out the table.
    #[must_use]
    pub fn new(snapshot: &'a Snapshot, scheme: &'a Scheme, on: Date) -> Self {
        Self::of(snapshot, scheme, on, None)
    }

    fn of(snapshot: &'a Snapshot, scheme: &'a Scheme, on: Date, wanted: Option<(u32, Date)>) -> Self {
        let until = snapshot.header().valid_until;
        let before = on.yesterday().unwrap_or(on);
        let standings: Vec<_> = snapshot.standings().collect();
        let plain = standings.iter().map(|(standing, _)| {
            let of = |day| decide(scheme, on, until, Some(&standing.with(day)), Scope::Unknown);
            let late = |day| promised_until(of(day), day, wanted.map(|(_, day)| day));
            let enough = wanted.map_or(on, |(_, day)| day.max(on));
            // Between the two days updates go on after the sale, and not for as long as is wanted.
            let short = if enough > on { late(Some(on)) } else { late(Some(enough)) };
            [late(None), late(Some(before)), short, late(Some(enough))]
        });
        let shown = standings.iter().map(|(standing, _)| {
            let stands = standing.state == State::Active;
            let label = standing.schemes.get(&scheme.id).filter(|_| stands).and_then(|s| s.variant);
            Shown { stands, label }
        });
        // The code of the first day that is not before another.
        let first = |limit: Date| {
            let (mut low, mut high) =
                (1, u32::try_from(snapshot.days().len()).unwrap_or(u32::MAX).saturating_add(1));
            while low < high {
                let middle = low + (high - low) / 2;
                if snapshot.day(middle).is_some_and(|day| day < limit) {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            low
        };
        let (today, enough) = (first(on), first(wanted.map_or(on, |(_, day)| day.max(on))));
        let laid = Laid {
            on,
            plain: plain.collect(),
            rare: standings.iter().map(|(_, rare)| *rare).collect(),
            shown: shown.collect(),
            unknown: SCOPES.map(|scope| decide(scheme, on, until, None, scope)),
            sorter: None,
            place: None,
            today,
            wanted,
            enough,
        };
        Self { snapshot, scheme, laid: Arc::new(laid) }
    }

    /// What was laid out, to be kept.
    #[must_use]
    pub fn laid(&self) -> Arc<Laid> {
        self.laid.clone()
    }

    /// What was laid out before for the same snapshot and scheme.
    #[must_use]
    pub fn again(snapshot: &'a Snapshot, scheme: &'a Scheme, laid: Arc<Laid>) -> Self {
        Self { snapshot, scheme, laid }
    }

    /// The same, and listings that the snapshot does not have are sorted by their words: whether the scheme is about them at all.
    /// Some exceptions of UK law hold in Great Britain only: without a territory they are left to a person.
    #[must_use]
    pub fn with_words(self, territory: Option<Place>) -> Self {
        let sorter = Some(Sorter::new(self.scheme, self.laid.on, territory));
        self.sorting(sorter, territory)
    }

    fn sorting(mut self, sorter: Option<Sorter>, place: Option<Place>) -> Self {
        let laid = Arc::make_mut(&mut self.laid);
        (laid.sorter, laid.place) = (sorter, place);
        self
    }

    /// The same, and what may be sold without updates promised for so many months after the sale becomes a question.
    #[must_use]
    pub fn supported_for(self, months: u32) -> Self {
        let Laid { on, sorter, place, .. } = Arc::unwrap_or_clone(self.laid);
        let wanted = Some((months, later(on, months)));
        Self::of(self.snapshot, self.scheme, on, wanted).sorting(sorter, place)
    }

    /// The same for another day of the sale.
    #[must_use]
    pub fn on_day(&self, on: Date) -> Self {
        let wanted = self.laid.wanted.map(|(months, _)| (months, later(on, months)));
        let other = Self::of(self.snapshot, self.scheme, on, wanted);
        if self.sorts() { other.with_words(self.laid.place) } else { other }
    }

    /// Whether listings are sorted by their words.
    #[must_use]
    pub fn sorts(&self) -> bool {
        self.laid.sorter.is_some()
    }

    /// The snapshot.
    #[must_use]
    pub fn snapshot(&self) -> &'a Snapshot {
        self.snapshot
    }

    /// The scheme.
    #[must_use]
    pub fn scheme(&self) -> &'a Scheme {
        self.scheme
    }

    /// The day of the sale.
    #[must_use]
    pub fn on(&self) -> Date {
        self.laid.on
    }

    /// What a number that was found comes to.
    #[inline(always)]
    #[must_use]
    pub fn found(&self, found: Found) -> Decision {
        let later = usize::from(found.day >= self.laid.today) + usize::from(found.day >= self.laid.enough);
        let at = if found.day == 0 { 0 } else { 1 + later };
        match self.laid.rare.get(found.code as usize) {
            Some(false) => self.laid.plain[found.code as usize][at],
            _ => self.with_rare(found),
        }
    }

    /// A number that is not in the snapshot, of whose listing nothing is known.
    #[inline(always)]
    #[must_use]
    pub fn unknown(&self) -> Decision {
        self.laid.unknown[0]
    }

    /// A cell that holds no number, of whose listing nothing is known.
    #[inline]
    #[must_use]
    pub fn unmatched(&self, fault: GtinError) -> Decision {
        unmatched(fault, Scope::Unknown)
    }

    /// A listing whose number the snapshot does not have, or that has none.
    #[must_use]
    pub fn by_words(&self, gtin: Result<Gtin14, GtinError>, listed: &Listed<'_>) -> Decision {
        let hint = gtin.ok().filter(|gtin| gtin.is_publication()).map(Gtin14::number);
        let says = [listed.category, listed.title, listed.brand, listed.model];
        // Where there are no words nobody can be asked.
        let silent = hint.is_none() && says.iter().all(|text| text.trim().is_empty());
        let scope = match &self.laid.sorter {
            Some(sorter) if !silent => sorter.sort(&Listed { gtin_hint: hint, ..*listed }).scope,
            _ => Scope::Unknown,
        };
        match gtin {
            Ok(_) => SCOPES
                .iter()
                .position(|s| *s == scope)
                .map_or(self.laid.unknown[0], |at| self.laid.unknown[at]),
            Err(fault) => self.by_name(unmatched(fault, scope), listed),
        }
    }

    /// What a row without a number comes to whose brand and model are those of a registered product: a person is told where to look.
    fn by_name(&self, decision: Decision, listed: &Listed<'_>) -> Decision {
        if decision.verdict != Answer::Ask || listed.brand.trim().is_empty() {
            return decision;
        }
        let like = like(self.snapshot, listed.brand, listed.model, Some(listed.title));
        like.decision().unwrap_or(decision)
    }

    /// What a number comes to, or why there is none, and what the snapshot has of it.
    #[inline]
    #[must_use]
    pub fn cell(&self, gtin: Result<Gtin14, GtinError>) -> (Decision, Option<Found>) {
        match gtin.map(|gtin| self.snapshot.find(gtin)) {
            Ok(Some(found)) => (self.found(found), Some(found)),
            Ok(None) => (self.unknown(), None),
            Err(fault) => (self.unmatched(fault), None),
        }
    }

    /// What a row comes to, and its number.
    #[must_use]
    pub fn row(&self, row: &Row<'_>) -> Judged {
        let gtin = read_cell(row.gtin);
        let fault = gtin.err().filter(|_| self.snapshot.header().own_numbers);
        let own = fault.and_then(|fault| given_by_a_shop(row.gtin, fault));
        let Row { category, title, brand, model, .. } = *row;
        self.listing(gtin, own, &Listed { category, title, brand, model, gtin_hint: None })
    }

    /// The same of a cell that was read; `own` is the number that a shop or a coupon gave itself, which a shop's own snapshot may have.
    #[inline]
    #[must_use]
    pub fn listing(
        &self,
        gtin: Result<Gtin14, GtinError>,
        own: Option<Gtin14>,
        listed: &Listed<'_>,
    ) -> Judged {
        let own = own.filter(|_| self.snapshot.header().own_numbers);
        let known = own.filter(|own| self.snapshot.find(*own).is_some()).map_or(gtin, Ok);
        let (mut decision, found) = self.cell(known);
        if found.is_none() && self.sorts() {
            decision = self.by_words(gtin, listed);
        }
        Judged { gtin: known.ok(), decision, found }
    }

    /// Whether the entry of a number that was found stands: what a withdrawn or disputed one promised is nobody's promise.
    #[inline]
    #[must_use]
    pub fn stands(&self, found: Found) -> bool {
        self.laid.shown.get(found.code as usize).is_some_and(|shown| shown.stands)
    }

    /// The last day until which security updates are promised for a number that was found, where its entry stands.
    #[must_use]
    pub fn updates_until(&self, found: Found) -> Option<Date> {
        self.stands(found).then(|| self.snapshot.day(found.day)).flatten()
    }

    /// The sign of its label under the scheme, where its entry stands.
    #[inline]
    #[must_use]
    pub fn label(&self, found: Found) -> Option<Variant> {
        self.laid.shown.get(found.code as usize).and_then(|shown| shown.label)
    }

    /// What is shown beside the verdicts, by [`Found::code`].
    #[inline]
    #[must_use]
    pub fn shown(&self) -> &[Shown] {
        &self.laid.shown
    }

    #[cold]
    fn with_rare(&self, found: Found) -> Decision {
        let record = self.snapshot.record(found.rank as usize);
        let until = self.snapshot.header().valid_until;
        let decision = decide(self.scheme, self.laid.on, until, record.as_ref(), Scope::Unknown);
        let promised = record.and_then(|record| record.updates_until);
        promised_until(decision, promised, self.laid.wanted.map(|(_, day)| day))
    }
}

/// So many months later; the last day there is, where there are not so many.
fn later(day: Date, months: u32) -> Date {
    let span = jiff::Span::new().try_months(i64::from(months));
    span.ok().and_then(|span| day.checked_add(span).ok()).unwrap_or(Date::MAX)
}

/// What is known of a listing's scope; first that nobody asked.
const SCOPES: [Scope; 6] = [
    Scope::Unknown,
    Scope::In,
    Scope::Unsure,
    Scope::Out(Outside::ExceptedProduct),
    Scope::Out(Outside::SecondHand),
    Scope::Out(Outside::NotConsumerConnectable),
];
