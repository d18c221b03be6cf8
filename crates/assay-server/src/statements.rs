//! The book of the register: what its statements come to. A batch is worked out on a copy of the state: which statements
//! enter the log, what the register states because of them, and what to answer. If the commit fails, the copy is dropped.

use std::sync::Arc;

use assay::date::Date;
use assay::fold::{Announcements, Examined, Refusal, State};
use assay::statement::{ProductId, Received, Statement, StatementError};
use assay::trust::Trust;
use assay_log::leaf_hash;

use crate::book::{Book, Submission};
use crate::keys::Keys;
use crate::ledger::Ledger;

/// What stands in the log because of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The index of the statement.
    pub index: u64,
    /// Whether it stood there before: sending a statement twice is harmless.
    pub already: bool,
    /// The product it is about.
    pub product: Option<ProductId>,
    /// What the register stated because of it: index and kind.
    pub statements: Vec<(u64, &'static str)>,
}

/// The fold of the committed entries, and that of the draft on top of it.
pub(crate) struct Statements {
    committed: Arc<State>,
    draft: Option<State>,
    /// What the register signs its own statements with; a book that only replays has none.
    pen: Option<Pen>,
}

/// What it takes to state something.
pub(crate) struct Pen {
    pub(crate) keys: Arc<Keys>,
    pub(crate) today: Arc<dyn Fn() -> Date + Send + Sync>,
}

impl Statements {
    /// The book of an empty log.
    pub(crate) fn new(trust: &Trust, pen: Option<Pen>) -> Self {
        let state =
            State::new(trust.origin(), trust.register().to_vec()).with_authority(trust.authority().to_vec());
        Self { committed: Arc::new(state), draft: None, pen }
    }

    fn draft(&mut self) -> &mut State {
        self.draft.get_or_insert_with(|| State::clone(&self.committed))
    }

    /// What the log announced of itself, as far as it was folded.
    pub(crate) fn draft_announcements(&mut self) -> &Announcements {
        self.draft().announcements()
    }

    /// The day that the register states something on. A clock that was ahead and was set right does not keep it from stating
    /// what follows until the world has caught up: then it is the earliest day that the log's rules allow.
    fn day_to_state(&mut self, today: Date) -> Date {
        let earliest = self.draft().newest().and_then(|newest| newest.yesterday().ok());
        earliest.map_or(today, |earliest| earliest.max(today))
    }

    /// What the register saw in a refused statement, if it is worth recording.
    fn observe(&mut self, refusal: &Refusal, ledger: &mut Ledger, today: Date) -> Result<(), String> {
        let on = self.day_to_state(today);
        let Some(observed) = self.draft().observation(refusal, on) else { return Ok(()) };
        let bytes = self.sign(&observed)?;
        // The same sentence of the same day stands in the log once.
        if ledger.find(&leaf_hash(&bytes)).is_some() {
            return Ok(());
        }
        self.state_by_register(&bytes, ledger)
    }

    /// Appends a statement that the register signed a moment ago. The fold checks it like anybody's.
    fn state_by_register(&mut self, bytes: &[u8], ledger: &mut Ledger) -> Result<(), String> {
        let received = Received::parse(bytes).map_err(|e| e.to_string())?;
        self.draft().replay(received).map_err(|e| e.to_string())?;
        ledger.push(leaf_hash(bytes), bytes)?;
        Ok(())
    }

    fn sign(&self, statement: &Statement) -> Result<Vec<u8>, String> {
        let pen = self.pen.as_ref().ok_or("a book that only replays signs nothing")?;
        statement.sign(&pen.keys.register, self.committed.origin()).map_err(|e| e.to_string())
    }

    /// A statement that stands in the log already: the same answer again, as far as it is still in force.
    fn receipt_of_known(&mut self, index: u64, bytes: &[u8]) -> Receipt {
        let product = Received::parse(bytes).ok().and_then(|received| received.peek().product());
        let state = self.draft();
        let in_force = product.as_ref().and_then(|id| state.product(id)).filter(|p| p.declared_at == index);
        let follows = |kind: &str| matches!(kind, "assessed" | "labelled");
        let statements =
            in_force.iter().flat_map(|p| &p.history).filter(|l| l.index > index && follows(l.kind));
        Receipt { index, already: true, statements: statements.map(|l| (l.index, l.kind)).collect(), product }
    }
}

impl Book for Statements {
    type View = Arc<State>;
    type Receipt = Receipt;
    type Refusal = Refusal;
    /// The statement, its signature verified where the published state knows the key; or what is wrong with its form.
    type Prepared = Result<Examined, StatementError>;

    // Every statement costs a verified signature and up to a few of the register's own: a batch should end in a fraction
    // of a second.
    const BATCH: usize = 1024;

    /// A register that has begun reads its own store, where every signature was verified before it was committed, and holds
    /// the whole against the root that it signed. Who checks a register verifies them all again.
    fn replay(&mut self, entry: &[u8]) -> Result<(), Refusal> {
        match self.pen {
            Some(_) => self.draft().replay(Received::parse(entry)?).map(drop),
            None => self.draft().append(entry).map(drop),
        }
    }

    fn take(
        &mut self,
        submission: &Submission<Self::Prepared>,
        ledger: &mut Ledger,
    ) -> Result<Result<Receipt, Refusal>, String> {
        let today =
            self.pen.as_ref().map(|pen| (pen.today)()).ok_or("a book that only replays takes nothing")?;
        let bytes = submission.bytes();
        if let Some(index) = ledger.find(submission.leaf()) {
            return Ok(Ok(self.receipt_of_known(index, bytes)));
        }
        let examined = match submission.prepared() {
            Ok(examined) => examined,
            Err(error) => return Ok(Err(error.clone().into())),
        };
        let timely = State::check_day(examined.peek(), today);
        match timely.and_then(|()| self.draft().append_examined(examined)) {
            Ok(_) => {}
            // Said before in other words: what stands in the log is the answer.
            Err(Refusal::Repeated(index)) => return Ok(Ok(self.receipt_of_known(index, bytes))),
            Err(refusal) => {
                self.observe(&refusal, ledger, today)?;
                return Ok(Err(refusal));
            }
        }
        let index = ledger.push(*submission.leaf(), bytes)?;
        let mut statements = Vec::new();
        let on = self.day_to_state(today);
        for statement in self.draft().follow_ups(examined.peek(), on) {
            statements.push((ledger.len(), statement.kind()));
            let bytes = self.sign(&statement)?;
            self.state_by_register(&bytes, ledger)?;
        }
        Ok(Ok(Receipt { index, already: false, product: examined.peek().product(), statements }))
    }

    fn needs(receipt: &Receipt) -> u64 {
        receipt.statements.last().map_or(receipt.index, |(last, _)| *last) + 1
    }

    fn keep(&mut self) {
        if let Some(draft) = self.draft.take() {
            self.committed = Arc::new(draft);
        }
    }

    fn discard(&mut self) {
        self.draft = None;
    }

    fn view(&self) -> Arc<State> {
        self.committed.clone()
    }
}
