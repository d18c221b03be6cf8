//! How a command ends: the documented exit codes, and failures as sentences for the person at the terminal.

use std::path::Path;

use assay::case::Problem;

/// How a command that could do its work ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// What was asked holds.
    Holds,
    /// Something is not met, refused or found.
    Found,
    /// Nothing is refused, but something is inconclusive, not tested or to be asked.
    Open,
    /// What was given could not be read, and that is the answer.
    Unreadable,
}

impl Exit {
    /// The documented code.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Holds => 0,
            Self::Found => 1,
            Self::Open => 3,
            Self::Unreadable => 2,
        }
    }
}

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Usage, or input that cannot be read: code 2.
    Unreadable {
        /// What it is about, in a sentence.
        message: String,
        /// Every problem with its place and mend, where there are places.
        problems: Vec<Problem>,
    },
    /// It could not be done, and nothing half-done was left: code 4.
    Impossible(String),
}

impl Failure {
    /// Input that cannot be read, or a command that makes no sense.
    pub(crate) fn unreadable(message: impl Into<String>) -> Self {
        Self::Unreadable { message: message.into(), problems: Vec::new() }
    }

    /// Something the machine or the network did not allow.
    pub(crate) fn impossible(message: impl Into<String>) -> Self {
        Self::Impossible(message.into())
    }

    /// What it is about, in a sentence.
    pub(crate) fn message(&self) -> &str {
        match self {
            Self::Unreadable { message, .. } | Self::Impossible(message) => message,
        }
    }

    /// The documented code.
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Unreadable { .. } => 2,
            Self::Impossible(_) => 4,
        }
    }

    /// A file that could not be opened or read. What is not there is the user's to mend; the rest is the machine's.
    pub(crate) fn reading(path: &Path, error: &std::io::Error) -> Self {
        let shown = path.display();
        match error.kind() {
            std::io::ErrorKind::NotFound => Self::unreadable(format!("{shown} is not there: check the path")),
            std::io::ErrorKind::IsADirectory => {
                Self::unreadable(format!("{shown} is a folder, a file is wanted"))
            }
            _ => Self::impossible(format!("{shown} cannot be read: {error}")),
        }
    }

    /// A file that could not be written.
    pub(crate) fn writing(path: &Path, error: &std::io::Error) -> Self {
        let mend = match error.kind() {
            std::io::ErrorKind::StorageFull => "the disk is full: make room and run it again",
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                "it may not be written: choose another folder or mend its permissions"
            }
            std::io::ErrorKind::NotFound => "its folder is not there: make it first",
            _ => "nothing half-written was left",
        };
        Self::impossible(format!("{} could not be written ({error}): {mend}", path.display()))
    }
}
