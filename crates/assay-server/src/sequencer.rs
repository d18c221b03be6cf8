//! The sequencer: the one place where the log grows. One thread owns the fold, the tree and the log's key; submissions come
//! to it through a bounded channel and are answered when what they say is durable and public. [`Sequencer::sequence`] is
//! the whole procedure in its order, to be read in one go; what a crash between two of its lines leaves behind stands
//! between them, and in each case the next start (see [`crate::recover`]) goes on from there without hands.

mod stage;

use std::ops::ControlFlow;
use std::sync::Arc;

use assay::date::Date;
use assay::fold::{Refusal, State};
use assay::statement::ProductId;
use assay_log::checkpoint::Checkpoint;
use assay_log::{Signer, Tree};
use tokio::sync::{mpsc, oneshot, watch};

pub(crate) use self::stage::Committed;
use self::stage::{Staged, Unfit};
use crate::folder::Folder;
use crate::keys::Keys;
use crate::publish::{PublicFiles, PublishError};
use crate::store::{Head, Log, StoreError, rows_of};

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

/// Why a submission did not end in a receipt.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SubmitError {
    /// The statement may not enter the log.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It could not be done. Sending the statement again later is safe: one that was logged nevertheless keeps its index.
    #[error(transparent)]
    NotDone(#[from] NotDone),
}

/// Why something could not be done, for the operator: paths and system messages are in it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NotDone {
    /// The database did not take it.
    #[error("{0}")]
    Store(Arc<StoreError>),
    /// It is durable, but the public files do not show it yet.
    #[error("the statement is in the log, but {0}")]
    Publish(Arc<PublishError>),
    /// The register cannot state what follows. It is a fault of the program.
    #[error("the register cannot state what follows from this: {0}; report this")]
    Unfit(String),
    /// The sequencer has stopped.
    #[error("the register no longer takes statements: see its log for the reason, and start it again")]
    Stopped,
}

/// What the public files show, for everybody who reads. It is replaced as a whole.
#[derive(Debug)]
pub(crate) struct Published {
    pub(crate) state: Arc<State>,
    pub(crate) tree: Arc<Tree>,
    /// The signed checkpoint over `tree`.
    pub(crate) checkpoint: String,
}

impl Published {
    fn of(committed: &Committed, checkpoint: &str) -> Self {
        let (state, tree) = (committed.state.clone(), committed.tree.clone());
        Self { state, tree, checkpoint: checkpoint.to_owned() }
    }
}

/// Points of the procedure at which a test may pull the plug.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The checkpoint is signed, nothing is written.
    Signed,
    /// The entries are durable.
    Committed,
    /// The public files are written, nobody is answered.
    Published,
}

/// Called at every step; `Break` ends the sequencer on the spot, as a crash would. The register passes one that never does.
pub(crate) type Plug = Box<dyn FnMut(Step) -> ControlFlow<()> + Send>;

/// What the sequencer is told.
pub(crate) enum Message {
    /// A statement, and where the answer goes.
    Submit(Vec<u8>, oneshot::Sender<Result<Receipt, SubmitError>>),
    /// Finish what came before, then end.
    Stop(oneshot::Sender<()>),
}

/// How many submissions share one commit at most, and how many may wait.
const BATCH: usize = 256;
const QUEUE: usize = 1024;

/// What the sequencing thread works with.
pub(crate) struct Tools {
    pub(crate) log: Log,
    pub(crate) keys: Arc<Keys>,
    pub(crate) files: PublicFiles,
    pub(crate) today: Arc<dyn Fn() -> Date + Send + Sync>,
    pub(crate) plug: Plug,
    /// Held as long as anything may be written.
    pub(crate) _folder: Arc<Folder>,
}

/// The tools, and what the thread alone knows and changes.
pub(crate) struct Sequencer {
    tools: Tools,
    /// What the database's head says.
    committed: Committed,
    /// The checkpoint of that head.
    checkpoint: String,
    /// How far the public files go; behind `committed` only after a failed write.
    published_size: u64,
    /// What readers see.
    readers: watch::Sender<Arc<Published>>,
}

