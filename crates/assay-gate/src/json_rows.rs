//! Rows of a JSON array of objects, or of objects one after another (NDJSON), under bounds: the stream is cut into
//! elements by strings, escapes and brackets alone, then serde_json reads each. Only the two columns that are looked
//! at are kept; objects within an object are passed over.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;

use assay::gtin::{Gtin14, GtinError, given_by_a_shop, read_cell};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::catalogue::{CatalogueError, MAX_CELL, MAX_COLUMNS, MAX_DEPTH, MAX_RECORD, shown};
use crate::columns::{Seen, Words};
use crate::listing::{Kept, Listing};
use crate::source::{Source, text};

/// A stream of elements, of which the last one read is held.
pub(crate) struct JsonRows<R: Read> {
    source: Source<R>,
    array: bool,
    place: Place,
    element: Vec<u8>,
    /// The line where the element begins.
    pub(crate) line: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before the first byte.
    Start,
    /// After `[`.
    First,
    /// After an element.
    Between,
    /// After `]`.
    End,
}

/// The keys of what is wanted of an element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Keys {
    pub(crate) gtin: String,
    pub(crate) sku: Option<String>,
    pub(crate) words: Words<Option<String>>,
    pub(crate) sold_on: Option<String>,
    pub(crate) kept: Vec<String>,
    /// Whether those are meant to be all.
    pub(crate) all: bool,
}

impl<R: Read> JsonRows<R> {
    pub(crate) fn new(source: Source<R>, array: bool) -> Self {
        let place = if array { Place::Start } else { Place::Between };
        Self { source, array, place, element: Vec::new(), line: 0 }
    }

    /// Reads the next element; `false` at the end.
    pub(crate) fn next(&mut self) -> Result<bool, CatalogueError> {
        let mut comma = false;
        loop {
            let next = self.source.peek()?;
            self.line = self.source.line;
            let line = self.line;
            let fault = |what| Err(CatalogueError::Json { line, what });
            match (next, self.place) {
                (Some(b' ' | b'\t' | b'\r' | b'\n'), _) => {}
                (Some(b'['), Place::Start) => self.place = Place::First,
                (Some(b']'), Place::First | Place::Between) if self.array && !comma => {
                    self.place = Place::End;
                }
                (Some(b','), Place::Between) if self.array && !comma => comma = true,
                (Some(b'{'), Place::First) => return self.element().map(|()| true),
                (Some(b'{'), Place::Between) if comma || !self.array => {
                    return self.element().map(|()| true);
                }
                (None, Place::End) => return Ok(false),
                (None, Place::Between) if !self.array => return Ok(false),
                (None, _) => return Err(CatalogueError::CutOff { line }),
                (Some(_), Place::End) => return fault("something follows after the closing `]`".to_owned()),
                (Some(_), _) => return fault("here an object `{…}` of the list should stand".to_owned()),
            }
            self.source.pass(1)?;
        }
    }

