//! A Parquet file row by row: texts, days and numbers, each of which may be missing.

use std::io::{self, Write};
use std::sync::Arc;

use jiff::civil::Date;
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type, TypePtr};

/// Rows of a group at most, and bytes that are held for them.
const ROWS: usize = 128 << 10;
const BYTES: usize = 32 << 20;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Day,
    Number,
    Truth,
}

/// What a cell holds.
pub(crate) enum Cell<'a> {
    Nothing,
    Text(&'a str),
    Day(Date),
    Number(u64),
    Truth(bool),
}

/// A file that is being written.
pub(crate) struct Table<W: Write + Send> {
    columns: Vec<Cells>,
    rows: usize,
    bytes: usize,
    writer: SerializedFileWriter<W>,
}

/// The cells of a column so far; 0 among the levels is a cell without a value.
struct Cells {
    levels: Vec<i16>,
    values: Values,
}

enum Values {
    Texts(Vec<ByteArray>),
    Days(Vec<i32>),
    Numbers(Vec<i64>),
    Truths(Vec<bool>),
}

impl<W: Write + Send> Table<W> {
    /// Begins a file; `said` is what it says of itself.
    pub(crate) fn new(
        to: W,
        name: &str,
        columns: Vec<(String, Kind)>,
        said: Vec<(String, String)>,
    ) -> io::Result<Self> {
        let begin = || {
            let types = columns.iter().map(|(name, kind)| type_of(name, *kind)).collect::<Result<_, _>>()?;
            let schema = Type::group_type_builder(name).with_fields(types).build()?;
            let said = said.into_iter().map(|(key, value)| KeyValue::new(key, value)).collect::<Vec<_>>();
            let properties = WriterProperties::builder()
                .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
                .set_created_by(concat!("assay ", env!("CARGO_PKG_VERSION")).into())
                .set_key_value_metadata(Some(said).filter(|said| !said.is_empty()))
                .build();
            SerializedFileWriter::new(to, Arc::new(schema), Arc::new(properties))
        };
        let writer = begin().map_err(io_of)?;
        let columns = columns.iter().map(|(_, kind)| Cells::new(*kind)).collect();
        Ok(Self { columns, rows: 0, bytes: 0, writer })
    }

    /// Fills the cell of a column in the row that is being written; each once.
    pub(crate) fn put(&mut self, column: usize, cell: Cell<'_>) {
        let Some(Cells { levels, values }) = self.columns.get_mut(column) else { return };
        let there = match (values, cell) {
            (Values::Texts(texts), Cell::Text(text)) => {
                self.bytes += text.len();
                texts.push(ByteArray::from(text));
                true
            }
            (Values::Days(days), Cell::Day(day)) => {
                days.push(assay::date::to_days(day));
                true
            }
            (Values::Numbers(numbers), Cell::Number(number)) => {
                numbers.push(i64::try_from(number).unwrap_or(i64::MAX));
                true
            }
            (Values::Truths(truths), Cell::Truth(truth)) => {
                truths.push(truth);
                true
            }
            _ => false,
        };
        levels.push(i16::from(there));
    }

    /// Ends the row.
    pub(crate) fn end_row(&mut self) -> io::Result<()> {
        self.rows += 1;
        if self.rows >= ROWS || self.bytes >= BYTES { self.group().map_err(io_of) } else { Ok(()) }
    }

    /// Ends the file.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        if self.rows > 0 {
            self.group().map_err(io_of)?;
        }
        self.writer.close().map(drop).map_err(io_of)
    }

    fn group(&mut self) -> Result<(), ParquetError> {
        let mut group = self.writer.next_row_group()?;
        for column in &mut self.columns {
            column.write(&mut group)?;
        }
        group.close()?;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }
}

impl Cells {
    fn new(kind: Kind) -> Self {
        let values = match kind {
            Kind::Text => Values::Texts(Vec::new()),
            Kind::Day => Values::Days(Vec::new()),
            Kind::Number => Values::Numbers(Vec::new()),
            Kind::Truth => Values::Truths(Vec::new()),
        };
        Self { levels: Vec::new(), values }
    }

    fn write<W: Write + Send>(
        &mut self,
        group: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<(), ParquetError> {
        let Some(mut column) = group.next_column()? else { return Ok(()) };
        let levels = Some(&self.levels[..]);
        match &mut self.values {
            Values::Texts(texts) => {
                column.typed::<ByteArrayType>().write_batch(texts, levels, None)?;
                texts.clear();
            }
            Values::Days(days) => {
                column.typed::<Int32Type>().write_batch(days, levels, None)?;
                days.clear();
            }
            Values::Numbers(numbers) => {
                column.typed::<Int64Type>().write_batch(numbers, levels, None)?;
                numbers.clear();
            }
            Values::Truths(truths) => {
                column.typed::<BoolType>().write_batch(truths, levels, None)?;
                truths.clear();
            }
        }
        self.levels.clear();
        column.close()
    }
}

fn type_of(name: &str, kind: Kind) -> Result<TypePtr, ParquetError> {
    let (physical, logical) = match kind {
        Kind::Number => (Physical::INT64, None),
        Kind::Truth => (Physical::BOOLEAN, None),
        Kind::Day => (Physical::INT32, Some(LogicalType::Date)),
        Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    let builder = Type::primitive_type_builder(name, physical).with_repetition(Repetition::OPTIONAL);
    builder.with_logical_type(logical).build().map(Arc::new)
}

fn io_of(error: ParquetError) -> io::Error {
    match error {
        // A full disk stays a full disk.
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(io) => *io,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}
