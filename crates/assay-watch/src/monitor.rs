//! The monitor: reads a log from its first entry, believes nothing that it has not computed itself, and remembers what it was
//! shown. A pass goes from the signature of the checkpoint to the rules of every statement, and what it finds is told, with
//! the evidence kept; only what continues the log as it was seen before takes its place in the state folder.
//!
//! ```text
//! STATE/monitor.json      the log as it was seen last: checkpoint, root, the register's keys, sizes by day
//! STATE/log/tile/entries  every entry, as it was verified
//! STATE/staging           what a run fetched and could not verify yet
//! STATE/evidence          what shows a finding: written once, never over
//! ```

mod compare;
mod diagnose;
mod judge;
mod kept;
mod snapshot;

use std::path::Path;

use assay::key::PublicKey;
use assay::trust::{self, Trust};
use assay_log::checkpoint::VerifiedCheckpoint;
use assay_log::policy::QuorumError;
use assay_log::tile::{FULL_WIDTH, hashes};
use assay_log::{Hash, LogKey, Policy, TilePath, leaf_hash};
use jiff::civil::Date;
use serde::Serialize;

use crate::believe;
use crate::edge::{self, Edge};
use crate::entries::{self, Bounds, Pace, Roots, Trouble, walk};
use crate::finding::{Finding, Kind};
use crate::folder::{Folder, WatchError};
use crate::source::{Source, SourceError};
use judge::{Judge, Seen, Signers};
use kept::Kept;

/// How to look at a log.
pub struct Look<'a> {
    /// Where its files are.
    pub source: &'a Source,
    /// Which checkpoints to believe.
    pub policy: &'a Policy,
    /// Whose statements count, if the reader keeps these keys: the register's, and the authority's.
    pub trust: Option<&'a Trust>,
    /// Addresses of checkpoints that others are shown: mirrors, witnesses.
    pub others: &'a [String],
    /// Now, in seconds since 1970.
    pub now: u64,
    /// Today.
    pub today: Date,
    /// From which age of the quorum's word on, in seconds, a checkpoint is stale.
    pub stale_after: u64,
    /// How many bundles that were verified before are fetched again.
    pub again: u64,
    /// The largest log that is read, in entries.
    pub most_entries: u64,
    /// What one look may cost.
    pub bounds: Bounds,
}

/// How many swapped tiles, and how many changed bundles, are told one by one.
const MOST_TOLD: usize = 100;

/// What a pass found.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The log.
    pub origin: String,
    /// How many entries were verified in all.
    pub size: u64,
    /// How many of them in this pass.
    pub new: u64,
    /// Their root.
    pub root: String,
    /// When the quorum said that this was the log's largest checkpoint, in seconds since 1970.
    pub fresh_as_of: Option<u64>,
    /// Who cosigned, by the names of the policy.
    pub witnesses: Vec<String>,
    /// What is to be told.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether something was found that an honest log does not do.
    #[must_use]
    pub fn accuses(&self) -> bool {
        self.findings.iter().any(|finding| finding.accuses)
    }
}

/// A monitor with its state.
pub struct Monitor {
    folder: Folder,
    kept: Kept,
    edge: Edge,
    roots: Roots,
    judge: Option<Judge>,
    compared: snapshot::Compared,
}

