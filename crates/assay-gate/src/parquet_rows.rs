//! A Parquet file as a catalogue: the flat columns that are wanted, each value as it would be written by hand. A column with a
//! structure inside holds no cell, and is missed by its name.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use assay::gtin::GtinError;
use parquet::basic::{LogicalType, Repetition, TimeUnit};
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, FileReader, SerializedFileReader};
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use parquet::schema::types::Type;

use crate::catalogue::{CatalogueError, Columns, Keep, MAX_CELL, MAX_COLUMNS, shown};
use crate::columns::{self, Seen, Words};
use crate::listing::{Kept, Listing};

/// The rows of a file.
pub(crate) struct ParquetRows {
    rows: RowIter<'static>,
    row: u64,
    /// How many the file says that it has.
    all: u64,
    /// Places among the columns that are read.
    gtin: usize,
    sku: Option<usize>,
    words: Words<Option<usize>>,
    sold_on: Option<usize>,
    kept: Vec<usize>,
    names: Vec<String>,
    sku_name: Option<String>,
    /// Of each column that is read: whether it holds nanoseconds, which the library hands on as bare numbers.
    nanos: Vec<bool>,
}

impl ParquetRows {
    pub(crate) fn open<C: ChunkReader + 'static>(file: C, wanted: &Columns) -> Result<Self, CatalogueError> {
        guarded(0, || Self::look(file, wanted))?
    }

    fn look<C: ChunkReader + 'static>(file: C, wanted: &Columns) -> Result<Self, CatalogueError> {
        let error = |e: ParquetError| damaged(0, &e);
        let reader = SerializedFileReader::new(file).map_err(error)?;
        let metadata = reader.metadata().file_metadata();
        let all = u64::try_from(metadata.num_rows()).map_err(|_| of(0, "it has less than no rows"))?;
        let schema = metadata.schema_descr().root_schema_ptr();
        let flat =
            |t: &&Arc<Type>| t.is_primitive() && t.get_basic_info().repetition() != Repetition::REPEATED;
        let fields: Vec<_> = schema.get_fields().iter().filter(flat).cloned().collect();
        if wanted.keep == Keep::All
            && let Some(nested) = schema.get_fields().iter().find(|field| !flat(field))
        {
            let name = shown([nested.name()]);
            return Err(of(
                0,
                &format!("the column {name} has a structure inside and would be lost: name those to keep"),
            ));
        }
        if fields.len() > MAX_COLUMNS {
            return Err(of(0, "it has more than 10,000 columns"));
        }
        let seen: Vec<Seen> = fields.iter().map(|field| Seen::new(field.name())).collect();
        let chosen = columns::choose(&seen, wanted)?;
        let mut places = vec![chosen.gtin];
        places.extend(chosen.sku.into_iter().chain(chosen.sold_on));
        places.extend(chosen.words.into_array().into_iter().flatten());
        places.extend(&chosen.kept);
        places.sort_unstable();
        places.dedup();
        let place = |column: usize| places.iter().position(|c| *c == column).unwrap_or(0);
        let kept: Vec<usize> = chosen.kept.iter().map(|column| place(*column)).collect();
        let sku_name = chosen.sku.and_then(|at| seen.get(at)).map(|seen| seen.name.clone());
        let names = chosen.kept.iter().filter_map(|at| seen.get(*at)).map(|seen| seen.name.clone()).collect();
        let read: Vec<_> = places.iter().filter_map(|at| fields.get(*at).cloned()).collect();
        let nanos = read.iter().map(|field| in_nanoseconds(field)).collect();
        let projection = Type::group_type_builder(schema.name()).with_fields(read).build().map_err(error)?;
        let rows = RowIter::from_file_into(Box::new(reader)).project(Some(projection)).map_err(error)?;
        Ok(Self {
            rows,
            row: 0,
            all,
            gtin: place(chosen.gtin),
            sku: chosen.sku.map(place),
            words: chosen.words.map(|at| at.map(place)),
            sold_on: chosen.sold_on.map(place),
            kept,
            names,
            sku_name,
            nanos,
        })
    }

    /// The column of the shop's own article number.
    pub(crate) fn sku(&self) -> Option<&str> {
        self.sku_name.as_deref()
    }

    /// Whether each row has a day of its sale.
    pub(crate) fn has_days(&self) -> bool {
        self.sold_on.is_some()
    }

    /// The columns that are written beside the verdicts.
    pub(crate) fn kept(&self) -> &[String] {
        &self.names
    }

    /// The next row; none at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Listing>, CatalogueError> {
        let next = guarded(self.row + 1, || self.rows.next())?;
        let Some(row) = next else {
            // Every row has a verdict, or the run fails.
            return if self.row == self.all {
                Ok(None)
            } else {
                Err(of(self.row, "rows are missing behind it"))
            };
        };
        self.row += 1;
        let row = row.map_err(|e| damaged(self.row, &e))?;
        // A day or a time that no calendar has ends in a panic where it is written.
        let listing = guarded(self.row, || self.listing(&row))?;
        let cells = [&listing.sku, &listing.sold_on].into_iter().chain(listing.words.each());
        if cells.chain(listing.kept.iter().filter_map(Kept::text)).any(|cell| cell.len() > MAX_CELL) {
            return Err(of(self.row, "a cell is longer than 1 MiB"));
        }
        Ok(Some(listing))
    }

    /// A cell as the library hands it on, but a time where it is a bare number that means one.
    fn timed<'a>(&self, at: usize, field: &'a Field) -> Cow<'a, Field> {
        match field {
            Field::Long(nanos) if self.nanos.get(at) == Some(&true) => Cow::Owned(Field::Str(time(*nanos))),
            _ => Cow::Borrowed(field),
        }
    }

    fn listing(&self, row: &Row) -> Listing {
        let columns = row.get_column_iter().enumerate();
        let fields: Vec<Cow<'_, Field>> = columns.map(|(at, (_, field))| self.timed(at, field)).collect();
        let cell =
            |at: Option<usize>| at.and_then(|at| fields.get(at)).and_then(|f| written(f)).unwrap_or_default();
        let mut listing = Listing {
            line: self.row,
            sku: cell(self.sku),
            words: self.words.map(cell),
            sold_on: cell(self.sold_on),
            kept: self.kept.iter().map(|at| fields.get(*at).map_or(Kept::Nothing, |f| kept(f))).collect(),
            ..Listing::default()
        };
        match fields.get(self.gtin).map(AsRef::as_ref) {
            // A float of a spreadsheet may have lost digits, and once it is a number it looks like one that has not.
            Some(Field::Float16(_) | Field::Float(_) | Field::Double(_)) => {
                listing.gtin = Err(GtinError::Damaged)
            }
            _ => listing.set_number(&cell(Some(self.gtin))),
        }
        listing
    }
}

