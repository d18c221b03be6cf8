//! Checkpoints: what a log signs to say how large it is and what is in it (C2SP `tlog-checkpoint`). A
//! [`Checkpoint`] is a claim; a [`VerifiedCheckpoint`] is one that the log's key has signed, and comes only
//! from [`open`]. That the log is append-only and shows everybody the same is not said by a signature:
//! consistency proofs and witnesses say it.
//!
//! ```text
//! example.org/log                                  origin
//! 15                                               size
//! rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=     root
//! ```

use std::fmt;

use crate::decimal::decimal;
use crate::hash::{EMPTY_ROOT, Hash, HashError};
use crate::log_key::LogKey;
use crate::note::{MAX_NOTE_BYTES, Note, NoteError, Signer, VerifiedNote, Verifier};

/// The size and root of a log, in its name. Its text form ([`fmt::Display`]) is what is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Hash,
    extensions: Vec<String>,
}

/// A checkpoint under which a known key's signature was checked. It comes only from [`open`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedCheckpoint {
    checkpoint: Checkpoint,
    note: VerifiedNote,
}

/// Why something is no checkpoint, or not one to be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The text is longer than a note may be.
    #[error("the checkpoint has {0} bytes, and the most is {MAX_NOTE_BYTES}")]
    TooLong(usize),
    /// The text is cut, or has too few lines.
    #[error(
        "a checkpoint has at least three lines, each with a line feed: the origin, the size and the root"
    )]
    Shape,
    /// The origin, or an extension, is empty or has a control character.
    #[error("line {line} of the checkpoint is empty or has a control character")]
    Line {
        /// The line, from 1.
        line: usize,
    },
    /// The size is no number in its one spelling.
    #[error("the size of a checkpoint is a decimal number without leading zeros, on its second line")]
    Size,
    /// The root is no hash.
    #[error("the root of the checkpoint, on its third line: {0}")]
    Root(#[from] HashError),
    /// A log without entries has the root of another.
    #[error("a checkpoint of size 0 has the root {EMPTY_ROOT}, and this says {0}")]
    EmptyRoot(Hash),
    /// It is another log's.
    #[error("this is a checkpoint of {found}, and {expected} was expected")]
    OtherOrigin {
        /// The log that was expected.
        expected: String,
        /// The log whose checkpoint it is.
        found: String,
    },
    /// The key is named differently from the log.
    #[error(
        "the key is named {key} and the log {origin}: sign with the log's own key, which carries its name"
    )]
    OtherKey {
        /// The name of the key.
        key: String,
        /// The origin of the checkpoint.
        origin: String,
    },
    /// Two signature lines have the same name and key id.
    #[error(
        "the checkpoint has two signature lines of {name} (key id {key_id:08x}): remove the one too many"
    )]
    RepeatedLine {
        /// The name on both.
        name: String,
        /// The key id on both.
        key_id: u32,
    },
    /// There are extension lines, and who signed does not sign these.
    #[error(
        "the checkpoint has extension lines, which its ML-DSA-44 signature leaves out: nobody vouches for them"
    )]
    UnsignedExtensions,
    /// The note around it is malformed or not signed as it should be.
    #[error(transparent)]
    Note(#[from] NoteError),
}

/// Reads a signed checkpoint and checks that it is of the log `origin` and signed by one of `log_keys`: the
/// keys that are accepted *for this log*. A witness's key does not belong there, for then its word alone
/// would be taken for the log's.
pub fn open(note: &str, origin: &str, log_keys: &[Verifier]) -> Result<VerifiedCheckpoint, CheckpointError> {
    let note = Note::parse(note)?;
    no_line_twice(&note)?;
    let note = note.verify(log_keys)?;
    let checkpoint = Checkpoint::parse(note.text())?;
    checkpoint.is_of(origin)?;
    Ok(VerifiedCheckpoint { checkpoint, note })
}

/// The same for a log that may sign with ML-DSA-44 as well: at least one of its keys must have signed, and no
/// line under such a key may be bad.
///
/// # Errors
/// See [`CheckpointError`].
pub fn open_by(note: &str, origin: &str, log_keys: &[LogKey]) -> Result<VerifiedCheckpoint, CheckpointError> {
    let note = Note::parse(note)?;
    let checkpoint = Checkpoint::parse(note.text())?;
    checkpoint.is_of(origin)?;
    verify(note, checkpoint, log_keys)
}

