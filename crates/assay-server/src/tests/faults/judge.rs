//! What must hold of a folder after whatever happened to it: it opens without hands, what was acknowledged stands where it
//! was said to stand, every checkpoint that anybody saw is a past of the log, `check_log()` holds, and the log goes on. All
//! of it twice, since the recovery itself may be what was interrupted.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use assay_log::{TilePath, Tree, Verifier, checkpoint, tiles_between};
use tokio::task::JoinSet;

use super::disk::Disk;
use super::driver::{Kind, LAST};
use crate::bench::{self, Opaque, OpaqueLog};
use crate::check::check_files;
use crate::folder::Folder;
use crate::ledger::Ledger;
use crate::publish::PublicFiles;
use crate::publisher::Bundles;
use crate::recover::catch_up;
use crate::store::{self, Address, Log};
use crate::testing::*;
use crate::{CheckError, Register};

/// What the world knows of a log.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// Which statement was said to stand at which index.
    pub(super) acknowledged: BTreeMap<usize, u64>,
    /// Every checkpoint that was published.
    pub(super) shown: Vec<String>,
}

impl Known {
    pub(super) fn said(&mut self, text: &str) {
        for (n, index) in super::driver::acknowledged(text) {
            let before = self.acknowledged.insert(n, index);
            assert!(
                before.is_none_or(|before| before == index),
                "statement {n} was at {before:?}, now {index}"
            );
        }
    }

    /// Looks at the published checkpoint as any web server would serve it, and at the files that it speaks of.
    pub(super) fn look(&mut self, read: &dyn Fn(&str) -> Option<Vec<u8>>) -> Result<(), String> {
        let Some(note) = read("checkpoint") else { return Ok(()) };
        let note = String::from_utf8(note).map_err(|_| "the checkpoint is no text")?;
        let size = note.lines().nth(1).and_then(|size| size.parse().ok()).ok_or("half a checkpoint")?;
        for path in tiles_between(0, size) {
            // A partial tile may be gone once the full one is there.
            let full = whole(&path);
            if read(&path.to_string()).or_else(|| read(&full)).is_none_or(|bytes| bytes.is_empty()) {
                return Err(format!("a checkpoint over {size} entries was shown without {path}"));
            }
        }
        if self.shown.last() != Some(&note) {
            self.shown.push(note);
        }
        Ok(())
    }

    /// The same, from what a program did to its disk so far.
    pub(super) fn look_at(&mut self, disk: &Disk, public: &Path) -> Result<(), String> {
        self.look(&|name| disk.now(&public.join(name)))
    }

    fn holds(&self, entries: &[Vec<u8>], log: &Verifier, kind: Kind) -> Result<(), String> {
        for (n, index) in &self.acknowledged {
            if entries.get(*index as usize) != Some(&kind.statement(*n)) {
                return Err(format!("statement {n} was acknowledged at {index} and does not stand there"));
            }
        }
        let tree = Tree::from_entries(entries);
        for note in &self.shown {
            let shown = checkpoint::open(note, log.name(), std::slice::from_ref(log));
            let shown = shown.map_err(|e| format!("a checkpoint was shown that is none: {e}"))?;
            if tree.root_at(shown.size()).ok() != Some(*shown.root()) {
                return Err(format!("a checkpoint over {} entries is of another history", shown.size()));
            }
        }
        Ok(())
    }
}

fn whole(path: &TilePath) -> String {
    path.to_string().split(".p/").next().unwrap_or_default().to_owned()
}

/// See the module.
pub(super) async fn judge(data: &Path, kind: Kind, known: &Known) -> Result<(), String> {
    let mut known = known.clone();
    let public = data.join("public/log");
    known.look(&|name| std::fs::read(public.join(name)).ok())?;
    match kind {
        Kind::Register => judge_register(data, &mut known).await,
        Kind::Opaque => judge_engine(data, &mut known).await,
    }
}

