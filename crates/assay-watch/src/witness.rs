//! The witness: cosigns a checkpoint once it was shown that it continues the one cosigned last (C2SP `tlog-witness`).
//! What is right is decided by `assay_log::witness`; here are the lock, the disk and the clock, in the one order that
//! keeps a witness from signing two histories: read, decide, keep, sign.
//!
//! ```text
//! STATE/ORIGIN/last         size, root and time of what was cosigned last of a log; durable before anything is signed
//! STATE/ORIGIN/checkpoint   what monitors fetch (ORIGIN is the SHA-256 of the log's name)
//! STATE/evidence            what convicts a log
//! ```

mod ask;
mod key;
mod rate;
mod web;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use assay_log::cosignature::{Kind, MAX_NAME_BYTES};
use assay_log::note::MAX_NOTE_BYTES;
use assay_log::witness::{AddCheckpoint, Answer, Last, Refusal, consider, monitor_path};
use assay_log::{Checkpoint, Cosigner, Hash, LogKey, Note};
use sha2::{Digest as _, Sha256};

use crate::finding::is_full;
use crate::folder::{Folder, WatchError};

pub use ask::{Asking, ask};
pub use key::{KeyFileError, WitnessKeys};

/// What a witness is made of.
pub struct Config {
    /// The state folder; made if it is missing.
    pub state: PathBuf,
    /// The keys of the logs that are witnessed; a log may have several.
    pub logs: Vec<LogKey>,
    /// The witness's own keys: each cosigns.
    pub cosigners: Vec<Cosigner>,
    /// Now, in seconds since 1970.
    pub now: Arc<dyn Fn() -> u64 + Send + Sync>,
    /// How many requests a minute are taken from one address.
    pub per_minute: u32,
}

/// A witness. Copies are the same witness.
#[derive(Clone)]
pub struct Witness(Arc<Inner>);

struct Inner {
    folder: Folder,
    /// For each log that is witnessed its keys, and the lock that is held from reading its state to signing.
    logs: BTreeMap<String, (Vec<LogKey>, Mutex<()>)>,
    cosigners: Vec<Cosigner>,
    now: Arc<dyn Fn() -> u64 + Send + Sync>,
    rate: rate::Rate,
}

const MOST_STATE: u64 = 256;

/// How many forks of its logs a witness keeps: a log that signs a new one each minute does not fill the disk.
const MOST_FORKS: usize = 64;

impl Witness {
    /// Opens the state folder and reads every log's state once.
    ///
    /// # Errors
    /// [`WatchError`], where the folder cannot be used or a state in it is damaged: a witness that forgot what it cosigned
    /// must not begin anew by itself.
    pub fn open(config: Config) -> Result<Self, WatchError> {
        let folder = Folder::open(&config.state)?;
        let mut logs: BTreeMap<String, (Vec<LogKey>, Mutex<()>)> = BTreeMap::new();
        for key in config.logs {
            logs.entry(key.name().to_owned()).or_default().0.push(key);
        }
        if logs.is_empty() || config.cosigners.is_empty() {
            return Err(WatchError::Usage("a witness needs at least one log and one key".into()));
        }
        for (origin, cosigner) in logs.keys().flat_map(|log| config.cosigners.iter().map(move |c| (log, c))) {
            // Found now, and not after the state has moved on without a cosignature.
            if cosigner.key().kind() == Kind::MlDsa44 && origin.len() > MAX_NAME_BYTES {
                return Err(WatchError::Usage(format!(
                    "the name of the log {origin:.40}… has {} bytes, and an ML-DSA-44 cosignature holds {MAX_NAME_BYTES}: use an Ed25519 key for it",
                    origin.len()
                )));
            }
        }
        for origin in logs.keys() {
            // The folder's own name is made durable here: a state file is not lost with the folder it stands in.
            folder.make(&name(origin, ""))?;
            remembers(&folder, origin)?;
        }
        let rate = rate::Rate::new(config.per_minute);
        Ok(Self(Arc::new(Inner { folder, logs, cosigners: config.cosigners, now: config.now, rate })))
    }

    /// The names of the logs that are witnessed.
    pub fn logs(&self) -> impl Iterator<Item = &str> {
        self.0.logs.keys().map(String::as_str)
    }