    /// Copies one object, from its first bracket to the one that closes it.
    fn element(&mut self) -> Result<(), CatalogueError> {
        let line = self.line;
        self.element.clear();
        self.place = Place::Between;
        let (mut depth, mut string, mut escaped) = (0usize, None, false);
        loop {
            let bytes = self.source.bytes()?;
            if bytes.is_empty() {
                return Err(CatalogueError::CutOff { line });
            }
            let mut count = 0;
            for byte in bytes {
                count += 1;
                match (string, byte) {
                    // The opening and the closing quote are counted along.
                    (Some(length), _) if length > MAX_CELL + 1 => return Err(CatalogueError::Cell { line }),
                    (Some(_), _) if escaped => escaped = false,
                    (Some(_), b'\\') => escaped = true,
                    (Some(_), b'"') => string = None,
                    (Some(_), _) => {}
                    (None, b'"') => string = Some(0),
                    (None, b'{' | b'[') => depth += 1,
                    (None, b'}' | b']') => depth -= 1,
                    (None, _) => {}
                }
                string = string.map(|length: usize| length + 1);
                if depth > MAX_DEPTH {
                    return Err(CatalogueError::Depth { line });
                }
                if depth == 0 {
                    break;
                }
            }
            self.element.extend_from_slice(bytes.get(..count).unwrap_or_default());
            self.source.pass(count)?;
            if self.element.len() > MAX_RECORD {
                return Err(CatalogueError::Record { line });
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// The wanted cells of the element.
    pub(crate) fn cells(&self, keys: &Keys) -> Result<Listing, CatalogueError> {
        let mut cells = Listing { line: self.line, ..Listing::default() };
        let (mut seen, mut dated) = (false, false);
        self.walk(&mut |key, value| {
            if key == keys.gtin {
                // Two numbers under one name: which one is meant cannot be told.
                cells.gtin = if seen { NOT_A_NUMBER } else { value.gtin() };
                cells.own = cells.gtin.err().and_then(|fault| given_by_a_shop(&value.text(), fault));
                seen = true;
            }
            let is = |wanted: &Option<String>| wanted.as_deref() == Some(key);
            let Words { category, title, brand, model } = &keys.words;
            let places = [
                (&keys.sku, &mut cells.sku),
                (category, &mut cells.words.category),
                (title, &mut cells.words.title),
                (brand, &mut cells.words.brand),
                (model, &mut cells.words.model),
            ];
            places.into_iter().filter(|(wanted, _)| is(wanted)).for_each(|(_, cell)| *cell = value.text());
            if is(&keys.sold_on) {
                // A list, or two days under one name: which one is meant cannot be told, and it is not the day of the run.
                let told = !dated && !matches!(value, Scalar::Other);
                cells.sold_on = if told { value.text() } else { NO_DAY.to_owned() };
                dated = true;
            }
        })?;
        cells.kept = self.kept(keys)?;
        // Escaped it is no NUL of the file, and would be one of the verdicts.
        if cells.sku.contains('\0') { Err(CatalogueError::Nul { line: self.line }) } else { Ok(cells) }
    }

    /// What the wanted keys hold, as it is written.
    fn kept(&self, keys: &Keys) -> Result<Vec<Kept>, CatalogueError> {
        if keys.kept.is_empty() {
            return Ok(Vec::new());
        }
        let json = text(&self.element);
        let Members(members) = serde_json::from_str(&json).map_err(|e| self.malformed(&e))?;
        let mut raw: BTreeMap<String, &RawValue> = BTreeMap::new();
        for (key, value) in members {
            // All columns are in the order of their names; of two members of one name one would be lost.
            let new = keys.all && keys.kept.binary_search(&key).is_err();
            if new || raw.contains_key(&key) {
                return Err(CatalogueError::Lost { line: self.line, what: shown([key.as_str()]) });
            }
            raw.insert(key, value);
        }
        let value = |key| match raw.get(key).map(|raw| raw.get()) {
            None => Kept::Nothing,
            Some(raw) => match serde_json::from_str(raw) {
                Ok(text) => Kept::Text(text),
                Err(_) => Kept::Json(raw.to_owned()),
            },
        };
        Ok(keys.kept.iter().map(value).collect())
    }

    /// Adds the element's keys to the columns seen so far.
    pub(crate) fn count(&self, seen: &mut BTreeMap<String, Seen>) -> Result<(), CatalogueError> {
        let mut wide = false;
        self.walk(&mut |key, value| {
            if !seen.contains_key(key) {
                wide |= seen.len() >= MAX_COLUMNS;
                if wide {
                    return;
                }
                seen.insert(key.to_owned(), Seen::new(key));
            }
            if let Some(column) = seen.get_mut(key)
                && !matches!(value, Scalar::Null)
            {
                column.add(value.gtin());
            }
        })?;
        if wide { Err(CatalogueError::Columns { line: self.line }) } else { Ok(()) }
    }

    fn walk(&self, visit: &mut dyn FnMut(&str, &Scalar)) -> Result<(), CatalogueError> {
        let json = text(&self.element);
        let mut deserializer = serde_json::Deserializer::from_str(&json);
        Object(visit).deserialize(&mut deserializer).map_err(|e| self.malformed(&e))
    }

    fn malformed(&self, error: &serde_json::Error) -> CatalogueError {
        let within = u64::try_from(error.line()).unwrap_or(0).saturating_sub(1);
        // serde_json adds the position within the element, which says nothing to a reader of the file.
        let said = error.to_string();
        let what = said.split(" at line ").next().unwrap_or(&said).to_owned();
        CatalogueError::Json { line: self.line.saturating_add(within), what }
    }
}

/// What is no day, whatever its form.
const NO_DAY: &str = "?";

const NOT_A_NUMBER: Result<Gtin14, GtinError> = Err(GtinError::NotDigits(1));

/// A value, as far as a GTIN or an article number can be one.
enum Scalar {
    Null,
    Text(String),
    Whole(u64),
    /// A fraction or an exponent.
    Fraction(f64),
    /// A negative number or a truth value, as it is written.
    Word(String),
    /// A list or an object.
    Other,
}

impl Scalar {
    /// A fraction or exponent is never read as digits: `4.00638E+12` has lost some, and once it is a number it looks like one
    /// that has not.
    fn gtin(&self) -> Result<Gtin14, GtinError> {
        match self {
            Self::Null => Err(GtinError::Absent),
            Self::Text(text) => read_cell(text),
            Self::Whole(number) => read_cell(&number.to_string()),
            Self::Fraction(_) => Err(GtinError::Damaged),
            Self::Word(_) | Self::Other => NOT_A_NUMBER,
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Text(text) | Self::Word(text) => text.clone(),
            Self::Whole(number) => number.to_string(),
            Self::Fraction(number) => number.to_string(),
            Self::Null | Self::Other => String::new(),
        }
    }
}

/// The members of an object as they are written, in their order, also those of one name.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry::<String, &'de RawValue>()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

/// Walks over the members of one object.
struct Object<'a>(&'a mut dyn FnMut(&str, &Scalar));

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<(), D::Error> {
        d.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value_seed(AnyScalar)?;
            (self.0)(&key, &value);
        }
        Ok(())
    }
}

