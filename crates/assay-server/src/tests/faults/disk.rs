//! What a disk may hold after a power cut, worked out from the trace of what a program did to it. The model is what POSIX
//! promises and no more: a file's bytes are there once the file was synced, a name once its folder was; of everything
//! since then any part may be there, sector by sector and name by name. A sync that failed leaves bytes that no later sync
//! makes durable, unless they are written again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::trace::Op;
use crate::testing::chance::Chance;

/// What a power cut leaves of what was not synced.
#[derive(Clone, Debug)]
pub(super) enum Survives {
    Nothing,
    Everything,
    Some(Chance),
}

/// A folder's contents by path: bytes, or none for a folder.
pub(super) type State = BTreeMap<PathBuf, Option<Vec<u8>>>;

/// Disks keep or lose this many bytes as one.
const SECTOR: usize = 512;

#[derive(Clone, Debug)]
enum Node {
    File { synced: Vec<u8>, changes: Vec<(Change, Kept)> },
    Folder { synced: Names, now: Names, changes: Vec<Vec<(String, Option<usize>)>> },
}

type Names = BTreeMap<String, usize>;

#[derive(Clone, Debug)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Cut(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kept {
    /// A sync that failed may have dropped it for good.
    Doubtful,
    NotYet,
    Synced,
}

/// Files and folders below one folder, as they are and as they may be.
#[derive(Clone, Debug)]
pub(super) struct Disk {
    root: PathBuf,
    nodes: Vec<Node>,
    open: BTreeMap<u32, usize>,
}

impl Disk {
    /// A folder as it is, all of it synced.
    pub(super) fn of(root: &Path) -> Self {
        let mut disk = Self { root: root.to_owned(), nodes: Vec::new(), open: BTreeMap::new() };
        disk.read(root);
        disk
    }

    fn read(&mut self, path: &Path) -> usize {
        let at = self.nodes.len();
        if path.is_file() {
            self.nodes.push(Node::File { synced: fs::read(path).unwrap(), changes: Vec::new() });
            return at;
        }
        self.nodes.push(folder());
        let mut names = Names::new();
        for item in fs::read_dir(path).unwrap().flatten() {
            let name = item.file_name().into_string().unwrap();
            if !name.ends_with("-shm") {
                names.insert(name, self.read(&item.path()));
            }
        }
        self.nodes[at] = Node::Folder { synced: names.clone(), now: names, changes: Vec::new() };
        at
    }

    /// The folder and the name of a path.
    fn place(&self, path: &str) -> (usize, String) {
        let path = Path::new(path);
        let parent = self.find(path.parent().unwrap()).unwrap_or_else(|| panic!("{path:?} lies nowhere"));
        (parent, path.file_name().unwrap().to_str().unwrap().to_owned())
    }

    fn find(&self, path: &Path) -> Option<usize> {
        let mut at = 0;
        for name in path.strip_prefix(&self.root).unwrap().components() {
            let Node::Folder { now, .. } = &self.nodes[at] else { return None };
            at = *now.get(name.as_os_str().to_str()?)?;
        }
        Some(at)
    }

    fn name(&mut self, folder: usize, names: Vec<(String, Option<usize>)>) {
        let Node::Folder { now, changes, .. } = &mut self.nodes[folder] else { panic!("no folder") };
        apply(now, &names);
        changes.push(names);
    }

    fn change(&mut self, file: u32, change: Change) {
        let at = self.open[&file];
        let Node::File { changes, .. } = &mut self.nodes[at] else { panic!("a folder was written to") };
        changes.push((change, Kept::NotYet));
    }

    /// Whether the shim counted an operation that comes next: to open what is there changes nothing.
    pub(super) fn is_counted(&self, op: &Op) -> bool {
        match op {
            Op::Said(_) => false,
            Op::Open { path, emptied, .. } => *emptied || self.find(Path::new(path)).is_none(),
            _ => true,
        }
    }

