//! The rows that need a person, the most urgent reasons first, each reason's rows in their order.

use std::collections::BTreeMap;
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use assay::gate::Reason;
use tempfile::SpooledTempFile;

use crate::exit::Failure;
use crate::folder::Beside;

/// Bytes of one reason's rows that stay in memory.
const HELD: usize = 1 << 20;

/// What the reasons weigh: first where something may be wrong with a product that is on sale, then what one look at the pack settles,
/// then what is the shop's own file's matter.
const URGENT: [Reason; 8] = [
    Reason::NoticeSuspended,
    Reason::LabelAgainstDeclaration,
    Reason::SupportShortened,
    Reason::GtinDisputed,
    Reason::Withdrawn,
    Reason::NotDecided,
    Reason::StatementIncomplete,
    Reason::ForeignLabelUnproven,
];

/// Where they are kept until the run is over.
pub(super) struct People {
    file: Option<PathBuf>,
    /// The header line stands before the first reason.
    rows: BTreeMap<(usize, Option<Reason>), SpooledTempFile>,
}

impl People {
    pub(super) fn of(file: Option<&Path>) -> Self {
        Self { file: file.map(Path::to_owned), rows: BTreeMap::new() }
    }

    pub(super) fn wanted(&self) -> bool {
        self.file.is_some()
    }

    /// Takes a row in, under the most urgent of its reasons.
    pub(super) fn take(&mut self, reasons: &[Reason], line: &[u8]) -> io::Result<()> {
        let place = reasons.iter().map(|reason| (1 + place(*reason), Some(*reason))).min();
        let rows = self.rows.entry(place.unwrap_or((0, None)));
        rows.or_insert_with(|| SpooledTempFile::new(HELD)).write_all(line)
    }

    /// Writes the file beside its place.
    pub(super) fn write(&mut self) -> Result<Option<Beside>, Failure> {
        let Some(file) = &self.file else { return Ok(None) };
        let rows = &mut self.rows;
        Beside::write(file, false, |out| {
            for part in rows.values_mut() {
                part.rewind()?;
                io::copy(part, out)?;
            }
            Ok(())
        })
        .map(Some)
    }
}

fn place(reason: Reason) -> usize {
    URGENT.iter().position(|r| *r == reason).unwrap_or(URGENT.len())
}
