//! What a watcher finds: a kind that programs can rely on, a sentence for people, and where the evidence lies.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::folder::{WatchError, replace};

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What kind of thing.
    pub kind: Kind,
    /// Whether an honest log does no such thing; otherwise it is told, and the log is not accused.
    pub accuses: bool,
    /// The entry it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<u64>,
    /// The public file it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The id of the fold's refusal, which `assay explain` knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<&'static str>,
    /// A sentence.
    pub says: String,
    /// The folder with what shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<PathBuf>,
}

/// How many pieces of evidence one state folder keeps.
pub(crate) const MOST_EVIDENCE: usize = 1_000;

/// Whether a folder has so many entries or more.
pub(crate) fn is_full(folder: &Path, most: usize) -> bool {
    std::fs::read_dir(folder).is_ok_and(|entries| entries.take(most).count() == most)
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $id:literal, $accuses:literal;)*) => {
        /// The kinds of findings.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind { $($(#[$doc])* $kind,)* }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            /// The stable id.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self { $(Self::$kind => $id,)* }
            }

            /// Whether no honest log does it.
            #[must_use]
            pub fn accuses(self) -> bool {
                match self { $(Self::$kind => $accuses,)* }
            }
        }
    };
}

kinds! {
    /// Two signed checkpoints that cannot both be of one log.
    Fork = "fork", true;
    /// The checkpoint is of fewer entries than one that was shown before.
    Rewound = "rewound", true;
    /// Somebody else was shown another log.
    SplitView = "split-view", true;
    /// An entry is not the one that was signed for.
    ChangedEntry = "changed-entry", true;
    /// A published tile is not the tree's.
    SwappedTile = "swapped-tile", true;
    /// Neither entries nor tiles give the root that was signed.
    WrongRoot = "wrong-root", true;
    /// A file that the checkpoint speaks of is not shown.
    Withheld = "withheld", true;
    /// The log signed more than this reader reads.
    TooLarge = "too-large", true;
    /// The checkpoint is malformed, or its log did not sign it.
    BadCheckpoint = "bad-checkpoint", true;
    /// A line of a known witness does not hold.
    BadCosignature = "bad-cosignature", true;
    /// Too few witnesses cosigned.
    MissingQuorum = "missing-quorum", true;
    /// The quorum's word is older than the limit.
    Stale = "stale", true;
    /// A statement that the rules refuse stands in the log.
    RefusedStatement = "refused-statement", true;
    /// A statement of the register is of a day that was over when it was appended.
    BackDated = "back-dated", true;
    /// A statement is of a day that has not come.
    FutureDate = "future-date", true;
    /// The register's snapshot says something else than its log.
    SnapshotDiffers = "snapshot-differs", true;
    /// The policy asks no witness, so nobody says how old the checkpoint is.
    NoWitness = "no-witness", false;
    /// The register's keys were taken from its own address.
    UnpinnedKeys = "unpinned-keys", false;
    /// The register publishes other keys than those that were kept.
    OtherKeys = "other-keys", false;
    /// Somebody else was shown more than this address shows.
    Behind = "behind", false;
    /// Another reader or witness could not be asked.
    NotCompared = "not-compared", false;
}

impl Finding {
    pub(crate) fn new(kind: Kind, says: impl Into<String>) -> Self {
        let (accuses, says) = (kind.accuses(), says.into());
        Self { kind, accuses, index: None, file: None, refusal: None, says, evidence: None }
    }

    /// Whether two findings are of one thing: what the sentence says of numbers may have changed since, such as how long it
    /// lasts by now.
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        let what = |it: &Self| (it.kind, it.index, it.file.clone(), it.refusal, it.evidence.clone());
        what(self) == what(other)
    }

    pub(crate) fn at(mut self, index: u64) -> Self {
        self.index = Some(index);
        self
    }

    pub(crate) fn of_file(mut self, file: impl fmt::Display) -> Self {
        self.file = Some(file.to_string());
        self
    }

    /// Keeps what shows it, below `folder/evidence`, under a name made of the bytes: the same evidence is kept once, other
    /// evidence beside it, and nothing is ever written over. A log that lies anew at every look does not fill the disk: of
    /// [`MOST_EVIDENCE`] there is enough to convict it, and what comes after is told without.
    pub(crate) fn with_evidence(
        mut self,
        folder: &Path,
        files: &[(&str, &[u8])],
    ) -> Result<Self, WatchError> {
        let digest = files.iter().fold(Sha256::new(), |digest, (name, bytes)| {
            digest.chain_update(name).chain_update((bytes.len() as u64).to_be_bytes()).chain_update(bytes)
        });
        let name: String = digest.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        let all = folder.join("evidence");
        let place = all.join(format!("{}-{name}", self.kind));
        if !place.exists() && is_full(&all, MOST_EVIDENCE) {
            self.says.push_str(&format!(
                " (not kept: {} holds {MOST_EVIDENCE} pieces already; move them elsewhere)",
                all.display()
            ));
            return Ok(self);
        }
        let about = json!({ "kind": self.kind, "index": self.index, "file": self.file, "says": self.says });
        let about = format!("{about:#}\n");
        for (name, bytes) in files.iter().copied().chain([("finding.json", about.as_bytes())]) {
            let path = place.join(name);
            if !path.exists() {
                replace(&path, bytes).map_err(|error| WatchError::file(&path, &error))?;
            }
        }
        self.evidence = Some(place);
        Ok(self)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.id())
    }
}

