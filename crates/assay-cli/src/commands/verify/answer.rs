//! What is answered about a label: nine words that programs rely on, each with a sentence for people and an exit code.

use assay::label::LabelError;
use assay_label::PictureError;
use serde::Serialize;
use serde_json::Value;

use crate::exit::Exit;

/// What holds of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Answer {
    /// Genuine as issued on its day: all that can be known offline.
    AsIssued,
    /// Genuine and in force.
    Current,
    /// Genuine once; a later label took its place.
    Superseded,
    /// Genuine, and suspended.
    Suspended,
    /// Genuine once; the product carries it no more.
    Withdrawn,
    /// Signed by a key that was retired since: only the log can say whether before.
    KeyRetired,
    /// No label of a register that is trusted.
    NotOurs,
    /// A label of ours, changed or copied.
    Altered,
    /// Nothing that could be judged.
    Unreadable,
}

impl Answer {
    /// The first line that people read.
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Self::AsIssued => "genuine",
            Self::Current => "genuine and in force",
            Self::Superseded => "superseded",
            Self::Suspended => "suspended",
            Self::Withdrawn => "withdrawn",
            Self::KeyRetired => "key retired",
            Self::NotOurs => "not ours",
            Self::Altered => "altered",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Who decided whether a label is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum DecidedBy {
    /// A signed snapshot.
    Snapshot,
    /// Statements of the register, each proven to stand in the log.
    Proof,
    /// The register's answer, which nothing proves.
    RegistersWord,
}

/// An answer about a label.
pub(super) struct Judged {
    pub(super) answer: Answer,
    pub(super) sentence: String,
    /// Who decided; none offline.
    pub(super) decided_by: Option<DecidedBy>,
    /// Whether what was to decide could not, so that somebody has to ask again.
    pub(super) open: bool,
    /// What the label says, if it is genuine: for programs and for people.
    pub(super) label: Option<(Value, String)>,
}

impl Judged {
    /// A label that is none, or none to believe.
    pub(super) fn refused(answer: Answer, sentence: impl Into<String>) -> Self {
        Self { answer, sentence: sentence.into(), decided_by: None, open: false, label: None }
    }

    /// Without keys that somebody pinned, a genuine label is not yet one to rely on.
    pub(super) fn exit(&self, pinned: bool) -> Exit {
        match self.answer {
            Answer::Unreadable => Exit::Unreadable,
            Answer::NotOurs | Answer::Altered => Exit::Found,
            Answer::Superseded | Answer::Suspended | Answer::Withdrawn => Exit::Found,
            Answer::KeyRetired => Exit::Open,
            Answer::AsIssued | Answer::Current if pinned && !self.open => Exit::Holds,
            Answer::AsIssued | Answer::Current => Exit::Open,
        }
    }
}

impl From<LabelError> for Judged {
    fn from(error: LabelError) -> Self {
        let answer = match &error {
            LabelError::NotALink(_)
            | LabelError::NoPayload
            | LabelError::ForeignPayload
            | LabelError::UnknownKey(_) => Answer::NotOurs,
            LabelError::Version(_) | LabelError::UnknownScheme(_) => Answer::Unreadable,
            LabelError::TooLong(_) => {
                let why = "the link is longer than any label's: something was added to it";
                return Self::refused(Answer::Altered, why);
            }
            _ => Answer::Altered,
        };
        Self::refused(answer, error.to_string())
    }
}

impl From<PictureError> for Judged {
    fn from(error: PictureError) -> Self {
        let answer = match error {
            PictureError::Label(error) => return error.into(),
            PictureError::PictureAltered(_) => Answer::Altered,
            PictureError::NoLinkInSvg(_) => Answer::NotOurs,
            _ => Answer::Unreadable,
        };
        Self::refused(answer, error.to_string())
    }
}
