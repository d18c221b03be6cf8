//! A row of verdicts in the form that is wanted: CSV, one JSON object a line, or Parquet.

use std::collections::BTreeSet;
use std::io::{self, Write};

use assay::date::in_words;
use assay::gate::Answer;
use assay::gate::judge::Judged;
use jiff::civil::Date;

use crate::listing::{Kept, Listing};
use crate::markets::{Market, Wish};
use crate::parquet_table::{Cell, Kind, Table};
use crate::sheet::Column;

/// The form of the verdicts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// A header line, and a line a row.
    #[default]
    Csv,
    /// One JSON object a line.
    Ndjson,
    /// What Spark, DuckDB and polars exchange.
    Parquet,
}

/// A row that was judged, once for each market.
pub(crate) struct Line {
    pub(crate) listing: Listing,
    pub(crate) judged: Vec<Judged>,
    /// The day of its sale, where it has one of its own.
    pub(crate) on: Option<Date>,
}

/// A column that is written.
pub(crate) struct Field {
    pub(crate) name: String,
    what: What,
}

enum What {
    /// One of the shop's own.
    Kept(usize),
    /// One of ours, of a market.
    Ours(Column, usize),
    /// The listing's words for the shop's page, and the register to which they lead.
    Snippet(usize, Option<String>),
}

/// Two columns would have one name.
pub(crate) struct TwoNames {
    pub(crate) name: String,
    /// One of them is ours.
    pub(crate) ours: bool,
}

/// The columns: the shop's own, then ours; its article number once.
pub(crate) fn fields(
    wish: &Wish,
    markets: &[Market<'_>],
    kept: &[String],
    sku: Option<String>,
) -> Result<Vec<Field>, TwoNames> {
    let mut fields: Vec<Field> =
        (0..).zip(kept).map(|(at, name)| Field { name: name.clone(), what: What::Kept(at) }).collect();
    let kept_sku = sku.is_some_and(|sku| kept.contains(&sku));
    for column in wish.columns.iter().filter(|column| **column != Column::Sku || !kept_sku) {
        let of_each = matches!(column, Column::Verdict | Column::Reason | Column::Label | Column::Snippet);
        for (at, market) in markets.iter().enumerate().take(if of_each { usize::MAX } else { 1 }) {
            let name = match market.name.as_str() {
                name if of_each && !name.is_empty() => format!("{}_{name}", column.name()),
                _ => column.name().to_owned(),
            };
            let what = match column {
                Column::Snippet => What::Snippet(at, wish.link.clone()),
                other => What::Ours(*other, at),
            };
            fields.push(Field { name, what });
        }
    }
    let mut names = BTreeSet::new();
    for field in &fields {
        let ours = !matches!(field.what, What::Kept(_));
        // CSV bears two columns of one name in a shop's own file, since it had them before.
        if !names.insert(&field.name) && (ours || wish.form != Form::Csv) {
            return Err(TwoNames { name: field.name.clone(), ours });
        }
    }
    Ok(fields)
}

/// What stands in a cell.
enum Value<'a> {
    Nothing,
    Text(&'a str),
    Made(String),
    Number(u64),
    Day(Date),
    /// As JSON writes it.
    Json(&'a str),
}

impl Field {
    fn value<'a>(&self, markets: &[Market<'_>], line: &'a Line) -> Value<'a> {
        let listing = &line.listing;
        let (column, at) = match &self.what {
            What::Kept(at) => return kept(listing.kept.get(*at)),
            What::Snippet(at, link) => {
                let made = line.judged.get(*at).zip(markets.get(*at));
                let made = made.and_then(|(judged, market)| {
                    snippet(market, judged, line.on.unwrap_or(market.judge.on()), link.as_deref())
                });
                return made.map_or(Value::Nothing, Value::Made);
            }
            What::Ours(column, at) => (*column, *at),
        };
        let (Some(judged), Some(market)) = (line.judged.get(at), markets.get(at)) else {
            return Value::Nothing;
        };
        match column {
            Column::Line => Value::Number(listing.line),
            Column::Sku => Value::Text(&listing.sku),
            Column::Gtin14 => judged.gtin.map_or(Value::Nothing, |gtin| Value::Made(gtin.to_string())),
            Column::Verdict => Value::Text(judged.decision.verdict.word()),
            Column::Reason => Value::Text(judged.decision.reason.word()),
            Column::UpdatesUntil => {
                judged.found.and_then(|f| market.judge.updates_until(f)).map_or(Value::Nothing, Value::Day)
            }
            Column::Label => judged
                .found
                .and_then(|f| market.judge.label(f))
                .map_or(Value::Nothing, |label| Value::Text(label.word())),
            Column::Snippet => Value::Nothing,
        }
    }
}

fn kept(kept: Option<&Kept>) -> Value<'_> {
    match kept {
        None | Some(Kept::Nothing) => Value::Nothing,
        Some(Kept::Text(text)) => Value::Text(text),
        Some(Kept::Json(json)) => Value::Json(json),
    }
}