    /// Goes on by one record of the trace.
    pub(super) fn apply(&mut self, op: &Op) {
        match op {
            Op::Open { file, path, emptied } => {
                let known = self.find(Path::new(path));
                let node = known.unwrap_or_else(|| {
                    let (parent, name) = self.place(path);
                    let node = self.nodes.len();
                    self.nodes.push(Node::File { synced: Vec::new(), changes: Vec::new() });
                    self.name(parent, vec![(name, Some(node))]);
                    node
                });
                self.open.insert(*file, node);
                if *emptied && known.is_some() {
                    self.change(*file, Change::Cut(0));
                }
            }
            Op::Write { file, at, bytes } => {
                self.change(*file, Change::Write { at: *at, bytes: bytes.clone() });
            }
            Op::Cut { file, length } => self.change(*file, Change::Cut(*length)),
            Op::Sync { file } => self.nodes[self.open[file]].sync(),
            Op::SyncFailed { file } => self.nodes[self.open[file]].doubt(),
            Op::SyncAll => self.nodes.iter_mut().for_each(Node::sync),
            Op::SyncAllFailed => self.nodes.iter_mut().for_each(Node::doubt),
            Op::Rename { from, to } => {
                let node = self.find(Path::new(from)).unwrap();
                let ((old, from), (new, to)) = (self.place(from), self.place(to));
                if old == new {
                    self.name(old, vec![(from, None), (to, Some(node))]);
                } else {
                    self.name(new, vec![(to, Some(node))]);
                    self.name(old, vec![(from, None)]);
                }
            }
            Op::Remove { path } => {
                let (parent, name) = self.place(path);
                self.name(parent, vec![(name, None)]);
            }
            Op::Make { path } => {
                let (parent, name) = self.place(path);
                let node = self.nodes.len();
                self.nodes.push(folder());
                self.name(parent, vec![(name, Some(node))]);
            }
            Op::Said(_) => {}
        }
    }

    /// The bytes that a reader of a path sees now; none where there is no such file.
    pub(super) fn now(&self, path: &Path) -> Option<Vec<u8>> {
        self.nodes[self.find(path)?].bytes(&mut Survives::Everything)
    }

    /// What may be there after a power cut now.
    pub(super) fn state(&self, mut survives: Survives) -> State {
        let mut state = State::new();
        self.collect(0, Path::new(""), &mut survives, &mut state, &mut BTreeSet::new());
        state
    }

    fn collect(
        &self,
        at: usize,
        path: &Path,
        survives: &mut Survives,
        into: &mut State,
        above: &mut BTreeSet<usize>,
    ) {
        let Node::Folder { synced, changes, .. } = &self.nodes[at] else {
            into.insert(path.to_owned(), self.nodes[at].bytes(survives));
            return;
        };
        into.insert(path.to_owned(), None);
        if !above.insert(at) {
            return;
        }
        let mut names = synced.clone();
        // In their order, or any of them.
        let first = match survives {
            Survives::Some(chance) => match chance.below(2) {
                0 => chance.below(changes.len() + 1),
                _ => usize::MAX,
            },
            _ => usize::MAX,
        };
        for (nth, change) in changes.iter().enumerate() {
            let kept = match survives {
                Survives::Nothing => false,
                Survives::Everything => true,
                Survives::Some(_) if first != usize::MAX => nth < first,
                Survives::Some(chance) => chance.keeps(),
            };
            if kept {
                apply(&mut names, change);
            }
        }
        for (name, node) in names {
            self.collect(node, &path.join(name), survives, into, above);
        }
        above.remove(&at);
    }
}

impl Node {
    fn sync(&mut self) {
        match self {
            Self::Folder { synced, now, changes } => {
                synced.clone_from(now);
                changes.clear();
            }
            Self::File { synced, changes } => {
                for (_, kept) in changes.iter_mut().filter(|(_, kept)| *kept == Kept::NotYet) {
                    *kept = Kept::Synced;
                }
                // What is doubtful stays so, and what came after it stands in its order.
                if changes.iter().all(|(_, kept)| *kept == Kept::Synced) {
                    changes.drain(..).for_each(|(change, _)| change.made(synced));
                }
            }
        }
    }

    fn doubt(&mut self) {
        if let Self::File { changes, .. } = self {
            for (_, kept) in changes.iter_mut().filter(|(_, kept)| *kept == Kept::NotYet) {
                *kept = Kept::Doubtful;
            }
        }
    }

    fn bytes(&self, survives: &mut Survives) -> Option<Vec<u8>> {
        let Self::File { synced, changes } = self else { return None };
        let mut bytes = synced.clone();
        for (change, kept) in changes {
            match survives {
                _ if *kept == Kept::Synced => change.made(&mut bytes),
                Survives::Nothing => {}
                Survives::Everything => change.made(&mut bytes),
                Survives::Some(chance) => change.perhaps_made(&mut bytes, chance),
            }
        }
        Some(bytes)
    }
}

impl Change {
    fn made(&self, to: &mut Vec<u8>) {
        match self {
            Self::Write { at, bytes } => write(to, *at, bytes),
            Self::Cut(length) => to.resize(*length, 0),
        }
    }

    /// Made, not made, or in part.
    fn perhaps_made(&self, to: &mut Vec<u8>, chance: &mut Chance) {
        let (at, bytes) = match self {
            Self::Write { at, bytes } if chance.once_in(3) => (*at, bytes),
            _ if chance.keeps() => return self.made(to),
            // The file has grown, and what it grew by has not arrived.
            Self::Write { at, bytes } if chance.once_in(4) => {
                return to.resize(to.len().max(at + bytes.len()), 0);
            }
            _ => return,
        };
        let mut begin = at;
        while begin < at + bytes.len() {
            let end = ((begin / SECTOR + 1) * SECTOR).min(at + bytes.len());
            if chance.keeps() {
                write(to, begin, &bytes[begin - at..end - at]);
            }
            begin = end;
        }
    }
}

