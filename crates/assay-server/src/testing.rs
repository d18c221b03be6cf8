//! What the stories of this crate are told with: a register in a folder that vanishes, on SQLite and again on PostgreSQL,
//! makers with keys, declarations made by hand, and a day that stands still.

pub(crate) mod chance;
pub(crate) mod postgres;

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use assay::date::{Date, parse};
use assay::declaration::{Declaration, DeclaredContact, DeclaredOutcome, DeclaredProduct, DeclaredSupport};
use assay::gtin::Gtin14;
use assay::key::SecretKey;
use assay::outcome::{Claim, Outcome};
use assay::statement::{MakerId, MakerRegistered, ProductId, Statement, Withdrawn};
use tempfile::TempDir;

use crate::sequencer::{Plug, Step};
use crate::{Config, OpenError, Receipt, Register, Replicas, SubmitError};

pub(crate) const GTIN: &str = "04006381333931";
pub(crate) const OTHER_GTIN: &str = "00036000291452";
pub(crate) const SCHEME: &str = "uk-2019-option-a";
pub(crate) const URL: &str = "https://register.example";
pub(crate) const ORIGIN: &str = "register.example/log";

/// A register and the folder it lies in.
pub(crate) struct House {
    pub(crate) register: Register,
    pub(crate) folder: TempDir,
}

pub(crate) fn day(text: &str) -> Date {
    parse(text).unwrap()
}

pub(crate) fn gtin(text: &str) -> Gtin14 {
    Gtin14::parse(text).unwrap()
}

pub(crate) fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

/// Milliseconds since 1970.
pub(crate) fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap().as_millis() as u64
}

/// Which database a story runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum On {
    Sqlite,
    Postgres,
}

tokio::task_local! {
    static ON: On;
}

impl On {
    /// The one of the story that runs.
    pub(crate) fn now() -> Self {
        ON.try_with(|on| *on).unwrap_or(Self::Sqlite)
    }

    /// Runs a story; on PostgreSQL only where there is one.
    pub(crate) async fn tell(self, story: impl Future<Output = ()>) {
        if self == Self::Sqlite || postgres::server().is_some() {
            ON.scope(self, story).await;
        }
    }
}

/// Makes two tests of each story, one on either database.
macro_rules! on_both {
    ($($story:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test] async fn $story() { crate::testing::On::Sqlite.tell(super::$story()).await; })*
        }
        mod postgres {
            $(#[tokio::test] async fn $story() { crate::testing::On::Postgres.tell(super::$story()).await; })*
        }
    };
}
pub(crate) use on_both;

/// The database of the data folder at a path: its own file, or a schema named after the path.
pub(crate) fn database(data: &Path) -> Option<String> {
    if On::now() == On::Sqlite {
        return None;
    }
    let mut hasher = DefaultHasher::new();
    (data, std::process::id()).hash(&mut hasher);
    postgres::server().map(|server| server.schema(&format!("t{:016x}", hasher.finish())))
}

pub(crate) fn config(data: PathBuf) -> Config {
    let mut next = 100;
    Config {
        database: database(&data),
        files: None,
        authority: Vec::new(),
        witnesses: None,
        replicas: Replicas::Any,
        clock: Arc::new(now),
        data,
        public_url: URL.into(),
        today: Arc::new(|| day("2026-11-22")),
        house: None,
        random: Box::new(move |bytes| {
            next += 1;
            bytes.fill(next);
            Ok(())
        }),
    }
}