/// Believes a checkpoint that is known to be of the right log, if one of its keys signed.
pub(crate) fn verify(
    note: Note,
    checkpoint: Checkpoint,
    log_keys: &[LogKey],
) -> Result<VerifiedCheckpoint, CheckpointError> {
    no_line_twice(&note)?;
    let (mut text_signed_by, mut signed) = (Vec::new(), false);
    for line in note.signatures() {
        let Some(key) = log_keys.iter().find(|key| key.is_of(line)) else { continue };
        if log_keys.iter().any(|other| other.is_of(line) && other != key) {
            let (name, key_id) = (line.name().to_owned(), line.key_id());
            return Err(NoteError::AmbiguousKey { name, key_id }.into());
        }
        key.check(note.text(), &checkpoint, line)?;
        signed = true;
        if let LogKey::Ed25519(key) = key {
            text_signed_by.push(key.clone());
        }
    }
    if !signed {
        return Err(NoteError::NoKnownSignature(note.signatures().len()).into());
    }
    if text_signed_by.is_empty() && !checkpoint.extensions.is_empty() {
        return Err(CheckpointError::UnsignedExtensions);
    }
    Ok(VerifiedCheckpoint { checkpoint, note: VerifiedNote::believed(note, text_signed_by) })
}

/// Refuses a checkpoint with two lines of one name and id, which the standard forbids.
fn no_line_twice(note: &Note) -> Result<(), CheckpointError> {
    let lines = note.signatures();
    for (at, line) in lines.iter().enumerate() {
        if lines[..at].iter().any(|other| other.is_by_the_key_of(line)) {
            let (name, key_id) = (line.name().to_owned(), line.key_id());
            return Err(CheckpointError::RepeatedLine { name, key_id });
        }
    }
    Ok(())
}

impl Checkpoint {
    /// What a log has to say of its size and root.
    pub fn new(origin: impl Into<String>, size: u64, root: Hash) -> Result<Self, CheckpointError> {
        let origin = origin.into();
        check_line(&origin, 1)?;
        if size == 0 && root != EMPTY_ROOT {
            return Err(CheckpointError::EmptyRoot(root));
        }
        Ok(Self { origin, size, root, extensions: Vec::new() })
    }

    /// The same with extension lines, which are opaque here. The standard advises against them, since nobody
    /// audits them.
    pub fn with_extensions(mut self, extensions: Vec<String>) -> Result<Self, CheckpointError> {
        for (extension, line) in extensions.iter().zip(4..) {
            check_line(extension, line)?;
        }
        self.extensions = extensions;
        Ok(self)
    }

    /// Reads the text of a checkpoint, without signatures; whatever is accepted is written back byte for
    /// byte.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        if text.len() > MAX_NOTE_BYTES {
            return Err(CheckpointError::TooLong(text.len()));
        }
        let mut lines = text.strip_suffix('\n').ok_or(CheckpointError::Shape)?.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(CheckpointError::Shape);
        };
        let size = decimal(size).ok_or(CheckpointError::Size)?;
        Self::new(origin, size, Hash::from_base64(root)?)?.with_extensions(lines.map(str::to_owned).collect())
    }

    fn is_of(&self, origin: &str) -> Result<(), CheckpointError> {
        if self.origin == origin {
            return Ok(());
        }
        Err(CheckpointError::OtherOrigin { expected: origin.to_owned(), found: self.origin.clone() })
    }

    /// Signs it with the log's key, which must carry the log's name.
    pub fn sign(&self, signer: &Signer) -> Result<Note, CheckpointError> {
        let key = signer.verifier().name();
        if key != self.origin {
            return Err(CheckpointError::OtherKey { key: key.to_owned(), origin: self.origin.clone() });
        }
        Ok(signer.sign(&self.to_string())?)
    }

    /// The name of the log.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many entries the log has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree of that size.
    #[must_use]
    pub fn root(&self) -> &Hash {
        &self.root
    }

    /// The extension lines.
    #[must_use]
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }
}

