//! A table of somebody else's: anything with Arrow's C interface, taken batch by batch without a copy, and which of its columns
//! are read.

use arrow_array::ffi_stream::RecordBatchStreamReader;
use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow_pyarrow::FromPyArrow;
use arrow_schema::{ArrowError, FieldRef, Schema};
use assay::gtin::{GtinError, read_cell};
use assay_gate::Columns;
use assay_gate::catalogue::CatalogueError;
use assay_gate::columns::{Chosen, Seen, Words, choose};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use crate::cells::{Cell, Cells, is_read};
use crate::sold::{self, SoldOn};

/// Batches in their order.
pub(crate) type Batches = Box<dyn RecordBatchReader + Send>;

/// So many rows are looked at before a column of doubtful name is taken for the GTIN.
const SAMPLE: usize = 100;

/// Takes a table by its stream, else by its one array.
pub(crate) fn batches(table: &Bound<'_, PyAny>) -> PyResult<Batches> {
    if table.hasattr("__arrow_c_stream__")? {
        let stream = RecordBatchStreamReader::from_pyarrow_bound(table).map_err(|e| no_table(table, e))?;
        return Ok(Box::new(stream));
    }
    if !table.hasattr("__arrow_c_array__")? {
        let kind = table.get_type().qualname()?;
        return Err(PyTypeError::new_err(format!(
            "judge() takes a table that speaks Arrow (`__arrow_c_stream__`), as those of pyarrow, polars, pandas and DuckDB do, and \
             was given a {kind}: make one with `pyarrow.table(...)`"
        )));
    }
    // The reader of single arrays tells its errors in pyarrow's own class.
    table.py().import("pyarrow").map_err(|_| {
        PyTypeError::new_err(
            "an object with `__arrow_c_array__` alone is read with the help of pyarrow: install it",
        )
    })?;
    let batch = RecordBatch::from_pyarrow_bound(table).map_err(|e| no_table(table, e))?;
    let schema = batch.schema();
    Ok(Box::new(RecordBatchIterator::new([Ok(batch)], schema)))
}

/// What Arrow's reader says, with the mend; what the table itself raised (a query that failed) is handed on.
fn no_table(table: &Bound<'_, PyAny>, error: PyErr) -> PyErr {
    let py = table.py();
    let kind = error.get_type(py);
    if !(kind.is(py.get_type::<PyValueError>()) || kind.is(py.get_type::<PyTypeError>())) {
        return error;
    }
    let told = PyTypeError::new_err(format!(
        "no table can be taken from this: {}. A column by itself becomes one with `pyarrow.table({{\"gtin\": column}})`; a stream can \
         be taken once",
        error.value(py)
    ));
    told.set_cause(py, Some(error));
    told
}

/// The columns that are read and those that are handed on.
pub(crate) struct Places {
    chosen: Chosen,
    keep: Vec<usize>,
}

/// Those of one batch.
pub(crate) struct Read<'a> {
    pub(crate) gtin: Cells<'a>,
    pub(crate) words: Words<Cells<'a>>,
    pub(crate) sold_on: SoldOn<'a>,
    pub(crate) rows: usize,
}

impl Places {
    /// Finds the columns by their names and the first rows.
    pub(crate) fn find(
        schema: &Schema,
        first: &[RecordBatch],
        wanted: &Columns,
        keep: &[String],
    ) -> PyResult<Self> {
        let mut seen: Vec<Seen> = schema.fields().iter().map(|field| Seen::new(field.name())).collect();
        for (at, seen) in seen.iter_mut().enumerate() {
            look(first, at, seen);
        }
        let mut chosen = choose(&seen, wanted).map_err(|e| PyValueError::new_err(said(e)))?;
        let unread = |at: usize| schema.fields().get(at).filter(|field| !is_read(field.data_type()));
        if let Some(field) = unread(chosen.gtin) {
            return Err(wrong_type("gtin", field));
        }
        let sold_on = chosen.sold_on.and_then(|at| schema.fields().get(at));
        if let Some(field) = sold_on.filter(|field| !sold::is_read(field.data_type())) {
            let (name, kind) = (field.name(), field.data_type());
            return Err(PyTypeError::new_err(format!(
                "the column `{name}` (sold_on) has the type {kind}, which is no day: cast it to a date, by the clock of the shop"
            )));
        }
        // What was found by its name alone and is no text has no words; what was named must have some.
        let Words { category, title, brand, model } = &mut chosen.words;
        for (flag, column, named) in [
            ("category", category, &wanted.category),
            ("title", title, &wanted.title),
            ("brand", brand, &wanted.brand),
            ("model", model, &wanted.model),
        ] {
            match column.and_then(unread) {
                Some(field) if named.is_some() => return Err(wrong_type(flag, field)),
                Some(_) => *column = None,
                None => {}
            }
        }
        let keep = keep.iter().map(|name| kept(schema, name)).collect::<PyResult<_>>()?;
        Ok(Self { chosen, keep })
    }

