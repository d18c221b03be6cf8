//! The publisher: a thread that writes the public files of what is committed, tells readers, and answers those who wait for
//! it. It works on the newest committed state; while it writes, the sequencer commits on, and what piles up is published at
//! once. Where nobody waits for it, it pauses between two publications, so that a busy log does not spend its disk on
//! partial tiles.

use std::collections::VecDeque;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use assay_log::Hash;
use assay_log::proof::ProofError;
use assay_log::tile::FULL_WIDTH;
use assay_log::tree::TreeError;
use assay_log::{Proof, Signer};
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};

use crate::book::Book;
use crate::cosigning::Cosigning;
use crate::ledger::{Ledger, SharedTree};
use crate::publish::PublicFiles;
use crate::sequencer::{Answer, Fatal, NotDone, Results, SharedPlug, Step, Tools};
use crate::store::{Log, Row, StoreError};
use crate::vitals::Vitals;

/// What the public files show, for everybody who reads. It is replaced as a whole.
#[derive(Debug)]
pub(crate) struct Published<V> {
    /// What the entries come to.
    pub(crate) state: V,
    pub(crate) size: u64,
    pub(crate) root: Hash,
    /// The tree, which may have grown beyond `size` by now.
    tree: SharedTree,
    /// The signed checkpoint over `size` and `root`, with the cosignatures of witnesses where they were asked.
    pub(crate) checkpoint: String,
}

impl<V> Published<V> {
    /// What is committed.
    pub(crate) fn of(state: V, ledger: &Ledger, checkpoint: &str) -> Self {
        let (tree, size) = (ledger.tree().clone(), ledger.committed());
        // What is committed is no longer than the tree.
        let root = tree.root_at(size).unwrap_or_else(|_| ledger.root());
        Self { state, size, root, tree, checkpoint: checkpoint.to_owned() }
    }

    /// The proof that the entry at an index is in the log of this checkpoint.
    pub(crate) fn proof(&self, index: u64) -> Result<Proof, ProofError> {
        if self.size == 0 {
            return Err(TreeError::Empty.into());
        }
        Proof::new(index, self.tree.inclusion_proof(index, self.size)?, self.checkpoint.as_str())
    }
}

/// Something to be published.
pub(crate) struct Job<B: Book> {
    pub(crate) shown: Published<B::View>,
    /// The entries that were appended with it, as far as they are at hand.
    pub(crate) rows: Vec<Row>,
    /// Who waits, and what they are told.
    pub(crate) unanswered: Vec<(oneshot::Sender<Answer<B>>, Results<B>)>,
}

/// After a publication took some time, the next one that nobody waits for comes after this many times as long.
const REST: u32 = 8;
/// But not later than this.
const LONGEST_REST: Duration = Duration::from_millis(250);
/// After a failure it is tried again by itself after this, after the next one after twice this, and so on up to the longest.
const RETRY: Duration = Duration::from_secs(1);
const LONGEST_RETRY: Duration = Duration::from_secs(15);

/// See the module.
pub(crate) struct Publisher<B: Book> {
    files: PublicFiles,
    signer: Arc<Signer>,
    cosigning: Option<Cosigning>,
    bundles: Bundles,
    plug: SharedPlug,
    vitals: Arc<Vitals>,
    readers: watch::Sender<Arc<Published<B::View>>>,
    /// How many entries the public checkpoint covers.
    public: u64,
    /// What is to be published next.
    newest: Option<Published<B::View>>,
    unanswered: Vec<(oneshot::Sender<Answer<B>>, Results<B>)>,
    /// Rung where a job should not wait for the next publication's time.
    bell: Arc<Notify>,
    /// When that is.
    next: Instant,
    /// After which wait it is tried again by itself, should it fail.
    retry: Duration,
}

impl<B: Book> Publisher<B> {
    /// A publisher that goes on from what is published. `held` is what a start could not publish yet, and how many entries
    /// the public checkpoint covers.
    pub(crate) fn new(
        tools: &Tools,
        cosigning: Option<Cosigning>,
        shown: Published<B::View>,
        held: Option<(u64, Published<B::View>)>,
    ) -> Self {
        let (files, bundles) = (tools.files.clone(), Bundles::of(tools.log.clone()));
        let signer = tools.signer.clone();
        let (plug, vitals) = (tools.plug.clone(), tools.vitals.clone());
        let next = Instant::now() + if held.is_some() { RETRY } else { Duration::ZERO };
        let (public, newest) = held.map_or((shown.size, None), |(public, held)| (public, Some(held)));
        let (readers, _) = watch::channel(Arc::new(shown));
        let (unanswered, bell, retry) = (Vec::new(), Arc::default(), RETRY);
        Self {
            files,
            signer,
            cosigning,
            bundles,
            plug,
            vitals,
            readers,
            public,
            newest,
            unanswered,
            bell,
            next,
            retry,
        }
    }

    /// What readers see.
    pub(crate) fn readers(&self) -> watch::Receiver<Arc<Published<B::View>>> {
        self.readers.subscribe()
    }

    /// What wakes it before its time. Whoever closes the jobs rings it as well.
    pub(crate) fn bell(&self) -> Arc<Notify> {
        self.bell.clone()
    }

