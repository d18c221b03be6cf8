//! The catalogue that is read, and what is said where it cannot be.

use std::fs::File;
use std::io::{self, Read, Seek as _};
use std::path::Path;

use assay_gate::{Catalogue, CatalogueError, Columns, GateError};
use indicatif::{ProgressBar, ProgressStyle};

use super::receipt::{Digested, Passing};
use crate::exit::Failure;

pub(super) type Source = Box<dyn Read + Send>;

/// A catalogue whose columns were found.
pub(super) struct Opened {
    pub(super) catalogue: Catalogue<Source>,
    /// In bytes, where that says how many rows there are.
    pub(super) size: Option<u64>,
    pub(super) bar: ProgressBar,
}

/// Opens a catalogue; what is read of it passes for a receipt.
pub(super) fn open(path: &Path, passing: Option<Passing>, columns: &Columns) -> Result<Opened, Failure> {
    let shown = path.display().to_string();
    let opened = |catalogue: Result<Catalogue<Source>, CatalogueError>, size, bar| {
        let catalogue = catalogue.map_err(|e| catalogue_failure(&shown, &e))?;
        Ok(Opened { catalogue, size, bar })
    };
    if path.as_os_str() == "-" {
        let source: Source = Box::new(Digested { inner: io::stdin(), passing });
        return opened(Catalogue::open(source, columns), None, ProgressBar::hidden());
    }
    let mut file = File::open(path).map_err(|e| Failure::reading(path, &e))?;
    let size = file.metadata().map_err(|e| Failure::reading(path, &e))?;
    if size.is_dir() {
        return Err(Failure::unreadable(format!("{} is a folder, a catalogue is wanted", path.display())));
    }
    if size.is_file() && is_parquet(&mut file).map_err(|e| Failure::reading(path, &e))? {
        if let Some(passing) = passing {
            // Its parts are read in another order than they lie in: so it is read once more, from its begin.
            io::copy(&mut Digested { inner: &file, passing: Some(passing) }, &mut io::sink())
                .and_then(|_| file.rewind())
                .map_err(|e| Failure::reading(path, &e))?;
        }
        return opened(Catalogue::open_parquet(file, columns), None, ProgressBar::hidden());
    }
    let bar = ProgressBar::new(size.len());
    if let Ok(style) =
        ProgressStyle::with_template("  {bytes}/{total_bytes} {wide_bar} {bytes_per_sec} {eta}")
    {
        bar.set_style(style);
    }
    let source: Source = Box::new(Digested { inner: bar.wrap_read(file), passing });
    opened(Catalogue::open(source, columns), Some(size.len()), bar)
}

fn is_parquet(file: &mut File) -> io::Result<bool> {
    let mut begin = Vec::new();
    file.take(4).read_to_end(&mut begin)?;
    file.rewind()?;
    Ok(begin == b"PAR1")
}

/// What is said of a run that failed.
pub(super) fn failure(shown: &str, out: Option<&Path>, error: &GateError) -> Failure {
    match error {
        GateError::Catalogue(e) => catalogue_failure(shown, e),
        GateError::Write(source) if out == Some(Path::new("-")) => Failure::impossible(format!(
            "standard output could not be written: {source}; what was written of the verdicts is not whole"
        )),
        GateError::Write(source) => Failure::writing(out.unwrap_or(Path::new("-")), source),
    }
}

fn catalogue_failure(shown: &str, error: &CatalogueError) -> Failure {
    // A source that broke is the machine's matter; bytes that are no text are the file's.
    if let CatalogueError::Read { source, .. } = error
        && source.kind() != io::ErrorKind::InvalidData
        && source.kind() != io::ErrorKind::UnexpectedEof
    {
        return Failure::impossible(format!("{shown}: {error}"));
    }
    Failure::unreadable(format!("{shown}: {error}"))
}
