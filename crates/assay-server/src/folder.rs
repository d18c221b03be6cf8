//! The data folder: where its files are, who has it open, and how a file is written so that a power cut leaves the old one
//! or the new one and never a half. What stands in the files is other modules' business.
//!
//! ```text
//! DATA/lock            held while a process has the folder open
//! DATA/log.key         signs checkpoints        (secret)
//! DATA/register.key    signs statements, labels and snapshots (secret)
//! DATA/authority       the public keys of the authority, if the register was given any
//! DATA/origin          the log's name; written last, so that it says: this register has begun
//! DATA/node            this node's name among several on one database
//! DATA/assay.db        the log (SQLite), unless another database was named
//! DATA/public/         what any web server may serve: trust.txt and log/
//! ```

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A data folder, which this process has to itself until the last copy is dropped, unless it was opened only to be read.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    _lock: Option<File>,
}

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// It cannot be made or written.
    #[error(
        "the data folder {path} cannot be used: {source}; give one with --data that this user may write to, on a disk that has room"
    )]
    Unusable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another process has it.
    #[error(
        "the data folder {path} is in use by another process: stop that one first, or give another folder"
    )]
    InUse {
        /// The folder.
        path: PathBuf,
    },
}

impl Folder {
    /// Makes the folder if it is missing, and takes the lock.
    pub(crate) fn open(root: &Path) -> Result<Self, FolderError> {
        let unusable = |source| FolderError::Unusable { path: root.to_owned(), source };
        make_folder(root).map_err(unusable)?;
        // Absolute, so that a later change of the working directory does not move the register.
        let root = root.canonicalize().map_err(unusable)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(root.join("lock"))
            .map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { root, _lock: Some(lock) }),
            Err(TryLockError::WouldBlock) => Err(FolderError::InUse { path: root }),
            Err(TryLockError::Error(source)) => Err(unusable(source)),
        }
    }

    /// A folder that is read beside whoever has it open.
    pub(crate) fn beside(root: &Path) -> Result<Self, FolderError> {
        let root =
            root.canonicalize().map_err(|source| FolderError::Unusable { path: root.to_owned(), source })?;
        Ok(Self { root, _lock: None })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn log_key(&self) -> PathBuf {
        self.root.join("log.key")
    }

    pub(crate) fn register_key(&self) -> PathBuf {
        self.root.join("register.key")
    }

    pub(crate) fn authority(&self) -> PathBuf {
        self.root.join("authority")
    }

    pub(crate) fn origin(&self) -> PathBuf {
        self.root.join("origin")
    }

    pub(crate) fn node(&self) -> PathBuf {
        self.root.join("node")
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.root.join("assay.db")
    }

    pub(crate) fn public(&self) -> PathBuf {
        self.root.join("public")
    }
}

/// Whether others may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Secrecy {
    /// As the system's settings say.
    Open,
    /// Its owner alone (mode 0600).
    Secret,
}

/// Puts a file in place of whatever stands there: written beside it, synced, renamed. A crash before the rename leaves the
/// old file and perhaps `NAME.tmp`, which the next write removes; a crash after it leaves the new file, or the old one
/// while the folder is not synced: that is the caller's to do, once for many files (see [`sync_folder`]).
pub(crate) fn replace(path: &Path, bytes: &[u8], secrecy: Secrecy) -> io::Result<()> {
    let temporary = temporary(path);
    let write = || {
        write_new(&temporary, bytes, secrecy)?.sync_all()?;
        fs::rename(&temporary, path)
    };
    // On a full disk the half-written file would keep what little room there is.
    write().inspect_err(|_| drop(fs::remove_file(&temporary)))
}

/// The same for many files that anybody may read, which are written into `aside` (a folder of the same file system) and
/// synced together. A crash leaves what it leaves there, where nobody looks: [`clear`] it before the first.
///
/// # Errors
/// The file that could not be written. Others may have been put in place; none of them is half.
pub(crate) fn replace_all(aside: &Path, files: &[(PathBuf, Vec<u8>)]) -> Result<(), (PathBuf, io::Error)> {
    let temporaries: Vec<_> = (0..files.len()).map(|n| aside.join(n.to_string())).collect();
    let write = || {
        fs::create_dir_all(aside).map_err(|e| (aside.to_owned(), e))?;
        let mut written = Vec::with_capacity(files.len());
        for ((path, bytes), temporary) in files.iter().zip(&temporaries) {
            written.push(write_new(temporary, bytes, Secrecy::Open).map_err(|e| (path.clone(), e))?);
        }
        sync_all(&written).map_err(|(at, e)| (files[at].0.clone(), e))?;
        for ((path, _), temporary) in files.iter().zip(&temporaries) {
            fs::rename(temporary, path).map_err(|e| (path.clone(), e))?;
        }
        Ok(())
    };
    write().inspect_err(|_| temporaries.iter().for_each(|temporary| drop(fs::remove_file(temporary))))
}

