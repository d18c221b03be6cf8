//! What a monitor remembers between two passes, in one file that is replaced as a whole.

use assay_log::{EMPTY_ROOT, Hash};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::judge::Signers;
use crate::folder::{Folder, WatchError};

const FILE: &str = "monitor.json";
const FORMAT: &str = "assay-monitor-state-0";
/// Room for every checkpoint in it with each of its characters escaped: what was written can be read.
const MOST: u64 = 64 << 20;

/// Days on which the log grew that are remembered: eleven years.
const MOST_DAYS: usize = 4_096;

/// Checkpoints of others that are larger than what was read so far.
const MOST_PENDING: usize = 16;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    format: String,
    pub(super) origin: String,
    #[serde(flatten)]
    keys: Signers,
    pub(super) size: u64,
    pub(super) root: String,
    pub(super) checkpoint: String,
    /// How large the log was at the first pass of each day.
    days: Vec<(u64, Date)>,
    /// What others were shown and this address has not shown yet, and since when that is known, in seconds since 1970.
    pub(super) pending: Vec<(String, u64)>,
    /// The bundle that is fetched again next.
    pub(super) cursor: u64,
    /// Of how many entries the snapshot is that was shown ahead of them, and since when that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) snapshot_ahead: Option<(u64, u64)>,
}

impl Kept {
    pub(super) fn read(folder: &Folder) -> Result<Self, WatchError> {
        let Some(bytes) = folder.read(FILE, MOST)? else { return Ok(Self::nothing()) };
        let path = folder.path().join(FILE);
        let wrong = |why: String| {
            WatchError::Usage(format!(
                "{} is not what a monitor wrote ({why}): begin with an empty folder",
                path.display()
            ))
        };
        let kept: Self = serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
        if kept.format != FORMAT { Err(wrong(format!("its format is {}", kept.format))) } else { Ok(kept) }
    }

    fn nothing() -> Self {
        Self {
            format: FORMAT.into(),
            origin: String::new(),
            keys: Signers::default(),
            size: 0,
            root: EMPTY_ROOT.to_string(),
            checkpoint: String::new(),
            days: Vec::new(),
            pending: Vec::new(),
            cursor: 0,
            snapshot_ahead: None,
        }
    }

    pub(super) fn write(&self, folder: &Folder) -> Result<(), WatchError> {
        let bytes =
            serde_json::to_vec_pretty(self).map_err(|error| WatchError::Impossible(error.to_string()))?;
        folder.replace(FILE, &bytes)
    }

    pub(super) fn begin(&mut self, origin: &str, keys: &Signers) {
        self.origin = origin.to_owned();
        self.keys = keys.clone();
    }

    pub(super) fn keys(&self) -> &Signers {
        &self.keys
    }

    pub(super) fn advance(&mut self, size: u64, root: Hash, checkpoint: &str, today: Date) {
        (self.size, self.root, self.checkpoint) = (size, root.to_string(), checkpoint.to_owned());
        if self.days.last().is_none_or(|(_, day)| *day < today) {
            self.days.push((size, today));
        }
        if self.days.len() > MOST_DAYS {
            self.days.remove(0);
        }
    }

    /// The last day on which the log was looked at and did not have the entry at `index` yet.
    pub(super) fn day_before(&self, index: u64) -> Option<Date> {
        self.days.iter().rev().find(|(size, _)| *size <= index).map(|(_, day)| *day)
    }

    /// The first day on which the log was looked at and had the entry at `index`, as far as that is remembered.
    pub(super) fn day_with(&self, index: u64) -> Option<Date> {
        self.days.iter().find(|(size, _)| *size > index).map(|(_, day)| *day)
    }

    /// Puts what others were shown and this address has not shown yet in place of what waited before, each once and the
    /// longest known first.
    pub(super) fn wait_for(&mut self, notes: Vec<(String, u64)>) {
        self.pending.clear();
        for (note, since) in notes {
            if !self.pending.iter().any(|(other, _)| *other == note) && self.pending.len() < MOST_PENDING {
                self.pending.push((note, since));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_log_had_written_at_its_worst_can_be_read() {
        let place = tempfile::tempdir().unwrap_or_else(|why| panic!("{why}"));
        let folder = Folder::open(place.path()).unwrap_or_else(|why| panic!("{why}"));
        let longest = |n: usize| format!("{n:02}{}", "\"".repeat(assay_log::note::MAX_NOTE_BYTES - 2));
        let mut kept = Kept::nothing();
        kept.advance(4, EMPTY_ROOT, &longest(99), assay::date::parse("2026-11-20").unwrap());
        kept.wait_for((0..2 * MOST_PENDING).map(|n| (longest(n), 7)).collect());
        kept.write(&folder).unwrap_or_else(|why| panic!("{why}"));
        let read = Kept::read(&folder).unwrap_or_else(|why| panic!("{why}"));
        assert_eq!((read.pending.len(), read.checkpoint), (MOST_PENDING, longest(99)));
    }

    #[test]
    fn an_entry_is_younger_than_the_day_the_log_ended_before_it() {
        let day = |text: &str| assay::date::parse(text).unwrap();
        let mut kept = Kept::nothing();
        kept.advance(4, EMPTY_ROOT, "", day("2026-11-20"));
        kept.advance(6, EMPTY_ROOT, "", day("2026-11-20"));
        kept.advance(9, EMPTY_ROOT, "", day("2026-11-22"));
        assert_eq!(kept.day_before(3), None);
        assert_eq!(kept.day_before(4), Some(day("2026-11-20")));
        assert_eq!(kept.day_before(8), Some(day("2026-11-20")));
        assert_eq!(kept.day_before(9), Some(day("2026-11-22")));
        assert_eq!(kept.day_with(3), Some(day("2026-11-20")));
        assert_eq!(kept.day_with(4), Some(day("2026-11-22")));
        assert_eq!(kept.day_with(9), None);
    }
}
