//! The mirror: a log's public files at another address, in the same layout. A file takes its place only once everything under
//! the checkpoint was verified, the checkpoint last; a log that contradicts the one that is mirrored changes nothing here.
//! Tiles are not copied: they are computed from the entries, which are.

use std::path::Path;

use assay::snapshot::{Header, Snapshot};
use assay::trust::{self, Trust};
use assay_log::note::{MAX_NOTE_BYTES, NoteSignature};
use assay_log::{EMPTY_ROOT, Hash, LogKey, Note, Policy, TilePath, leaf_hash};
use serde::Serialize;

use crate::believe;
use crate::edge::{self, Edge};
use crate::entries::{self, Bounds, Pace, Trouble, walk};
use crate::finding::{Finding, Kind};
use crate::folder::{Folder, WatchError};
use crate::source::{Source, SourceError};

pub(crate) const CHECKPOINT: &str = "log/checkpoint";
const TRUST: &str = "trust.txt";
const SNAPSHOT: &str = "snapshot";
/// The longest snapshot that is mirrored: that of three hundred million products.
const MOST_SNAPSHOT: u64 = 1 << 30;

/// A folder of verified public files.
pub struct Mirror {
    folder: Folder,
    edge: Edge,
    /// The checkpoint that is shown, if there is one.
    note: Option<String>,
}

/// What a copy came to.
#[derive(Clone, Debug, Serialize)]
pub struct Copied {
    /// The log.
    pub origin: String,
    /// How many entries are mirrored.
    pub size: u64,
    /// How many of them are new.
    pub new: u64,
    /// Why the copy was not taken, if it was not.
    pub findings: Vec<Finding>,
}

impl Mirror {
    /// Opens a mirror's folder and verifies what is there; missing or damaged tiles are written again.
    ///
    /// # Errors
    /// [`WatchError`], where the folder cannot be used, or its entries are not those of its checkpoint.
    pub fn open(path: &Path, policy: &Policy, pace: &Pace<'_>) -> Result<Self, WatchError> {
        let folder = Folder::open(path)?;
        let Some(note) = folder.read(CHECKPOINT, MAX_NOTE_BYTES as u64)? else {
            return Ok(Self { folder, edge: Edge::default(), note: None });
        };
        let note = String::from_utf8_lossy(&note).into_owned();
        let held = believe::signed(policy, &note).map_err(|why| {
            let place = folder.path().join(CHECKPOINT);
            WatchError::Usage(format!("{} is not a checkpoint of this policy: {why}", place.display()))
        })?;
        let (size, mut edge) = (held.size(), Edge::default());
        let mut mend = |path: TilePath, row: &[Hash]| mended(&folder, &path, row);
        walk(&folder, 0, size, size, |index, entry| {
            pace.tick("kept entries", index, size)?;
            edge.push(leaf_hash(entry), &mut mend)
        })?;
        edge.partial().try_for_each(|(path, row)| mend(path, row))?;
        if edge.root() != *held.root() {
            return Err(WatchError::Usage(format!(
                "the entries in {} do not make the root of its checkpoint: begin with an empty folder",
                path.display()
            )));
        }
        Ok(Self { folder, edge, note: Some(note) })
    }