    /// The fields that are handed on.
    pub(crate) fn kept_fields(&self, schema: &Schema) -> Vec<FieldRef> {
        self.keep.iter().filter_map(|at| schema.fields().get(*at).cloned()).collect()
    }

    /// The columns that are handed on, as they are.
    pub(crate) fn kept(&self, batch: &RecordBatch) -> Vec<ArrayRef> {
        self.keep.iter().filter_map(|at| batch.columns().get(*at).cloned()).collect()
    }

    /// The columns that are read; words only where they are looked at.
    pub(crate) fn read<'a>(&self, batch: &'a RecordBatch, words: bool) -> Result<Read<'a>, ArrowError> {
        let cells = |at: Option<usize>| match at.and_then(|at| batch.columns().get(at)) {
            Some(column) => Cells::of(column),
            None => Ok(Cells::Absent),
        };
        let Words { category, title, brand, model } = self.chosen.words.map(|at| at.filter(|_| words));
        let words = Words {
            category: cells(category)?,
            title: cells(title)?,
            brand: cells(brand)?,
            model: cells(model)?,
        };
        let sold_on = self.chosen.sold_on.and_then(|at| batch.columns().get(at));
        Ok(Read {
            gtin: cells(Some(self.chosen.gtin))?,
            words,
            sold_on: sold::days(sold_on.map(AsRef::as_ref))?,
            rows: batch.num_rows(),
        })
    }
}

/// Reads batches until there are enough rows to tell columns by.
pub(crate) fn first(batches: &mut Batches) -> Result<Vec<RecordBatch>, ArrowError> {
    let (mut first, mut rows) = (Vec::new(), 0);
    while rows < SAMPLE
        && let Some(batch) = batches.next().transpose()?
    {
        rows += batch.num_rows();
        first.push(batch);
    }
    Ok(first)
}

/// Counts what a column holds in the first rows. One that is broken counts as empty: if it is read, that will be told.
fn look(first: &[RecordBatch], at: usize, seen: &mut Seen) {
    let mut left = SAMPLE;
    let mut room = String::new();
    for batch in first {
        let column = batch.columns().get(at).filter(|column| is_read(column.data_type()));
        let Some(rows) = column.map(|column| column.slice(0, left.min(column.len()))) else { return };
        let Ok(cells) = Cells::of(&rows) else { return };
        left -= rows.len();
        for row in 0..rows.len() {
            seen.add(match cells.cell(row) {
                Cell::Inexact => Err(GtinError::Damaged),
                cell => read_cell(cell.text(&mut room)),
            });
        }
    }
}

fn kept(schema: &Schema, name: &str) -> PyResult<usize> {
    let mut places = schema.fields().iter().enumerate().filter(|(_, field)| field.name() == name);
    let wrong = |what: &str| Err(PyValueError::new_err(format!("keep: {what}")));
    match (places.next(), places.next()) {
        _ if crate::verdicts::NAMES.contains(&name) => {
            wrong(&format!("the verdicts have a column `{name}` of their own: rename the table's"))
        }
        (Some((at, _)), None) => Ok(at),
        (Some(_), Some(_)) => {
            wrong(&format!("the column `{name}` occurs more than once: rename all but one"))
        }
        (None, _) => wrong(&format!("there is no column `{name}`: write its name as the table has it")),
    }
}

fn wrong_type(argument: &str, field: &FieldRef) -> PyErr {
    let (name, kind) = (field.name(), field.data_type());
    PyTypeError::new_err(format!(
        "the column `{name}` ({argument}) has the type {kind}, which is neither text nor a number: cast it to text, or name another \
         column with {argument}=\"COLUMN\""
    ))
}

/// What is said of columns that cannot be told, in the words of Python's arguments.
fn said(error: CatalogueError) -> String {
    match error {
        CatalogueError::NoGtinColumn { headers } if headers.is_empty() => {
            "the table has no columns".to_owned()
        }
        CatalogueError::NoGtinColumn { headers } => {
            format!("no column with a GTIN was found among {headers}: name it with gtin=\"COLUMN\"")
        }
        CatalogueError::NoSuchColumn { flag, name, headers } => {
            let argument = flag.trim_start_matches("--").replace('-', "_");
            format!("{argument}: there is no column {name}: the columns are {headers}")
        }
        other => other.to_string(),
    }
}

/// A table that cannot be read.
pub(crate) fn broken(error: &ArrowError) -> PyErr {
    PyValueError::new_err(format!("the table cannot be read: {error}"))
}
