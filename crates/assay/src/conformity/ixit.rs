//! `ixit.toml`: what the maker tells the tester about the device, in the 29 tables of TS 103 701 Annex A.4. One reader
//! for all of them, led by the test book: `[[AuthMech]]` once an entry, `[UserInfo]` once a file. An absent table says
//! nothing; `AuthMech = []` says that there is none.

use std::collections::{BTreeMap, BTreeSet};

use super::book::{Book, Field, Form, Group, IxitTable, Shape, book};
use crate::case::walk::{self, Table, shown};
use crate::case::{Place, Problem};
use crate::rules::nearest;

/// Longest `ixit.toml` that is read, in bytes.
pub const MAX_BYTES: usize = 2 << 20;

/// Most entries in one table, and most references in one field.
const MOST: usize = 500;

/// Longest answer, in characters.
const LONGEST: usize = 8_000;

/// The filled-in pro forma.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ixit {
    tables: BTreeMap<u8, Vec<Entry>>,
}

/// One entry of a table; a list has exactly one, without an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Unique within its table.
    pub id: Option<String>,
    /// Where in `ixit.toml` it begins.
    pub at: Place,
    /// What is filled in, by the field's key.
    pub fields: BTreeMap<String, Filled>,
}

/// One answer and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// The answer.
    pub value: Value,
    /// Its place.
    pub at: Place,
}

/// An answer in the form that its field asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Prose.
    Text(String),
    /// Yes or no.
    YesNo(bool),
    /// Ids of another table's entries.
    Refs(Vec<String>),
    /// True or false.
    Flag(bool),
}

/// A field that a test group needs and that is not filled in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    /// `AuthMech.description`, or `AuthMech` where the whole table is absent.
    pub field: String,
    /// The entry that lacks it, where the table has entries with ids.
    pub entry: Option<String>,
}

impl Ixit {
    /// Reads `ixit.toml`. `file` is the name that problems will show.
    ///
    /// # Errors
    /// Every problem of the file, in the order of its lines; at least one.
    pub fn parse(file: &str, bytes: &[u8]) -> Result<Self, Vec<Problem>> {
        walk::read(file, bytes, MAX_BYTES, |mut root| {
            let mut read = Self::default();
            let mut pointers = Vec::new();
            for table in &book().tables {
                read_table(&mut root, table, &mut read.tables, &mut pointers);
            }
            for pointer in pointers {
                read.follow(&mut root, &pointer);
            }
            root.close();
            Some(read)
        })
    }

    /// The entries of a table; `None` where the file says nothing of it.
    #[must_use]
    pub fn entries(&self, table: u8) -> Option<&[Entry]> {
        self.tables.get(&table).map(Vec::as_slice)
    }

    /// The answer of a list such as `UserInfo`.
    #[must_use]
    pub fn answer(&self, table: u8, key: &str) -> Option<&Filled> {
        self.entries(table)?.first()?.fields.get(key)
    }

    /// What a test group needs and does not find here (TS 103 701 Table B.1). A table that is said to be empty lacks
    /// nothing: whether that is believable is for the tester to judge.
    #[must_use]
    pub fn missing(&self, book: &Book, group: &Group) -> Vec<Missing> {
        let mut missing = BTreeSet::new();
        for name in &group.fields {
            let Some((table, field)) = book.field(name) else { continue };
            match self.entries(table.number) {
                None => {
                    missing.insert(Missing { field: table.short.clone(), entry: None });
                }
                Some(entries) => missing.extend(
                    entries
                        .iter()
                        .filter(|e| !e.fields.contains_key(&field.key))
                        .map(|e| Missing { field: name.clone(), entry: e.id.clone() }),
                ),
            }
        }
        missing.into_iter().collect()
    }

    /// Takes entries away, as if their lines were deleted: a table that loses its last entry says nothing any more.
    /// What remains may hold references to nothing.
    pub fn retain(&mut self, mut keep: impl FnMut(u8, &Entry) -> bool) {
        self.tables.retain(|number, entries| {
            let said_none = entries.is_empty();
            entries.retain(|e| keep(*number, e));
            said_none || !entries.is_empty()
        });
    }

