//! The register as one thing: opened on a data folder, asked, told, closed. It is a facade: appending is the sequencer's,
//! reading the reader's, and a web handler gets the one of the two that it needs.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use assay::date::Date;
use assay::digital_link::Base;
use assay::fold::{Refusal, State};
use assay::gtin::Gtin14;
use assay::key::PublicKey;
use assay::label::SignedLabel;
use assay::statement::{ProductId, Received};
use assay::trust::Trust;
use assay_label::house::House;
use assay_log::policy::PolicyError;
use assay_log::proof::ProofError;
use assay_log::{LogKey, Proof};
use tokio::sync::{mpsc, oneshot, watch};

use crate::book::Submission;
use crate::check::{CheckError, Checked, check_log};
use crate::cosigning::{Cosigning, Witnesses};
use crate::folder::{Folder, FolderError};
use crate::keys::{self, Keys, KeysError, Random};
use crate::ledger::Ledger;
use crate::meter::Meter;
use crate::place::PublicPlace;
use crate::publish::{PublicFiles, PublishError};
use crate::publisher::Bundles;
use crate::reader::{Published, ReadError, Reader};
use crate::recover::{Seen, Unsound, Watch, catch_up};
use crate::sequencer::{
    Clock, Handed, Message, NotDone, Plug, Ready, Sequencer, SharedPlug, Shown, Tools, sign,
};
use crate::statements::{Pen, Receipt, Statements};
use crate::store::{self, Address, Log, Replicas, StoreError, Views};
use crate::vitals::Vitals;

/// Where a register lies and what it takes from the world.
pub struct Config {
    /// The data folder; made if it is missing.
    pub data: PathBuf,
    /// The database, as `sqlite:PATH` or `postgres://USER@HOST/DATABASE`; none for a file in the data folder.
    pub database: Option<String>,
    /// Where the public files lie; none for `public` in the data folder.
    pub files: Option<PublicPlace>,
    /// Public keys of the authority, whose statements are then taken. They are kept in the data folder: later starts need not
    /// give them again, and none is forgotten.
    pub authority: Vec<PublicKey>,
    /// Who cosigns checkpoints before they are published; none where nobody is asked.
    pub witnesses: Option<Witnesses>,
    /// What a PostgreSQL server must have before anything is sequenced on it.
    pub replicas: Replicas,
    /// What time it is, in milliseconds since 1970: for the lease.
    pub clock: Clock,
    /// The address under which people reach it: `https://register.example`. Labels point there. On the first start the
    /// log is named after its host, for ever.
    pub public_url: String,
    /// What day it is.
    pub today: Arc<dyn Fn() -> Date + Send + Sync>,
    /// The words and colours of its labels; none for the bundled ones.
    pub house: Option<&'static House>,
    /// Randomness, for the keys of a first start.
    pub random: Random,
}

/// An open register. Copies are cheap and are the same register.
#[derive(Clone)]
pub struct Register {
    reader: Reader,
    door: Door,
    log: Log,
}

/// The handle with which statements come in.
#[derive(Clone)]
pub(crate) struct Door {
    to: mpsc::Sender<Message<Statements>>,
    published: watch::Receiver<Arc<Published>>,
    vitals: Arc<Vitals>,
}

