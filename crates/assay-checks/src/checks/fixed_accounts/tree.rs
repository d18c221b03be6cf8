//! Finds the passwd and shadow files of an unpacked root file system: in every folder whose name begins with `etc`, under
//! bounds of depth and number. Links are followed inside the device only; what could not be looked at becomes a doubt.

use std::collections::{BTreeMap, BTreeSet};

use super::account::is_account_file;
use crate::files::{Entry, EntryKind, FileProblem, Files, join, resolve};
use crate::quote::quoted;

/// Deepest folder that is searched.
const MOST_DEPTH: usize = 8;
/// Most entries that are looked at.
const MOST_ENTRIES: usize = 200_000;
/// Longest account file that is read.
const MOST_BYTES: u64 = 1 << 20;
/// Most account files that are read.
const MOST_FILES: usize = 200;

/// What was found.
pub(super) struct Tree {
    pub(super) pairs: Vec<Pair>,
    /// What could not be looked at, each as a sentence.
    pub(super) doubts: Vec<String>,
    /// How many files, folders and links were passed.
    pub(super) entries: usize,
}

/// The account files of one folder that belong together.
#[derive(Default)]
pub(super) struct Pair {
    pub(super) folder: String,
    pub(super) passwd: Option<Text>,
    pub(super) shadow: Option<Text>,
    /// `passwd-` and `shadow-`: what the files were before the last change.
    pub(super) is_backup: bool,
    /// `/etc` itself, which logins read.
    pub(super) is_live: bool,
}

/// One account file.
pub(super) struct Text {
    /// Its path inside the device, without a slash before it.
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
}

impl Pair {
    /// The files that are there.
    pub(super) fn texts(&self) -> impl Iterator<Item = &Text> {
        self.passwd.iter().chain(&self.shadow)
    }
}

/// Searches the device below `root`.
pub(super) fn search(files: &dyn Files, root: &str) -> Result<Tree, FileProblem> {
    let mut search = Search { files, root, found: BTreeMap::new(), doubts: vec![], entries: 0 };
    let mut folders = vec![(String::new(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let at = if folder.is_empty() { root.to_owned() } else { join(root, &folder) };
        let mut entries = match files.list(&at, MOST_ENTRIES - search.entries) {
            Ok(entries) => entries,
            Err(problem) if folder.is_empty() && problem != FileProblem::TooLarge => return Err(problem),
            Err(FileProblem::TooLarge) => {
                search.doubt(
                    &folder,
                    &format!("was not searched: the limit of {MOST_ENTRIES} entries is reached"),
                );
                continue;
            }
            Err(problem) => {
                search.doubt(&folder, &problem.to_string());
                continue;
            }
        };
        search.entries += entries.len();
        entries.sort();
        for entry in entries {
            let Some(inside) = name_inside(root, &entry) else { continue };
            match entry.kind {
                EntryKind::Folder if depth + 1 < MOST_DEPTH => folders.push((inside, depth + 1)),
                EntryKind::Folder if is_etc(&inside) => search.doubt(&inside, "lies too deep to be searched"),
                EntryKind::Folder | EntryKind::Other => {}
                EntryKind::File { .. } => search.candidate(&inside),
                EntryKind::Link { .. } => search.link(&inside),
            }
        }
    }
    Ok(search.pairs())
}

fn name_inside(root: &str, entry: &Entry) -> Option<String> {
    let inside = entry.path.strip_prefix(root)?;
    Some(inside.strip_prefix('/').unwrap_or(inside).to_owned())
}

struct Search<'a> {
    files: &'a dyn Files,
    root: &'a str,
    /// Account files by their path inside the device, with the path that they really have.
    found: BTreeMap<String, String>,
    doubts: Vec<String>,
    entries: usize,
}

impl Search<'_> {
    fn doubt(&mut self, inside: &str, what: &str) {
        if self.doubts.len() < 20 {
            self.doubts.push(format!("{} {what}", quoted(&format!("/{inside}"))));
        }
    }

    /// Takes note of a file, or of a link to one, if it may hold accounts.
    fn candidate(&mut self, inside: &str) {
        let Some((folder, name)) = inside.rsplit_once('/') else { return };
        if !matches!(name, "passwd" | "shadow" | "passwd-" | "shadow-") || !folder.split('/').any(is_etc_name)
        {
            return;
        }
        match resolve(self.files, self.root, inside) {
            Ok(real) => {
                if self.found.len() < MOST_FILES {
                    self.found.insert(inside.to_owned(), real);
                } else {
                    self.doubt(inside, "was not read: there are too many account files");
                }
            }
            Err(_) => self.doubt(
                inside,
                "is a link to something that is not in the image: its accounts are made when the device runs",
            ),
        }
    }

    /// A link may be an account file, or an etc folder under another name.
    fn link(&mut self, inside: &str) {
        self.candidate(inside);
        if !is_etc(inside) {
            return;
        }
        match resolve(self.files, self.root, inside).and_then(|real| self.files.kind(&real)) {
            Ok(EntryKind::Folder) => {
                for name in ["passwd", "shadow", "passwd-", "shadow-"] {
                    let below = join(inside, name);
                    if resolve(self.files, self.root, &below).is_ok() {
                        self.candidate(&below);
                    }
                }
            }
            Ok(_) => {}
            Err(_) if !inside.contains('/') => {
                self.doubt(inside, "is a link to something that is not in the image: its accounts are made when the device runs");
            }
            Err(_) => {}
        }
    }

    fn pairs(mut self) -> Tree {
        let mut pairs: BTreeMap<(String, bool), Pair> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        // `/etc` itself comes first, so that a file that several names lead to is known by that one.
        let mut found: Vec<(String, String)> = std::mem::take(&mut self.found).into_iter().collect();
        found.sort_by_key(|(inside, _)| !inside.starts_with("etc/"));
        for (inside, real) in found {
            if !seen.insert(real.clone()) {
                continue;
            }
            let bytes = match self.files.read(&real, MOST_BYTES) {
                Ok(bytes) => bytes,
                Err(problem) => {
                    self.doubt(&inside, &problem.to_string());
                    continue;
                }
            };
            let (folder, name) = inside.rsplit_once('/').unwrap_or_default();
            if !is_etc(folder) && !is_account_file(&bytes) {
                continue;
            }
            let is_backup = name.ends_with('-');
            let pair = pairs.entry((folder.to_owned(), is_backup)).or_default();
            (pair.folder, pair.is_backup, pair.is_live) = (folder.to_owned(), is_backup, folder == "etc");
            let text = Some(Text { path: inside.clone(), bytes });
            if name.starts_with("passwd") { pair.passwd = text } else { pair.shadow = text }
        }
        Tree { pairs: pairs.into_values().collect(), doubts: self.doubts, entries: self.entries }
    }
}

/// Whether the last part of the path begins with `etc`: `etc`, `etc_ro`, `etc.defaults`.
fn is_etc(inside: &str) -> bool {
    inside.rsplit('/').next().is_some_and(is_etc_name)
}

fn is_etc_name(name: &str) -> bool {
    name.starts_with("etc")
}