/// The sequencer cannot go on: what it knows and what is on disk may differ. Only a start can put that right.
struct Fatal;

type Waiting = (Vec<u8>, oneshot::Sender<Result<Receipt, SubmitError>>);

impl Sequencer {
    /// A sequencer that goes on from a log which was recovered and published.
    pub(crate) fn new(tools: Tools, committed: Committed, checkpoint: String) -> Self {
        let (readers, _) = watch::channel(Arc::new(Published::of(&committed, &checkpoint)));
        Self { tools, published_size: committed.tree.len(), committed, checkpoint, readers }
    }

    /// What readers see, now and later.
    pub(crate) fn readers(&self) -> watch::Receiver<Arc<Published>> {
        self.readers.subscribe()
    }

    /// Starts the thread. It ends when it is told to, when nobody can send any more, or when it cannot go on; then `send`
    /// fails at once.
    pub(crate) fn start(self) -> std::io::Result<mpsc::Sender<Message>> {
        let (sender, receiver) = mpsc::channel(QUEUE);
        // A run-time of its own: signatures are checked and files synced here without delaying a single page.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::Builder::new()
            .name("sequencer".into())
            .spawn(move || runtime.block_on(self.run(receiver)))?;
        Ok(sender)
    }

    async fn run(mut self, mut receiver: mpsc::Receiver<Message>) {
        let mut stop = None;
        while stop.is_none() {
            let mut batch = Vec::new();
            match receiver.recv().await {
                None => break,
                Some(Message::Submit(bytes, answer)) => batch.push((bytes, answer)),
                Some(Message::Stop(done)) => stop = Some(done),
            }
            // Whatever waits by now shares the commit: the disk's slowness, not ours, decides how much that is.
            while batch.len() < BATCH && stop.is_none() {
                match receiver.try_recv() {
                    Ok(Message::Submit(bytes, answer)) => batch.push((bytes, answer)),
                    Ok(Message::Stop(done)) => stop = Some(done),
                    Err(_) => break,
                }
            }
            if !batch.is_empty() && self.sequence(batch).await.is_err() {
                break;
            }
        }
        self.tools.log.close().await;
        // The data folder is free for another process before anybody is told so.
        drop(self.tools);
        if let Some(done) = stop {
            let _ = done.send(());
        }
    }

