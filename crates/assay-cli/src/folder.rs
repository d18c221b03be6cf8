//! A case on disk: the folder with `product.toml` and `evidence/`, opened for the pure checks. Nothing outside the folder is
//! ever opened, whatever its links say, and nothing but plain files is opened at all: an unpacked device has device nodes.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use assay::case::{self, Case, Place, Problem};
use assay_checks::{Entry, EntryKind, FileProblem, Files};

use crate::exit::Failure;

/// The name of the case file.
pub(crate) const CASE_FILE: &str = "product.toml";

/// A folder's files, for checks.
pub(crate) struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Takes the folder at a path.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let root = path.canonicalize().map_err(|e| Failure::reading(path, &e))?;
        if root.is_dir() {
            Ok(Self { root })
        } else {
            Err(Failure::unreadable(format!("{} is not a folder", path.display())))
        }
    }

    /// The path on disk: its folder's links followed, its own last part not. Refuses whatever leads out.
    fn place(&self, path: &str) -> Result<PathBuf, FileProblem> {
        if path.split('/').any(|part| part == "..") || path.starts_with('/') || path.contains('\0') {
            return Err(FileProblem::Missing);
        }
        if path.is_empty() {
            return Ok(self.root.clone());
        }
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let folder = self.root.join(folder).canonicalize().map_err(|e| problem(&e))?;
        self.inside(folder).map(|f| f.join(name))
    }

    /// Whether a file or folder of the case stands at a path, and opens.
    fn opens(&self, path: &str) -> Result<(), FileProblem> {
        let place = self.place(path)?.canonicalize().map_err(|e| problem(&e))?;
        if fs::metadata(self.inside(place.clone())?).map_err(|e| problem(&e))?.is_dir() {
            return fs::read_dir(&place).map(drop).map_err(|e| problem(&e));
        }
        Files::open(self, path).map(drop)
    }

    /// What is wrong with evidence that a file names at a place: nothing, or a problem of that file.
    pub(crate) fn missing(&self, path: &str, file: &str, at: Place) -> Option<Problem> {
        let (message, mend) = match self.opens(path) {
            Ok(()) => return None,
            Err(FileProblem::Missing) => (
                format!("the evidence `{path}` is not there"),
                "put the file into the case folder, or correct the path",
            ),
            Err(FileProblem::Unreadable(why)) => {
                (format!("the evidence `{path}` cannot be read: {why}"), "mend its permissions")
            }
            Err(_) => (
                format!("the evidence `{path}` is no file or folder of this case"),
                "put the file itself into the case folder, or correct the path",
            ),
        };
        Some(Problem { file: file.to_owned(), at, message, mend: mend.into() })
    }

    /// A file beside the case file, where there is one.
    pub(crate) fn beside(&self, file: &str, most: usize) -> Result<Option<Vec<u8>>, Failure> {
        match self.read(file, most as u64) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(FileProblem::Missing) if self.kind(file).is_err() => Ok(None),
            Err(FileProblem::Missing) => {
                Err(Failure::unreadable(format!("{file} is a link that leads nowhere")))
            }
            Err(problem) => Err(Failure::unreadable(format!("{file} {problem}"))),
        }
    }

    fn inside(&self, path: PathBuf) -> Result<PathBuf, FileProblem> {
        if path.starts_with(&self.root) { Ok(path) } else { Err(FileProblem::NotAFile) }
    }
}

impl Files for Folder {
    fn kind(&self, path: &str) -> Result<EntryKind, FileProblem> {
        kind(&self.place(path)?)
    }

    fn list(&self, dir: &str, most: usize) -> Result<Vec<Entry>, FileProblem> {
        let place = self.place(dir)?.canonicalize().map_err(|e| problem(&e))?;
        let place = self.inside(place)?;
        let mut entries = Vec::new();
        for entry in fs::read_dir(place).map_err(|e| problem(&e))? {
            let entry = entry.map_err(|e| problem(&e))?;
            if entries.len() == most {
                return Err(FileProblem::TooLarge);
            }
            let name = entry.file_name();
            let path = assay_checks::files::join(dir, &name.to_string_lossy());
            entries.push(Entry { path, kind: kind(&entry.path())? });
        }
        Ok(entries)
    }