/// A line for people.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  {}: {}", if self.accuses { "FOUND" } else { "note " }, self.kind, self.says)?;
        match &self.evidence {
            Some(place) => write!(f, " [evidence: {}]", place.display()),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_lasts_longer_is_the_same_finding() {
        let stale = |seconds: u64| Finding::new(Kind::Stale, format!("{seconds} seconds ago"));
        assert!(stale(86_401).is_same_as(&stale(86_461)) && stale(1) != stale(2));
        assert!(!stale(1).is_same_as(&Finding::new(Kind::Withheld, "1 seconds ago")));
        assert!(!stale(1).at(3).is_same_as(&stale(1).at(4)));
        let folder = tempfile::tempdir().unwrap_or_else(|why| panic!("{why}"));
        let kept = |note: &str| {
            let files = [("shown.checkpoint", note.as_bytes())];
            stale(1).with_evidence(folder.path(), &files).unwrap_or_else(|why| panic!("{why}"))
        };
        assert!(kept("a").is_same_as(&kept("a")) && !kept("a").is_same_as(&kept("b")));
    }

    #[test]
    fn every_kind_has_a_page_of_the_handbook_and_no_page_is_of_none() {
        let pages = assay::explain::pages();
        for kind in Kind::ALL {
            let page = pages.iter().find(|page| page.id == format!("monitor:{kind}"));
            let page = page.unwrap_or_else(|| panic!("`assay explain monitor:{kind}` has no page"));
            let headings: Vec<&str> = page.sections.iter().map(|s| s.heading.as_str()).collect();
            assert_eq!(headings, ["", "What is kept", "What to do", "Whom to tell"], "{kind}");
            let accuses = page.text().contains("An honest log does not do this.");
            assert_eq!(accuses, kind.accuses(), "{kind}");
        }
        let of_the_monitor = pages.iter().filter(|page| page.kind == "monitor-finding").count();
        assert_eq!(of_the_monitor, Kind::ALL.len());
    }

    #[test]
    fn a_log_that_lies_anew_at_every_look_does_not_fill_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let lie = |number: usize| {
            let finding = Finding::new(Kind::Fork, "two histories");
            finding.with_evidence(folder.path(), &[("shown", number.to_string().as_bytes())]).unwrap()
        };
        for number in 0..MOST_EVIDENCE {
            assert!(lie(number).evidence.is_some());
        }
        let more = lie(MOST_EVIDENCE);
        assert!(more.evidence.is_none() && more.says.contains("move them elsewhere"), "{more}");
        assert!(lie(7).evidence.is_some(), "what is there is shown again");
        assert_eq!(std::fs::read_dir(folder.path().join("evidence")).unwrap().count(), MOST_EVIDENCE);
    }

    #[test]
    fn every_kind_is_in_the_document_and_in_the_schemas() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let page = std::fs::read_to_string(root.join("docs/watching.md")).unwrap();
        let (accusing, telling) = page.split_once("These are told").unwrap();
        for kind in Kind::ALL {
            let part = if kind.accuses() { accusing } else { telling };
            assert!(part.contains(&format!("\n| `{kind}` | ")), "docs/watching.md lacks {kind}");
            for schema in ["assay-monitor-0", "assay-mirror-0"] {
                let text = std::fs::read_to_string(root.join(format!("docs/schema/{schema}.json"))).unwrap();
                assert!(text.contains(&format!("\"{kind}\"")), "{schema} lacks {kind}");
            }
        }
    }
}