impl Monitor {
    /// Opens the state folder, makes it if it is missing, and folds what is kept there.
    ///
    /// # Errors
    /// [`WatchError`], where the folder cannot be used or was damaged.
    pub fn open(path: &Path, today: Date, pace: &Pace<'_>) -> Result<Self, WatchError> {
        let folder = Folder::open(path)?;
        let kept = Kept::read(&folder)?;
        let (edge, roots, compared) = (Edge::default(), Roots::default(), snapshot::Compared::default());
        let mut this = Self { edge, roots, judge: None, compared, folder, kept };
        let size = this.kept.size;
        if this.kept.origin.is_empty() {
            return Ok(this);
        }
        let mut judge = Judge::new(&this.kept.origin, this.kept.keys());
        let edge = &mut this.edge;
        walk(&this.folder, 0, size, size, |index, entry| {
            pace.tick("kept entries", index, size)?;
            edge.push(leaf_hash(entry), &mut |_, _: &[Hash]| Ok::<(), WatchError>(()))?;
            let on = this.kept.day_with(index).map_or(today, |day| day.min(today));
            let seen = Seen { not_on: this.kept.day_before(index), on, today: on == today };
            judge.take(index, entry, seen, this.folder.path())
        })?;
        if this.edge.root().to_string() != this.kept.root {
            return Err(WatchError::Usage(format!(
                "the entries in {} are not those that were verified: the folder is damaged; begin with an empty one",
                path.display()
            )));
        }
        this.judge = Some(judge);
        Ok(this)
    }

    /// Looks at the log once.
    ///
    /// # Errors
    /// [`WatchError`], where it could not be looked at. What was kept before is still there.
    pub fn pass(&mut self, look: &Look<'_>, pace: &Pace<'_>) -> Result<Report, WatchError> {
        let mut report = Report {
            origin: self.kept.origin.clone(),
            size: self.kept.size,
            new: 0,
            root: self.kept.root.clone(),
            fresh_as_of: None,
            witnesses: Vec::new(),
            findings: Vec::new(),
        };
        match self.look(look, pace, &mut report) {
            Ok(()) => {}
            Err(Trouble::Found(finding)) => report.findings.push(*finding),
            Err(Trouble::Watch(error)) => return Err(error),
        }
        if let Some(judge) = &self.judge {
            report.findings.extend(judge.found().iter().cloned());
        }
        Ok(report)
    }

    fn look(&mut self, look: &Look<'_>, pace: &Pace<'_>, report: &mut Report) -> Result<(), Trouble> {
        let note = match look.source.checkpoint() {
            Ok(note) => note,
            Err(SourceError::Watch(error)) => return Err(error.into()),
            // Whoever was shown a log before is not at a wrong address: the log is kept from them.
            Err(said) if !self.kept.origin.is_empty() => {
                return Err(Finding::new(Kind::Withheld, format!("no checkpoint is shown: {said}")).into());
            }
            Err(said) => {
                let mend = "give the address of a register or mirror, without /log";
                return Err(WatchError::Usage(format!("no checkpoint: {said}; {mend}")).into());
            }
        };
        let Ok(note) = String::from_utf8(note.clone()) else {
            let says = "the checkpoint is not to be believed: it is not UTF-8 text";
            let files = [("shown.checkpoint", note.as_slice())];
            let finding = Finding::new(Kind::BadCheckpoint, says);
            return Err(finding.with_evidence(self.folder.path(), &files)?.into());
        };
        let shown = self.signed(look, &note)?;
        report.origin = shown.origin().to_owned();
        self.quorum(look, &note, report)?;
        self.signers(look, &shown, report)?;
        self.against_what_was_seen(&shown, &note)?;
        if shown.size() > look.most_entries {
            let says = format!(
                "the log signed a checkpoint of {} entries, and at most {} are read: none beyond {} was looked at; give --most-entries a larger number if the log is meant to be that large",
                shown.size(),
                look.most_entries,
                self.kept.size
            );
            let files = [("shown.checkpoint", note.as_bytes())];
            return Err(Finding::new(Kind::TooLarge, says).with_evidence(self.folder.path(), &files)?.into());
        }
        if self.grow(look, &shown, &note, pace, report)? {
            self.look_again(look, pace, report)?;
            if let Some(judge) = &self.judge {
                let (folder, kept, roots) = (&self.folder, &mut self.kept, &mut self.roots);
                let mut log = snapshot::Log { folder, kept, roots, judge };
                snapshot::compare(&mut log, &mut self.compared, look, pace, report)?;
            }
        }
        compare::others(&self.folder, &mut self.kept, &mut self.roots, look, &shown, report)?;
        self.kept.write(&self.folder)?;
        Ok(())
    }