/// Why a register did not open. Nothing was changed that a later start would trip over.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// Keys, name or address.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The log is not what it was when it was signed.
    #[error(transparent)]
    Unsound(#[from] Unsound),
    /// The witnesses' policy.
    #[error("the policy of the witnesses cannot be used for this log: {0}")]
    Policy(#[from] PolicyError),
    /// The public files.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The system gave no thread.
    #[error("the sequencer's thread cannot be started: {0}")]
    Thread(std::io::Error),
    /// A fault of the program.
    #[error("the first checkpoint cannot be signed: {0}; report this")]
    Sign(String),
}

impl Register {
    /// Opens a register, or begins one in an empty folder.
    ///
    /// # Errors
    /// A sentence with the path and the mend; see [`OpenError`].
    pub async fn open(config: Config) -> Result<Self, OpenError> {
        Self::open_metered(config, Meter::off()).await
    }

    /// The same, and what it does is counted.
    ///
    /// # Errors
    /// As [`Register::open`].
    pub async fn open_metered(config: Config, meter: Meter) -> Result<Self, OpenError> {
        Self::open_with(config, Box::new(|_| ControlFlow::Continue(())), meter).await
    }

    /// The same with a plug that a test may pull.
    #[cfg(test)]
    pub(crate) async fn open_with_plug(config: Config, plug: Plug) -> Result<Self, OpenError> {
        Self::open_with(config, plug, Meter::off()).await
    }

    async fn open_with(config: Config, plug: Plug, meter: Meter) -> Result<Self, OpenError> {
        let Config {
            data,
            database,
            files,
            authority,
            witnesses,
            replicas,
            clock,
            public_url,
            today,
            house,
            mut random,
        } = config;
        let base = keys::public_base(&public_url)?;
        let folder = Arc::new(Folder::open(&data)?);
        let (origin, begun) = keys::origin(&folder, &base)?;
        let keys = Keys::open(&folder, &origin, begun, &mut random)?;
        let keys = Arc::new(keys.with_authority(&folder, &authority)?);
        let database = match database {
            None => Address::Sqlite(folder.database()),
            Some(url) => Address::parse(&url)?,
        };
        if let Some(file) = database.file()
            && begun
            && std::fs::metadata(file).map_or(0, |file| file.len()) == 0
        {
            return Err(Unsound::NoHead { path: database.to_string() }.into());
        }
        let owner = keys::node(&folder, &mut random)?;
        let files = PublicFiles::of(&folder, files);
        let (log, views) = store::open(database, !begun).await?;
        let (log_too, views_too) = (log.clone(), views.clone());
        let node = Node { owner, replicas, clock, witnesses };
        let ground = Ground {
            folder,
            base,
            house,
            origin,
            begun,
            keys,
            today,
            node,
            files,
            log: log_too,
            views: views_too,
        };
        let opened = ground.open(plug, meter).await;
        if opened.is_err() {
            // The folder's lock is given back only when nothing of ours can touch the database any more.
            log.close().await;
            views.close().await;
        }
        opened
    }

    /// Hands a signed statement in and waits until it is durable and public, or refused.
    ///
    /// # Errors
    /// See [`SubmitError`].
    pub async fn submit(&self, bytes: Vec<u8>) -> Result<Receipt, SubmitError> {
        self.door.submit(bytes).await
    }

    /// What holds, as far as it is published.
    #[must_use]
    pub fn state(&self) -> Arc<State> {
        self.reader.now().state.clone()
    }

    /// The bytes of an entry; none where the log is not that long.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.reader.entry(index).await
    }

    /// The proof that the entry at an index is in the log of the current checkpoint.
    ///
    /// # Errors
    /// [`ProofError`] where there is no such entry.
    pub fn proof(&self, index: u64) -> Result<Proof, ProofError> {
        self.reader.now().proof(index)
    }

    /// The signed checkpoint that is published.
    #[must_use]
    pub fn checkpoint(&self) -> String {
        self.reader.now().checkpoint.clone()
    }

    /// The keys that verify what this register signs.
    #[must_use]
    pub fn trust(&self) -> &Trust {
        &self.reader.trust
    }

    /// The address under which people reach it, without a slash at the end.
    #[must_use]
    pub fn public_url(&self) -> &str {
        self.reader.base.as_str()
    }

    /// The label a product carries under a scheme, for one of its GTINs; for the first where none is named.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub async fn signed_label(
        &self,
        product: &ProductId,
        scheme: &str,
        gtin: Option<Gtin14>,
    ) -> Result<SignedLabel, ReadError> {
        self.reader.signed_label(product, scheme, gtin).await
    }

    /// The shop's file over the current log.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn snapshot(&self) -> Result<Vec<u8>, ReadError> {
        Ok(self.reader.snapshot()?.to_vec())
    }

    /// Whether the log is sound, from the first entry to the last public file. To be called while nothing is submitted.
    ///
    /// # Errors
    /// The first thing that is wrong; see [`CheckError`].
    pub async fn check_log(&self) -> Result<Checked, CheckError> {
        check_log(&self.log, &self.reader.files, &self.reader.trust, &self.reader.now()).await
    }

    /// The appending handle, for tests that bring about an accident.
    #[cfg(test)]
    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    /// The two handles that the web gives its handlers.
    pub(crate) fn handles(&self) -> (Reader, Door) {
        (self.reader.clone(), self.door.clone())
    }

    /// What its threads say of themselves.
    pub(crate) fn vitals(&self) -> &Arc<Vitals> {
        &self.door.vitals
    }

    /// Whether the sequencer is there.
    pub(crate) fn is_live(&self) -> bool {
        self.reader.is_live()
    }

    /// Whether the database answers.
    pub(crate) async fn store_answers(&self) -> Result<(), StoreError> {
        self.reader.store_answers().await
    }

    /// Finishes what was submitted, closes the database and frees the data folder. What is submitted later is not done.
    pub async fn close(&self) {
        let (done, finished) = oneshot::channel();
        if self.door.to.send(Message::Stop(done)).await.is_ok() {
            // An error says that the sequencer is gone, which is what was wanted.
            let _ = finished.await;
        }
        self.reader.close().await;
    }
}

