//! What the register announces about its own log, ahead of the day: another key, another policy of witnesses, another
//! version of a format. Nothing that a reader relies on changes without notice.

use std::collections::BTreeMap;

use assay_log::LogKey;
use jiff::civil::Date;

use super::Refusal;
use crate::date::to_days;
use crate::statement::{LogKeyAnnounced, SchemaAnnounced, WitnessPolicyChanged};

/// How many days ahead another key or policy is announced: monitors look daily, and people are away for a week.
pub(super) const AHEAD_DAYS: i32 = 7;

/// How many days ahead another version of a format is announced: programs have to be changed for it.
pub(super) const AHEAD_DAYS_OF_SCHEMA: i32 = 30;

/// What was announced, each with the index of the statement.
#[derive(Clone, Debug, Default)]
pub struct Announcements {
    /// The keys of the log beside the first, oldest first.
    pub log_keys: Vec<Announced<LogKeyAnnounced>>,
    /// The policies of witnesses, oldest first.
    pub policies: Vec<Announced<WitnessPolicyChanged>>,
    /// The last version of each format.
    pub schemas: BTreeMap<String, Announced<SchemaAnnounced>>,
}

/// An announcement and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announced<T> {
    /// The index of the statement.
    pub index: u64,
    /// What it says.
    pub what: T,
}

impl Announcements {
    pub(super) fn check_log_key(&self, s: &LogKeyAnnounced, origin: &str) -> Result<(), Refusal> {
        if LogKey::parse(&s.key).map_or(true, |key| key.name() != origin) {
            return Err(Refusal::Content(format!("the log's key is under the log's origin, {origin}")));
        }
        if let Some(known) = self.log_keys.iter().find(|known| known.what.key == s.key) {
            return Err(Refusal::Repeated(known.index));
        }
        ahead(s.on, s.from, AHEAD_DAYS)
    }

    pub(super) fn check_policy(&self, s: &WitnessPolicyChanged) -> Result<(), Refusal> {
        if let Some(last) = self.policies.last().filter(|last| last.what.policy == s.policy) {
            return Err(Refusal::Repeated(last.index));
        }
        ahead(s.on, s.from, AHEAD_DAYS)
    }

    pub(super) fn check_schema(&self, s: &SchemaAnnounced) -> Result<(), Refusal> {
        match self.schemas.get(&s.schema) {
            Some(known) if known.what.version == s.version => Err(Refusal::Repeated(known.index)),
            Some(known) if known.what.version > s.version => Err(Refusal::Content(format!(
                "version {} of `{}` is announced already: a version only rises",
                known.what.version, s.schema
            ))),
            _ => ahead(s.on, s.from, AHEAD_DAYS_OF_SCHEMA),
        }
    }
}

fn ahead(on: Date, from: Date, days: i32) -> Result<(), Refusal> {
    if to_days(from) - to_days(on) < days { Err(Refusal::AnnouncedLate { from, days }) } else { Ok(()) }
}