    /// The checkpoint, once one of the policy's logs has signed it and it is the log of this state.
    fn signed(&self, look: &Look<'_>, note: &str) -> Result<VerifiedCheckpoint, Trouble> {
        let shown = match believe::signed(look.policy, note) {
            Ok(shown) => shown,
            Err(why) => {
                let says = format!("the checkpoint is not to be believed: {why}");
                let files = [("shown.checkpoint", note.as_bytes())];
                return Err(Finding::new(Kind::BadCheckpoint, says)
                    .with_evidence(self.folder.path(), &files)?
                    .into());
            }
        };
        if !self.kept.origin.is_empty() && self.kept.origin != shown.origin() {
            return Err(WatchError::Usage(format!(
                "{} holds what was seen of {}, and this address shows {}: give another folder",
                self.folder.path().display(),
                self.kept.origin,
                shown.origin()
            ))
            .into());
        }
        Ok(shown)
    }

    /// What the policy says of the checkpoint. The log's signature binds the log whether it is witnessed or not, so that
    /// what follows is looked at in any case.
    fn quorum(&self, look: &Look<'_>, note: &str, report: &mut Report) -> Result<(), Trouble> {
        let kept = |finding: Finding| {
            finding.with_evidence(self.folder.path(), &[("shown.checkpoint", note.as_bytes())])
        };
        let witnessed = match look.policy.open(note) {
            Ok(witnessed) => witnessed,
            Err(error @ QuorumError::Missing(_)) => {
                report.findings.push(kept(Finding::new(Kind::MissingQuorum, error.to_string()))?);
                return Ok(());
            }
            Err(error) => {
                report.findings.push(kept(Finding::new(Kind::BadCosignature, error.to_string()))?);
                return Ok(());
            }
        };
        report.witnesses = witnessed.cosigned().iter().map(|by| by.witness().to_string()).collect();
        if look.policy.needs_no_witness() {
            let says =
                "the policy asks no witness: nobody says that others are shown the same, nor how old it is";
            report.findings.push(Finding::new(Kind::NoWitness, says));
            return Ok(());
        }
        report.fresh_as_of = look.policy.fresh_as_of(&witnessed, look.now);
        let age = report.fresh_as_of.map(|time| look.now.saturating_sub(time));
        if age.is_none_or(|age| age > look.stale_after) {
            let says = match age {
                Some(age) => format!(
                    "a quorum of witnesses saw this checkpoint {age} seconds ago, and {} is the limit: the log stands still, or newer entries are kept from you",
                    look.stale_after
                ),
                None => "the cosignatures of the quorum say no time that has come: nobody says how old the checkpoint is".to_owned(),
            };
            report.findings.push(Finding::new(Kind::Stale, says));
        }
        Ok(())
    }