/// A plug that is pulled the `nth` time the sequencer comes to a step.
pub(crate) fn pulled_at(step: Step, nth: usize) -> Plug {
    let mut seen = 0;
    Box::new(move |now| {
        seen += usize::from(now == step);
        if now == step && seen == nth { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
}

impl House {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let register = Register::open(config(folder.path().join("data"))).await.unwrap();
        Self { register, folder }
    }

    /// With a calendar that the story turns.
    pub(crate) async fn with_calendar(today: &str) -> (Self, Arc<Mutex<Date>>) {
        let today = Arc::new(Mutex::new(day(today)));
        let calendar = today.clone();
        let folder = tempfile::tempdir().unwrap();
        let mut config = config(folder.path().join("data"));
        config.today = Arc::new(move || *calendar.lock().unwrap());
        (Self { register: Register::open(config).await.unwrap(), folder }, today)
    }

    /// With a plug, one registered maker and one declared product, before the plug can be pulled.
    pub(crate) async fn with_plug(plug: Plug) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let register = Register::open_with_plug(config(folder.path().join("data")), plug).await.unwrap();
        Self { register, folder }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn public(&self, path: &str) -> PathBuf {
        self.data().join("public").join(path)
    }

    /// Closes it, checks nothing, and opens it again.
    pub(crate) async fn reopened(self) -> Result<Self, OpenError> {
        let folder = self.shut().await;
        let register = Register::open(config(folder.path().join("data"))).await?;
        Ok(Self { register, folder })
    }

    /// Closes it and leaves the folder.
    pub(crate) async fn shut(self) -> TempDir {
        self.register.close().await;
        self.folder
    }

    pub(crate) async fn submit(&self, bytes: Vec<u8>) -> Result<Receipt, SubmitError> {
        self.register.submit(bytes).await
    }

    /// Registers the maker with this seed.
    pub(crate) async fn registers(&self, seed: u8) -> Receipt {
        self.submit(registration(seed)).await.unwrap()
    }

    /// One registered maker, one product with a tick.
    pub(crate) async fn with_camera() -> (Self, ProductId) {
        let house = Self::new().await;
        house.registers(2).await;
        let receipt = house.submit(declared(2, |_| {})).await.unwrap();
        (house, receipt.product.unwrap())
    }

    pub(crate) async fn is_sound(&self) -> u64 {
        self.register.check_log().await.unwrap().size
    }
}

pub(crate) fn registration(seed: u8) -> Vec<u8> {
    let key = key(seed);
    let statement = Statement::MakerRegistered(MakerRegistered {
        organisation: format!("Maker {seed} Ltd"),
        domain: "maker.example".into(),
        key: key.public(),
        on: day("2026-01-01"),
    });
    statement.sign(&key, ORIGIN).unwrap()
}

/// A declaration that earns a tick, and what the story changes in it.
pub(crate) fn declaration(seed: u8, change: impl FnOnce(&mut Declaration)) -> Declaration {
    let mut declaration = Declaration {
        maker: MakerId::of(&key(seed).public()),
        product: DeclaredProduct {
            name: "Hearth Camera".into(),
            model: "HC-2".into(),
            gtins: vec![gtin(GTIN)],
            category: None,
        },
        schemes: vec![SCHEME.into()],
        claims: ["4.1-1", "4.2-1", "4.3-4"].map(|n| (format!("ts103645-v1.1.1:{n}"), Claim::Yes)).into(),
        outcomes: vec![DeclaredOutcome {
            check: "universal-password".into(),
            outcome: Outcome::Met,
            provisions: vec!["ts103645-v1.1.1:4.1-1".into()],
            findings: vec![],
            evidence: vec!["ab".repeat(32)],
        }],
        support: DeclaredSupport { end: Some(day("2030-05-31")), ..Default::default() },
        contact: DeclaredContact::default(),
        on: day("2026-11-22"),
    };
    change(&mut declaration);
    declaration
}

pub(crate) fn declared(seed: u8, change: impl FnOnce(&mut Declaration)) -> Vec<u8> {
    Statement::Declared(Box::new(declaration(seed, change))).sign(&key(seed), ORIGIN).unwrap()
}

/// A withdrawal of the declaration at an index.
pub(crate) fn withdrawn(seed: u8, product: &ProductId, declaration: u64) -> Vec<u8> {
    let key = key(seed);
    let maker = MakerId::of(&key.public());
    let statement = Withdrawn { maker, product: *product, declaration, on: day("2026-11-22") };
    Statement::Withdrawn(statement).sign(&key, ORIGIN).unwrap()
}
