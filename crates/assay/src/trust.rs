//! Whom a reader trusts: the log's key and the keys the register signs with, in a small text that is copied once and
//! kept. And what that trust yields: [`Logged`], a statement that is proven to stand in the log.
//!
//! ```text
//! assay-trust-v0
//! log example.org/assay+0a1b2c3d+AQ…        (the log's verifier key, C2SP signed-note; its name is the log's origin)
//! register 11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
//! authority PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=   (who serves notices; there need be none)
//! ```

use std::fmt;

use assay_log::note::Verifier;
use assay_log::proof::{Included, Proof, ProofError};

use crate::cose::CoseError;
use crate::key::PublicKey;
use crate::statement::{Received, Signer, Statement, StatementError};

/// Longest text that is read, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;

/// The keys a reader trusts.
#[derive(Clone, Debug, PartialEq)]
pub struct Trust {
    log: Verifier,
    register: Vec<PublicKey>,
    authority: Vec<PublicKey>,
}

/// Why a text is no list of trusted keys.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// Another kind of file.
    #[error("this is not a file of trusted keys: its first line should be `{FIRST_LINE}`")]
    NotTrust,
    /// Longer than such a file is.
    #[error("this file has {0} bytes, and one of trusted keys has at most {MAX_BYTES}")]
    TooLong(usize),
    /// A line that cannot be read.
    #[error("line {line}: {why}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// No key of an authority.
    #[error("there is no key here: write `authority KEY` for each key of the authority")]
    NoAuthority,
    /// A key is missing.
    #[error("there is no `{0}` line: both a log and a register key are needed")]
    Missing(&'static str),
}

const FIRST_LINE: &str = "assay-trust-v0";

impl Trust {
    /// Trusts one log and one register key.
    #[must_use]
    pub fn new(log: Verifier, register: Vec<PublicKey>) -> Self {
        Self { log, register, authority: Vec::new() }
    }

    /// The same, and these keys as the authority's.
    #[must_use]
    pub fn with_authority(self, authority: Vec<PublicKey>) -> Self {
        Self { authority, ..self }
    }

    /// Reads the text.
    ///
    /// # Errors
    /// See [`TrustError`].
    pub fn parse(text: &str) -> Result<Self, TrustError> {
        // One that was cut could lack the keys at its end, and nobody would know.
        if text.len() > MAX_BYTES {
            return Err(TrustError::TooLong(text.len()));
        }
        let mut lines = text.lines().enumerate();
        if lines.next().map(|(_, l)| l.trim()) != Some(FIRST_LINE) {
            return Err(TrustError::NotTrust);
        }
        let (mut log, mut register, mut authority) = (None, Vec::new(), Vec::new());
        for (at, line) in lines {
            let at_line = |why: String| TrustError::Line { line: at + 1, why };
            let line = line.trim();
            match line.split_once(' ') {
                _ if line.is_empty() || line.starts_with('#') => {}
                Some(("log", key)) if log.is_none() => {
                    log = Some(key.trim().parse::<Verifier>().map_err(|e| at_line(e.to_string()))?);
                }
                Some(("register", key)) => {
                    register.push(PublicKey::parse(key).map_err(|e| at_line(e.to_string()))?);
                }
                Some(("authority", key)) => {
                    authority.push(PublicKey::parse(key).map_err(|e| at_line(e.to_string()))?);
                }
                _ => {
                    let mend = "write `log KEY` once, and `register KEY` or `authority KEY` for each key";
                    return Err(at_line(mend.into()));
                }
            }
        }
        if register.is_empty() {
            return Err(TrustError::Missing("register"));
        }
        Ok(Self { log: log.ok_or(TrustError::Missing("log"))?, register, authority })
    }

    /// The log's origin: the first line of its checkpoints.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.log.name()
    }

    /// The log's key.
    #[must_use]
    pub fn log(&self) -> &Verifier {
        &self.log
    }

    /// The keys that sign the register's statements, labels and snapshots.
    #[must_use]
    pub fn register(&self) -> &[PublicKey] {
        &self.register
    }

    /// The keys of the authority, if the register has one.
    #[must_use]
    pub fn authority(&self) -> &[PublicKey] {
        &self.authority
    }
}