    /// From submissions to answers.
    async fn sequence(&mut self, batch: Vec<Waiting>) -> Result<(), Fatal> {
        // Every statement is held against the state that the ones before it leave, on a copy.
        let today = (self.tools.today)();
        let (staged, waiting) = self.stage(batch, today);
        let old_size = self.committed.tree.len();
        let grown = !staged.entries.is_empty();

        // A crash here, or anywhere before the commit: nothing was written. Who asked got no answer and asks again.
        if grown {
            let root = staged.tree.root();
            let signed = sign(&self.tools.keys.log, &staged.tree).and_then(|note| {
                let entries = staged.entries.iter().map(|entry| entry.bytes.as_slice());
                let rows = rows_of(old_size, entries).map_err(|_| "an entry is too long".to_owned())?;
                Ok((rows, Head { size: staged.tree.len(), root, note }))
            });
            let (rows, head) = match signed {
                Ok(signed) => signed,
                Err(why) => {
                    tracing::error!(why, "the checkpoint cannot be signed");
                    answer_all(waiting, &NotDone::Unfit(why));
                    return Ok(());
                }
            };
            self.pass(Step::Signed)?;

            // A crash here: a checkpoint was signed that never left this memory. It is no promise to anybody.
            if let Err(error) = self.tools.log.append(old_size, &rows, &head).await
                && !self.landed_nevertheless(&head, old_size).await?
            {
                // Nothing was written and nothing here has changed: the log goes on from where it was.
                tracing::error!(%error, size = old_size, "statements could not be stored");
                answer_all(waiting, &NotDone::Store(Arc::new(error)));
                return Ok(());
            }
            self.checkpoint = head.note;
        }

        // A crash here: entries, size, root and checkpoint are on disk together, and nobody knows. The next start publishes
        // them. Who asked asks again and gets the same index.
        let answers = staged.adopt(&mut self.committed);
        if grown {
            self.pass(Step::Committed)?;
        }

        // A crash within: some files are there, the checkpoint is still the old one or is already the new one. Both are true
        // of what is on disk. The next start writes the rest.
        let tree = &self.committed.tree;
        if self.published_size < tree.len() {
            let written =
                self.tools.files.publish(&self.tools.log, tree, self.published_size, &self.checkpoint).await;
            if let Err(error) = written {
                // Durable but not public, so nobody is told that it is done. The next batch, or start, tries again.
                tracing::error!(%error, size = tree.len(), "public files could not be written");
                answer_all(waiting, &NotDone::Publish(Arc::new(error)));
                return Ok(());
            }
            self.published_size = tree.len();
            self.pass(Step::Published)?;
            self.readers.send_replace(Arc::new(Published::of(&self.committed, &self.checkpoint)));
            tracing::debug!(size = self.published_size, entries = self.published_size - old_size, "log grew");
        }

        // A crash here: done, and nobody was told. Who asked asks again and gets the same index.
        for ((_, to), answer) in waiting.into_iter().zip(answers) {
            // Who no longer listens can ask again as well.
            let _ = to.send(answer.map_err(SubmitError::from));
        }
        Ok(())
    }

    /// Works a batch out, leaving out (and answering) what the register cannot follow up.
    fn stage(&self, mut batch: Vec<Waiting>, today: Date) -> (Staged, Vec<Waiting>) {
        loop {
            let bytes = batch.iter().map(|(bytes, _)| bytes.as_slice());
            match Staged::new(&self.committed, bytes, &self.tools.keys.register, today) {
                Ok(staged) => return (staged, batch),
                Err(Unfit { at, why }) => {
                    tracing::error!(why, "the register cannot follow a statement up");
                    let (_, to) = batch.remove(at);
                    let _ = to.send(Err(NotDone::Unfit(why).into()));
                }
            }
        }
    }

    /// After a failed commit: whether it happened all the same (the error may have come after the sync), or surely not. If
    /// the head is neither the old nor the new one, or cannot be read, only a start can tell what is true.
    async fn landed_nevertheless(&self, new: &Head, old_size: u64) -> Result<bool, Fatal> {
        match self.tools.log.head().await {
            Ok(Some(head)) if head == *new => Ok(true),
            Ok(Some(head)) if head.size == old_size && head.note == self.checkpoint => Ok(false),
            Ok(found) => {
                let found = found.map(|head| head.size);
                tracing::error!(
                    ?found,
                    expected = old_size,
                    "the log moved by another hand: sequencing stops"
                );
                Err(Fatal)
            }
            Err(error) => {
                tracing::error!(%error, "the log's head cannot be read: sequencing stops");
                Err(Fatal)
            }
        }
    }

    fn pass(&mut self, step: Step) -> Result<(), Fatal> {
        if (self.tools.plug)(step).is_break() { Err(Fatal) } else { Ok(()) }
    }
}

/// The signed checkpoint of a tree. The error is a fault of the program: keys and names were checked at the start.
pub(crate) fn sign(signer: &Signer, tree: &Tree) -> Result<String, String> {
    let checkpoint = Checkpoint::new(signer.verifier().name(), tree.len(), tree.root());
    let note = checkpoint.and_then(|checkpoint| checkpoint.sign(signer));
    note.map(|note| note.to_string()).map_err(|e| e.to_string())
}

fn answer_all(waiting: Vec<Waiting>, why: &NotDone) {
    for (_, to) in waiting {
        let _ = to.send(Err(why.clone().into()));
    }
}
