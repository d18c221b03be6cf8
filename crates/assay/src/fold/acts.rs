//! Whether what is stated about keys, laboratories, foreign labels, suspensions, notices and advisories may enter.

use super::{Refusal, State};
use crate::key::PublicKey;
use crate::statement::{
    AdvisoryPublished, ForeignLabelRecorded, KeyAdded, KeyRetired, LabAccredited, LabExpired, LabId,
    LabelSuspended, NoticeServed,
};

/// Most keys that a maker ever has.
const MOST_KEYS: usize = 32;

impl State {
    pub(super) fn check_key_added(&self, s: &KeyAdded) -> Result<(), Refusal> {
        let maker = self.maker(&s.maker).ok_or(Refusal::MakerUnknown(s.maker))?;
        if maker.keys.iter().any(|k| k.key == s.key) {
            return Err(Refusal::KeyKnown(s.key.id(), s.maker));
        }
        if maker.keys.len() >= MOST_KEYS {
            return Err(Refusal::Content("a maker has at most 32 keys, the retired ones counted".into()));
        }
        Ok(())
    }

    /// A maker does not retire its last key. The register does, on the maker's word, where that key was lost or stolen: the
    /// maker then registers anew with another.
    pub(super) fn check_key_retired(&self, s: &KeyRetired, by: PublicKey) -> Result<(), Refusal> {
        let maker = self.maker(&s.maker).ok_or(Refusal::MakerUnknown(s.maker))?;
        let Some(key) = maker.keys.iter().find(|k| k.key == s.key) else {
            return Err(Refusal::KeyUnknown(s.key.id(), s.maker));
        };
        if let Some((index, _)) = key.retired {
            return Err(Refusal::Repeated(index));
        }
        if maker.keys_in_use().count() == 1 && !self.register.contains(&by) {
            return Err(Refusal::LastKey(s.key.id()));
        }
        Ok(())
    }

    pub(super) fn check_foreign_label(&self, s: &ForeignLabelRecorded) -> Result<(), Refusal> {
        let product = self.known(&s.product)?;
        match product.foreign_labels.get(&s.scheme) {
            Some(known) if known.number == s.number && known.until == s.until => {
                Err(Refusal::Repeated(known.index))
            }
            _ => Ok(()),
        }
    }

    /// An accreditation ends after the day it is stated on. One that is renewed replaces the one before.
    pub(super) fn check_accreditation(&self, s: &LabAccredited) -> Result<(), Refusal> {
        if s.until < s.on {
            return Err(Refusal::Content("an accreditation that is over is not stated".into()));
        }
        match self.lab(&LabId::of(&s.key)) {
            Some(lab) if lab.accredited == *s && lab.ended.is_none() => Err(Refusal::Repeated(lab.index)),
            _ => Ok(()),
        }
    }

    pub(super) fn check_lab_expired(&self, s: &LabExpired) -> Result<(), Refusal> {
        let lab = self.lab(&s.lab).ok_or(Refusal::LabUnknown(s.lab))?;
        lab.ended.map_or(Ok(()), |(index, _)| Err(Refusal::Repeated(index)))
    }

    pub(super) fn check_suspension(&self, s: &LabelSuspended) -> Result<(), Refusal> {
        let product = self.known(&s.product)?;
        if let Some(index) = product.suspended.get(&s.scheme) {
            return Err(Refusal::Repeated(*index));
        }
        let label = product.schemes.get(&s.scheme).and_then(|standing| standing.label.as_ref());
        if label.is_none_or(|(at, _)| *at != s.label) || product.withdrawn.is_some() {
            return Err(Refusal::LabelUnknown(s.label));
        }
        Ok(())
    }

    pub(super) fn check_notice(&self, s: &NoticeServed) -> Result<(), Refusal> {
        if self.maker(&s.maker).is_none() {
            return Err(Refusal::MakerUnknown(s.maker));
        }
        s.product.map_or(Ok(()), |id| self.own(&s.maker, &id).map(|_| ()))
    }

    /// An advisory of a number is published once; in another wording it has another number.
    pub(super) fn check_advisory(&self, s: &AdvisoryPublished) -> Result<(), Refusal> {
        let product = self.own(&s.maker, &s.product)?;
        let known = product.advisories.get(&s.advisory);
        known.map_or(Ok(()), |(index, _)| Err(Refusal::Repeated(*index)))
    }
}
