//! Walks a TOML document with the span of every value at hand, collecting problems instead of stopping at the first.
//! It knows shapes (texts, dates, addresses, paths), not what a case is; every file of a case is read through it.

mod answers;
mod places;

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::civil::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Place, Problem, provision_mend};
use crate::gtin::Gtin14;
use crate::rules::{nearest, rulebook};
use crate::text::{is_domain, is_https, is_invisible, is_kebab};
use crate::{date, rules};
use places::Places;

/// Reads one file of a case: bounded, UTF-8, TOML, and then by `read`. `file` is the name that problems will show.
pub(crate) fn read<T>(
    file: &str,
    bytes: &[u8],
    most: usize,
    read: impl FnOnce(Table<'_, '_>) -> Option<T>,
) -> Result<T, Vec<Problem>> {
    let single = |line, message: String, mend: &str| {
        let at = Place { line, column: 1 };
        vec![Problem { file: file.to_owned(), at, message, mend: mend.to_owned() }]
    };
    if bytes.len() > most {
        let message = format!("the file has {} bytes, at most {most} are read", bytes.len());
        return Err(single(1, message, "keep in it only what it is for, and evidence in files of its own"));
    }
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let line = 1 + bytes[..e.valid_up_to()].iter().filter(|b| **b == b'\n').count();
        single(line, "the file is not UTF-8 text here".into(), "save it as UTF-8")
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (text, stood_in) = stand_in(text);
    let mut walk = Walk::new(file, &text, &stood_in);
    let value = walk.root(read);
    walk.finish(value)
}

/// The whole file and what was found wrong with it.
struct Walk<'t> {
    notes: Notes<'t>,
    document: Option<Spanned<DeTable<'t>>>,
}

/// One table being read; keys that nobody asked for are named when it is closed.
pub(crate) struct Table<'w, 't> {
    notes: &'w mut Notes<'t>,
    table: &'w DeTable<'t>,
    at: Place,
    asked: BTreeSet<&'static str>,
}

/// Where problems are noted.
struct Notes<'t> {
    file: &'t str,
    places: Places<'t>,
    problems: Vec<Problem>,
}

impl<'t> Walk<'t> {
    /// `stood_in`: where [`stand_in`] put a date that exists for one that does not, by byte, with what was written.
    fn new(file: &'t str, text: &'t str, stood_in: &[(usize, String)]) -> Self {
        let (document, errors) = DeTable::parse_recoverable(text);
        let mut notes = Notes { file, places: Places::new(text), problems: Vec::new() };
        for (byte, written) in stood_in {
            let at = notes.place(*byte);
            notes.no_such_date(at, written);
        }
        let readable = errors.is_empty();
        for error in errors.into_iter().take(MOST_PROBLEMS) {
            let at = notes.place(error.span().unwrap_or(0..0).start);
            let message = format!("this is not TOML: {}", error.message().replace('\n', "; "));
            notes.problem(
                at,
                &message,
                "see https://toml.io for the form; `assay new` writes a commented file",
            );
        }
        Self { notes, document: readable.then_some(document) }
    }

    pub(crate) fn root<T>(&mut self, read: impl FnOnce(Table<'_, 't>) -> Option<T>) -> Option<T> {
        // A file that is not TOML is read no further than its grammar: what follows would be noise.
        let document = self.document.take()?;
        let at = Place { line: 1, column: 1 };
        read(Table { notes: &mut self.notes, table: document.get_ref(), at, asked: BTreeSet::new() })
    }

    pub(crate) fn finish<T>(self, value: Option<T>) -> Result<T, Vec<Problem>> {
        let mut problems = self.notes.problems;
        problems.sort_by(|a, b| (a.at, &a.message).cmp(&(b.at, &b.message)));
        problems.dedup();
        match value {
            Some(value) if problems.is_empty() => Ok(value),
            _ => Err(problems),
        }
    }
}

