//! What a batch of submissions comes to, worked out on a copy: which statements enter the log, what the register states
//! because of them, and what to answer. Nothing is written here; if the commit fails, the copy is dropped.

use std::collections::BTreeMap;
use std::sync::Arc;

use assay::date::Date;
use assay::fold::{Refusal, State};
use assay::key::SecretKey;
use assay::statement::{Received, Statement};
use assay_log::{Hash, Tree, leaf_hash};

use super::Receipt;
use crate::store::Appended;

/// The log as some committed head says it is: what the fold made of it, its tree, and where each leaf stands. State and
/// tree are shared with the readers, so that a batch costs one copy.
#[derive(Debug)]
pub(crate) struct Committed {
    pub(crate) state: Arc<State>,
    pub(crate) tree: Arc<Tree>,
    pub(crate) leaves: BTreeMap<Hash, u64>,
}

/// A batch on top of a committed log.
pub(super) struct Staged {
    pub(super) state: State,
    pub(super) tree: Tree,
    /// What to append, in order.
    pub(super) entries: Vec<Appended>,
    /// What to answer, in the order of the submissions.
    pub(super) answers: Vec<Result<Receipt, Refusal>>,
    new_leaves: BTreeMap<Hash, u64>,
}

/// A submission that the register itself cannot follow up: a fault of the program, so the statement is not taken.
#[derive(Debug)]
pub(super) struct Unfit {
    /// Its place in the batch.
    pub(super) at: usize,
    /// What went wrong.
    pub(super) why: String,
}

impl Staged {
    /// Holds each submission against what stands before it, in order.
    pub(super) fn new<'a>(
        committed: &Committed,
        submissions: impl IntoIterator<Item = &'a [u8]>,
        register: &SecretKey,
        today: Date,
    ) -> Result<Self, Unfit> {
        let mut staged = Self {
            state: State::clone(&committed.state),
            tree: Tree::clone(&committed.tree),
            entries: Vec::new(),
            answers: Vec::new(),
            new_leaves: BTreeMap::new(),
        };
        for (at, bytes) in submissions.into_iter().enumerate() {
            let answer = staged.take(committed, bytes, register, today).map_err(|why| Unfit { at, why })?;
            staged.answers.push(answer);
        }
        Ok(staged)
    }

    /// Adopts the batch, once it is committed.
    pub(super) fn adopt(self, committed: &mut Committed) -> Vec<Result<Receipt, Refusal>> {
        committed.state = Arc::new(self.state);
        committed.tree = Arc::new(self.tree);
        committed.leaves.extend(self.new_leaves);
        self.answers
    }

    fn take(
        &mut self,
        committed: &Committed,
        bytes: &[u8],
        register: &SecretKey,
        today: Date,
    ) -> Result<Result<Receipt, Refusal>, String> {
        let leaf = leaf_hash(bytes);
        if let Some(index) = committed.leaves.get(&leaf).or_else(|| self.new_leaves.get(&leaf)) {
            return Ok(Ok(self.receipt_of_known(*index, bytes)));
        }
        let index = self.state.size();
        let timely = Received::parse(bytes)
            .map_err(Refusal::from)
            .and_then(|received| State::check_day(received.peek(), today));
        let accepted = match timely.and_then(|()| self.state.append(bytes)) {
            Ok(accepted) => accepted,
            Err(refusal) => {
                self.observe(committed, &refusal, register, today)?;
                return Ok(Err(refusal));
            }
        };
        self.push(leaf, bytes.to_vec());
        let mut statements = Vec::new();
        if let Statement::Declared(declaration) = accepted.statement() {
            for statement in self.state.consequences(declaration, index, today) {
                statements.push((self.state.size(), statement.kind()));
                self.state_by_register(&statement, register)?;
            }
        }
        let product = accepted.statement().product();
        Ok(Ok(Receipt { index, already: false, product, statements }))
    }

    /// What the register saw in a refused statement, if it is worth recording.
    fn observe(
        &mut self,
        committed: &Committed,
        refusal: &Refusal,
        register: &SecretKey,
        today: Date,
    ) -> Result<(), String> {
        let Some(observed) = self.state.observation(refusal, today) else { return Ok(()) };
        let bytes = observed.sign(register, self.state.origin()).map_err(|e| e.to_string())?;
        let leaf = leaf_hash(&bytes);
        // The same sentence of the same day stands in the log once.
        if committed.leaves.contains_key(&leaf) || self.new_leaves.contains_key(&leaf) {
            return Ok(());
        }
        self.state_by_register(&observed, register)
    }

    /// Appends a statement of the register's own. The fold checks it like anybody's.
    fn state_by_register(&mut self, statement: &Statement, register: &SecretKey) -> Result<(), String> {
        let bytes = statement.sign(register, self.state.origin()).map_err(|e| e.to_string())?;
        self.state.append(&bytes).map_err(|e| e.to_string())?;
        self.push(leaf_hash(&bytes), bytes);
        Ok(())
    }

    fn push(&mut self, leaf: Hash, bytes: Vec<u8>) {
        self.new_leaves.insert(leaf, self.tree.len());
        self.tree.push(leaf);
        self.entries.push(Appended { leaf, bytes });
    }

    /// A statement that stands in the log already: the same answer again, as far as it is still in force.
    fn receipt_of_known(&self, index: u64, bytes: &[u8]) -> Receipt {
        let product = Received::parse(bytes).ok().and_then(|received| received.peek().product());
        let in_force =
            product.as_ref().and_then(|id| self.state.product(id)).filter(|p| p.declared_at == index);
        let follows = |kind: &str| matches!(kind, "assessed" | "labelled");
        let statements =
            in_force.iter().flat_map(|p| &p.history).filter(|l| l.index > index && follows(l.kind));
        Receipt { index, already: true, statements: statements.map(|l| (l.index, l.kind)).collect(), product }
    }
}
