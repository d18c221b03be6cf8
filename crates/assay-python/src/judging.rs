//! Batches in, batches out: one row of verdicts for every row, in their order.

use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, Schema};
use assay::date::to_days;
use assay::gate::sale_day::Days;
use assay::gtin::GtinError;
use assay::listing::Listed;
use assay::snapshot::Snapshot;
use assay_gate::columns::Words;
use assay_gate::{Columns, Judge, Judged, Row};
use pyo3::prelude::*;

use crate::cells::Cell;
use crate::table::{Batches, Places, Read, broken, first};
use crate::verdicts::{Builder, Verdicts, fields};

/// Most rows of a batch of verdicts: the places of their letters are counted with 31 bits, and a row has at most 32 letters of each.
const MOST: usize = 1 << 24;

/// Judges every row of a table.
pub(crate) fn judge<'a>(
    judge: &'a Judge<'a>,
    mut batches: Batches,
    wanted: &Columns,
    keep: &[String],
) -> PyResult<Verdicts> {
    let schema = batches.schema();
    let first = first(&mut batches).map_err(|e| broken(&e))?;
    let places = Places::find(&schema, &first, wanted, keep)?;
    let mut all = places.kept_fields(&schema);
    all.extend(fields());
    let (days, schema) = (days(judge.snapshot()), Arc::new(Schema::new(all)));
    let mut work = Work { judge, sold_on: Days::new(judge), places, days, schema };
    let mut judged = Vec::new();
    for batch in first.into_iter().map(Ok).chain(batches) {
        let batch = batch.map_err(|e| broken(&e))?;
        for part in parts(&batch) {
            judged.push(work.batch(&part).map_err(|e| broken(&e))?);
        }
    }
    Ok(Verdicts::new(work.schema, judged))
}

/// The days of a snapshot's records as Arrow counts them, by their code.
fn days(snapshot: &Snapshot) -> Vec<Option<i32>> {
    std::iter::once(None).chain(snapshot.days().map(|day| day.map(to_days))).collect()
}

/// A batch, in parts where it has too many rows.
fn parts(batch: &RecordBatch) -> impl Iterator<Item = RecordBatch> {
    let starts = (0..batch.num_rows().max(1)).step_by(MOST);
    starts.map(|start| batch.slice(start, MOST.min(batch.num_rows() - start)))
}

struct Work<'a> {
    judge: &'a Judge<'a>,
    sold_on: Days<'a, 'a>,
    places: Places,
    days: Vec<Option<i32>>,
    schema: Arc<Schema>,
}

/// Where digits of numbers are written.
#[derive(Default)]
struct Rooms {
    gtin: String,
    words: Words<String>,
}

impl Work<'_> {
    fn batch(&mut self, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let read = self.places.read(batch, self.judge.sorts())?;
        let mut builder = Builder::new(read.rows);
        let mut rooms = Rooms::default();
        for row in 0..read.rows {
            let Judged { gtin, decision, found } = self.row(&read, row, &mut rooms);
            let stands = found.filter(|found| self.judge.stands(*found));
            let until = stands.and_then(|found| self.days.get(found.day as usize).copied().flatten());
            builder.add(gtin, decision, until, found.and_then(|found| self.judge.label(found)));
        }
        let mut columns = self.places.kept(batch);
        columns.extend(builder.finish());
        RecordBatch::try_new(self.schema.clone(), columns)
    }

    fn row(&mut self, read: &Read<'_>, row: usize, rooms: &mut Rooms) -> Judged {
        let Words { category, title, brand, model } = &read.words;
        let words = &mut rooms.words;
        let category = category.cell(row).text(&mut words.category);
        let title = title.cell(row).text(&mut words.title);
        let brand = brand.cell(row).text(&mut words.brand);
        let model = model.cell(row).text(&mut words.model);
        let listed = Listed { category, title, brand, model, gtin_hint: None };
        let cell = read.gtin.cell(row);
        self.sold_on.judged((read.sold_on)(row), |judge| match cell {
            Cell::Inexact => judge.listing(Err(GtinError::Damaged), None, &listed),
            Cell::Whole(..0) => judge.listing(Err(GtinError::NotDigits(1)), None, &listed),
            cell => judge.row(&Row { gtin: cell.text(&mut rooms.gtin), category, title, brand, model }),
        })
    }
}
