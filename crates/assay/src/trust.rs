//! Whom a reader trusts: the log's key and the keys the register signs with, in a small text that is copied once and
//! kept. And what that trust yields: [`Logged`], a statement that is proven to stand in the log.
//!
//! ```text
//! assay-trust-v0
//! log example.org/assay+0a1b2c3d+AQ…        (the log's verifier key, C2SP signed-note; its name is the log's origin)
//! register 11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
//! authority PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=   (who serves notices; there need be none)
//! retired iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w= 2027-03-01   (signed for the register until that day)
//! ```

use std::fmt;

use assay_log::note::Verifier;
use assay_log::proof::{Included, Proof, ProofError};

use jiff::civil::Date;

use crate::cose::CoseError;
use crate::date;
use crate::key::{KeyId, PublicKey};
use crate::statement::{Received, Signer, Statement, StatementError};

/// Longest text that is read, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;

/// The keys a reader trusts.
#[derive(Clone, Debug, PartialEq)]
pub struct Trust {
    log: Verifier,
    register: Vec<PublicKey>,
    authority: Vec<PublicKey>,
    retired: Vec<Retired>,
}

/// A key that signed for the register until a day. What it signed stays printed on boxes; whether a label was signed before
/// that day only the log can tell, because whoever has a key can write any day into what it signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retired {
    /// The key.
    pub key: PublicKey,
    /// The last day on which it signed.
    pub on: Date,
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
    /// A key that signs and does not.
    #[error("key {0} is both in use (`register`) and retired: leave out one of the two lines")]
    InUseAndRetired(KeyId),
    /// A key is missing.
    #[error("there is no `{0}` line: both a log and a register key are needed")]
    Missing(&'static str),
}

const FIRST_LINE: &str = "assay-trust-v0";

impl Trust {
    /// Trusts one log and one register key.
    #[must_use]
    pub fn new(log: Verifier, register: Vec<PublicKey>) -> Self {
        Self { log, register, authority: Vec::new(), retired: Vec::new() }
    }

    /// The same, and these keys as the authority's.
    #[must_use]
    pub fn with_authority(self, authority: Vec<PublicKey>) -> Self {
        Self { authority, ..self }
    }

    /// The same, and these keys as those that the register no longer signs with.
    #[must_use]
    pub fn with_retired(self, retired: Vec<Retired>) -> Self {
        Self { retired, ..self }
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
        let mut retired: Vec<Retired> = Vec::new();
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
                Some(("retired", rest)) => {
                    let one = parse_retired(rest).map_err(at_line)?;
                    if retired.iter().any(|other| other.key == one.key) {
                        return Err(at_line(
                            "this key is retired a second time: leave one of the lines".into(),
                        ));
                    }
                    retired.push(one);
                }
                _ => {
                    let mend = "write `log KEY` once, `register KEY` or `authority KEY` for each key, and `retired KEY \
                                YYYY-MM-DD` for each that the register no longer signs with";
                    return Err(at_line(mend.into()));
                }
            }
        }
        if register.is_empty() {
            return Err(TrustError::Missing("register"));
        }
        if let Some(both) = retired.iter().find(|r| register.contains(&r.key)) {
            return Err(TrustError::InUseAndRetired(both.key.id()));
        }
        Ok(Self { log: log.ok_or(TrustError::Missing("log"))?, register, authority, retired })
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

    /// The keys that signed for the register once, in the order of the text.
    #[must_use]
    pub fn retired(&self) -> &[Retired] {
        &self.retired
    }

    /// The keys that may stand under a label: those in use and those retired. Of the latter [`Trust::retired_on`] tells.
    #[must_use]
    pub fn label_keys(&self) -> Vec<PublicKey> {
        self.register.iter().copied().chain(self.retired.iter().map(|r| r.key)).collect()
    }

    /// The last day of a retired key, by its id; none of a key in use.
    #[must_use]
    pub fn retired_on(&self, key: KeyId) -> Option<Date> {
        self.retired.iter().find(|r| r.key.id() == key).map(|r| r.on)
    }

    /// The keys with which the register may have signed what it stated on a day.
    fn register_on(&self, day: Date) -> Vec<PublicKey> {
        let then = self.retired.iter().filter(|r| day <= r.on).map(|r| r.key);
        self.register.iter().copied().chain(then).collect()
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
        self.authority.iter().try_for_each(|key| writeln!(f, "authority {key}"))?;
        self.retired.iter().try_for_each(|Retired { key, on }| writeln!(f, "retired {key} {on}"))
    }
}