/// Removes what a crash left behind in the folder of [`replace_all`].
pub(crate) fn clear(aside: &Path) -> io::Result<()> {
    match fs::remove_dir_all(aside) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

/// From this many files on, syncing the file system costs less than syncing each.
#[cfg(target_os = "linux")]
const MANY: usize = 16;

/// Makes the bytes of files durable; where it fails, the place of a file that is not.
fn sync_all(files: &[File]) -> Result<(), (usize, io::Error)> {
    #[cfg(target_os = "linux")]
    if let Some(first) = files.first()
        && files.len() >= MANY
    {
        return rustix::fs::syncfs(first).map_err(|e| (0, e.into()));
    }
    for (at, file) in files.iter().enumerate() {
        file.sync_all().map_err(|e| (at, e))?;
    }
    Ok(())
}

fn temporary(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".tmp");
    path.with_file_name(name)
}

/// A file that was not there, with these bytes, not synced.
fn write_new(path: &Path, bytes: &[u8], secrecy: Secrecy) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if secrecy == Secrecy::Secret {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    #[cfg(not(unix))]
    let _ = secrecy;
    let mut file = match options.open(path) {
        // What a crash left behind may have another mode, so it is not written into.
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
            fs::remove_file(path)?;
            options.open(path)?
        }
        opened => opened?,
    };
    file.write_all(bytes)?;
    Ok(file)
}

/// Makes a folder and those above it that are missing, and all their names durable: what is synced within a folder is lost
/// in a power cut with the folder's own name. A crash half-way leaves a name that the next start makes durable.
fn make_folder(path: &Path) -> io::Result<()> {
    // Above a name alone stands nothing, which is not the same as something missing.
    let named = path.ancestors().take_while(|above| !above.as_os_str().is_empty());
    let missing: Vec<_> = named.take_while(|above| !above.exists()).collect();
    fs::create_dir_all(path)?;
    for folder in missing.iter().copied().chain([path]) {
        let parent = folder.canonicalize()?.parent().map_or(Ok(()), sync_folder);
        match parent {
            // Somebody else made the folder there, and saw to it.
            Err(e) if missing.is_empty() && e.kind() == io::ErrorKind::PermissionDenied => {}
            done => done?,
        }
    }
    Ok(())
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    // Only Unix lets a folder be opened and synced; elsewhere the rename is all there is.
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}

/// A file's bytes; none where there is no file.
pub(crate) fn read_if_there(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_open_in_one_place_at_a_time() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("deep/data");
        let first = Folder::open(&path).unwrap();
        let second = Folder::open(&path).unwrap_err();
        assert!(matches!(second, FolderError::InUse { .. }), "{second}");
        drop(first);
        assert!(Folder::open(&path).is_ok());
    }

    #[test]
    fn a_folder_may_be_named_from_where_one_stands() {
        let name = format!("folder-of-a-test-{}", std::process::id());
        let opened =
            Folder::open(Path::new(&name).join("data").as_path()).map(|folder| folder.root().to_owned());
        let again = Folder::open(Path::new(&name)).map(|folder| folder.root().join("data"));
        fs::remove_dir_all(&name).unwrap();
        assert_eq!(opened.unwrap(), again.unwrap());
        let bare = Folder::open(Path::new(&name)).map(|folder| folder.root().ends_with(&name));
        fs::remove_dir_all(&name).unwrap();
        assert!(bare.unwrap());
    }

    #[test]
    fn a_file_where_the_folder_should_be_is_named() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("taken");
        fs::write(&path, "x").unwrap();
        let said = Folder::open(&path).unwrap_err().to_string();
        assert!(said.contains("taken") && said.contains("--data"), "{said}");
    }

    #[test]
    fn replacing_leaves_the_new_bytes_and_no_scrap() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        for text in ["first", "second, longer", "3"] {
            replace(&path, text.as_bytes(), Secrecy::Open).unwrap();
            assert_eq!(read_if_there(&path).unwrap().as_deref(), Some(text.as_bytes()));
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert_eq!(read_if_there(&folder.path().join("none")).unwrap(), None);
    }

    #[test]
    fn many_files_are_put_in_place_together_and_a_failure_names_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let aside = folder.path().join("aside");
        for count in [0, 1, 3, 40] {
            let files: Vec<_> =
                (0..count).map(|n: u8| (folder.path().join(format!("{n}")), vec![n; 9])).collect();
            replace_all(&aside, &files).unwrap();
            for (path, bytes) in &files {
                assert_eq!(read_if_there(path).unwrap().as_ref(), Some(bytes));
            }
            assert_eq!(fs::read_dir(&aside).unwrap().count(), 0);
        }
        let (good, bad) = (folder.path().join("good"), folder.path().join("no/such/folder"));
        let (path, _) = replace_all(&aside, &[(good.clone(), vec![1]), (bad.clone(), vec![2])]).unwrap_err();
        assert_eq!((path, read_if_there(&good).unwrap()), (bad, Some(vec![1])));
        assert_eq!(fs::read_dir(&aside).unwrap().count(), 0, "no scrap is left");
        fs::write(aside.join("7"), "what a crash left").unwrap();
        clear(&aside).unwrap();
        clear(&aside).unwrap();
        assert!(!aside.exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_secret_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        replace(&path, b"secret", Secrecy::Secret).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
