//! A log that does what the test says: it signs whatever it is told to sign and publishes whatever it is told to publish,
//! as a folder of files over the loopback interface.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use assay::date::{Date, parse};
use assay::declaration::{Declaration, DeclaredContact, DeclaredOutcome, DeclaredProduct, DeclaredSupport};
use assay::fold::State;
use assay::gtin::Gtin14;
use assay::key::SecretKey;
use assay::outcome::{Claim, Outcome};
use assay::statement::{MakerId, MakerRegistered, Statement};
use assay::trust::Trust;
use assay_log::tile::{Holds, bundle};
use assay_log::{Checkpoint, Cosigner, Note, Policy, Signer, TilePath, Tree, tiles_between};
use assay_watch::monitor::{Look, Monitor, Report};
use assay_watch::{Bounds, Finding, Kind, Pace, Source, WatchError};
use tempfile::TempDir;
use tokio::sync::oneshot;

pub(crate) const ORIGIN: &str = "register.example/log";
pub(crate) const NOW: u64 = 1_795_737_600; // 27 November 2026, noon

pub(crate) fn day(text: &str) -> Date {
    parse(text).unwrap()
}

pub(crate) fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed(&[seed; 32])
}

pub(crate) fn north() -> Cosigner {
    Cosigner::ed25519("north.example/w", [30; 32]).unwrap()
}

/// A log and what it publishes.
pub(crate) struct Log {
    pub(crate) entries: Vec<Vec<u8>>,
    pub(crate) state: State,
    pub(crate) signer: Signer,
    pub(crate) public: TempDir,
    pub(crate) served: Served,
}

/// A server until it is dropped.
pub(crate) struct Served {
    pub(crate) address: String,
    _stop: oneshot::Sender<()>,
}

impl Served {
    pub(crate) fn of(router: axum::Router) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                assay_watch::serve_until(listener, router, async { drop(stopped.await) }).await.unwrap();
            });
        });
        Self { address, _stop: stop }
    }
}

impl Log {
    /// A log with a maker, a product, its assessment and label, published.
    pub(crate) fn new() -> Self {
        let public = tempfile::tempdir().unwrap();
        let served = Served::of(assay_watch::public_files(public.path().to_owned()));
        let authority = vec![key(6).public()];
        let state = State::new(ORIGIN, vec![key(1).public()]).with_authority(authority);
        let signer = Signer::new(ORIGIN, [9; 32]).unwrap();
        let mut log = Self { entries: Vec::new(), state, signer, public, served };
        fs::write(log.public.path().join("trust.txt"), log.trust().to_string()).unwrap();
        log.appends(registration(2));
        log.declares(declaration(2, |_| {}));
        log.publish();
        log
    }

    /// What the register publishes: its key is of seed 1, the authority's of seed 6.
    pub(crate) fn trust(&self) -> Trust {
        let trust = Trust::new(self.signer.verifier().clone(), vec![key(1).public()]);
        trust.with_authority(vec![key(6).public()])
    }

    /// The log of the committed vectors, in which every kind of statement stands.
    pub(crate) fn of_every_kind() -> Self {
        let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assay/tests/statements/vectors");
        let mut files: Vec<PathBuf> = fs::read_dir(vectors).unwrap().map(|f| f.unwrap().path()).collect();
        files.sort();
        let mut log = Self::new();
        log.entries = files
            .iter()
            .map(|file| {
                let vector: serde_json::Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
                let hex = vector["entry"].as_str().unwrap();
                let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
                (0..hex.len()).step_by(2).map(byte).collect()
            })
            .collect();
        log.publish();
        log
    }

    /// The same log of `n` makers more, in bundles that are full and one that is not.
    pub(crate) fn with_makers(n: u32) -> Self {
        let mut log = Self::new();
        log.makers(0..n);
        log.publish();
        log
    }