    fn open(&self, path: &str) -> Result<Box<dyn Read + '_>, FileProblem> {
        let place = self.place(path)?.canonicalize().map_err(|e| problem(&e))?;
        let place = self.inside(place)?;
        // Asked before opening: opening a pipe would wait for its other end.
        if !fs::metadata(&place).map_err(|e| problem(&e))?.is_file() {
            return Err(FileProblem::NotAFile);
        }
        Ok(Box::new(fs::File::open(&place).map_err(|e| problem(&e))?))
    }
}

fn kind(place: &Path) -> Result<EntryKind, FileProblem> {
    let metadata = fs::symlink_metadata(place).map_err(|e| problem(&e))?;
    Ok(if metadata.is_symlink() {
        let target = fs::read_link(place).map_err(|e| problem(&e))?;
        EntryKind::Link { target: target.into_os_string().into_string().ok() }
    } else if metadata.is_dir() {
        EntryKind::Folder
    } else if metadata.is_file() {
        EntryKind::File { size: metadata.len() }
    } else {
        EntryKind::Other
    })
}

fn problem(error: &std::io::Error) -> FileProblem {
    match error.kind() {
        std::io::ErrorKind::NotFound => FileProblem::Missing,
        std::io::ErrorKind::NotADirectory | std::io::ErrorKind::IsADirectory => FileProblem::NotAFile,
        _ => FileProblem::Unreadable(error.to_string()),
    }
}

/// The case folder of a path that names it or its `product.toml`.
pub(crate) fn root_of(path: &Path) -> PathBuf {
    if path.file_name().is_some_and(|n| n == CASE_FILE) && path.is_file() {
        path.parent().map_or_else(
            || PathBuf::from("."),
            |p| if p.as_os_str().is_empty() { ".".into() } else { p.into() },
        )
    } else {
        path.to_owned()
    }
}

/// Reads the case of a folder.
pub(crate) fn read_case(root: &Path) -> Result<Case, Failure> {
    let file = root.join(CASE_FILE);
    let bytes = Folder::open(root)?.read(CASE_FILE, case::MAX_BYTES as u64).map_err(|problem| match problem {
        FileProblem::Missing => Failure::unreadable(format!(
            "{} is not there: a case is a folder with {CASE_FILE} and evidence/; `assay new DIR` writes one to fill in",
            file.display()
        )),
        FileProblem::Unreadable(_) => Failure::impossible(format!("{} {problem}", file.display())),
        _ => Failure::unreadable(format!("{} {problem}", file.display())),
    })?;
    Case::parse(&file.display().to_string(), &bytes).map_err(|problems| {
        let (n, s) = (problems.len(), if problems.len() == 1 { "" } else { "s" });
        Failure::Unreadable { message: format!("{} has {n} problem{s}", file.display()), problems }
    })
}

/// Reads a file of at most `most` bytes.
pub(crate) fn read_bounded(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let file = fs::File::open(path).map_err(|e| Failure::reading(path, &e))?;
    let mut bytes = Vec::new();
    file.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(|e| Failure::reading(path, &e))?;
    if bytes.len() as u64 > most {
        return Err(Failure::unreadable(format!("{} has more than {most} bytes", path.display())));
    }
    Ok(bytes)
}

/// Where a file is written, however its folder is spelt.
pub(crate) fn place_of(path: &Path) -> Result<PathBuf, Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.canonicalize().map_err(|e| Failure::writing(path, &e))?;
    Ok(folder.join(path.file_name().unwrap_or_default()))
}

/// Refuses to replace what is no plain file (a device, a folder, a pipe), or one of the files that a command reads.
pub(crate) fn check_target(out: &Path, inputs: &[&Path]) -> Result<(), Failure> {
    let shown = out.display();
    if fs::metadata(out).is_ok_and(|m| !m.is_file()) {
        return Err(Failure::unreadable(format!("{shown} is no plain file: name a file to write")));
    }
    let same = |input: &&Path| matches!((input.canonicalize(), out.canonicalize()), (Ok(a), Ok(b)) if a == b);
    match inputs.iter().find(|input| same(input)) {
        Some(input) => Err(Failure::unreadable(format!(
            "{shown} is {}, which is read: name another file",
            input.display()
        ))),
        None => Ok(()),
    }
}