    /// Settles, on the first pass, whose statements count.
    fn signers(
        &mut self,
        look: &Look<'_>,
        shown: &VerifiedCheckpoint,
        report: &mut Report,
    ) -> Result<(), Trouble> {
        let names_the_log = |trust: &Trust| {
            let key = LogKey::from(trust.log().clone());
            look.policy.logs().iter().any(|log| *log.key() == key) && trust.origin() == shown.origin()
        };
        if look.trust.is_some_and(|trust| !names_the_log(trust)) {
            return Err(WatchError::Usage(format!(
                "the trusted keys are not of {} with a log key of the policy: give the trust.txt of this register",
                shown.origin()
            ))
            .into());
        }
        let kept_by_the_reader = look.trust.map(Signers::of);
        let published = look.source.get("trust.txt", trust::MAX_BYTES as u64);
        let published = published.ok().and_then(|bytes| Trust::parse(&String::from_utf8_lossy(&bytes)).ok());
        let published = published.filter(names_the_log).as_ref().map(Signers::of);
        if let Some(judge) = &self.judge {
            if published.is_some_and(|keys| keys != *judge.keys()) {
                let says = "the register publishes other keys in its trust.txt than those kept here; statements are still held against those kept here";
                report.findings.push(Finding::new(Kind::OtherKeys, says));
            }
            if kept_by_the_reader.is_some_and(|keys| keys != *judge.keys()) {
                return Err(WatchError::Usage(format!(
                    "{} was begun with other keys of the register or the authority than those given: give another folder",
                    self.folder.path().display()
                ))
                .into());
            }
            return Ok(());
        }
        let keys = match (kept_by_the_reader, published) {
            (Some(keys), _) => keys,
            (None, Some(keys)) => {
                let ids = |keys: &[PublicKey]| {
                    keys.iter().map(|key| key.id().to_string()).collect::<Vec<_>>().join(", ")
                };
                let authority = match keys.authority.as_slice() {
                    [] => "it has no authority".to_owned(),
                    keys => format!("its authority's: {}", ids(keys)),
                };
                let says = format!(
                    "the register's keys ({}; {authority}) were taken from its own trust.txt and are kept from now on: give --trust to use keys that you keep",
                    ids(&keys.register)
                );
                report.findings.push(Finding::new(Kind::UnpinnedKeys, says));
                keys
            }
            (None, None) => {
                return Err(WatchError::Usage(
                    "the register's keys are not known: it shows no trust.txt with the policy's log key; give --trust FILE".into(),
                )
                .into());
            }
        };
        self.judge = Some(Judge::new(shown.origin(), &keys));
        self.kept.begin(shown.origin(), &keys);
        Ok(())
    }

    /// A checkpoint of a size that was verified before has the root that was computed then.
    fn against_what_was_seen(&mut self, shown: &VerifiedCheckpoint, note: &str) -> Result<(), Trouble> {
        let (seen, size) = (self.kept.size, shown.size());
        if size > seen {
            return Ok(());
        }
        let ours = match size == seen {
            true => self.edge.root(),
            false => self.roots.at(&self.folder, size, seen)?,
        };
        let evidence =
            [("seen.checkpoint", self.kept.checkpoint.as_bytes()), ("shown.checkpoint", note.as_bytes())];
        let finding = if ours != *shown.root() {
            Finding::new(
                Kind::Fork,
                format!(
                    "the log signed two histories: of its first {size} entries it now says the root {}, and those it showed before make {ours}",
                    shown.root()
                ),
            )
        } else if size < seen {
            Finding::new(
                Kind::Rewound,
                format!(
                    "the checkpoint is of {size} entries, and one of {seen} was shown before: a log never shrinks"
                ),
            )
        } else {
            return Ok(());
        };
        Err(finding.with_evidence(self.folder.path(), &evidence)?.into())
    }

