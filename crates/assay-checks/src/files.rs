//! How a check reaches files without opening any: a trait that the edge implements over a real folder, and one
//! implementation in memory. Links inside an unpacked device are followed here, purely by their targets, so that an
//! absolute target means inside that device and nothing ever leads out of the evidence.

mod memory;

use std::io::{self, Read};

use sha2::{Digest, Sha256};

pub use memory::MemoryFiles;

/// Longest chain of links that is followed.
const MOST_LINKS: usize = 40;
/// Most parts a path may grow to while links are followed.
const MOST_PARTS: usize = 4096;

/// Why a file could not be looked at. Each reads as the end of a sentence that begins with the path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileProblem {
    /// Nothing stands there.
    #[error("is not there: put it into the case folder, or correct the path in product.toml")]
    Missing,
    /// More bytes or entries than asked for.
    #[error("is larger than this check reads")]
    TooLarge,
    /// It stands there, but cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// A folder where a file was expected, a file where a folder was, a link that leads out, a device node.
    #[error("is not the kind of thing that was expected there")]
    NotAFile,
}

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// A plain file.
    File {
        /// Its length in bytes.
        size: u64,
    },
    /// A folder.
    Folder,
    /// A symbolic link, not followed.
    Link {
        /// Where it points, as written in the link; `None` where that is no UTF-8.
        target: Option<String>,
    },
    /// A device node, pipe or socket: never opened.
    Other,
}

/// One entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Its path from the case folder, with forward slashes. A name that is no UTF-8 stands here with its bad parts
    /// replaced; reading it then answers [`FileProblem::Missing`].
    pub path: String,
    /// What it is.
    pub kind: EntryKind,
}

/// The files of a case folder. Paths are relative to it, with forward slashes; the empty path is the folder itself.
///
/// What an implementation promises: a path with `..` in it is [`FileProblem::Missing`]; nothing outside the folder is
/// ever opened, whatever links say ([`FileProblem::NotAFile`]); device nodes, pipes and sockets are never opened.
pub trait Files {
    /// What stands at the path; a link in its last part is not followed.
    ///
    /// # Errors
    /// [`FileProblem::Missing`] or [`FileProblem::Unreadable`].
    fn kind(&self, path: &str) -> Result<EntryKind, FileProblem>;

    /// The entries of a folder, in any order.
    ///
    /// # Errors
    /// [`FileProblem::TooLarge`] where it has more than `most` entries, [`FileProblem::NotAFile`] where it is no folder.
    fn list(&self, dir: &str, most: usize) -> Result<Vec<Entry>, FileProblem>;

    /// Opens a file for reading from its beginning. A link may be followed where it stays inside the case folder.
    ///
    /// # Errors
    /// Why not.
    fn open(&self, path: &str) -> Result<Box<dyn Read + '_>, FileProblem>;

    /// The bytes of a file, if it has at most `most`.
    ///
    /// # Errors
    /// Why not; [`FileProblem::TooLarge`] where it is longer.
    fn read(&self, path: &str, most: u64) -> Result<Vec<u8>, FileProblem> {
        let mut bytes = Vec::new();
        let read = self.open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(|e| FileProblem::Unreadable(e.to_string()))?;
        if bytes.len() as u64 > most { Err(FileProblem::TooLarge) } else { Ok(bytes) }
    }

    /// Whether anything stands at the path.
    fn exists(&self, path: &str) -> bool {
        self.kind(path).is_ok()
    }
}

/// `folder/name`, or `name` in the case folder itself.
#[must_use]
pub fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Follows every link on the way to `inside`, a path within the unpacked device `root`, as the device itself would:
/// an absolute target begins at `root` again, and `..` at `root` stays there. Returns the path from the case folder.
///
/// # Errors
/// [`FileProblem::Missing`] where the way ends in nothing.
pub fn resolve(files: &dyn Files, root: &str, inside: &str) -> Result<String, FileProblem> {
    let mut ahead: Vec<String> = inside.split('/').rev().map(str::to_owned).collect();
    let mut behind: Vec<String> = Vec::new();
    let mut links = 0;
    while let Some(part) = ahead.pop() {
        match part.as_str() {
            "" | "." => continue,
            ".." => {
                behind.pop();
                continue;
            }
            _ => behind.push(part),
        }
        let EntryKind::Link { target } = files.kind(&join(root, &behind.join("/")))? else { continue };
        let target = target.ok_or_else(|| FileProblem::Unreadable("a link's target is no text".into()))?;
        links += 1;
        if links > MOST_LINKS || ahead.len() + target.matches('/').count() > MOST_PARTS {
            return Err(FileProblem::Unreadable("its links lead round in a circle".into()));
        }
        behind.pop();
        if target.starts_with('/') {
            behind.clear();
        }
        ahead.extend(target.split('/').rev().map(str::to_owned));
    }
    if behind.is_empty() { Ok(root.to_owned()) } else { Ok(join(root, &behind.join("/"))) }
}

/// The SHA-256 of some bytes, as 64 lower-case hex digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Reads at most so many bytes and hashes what passes; one byte more is an error, so that nobody takes the beginning of
/// a file for the whole of it.
pub(crate) struct Hashing<R> {
    inner: R,
    left: u64,
    hasher: Sha256,
}

impl<R: Read> Hashing<R> {
    pub(crate) fn new(inner: R, most: u64) -> Self {
        Self { inner, left: most, hasher: Sha256::new() }
    }

    /// The digest of everything read so far.
    pub(crate) fn digest(self) -> String {
        hex(&self.hasher.finalize())
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left =
            self.left.checked_sub(read as u64).ok_or_else(|| io::Error::from(io::ErrorKind::FileTooLarge))?;
        self.hasher.update(&buffer[..read]);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device() -> MemoryFiles {
        MemoryFiles::new()
            .with("evidence/fs/var/etc/passwd", *b"root:*:0:0::/:/bin/sh\n")
            .with("etc/passwd", *b"the host's own")
            .with_link("evidence/fs/etc", "/var/etc")
            .with_link("evidence/fs/up", "../../../../../etc/passwd")
            .with_link("evidence/fs/round", "round")
            .with_link("evidence/fs/tmp", "/nowhere")
    }

    #[test]
    fn an_absolute_link_means_inside_the_device() {
        let found = resolve(&device(), "evidence/fs", "etc/passwd");
        assert_eq!(found.as_deref(), Ok("evidence/fs/var/etc/passwd"));
    }

    #[test]
    fn a_link_that_climbs_stays_inside_the_device() {
        let found = resolve(&device(), "evidence/fs", "up");
        assert_eq!(found.as_deref(), Ok("evidence/fs/var/etc/passwd"));
    }

    #[test]
    fn circles_and_loose_ends_are_told() {
        assert!(matches!(resolve(&device(), "evidence/fs", "round"), Err(FileProblem::Unreadable(_))));
        assert_eq!(resolve(&device(), "evidence/fs", "tmp/passwd"), Err(FileProblem::Missing));
    }

    #[test]
    fn the_hashing_reader_refuses_one_byte_too_many() {
        let mut all = Vec::new();
        let mut reader = Hashing::new(&b"abc"[..], 3);
        reader.read_to_end(&mut all).unwrap();
        assert_eq!(reader.digest(), sha256(b"abc"));
        assert!(Hashing::new(&b"abcd"[..], 3).read_to_end(&mut all).is_err());
    }
}
