//! For measuring. The engine alone: a log of opaque bytes, without statements, signatures of statements and web. It is
//! the same sequencer, store and publisher as the register's; and a snapshot of others to look up in. No part of the interface:
//! `examples/log_speed.rs` and `examples/lookup_speed.rs` use it.

use std::path::PathBuf;
use std::sync::Arc;

use assay::snapshot::Snapshot;
use assay_log::Signer;
use tokio::sync::{mpsc, oneshot, watch};

use crate::book::{Book, Submission};
use crate::folder::Folder;
use crate::ledger::Ledger;
use crate::meter::Meter;
use crate::publish::PublicFiles;
use crate::publisher::{Bundles, Published};
use crate::recover::catch_up;
use crate::sequencer::{Clock, Handed, Message, NotDone, Ready, Sequencer, SharedPlug, Shown, Tools, sign};
use crate::store::{self, Address, Replicas};
use crate::vitals::Vitals;
use crate::{OpenError, Register};

/// Bytes that mean nothing.
pub(crate) struct Opaque;

impl Book for Opaque {
    type View = ();
    type Receipt = u64;
    type Refusal = std::convert::Infallible;
    type Prepared = ();

    const BATCH: usize = 8192;

    fn replay(&mut self, _: &[u8]) -> Result<(), Self::Refusal> {
        Ok(())
    }

    fn take(
        &mut self,
        submission: &Submission<()>,
        ledger: &mut Ledger,
    ) -> Result<Result<u64, Self::Refusal>, String> {
        match ledger.find(submission.leaf()) {
            Some(index) => Ok(Ok(index)),
            None => ledger.push(*submission.leaf(), submission.bytes()).map(Ok),
        }
    }

    fn needs(index: &u64) -> u64 {
        index + 1
    }

    fn keep(&mut self) {}

    fn discard(&mut self) {}

    fn view(&self) {}
}

/// What signs the checkpoints of such a log. It is no secret.
pub(crate) fn signer() -> Result<Signer, OpenError> {
    Signer::new("bench.example/log", [7; 32]).map_err(|e| OpenError::Sign(e.to_string()))
}

/// Lets a register answer lookups by a snapshot that is not its own, for `examples/lookup_speed.rs`: to fill a register with a
/// million products takes hours, and what is looked up in is the same.
pub fn lend(register: &Register, snapshot: Snapshot) {
    register.handles().0.lend(snapshot);
}

/// An open log of opaque entries. Copies are the same log.
#[derive(Clone)]
pub struct OpaqueLog {
    door: mpsc::Sender<Message<Opaque>>,
    published: watch::Receiver<Arc<Published<()>>>,
}

impl OpaqueLog {
    /// Opens a log, or begins one, in a folder and a database (none: a file in the folder).
    ///
    /// # Errors
    /// As [`crate::Register::open`].
    pub async fn open(data: PathBuf, database: Option<&str>, clock: Clock) -> Result<Self, OpenError> {
        let folder = Arc::new(Folder::open(&data)?);
        let signer = signer()?;
        let at = match database {
            None => Address::Sqlite(folder.database()),
            Some(url) => Address::parse(url)?,
        };
        let (log, views) = store::open(at, true).await?;
        views.close().await;
        let (mut book, mut ledger) = (Opaque, Ledger::default());
        log.begin(&sign(&signer, 0, ledger.root()).map_err(OpenError::Sign)?).await?;
        let head = catch_up(&log, signer.verifier(), None, &mut book, &mut ledger).await?;
        let files = PublicFiles::new(folder.public());
        let bundles = Bundles::of(log.clone());
        files.publish(&bundles, ledger.tree(), 0..head.size, (signer.verifier(), &head.note), None).await?;
        let note = head.note.clone();
        let plug = SharedPlug::new(Box::new(|_| std::ops::ControlFlow::Continue(())));
        let (owner, replicas) = ("bench".into(), Replicas::Any);
        // Counted as a served register is, so that what counting costs is measured.
        let vitals = Arc::new(Vitals::new(Meter::on(), head.size));
        let signer = Arc::new(signer);
        let tools = Tools { log, signer, files, clock, owner, replicas, plug, vitals, _folder: folder };
        let (door, published) = Sequencer::start(tools, None, (book, ledger, head), Shown::All(&note))
            .map_err(OpenError::Thread)?;
        Ok(Self { door, published })
    }

    /// Appends entries and waits until they are durable; gives their indexes.
    ///
    /// # Errors
    /// See [`NotDone`].
    pub async fn append(&self, entries: Vec<Vec<u8>>) -> Result<Vec<u64>, NotDone> {
        let submissions = entries.into_iter().map(|entry| Submission::new(entry, ())).collect();
        let (to, answer) = oneshot::channel();
        let message = Message::Submit(Handed { submissions, ready: Ready::Durable, to });
        self.door.send(message).await.map_err(|_| NotDone::Stopped)?;
        let results = answer.await.map_err(|_| NotDone::Stopped)??;
        Ok(results.into_iter().map(|Ok(index)| index).collect())
    }

    /// Waits for the next publication, and says how many entries are published.
    pub async fn next_publication(&mut self) -> u64 {
        // An error says that the log is closed: nothing more will come.
        let _ = self.published.changed().await;
        self.published.borrow().size
    }

    /// How many entries are published.
    #[must_use]
    pub fn published(&self) -> u64 {
        self.published.borrow().size
    }

    /// Finishes what was appended and published, and closes.
    pub async fn close(&self) {
        let (done, finished) = oneshot::channel();
        if self.door.send(Message::Stop(done)).await.is_ok() {
            let _ = finished.await;
        }
    }
}
