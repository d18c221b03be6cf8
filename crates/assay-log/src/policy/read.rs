//! Reading a policy, line by line, under bounds. Every refusal names the line and what to do about it.

use super::{Group, Log, MAX_OF_EACH, MAX_POLICY_BYTES, Member, NONE, Policy, Quorum, Witness, Word};
use crate::cosignature::CosignerKey;
use crate::decimal::decimal;
use crate::log_key::LogKey;
use crate::note::KeyError;

/// Why a text is no policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// It is longer than any policy.
    #[error("the policy has {0} bytes, and the most is {MAX_POLICY_BYTES}")]
    TooLong(usize),
    /// The last line has no line feed.
    #[error("the last line of the policy, line {0}, has no line feed: the policy was cut, or add one")]
    Unterminated(usize),
    /// There is no quorum line.
    #[error(
        "the policy has no quorum: end it with `quorum NAME`, or with `quorum none` if no witness is needed"
    )]
    NoQuorum,
    /// A line is wrong.
    #[error("line {line} of the policy: {wrong}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        wrong: Wrong,
    },
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// There is a control character.
    #[error(
        "it has the byte 0x{0:02x}; only tabs are allowed of control characters (no carriage return): remove it"
    )]
    Byte(u8),
    /// The first word is unknown.
    #[error("`{0}` is no keyword: a line begins with log, witness, group, quorum or #")]
    Keyword(Word),
    /// There are too few or too many words.
    #[error("it should read `{0}`; a comment needs a line of its own")]
    Shape(&'static str),
    /// The key is not one.
    #[error("{0}")]
    Key(#[from] KeyError),
    /// The key is not text.
    #[error("the key is not UTF-8: copy the whole line its owner publishes")]
    KeyNotText,
    /// The key is that of an earlier line.
    #[error("this is the same public key as on line {0}, perhaps under another name: remove one of them")]
    SameKey(usize),
    /// Another key has the same name and id.
    #[error(
        "another key has the same name and key id, on line {0}: their signatures could not be told apart"
    )]
    SameId(usize),
    /// The name is taken.
    #[error("the name {name} is taken by line {line}: choose another")]
    NameTaken {
        /// The name.
        name: Word,
        /// Whose it is.
        line: usize,
    },
    /// The name is `none`.
    #[error("the name none means no witness: choose another")]
    NameNone,
    /// The name was not defined before.
    #[error(
        "{0} is not the name of a witness or group on an earlier line: define it above, or correct the name"
    )]
    Unknown(Word),
    /// `none` as a member.
    #[error("none cannot be a member of a group: leave it out")]
    NoneMember,
    /// A member of a group before.
    #[error("{name} is a member on line {line} already: a name can be a member once in the whole policy")]
    MemberTwice {
        /// The member.
        name: Word,
        /// Where it is one.
        line: usize,
    },
    /// The number of a group is none, or out of range.
    #[error(
        "a group of {members} needs `any`, `all` or a number from 1 to {members} after its name, and this has {found}"
    )]
    Threshold {
        /// What was there.
        found: Word,
        /// How many members there are.
        members: usize,
    },
    /// A second quorum.
    #[error("there is a quorum on line {0} already: keep one")]
    SecondQuorum(usize),
    /// Too many of a kind.
    #[error("there are more than {MAX_OF_EACH} lines of this kind")]
    TooMany,
}

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// See [`PolicyError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, PolicyError> {
        if bytes.len() > MAX_POLICY_BYTES {
            return Err(PolicyError::TooLong(bytes.len()));
        }
        let mut reader = Reader::default();
        let mut lines = bytes.split(|b| *b == b'\n').zip(1..).peekable();
        while let Some((text, line)) = lines.next() {
            if lines.peek().is_none() {
                if !text.is_empty() {
                    return Err(PolicyError::Unterminated(line));
                }
                break;
            }
            reader.line(text, line).map_err(|wrong| PolicyError::Line { line, wrong })?;
        }
        let (quorum, _) = reader.quorum.ok_or(PolicyError::NoQuorum)?;
        let Reader { logs, witnesses, groups, .. } = reader;
        Ok(Self { logs, witnesses, groups, quorum })
    }
}

/// What was read so far, and on which lines.
#[derive(Default)]
struct Reader {
    logs: Vec<Log>,
    log_lines: Vec<usize>,
    witnesses: Vec<Witness>,
    witness_lines: Vec<usize>,
    groups: Vec<Group>,
    names: Vec<Named>,
    quorum: Option<(Quorum, usize)>,
}

/// A name, what it stands for, and where it was defined and became a member.
struct Named {
    name: Word,
    member: Member,
    line: usize,
    member_on: Option<usize>,
}

