//! Evidence that no check reads: records, scans, photographs and reports that only hands or a bench can give. The case names
//! it and its digest is taken here, so that a person's verdict in `verdicts.toml` can cite it and anybody can see that it was
//! the same thing. Nothing here judges it.

use assay::case::{Evidence, EvidenceKind};

use crate::files::{EntryKind, FileProblem, Files, Hashing, sha256};
use crate::{Subject, checks};

/// One piece of evidence that is there for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForPeople {
    /// What it is.
    pub kind: EvidenceKind,
    /// Its path inside the case folder.
    pub path: String,
    /// Its SHA-256 in lower-case hex; for a folder, of the sorted list of `digest  path` lines of its files. Else why not.
    pub digest: Result<String, FileProblem>,
}

/// The evidence of a case that no check reads, in the order of its paths.
#[must_use]
pub fn for_people(subject: &Subject<'_>) -> Vec<ForPeople> {
    let read = |kind| checks().iter().any(|c| c.evidence.contains(&kind));
    let mut unread: Vec<&Evidence> = subject.case.evidence.iter().filter(|e| !read(e.kind)).collect();
    unread.sort_by(|a, b| (&a.path, a.kind).cmp(&(&b.path, b.kind)));
    unread.dedup_by(|a, b| (&a.path, a.kind) == (&b.path, b.kind));
    let mut left = MOST_BYTES;
    let one = |e: &Evidence| ForPeople {
        kind: e.kind,
        path: e.path.clone(),
        digest: digest(subject.files, &e.path, &mut left),
    };
    unread.into_iter().map(one).collect()
}

/// Most bytes that are hashed in one case: photographs and scans are large, but not endless.
const MOST_BYTES: u64 = 1 << 30;
/// Most files and folders within one folder.
const MOST_FILES: usize = 2_000;
/// Deepest folder within a folder.
const DEEPEST: usize = 16;

fn digest(files: &dyn Files, path: &str, left: &mut u64) -> Result<String, FileProblem> {
    match files.kind(path)? {
        EntryKind::File { .. } => of_file(files, path, left),
        EntryKind::Folder => {
            let (mut lines, mut entries) = (Vec::new(), MOST_FILES);
            folder(files, path, DEEPEST, &mut lines, left, &mut entries)?;
            lines.sort();
            Ok(sha256(lines.concat().as_bytes()))
        }
        EntryKind::Link { .. } | EntryKind::Other => Err(FileProblem::NotAFile),
    }
}

fn of_file(files: &dyn Files, path: &str, left: &mut u64) -> Result<String, FileProblem> {
    let mut reader = Hashing::new(files.open(path)?, *left);
    let read = std::io::copy(&mut reader, &mut std::io::sink()).map_err(|e| match e.kind() {
        std::io::ErrorKind::FileTooLarge => FileProblem::TooLarge,
        _ => FileProblem::Unreadable(e.to_string()),
    })?;
    *left = left.saturating_sub(read);
    Ok(reader.digest())
}

fn folder(
    files: &dyn Files,
    path: &str,
    deeper: usize,
    lines: &mut Vec<String>,
    left: &mut u64,
    entries: &mut usize,
) -> Result<(), FileProblem> {
    let deeper = deeper.checked_sub(1).ok_or(FileProblem::TooLarge)?;
    for entry in files.list(path, *entries)? {
        *entries = entries.checked_sub(1).ok_or(FileProblem::TooLarge)?;
        match entry.kind {
            EntryKind::File { .. } => {
                lines.push(format!("{}  {}\n", of_file(files, &entry.path, left)?, entry.path));
            }
            EntryKind::Folder => folder(files, &entry.path, deeper, lines, left, entries)?,
            // A link could lead anywhere: what it stands for is not part of this evidence.
            EntryKind::Link { .. } | EntryKind::Other => return Err(FileProblem::NotAFile),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MemoryFiles;

    fn of(files: &MemoryFiles, path: &str) -> Result<String, FileProblem> {
        digest(files, path, &mut 100)
    }

    #[test]
    fn files_and_folders_have_digests_and_the_rest_has_reasons() {
        let files = MemoryFiles::new()
            .with("evidence/scan.txt", *b"closed")
            .with("evidence/photos/b.jpg", *b"b")
            .with("evidence/photos/a/a.jpg", *b"a")
            .with("evidence/large", vec![0; 101])
            .with_link("evidence/linked/x", "/etc/passwd")
            .with_link("evidence/link", "scan.txt");
        assert_eq!(of(&files, "evidence/scan.txt"), Ok(sha256(b"closed")));
        let lines =
            format!("{}  evidence/photos/b.jpg\n{}  evidence/photos/a/a.jpg\n", sha256(b"b"), sha256(b"a"));
        let mut sorted: Vec<String> = lines.lines().map(|l| format!("{l}\n")).collect();
        sorted.sort();
        assert_eq!(of(&files, "evidence/photos"), Ok(sha256(sorted.concat().as_bytes())));
        assert_eq!(of(&files, "evidence/large"), Err(FileProblem::TooLarge));
        for not in ["evidence/link", "evidence/linked"] {
            assert_eq!(of(&files, not), Err(FileProblem::NotAFile), "{not}");
        }
        assert_eq!(of(&files, "evidence/none"), Err(FileProblem::Missing));
        let deep = MemoryFiles::new().with(&format!("evidence/{}x", "d/".repeat(40)), *b"x");
        assert_eq!(of(&deep, "evidence"), Err(FileProblem::TooLarge));
    }
}
