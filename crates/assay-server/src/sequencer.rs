//! The sequencer: the one place where the log grows. One thread owns the book, the tree and the log's key; submissions come
//! to it through a bounded channel, and whatever waits together is committed together. [`Sequencer::sequence`] is the whole
//! procedure in its order, to be read in one go; what a crash between two of its lines leaves behind stands between them,
//! and in each case the next start (see [`crate::recover`]) goes on from there without hands.
//!
//! Publishing is a thread of its own ([`crate::publisher`]): the next batch is committed while the last one's files are
//! written. Of several nodes on one database only the holder of the lease sequences (`lease`); the others follow it
//! (`node`), and what a node does after it took over is what it does after a start.

mod lease;
mod node;
#[cfg(test)]
mod simulation;

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use assay_log::checkpoint::Checkpoint;
use assay_log::{Hash, Signer};
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until, timeout};

pub use self::lease::Clock;
#[cfg(test)]
pub(crate) use self::lease::TERM;
use self::lease::{Lease, Rival};
use self::node::{Landing, Role};
use crate::book::{Book, Submission};
use crate::cosigning::Cosigning;
use crate::folder::Folder;
use crate::ledger::Ledger;
use crate::publish::{PublicFiles, PublishError};
use crate::publisher::{Job, Published, Publisher};
use crate::recover::{Unsound, Watch};
use crate::store::{Head, Log, Replicas, StoreError};
use crate::vitals::{Part, Vitals};

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
    /// Another node sequences.
    #[error(
        "another node of this register takes statements now: send it there, or here again in some seconds"
    )]
    Standby,
    /// What is published is not of this log.
    #[error("{0}")]
    Unsound(Arc<Unsound>),
    /// The sequencer has stopped.
    #[error("the register no longer takes statements: see its log for the reason, and start it again")]
    Stopped,
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

/// Called at every step; `Break` ends sequencer and publisher on the spot, as a crash would. The register passes one that
/// never does.
pub(crate) type Plug = Box<dyn FnMut(Step) -> ControlFlow<()> + Send>;

/// A plug that two threads may come to.
#[derive(Clone)]
pub(crate) struct SharedPlug(Arc<Mutex<Plug>>);

impl SharedPlug {
    pub(crate) fn new(plug: Plug) -> Self {
        Self(Arc::new(Mutex::new(plug)))
    }

    pub(crate) fn pass(&self, step: Step) -> Result<(), Fatal> {
        let mut plug = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if plug(step).is_break() { Err(Fatal) } else { Ok(()) }
    }
}

/// What the sequencer is told.
pub(crate) enum Message<B: Book> {
    /// Something to append.
    Submit(Handed<B>),
    /// Finish what came before, then end.
    Stop(oneshot::Sender<()>),
}

/// Submissions that are answered together, and where the answer goes.
pub(crate) struct Handed<B: Book> {
    pub(crate) submissions: Vec<Submission<B::Prepared>>,
    pub(crate) ready: Ready,
    pub(crate) to: oneshot::Sender<Answer<B>>,
}

/// One result for each submission, or why there is none.
pub(crate) type Answer<B> = Result<Results<B>, NotDone>;
pub(crate) type Results<B> = Vec<Result<<B as Book>::Receipt, <B as Book>::Refusal>>;

/// When somebody wants to be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ready {
    /// Once it survives a power cut.
    Durable,
    /// Once the public files show it as well.
    Published,
}

/// How many messages may wait.
const QUEUE: usize = 8192;
/// How many bytes of submissions one commit takes, more or less.
const BATCH_BYTES: usize = 4 << 20;
/// How far publication may lag behind before submissions wait for it, in entries, and for how long they wait at most.
const LAG: u64 = 1 << 16;
const LAG_WAIT: Duration = Duration::from_millis(500);
/// How long the thread stays awake for the next submission before it sleeps: somebody who submits one after the other is back
/// by then, and to be woken takes a fifth of the time that a fast disk needs for a commit.
const AWAKE: Duration = Duration::from_micros(30);
/// A commit to a server that takes longer has failed. One to a file takes as long as its disk does: `/readyz` tells of it.
const COMMIT: Duration = Duration::from_secs(10);

/// Sequencing cannot go on; it was said why.
#[derive(Debug)]
pub(crate) struct Fatal;

/// What the sequencing thread works with.
pub(crate) struct Tools {
    pub(crate) log: Log,
    /// Signs checkpoints; its name is the log's origin.
    pub(crate) signer: Arc<Signer>,
    pub(crate) files: PublicFiles,
    pub(crate) clock: Clock,
    /// This node's name in the lease.
    pub(crate) owner: String,
    /// What is demanded of the database before anything is sequenced.
    pub(crate) replicas: Replicas,
    pub(crate) plug: SharedPlug,
    /// What is said of how it goes.
    pub(crate) vitals: Arc<Vitals>,
    /// Held as long as anything may be written.
    pub(crate) _folder: Arc<Folder>,
}