    /// Decides on a request. When this returns 200, what was cosigned is durable.
    ///
    /// # Errors
    /// [`WatchError`], where the state could not be kept: nothing was signed then.
    pub fn add_checkpoint(&self, body: &[u8]) -> Result<Answer, WatchError> {
        let request = match AddCheckpoint::parse(body) {
            Ok(request) => request,
            Err(error) => return Ok(Answer::from(&Refusal::from(error))),
        };
        let (inner, origin) = (&self.0, request.checkpoint().origin());
        let Some((keys, lock)) = inner.logs.get(origin) else {
            return Ok(Answer::from(&Refusal::UnknownLog(origin.to_owned())));
        };
        // Nothing is left half-done behind a poisoned lock: the state is read from the disk each time.
        let _held = lock.lock().unwrap_or_else(PoisonError::into_inner);
        let before = last(&inner.folder, origin)?;
        let advance = match consider(&request, Some(keys), before.as_ref(), (inner.now)()) {
            Ok(advance) => advance,
            Err(refusal) => {
                if refusal.is_fork() {
                    self.keep_evidence(origin, keys, &request)?;
                }
                return Ok(Answer::from(&refusal));
            }
        };
        inner.folder.replace(&name(origin, "last"), write(&advance.after()).as_bytes())?;
        // A crash here: kept and not signed. The log asks again from this size, and gets it signed then.
        let lines = advance.cosign(&inner.cosigners).map_err(|e| WatchError::Impossible(e.to_string()))?;
        let note = advance.published(&lines).map_err(|e| WatchError::Impossible(e.to_string()))?;
        inner.folder.replace(&name(origin, "checkpoint"), note.to_string().as_bytes())?;
        Ok(Answer::cosigned(&lines))
    }

    /// Where the checkpoint that monitors fetch is; none for what is no name of a witnessed log.
    fn published(&self, hash: &str) -> Option<PathBuf> {
        let origin =
            self.logs().find(|origin| monitor_path(origin).strip_suffix("/checkpoint") == Some(hash))?;
        Some(self.0.folder.path().join(name(origin, "checkpoint")))
    }

    /// Two checkpoints of one size that the log signed: kept once, never over others. What somebody else put under them is
    /// left out, so that nobody makes many of one.
    fn keep_evidence(
        &self,
        origin: &str,
        keys: &[LogKey],
        request: &AddCheckpoint,
    ) -> Result<(), WatchError> {
        let folder = &self.0.folder;
        let by_the_log =
            request.note().signatures().iter().filter(|line| {
                keys.iter().any(|key| (key.name(), key.key_id()) == (line.name(), line.key_id()))
            });
        let lines: String = by_the_log.map(|line| format!("{line}\n")).collect();
        let shown = format!("{}\n{lines}", request.note().text());
        let digest = Hash::new(Sha256::digest(request.note().text()).into());
        let (all, place) = ("evidence", format!("evidence/fork-{:.16}", format!("{digest:?}")));
        let at = folder.path().join(&place);
        tracing::error!(origin, evidence = %at.display(), "the log signed two histories");
        if at.join("shown.checkpoint").exists() || is_full(&folder.path().join(all), MOST_FORKS) {
            return Ok(());
        }
        let seen = folder.read(&name(origin, "checkpoint"), 1 << 20)?.unwrap_or_default();
        folder.replace(&format!("{place}/seen.checkpoint"), &seen)?;
        folder.replace(&format!("{place}/shown.checkpoint"), shown.as_bytes())
    }
}

fn name(origin: &str, file: &str) -> String {
    monitor_path(origin).replace("checkpoint", file)
}

fn write(last: &Last) -> String {
    format!("{}\n{}\n{}\n", last.size, last.root, last.time)
}

fn last(folder: &Folder, origin: &str) -> Result<Option<Last>, WatchError> {
    let file = name(origin, "last");
    let Some(bytes) = folder.read(&file, MOST_STATE)? else { return Ok(None) };
    let text = String::from_utf8_lossy(&bytes);
    let mut lines = text.lines();
    let mut read = || {
        let size = lines.next()?.parse().ok()?;
        let root = Hash::from_base64(lines.next()?).ok()?;
        Some(Last { size, root, time: lines.next()?.parse().ok()? })
    };
    match read().filter(|last| write(last) == text) {
        Some(last) => Ok(Some(last)),
        None => Err(damaged(&folder.path().join(file))),
    }
}

/// Reads a log's state, and holds it against the checkpoint that was published with a cosignature. The state is written
/// first: one that is missing or older is one that somebody lost or put back, and with it a log could be given a second
/// history.
fn remembers(folder: &Folder, origin: &str) -> Result<(), WatchError> {
    let file = folder.path().join(name(origin, "last"));
    let Some(bytes) = folder.read(&name(origin, "checkpoint"), MAX_NOTE_BYTES as u64)? else {
        return last(folder, origin).map(drop);
    };
    let note = Note::parse(&String::from_utf8_lossy(&bytes)).ok();
    let published = note.and_then(|note| Checkpoint::parse(note.text()).ok());
    let published = published.ok_or_else(|| damaged(&folder.path().join(name(origin, "checkpoint"))))?;
    match last(folder, origin)? {
        Some(last) if last.size > published.size() => Ok(()),
        Some(last) if last.size == published.size() && last.root == *published.root() => Ok(()),
        _ => Err(damaged(&file)),
    }
}

fn damaged(path: &Path) -> WatchError {
    WatchError::Usage(format!(
        "{} is damaged, missing or older than what was published: it says what was cosigned last, so restore it before anything is cosigned again",
        path.display()
    ))
}
