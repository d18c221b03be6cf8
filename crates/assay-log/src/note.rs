//! Signed notes: a text and the signatures under it (C2SP `signed-note`). A [`Note`] has been read, no more;
//! only [`Note::verify`] makes a [`VerifiedNote`] of it, and nothing in a note should be believed before.
//! Keys are in `key`.
//!
//! ```text
//! any text, to its last line feed
//!
//! — example.org/log base64(key id || signature)
//! ```

mod key;
pub(crate) mod vkey;

pub use key::{Signer, Verifier};
pub use vkey::KeyError;

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The longest note that is read or made, in bytes.
pub const MAX_NOTE_BYTES: usize = 1_000_000;

/// The most signatures a note may carry. The standard asks for at least 16.
pub const MAX_SIGNATURES: usize = 100;

/// A text with signature lines under it, well formed and not yet verified. Its text form ([`fmt::Display`])
/// is exactly what was parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// One signature line of a note: who is said to have signed, and with what result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    name: String,
    key_id: u32,
    bytes: Vec<u8>,
}

/// A note of which at least one signature was made by a key we know, and none by such a key is bad. It comes
/// only from [`Note::verify`], and in a checkpoint from [`crate::checkpoint`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedNote {
    note: Note,
    signed_by: Vec<Verifier>,
}

/// Why something is no note, or a note is not to be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The note is longer than [`MAX_NOTE_BYTES`].
    #[error("the note has {0} bytes, and the most is {MAX_NOTE_BYTES}")]
    TooLong(usize),
    /// There is a control character other than a line feed.
    #[error(
        "line {line} of the note has a control character: a note has only text and line feeds (no carriage return)"
    )]
    ControlCharacter {
        /// The line, from 1.
        line: usize,
    },
    /// The text to sign has no line feed at its end.
    #[error("the text of a note ends with a line feed: add one")]
    Unterminated,
    /// There is no empty line between a text and signatures.
    #[error("the note has no empty line between its text and its signatures")]
    NoBlankLine,
    /// There is nothing after the empty line.
    #[error("the note has no signatures: it was not signed, or cut")]
    NoSignatures,
    /// There are more signatures than [`MAX_SIGNATURES`].
    #[error("the note has more than {MAX_SIGNATURES} signatures")]
    TooManySignatures,
    /// A signature line is malformed.
    #[error("signature {number} of the note {why}")]
    SignatureLine {
        /// Its place among the signatures, from 1.
        number: usize,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Two different keys were given under the same name and key id.
    #[error("two different keys are both known as {name} with key id {key_id:08x}: keep the right one")]
    AmbiguousKey {
        /// The name of the key.
        name: String,
        /// Its id.
        key_id: u32,
    },
    /// A key we know did not make the signature that is under its name.
    #[error("the signature of {name} (key id {key_id:08x}) does not fit the text: the note was changed")]
    BadSignature {
        /// The name of the key.
        name: String,
        /// Its id.
        key_id: u32,
    },
    /// No signature is by a key we know.
    #[error(
        "the note is not signed by any key known here: it has {0} signatures by others; check which log and key were expected"
    )]
    NoKnownSignature(usize),
}

impl Note {
    /// Reads a note, strictly: whatever is accepted is written back byte for byte.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        check_characters(note)?;
        let split = note.rfind("\n\n").ok_or(NoteError::NoBlankLine)?;
        let (text, lines) = (&note[..=split], &note[split + 2..]);
        if lines.is_empty() {
            return Err(NoteError::NoSignatures);
        }
        let lines = lines.strip_suffix('\n').ok_or(NoteError::SignatureLine {
            number: lines.split('\n').count(),
            why: "does not end with a line feed: the note was cut",
        })?;
        let mut signatures = Vec::new();
        for (line, number) in lines.split('\n').zip(1..) {
            if number > MAX_SIGNATURES {
                return Err(NoteError::TooManySignatures);
            }
            let signature = NoteSignature::parse(line);
            signatures.push(signature.map_err(|why| NoteError::SignatureLine { number, why })?);
        }
        Ok(Self { text: text.to_owned(), signatures })
    }

    /// The text that was signed, with its last line feed. Not to be believed as long as the note is not
    /// verified.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines, in their order.
    #[must_use]
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// The same note with further lines under it, such as cosignatures. A line under a name and id that was
    /// there before takes its place.
    ///
    /// # Errors
    /// [`NoteError::TooManySignatures`], [`NoteError::TooLong`].
    pub fn with_signatures(
        mut self,
        lines: impl IntoIterator<Item = NoteSignature>,
    ) -> Result<Self, NoteError> {
        for line in lines {
            self.signatures.retain(|other| !other.is_by_the_key_of(&line));
            self.signatures.push(line);
            if self.signatures.len() > MAX_SIGNATURES {
                return Err(NoteError::TooManySignatures);
            }
        }
        let length = self.to_string().len();
        if length > MAX_NOTE_BYTES { Err(NoteError::TooLong(length)) } else { Ok(self) }
    }

    /// The same note with those of its lines only.
    pub(crate) fn with_only(mut self, keep: impl Fn(&NoteSignature) -> bool) -> Self {
        self.signatures.retain(keep);
        self
    }

    /// Checks every signature by a key that is known, by name and id, and passes over those by unknown keys.
    /// At least one must be there and all must hold.
    pub fn verify(&self, known: &[Verifier]) -> Result<VerifiedNote, NoteError> {
        let mut signed_by: Vec<Verifier> = Vec::new();
        for signature in &self.signatures {
            let named = |key: &&Verifier| key.name() == signature.name && key.key_id() == signature.key_id;
            let Some(key) = known.iter().find(named) else { continue };
            let (name, key_id) = (signature.name.clone(), signature.key_id);
            if known.iter().filter(named).any(|other| other != key) {
                return Err(NoteError::AmbiguousKey { name, key_id });
            }
            if !key.signed(&self.text, &signature.bytes) {
                return Err(NoteError::BadSignature { name, key_id });
            }
            if !signed_by.contains(key) {
                signed_by.push(key.clone());
            }
        }
        if signed_by.is_empty() {
            return Err(NoteError::NoKnownSignature(self.signatures.len()));
        }
        Ok(VerifiedNote { note: self.clone(), signed_by })
    }
}