/// The tools, and what the thread alone knows and changes.
pub(crate) struct Sequencer<B: Book> {
    tools: Tools,
    book: B,
    ledger: Ledger,
    /// The checkpoint of what is committed.
    checkpoint: String,
    role: Role,
    /// The lease of another node, while this one follows.
    rival: Rival,
    /// What of the published checkpoint was found to be ours.
    watch: Watch,
    jobs: mpsc::UnboundedSender<Job<B>>,
    /// Wakes the publisher where a job should not wait for its time.
    bell: Arc<Notify>,
    published: watch::Receiver<Arc<Published<B::View>>>,
}

/// What a start has published of what is committed.
#[derive(Clone, Copy)]
pub(crate) enum Shown<'a> {
    /// All of it, under this checkpoint.
    All(&'a str),
    /// No more than the public checkpoint covers, with so many entries: witnesses are waited for.
    Only(u64),
}

/// Where messages go, and what is published.
pub(crate) type Started<B> = (mpsc::Sender<Message<B>>, watch::Receiver<Arc<Published<<B as Book>::View>>>);

impl<B: Book> Sequencer<B> {
    /// Starts sequencer and publisher over what a recovery brought back and published. They end when they are told to, when
    /// nobody can send any more, or when they cannot go on; then `send` fails at once.
    pub(crate) fn start(
        tools: Tools,
        cosigning: Option<Cosigning>,
        (book, ledger, head): (B, Ledger, Head),
        shown: Shown<'_>,
    ) -> std::io::Result<Started<B>> {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let (sequencer, publisher, to_do) = Self::new(tools, cosigning, (book, ledger, head), shown);
        let readers = sequencer.published.clone();
        let publisher = publisher.start(to_do)?;
        // A run-time of its own: signatures are checked and files synced here without delaying a single page.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::Builder::new()
            .name("sequencer".into())
            .spawn(move || runtime.block_on(sequencer.run(receiver, publisher)))?;
        Ok((sender, readers))
    }

    /// The two that a start sets going, and how the one hands its work to the other.
    fn new(
        tools: Tools,
        cosigning: Option<Cosigning>,
        (book, ledger, head): (B, Ledger, Head),
        shown: Shown<'_>,
    ) -> (Self, Publisher<B>, mpsc::UnboundedReceiver<Job<B>>) {
        let of = |note: &str| Published::of(book.view(), &ledger, note);
        let publisher = match shown {
            Shown::All(note) => Publisher::new(&tools, cosigning, of(note), None),
            Shown::Only(size) => {
                Publisher::new(&tools, cosigning, of(&head.note), Some((size, of(&head.note))))
            }
        };
        let (published, bell) = (publisher.readers(), publisher.bell());
        let (jobs, to_do) = mpsc::unbounded_channel();
        let (role, watch) = (Role::Follows(NotDone::Standby), Watch::default());
        let checkpoint = head.note;
        let rival = Rival::default();
        (
            Self { tools, book, ledger, checkpoint, role, rival, watch, jobs, bell, published },
            publisher,
            to_do,
        )
    }

    async fn run(mut self, mut receiver: mpsc::Receiver<Message<B>>, publisher: JoinHandle<()>) {
        let mut stop = None;
        // What this node is, is settled before anything is taken.
        let mut sound = self.tend().await.is_ok();
        self.say_part();
        let mut next_look = Instant::now() + node::TICK;
        while sound && stop.is_none() {
            let first = match soon(&mut receiver, next_look) {
                Some(first) => Some(first),
                None => tokio::select! {
                    biased;
                    () = sleep_until(next_look) => {
                        sound = self.tend().await.is_ok();
                        self.say_part();
                        next_look = Instant::now() + node::TICK;
                        continue;
                    }
                    first = receiver.recv() => first,
                },
            };
            let mut batch = Vec::new();
            let (mut count, mut bytes) = (0, 0);
            let mut next = first;
            // Whatever waits by now shares the commit: the disk's slowness, not ours, decides how much that is.
            loop {
                match next.take() {
                    Some(Message::Submit(handed)) => {
                        count += handed.submissions.len();
                        bytes += handed.submissions.iter().map(|s| s.bytes().len()).sum::<usize>();
                        batch.push(handed);
                    }
                    Some(Message::Stop(done)) => stop = Some(done),
                    None => break,
                }
                if stop.is_some() || count >= B::BATCH || bytes >= BATCH_BYTES {
                    break;
                }
                next = receiver.try_recv().ok();
            }
            if batch.is_empty() && stop.is_none() {
                break;
            }
            sound = batch.is_empty() || self.sequence(batch).await.is_ok();
            self.say_part();
        }
        // What ended by itself may not know what it holds.
        if sound {
            self.give_up_lease().await;
        }
        let Self { tools, jobs, bell, .. } = self;
        // The publisher finishes what it has, then ends.
        drop(jobs);
        bell.notify_one();
        // This thread does not stand still meanwhile: the publisher may want a connection that is still on its way back to the
        // pool, and it is this run-time that brings it there.
        let ended = tokio::task::spawn_blocking(move || publisher.join()).await;
        if !matches!(ended, Ok(Ok(()))) {
            tracing::error!("the publisher ended in a panic");
        }
        tools.log.close().await;
        // The data folder is free for another process before anybody is told so.
        drop(tools);
        if let Some(done) = stop {
            let _ = done.send(());
        }
    }