/// A file of nothing but mistakes is not worth more than this many sentences.
const MOST_PROBLEMS: usize = 200;

impl Notes<'_> {
    /// Whether no further problem is noted.
    fn is_full(&self) -> bool {
        self.problems.len() >= MOST_PROBLEMS
    }

    fn place(&self, byte: usize) -> Place {
        self.places.of(byte)
    }

    fn no_such_date(&mut self, at: Place, written: &str) {
        let message = format!("`{}` is not a date that exists", shown(written));
        self.problem(
            at,
            &message,
            "write it as 2030-05-31; a period such as \"five years after launch\" has no end date, and the law asks for one \
             (SI 2023/1007, Schedule 1, paragraph 3)",
        );
    }

    fn problem(&mut self, at: Place, message: &str, mend: &str) {
        if !self.is_full() {
            let (message, mend) = (message.to_owned(), mend.to_owned());
            self.problems.push(Problem { file: self.file.to_owned(), at, message, mend });
        }
    }
}

impl<'w, 't> Table<'w, 't> {
    pub(crate) fn problem_at(&mut self, at: Place, message: &str, mend: &str) {
        self.notes.problem(at, message, mend);
    }

    fn wrong(&mut self, span: Range<usize>, message: &str, mend: &str) {
        if self.notes.is_full() {
            return;
        }
        let at = self.notes.place(span.start);
        self.notes.problem(at, message, mend);
    }

    fn value(&mut self, key: &'static str) -> Option<&'w Spanned<DeValue<'t>>> {
        self.asked.insert(key);
        let table: &'w DeTable<'t> = self.table;
        table.iter().find(|(k, _)| k.get_ref() == key).map(|(_, v)| v)
    }

    /// Names every key that nobody asked for.
    pub(crate) fn close(&mut self) {
        let unknown: Vec<_> = self
            .table
            .iter()
            .filter(|(k, _)| !self.asked.contains(k.get_ref().as_ref()))
            .map(|(k, _)| (k.span(), k.get_ref().to_string()))
            .take(MOST_PROBLEMS)
            .collect();
        for (span, key) in unknown {
            let mend = match nearest(&key, self.asked.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!(
                    "remove it; known here: {}",
                    self.asked.iter().copied().collect::<Vec<_>>().join(", ")
                ),
            };
            self.wrong(span, &format!("`{}` is not known here", shown(&key)), &mend);
        }
    }

    pub(crate) fn required_table<T>(
        &mut self,
        key: &'static str,
        mend: &str,
        read: impl FnOnce(Table<'_, 't>) -> Option<T>,
    ) -> Option<T> {
        if self.value(key).is_none() {
            self.problem_at(self.at, &format!("there is no [{key}]"), &format!("add {mend}"));
            return None;
        }
        self.table(key, |_, t| read(t))
    }