    pub(crate) fn makers(&mut self, which: std::ops::Range<u32>) {
        for number in which {
            let mut seed = [77; 32];
            seed[..4].copy_from_slice(&number.to_be_bytes());
            let key = SecretKey::from_seed(&seed);
            self.appends(registered(&key, "2026-11-20").sign(&key, ORIGIN).unwrap());
        }
    }

    /// Appends what the rules allow.
    pub(crate) fn appends(&mut self, entry: Vec<u8>) -> u64 {
        self.state.append(&entry).unwrap();
        self.entries.push(entry);
        self.entries.len() as u64 - 1
    }

    /// Appends anything.
    pub(crate) fn slips_in(&mut self, entry: Vec<u8>) -> u64 {
        self.entries.push(entry);
        self.entries.len() as u64 - 1
    }

    /// A declaration and what the register states of it.
    pub(crate) fn declares(&mut self, declaration: Declaration) {
        let (on, maker) = (declaration.on, declaration.maker);
        assert_eq!(maker, MakerId::of(&key(2).public()));
        let index =
            self.appends(Statement::Declared(Box::new(declaration.clone())).sign(&key(2), ORIGIN).unwrap());
        for statement in self.state.consequences(&declaration, index, on) {
            self.appends(statement.sign(&key(1), ORIGIN).unwrap());
        }
    }

    pub(crate) fn tree(&self) -> Tree {
        Tree::from_entries(&self.entries)
    }

    pub(crate) fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    pub(crate) fn note(&self) -> Note {
        Checkpoint::new(ORIGIN, self.size(), self.tree().root()).unwrap().sign(&self.signer).unwrap()
    }

    /// The checkpoint with a cosignature of north, of some time.
    pub(crate) fn cosigned(&self, time: u64) -> Note {
        let checkpoint = Checkpoint::parse(self.note().text()).unwrap();
        self.note().with_signatures([north().cosign(&checkpoint, time).unwrap()]).unwrap()
    }

    /// Writes every file, and the checkpoint last.
    pub(crate) fn publish(&self) {
        let tree = self.tree();
        for path in tiles_between(0, self.size()) {
            let bytes = match path.holds() {
                Holds::Hashes { level } => tree.tile(level, path.index(), path.width()).unwrap(),
                Holds::Entries => {
                    let first = path.index() as usize * 256;
                    bundle::encode(&self.entries[first..first + usize::from(path.width())]).unwrap()
                }
            };
            self.write(&path.to_string(), &bytes);
        }
        self.write("checkpoint", self.note().to_string().as_bytes());
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.public.path().join("log").join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.file(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Turns one bit of a published file.
    pub(crate) fn flips(&self, name: &str, at: usize) {
        let mut bytes = fs::read(self.file(name)).unwrap();
        bytes[at] ^= 1;
        self.write(name, &bytes);
    }

    pub(crate) fn policy(&self) -> Policy {
        format!("log {}\nquorum none\n", self.signer.verifier()).parse().unwrap()
    }

    /// A policy that asks for north, who may have an address.
    pub(crate) fn witnessed_policy(&self, url: &str) -> Policy {
        let north = north();
        format!("log {}\nwitness north {} {url}\nquorum north\n", self.signer.verifier(), north.key())
            .parse()
            .unwrap()
    }

    pub(crate) fn source(&self) -> Source {
        Source::at(&self.served.address).unwrap()
    }
}

/// A monitor with a state folder that stays between its runs.
pub(crate) struct Watcher {
    pub(crate) state: TempDir,
    pub(crate) policy: Policy,
    pub(crate) others: Vec<String>,
    pub(crate) now: u64,
    pub(crate) today: Date,
    pub(crate) again: u64,
    pub(crate) trust: Option<Trust>,
    pub(crate) most_entries: u64,
    pub(crate) bounds: Bounds,
}

pub(crate) static GO_ON: AtomicBool = AtomicBool::new(false);

pub(crate) const BOUNDS: Bounds = Bounds { longest: Duration::from_secs(3_600), most_bytes: 1 << 30 };

pub(crate) fn pace() -> Pace<'static> {
    Pace { at: &|_, _, _| {}, stop: &GO_ON }
}

impl Watcher {
    pub(crate) fn of(log: &Log) -> Self {
        Self::with(log.policy())
    }