impl fmt::Display for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}\nlog {}", self.log)?;
        self.register.iter().try_for_each(|key| writeln!(f, "register {key}"))?;
        self.authority.iter().try_for_each(|key| writeln!(f, "authority {key}"))
    }
}

/// Reads the keys of an authority as its file holds them: the lines `authority KEY` of a trust file, and comments.
///
/// # Errors
/// See [`TrustError`].
pub fn parse_authority(text: &str) -> Result<Vec<PublicKey>, TrustError> {
    if text.len() > MAX_BYTES {
        return Err(TrustError::TooLong(text.len()));
    }
    let mut keys = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let at_line = |why: String| TrustError::Line { line: at + 1, why };
        let line = line.trim();
        match line.strip_prefix("authority ") {
            _ if line.is_empty() || line.starts_with('#') => {}
            Some(key) => {
                let key = PublicKey::parse(key).map_err(|e| at_line(e.to_string()))?;
                if !keys.contains(&key) {
                    keys.push(key);
                }
            }
            None => return Err(at_line("write `authority KEY` for each key of the authority".into())),
        }
    }
    if keys.is_empty() { Err(TrustError::NoAuthority) } else { Ok(keys) }
}

/// Something proven to stand in the log at an index. It comes only from a verified inclusion proof.
#[derive(Clone, Debug)]
pub struct Logged<T> {
    value: T,
    included: Included,
}

/// Why an entry and a proof do not show that a statement stands in the log.
#[derive(Debug, thiserror::Error)]
pub enum LoggedError {
    /// The proof does not lead from the entry to a checkpoint of the trusted log.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// The entry is no statement.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// It is the register's statement, but not signed by a trusted key.
    #[error(transparent)]
    Signature(#[from] CoseError),
}

impl Logged<Statement> {
    /// Follows the proof from the entry's bytes to a checkpoint signed by the trusted log. A statement of the register
    /// must bear the register's signature too; a maker's or a laboratory's was checked against its registration when the log
    /// accepted it, and can be checked again only by whoever folds the log.
    ///
    /// # Errors
    /// See [`LoggedError`].
    pub fn open(entry: &[u8], proof: &Proof, trust: &Trust) -> Result<Self, LoggedError> {
        let included = proof.verify(entry, trust.origin(), std::slice::from_ref(&trust.log))?;
        let received = Received::parse(entry)?;
        let keys = match (received.peek().signer(), received.peek()) {
            (Signer::NewKey, Statement::MakerRegistered(s)) => Some(vec![s.key]),
            (Signer::RegisterOrLab, Statement::Assessed(s)) if s.lab.is_some() => None,
            (Signer::Register | Signer::RegisterOrLab, _) => Some(trust.register.clone()),
            (Signer::RegisterOrAuthority | Signer::WhoImposed, _) => {
                Some(trust.register.iter().chain(&trust.authority).copied().collect())
            }
            (Signer::Authority, _) => Some(trust.authority.clone()),
            (Signer::NewKey | Signer::Maker | Signer::MakerOrRegister, _) => None,
        };
        let value = match keys {
            Some(keys) => received.verify(&keys, trust.origin())?,
            None => received.peek().clone(),
        };
        Ok(Self { value, included })
    }
}

impl<T> Logged<T> {
    /// What stands there.
    #[must_use]
    pub fn value(&self) -> &T {
        &self.value
    }

    /// Where it stands, and the checkpoint that shows it.
    #[must_use]
    pub fn included(&self) -> &Included {
        &self.included
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SecretKey;

    #[test]
    fn a_file_that_is_too_long_is_refused_and_not_cut() {
        let log = assay_log::Signer::new("register.example/log", [9; 32]).unwrap();
        let (one, two) = (SecretKey::from_seed(&[1; 32]).public(), SecretKey::from_seed(&[2; 32]).public());
        let head = format!("{FIRST_LINE}\nlog {}\nregister {one}\n", log.verifier());
        let last = format!("authority {two}\n");
        let filled = |length: usize| {
            let rest = length - head.len() - last.len() - 1;
            format!("{head}{}\n{last}", "#".repeat(rest))
        };
        assert_eq!(Trust::parse(&filled(MAX_BYTES)).unwrap().authority(), [two]);
        assert_eq!(Trust::parse(&filled(MAX_BYTES + 1)), Err(TrustError::TooLong(MAX_BYTES + 1)));
    }
}
