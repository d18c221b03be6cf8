//! Whether what makers declare, and what the register makes of it, may enter: the rules about the content of the kinds of
//! statements that every product has.

use super::{Refusal, State};
use crate::declaration::Declaration;
use crate::gtin::Gtin14;
use crate::scheme;
use crate::statement::{
    Assessed, Corrected, Fact, Labelled, MakerId, MakerRegistered, Observed, ProductId, PublicPage,
    SupportExtended, Withdrawn,
};

impl State {
    pub(super) fn check_registration(&self, s: &MakerRegistered) -> Result<(), Refusal> {
        let id = MakerId::of(&s.key);
        if self.makers.contains_key(&id) {
            return Err(Refusal::MakerKnown(id));
        }
        Ok(())
    }

    pub(super) fn check_declaration(&self, s: &Declaration) -> Result<(), Refusal> {
        let id = ProductId::of(&s.maker, &s.product.model);
        self.check_decided(&s.maker, &s.product.gtins)?;
        for gtin in &s.product.gtins {
            if let Some(product) = self.claim_of(*gtin, &s.maker).filter(|product| *product != id) {
                return Err(Refusal::GtinInUse { gtin: *gtin, product });
            }
        }
        if let Some(current) = self.product(&id) {
            let same =
                current.declaration.maker == s.maker && current.declaration.product.model == s.product.model;
            if !same {
                return Err(Refusal::Content(
                    "another product has this id: choose another model designation".into(),
                ));
            }
            if current.declaration == *s && current.withdrawn.is_none() {
                return Err(Refusal::Repeated(current.declared_at));
            }
            if s.on < current.declaration.on {
                return Err(Refusal::Outdated { current: current.declaration.on, this: s.on });
            }
        }
        // What was promised under a number stays promised, also when the product is given another name or number between.
        let under_number = s.product.gtins.iter().filter_map(|g| self.promises.get(&(s.maker, *g)).copied());
        let own = self.product(&id).and_then(|p| Some((p.promised?, id)));
        let promised = under_number.chain(own).max_by_key(|(end, of)| (*end, *of == id));
        if let Some((promised, product)) = promised
            && s.support.end.is_none_or(|end| end < promised)
        {
            return Err(Refusal::SupportShortened { product, promised, shown: s.support.end });
        }
        for scheme in s.schemes.iter().filter_map(|id| scheme::find(id)) {
            if let Some(why) = s.assess(scheme).refused.into_iter().next() {
                return Err(Refusal::Contradicted { scheme: scheme.id.clone(), why });
            }
        }
        Ok(())
    }

    pub(super) fn check_assessment(&self, s: &Assessed) -> Result<(), Refusal> {
        let product = self.known(&s.product)?;
        let differs = Refusal::AssessmentDiffers(s.declaration);
        let Some(scheme) =
            scheme::find(&s.scheme).filter(|_| product.declaration.schemes.contains(&s.scheme))
        else {
            return Err(differs);
        };
        let again = Assessed::of(s.product, product.declared_at, &product.declaration.assess(scheme), s.on);
        if again == *s { Ok(()) } else { Err(differs) }
    }

    pub(super) fn check_label(&self, s: &Labelled) -> Result<(), Refusal> {
        let product = self.known(&s.product)?;
        let scheme = scheme::find(&s.scheme).ok_or(Refusal::LabelWithoutAssessment)?;
        if let Some(index) = product.suspended.get(&s.scheme) {
            return Err(Refusal::LabelSuspended { scheme: s.scheme.clone(), index: *index });
        }
        let standing = product.schemes.get(&s.scheme).filter(|_| product.withdrawn.is_none());
        let entitled = standing.and_then(|standing| {
            let assessment = product.declaration.assess(scheme);
            self.entitled_label(s.product, &product.declaration, &assessment, standing.assessed_at, s.on)
        });
        if entitled.as_ref() == Some(s) { Ok(()) } else { Err(Refusal::LabelWithoutAssessment) }
    }

    pub(super) fn check_withdrawal(&self, s: &Withdrawn) -> Result<(), Refusal> {
        let product = self.own(&s.maker, &s.product)?;
        if product.withdrawn.is_some() || product.declared_at != s.declaration {
            return Err(Refusal::Content("the declaration that is to be withdrawn is not in force".into()));
        }
        Ok(())
    }

    pub(super) fn check_observation(&self, s: &Observed) -> Result<(), Refusal> {
        let product = self.known(&s.product)?;
        let Fact::SupportShortened { promised, shown } = &s.fact else {
            return match page_of(&s.fact).and_then(|page| address(&product.declaration, page)) {
                Some(_) => Ok(()),
                None => Err(Refusal::ObservationDiffers("the declaration names no such page")),
            };
        };
        // A product may have been extended since it was declared without a number: what was promised under that stands.
        let maker = product.declaration.maker;
        let mut under_number =
            self.promises.range((maker, Gtin14::BEFORE)..).take_while(|((of, _), _)| *of == maker);
        if product.promised != Some(*promised)
            && !under_number.any(|(_, held)| *held == (*promised, s.product))
        {
            return Err(Refusal::ObservationDiffers("another end of support was promised"));
        }
        if shown.is_some_and(|shown| shown >= *promised) {
            return Err(Refusal::ObservationDiffers("the end that was shown is not earlier"));
        }
        Ok(())
    }

