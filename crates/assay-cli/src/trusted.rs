//! Which keys a command trusts, and who said so. Keys that were named are pinned; keys that merely lie beside what they are
//! to vouch for came from the same hands, so a reader is told and nothing rests on them alone.

use std::path::{Path, PathBuf};

use assay::trust::{self, Trust};

use crate::exit::Failure;
use crate::{folder, output};

/// The file that registers publish and people keep.
pub(crate) const FILE: &str = "trust.txt";

/// Trusted keys, where they came from, and whether somebody named them.
pub(crate) struct Trusted {
    pub(crate) keys: Trust,
    pub(crate) file: PathBuf,
    pub(crate) pinned: bool,
}

impl Trusted {
    /// The named file (flag or `ASSAY_TRUST`), else `trust.txt` beside `beside` or here.
    pub(crate) fn find(named: Option<&Path>, beside: Option<&Path>) -> Result<Self, Failure> {
        if let Some(file) = named {
            return Ok(Self { keys: read(file)?, file: file.to_owned(), pinned: true });
        }
        let near = beside.and_then(Path::parent).map(|folder| folder.join(FILE));
        let above =
            near.as_deref().and_then(Path::parent).and_then(Path::parent).map(|folder| folder.join(FILE));
        let found =
            [near, above, Some(PathBuf::from(FILE))].into_iter().flatten().find(|file| file.is_file());
        let Some(file) = found else {
            return Err(Failure::unreadable(format!(
                "no trusted keys: give --trust FILE (or ASSAY_TRUST), a copy of the register's /{FILE} that you keep"
            )));
        };
        Ok(Self { keys: read(&file)?, file, pinned: false })
    }

    /// Says on standard error that nobody pinned these keys.
    pub(crate) fn warn(&self) {
        if !self.pinned {
            output::note(&format!(
                "note: using the keys in {}; give --trust FILE to use keys that you keep yourself",
                self.file.display()
            ));
        }
    }
}

fn read(file: &Path) -> Result<Trust, Failure> {
    let bytes = folder::read_bounded(file, trust::MAX_BYTES as u64)?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::unreadable(format!("{} is no text", file.display())))?;
    Trust::parse(&text).map_err(|e| Failure::unreadable(format!("{}: {e}", file.display())))
}