/// What a shop shows beside a listing that it may sell: the sign of the label, the day until which updates are promised, the number.
/// Every part of it is a word of ours, a day or a number.
fn snippet(market: &Market<'_>, judged: &Judged, on: Date, link: Option<&str>) -> Option<String> {
    let (Answer::MaySell, Some(gtin), Some(found)) = (judged.decision.verdict, judged.gtin, judged.found)
    else {
        return None;
    };
    let judge = &market.judge;
    let scheme = escaped(&judge.scheme().title);
    let label = judge.label(found).map(|label| format!("Label with a {} ({scheme}). ", label.word()));
    let until = match judge.updates_until(found) {
        Some(day) if day < on => format!("Security updates ended on {}.", in_words(day)),
        Some(day) => format!("Security updates until {}.", in_words(day)),
        None => "The maker names no day until which there are security updates.".into(),
    };
    let link = link.map(|link| {
        let address = escaped(&format!("{}/01/{}", link.trim_end_matches('/'), gtin));
        format!(" <a href=\"{address}\">In the register</a>")
    });
    let (label, link) = (label.unwrap_or_default(), link.unwrap_or_default());
    Some(format!("<p class=\"assay\" data-gtin=\"{gtin}\">{label}{until}{link}</p>"))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Writes rows.
pub(crate) enum Verdicts<'a, W: Write + Send> {
    Text { fields: &'a [Field], json: bool, out: Vec<u8>, to: W },
    Parquet(Box<Groups<'a, W>>),
}

/// Bytes that are written at once.
const AT_ONCE: usize = 256 << 10;

impl<'a, W: Write + Send> Verdicts<'a, W> {
    pub(crate) fn new(form: Form, fields: &'a [Field], to: W) -> io::Result<Self> {
        Ok(match form {
            Form::Csv => {
                let out = cells(fields.iter().map(|field| field.name.as_str())).into_bytes();
                Self::Text { fields, json: false, out, to }
            }
            Form::Ndjson => Self::Text { fields, json: true, out: Vec::new(), to },
            Form::Parquet => Self::Parquet(Box::new(Groups::new(fields, to)?)),
        })
    }

    pub(crate) fn row(&mut self, markets: &[Market<'_>], line: &Line) -> io::Result<()> {
        match self {
            Self::Text { fields, json, out, to } => {
                if *json {
                    object(out, fields, markets, line);
                } else {
                    out.extend_from_slice(csv(fields, markets, line).as_bytes());
                }
                if out.len() > AT_ONCE {
                    to.write_all(out)?;
                    out.clear();
                }
                Ok(())
            }
            Self::Parquet(groups) => groups.row(markets, line),
        }
    }

    pub(crate) fn finish(self) -> io::Result<()> {
        match self {
            Self::Text { out, mut to, .. } => to.write_all(&out).and_then(|()| to.flush()),
            Self::Parquet(groups) => groups.table.finish(),
        }
    }
}

/// A line of CSV.
pub(crate) fn csv(fields: &[Field], markets: &[Market<'_>], line: &Line) -> String {
    let texts: Vec<_> = fields.iter().map(|field| field.value(markets, line)).map(Value::text).collect();
    cells(texts.iter().map(|text| &**text))
}

impl<'a> Value<'a> {
    fn text(self) -> std::borrow::Cow<'a, str> {
        match self {
            Self::Nothing => "".into(),
            Self::Text(text) | Self::Json(text) => text.into(),
            Self::Made(text) => text.into(),
            Self::Number(number) => number.to_string().into(),
            Self::Day(day) => day.to_string().into(),
        }
    }
}

/// Cells as a line of CSV.
pub(crate) fn cells<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut line = String::new();
    let mut count = 0;
    for text in texts {
        if count > 0 {
            line.push(',');
        }
        if text.contains([',', '"', '\r', '\n']) {
            line.push('"');
            line.push_str(&text.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(text);
        }
        count += 1;
    }
    // One empty cell is no empty line, which would be none.
    if count == 1 && line.is_empty() {
        line.push_str("\"\"");
    }
    line.push('\n');
    line
}

/// A line of JSON.
fn object(out: &mut Vec<u8>, fields: &[Field], markets: &[Market<'_>], line: &Line) {
    out.push(b'{');
    for (at, field) in fields.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        string(out, &field.name);
        out.push(b':');
        match field.value(markets, line) {
            Value::Nothing => out.extend_from_slice(b"null"),
            Value::Text(text) => string(out, text),
            Value::Made(text) => string(out, &text),
            Value::Number(number) => out.extend_from_slice(number.to_string().as_bytes()),
            Value::Day(day) => string(out, &day.to_string()),
            // A line break between two parts of it is not one of its own.
            Value::Json(json) => out.extend(json.bytes().filter(|b| !matches!(b, b'\n' | b'\r'))),
        }
    }
    out.extend_from_slice(b"}\n");
}

fn string(out: &mut Vec<u8>, text: &str) {
    // Writing a text into memory cannot fail.
    let _ = serde_json::to_writer(out, text);
}

/// Rows of Parquet, a cell for each field.
pub(crate) struct Groups<'a, W: Write + Send> {
    fields: &'a [Field],
    table: Table<W>,
}

impl<'a, W: Write + Send> Groups<'a, W> {
    fn new(fields: &'a [Field], to: W) -> io::Result<Self> {
        let columns = fields.iter().map(|field| (field.name.clone(), field.kind())).collect();
        Ok(Self { fields, table: Table::new(to, "verdicts", columns, Vec::new())? })
    }

    fn row(&mut self, markets: &[Market<'_>], line: &Line) -> io::Result<()> {
        for (at, field) in self.fields.iter().enumerate() {
            let value = field.value(markets, line);
            match value {
                Value::Nothing => self.table.put(at, Cell::Nothing),
                Value::Number(number) => self.table.put(at, Cell::Number(number)),
                Value::Day(day) => self.table.put(at, Cell::Day(day)),
                Value::Text(text) | Value::Json(text) => self.table.put(at, Cell::Text(text)),
                Value::Made(text) => self.table.put(at, Cell::Text(&text)),
            }
        }
        self.table.end_row()
    }
}

impl Field {
    fn kind(&self) -> Kind {
        match self.what {
            What::Ours(Column::Line, _) => Kind::Number,
            What::Ours(Column::UpdatesUntil, _) => Kind::Day,
            _ => Kind::Text,
        }
    }
}
