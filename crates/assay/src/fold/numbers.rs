//! Whose a GTIN is. Several makers that claim one dispute it; a statement of the register or the authority may say so too,
//! also where somebody outside the register claims it. It stays disputed until it is decided, also where all but one give
//! their claim up again. The first claim is no title, and neither is the last.

use std::collections::{BTreeMap, BTreeSet};

use imbl::{OrdMap, OrdSet};

use super::{Product, Refusal, State};
use crate::gtin::Gtin14;
use crate::statement::{GtinDecided, GtinDisputed, MakerId, ProductId};

/// What the log says of a number.
#[derive(Clone, Debug, Default)]
pub(super) struct Number {
    /// The product that each maker declared under it; one maker has one.
    pub(super) claimants: OrdMap<MakerId, ProductId>,
    /// The index at which it was stated to be disputed, until it is decided.
    pub(super) dispute: Option<u64>,
    /// The makers whose claims met, until it is decided: what one of them gives up afterwards does not end it.
    pub(super) met: OrdSet<MakerId>,
    /// The last decision.
    pub(super) decision: Option<Decision>,
}

impl Number {
    /// Whether there is something to decide.
    fn is_open(&self) -> bool {
        self.dispute.is_some() || !self.met.is_empty()
    }
}

/// Whose a number was decided to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The index of the decision.
    pub index: u64,
    /// Whose it is; none where it is nobody's of those who claimed it.
    pub holder: Option<MakerId>,
    /// Whose claims do not count.
    pub against: Vec<MakerId>,
}

