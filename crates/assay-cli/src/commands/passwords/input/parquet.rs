//! A Parquet file as rows of text: its flat columns, each value as it would be written by hand. Columns with a structure
//! inside hold no cell that could be judged and are left out; a column that is asked for and left out is missed by name.

use std::fs::File;
use std::path::Path;

use parquet::basic::Repetition;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::types::Type;

use super::{Spool, Told};
use crate::exit::Failure;

/// Columns that are read at most.
const MOST_COLUMNS: usize = 1000;

/// Writes a heading and the rows to the spool; gives the names of the columns that were left out.
pub(super) fn rows(
    path: &Path,
    file: &File,
    spool: &mut Spool<'_>,
    told: Told<'_>,
) -> Result<Vec<String>, Failure> {
    let damaged = |e: ParquetError| {
        let shown = path.display();
        let e = e.to_string();
        Failure::unreadable(match e.split_once("Disabled feature at compile time: ") {
            Some((_, how)) => {
                format!(
                    "{shown} is compressed with {how}, which is not read here: write it with zstd, snappy or gzip"
                )
            }
            None => format!("{shown} is no Parquet file that can be read: {e}"),
        })
    };
    let file = file.try_clone().map_err(|e| Failure::reading(path, &e))?;
    let reader = SerializedFileReader::new(file).map_err(damaged)?;
    let schema = reader.metadata().file_metadata().schema();
    let flat = |t: &&std::sync::Arc<Type>| {
        t.is_primitive() && t.get_basic_info().repetition() != Repetition::REPEATED
    };
    let columns: Vec<_> = schema.get_fields().iter().filter(flat).take(MOST_COLUMNS).cloned().collect();
    let nested = schema.get_fields().iter().filter(|f| !flat(f)).map(|f| f.name().to_owned()).collect();
    if columns.is_empty() {
        return Err(Failure::unreadable(format!(
            "{} has no flat column: every one has a structure inside. Write password, serial number and address as columns of their own",
            path.display()
        )));
    }
    let names: Vec<String> = columns.iter().map(|c| c.name().to_owned()).collect();
    let projection = Type::group_type_builder(schema.name()).with_fields(columns).build().map_err(damaged)?;
    let mut line = Vec::new();
    for name in &names {
        cell(&mut line, name.as_bytes());
    }
    end(&mut line);
    spool.add(path, &line)?;
    let all = u64::try_from(reader.metadata().file_metadata().num_rows()).unwrap_or(0);
    for (number, row) in (1..).zip(reader.get_row_iter(Some(projection)).map_err(damaged)?) {
        told("reading rows", number, all);
        line.clear();
        for (_, value) in row.map_err(damaged)?.get_column_iter() {
            match value {
                Field::Str(text) => cell(&mut line, text.as_bytes()),
                Field::Bytes(bytes) => cell(&mut line, bytes.data()),
                Field::Null => cell(&mut line, b""),
                other => cell(&mut line, other.to_string().as_bytes()),
            }
        }
        end(&mut line);
        // One row is one line: a value with a line break makes it a bad row, named by its number.
        if memchr::memchr(b'\n', &line[..line.len() - 1]).is_some() {
            line.clear();
            line.extend_from_slice(if names.len() == 1 { b"\"\",\"\"\n" } else { b"\"?\"\n" });
        }
        spool.add(path, &line)?;
    }
    Ok(nested)
}

/// A cell between quotation marks, and the separator behind it.
fn cell(line: &mut Vec<u8>, value: &[u8]) {
    line.push(b'"');
    for byte in value {
        if *byte == b'"' {
            line.push(b'"');
        }
        line.push(*byte);
    }
    line.extend_from_slice(b"\",");
}

/// The last separator becomes the line's end.
fn end(line: &mut [u8]) {
    if let Some(last) = line.last_mut() {
        *last = b'\n';
    }
}