    pub(crate) fn with(policy: Policy) -> Self {
        let state = tempfile::tempdir().unwrap();
        let (others, today) = (Vec::new(), day("2026-11-27"));
        let (most_entries, bounds) = (1_000_000, BOUNDS);
        Self { state, policy, others, now: NOW, today, again: 4, trust: None, most_entries, bounds }
    }

    /// One run from the state folder, as `assay monitor --once` is.
    pub(crate) fn looks(&self, log: &Log) -> Report {
        self.tries(&log.source()).unwrap()
    }

    pub(crate) fn tries(&self, source: &Source) -> Result<Report, WatchError> {
        self.runs(source, &pace())
    }

    pub(crate) fn runs(&self, source: &Source, pace: &Pace<'_>) -> Result<Report, WatchError> {
        let mut monitor = Monitor::open(self.state.path(), self.today, pace)?;
        monitor.pass(&self.look(source), pace)
    }

    pub(crate) fn look<'a>(&'a self, source: &'a Source) -> Look<'a> {
        Look {
            source,
            policy: &self.policy,
            trust: self.trust.as_ref(),
            others: &self.others,
            now: self.now,
            today: self.today,
            stale_after: 86_400,
            again: self.again,
            most_entries: self.most_entries,
            bounds: self.bounds,
        }
    }
}

/// What a report accuses the log of.
pub(crate) fn accusations(report: &Report) -> Vec<Kind> {
    report.findings.iter().filter(|f| f.accuses).map(|f| f.kind).collect()
}

/// The one accusation there is.
pub(crate) fn the_one(report: &Report) -> &Finding {
    let accusing: Vec<&Finding> = report.findings.iter().filter(|f| f.accuses).collect();
    assert_eq!(accusing.len(), 1, "{:#?}", report.findings);
    accusing[0]
}

/// The kept file of a finding's evidence.
pub(crate) fn evidence(finding: &Finding, name: &str) -> Vec<u8> {
    let place: &Path = finding.evidence.as_ref().unwrap();
    fs::read(place.join(name)).unwrap()
}

fn registered(key: &SecretKey, on: &str) -> Statement {
    Statement::MakerRegistered(MakerRegistered {
        organisation: "Maker Ltd".into(),
        domain: "maker.example".into(),
        key: key.public(),
        on: day(on),
    })
}

pub(crate) fn registration(seed: u8) -> Vec<u8> {
    registered(&key(seed), "2026-11-20").sign(&key(seed), ORIGIN).unwrap()
}

/// A declaration that earns a tick, and what the story changes in it.
pub(crate) fn declaration(seed: u8, change: impl FnOnce(&mut Declaration)) -> Declaration {
    let mut declaration = Declaration {
        maker: MakerId::of(&key(seed).public()),
        product: DeclaredProduct {
            name: "Hearth Camera".into(),
            model: "HC-2".into(),
            gtins: vec![Gtin14::parse("04006381333931").unwrap()],
            category: None,
        },
        schemes: vec!["uk-2019-option-a".into()],
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

pub(crate) fn bundle_path(index: u64, width: u16) -> String {
    TilePath::entries(index, width).unwrap().to_string()
}

/// A copy of a folder.
pub(crate) fn copied(from: &Path) -> TempDir {
    let to = tempfile::tempdir().unwrap();
    put(from, to.path());
    to
}

/// Puts a copy of a folder in place of another.
pub(crate) fn put_back(copy: &TempDir, to: &Path) {
    fs::remove_dir_all(to).unwrap();
    put(copy.path(), to);
}

fn put(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let place = to.join(entry.file_name());
        if entry.path().is_dir() {
            put(&entry.path(), &place)
        } else {
            fs::copy(entry.path(), place).unwrap();
        }
    }
}
