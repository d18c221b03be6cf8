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

mod entries;
mod gathered;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use assay::outcome::{Confidence, Outcome};
use assay_passwords::audit::{Finding, Problem, Report};
use assay_passwords::kind::Kind;
use assay_passwords::names::{identifies, is_no_value};
use assay_passwords::place::Tally;
use assay_passwords::rows::Block;
use assay_passwords::seal::RunKey;
use assay_passwords::table::Table;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::input::scratch_failed;
use crate::exit::Failure;
use crate::folder::Beside;
use crate::today;
use entries::Entries;
use gathered::Gathered;
pub(super) use gathered::Kept;

const KEY_FILE: &str = "history.key";
/// A file that a run left half-written when it was killed is removed by a run that begins so much later.
const ABANDONED: Duration = Duration::from_hours(24);
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

/// A batch that was audited, as the history reads it.
pub(super) struct Batch<'a> {
    /// Its rows; all of them were read once.
    pub(super) table: &'a Table<'a>,
    /// The SHA-256 of its file.
    pub(super) digest: [u8; 32],
    pub(super) threads: usize,
    /// Bytes of memory for fingerprints; above it they are spilled, sealed.
    pub(super) memory: usize,
    pub(super) key: &'a RunKey,
    /// Told how far a step is.
    pub(super) progress: &'a (dyn Fn(&'static str, u64, u64) + Sync),
}

/// A column of passwords as it is kept.
pub(super) struct Column {
    /// The name in the history.
    pub(super) id: String,
    /// The column's name.
    pub(super) name: String,
    /// Its fingerprints.
    pub(super) prints: Gathered,
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
        if folder.exists() && !folder.is_dir() {
            return Err(Failure::unreadable(format!("{} is no folder: a history is one", folder.display())));
        }
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
        // What cannot be compared is said before hours of reading, not after them.
        for batch in batches(folder)? {
            Entries::open(batch, &key_id)?;
        }
        remove_abandoned(folder);
        Ok(Self { folder: folder.to_owned(), mac, key_id })
    }

    /// The batch as fingerprints, column by column.
    pub(super) fn columns(&self, batch: &Batch<'_>) -> Result<Vec<Column>, Problem> {
        let layout = batch.table.layout();
        let identifiers: Vec<usize> = layout.identifiers().collect();
        let passwords: Vec<usize> = layout.passwords().collect();
        let column = |(number, column): (usize, &usize)| {
            let print = |block: &Block, unit: usize| self.print(block, unit, *column, &identifiers);
            let name = layout.picks[*column].name.clone();
            let prints = Gathered::new(batch, (number, passwords.len()), print)?;
            Ok(Column { id: self.batch_id(&batch.digest, &name), name, prints })
        };
        passwords.iter().enumerate().map(column).collect()
    }

    /// The fingerprint of a password and of the unit that has it.
    fn print(&self, block: &Block, unit: usize, column: usize, identifiers: &[usize]) -> Option<Print> {
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
    fn batch_id(&self, digest: &[u8; 32], column: &str) -> String {
        let of_file: [u8; 8] = cut(self.mac.clone().chain_update(b"b").chain_update(digest));
        let of_column: [u8; 4] = cut(self.mac.clone().chain_update(b"c").chain_update(column.as_bytes()));
        format!("{}{BEFORE_COLUMN}{}", hex_of(&of_file), hex_of(&of_column))
    }

    /// Holds the batch against the history; what was seen before becomes a finding.
    pub(super) fn seen_earlier(
        &self,
        batch: &Batch<'_>,
        columns: &[Column],
        report: &mut Report,
    ) -> Result<(), Failure> {
        for column in columns {
            let (tally, batches) = self.seen(batch, column)?;
            if tally.rows() == 0 {
                continue;
            }
            report.outcome = Outcome::NotMet;
            report.findings.push(Finding {
                kind: Kind::SeenInEarlierBatch,
                column: column.name.clone(),
                rows: tally.rows(),
                lines: batch.table.lines_of(tally.first()),
                confidence: Confidence::Certain,
                says: match batches {
                    1 => "passwords that units of an earlier batch had already".to_owned(),
                    n => format!("passwords that units of {n} earlier batches had already"),
                },
                by_chance: None,
            });
        }
        report.findings.sort_by_key(|f| f.kind);
        Ok(())
    }

    /// Which of a column's passwords stand in earlier batches: rows, and in how many batches.
    fn seen(&self, batch: &Batch<'_>, column: &Column) -> Result<(Tally, usize), Failure> {
        let file = file_of(&column.id);
        // The same file, in whichever column, is no earlier batch.
        let earlier = batches(&self.folder)?
            .filter(|path| path.file_stem().is_none_or(|s| file_of(&s.to_string_lossy()) != file));
        let mut earlier =
            earlier.map(|p| Ok((Entries::open(p, &self.key_id)?, false))).collect::<Result<Vec<_>, _>>()?;
        let mut tally = Tally::default();
        for (number, part) in column.prints.each().enumerate() {
            let part = part.map_err(|e| scratch_failed(&e))?;
            let mut rows = vec![false; part.len()];
            for (entries, met) in &mut earlier {
                let mut at = 0;
                entries.each(|print| {
                    if column.prints.part_of(&print) > number {
                        return false;
                    }
                    at += part[at..].partition_point(|(p, _)| p.password < print.password);
                    let same = part[at..].iter().take_while(|(p, _)| p.password == print.password).count();
                    for n in at..at + same {
                        // The same unit in a later file is the same unit.
                        let again = part[n].0.unit != print.unit || print.unit == [0; 8];
                        rows[n] |= again;
                        *met |= again;
                    }
                    true
                })?;
            }
            rows.iter().zip(&*part).filter(|(seen, _)| **seen).for_each(|(_, (_, place))| tally.add(*place));
            let done = number as u64 + 1;
            (batch.progress)("comparing with earlier batches", done, column.prints.parts() as u64);
        }
        Ok((tally, earlier.iter().filter(|(_, met)| *met).count()))
    }

    /// A batch beside its place, to be put there; none where it is there already.
    pub(super) fn keep(&self, column: &Column) -> Result<Option<Beside>, Failure> {
        let path = self.folder.join(format!("{}.prints", column.id));
        if path.exists() {
            return Ok(None);
        }
        Beside::write(&path, true, |file| entries::write(file, &self.key_id, &column.prints)).map(Some)
    }
}

/// The part of a batch's name that is made of its file.
fn file_of(id: &str) -> &str {
    id.split(BEFORE_COLUMN).next().unwrap_or(id)
}

/// Removes what killed runs left half-written long ago. Where that fails it stays: nobody reads it.
fn remove_abandoned(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let half = name.contains(".prints.") && name.ends_with(".part");
        let old = entry
            .metadata()
            .and_then(|m| m.modified())
            .is_ok_and(|t| t.elapsed().is_ok_and(|age| age > ABANDONED));
        if half && old {
            let _ = fs::remove_file(entry.path());
        }
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