/// A key and its last day, in their one spelling.
fn parse_retired(text: &str) -> Result<Retired, String> {
    let mend = || "write `retired KEY YYYY-MM-DD`, the last day on which the key signed".to_owned();
    let (key, on) = text.split_once(' ').ok_or_else(mend)?;
    let on = date::parse(on).ok_or_else(mend)?;
    Ok(Retired { key: PublicKey::parse(key).map_err(|e| e.to_string())?, on })
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
    /// A proof by itself.
    #[error("the proof carries no entry in its line `extra`: give the statement's file too")]
    NoEntry,
}

/// A proof that carries its entry: one file that shows a statement without another beside it. The entry stands in the line
/// `extra`, which nobody signs, and needs no trust: its hash is what the proof proves.
///
/// # Errors
/// [`ProofError::Extra`], if the entry is larger than any.
pub fn self_contained(proof: Proof, entry: &[u8]) -> Result<Proof, ProofError> {
    proof.with_extra(entry.to_vec())
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
        // What stands in the log was taken into it while its key was in use, and says so by its day.
        let register = trust.register_on(received.peek().on());
        let keys = match (received.peek().signer(), received.peek()) {
            (Signer::NewKey, Statement::MakerRegistered(s)) => Some(vec![s.key]),
            (Signer::RegisterOrLab, Statement::Assessed(s)) if s.lab.is_some() => None,
            (Signer::Register | Signer::RegisterOrLab, _) => Some(register),
            (Signer::RegisterOrAuthority | Signer::WhoImposed, _) => {
                Some(register.into_iter().chain(trust.authority.iter().copied()).collect())
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

impl Logged<Statement> {
    /// The same from a proof that carries its entry ([`self_contained`]).
    ///
    /// # Errors
    /// See [`LoggedError`].
    pub fn open_alone(proof: &Proof, trust: &Trust) -> Result<Self, LoggedError> {
        Self::open(proof.extra().ok_or(LoggedError::NoEntry)?, proof, trust)
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
    fn retired_keys_are_read_with_their_day_and_written_back_the_same() {
        let log = assay_log::Signer::new("register.example/log", [9; 32]).unwrap();
        let [one, two] = [1, 2].map(|n| SecretKey::from_seed(&[n; 32]).public());
        let head = format!("{FIRST_LINE}\nlog {}\nregister {one}\n", log.verifier());
        let text = format!("{head}retired {two} 2027-03-01\n");
        let trust = Trust::parse(&text).unwrap();
        assert_eq!(trust.to_string(), text);
        assert_eq!(trust.register(), [one]);
        assert_eq!(trust.label_keys(), [one, two]);
        assert_eq!(trust.retired_on(two.id()), date::parse("2027-03-01"));
        assert_eq!(trust.retired_on(one.id()), None);
        let refused = |lines: &str| Trust::parse(&format!("{head}{lines}\n")).unwrap_err().to_string();
        for lines in [
            format!("retired {two}"),
            format!("retired {two} 2027-02-30"),
            format!("retired {two} 1 March 2027"),
            format!("retired {two}  2027-03-01"),
            "retired 2027-03-01".to_owned(),
        ] {
            assert!(refused(&lines).contains("write `retired KEY YYYY-MM-DD`"), "{}", refused(&lines));
        }
        let twice = format!("retired {two} 2027-03-01\nretired {two} 2027-03-02");
        assert!(refused(&twice).contains("line 5"), "{}", refused(&twice));
        assert!(refused(&format!("retired {one} 2027-03-01")).contains("both in use"));
    }

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
