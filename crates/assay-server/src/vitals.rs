//! What the threads of a register say of themselves, for whoever watches over it: how much is committed and published, and
//! what this node is to the others. It decides nothing.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

use crate::meter::Meter;

/// See the module. Sequencer and publisher write, the admin pages read.
pub(crate) struct Vitals {
    pub(crate) meter: Meter,
    now: Mutex<Now>,
    /// Places for work that takes a core for a while.
    pub(crate) heavy: Arc<Semaphore>,
    /// Places for catalogues that are held in memory.
    pub(crate) uploads: Arc<Semaphore>,
}

/// How many places there are of each.
pub(crate) const HEAVY: usize = 2;
pub(crate) const UPLOADS: usize = 4;

/// How things stand.
#[derive(Clone, Debug)]
pub(crate) struct Now {
    pub(crate) committed: u64,
    pub(crate) published: u64,
    /// Since when something has been committed that is not published.
    behind_since: Option<Instant>,
    /// Since when a commit is under way.
    commits_since: Option<Instant>,
    pub(crate) part: Part,
    /// The number of the lease that this node held last.
    pub(crate) epoch: u64,
}

/// What this node does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// It sequences.
    Leader,
    /// Another node does; this one shows what is committed.
    Standby,
    /// It should and cannot, for this reason.
    Hindered(String),
}

impl Vitals {
    pub(crate) fn new(meter: Meter, size: u64) -> Self {
        let now = Now {
            committed: size,
            published: size,
            behind_since: None,
            commits_since: None,
            part: Part::Standby,
            epoch: 0,
        };
        let (heavy, uploads) = (Arc::new(Semaphore::new(HEAVY)), Arc::new(Semaphore::new(UPLOADS)));
        Self { meter, now: Mutex::new(now), heavy, uploads }
    }

    fn change(&self, change: impl FnOnce(&mut Now)) {
        change(&mut self.now.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// A commit began.
    pub(crate) fn commits(&self, begun: Instant) {
        self.change(|now| now.commits_since = Some(begun));
    }

    /// It has ended, well or not.
    pub(crate) fn has_committed(&self) {
        self.change(|now| now.commits_since = None);
    }

    /// The log is that long now.
    pub(crate) fn committed(&self, size: u64) {
        self.change(|now| {
            if size > now.committed {
                now.committed = size;
                now.behind_since.get_or_insert_with(Instant::now);
            }
        });
    }

    /// A publication that began then covers that much.
    pub(crate) fn published(&self, size: u64, begun: Instant) {
        self.change(|now| {
            now.published = size;
            // What is not covered was committed after the publication was begun.
            now.behind_since = (size < now.committed).then_some(begun);
        });
    }

    pub(crate) fn plays(&self, part: Part, epoch: Option<u64>) {
        self.change(|now| {
            now.part = part;
            now.epoch = epoch.unwrap_or(now.epoch);
        });
    }

    pub(crate) fn now(&self) -> Now {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Now {
    /// For how long a commit is under way.
    pub(crate) fn commit_time(&self) -> Duration {
        self.commits_since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// For how long the oldest committed entry has waited for its publication.
    pub(crate) fn lag(&self) -> Duration {
        self.behind_since.map_or(Duration::ZERO, |since| since.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_committed_and_not_published_makes_a_lag_until_it_is() {
        let vitals = Vitals::new(Meter::off(), 3);
        assert_eq!(vitals.now().lag(), Duration::ZERO);
        let begun = Instant::now();
        vitals.committed(5);
        std::thread::sleep(Duration::from_millis(2));
        vitals.committed(7);
        assert!(vitals.now().lag() >= Duration::from_millis(2), "the oldest counts");
        vitals.published(5, begun);
        assert!(vitals.now().lag() > Duration::ZERO && vitals.now().published == 5);
        vitals.published(7, Instant::now());
        assert_eq!(vitals.now().lag(), Duration::ZERO);
        vitals.committed(7);
        assert_eq!(vitals.now().lag(), Duration::ZERO, "nothing new");
        vitals.commits(begun);
        assert!(vitals.now().commit_time() >= Duration::from_millis(2));
        vitals.has_committed();
        assert_eq!(vitals.now().commit_time(), Duration::ZERO);
    }
}
