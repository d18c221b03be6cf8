//! The gate as the Python module `assay_gate`: a snapshot is opened and verified (`snapshot`), a table of any library that speaks
//! Arrow's C interface is read where it lies (`table`, `cells`, `sold`), and one verdict a row goes back the same way (`verdicts`).
//! What a row comes to is decided by `assay_gate::Judge`; nothing is decided here. `assay_gate.pyi` says what Python sees.

mod cells;
mod day;
mod judging;
mod snapshot;
mod sold;
mod table;
mod verdicts;

use pyo3::prelude::*;

pyo3::create_exception!(
    assay_gate,
    SnapshotError,
    pyo3::exceptions::PyValueError,
    "A snapshot or its file of trusted keys that cannot be relied on: forged, damaged, of another log, or too old where that is refused."
);

/// The gate of Assay: may each product of a table be sold? Judged offline against a signed snapshot of the register.
#[pymodule(name = "assay_gate")]
mod python {
    #[pymodule_export]
    use super::SnapshotError;
    #[pymodule_export]
    use super::snapshot::PySnapshot;
    #[pymodule_export]
    use super::verdicts::Verdicts;
}