async fn judge_register(data: &Path, known: &mut Known) -> Result<(), String> {
    for round in 0..2 {
        let opened = Register::open(config(data.to_owned())).await;
        let register = opened.map_err(|e| format!("start {round}: {e}"))?;
        let held = holds(&register, known).await;
        // The folder is given back whatever is found: the next one may lie in the same place.
        if let Err(why) = held {
            register.close().await;
            return Err(format!("start {round}: {why}"));
        }
        // Whoever sends it again gets the same answer, and the log goes on.
        let went_on = goes_on(&register, known).await;
        if let Err(why) = went_on {
            register.close().await;
            return Err(format!("start {round}: {why}"));
        }
        let held = holds(&register, known).await;
        register.close().await;
        held.map_err(|why| format!("start {round}, after it went on: {why}"))?;
    }
    Ok(())
}

async fn goes_on(register: &Register, known: &mut Known) -> Result<(), String> {
    let mut tasks = JoinSet::new();
    for n in known.acknowledged.keys().copied().chain([LAST]) {
        let register = register.clone();
        tasks.spawn(async move { (n, register.submit(Kind::Register.statement(n)).await) });
    }
    for (n, again) in tasks.join_all().await {
        let receipt = again.map_err(|e| format!("statement {n}: {e}"))?;
        let before = known.acknowledged.insert(n, receipt.index);
        if before.is_some_and(|before| before != receipt.index) || before.is_some() != receipt.already {
            return Err(format!("statement {n} was at {before:?} and is at {receipt:?}"));
        }
    }
    Ok(())
}

async fn holds(register: &Register, known: &mut Known) -> Result<(), String> {
    let checked = register.check_log().await.map_err(|e| e.to_string())?;
    let mut entries = Vec::new();
    for index in 0..checked.size {
        let entry = register.entry(index).await.map_err(|e| e.to_string())?;
        entries.push(entry.ok_or_else(|| format!("entry {index} is missing"))?);
    }
    known.holds(&entries, register.trust().log(), Kind::Register)?;
    known.shown.push(register.checkpoint());
    Ok(())
}

async fn judge_engine(data: &Path, known: &mut Known) -> Result<(), String> {
    let signer = bench::signer().unwrap();
    for round in 0..2 {
        let opened = OpaqueLog::open(data.to_owned(), None, Arc::new(now)).await;
        let log = opened.map_err(|e| format!("start {round}: {e}"))?;
        let numbers: Vec<_> = known.acknowledged.keys().copied().chain([LAST]).collect();
        let statements = numbers.iter().map(|n| Kind::Opaque.statement(*n)).collect();
        let again = log.append(statements).await;
        log.close().await;
        let again = again.map_err(|e| format!("start {round}: {e}"))?;
        for (n, index) in numbers.into_iter().zip(again) {
            let before = known.acknowledged.insert(n, index);
            if before.is_some_and(|before| before != index) {
                return Err(format!("statement {n} was at {before:?} and is at {index}"));
            }
        }
        let (entries, note) =
            check_engine(data, signer.verifier()).await.map_err(|e| format!("start {round}: {e}"))?;
        known.holds(&entries, signer.verifier(), Kind::Opaque)?;
        known.shown.push(note);
    }
    Ok(())
}

/// What `check_log()` does for a register: the entries and the checkpoint, once all of it is sound.
async fn check_engine(data: &Path, log_key: &Verifier) -> Result<(Vec<Vec<u8>>, String), CheckError> {
    let folder = Folder::open(data).unwrap();
    let (log, views) = store::open(Address::Sqlite(folder.database()), false).await?;
    let checked = check_closed(&log, &PublicFiles::new(folder.public()), log_key).await;
    views.close().await;
    log.close().await;
    checked
}

async fn check_closed(
    log: &Log,
    files: &PublicFiles,
    log_key: &Verifier,
) -> Result<(Vec<Vec<u8>>, String), CheckError> {
    let (mut book, mut ledger) = (Opaque, Ledger::default());
    let head = catch_up(log, log_key, None, &mut book, &mut ledger).await?;
    check_files(&Bundles::of(log.clone()), files, ledger.tree(), &head).await?;
    let mut entries = Vec::new();
    while (entries.len() as u64) < head.size {
        entries.extend(log.entries(entries.len() as u64, 64).await?);
    }
    Ok((entries, head.note))
}
