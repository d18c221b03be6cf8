//! What a witness answers, and what a log makes of it.

use super::{AddCheckpoint, Refusal, RequestError};
use crate::checkpoint::CheckpointError;
use crate::cosignature::{CosignatureError, CosignerKey, MAX_TIME};
use crate::decimal::decimal;
use crate::note::{MAX_SIGNATURES, NoteSignature};

/// The content type of an answer that tells a size.
pub const SIZE_CONTENT_TYPE: &str = "text/x.tlog.size";

/// How many characters a refusal has on the wire.
const MOST_SAID: usize = 500;

/// The longest answer that is read, in bytes.
const MAX_ANSWER_BYTES: usize = 262_144;

/// An answer on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The content type.
    pub content_type: &'static str,
    /// The body: signature lines, a size, or a sentence.
    pub body: String,
}

/// Why there is no cosignature to be had from an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// 409 with a size: the request has to begin there.
    #[error("the witness cosigned size {0} last: send the request again with a proof from there")]
    BeginAt(u64),
    /// 404.
    #[error("the witness does not know this log: ask its operator to add it")]
    UnknownLog,
    /// 403.
    #[error(
        "the witness found no signature of a key it trusts for this log: give its operator the log's key"
    )]
    NotTrusted,
    /// 422, or 409 without a size.
    #[error(
        "to the witness this checkpoint does not continue the one it cosigned last: look into the log before anything else is published"
    )]
    Inconsistent,
    /// 400.
    #[error("the witness could not read the request")]
    Malformed,
    /// Another status.
    #[error("the witness answered with status {0}: ask again later")]
    Status(u16),
    /// The answer is longer than any.
    #[error("the answer has {0} bytes, and the most is {MAX_ANSWER_BYTES}")]
    TooLong(usize),
    /// A line of the answer is no signature line.
    #[error("line {line} of the answer {why}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The body of a 409 is no size.
    #[error("the answer should have been a size, a decimal number with a line feed")]
    Size,
    /// A line of a known key does not hold.
    #[error("{0}: distrust this witness")]
    Bad(#[from] CosignatureError),
    /// A line of a known key has no time, or one in the future.
    #[error(
        "a cosignature of {key} says the time {time}, and now it is {now}: the witness's clock, or ours, is wrong"
    )]
    Time {
        /// Name and id of the key.
        key: String,
        /// The time in it, in seconds since 1970.
        time: u64,
        /// Our time.
        now: u64,
    },
    /// A known key is missing.
    #[error("there is no cosignature of {0} in the answer: is this the right key?")]
    Missing(String),
}

impl Answer {
    /// 200 with the lines that were made.
    #[must_use]
    pub fn cosigned(lines: &[NoteSignature]) -> Self {
        Self::text(200, lines.iter().map(|line| format!("{line}\n")).collect())
    }

    fn text(status: u16, body: String) -> Self {
        Self { status, content_type: "text/plain; charset=utf-8", body }
    }
}

/// The status that the standard asks for, with the sentence; of 409 the size alone.
impl From<&Refusal> for Answer {
    fn from(refusal: &Refusal) -> Self {
        let status = match refusal {
            Refusal::OtherOld { last, .. } => {
                return Self { status: 409, content_type: SIZE_CONTENT_TYPE, body: format!("{last}\n") };
            }
            Refusal::UnknownLog(_) => 404,
            Refusal::NotSigned(_) => 403,
            // A tree of size 0 with another root is inconsistent rather than malformed.
            Refusal::Request(RequestError::Checkpoint(CheckpointError::EmptyRoot(_)))
            | Refusal::ProofFromNothing(_)
            | Refusal::Inconsistent { .. } => 422,
            Refusal::Request(_) | Refusal::OldBeyondNew { .. } => 400,
        };
        // A sentence may quote what the request said, which may be long.
        let mut sentence: String = refusal.to_string().chars().take(MOST_SAID).collect();
        sentence.push('\n');
        Self::text(status, sentence)
    }
}

/// Reads the answer to a request, of a witness with these keys: one line of each, in the order of the keys, each
/// checked and with a time that is not 0 and not later than `latest` (now, and what is forgiven of a clock).
/// Lines of other keys are passed over.
///
/// # Errors
/// See [`AnswerError`]; of them [`AnswerError::BeginAt`] is the usual way to learn where to begin.
pub fn read_answer(
    request: &AddCheckpoint,
    status: u16,
    content_type: Option<&str>,
    body: &[u8],
    keys: &[CosignerKey],
    latest: u64,
) -> Result<Vec<NoteSignature>, AnswerError> {
    if body.len() > MAX_ANSWER_BYTES {
        return Err(AnswerError::TooLong(body.len()));
    }
    match status {
        200 => {}
        400 => return Err(AnswerError::Malformed),
        403 => return Err(AnswerError::NotTrusted),
        404 => return Err(AnswerError::UnknownLog),
        409 if content_type.is_some_and(is_size) => {
            let size = str::from_utf8(body).ok().and_then(|text| text.strip_suffix('\n')).and_then(decimal);
            return Err(size.map_or(AnswerError::Size, AnswerError::BeginAt));
        }
        409 | 422 => return Err(AnswerError::Inconsistent),
        other => return Err(AnswerError::Status(other)),
    }
    let lines = signature_lines(body)?;
    let mut cosigned = Vec::new();
    for key in keys {
        let mut of_key = lines.iter().filter(|line| key.is_of(line));
        let line = of_key.next().ok_or_else(|| AnswerError::Missing(key.id()))?;
        if of_key.next().is_some() {
            return Err(AnswerError::Line { line: lines.len(), why: "is not the only one of its key" });
        }
        let time = key.verify(request.checkpoint(), line)?;
        if time == 0 || time > latest.min(MAX_TIME) {
            return Err(AnswerError::Time { key: key.id(), time, now: latest });
        }
        cosigned.push(line.clone());
    }
    Ok(cosigned)
}

/// Whether a content type is that of a size, whatever its case and parameters.
fn is_size(content_type: &str) -> bool {
    content_type.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(SIZE_CONTENT_TYPE))
}

/// The signature lines of a body, each with its line feed.
fn signature_lines(body: &[u8]) -> Result<Vec<NoteSignature>, AnswerError> {
    let wrong = |line, why| AnswerError::Line { line, why };
    let text = str::from_utf8(body).map_err(|_| wrong(1, "is not UTF-8"))?;
    let mut lines = Vec::new();
    for (text, line) in text.split_inclusive('\n').zip(1..) {
        if line > MAX_SIGNATURES {
            return Err(wrong(line, "is one too many"));
        }
        let text = text.strip_suffix('\n').ok_or(wrong(line, "has no line feed: the answer was cut"))?;
        lines.push(NoteSignature::parse(text).map_err(|why| wrong(line, why))?);
    }
    Ok(lines)
}
