//! A snapshot of the register, opened from its file and verified as `assay gate` does it.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use assay::gtin::{Gtin14, GtinError, given_by_a_shop, read_cell};
use assay::scheme;
use assay::scope::Place;
use assay::snapshot::Snapshot;
use assay::trust::{self, Trust};
use assay_gate::{Columns, Judge, Row};
use jiff::civil::Date;
use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;

use crate::day::{Day, today};
use crate::verdicts::Verdicts;
use crate::{SnapshotError, judging, table};

/// Largest snapshot that is read, in bytes.
const MOST: u64 = 4 << 30;

/// A verified snapshot of the register: what holds for every registered number, and until when that may be relied on.
#[pyclass(name = "Snapshot", module = "assay_gate", frozen)]
pub(crate) struct PySnapshot {
    file: PathBuf,
    opened: Snapshot,
}

/// A GTIN as Python's programs hold one.
#[derive(FromPyObject)]
enum Gtin {
    #[pyo3(annotation = "str")]
    Text(String),
    #[pyo3(annotation = "int")]
    Whole(u64),
}

impl Gtin {
    fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Whole(number) => number.to_string(),
        }
    }
}

#[pymethods]
impl PySnapshot {
    /// Opens a snapshot and verifies its signature and every byte of it. `trust` is the file of the keys that you trust, else
    /// `trust.txt` beside the snapshot. `SnapshotError` says what is wrong, `OSError` that a file cannot be read.
    #[staticmethod]
    #[pyo3(signature = (path, trust = None))]
    fn open(py: Python<'_>, path: PathBuf, trust: Option<PathBuf>) -> PyResult<Self> {
        py.detach(|| {
            let trust = trust.unwrap_or_else(|| path.with_file_name("trust.txt"));
            let keys = keys(&trust)?;
            let bytes = bytes(&path, MOST)?;
            let opened =
                Snapshot::open(&bytes, keys.register(), keys.origin()).map_err(|e| refused(&path, &e))?;
            Ok(Self { file: path, opened })
        })
    }

    /// The snapshot's own number; it never falls.
    #[getter]
    fn number(&self) -> u64 {
        self.opened.header().number
    }

    /// The name of the log that it was folded from.
    #[getter]
    fn log_origin(&self) -> &str {
        &self.opened.header().log_origin
    }

    /// How many entries of the log were folded.
    #[getter]
    fn log_size(&self) -> u64 {
        self.opened.header().log_size
    }

    /// The log's root hash at that size, in base64.
    #[getter]
    fn root(&self) -> &str {
        &self.opened.header().root
    }

    /// The day it was made.
    #[getter]
    fn issued(&self) -> Day {
        Day(self.opened.header().issued)
    }

    /// The last day on which it may be relied on.
    #[getter]
    fn valid_until(&self) -> Day {
        Day(self.opened.header().valid_until)
    }

    /// How many records it has.
    #[getter]
    fn records(&self) -> usize {
        self.opened.len()
    }

    fn __len__(&self) -> usize {
        self.opened.len()
    }

    fn __repr__(&self) -> String {
        let (file, header) = (self.file.display(), self.opened.header());
        format!(
            "<assay_gate.Snapshot {file}: number {}, {} records, good until {}>",
            header.number, header.records, header.valid_until
        )
    }