impl VerifiedCheckpoint {
    /// What was signed.
    #[must_use]
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The name of the log.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.checkpoint.origin()
    }

    /// How many entries the log has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.checkpoint.size()
    }

    /// The root of the tree of that size.
    #[must_use]
    pub fn root(&self) -> &Hash {
        self.checkpoint.root()
    }

    /// The extension lines.
    #[must_use]
    pub fn extensions(&self) -> &[String] {
        self.checkpoint.extensions()
    }

    /// The note it came in, with every signature.
    #[must_use]
    pub fn note(&self) -> &VerifiedNote {
        &self.note
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root)?;
        self.extensions.iter().try_for_each(|extension| writeln!(f, "{extension}"))
    }
}

fn check_line(text: &str, line: usize) -> Result<(), CheckpointError> {
    let fits = !text.is_empty() && text.bytes().all(|b| b >= b' ');
    if fits { Ok(()) } else { Err(CheckpointError::Line { line }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::leaf_hash;

    const ORIGIN: &str = "example.org/log";
    const ROOT: &str = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";

    fn signer() -> Signer {
        Signer::new(ORIGIN, [1; 32]).unwrap()
    }

    fn keys() -> Vec<Verifier> {
        vec![signer().verifier().clone()]
    }

    fn checkpoint() -> Checkpoint {
        Checkpoint::new(ORIGIN, 15, leaf_hash(b"")).unwrap()
    }

    #[test]
    fn the_standards_own_example_is_read_and_written() {
        let text = format!("example.com/behind-the-sofa\n20852163\n{ROOT}\n");
        let read = Checkpoint::parse(&text).unwrap();
        assert_eq!((read.origin(), read.size()), ("example.com/behind-the-sofa", 20_852_163));
        assert_eq!(read.root().to_string(), ROOT);
        assert_eq!(read.to_string(), text);
        let extended = format!("{text}extension one\n— not a signature\n");
        assert_eq!(
            Checkpoint::parse(&extended).unwrap().extensions(),
            ["extension one", "— not a signature"]
        );
        assert_eq!(Checkpoint::parse(&extended).unwrap().to_string(), extended);
    }

    #[test]
    fn what_is_no_checkpoint_is_refused_with_the_reason() {
        for (text, why) in [
            (String::new(), CheckpointError::Shape),
            ("\n".into(), CheckpointError::Shape),
            ("log\n1\n".into(), CheckpointError::Shape),
            (format!("log\n1\n{ROOT}"), CheckpointError::Shape),
            (format!("\n1\n{ROOT}\n"), CheckpointError::Line { line: 1 }),
            (format!("l\rog\n1\n{ROOT}\n"), CheckpointError::Line { line: 1 }),
            (format!("log\n01\n{ROOT}\n"), CheckpointError::Size),
            (format!("log\n-1\n{ROOT}\n"), CheckpointError::Size),
            (format!("log\n\n{ROOT}\n"), CheckpointError::Size),
            (format!("log\n1 \n{ROOT}\n"), CheckpointError::Size),
            (format!("log\n18446744073709551616\n{ROOT}\n"), CheckpointError::Size),
            ("log\n1\n\n".into(), CheckpointError::Root(HashError::TextLength(0))),
            (format!("log\n1\n{ROOT}\r\n"), CheckpointError::Root(HashError::TextLength(45))),
            (format!("log\n1\n{}\n", ROOT.replace('/', "_")), CheckpointError::Root(HashError::NotBase64)),
            (format!("log\n1\n{ROOT}\n\n"), CheckpointError::Line { line: 4 }),
            (format!("log\n1\n{ROOT}\na\n\nb\n"), CheckpointError::Line { line: 5 }),
            (format!("log\n0\n{ROOT}\n"), CheckpointError::EmptyRoot(ROOT.parse().unwrap())),
            ("x".repeat(MAX_NOTE_BYTES + 1), CheckpointError::TooLong(MAX_NOTE_BYTES + 1)),
        ] {
            assert_eq!(Checkpoint::parse(&text), Err(why), "{text:?}");
        }
    }

    #[test]
    fn a_checkpoint_that_could_not_be_read_back_cannot_be_made() {
        assert_eq!(Checkpoint::new("", 1, EMPTY_ROOT), Err(CheckpointError::Line { line: 1 }));
        assert_eq!(Checkpoint::new("a\nb", 1, EMPTY_ROOT), Err(CheckpointError::Line { line: 1 }));
        let extended = checkpoint().with_extensions(vec!["fine".into(), "not\nfine".into()]);
        assert_eq!(extended, Err(CheckpointError::Line { line: 5 }));
    }

    #[test]
    fn a_signed_checkpoint_opens_for_who_knows_the_log() {
        let note = checkpoint().sign(&signer()).unwrap().to_string();
        let opened = open(&note, ORIGIN, &keys()).unwrap();
        assert_eq!(opened.checkpoint(), &checkpoint());
        assert_eq!((opened.origin(), opened.size(), opened.root()), (ORIGIN, 15, &leaf_hash(b"")));
        assert!(opened.extensions().is_empty());
        assert_eq!(opened.note().signed_by(), keys());
        assert_eq!(opened.note().note().to_string(), note);
    }

    #[test]
    fn another_logs_checkpoint_does_not_open() {
        let note = checkpoint().sign(&signer()).unwrap().to_string();
        let other =
            CheckpointError::OtherOrigin { expected: "example.org/log2".into(), found: ORIGIN.into() };
        assert_eq!(open(&note, "example.org/log2", &keys()), Err(other));
        let stranger = Signer::new(ORIGIN, [2; 32]).unwrap();
        let said = open(&note, ORIGIN, &[stranger.verifier().clone()]);
        assert_eq!(said, Err(CheckpointError::Note(NoteError::NoKnownSignature(1))));
    }

    #[test]
    fn a_signed_text_that_is_no_checkpoint_does_not_open() {
        let note = signer().sign("example.org/log\n15\n").unwrap().to_string();
        assert_eq!(open(&note, ORIGIN, &keys()), Err(CheckpointError::Shape));
    }

    #[test]
    fn a_log_signs_with_a_key_of_its_own_name() {
        let other = Signer::new("example.org/other", [1; 32]).unwrap();
        let said = checkpoint().sign(&other);
        let why = CheckpointError::OtherKey { key: "example.org/other".into(), origin: ORIGIN.into() };
        assert_eq!(said, Err(why));
    }

    #[test]
    fn two_lines_of_one_key_are_refused_whoever_it_is() {
        let note = checkpoint().sign(&signer()).unwrap();
        let line = |seed: u8, name: &str| {
            let signed = Signer::new(name, [seed; 32]).unwrap().sign(note.text()).unwrap();
            format!("{}\n", signed.signatures()[0])
        };
        let both = [LogKey::from(keys()[0].clone())];
        for (lines, fine) in [
            (line(2, ORIGIN), true), // of one name and with another id
            (line(1, "witness.example"), true),
            (line(1, ORIGIN), false),
            (format!("{}{}", line(2, "w"), line(2, "w")), false),
        ] {
            let text = format!("{note}{lines}");
            let said = open(&text, ORIGIN, &keys());
            assert_eq!(said.is_ok(), fine, "{text}");
            assert!(fine || matches!(said, Err(CheckpointError::RepeatedLine { .. })));
            assert_eq!(open_by(&text, ORIGIN, &both).is_ok(), fine, "{text}");
        }
    }

    #[test]
    fn two_keys_that_cannot_be_told_apart_are_refused_for_a_log_too() {
        // Ids are short: among the first 31 000 seeds these two collide.
        let numbered = |n: u32| {
            let mut seed = [0; 32];
            seed[..4].copy_from_slice(&n.to_be_bytes());
            Signer::new(ORIGIN, seed).unwrap()
        };
        let (one, other) = (numbered(5_241), numbered(30_242));
        let note = checkpoint().sign(&one).unwrap().to_string();
        let key = |signer: &Signer| LogKey::from(signer.verifier().clone());
        assert!(open_by(&note, ORIGIN, &[key(&one), key(&one)]).is_ok());
        let said = open_by(&note, ORIGIN, &[key(&other), key(&one)]);
        assert!(matches!(said, Err(CheckpointError::Note(NoteError::AmbiguousKey { .. }))), "{said:?}");
        let said = open_by(&note, "example.org/log2", &[key(&one)]);
        assert!(matches!(said, Err(CheckpointError::OtherOrigin { .. })));
    }
}
