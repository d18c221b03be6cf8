//! The decision table laid out for one snapshot, one scheme and one day: what a number comes to is looked up, since all that
//! a snapshot says of it but what is rare is one of a few standings, and its day lies before or behind the day of the sale.
//! The table itself is [`assay::seller`]; every entry here was asked of it.

use assay::assess::Variant;
use assay::gate::{Decision, decide, unmatched};
use assay::gtin::{Gtin14, GtinError, given_by_a_shop, read_cell};
use assay::listing::{Listed, Sorter};
use assay::scheme::Scheme;
use assay::scope::Place;
use assay::seller::{Outside, Scope};
use assay::snapshot::{Found, Snapshot, State};
use jiff::civil::Date;

/// Judges numbers under a scheme on a day.
pub struct Judge<'a> {
    snapshot: &'a Snapshot,
    scheme: &'a Scheme,
    on: Date,
    /// By code: with no day, with one that has passed, with one that has not.
    pub(crate) plain: Vec<[Decision; 3]>,
    /// By code: whether something rare stands beside it.
    pub(crate) rare: Vec<bool>,
    /// By code: whether the entry stands, and the sign.
    pub(crate) shown: Vec<Shown>,
    /// What a number comes to that the snapshot does not have, by the scope in the order of [`SCOPES`].
    pub(crate) unknown: [Decision; SCOPES.len()],
    /// What sorts listings by their words, where that is wanted.
    pub(crate) sorter: Option<Sorter>,
    /// The first day code that is not before the day of the sale.
    pub(crate) today: u32,
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
pub(crate) struct Shown {
    /// The entry stands: what a withdrawn or disputed one promised is nobody's promise.
    pub(crate) stands: bool,
    /// The label's sign under the scheme.
    pub(crate) label: Option<Variant>,
}

impl<'a> Judge<'a> {
    /// Lays out the table.
    #[must_use]
    pub fn new(snapshot: &'a Snapshot, scheme: &'a Scheme, on: Date) -> Self {
        let until = snapshot.header().valid_until;
        let (before, after) = (on.yesterday().unwrap_or(on), on);
        let standings: Vec<_> = snapshot.standings().collect();
        let plain = standings.iter().map(|(standing, _)| {
            [None, Some(before), Some(after)]
                .map(|day| decide(scheme, on, until, Some(&standing.with(day)), Scope::Unknown))
        });
        let shown = standings.iter().map(|(standing, _)| {
            let stands = standing.state == State::Active;
            let label = standing.schemes.get(&scheme.id).filter(|_| stands).and_then(|s| s.variant);
            Shown { stands, label }
        });
        let passed = snapshot.days().filter(|day| day.is_some_and(|day| day < on)).count();
        Self {
            snapshot,
            scheme,
            on,
            plain: plain.collect(),
            rare: standings.iter().map(|(_, rare)| *rare).collect(),
            shown: shown.collect(),
            unknown: SCOPES.map(|scope| decide(scheme, on, until, None, scope)),
            sorter: None,
            today: u32::try_from(passed).unwrap_or(u32::MAX).saturating_add(1),
        }
    }

    /// The same, and listings that the snapshot does not have are sorted by their words: whether the scheme is about them at all.
    /// Some exceptions of UK law hold in Great Britain only: without a territory they are left to a person.
    #[must_use]
    pub fn with_words(self, territory: Option<Place>) -> Self {
        Self { sorter: Some(Sorter::new(self.scheme, self.on, territory)), ..self }
    }

    /// Whether listings are sorted by their words.
    pub(crate) fn sorts(&self) -> bool {
        self.sorter.is_some()
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
        self.on
    }

    /// What a number that was found comes to.
    #[inline(always)]
    #[must_use]
    pub fn found(&self, found: Found) -> Decision {
        let at = if found.day == 0 { 0 } else { 1 + usize::from(found.day >= self.today) };
        match self.rare.get(found.code as usize) {
            Some(false) => self.plain[found.code as usize][at],
            _ => self.with_rare(found),
        }
    }

    /// Whether what a number comes to hangs on more than its standing and its day.
    #[inline(always)]
    pub(crate) fn is_rare(&self, found: Found) -> bool {
        self.rare.get(found.code as usize).copied().unwrap_or(true)
    }

    /// A number that is not in the snapshot, of whose listing nothing is known.
    #[inline(always)]
    #[must_use]
    pub fn unknown(&self) -> Decision {
        self.unknown[0]
    }

    /// A cell that holds no number, of whose listing nothing is known.
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
        let scope = match &self.sorter {
            Some(sorter) if !silent => sorter.sort(&Listed { gtin_hint: hint, ..*listed }).scope,
            _ => Scope::Unknown,
        };
        match gtin {
            Ok(_) => SCOPES.iter().position(|s| *s == scope).map_or(self.unknown[0], |at| self.unknown[at]),
            Err(fault) => unmatched(fault, scope),
        }
    }

    /// What a number comes to, or why there is none, and what the snapshot has of it.
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
        let own = gtin.err().and_then(|fault| given_by_a_shop(row.gtin, fault));
        let Row { category, title, brand, model, .. } = *row;
        self.listing(gtin, own, &Listed { category, title, brand, model, gtin_hint: None })
    }

    /// The same of a cell that was read; `own` is the number that a shop or a coupon gave itself, which a shop's own snapshot may have.
    #[must_use]
    pub(crate) fn listing(
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

    /// The last day until which security updates are promised for a number that was found, where its entry stands.
    #[must_use]
    pub fn updates_until(&self, found: Found) -> Option<Date> {
        let stands = self.shown.get(found.code as usize).is_some_and(|shown| shown.stands);
        stands.then(|| self.snapshot.day(found.day)).flatten()
    }

    /// The sign of its label under the scheme, where its entry stands.
    #[must_use]
    pub fn label(&self, found: Found) -> Option<Variant> {
        self.shown.get(found.code as usize).and_then(|shown| shown.label)
    }

    #[cold]
    fn with_rare(&self, found: Found) -> Decision {
        let record = self.snapshot.record(found.rank as usize);
        decide(self.scheme, self.on, self.snapshot.header().valid_until, record.as_ref(), Scope::Unknown)
    }
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
