//! The test book: the IXIT tables, test groups, test cases and test units of ETSI TS 103 701 V1.1.1 as data, in our own
//! words. This file reads the bundled table and answers look-ups; it judges nothing.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// The bundled test book.
#[must_use]
pub fn book() -> &'static Book {
    static BOOK: LazyLock<Book> = LazyLock::new(|| {
        Book::parse(include_str!("../../data/ts103701.toml"))
            .expect("the bundled test book parses: a test reads it")
    });
    &BOOK
}

/// Everything, in the document's order.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Book {
    /// The 29 tables and lists of the IXIT pro forma.
    #[serde(rename = "table")]
    pub tables: Vec<IxitTable>,
    /// The test groups, one a provision.
    #[serde(rename = "group")]
    pub groups: Vec<Group>,
    /// The test cases.
    #[serde(rename = "case")]
    pub cases: Vec<TestCase>,
}

/// One table or list of the IXIT pro forma.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IxitTable {
    /// 1 to 29.
    pub number: u8,
    /// `AuthMech`: how fields are named, and the key in `ixit.toml`.
    pub short: String,
    /// The published name.
    pub name: String,
    /// Entries with ids, or one list of answers.
    pub shape: Shape,
    /// The fields in the pro forma's order.
    #[serde(rename = "field")]
    pub fields: Vec<Field>,
}

/// The shape of an IXIT table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// Many entries, each with an id.
    Table,
    /// One list of answers.
    List,
}

/// One field of an IXIT table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// `brute_force_prevention`: the key in `ixit.toml`.
    pub key: String,
    /// The published name.
    pub name: String,
    /// What stands there.
    pub form: Form,
    /// The table that a list of ids points into.
    #[serde(default)]
    pub refs: Option<u8>,
    /// What to write there.
    pub asks: String,
}

/// What stands in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Prose.
    Text,
    /// `"yes"` or `"no"`, as the pro forma prints it.
    YesNo,
    /// Ids of another table's entries; none is an answer too.
    Refs,
    /// `true` or `false`: what the pro forma asks for in a parenthesis.
    Flag,
}

/// A test group: all test cases of one provision.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The provision's number, which is the group's id: `5.1-1`.
    pub provision: String,
    /// The IXIT fields that its tests need: `AuthMech.description`.
    pub fields: Vec<String>,
}

/// A test case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestCase {
    /// `5.1-1-2`: the group's id and a number.
    pub id: String,
    /// Design, implementation, or both.
    pub kind: CaseKind,
    /// Its units in order.
    #[serde(rename = "unit")]
    pub units: Vec<Unit>,
}

/// What a test case holds against what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseKind {
    /// The IXIT against the provision: conformity of design.
    Conceptual,
    /// The device, service or process against the IXIT: conformity of implementation.
    Functional,
    /// Both in one case.
    Mixed,
}

/// A test unit: the smallest thing a tester does.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// `a`.
    pub unit: String,
    /// What kind of work it is.
    pub verb: Verb,
    /// Our paraphrase of what the tester does.
    pub does: String,
    /// The test case whose units are applied, with the verb `refers`.
    #[serde(default)]
    pub refers: Option<String>,
    /// The exact comparison, of a mechanical unit.
    #[serde(default)]
    pub rule: Option<String>,
    /// The check that judges it, of a mechanical unit.
    #[serde(default)]
    pub check: Option<String>,
    /// The kind of evidence it waits for, where no check can judge it yet.
    #[serde(default)]
    pub waits_for: Option<String>,
}

/// The work of a test unit. The first two are defined terms of the document: *check* is a simple comparison, *assess*
/// needs an evaluator's expertise; *functional* means that it is done on the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// A simple comparison.
    Check,
    /// Analysis by an expert.
    Assess,
    /// A simple comparison on the device.
    FunctionalCheck,
    /// Analysis by an expert on the device.
    FunctionalAssess,
    /// A step that prepares another unit.
    Perform,
    /// The units of another test case are applied.
    Refers,
}

impl Book {
    /// Reads a test book.
    ///
    /// # Errors
    /// What the text lacks, from the TOML reader.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// A table by its number.
    #[must_use]
    pub fn table(&self, number: u8) -> Option<&IxitTable> {
        self.tables.iter().find(|t| t.number == number)
    }