struct AnyScalar;

impl<'de> DeserializeSeed<'de> for AnyScalar {
    type Value = Scalar;

    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<Scalar, D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AnyScalar {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Null)
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.to_owned()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Scalar, E> {
        Ok(Scalar::Whole(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Scalar, E> {
        Ok(Scalar::Word(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Scalar, E> {
        Ok(Scalar::Fraction(number))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Scalar, E> {
        Ok(Scalar::Word(truth.to_string()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Scalar, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Vec<(u64, Listing)>, CatalogueError> {
        let array = json.trim_start().starts_with('[');
        let mut rows = JsonRows::new(Source::open(json.as_bytes())?, array);
        let mut all = Vec::new();
        while rows.next()? {
            let keys = Keys { gtin: "ean".into(), sku: Some("id".into()), ..Keys::default() };
            all.push((rows.line, rows.cells(&keys)?));
        }
        Ok(all)
    }

    fn gtin(json_value: &str) -> Result<Gtin14, GtinError> {
        read(&format!("[{{\"ean\": {json_value}}}]")).unwrap().remove(0).1.gtin
    }

    #[test]
    fn elements_are_rows_with_the_line_where_they_begin() {
        let array =
            "[\n {\"id\": 7, \"ean\": \"96385074\", \"x\": {\"ean\": \"[}\\\"\"}},\n\n {\n\"id\":\"b\"} ]\n";
        let lines = "{\"id\": 7, \"ean\": 96385074}\r\n{\"id\":\"b\"}\n";
        let rows = |text| -> Vec<_> {
            let read = read(text).unwrap();
            read.into_iter().map(|(line, c)| (line, c.gtin.map(Gtin14::number), c.sku)).collect()
        };
        let wanted = |first, second| {
            vec![(first, Ok(96_385_074), "7".to_owned()), (second, Err(GtinError::Absent), "b".to_owned())]
        };
        assert_eq!(rows(array), wanted(2, 4));
        assert_eq!(rows(lines), wanted(1, 2));
        assert_eq!(rows("[ ]"), vec![]);
    }

    #[test]
    fn only_a_text_or_a_whole_number_can_be_a_gtin() {
        let good = Gtin14::parse("4006381333931");
        assert_eq!(gtin("\"4006381333931\""), good);
        assert_eq!(gtin("4006381333931"), good);
        assert_eq!(gtin("null"), Err(GtinError::Absent));
        assert_eq!(gtin("\" \""), Err(GtinError::Absent));
        for bad in ["-4006381333931", "true", "[4006381333931]", "{}"] {
            assert_eq!(gtin(bad), NOT_A_NUMBER, "{bad}");
        }
        // A whole number of more than 64 bits is a float to the reader, and has lost digits.
        for lost in ["4006381333931.0", "4.006381333931E12", "4.00638E12", "18446744073709551616"] {
            assert_eq!(gtin(lost), Err(GtinError::Damaged), "{lost}");
        }
        assert_eq!(gtin("4006381333931, \"ean\": 4006381333931"), NOT_A_NUMBER);
    }

    #[test]
    fn what_is_no_list_of_objects_is_refused_with_the_line() {
        for (text, wanted) in [
            ("[\n{\"a\":1},\n7]", "line 3: "),
            ("[\n{\"a\":1}\n{\"a\":1}]", "line 3: "),
            ("[{\"a\":1},]", "line 1: "),
            ("[,{\"a\":1}]", "line 1: "),
            ("[{\"a\":1}] x", "line 1: "),
            ("[{\"a\":\n\n}]", "line 3: "),
            ("[{\"a\":1]]", "line 1: "),
            ("{\"a\":1},{\"a\":1}", "line 1: "),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.starts_with(wanted), "{text:?}: {error}");
        }
        for cut in ["[", "[{\"a\":1}", "[{\"a\":1},", "[{\"a\":", "{\"a\":\"}"] {
            assert!(matches!(read(cut), Err(CatalogueError::CutOff { .. })), "{cut}");
        }
    }

    #[test]
    fn bounds_hold() {
        let nested = |depth: usize| format!("[{{\"a\":{}{}}}]", "[".repeat(depth - 1), "]".repeat(depth - 1));
        assert!(read(&nested(MAX_DEPTH)).is_ok());
        assert!(matches!(read(&nested(MAX_DEPTH + 1)), Err(CatalogueError::Depth { line: 1 })));
        let cell = |length: usize| format!("[{{\"a\":\"{}\"}}]", "x".repeat(length));
        assert!(read(&cell(MAX_CELL)).is_ok());
        assert!(matches!(read(&cell(MAX_CELL + 1)), Err(CatalogueError::Cell { line: 1 })));
        let row = format!("[{{\"a\":[{}7]}}]", "7,".repeat(MAX_RECORD / 2));
        assert!(matches!(read(&row), Err(CatalogueError::Record { line: 1 })));
    }
}
