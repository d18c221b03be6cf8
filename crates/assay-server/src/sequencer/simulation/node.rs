//! A node of a simulation: the real sequencer and publisher, driven by hand.

use std::fs;
use std::future::poll_fn;
use std::ops::ControlFlow;
use std::path::Path;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::Poll;

use assay_log::{Hash, Tree};
use tokio::sync::{mpsc, oneshot};

use super::super::lease::TERM;
use super::super::node::Role;
use super::super::{Answer, Fatal, Handed, Ready, Sequencer, SharedPlug, Shown, Step, Tools, sign};
use super::storage::{Dead, Storage};
use crate::bench::{self, Opaque};
use crate::check::check_files;
use crate::folder::Folder;
use crate::ledger::Ledger;
use crate::meter::Meter;
use crate::publish::PublicFiles;
use crate::publisher::{Bundles, Job, Publisher};
use crate::recover::{Seen, Unsound, Watch, catch_up};
use crate::store::testing::{Between, Point};
use crate::store::{Head, Log, Replicas, StoreError};
use crate::testing::chance::Chance;
use crate::vitals::Vitals;

/// When a history begins, in milliseconds since 1970.
const BEGIN: u64 = 1_800_000_000_000;
/// A lease is not signed under in its last two seconds.
const SIGNS: u64 = TERM - 2_000;

/// Where a node stands between itself and its database, and what the simulation lets happen there.
#[derive(Default)]
pub(super) struct Gate {
    pub(super) at: Option<Point>,
    pub(super) answer: Option<Result<(), StoreError>>,
    /// Whether it is the sequencer that works, and not the publisher: that one does its work in one go.
    pub(super) sequences: bool,
    /// The step at which its plug is pulled next, and whether it was.
    pub(super) pull_at: Option<Step>,
    pub(super) pulled: bool,
    /// When it last asked for the lease, or for more time.
    asked_at: u64,
    pub(super) wrong: Option<String>,
}

/// A question of whoever submitted something.
pub(super) struct Asked {
    pub(super) numbers: Vec<u64>,
    pub(super) ready: Ready,
    pub(super) answer: oneshot::Receiver<Answer<Opaque>>,
}

pub(super) type Work = Pin<Box<dyn Future<Output = Done>>>;
pub(super) type Publishes = (Publisher<Opaque>, mpsc::UnboundedReceiver<Job<Opaque>>);

/// How a piece of work ended.
pub(super) enum Done {
    /// A start. The error is none where it may succeed later.
    Opened(Result<Box<(Sequencer<Opaque>, Publishes)>, Option<String>>),
    Lives(Box<Sequencer<Opaque>>, Result<(), Fatal>),
    Ended,
}

pub(super) enum Life {
    Down,
    Busy(Work),
    Idle(Box<Sequencer<Opaque>>),
}

pub(super) struct Node {
    pub(super) name: String,
    pub(super) gate: Arc<Mutex<Gate>>,
    pub(super) life: Life,
    pub(super) publisher: Option<Publishes>,
    asked: Vec<Asked>,
    log: Log,
    folder: Arc<Folder>,
    /// The public files as it reaches them, and as they are.
    files: PublicFiles,
    seen: PublicFiles,
    /// Whether it died at its storage.
    dead: Dead,
    storage: Option<Storage>,
    clock: Arc<AtomicU64>,
    /// The checkpoint that it had published when that was looked at last.
    shown: (String, Option<(u64, Hash)>),
    /// How far its clock is off, and whether it stands still.
    off: i64,
    stands_still: bool,
}

/// The head of an empty log.
pub(super) fn first_head() -> Head {
    sign(&bench::signer().unwrap(), 0, Tree::new().root()).unwrap()
}

impl Node {
    pub(super) fn new(name: usize, log: Log, folder: &Path) -> Self {
        let gate = Arc::new(Mutex::new(Gate::default()));
        let folder = Arc::new(Folder::open(folder).unwrap());
        let files = PublicFiles::new(folder.public());
        Self {
            name: format!("node {name}"),
            log: log.behind(between(gate.clone())),
            gate,
            life: Life::Down,
            publisher: None,
            asked: Vec::new(),
            folder,
            seen: files.clone(),
            files,
            dead: Dead::default(),
            storage: None,
            clock: Arc::new(AtomicU64::new(BEGIN)),
            shown: (String::new(), None),
            off: 0,
            stands_still: false,
        }
    }