    /// From submissions to answers.
    async fn sequence(&mut self, batch: Vec<Handed<B>>) -> Result<(), Fatal> {
        self.wait_for_publisher().await;
        if let Role::Follows(why) = &self.role {
            answer_all(batch, why);
            return Ok(());
        }

        // Every submission is held against the state that the ones before it leave, in a draft.
        let (results, waiting) = self.draft(batch);
        let old_size = self.ledger.committed();

        // A crash here, or anywhere before the commit: nothing was written. Who asked got no answer and asks again.
        if self.ledger.len() > old_size {
            // Nothing is signed beside a checkpoint that is not of this log, or by a node that may have been replaced. The lease
            // is looked at last: reading from a bucket may take longer than it lasts.
            let verifier = self.tools.signer.verifier();
            let ours = self.watch.look(&self.tools.files, &self.ledger, verifier).await;
            if let Err(unsound) = ours {
                if matches!(unsound, Unsound::RolledBack { .. }) && !self.still_leads().await {
                    // Another node has taken over and published more than this one knows.
                    self.discard();
                    answer_all(waiting, &self.refusing());
                    return Ok(());
                }
                let passes = unsound.may_pass();
                tracing::error!(%unsound, "nothing is signed over this{}", if passes { "" } else { ": sequencing stops" });
                self.discard();
                answer_all(waiting, &NotDone::Unsound(Arc::new(unsound)));
                return if passes { Ok(()) } else { Err(Fatal) };
            }
            let Some(lease) = self.valid_lease().await else {
                self.discard();
                answer_all(waiting, &self.refusing());
                return Ok(());
            };
            let head = match sign(self.signer(), self.ledger.len(), self.ledger.root()) {
                Ok(head) => head,
                Err(why) => {
                    tracing::error!(why, "the checkpoint cannot be signed");
                    self.discard();
                    answer_all(waiting, &NotDone::Unfit(why));
                    return Ok(());
                }
            };
            self.tools.plug.pass(Step::Signed)?;

            // A crash here: a checkpoint was signed that never left this memory. It is no promise to anybody.
            let begun = std::time::Instant::now();
            self.tools.vitals.commits(begun);
            let committed = self.commit(lease, old_size, &head).await;
            self.tools.vitals.has_committed();
            if let Err(error) = committed {
                // Nothing was written by this node, or the log itself is to say what was: the draft is void.
                tracing::error!(%error, size = old_size, "entries could not be stored");
                self.discard();
                self.tools.vitals.meter.not_committed();
                let why = NotDone::Store(Arc::new(error));
                if let Role::Follows(waits_for) = &mut self.role {
                    *waits_for = why.clone();
                }
                answer_all(waiting, &why);
                return Ok(());
            }
            self.checkpoint = head.note;
            self.tools.vitals.meter.committed(head.size - old_size, begun);
            self.tools.vitals.committed(head.size);
        }

        // A crash here: entries, size, root and checkpoint are on disk together, and nobody knows. The next start publishes
        // them. Who asked asks again and gets the same index.
        let grown = self.ledger.len() > old_size;
        let rows = self.ledger.keep();
        self.book.keep();
        if grown {
            self.tools.plug.pass(Step::Committed)?;
        }

        // A crash here: the same; some are told, and what they are told is true.
        let mut unanswered = Vec::new();
        for (handed, results) in waiting.into_iter().zip(results) {
            match handed.ready {
                // Who no longer listens can ask again.
                Ready::Durable => drop(handed.to.send(Ok(results))),
                Ready::Published => unanswered.push((handed.to, results)),
            }
        }

        // From here on it is the publisher's: see `crate::publisher` for what a crash leaves there.
        if grown || !unanswered.is_empty() {
            self.publish(rows, unanswered)?;
        }
        Ok(())
    }