    fn follow(&self, root: &mut Table<'_, '_>, pointer: &Pointer) {
        let Some(target) = book().table(pointer.into) else { return };
        let ids = || self.entries(pointer.into).unwrap_or_default().iter().filter_map(|e| e.id.as_deref());
        if ids().any(|id| id == pointer.id) {
            return;
        }
        let (short, id) = (&target.short, shown(&pointer.id));
        let message = format!("`{}` names `{id}`, but [[{short}]] has no such entry", pointer.key);
        let mend = match nearest(&pointer.id, ids()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("add [[{short}]] with id = \"{id}\", or remove the reference"),
        };
        root.problem_at(pointer.at, &message, &mend);
    }
}

/// A reference into another table, to be followed once all are read.
struct Pointer {
    key: &'static str,
    id: String,
    into: u8,
    at: Place,
}

fn read_table(
    root: &mut Table<'_, '_>,
    table: &'static IxitTable,
    tables: &mut BTreeMap<u8, Vec<Entry>>,
    pointers: &mut Vec<Pointer>,
) {
    if !root.has(&table.short) {
        return;
    }
    let mut entries: Vec<Entry> = Vec::new();
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    match table.shape {
        Shape::List => {
            let read = root.table(&table.short, |at, mut t| Some(read_entry(&mut t, at, table, pointers)));
            entries.extend(read);
        }
        Shape::Table => root.tables(&table.short, MOST, |at, mut t| {
            let entry = read_entry(&mut t, at, table, pointers);
            let Some(id) = &entry.id else { return };
            if let Some(first) = lines.get(id) {
                let message =
                    format!("[[{}]] `{}` stands here twice, first in line {first}", table.short, shown(id));
                t.problem_at(at, &message, "give each entry of a table an id of its own");
                return;
            }
            lines.insert(id.clone(), at.line);
            entries.push(entry);
        }),
    }
    tables.insert(table.number, entries);
}

fn read_entry(
    t: &mut Table<'_, '_>,
    at: Place,
    table: &'static IxitTable,
    pointers: &mut Vec<Pointer>,
) -> Entry {
    let mut entry = Entry { id: None, at, fields: BTreeMap::new() };
    for field in &table.fields {
        let is_id = table.shape == Shape::Table && field.key == "id";
        if is_id {
            entry.id = t.required_text(&field.key, &format!("id = \"{}-1\"", table.short));
        }
        if let Some(filled) = read_field(t, field, pointers) {
            entry.fields.insert(field.key.clone(), filled);
        }
    }
    t.close();
    entry
}