    pub(super) fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap()
    }

    /// It was never started. Its public files will lie in this storage, or else in a folder of its own.
    pub(super) fn forget(&mut self, storage: Option<&Storage>) {
        self.stop();
        self.storage = storage.cloned();
        let folder = PublicFiles::new(self.folder.public());
        (self.files, self.seen) = match storage {
            Some(storage) => (storage.files(&self.dead, &self.gate), storage.as_it_is()),
            None => (folder.clone(), folder),
        };
        let _ = fs::remove_dir_all(self.folder.public());
        *self.gate() = Gate::default();
        (self.off, self.stands_still) = (0, false);
        self.clock.store(BEGIN, Ordering::SeqCst);
    }

    /// It is gone, with all that was in its memory.
    pub(super) fn stop(&mut self) {
        self.life = Life::Down;
        self.publisher = None;
        self.dead.lives();
        let mut gate = self.gate();
        (gate.at, gate.answer, gate.pull_at, gate.pulled) = (None, None, None, false);
    }

    /// Whether it died at a request to its storage; it is to be stopped then.
    pub(super) fn is_dead(&self) -> bool {
        self.dead.is()
    }

    pub(super) fn set_clock(&mut self, time: u64) {
        if !self.stands_still {
            self.clock.store((BEGIN + time).saturating_add_signed(self.off), Ordering::SeqCst);
        }
    }

    pub(super) fn disturb_clock(&mut self, chance: &mut Chance) {
        match chance.below(3) {
            0 => self.stands_still = !self.stands_still,
            1 => self.off = 0,
            _ => self.off += chance.below(16_000) as i64 - 8_000,
        }
    }

    /// Something lies where public files are to be written, or no longer does.
    pub(super) fn spoil_files(&mut self, chance: &mut Chance) {
        if let Some(storage) = &self.storage {
            return storage.turn();
        }
        let (aside, checkpoint) =
            (self.folder.public().join("new"), self.files.checkpoint_path().with_extension("tmp"));
        if aside.is_file() || checkpoint.is_dir() {
            self.clear_files();
        } else if chance.once_in(2) {
            let _ = fs::remove_dir_all(&aside);
            fs::create_dir_all(self.folder.public()).unwrap();
            fs::write(aside, "in the way").unwrap();
        } else {
            fs::create_dir_all(checkpoint).unwrap();
        }
    }

    fn clear_files(&self) {
        let _ = fs::remove_file(self.folder.public().join("new"));
        let _ = fs::remove_dir(self.files.checkpoint_path().with_extension("tmp"));
    }

    /// Its clock and its files are as they should be from now on.
    pub(super) fn mend(&mut self) {
        (self.off, self.stands_still) = (0, false);
        self.gate().pull_at = None;
        self.clear_files();
        if let Some(storage) = &self.storage {
            storage.mend();
        }
    }

    pub(super) fn leads(&self) -> bool {
        matches!(&self.life, Life::Idle(sequencer) if matches!(sequencer.role, Role::Leads(_)))
    }

    /// How many entries it knows, if it leads under this number and does nothing: whoever does knows all of the log.
    pub(super) fn leads_under(&self, epoch: u64) -> Option<u64> {
        match &self.life {
            Life::Idle(sequencer) => match sequencer.role {
                Role::Leads(lease) if lease.epoch == epoch => Some(sequencer.ledger.committed()),
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn start(&mut self) {
        let (gate, clock) = (self.gate.clone(), self.clock.clone());
        let plug = Box::new(move |step| {
            let mut gate = gate.lock().unwrap();
            let now = clock.load(Ordering::SeqCst);
            if step == Step::Signed && now >= gate.asked_at.saturating_add(SIGNS) {
                gate.wrong =
                    Some(format!("signed at {now} and last asked for the lease at {}", gate.asked_at));
            }
            if gate.pull_at != Some(step) {
                return ControlFlow::Continue(());
            }
            (gate.pull_at, gate.pulled) = (None, true);
            ControlFlow::Break(())
        });
        let clock = self.clock.clone();
        let tools = Tools {
            log: self.log.clone(),
            signer: Arc::new(bench::signer().unwrap()),
            files: self.files.clone(),
            clock: Arc::new(move || clock.load(Ordering::SeqCst)),
            owner: self.name.clone(),
            replicas: Replicas::Any,
            plug: SharedPlug::new(plug),
            vitals: Arc::new(Vitals::new(Meter::off(), 0)),
            _folder: self.folder.clone(),
        };
        self.life = Life::Busy(Box::pin(async { Done::Opened(open(tools).await) }));
    }

    fn begin(&mut self, work: impl FnOnce(Box<Sequencer<Opaque>>) -> Work) {
        if let Life::Idle(sequencer) = std::mem::replace(&mut self.life, Life::Down) {
            self.life = Life::Busy(work(sequencer));
        }
    }

    pub(super) fn tend(&mut self) {
        self.begin(|mut sequencer| {
            Box::pin(async {
                let done = sequencer.tend().await;
                Done::Lives(sequencer, done)
            })
        });
    }

    pub(super) fn sequence(&mut self, batch: Vec<Handed<Opaque>>) {
        self.begin(|mut sequencer| {
            Box::pin(async {
                let done = sequencer.sequence(batch).await;
                Done::Lives(sequencer, done)
            })
        });
    }

    /// An orderly end.
    pub(super) fn end(&mut self) {
        self.begin(|mut sequencer| {
            Box::pin(async move {
                sequencer.give_up_lease().await;
                Done::Ended
            })
        });
    }

    pub(super) fn ask(&mut self, numbers: Vec<u64>, ready: Ready) -> Handed<Opaque> {
        let (handed, asked) = super::ask(numbers, ready);
        self.asked.push(asked);
        handed
    }

    /// What was answered with indexes since the last time. What failed may be asked again.
    pub(super) fn answered(&mut self) -> Vec<(Asked, Vec<u64>)> {
        let (mut answered, mut waiting) = (Vec::new(), Vec::new());
        for mut asked in self.asked.drain(..) {
            match asked.answer.try_recv() {
                Ok(Ok(results)) => {
                    let indexes = results.into_iter().map(|Ok(index)| index).collect();
                    answered.push((asked, indexes));
                }
                Err(oneshot::error::TryRecvError::Empty) => waiting.push(asked),
                Ok(Err(_)) | Err(oneshot::error::TryRecvError::Closed) => {}
            }
        }
        self.asked = waiting;
        answered
    }

    /// Size and root of the checkpoint that it has published.
    pub(super) async fn shown(&mut self) -> Option<(u64, Hash)> {
        let note = String::from_utf8(self.seen.checkpoint().await.unwrap()?).unwrap();
        if note == self.shown.0 {
            return self.shown.1;
        }
        let signer = bench::signer().unwrap();
        let log = signer.verifier();
        let opened = assay_log::checkpoint::open(&note, log.name(), std::slice::from_ref(log)).unwrap();
        self.shown = (note, Some((opened.size(), *opened.root())));
        self.shown.1
    }

    /// The entries of the log, once they and this node's public files are sound.
    pub(super) async fn check(&self, log: &Log) -> Result<Vec<Vec<u8>>, String> {
        let (mut book, mut ledger) = (Opaque, Ledger::default());
        let signer = bench::signer().unwrap();
        let head = catch_up(log, signer.verifier(), None, &mut book, &mut ledger).await;
        let head = head.map_err(|e| e.to_string())?;
        let bundles = Bundles::of(log.clone());
        let files = check_files(&bundles, &self.seen, ledger.tree(), &head).await;
        files.map_err(|e| format!("{}: {e}", self.name))?;
        let mut entries = Vec::new();
        while (entries.len() as u64) < head.size {
            entries.extend(log.entries(entries.len() as u64, 64).await.map_err(|e| e.to_string())?);
        }
        Ok(entries)
    }
}

/// What a start does, as in `crate::register`.
async fn open(tools: Tools) -> Result<Box<(Sequencer<Opaque>, Publishes)>, Option<String>> {
    let (mut book, mut ledger) = (Opaque, Ledger::default());
    let seen = Seen::read(&tools.files).await.map_err(|_| None)?;
    let read = catch_up(&tools.log, tools.signer.verifier(), None, &mut book, &mut ledger).await;
    let head = read.map_err(|unsound| match unsound {
        Unsound::Store(_) => None,
        other => Some(other.to_string()),
    })?;
    let holds = Watch::default().holds(seen, &ledger, tools.signer.verifier());
    holds.map_err(|unsound| Some(unsound.to_string()))?;
    let bundles = Bundles::of(tools.log.clone());
    let published = tools
        .files
        .publish(&bundles, ledger.tree(), 0..head.size, (tools.signer.verifier(), &head.note), None)
        .await;
    let shown = published.map_err(|_| None)?;
    let (sequencer, publisher, jobs) = Sequencer::new(tools, None, (book, ledger, head), Shown::All(&shown));
    Ok(Box::new((sequencer, (publisher, jobs))))
}

/// Stops a node at every point until the simulation has an answer.
fn between(gate: Arc<Mutex<Gate>>) -> Between {
    Between(Arc::new(move |point| {
        if let Point::Takes { expires, .. } | Point::Renews { expires, .. } = &point {
            gate.lock().unwrap().asked_at = expires.saturating_sub(TERM);
        }
        Box::pin(stop(gate.clone(), point))
    }))
}

/// Stands at a point until the simulation has an answer.
pub(super) async fn stop(gate: Arc<Mutex<Gate>>, point: Point) -> Result<(), StoreError> {
    gate.lock().unwrap().at = Some(point);
    poll_fn(|_| {
        let mut gate = gate.lock().unwrap();
        match gate.answer.take() {
            None => Poll::Pending,
            Some(answer) => {
                gate.at = None;
                Poll::Ready(answer)
            }
        }
    })
    .await
}
