//! What earlier batches held, so that a password that is used again is found: keyed fingerprints in a folder of the maker's
//! own, one file a batch, and the key beside them.
//!
//! ```text
//! DIR/history.key           32 random bytes in hex, readable by its owner alone, made on first use
//! DIR/<file>-<column>.prints  "assay-prints-0\n", key id, count, then `count` sorted entries of 24 bytes:
//!                           HMAC-SHA-256 of the password cut to 16 bytes, and of the unit's identifiers cut to 8
//! ```
//! A file's name is made of its bytes, so the same file is the same batch however often it is audited.
//! Without the key an entry says nothing of its password. Whoever holds key and entries can try passwords one by one, as
//! fast as with any list of hashes: keep the key where the passwords were kept.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use assay_passwords::names::{identifies, is_no_value};
use assay_passwords::place::{Place, Tally};
use assay_passwords::rows::Block;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::exit::Failure;
use crate::folder::Beside;
use crate::today;

const KEY_FILE: &str = "history.key";
const HEAD: &[u8] = b"assay-prints-0\n";
const ENTRY: usize = 24;
/// In a batch's name, between file and column.
const BEFORE_COLUMN: char = '-';

/// What a password and its unit leave behind.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Print {
    password: [u8; 16],
    unit: [u8; 8],
}

impl Print {
    /// Of the password: 32 hexadecimal digits.
    pub(super) fn password(&self) -> String {
        hex_of(&self.password)
    }

    /// Of the unit: 16 hexadecimal digits; none where the row does not say whose it is.
    pub(super) fn unit(&self) -> Option<String> {
        (self.unit != [0; 8]).then(|| hex_of(&self.unit))
    }
}

/// The history of one maker.
pub(super) struct History {
    folder: PathBuf,
    mac: Hmac<Sha256>,
    key_id: [u8; 8],
}

impl History {
    /// Opens the folder; makes it and its key where there is neither.
    pub(super) fn open(folder: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(folder).map_err(|e| Failure::writing(folder, &e))?;
        let file = folder.join(KEY_FILE);
        if !file.exists() {
            if batches(folder)?.next().is_some() {
                return Err(Failure::unreadable(format!(
                    "{} holds batches and no {KEY_FILE}: without the key they cannot be compared. Put the key back, or begin another history",
                    folder.display()
                )));
            }
            let mut key = Zeroizing::new([0; 32]);
            today::random(&mut *key)?;
            let text = Zeroizing::new(hex_of(&*key) + "\n");
            // Where two runs begin a history together, one key counts and both read it below.
            Beside::write(&file, true, |f| f.write_all(text.as_bytes()))?.put_first()?;
        }
        let text = Zeroizing::new(fs::read_to_string(&file).map_err(|e| Failure::reading(&file, &e))?);
        let key = hex(text.trim()).filter(|k| k.len() == 32).ok_or_else(|| {
            Failure::unreadable(format!("{} is no key: 64 hexadecimal digits are wanted", file.display()))
        })?;
        let mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|e| Failure::impossible(e.to_string()))?;
        let key_id = cut(mac.clone().chain_update(b"key"));
        Ok(Self { folder: folder.to_owned(), mac, key_id })
    }

    /// The fingerprint of a password and of the unit that has it.
    pub(super) fn print(
        &self,
        block: &Block,
        unit: usize,
        column: usize,
        identifiers: &[usize],
    ) -> Option<Print> {
        let password = block.cell(unit, column);
        if password.is_empty() || is_no_value(password) {
            return None;
        }
        let password = cut(self.mac.clone().chain_update(b"p").chain_update(password));
        let mut mac = self.mac.clone().chain_update(b"u");
        let mut known = false;
        for cell in identifiers.iter().map(|i| block.cell(unit, *i)) {
            known |= identifies(cell);
            mac.update(&(cell.len() as u64).to_le_bytes());
            mac.update(cell);
        }
        // A row that does not say whose it is differs from every other.
        let unit = if known { cut(mac) } else { [0; 8] };
        Some(Print { password, unit })
    }

    /// The name under which a column of a file is kept: by the file's bytes, then by the column's name.
    pub(super) fn batch_id(&self, digest: &[u8; 32], column: &str) -> String {
        let of_file: [u8; 8] = cut(self.mac.clone().chain_update(b"b").chain_update(digest));
        let of_column: [u8; 4] = cut(self.mac.clone().chain_update(b"c").chain_update(column.as_bytes()));
        format!("{}{BEFORE_COLUMN}{}", hex_of(&of_file), hex_of(&of_column))
    }

    /// Which of the batch's passwords stand in earlier batches: rows, and in how many batches. `prints` are sorted by
    /// fingerprint and come with their places.
    pub(super) fn seen(&self, id: &str, prints: &[(Print, Place)]) -> Result<(Tally, usize), Failure> {
        let mut rows = vec![false; prints.len()];
        let mut with = 0;
        let file = id.split(BEFORE_COLUMN).next().unwrap_or(id);
        for batch in batches(&self.folder)? {
            // The same file, in whichever column, is no earlier batch.
            if batch
                .file_stem()
                .is_some_and(|s| s.to_string_lossy().split(BEFORE_COLUMN).next() == Some(file))
            {
                continue;
            }
            let mut earlier = Entries::open(&batch, &self.key_id)?;
            let mut any = false;
            let mut at = 0;
            while let Some(print) = earlier.next(&batch)? {
                at += prints[at..].partition_point(|(p, _)| p.password < print.password);
                let same = prints[at..].iter().take_while(|(p, _)| p.password == print.password).count();
                for n in at..at + same {
                    // The same unit in a later file is the same unit.
                    let again = prints[n].0.unit != print.unit || print.unit == [0; 8];
                    rows[n] |= again;
                    any |= again;
                }
                if at >= prints.len() {
                    break;
                }
            }
            with += usize::from(any);
        }
        let mut tally = Tally::default();
        rows.iter().zip(prints).filter(|(seen, _)| **seen).for_each(|(_, (_, place))| tally.add(*place));
        Ok((tally, with))
    }

    /// A batch beside its place, to be put there; none where it is there already.
    pub(super) fn keep(&self, id: &str, prints: &[(Print, Place)]) -> Result<Option<Beside>, Failure> {
        let path = self.folder.join(format!("{id}.prints"));
        if path.exists() {
            return Ok(None);
        }
        let fill = |file: &mut File| {
            let mut to = BufWriter::with_capacity(1 << 20, file);
            to.write_all(HEAD)?;
            to.write_all(&self.key_id)?;
            to.write_all(&(prints.len() as u64).to_le_bytes())?;
            for (print, _) in prints {
                to.write_all(&print.password)?;
                to.write_all(&print.unit)?;
            }
            to.flush()
        };
        Beside::write(&path, true, fill).map(Some)
    }
}