    /// One verdict for every row of a table of pyarrow, polars, DuckDB or any other library with Arrow's C interface; see
    /// `assay_gate.pyi`.
    #[pyo3(signature = (
        table, *, scheme = "uk-2019-option-a", on = None, stale = "ask", scope_check = true, territory = None, supported_for = None,
        gtin = None, sku = None, category = None, title = None, brand = None, model = None, sold_on = None, keep = None,
    ))]
    #[expect(clippy::too_many_arguments, reason = "Python names them")]
    fn judge(
        &self,
        py: Python<'_>,
        table: &Bound<'_, PyAny>,
        scheme: &str,
        on: Option<Day>,
        stale: &str,
        scope_check: bool,
        territory: Option<&str>,
        supported_for: Option<u32>,
        gtin: Option<String>,
        sku: Option<String>,
        category: Option<String>,
        title: Option<String>,
        brand: Option<String>,
        model: Option<String>,
        sold_on: Option<String>,
        keep: Option<Vec<String>>,
    ) -> PyResult<Verdicts> {
        let mut judge = self.judges(scheme, on)?;
        self.refuse_if_stale(stale, judge.on())?;
        let territory = place(territory)?;
        if let Some(months) = supported_for {
            if !(1..=1_200).contains(&months) {
                return Err(PyValueError::new_err(format!(
                    "supported_for is 1 to 1200 months, not {months}"
                )));
            }
            judge = judge.supported_for(months);
        }
        if scope_check {
            judge = judge.with_words(territory);
        }
        let wanted = Columns { gtin, sku, category, title, brand, model, sold_on, ..Columns::default() };
        let batches = table::batches(table)?;
        py.detach(|| judging::judge(&judge, batches, &wanted, &keep.unwrap_or_default()))
    }

    /// The verdict and the reason of one number, without words: what `judge` says of a row that holds nothing else.
    #[pyo3(signature = (gtin, *, scheme = "uk-2019-option-a", on = None))]
    fn decide(&self, gtin: Gtin, scheme: &str, on: Option<Day>) -> PyResult<(&'static str, &'static str)> {
        let judge = self.judges(scheme, on)?;
        let decision = judge.row(&Row { gtin: &gtin.text(), ..Row::default() }).decision;
        Ok((decision.verdict.word(), decision.reason.word()))
    }

    /// What the snapshot says of a number; None where it has no record of it. `ValueError` where it is no GTIN.
    fn lookup<'py>(&self, py: Python<'py>, gtin: Gtin) -> PyResult<Option<Bound<'py, PyAny>>> {
        let gtin = self.read(&gtin.text()).map_err(|e| PyValueError::new_err(format!("gtin: {e}")))?;
        let Some(record) = self.opened.lookup(gtin) else { return Ok(None) };
        let json = serde_json::to_string(&record).map_err(|e| PyValueError::new_err(e.to_string()))?;
        py.import("json")?.call_method1("loads", (json,)).map(Some)
    }
}

impl PySnapshot {
    fn judges(&self, scheme: &str, on: Option<Day>) -> PyResult<Judge<'_>> {
        let scheme = scheme::known(scheme).map_err(PyValueError::new_err)?;
        let by_clock = || {
            let mend = "set the clock, or name the day of the sale with on";
            self.opened.header().by_clock(today()).map_err(|e| PyValueError::new_err(format!("{e}: {mend}")))
        };
        Ok(Judge::new(&self.opened, scheme, on.map_or_else(by_clock, |Day(on)| Ok(on))?))
    }

    fn refuse_if_stale(&self, stale: &str, on: Date) -> PyResult<()> {
        let until = self.opened.header().valid_until;
        match stale {
            "refuse" if on > until => Err(SnapshotError::new_err(format!(
                "{} was good until {until} and the sale is on {on}: fetch a newer one",
                self.file.display()
            ))),
            "ask" | "refuse" => Ok(()),
            other => Err(PyValueError::new_err(format!("stale is \"ask\" or \"refuse\", not \"{other}\""))),
        }
    }

    /// A cell's number, which may be a shop's own where the snapshot has such.
    fn read(&self, text: &str) -> Result<Gtin14, GtinError> {
        let own = |fault| given_by_a_shop(text, fault).filter(|_| self.opened.header().own_numbers);
        read_cell(text).or_else(|fault| own(fault).ok_or(fault))
    }
}

fn place(territory: Option<&str>) -> PyResult<Option<Place>> {
    match territory {
        None => Ok(None),
        Some("great-britain") => Ok(Some(Place::GreatBritain)),
        Some("northern-ireland") => Ok(Some(Place::NorthernIreland)),
        Some(other) => Err(PyValueError::new_err(format!(
            "territory is \"great-britain\", \"northern-ireland\" or None, not \"{other}\""
        ))),
    }
}

fn keys(file: &Path) -> PyResult<Trust> {
    let bytes = bytes(file, trust::MAX_BYTES as u64)?;
    let text =
        String::from_utf8(bytes).map_err(|_| refused(file, &"this is no text, and trusted keys are"))?;
    Trust::parse(&text).map_err(|e| refused(file, &e))
}

/// A file of at most so many bytes.
fn bytes(file: &Path, most: u64) -> PyResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = File::open(file).and_then(|opened| {
        bytes.reserve(usize::try_from(opened.metadata()?.len().min(most)).unwrap_or(0));
        opened.take(most + 1).read_to_end(&mut bytes)
    });
    read.map_err(|e| unreadable(file, &e))?;
    if bytes.len() as u64 > most {
        return Err(refused(file, &format!("it has more than {most} bytes")));
    }
    Ok(bytes)
}

fn refused(file: &Path, why: &dyn std::fmt::Display) -> PyErr {
    SnapshotError::new_err(format!("{}: {why}", file.display()))
}

/// Python makes `FileNotFoundError` and its like of the number.
fn unreadable(file: &Path, error: &io::Error) -> PyErr {
    let shown = file.display().to_string();
    match error.raw_os_error() {
        Some(number) => PyOSError::new_err((number, error.to_string(), shown)),
        None => PyOSError::new_err(format!("{shown}: {error}")),
    }
}