/// Who claims a number, and what is settled.
#[derive(Clone, Debug)]
pub enum Claims<'a> {
    /// Nobody whose claim counts.
    Nobody,
    /// One product, withdrawn or not.
    Held(&'a Product),
    /// Several makers' products, or one product that is left of a dispute that was not decided, or of which the register or
    /// the authority stated one.
    Disputed(Vec<&'a Product>),
}

impl State {
    /// The products declared under a GTIN whose claims count: none, one, or several when it is disputed. Who withdrew disputes
    /// nothing: such a product is named only where nobody else claims the number. Whether it is disputed says
    /// [`State::claims`]: one product may be named and the number be disputed all the same.
    #[must_use]
    pub fn by_gtin(&self, gtin: Gtin14) -> Vec<&Product> {
        let mut claimants = self.claimants(gtin);
        if let Some(decision) = self.decision(gtin) {
            claimants.retain(|p| !decision.against.contains(&p.declaration.maker));
        }
        if claimants.iter().any(|p| p.withdrawn.is_none()) {
            claimants.retain(|p| p.withdrawn.is_none());
        }
        claimants
    }

    /// Who claims a GTIN and whether that is disputed.
    #[must_use]
    pub fn claims(&self, gtin: Gtin14) -> Claims<'_> {
        let open = self.numbers.get(&gtin).is_some_and(|n| n.is_open());
        let mut claimants = self.by_gtin(gtin);
        match claimants.len() {
            0 => Claims::Nobody,
            1 if !open => Claims::Held(claimants.remove(0)),
            _ => Claims::Disputed(claimants),
        }
    }

    /// Whether a GTIN is disputed: the gate answers `ask`.
    #[must_use]
    pub fn is_disputed(&self, gtin: Gtin14) -> bool {
        matches!(self.claims(gtin), Claims::Disputed(_))
    }

    /// The last decision about a GTIN.
    #[must_use]
    pub fn decision(&self, gtin: Gtin14) -> Option<&Decision> {
        self.numbers.get(&gtin)?.decision.as_ref()
    }

    /// Every product declared under a number, whether its claim counts or not.
    pub(super) fn claimants(&self, gtin: Gtin14) -> Vec<&Product> {
        let number = self.numbers.get(&gtin);
        number.iter().flat_map(|n| n.claimants.values()).filter_map(|id| self.product(id)).collect()
    }

    /// The product that a maker declared under a number.
    pub(super) fn claim_of(&self, gtin: Gtin14, maker: &MakerId) -> Option<ProductId> {
        self.numbers.get(&gtin)?.claimants.get(maker).copied()
    }

    pub(super) fn check_dispute(&self, s: &GtinDisputed) -> Result<(), Refusal> {
        let differs = |why| Err(Refusal::DisputeDiffers { gtin: s.gtin, why });
        if let Some(index) = self.numbers.get(&s.gtin).and_then(|n| n.dispute) {
            return Err(Refusal::Repeated(index));
        }
        let claim = makers(&self.by_gtin(s.gtin));
        if claim.is_empty() {
            return differs("nobody in this register claims it");
        }
        if claim.iter().ne(&s.makers) {
            return differs("other makers claim it than the statement names");
        }
        Ok(())
    }

    pub(super) fn check_decision(&self, s: &GtinDecided) -> Result<(), Refusal> {
        let differs = |why| Err(Refusal::DisputeDiffers { gtin: s.gtin, why });
        let number = self.numbers.get(&s.gtin);
        let Some(number) = number.filter(|n| n.is_open() || n.decision.is_some()) else {
            return differs("it is not disputed");
        };
        let claim = makers(&self.claimants(s.gtin));
        let before: &[MakerId] = number.decision.as_ref().map_or(&[], |d| &d.against);
        if s.holder.is_some_and(|holder| !claim.contains(&holder) || s.against.contains(&holder)) {
            return differs(
                "the holder is one of the makers that claim it, and not among those against whom it is",
            );
        }
        if claim.iter().any(|maker| Some(*maker) != s.holder && !s.against.contains(maker)) {
            return differs("a decision is about everybody who claims it");
        }
        let took_part = |maker| claim.contains(maker) || number.met.contains(maker) || before.contains(maker);
        if !s.against.iter().all(took_part) {
            return differs("a decision is about nobody who does not claim it");
        }
        Ok(())
    }

    /// A maker against whom a number was decided does not declare it.
    pub(super) fn check_decided(&self, maker: &MakerId, gtins: &[Gtin14]) -> Result<(), Refusal> {
        for gtin in gtins {
            if let Some(decision) = self.decision(*gtin).filter(|d| d.against.contains(maker)) {
                return Err(Refusal::GtinDecided { gtin: *gtin, index: decision.index });
            }
        }
        Ok(())
    }

    pub(super) fn apply_dispute(&mut self, s: &GtinDisputed, index: u64) {
        self.amend_number(s.gtin, |number| number.dispute = Some(index));
    }

    pub(super) fn apply_decision(&mut self, s: &GtinDecided, index: u64) {
        let decision = Decision { index, holder: s.holder, against: s.against.clone() };
        self.amend_number(s.gtin, |number| {
            number.dispute = None;
            number.met = OrdSet::new();
            number.decision = Some(decision);
        });
    }

    /// A maker's product is declared under these numbers and no longer under those.
    pub(super) fn move_claims(&mut self, maker: MakerId, id: ProductId, before: &[Gtin14], now: &[Gtin14]) {
        for gtin in before.iter().filter(|gtin| !now.contains(gtin)) {
            self.amend_number(*gtin, |number| {
                number.claimants.remove(&maker);
            });
        }
        for gtin in now.iter().filter(|gtin| !before.contains(gtin)) {
            self.amend_number(*gtin, |number| {
                number.claimants.insert(maker, id);
            });
        }
    }

    /// Remembers of each number whose claims on it meet now. It is asked whenever a product is declared or withdrawn: either
    /// can bring a claim that counts.
    pub(super) fn note_disputes(&mut self, gtins: &[Gtin14]) {
        for gtin in gtins {
            if self.numbers.get(gtin).is_none_or(|n| n.claimants.len() < 2) {
                continue;
            }
            let claim = makers(&self.by_gtin(*gtin));
            if claim.len() > 1 {
                self.amend_number(*gtin, |number| number.met.extend(claim));
            }
        }
    }

    fn amend_number(&mut self, gtin: Gtin14, change: impl FnOnce(&mut Number)) {
        let mut number = self.numbers.get(&gtin).map(|n| Number::clone(n)).unwrap_or_default();
        change(&mut number);
        if number.claimants.is_empty() && !number.is_open() && number.decision.is_none() {
            self.numbers.remove(&gtin);
        } else {
            self.numbers.insert(gtin, number.into());
        }
    }

    /// Every number that somebody claims.
    pub(super) fn claimed(&self) -> impl Iterator<Item = Gtin14> {
        self.numbers.keys().copied()
    }

    /// The laws that hold between the parts of a state, whatever was folded: the first that does not. For tests of the fold
    /// and for whoever re-derives a state and wants to know that it is sound.
    ///
    /// # Errors
    /// What does not hold.
    pub fn check_laws(&self) -> Result<(), String> {
        let mut claims: BTreeMap<Gtin14, OrdMap<MakerId, ProductId>> = BTreeMap::new();
        for product in self.products() {
            for gtin in &product.declaration.product.gtins {
                let of_maker = claims.entry(*gtin).or_default().insert(product.declaration.maker, product.id);
                if of_maker.is_some() {
                    return Err(format!("{gtin}: one maker has two products for it"));
                }
            }
            if product.promised != product.declaration.support.end {
                return Err(format!("{}: what is promised is not what is declared", product.id));
            }
            let promised = product
                .declaration
                .product
                .gtins
                .iter()
                .filter_map(|g| self.promises.get(&(product.declaration.maker, *g)));
            if promised.map(|(end, _)| *end).max() > product.promised {
                return Err(format!("{}: a promise under its number was shortened", product.id));
            }
            if !product.history.iter().zip(product.history.iter().skip(1)).all(|(a, b)| a.index < b.index) {
                return Err(format!("{}: its history is out of order", product.id));
            }
            let suspended = product.suspended.values().chain(product.notices.keys());
            if suspended.into_iter().any(|index| !self.imposed.contains_key(index)) {
                return Err(format!("{}: what is lifted still stands", product.id));
            }
            if product.schemes.values().any(|s| s.label.as_ref().is_some_and(|(at, _)| *at <= s.assessed_at))
            {
                return Err(format!("{}: a label is older than its assessment", product.id));
            }
        }
        let ranges: OrdSet<_> = self.products().map(|p| (p.declaration.maker, p.id)).collect();
        if ranges != self.ranges {
            return Err("the makers' ranges are not those of the declarations".into());
        }
        let kept = self.numbers.iter().filter(|(_, n)| !n.claimants.is_empty());
        if !kept.map(|(gtin, n)| (*gtin, n.claimants.clone())).eq(claims) {
            return Err("the numbers' claimants are not those of the declarations".into());
        }
        for gtin in self.claimed() {
            let by = makers(&self.by_gtin(gtin));
            let met = self.numbers.get(&gtin).map(|n| &n.met);
            if by.len() > 1 && !met.is_some_and(|met| by.iter().all(|maker| met.contains(maker))) {
                return Err(format!("{gtin}: several makers' claims count and nobody disputes it"));
            }
        }
        if self.makers.values().any(|m| m.keys.is_empty()) {
            return Err("a maker has no key".into());
        }
        Ok(())
    }
}

fn makers(products: &[&Product]) -> BTreeSet<MakerId> {
    products.iter().map(|p| p.declaration.maker).collect()
}