    /// Commits the draft. Where the server went away in the middle, it is asked what became of it, and once more to do it.
    async fn commit(&mut self, mut lease: Lease, old_size: u64, head: &Head) -> Result<(), StoreError> {
        let mut again = true;
        loop {
            let (log, rows) = (&self.tools.log, self.ledger.rows());
            let committed = timeout(COMMIT, log.append(old_size, lease.epoch, rows, head)).await;
            let Err(error) = committed.unwrap_or_else(|_| Err(log.too_slow())) else { return Ok(()) };
            match self.regain(head).await {
                Landing::Landed => return Ok(()),
                Landing::NotLanded(new) if again && matches!(error, StoreError::Unreachable { .. }) => {
                    tracing::warn!(%error, "a commit failed and is tried once more");
                    (lease, again) = (new, false);
                }
                Landing::NotLanded(_) | Landing::Elsewhere => return Err(error),
            }
        }
    }

    /// Works a batch out, leaving out (and answering) what the register cannot follow up.
    fn draft(&mut self, mut batch: Vec<Handed<B>>) -> (Vec<Results<B>>, Vec<Handed<B>>) {
        'again: loop {
            let mut results = Vec::with_capacity(batch.len());
            for at in 0..batch.len() {
                let mut of_one = Vec::with_capacity(batch[at].submissions.len());
                for submission in &batch[at].submissions {
                    match self.book.take(submission, &mut self.ledger) {
                        Ok(result) => of_one.push(result),
                        Err(why) => {
                            tracing::error!(why, "the register cannot follow a submission up");
                            self.discard();
                            let _ = batch.remove(at).to.send(Err(NotDone::Unfit(why)));
                            continue 'again;
                        }
                    }
                }
                results.push(of_one);
            }
            return (results, batch);
        }
    }

    fn discard(&mut self) {
        self.ledger.discard();
        self.book.discard();
    }

    /// Hands what is committed over to be published.
    fn publish(
        &mut self,
        rows: Vec<crate::store::Row>,
        unanswered: Vec<(oneshot::Sender<Answer<B>>, Results<B>)>,
    ) -> Result<(), Fatal> {
        let shown = Published::of(self.book.view(), &self.ledger, &self.checkpoint);
        let urgent = !unanswered.is_empty() || self.published.borrow().size + LAG / 2 < shown.size;
        self.jobs.send(Job { shown, rows, unanswered }).map_err(|_| Fatal)?;
        if urgent {
            self.bell.notify_one();
        }
        Ok(())
    }

    /// A publisher that falls far behind slows submissions down; one that cannot publish at all does not stop them.
    async fn wait_for_publisher(&mut self) {
        let enough = self.ledger.committed().saturating_sub(LAG);
        if self.published.borrow().size < enough {
            // An error says that the publisher is gone, which the next hand-over will find.
            let _ = timeout(LAG_WAIT, self.published.wait_for(|shown| shown.size >= enough)).await;
        }
    }

    /// Tells whoever watches what this node is now.
    fn say_part(&self) {
        let (part, epoch) = match &self.role {
            Role::Leads(lease) => (Part::Leader, Some(lease.epoch)),
            Role::Follows(NotDone::Standby) => (Part::Standby, None),
            Role::Follows(why) => (Part::Hindered(why.to_string()), None),
        };
        self.tools.vitals.plays(part, epoch);
    }

    fn signer(&self) -> &Signer {
        &self.tools.signer
    }
}

/// What comes within [`AWAKE`]; none where the next look is due.
fn soon<T>(receiver: &mut mpsc::Receiver<T>, next_look: Instant) -> Option<T> {
    if Instant::now() >= next_look {
        return None;
    }
    let begun = std::time::Instant::now();
    while begun.elapsed() < AWAKE {
        if let Ok(message) = receiver.try_recv() {
            return Some(message);
        }
        std::hint::spin_loop();
    }
    None
}

/// The head of a log: its signed checkpoint. The error is a fault of the program: keys and names were checked at the start.
pub(crate) fn sign(signer: &Signer, size: u64, root: Hash) -> Result<Head, String> {
    let checkpoint = Checkpoint::new(signer.verifier().name(), size, root);
    let note = checkpoint.and_then(|checkpoint| checkpoint.sign(signer)).map_err(|e| e.to_string())?;
    Ok(Head { size, root, note: note.to_string() })
}

fn answer_all<B: Book>(waiting: Vec<Handed<B>>, why: &NotDone) {
    for handed in waiting {
        let _ = handed.to.send(Err(why.clone()));
    }
}