    /// An extension names a later end than the one that is promised, of the declaration in force.
    pub(super) fn check_extension(&self, s: &SupportExtended) -> Result<(), Refusal> {
        let product = self.own(&s.maker, &s.product)?;
        if product.withdrawn.is_some() {
            return Err(Refusal::Withdrawn(product.declared_at));
        }
        if product.declared_at != s.declaration {
            return Err(Refusal::Content("the declaration that is to be extended is not in force".into()));
        }
        match product.promised {
            None => Err(Refusal::Content(
                "no security updates are promised that could be extended: declare the product anew".into(),
            )),
            Some(promised) if s.end < promised => {
                Err(Refusal::SupportShortened { product: s.product, promised, shown: Some(s.end) })
            }
            Some(promised) if s.end == promised => Err(Refusal::Repeated(
                product.history.iter().rev().find(|l| extends(l.kind)).map_or(s.declaration, |l| l.index),
            )),
            Some(_) => Ok(()),
        }
    }

    /// A correction names the registration or the declaration in force, and erases nothing.
    pub(super) fn check_correction(&self, s: &Corrected) -> Result<(), Refusal> {
        let nothing = Err(Refusal::CorrectsNothing(s.corrects));
        match &s.product {
            None => {
                let maker = self.maker(&s.maker).ok_or(Refusal::MakerUnknown(s.maker))?;
                if maker.index == s.corrects { Ok(()) } else { nothing }
            }
            Some(id) => {
                let product = self.own(&s.maker, id)?;
                if product.declared_at != s.corrects {
                    return nothing;
                }
                if product.withdrawn.is_some() { Err(Refusal::Withdrawn(s.corrects)) } else { Ok(()) }
            }
        }
    }

    /// A laboratory's assessment is of the declaration in force and of every requirement of the scheme, says of no claim what
    /// the maker does not, and comes to the verdict that its own findings give.
    pub(super) fn check_assessment_of_lab(&self, s: &Assessed) -> Result<(), Refusal> {
        let Some(id) = s.lab else { return Ok(()) };
        let lab = self.lab(&id).ok_or(Refusal::LabUnknown(id))?;
        let last = lab.ended.map_or(lab.accredited.until, |(_, on)| on.min(lab.accredited.until));
        let newest = self.newest.map_or(s.on, |newest| newest.max(s.on));
        if lab.ended.is_some() || newest > last {
            return Err(Refusal::LabExpired { lab: id, ended: last });
        }
        if !lab.accredited.schemes.contains(&s.scheme) {
            return Err(Refusal::LabScope { lab: id, scheme: s.scheme.clone() });
        }
        let product = self.known(&s.product)?;
        let differs = Refusal::AssessmentDiffers(s.declaration);
        let Some(standing) = product.schemes.get(&s.scheme).filter(|_| product.withdrawn.is_none()) else {
            return Err(differs);
        };
        let asked = &standing.assessed.requirements;
        let same = s.declaration == product.declared_at
            && s.requirements.len() == asked.len()
            && s.requirements.iter().zip(asked).all(|(r, a)| r.id == a.id && r.claim == a.claim);
        if same && follows(s) { Ok(()) } else { Err(differs) }
    }
}

/// Whether a laboratory's verdict is that of its requirements.
fn follows(s: &Assessed) -> bool {
    use crate::assess::Verdict;
    use crate::outcome::{Outcome, SeenBy};
    let tested = |o: Outcome| o != Outcome::NotTested;
    let honest = s.requirements.iter().all(|r| {
        r.seen_by == if tested(r.outcome) { SeenBy::Lab } else { SeenBy::Maker }
            && match r.outcome {
                Outcome::NotMet => r.holds == Some(false),
                Outcome::Met | Outcome::NotApplicable => r.holds.is_some(),
                Outcome::Inconclusive | Outcome::NotTested => r.holds != Some(true),
            }
    });
    let verdict = if s.requirements.iter().any(|r| r.holds == Some(false)) {
        Verdict::DoesNotHold
    } else if s.requirements.is_empty() || s.requirements.iter().any(|r| r.holds.is_none()) {
        Verdict::Undecided
    } else {
        Verdict::Holds
    };
    honest && s.requirements.iter().any(|r| tested(r.outcome)) && s.verdict == verdict
}

fn extends(kind: &str) -> bool {
    matches!(kind, "declared" | "support-extended")
}

fn page_of(fact: &Fact) -> Option<PublicPage> {
    match fact {
        Fact::PageSeen { page, .. } | Fact::PageMissing { page } => Some(*page),
        Fact::SupportShortened { .. } => None,
    }
}

fn address(declaration: &Declaration, page: PublicPage) -> Option<&String> {
    match page {
        PublicPage::Support => declaration.support.published_at.as_ref(),
        PublicPage::Policy => declaration.contact.policy.as_ref(),
        PublicPage::SecurityTxt => declaration.contact.security_txt.as_ref(),
    }
}