impl NoteSignature {
    /// The name of the key that is said to have signed.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id of that key.
    #[must_use]
    pub fn key_id(&self) -> u32 {
        self.key_id
    }

    /// What the key's algorithm made, without the key id.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// A line of a key whose name was checked.
    pub(crate) fn new(name: &str, key_id: u32, bytes: Vec<u8>) -> Self {
        Self { name: name.to_owned(), key_id, bytes }
    }

    /// Whether this line is under the same name and id as another.
    pub(crate) fn is_by_the_key_of(&self, other: &Self) -> bool {
        self.key_id == other.key_id && self.name == other.name
    }

    /// Reads a line without its line feed, or says what is wrong with it.
    pub(crate) fn parse(line: &str) -> Result<Self, &'static str> {
        let rest = line.strip_prefix(SIGNATURE_START).ok_or("does not begin with an em dash and a space")?;
        let (name, base64) =
            rest.split_once(' ').ok_or("has no space between the key's name and the signature")?;
        if !vkey::is_name(name) {
            return Err("has a key name that is empty or has a space or a plus");
        }
        let bytes = STANDARD.decode(base64).map_err(|_| "is not standard base64 with padding")?;
        match bytes.split_first_chunk() {
            Some((key_id, bytes)) if !bytes.is_empty() => {
                Ok(Self { name: name.to_owned(), key_id: u32::from_be_bytes(*key_id), bytes: bytes.to_vec() })
            }
            _ => Err("is too short to hold a key id and a signature"),
        }
    }
}

impl VerifiedNote {
    /// A note that was checked elsewhere, with the keys of notes among those that signed.
    pub(crate) fn believed(note: Note, signed_by: Vec<Verifier>) -> Self {
        Self { note, signed_by }
    }

    /// The note.
    #[must_use]
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// The text, which the keys of [`Self::signed_by`] signed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.note.text
    }

    /// The known keys that signed the text, each once, in the order of their signatures. None where the note is a
    /// checkpoint that its log signed with ML-DSA-44 alone.
    #[must_use]
    pub fn signed_by(&self) -> &[Verifier] {
        &self.signed_by
    }
}

impl Signer {
    /// Signs a text, which must end with a line feed.
    pub fn sign(&self, text: &str) -> Result<Note, NoteError> {
        check_characters(text)?;
        if !text.ends_with('\n') {
            return Err(NoteError::Unterminated);
        }
        let note = Note { text: text.to_owned(), signatures: vec![self.signature(text)] };
        let length = note.to_string().len();
        if length > MAX_NOTE_BYTES { Err(NoteError::TooLong(length)) } else { Ok(note) }
    }

    fn signature(&self, text: &str) -> NoteSignature {
        let key = self.verifier();
        NoteSignature::new(key.name(), key.key_id(), self.raw_signature(text).to_vec())
    }
}

/// Refuses what is too long and what has control characters; both hold for a whole note and for the text of
/// one.
fn check_characters(text: &str) -> Result<(), NoteError> {
    if text.len() > MAX_NOTE_BYTES {
        return Err(NoteError::TooLong(text.len()));
    }
    match text.bytes().position(|b| b < b' ' && b != b'\n') {
        None => Ok(()),
        Some(at) => {
            let line = text.bytes().take(at).filter(|b| *b == b'\n').count() + 1;
            Err(NoteError::ControlCharacter { line })
        }
    }
}

const SIGNATURE_START: &str = "\u{2014} ";

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.key_id.to_be_bytes().as_slice(), &self.bytes].concat();
        write!(f, "{SIGNATURE_START}{} {}", self.name, STANDARD.encode(bytes))
    }
}

impl FromStr for Note {
    type Err = NoteError;

    fn from_str(note: &str) -> Result<Self, NoteError> {
        Self::parse(note)
    }
}

#[cfg(test)]
mod tests;
