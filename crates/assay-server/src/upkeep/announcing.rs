//! What the operator states in the register's name, beside what follows from what others state: the register's key signs it,
//! and it is handed in like anybody's statement, so that the fold's rules hold for it, too.

use std::io;
use std::path::Path;

use assay::statement::{Statement, StatementError};

use super::UpkeepError;
use crate::folder::Folder;
use crate::keys::{self, Keys, NextLogKey};

/// Whoever holds a register's data folder, also while it runs.
pub struct Operator {
    origin: String,
    keys: Keys,
}

impl Operator {
    /// Of the register in a data folder.
    ///
    /// # Errors
    /// Where none has begun, or its keys cannot be read.
    pub fn of(data: &Path) -> Result<Self, UpkeepError> {
        let nothing = || UpkeepError::NoRegister { path: data.to_owned() };
        if !data.is_dir() {
            return Err(nothing());
        }
        let folder = Folder::beside(data)?;
        let origin = keys::known_origin(&folder)?.ok_or_else(nothing)?;
        let mut none: keys::Random = Box::new(|_| Err(io::Error::other("nothing is made here")));
        let keys = Keys::open(&folder, &origin, true, &mut none)?;
        Ok(Self { origin, keys })
    }

    /// The log's name.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The public half of a key that the log is to sign with, as policies have it.
    ///
    /// # Errors
    /// The file is no key.
    pub fn next_log_key(&self, file: &Path) -> Result<String, UpkeepError> {
        Ok(NextLogKey::read(file, &self.origin)?.signer.verifier().to_string())
    }

    /// Signs a statement with the register's key.
    ///
    /// # Errors
    /// It is too long.
    pub fn sign(&self, statement: &Statement) -> Result<Vec<u8>, StatementError> {
        statement.sign(&self.keys.register, &self.origin)
    }
}