fn read_field(t: &mut Table<'_, '_>, field: &'static Field, pointers: &mut Vec<Pointer>) -> Option<Filled> {
    let key = field.key.as_str();
    if !t.has(key) {
        return None;
    }
    let at = t.place_of(key);
    let value = match field.form {
        Form::Text => Value::Text(t.long_text(key, LONGEST)?.0),
        Form::YesNo => Value::YesNo(t.optional_word(key, &[("yes", true), ("no", false)])?),
        Form::Flag => Value::Flag(t.flag(key)?.0),
        Form::Refs => {
            let ids = t.list(key, MOST)?;
            if let Some(into) = field.refs {
                pointers.extend(ids.iter().map(|(id, at)| Pointer { key, id: id.clone(), into, at: *at }));
            }
            Value::Refs(ids.into_iter().map(|(id, _)| id).collect())
        }
    };
    Some(Filled { value, at })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
[[SoftComp]]
id = "SC-1"
description = "firmware"
update_mechanism = ["UM-1"]

[[UpdMech]]
id = "UM-1"
description = "over the network"

[UserInfo]
model_designation = "on the type plate"

[Conf]
confirmation_of_secure_management = "yes"
"#;

    fn problems(text: &str) -> Vec<String> {
        let found = Ixit::parse("ixit.toml", text.as_bytes()).err().unwrap_or_default();
        found.iter().map(|p| format!("{}:{} {} / {}", p.at.line, p.at.column, p.message, p.mend)).collect()
    }

    #[test]
    fn a_good_file_reads_with_its_places() {
        assert_eq!(problems(GOOD), [""; 0]);
        let ixit = Ixit::parse("ixit.toml", GOOD.as_bytes()).unwrap();
        let component = &ixit.entries(6).unwrap()[0];
        assert_eq!((component.id.as_deref(), component.at.line), (Some("SC-1"), 2));
        assert_eq!(component.fields["update_mechanism"].value, Value::Refs(vec!["UM-1".into()]));
        assert_eq!(component.fields["description"].at, Place { line: 4, column: 15 });
        assert_eq!(ixit.answer(4, "confirmation_of_secure_management").unwrap().value, Value::YesNo(true));
        assert_eq!(ixit.entries(1), None, "an absent table says nothing");
        let none = Ixit::parse("ixit.toml", b"AuthMech = []").unwrap();
        assert_eq!(none.entries(1), Some(&[][..]), "an empty one says that there is none");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place_and_mend() {
        let twice = format!("{GOOD}\n[[UpdMech]]\nid = \"UM-1\"\n");
        let cases = [
            (
                GOOD.replace("[\"UM-1\"]", "[\"UM-2\"]"),
                "5:21 `update_mechanism` names `UM-2`, but [[UpdMech]] has no such entry / did you mean `UM-1`?",
            ),
            (
                GOOD.replace("[[UpdMech]]", "[[UpdMec]]"),
                "7:3 `UpdMec` is not known here / did you mean `UpdMech`?",
            ),
            (
                GOOD.replace("description = \"over", "describtion = \"over"),
                "9:1 `describtion` is not known here / did",
            ),
            (GOOD.replace("id = \"SC-1\"\n", ""), "2:1 `id` is missing / add id = \"SoftComp-1\""),
            (GOOD.replace("\"firmware\"", "\" \""), "4:15 `description` is empty / fill it in"),
            (GOOD.replace("\"yes\"", "\"yse\""), "15:37 `confirmation_of_secure_management` cannot be `yse`"),
            (GOOD.replace("[UserInfo]", "[[UserInfo]]"), "11:1 `UserInfo` is a array, it should be a table"),
            (GOOD.replace("[[SoftComp]]", "[SoftComp]"), "2:1 `SoftComp` should be written [[SoftComp]]"),
            (twice, "17:1 [[UpdMech]] `UM-1` stands here twice, first in line 7"),
        ];
        for (text, wanted) in cases {
            let found = problems(&text);
            assert!(found.iter().any(|f| f.starts_with(wanted)), "{wanted} in {found:#?}");
        }
    }

    #[test]
    fn what_a_group_needs_and_does_not_find_is_named_entry_by_entry() {
        let ixit = Ixit::parse("ixit.toml", GOOD.as_bytes()).unwrap();
        let mut group = book().group("5.3-3").unwrap().clone();
        group.fields =
            ["SoftComp.description", "UpdMech.update_checking", "AuthMech.id", "AuthMech.description"]
                .map(String::from)
                .to_vec();
        let missing = ixit.missing(book(), &group);
        let named: Vec<_> = missing.iter().map(|m| (m.field.as_str(), m.entry.as_deref())).collect();
        assert_eq!(named, [("AuthMech", None), ("UpdMech.update_checking", Some("UM-1"))]);
    }

    #[test]
    fn a_hostile_file_is_answered_in_time() {
        let line = format!("SoftComp = [{}]", "{id=\"a\",description=\"b\"},".repeat(60_000));
        assert!(problems(&line)[0].contains("at most 500"));
        let many: String =
            (0..29).map(|i| format!("{} = [{}]\n", book().tables[i].short, "{},".repeat(500))).collect();
        assert!(problems(&many).len() >= 200);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_answered(text in "(\\[\\[AuthMech\\]\\]\n|\\[\\[SoftComp\\]\\]\n|\\[\\[UpdMech\\]\\]\n|\\[UserInfo\\]\n|\\[Conf\\]\n|AuthMech = \\[\\]\n|id = \"a\"\n|id = \"b\"\n|description = \"c\"\n|update_mechanism = \\[\"a\"\\]\n|never_disrupts = true\n|confirmation_of_secure_management = \"yes\"\n|id = 2026-02-30\n|\\[|\\]|=|\"|\"\"\"|\n|\u{202e}|id|a|# ){0,30}") {
            for p in Ixit::parse("ixit.toml", text.as_bytes()).err().unwrap_or_default() {
                proptest::prop_assert!(p.at.line >= 1 && p.at.line <= text.lines().count() + 1, "{p}");
            }
        }
    }
}