impl Reader {
    fn line(&mut self, text: &[u8], line: usize) -> Result<(), Wrong> {
        if let Some(byte) = text.iter().find(|b| matches!(b, 0..=8 | 10..=31 | 127)) {
            return Err(Wrong::Byte(*byte));
        }
        let words: Vec<&[u8]> =
            text.split(|b| matches!(b, b' ' | b'\t')).filter(|word| !word.is_empty()).collect();
        match words.as_slice() {
            [] => Ok(()),
            [first, ..] if first.starts_with(b"#") => Ok(()),
            [b"log", key] => self.log(key, None, line),
            [b"log", key, url] => self.log(key, Some(word(url)), line),
            [b"log", ..] => Err(Wrong::Shape("log KEY [ADDRESS]")),
            [b"witness", name, key] => self.witness(name, key, None, line),
            [b"witness", name, key, url] => self.witness(name, key, Some(word(url)), line),
            [b"witness", ..] => Err(Wrong::Shape("witness NAME KEY [ADDRESS]")),
            [b"group", name, threshold, members @ ..] if !members.is_empty() => {
                self.group(name, threshold, members, line)
            }
            [b"group", ..] => Err(Wrong::Shape("group NAME any|all|NUMBER MEMBER…")),
            [b"quorum", name] => self.quorum(name, line),
            [b"quorum", ..] => Err(Wrong::Shape("quorum NAME")),
            [other, ..] => Err(Wrong::Keyword(word(other))),
        }
    }

    fn log(&mut self, key: &[u8], url: Option<Word>, line: usize) -> Result<(), Wrong> {
        room(&self.logs)?;
        let key = LogKey::parse(str::from_utf8(key).map_err(|_| Wrong::KeyNotText)?)?;
        for (other, line) in self.logs.iter().zip(&self.log_lines) {
            if other.key.public_key() == key.public_key() {
                return Err(Wrong::SameKey(*line));
            }
            if (other.key.name(), other.key.key_id()) == (key.name(), key.key_id()) {
                return Err(Wrong::SameId(*line));
            }
        }
        self.logs.push(Log { key, url });
        self.log_lines.push(line);
        Ok(())
    }

    fn witness(&mut self, name: &[u8], key: &[u8], url: Option<Word>, line: usize) -> Result<(), Wrong> {
        room(&self.witnesses)?;
        let key = CosignerKey::parse(str::from_utf8(key).map_err(|_| Wrong::KeyNotText)?)?;
        for (other, line) in self.witnesses.iter().zip(&self.witness_lines) {
            if other.key.public_key() == key.public_key() {
                return Err(Wrong::SameKey(*line));
            }
            if (other.key.name(), other.key.key_id()) == (key.name(), key.key_id()) {
                return Err(Wrong::SameId(*line));
            }
        }
        self.define(name, Member::Witness(self.witnesses.len()), line)?;
        self.witnesses.push(Witness { name: word(name), key, url });
        self.witness_lines.push(line);
        Ok(())
    }

    fn group(&mut self, name: &[u8], threshold: &[u8], members: &[&[u8]], line: usize) -> Result<(), Wrong> {
        room(&self.groups)?;
        let count = members.len();
        let number = match threshold {
            b"any" => Some(1),
            b"all" => Some(count),
            digits => str::from_utf8(digits).ok().and_then(decimal).and_then(|k| usize::try_from(k).ok()),
        };
        let threshold = number
            .filter(|k| (1..=count).contains(k))
            .ok_or_else(|| Wrong::Threshold { found: word(threshold), members: count })?;
        let mut found = Vec::new();
        for member in members {
            if *member == NONE {
                return Err(Wrong::NoneMember);
            }
            let named = self.names.iter_mut().find(|named| named.name.0 == *member);
            let named = named.ok_or_else(|| Wrong::Unknown(word(member)))?;
            if let Some(line) = named.member_on.replace(line) {
                return Err(Wrong::MemberTwice { name: word(member), line });
            }
            found.push(named.member);
        }
        self.define(name, Member::Group(self.groups.len()), line)?;
        self.groups.push(Group { name: word(name), threshold, members: found });
        Ok(())
    }

    fn quorum(&mut self, name: &[u8], line: usize) -> Result<(), Wrong> {
        if let Some((_, line)) = self.quorum {
            return Err(Wrong::SecondQuorum(line));
        }
        let named = self.names.iter().find(|named| named.name.0 == name);
        let quorum = match named {
            _ if name == NONE => Quorum::None,
            Some(named) => Quorum::Of(named.member),
            None => return Err(Wrong::Unknown(word(name))),
        };
        self.quorum = Some((quorum, line));
        Ok(())
    }

    fn define(&mut self, name: &[u8], member: Member, line: usize) -> Result<(), Wrong> {
        if name == NONE {
            return Err(Wrong::NameNone);
        }
        if let Some(other) = self.names.iter().find(|named| named.name.0 == name) {
            return Err(Wrong::NameTaken { name: word(name), line: other.line });
        }
        self.names.push(Named { name: word(name), member, line, member_on: None });
        Ok(())
    }
}

fn room<T>(lines: &[T]) -> Result<(), Wrong> {
    if lines.len() < MAX_OF_EACH { Ok(()) } else { Err(Wrong::TooMany) }
}

fn word(bytes: &[u8]) -> Word {
    Word(bytes.to_vec())
}