/// Refuses to write over what makes a case: its own files, and whatever already stands in its evidence; nor over the schemes
/// that were named as files.
pub(crate) fn check_target_beside(out: &Path, root: &Path, schemes: &[String]) -> Result<(), Failure> {
    let own = [CASE_FILE, "ixit.toml", "verdicts.toml", "statement.toml"].map(|f| root.join(f));
    let inputs: Vec<&Path> = own.iter().map(PathBuf::as_path).chain(schemes.iter().map(Path::new)).collect();
    check_target(out, &inputs)?;
    let evidence = root.join("evidence");
    match (out.canonicalize(), evidence.canonicalize()) {
        (Ok(there), Ok(evidence)) if there.starts_with(&evidence) => Err(Failure::unreadable(format!(
            "{} stands in the evidence already: name another file",
            out.display()
        ))),
        _ => Ok(()),
    }
}

/// Writes a whole file or nothing: beside its place first, made durable, then moved there.
pub(crate) fn write_whole(path: &Path, bytes: &[u8], secret: bool) -> Result<(), Failure> {
    use std::io::Write;
    Beside::write(path, secret, |file| file.write_all(bytes))?.put()
}

/// A whole file that lies beside its place, durable, and is moved there last; gone if it is not.
pub(crate) struct Beside {
    place: PathBuf,
    beside: PathBuf,
}

impl Beside {
    /// Writes it; for a secret one nobody but its owner may look.
    pub(crate) fn write(
        path: &Path,
        secret: bool,
        fill: impl FnOnce(&mut fs::File) -> std::io::Result<()>,
    ) -> Result<Self, Failure> {
        check_target(path, &[])?;
        let mut name = path.file_name().unwrap_or_default().to_owned();
        // By chance, not by the process: in a container every process has the number that a killed one had.
        let mut random = [0; 8];
        crate::today::random(&mut random)?;
        name.push(format!(".{:016x}.part", u64::from_le_bytes(random)));
        let this = Self { place: path.to_owned(), beside: path.with_file_name(name) };
        let write = || -> std::io::Result<()> {
            let mut options = fs::OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            if secret {
                use std::os::unix::fs::OpenOptionsExt;
                options.mode(0o600);
            }
            let mut file = options.open(&this.beside)?;
            fill(&mut file)?;
            file.sync_all()
        };
        write().map_err(|e| Failure::writing(path, &e))?;
        Ok(this)
    }

    /// Moves it to its place, over what stands there.
    pub(crate) fn put(self) -> Result<(), Failure> {
        fs::rename(&self.beside, &self.place).map_err(|e| Failure::writing(&self.place, &e))
    }

    /// Moves it to its place unless something stands there already; says whether it did.
    pub(crate) fn put_first(self) -> Result<bool, Failure> {
        match fs::hard_link(&self.beside, &self.place) {
            Ok(()) => Ok(true),
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
            Err(e) => Err(Failure::writing(&self.place, &e)),
        }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // After a move there is nothing left to remove.
        let _ = fs::remove_file(&self.beside);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn nothing_outside_the_folder_and_nothing_but_plain_files_is_opened() {
        use std::os::unix::fs::symlink;
        let base = tempfile::tempdir().unwrap();
        let root = base.path().join("case");
        fs::create_dir_all(root.join("evidence/fs")).unwrap();
        fs::write(base.path().join("secret"), "s").unwrap();
        fs::write(root.join("evidence/fs/passwd"), "p").unwrap();
        symlink("../../../secret", root.join("evidence/fs/out")).unwrap();
        symlink("passwd", root.join("evidence/fs/in")).unwrap();
        symlink(base.path(), root.join("evidence/away")).unwrap();
        let pipe = root.join("evidence/pipe");
        let _listener = std::os::unix::net::UnixListener::bind(&pipe).unwrap();
        let folder = Folder::open(&root).unwrap();
        assert_eq!(folder.read("evidence/fs/in", 10), Ok(b"p".to_vec()));
        assert_eq!(folder.read("evidence/fs/out", 10), Err(FileProblem::NotAFile));
        assert_eq!(folder.read("evidence/away/secret", 10), Err(FileProblem::NotAFile));
        assert_eq!(folder.read("../secret", 10), Err(FileProblem::Missing));
        assert_eq!(folder.read("evidence/pipe", 10), Err(FileProblem::NotAFile));
        assert!(matches!(folder.kind("evidence/fs/out"), Ok(EntryKind::Link { .. })));
        assert_eq!(folder.list("evidence/away", 10), Err(FileProblem::NotAFile));
        assert_eq!(folder.list("evidence/fs", 1), Err(FileProblem::TooLarge));
    }
}
