//! What this node is to the others: it leads, or it follows. A node begins as a follower, and becomes the leader by the
//! same way whether it was just started, replaced a node that died, or lost its database for a while: take the lease, read
//! what is committed, hold it against what is published, go on.

use std::sync::Arc;
use std::time::Duration;

use super::lease::Lease;
use super::{Fatal, NotDone, Sequencer};
use crate::book::Book;
use crate::recover::{Seen, Unsound, catch_up};
use crate::store::{Head, StoreError};

/// How often a follower asks for the lease, and a leader looks whether it must be renewed.
pub(super) const TICK: Duration = Duration::from_millis(500);
/// How often, and after which wait, a leader asks what became of a commit that failed, before it steps down.
const ASKS: u32 = 5;
const WAIT: Duration = Duration::from_millis(200);

/// Whether this node sequences.
pub(super) enum Role {
    /// It does, under a lease.
    Leads(Lease),
    /// It does not, and what is answered to whoever submits something.
    Follows(NotDone),
}

/// What became of a commit that failed.
pub(super) enum Landing {
    /// It happened all the same: the error came after it.
    Landed,
    /// It did not, and never will; this node leads on.
    NotLanded(Lease),
    /// This node does not lead any more, or cannot tell.
    Elsewhere,
}

impl<B: Book> Sequencer<B> {
    /// Called at every tick.
    pub(super) async fn tend(&mut self) -> Result<(), Fatal> {
        match self.role {
            Role::Leads(lease) if lease.is_due((self.tools.clock)()) => {
                self.renew(lease).await;
                Ok(())
            }
            Role::Leads(_) => Ok(()),
            Role::Follows(_) => match self.follow().await {
                Ok(()) => Ok(()),
                // The database is away, full or not to be relied on: what is known stands, and the next tick asks again.
                Err(Unsound::Store(error)) => {
                    self.step_down(NotDone::Store(Arc::new(error)));
                    Ok(())
                }
                Err(unsound) if unsound.may_pass() => {
                    self.step_down(NotDone::Unsound(Arc::new(unsound)));
                    Ok(())
                }
                Err(unsound) => {
                    tracing::error!(%unsound, "this node cannot follow the log: it stops");
                    Err(Fatal)
                }
            },
        }
    }

    /// Reads what others committed, and takes the lease if it is free.
    async fn follow(&mut self) -> Result<(), Unsound> {
        let log = &self.tools.log;
        log.stay_with_primary().await?;
        log.demand(self.tools.replicas).await?;
        let seen = Seen::read(&self.tools.files).await?;
        let lease = Lease::acquire(log, &self.tools.owner, (self.tools.clock)(), &mut self.rival).await?;
        // Whoever had the lease before cannot commit from here on, so what is read now is all there is.
        let verifier = self.signer().verifier().clone();
        let size = self.ledger.committed();
        let known = Some(self.checkpoint.as_str());
        let head = catch_up(&self.tools.log, &verifier, known, &mut self.book, &mut self.ledger).await?;
        self.watch.holds(seen, &self.ledger, &verifier)?;
        self.checkpoint = head.note;
        self.tools.vitals.committed(head.size);
        if head.size > size && self.publish(Vec::new(), Vec::new()).is_err() {
            tracing::error!("the publisher is gone");
        }
        match lease {
            Some(lease) => {
                tracing::info!(epoch = lease.epoch, size = head.size, "this node sequences");
                self.role = Role::Leads(lease);
            }
            None => self.step_down(NotDone::Standby),
        }
        Ok(())
    }

