//! Who may sign what. Makers sign what makers say, the register what the register says, laboratories what they tested,
//! and the authority what only an authority can do.

use super::{Examined, Imposed, Refusal, State};
use crate::cose::CoseError;
use crate::key::PublicKey;
use crate::statement::{MakerId, Received, Signer, Statement};

impl State {
    /// The key that signed it, of those that may.
    pub(super) fn signed_by(&self, received: &Received) -> Result<PublicKey, Refusal> {
        let keys = self.signers_of(received.peek())?;
        received
            .signed_by(&keys, &self.origin)
            .map_err(|error| self.retired(received).unwrap_or(Refusal::Signature(error)))
    }

    /// The same of one that was examined: a key that was found to have signed it for this log need not be asked again.
    pub(super) fn still_signed_by(&self, examined: &Examined) -> Result<PublicKey, Refusal> {
        match &examined.by {
            Some((origin, key))
                if *origin == self.origin && self.signers_of(examined.peek())?.contains(key) =>
            {
                Ok(*key)
            }
            _ => self.signed_by(&examined.received),
        }
    }

    /// The key that it names, of those that may sign it; nothing is verified but where several have that id: ids are short,
    /// and a maker can make a key that has the register's.
    pub(super) fn claims_to_be_by(&self, received: &Received) -> Result<PublicKey, Refusal> {
        let id = received.key_id();
        let mut named = self.signers_of(received.peek())?;
        named.retain(|key| key.id() == id);
        match named.as_slice() {
            [key] => Ok(*key),
            [] => Err(self.retired_by_id(received).unwrap_or(Refusal::Signature(CoseError::UnknownKey(id)))),
            _ => self.signed_by(received),
        }
    }

    /// Whether a suspension was signed by the authority: then it alone lifts it.
    pub(super) fn is_authority(&self, key: &PublicKey) -> bool {
        self.authority.contains(key)
    }

    /// The keys that may sign a statement.
    fn signers_of(&self, statement: &Statement) -> Result<Vec<PublicKey>, Refusal> {
        let register = || self.register.iter().copied();
        let authority = || self.authority.iter().copied();
        Ok(match (statement.signer(), statement) {
            (Signer::NewKey, Statement::MakerRegistered(s)) => vec![s.key],
            (Signer::Maker, _) => self.keys_of(maker_of(statement))?,
            (Signer::MakerOrRegister, _) => {
                self.keys_of(maker_of(statement))?.into_iter().chain(register()).collect()
            }
            (Signer::RegisterOrLab, Statement::Assessed(s)) => match &s.lab {
                Some(id) => vec![self.lab(id).ok_or(Refusal::LabUnknown(*id))?.accredited.key],
                None => register().collect(),
            },
            (Signer::RegisterOrAuthority, _) => register().chain(authority()).collect(),
            (Signer::Authority, _) => authority().collect(),
            (Signer::WhoImposed, Statement::NoticeLifted(s)) => match self.imposed.get(&s.lifts) {
                Some(Imposed::Suspension { by_authority: false, .. }) => {
                    register().chain(authority()).collect()
                }
                Some(_) => authority().collect(),
                None => return Err(Refusal::NothingToLift(s.lifts)),
            },
            _ => register().collect(),
        })
    }

    fn keys_of(&self, maker: Option<MakerId>) -> Result<Vec<PublicKey>, Refusal> {
        let Some(id) = maker else { return Ok(Vec::new()) };
        let maker = self.maker(&id).ok_or(Refusal::MakerUnknown(id))?;
        Ok(maker.keys_in_use().map(|k| k.key).collect())
    }

    /// That a retired key of the maker signed it, if one did.
    fn retired(&self, received: &Received) -> Option<Refusal> {
        let maker = self.maker(&maker_of(received.peek())?)?;
        let mut retired = maker.keys.iter().filter_map(|k| Some((k.key, k.retired?)));
        let (key, (index, on)) =
            retired.find(|(key, _)| received.signed_by(&[*key], &self.origin).is_ok())?;
        Some(Refusal::KeyRetired(key.id(), on, index))
    }

    fn retired_by_id(&self, received: &Received) -> Option<Refusal> {
        let maker = self.maker(&maker_of(received.peek())?)?;
        let mut retired = maker.keys.iter().filter_map(|k| Some((k.key.id(), k.retired?)));
        let (id, (index, on)) = retired.find(|(id, _)| *id == received.key_id())?;
        Some(Refusal::KeyRetired(id, on, index))
    }
}

/// The maker that speaks.
fn maker_of(statement: &Statement) -> Option<MakerId> {
    match statement {
        Statement::KeyAdded(s) => Some(s.maker),
        Statement::KeyRetired(s) => Some(s.maker),
        Statement::Declared(s) => Some(s.maker),
        Statement::SupportExtended(s) => Some(s.maker),
        Statement::Withdrawn(s) => Some(s.maker),
        Statement::Corrected(s) => Some(s.maker),
        Statement::AdvisoryPublished(s) => Some(s.maker),
        _ => None,
    }
}
