//! What a log is kept for. The sequencer, the store and the publisher work on bytes; what these mean, whether they may
//! enter and what follows from them is a [`Book`]'s: [`crate::statements`] for the register, nothing at all for measuring
//! the engine ([`crate::bench`]).

use std::fmt;

use assay_log::{Hash, leaf_hash};

use crate::ledger::Ledger;

/// The meaning of a log's entries. It holds what the committed entries come to, and at most one draft on top.
pub(crate) trait Book: Send + 'static {
    /// What readers are shown of it. Copies are cheap.
    type View: Clone + Send + Sync + 'static;
    /// What is answered to whoever handed in an entry that stands in the log.
    type Receipt: Send + 'static;
    /// Why an entry may not enter.
    type Refusal: fmt::Display + Send + 'static;

    /// What can be found out of a submission before its turn comes, where it is handed in.
    type Prepared: Send + 'static;

    /// How many submissions one commit takes at most.
    const BATCH: usize;

    /// Folds an entry that stands in the log already into the draft.
    fn replay(&mut self, entry: &[u8]) -> Result<(), Self::Refusal>;

    /// Holds a submission against what stands before it, and appends to the draft what is to enter the log because of it.
    ///
    /// # Errors
    /// The outer one says that the register itself cannot follow up: a fault of the program, and the draft is void.
    fn take(
        &mut self,
        submission: &Submission<Self::Prepared>,
        ledger: &mut Ledger,
    ) -> Result<Result<Self::Receipt, Self::Refusal>, String>;

    /// How many entries a log has at the least of which a receipt is true.
    fn needs(receipt: &Self::Receipt) -> u64;

    /// The draft is committed.
    fn keep(&mut self);

    /// The draft is not.
    fn discard(&mut self);

    /// What the committed entries come to.
    fn view(&self) -> Self::View;
}

/// Bytes that ask to enter a log.
#[derive(Clone, Debug)]
pub(crate) struct Submission<P> {
    /// Their hash as a leaf of the tree. Made where they are handed in, so that the sequencer's thread hashes no entries.
    leaf: Hash,
    bytes: Vec<u8>,
    prepared: P,
}

impl<P> Submission<P> {
    pub(crate) fn new(bytes: Vec<u8>, prepared: P) -> Self {
        Self { leaf: leaf_hash(&bytes), bytes, prepared }
    }

    pub(crate) fn leaf(&self) -> &Hash {
        &self.leaf
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn prepared(&self) -> &P {
        &self.prepared
    }
}