fn batches(folder: &Path) -> Result<impl Iterator<Item = PathBuf>, Failure> {
    let entries = fs::read_dir(folder).map_err(|e| Failure::reading(folder, &e))?;
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(|e| Failure::reading(folder, &e))?.path());
    }
    paths.retain(|p| p.extension().is_some_and(|e| e == "prints"));
    paths.sort();
    Ok(paths.into_iter())
}

/// The entries of one batch, read in order.
struct Entries {
    file: BufReader<File>,
    left: u64,
    last: [u8; 16],
}

impl Entries {
    fn open(path: &Path, key_id: &[u8; 8]) -> Result<Self, Failure> {
        let file = File::open(path).map_err(|e| Failure::reading(path, &e))?;
        let len = file.metadata().map_err(|e| Failure::reading(path, &e))?.len();
        let mut file = BufReader::with_capacity(256 << 10, file);
        let mut head = [0; HEAD.len() + 16];
        let read = file.read_exact(&mut head);
        let count = u64::from_le_bytes(head[HEAD.len() + 8..].try_into().unwrap_or_default());
        let whole =
            count.checked_mul(ENTRY as u64).and_then(|n| n.checked_add(head.len() as u64)) == Some(len);
        if read.is_err() || !head.starts_with(HEAD) || !whole {
            return Err(damaged(path));
        }
        if &head[HEAD.len()..HEAD.len() + 8] != key_id {
            return Err(Failure::unreadable(format!(
                "{} was made with another key than the {KEY_FILE} beside it: put the right key back, or begin another history. Nothing was changed",
                path.display()
            )));
        }
        Ok(Self { file, left: count, last: [0; 16] })
    }

    fn next(&mut self, path: &Path) -> Result<Option<Print>, Failure> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let mut print = Print { password: [0; 16], unit: [0; 8] };
        let read =
            self.file.read_exact(&mut print.password).and_then(|()| self.file.read_exact(&mut print.unit));
        if read.is_err() || print.password < self.last {
            return Err(damaged(path));
        }
        self.last = print.password;
        Ok(Some(print))
    }
}

fn damaged(path: &Path) -> Failure {
    Failure::unreadable(format!(
        "{} is damaged or not of this program: remove it and audit its batch again",
        path.display()
    ))
}

fn cut<const N: usize>(mac: Hmac<Sha256>) -> [u8; N] {
    let whole = mac.finalize().into_bytes();
    let mut short = [0; N];
    short.copy_from_slice(&whole[..N]);
    short
}

fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn hex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    let bytes = (0..text.len()).step_by(2).map(|n| u8::from_str_radix(&text[n..n + 2], 16).ok());
    bytes.collect::<Option<Vec<u8>>>().map(Zeroizing::new)
}