    /// Starts the thread, which ends with the last job once no more can come.
    pub(crate) fn start(self, jobs: mpsc::UnboundedReceiver<Job<B>>) -> std::io::Result<JoinHandle<()>> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::Builder::new().name("publisher".into()).spawn(move || runtime.block_on(self.run(jobs)))
    }

    async fn run(mut self, mut jobs: mpsc::UnboundedReceiver<Job<B>>) {
        let mut more = true;
        while more || self.newest.is_some() {
            // With something to publish and nobody waiting for it, this waits for its time, and for others to come.
            let waits = self.newest.is_some() && self.unanswered.is_empty();
            let mut rung = false;
            if more && waits {
                // Jobs that come meanwhile wake nobody: on a log that is appended to all the time, that would cost each commit
                // as much as its signature.
                tokio::select! {
                    () = self.bell.notified() => rung = true,
                    () = sleep_until(self.next) => {}
                }
            } else if more && self.newest.is_none() && self.unanswered.is_empty() {
                match jobs.recv().await {
                    Some(job) => self.add(job),
                    None => more = false,
                }
            }
            loop {
                match jobs.try_recv() {
                    Ok(job) => self.add(job),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => {
                        more = false;
                        break;
                    }
                }
            }
            let due = rung && self.retry == RETRY
                || !self.unanswered.is_empty()
                || Instant::now() >= self.next
                || !more;
            if due && self.publish(!more).await.is_err() {
                return;
            }
        }
    }

    pub(crate) fn add(&mut self, job: Job<B>) {
        self.bundles.add(job.rows);
        if job.shown.size > self.readers.borrow().size {
            self.newest = Some(job.shown);
        }
        self.unanswered.extend(job.unanswered);
    }

    /// Publishes the newest state and answers.
    pub(crate) async fn publish(&mut self, last: bool) -> Result<(), Fatal> {
        let waiting = std::mem::take(&mut self.unanswered);
        if let Some(mut newest) = self.newest.take() {
            let begun = Instant::now();
            let (old_size, size) = (self.readers.borrow().size, newest.size);
            // A crash within: some files are there, the checkpoint is still the old one or is already the new one. Both are
            // true of what is on disk. The next start writes the rest.
            let (tree, cosigning) = (&newest.tree, self.cosigning.as_mut());
            let signed = (self.signer.verifier(), newest.checkpoint.as_str());
            let written = self.files.publish(&self.bundles, tree, old_size..size, signed, cosigning).await;
            let shown = match written {
                Ok(shown) => shown,
                Err(error) => {
                    // Durable but not public, so nobody is told that it is done.
                    tracing::error!(%error, size, "what is committed could not be published");
                    self.vitals.meter.not_published();
                    self.next = Instant::now() + self.retry;
                    self.retry = (self.retry * 2).min(LONGEST_RETRY);
                    // At an end the next start does it.
                    self.newest = Some(newest).filter(|_| !last);
                    let why = NotDone::Publish(Arc::new(error));
                    for (to, results) in waiting {
                        // Who asked for what is public already need not wait for the rest.
                        let public = results.iter().flatten().all(|r| B::needs(r) <= self.public);
                        let _ = to.send(if public { Ok(results) } else { Err(why.clone()) });
                    }
                    return Ok(());
                }
            };
            newest.checkpoint = shown;
            (self.public, self.retry) = (size, RETRY);
            self.bundles.forget_before(size - size % u64::from(FULL_WIDTH));
            self.plug.pass(Step::Published)?;
            tracing::debug!(size, entries = size - old_size, "log grew");
            self.readers.send_replace(Arc::new(newest));
            self.vitals.published(size, begun.into_std());
            self.vitals.meter.published(begun.elapsed());
            self.next = Instant::now() + (begun.elapsed() * REST).min(LONGEST_REST);
        }

        // A crash here: done, and nobody was told. Who asked asks again and gets the same index.
        for (to, results) in waiting {
            // Who no longer listens can ask again as well.
            let _ = to.send(Ok(results));
        }
        Ok(())
    }
}

/// Entry bundles: from the rows that were appended lately, or else from the database.
pub(crate) struct Bundles {
    log: Log,
    recent: VecDeque<Row>,
    bytes: usize,
}

/// How many bytes of rows are kept at hand.
const AT_HAND: usize = 64 << 20;

impl Bundles {
    /// From the database.
    pub(crate) fn of(log: Log) -> Self {
        Self { log, recent: VecDeque::new(), bytes: 0 }
    }

    fn add(&mut self, rows: Vec<Row>) {
        self.bytes += rows.iter().map(|row| row.bytes.len()).sum::<usize>();
        self.recent.extend(rows);
        while self.bytes > AT_HAND && self.drop_first() {}
    }

    fn forget_before(&mut self, index: u64) {
        while self.recent.front().is_some_and(|row| row.end() <= index) && self.drop_first() {}
    }

    fn drop_first(&mut self) -> bool {
        let row = self.recent.pop_front();
        self.bytes -= row.as_ref().map_or(0, |row| row.bytes.len());
        row.is_some()
    }

    /// The first `width` entries of the bundle at `index`, each with its length before it.
    pub(crate) async fn bundle(&self, index: u64, width: u16) -> Result<Vec<u8>, StoreError> {
        match self.at_hand(index, width) {
            Some(bytes) => Ok(bytes),
            None => self.log.bundle(index, width).await,
        }
    }

    fn at_hand(&self, index: u64, width: u16) -> Option<Vec<u8>> {
        let first = index.checked_mul(u64::from(FULL_WIDTH))?;
        let begin = self.recent.binary_search_by_key(&first, |row| row.first).ok()?;
        let (mut bytes, mut end) = (Vec::new(), first);
        for row in self.recent.range(begin..) {
            if row.first != end || end - first >= u64::from(width) {
                break;
            }
            bytes.extend_from_slice(&row.bytes);
            end = row.end();
        }
        (end - first == u64::from(width)).then_some(bytes)
    }
}