/// The library ends in a panic at some damaged files: here that is an error as any other.
fn guarded<T>(row: u64, read: impl FnOnce() -> T) -> Result<T, CatalogueError> {
    catch_unwind(AssertUnwindSafe(read)).map_err(|_| of(row, "it is damaged"))
}

fn kept(field: &Field) -> Kept {
    match field {
        Field::Bool(_)
        | Field::Byte(_)
        | Field::Short(_)
        | Field::Int(_)
        | Field::Long(_)
        | Field::UByte(_)
        | Field::UShort(_)
        | Field::UInt(_)
        | Field::ULong(_) => Kept::Json(field.to_string()),
        _ => written(field).map_or(Kept::Nothing, Kept::Text),
    }
}

fn in_nanoseconds(column: &Type) -> bool {
    let logical = column.get_basic_info().logical_type_ref();
    matches!(logical, Some(LogicalType::Timestamp(time)) if time.unit == TimeUnit::NANOS)
}

/// A time as the library writes those of other units.
fn time(nanos: i64) -> String {
    // Every such number is a time between 1677 and 2262.
    let time = jiff::Timestamp::from_nanosecond(i128::from(nanos)).unwrap_or_default();
    time.strftime("%Y-%m-%d %H:%M:%S%.9f +00:00").to_string()
}

/// A value as it would be written by hand.
fn written(field: &Field) -> Option<String> {
    match field {
        Field::Null => None,
        Field::Str(text) => Some(text.clone()),
        Field::Bytes(bytes) => Some(crate::source::text(bytes.data()).into_owned()),
        Field::Decimal(_) => Some(field.to_string().trim_end_matches('.').to_owned()),
        other => Some(other.to_string()),
    }
}

fn of(row: u64, what: &str) -> CatalogueError {
    CatalogueError::Parquet { row, what: what.to_owned() }
}

fn damaged(row: u64, error: &ParquetError) -> CatalogueError {
    let said = error.to_string();
    match said.split_once("Disabled feature at compile time: ") {
        Some((_, how)) => {
            of(row, &format!("it is compressed with {how}: write it with zstd, snappy or gzip"))
        }
        None => of(row, &said),
    }
}