    /// How many entries are mirrored.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.edge.len()
    }

    /// Copies what is new.
    ///
    /// # Errors
    /// [`WatchError`], where it could not be copied. What was there is still there.
    pub fn copy(
        &mut self,
        source: &Source,
        policy: &Policy,
        bounds: Bounds,
        pace: &Pace<'_>,
    ) -> Result<Copied, WatchError> {
        let before = self.size();
        let (origin, findings) = match self.try_copy(source, policy, (pace, bounds)) {
            Ok(origin) => (origin, Vec::new()),
            Err(Trouble::Found(finding)) => (String::new(), vec![*finding]),
            Err(Trouble::Watch(error)) => return Err(error),
        };
        Ok(Copied { origin, size: self.size(), new: self.size() - before, findings })
    }

    fn try_copy(
        &mut self,
        source: &Source,
        policy: &Policy,
        paced: (&Pace<'_>, Bounds),
    ) -> Result<String, Trouble> {
        let note = match source.checkpoint() {
            Ok(note) => note,
            Err(SourceError::Watch(error)) => return Err(error.into()),
            Err(said) => return Err(WatchError::Usage(format!("no checkpoint: {said}")).into()),
        };
        let shown = String::from_utf8(note).map_err(|_| "it is not UTF-8 text".to_owned());
        let shown = shown.and_then(|note| Ok((believe::signed(policy, &note)?, note)));
        let (shown, note) = shown.map_err(|why| {
            Finding::new(Kind::BadCheckpoint, format!("the checkpoint is not to be believed: {why}"))
        })?;
        let (from, to) = (self.size(), shown.size());
        let note = self.merged(&note);
        if let Err(error) = policy.open(&note) {
            return Err(Finding::new(Kind::MissingQuorum, error.to_string()).into());
        }
        self.continues(&note, to, shown.root())?;
        let folder = &self.folder;
        let fetched = entries::fetch(source, folder, &self.edge, to, paced, &mut |path, row| {
            Ok(entries::stage(folder, &path, &edge::bytes(row))?)
        });
        let edge = match fetched {
            Ok(edge) if edge.root() == *shown.root() => edge,
            Ok(edge) => {
                entries::discard(folder)?;
                let says = format!(
                    "the entries make the root {}, and the log signed {}: nothing was taken over",
                    edge.root(),
                    shown.root()
                );
                return Err(Finding::new(Kind::WrongRoot, says).into());
            }
            Err(trouble) => {
                if entries::spoils(&trouble) {
                    entries::discard(folder)?;
                }
                return Err(match trouble {
                    Trouble::Found(finding) if finding.kind == Kind::TooLarge => {
                        let files = [("shown.checkpoint", note.as_bytes())];
                        finding.with_evidence(folder.path(), &files)?.into()
                    }
                    trouble => trouble,
                });
            }
        };
        entries::accept(folder, from, to)?;
        self.trust(source, policy, shown.origin())?;
        // A crash here: files that the checkpoint in place does not speak of. Nobody asks for them.
        if self.note.as_ref() != Some(&note) {
            self.folder.replace(CHECKPOINT, note.as_bytes())?;
        }
        (self.edge, self.note) = (edge, Some(note));
        self.snapshot(source)?;
        Ok(shown.origin().to_owned())
    }

    /// The shown checkpoint with those signatures of the one that is held, if it says the same, that it lacks.
    fn merged(&self, shown: &str) -> String {
        let held = self.folder.read(CHECKPOINT, MAX_NOTE_BYTES as u64).ok().flatten();
        let held = held.and_then(|bytes| Note::parse(&String::from_utf8_lossy(&bytes)).ok());
        let both = held.zip(Note::parse(shown).ok()).filter(|(held, note)| held.text() == note.text());
        let both = both.and_then(|(held, note)| {
            let there = |line: &NoteSignature| {
                note.signatures().iter().any(|l| (l.name(), l.key_id()) == (line.name(), line.key_id()))
            };
            let more: Vec<_> = held.signatures().iter().filter(|line| !there(line)).cloned().collect();
            note.with_signatures(more).ok()
        });
        both.map_or_else(|| shown.to_owned(), |note| note.to_string())
    }

    fn continues(&self, note: &str, size: u64, root: &Hash) -> Result<(), Trouble> {
        let (held, from) = (self.note.as_deref().unwrap_or_default(), self.size());
        if size > from || held.is_empty() {
            return Ok(());
        }
        let ours = if size == 0 { EMPTY_ROOT } else { entries::root_at(&self.folder, size, from)? };
        let finding = if ours != *root {
            let says = format!(
                "the log signed two histories: of its first {size} entries it now says the root {root}, and those mirrored here make {ours}"
            );
            Finding::new(Kind::Fork, says)
        } else if size < from {
            let says =
                format!("the checkpoint is of {size} entries, and {from} are mirrored: a log never shrinks");
            Finding::new(Kind::Rewound, says)
        } else {
            return Ok(());
        };
        let files = [("seen.checkpoint", held.as_bytes()), ("shown.checkpoint", note.as_bytes())];
        Err(finding.with_evidence(self.folder.path(), &files)?.into())
    }

    /// The register's keys as it publishes them, where they name the log's key; never over others.
    fn trust(&self, source: &Source, policy: &Policy, origin: &str) -> Result<(), WatchError> {
        if self.folder.path().join(TRUST).exists() {
            return Ok(());
        }
        let Ok(bytes) = source.get(TRUST, trust::MAX_BYTES as u64) else { return Ok(()) };
        let named = Trust::parse(&String::from_utf8_lossy(&bytes))
            .is_ok_and(|trust| believe::keys_of(policy, origin).contains(&LogKey::from(trust.log().clone())));
        if named { self.folder.replace(TRUST, &bytes) } else { Ok(()) }
    }

    /// The register's snapshot, where its keys signed it for entries that are mirrored here. What it says of them is for a monitor
    /// to judge; one that is not taken leaves the one that is there.
    fn snapshot(&self, source: &Source) -> Result<(), WatchError> {
        let keys = self.folder.read(TRUST, trust::MAX_BYTES as u64)?.unwrap_or_default();
        let Ok(trust) = Trust::parse(&String::from_utf8_lossy(&keys)) else { return Ok(()) };
        let open = |bytes: &[u8]| Snapshot::open(bytes, trust.register(), trust.origin()).ok();
        let Ok(bytes) = source.get(SNAPSHOT, MOST_SNAPSHOT) else { return Ok(()) };
        let Some(shown) = open(&bytes) else { return Ok(()) };
        let (header, size) = (shown.header(), self.size());
        if header.log_size == 0 || header.log_size > size {
            return Ok(());
        }
        let root = entries::root_at(&self.folder, header.log_size, size)?;
        let held = self.folder.read(SNAPSHOT, MOST_SNAPSHOT)?.and_then(|bytes| open(&bytes));
        let age = |header: &Header| (header.number, header.issued);
        let newer = held.is_none_or(|held| age(held.header()) < age(header));
        if newer && header.root == root.to_string() { self.folder.replace(SNAPSHOT, &bytes) } else { Ok(()) }
    }
}

/// A tile that is there with these bytes, or is written.
fn mended(folder: &Folder, path: &TilePath, row: &[Hash]) -> Result<(), WatchError> {
    let (name, bytes) = (entries::kept_name(path), edge::bytes(row));
    let there = folder.read(&name, bytes.len() as u64).ok().flatten();
    if there.as_deref() == Some(&bytes) { Ok(()) } else { folder.replace(&name, &bytes) }
}
