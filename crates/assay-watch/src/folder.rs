//! A folder that one process has to itself, and files that a power cut leaves old or new and never half.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Why watching could not be done at all. What was kept before is still there.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// The command, the policy or the state folder is not right.
    #[error("{0}")]
    Usage(String),
    /// The network or the machine did not allow it.
    #[error("{0}")]
    Impossible(String),
    /// Somebody asked to stop. The next run goes on where this one was.
    #[error("stopped: the next run goes on from here")]
    Stopped,
}

impl WatchError {
    pub(crate) fn file(path: &Path, error: &io::Error) -> Self {
        Self::Impossible(format!(
            "{}: {error}; make room, or give a folder that this user may write to",
            path.display()
        ))
    }
}

/// A folder with its lock, held until it is dropped.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    _lock: File,
}

impl Folder {
    /// Makes the folder if it is missing and takes it.
    pub(crate) fn open(root: &Path) -> Result<Self, WatchError> {
        let failed = |error: io::Error| WatchError::file(root, &error);
        fs::create_dir_all(root).map_err(failed)?;
        let path = root.join("lock");
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { root: root.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(WatchError::Usage(format!(
                "{} is in use by another process: stop that one first, or give another folder",
                root.display()
            ))),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.root
    }

    /// A file's bytes, at most `most`; none where there is no file.
    pub(crate) fn read(&self, name: &str, most: u64) -> Result<Option<Vec<u8>>, WatchError> {
        read(&self.root.join(name), most)
    }

    /// Makes a folder, with those it stands in, whose names are durable when this returns: also those that were there
    /// already, since who made them may have been cut off before.
    pub(crate) fn make(&self, name: &str) -> Result<(), WatchError> {
        let path = self.root.join(name);
        let make = || {
            fs::create_dir_all(&path)?;
            path.ancestors().filter(|f| f.is_dir()).take(6).try_for_each(sync)
        };
        make().map_err(|error| WatchError::file(&path, &error))
    }

    /// Puts a file in place, durably, with its folders.
    pub(crate) fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), WatchError> {
        let path = self.root.join(name);
        replace(&path, bytes).map_err(|error| WatchError::file(&path, &error))
    }
}

/// Bytes of a file of ours, at most `most`.
pub(crate) fn read(path: &Path, most: u64) -> Result<Option<Vec<u8>>, WatchError> {
    let length = match fs::metadata(path) {
        Ok(about) => about.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(WatchError::file(path, &error)),
    };
    if length > most {
        return Err(WatchError::Usage(format!(
            "{} has {length} bytes, and at most {most} were written there: it is damaged",
            path.display()
        )));
    }
    fs::read(path).map(Some).map_err(|error| WatchError::file(path, &error))
}

/// Written beside its place, synced, renamed, and the folders synced.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let made = !folder.is_dir();
    fs::create_dir_all(folder)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".tmp");
    let beside = path.with_file_name(name);
    let write = || {
        let mut file = File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    };
    write().inspect_err(|_| drop(fs::remove_file(&beside)))?;
    sync(folder)?;
    // A name is durable only when the folder it stands in is: new folders may be up to five deep.
    if made { folder.ancestors().skip(1).take(5).filter(|f| f.is_dir()).try_for_each(sync) } else { Ok(()) }
}

/// Makes the names in a folder durable, where the system knows how.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_process_has_the_folder() {
        let parent = tempfile::tempdir().unwrap();
        let first = Folder::open(&parent.path().join("state")).unwrap();
        let said = Folder::open(first.path()).unwrap_err().to_string();
        assert!(said.contains("in use"), "{said}");
        first.replace("deep/er/file", b"1").unwrap();
        first.replace("deep/er/file", b"22").unwrap();
        assert_eq!(first.read("deep/er/file", 9).unwrap().as_deref(), Some(b"22".as_slice()));
        assert!(first.read("deep/er/file", 1).unwrap_err().to_string().contains("damaged"));
        assert_eq!(first.read("none", 9).unwrap(), None);
        assert_eq!(fs::read_dir(first.path().join("deep/er")).unwrap().count(), 1, "no scrap");
    }
}
