//! What was judged, as a table that any library with Arrow's C interface takes over without a copy.

use std::sync::Arc;

use arrow_array::builder::{Date32Builder, StringBuilder};
use arrow_array::ffi::FFI_ArrowSchema;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchIterator};
use arrow_schema::{DataType, Field, FieldRef, Schema};
use assay::assess::Variant;
use assay::gate::Decision;
use assay::gtin::Gtin14;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

/// The columns of a verdict, in their order.
pub(crate) const NAMES: [&str; 5] = ["gtin14", "verdict", "reason", "updates_until", "label"];

/// Their fields. Words are plain text, since Spark reads neither dictionaries nor views.
pub(crate) fn fields() -> impl Iterator<Item = FieldRef> {
    NAMES.into_iter().map(|name| {
        let kind = if name == "updates_until" { DataType::Date32 } else { DataType::Utf8 };
        Arc::new(Field::new(name, kind, !matches!(name, "verdict" | "reason")))
    })
}

/// Columns that grow row by row.
pub(crate) struct Builder {
    gtin14: StringBuilder,
    verdict: StringBuilder,
    reason: StringBuilder,
    updates_until: Date32Builder,
    label: StringBuilder,
}

impl Builder {
    pub(crate) fn new(rows: usize) -> Self {
        let text = |letters: usize| StringBuilder::with_capacity(rows, rows * letters);
        Self {
            gtin14: text(14),
            verdict: text(8),
            reason: text(14),
            updates_until: Date32Builder::with_capacity(rows),
            label: text(2),
        }
    }

    /// One row; the day counts from 1970.
    pub(crate) fn add(
        &mut self,
        gtin: Option<Gtin14>,
        decision: Decision,
        until: Option<i32>,
        label: Option<Variant>,
    ) {
        match gtin {
            Some(gtin) => self.gtin14.append_value(std::str::from_utf8(&digits(gtin)).unwrap_or_default()),
            None => self.gtin14.append_null(),
        }
        self.verdict.append_value(decision.verdict.word());
        self.reason.append_value(decision.reason.word());
        self.updates_until.append_option(until);
        self.label.append_option(label.map(Variant::word));
    }

    /// The columns in the order of [`NAMES`].
    pub(crate) fn finish(mut self) -> [ArrayRef; 5] {
        [
            Arc::new(self.gtin14.finish()),
            Arc::new(self.verdict.finish()),
            Arc::new(self.reason.finish()),
            Arc::new(self.updates_until.finish()),
            Arc::new(self.label.finish()),
        ]
    }
}

/// A number's fourteen digits.
fn digits(gtin: Gtin14) -> [u8; 14] {
    let mut digits = [b'0'; 14];
    let mut left = gtin.number();
    for digit in digits.iter_mut().rev() {
        *digit += (left % 10) as u8;
        left /= 10;
    }
    digits
}

/// One verdict for every row of a table that was judged, in its order and its batches.
#[pyclass(module = "assay_gate", frozen)]
pub(crate) struct Verdicts {
    schema: Arc<Schema>,
    batches: Vec<RecordBatch>,
    rows: usize,
}

impl Verdicts {
    pub(crate) fn new(schema: Arc<Schema>, batches: Vec<RecordBatch>) -> Self {
        let rows = batches.iter().map(RecordBatch::num_rows).sum();
        Self { schema, batches, rows }
    }
}

#[pymethods]
impl Verdicts {
    /// The rows.
    fn __len__(&self) -> usize {
        self.rows
    }

    fn __repr__(&self) -> String {
        let names: Vec<_> = self.schema.fields().iter().map(|field| field.name().as_str()).collect();
        format!("<assay_gate.Verdicts: {} rows of {}>", self.rows, names.join(", "))
    }

    /// The types of the columns, as a capsule of Arrow's C data interface.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(self.schema.as_ref());
        let schema = schema.map_err(|e| PyValueError::new_err(e.to_string()))?;
        PyCapsule::new_with_value(py, schema, c"arrow_schema")
    }

    /// The batches, as a capsule of Arrow's C stream interface; as often as it is asked for. The types are those of
    /// `__arrow_c_schema__`, whatever others are requested.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        let batches = RecordBatchIterator::new(self.batches.clone().into_iter().map(Ok), self.schema.clone());
        PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(batches)), c"arrow_array_stream")
    }
}
