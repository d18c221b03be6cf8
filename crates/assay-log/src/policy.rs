//! Whom a reader believes: which logs, which witnesses, and how many of these must have cosigned (C2SP
//! `tlog-policy`). A [`Policy`] is read from a small text; [`Policy::open`] makes of a checkpoint's note a
//! [`Witnessed`] one, or says what is missing.
//!
//! ```text
//! log example.org/log+0a1b2c3d+AQ… https://example.org/log
//! witness north north.example/w+11223344+BA…
//! witness south south.example/w+55667788+Bg…
//! witness east  east.example/w+99aabbcc+BA…
//! group lands 2 north south east          or `any`, or `all`, in place of the number
//! quorum lands                            or a witness, or `none`
//! ```
//!
//! Names are for this file alone and may hold any bytes; a name can be a member once in the whole file, so that
//! a witness counts in one way only.

mod judge;
mod read;

pub use judge::{Cosigned, QuorumError, Witnessed};
pub use read::{PolicyError, Wrong};

use std::fmt;
use std::str::FromStr;

use crate::cosignature::CosignerKey;
use crate::log_key::LogKey;

/// The longest policy that is read, in bytes.
pub const MAX_POLICY_BYTES: usize = 500_000;

/// The most logs, witnesses and groups, of each, that a policy may have. The standard asks for at least 32.
pub const MAX_OF_EACH: usize = 128;

/// A policy: which checkpoints to believe. Its text form ([`fmt::Display`]) is the same policy without comments
/// and with single spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<Log>,
    witnesses: Vec<Witness>,
    groups: Vec<Group>,
    quorum: Quorum,
}

/// A name or an address in a policy: bytes without spaces, which need not be text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word(Vec<u8>);

/// A log whose checkpoints are believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    key: LogKey,
    url: Option<Word>,
}

/// A witness that a quorum can ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    name: Word,
    key: CosignerKey,
    url: Option<Word>,
}

/// A group, of which so many members must have witnessed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    name: Word,
    threshold: usize,
    members: Vec<Member>,
}

/// What a name stands for. Groups name earlier groups only, so that they can be judged in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Member {
    Witness(usize),
    Group(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quorum {
    None,
    Of(Member),
}

impl Policy {
    /// The logs, in the order of the file.
    #[must_use]
    pub fn logs(&self) -> &[Log] {
        &self.logs
    }

    /// The witnesses, in the order of the file, whether the quorum asks for them or not.
    #[must_use]
    pub fn witnesses(&self) -> &[Witness] {
        &self.witnesses
    }

    /// Whether a checkpoint needs no cosignature at all.
    #[must_use]
    pub fn needs_no_witness(&self) -> bool {
        self.quorum == Quorum::None
    }

    fn name(&self, member: Member) -> &Word {
        match member {
            Member::Witness(at) => &self.witnesses[at].name,
            Member::Group(at) => &self.groups[at].name,
        }
    }
}

impl Log {
    /// The key, whose name is the log's origin.
    #[must_use]
    pub fn key(&self) -> &LogKey {
        &self.key
    }

    /// Where the log is, if the policy says so.
    #[must_use]
    pub fn url(&self) -> Option<&Word> {
        self.url.as_ref()
    }
}

impl Witness {
    /// The name in this policy.
    #[must_use]
    pub fn name(&self) -> &Word {
        &self.name
    }

    /// The key, which has a name of its own.
    #[must_use]
    pub fn key(&self) -> &CosignerKey {
        &self.key
    }

    /// Where to ask for cosignatures (the "submission prefix"), if the policy says so.
    #[must_use]
    pub fn url(&self) -> Option<&Word> {
        self.url.as_ref()
    }
}

impl Word {
    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text, if it is UTF-8.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        str::from_utf8(&self.0).ok()
    }
}

/// For people: what is not UTF-8 is shown as a replacement character, and what is very long is cut.
impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self.0[..self.0.len().min(MOST_SHOWN)];
        f.write_str(&String::from_utf8_lossy(shown))?;
        if self.0.len() > MOST_SHOWN { f.write_str("…") } else { Ok(()) }
    }
}

/// How many bytes of a word an error shows.
const MOST_SHOWN: usize = 120;

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.escape_ascii())
    }
}

impl Policy {
    /// The bytes of the policy, without comments and with single spaces: reading them gives the same policy.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut line = |words: &[&[u8]]| {
            bytes.extend_from_slice(&words.join(&b' '));
            bytes.push(b'\n');
        };
        for log in &self.logs {
            let key = log.key.to_string();
            let words = [Some(b"log".as_slice()), Some(key.as_bytes()), log.url.as_ref().map(Word::as_bytes)];
            line(&words.into_iter().flatten().collect::<Vec<_>>());
        }
        for witness in &self.witnesses {
            let key = witness.key.to_string();
            let words = [
                Some(b"witness".as_slice()),
                Some(witness.name.as_bytes()),
                Some(key.as_bytes()),
                witness.url.as_ref().map(Word::as_bytes),
            ];
            line(&words.into_iter().flatten().collect::<Vec<_>>());
        }
        for group in &self.groups {
            let threshold = group.threshold.to_string();
            let mut words = vec![b"group".as_slice(), group.name.as_bytes(), threshold.as_bytes()];
            words.extend(group.members.iter().map(|member| self.name(*member).as_bytes()));
            line(&words);
        }
        let quorum = match self.quorum {
            Quorum::None => NONE,
            Quorum::Of(member) => self.name(member).as_bytes(),
        };
        line(&[b"quorum", quorum]);
        bytes
    }
}

/// The name that stands for no witness.
const NONE: &[u8] = b"none";

/// For people; [`Policy::to_bytes`] is exact where a name is not UTF-8.
impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.to_bytes()))
    }
}

impl FromStr for Policy {
    type Err = PolicyError;

    fn from_str(text: &str) -> Result<Self, PolicyError> {
        Self::parse(text.as_bytes())
    }
}

#[cfg(test)]
mod tests;