    /// A table and field by the name a group uses: `AuthMech.description`.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<(&IxitTable, &Field)> {
        let (short, key) = name.split_once('.')?;
        let table = self.tables.iter().find(|t| t.short == short)?;
        Some((table, table.fields.iter().find(|f| f.key == key)?))
    }

    /// A test group by its provision's number.
    #[must_use]
    pub fn group(&self, provision: &str) -> Option<&Group> {
        self.groups.iter().find(|g| g.provision == provision)
    }

    /// The test cases of a group, in order.
    pub fn cases_of<'a>(&'a self, provision: &'a str) -> impl Iterator<Item = &'a TestCase> {
        self.cases.iter().filter(move |c| c.group() == provision)
    }

    /// A test case by its id.
    #[must_use]
    pub fn case(&self, id: &str) -> Option<&TestCase> {
        self.cases.iter().find(|c| c.id == id)
    }

    /// A test unit by its full id: `5.1-1-2/b`.
    #[must_use]
    pub fn unit(&self, id: &str) -> Option<(&TestCase, &Unit)> {
        let (case, unit) = id.split_once('/')?;
        let case = self.case(case)?;
        Some((case, case.units.iter().find(|u| u.unit == unit)?))
    }

    /// Every test unit with its case, in order.
    pub fn units(&self) -> impl Iterator<Item = (&TestCase, &Unit)> {
        self.cases.iter().flat_map(|c| c.units.iter().map(move |u| (c, u)))
    }
}

impl TestCase {
    /// The group it belongs to, which is the provision's number.
    #[must_use]
    pub fn group(&self) -> &str {
        self.id.rsplit_once('-').map_or("", |(group, _)| group)
    }

    /// The full id of one of its units.
    #[must_use]
    pub fn unit_id(&self, unit: &Unit) -> String {
        format!("{}/{}", self.id, unit.unit)
    }
}

impl Unit {
    /// Whether it is a comparison that a machine could make.
    #[must_use]
    pub fn is_mechanical(&self) -> bool {
        matches!(self.verb, Verb::Check | Verb::FunctionalCheck)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(verb: Verb) -> usize {
        book().units().filter(|(_, u)| u.verb == verb).count()
    }

    #[test]
    fn the_counts_are_those_of_the_document() {
        let book = book();
        assert_eq!((book.tables.len(), book.groups.len(), book.cases.len()), (29, 68, 109));
        let kind = |k| book.cases.iter().filter(|c| c.kind == k).count();
        assert_eq!(
            [CaseKind::Conceptual, CaseKind::Functional, CaseKind::Mixed].map(kind),
            [62, 46, 1],
            "cases by kind"
        );
        let verbs = [
            Verb::Check,
            Verb::FunctionalCheck,
            Verb::Assess,
            Verb::FunctionalAssess,
            Verb::Perform,
            Verb::Refers,
        ];
        assert_eq!(verbs.map(count), [26, 20, 92, 60, 14, 14], "units by verb");
        assert_eq!(book.units().count(), 226);
        let lists: Vec<_> = book.tables.iter().filter(|t| t.shape == Shape::List).map(|t| t.number).collect();
        assert_eq!(lists, [2, 4, 9]);
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let book = book();
        for (number, table) in (1..).zip(&book.tables) {
            assert_eq!(table.number, number, "tables stand in order");
            for field in &table.fields {
                let into = field.refs.and_then(|n| book.table(n));
                assert_eq!(field.form == Form::Refs, into.is_some(), "{}.{}", table.short, field.key);
            }
            assert_eq!(table.shape == Shape::Table, table.fields[0].key == "id", "{}", table.short);
        }
        for group in &book.groups {
            assert!(book.cases_of(&group.provision).count() > 0, "{} has no test case", group.provision);
            for name in &group.fields {
                assert!(book.field(name).is_some(), "{}: {name}", group.provision);
            }
            let id = format!("{}:{}", crate::conformity::TESTED, group.provision);
            assert!(crate::rules::rulebook().provisions.contains_key(&id), "{id}");
        }
        for case in &book.cases {
            assert!(book.group(case.group()).is_some() && !case.units.is_empty(), "{}", case.id);
        }
        for (case, unit) in book.units() {
            let id = case.unit_id(unit);
            assert_eq!(book.unit(&id).map(|(c, u)| (&c.id, &u.unit)), Some((&case.id, &unit.unit)), "{id}");
            let refers = unit.refers.as_deref().and_then(|r| book.case(r));
            assert_eq!(unit.verb == Verb::Refers, refers.is_some(), "{id}");
            let ways = usize::from(unit.check.is_some()) + usize::from(unit.waits_for.is_some());
            assert_eq!(ways, usize::from(unit.is_mechanical()), "{id}: one check, or what it waits for");
            assert_eq!(unit.rule.is_some(), unit.is_mechanical(), "{id}: a mechanical unit has its rule");
        }
    }
}
