//! `assay snapshot delta` and `apply`: what changed from one snapshot to the next, and the next made of it.

use std::path::{Path, PathBuf};

use assay::snapshot::Snapshot;
use serde_json::json;

use super::told;
use crate::commands::gate::read_snapshot;
use crate::exit::{Exit, Failure};
use crate::folder;
use crate::output;
use crate::remote::Register;
use crate::trusted::Trusted;

#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  assay snapshot delta yesterday.snap today.snap --out today.delta\n\nA delta needs no signature: what is made of it is verified as every snapshot is."
)]
pub(super) struct Delta {
    /// The older snapshot
    old: PathBuf,
    /// The newer one
    new: PathBuf,
    /// Where to write what changed
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The keys you trust. Default: trust.txt beside the newer one
    #[arg(long, value_name = "FILE", env = "ASSAY_TRUST")]
    trust: Option<PathBuf>,
}

#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  assay snapshot apply yesterday.snap today.delta --out today.snap\n\n--out may name the older one: the newer takes its place once it was verified."
)]
pub(super) struct Apply {
    /// The snapshot that you have
    old: PathBuf,
    /// What changed since
    delta: PathBuf,
    /// Where to write the newer snapshot
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The keys you trust. Default: trust.txt beside the snapshot
    #[arg(long, value_name = "FILE", env = "ASSAY_TRUST")]
    trust: Option<PathBuf>,
}

impl Delta {
    pub(super) fn run(&self, as_json: bool) -> Result<Exit, Failure> {
        let trust = Trusted::find(self.trust.as_deref(), Some(&self.new))?;
        trust.warn();
        folder::check_target(&self.out, &[&self.old, &self.new, &trust.file])?;
        let (old, new) = (read_snapshot(&self.old, &trust.keys)?, read_snapshot(&self.new, &trust.keys)?);
        check_newer(&self.old, &old, &new)?;
        let delta = old.delta(&new);
        folder::write_whole(&self.out, &delta, false)?;
        if as_json {
            let (from, to) = (old.header(), new.header());
            output::json(&json!({
                "schema": "assay-snapshot-delta-0", "file": self.out, "bytes": delta.len(),
                "from": { "number": from.number, "body_sha256": from.body_sha256 },
                "to": { "number": to.number, "body_sha256": to.body_sha256 },
            }))?;
        } else {
            output::print(&format!("{}: {} bytes\n", self.out.display(), delta.len()))?;
        }
        Ok(Exit::Holds)
    }
}

impl Apply {
    pub(super) fn run(&self, as_json: bool) -> Result<Exit, Failure> {
        let trust = Trusted::find(self.trust.as_deref(), Some(&self.old))?;
        trust.warn();
        folder::check_target(&self.out, &[&self.delta, &trust.file])?;
        let old = read_snapshot(&self.old, &trust.keys)?;
        let delta = folder::read_bounded(&self.delta, 4 << 30)?;
        let (bytes, new) = applied(&old, &delta, &trust)
            .map_err(|what| Failure::unreadable(format!("{}: {what}", self.delta.display())))?;
        check_newer(&self.old, &old, &new)?;
        if let Ok(there) = read_snapshot(&self.out, &trust.keys) {
            check_newer(&self.out, &there, &new)?;
        }
        folder::write_whole(&self.out, &bytes, false)?;
        told(&self.out, &new, as_json)
    }
}

/// The snapshot that a register or a mirror has, verified: made of the one that is there and what changed since, where the register
/// still knows that one, else fetched as a whole.
pub(super) fn fetched(
    register: &Register,
    old: Option<&Snapshot>,
    trust: &Trusted,
) -> Result<(Vec<u8>, Snapshot), Failure> {
    let refused =
        |e: &dyn std::fmt::Display| Failure::unreadable(format!("the register's snapshot is refused: {e}"));
    let open = |bytes: Vec<u8>| {
        let snapshot =
            Snapshot::open(&bytes, trust.keys.register(), trust.keys.origin()).map_err(|e| refused(&e))?;
        Ok((bytes, snapshot))
    };
    if let Some(old) = old {
        let sent = register.get(&format!("/snapshot?since={}", old.header().body_sha256), 4 << 30)?;
        if Snapshot::looks_like(&sent) {
            return open(sent);
        }
        match applied(old, &sent, trust) {
            Ok(made) => return Ok(made),
            Err(why) => output::note(&format!("{why}; the whole snapshot is fetched")),
        }
    }
    open(register.get("/snapshot", 4 << 30)?)
}

/// The newer snapshot, verified.
pub(super) fn applied(old: &Snapshot, delta: &[u8], trust: &Trusted) -> Result<(Vec<u8>, Snapshot), String> {
    let (register, origin) = (trust.keys.register(), trust.keys.origin());
    let bytes = old.apply(delta, register, origin).map_err(|e| e.to_string())?;
    let new = Snapshot::open(&bytes, register, origin).map_err(|e| e.to_string())?;
    Ok((bytes, new))
}

/// Refuses a snapshot of an earlier day or a smaller log than the one that is there.
pub(super) fn check_newer(out: &Path, old: &Snapshot, new: &Snapshot) -> Result<(), Failure> {
    let (old, new) = (old.header(), new.header());
    if old.log_size <= new.log_size && old.number <= new.number && old.issued <= new.issued {
        return Ok(());
    }
    Err(Failure::unreadable(format!(
        "this is a snapshot of {} entries of {}, and {} has {} of {}: a log never shrinks, and no day comes again; nothing was \
         changed",
        new.log_size,
        new.issued,
        out.display(),
        old.log_size,
        old.issued
    )))
}