    pub(crate) fn table<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(Place, Table<'_, 't>) -> Option<T>,
    ) -> Option<T> {
        let value = self.value(key)?;
        let at = self.notes.place(value.span().start);
        match value.get_ref() {
            DeValue::Table(table) => read(at, Table { notes: self.notes, table, at, asked: BTreeSet::new() }),
            other => {
                let message = format!("`{key}` is a {}, it should be a table", other.type_str());
                self.problem_at(at, &message, &format!("write [{key}] and its entries below"));
                None
            }
        }
    }

    pub(crate) fn tables(
        &mut self,
        key: &'static str,
        most: usize,
        mut read: impl FnMut(Place, Table<'_, 't>),
    ) {
        let Some(value) = self.value(key) else { return };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(
                value.span(),
                &format!("`{key}` should be written [[{key}]], once for each"),
                "double the brackets",
            );
            return;
        };
        if items.len() > most {
            self.wrong(
                value.span(),
                &format!("there are {} [[{key}]], at most {most} are read", items.len()),
                "remove some",
            );
            return;
        }
        for item in items.iter() {
            let at = self.notes.place(item.span().start);
            match item.get_ref() {
                DeValue::Table(table) => {
                    read(at, Table { notes: self.notes, table, at, asked: BTreeSet::new() })
                }
                _ => self.problem_at(at, &format!("each `{key}` is a table"), &format!("write [[{key}]]")),
            }
        }
    }

    fn text_value(&mut self, key: &'static str, most: usize) -> Option<(&'w str, Range<usize>)> {
        let value = self.value(key)?;
        let Some(text) = value.get_ref().as_str() else {
            let kind = value.get_ref().type_str();
            self.wrong(
                value.span(),
                &format!("`{key}` is a {kind}, it should be a text"),
                "put it in \"quotes\"",
            );
            return None;
        };
        let length = text.chars().count();
        if length > most {
            let message = format!("`{key}` has {length} characters, at most {most} are read");
            self.wrong(value.span(), &message, "shorten it");
            return None;
        }
        if let Some(c) = text.chars().find(|c| is_invisible(*c)) {
            let message = format!("`{key}` holds an invisible character (U+{:04X})", u32::from(c));
            self.wrong(
                value.span(),
                &message,
                "remove it: it can make a text read differently from what it says",
            );
            return None;
        }
        if text.trim().is_empty() {
            self.wrong(value.span(), &format!("`{key}` is empty"), "fill it in, or remove the line");
            return None;
        }
        Some((text.trim(), value.span()))
    }

    pub(crate) fn text(&mut self, key: &'static str) -> Option<String> {
        self.text_value(key, 2_000).map(|(t, _)| t.to_owned())
    }

    pub(crate) fn required_text(&mut self, key: &'static str, example: &str) -> Option<String> {
        self.require(key, example)?;
        self.text_value(key, 200).map(|(t, _)| t.to_owned())
    }

    fn require(&mut self, key: &'static str, example: &str) -> Option<()> {
        if self.value(key).is_some() {
            return Some(());
        }
        self.problem_at(self.at, &format!("`{key}` is missing"), &format!("add {example}"));
        None
    }

    pub(crate) fn date(&mut self, key: &'static str) -> Option<Date> {
        let value = self.value(key)?;
        let written = match value.get_ref() {
            DeValue::Datetime(d) => d.to_string(),
            DeValue::String(s) => s.to_string(),
            other => other.type_str().to_owned(),
        };
        let parsed = date::parse(&written);
        if parsed.is_none() {
            let at = self.notes.place(value.span().start);
            self.notes.no_such_date(at, &written);
        }
        parsed
    }

    pub(crate) fn url(&mut self, key: &'static str) -> Option<String> {
        let (text, span) = self.text_value(key, 500)?;
        if is_https(text) {
            return Some(text.to_owned());
        }
        self.wrong(
            span,
            &format!("`{key}` is not an https address"),
            "write https://, a host name and the path",
        );
        None
    }

    pub(crate) fn domain(&mut self, key: &'static str) -> Option<String> {
        self.require(key, &format!("{key} = \"hearth.example\""))?;
        let (text, span) = self.text_value(key, 253)?;
        let lower = text.to_ascii_lowercase();
        if is_domain(&lower) {
            return Some(lower);
        }
        self.wrong(
            span,
            &format!("`{}` is not a domain", shown(text)),
            "write it as in hearth.example, without https://",
        );
        None
    }

    pub(crate) fn gtins(&mut self, key: &'static str) -> Vec<Gtin14> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let Some(items) = value.get_ref().as_array() else {
            self.wrong(value.span(), &format!("`{key}` is a list"), "write gtins = [\"05012345678900\"]");
            return Vec::new();
        };
        if items.len() > 100 {
            self.wrong(value.span(), "more than 100 GTINs", "split the case: one product, one case");
            return Vec::new();
        }
        let mut gtins = Vec::new();
        for item in items.iter() {
            let text = match item.get_ref() {
                DeValue::String(s) => s.to_string(),
                DeValue::Integer(i) => i.as_str().to_owned(),
                other => other.type_str().to_owned(),
            };
            match Gtin14::parse(&text) {
                Ok(gtin) if gtins.contains(&gtin) => {
                    self.wrong(item.span(), &format!("{gtin} stands here twice"), "keep one");
                }
                Ok(gtin) => gtins.push(gtin),
                Err(e) => self.wrong(
                    item.span(),
                    &format!("`{}`: {e}", shown(&text)),
                    "copy the number under the barcode",
                ),
            }
        }
        gtins
    }

    /// A date that has to be there.
    pub(crate) fn required_date(&mut self, key: &'static str) -> Option<Date> {
        self.require(key, &format!("{key} = 2030-05-31"))?;
        self.date(key)
    }

    /// True or false, and where it is said.
    pub(crate) fn flag(&mut self, key: &'static str) -> Option<(bool, Place)> {
        let value = self.value(key)?;
        let at = self.notes.place(value.span().start);
        let said = value.get_ref().as_bool();
        if said.is_none() {
            self.problem_at(
                at,
                &format!("`{key}` is true or false"),
                &format!("write {key} = true, or remove the line"),
            );
        }
        said.map(|said| (said, at))
    }

    /// The id of a scheme, bundled or not, and where it stands.
    pub(crate) fn scheme(&mut self, key: &'static str) -> Option<(String, Place)> {
        self.require(key, &format!("{key} = \"sg-cls-1\""))?;
        let (text, span) = self.text_value(key, 100)?;
        if is_kebab(text) {
            return Some((text.to_owned(), self.notes.place(span.start)));
        }
        let message = format!("`{}` is no id of a scheme", shown(text));
        self.wrong(span, &message, "write it as sg-cls-1: `assay explain` lists them");
        None
    }

    /// Names a table that stands there more than once with a mend of its own.
    pub(crate) fn only_one(&mut self, key: &'static str, mend: &str) {
        if let Some(value) = self.value(key)
            && let DeValue::Array(items) = value.get_ref()
            && items.len() > 1
        {
            self.wrong(
                value.span(),
                &format!("there are {} [[{key}]], a case has one [{key}]", items.len()),
                mend,
            );
        }
    }

    pub(crate) fn provision(&mut self, key: &'static str) -> Option<String> {
        self.require(key, &format!("{key} = \"ts103645-v1.1.1:4.1-1\""))?;
        let (text, span) = self.text_value(key, 100)?;
        let id = rulebook().normal(text);
        if rulebook().provisions.contains_key(&id) {
            return Some(id);
        }
        self.wrong(span, &format!("there is no provision `{}`", shown(text)), &provision_mend(&id));
        None
    }

    pub(crate) fn word<T: Copy>(&mut self, key: &'static str, words: &[(&'static str, T)]) -> Option<T> {
        self.require(key, &format!("{key} = \"{}\"", words.first().map_or("", |w| w.0)))?;
        self.optional_word(key, words)
    }

    pub(crate) fn optional_word<T: Copy>(
        &mut self,
        key: &'static str,
        words: &[(&'static str, T)],
    ) -> Option<T> {
        let (text, span) = self.text_value(key, 100)?;
        let found = words.iter().find(|(w, _)| *w == text).map(|(_, v)| *v);
        if found.is_none() {
            let all = words.iter().map(|(w, _)| format!("\"{w}\"")).collect::<Vec<_>>().join(", ");
            let mend = match rules::nearest(text, words.iter().map(|(w, _)| *w)) {
                Some(near) => format!("did you mean \"{near}\"? known: {all}"),
                None => format!("one of {all}"),
            };
            self.wrong(span, &format!("`{key}` cannot be `{}`", shown(text)), &mend);
        }
        found
    }

    /// A path below `evidence/` that cannot leave the case folder.
    pub(crate) fn path(&mut self, key: &'static str) -> Option<String> {
        self.require(key, &format!("{key} = \"evidence/file\""))?;
        let (text, span) = self.text_value(key, 500)?;
        let at = self.notes.place(span.start);
        self.inside(text, at)
    }

    fn inside(&mut self, text: &str, at: Place) -> Option<String> {
        let trimmed = text.strip_suffix('/').unwrap_or(text);
        let inside = trimmed.strip_prefix("evidence/").is_some_and(|rest| {
            rest.split('/').all(|part| {
                !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', ':', '\0'])
            })
        });
        if inside {
            return Some(trimmed.to_owned());
        }
        let message = format!("`{}` does not lie below evidence/", shown(text));
        let mend = "put the file into the case's evidence folder and name it evidence/FILE";
        self.problem_at(at, &message, mend);
        None
    }

    /// Where a key's value begins.
    pub(super) fn value_place(&mut self, key: &'static str) -> Option<Place> {
        let start = self.value(key)?.span().start;
        Some(self.notes.place(start))
    }

    /// A table that may stand there once or, with double brackets, several times.
    pub(super) fn one_or_more(
        &mut self,
        key: &'static str,
        most: usize,
        mut read: impl FnMut(Place, Table<'_, 't>),
    ) {
        if self.value(key).is_some_and(|v| matches!(v.get_ref(), DeValue::Table(_))) {
            self.table(key, |at, t| {
                read(at, t);
                Some(())
            });
        } else {
            self.tables(key, most, read);
        }
    }

    /// A day, or as much of it as is known: `2018-10`, `2018`.
    pub(super) fn date_or_part(&mut self, key: &'static str) -> Option<String> {
        let value = self.value(key)?;
        let written = match value.get_ref() {
            DeValue::Datetime(d) => d.to_string(),
            DeValue::String(s) => s.to_string(),
            DeValue::Integer(i) => i.as_str().to_owned(),
            other => other.type_str().to_owned(),
        };
        let whole = match written.len() {
            4 => format!("{written}-01-01"),
            7 => format!("{written}-01"),
            _ => written.clone(),
        };
        if date::parse(&whole).is_some() {
            return Some(written);
        }
        let message = format!("`{key}` is no date: `{}`", shown(&written));
        self.wrong(
            value.span(),
            &message,
            "write it as 2020-06-19, or \"2018\" where only the year is known",
        );
        None
    }
}

/// The text with every unquoted date that does not exist replaced by one of the same length that does, so that one wrong
/// date does not hide every other problem of the file; and what was replaced, by byte. Only where the TOML reader stumbles
/// over it: within a text of several lines it is no date.
fn stand_in(text: &str) -> (String, Vec<(usize, String)>) {
    let (mut mended, mut stood_in) = (text.to_owned(), Vec::new());
    let (_, errors) = DeTable::parse_recoverable(text);
    let mut stumbles: Vec<usize> = errors.iter().filter_map(|e| e.span()).map(|span| span.start).collect();
    if stumbles.is_empty() {
        return (mended, stood_in);
    }
    stumbles.sort_unstable();
    let stumbled = |start: usize| {
        let first = stumbles.partition_point(|at| *at < start);
        stumbles.get(first).is_some_and(|at| *at <= start + 10)
    };
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if let Some((key, value)) = line.split_once('=')
            && !key.contains(['"', '\'', '#'])
        {
            let start = at + key.len() + 1 + (value.len() - value.trim_start().len());
            let written = value.split('#').next().unwrap_or_default().trim();
            let shape = |(i, b): (usize, u8)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() };
            if written.len() == 10
                && written.bytes().enumerate().all(shape)
                && date::parse(written).is_none()
                && stumbled(start)
            {
                mended.replace_range(start..start + 10, "2000-01-01");
                stood_in.push((start, written.to_owned()));
            }
        }
        at += line.len();
    }
    (mended, stood_in)
}

/// A text of a stranger, short and harmless enough to stand in a message.
pub(crate) fn shown(text: &str) -> String {
    let short: String = text.chars().filter(|c| !is_invisible(*c)).take(60).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}
