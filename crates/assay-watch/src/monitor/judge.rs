//! Every statement held against the rules: the same fold that the register has, and what only a reader with a memory can
//! say of days.

use std::path::Path;

use assay::fold::{Refusal, State};
use assay::key::PublicKey;
use assay::statement::Received;
use assay::trust::Trust;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::finding::{Finding, Kind};
use crate::folder::WatchError;

/// How many findings of statements are told one by one.
const MOST_TOLD: usize = 1_000;

/// Whose signatures count: the register's, and the authority's where there is one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Signers {
    pub(super) register: Vec<PublicKey>,
    #[serde(default)]
    pub(super) authority: Vec<PublicKey>,
}

impl Signers {
    pub(super) fn of(trust: &Trust) -> Self {
        Self { register: trust.register().to_vec(), authority: trust.authority().to_vec() }
    }
}

/// What is remembered of the days on which the log was looked at.
#[derive(Clone, Copy)]
pub(super) struct Seen {
    /// The last day on which it did not have the entry yet.
    pub(super) not_on: Option<Date>,
    /// The first day on which it had it.
    pub(super) on: Date,
    /// Whether that is today.
    pub(super) today: bool,
}

#[derive(Clone)]
pub(super) struct Judge {
    keys: Signers,
    state: State,
    /// The first entry that the rules refuse. What comes after it can be read, but not folded: nobody knows what holds.
    refused: Option<u64>,
    /// The latest day of a statement of the register so far, and its index.
    latest: Option<(Date, u64)>,
    found: Vec<Finding>,
}

impl Judge {
    pub(super) fn new(origin: &str, keys: &Signers) -> Self {
        let state = State::new(origin, keys.register.clone()).with_authority(keys.authority.clone());
        Self { keys: keys.clone(), state, refused: None, latest: None, found: Vec::new() }
    }

    pub(super) fn keys(&self) -> &Signers {
        &self.keys
    }

    /// What held before the first entry.
    pub(super) fn begun(&self) -> State {
        let authority = self.keys.authority.clone();
        State::new(self.state.origin(), self.keys.register.clone()).with_authority(authority)
    }

    /// What holds after all entries so far; none where one of them could not be folded.
    pub(super) fn folded(&self) -> Option<&State> {
        self.refused.is_none().then_some(&self.state)
    }

    /// What was found in all statements so far.
    pub(super) fn found(&self) -> &[Finding] {
        &self.found
    }

    /// Takes the next entry.
    pub(super) fn take(
        &mut self,
        index: u64,
        entry: &[u8],
        seen: Seen,
        folder: &Path,
    ) -> Result<(), WatchError> {
        let read = if self.refused.is_some() {
            Received::parse(entry).ok().map(|received| {
                (
                    received.peek().clone(),
                    received.signed_by(&self.keys.register, self.state.origin()).is_ok(),
                )
            })
        } else {
            match self.state.append(entry) {
                Ok(it) => Some((it.statement().clone(), self.keys.register.contains(it.by()))),
                Err(refusal) => {
                    self.refused = Some(index);
                    self.tell(refused(index, &refusal), entry, folder)?;
                    None
                }
            }
        };
        let Some((statement, by_the_register)) = read else { return Ok(()) };
        let (kind, on) = (statement.kind(), statement.on());
        // That it is of long ago is no fault: the door's other rule is about the day of submission, which nobody knows here.
        if matches!(State::check_day(&statement, seen.on), Err(Refusal::FutureDate { .. })) {
            let seen = match seen.today {
                true => format!("today is {}", seen.on),
                false => format!("was there on {}", seen.on),
            };
            let says = format!("statement {index} ({kind}) is of {on}, and {seen}");
            self.tell(Finding::new(Kind::FutureDate, says).at(index), entry, folder)?;
        }
        if by_the_register {
            self.order(index, kind, on, seen.not_on, entry, folder)?;
        }
        Ok(())
    }

    /// The register states what it sees on the day it sees it. A day is forgiven, since days begin at different hours.
    fn order(
        &mut self,
        index: u64,
        kind: &str,
        on: Date,
        seen: Option<Date>,
        entry: &[u8],
        folder: &Path,
    ) -> Result<(), WatchError> {
        let tomorrow = on.tomorrow().unwrap_or(on);
        let why = match (self.latest, seen) {
            (_, Some(seen)) if tomorrow < seen => {
                Some(format!("was not yet in the log when it was looked at on {seen}"))
            }
            (Some((before, at)), _) if tomorrow < before => {
                Some(format!("comes after statement {at}, which is of {before}"))
            }
            _ => None,
        };
        if let Some(why) = why {
            let says = format!("statement {index} ({kind}) is dated {on} and {why}: it was dated back");
            self.tell(Finding::new(Kind::BackDated, says).at(index), entry, folder)?;
        }
        if self.latest.is_none_or(|(latest, _)| on > latest) {
            self.latest = Some((on, index));
        }
        Ok(())
    }

    fn tell(&mut self, finding: Finding, entry: &[u8], folder: &Path) -> Result<(), WatchError> {
        if self.found.len() < MOST_TOLD {
            self.found.push(finding.with_evidence(folder, &[("entry", entry)])?);
        }
        Ok(())
    }
}

fn refused(index: u64, refusal: &Refusal) -> Finding {
    let says = format!(
        "statement {index} stands in the log against the rules ({}): {refusal}; what follows it was read and not folded",
        refusal.id()
    );
    Finding { refusal: Some(refusal.id()), ..Finding::new(Kind::RefusedStatement, says).at(index) }
}
