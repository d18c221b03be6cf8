//! Files that stand in memory: for tests, and for the bundled example cases. Folders are implied by the paths in them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use super::{Entry, EntryKind, FileProblem, Files, join, resolve};

/// A case folder in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryFiles {
    nodes: BTreeMap<String, Node>,
}

#[derive(Clone, Debug)]
enum Node {
    File(Cow<'static, [u8]>),
    Folder,
    Link(String),
    Broken(FileProblem),
}

impl MemoryFiles {
    /// An empty folder.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with one more file.
    #[must_use]
    pub fn with(mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.nodes.insert(path.to_owned(), Node::File(Cow::Owned(bytes.into())));
        self
    }

    /// The same with one more file that is compiled into the program.
    #[must_use]
    pub fn with_static(mut self, path: &str, bytes: &'static [u8]) -> Self {
        self.nodes.insert(path.to_owned(), Node::File(Cow::Borrowed(bytes)));
        self
    }

    /// The same with one more folder, which may stay empty.
    #[must_use]
    pub fn with_folder(mut self, path: &str) -> Self {
        self.nodes.insert(path.to_owned(), Node::Folder);
        self
    }

    /// The same with one more symbolic link.
    #[must_use]
    pub fn with_link(mut self, path: &str, target: &str) -> Self {
        self.nodes.insert(path.to_owned(), Node::Link(target.to_owned()));
        self
    }

    /// The same with one more file that stands there but answers with a problem when opened.
    #[must_use]
    pub fn with_broken(mut self, path: &str, problem: FileProblem) -> Self {
        self.nodes.insert(path.to_owned(), Node::Broken(problem));
        self
    }

    fn below<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a String, &'a Node)> {
        self.nodes.range(prefix.to_owned()..).take_while(move |(path, _)| path.starts_with(prefix))
    }
}

impl Files for MemoryFiles {
    fn kind(&self, path: &str) -> Result<EntryKind, FileProblem> {
        match self.nodes.get(path) {
            Some(Node::File(bytes)) => Ok(EntryKind::File { size: bytes.len() as u64 }),
            Some(Node::Folder) => Ok(EntryKind::Folder),
            Some(Node::Link(target)) => Ok(EntryKind::Link { target: Some(target.clone()) }),
            Some(Node::Broken(_)) => Ok(EntryKind::File { size: 0 }),
            None if path.is_empty() || self.below(&format!("{path}/")).next().is_some() => {
                Ok(EntryKind::Folder)
            }
            None => Err(FileProblem::Missing),
        }
    }

    fn list(&self, dir: &str, most: usize) -> Result<Vec<Entry>, FileProblem> {
        if self.kind(dir)? != EntryKind::Folder {
            return Err(FileProblem::NotAFile);
        }
        let prefix = if dir.is_empty() { String::new() } else { format!("{dir}/") };
        let mut names = BTreeSet::new();
        for (path, _) in self.below(&prefix) {
            names.insert(path[prefix.len()..].split('/').next().unwrap_or_default());
            if names.len() > most {
                return Err(FileProblem::TooLarge);
            }
        }
        let entry = |name: &str| {
            let path = join(dir, name);
            Ok(Entry { kind: self.kind(&path)?, path })
        };
        names.into_iter().map(entry).collect()
    }

    fn open(&self, path: &str) -> Result<Box<dyn Read + '_>, FileProblem> {
        if path.split('/').any(|part| part == "..") {
            return Err(FileProblem::Missing);
        }
        match self.nodes.get(&resolve(self, "", path)?) {
            Some(Node::File(bytes)) => Ok(Box::new(&bytes[..])),
            Some(Node::Broken(problem)) => Err(problem.clone()),
            _ => Err(FileProblem::NotAFile),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_implied_and_listed_once() {
        let files = MemoryFiles::new()
            .with("a/b/c", *b"1")
            .with("a/b/d", *b"2")
            .with("a/b.x", *b"3")
            .with_folder("a/e");
        let names: Vec<String> = files.list("a", 10).unwrap().into_iter().map(|e| e.path).collect();
        assert_eq!(names, ["a/b", "a/b.x", "a/e"]);
        assert_eq!(files.list("a", 2), Err(FileProblem::TooLarge));
        assert_eq!(files.list("a/b/c", 2), Err(FileProblem::NotAFile));
        assert_eq!(files.read("a/b/c", 1), Ok(b"1".to_vec()));
        assert_eq!(files.read("a/b/c", 0), Err(FileProblem::TooLarge));
        assert_eq!(files.read("a/b", 9), Err(FileProblem::NotAFile));
        assert_eq!(files.read("a/x", 9), Err(FileProblem::Missing));
        assert!(files.exists("a/b") && !files.exists("b"));
    }
}