    /// Fetches, verifies and folds what is new; false where it is not what was signed, and nothing was taken over.
    fn grow(
        &mut self,
        look: &Look<'_>,
        shown: &VerifiedCheckpoint,
        note: &str,
        pace: &Pace<'_>,
        report: &mut Report,
    ) -> Result<bool, Trouble> {
        let (from, to) = (self.kept.size, shown.size());
        let (mut swapped, mut edge) = (Vec::new(), self.edge.clone());
        if to > from {
            let fetched = entries::fetch(
                look.source,
                &self.folder,
                &self.edge,
                to,
                (pace, look.bounds),
                &mut |path, row| {
                    let published = look.source.tile(&path).map_err(|error| Trouble::of(&path, error))?;
                    if published != edge::bytes(row) && swapped.len() < MOST_TOLD {
                        swapped.push((path, published));
                    }
                    Ok(0)
                },
            );
            edge = match fetched {
                Ok(edge) => edge,
                Err(trouble) => {
                    if entries::spoils(&trouble) {
                        entries::discard(&self.folder)?;
                    }
                    return Err(match trouble {
                        Trouble::Found(finding) if finding.kind == Kind::TooLarge => {
                            let files = [("shown.checkpoint", note.as_bytes())];
                            finding.with_evidence(self.folder.path(), &files)?.into()
                        }
                        trouble => trouble,
                    });
                }
            };
            if edge.root() != *shown.root() {
                let seen = (from, self.edge.root(), self.kept.checkpoint.as_str());
                let claimed = (shown, note);
                let found = diagnose::wrong_root(&self.folder, look.source, seen, claimed, edge.root(), pace);
                entries::discard(&self.folder)?;
                report.findings.extend(found?);
                return Ok(false);
            }
            entries::accept(&self.folder, from, to)?;
        }
        for (path, published) in swapped {
            let says = format!("{path} is not the tile that the entries make, though the root is right");
            let finding = Finding::new(Kind::SwappedTile, says).of_file(path);
            report.findings.push(finding.with_evidence(self.folder.path(), &[("shown.tile", &published)])?);
        }
        // All on copies: where the disk or somebody stops it half-way, the next pass begins where this one did.
        let (mut judge, mut kept) = (self.judge.clone(), self.kept.clone());
        if let Some(judge) = &mut judge {
            let before = kept.day_before(from);
            walk(&self.folder, from, to, to, |index, entry| {
                pace.tick("statements", index, to)?;
                let seen = Seen { not_on: before, on: look.today, today: true };
                judge.take(index, entry, seen, self.folder.path())
            })?;
        }
        kept.advance(to, edge.root(), note, look.today);
        kept.write(&self.folder)?;
        (self.judge, self.kept, self.edge) = (judge, kept, edge);
        self.roots.keep(to, self.edge.root());
        if to > from {
            entries::forget_partial(&self.folder, from);
        }
        (report.size, report.new, report.root) = (to, to - from, self.kept.root.clone());
        Ok(true)
    }

    /// Fetches some of what was verified before again, in turn: a log must not change what somebody has read.
    fn look_again(&mut self, look: &Look<'_>, pace: &Pace<'_>, report: &mut Report) -> Result<(), Trouble> {
        let (size, old) = (self.kept.size, self.kept.size - report.new);
        let all = old.div_ceil(FULL_WIDTH.into());
        let turns = look.again.min(all);
        for turn in 0..turns {
            let at = (self.kept.cursor + turn) % all;
            pace.tick("again", turn, turns)?;
            let Some((first, path)) = entries::bundles(at * u64::from(FULL_WIDTH), size).next() else {
                break;
            };
            let kept = entries::kept(&self.folder, &path)?;
            let ours = entries::decode(&path, &kept)?;
            let shown = look.source.tile(&path).map_err(|error| Trouble::of(&path, error))?;
            if shown != kept && report.findings.len() < MOST_TOLD {
                let theirs = assay_log::tile::bundle::decode(&shown, path.width().into()).unwrap_or_default();
                let index = ours.iter().zip(&theirs).position(|(a, b)| a != b).unwrap_or(0) as u64 + first;
                let files = [("seen.entries", kept.as_slice()), ("shown.entries", &shown)];
                let finding = entries::changed(index).at(index).of_file(path);
                report.findings.push(finding.with_evidence(self.folder.path(), &files)?);
            }
            let leaves: Vec<Hash> = ours.iter().map(|entry| leaf_hash(entry)).collect();
            if report.findings.len() < 2 * MOST_TOLD {
                report.findings.extend(self.same_tile(look, at, &leaves)?);
            }
        }
        self.kept.cursor = if all == 0 { 0 } else { (self.kept.cursor + turns) % all };
        Ok(())
    }

    fn same_tile(&self, look: &Look<'_>, at: u64, leaves: &[Hash]) -> Result<Option<Finding>, Trouble> {
        let width = leaves.len() as u16;
        let Ok(path) = TilePath::hashes(0, at, width) else { return Ok(None) };
        let shown = look.source.tile(&path).map_err(|error| Trouble::of(&path, error))?;
        if hashes(&shown, width).is_ok_and(|shown| shown == leaves) {
            return Ok(None);
        }
        let says = format!("{path} is not the tile that it was");
        let finding = Finding::new(Kind::SwappedTile, says).of_file(path);
        Ok(Some(finding.with_evidence(self.folder.path(), &[("shown.tile", &shown)])?))
    }
}