    async fn renew(&mut self, lease: Lease) -> Option<Lease> {
        let now = (self.tools.clock)();
        let renewed = match self.tools.log.demand(self.tools.replicas).await {
            Ok(()) => lease.renew(&self.tools.log, &self.tools.owner, now).await,
            Err(error) => Err(error),
        };
        match renewed {
            Ok(Some(lease)) => {
                self.role = Role::Leads(lease);
                return Some(lease);
            }
            Ok(None) => self.step_down(NotDone::Standby),
            // It still holds for a while, so the next tick may try again; not where the database is not to be relied on.
            Err(error) if lease.may_sign(now) && !matches!(error, StoreError::Replication { .. }) => {
                tracing::warn!(%error, "the lease could not be renewed");
            }
            Err(error) => self.step_down(NotDone::Store(Arc::new(error))),
        }
        None
    }

    /// The lease, if a checkpoint may be signed under it.
    pub(super) async fn valid_lease(&mut self) -> Option<Lease> {
        match self.role {
            Role::Leads(lease) if lease.may_sign((self.tools.clock)()) => Some(lease),
            Role::Leads(lease) => self.renewed(lease).await,
            Role::Follows(_) => None,
        }
    }

    /// Whether the database says that this node still leads. Where it cannot be asked, this node does not.
    pub(super) async fn still_leads(&mut self) -> bool {
        match self.role {
            Role::Leads(lease) => self.renewed(lease).await.is_some(),
            Role::Follows(_) => false,
        }
    }

    async fn renewed(&mut self, lease: Lease) -> Option<Lease> {
        // A database that was slow to renew it may have taken up all the time that it gave.
        let renewed = self.renew(lease).await.filter(|lease| lease.may_sign((self.tools.clock)()));
        if renewed.is_none() && matches!(self.role, Role::Leads(_)) {
            self.step_down(NotDone::Standby);
        }
        renewed
    }

    /// What is answered while this node does not sequence.
    pub(super) fn refusing(&self) -> NotDone {
        match &self.role {
            Role::Leads(_) => NotDone::Standby,
            Role::Follows(why) => why.clone(),
        }
    }

    fn step_down(&mut self, why: NotDone) {
        let said = matches!(&self.role, Role::Follows(before) if before.to_string() == why.to_string());
        if !said {
            tracing::warn!(%why, "this node does not sequence");
        }
        self.role = Role::Follows(why);
    }

    /// After a failed commit: whether it happened all the same.
    ///
    /// The lease is taken anew for that. Its transaction waits for whatever still holds the head's row, and its new number
    /// voids a commit that is still on its way; so what the head says afterwards stays true.
    pub(super) async fn regain(&mut self, new: &Head) -> Landing {
        for _ in 0..ASKS {
            match self.ask(new).await {
                Ok(landing) => return landing,
                Err(error) => tracing::warn!(%error, "what became of a commit cannot be asked yet"),
            }
            self.tools.log.pause(WAIT).await;
        }
        self.step_down(NotDone::Standby);
        Landing::Elsewhere
    }

    async fn ask(&mut self, new: &Head) -> Result<Landing, StoreError> {
        let log = &self.tools.log;
        log.find_primary().await?;
        let now = (self.tools.clock)();
        let Some(lease) = Lease::acquire(log, &self.tools.owner, now, &mut self.rival).await? else {
            self.step_down(NotDone::Standby);
            return Ok(Landing::Elsewhere);
        };
        let head = log.head().await?;
        if head.as_ref() == Some(new) {
            self.role = Role::Leads(lease);
            return Ok(Landing::Landed);
        }
        let unchanged = head.is_some_and(|h| h.size == self.ledger.committed() && h.note == self.checkpoint);
        if unchanged {
            self.role = Role::Leads(lease);
            return Ok(Landing::NotLanded(lease));
        }
        // Somebody else appended in between: the next tick reads it.
        self.step_down(NotDone::Standby);
        Ok(Landing::Elsewhere)
    }

    /// At an orderly end another node need not wait for the term to pass.
    pub(super) async fn give_up_lease(&mut self) {
        if let Role::Leads(lease) = self.role
            && let Err(error) = self.tools.log.give_up_lease(&self.tools.owner, lease.epoch).await
        {
            tracing::warn!(%error, "the lease could not be given up: another node takes over when its term is over");
        }
    }
}
