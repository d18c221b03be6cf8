//! `assay snapshot build --from-log`: the snapshot made again from a mirror's folder by whoever has one, held against the one that
//! a register signed, or signed by a key of one's own.

use std::path::Path;

use assay::snapshot::{Basis, Builder, Header, Snapshot};
use assay_log::Policy;
use assay_watch::{Rebuilt, rebuild};
use jiff::civil::Date;
use serde_json::json;

use crate::commands::gate::read_snapshot;
use crate::commands::monitor::paced;
use crate::commands::submit::read_key;
use crate::exit::{Exit, Failure};
use crate::trusted::Trusted;
use crate::watching::{read_policy, stop_flag};
use crate::{folder, output, today};

/// What is built, and of what.
pub(super) struct FromLog<'a> {
    pub(super) mirror: &'a Path,
    pub(super) trust: Option<&'a Path>,
    pub(super) policy: Option<&'a Path>,
    pub(super) on: Option<Date>,
}

impl FromLog<'_> {
    fn rebuilt(&self, trust: &Trusted, size: Option<u64>) -> Result<Rebuilt, Failure> {
        let policy: Policy = match self.policy {
            Some(file) => read_policy(file)?,
            None => format!("log {}\nquorum none\n", trust.keys.log())
                .parse()
                .map_err(|e| Failure::unreadable(format!("{}: {e}", trust.file.display())))?,
        };
        let stop = stop_flag()?;
        paced(&stop, |pace| rebuild(self.mirror, &policy, &trust.keys, size, pace))
    }

    fn trust(&self, beside: &Path) -> Result<Trusted, Failure> {
        let trust = Trusted::find(self.trust, Some(beside))?;
        trust.warn();
        Ok(trust)
    }

    /// Makes the snapshot again that a register signed, and compares.
    pub(super) fn compare(&self, with: &Path, as_json: bool) -> Result<Exit, Failure> {
        let trust = self.trust(with)?;
        let theirs = read_snapshot(with, &trust.keys)?;
        let header = theirs.header();
        let ours = self.rebuilt(&trust, Some(header.log_size))?;
        let root = ours.root;
        let basis = Basis {
            number: header.number,
            log_origin: ours.origin,
            log_size: ours.size,
            root: *root.as_bytes(),
            checkpoint: header.checkpoint.clone(),
            issued: header.issued,
            valid_until: header.valid_until,
            own_numbers: false,
        };
        let made = sealed(ours.holds, &basis)?;
        let differs = difference(header, made.header());
        if as_json {
            output::json(&json!({
                "schema": "assay-snapshot-rebuilt-0", "file": with, "same": differs.is_none(), "differs": differs,
                "log_size": header.log_size, "root": root.to_string(), "body_sha256": made.header().body_sha256,
            }))?;
        } else {
            let says = match &differs {
                None => format!("the same, byte by byte, as the {} entries of the log make", header.log_size),
                Some(what) => {
                    format!("NOT what the {} entries of the log make: another {what}", header.log_size)
                }
            };
            output::print(&format!(
                "{}: {says}\nSHA-256 of the body: {}\n",
                with.display(),
                made.header().body_sha256
            ))?;
        }
        Ok(if differs.is_none() { Exit::Holds } else { Exit::Found })
    }

    /// Makes a snapshot of a mirror's folder that is signed by a key of one's own.
    pub(super) fn sign(&self, key: &Path, out: &Path, as_json: bool) -> Result<Exit, Failure> {
        let trust = self.trust(&self.mirror.join(crate::trusted::FILE))?;
        folder::check_target(out, &[key, &trust.file])?;
        let key = read_key(key)?;
        let ours = self.rebuilt(&trust, None)?;
        let issued = self.on.unwrap_or_else(today::today);
        let days = jiff::Span::new().days(assay::snapshot::MOST_DAYS);
        let basis = Basis {
            number: ours.size,
            log_origin: ours.origin,
            log_size: ours.size,
            root: *ours.root.as_bytes(),
            checkpoint: ours.checkpoint.unwrap_or_default(),
            issued,
            valid_until: issued.checked_add(days).unwrap_or(Date::MAX),
            own_numbers: false,
        };
        let bytes =
            Snapshot::seal(ours.holds, &basis, &key).map_err(|e| Failure::impossible(e.to_string()))?;
        let mine = assay::trust::Trust::new(trust.keys.log().clone(), vec![key.public()]);
        let snapshot = Snapshot::open(&bytes, mine.register(), mine.origin())
            .map_err(|e| Failure::impossible(format!("what was made cannot be read: {e}")))?;
        // The keys first: a snapshot without them cannot be used.
        let keys = out.with_file_name(crate::trusted::FILE);
        match folder::read_bounded(&keys, assay::trust::MAX_BYTES as u64) {
            Ok(there) if there == mine.to_string().as_bytes() => {}
            Ok(_) => {
                return Err(Failure::unreadable(format!(
                    "{} has other keys than the one that signs this: give --out in another folder",
                    keys.display()
                )));
            }
            Err(_) if keys.exists() => {
                return Err(Failure::unreadable(format!("{} cannot be read", keys.display())));
            }
            Err(_) => folder::write_whole(&keys, mine.to_string().as_bytes(), false)?,
        }
        folder::write_whole(out, &bytes, false)?;
        super::told(out, &snapshot, as_json)
    }
}

/// The same under a key that nobody keeps: everything but the signature follows from them.
fn sealed(holds: Builder, basis: &Basis) -> Result<Snapshot, Failure> {
    let impossible = |e: String| Failure::impossible(e);
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|e| impossible(e.to_string()))?;
    let key = assay::key::SecretKey::from_seed(&seed);
    let bytes = Snapshot::seal(holds, basis, &key).map_err(|e| impossible(e.to_string()))?;
    Snapshot::open(&bytes, &[key.public()], &basis.log_origin).map_err(|e| impossible(e.to_string()))
}

/// What of two headers differs.
fn difference(theirs: &Header, ours: &Header) -> Option<&'static str> {
    let parts = [
        ("root", theirs.root == ours.root),
        ("count of records", theirs.records == ours.records),
        ("body", theirs.body_sha256 == ours.body_sha256),
        ("tree", theirs.tree == ours.tree),
        ("header", theirs == ours),
    ];
    parts.into_iter().find(|(_, same)| !same).map(|(what, _)| what)
}