fn write(to: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    to.resize(to.len().max(at + bytes.len()), 0);
    to[at..at + bytes.len()].copy_from_slice(bytes);
}

fn apply(names: &mut Names, change: &[(String, Option<usize>)]) {
    for (name, node) in change {
        match node {
            Some(node) => drop(names.insert(name.clone(), *node)),
            None => drop(names.remove(name)),
        }
    }
}

fn folder() -> Node {
    Node::Folder { synced: Names::new(), now: Names::new(), changes: Vec::new() }
}

/// Puts a state into a folder, in place of whatever is there.
pub(super) fn lay_out(state: &State, folder: &Path) {
    let _ = fs::remove_dir_all(folder);
    for (path, bytes) in state {
        let path = folder.join(path);
        match bytes {
            Some(bytes) => fs::write(path, bytes).unwrap(),
            None => fs::create_dir_all(path).unwrap(),
        }
    }
}

mod tests {
    use super::*;

    fn done(ops: Vec<Op>) -> Disk {
        let folder = tempfile::tempdir().unwrap();
        let mut disk = Disk::of(folder.path());
        disk.root = "/d".into();
        for op in ops {
            disk.apply(&op);
        }
        disk
    }

    fn opened(file: u32, path: &str) -> Op {
        Op::Open { file, path: path.into(), emptied: false }
    }

    fn written(file: u32, at: usize, bytes: &[u8]) -> Op {
        Op::Write { file, at, bytes: bytes.into() }
    }

    fn shown(disk: &Disk, survives: Survives) -> Vec<(String, Option<Vec<u8>>)> {
        let state = disk.state(survives).into_iter();
        state.filter(|(path, _)| path != Path::new("")).map(|(p, b)| (p.display().to_string(), b)).collect()
    }

    #[test]
    fn a_name_is_there_once_its_folder_was_synced_and_bytes_once_their_file_was() {
        let mut ops = vec![opened(1, "/d/a.tmp"), written(1, 0, b"xy"), Op::Sync { file: 1 }];
        ops.push(Op::Rename { from: "/d/a.tmp".into(), to: "/d/a".into() });
        let disk = done(ops.clone());
        assert_eq!(shown(&disk, Survives::Nothing), []);
        assert_eq!(shown(&disk, Survives::Everything), [("a".into(), Some(b"xy".to_vec()))]);
        ops.extend([opened(2, "/d"), Op::Sync { file: 2 }, written(1, 1, b"z")]);
        let disk = done(ops);
        assert_eq!(shown(&disk, Survives::Nothing), [("a".into(), Some(b"xy".to_vec()))]);
        assert_eq!(shown(&disk, Survives::Everything), [("a".into(), Some(b"xz".to_vec()))]);
    }

    #[test]
    fn what_a_failed_sync_dropped_is_not_brought_back_by_a_later_one() {
        let mut ops = vec![opened(1, "/d/a"), opened(2, "/d"), Op::Sync { file: 2 }];
        ops.extend([written(1, 0, b"lost"), Op::SyncFailed { file: 1 }, written(1, 4, b"kept")]);
        ops.push(Op::Sync { file: 1 });
        let bytes = |survives| shown(&done(ops.clone()), survives).remove(0).1.unwrap();
        assert_eq!(bytes(Survives::Nothing), b"\0\0\0\0kept");
        assert_eq!(bytes(Survives::Everything), b"lostkept");
    }

    #[test]
    fn a_part_of_what_was_not_synced_may_be_there_in_sectors() {
        let ops = vec![opened(1, "/d/a"), opened(2, "/d"), Op::Sync { file: 2 }, written(1, 100, &[7; 2000])];
        let disk = done(ops);
        let lengths: BTreeSet<_> = (0..200)
            .map(|seed| {
                let bytes = shown(&disk, Survives::Some(Chance::new(seed))).remove(0).1.unwrap();
                bytes.iter().filter(|byte| **byte == 7).count()
            })
            .collect();
        let sectors = [412, 512, 512, 512, 52];
        for length in &lengths {
            let possible = (0..32).any(|set| {
                let chosen = sectors.iter().enumerate().filter(|(n, _)| set >> n & 1 == 1);
                chosen.map(|(_, length)| length).sum::<usize>() == *length
            });
            assert!(possible, "{length}");
        }
        assert!(lengths.contains(&0) && lengths.contains(&2000) && lengths.len() > 10, "{lengths:?}");
    }
}
