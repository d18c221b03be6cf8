//! The lease: of several nodes on one database exactly one sequences. Its row names who, under which number (the epoch, one
//! more with every new holder) and until when; every commit holds the epoch against the log's head, so whoever was replaced
//! cannot commit even if it does not know yet.
//!
//! ```text
//!  node A   acquire ─── renew ─── renew ─── ✗ (killed)
//!                                      ├────── 6 s ──────┤
//!  node B   ask ── ask ── ask ── ask ── ask ── ask ── ask ── acquire (epoch + 1), catch up, sequence
//! ```
//!
//! Times are the nodes' own clocks, in milliseconds since 1970. A clock that is wrong makes a node give up early or take
//! over early; what it cannot do is let two nodes commit, since that does not rest on time.

use crate::store::{Held, Log, StoreError};

/// For how long a lease holds without being renewed, in milliseconds.
pub(crate) const TERM: u64 = 6_000;
/// A holder renews once this much has passed.
const RENEW: u64 = 2_000;
/// A holder signs nothing in the last part of its lease: what it signs should be committed before another may take over.
const MARGIN: u64 = 2_000;

/// Milliseconds since 1970, by this machine's clock.
pub type Clock = std::sync::Arc<dyn Fn() -> u64 + Send + Sync>;

/// A lease that this node holds, as far as it knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lease {
    /// The number under which it commits.
    pub(crate) epoch: u64,
    /// When the row was last written, taken before it was.
    since: u64,
}

impl Lease {
    /// Takes the lease if nobody has it, its time is over, or this node itself had it; none where another has it.
    pub(crate) async fn acquire(
        log: &Log,
        owner: &str,
        now: u64,
        rival: &mut Rival,
    ) -> Result<Option<Self>, StoreError> {
        let taken = log.take_lease(owner, rival.over(now), now.saturating_add(TERM)).await?;
        match taken {
            Ok(epoch) => {
                *rival = Rival::default();
                Ok(Some(Self { epoch, since: now }))
            }
            Err(held) => {
                rival.saw(held, now);
                Ok(None)
            }
        }
    }

    /// Whether a checkpoint may still be signed under it.
    pub(crate) fn may_sign(&self, now: u64) -> bool {
        // A clock that was set back says nothing about how much time has passed.
        now >= self.since && now < self.since.saturating_add(TERM - MARGIN)
    }

    /// Whether it is time to renew it.
    pub(crate) fn is_due(&self, now: u64) -> bool {
        now < self.since || now >= self.since.saturating_add(RENEW)
    }

    /// Renews it; none where another has taken it.
    pub(crate) async fn renew(self, log: &Log, owner: &str, now: u64) -> Result<Option<Self>, StoreError> {
        let held = log.renew_lease(owner, self.epoch, now.saturating_add(TERM)).await?;
        Ok(held.then_some(Self { since: now, ..self }))
    }
}

/// What this node has seen of another's lease. One that nobody renewed for as long as it holds is over, whatever end it
/// names: that may have been written by a clock that was far ahead, or by hand.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rival(Option<(Held, u64)>);

impl Rival {
    fn saw(&mut self, held: Held, now: u64) {
        match self.0 {
            // A clock that was set back says nothing about how long.
            Some((before, since)) if before == held && since <= now => {}
            _ => self.0 = Some((held, now)),
        }
    }

    /// A lease that ends then, or earlier, counts as over.
    fn over(&self, now: u64) -> u64 {
        let past = now.saturating_sub(1);
        match self.0 {
            Some((held, since)) if now >= since.saturating_add(TERM + MARGIN) => past.max(held.expires),
            _ => past,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_that_nobody_renews_is_over_whatever_end_it_names() {
        let far = Held { epoch: 3, expires: 900_000_000 };
        let mut rival = Rival::default();
        assert_eq!(rival.over(1_000), 999);
        for now in [1_000, 1_500, 8_999] {
            rival.saw(far, now);
            assert_eq!(rival.over(now), now - 1);
        }
        assert_eq!(rival.over(9_000), far.expires);
        // It was renewed, or this clock was set back: the time begins anew.
        rival.saw(Held { expires: far.expires + 1, ..far }, 9_000);
        assert_eq!(rival.over(16_999), 16_998);
        rival.saw(Held { expires: far.expires + 1, ..far }, 2_000);
        assert_eq!((rival.over(9_999), rival.over(10_000)), (9_998, far.expires + 1));
    }

    #[test]
    fn nothing_is_signed_in_the_last_part_of_a_lease_or_under_a_clock_that_was_set_back() {
        let lease = Lease { epoch: 1, since: 10_000 };
        assert!(lease.may_sign(10_000) && lease.may_sign(13_999));
        assert!(!lease.may_sign(14_000) && !lease.may_sign(9_999) && !lease.may_sign(u64::MAX));
        assert!(!lease.is_due(11_999) && lease.is_due(12_000) && lease.is_due(9_999));
    }
}
