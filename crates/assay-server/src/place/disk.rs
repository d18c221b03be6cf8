//! A folder. Names become durable when the folder they stand in is synced, and a new folder when the one above it is: that
//! is done before a call returns.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::PlaceError;
use crate::folder::{Secrecy, clear, read_if_there, replace, replace_all, sync_folder};

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Disk {
    root: Arc<Path>,
    /// Whether files may lie there whose names are not durable: whoever put them there was killed, or could not sync.
    in_doubt: Arc<AtomicBool>,
}

impl Disk {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root: root.into(), in_doubt: Arc::new(AtomicBool::new(true)) }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Where files are written before they are put in place.
    fn aside(&self) -> PathBuf {
        self.root.join("new")
    }

    pub(super) fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        read_if_there(&self.path(name))
    }

    pub(super) async fn read_aside(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match tokio::fs::read(self.path(name)).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }

    pub(super) fn keep(&self, files: Vec<(String, Vec<u8>)>) -> Result<(), PlaceError> {
        let (mut missing, mut touched) = (Vec::new(), BTreeSet::new());
        // Until a checkpoint was put in place over it, what this leaves is in doubt.
        let in_doubt = self.in_doubt.swap(true, Ordering::SeqCst);
        for (name, bytes) in files {
            let path = self.path(&name);
            if in_doubt {
                touched.extend(self.folders_of(&path).map(Path::to_owned));
            }
            match read_if_there(&path).map_err(|e| PlaceError::Io(path.clone(), e))? {
                Some(there) if there == bytes => {}
                Some(_) => return Err(PlaceError::Changed(path)),
                None => missing.push((path, bytes)),
            }
        }
        self.make_folders(&missing, &mut touched)?;
        replace_all(&self.aside(), &missing).map_err(|(path, e)| PlaceError::Io(path, e))?;
        // A crash here: the files are there, and a power cut may take them away again. Nobody was told of them.
        for folder in touched {
            sync_folder(&folder).map_err(|e| PlaceError::Io(folder, e))?;
        }
        Ok(())
    }

    pub(super) fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), PlaceError> {
        let path = self.path(name);
        let folder = path.parent().unwrap_or(&self.root);
        let write = || {
            fs::create_dir_all(folder)?;
            replace(&path, bytes, Secrecy::Open)?;
            sync_folder(folder)
        };
        write().map_err(|e| PlaceError::Io(path.clone(), e))?;
        self.in_doubt.store(false, Ordering::SeqCst);
        Ok(())
    }

    pub(super) fn remove_all(&self, folder: &str) -> io::Result<()> {
        clear(&self.path(folder))
    }

    pub(super) fn clear(&self) -> Result<(), PlaceError> {
        clear(&self.aside()).map_err(|e| PlaceError::Io(self.aside(), e))
    }

    pub(super) fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let (mut folders, mut names) = (vec![self.path(folder)], Vec::new());
        while let Some(folder) = folders.pop() {
            let listing = match fs::read_dir(&folder) {
                Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
                listing => listing?,
            };
            for item in listing {
                let path = item?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(name) = path.strip_prefix(&self.root) {
                    // A name that is no text is shown as near to it as it comes, and is no file of the log.
                    names.push(name.to_string_lossy().into_owned());
                }
            }
        }
        Ok(names)
    }

    /// Makes the folders that files lie in, and notes those whose names must be made durable.
    fn make_folders(
        &self,
        files: &[(PathBuf, Vec<u8>)],
        touched: &mut BTreeSet<PathBuf>,
    ) -> Result<(), PlaceError> {
        let mut last = None;
        for (file, _) in files {
            let folder = file.parent().unwrap_or(&self.root);
            if last == Some(folder) {
                continue;
            }
            last = Some(folder);
            if folder.is_dir() {
                touched.insert(folder.to_owned());
                continue;
            }
            fs::create_dir_all(folder).map_err(|e| PlaceError::Io(file.clone(), e))?;
            // Folders above may be new as well, and a name is durable only when the folder it stands in is.
            touched.extend(self.folders_of(file).map(Path::to_owned));
        }
        Ok(())
    }

    /// The public folders that a file lies in, from the innermost.
    fn folders_of<'a>(&self, file: &'a Path) -> impl Iterator<Item = &'a Path> {
        file.ancestors().skip(1).take_while(|above| above.starts_with(&self.root))
    }
}
