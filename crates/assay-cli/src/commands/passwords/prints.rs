//! `--fingerprints`: the batch as keyed fingerprints in a Parquet file, so that an engine which holds the files of many
//! factories can find a password in any two of them without seeing one.

use std::io;
use std::path::Path;
use std::sync::Arc;

use assay_passwords::table::Table;
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::history::{Column, Kept};
use super::input::Input;
use crate::exit::Failure;
use crate::folder::Beside;

/// The columns, and what stands in each.
const COLUMNS: [&str; 5] = ["batch", "column", "line", "fingerprint", "unit"];
/// Rows that are written at a time.
const ROWS: usize = 1 << 18;

/// Writes the fingerprints beside their place.
pub(super) fn write(
    path: &Path,
    kept: &[Column],
    table: &Table<'_>,
    input: &Input,
) -> Result<Beside, Failure> {
    Beside::write(path, true, |file| fill(file, kept, table, input).map_err(io_of))
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

fn fill(
    file: &mut std::fs::File,
    kept: &[Column],
    table: &Table<'_>,
    input: &Input,
) -> Result<(), ParquetError> {
    let properties =
        WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?)).build();
    let mut writer = SerializedFileWriter::new(file, Arc::new(schema()?), Arc::new(properties))?;
    for column in kept {
        for part in column.prints.each() {
            let part = part.map_err(|e| ParquetError::External(Box::new(e)))?;
            for prints in part.chunks(ROWS) {
                group(&mut writer, column, prints, table, input)?;
            }
        }
    }
    writer.close()?;
    Ok(())
}

/// Writes some rows.
fn group(
    writer: &mut SerializedFileWriter<&mut std::fs::File>,
    column: &Column,
    prints: &[Kept],
    table: &Table<'_>,
    input: &Input,
) -> Result<(), ParquetError> {
    let places: Vec<_> = prints.iter().map(|(_, place)| *place).collect();
    let lines: Vec<u64> = table.lines_of(&places).into_iter().map(|l| input.line(l)).collect();
    let mut group = writer.next_row_group()?;
    let mut at = 0;
    while let Some(mut cells) = group.next_column()? {
        let text = |of: &dyn Fn(usize) -> String| -> Vec<ByteArray> {
            (0..prints.len()).map(|n| ByteArray::from(of(n).into_bytes())).collect()
        };
        let values = match COLUMNS.get(at) {
            Some(&"batch") => text(&|_| column.id.clone()),
            Some(&"column") => text(&|_| column.name.clone()),
            Some(&"fingerprint") => text(&|n| prints[n].0.password()),
            // A row that does not say whose it is is a unit of its own.
            Some(&"unit") => {
                text(&|n| prints[n].0.unit().unwrap_or_else(|| format!("{}:{}", column.id, lines[n])))
            }
            _ => {
                let lines: Vec<i64> = lines.iter().map(|l| i64::try_from(*l).unwrap_or(i64::MAX)).collect();
                cells.typed::<Int64Type>().write_batch(&lines, None, None)?;
                Vec::new()
            }
        };
        if !values.is_empty() {
            cells.typed::<ByteArrayType>().write_batch(&values, None, None)?;
        }
        cells.close()?;
        at += 1;
    }
    group.close()?;
    Ok(())
}

fn schema() -> Result<Type, ParquetError> {
    let field = |name: &&str| {
        let physical = if *name == "line" { Physical::INT64 } else { Physical::BYTE_ARRAY };
        let logical = (*name != "line").then_some(LogicalType::String);
        Type::primitive_type_builder(name, physical)
            .with_repetition(Repetition::REQUIRED)
            .with_logical_type(logical)
            .build()
            .map(Arc::new)
    };
    let fields = COLUMNS.iter().map(field).collect::<Result<Vec<_>, _>>()?;
    Type::group_type_builder("fingerprints").with_fields(fields).build()
}