/// What a start has in hand once the database is open.
struct Ground {
    folder: Arc<Folder>,
    base: Base,
    house: Option<&'static House>,
    origin: String,
    begun: bool,
    keys: Arc<Keys>,
    today: Arc<dyn Fn() -> Date + Send + Sync>,
    node: Node,
    files: PublicFiles,
    log: Log,
    views: Views,
}

/// What this node is among several.
struct Node {
    owner: String,
    replicas: Replicas,
    clock: Clock,
    witnesses: Option<Witnesses>,
}

impl Ground {
    /// From an open database to an open register: the recovery.
    async fn open(self, plug: Plug, meter: Meter) -> Result<Register, OpenError> {
        let Self { folder, base, house, origin, begun, keys, today, node, files, log, views } = self;
        let Node { owner, replicas, clock, witnesses } = node;
        let trust = keys.trust();
        // The operator learns this from the start, not from the first statement that is refused.
        log.demand(replicas).await?;
        let mut ledger = Ledger::default();
        if !begun {
            // A crash from the first key up to here leaves keys and perhaps a head without entries that nobody has seen.
            // The next start makes a head again, for the name it is given then.
            log.begin(&sign(&keys.log, 0, ledger.root()).map_err(OpenError::Sign)?).await?;
            keys::write_origin(&folder, &origin)?;
            // A crash here, or later: the register has begun. What is missing from now on is missed.
        }
        let pen = Pen { keys: keys.clone(), today: today.clone() };
        let mut book = Statements::new(&trust, Some(pen));
        let seen = Seen::read(&files).await?;
        let head = catch_up(&log, trust.log(), None, &mut book, &mut ledger).await?;
        Watch::default().holds(seen, &ledger, trust.log())?;
        let key = LogKey::from(trust.log().clone());
        let cosigning = witnesses.map(|witnesses| Cosigning::new(&witnesses, &key, clock.clone()));
        let mut cosigning = cosigning.transpose()?;
        let bundles = Bundles::of(log.clone());
        let public = files.public_size().await?;
        let grown = 0..head.size;
        let shown = match files
            .publish(&bundles, ledger.tree(), grown, (trust.log(), &head.note), cosigning.as_mut())
            .await
        {
            Ok(shown) => Some(shown),
            // The pages need not wait for witnesses: what was published before stays until they answer.
            Err(PublishError::Unwitnessed(why)) => {
                tracing::error!(%why, size = head.size, "what is committed could not be published");
                None
            }
            Err(error) => return Err(error.into()),
        };
        files.write_trust(&trust.to_string()).await?;
        tracing::info!(origin, size = head.size, database = log.name(), "register open");

        let (log_too, files_too, signer) = (log.clone(), files.clone(), keys.log.clone());
        let plug = SharedPlug::new(plug);
        let vitals = Arc::new(Vitals::new(meter, head.size));
        let tools = Tools {
            log: log_too,
            signer,
            files: files_too,
            clock,
            owner,
            replicas,
            plug,
            vitals: vitals.clone(),
            _folder: folder,
        };
        let begun = shown.as_deref().map_or(Shown::Only(public), Shown::All);
        let (to, published) =
            Sequencer::start(tools, cosigning, (book, ledger, head), begun).map_err(OpenError::Thread)?;
        let door = Door { to, published: published.clone(), vitals };
        let reader = Reader::new(published, views, keys, files, (base, house), today);
        Ok(Register { reader, door, log })
    }
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

impl Door {
    pub(crate) async fn submit(&self, bytes: Vec<u8>) -> Result<Receipt, SubmitError> {
        let result = self.hand_in(bytes).await;
        let meter = &self.vitals.meter;
        meter.submitted(match &result {
            Ok(receipt) if receipt.already => "already",
            Ok(_) => "logged",
            Err(SubmitError::Refused(refusal)) => {
                meter.refused(refusal.id());
                "refused"
            }
            Err(SubmitError::NotDone(_)) => "not-done",
        });
        result
    }

    async fn hand_in(&self, bytes: Vec<u8>) -> Result<Receipt, SubmitError> {
        let (to, answer) = oneshot::channel();
        // Here, on whatever thread the request is on: of all that is done for a statement its signature costs the most.
        let state = self.published.borrow().state.clone();
        let prepared = Received::parse(&bytes).map(|received| state.examine(received));
        let submissions = vec![Submission::new(bytes, prepared)];
        let handed = Handed { submissions, ready: Ready::Published, to };
        // Where thousands wait already, this waits as well: the front door's time limit decides how long.
        self.to.send(Message::Submit(handed)).await.map_err(|_| NotDone::Stopped)?;
        let result = answer.await.map_err(|_| NotDone::Stopped)??.pop();
        Ok(result.ok_or(NotDone::Stopped)??)
    }
}
