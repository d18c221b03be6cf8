//! The file of one batch: what is written, and reading it in order, a part at a time.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::gathered::Gathered;
use super::{KEY_FILE, Print};
use crate::exit::Failure;

const HEAD: &[u8] = b"assay-prints-0\n";
/// The first lines, the key's name and the number of entries.
const BEFORE: usize = HEAD.len() + 16;
const ENTRY: usize = 24;

/// Writes a whole file.
pub(super) fn write(file: &mut File, key_id: &[u8; 8], prints: &Gathered) -> io::Result<()> {
    let mut to = BufWriter::with_capacity(1 << 20, file);
    to.write_all(HEAD)?;
    to.write_all(key_id)?;
    to.write_all(&prints.len().to_le_bytes())?;
    for part in prints.each() {
        for (print, _) in &*part? {
            to.write_all(&print.password)?;
            to.write_all(&print.unit)?;
        }
    }
    to.flush()
}

/// The entries of one batch. Between parts no file is open, so a history may have any number of batches.
pub(super) struct Entries {
    path: PathBuf,
    count: u64,
    read: u64,
    last: [u8; 16],
}

impl Entries {
    /// Looks at a file's head: it must be whole, and made with this key.
    pub(super) fn open(path: PathBuf, key_id: &[u8; 8]) -> Result<Self, Failure> {
        let mut file = File::open(&path).map_err(|e| Failure::reading(&path, &e))?;
        let len = file.metadata().map_err(|e| Failure::reading(&path, &e))?.len();
        let mut head = [0; BEFORE];
        let read = file.read_exact(&mut head);
        let count = u64::from_le_bytes(head[HEAD.len() + 8..].try_into().unwrap_or_default());
        let whole = count.checked_mul(ENTRY as u64).and_then(|n| n.checked_add(BEFORE as u64)) == Some(len);
        if read.is_err() || !head.starts_with(HEAD) || !whole {
            return Err(damaged(&path));
        }
        if &head[HEAD.len()..HEAD.len() + 8] != key_id {
            return Err(Failure::unreadable(format!(
                "{} was made with another key than the {KEY_FILE} beside it: put the right key back, or begin another history. Nothing was changed",
                path.display()
            )));
        }
        Ok(Self { path, count, read: 0, last: [0; 16] })
    }

    /// Shows entries in order, from where it stopped, while `more` says that it wants the next one too.
    pub(super) fn each(&mut self, mut more: impl FnMut(Print) -> bool) -> Result<(), Failure> {
        if self.read == self.count {
            return Ok(());
        }
        let mut file = File::open(&self.path).map_err(|e| Failure::reading(&self.path, &e))?;
        file.seek(SeekFrom::Start(BEFORE as u64 + self.read * ENTRY as u64))
            .map_err(|e| Failure::reading(&self.path, &e))?;
        let mut file = BufReader::with_capacity(64 << 10, file);
        while self.read < self.count {
            let mut print = Print { password: [0; 16], unit: [0; 8] };
            let read = file.read_exact(&mut print.password).and_then(|()| file.read_exact(&mut print.unit));
            if read.is_err() || print.password < self.last {
                return Err(damaged(&self.path));
            }
            if !more(print) {
                break;
            }
            self.last = print.password;
            self.read += 1;
        }
        Ok(())
    }
}

fn damaged(path: &Path) -> Failure {
    Failure::unreadable(format!(
        "{} is damaged or not of this program: remove it and audit its batch again",
        path.display()
    ))
}
